//! FHIR out.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{
    Global,
    join::close,
    open::{answer, within},
    progress::Progress,
    words::word,
};
use crate::{
    core::{id::PatientId, policy::Purpose},
    node::api::{ExportForm, Exported, Fault, FaultKind},
};

/// Export.
#[derive(Args)]
pub(crate) struct Export {
    /// Which patients: identifiers that 'aidpost patient list' shows
    #[arg(value_name = "PATIENT", required_unless_present_any = ["all", "directory"])]
    patients: Vec<PatientId>,
    /// Every patient of this organisation
    #[arg(long, conflicts_with = "patients")]
    all: bool,
    /// What came in and is nobody's record: practitioners, organisations
    #[arg(long, conflicts_with_all = ["patients", "summary"])]
    directory: bool,
    /// A summary for whoever treats the patient next (International Patient Summary) instead of the whole record
    #[arg(long)]
    summary: bool,
    /// Add who read, as AuditEvents
    #[arg(long, conflicts_with = "summary")]
    accesses: bool,
    /// Add who signed what, as Provenance
    #[arg(long, conflicts_with = "summary")]
    signatures: bool,
    /// Add what the patient allows, as Consents
    #[arg(long, conflicts_with = "summary")]
    consents: bool,
    /// Folder for the files; made if it isn't there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// What for; it is put on the ledger
    #[arg(long, default_value = "treatment", value_name = "PURPOSE")]
    purpose: String,
}

#[derive(Serialize)]
struct Report {
    files: Vec<Exported>,
    refused: Vec<String>,
}

impl Export {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let purpose =
            word("purpose", &self.purpose, &Purpose::ALL.map(|(_, w)| w), Purpose::from_word(&self.purpose))?;
        let folder =
            std::path::absolute(&self.out).unwrap_or_else(|_| self.out.clone()).display().to_string();
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let form = match self.summary {
            true => ExportForm::Summary,
            false => ExportForm::Record {
                accesses: self.accesses,
                signatures: self.signatures,
                consents: self.consents,
            },
        };
        let mut patients = match self.all {
            true => answer(c.own_patients(within(60)).await)?,
            false => self.patients.clone(),
        };
        if self.directory {
            let kept = answer(c.directory(within(60)).await)?;
            let none = || {
                Fault::new(
                    FaultKind::Conflict,
                    "nothing has come in here that is nobody's record: leave --directory out",
                )
            };
            patients.push(kept.ok_or_else(none)?);
        }
        let progress = Progress::new("exporting", patients.len());
        let mut report = Report { files: Vec::new(), refused: Vec::new() };
        let mut last = None;
        for (i, p) in patients.iter().enumerate() {
            match answer(c.export(within(600), *p, purpose, form, folder.clone()).await) {
                Ok(e) => report.files.push(e),
                Err(f)
                    if matches!(
                        f.kind,
                        FaultKind::Locked | FaultKind::Usage | FaultKind::Conflict | FaultKind::Damaged
                    ) =>
                {
                    report.refused.push(format!("{p}: {f}"));
                    last = Some(f);
                }
                Err(f) => return Err(f),
            }
            progress.set(i + 1, "patients");
        }
        progress.finish();
        close(reached.node).await;
        g.print(&report, words);
        match last {
            None => Ok(()),
            Some(f) => Err(Fault::new(
                f.kind,
                format!(
                    "{} of {} patients were not exported ({})",
                    report.refused.len(),
                    patients.len(),
                    f.message
                ),
            )),
        }
    }
}

fn words(r: &Report) -> String {
    let sum = |f: fn(&Exported) -> u32| r.files.iter().map(f).sum::<u32>();
    let mut out = Vec::new();
    if let [one] = &r.files[..] {
        out.push(format!("{}: {} resources", one.path, one.resources));
    } else {
        out.push(format!("{} patients, {} resources", r.files.len(), sum(|e| e.resources)));
    }
    let conflicts = sum(|e| e.conflicts);
    if conflicts > 0 {
        out.push(format!("{conflicts} records were edited at two places at once; the latest version was written: 'aidpost patient conflicts'"));
    }
    let files = sum(|e| e.attachments);
    if files > 0 {
        out.push(format!("{files} attached files are not in a Bundle: 'aidpost patient attachment'"));
    }
    out.extend(r.files.iter().flat_map(|e| &e.unreadable).map(|u| format!("not readable: {u}")));
    out.join("\n")
}
