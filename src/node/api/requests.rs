//! Requests of other organisations, and orders to destroy keys.

use serde::{Deserialize, Serialize};

use crate::core::{
    governance::Role,
    id::{BlockId, GrantId, PatientId},
    policy::Purpose,
    record::Compartment,
    rights::ErasureReason,
    time::Millis,
};

/// What is asked of those who keep a patient's records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestAsk {
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
}

/// A request with its answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
    /// The block that holds it.
    pub block: BlockId,
    /// Whose records.
    pub patient: PatientId,
    /// When, by the clock of the terminal that asked.
    pub at: Millis,
    /// Who asked.
    pub staff: String,
    /// Of which organisation.
    pub org: String,
    /// It is this one's.
    pub own: bool,
    /// For people of which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// Too old: it is not answered any more.
    pub lapsed: bool,
    /// What terminals of other organisations answered.
    pub answers: Vec<AnswerRow>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRow {
    /// The organisation that keeps records.
    pub org: String,
    /// Keys were released.
    pub allow: bool,
    /// Why.
    pub because: String,
    /// When, by the clock of the terminal that answered.
    pub at: Millis,
}

/// A change of consent other than a new grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsentChange {
    /// End one grant, and whatever was passed on under it, for ever.
    Revoke(GrantId),
    /// Replace one grant by another that allows less. Where a field is none, it stays as it is.
    Narrow {
        /// Which.
        grant: GrantId,
        /// Only these parts.
        compartments: Option<Vec<Compartment>>,
        /// From now on for so many days.
        days: Option<u32>,
    },
    /// End everything that was ever granted.
    StopAll,
    /// No emergency summary for others from now on.
    OptOut,
    /// An emergency summary for others after all.
    OptIn,
}

/// An order to destroy keys, with how far it has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRow {
    /// The block that holds the order.
    pub order: BlockId,
    /// Whose keys.
    pub patient: PatientId,
    /// The organisation that ordered it.
    pub org: String,
    /// When, by the clock of the terminal.
    pub at: Millis,
    /// On whose word.
    pub reason: ErasureReason,
    /// File number.
    pub reference: String,
    /// Terminals that gave their receipt.
    pub done: Vec<String>,
    /// Terminals that could hold the keys and haven't been heard from.
    pub waiting: Vec<String>,
    /// Organisations all of whose terminals gave theirs, and how many it takes.
    pub orgs: (u32, u32),
    /// Backups that terminals counted which still hold the keys: they are to be destroyed by hand.
    pub backups: u32,
    /// How far it has come at this terminal.
    pub here: ErasedHere,
}

/// How far an erasure has come at this terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ErasedHere {
    /// This terminal may not write yet.
    NotYet,
    /// A block holds keys of other patients too, which its own organisation has to repeat first.
    Waits,
    /// Deleted; the receipt follows when the store has been sealed anew.
    Deleted,
    /// The receipt was given.
    Done,
}
