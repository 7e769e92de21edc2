//! Orders to destroy a patient's keys.

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
    words::{clean, time, word},
};
use crate::{
    core::{id::PatientId, rights::ErasureReason},
    node::api::{ErasureRow, Fault, Saved},
};

/// Crypto-erasure.
#[derive(Subcommand)]
pub(crate) enum Erase {
    /// Order that a patient's keys be destroyed everywhere (admin). This can't be taken back
    ///
    /// Example: aidpost erase order PATIENT --reason patient --reference 2026/114 --yes
    Order {
        /// The patient
        patient: PatientId,
        /// On whose word: patient or court; retention: the time for which it must be kept is over
        #[arg(long)]
        reason: String,
        /// File number of the paper; no names, all members see it
        #[arg(long, default_value = "")]
        reference: String,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Show orders, receipts, and terminals that have not been heard from
    ///
    /// Example: aidpost erase list
    List,
}

fn rows(all: &[ErasureRow]) -> String {
    if all.is_empty() {
        return "No erasure was ordered.".into();
    }
    let row = |r: &ErasureRow| {
        let file = if r.reference.is_empty() { String::new() } else { format!(" ({})", clean(&r.reference)) };
        let mut out = vec![format!(
            "{}  patient {}, ordered by {}, {}{file}: {} of {} organisations have destroyed the keys",
            time(r.at),
            r.patient,
            clean(&r.org),
            match r.reason {
                ErasureReason::Retention => "the time to keep it is over".into(),
                _ => format!("on the word of the {}", r.reason.word()),
            },
            r.orgs.0,
            r.orgs.1
        )];
        out.extend(r.done.iter().map(|d| format!("  receipt from {}", clean(d))));
        out.extend(r.waiting.iter().map(|d| format!("  not heard from: {}", clean(d))));
        out.join("\n")
    };
    all.iter().map(row).collect::<Vec<_>>().join("\n")
}

impl Erase {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let all: Vec<&str> = ErasureReason::ALL.iter().map(|(_, w)| *w).collect();
        let why = match &self {
            Erase::Order { reason, yes, .. } => {
                let why = word("reason", reason, &all, ErasureReason::from_word(reason))?;
                super::words::sure("Order that all keys of this patient be destroyed, for ever?", *yes)?;
                Some(why)
            }
            Erase::List => None,
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match (self, why) {
            (Erase::Order { patient, reference, .. }, Some(why)) => {
                answer(c.erase(within(30), patient, why, reference).await).map(|s| {
                    g.print(&s, |s: &Saved| {
                        format!(
                            "Ordered: block {}. This version keeps the order and destroys nothing yet: 'aidpost erase list' shows who has.",
                            s.block
                        )
                    });
                })
            }
            _ => answer(c.erasures(within(30)).await).map(|r| g.print(&r, |r| rows(r))),
        };
        close(reached.node).await;
        done
    }
}
