//! What of the ledger is doubtful, and why.

use serde::{Deserialize, Serialize};

use crate::core::{
    block::Kind,
    id::BlockId,
    trust::{Bracket, Doubt},
};

/// A block in quarantine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtRow {
    /// Identifier: what an adoption names.
    pub id: BlockId,
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Number in its log.
    pub seq: u64,
    /// What it carries.
    pub kind: Kind,
    /// Why it gives no permission.
    pub doubt: Doubt,
    /// When it was written, as far as it can be known.
    pub time: Bracket,
    /// A clinician of this organisation can adopt it.
    pub ours: bool,
}

/// A terminal whose clock is off by more than a day from what the others' clocks allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRow {
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Blocks whose time can't be right.
    pub blocks: u64,
    /// The latest of them: when it was written, as far as it can be known.
    pub time: Bracket,
}

/// A log of which others hold more than has come here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapRow {
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Blocks held here.
    pub held: u64,
    /// Blocks that a witness says it held.
    pub known: u64,
    /// That witness's organisation.
    pub by: String,
}

/// Everything doubtful.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// Terminals and organisations proven to say two things at once, in words.
    pub equivocations: Vec<String>,
    /// Blocks in quarantine, newest first, at most [`MOST_DOUBTS`].
    pub quarantine: Vec<DoubtRow>,
    /// How many there are.
    pub quarantined: u64,
    /// Logs of which blocks are missing or withheld.
    pub gaps: Vec<GapRow>,
    /// Blocks that came without the wrapped keys in them, although nobody is known to have destroyed those on an order.
    pub withheld: u64,
    /// Terminals whose clock is wrong.
    pub clocks: Vec<ClockRow>,
}

/// The most blocks in quarantine that are listed.
pub const MOST_DOUBTS: usize = 200;
