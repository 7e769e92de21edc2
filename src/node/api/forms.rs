//! Forms about who somebody is: what is kept of one that isn't finished, and what a correction changes.

use serde::{Deserialize, Serialize};

use crate::core::{
    guardian::Guardian,
    id::{PatientId, RecordId, VersionId},
    record::Patient,
};

/// Who decides for a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianRow {
    /// Who it is.
    pub guardian: Guardian,
    /// The record that says so. None: the patient's own entry, which came from elsewhere, says it.
    pub record: Option<RecordId>,
    /// Its standing versions: what a correction replaces.
    pub versions: Vec<VersionId>,
    /// They decide now; false: of a child who is grown since.
    pub decides: bool,
}

/// What is corrected of who a patient is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The versions of the demographics that were seen, and what stands in their place.
    pub who: Option<(Vec<VersionId>, Patient)>,
    /// The versions of the guardian's record that were seen, none where there was no such record; and who is it now.
    pub guardian: Option<(Vec<VersionId>, Option<Guardian>)>,
}

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormOf {
    /// The registration of somebody new.
    Registration,
    /// The correction of who a patient is.
    Who(PatientId),
    /// The correction of a visit.
    Visit(PatientId, RecordId),
}

/// What was typed into a form and isn't signed yet. Kept across locks and crashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormDraft {
    /// Its fields in their order, as typed; none: it was left as it stands.
    pub fields: Vec<Option<String>>,
}

impl FormDraft {
    /// The most fields.
    pub const MAX_FIELDS: usize = 16;
}
