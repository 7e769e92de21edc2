//! Lists as spreadsheets, in and out.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use serde::Serialize;

use super::{
    Global,
    join::close,
    open::{answer, within},
    progress::Progress,
    words::{date, new_file, save},
};
use crate::{
    core::{id::PatientId, policy::Purpose, record::Vital, record::show_milli},
    fhir::date::instant,
    node::api::{Chart, ClinicClient, Fault, FaultKind, PatientRow, VisitDraft},
    sheet::{
        accesses::{self, Accessed},
        patients::{self, Listed},
        table::{MAX_BYTES, Refused},
        visits::{self, Visited},
    },
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
    /// Which patients
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
            Csv::Patients(w) => w.write(c, g, "patients", listed).await,
            Csv::Visits(w) => w.write(c, g, "visits", visited).await,
            Csv::Accesses(w) => w.accesses(c, g).await,
            Csv::ImportPatients { file, anyway } => import_patients(c, g, &file, anyway).await,
            Csv::ImportVisits { file } => import_visits(c, g, &file).await,
        };
        close(reached.node).await;
        done
    }
}

/// The lines of one list, put together from each patient's record.
#[derive(Default)]
struct Lines {
    patients: Vec<Listed>,
    visits: Vec<Visited>,
}

fn listed(c: &Chart, l: &mut Lines) {
    let last_visit = c.visits.first().map_or_else(String::new, |v| date(v.at));
    l.patients.push(Listed { id: Some(c.id), patient: c.patient.clone(), last_visit });
}

fn visited(c: &Chart, l: &mut Lines) {
    l.visits.extend(c.visits.iter().filter(|v| v.patient == c.id).map(|v| Visited {
        patient: c.id,
        name: c.patient.name.clone(),
        at: v.at,
        reason: v.reason.clone(),
        note: v.note.clone(),
        observations: v.observations.clone(),
        by: (v.author.clone(), v.org.clone()),
    }));
}

impl Whose {
    async fn patients(&self, c: &ClinicClient) -> Result<Vec<PatientId>, Fault> {
        match self.all {
            true => answer(c.own_patients(within(60)).await),
            false => Ok(self.patients.clone()),
        }
    }

    async fn write(
        self,
        c: &ClinicClient,
        g: &Global,
        what: &'static str,
        add: fn(&Chart, &mut Lines),
    ) -> Result<(), Fault> {
        // Before anything is opened for nothing.
        new_file(&self.out)?;
        let of = self.patients(c).await?;
        let progress = Progress::new("opening", of.len());
        let mut lines = Lines::default();
        for (i, p) in of.iter().enumerate() {
            add(&answer(c.hand_out(within(120), *p, Purpose::Treatment).await)?, &mut lines);
            progress.set(i + 1, "patients");
        }
        progress.finish();
        let (text, n) = match what {
            "patients" => (patients::write(&lines.patients), lines.patients.len()),
            _ => (visits::write(&lines.visits), lines.visits.len()),
        };
        wrote(g, &self.out, &text, n)
    }

    async fn accesses(self, c: &ClinicClient, g: &Global) -> Result<(), Fault> {
        let mut all = Vec::new();
        for p in self.patients(c).await? {
            let mut rows = answer(c.consent(within(60), p).await)?.accesses;
            rows.reverse();
            all.extend(rows.into_iter().map(|a| Accessed {
                patient: p,
                when: i64::try_from(a.at).ok().and_then(instant).unwrap_or_default(),
                who: a.staff,
                organisation: a.org,
                purpose: a.purpose,
                allowed: a.allowed,
                parts: a.compartments,
                exported: a.exported,
                consents: a.grants.iter().map(ToString::to_string).collect(),
            }));
        }
        wrote(g, &self.out, &accesses::write(&all), all.len())
    }
}

fn wrote(g: &Global, to: &Path, text: &str, lines: usize) -> Result<(), Fault> {
    save(to, text.as_bytes())?;
    let done = Wrote { file: to.display().to_string(), lines };
    g.print(&done, |w| format!("{}: {} lines", w.file, w.lines));
    Ok(())
}

/// A list's text, within the limit.
fn text(path: &Path) -> Result<String, Fault> {
    let bad = |why: String| Fault::new(FaultKind::Usage, format!("{}: {why}", path.display()));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| bad(format!("{e}: check the name")))?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| bad(e.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(bad(format!("larger than {} MiB: divide it", MAX_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        bad(format!("line {line} is not UTF-8 text: save the list as 'CSV UTF-8'"))
    })
}

/// Nothing was taken: every line that stands in the way, then how many.
fn refused(path: &Path, all: &[Refused]) -> Fault {
    let name = path.display();
    if let [one] = all {
        return Fault::new(FaultKind::Usage, format!("{name}: {one}: nothing of it was taken"));
    }
    all.iter().for_each(|r| eprintln!("{name}: {r}"));
    Fault::new(FaultKind::Usage, format!("{name}: {} lines can't be taken: nothing of it was", all.len()))
}

/// Whether somebody is here of whom the list says the same.
async fn is_here(c: &ClinicClient, l: &Listed) -> Result<bool, Fault> {
    let p = &l.patient;
    let found = answer(c.patients(within(30), p.name.clone()).await)?;
    let same = |r: &PatientRow| r.name == p.name && r.birth_year == p.birth_year && r.village == p.village;
    Ok(found.iter().any(|r| r.own && same(r)))
}

async fn import_patients(c: &ClinicClient, g: &Global, path: &Path, anyway: bool) -> Result<(), Fault> {
    let now = jiff::Timestamp::now();
    let this_year = now.to_zoned(jiff::tz::TimeZone::UTC).year().unsigned_abs();
    let all = patients::read(&text(path)?, this_year).map_err(|r| refused(path, &r))?;
    let here: std::collections::BTreeSet<PatientId> =
        answer(c.own_patients(within(60)).await)?.into_iter().collect();
    let progress = Progress::new("checking", all.len());
    let (mut new, mut bad): (Vec<&Listed>, Vec<Refused>) = Default::default();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for (i, (line, l)) in all.iter().enumerate() {
        let mut refuse = |why: String| bad.push(Refused { line: *line, why });
        let known = format!("{:?}", l.patient);
        if let Some(first) = lines.insert(known, *line) {
            refuse(format!("the same as line {first}: take one out"));
            continue;
        }
        match l.id {
            Some(id) if here.contains(&id) => continue,
            Some(id) => {
                refuse(format!("no patient {} here: leave that cell empty to register somebody", id.short()));
                continue;
            }
            None => {}
        }
        if is_here(c, l).await? {
            continue;
        }
        let likely = answer(c.likely(within(30), l.patient.clone()).await)?;
        match likely.first() {
            Some(d) if !anyway => refuse(format!(
                "likely {} ({}), who is here: take the line out, or say --anyway",
                d.name,
                d.reasons.join(", ")
            )),
            _ => new.push(l),
        }
        progress.set(i + 1, "lines");
    }
    progress.finish();
    if !bad.is_empty() {
        return Err(refused(path, &bad));
    }
    let progress = Progress::new("registering", new.len());
    for (i, l) in new.iter().enumerate() {
        answer(c.register(within(30), l.patient.clone()).await)?;
        progress.set(i + 1, "patients");
    }
    progress.finish();
    took(g, "patients", all.len(), new.len());
    Ok(())
}

fn took(g: &Global, what: &str, read: usize, new: usize) {
    g.print(&Took { read, new }, |t| {
        format!("{} {what} read, {} new, {} here already.", t.read, t.new, t.read - t.new)
    });
}

async fn import_visits(c: &ClinicClient, g: &Global, path: &Path) -> Result<(), Fault> {
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
    let all = visits::read(&text(path)?, now).map_err(|r| refused(path, &r))?;
    let mut of: BTreeMap<PatientId, Vec<&(u64, Visited)>> = BTreeMap::new();
    for v in &all {
        of.entry(v.1.patient).or_default().push(v);
    }
    let progress = Progress::new("checking", of.len());
    let (mut new, mut bad): (Vec<&Visited>, Vec<Refused>) = Default::default();
    for (i, (patient, visits)) in of.into_iter().enumerate() {
        let chart = match answer(c.chart(within(120), patient, Purpose::Treatment).await) {
            Ok(chart) if chart.own => chart,
            Ok(_) => {
                let why = "another organisation keeps that patient: only it writes visits";
                bad.extend(visits.iter().map(|(line, _)| Refused { line: *line, why: why.into() }));
                continue;
            }
            Err(f) if f.kind == FaultKind::Usage => {
                bad.extend(visits.iter().map(|(line, _)| Refused { line: *line, why: f.message.clone() }));
                continue;
            }
            Err(f) => return Err(f),
        };
        let seconds = |at: i64| at.div_euclid(1_000);
        new.extend(visits.into_iter().map(|(_, v)| v).filter(|v| {
            !chart.visits.iter().any(|x| seconds(x.at) == seconds(v.at) && x.reason == v.reason)
        }));
        progress.set(i + 1, "patients");
    }
    progress.finish();
    if !bad.is_empty() {
        bad.sort_by_key(|r| r.line);
        return Err(refused(path, &bad));
    }
    let progress = Progress::new("writing", new.len());
    for (i, v) in new.iter().enumerate() {
        let of = |vital: Vital| {
            v.observations.iter().find(|o| o.vital == vital).map_or_else(String::new, |o| show_milli(o.milli))
        };
        let draft = VisitDraft {
            reason: v.reason.clone(),
            note: v.note.clone(),
            vitals: Vital::ALL.map(of).into(),
            ..VisitDraft::default()
        };
        let at = u64::try_from(v.at).unwrap_or(0);
        answer(c.write_past_visit(within(30), v.patient, at, draft).await)?;
        progress.set(i + 1, "visits");
    }
    progress.finish();
    took(g, "visits", all.len(), new.len());
    Ok(())
}
