//! Other terminals, and what they hold.

use serde::{Deserialize, Serialize};

use crate::core::{id::DeviceId, time::Millis};

/// A terminal that this one could meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRow {
    /// Identifier.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Its organisation.
    pub org: String,
    /// Where it answered last, if anywhere.
    pub address: Option<String>,
    /// When it acknowledged last.
    pub last_met: Option<Millis>,
    /// Blocks held here that it isn't known to hold.
    pub lacks: u64,
}

/// A terminal whose meeting was refused or dropped for what it did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Its name, or the beginning of its endpoint key where nobody certified it.
    pub who: String,
    /// Why, the last time.
    pub why: String,
    /// How often since the node started.
    pub times: u64,
    /// When last.
    pub last: Millis,
}

/// The mesh as seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshView {
    /// Where this node answers; empty: the link is off.
    pub addresses: Vec<String>,
    /// Ticket for another terminal to dial: endpoint key and addresses.
    pub ticket: String,
    /// Every certified terminal but this one.
    pub peers: Vec<PeerRow>,
    /// Blocks that no other terminal is known to hold.
    pub only_here: u64,
}

/// One log of a terminal that was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostLog {
    /// Blocks of it that are here.
    pub held: u64,
    /// Blocks that somebody is known to hold, at least as many as are here.
    pub known: u64,
    /// When the last one that is here was written, by its own clock.
    pub last: Millis,
}

/// A terminal that was lost, and what it alone may hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostView {
    /// Which.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// When it last met this one; what it wrote after that may be nowhere else.
    pub last_met: Option<Millis>,
    /// What it wrote, as far as it is here.
    pub logs: Vec<LostLog>,
    /// Blocks held here that it is not known to have: what whoever has it can't see.
    pub lacked: u64,
}

/// One meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// With whom.
    pub peer: String,
    /// Blocks sent.
    pub sent: u64,
    /// New blocks received.
    pub received: u64,
    /// Milliseconds it took.
    pub millis: u64,
    /// Bytes of ours and theirs on the stream.
    pub bytes: u64,
    /// Why it wasn't met, or not to the end.
    pub problem: Option<String>,
}

/// One bundle written or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// File.
    pub path: String,
    /// Blocks in it.
    pub blocks: u64,
    /// New ones (reading), or terminals that can open it (writing).
    pub count: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Why it couldn't be read, or not to the end.
    pub problem: Option<String>,
}
