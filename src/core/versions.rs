//! Which versions of a record stand: those that no other replaces. Two that were written without knowing of each other
//! both stand, until a person decides; what was replaced is still there.
//!
//! What stands depends only on the set of versions held. A version replaces only what its own organisation wrote, and
//! only when its block is believed: neither another organisation nor a stolen terminal makes a record disappear.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    id::{OrgId, RecordId, VersionId},
    record::Record,
    time::Hlc,
};

/// A version, where it comes from and what its block is worth.
pub trait Versioned {
    /// Its name.
    fn version(&self) -> VersionId;
    /// What it says.
    fn record(&self) -> &Record;
    /// The organisation that wrote it.
    fn org(&self) -> OrgId;
    /// Its block is believed.
    fn believed(&self) -> bool;
    /// When its block was written.
    fn time(&self) -> Hlc;
}

/// The versions of one record.
#[derive(Debug)]
pub struct History<'a, V> {
    /// Those that stand: believed ones first, then what isn't struck out, the latest first: a visit counts as long as nobody has
    /// decided that it doesn't. More than one: edited at two places at once.
    pub standing: Vec<&'a V>,
    /// Those that were replaced, the latest first.
    pub replaced: Vec<&'a V>,
}

impl<V> History<'_, V> {
    /// Written at two places at once, and nobody has decided yet.
    pub fn in_conflict(&self) -> bool {
        self.standing.len() > 1
    }
}

/// Sorts versions into histories. An organisation's versions of a record are one history.
pub fn histories<V: Versioned>(all: &[V]) -> BTreeMap<(OrgId, RecordId), History<'_, V>> {
    let mut groups: BTreeMap<(OrgId, RecordId), BTreeMap<VersionId, &V>> = BTreeMap::new();
    for v in all {
        // The same version may lie in two blocks: it counts as the one that is believed.
        let group = groups.entry((v.org(), v.record().id)).or_default();
        let kept = group.entry(v.version()).or_insert(v);
        if (v.believed(), kept.time()) > (kept.believed(), v.time()) {
            *kept = v;
        }
    }
    groups.into_iter().map(|(key, versions)| (key, history(&versions))).collect()
}

fn history<'a, V: Versioned>(versions: &BTreeMap<VersionId, &'a V>) -> History<'a, V> {
    let believed = versions.values().filter(|v| v.believed());
    let gone: BTreeSet<VersionId> = believed.flat_map(|v| v.record().replaces.iter().copied()).collect();
    let mut out = History { standing: Vec::new(), replaced: Vec::new() };
    for (id, v) in versions {
        if gone.contains(id) { &mut out.replaced } else { &mut out.standing }.push(*v);
    }
    let newest_first = |v: &&V| std::cmp::Reverse((v.believed(), v.time(), v.version()));
    out.standing.sort_by_key(|v| {
        std::cmp::Reverse((v.believed(), v.record().body.struck().is_none(), v.time(), v.version()))
    });
    out.replaced.sort_by_key(newest_first);
    out
}

#[cfg(test)]
#[path = "versions_tests.rs"]
mod tests;
