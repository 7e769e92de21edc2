//! Patients at the command line.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{
    Global,
    join::close,
    open::{answer, within},
    patient_words::{chart, due, duplicates, rows, versions},
    progress::Progress,
};
use crate::{
    core::{
        codes::{Ending, Finding, Kind},
        guardian::{Guardian, Relation},
        id::{PatientId, RecordId, VersionId},
        policy::Purpose,
        record::{Gender, Patient as Who, Vital, show_milli},
    },
    jobs,
    node::api::{Chart, ClinicClient, Correction, Fault, FaultKind, Saved, VisitDraft},
};

/// What a new visit says in codes, and when to come back.
#[derive(Args)]
pub(crate) struct Coded {
    /// A problem: its code (ICD-10-CM, three characters), or words
    #[arg(long, value_name = "CODE|WORDS", conflicts_with = "record")]
    problem: Vec<String>,
    /// A medicine given or prescribed
    #[arg(long, value_name = "WORDS", conflicts_with = "record")]
    medicine: Vec<String>,
    /// A vaccine given: its code (CVX), or words
    #[arg(long, value_name = "CODE|WORDS", conflicts_with = "record")]
    vaccine: Vec<String>,
    /// An allergy or intolerance
    #[arg(long, value_name = "WORDS", conflicts_with = "record")]
    allergy: Vec<String>,
    /// When to come back: 14d, 2w, 3m or a date
    #[arg(long, value_name = "WHEN", conflicts_with = "record")]
    next: Option<String>,
}

impl Coded {
    fn findings(&self) -> Vec<Finding> {
        let all = [
            (Kind::Problem, &self.problem),
            (Kind::Medicine, &self.medicine),
            (Kind::Vaccine, &self.vaccine),
            (Kind::Allergy, &self.allergy),
        ];
        all.into_iter().flat_map(|(kind, said)| said.iter().map(move |s| Finding::said(kind, s))).collect()
    }
}

/// Who decides for the patient.
#[derive(Args)]
pub(crate) struct Deciding {
    /// Who decides for a child, or for somebody who can't: their name
    #[arg(long, value_name = "NAME")]
    guardian: Option<String>,
    /// What they are to the patient: mother, father, grandparent, sibling, relative, spouse, child or guardian
    #[arg(long, value_name = "WORD")]
    relation: Option<String>,
    /// Their telephone
    #[arg(long, value_name = "PHONE")]
    guardian_phone: Option<String>,
}

impl Deciding {
    /// Who it is then, in place of who it was. None: nothing was said of it.
    fn over(self, before: Option<Guardian>) -> Result<Option<Guardian>, Fault> {
        let usage = |words: &str| Fault::new(FaultKind::Usage, words);
        if self.guardian.is_none() && self.relation.is_none() && self.guardian_phone.is_none() {
            return Ok(None);
        }
        let word = |w: String| {
            Relation::from_word(&w).ok_or_else(|| {
                let all = Relation::ALL.map(|(_, word, _)| word).join(", ");
                usage(&format!("'{w}' is no relation: give one of {all}"))
            })
        };
        let relation = self.relation.map(word).transpose()?;
        let before = before.map(|g| (g.name, g.relation, g.phone));
        let (name, was, phone) = before.unwrap_or((String::new(), Relation::Other, String::new()));
        let name = self.guardian.unwrap_or(name);
        if name.trim().is_empty() {
            return Err(usage("nobody is named: give --guardian NAME too"));
        }
        let (relation, phone) = (relation.unwrap_or(was), self.guardian_phone.unwrap_or(phone));
        Ok(Some(Guardian { name, relation, phone }))
    }
}

/// Patient.
#[derive(Subcommand)]
pub(crate) enum Patient {
    /// Patients whose name, village, phone, year of birth or identifier fits
    ///
    /// Example: aidpost patient list "devi pokhara" --login nila
    List {
        /// What is known of them; everyone, the latest visit first, without it
        #[arg(default_value = "")]
        query: String,
        /// Those in the archive instead
        #[arg(long)]
        archived: bool,
    },
    /// Patients of this organisation who were to come by today and haven't, the latest day first
    ///
    /// Example: aidpost patient due --login nila
    Due {
        /// What is known of them; everyone without it
        #[arg(default_value = "")]
        query: String,
    },
    /// A patient's record; the read is on the ledger before it is shown
    ///
    /// Example: aidpost patient show PATIENT --login nila
    Show {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Also records that are archived while the patient isn't
        #[arg(long)]
        archived: bool,
    },
    /// Register a patient
    ///
    /// Example: aidpost patient register "Nila Devi" --born 1988 --gender female --village Pokhara --login nila
    Register {
        /// Name as given; a single name is enough
        name: String,
        /// Year of birth
        #[arg(long, value_name = "YEAR")]
        born: Option<u16>,
        /// The year is a guess
        #[arg(long, requires = "born")]
        about: bool,
        /// female, male, other or unknown
        #[arg(long, default_value = "unknown")]
        gender: String,
        /// Village or quarter
        #[arg(long, default_value = "")]
        village: String,
        /// Telephone
        #[arg(long, default_value = "")]
        phone: String,
        #[command(flatten)]
        deciding: Deciding,
        /// Register also when somebody here is likely the same person
        #[arg(long)]
        anyway: bool,
    },
    /// Change who a patient is; what was written before is kept
    ///
    /// Example: aidpost patient edit PATIENT --village Kaski --login nila
    Edit {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Name
        #[arg(long)]
        name: Option<String>,
        /// Year of birth
        #[arg(long, value_name = "YEAR")]
        born: Option<u16>,
        /// female, male, other or unknown
        #[arg(long)]
        gender: Option<String>,
        /// Village or quarter
        #[arg(long)]
        village: Option<String>,
        /// Telephone
        #[arg(long)]
        phone: Option<String>,
        #[command(flatten)]
        deciding: Deciding,
        /// Nobody decides for the patient any more
        #[arg(long, conflicts_with_all = ["guardian", "relation", "guardian_phone"])]
        no_guardian: bool,
    },
    /// Write a visit; with --record, change one that was written here
    ///
    /// Example: aidpost patient visit PATIENT --reason cough --measured temperature=38.5 --problem J18 --next 2w --login nila
    Visit {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The visit to change: the record that 'aidpost patient show' names
        #[arg(long)]
        record: Option<RecordId>,
        /// Why the patient came
        #[arg(long, required_unless_present = "record")]
        reason: Option<String>,
        /// What was found and done
        #[arg(long)]
        note: Option<String>,
        /// A measurement: temperature, heart-rate, breathing, systolic, diastolic, spo2, weight or height
        #[arg(long, value_name = "WHAT=VALUE")]
        measured: Vec<String>,
        #[command(flatten)]
        coded: Coded,
    },
    /// A problem, medicine, vaccine, allergy or appointment of a visit is over, or was written by mistake; what was is kept
    ///
    /// Example: aidpost patient end PATIENT RECORD --as stopped --login nila
    End {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// What: the record that 'aidpost patient show' names
        record: RecordId,
        /// stopped (a medicine), resolved (a problem, an allergy), cancelled (an appointment) or entered-in-error
        #[arg(long = "as", value_name = "HOW")]
        how: String,
    },
    /// Strike out a visit that was written by mistake, on the wrong patient perhaps: nothing of it counts; what was is kept
    ///
    /// Example: aidpost patient strike PATIENT RECORD --because "it was another patient" --login nila
    Strike {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which visit: the record that 'aidpost patient show' names
        record: RecordId,
        /// Why
        #[arg(long, value_name = "WHY")]
        because: String,
    },
    /// Let a visit stand again that was struck out
    ///
    /// Example: aidpost patient unstrike PATIENT RECORD --login nila
    Unstrike {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which visit: the record that 'aidpost patient show' names
        record: RecordId,
    },
    /// Records that were edited at two places at once, field by field; patients with such records
    ///
    /// Example: aidpost patient conflicts --login nila
    Conflicts {
        /// Which patient, as 'aidpost patient list' shows them; without it, who has any
        patient: Option<PatientId>,
    },
    /// Decide between versions: keep one, with single fields of others; the others are kept as history
    ///
    /// Example: aidpost patient resolve PATIENT RECORD --keep VERSION --take note=VERSION --login nila
    Resolve {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which record, as 'aidpost patient conflicts' shows it
        record: RecordId,
        /// The version to keep, as 'aidpost patient conflicts' shows it
        #[arg(long, value_name = "VERSION")]
        keep: VersionId,
        /// A field to take from another version
        #[arg(long, value_name = "FIELD=VERSION")]
        take: Vec<String>,
    },
    /// Every version of a record, or of who the patient is
    ///
    /// Example: aidpost patient history PATIENT RECORD --login nila
    History {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which record, as 'aidpost patient show' names it; who the patient is without it
        record: Option<RecordId>,
    },
    /// Who is likely the same person, with reasons
    ///
    /// Example: aidpost patient duplicates --login nila
    Duplicates {
        /// Which patient, as 'aidpost patient list' shows them; all of this organisation without it
        patient: Option<PatientId>,
    },
    /// Keep a file of at most 32 MiB with a patient's record
    ///
    /// Example: aidpost patient attach PATIENT scan.png --type image/png --login nila
    Attach {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The file
        file: PathBuf,
        /// Media type, e.g. image/png
        #[arg(long = "type", default_value = "", value_name = "TYPE")]
        media_type: String,
    },
    /// Write a kept file out
    ///
    /// Example: aidpost patient attachment PATIENT RECORD --out scan.png --login nila
    Attachment {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Which file: the record that 'aidpost patient show' names
        record: RecordId,
        /// Where; must not be there yet
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Two records are one person's: charts show both
    ///
    /// Example: aidpost patient link PATIENT OTHER --reason "same card shown" --login nila
    Link {
        /// One: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The other, as 'aidpost patient duplicates' shows it
        other: PatientId,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Two records are not one person's: takes a link back, or settles a proposal
    ///
    /// Example: aidpost patient unlink PATIENT OTHER --reason "twins" --login nila
    Unlink {
        /// One: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// The other, as 'aidpost patient duplicates' shows it
        other: PatientId,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// A gender's word.
pub(crate) fn gender(word: &str) -> Result<Gender, Fault> {
    let all = [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown];
    all.into_iter().find(|g| g.word() == word).ok_or_else(|| {
        Fault::new(FaultKind::Usage, format!("'{word}' is no gender: female, male, other or unknown"))
    })
}

fn ending(word: &str) -> Result<Ending, Fault> {
    Ending::ALL.into_iter().find(|e| e.code() == word).ok_or_else(|| {
        let all = Ending::ALL.map(Ending::code).join(", ");
        Fault::new(FaultKind::Usage, format!("'{word}' is no end: {all}"))
    })
}

/// What the measurements of a visit are called here, in the order of the form.
const MEASURED: [(&str, Vital); 8] = [
    ("temperature", Vital::Temperature),
    ("heart-rate", Vital::HeartRate),
    ("breathing", Vital::RespiratoryRate),
    ("systolic", Vital::Systolic),
    ("diastolic", Vital::Diastolic),
    ("spo2", Vital::OxygenSaturation),
    ("weight", Vital::Weight),
    ("height", Vital::Height),
];

/// The node may run in another folder.
fn absolute(p: &Path) -> String {
    std::path::absolute(p).unwrap_or_else(|_| p.to_path_buf()).display().to_string()
}

/// `WHAT=VALUE`
fn halves(s: &str) -> Result<(&str, &str), Fault> {
    s.split_once('=')
        .ok_or_else(|| Fault::new(FaultKind::Usage, format!("'{s}': write it like temperature=38.5")))
}

fn measured(all: &[String], mut vitals: Vec<String>) -> Result<Vec<String>, Fault> {
    vitals.resize(MEASURED.len(), String::new());
    for m in all {
        let (what, value) = halves(m)?;
        let at = MEASURED.iter().position(|(w, _)| *w == what).ok_or_else(|| {
            let names: Vec<&str> = MEASURED.iter().map(|(w, _)| *w).collect();
            Fault::new(FaultKind::Usage, format!("'{what}' is not measured here: {}", names.join(", ")))
        })?;
        vitals[at] = value.to_string();
    }
    Ok(vitals)
}

fn wrote(s: &Saved) -> String {
    format!("Saved: block {}, number {} of this terminal.", s.block, s.seq)
}

async fn read(c: &ClinicClient, patient: PatientId) -> Result<Chart, Fault> {
    answer(c.chart(within(60), patient, Purpose::Treatment).await)
}

/// Takes out of a chart what is archived; how many records that were.
fn put_away(c: &mut Chart) -> usize {
    let here = |patient: PatientId, record: &RecordId| patient != c.id || !c.shelved.records.contains(record);
    c.visits.retain(|v| here(v.patient, &v.record));
    c.struck.retain(|s| here(s.visit.patient, &s.visit.record));
    c.items.retain(|i| here(i.patient, &i.record));
    c.attachments.retain(|a| here(a.patient, &a.record));
    c.shelved.records.len()
}

async fn change_visit(
    c: &ClinicClient,
    patient: PatientId,
    record: RecordId,
    (reason, note): (Option<String>, Option<String>),
    all: &[String],
) -> Result<Saved, Fault> {
    let now = read(c, patient).await?;
    let v = now.visits.iter().find(|v| v.record == record && v.patient == patient).ok_or_else(|| {
        Fault::new(FaultKind::Usage, "that patient has no such visit: 'aidpost patient show' names them")
    })?;
    let before = MEASURED.iter().map(|(_, vital)| {
        v.observations.iter().find(|o| o.vital == *vital).map_or_else(String::new, |o| show_milli(o.milli))
    });
    let draft = VisitDraft {
        reason: reason.unwrap_or_else(|| v.reason.clone()),
        note: note.unwrap_or_else(|| v.note.clone()),
        vitals: measured(all, before.collect())?,
        ..VisitDraft::default()
    };
    answer(c.edit_visit(within(30), patient, record, v.versions.clone(), draft).await)
}

/// Strikes a visit out as it stands, or lets it stand again.
async fn strike(
    c: &ClinicClient,
    patient: PatientId,
    record: RecordId,
    because: Option<String>,
) -> Result<Saved, Fault> {
    let now = read(c, patient).await?;
    let mut all = now.visits.iter().chain(now.struck.iter().map(|s| &s.visit));
    let v = all.find(|v| v.record == record && v.patient == patient).ok_or_else(|| {
        Fault::new(FaultKind::Usage, "that patient has no such visit: 'aidpost patient show' names them")
    })?;
    answer(c.strike(within(30), patient, record, v.versions.clone(), because).await)
}

async fn all_duplicates(c: &ClinicClient, g: &Global) -> Result<(), Fault> {
    let patients = answer(c.own_patients(within(60)).await)?;
    let progress = Progress::new("comparing", patients.len());
    let mut found = Vec::new();
    for (i, p) in patients.iter().enumerate() {
        let all = answer(c.duplicates(within(60), *p).await)?;
        // Each pair once.
        found.extend(all.into_iter().filter(|d| *p < d.id).map(|d| (*p, d)));
        progress.set(i + 1, "patients");
    }
    progress.finish();
    found.sort_by_key(|(_, d)| std::cmp::Reverse(d.score));
    g.print(&found, |found| {
        if found.is_empty() {
            return "Nobody here is likely registered twice.".into();
        }
        let line = |(p, d): &(PatientId, _)| format!("{p} and\n{}", duplicates(std::slice::from_ref(d)));
        found.iter().map(line).collect::<Vec<_>>().join("\n")
    });
    Ok(())
}

/// Registers somebody, unless somebody here is likely the same person.
async fn register(
    c: &ClinicClient,
    g: &Global,
    p: Who,
    deciding: Deciding,
    anyway: bool,
) -> Result<(), Fault> {
    let guardian = deciding.over(None)?;
    guardian.iter().try_for_each(Guardian::check).map_err(|e| Fault::new(FaultKind::Usage, e))?;
    let likely = if anyway { Vec::new() } else { answer(c.likely(within(30), p.clone()).await)? };
    if !likely.is_empty() {
        eprintln!("{}", duplicates(&likely));
        return Err(Fault::new(
            FaultKind::Usage,
            "likely registered already: use that record, or say --anyway to register somebody new",
        ));
    }
    let id = answer(match guardian {
        Some(guardian) => c.register_guarded(within(30), p, guardian).await,
        None => c.register(within(30), p).await,
    })?;
    g.print(&id, |id| format!("Registered: {id}"));
    Ok(())
}

impl Patient {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let done = self.ask(g, &reached.client).await;
        close(reached.node).await;
        done
    }

    async fn ask(self, g: &Global, c: &ClinicClient) -> Result<(), Fault> {
        match self {
            Patient::List { query, archived: false } => {
                g.print(&answer(c.patients(within(30), query).await)?, |r| rows(r));
            }
            Patient::List { query, archived: true } => {
                g.print(&answer(c.archived_patients(within(30), query).await)?, |r| rows(r));
            }
            Patient::Due { query } => {
                g.print(&jobs::due(c, within(30), &query).await?, |r| due(r));
            }
            Patient::Show { patient, archived } => {
                let mut all = read(c, patient).await?;
                let away = if archived { 0 } else { put_away(&mut all) };
                g.print(&all, |c| match away {
                    0 => chart(c),
                    n => format!("{}\n\n{n} archived records are not shown: --archived shows them", chart(c)),
                });
            }
            Patient::Register { name, born, about, gender: word, village, phone, deciding, anyway } => {
                let gender = gender(&word)?;
                let p = Who { name, birth_year: born, birth_estimated: about, gender, village, phone };
                register(c, g, p, deciding, anyway).await?;
            }
            Patient::Edit { patient, name, born, gender: word, village, phone, deciding, no_guardian } => {
                let now = read(c, patient).await?;
                let mut p = now.patient.clone();
                p.name = name.unwrap_or(p.name);
                p.village = village.unwrap_or(p.village);
                p.phone = phone.unwrap_or(p.phone);
                if let Some(y) = born {
                    (p.birth_year, p.birth_estimated) = (Some(y), false);
                }
                if let Some(w) = word {
                    p.gender = gender(&w)?;
                }
                let (seen, before) = match now.guardian {
                    Some(row) => (row.versions, Some(row.guardian)),
                    None => (Vec::new(), None),
                };
                let guardian = deciding.over(before)?;
                let saved = match guardian.is_some() || no_guardian {
                    true => {
                        let who = (p != now.patient).then_some((now.versions, p));
                        let correction = Correction { who, guardian: Some((seen, guardian)) };
                        answer(c.correct(within(30), patient, correction).await)?
                    }
                    false => answer(c.edit_patient(within(30), patient, now.versions, p).await)?,
                };
                g.print(&saved, wrote);
            }
            Patient::Visit { patient, record, reason, note, measured: all, coded } => {
                let saved = match record {
                    Some(r) => change_visit(c, patient, r, (reason, note), &all).await?,
                    None => {
                        let vitals = measured(&all, Vec::new())?;
                        let (reason, note) = (reason.unwrap_or_default(), note.unwrap_or_default());
                        let draft = VisitDraft {
                            reason,
                            note,
                            vitals,
                            findings: coded.findings(),
                            next: coded.next.unwrap_or_default(),
                        };
                        answer(c.write_visit(within(30), patient, draft).await)?
                    }
                };
                g.print(&saved, wrote);
            }
            Patient::End { patient, record, how } => {
                g.print(&answer(c.end(within(30), patient, record, ending(&how)?).await)?, wrote);
            }
            Patient::Strike { patient, record, because } => {
                g.print(&strike(c, patient, record, Some(because)).await?, wrote);
            }
            Patient::Unstrike { patient, record } => {
                g.print(&strike(c, patient, record, None).await?, wrote);
            }
            Patient::Conflicts { patient: Some(p) } => {
                g.print(&answer(c.conflicts(within(60), p).await)?, |v| versions(v));
            }
            Patient::Conflicts { patient: None } => {
                g.print(&answer(c.in_conflict(within(60)).await)?, |r| match r.len() {
                    0 => "Nobody's record was edited at two places at once.".into(),
                    _ => rows(r),
                });
            }
            Patient::Resolve { patient, record, keep, take } => {
                let mut fields = Vec::new();
                for t in &take {
                    let (field, version) = halves(t)?;
                    let version = version.parse().map_err(|e| Fault::new(FaultKind::Usage, e))?;
                    fields.push((field.to_string(), version));
                }
                g.print(&answer(c.resolve(within(30), patient, record, keep, fields).await)?, wrote);
            }
            Patient::History { patient, record } => {
                let one = answer(c.history(within(60), patient, record).await)?;
                g.print(&one, |v| versions(std::slice::from_ref(v)));
            }
            Patient::Duplicates { patient: Some(p) } => {
                g.print(&answer(c.duplicates(within(60), p).await)?, |d| duplicates(d));
            }
            Patient::Duplicates { patient: None } => all_duplicates(c, g).await?,
            Patient::Attach { patient, file, media_type } => {
                let saved = answer(c.attach(within(120), patient, absolute(&file), media_type).await)?;
                g.print(&saved, wrote);
            }
            Patient::Attachment { patient, record, out } => {
                let a = answer(c.attachment(within(120), patient, record, absolute(&out)).await)?;
                g.print(&a, |a| format!("{}: {} bytes of {}", out.display(), a.size, a.name));
            }
            Patient::Link { patient, other, reason } => {
                g.print(&answer(c.link_patients(within(30), patient, other, true, reason).await)?, wrote);
            }
            Patient::Unlink { patient, other, reason } => {
                g.print(&answer(c.link_patients(within(30), patient, other, false, reason).await)?, wrote);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_have_the_order_of_the_form() {
        assert!(MEASURED.iter().map(|(_, v)| *v).eq(Vital::ALL));
        let all = measured(&["systolic=120".into(), "temperature=38,5".into()], Vec::new()).unwrap();
        assert_eq!((all[0].as_str(), all[3].as_str(), all.len()), ("38,5", "120", 8));
        assert!(measured(&["mood=good".into()], Vec::new()).unwrap_err().to_string().contains("heart-rate"));
        assert!(measured(&["weight".into()], Vec::new()).is_err());
    }
}
