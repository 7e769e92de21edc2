//! What of a patient is archived: worked out from the blocks that are held, the same on every terminal that holds the same.
//!
//! A mark counts from a believed block that an admin of the organisation signed. It ends by itself when anything newer is
//! written of the patient: whatever the mark's writer had not seen, a visit at another terminal at the same time included.
//! Holds and requests to restore count from quarantined blocks too: they only keep records where they are.

use std::collections::BTreeSet;

use super::{Series, YEAR};
use crate::core::{
    consent::Order,
    governance::Role,
    id::{BlockId, OrgId, PatientId},
    ledger::Replica,
    rights::{Deed, Noted, Retention},
    time::Millis,
};

/// What was marked of a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    block: BlockId,
    at: Millis,
    series: Vec<(Series, Option<Millis>)>,
}

/// An organisation's marks and holds of a patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    marks: Vec<Mark>,
    /// The blocks of the holds in force: nothing is archived, nothing may be destroyed.
    pub holds: Vec<BlockId>,
}

/// What is archived, given the records that there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archived {
    since: Option<Millis>,
    whole: BTreeSet<Series>,
    dated: Vec<(Series, Millis, BTreeSet<BlockId>)>,
}

impl Shelf {
    /// Nothing was ever marked, or nothing of it counts.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// What that means for a patient of whom the organisation has written these blocks.
    pub fn archived(&self, order: &dyn Order, records: &[BlockId]) -> Archived {
        let mut out = Archived::default();
        for m in &self.marks {
            let seen: BTreeSet<BlockId> =
                records.iter().filter(|r| order.after(m.block, **r)).copied().collect();
            for (series, until) in &m.series {
                match until {
                    Some(t) => out.dated.push((*series, *t, seen.clone())),
                    None if seen.len() == records.len() => {
                        out.whole.insert(*series);
                        if *series == Series::Care {
                            out.since = Some(out.since.map_or(m.at, |s| s.min(m.at)));
                        }
                    }
                    // Something newer was written: the patient is back.
                    None => {}
                }
            }
        }
        out
    }
}

impl Archived {
    /// When the patient left everyday use, by the clock of whoever archived; none: they didn't.
    pub fn patient(&self) -> Option<Millis> {
        self.since
    }

    /// Whether a record that is of this time, in this block, is archived.
    pub fn record(&self, series: Series, at: Millis, block: BlockId) -> bool {
        let dated = |(s, until, seen): &(Series, Millis, BTreeSet<BlockId>)| {
            *s == series && at <= *until && seen.contains(&block)
        };
        self.whole.contains(&series) || self.dated.iter().any(dated)
    }
}

impl Replica {
    /// True for an entry of this organisation's own, signed by somebody of its staff in this role; any role without one.
    fn is_by(&self, n: &Noted, org: OrgId, role: Option<Role>) -> bool {
        self.signer(n).is_some_and(|s| s.org == org && role.is_none_or(|r| s.request.role == r))
    }

    /// The same from a block that is believed.
    fn settles(&self, n: &Noted, org: OrgId) -> bool {
        self.is_by(n, org, Some(Role::Admin)) && n.author.is_some_and(|a| self.trusted(n.block, a))
    }

    /// The schedules of an organisation that no later one replaces: more than one only after they were adopted at two
    /// places at once. Each with its text.
    pub fn schedules(&self, org: OrgId) -> Vec<(&Noted, &str)> {
        let all: Vec<(&Noted, &str)> = self
            .rights()
            .all()
            .filter_map(|n| match &n.deed {
                Deed::Retention(Retention::Adopt(text)) => Some((n, text.as_str())),
                _ => None,
            })
            .filter(|(n, _)| self.settles(n, org))
            .collect();
        let replaced = |n: &Noted| {
            let later = |m: &Noted| {
                let same = m.block == n.block && m.index > n.index;
                same || self.after(m.block, n.block)
            };
            all.iter().any(|(m, _)| later(m))
        };
        all.iter().filter(|(n, _)| !replaced(n)).copied().collect()
    }

    /// An organisation's marks and holds of a patient.
    pub fn shelf(&self, org: OrgId, patient: PatientId) -> Shelf {
        let (mut marks, mut holds) = (Vec::new(), BTreeSet::new());
        let (mut released, mut restored) = (BTreeSet::<BlockId>::new(), Vec::new());
        for n in self.rights().retention(patient) {
            let Deed::Retention(r) = &n.deed else { continue };
            match r {
                Retention::Archive { marked, .. } if self.settles(n, org) => {
                    for m in marked.iter().filter(|m| m.patient == patient) {
                        let series = m.series.clone();
                        marks.push(Mark { block: n.block, at: n.time.millis, series });
                    }
                }
                Retention::Restore(_) if self.is_by(n, org, None) => restored.push(n.block),
                Retention::Hold { .. } if self.is_by(n, org, Some(Role::Admin)) => {
                    holds.insert(n.block);
                }
                Retention::Release { holds: of, .. } if self.settles(n, org) => released.extend(of),
                _ => {}
            }
        }
        let holds: Vec<BlockId> = holds.into_iter().filter(|h| !released.contains(h)).collect();
        if !holds.is_empty() {
            return Shelf { marks: Vec::new(), holds };
        }
        marks.retain(|m| restored.iter().all(|r| self.after(m.block, *r)));
        Shelf { marks, holds }
    }

    /// Holds of an organisation that are in force, oldest first.
    pub fn holds(&self, org: OrgId) -> Vec<(&Noted, PatientId)> {
        let mut out: Vec<(&Noted, PatientId)> = self
            .rights()
            .all()
            .filter_map(|n| match &n.deed {
                Deed::Retention(Retention::Hold { patient, .. }) => Some((n, *patient)),
                _ => None,
            })
            .filter(|(n, p)| self.shelf(org, *p).holds.contains(&n.block))
            .collect();
        out.sort_by_key(|(n, _)| (n.time, n.block));
        out
    }

    /// Now, for what becomes due: this terminal's clock, but never more than a year after what other organisations wrote. A
    /// clock that is years ahead makes nothing due where anybody else's can be compared.
    pub fn past(&self, now: Millis) -> Millis {
        match self.moment(0).latest {
            0 => now,
            others => now.min(others.saturating_add(YEAR)),
        }
    }
}

#[cfg(test)]
#[path = "../retention_tests.rs"]
mod tests;
