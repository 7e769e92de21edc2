//! Orders to destroy a patient's keys.

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
    rotate::watched,
    words::{clean, time, word},
};
use crate::{
    core::{id::PatientId, rights::ErasureReason},
    node::api::{ErasedHere, ErasureRow, Fault, Saved},
};

/// Crypto-erasure.
#[derive(Subcommand)]
pub(crate) enum Erase {
    /// Order that a patient's keys be destroyed everywhere (admin). This can't be taken back
    ///
    /// Example: aidpost erase order PATIENT --reason patient --reference 2026/114 --yes
    Order {
        /// Which patient: the identifier that 'aidpost patient list' shows
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
    /// Seal this terminal anew now, and sign the receipts that it owes (admin). By itself it waits for a quiet moment
    ///
    /// Example: aidpost erase carry-out
    CarryOut,
    /// Show orders, receipts, and terminals that have not been heard from
    ///
    /// Example: aidpost erase list
    List,
}

fn here(h: ErasedHere) -> &'static str {
    match h {
        ErasedHere::NotYet => "nothing yet: this terminal is not certified",
        ErasedHere::Waits => {
            "waits for another organisation to repeat keys of others that lie in the same block"
        }
        ErasedHere::Deleted => {
            "deleted; the receipt follows when nobody has worked here for two minutes, or with 'aidpost erase carry-out'"
        }
        ErasedHere::Done => "destroyed, and the store sealed anew",
    }
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
        out.push(format!("  here: {}", here(r.here)));
        out.extend(r.done.iter().map(|d| format!("  receipt from {}", clean(d))));
        out.extend(r.waiting.iter().map(|d| format!("  not heard from: {}", clean(d))));
        if r.backups > 0 {
            out.push(format!(
                "  {} backup{} made before still hold{} the keys: destroy those files by hand",
                r.backups,
                if r.backups == 1 { "" } else { "s" },
                if r.backups == 1 { "s" } else { "" },
            ));
        }
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
            Erase::List | Erase::CarryOut => None,
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match (self, why) {
            (Erase::Order { patient, reference, .. }, Some(why)) => {
                answer(c.erase(within(30), patient, why, reference).await).map(|s| {
                    g.print(&s, |s: &Saved| {
                        format!(
                            "Ordered: block {}. The keys are deleted here; 'aidpost erase carry-out' seals this terminal anew and signs its receipt. 'aidpost erase list' shows who else has.",
                            s.block
                        )
                    });
                })
            }
            (Erase::CarryOut, _) => {
                let sealing = watched(&reached, "sealing anew", c.carry_out_erasures(within(3600)));
                answer(sealing.await).map(|n| {
                g.print(&n, |n| match n {
                    0 => "No receipt is owed.".into(),
                    n => format!("Sealed anew; {n} receipt(s) signed."),
                });
            })
            }
            _ => answer(c.erasures(within(30)).await).map(|r| g.print(&r, |r| rows(r))),
        };
        close(reached.node).await;
        done
    }
}
