//! What happened in the runs: a simulation in which nothing goes wrong proves nothing.

use std::collections::BTreeMap;

/// Counts by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stats {
    pub(crate) counts: BTreeMap<&'static str, u64>,
    /// Organisations and blocks of each run.
    pub(crate) runs: Vec<(usize, u64)>,
}

/// Every kind of fault; the long run must have each of them at least 1,000 times.
pub(crate) const FAULTS: [&str; 38] = [
    "cut meeting",
    "corrupted message",
    "repeated message",
    "one-way link",
    "partition",
    "late stick",
    "repeated stick",
    "reordered stick",
    "truncated stick",
    "replayed session",
    "crash",
    "crash with unsynced writes",
    "disk full",
    "restore from backup",
    "rolled-back image",
    "clock off by years",
    "stolen terminal",
    "fork",
    "withheld log",
    "back-dated block",
    "year-ahead block",
    "conflicting cosignature",
    "forged certificate",
    "malformed block",
    "oversized message",
    "malformed message",
    "many branches",
    "many lives",
    "void and approval",
    "another's key certified",
    "split approval",
    "lost witness",
    "staff suspension",
    "lost card",
    "erasure",
    "stripped keys",
    "payload after its header",
    "payloads cut off",
];

impl Stats {
    pub(crate) fn add(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: Stats) {
        for (k, n) in other.counts {
            *self.counts.entry(k).or_default() += n;
        }
        self.runs.extend(other.runs);
    }

    pub(crate) fn of(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }

    /// Share of runs with at least four organisations, and the median number of blocks.
    pub(crate) fn sizes(&self) -> (f64, u64) {
        let big = self.runs.iter().filter(|(orgs, _)| *orgs >= 4).count();
        let mut blocks: Vec<u64> = self.runs.iter().map(|(_, b)| *b).collect();
        blocks.sort_unstable();
        let median = blocks.get(blocks.len() / 2).copied().unwrap_or(0);
        (big as f64 / self.runs.len().max(1) as f64, median)
    }
}
