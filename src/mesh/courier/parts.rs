//! Which of several bundles one is, and which have been read here.
//!
//! ```text
//! sealed frame after END: ff ff "PART0" ‖ set 16 ‖ number ‖ of
//! ```
//! No message begins like this, so a program that knows no parts takes one for what it is: a bundle by itself.

use serde::{Deserialize, Serialize};

use crate::{
    core::{codec, time::Millis},
    store::{Db, StoreError, tables},
};

const MARK: &[u8] = b"\xff\xffPART0";
/// Parts of one set: with the smallest ones more than any stick holds.
pub(super) const MAX_PARTS: u32 = 4_096;
/// Sets of which is remembered what was read; the one that was read longest ago is forgotten first.
const MAX_SETS: usize = 32;
const READ: &[u8] = b"courier read";

/// One of several bundles that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which belong together.
    pub set: [u8; 16],
    /// Its number, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Part {
    pub(super) fn encode(self) -> Vec<u8> {
        [MARK, &codec::encode(&self)].concat()
    }

    /// None for what isn't one.
    pub(super) fn decode(frame: &[u8]) -> Option<Self> {
        let part: Self = codec::decode(frame.strip_prefix(MARK)?, 64).ok()?;
        (1..=part.of.min(MAX_PARTS)).contains(&part.number).then_some(part)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Seen {
    set: [u8; 16],
    of: u32,
    /// Numbers of those of which everything was taken.
    taken: Vec<u32>,
    at: Millis,
}

/// Remembers that all of a part was taken.
pub(super) fn note(db: &mut Db, part: Part, now: Millis) -> Result<(), StoreError> {
    let mut all: Vec<Seen> = db.get(tables::META, READ)?.unwrap_or_default();
    let before = all.iter().position(|s| s.set == part.set).map(|at| all.remove(at));
    let mut seen = before.unwrap_or(Seen { set: part.set, of: part.of, taken: Vec::new(), at: now });
    seen.at = now;
    seen.taken.push(part.number);
    seen.taken.sort_unstable();
    seen.taken.dedup();
    all.push(seen);
    let most = all.len().saturating_sub(MAX_SETS);
    all.drain(..most);
    db.put(tables::META, READ, Some(&all))
}

/// Numbers of the parts of a set of which not everything was taken here yet.
///
/// # Errors
/// A damaged page.
pub fn missing(db: &Db, part: Part) -> Result<Vec<u32>, StoreError> {
    let all: Vec<Seen> = db.get(tables::META, READ)?.unwrap_or_default();
    let taken = all.into_iter().find(|s| s.set == part.set).map(|s| s.taken).unwrap_or_default();
    Ok((1..=part.of).filter(|n| !taken.contains(n)).collect())
}
