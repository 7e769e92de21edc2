//! Destroying a patient's keys: the order, the receipts, and who has not been heard from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::short;
use crate::core::{
    consent::Order,
    id::{BlockId, DeviceId, OrgId, PatientId},
    keys::PatientKeyId,
    time::Millis,
};

/// The most characters of a file number.
pub const MAX_REFERENCE: usize = 80;

/// The most blocks that one receipt names; more are named by several.
pub const MAX_NAMED: usize = 512;

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
    /// Blocks whose payload was deleted with them, at most [`MAX_NAMED`].
    pub blocks: Vec<BlockId>,
    /// Backups that this terminal made before, and that still hold them.
    pub backups: u32,
}

impl Erased {
    pub(super) fn valid(&self) -> bool {
        self.blocks.len() <= MAX_NAMED
    }
}

/// A block of a patient's record: who sealed it, under which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Whose terminal.
    pub by: OrgId,
    /// The key.
    pub key: PatientKeyId,
    /// The block.
    pub block: BlockId,
}

/// The keys that an order of `by` destroys: those under which its own terminals have sealed something without knowing of the
/// order, and no other organisation anything. So nobody destroys what others wrote, and what is written for a patient who
/// comes back stays.
pub fn reached(order: BlockId, by: OrgId, uses: &[Use], ledger: &impl Order) -> BTreeSet<PatientKeyId> {
    let own = uses.iter().filter(|u| u.by == by && !ledger.after(u.block, order)).map(|u| u.key);
    let others: BTreeSet<PatientKeyId> = uses.iter().filter(|u| u.by != by).map(|u| u.key).collect();
    own.filter(|k| !others.contains(k)).collect()
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
    /// Terminals, also lost and suspended ones, that have given none.
    pub waiting: BTreeSet<DeviceId>,
    /// Backups that the terminals counted which still hold the keys.
    pub backups: u32,
    /// Organisations all of whose terminals in good standing have given their receipt.
    pub orgs_done: u32,
    /// How many organisations must have, for the erasure to count as carried out by the consortium.
    pub quorum: u32,
}
