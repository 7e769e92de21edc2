//! The shape of what one node holds: logs, which may have split into branches, and who knew what when writing.
//!
//! A log that its terminal wrote honestly has one branch, the trunk. Which branch is called the trunk depends on the
//! order of arrival; nothing that is decided from the ledger does.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use super::{
    block::{Dep, Head, Kind, MAX_BRANCHES},
    id::{BlockId, LogId},
    time::Hlc,
};

/// Where a block lies here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// In which log.
    pub log: LogId,
    /// On which branch of it, in the order in which they came here; 0 is the trunk.
    pub branch: u16,
    /// Its number.
    pub seq: u64,
}

/// The most blocks of one ledger.
pub const MAX_BLOCKS: usize = u32::MAX as usize;

/// Bits for bytes on the wire.
const WEIGHT: u32 = 0x3fff_ffff;
const MAY_WAIT: u32 = 0x8000_0000;
const FILE: u32 = 0x4000_0000;

/// One branch of a log.
#[derive(Clone, Debug)]
struct Branch {
    /// Place of its log in [`Branches::names`].
    name: u32,
    /// Number of its first block.
    first: u64,
    /// The branch that it leaves; none for one that begins at 0.
    from: Option<u16>,
    ids: Vec<BlockId>,
    times: Vec<Hlc>,
    /// About how many bytes each is on the wire, below [`WEIGHT`]; above it whether its payload may wait, and is a file's.
    weights: Vec<u32>,
    /// Which block of all it was to come here, from 0.
    arrivals: Vec<u32>,
    /// What the writer knew of other logs: own number, and what it named then.
    knew: BTreeMap<LogId, Vec<(u64, Place)>>,
}

/// Where a block lies, in as few bytes as it takes: this is held for every block.
#[derive(Clone, Copy, Debug)]
struct Slot {
    seq: u64,
    /// Place in [`Branches::names`].
    log: u32,
    branch: u16,
}

/// Every log as held here.
#[derive(Clone, Debug, Default)]
pub struct Branches {
    logs: BTreeMap<LogId, Vec<Branch>>,
    /// All blocks, in the order in which they came.
    slots: Vec<Slot>,
    /// Number of a block in `slots`, found by its identifier, which lies in its branch alone.
    by_id: HashTable<u32>,
    /// The logs that slots refer to.
    names: Vec<LogId>,
}

/// Identifiers are hashes already; whoever wants two that begin alike has to look for them long.
fn hash(id: &BlockId) -> u64 {
    let (first, _) = id.0.split_first_chunk::<8>().unwrap_or((&[0; 8], &[]));
    u64::from_le_bytes(*first)
}

/// Grows by an eighth: doubling would leave up to half of the memory of a large ledger unused.
fn push<T>(v: &mut Vec<T>, x: T) {
    if v.len() == v.capacity() {
        v.reserve_exact(v.len() / 8 + 4);
    }
    v.push(x);
}

impl Branches {
    /// Where a block lies, if it is held.
    pub fn place(&self, id: BlockId) -> Option<Place> {
        let n = self.by_id.find(hash(&id), |n| self.id_of(*n) == Some(id))?;
        self.slot(*n)
    }

    fn slot(&self, n: u32) -> Option<Place> {
        let s = self.slots.get(n as usize)?;
        Some(Place { log: *self.names.get(s.log as usize)?, branch: s.branch, seq: s.seq })
    }

    fn id_of(&self, n: u32) -> Option<BlockId> {
        self.id(self.slot(n)?)
    }

    /// Blocks held.
    pub fn len(&self) -> u64 {
        self.slots.len() as u64
    }

    /// None yet.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Identifiers and places of all blocks, in the order in which they came.
    pub fn ids(&self) -> impl Iterator<Item = (BlockId, Place)> {
        // There are no more than MAX_BLOCKS.
        (0..self.slots.len() as u32).filter_map(|n| Some((self.id_of(n)?, self.slot(n)?)))
    }

    /// All logs.
    pub fn logs(&self) -> impl Iterator<Item = LogId> {
        self.logs.keys().copied()
    }

    /// The block with this number on the way from `at` down to the beginning of its log.
    pub fn below(&self, at: Place, seq: u64) -> Option<Place> {
        let log = self.logs.get(&at.log)?;
        if seq > at.seq {
            return None;
        }
        let mut branch = at.branch;
        loop {
            let b = log.get(usize::from(branch))?;
            if seq >= b.first {
                return Some(Place { branch, seq, ..at });
            }
            branch = b.from?;
        }
    }

    /// The identifier of a block.
    pub fn id(&self, p: Place) -> Option<BlockId> {
        let b = self.logs.get(&p.log)?.get(usize::from(p.branch))?;
        b.ids.get(usize::try_from(p.seq.checked_sub(b.first)?).ok()?).copied()
    }

    /// A block as what the next one on its branch is linked to.
    pub fn as_head(&self, p: Place) -> Option<Head> {
        Some(Head { seq: p.seq, id: self.id(p)?, time: self.time(p)? })
    }

    /// The time of a block, by its writer's clock.
    pub fn time(&self, p: Place) -> Option<Hlc> {
        let b = self.logs.get(&p.log)?.get(usize::from(p.branch))?;
        b.times.get(usize::try_from(p.seq.checked_sub(b.first)?).ok()?).copied()
    }

    /// About how many bytes the blocks of a branch are on the wire, from one up to a number.
    pub fn weight(&self, (from, to): (Place, u64)) -> u64 {
        let branch = self.logs.get(&from.log).and_then(|l| l.get(usize::from(from.branch)));
        branch.map_or(0, |b| {
            let weights = (b.first..).zip(&b.weights);
            weights
                .filter(|(seq, _)| (from.seq..=to).contains(seq))
                .map(|(_, w)| u64::from(*w & WEIGHT))
                .sum()
        })
    }

    fn sort(&self, p: Place) -> u32 {
        let b = self.logs.get(&p.log).and_then(|l| l.get(usize::from(p.branch)));
        let at = b.and_then(|b| b.weights.get(usize::try_from(p.seq.checked_sub(b.first)?).ok()?));
        at.copied().unwrap_or(0)
    }

    /// Whether the payload of a block may come after its header.
    pub fn may_wait(&self, p: Place) -> bool {
        self.sort(p) & MAY_WAIT != 0
    }

    /// Whether a block holds a piece of a file.
    pub fn is_file(&self, p: Place) -> bool {
        self.sort(p) & FILE != 0
    }

    /// The blocks of a log with these numbers, on all branches.
    pub fn between(&self, log: LogId, from: u64, to: u64) -> impl Iterator<Item = Place> + '_ {
        let branches = self.logs.get(&log).map_or(&[][..], Vec::as_slice);
        (0u16..).zip(branches).flat_map(move |(branch, b)| {
            let (from, end) = (from.max(b.first), to.saturating_add(1).min(b.first + b.ids.len() as u64));
            (from..end).map(move |seq| Place { log, branch, seq })
        })
    }

    /// What the writer of a block had named of other logs when it wrote this one, and the blocks of other logs that were
    /// first to name it: the two sides of its time bracket.
    pub fn around(&self, p: Place) -> (Vec<Place>, Vec<Place>) {
        let mut before = Vec::new();
        if let Some(own) = self.logs.get(&p.log).and_then(|l| l.get(usize::from(p.branch))) {
            for knew in own.knew.values() {
                before.extend(knew[..knew.partition_point(|(s, _)| *s <= p.seq)].last().map(|(_, d)| *d));
            }
        }
        let mut after = Vec::new();
        for (log, branches) in self.logs.iter().filter(|(l, _)| **l != p.log) {
            for (branch, b) in (0u16..).zip(branches) {
                let first = b.knew.get(&p.log).and_then(|k| k.iter().find(|(_, d)| self.continues(*d, p)));
                after.extend(first.map(|(seq, _)| Place { log: *log, branch, seq: *seq }));
            }
        }
        (before, after)
    }

    /// True when `a` is `b` or continues it.
    pub fn continues(&self, a: Place, b: Place) -> bool {
        a.log == b.log && self.below(a, b.seq) == Some(b)
    }

    /// The end of a log's trunk.
    pub fn head(&self, log: LogId) -> Option<Head> {
        self.head_of(log, 0)
    }

    fn head_of(&self, log: LogId, branch: u16) -> Option<Head> {
        let b = self.logs.get(&log)?.get(usize::from(branch))?;
        let id = *b.ids.last()?;
        Some(Head { seq: b.first + b.ids.len() as u64 - 1, id, time: *b.times.last()? })
    }

    /// The ends of a log's branches.
    pub fn heads(&self, log: LogId) -> impl Iterator<Item = Place> {
        let branches = self.logs.get(&log).map_or(&[][..], Vec::as_slice);
        (0u16..).zip(branches).map(move |(branch, b)| {
            // A branch is made with its first block.
            Place { log, branch, seq: b.first + b.ids.len() as u64 - 1 }
        })
    }

    /// Where a log has split first: the number at which two different blocks are held.
    pub fn fork(&self, log: LogId) -> Option<u64> {
        self.logs.get(&log)?.iter().skip(1).map(|b| b.first).min()
    }

    /// The blocks of a log that have this number.
    pub fn siblings(&self, log: LogId, seq: u64) -> impl Iterator<Item = BlockId> {
        let branches = self.logs.get(&log).map_or(&[][..], Vec::as_slice);
        branches
            .iter()
            .filter_map(move |b| b.ids.get(usize::try_from(seq.checked_sub(b.first)?).ok()?).copied())
    }

    /// Every end of every branch: what is held, as a version vector.
    pub fn frontier(&self) -> Vec<Dep> {
        let ends = self.logs.keys().flat_map(|log| self.heads(*log));
        ends.filter_map(|p| Some(Dep { log: p.log, seq: p.seq, hash: self.id(p)? })).collect()
    }

    /// Whether a block after `before` (none: a first block) could be added: false when its log has too many branches, or the
    /// ledger too many blocks.
    pub fn has_room(&self, log: LogId, before: Option<Place>) -> bool {
        let branches = self.logs.get(&log).map_or(0, Vec::len);
        let room = self.slots.len() < MAX_BLOCKS;
        room && (branches < MAX_BRANCHES || before.is_some_and(|p| self.is_end(p)))
    }

    fn is_end(&self, p: Place) -> bool {
        self.heads(p.log).any(|h| h == p)
    }

    /// Adds a block after `before`. Everything that it refers to is held.
    pub fn add(
        &mut self,
        log: LogId,
        before: Option<Place>,
        (id, time, weight, kind): (BlockId, Hlc, u32, Kind),
        deps: &[Dep],
    ) -> Place {
        let named: Vec<Place> = deps.iter().filter_map(|d| self.place(d.hash)).collect();
        let extends = before.filter(|p| self.is_end(*p));
        // There are no more than MAX_BLOCKS.
        let arrival = self.slots.len() as u32;
        let branches = self.logs.entry(log).or_default();
        let name = branches.first().map_or(self.names.len() as u32, |b| b.name);
        if branches.is_empty() {
            self.names.push(log);
        }
        let seq = before.map_or(0, |p| p.seq + 1);
        let branch = match extends {
            Some(p) => p.branch,
            None => {
                let from = before.map(|p| p.branch);
                branches.push(Branch {
                    name,
                    first: seq,
                    from,
                    ids: Vec::new(),
                    times: Vec::new(),
                    weights: Vec::new(),
                    arrivals: Vec::new(),
                    knew: BTreeMap::new(),
                });
                // No more than MAX_BRANCHES.
                (branches.len() - 1) as u16
            }
        };
        let b = &mut branches[usize::from(branch)];
        push(&mut b.ids, id);
        push(&mut b.times, time);
        let sort = if kind == Kind::Attachment { FILE } else { 0 };
        let wait = if kind.may_wait() { MAY_WAIT } else { 0 };
        push(&mut b.weights, weight.min(WEIGHT) | sort | wait);
        push(&mut b.arrivals, arrival);
        for p in named {
            b.knew.entry(p.log).or_default().push((seq, p));
        }
        let place = Place { log, branch, seq };
        push(&mut self.slots, Slot { seq, log: name, branch });
        let mut by_id = std::mem::take(&mut self.by_id);
        by_id.insert_unique(hash(&id), arrival, |n| self.id_of(*n).as_ref().map_or(0, hash));
        self.by_id = by_id;
        place
    }

    /// True when the writer of `a` held `b`: the same branch before it, or named by it or by a block before it. A writer
    /// names every head that it holds, so one look is enough; naming less only costs the writer the benefit of the doubt.
    pub fn after(&self, a: Place, b: Place) -> bool {
        if a.log == b.log && a != b && self.continues(a, b) {
            return true;
        }
        let split = self.logs.get(&b.log).is_some_and(|l| l.len() > 1);
        let Some(log) = self.logs.get(&a.log) else { return false };
        let (mut branch, mut upto) = (a.branch, a.seq);
        loop {
            let Some(own) = log.get(usize::from(branch)) else { return false };
            if let Some(knew) = own.knew.get(&b.log) {
                let before = &knew[..knew.partition_point(|(s, _)| *s <= upto)];
                let mut latest = before.iter().rev().take(if split { usize::MAX } else { 1 });
                if latest.any(|(_, p)| self.continues(*p, b)) {
                    return true;
                }
            }
            let (Some(from), Some(s)) = (own.from, own.first.checked_sub(1)) else { return false };
            (branch, upto) = (from, s);
        }
    }

    /// Heads of other logs that the next block after `end` must name: those that its writer has not named yet.
    pub fn news(&self, log: LogId, end: Option<Place>) -> Vec<Dep> {
        let ends = self.logs.keys().filter(|l| **l != log).flat_map(|l| self.heads(*l));
        ends.filter(|p| end.is_none_or(|e| !self.after(e, *p)))
            .filter_map(|p| Some(Dep { log: p.log, seq: p.seq, hash: self.id(p)? }))
            .collect()
    }

    /// What one who holds these heads lacks: a block's branch and the numbers on it.
    pub fn missing(&self, heads: &[Dep]) -> Vec<(Place, u64)> {
        let mut theirs: BTreeMap<LogId, Vec<&Dep>> = BTreeMap::new();
        for d in heads {
            theirs.entry(d.log).or_default().push(d);
        }
        let mut out = Vec::new();
        for (log, branches) in &self.logs {
            let said = theirs.get(log).map_or(&[][..], Vec::as_slice);
            let known: Vec<Place> = said.iter().filter_map(|d| self.place(d.hash)).collect();
            // They hold what isn't here. Past our end they are ahead, and only they can tell where the branches part.
            let strange = said.iter().filter(|d| self.place(d.hash).is_none());
            let ahead = known.is_empty() && strange.clone().any(|d| self.heads(*log).all(|h| h.seq < d.seq));
            if ahead && branches.len() == 1 {
                continue;
            }
            for (branch, b) in (0u16..).zip(branches) {
                let end = Place { log: *log, branch, seq: b.first + b.ids.len() as u64 - 1 };
                let held = known.iter().filter_map(|k| self.common(*k, end)).max();
                let from = held.map_or(b.first, |h| b.first.max(h + 1));
                if from <= end.seq {
                    out.push((Place { seq: from, ..end }, end.seq));
                }
            }
        }
        out
    }

    /// The blocks of some ranges in the order in which they came here: each after what it refers to.
    pub fn in_order(&self, ranges: &[(Place, u64)]) -> Vec<Place> {
        let mut all: Vec<(u32, Place)> = Vec::new();
        for (from, to) in ranges {
            let Some(b) = self.logs.get(&from.log).and_then(|l| l.get(usize::from(from.branch))) else {
                continue;
            };
            let arrivals = (b.first..).zip(&b.arrivals).filter(|(seq, _)| (from.seq..=*to).contains(seq));
            all.extend(arrivals.map(|(seq, at)| (*at, Place { seq, ..*from })));
        }
        all.sort_unstable();
        all.into_iter().map(|(_, p)| p).collect()
    }

    /// The number of the last block that lies below both, if any does.
    pub fn common(&self, a: Place, b: Place) -> Option<u64> {
        let chain = |p: Place| {
            let mut at = Some((p.branch, p.seq));
            std::iter::from_fn(move || {
                let (branch, seq) = at?;
                let own = self.logs.get(&p.log)?.get(usize::from(branch))?;
                at = own.from.zip(own.first.checked_sub(1));
                Some((branch, own.first, seq))
            })
        };
        chain(a).find_map(|(x, _, s)| chain(b).find(|(y, ..)| x == *y).map(|(.., t)| s.min(t)))
    }
}

#[cfg(test)]
#[path = "branches_tests.rs"]
mod tests;
