//! Lists as spreadsheets, in and out.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::{
    Global,
    join::close,
    progress::Progress,
    words::{new_file, save},
};
use crate::{
    core::id::PatientId,
    jobs::{Job, List, ListOut, PatientsIn, Phase, VisitsIn, text},
    node::api::{ClinicClient, Fault, FaultKind},
    sheet::table::Refused,
};

/// Lists.
#[derive(Subcommand)]
pub(crate) enum Csv {
    /// Write who the patients are
    ///
    /// Example: aidpost csv patients --all --out patients.csv --login nila
    Patients(Whose),
    /// Write patients' visits with what was measured
    ///
    /// Example: aidpost csv visits --all --out visits.csv --login nila
    Visits(Whose),
    /// Write who read patients' records
    ///
    /// Example: aidpost csv accesses PATIENT --out accesses.csv --login nila
    Accesses(Whose),
    /// Register patients from a list; who is here already stays as they are
    ///
    /// Columns: name (needed), birth_year, estimated (yes or no), gender, village, phone, patient. Nothing is taken unless
    /// every line can be.
    ///
    /// Example: aidpost csv import-patients register.csv --login nila
    #[command(verbatim_doc_comment)]
    ImportPatients {
        /// The list
        file: PathBuf,
        /// Register also who is likely here already
        #[arg(long)]
        anyway: bool,
    },
    /// Write visits from a list; one that is here already adds nothing
    ///
    /// Columns: patient, when and reason (needed), note, temperature, heart_rate, breathing, systolic, diastolic, spo2,
    /// weight, height. Nothing is taken unless every line can be.
    ///
    /// Example: aidpost csv import-visits visits.csv --login nila
    #[command(verbatim_doc_comment)]
    ImportVisits {
        /// The list
        file: PathBuf,
    },
}

/// Whose lines, and where to.
#[derive(clap::Args)]
pub(crate) struct Whose {
    /// Which patients: identifiers that 'aidpost patient list' shows
    #[arg(value_name = "PATIENT", required_unless_present = "all")]
    patients: Vec<PatientId>,
    /// Every patient of this organisation
    #[arg(long, conflicts_with = "patients")]
    all: bool,
    /// File to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What was written.
#[derive(Serialize)]
struct Wrote {
    file: String,
    lines: usize,
}

/// What was taken.
#[derive(Serialize)]
struct Took {
    read: usize,
    new: usize,
}

impl Csv {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match self {
            Csv::Patients(w) => w.write(c, g, List::Patients).await,
            Csv::Visits(w) => w.write(c, g, List::Visits).await,
            Csv::Accesses(w) => w.write(c, g, List::Accesses).await,
            Csv::ImportPatients { file, anyway } => import_patients(c, g, &file, anyway).await,
            Csv::ImportVisits { file } => import_visits(c, g, &file).await,
        };
        close(reached.node).await;
        done
    }
}

impl Whose {
    async fn write(self, c: &ClinicClient, g: &Global, list: List) -> Result<(), Fault> {
        // Before anything is opened for nothing.
        new_file(&self.out)?;
        let of = if self.all { None } else { Some(self.patients) };
        let mut job = Job::ListOut(ListOut::begin(c, list, of).await?);
        drive(&mut job, c).await?;
        let Job::ListOut(done) = job else { return Ok(()) };
        let (text, lines) = done.text();
        wrote(g, &self.out, &text, lines)
    }
}

/// Does all of it, and shows how far it is.
pub(super) async fn drive(job: &mut Job, c: &ClinicClient) -> Result<(), Fault> {
    let mut shown: Option<(Phase, Progress)> = None;
    loop {
        let before = job.at();
        if shown.as_ref().is_none_or(|(phase, _)| *phase != before.phase) {
            if let Some((_, progress)) = shown.take() {
                progress.finish();
            }
            shown = Some((before.phase, Progress::new(words(before.phase).0, before.of)));
        }
        let ended = job.step(c).await?;
        let now = job.at();
        if let Some((phase, progress)) = &shown {
            let done = if now.phase == *phase { now.done } else { before.of };
            progress.set(done, words(*phase).1);
        }
        if ended {
            if let Some((_, progress)) = shown {
                progress.finish();
            }
            return Ok(());
        }
    }
}

/// What is being done, and of what.
fn words(phase: Phase) -> (&'static str, &'static str) {
    match phase {
        Phase::Opening => ("opening", "patients"),
        Phase::Checking => ("checking", "lines"),
        Phase::Registering => ("registering", "patients"),
        Phase::Writing => ("writing", "visits"),
        Phase::Importing => ("importing", "files"),
    }
}

fn wrote(g: &Global, to: &Path, text: &str, lines: usize) -> Result<(), Fault> {
    save(to, text.as_bytes())?;
    let done = Wrote { file: to.display().to_string(), lines };
    g.print(&done, |w| format!("{}: {} lines", w.file, w.lines));
    Ok(())
}

/// Nothing was taken: every line that stands in the way, then how many.
fn refused(path: &Path, all: &[Refused]) -> Fault {
    let name = path.display();
    if let [one] = all {
        return Fault::new(FaultKind::Refused, format!("{name}: {one}: nothing of it was taken"));
    }
    all.iter().for_each(|r| eprintln!("{name}: {r}"));
    Fault::new(
        FaultKind::Refused,
        format!("{name}: {} lines can't be taken: nothing of it was; each is named above", all.len()),
    )
}

async fn import_patients(c: &ClinicClient, g: &Global, path: &Path, anyway: bool) -> Result<(), Fault> {
    let read =
        PatientsIn::read(&text(path)?, jiff::Timestamp::now(), anyway).map_err(|r| refused(path, &r))?;
    let mut job = Job::PatientsIn(read);
    drive(&mut job, c).await?;
    let Job::PatientsIn(done) = job else { return Ok(()) };
    took(g, path, "patients", done.bad(), done.took())
}

async fn import_visits(c: &ClinicClient, g: &Global, path: &Path) -> Result<(), Fault> {
    let read = VisitsIn::read(&text(path)?, jiff::Timestamp::now()).map_err(|r| refused(path, &r))?;
    let mut job = Job::VisitsIn(read);
    drive(&mut job, c).await?;
    let Job::VisitsIn(done) = job else { return Ok(()) };
    took(g, path, "visits", done.bad(), done.took())
}

fn took(
    g: &Global,
    path: &Path,
    what: &str,
    bad: &[Refused],
    (read, new): (usize, usize),
) -> Result<(), Fault> {
    if !bad.is_empty() {
        return Err(refused(path, bad));
    }
    g.print(&Took { read, new }, |t| {
        format!("{} {what} read, {} new, {} here already.", t.read, t.new, t.read - t.new)
    });
    Ok(())
}
