//! Who read what, across all patients.

use serde::{Deserialize, Serialize};

use crate::core::{
    id::{BlockId, GrantId, LogId, PatientId},
    policy::Purpose,
    record::Compartment,
    time::Millis,
};

/// The longest text that is searched for, in characters.
pub const MAX_AUDIT_WORDS: usize = 200;

/// Which accesses are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditAsk {
    /// Only to this patient's records.
    pub patient: Option<PatientId>,
    /// Words that must all be in the name of whoever read, or of their organisation.
    pub by: String,
    /// Words that must all be in who read, of which organisation, whose record, or which day (like 2026-03-01, by this
    /// terminal's own calendar).
    pub words: String,
    /// Not before then, in milliseconds since 1970.
    pub since: Option<Millis>,
    /// Where an earlier look ended; none: from the newest on.
    pub from: Option<AuditMark>,
}

/// Where a look ended: of each log, how many of its first blocks are left to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditMark(pub Vec<(LogId, u64)>);

/// Who read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditReader {
    /// A member of staff.
    Staff {
        /// Name.
        name: String,
        /// Of which organisation.
        org: String,
    },
    /// The patient, with their card.
    Patient,
}

/// Somebody read a record, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// The block that says so.
    pub block: BlockId,
    /// When, by the clock of the terminal that read.
    pub at: Millis,
    /// Who.
    pub reader: AuditReader,
    /// Whose record.
    pub patient: PatientId,
    /// The patient's name, where whoever asks may know it.
    pub name: Option<String>,
    /// What for; an emergency needs no consent and is reviewed.
    pub purpose: Purpose,
    /// False: refused, and nothing was opened.
    pub allowed: bool,
    /// The records left as a file.
    pub exported: bool,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// Whose records they are, by name.
    pub custodians: Vec<String>,
    /// The consents that allowed it; none for an organisation's own records and in an emergency.
    pub grants: Vec<GrantId>,
}

/// A part of what was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPart {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// Where to go on; none: that was all.
    pub next: Option<AuditMark>,
    /// Accesses that were looked at, whether they fitted or not.
    pub looked: u64,
}
