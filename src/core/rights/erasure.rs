//! Destroying a patient's keys: the order, the receipts, and who has not been heard from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::short;
use crate::core::{
    id::{BlockId, DeviceId, OrgId, PatientId},
    time::Millis,
};

/// The most characters of a file number.
pub const MAX_REFERENCE: usize = 80;

/// On whose word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErasureReason {
    /// The patient, or who decides for them.
    Patient,
    /// A court.
    Court,
    /// The organisation's retention schedule: the time for which the record must be kept is over.
    Retention,
}

impl ErasureReason {
    /// Every reason with its word.
    pub const ALL: [(ErasureReason, &'static str); 3] = [
        (ErasureReason::Patient, "patient"),
        (ErasureReason::Court, "court"),
        (ErasureReason::Retention, "retention"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(r, _)| *r == self).map_or("", |(_, w)| w)
    }

    /// The reason of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(r, _)| *r)
    }
}

/// A patient's keys are to be destroyed, as far as the organisation that orders it keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureOrder {
    /// Whose.
    pub patient: PatientId,
    /// On whose word.
    pub reason: ErasureReason,
    /// A file number, by which the paper is found again; no names.
    pub reference: String,
}

impl ErasureOrder {
    pub(super) fn valid(&self) -> bool {
        short(&self.reference, MAX_REFERENCE)
    }
}

/// A terminal's receipt: after the wraps were deleted and the store was sealed anew, so that no page keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// The block that holds the order.
    pub order: BlockId,
    /// Whose keys.
    pub patient: PatientId,
    /// Wraps that were deleted.
    pub wraps: u32,
}

/// How far an order has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The block that holds the order.
    pub order: BlockId,
    /// When it was given, by the clock of the terminal.
    pub at: Millis,
    /// What it says.
    pub what: ErasureOrder,
    /// Whose records.
    pub by: OrgId,
    /// Terminals that gave their receipt.
    pub done: BTreeSet<DeviceId>,
    /// Terminals that could hold the keys and have given none.
    pub waiting: BTreeSet<DeviceId>,
    /// Organisations all of whose terminals have given their receipt.
    pub orgs_done: u32,
    /// How many organisations must have, for the erasure to count as carried out by the consortium.
    pub quorum: u32,
}
