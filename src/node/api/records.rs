//! Patients and visits.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::core::{
    codes::{Ending, Finding},
    expected::Due,
    id::{BlockId, PatientId, RecordId, VersionId},
    next_visit::day_of,
    record::{Observation, Patient},
    time::Millis,
};

/// The most patients that a search shows; whoever looks for another types on.
pub const MOST_ROWS: usize = 200;

/// One line of the patient list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientRow {
    /// Identifier.
    pub id: PatientId,
    /// Name.
    pub name: String,
    /// Year of birth, where known.
    pub birth_year: Option<u16>,
    /// Village.
    pub village: String,
    /// The organisation that registered the patient.
    pub custodian: String,
    /// It is this one.
    pub own: bool,
    /// Last visit in the records that may be read here.
    pub last_visit: Option<Millis>,
    /// Organisations that read by consent in force.
    pub shared_with: Vec<String>,
    /// The next day on which this organisation expects them.
    #[serde(default)]
    pub due: Option<DueRow>,
}

/// A part of a list that is too long for one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientPage {
    /// Its lines.
    pub rows: Vec<PatientRow>,
    /// How many there are in all.
    pub total: usize,
}

/// A day on which a patient is expected back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueRow {
    /// Its beginning: milliseconds since 1970.
    pub day: Millis,
    /// How it stands with it now.
    pub state: Due,
}

/// One visit of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// When the patient was seen: milliseconds since 1970, negative before it.
    pub at: i64,
    /// Why they came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// What was measured.
    pub observations: Vec<Observation>,
    /// Who wrote it.
    pub author: String,
    /// Their organisation.
    pub org: String,
    /// The block that holds it.
    pub block: BlockId,
    /// No other node is known to hold it.
    pub only_here: bool,
    /// Other terminals that are known to hold it, by name.
    pub held_by: Vec<String>,
    /// In whose record it is: another's where two records are linked as one person's.
    pub patient: PatientId,
    /// The record.
    pub record: RecordId,
    /// Its standing versions: what an edit replaces. More than one: edited at two places at once.
    pub versions: Vec<VersionId>,
    /// It was edited since it was first written.
    pub edited: bool,
    /// What was found, given or planned in it, where that was coded here.
    #[serde(default)]
    pub done: Vec<ItemRow>,
    /// It was written as a visit, and its organisation can correct it; false: it came in as a resource, and is kept as it
    /// came.
    pub written: bool,
}

/// A visit that was struck out: it is shown, and counts in nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StruckRow {
    /// What it said, by whom; what was coded at it.
    pub visit: VisitRow,
    /// Why; empty where it came in so.
    pub because: String,
    /// Who struck it out.
    pub by: String,
    /// When, by the clock of their terminal.
    pub at: Millis,
}

/// A line about something that came from elsewhere: a problem, a medicine, a vaccine, a result…
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRow {
    /// FHIR resource type.
    pub kind: String,
    /// What it is.
    pub text: String,
    /// Milliseconds since 1970, where it says a time.
    pub at: Option<i64>,
    /// Its state in FHIR's word, may be empty.
    pub status: String,
    /// The record.
    pub record: RecordId,
    /// In whose record it is.
    pub patient: PatientId,
    /// No visit of the chart holds it: it stands at its own date.
    #[serde(default)]
    pub apart: bool,
    /// What it measures, where it stands apart; what was measured at a visit is the visit's.
    #[serde(default)]
    pub observations: Vec<Observation>,
}

impl ItemRow {
    /// The day that an appointment is for: milliseconds since 1970.
    pub fn planned(&self) -> Option<i64> {
        self.at.filter(|_| self.kind == "Appointment")
    }

    /// The same of one that is neither over nor cancelled.
    pub fn expected(&self) -> Option<i64> {
        self.planned().filter(|_| matches!(self.status.as_str(), "booked" | "pending"))
    }

    /// How it ended, where it was coded at a visit here; none: it stands.
    pub fn ended(&self) -> Option<Ending> {
        Ending::ALL.into_iter().find(|e| e.code() == self.status)
    }

    /// It is no more: stopped, resolved, cancelled, or never was.
    pub fn over(&self) -> bool {
        const OVER: [&str; 11] = [
            "inactive",
            "resolved",
            "remission",
            "stopped",
            "completed",
            "cancelled",
            "entered-in-error",
            "refuted",
            "not-done",
            "not-taken",
            "draft",
        ];
        OVER.contains(&self.status.as_str())
    }

    /// It in words, where it stands with its visit: what kind of thing it is, and what; an appointment as its day in `zone`.
    /// None for what was written by mistake.
    pub fn said(&self, zone: &TimeZone) -> Option<String> {
        let kind = match self.kind.as_str() {
            "Condition" => "Problem",
            "MedicationRequest" | "MedicationStatement" => "Medicine",
            "Immunization" => "Vaccine",
            "AllergyIntolerance" => "Allergy",
            "Appointment" => "Next visit",
            other => other,
        };
        let day = |at| day_of(u64::try_from(at).ok()?, zone).map(|d| d.to_string());
        let text = self.planned().and_then(day).unwrap_or_else(|| self.text.clone());
        match self.status.as_str() {
            "entered-in-error" | "refuted" => None,
            // A vaccine that was given is said to be completed.
            s if self.over() && s != "completed" => Some(format!("{kind}: {text} ({s})")),
            _ => Some(format!("{kind}: {text}")),
        }
    }
}

/// A file kept with a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRow {
    /// The record.
    pub record: RecordId,
    /// In whose record it is.
    pub patient: PatientId,
    /// File name.
    pub name: String,
    /// Media type, may be empty.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// When it was attached, by the clock of the terminal that did: milliseconds since 1970.
    pub at: Millis,
    /// Who attached it.
    pub author: String,
    /// Their organisation.
    pub org: String,
    /// In how many pieces it is kept.
    pub pieces: u32,
    /// How many of them are not here.
    pub missing: u32,
}

/// A field that two versions say differently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DifferenceRow {
    /// Its name.
    pub field: String,
    /// What the first version says; empty: nothing.
    pub first: String,
    /// What this version says.
    pub second: String,
}

/// One of several standing versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its name.
    pub version: VersionId,
    /// When it was written, by the clock of its terminal.
    pub at: Millis,
    /// By whom.
    pub author: String,
    /// Their organisation.
    pub org: String,
    /// False: it comes from a terminal that isn't trusted at that point.
    pub believed: bool,
    /// Where it differs from the first.
    pub differences: Vec<DifferenceRow>,
}

/// A record that was edited at two places at once: a person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictRow {
    /// Whose.
    pub patient: PatientId,
    /// Which record.
    pub record: RecordId,
    /// What it is.
    pub kind: String,
    /// Single fields can be taken from one version and others from another.
    pub by_field: bool,
    /// Its standing versions, the latest first.
    pub versions: Vec<VersionRow>,
}

/// A patient whose record is linked as the same person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedRow {
    /// Identifier.
    pub id: PatientId,
    /// Name there.
    pub name: String,
}

/// Somebody here who may be the same person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateRow {
    /// Identifier.
    pub id: PatientId,
    /// Name.
    pub name: String,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Village.
    pub village: String,
    /// 0 to 100.
    pub score: u8,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// In the archive.
    pub archived: bool,
}

/// How many of a kind came in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    /// FHIR resource type.
    pub kind: String,
    /// In the file.
    pub read: u32,
    /// New here.
    pub new: u32,
    /// Other than before: a new version.
    pub changed: u32,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Imported {
    /// All of it is durable.
    Done(ImportCounts),
    /// Nothing is: it refers to patients who aren't here yet. They may be in another file.
    Waiting {
        /// The first place that does.
        place: String,
        /// What it refers to.
        reference: String,
    },
}

/// What a file added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportCounts {
    /// By kind, sorted.
    pub kinds: Vec<KindCount>,
    /// New patients.
    pub patients: u32,
    /// Resources that were written by Aidpost itself: left as they are here.
    pub own: u32,
    /// Resources about somebody whom they only describe: kept in the directory, in nobody's record.
    pub apart: u32,
    /// Blocks written.
    pub blocks: u32,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of their payloads as stored.
    pub stored: u64,
}

/// What an exported file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExportForm {
    /// Everything, as it came in and was written here; and, where wanted, what the ledger says about it.
    Record {
        /// Who read, as AuditEvents.
        accesses: bool,
        /// Who signed, as Provenance.
        signatures: bool,
        /// What the patient allows, as Consents.
        consents: bool,
    },
    /// An International Patient Summary.
    Summary,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Where.
    pub path: String,
    /// Resources in it.
    pub resources: u32,
    /// Records in it that were edited at two places at once: the latest version is in the file.
    pub conflicts: u32,
    /// Files that are kept with the record and aren't in a Bundle.
    pub attachments: u32,
    /// What could not be opened, each with its reason.
    pub unreadable: Vec<String>,
}

/// A patient's records as they may be read here. The read is on the ledger before this is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Identifier.
    pub id: PatientId,
    /// Demographics.
    pub patient: Patient,
    /// The organisation that registered the patient.
    pub custodian: String,
    /// It is this one: visits can be written.
    pub own: bool,
    /// Standing versions of the demographics of this organisation: what an edit replaces.
    pub versions: Vec<VersionId>,
    /// Those demographics were edited since the patient was registered.
    pub edited: bool,
    /// Newest first.
    pub visits: Vec<VisitRow>,
    /// Visits that were struck out, newest first: no part of anything else here.
    #[serde(default)]
    pub struck: Vec<StruckRow>,
    /// What else came from elsewhere, newest first.
    pub items: Vec<ItemRow>,
    /// Files.
    pub attachments: Vec<AttachmentRow>,
    /// Records that were edited at two places at once.
    pub conflicts: Vec<ConflictRow>,
    /// Records that are linked as the same person's: their visits are among these.
    pub linked: Vec<LinkedRow>,
    /// Why this may be read, in words.
    pub because: Vec<String>,
    /// The block that records this read.
    pub recorded: BlockId,
    /// Stored records of this patient that could not be opened (damaged or no key): each with its reason.
    pub unreadable: Vec<String>,
    /// What of it is archived.
    pub shelved: super::Shelved,
    /// Date of birth, where a record that came in says it to the day: midnight UTC, milliseconds since 1970.
    pub born_on: Option<i64>,
    /// Who decides for the patient, where somebody does.
    #[serde(default)]
    pub guardian: Option<super::GuardianRow>,
}

impl Chart {
    /// What stands of these FHIR resource types, each once: the same is written again at each visit.
    pub fn standing(&self, kinds: &[&str]) -> Vec<&str> {
        each_once(self.items.iter(), kinds)
    }

    /// The same of what was coded at visits of the organisation that keeps this record alone: of it everybody may know who
    /// may read visits.
    pub fn written_here(&self, kinds: &[&str]) -> Vec<&str> {
        let own = self.visits.iter().filter(|v| v.written && v.org == self.custodian && v.patient == self.id);
        each_once(own.flat_map(|v| &v.done), kinds)
    }
}

fn each_once<'a>(items: impl Iterator<Item = &'a ItemRow>, kinds: &[&str]) -> Vec<&'a str> {
    let mut seen = std::collections::BTreeSet::new();
    let texts = items.filter(|i| !i.over() && kinds.contains(&i.kind.as_str())).map(|i| i.text.as_str());
    texts.filter(|t| seen.insert(*t)).collect()
}

/// FHIR's resource types of what a person does not bear.
pub const ALLERGIES: &[&str] = &["AllergyIntolerance"];
/// Of what ails them.
pub const PROBLEMS: &[&str] = &["Condition"];
/// Of what they take.
pub const MEDICINES: &[&str] = &["MedicationRequest", "MedicationStatement"];

/// A visit being written; kept across locks and crashes until it is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDraft {
    /// Why the patient came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// As typed, in the order of `Vital::ALL`.
    pub vitals: Vec<String>,
    /// Problems, medicines, vaccines and allergies.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// When to come back, as typed; may be empty.
    #[serde(default)]
    pub next: String,
}

/// A durable block: nothing was said to be saved before this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The block.
    pub block: BlockId,
    /// Its number in this terminal's log.
    pub seq: u64,
    /// Bytes sealed.
    pub bytes: u32,
}
