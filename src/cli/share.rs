//! What leaves for research, health bureaus and insurers.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    Global,
    join::close,
    open::{Reached, answer, within},
    rotate::watched,
    words::{NewFile, clean, day, parts, time, word},
};
use crate::{
    core::{id::PatientId, share::counts::Dimension, time::DAY},
    node::api::{ClaimView, Fault, Layout, ShareAsk},
};

/// Which part of which records.
#[derive(Args)]
pub(crate) struct Which {
    /// A part of the record; may be given several times
    #[arg(long = "part", value_name = "PART", default_value = "general")]
    parts: Vec<String>,
    /// First day, like 2026-01-01
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Last day
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
}

impl Which {
    fn ask(&self) -> Result<ShareAsk, Fault> {
        let from = self.from.as_deref().map(day).transpose()?;
        let until = self.to.as_deref().map(day).transpose()?.map(|d| d + DAY);
        Ok(ShareAsk { compartments: parts(&self.parts)?, from, until })
    }
}

/// Sharing by policy and consent.
#[derive(Subcommand)]
pub(crate) enum Share {
    /// A de-identified extract of all patients who consented to research (researcher)
    ///
    /// Example: aidpost share extract --from 2026-01-01 --to 2026-06-30 --out extract.csv
    Extract {
        #[command(flatten)]
        which: Which,
        /// New file to write (CSV)
        #[arg(long, default_value = "extract.csv")]
        out: PathBuf,
    },
    /// Counts of patients, small cells suppressed (health bureau; admins of their own patients)
    ///
    /// Example: aidpost share counts --rows age --columns fever --from 2026-01-01 --out counts.csv
    Counts {
        #[command(flatten)]
        which: Which,
        /// What the rows are: gender, age, year, fever or all
        #[arg(long, default_value = "age")]
        rows: String,
        /// What the columns are: one of the same
        #[arg(long, default_value = "gender")]
        columns: String,
        /// New file to write (CSV)
        #[arg(long, default_value = "counts.csv")]
        out: PathBuf,
    },
    /// What a claim is about: the parts and the period that the patient's consent opens for payment (insurer)
    ///
    /// Example: aidpost share claim PATIENT --part administrative --from 2026-03-01 --to 2026-03-31
    Claim {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        which: Which,
    },
}

fn dimension(given: &str) -> Result<Dimension, Fault> {
    let all: Vec<&str> = Dimension::ALL.iter().map(|(_, w)| *w).collect();
    word("layout", given, &all, Dimension::from_word(given))
}

fn claim(v: &ClaimView) -> String {
    let parts: Vec<&str> = v.compartments.iter().map(|c| c.word()).collect();
    let mut out = vec![format!("{} ({}): {}", clean(&v.name), v.patient.short(), parts.join(", "))];
    for r in &v.visits {
        out.push(format!("{}  {} ({})", time(r.at), clean(&r.reason), clean(&r.org)));
    }
    if v.visits.is_empty() {
        out.push("No visit in that period.".into());
    }
    out.push(format!("Recorded as block {}.", v.recorded));
    out.join("\n")
}

impl Share {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (which, layout) = match &self {
            Share::Counts { which, rows, columns, .. } => {
                (which, Some(Layout { rows: dimension(rows)?, columns: dimension(columns)? }))
            }
            Share::Extract { which, .. } | Share::Claim { which, .. } => (which, None),
        };
        let ask = which.ask()?;
        let (reached, _) = g.signed_in().await?;
        let done = self.on(g, &reached, ask, layout).await;
        close(reached.node).await;
        done
    }

    async fn on(
        self,
        g: &Global,
        reached: &Reached,
        ask: ShareAsk,
        layout: Option<Layout>,
    ) -> Result<(), Fault> {
        let c = &reached.client;
        match (self, layout) {
            (Share::Counts { out, .. }, Some(layout)) => {
                // What is handed out is handed out once: the place must be writable before the decision is recorded.
                let file = NewFile::at(&out)?;
                let made = answer(watched(reached, "looking", c.counts(within(600), ask, layout)).await)?;
                let csv = made.table.csv();
                file.finish(csv.as_bytes())?;
                g.print(&made, |m| {
                    format!("{csv}Wrote {}; recorded as block {}.", out.display(), m.recorded)
                });
            }
            (Share::Extract { out, .. }, _) => {
                let file = NewFile::at(&out)?;
                let made = answer(watched(reached, "looking", c.extract(within(600), ask)).await)?;
                file.finish(made.csv.as_bytes())?;
                g.print(&made, |m| {
                    format!(
                        "Wrote {}: {} measurements of {} patients, de-identified; recorded as block {}.",
                        out.display(),
                        m.rows,
                        m.patients,
                        m.recorded
                    )
                });
            }
            (Share::Claim { patient, .. }, _) => {
                let made = answer(c.claim(within(60), patient, ask).await)?;
                g.print(&made, claim);
            }
            // A count always has its layout.
            (Share::Counts { .. }, None) => {}
        }
        Ok(())
    }
}
