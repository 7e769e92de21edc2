//! Consent and who read.

use serde::{Deserialize, Serialize};

use super::emergency::EmergencyRow;
use crate::core::{
    consent::{EmergencySummary, Standing},
    governance::Role,
    id::GrantId,
    id::OrgId,
    id::PatientId,
    policy::Action,
    policy::Purpose,
    record::Compartment,
    time::Millis,
};

/// What a patient allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantAsk {
    /// Who may read.
    pub org: OrgId,
    /// Only these of them.
    pub role: Option<Role>,
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// For how many days; none: until revoked.
    pub days: Option<u32>,
    /// The grant to this organisation under which it is passed on; none: the patient's own word on what is kept here.
    pub parent: Option<GrantId>,
    /// Whoever gets it may pass on the same or less.
    pub delegable: bool,
    /// Who decides for the patient, e.g. "mother"; none: the patient.
    pub guardian: Option<String>,
}

/// One grant, as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// The grant and its standing.
    pub standing: Standing,
    /// The organisation's name.
    pub org: String,
}

/// Someone read, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRow {
    /// When, by the clock of the terminal that read.
    pub at: Millis,
    /// Who.
    pub staff: String,
    /// Of which organisation.
    pub org: String,
    /// What for.
    pub purpose: Purpose,
    /// False: refused.
    pub allowed: bool,
    /// The consents that allowed it; none for an organisation's own records and in an emergency.
    pub grants: Vec<GrantId>,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// The records left as a file.
    pub exported: bool,
}

/// A patient's consent, and who read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// Identifier.
    pub patient: PatientId,
    /// All grants, in force and ended.
    pub grants: Vec<GrantRow>,
    /// Newest first.
    pub accesses: Vec<AccessRow>,
    /// Organisations that could be granted something: identifier and name.
    pub others: Vec<(OrgId, String)>,
    /// Changes in the merged document.
    pub changes: u32,
    /// Whether others may open the emergency summary.
    pub emergency: EmergencySummary,
    /// Times the record was opened in an emergency, newest first.
    pub emergencies: Vec<EmergencyRow>,
    /// When the patient read it with their own card, newest first, by the clock of the terminal.
    pub own_readings: Vec<Millis>,
}

/// What the dry run is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAsk {
    /// Role of whoever would ask.
    pub role: Role,
    /// Their organisation; none: this one.
    pub org: Option<OrgId>,
    /// Whose records; none: this organisation's.
    pub custodian: Option<OrgId>,
    /// What they would do.
    pub action: Action,
    /// What for.
    pub purpose: Purpose,
    /// Which part.
    pub compartment: Compartment,
}

/// What the dry run answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Yes or no.
    pub allow: bool,
    /// Words of the policies that decided, or what is missing.
    pub reasons: Vec<String>,
    /// The grants that would be used.
    pub grants: Vec<GrantId>,
}
