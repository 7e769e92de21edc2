//! Joining question by question: over the network with a ticket and a code on both screens, or with an invitation file.

use std::{io::BufRead, path::Path};

use serde_json::json;

use super::{
    Global,
    ask::{self, Questions},
    input,
    join::{Join, Kind, Plan, What, certified, role},
};
use crate::{
    face::Frame,
    node::{
        Node,
        api::{Fault, FaultKind},
        joining::{
            JoinTicket, Welcome,
            guest::{Guest, Wish},
        },
        setup,
        text::{self, Certificate, Invite},
    },
    qr,
};

/// The largest picture of a ticket that is read.
const MAX_PICTURE: u64 = 32 * 1024 * 1024;

const WITH: &str = "Ticket from 'aidpost invite' on the other screen, or name of a file";

/// What a terminal joins with.
enum With {
    Ticket(JoinTicket),
    Invitation(Box<Invite>),
    Certificate(Box<Certificate>),
}

impl With {
    /// A ticket as it was pasted, or the name of a file: an invitation, a certificate, or a picture of the ticket.
    fn read(given: &str) -> Result<Self, Fault> {
        if JoinTicket::looks_like_one(given) {
            return Ok(Self::Ticket(given.parse()?));
        }
        let path = Path::new(given);
        let bad =
            |e: std::io::Error| Fault::unread(path, &e, "copy the whole ticket, or check the file's name");
        let bytes = input::bytes(path, MAX_PICTURE).map_err(bad)?;
        let line = String::from_utf8_lossy(&bytes);
        if JoinTicket::looks_like_one(&line) {
            return Ok(Self::Ticket(line.parse()?));
        }
        if let Ok(c) = text::read(&line) {
            return Ok(Self::Certificate(Box::new(c)));
        }
        if let Ok(frame) = Frame::from_file_bytes(&bytes) {
            let texts = qr::texts(&frame);
            let ticket = texts.iter().find(|t| JoinTicket::looks_like_one(t));
            let none =
                "no ticket is seen in the picture: take it from straight before the screen, or copy the text";
            return Ok(Self::Ticket(ticket.ok_or_else(|| Fault::new(FaultKind::Refused, none))?.parse()?));
        }
        Ok(Self::Invitation(Box::new(text::read(&line)?)))
    }
}

/// Asks for whatever the flags leave open.
fn asked<R: BufRead>(join: &Join, q: &mut Questions<R>, g: &Global) -> Result<Plan, Fault> {
    let new_org = match (&join.org, &join.role) {
        (Some(_), _) => true,
        (None, Some(_)) => false,
        (None, None) => {
            eprintln!("A further terminal of the organisation that invites, or a new organisation?");
            q.ask("Joins as (terminal, organisation)", Some("terminal"), |given| {
                let choices = [("terminal", false), ("organisation", true)];
                let found = choices.into_iter().find(|(w, _)| *w == given.to_lowercase()).map(|(_, new)| new);
                super::words::word("choice", given, &choices.map(|(w, _)| w), found)
            })?
        }
    };
    let what = if new_org {
        let org = match &join.org {
            Some(o) => o.clone(),
            None => q.ask("Name of the organisation", None, ask::named("the organisation's name"))?,
        };
        What::Org(org, Kind::asked(q, join.kind)?)
    } else {
        What::Terminal(match &join.role {
            Some(r) => role(r)?,
            None => q.ask(
                "Your role (registrar, nurse, clinician, pharmacist, lab, admin …)",
                Some("nurse"),
                |w| role(&w.to_lowercase()),
            )?,
        })
    };
    let device = match &join.device {
        Some(d) => d.clone(),
        None => q.ask("Name of this terminal", Some("front desk"), ask::named("the terminal's name"))?,
    };
    let name = match &join.name {
        Some(n) => n.clone(),
        None => q.ask("Your name, as colleagues know it", None, ask::named("your name"))?,
    };
    let login = ask::login(q, g, &name)?;
    Ok(Plan { what, device, name, login, passphrase: ask::passphrase(g)? })
}

fn summary(plan: &Plan, with: &str, data: &Path) -> String {
    let (what, role) = match &plan.what {
        What::Org(org, kind) => (format!("{org} ({}), a new organisation", kind.word()), "admin"),
        What::Terminal(role) => ("a further terminal of the organisation that invites".into(), role.word()),
    };
    format!(
        "  Joins          {what}\n  Terminal       {}\n  First person   {} ({role}), login {}\n  Folder         {}\n  {with}",
        plan.device,
        plan.name,
        plan.login,
        data.display()
    )
}

/// The whole way, from the ticket to the first meeting.
pub(super) async fn join(join: Join, g: &Global) -> Result<(), Fault> {
    let data = g.data()?;
    eprintln!("This terminal joins a consortium.\n{}", ask::MANNER);
    let (with, plan) = {
        let mut q = Questions::here();
        let with = match &join.ticket {
            Some(t) => With::Ticket(t.parse()?),
            None => q.ask(WITH, None, With::read)?,
        };
        if let With::Certificate(c) = with {
            return certified(g, &c);
        }
        setup::free(&data)?;
        let plan = asked(&join, &mut q, g)?;
        let how = match &with {
            With::Invitation(i) => {
                format!("Invitation     {}: the other screen must show the same", i.fingerprint())
            }
            _ => "Next           a code, which the other screen must show too".into(),
        };
        eprintln!("\n{}", summary(&plan, &how, &data));
        if !q.yes("\nIs that right?")? {
            return Err(ask::stopped());
        }
        (with, plan)
    };
    let made = !data.exists();
    let done = match with {
        With::Ticket(ticket) => by_ticket(g, &data, &plan, ticket).await,
        With::Invitation(invite) => {
            let file = join.request.unwrap_or_else(|| "request.txt".into());
            ask::whole(|| plan.request(g, &data, &invite, &file)).and_then(|(_, pressed)| match pressed {
                true => {
                    plan.newcomer(&data).undo();
                    let _ = std::fs::remove_file(&file);
                    Err(ask::stopped())
                }
                false => Ok(()),
            })
        }
        With::Certificate(_) => Ok(()),
    };
    if done.is_err() && made && setup::free(&data).is_ok() {
        // Whatever else came to lie in it stays.
        let _ = std::fs::remove_dir(&data);
    }
    done
}

/// Calls until a ticket is good, compares, and goes on with the first meeting.
async fn by_ticket(g: &Global, data: &Path, plan: &Plan, mut ticket: JoinTicket) -> Result<(), Fault> {
    let guest = loop {
        eprintln!("Calling the other terminal…");
        match Guest::knock(&ticket, None).await {
            Ok(guest) => break guest,
            // Tickets lapse while people answer questions.
            Err(f) if f.kind == FaultKind::Unreachable => eprintln!("  {}", f.message),
            Err(f) => return Err(f),
        }
        ticket = Questions::here().ask("Ticket", None, |given| Ok(given.parse::<JoinTicket>()?))?;
    };
    let new = plan.newcomer(data);
    let wish = match &plan.what {
        What::Terminal(role) => Wish::Terminal(*role),
        What::Org(name, kind) => Wish::Org(name, (*kind).into()),
    };
    let asking = guest.ask(&new, wish).await?;
    let offer = asking.offer();
    eprintln!(
        "\nInvited to \"{}\" by the terminal \"{}\" of \"{}\".",
        offer.invite.genesis.name, offer.by.device.request.name, offer.by.org.name
    );
    eprintln!("\n    Code    {}\n", asking.code());
    match ask::decide("Does the other screen show this code?").await {
        Ok(Some(true)) => {}
        other => {
            asking.differ().await;
            return Err(match other {
                Ok(Some(false)) => Fault::new(
                    FaultKind::Failed,
                    "somebody may be between the two terminals: nothing was changed; get a new ticket from the screen itself",
                ),
                Ok(_) => ask::stopped(),
                Err(f) => f,
            });
        }
    }
    eprintln!("Now the admin at the other terminal says yes too…");
    let mut stop = ask::interrupted()?;
    let pressed = async {
        stop.recv().await;
    };
    let welcome = asking.agree(&new, pressed).await?;
    match welcome {
        Welcome::Certified(_) => eprintln!("This terminal is certified."),
        Welcome::Proposed => eprintln!("The organisation is proposed, and approved by the one that invited."),
    }
    first_meeting(g, plan, &welcome).await
}

/// The first meeting, with the terminal that invited.
async fn first_meeting(g: &Global, plan: &Plan, welcome: &Welcome) -> Result<(), Fault> {
    let node = Node::new(g.options()?)?;
    let met = node.first_meeting(&plan.login, &plan.passphrase, None).await;
    node.close().await;
    match met {
        Ok((who, _)) => {
            g.tell(
                &json!({ "joined": true, "staff": who.staff, "name": who.name }),
                format_args!(
                    "Joined. What the other terminal has is here too. You are {}.\n\
                     Next: 'aidpost' opens the workstation.",
                    who.name
                ),
            );
            Ok(())
        }
        Err(f) if f.kind == FaultKind::Unreachable && matches!(welcome, Welcome::Proposed) => {
            g.tell(
                &json!({ "joined": false, "staff": null, "name": null }),
                "The other members approve it too ('aidpost org proposals' there); then here: 'aidpost sync'.",
            );
            Ok(())
        }
        Err(f) => Err(Fault::new(
            f.kind,
            format!("joined, but the first meeting did not work ({f}): 'aidpost sync' tries again"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_read_as_text_from_a_file_and_from_a_picture() {
        let dir = tempfile::tempdir().unwrap();
        let text = format!(
            "aidpost-join-0:{}/{}@192.168.10.20:47555,10.0.0.7:47555",
            "5a".repeat(16),
            "07".repeat(32)
        );
        let (line, picture) = (dir.path().join("ticket.txt"), dir.path().join("ticket.png"));
        std::fs::write(&line, format!("{text}\n")).unwrap();
        std::fs::write(&picture, qr::Code::new(&text).unwrap().png(&[])).unwrap();
        for given in [text.clone(), line.display().to_string(), picture.display().to_string()] {
            let Ok(With::Ticket(t)) = With::read(&given) else { panic!("{given}") };
            assert_eq!(t.to_string(), text);
        }
        std::fs::write(&line, "dear colleague").unwrap();
        for (given, kind, words) in [
            (line.display().to_string(), FaultKind::Refused, "an invitation"),
            ("nowhere.txt".into(), FaultKind::Missing, "copy the whole ticket"),
            (text[..text.len() - 8].to_string(), FaultKind::Usage, "copy the whole line"),
        ] {
            let Err(f) = With::read(&given) else { panic!("{given}") };
            assert!(f.kind == kind && f.message.contains(words), "{f}");
        }
    }
}
