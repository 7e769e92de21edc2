//! The archive: a schedule, what is due under it, holds.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    Global,
    archive_words::{done, holds, plan, schedules},
    input,
    join::close,
    open::{answer, within},
    rotate::watched,
    words::sure,
};
use crate::{
    core::{
        id::PatientId,
        retention::{MAX_SCHEDULE, Schedule},
    },
    node::api::{ClinicClient, Fault, FaultKind, RetentionChange, Saved},
};

/// Looking through all records may take long.
const LONG: u64 = 24 * 3_600;

/// Archive.
#[derive(Subcommand)]
pub(crate) enum Archive {
    /// How long records are kept here: the schedule in force, or the proposal that comes with Aidpost
    ///
    /// Example: aidpost archive schedule --proposal > schedule.toml
    Schedule {
        /// The proposal, whatever is in force
        #[arg(long)]
        proposal: bool,
    },
    /// Put a schedule in force for this organisation (admin)
    ///
    /// Example: aidpost archive adopt schedule.toml --login amina
    Adopt {
        /// A file like the one that 'aidpost archive schedule --proposal' shows
        file: PathBuf,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// What is due for the archive and what for disposal, by kind; changes nothing (admin)
    ///
    /// Example: aidpost archive plan --login amina
    Plan,
    /// Archive what is due: it leaves the patient list, the search and the charts, and stays where it is (admin)
    ///
    /// Example: aidpost archive run --login amina
    Run {
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Take a patient out of the archive
    ///
    /// Example: aidpost archive restore PATIENT --login nila
    Restore {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
    },
    /// Keep a patient's records whatever the schedule says: nothing may be archived or destroyed (admin)
    ///
    /// Example: aidpost archive hold PATIENT --reason "court file 2026/114" --login amina
    Hold {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Why; only this organisation can read it
        #[arg(long)]
        reason: String,
    },
    /// End the holds of a patient (admin)
    ///
    /// Example: aidpost archive release PATIENT --reason "case closed" --login amina
    Release {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Who is held, and why
    ///
    /// Example: aidpost archive holds --login amina
    Holds,
}

/// A schedule's text.
fn read(file: &std::path::Path) -> Result<String, Fault> {
    input::text(file, MAX_SCHEDULE as u64).map_err(|e| {
        Fault::unread(
            file,
            &e,
            format!("a schedule is text of at most {MAX_SCHEDULE} bytes; check the file's name"),
        )
    })
}

async fn retain(c: &ClinicClient, change: RetentionChange) -> Result<Saved, Fault> {
    answer(c.retain(within(60), change).await)
}

fn wrote(what: &str) -> impl FnOnce(&Saved) -> String {
    move |s| format!("{what} Block {}, number {} of this terminal.", s.block, s.seq)
}

impl Archive {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        // What can be refused is refused before anybody types a passphrase.
        let text = match &self {
            Archive::Adopt { file, yes } => {
                let text = read(file)?;
                Schedule::parse(&text)
                    .map_err(|e| Fault::new(FaultKind::Refused, format!("{}: {e}", file.display())))?;
                sure("Put this schedule in force for the whole organisation?", *yes)?;
                Some(text)
            }
            Archive::Run { yes } => {
                sure("Archive everything that 'aidpost archive plan' shows?", *yes)?;
                None
            }
            _ => None,
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let result = match self {
            Archive::Schedule { proposal } => {
                answer(c.retention(within(30)).await).map(|v| g.print(&v, |v| schedules(v, proposal)))
            }
            Archive::Holds => answer(c.retention(within(30)).await).map(|v| g.print(&v.holds, |h| holds(h))),
            Archive::Adopt { .. } => retain(c, RetentionChange::Adopt(text.unwrap_or_default()))
                .await
                .map(|s| g.print(&s, wrote("In force."))),
            Archive::Plan => answer(watched(&reached, "looking", c.archive_plan(within(LONG))).await)
                .map(|p| g.print(&p, plan)),
            Archive::Run { .. } => answer(watched(&reached, "looking", c.archive_run(within(LONG))).await)
                .map(|d| g.print(&d, done)),
            Archive::Restore { patient } => retain(c, RetentionChange::Restore(patient))
                .await
                .map(|s| g.print(&s, wrote("Back in everyday use."))),
            Archive::Hold { patient, reason } => retain(c, RetentionChange::Hold { patient, reason })
                .await
                .map(|s| g.print(&s, wrote("Held: nothing of this patient is archived or destroyed."))),
            Archive::Release { patient, reason } => retain(c, RetentionChange::Release { patient, reason })
                .await
                .map(|s| g.print(&s, wrote("Released."))),
        };
        close(reached.node).await;
        result
    }
}
