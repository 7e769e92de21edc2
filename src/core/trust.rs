//! Which blocks are believed. Quarantine takes permissions away, never restrictions, and hides nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    block::Dep,
    branches::Place,
    governance::{Role, Suspension},
    id::{BlockId, LogId, OrgId, StaffId},
    ledger::Replica,
    time::{DAY, Millis},
};

/// Why a block is in quarantine: it is kept, shown and marked, and gives no permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Doubt {
    /// The log splits at or before this block: its key was used twice.
    Fork,
    /// After, or beside, the last block that a suspension of its terminal lets pass.
    Cutoff,
    /// After, or beside, the last block that the expulsion of its organisation lets pass.
    Expelled,
    /// The terminal, or this life of it, isn't certified.
    Uncertified,
}

impl Doubt {
    /// In words, for lists and screens.
    pub fn words(self) -> &'static str {
        match self {
            Doubt::Fork => "past a fork of its log",
            Doubt::Cutoff => "after its terminal was suspended",
            Doubt::Expelled => "after its organisation was expelled",
            Doubt::Uncertified => "from a terminal that is not certified yet",
        }
    }
}

/// Blocks that a clinician countersigned, each with where and by whom.
pub(super) type Adopted = BTreeMap<BlockId, Vec<(Place, StaffId)>>;

/// The time of an event as far as it can be known, in milliseconds since 1970: by the clocks of those who wrote what it
/// refers to, and of those who first referred to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bracket {
    /// Not before this.
    pub after: Option<Millis>,
    /// By its writer's own clock.
    pub said: Millis,
    /// Not after this; none as long as nobody has referred to it.
    pub before: Option<Millis>,
}

impl Bracket {
    /// True when the writer's clock is off by more than a day from what the others' clocks allow.
    pub fn clock_is_wrong(&self) -> bool {
        self.after.is_some_and(|a| self.said.saturating_add(DAY) < a)
            || self.before.is_some_and(|b| self.said > b.saturating_add(DAY))
    }
}

/// Now, as far as it can be known: what begins is measured by the earliest, what ends by the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// This node's clock.
    pub earliest: Millis,
    /// This node's clock, or a later time that more organisations than may lie have written at.
    pub latest: Millis,
}

impl Moment {
    /// A moment that is known exactly.
    pub fn exact(at: Millis) -> Self {
        Self { earliest: at, latest: at }
    }
}

impl Replica {
    /// Why a block is in quarantine; none: it is believed.
    pub fn doubt(&self, p: Place) -> Option<Doubt> {
        let doubt = self.doubt_unadopted(p)?;
        let adopted = self.tree.id(p).and_then(|id| self.adopted.get(&id));
        let org = self.governance.writer(p.log.device).map(|(o, _)| o);
        // What gives trust must have it by itself: adoptions don't lean on each other.
        let counts = |(at, who): &(Place, StaffId)| {
            let by = org.and_then(|o| self.governance.staff_of(*who, o));
            let writer = self.governance.writer(at.log.device).map(|(o, _)| o);
            by.is_some_and(|s| matches!(s.request.role, Role::Clinician | Role::Admin))
                && writer == org
                && self.doubt_unadopted(*at).is_none()
                && self.signs(*who, *at)
        };
        if adopted.is_some_and(|a| a.iter().any(counts)) { None } else { Some(doubt) }
    }

    /// The same without regard to adoptions. A fork or a cutoff below a final prefix is evidence, and changes nothing.
    pub(super) fn doubt_unadopted(&self, p: Place) -> Option<Doubt> {
        if self.votes.is_final(p, &self.tree) {
            return None;
        }
        let Some(cert) = self.governance.device(p.log.device) else { return Some(Doubt::Uncertified) };
        if p.log.incarnation > cert.incarnation {
            return Some(Doubt::Uncertified);
        }
        if self.tree.fork(p.log).is_some_and(|seq| p.seq >= seq) {
            return Some(Doubt::Fork);
        }
        let cutoffs = |s: &Suspension| !self.within(p, &s.upto);
        if self.governance.suspensions(p.log.device).any(cutoffs) {
            return Some(Doubt::Cutoff);
        }
        match self.governance.era().expelled.get(&cert.org) {
            Some(upto) if !self.within(p, upto) => Some(Doubt::Expelled),
            _ => None,
        }
    }

    /// True for a block that is one of these, or lies before one of them in its log.
    pub(super) fn within(&self, p: Place, upto: &[Dep]) -> bool {
        upto.iter().filter(|d| d.log == p.log).any(|d| match self.tree.place(d.hash) {
            Some(last) => self.tree.continues(last, p),
            // The last one isn't here yet: what has a lower number may be before it.
            None => p.seq < d.seq,
        })
    }

    /// True when what a person signed in this block counts: they were not suspended before.
    pub(super) fn signs(&self, who: StaffId, p: Place) -> bool {
        let org = self.governance.writer(p.log.device).map(|(o, _)| o);
        let mut cutoffs = org.into_iter().flat_map(|o| self.governance.staff_suspensions(who, o));
        cutoffs.all(|s| self.within(p, &s.upto))
    }

    /// The end of a log as far as all of it is believed without adoption: what a witness may cosign.
    pub fn believed_end(&self, log: LogId) -> Option<Place> {
        let end = self.tree.heads(log).next()?;
        let final_end = self.votes.finals(log).max_by_key(|p| p.seq);
        // Doubts only ever begin: below the first doubted block everything is believed.
        let (mut low, mut high) = (0, end.seq + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            let p = self.tree.below(end, middle)?;
            if self.doubt_unadopted(p).is_none() { low = middle + 1 } else { high = middle }
        }
        let trunk = low.checked_sub(1).and_then(|seq| self.tree.below(end, seq));
        // A final prefix may have gone along another branch.
        match (trunk, final_end) {
            (Some(t), Some(f)) if self.tree.continues(t, f) => Some(t),
            (_, Some(f)) => Some(f),
            (t, None) => t,
        }
    }

    /// Every quarantined block, with why, in the order of their names. Logs that are believed to their end cost nothing.
    pub fn quarantine(&self) -> impl Iterator<Item = (BlockId, Place, Doubt)> + '_ {
        let doubtful = |log: &LogId| {
            self.tree.fork(*log).is_some() || self.believed_end(*log) != self.tree.heads(*log).next()
        };
        let mut all: Vec<(BlockId, Place, Doubt)> = self
            .tree
            .logs()
            .filter(doubtful)
            .flat_map(|log| self.tree.heads(log))
            .flat_map(|end| (0..=end.seq).map(move |seq| Place { seq, ..end }))
            .filter_map(|p| Some((self.tree.id(p)?, p, self.doubt(p)?)))
            .collect();
        all.sort_unstable_by_key(|(id, ..)| *id);
        all.into_iter()
    }

    /// When a block was written, as far as it can be known.
    pub fn bracket(&self, p: Place) -> Option<Bracket> {
        let (before, after) = self.tree.around(p);
        let at = |p: &Place| self.tree.time(*p).map(|t| t.millis);
        Some(Bracket {
            after: before.iter().filter_map(at).max(),
            said: self.tree.time(p)?.millis,
            before: after.iter().filter_map(at).min(),
        })
    }

    /// Now, by this node's clock and those of the others: see [`Moment`].
    pub fn moment(&self, now: Millis) -> Moment {
        let mut latest: BTreeMap<OrgId, Millis> = BTreeMap::new();
        for log in self.tree.logs() {
            let Some((org, _)) = self.governance.writer(log.device) else { continue };
            if let Some(t) = self.believed_end(log).and_then(|p| self.tree.time(p)) {
                let own = latest.entry(org).or_default();
                *own = (*own).max(t.millis);
            }
        }
        let mut times: Vec<Millis> = latest.into_values().collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        // One clock alone moves nothing, however many may lie.
        let f = super::finality::tolerated(self.governance.era().members.len()).max(1);
        let others = times.get(f).copied().unwrap_or(0);
        Moment { earliest: now, latest: now.max(others) }
    }
}
