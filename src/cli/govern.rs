//! Decisions of the consortium and of the own organisation: proposals, approvals, suspensions.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{
    Global,
    face::person,
    input,
    join::close,
    open::{Reached, answer, gone, within},
    words::{clean, time},
};
use crate::{
    core::{
        governance::Proposal,
        id::{DeviceId, OrgId, ProposalId},
        policy::DEFAULT,
    },
    node::api::{ClinicClient, Fault, FaultKind, LostView, MemberRow, ProposalRow},
};

/// The longest policy file that is read.
const MAX_POLICY: u64 = 64 * 1024;

/// What can be done about decisions.
pub(crate) enum Act {
    Members,
    Proposals,
    Approve(ProposalId),
    Void,
    Expel(OrgId),
    Witness(String),
    Policy { file: Option<PathBuf>, check: bool },
    SuspendDevice(String),
    LoseDevice(String),
    SuspendStaff(String),
}

fn words(rows: &[ProposalRow]) -> String {
    if rows.is_empty() {
        return "Nothing is to be decided.".into();
    }
    let line = |r: &ProposalRow| {
        format!("{}  {} ({} of {}: {})", r.id, r.words, r.approved.len(), r.needed, r.approved.join(", "))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn members(rows: &[MemberRow]) -> String {
    let line = |m: &MemberRow| {
        let witness = m.witness.map_or_else(|| "not known here".into(), |d| d.to_string());
        format!("{}  {}  witness {witness}", m.org, clean(&m.name))
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn policy_text(file: &Path) -> Result<String, Fault> {
    let bad = |e: String| Fault::new(FaultKind::Refused, format!("{}: {e}", file.display()));
    let text = input::text(file, MAX_POLICY).map_err(|e| Fault::unread(file, &e, "check the file's name"))?;
    let proposal = Proposal::Policy(text.clone());
    proposal.check().map_err(bad)?;
    Ok(text)
}

/// Does it, signed in.
pub(crate) async fn run(g: &Global, act: Act) -> Result<(), Fault> {
    let text = match &act {
        Act::Policy { file: None, .. } => {
            g.tell(&json!({ "policy": DEFAULT }), DEFAULT);
            return Ok(());
        }
        Act::Policy { file: Some(f), check } => {
            let text = policy_text(f)?;
            if *check {
                let file = f.display().to_string();
                g.tell(&json!({ "file": file, "valid": true }), format_args!("{file} is a valid policy."));
                return Ok(());
            }
            Some(text)
        }
        _ => None,
    };
    let (reached, _) = g.signed_in().await?;
    let done = on(g, &reached, act, text).await;
    close(reached.node).await;
    done
}

fn lost_words(v: &LostView) -> String {
    let mut out = vec![format!("{} is suspended; sync to tell the others.", clean(&v.name))];
    out.push(match v.last_met {
        Some(at) => format!(
            "It last met this terminal at {}. What it wrote after that may be nowhere else: ask whoever used it.",
            time(at)
        ),
        None => "It never met this terminal. Ask the others when they last met it.".into(),
    });
    for l in &v.logs {
        out.push(format!("Here: {} blocks of it, the last one of {}.", l.held, time(l.last)));
        if l.known > l.held {
            out.push(format!(
                "Others hold at least {} more: they come with the next meetings.",
                l.known - l.held
            ));
        }
    }
    out.push(match v.lacked {
        0 => "It had everything that is here.".into(),
        n => format!("{n} blocks that are here it is not known to have."),
    });
    out.push("Should it be found again, what it wrote is kept apart until a clinician adopts it.".into());
    out.join("\n")
}

fn proposed(g: &Global, id: ProposalId) {
    g.tell(
        &json!({ "proposal": id }),
        format_args!("Proposed {id}. The others approve it with 'aidpost org approve {id}'."),
    );
}

/// The one terminal of this name or identifier, among those of organisations (by name, beside this one's) that `counts` says.
async fn terminal(
    c: &ClinicClient,
    given: &str,
    counts: impl Fn(&str, &str) -> bool,
) -> Result<DeviceId, Fault> {
    if let Ok(id) = given.parse() {
        return Ok(id);
    }
    let status = c.status(within(10)).await.map_err(gone)?;
    let o = status.open.ok_or_else(|| Fault::new(FaultKind::Locked, "sign in first: give --login NAME"))?;
    let own = (o.device_id, o.device.as_str(), o.org.as_str());
    let others = o.others.iter().map(|r| (r.device, r.name.as_str(), r.org.as_str()));
    let all: Vec<_> = std::iter::once(own).chain(others).filter(|(.., org)| counts(org, &o.org)).collect();
    let found: Vec<DeviceId> = all.iter().filter(|(_, name, _)| *name == given).map(|(id, ..)| *id).collect();
    if let [one] = found[..] {
        return Ok(one);
    }
    let given: String = clean(given).chars().take(40).collect();
    let fits = |id: &DeviceId| found.is_empty() || found.contains(id);
    let choices: Vec<String> = all
        .iter()
        .filter(|(id, ..)| fits(id))
        .map(|(id, name, org)| format!("{id} ({}, {})", clean(name), clean(org)))
        .collect();
    let how = if found.is_empty() { "no terminal is" } else { "several terminals are" };
    Err(Fault::new(
        FaultKind::Usage,
        format!("{how} called '{given}': give a name or identifier, one of {}", choices.join(", ")),
    ))
}

async fn on(g: &Global, reached: &Reached, act: Act, text: Option<String>) -> Result<(), Fault> {
    let c = &reached.client;
    match act {
        Act::Members => {
            let view = answer(c.consortium(within(20)).await)?;
            g.print(&view.members, |m| members(m));
        }
        Act::Proposals => {
            let rows = answer(c.proposals(within(20)).await)?;
            g.print(&rows, |r| words(r));
        }
        Act::Approve(id) => {
            answer(c.approve(within(20), id).await)?;
            g.tell(
                &json!({ "approved": id }),
                "Approved. It is decided when enough organisations have; each hears of it when it syncs.",
            );
        }
        Act::Void => {
            answer(c.void(within(20)).await)?;
            g.tell(&json!({ "voided": true }), "Voided. The round ends when enough organisations say so.");
        }
        Act::Expel(org) => {
            let id = answer(c.propose_expulsion(within(20), org).await)?;
            proposed(g, id);
        }
        Act::Witness(device) => {
            let device = terminal(c, &device, |_, _| true).await?;
            let id = answer(c.propose_witness(within(20), device).await)?;
            proposed(g, id);
        }
        Act::Policy { .. } => {
            let id = answer(c.propose_policy(within(20), text.unwrap_or_default()).await)?;
            proposed(g, id);
        }
        Act::SuspendDevice(name) => {
            let d = terminal(c, &name, |org, own| org == own).await?;
            answer(c.suspend_device(within(20), d).await)?;
            g.tell(
                &json!({ "suspended": d }),
                "Suspended. What it wrote until now, as far as it is held here, stays; sync to tell the others.",
            );
        }
        Act::LoseDevice(name) => {
            let lost = answer(c.lose_device(within(20), name).await)?;
            g.print(&lost, lost_words);
        }
        Act::SuspendStaff(given) => {
            let (s, _) = person(c, &given).await?;
            answer(c.suspend_staff(within(20), s).await)?;
            g.tell(
                &json!({ "suspended": s }),
                "Suspended. What they sign from now on gives no permission; sync to tell the others.",
            );
        }
    }
    Ok(())
}
