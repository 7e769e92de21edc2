//! That something was handed out: to researchers, health bureaus, insurers. What it was is not on the ledger, its hash is.

use serde::{Deserialize, Serialize};

use crate::core::{
    id::PatientId,
    policy::{Action, Purpose},
    record::Compartment,
    time::Millis,
};

/// What was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shared {
    /// A de-identified extract.
    Extract,
    /// Counts with small cells suppressed.
    Counts,
    /// What a claim is about.
    Claim,
}

impl Shared {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Shared::Extract => "extract",
            Shared::Counts => "counts",
            Shared::Claim => "claim",
        }
    }

    /// What of the policy decides it.
    pub fn action(self) -> Action {
        match self {
            Shared::Extract => Action::Extract,
            Shared::Counts => Action::Count,
            Shared::Claim => Action::Claim,
        }
    }

    /// What for.
    pub fn purpose(self) -> Purpose {
        match self {
            Shared::Extract => Purpose::Research,
            Shared::Counts => Purpose::PublicHealth,
            Shared::Claim => Purpose::Payment,
        }
    }
}

/// A decision to hand something out, durable before it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disclosure {
    /// What.
    pub what: Shared,
    /// Whose, for a claim.
    pub patient: Option<PatientId>,
    /// How many patients it is about; none where that itself would tell.
    pub patients: Option<u32>,
    /// Which parts of their records.
    pub compartments: Vec<Compartment>,
    /// Visits from here on.
    pub from: Option<Millis>,
    /// Visits before this.
    pub until: Option<Millis>,
    /// Rows of it.
    pub rows: u32,
    /// BLAKE3 of what was handed out.
    pub digest: [u8; 32],
}

impl Disclosure {
    pub(super) fn valid(&self) -> bool {
        self.compartments.len() <= Compartment::ALL.len()
            && (self.what == Shared::Claim) == self.patient.is_some()
    }
}
