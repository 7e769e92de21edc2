//! What a patient allows, and what would be decided.

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
};
use crate::{
    core::{
        governance::Role,
        id::{OrgId, PatientId},
        policy::{Action, Purpose},
        record::Compartment,
    },
    node::api::{CheckAnswer, CheckAsk, ConsentView, Fault, FaultKind, Saved},
};

/// Consent.
#[derive(Subcommand)]
pub(crate) enum Consent {
    /// Show what a patient allows, and who read
    Show {
        /// The patient
        patient: PatientId,
    },
    /// Say what would be decided, and why, without doing it
    Check {
        /// The patient
        patient: PatientId,
        /// Role of whoever would ask
        #[arg(long, default_value = "nurse")]
        role: String,
        /// Their organisation; without it, this one
        #[arg(long)]
        org: Option<OrgId>,
        /// Whose records; without it, this organisation's
        #[arg(long)]
        custodian: Option<OrgId>,
        /// What they would do: read, write, extract, count, claim, break-glass …
        #[arg(long, default_value = "read")]
        action: String,
        /// What for: treatment, payment, research, public-health, emergency
        #[arg(long, default_value = "treatment")]
        purpose: String,
        /// Which part: general, sexual-reproductive, mental-health, hiv, genetic, administrative
        #[arg(long, default_value = "general")]
        compartment: String,
    },
    /// Stop sharing with an organisation, also what is granted elsewhere meanwhile
    Stop {
        /// The patient
        patient: PatientId,
        /// The organisation
        org: OrgId,
    },
}

pub(crate) fn word<T>(
    what: &str,
    given: &str,
    all: &[(T, &'static str)],
    found: Option<T>,
) -> Result<T, Fault> {
    let choices: Vec<&str> = all.iter().map(|(_, w)| *w).collect();
    let given: String = given.chars().take(40).collect();
    found.ok_or_else(|| {
        Fault::new(
            FaultKind::Usage,
            format!("'{given}' is not a {what}: choose one of {}", choices.join(", ")),
        )
    })
}

fn verdict(a: &CheckAnswer) -> String {
    let mut out = vec![if a.allow { "Allowed:".to_string() } else { "Not allowed:".to_string() }];
    out.extend(a.reasons.iter().map(|r| format!("  {r}")));
    out.extend(a.grants.iter().map(|g| format!("  by grant {g}")));
    out.join("\n")
}

fn view(v: &ConsentView) -> String {
    let grant = |g: &crate::node::api::GrantRow| {
        let state = g.standing.ended.map_or("in force".to_string(), |e| format!("ended ({e:?})"));
        format!("{}  {} for {}: {state}", g.standing.grant.id, g.org, g.standing.grant.purpose.word())
    };
    let read = |a: &crate::node::api::AccessRow| {
        let what = if a.allowed { "read" } else { "was refused" };
        format!("{} of {} {what} for {}", a.staff, a.org, a.purpose.word())
    };
    let lines: Vec<String> = v.grants.iter().map(grant).chain(v.accesses.iter().map(read)).collect();
    if lines.is_empty() { "Nothing is granted, and nobody has read.".into() } else { lines.join("\n") }
}

impl Consent {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let check = match &self {
            Consent::Check { role, org, custodian, action, purpose, compartment, .. } => {
                let part = Compartment::ALL.iter().find(|(_, w)| w == compartment).map(|(c, _)| *c);
                Some(CheckAsk {
                    role: word("role", role, &Role::ALL, Role::from_word(role))?,
                    org: *org,
                    custodian: *custodian,
                    action: word("action", action, &Action::ALL, Action::from_word(action))?,
                    purpose: word("purpose", purpose, &Purpose::ALL, Purpose::from_word(purpose))?,
                    compartment: word("compartment", compartment, &Compartment::ALL, part)?,
                })
            }
            _ => None,
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match (self, check) {
            (Consent::Check { patient, .. }, Some(ask)) => {
                answer(c.consent_check(within(20), patient, ask).await).map(|a| g.print(&a, verdict))
            }
            (Consent::Stop { patient, org }, _) => answer(c.stop_sharing(within(20), patient, org).await)
                .map(|s| g.print(&s, |s: &Saved| format!("Stopped: block {}.", s.block))),
            (Consent::Show { patient } | Consent::Check { patient, .. }, _) => {
                answer(c.consent(within(20), patient).await).map(|v| g.print(&v, view))
            }
        };
        close(reached.node).await;
        done
    }
}
