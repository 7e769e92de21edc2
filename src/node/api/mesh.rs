//! Other terminals, and what they hold.

use serde::{Deserialize, Serialize};

use crate::core::{id::DeviceId, time::Millis};

/// How a terminal uses its links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPolicy {
    /// Kilobits a second that all meetings together may send; none: no limit.
    pub up: Option<u32>,
    /// The same for what is received.
    pub down: Option<u32>,
    /// The link is metered: it comes up every so many minutes for a round of meetings, and is down in between.
    pub metered: Option<u32>,
    /// A relay of the consortium's own, as `http://ip:port`.
    pub relay: Option<String>,
    /// Whose records are kept here; of all others only the headers.
    pub records: Kept,
    /// Files only when somebody opens them.
    pub files_on_demand: bool,
}

/// Whose records a terminal keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kept {
    /// Everybody's.
    #[default]
    All,
    /// Those of patients of whom this organisation has been given a key.
    Own,
    /// Those, and all that these organisations wrote, by name.
    District(Vec<String>),
}

impl Kept {
    /// In a few words; none: everybody's.
    pub fn words(&self) -> Option<String> {
        match self {
            Kept::All => None,
            Kept::Own => Some("keeps the records of own patients".into()),
            Kept::District(orgs) => {
                Some(format!("keeps the records of own patients and of {}", orgs.join(", ")))
            }
        }
    }
}

impl LinkPolicy {
    /// In a few words; what isn't limited isn't mentioned.
    pub fn words(&self) -> String {
        let limit = |k: Option<u32>, what: &str| k.map(|k| format!("{what} at most {k} kbit/s"));
        let parts = [
            limit(self.up, "sends"),
            limit(self.down, "receives"),
            self.metered.map(|m| format!("metered, up every {m} min")),
            self.relay.as_ref().map(|r| format!("relay {r}")),
            self.records.words(),
            self.files_on_demand.then(|| "files when they are opened".into()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() { "no limits".into() } else { parts.join(", ") }
    }
}

/// Bytes as people read them.
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{} KB", n.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{}.{} MB", n / 1_000_000, n / 100_000 % 10),
        _ => format!("{}.{} GB", n / 1_000_000_000, n / 100_000_000 % 10),
    }
}

/// Seconds as people read them, no finer than it matters.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..100 => format!("{seconds} s"),
        100..6_000 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

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
    /// Blocks held here that it isn't known to hold, and wants.
    pub lacks: u64,
    /// Blocks of which it is known to have only the header.
    pub headers_only: u64,
    /// About how many bytes these are on the wire.
    pub bytes_left: u64,
    /// Bytes a second that go to it now; none while it isn't being met.
    pub rate: Option<u64>,
    /// How long it will take at that rate.
    pub seconds_left: Option<u64>,
    /// Its own organisation suspended it.
    pub suspended: bool,
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
    /// Blocks of which only the header is here so far.
    pub waiting: u64,
    /// How this terminal uses its links.
    pub links: LinkPolicy,
    /// Seconds to the next round over a metered link.
    pub next_round: Option<u64>,
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
    /// Size of the file, or of all parts that were written.
    pub bytes: u64,
    /// Why it couldn't be read, or not to the end.
    pub problem: Option<String>,
    /// Which part of how many (reading), or the last one that was written.
    pub part: Option<(u32, u32)>,
    /// Parts that had been written before (writing).
    pub before: u32,
    /// Which parts are still to be read, and what for (reading).
    pub waits: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_sizes_and_times() {
        let sizes = [0, 999, 1_000, 1_001, 41_500_000, 2_000_000_000].map(bytes);
        assert_eq!(sizes, ["0 B", "999 B", "1 KB", "2 KB", "41.5 MB", "2.0 GB"]);
        assert_eq!([0, 99, 100, 5_999, 6_000].map(duration), ["0 s", "99 s", "2 min", "100 min", "2 h"]);
        assert_eq!(LinkPolicy::default().words(), "no limits");
    }
}
