//! What the screen of papers, lists and files asks to be done, and what came of it.

use std::{path::Path, time::Duration};

use tarpc::context::Context;
use tokio::task::spawn_blocking;

use crate::{
    core::{id::PatientId, policy::Purpose, time::Millis},
    jobs::{Bad, FhirIn, Job, ListOut, PatientsIn, VisitsIn, files, text},
    node::api::{ClinicClient, Code, ExportForm, Exported, Fault, FaultKind, Who},
    print::{self, Fonts, Referral, record},
};

use super::{
    effects::flat,
    files::{NewFile, Untaken, Unwritten},
    papers::{Begin, Paper, To},
};

/// Between two signs of progress.
const STEP: Duration = Duration::from_millis(300);

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PaperCall {
    /// A paper, printed by this person.
    Print(Paper, To, Who),
    /// The paper of a card whose code is on the screen.
    PrintCard(Code, To),
    /// A record as a file in a folder.
    Export(PatientId, ExportForm, String),
    Begin(Begin),
    /// Goes on with it.
    Step(Box<Job>),
    /// The list that was made, as a new file.
    Write(Box<ListOut>, String),
}

/// Why work didn't begin.
#[derive(Debug)]
pub(crate) enum Unbegun {
    File(Unwritten),
    Node(Fault),
    /// These lines can't be read.
    Lines(Bad),
}

/// What a [`PaperCall`] gave.
#[derive(Debug)]
pub(crate) enum PaperAnswer {
    Printed(Result<(To, usize), Untaken>),
    CardPrinted(Result<To, Untaken>),
    Exported(Result<Exported, Untaken>),
    Begun(Result<Box<Job>, Unbegun>),
    /// True: it is done.
    Stepped(Box<Job>, Result<bool, Fault>),
    Wrote(Box<ListOut>, Result<String, Unwritten>),
}

impl PaperCall {
    /// Its place among what writes matters. Long work has none: whoever locks doesn't wait for it. Nor for a printer.
    pub(crate) fn in_order(&self) -> bool {
        matches!(self, PaperCall::Write(..))
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        600_000
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> PaperAnswer {
        match self {
            PaperCall::Print(paper, to, who) => {
                PaperAnswer::Printed(onto(drawn(client, ctx, paper, &who), to).await)
            }
            PaperCall::PrintCard(code, to) => {
                // No record is read: the code opens nothing without its PIN.
                let card = async { Ok(print::card(&code.0)) };
                PaperAnswer::CardPrinted(onto(card, to).await.map(|(to, _)| to))
            }
            PaperCall::Export(id, form, folder) => {
                PaperAnswer::Exported(exported(client, ctx, id, form, &folder).await)
            }
            PaperCall::Begin(what) => PaperAnswer::Begun(begun(client, what).await.map(Box::new)),
            PaperCall::Step(mut job) => {
                let result = job.steps(client, STEP).await;
                PaperAnswer::Stepped(job, result)
            }
            PaperCall::Write(list, path) => {
                let wrote = match NewFile::create(&path).await {
                    Ok(file) => file.fill(list.text().0).await,
                    Err(why) => Err(why),
                };
                PaperAnswer::Wrote(list, wrote)
            }
        }
    }
}

impl PaperAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            PaperAnswer::Printed(r) => r.as_ref().err().and_then(Untaken::fault),
            PaperAnswer::CardPrinted(r) => r.as_ref().err().and_then(Untaken::fault),
            PaperAnswer::Exported(r) => r.as_ref().err().and_then(Untaken::fault),
            PaperAnswer::Begun(Err(Unbegun::Node(fault))) | PaperAnswer::Stepped(_, Err(fault)) => {
                Some(fault)
            }
            PaperAnswer::Begun(_) | PaperAnswer::Stepped(..) | PaperAnswer::Wrote(..) => None,
        }
    }
}

/// A thread that drew or printed went down.
fn lost(_: tokio::task::JoinError) -> Fault {
    Fault::new(FaultKind::Failed, "the paper could not be made: try again")
}

/// The file is made before the record is opened: what is handed out is handed out once.
async fn onto(
    paper: impl Future<Output = Result<print::Paper, Fault>>,
    to: To,
) -> Result<(To, usize), Untaken> {
    let file = match &to {
        To::File(path) => Some(NewFile::create(path).await.map_err(Untaken::File)?),
        To::Printer(_) => None,
    };
    let drawn = match paper.await {
        Ok(paper) => {
            let drawing = spawn_blocking(move || print::pdf(&paper, &mut Fonts::default()));
            let drawn = drawing.await.map_err(lost);
            drawn.and_then(|d| d.map_err(|e| Fault::new(FaultKind::Usage, e)))
        }
        Err(fault) => Err(fault),
    };
    let bytes = match drawn {
        Ok(bytes) => bytes,
        Err(fault) => return Err(Untaken::Node(fault)),
    };
    let n = bytes.len();
    match (file, &to) {
        (Some(file), _) => drop(file.fill(bytes).await.map_err(Untaken::File)?),
        (None, To::Printer(name) | To::File(name)) => {
            let name = name.clone();
            let sent = spawn_blocking(move || print::send(&name, &bytes)).await;
            sent.map_err(lost).and_then(|s| s).map_err(Untaken::Node)?;
        }
    }
    Ok((to, n))
}

/// What stands on the paper. The export is on the ledger before the record is opened.
async fn drawn(client: &ClinicClient, ctx: Context, paper: Paper, who: &Who) -> Result<print::Paper, Fault> {
    let now = jiff::Timestamp::now();
    match paper {
        // A code opens nothing without its PIN: no record is read.
        Paper::Card(file) => {
            let code = spawn_blocking(move || print::card_in_file(Path::new(&file))).await.map_err(lost)?;
            Ok(print::card(&code?.0))
        }
        Paper::Visit(patient, of) => {
            let chart = flat(client.hand_out(ctx, patient, Purpose::Treatment)).await?;
            let wanted =
                |v: &&crate::node::api::VisitRow| v.patient == patient && of.is_none_or(|r| v.record == r);
            let none = || Fault::new(FaultKind::Usage, "that patient has no visit to print: write one first");
            let v = chart.visits.iter().find(wanted).ok_or_else(none)?;
            Ok(print::visit(&record::heading(&chart, who, now), &record::seen(&chart, v)))
        }
        Paper::Referral { patient, whom, reason, note, urgent } => {
            let chart = flat(client.hand_out(ctx, patient, Purpose::Treatment)).await?;
            let summaries = flat(client.read_summary(ctx, patient)).await?;
            let (known, last) =
                (record::known(&chart, summaries), chart.visits.first().map(|v| record::seen(&chart, v)));
            let r = Referral { to: whom, reason, note, urgent, last, known };
            Ok(print::referral(&record::heading(&chart, who, now), &r))
        }
    }
}

/// The node writes the file: what is there already is never written over.
async fn exported(
    client: &ClinicClient,
    ctx: Context,
    id: PatientId,
    form: ExportForm,
    folder: &str,
) -> Result<Exported, Untaken> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    let file = folder.join(match form {
        ExportForm::Record { .. } => format!("{id}.json"),
        ExportForm::Summary => format!("{id}-summary.json"),
    });
    if tokio::fs::try_exists(&file).await.unwrap_or(false) {
        return Err(Untaken::File(Unwritten::Exists(file.display().to_string())));
    }
    let folder = folder.display().to_string();
    flat(client.export(ctx, id, Purpose::Treatment, form, folder)).await.map_err(Untaken::Node)
}

async fn begun(client: &ClinicClient, what: Begin) -> Result<Job, Unbegun> {
    let now = jiff::Timestamp::now();
    let read = |path: &str| text(Path::new(path)).map_err(Unbegun::Node);
    Ok(match what {
        Begin::List(list, of, path) => {
            // That the file can be made is known before anything is opened.
            drop(NewFile::create(&path).await.map_err(Unbegun::File)?);
            Job::ListOut(ListOut::begin(client, list, of).await.map_err(Unbegun::Node)?)
        }
        Begin::FhirIn(path, source) => {
            let files = spawn_blocking(move || files(&[path.into()])).await.map_err(lost);
            Job::FhirIn(FhirIn::new(files.and_then(|f| f).map_err(Unbegun::Node)?, &source))
        }
        Begin::PatientsIn(path, anyway) => {
            Job::PatientsIn(PatientsIn::read(&read(&path)?, now, anyway).map_err(Unbegun::Lines)?)
        }
        Begin::VisitsIn(path) => Job::VisitsIn(VisitsIn::read(&read(&path)?, now).map_err(Unbegun::Lines)?),
    })
}
