//! Patients and visits.

use serde::{Deserialize, Serialize};

use crate::core::{id::BlockId, id::PatientId, record::Observation, record::Patient, time::Millis};

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
}

/// One visit of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// When the patient was seen.
    pub at: Millis,
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
    /// Newest first.
    pub visits: Vec<VisitRow>,
    /// Why this may be read, in words.
    pub because: Vec<String>,
    /// The block that records this read.
    pub recorded: BlockId,
    /// Stored records of this patient that could not be opened (damaged or no key): each with its reason.
    pub unreadable: Vec<String>,
}

/// A visit being written; kept across locks and crashes until it is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDraft {
    /// Why the patient came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// As typed, in the order of `Vital::ALL`.
    pub vitals: Vec<String>,
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
