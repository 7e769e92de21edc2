//! Paper: a visit, a referral, a card, as a PDF file or on the system's printer.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{
    Global,
    join::close,
    open::{answer, within},
    words::{new_file, save},
};
use crate::{
    core::{
        id::{PatientId, RecordId},
        policy::Purpose,
    },
    node::api::{Chart, Fault, FaultKind, SummaryRow, VisitRow, Who},
    print::{self, Fonts, Paper, Referral, record, send},
};

/// Where to.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct To {
    /// File to write; it must not be there yet
    #[arg(long, value_name = "FILE")]
    pdf: Option<PathBuf>,
    /// Send it to this machine's printer; a name where there are several
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    printer: Option<String>,
}

/// Print.
#[derive(Subcommand)]
pub(crate) enum Print {
    /// The note of a visit; the latest one, or the one that --record names
    ///
    /// Example: aidpost print visit PATIENT --pdf visit.pdf --login nila
    Visit {
        /// Whose: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which visit: 'aidpost patient show' names them
        #[arg(long)]
        record: Option<RecordId>,
        #[command(flatten)]
        to: To,
    },
    /// A referral, with what the next one must know
    ///
    /// Example: aidpost print referral PATIENT --for "Bela Hospital" --reason "x-ray of the chest" --printer --login nila
    Referral {
        /// Who is sent: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// To whom
        #[arg(long = "for", value_name = "WHOM")]
        whom: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// What else to say
        #[arg(long, default_value = "")]
        note: String,
        /// It can't wait
        #[arg(long)]
        urgent: bool,
        #[command(flatten)]
        to: To,
    },
    /// A patient's card, from the picture or the text that 'card issue' wrote
    ///
    /// Example: aidpost print card card.png --pdf card.pdf
    Card {
        /// A picture of the card, or its text
        file: PathBuf,
        #[command(flatten)]
        to: To,
    },
}

#[derive(Serialize)]
struct Printed {
    /// The file, or the printer.
    to: String,
    bytes: usize,
}

impl Print {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        match self {
            // A code opens nothing without its PIN: no record is read.
            Print::Card { file, to } => to.print(g, &print::card(&print::card_in_file(&file)?.0)),
            Print::Visit { patient, record, to } => {
                to.check()?;
                let (chart, _, who) = opened(g, patient, false).await?;
                let own = |v: &&VisitRow| v.patient == patient && record.is_none_or(|r| v.record == r);
                let v = chart.visits.iter().find(own).ok_or_else(|| {
                    Fault::new(FaultKind::Usage, "there is no such visit: 'aidpost patient show' names them")
                })?;
                to.print(g, &print::visit(&record::heading(&chart, &who, now()), &record::seen(&chart, v)))
            }
            Print::Referral { patient, whom, reason, note, urgent, to } => {
                to.check()?;
                let (chart, summaries, who) = opened(g, patient, true).await?;
                let (known, last) =
                    (record::known(&chart, summaries), chart.visits.first().map(|v| record::seen(&chart, v)));
                let r = Referral { to: whom, reason, note, urgent, last, known };
                to.print(g, &print::referral(&record::heading(&chart, &who, now()), &r))
            }
        }
    }
}

/// A record, with its emergency summaries where they are wanted. The export is on the ledger before it is opened.
async fn opened(
    g: &Global,
    patient: PatientId,
    summaries: bool,
) -> Result<(Chart, Vec<SummaryRow>, Who), Fault> {
    let (reached, who) = g.signed_in().await?;
    let c = &reached.client;
    let read = async {
        let chart = answer(c.hand_out(within(120), patient, Purpose::Treatment).await)?;
        let rows = match summaries {
            true => answer(c.read_summary(within(60), patient).await)?,
            false => Vec::new(),
        };
        Ok((chart, rows))
    };
    let read = read.await;
    close(reached.node).await;
    read.map(|(chart, rows)| (chart, rows, who))
}

fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

impl To {
    /// Before a record is opened for nothing.
    fn check(&self) -> Result<(), Fault> {
        self.pdf.as_deref().map_or(Ok(()), new_file)
    }

    fn print(&self, g: &Global, paper: &Paper) -> Result<(), Fault> {
        let bytes = print::pdf(paper, &mut Fonts::default()).map_err(|e| Fault::new(FaultKind::Usage, e))?;
        let to = match (&self.pdf, &self.printer) {
            (Some(file), _) => {
                save(file, &bytes)?;
                file.display().to_string()
            }
            (None, printer) => {
                let name = printer.as_deref().unwrap_or("");
                send(name, &bytes)?;
                if name.is_empty() { "the printer".into() } else { name.into() }
            }
        };
        let done = Printed { to, bytes: bytes.len() };
        g.print(&done, |p| format!("{}: {} bytes of PDF", p.to, p.bytes));
        Ok(())
    }
}
