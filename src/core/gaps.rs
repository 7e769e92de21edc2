//! Numbers of blocks, by log: what somebody holds only the headers of.
//!
//! A number stands for every block of its log that has it, on whichever branch: branches are called differently on every
//! node, and to say too much here only means to offer something twice.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{block::Dep, branches::Branches, id::LogId};

/// The most ranges of one set that are sent or kept. More are joined where they lie closest, so that the set grows.
pub const MAX_RUNS: usize = 65_536;

/// A set of numbers in logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Wire", try_from = "Wire")]
pub struct Gaps(BTreeMap<LogId, Runs>);

/// First number of a range → the number after its last one. Ranges neither overlap nor touch.
type Runs = BTreeMap<u64, u64>;

/// For each log: how far each range lies behind the one before it, and how long it is.
#[derive(Serialize, Deserialize)]
struct Wire(Vec<(LogId, Vec<(u64, u64)>)>);

/// Not a set in its one form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("ranges of blocks that are out of order, empty or too many")]
struct BadRanges;

impl From<Gaps> for Wire {
    fn from(g: Gaps) -> Self {
        let log = |(log, runs): (LogId, Runs)| {
            let mut end = 0;
            let runs = runs.into_iter().map(|(from, to)| (from - std::mem::replace(&mut end, to), to - from));
            (log, runs.collect())
        };
        Wire(g.0.into_iter().map(log).collect())
    }
}

impl TryFrom<Wire> for Gaps {
    type Error = BadRanges;

    fn try_from(w: Wire) -> Result<Self, BadRanges> {
        let mut out = Gaps::default();
        let (mut count, mut last) = (0usize, None);
        for (log, runs) in w.0 {
            if runs.is_empty() || last.replace(log).is_some_and(|l| l >= log) {
                return Err(BadRanges);
            }
            let (mut end, mut all) = (0u64, Runs::new());
            for (n, (skip, length)) in runs.into_iter().enumerate() {
                let from = end.checked_add(skip).ok_or(BadRanges)?;
                end = from.checked_add(length).ok_or(BadRanges)?;
                count += 1;
                if length == 0 || (n > 0 && skip == 0) || count > MAX_RUNS {
                    return Err(BadRanges);
                }
                all.insert(from, end);
            }
            out.0.insert(log, all);
        }
        Ok(out)
    }
}

impl Gaps {
    /// Nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many numbers are in it.
    pub fn len(&self) -> u64 {
        self.ranges().map(|(_, from, to)| to - from + 1).fold(0, u64::saturating_add)
    }

    /// Whether this number is.
    pub fn contains(&self, log: LogId, seq: u64) -> bool {
        let before = self.0.get(&log).and_then(|runs| runs.range(..=seq).next_back());
        before.is_some_and(|(_, end)| seq < *end)
    }

    /// Every range with its first and last number.
    pub fn ranges(&self) -> impl Iterator<Item = (LogId, u64, u64)> + '_ {
        self.0.iter().flat_map(|(log, runs)| runs.iter().map(|(from, to)| (*log, *from, to - 1)))
    }

    /// Adds a number. There is none so high that no other comes after it.
    pub fn insert(&mut self, log: LogId, seq: u64) {
        let Some(mut end) = seq.checked_add(1) else { return };
        let runs = self.0.entry(log).or_default();
        let mut from = seq;
        if let Some((first, to)) = runs.range(..=seq).next_back().map(|(f, t)| (*f, *t))
            && to >= seq
        {
            (from, end) = (first, end.max(to));
        }
        if let Some(to) = runs.remove(&end) {
            end = to;
        }
        runs.insert(from, end);
    }

    /// Takes a number out.
    pub fn remove(&mut self, log: LogId, seq: u64) {
        let Some(runs) = self.0.get_mut(&log) else { return };
        let Some((from, to)) =
            runs.range(..=seq).next_back().map(|(f, t)| (*f, *t)).filter(|(_, t)| seq < *t)
        else {
            return;
        };
        runs.remove(&from);
        if from < seq {
            runs.insert(from, seq);
        }
        if seq + 1 < to {
            runs.insert(seq + 1, to);
        }
        if runs.is_empty() {
            self.0.remove(&log);
        }
    }

    /// Adds all of another set.
    pub fn extend(&mut self, other: &Gaps) {
        for (log, from, to) in other.ranges() {
            self.insert_range(log, from, to);
        }
    }

    /// Takes all of another set out.
    pub fn subtract(&mut self, other: &Gaps) {
        for (log, from, to) in other.ranges() {
            let Some(runs) = self.0.get_mut(&log) else { continue };
            let end = to + 1;
            let touched: Vec<(u64, u64)> =
                runs.range(..end).rev().take_while(|(_, t)| **t > from).map(|(f, t)| (*f, *t)).collect();
            for (f, t) in touched {
                runs.remove(&f);
                if f < from {
                    runs.insert(f, from);
                }
                if end < t {
                    runs.insert(end, t);
                }
            }
            if runs.is_empty() {
                self.0.remove(&log);
            }
        }
    }

    fn insert_range(&mut self, log: LogId, from: u64, to: u64) {
        // `ranges` gives no range that ends with the highest number.
        let (mut start, mut end) = (from, to + 1);
        let runs = self.0.entry(log).or_default();
        let touched: Vec<(u64, u64)> =
            runs.range(..=end).rev().take_while(|(_, t)| **t >= from).map(|(f, t)| (*f, *t)).collect();
        for (f, t) in touched {
            runs.remove(&f);
            (start, end) = (start.min(f), end.max(t));
        }
        runs.insert(start, end);
    }

    /// What of one log is in it.
    fn of(&self, log: LogId) -> Runs {
        self.0.get(&log).cloned().unwrap_or_default()
    }

    /// With no more than so many ranges: of those that are too many the closest are joined.
    pub fn at_most(mut self, most: usize) -> Self {
        let count: usize = self.0.values().map(BTreeMap::len).sum();
        let Some(over) = count.checked_sub(most).filter(|n| *n > 0) else { return self };
        let mut holes: Vec<u64> = Vec::new();
        for runs in self.0.values() {
            holes.extend(runs.values().zip(runs.keys().skip(1)).map(|(end, next)| next - end));
        }
        holes.sort_unstable();
        // Fewer holes than ranges: more logs than are allowed. Then every log is one range.
        let limit = holes.get(over - 1).or(holes.last()).copied().unwrap_or(0);
        for runs in self.0.values_mut() {
            let mut joined = Runs::new();
            for (from, to) in std::mem::take(runs) {
                match joined.last_key_value().map(|(f, e)| (*f, *e)) {
                    Some((first, end)) if from - end <= limit => joined.insert(first, to),
                    _ => joined.insert(from, to),
                };
            }
            *runs = joined;
        }
        self
    }
}

/// What somebody holds: every end of every log, and of these blocks the ones that have no payload there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holding {
    /// Every end of every log.
    pub heads: Vec<Dep>,
    /// Blocks of which only the header is held. May name more than is missing, never less.
    pub waits: Gaps,
}

/// What is known to lack its payload with somebody who said `old` and then, or earlier, `new`: payloads are never given up,
/// so that whatever was whole once is whole.
pub fn still_waiting(old: &Holding, new: &Holding, tree: &Branches) -> Gaps {
    let mut out = Gaps::default();
    let mut logs: Vec<LogId> = old.waits.0.keys().chain(new.waits.0.keys()).copied().collect();
    logs.sort_unstable();
    logs.dedup();
    for log in logs {
        let runs = match (covers(new, old, log, tree), covers(old, new, log, tree)) {
            (true, _) => new.waits.of(log),
            (false, true) => old.waits.of(log),
            // Each knows of a branch that the other doesn't.
            (false, false) => {
                let mut both = Gaps::default();
                both.0.insert(log, old.waits.of(log));
                for (from, to) in new.waits.of(log) {
                    both.insert_range(log, from, to - 1);
                }
                both.of(log)
            }
        };
        if !runs.is_empty() {
            out.0.insert(log, runs);
        }
    }
    out
}

/// Whether whoever holds `a` of a log holds all that `b` names of it.
fn covers(a: &Holding, b: &Holding, log: LogId, tree: &Branches) -> bool {
    let of = |h: &Holding| -> Vec<_> {
        h.heads.iter().filter(|d| d.log == log).filter_map(|d| tree.place(d.hash)).collect()
    };
    let (a, b) = (of(a), of(b));
    b.iter().all(|y| a.iter().any(|x| tree.continues(*x, *y)))
}

#[cfg(test)]
#[path = "gaps_tests.rs"]
mod tests;
