//! Blocks of which only the header is held so far: records and pieces of files, whose payload may come later.
//!
//! Headers, and everything that gives or takes a permission, always come whole; so what the ledger concludes never depends
//! on a payload that waits. What waits is told to every peer that is met, with what is held: nobody takes it for kept here.

use std::collections::BTreeSet;

use super::{
    block::{Block, Invalid, validate},
    branches::Place,
    gaps::{Gaps, Holding},
    id::LogId,
    ledger::Replica,
    sign::PublicKey,
};

/// Which blocks wait for their payload.
#[derive(Clone, Debug, Default)]
pub(super) struct Waiting(BTreeSet<Place>);

impl Waiting {
    pub(super) fn insert(&mut self, p: Place) {
        self.0.insert(p);
    }
}

impl Replica {
    /// Whether this block's payload has yet to come.
    pub fn waits(&self, p: Place) -> bool {
        self.waiting.0.contains(&p)
    }

    /// Blocks whose payload has yet to come.
    pub fn waiting(&self) -> usize {
        self.waiting.0.len()
    }

    /// Where they lie.
    pub fn waiting_places(&self) -> impl Iterator<Item = Place> + '_ {
        self.waiting.0.iter().copied()
    }

    /// The same as they are told to others.
    pub fn gaps(&self) -> Gaps {
        let mut out = Gaps::default();
        self.waiting.0.iter().for_each(|p| out.insert(p.log, p.seq));
        out
    }

    /// Those of one log with a number of at least `from`, on any branch.
    pub fn waiting_in(&self, log: LogId, from: u64) -> impl Iterator<Item = u64> + '_ {
        self.tree().heads(log).flat_map(move |end| {
            let range = Place { seq: from.min(end.seq), ..end }..=end;
            self.waiting.0.range(range).map(|p| p.seq).filter(move |seq| *seq >= from)
        })
    }

    /// What is held here.
    pub fn holding(&self) -> Holding {
        Holding { heads: self.frontier(), waits: self.gaps() }
    }

    /// After opening the store: these blocks have no payload there.
    pub fn wait_for(&mut self, places: impl IntoIterator<Item = Place>) {
        self.waiting.0.extend(places);
    }

    /// Takes the payload of a block whose header came before. False: it isn't waited for. `checked` is the key that its
    /// signature was checked with already.
    ///
    /// # Errors
    /// As [`Replica::accept`]: it isn't the payload that was signed.
    pub(super) fn late(&mut self, b: &Block, p: Place, checked: Option<&PublicKey>) -> Result<bool, Invalid> {
        if b.payload.is_none() || !self.waits(p) {
            return Ok(false);
        }
        let log = b.signed.header.log;
        let (_, key) = self.governance.writer(log.device).ok_or(Invalid::UnknownDevice(log.device))?;
        if checked != Some(key) {
            validate(b, self.governance.consortium(), key)?;
        }
        self.waiting.0.remove(&p);
        Ok(true)
    }

    /// Which payloads that somebody lacks are here.
    pub fn offers(&self, lacked: &Gaps) -> Vec<Place> {
        let here = lacked.ranges().flat_map(|(log, from, to)| self.tree().between(log, from, to));
        here.filter(|p| self.tree().may_wait(*p) && !self.waits(*p)).collect()
    }

    /// Places of payloads in the order of their worth: records before files, and of each the newest first.
    pub fn by_worth(&self, mut places: Vec<Place>) -> Vec<Place> {
        let worth = |p: &Place| (self.tree().is_file(*p), std::cmp::Reverse(self.tree().time(*p)), *p);
        places.sort_by_key(worth);
        places.dedup();
        places
    }
}
