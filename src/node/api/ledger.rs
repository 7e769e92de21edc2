//! The ledger as held here.

use serde::{Deserialize, Serialize};

use super::trust::TrustView;
use crate::core::{block::Kind, id::BlockId, id::DeviceId, id::OrgId, id::ProposalId, time::Millis};

/// One block of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Identifier.
    pub id: BlockId,
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Number in its log.
    pub seq: u64,
    /// What it carries.
    pub kind: Kind,
    /// By the writer's clock.
    pub at: Millis,
    /// Payload bytes.
    pub bytes: u32,
    /// No other node is known to hold it.
    pub only_here: bool,
    /// Other terminals that are known to hold it, by name.
    pub held_by: Vec<String>,
}

/// One log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Blocks held.
    pub blocks: u64,
    /// Last block's time by its writer's clock.
    pub last: Millis,
}

/// The ledger as held here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// Newest first, at most as many as asked for.
    pub blocks: Vec<BlockRow>,
    /// All blocks held.
    pub total: u64,
    /// Every log.
    pub logs: Vec<LogRow>,
    /// Proven forks, in words.
    pub forks: Vec<String>,
    /// What the number of organisations means for trust, in words.
    pub trust: String,
    /// What is doubtful, and why.
    pub doubts: TrustView,
}

/// What `verify` found. Empty `damage`: everything checked out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Pages of the file whose seal was checked.
    pub pages: u64,
    /// Blocks whose signature, links and payload were checked.
    pub blocks: u64,
    /// Each damage by name.
    pub damage: Vec<String>,
}

/// How far a check of everything has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checking {
    /// Parts of it that are done, in a thousand.
    pub done: u32,
    /// Milliseconds that it will still take, as far as can be told.
    pub left: Millis,
}

/// Something that the consortium is to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRow {
    /// Its name: what is approved.
    pub id: ProposalId,
    /// What, in a few words.
    pub words: String,
    /// Organisations that have approved it.
    pub approved: Vec<String>,
    /// How many must.
    pub needed: u32,
}

/// An organisation of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberRow {
    /// Identifier.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// The terminal that cosigns for it; none: its certificate isn't here.
    pub witness: Option<DeviceId>,
}

/// Who belongs to the consortium, and by what it decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsortiumView {
    /// Its members.
    pub members: Vec<MemberRow>,
    /// The policy in force, as Cedar text.
    pub policy: String,
    /// This organisation has said yes to something in this round, or wants to end it: it can say yes to nothing else.
    pub voted: bool,
}
