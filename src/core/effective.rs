//! What a patient's consent entries are worth: which grants are in force, whose records they open, to whom.
//!
//! Counts the entries of valid blocks, never the merged document alone. Revocation wins over whatever is concurrent with
//! it; permissions count only from believed blocks, restrictions from any.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    card::Cards,
    consent::{Act, By, Grant, Recorded, Scope},
    governance::Role,
    id::{BlockId, GrantId, LogId, OrgId, StaffId},
    policy::Purpose,
    record::Compartment,
    time::{Hlc, Millis},
    trust::Moment,
};

/// Why a grant allows nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Revoked by name or by a `RevokeAll`.
    Revoked,
    /// Its time is over.
    Expired,
    /// Its time hasn't come.
    NotYet,
    /// What it was made under ended, allowed less, or may not be passed on.
    Parent,
    /// In quarantine, or by someone who may not: restrictions count, permissions don't.
    Untrusted,
}

/// One grant and what it is worth now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The grant.
    pub grant: Grant,
    /// The organisations whose records it opens: the one that recorded it, or those that recognise the patient's card
    /// that signed it.
    pub custodians: Vec<OrgId>,
    /// The patient's own card signed it.
    pub by_card: bool,
    /// The organisation whose terminal recorded it.
    pub recorder: OrgId,
    /// Who decided.
    pub by: By,
    /// When it was recorded.
    pub recorded: Hlc,
    /// None: it is in force.
    pub ended: Option<Ended>,
}

impl Standing {
    /// True when it opens what `custodian` wrote.
    pub fn opens(&self, custodian: OrgId) -> bool {
        self.custodians.contains(&custodian)
    }
}

/// What the ledger knows about order and trust; see `ledger::Replica`.
pub trait Order {
    /// True when block `a` was written by one who held block `b`.
    fn after(&self, a: BlockId, b: BlockId) -> bool;
    /// True when what this person says in this block may give permission.
    fn trusted(&self, block: BlockId, author: StaffId) -> bool;
    /// The organisation whose terminal writes a log.
    fn org_of(&self, log: LogId) -> Option<OrgId>;
}

/// Whether an emergency summary of the patient may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmergencySummary {
    /// Yes: the patient hasn't opted out, or has opted in again.
    Shared,
    /// The patient opted out.
    OptedOut,
}

/// One grant, but for the time.
#[derive(Clone, Debug)]
struct Permit {
    standing: Standing,
    /// Grants that it may have been made under, by their place among the permits. Identifiers are chosen by who records a
    /// grant, so others may bear the same one: whichever is in force counts, and opens only what it opens itself.
    parents: Vec<usize>,
}

/// The longest chain of delegations.
const DEPTH: usize = 8;
/// Grants that are looked at for one delegated grant: far more than honest organisations ever make.
const LOOKS: usize = 1_000;

/// A patient's consent, worked out but for the time: made once for each state of the ledger, asked as often as one likes.
#[derive(Clone, Debug)]
pub struct Effective {
    permits: Vec<Permit>,
    by_grantee: BTreeMap<OrgId, Vec<usize>>,
    summary: EmergencySummary,
    cards: Cards,
}

impl Effective {
    /// Works it out.
    pub fn of(entries: &[Recorded], order: &dyn Order) -> Self {
        let cards = Cards::of(entries, order);
        let revoked: BTreeSet<GrantId> = entries
            .iter()
            .filter_map(|e| match e.act {
                Act::Revoke(id) => Some(id),
                _ => None,
            })
            .collect();
        let sweeps: Vec<(&Recorded, &Scope)> = entries
            .iter()
            .filter_map(|e| match &e.act {
                Act::RevokeAll(s) => Some((e, s)),
                _ => None,
            })
            .collect();
        let mut permits: BTreeMap<(OrgId, GrantId), Permit> = BTreeMap::new();
        for e in entries {
            let (Act::Grant(g), Some(recorder)) = (&e.act, order.org_of(e.log)) else { continue };
            let custodians = e.card.map_or_else(|| vec![recorder], |key| cards.believing(&key));
            let swept = || sweeps.iter().any(|(r, scope)| scope.reaches(g) && !order.after(e.block, r.block));
            // A card that isn't the patient's (any more) makes nothing true.
            let card_good = !custodians.is_empty();
            let ended = if revoked.contains(&g.id) || swept() {
                Some(Ended::Revoked)
            } else if !card_good || !order.trusted(e.block, e.author) {
                Some(Ended::Untrusted)
            } else {
                None
            };
            let (by, by_card) = (e.by.clone(), e.card.is_some());
            let recorded = e.time;
            let standing = Standing { grant: g.clone(), custodians, by_card, recorder, by, recorded, ended };
            let permit = Permit { standing, parents: Vec::new() };
            // A grant is named by its organisation and identifier: nobody shadows another's, and nothing that is not
            // believed shadows what is.
            let name = (recorder, g.id);
            if permits.get(&name).is_none_or(|old| old.standing.ended.is_some() && ended.is_none()) {
                permits.insert(name, permit);
            }
        }
        let mut permits: Vec<Permit> = permits.into_values().collect();
        find_parents(&mut permits);
        let mut by_grantee: BTreeMap<OrgId, Vec<usize>> = BTreeMap::new();
        for (i, p) in permits.iter().enumerate() {
            by_grantee.entry(p.standing.grant.to.org()).or_default().push(i);
        }
        Self { permits, by_grantee, summary: summary(entries, order), cards }
    }

    /// Whether the emergency summary may be opened.
    pub fn summary(&self) -> EmergencySummary {
        self.summary
    }

    /// The patient's cards.
    pub fn cards(&self) -> &Cards {
        &self.cards
    }

    /// Why a grant by itself counts for nothing.
    fn own_end(p: &Permit, at: Moment) -> Option<Ended> {
        let g = &p.standing.grant;
        p.standing.ended.or(if g.parent.is_some() && p.parents.is_empty() {
            Some(Ended::Parent)
        } else if g.until.is_some_and(|u| at.latest >= u) {
            Some(Ended::Expired)
        } else if at.earliest < g.from {
            Some(Ended::NotYet)
        } else {
            None
        })
    }

    /// The grants of custodians or of the patient that a grant comes from, over delegations that are in force, or, with
    /// `at` none, over any.
    fn roots<'a>(&'a self, p: &'a Permit, at: Option<Moment>) -> Vec<&'a Permit> {
        let (mut out, mut open, mut looks) = (Vec::new(), vec![(p, 0)], 0);
        while let Some((p, depth)) = open.pop() {
            looks += 1;
            if looks > LOOKS || at.is_some_and(|at| Self::own_end(p, at).is_some()) {
                continue;
            }
            match p.standing.grant.parent {
                None => out.push(p),
                Some(_) if depth < DEPTH => {
                    open.extend(p.parents.iter().filter_map(|i| Some((self.permits.get(*i)?, depth + 1))));
                }
                Some(_) => {}
            }
        }
        out
    }

    fn ended(&self, p: &Permit, at: Moment) -> Option<Ended> {
        Self::own_end(p, at).or_else(|| {
            let stands = p.standing.grant.parent.is_none() || !self.roots(p, Some(at)).is_empty();
            (!stands).then_some(Ended::Parent)
        })
    }

    /// Whose records a grant opens.
    fn custodians(&self, p: &Permit, at: Moment) -> Vec<OrgId> {
        if p.standing.grant.parent.is_none() {
            return p.standing.custodians.clone();
        }
        let now = self.roots(p, Some(at));
        let roots = if now.is_empty() { self.roots(p, None) } else { now };
        let all: BTreeSet<OrgId> = roots.iter().flat_map(|r| r.standing.custodians.iter().copied()).collect();
        all.into_iter().collect()
    }

    /// Every grant with its standing at a moment.
    pub fn standings(&self, at: Moment) -> Vec<Standing> {
        let now = |p: &Permit| Standing {
            ended: self.ended(p, at),
            custodians: self.custodians(p, at),
            ..p.standing.clone()
        };
        self.permits.iter().map(now).collect()
    }

    /// The grants that let someone of `org` in `role` read `compartment` of what `custodian` wrote, for `purpose`.
    pub fn allowing(
        &self,
        custodian: OrgId,
        (org, role): (OrgId, Role),
        purpose: Purpose,
        compartment: Compartment,
        at: Moment,
    ) -> Vec<GrantId> {
        let mine = self.by_grantee.get(&org).map_or(&[][..], Vec::as_slice);
        mine.iter()
            .filter_map(|i| self.permits.get(*i))
            .filter(|p| {
                let g = &p.standing.grant;
                g.purpose == purpose
                    && g.to.covers(org, role)
                    && g.compartments.contains(&compartment)
                    && Self::own_end(p, at).is_none()
                    && match g.parent {
                        None => p.standing.opens(custodian),
                        Some(_) => self.roots(p, Some(at)).iter().any(|root| root.standing.opens(custodian)),
                    }
            })
            .map(|p| p.standing.grant.id)
            .collect()
    }
}

/// Gives every delegated grant its parents. Delegation only narrows, is made by whom the parent is for, and opens what the
/// parent opens; without such a parent a grant is void.
fn find_parents(all: &mut [Permit]) {
    let mut by_id: BTreeMap<GrantId, Vec<usize>> = BTreeMap::new();
    for (i, p) in all.iter().enumerate().filter(|(_, p)| p.standing.grant.delegable) {
        by_id.entry(p.standing.grant.id).or_default().push(i);
    }
    for i in 0..all.len() {
        let child = &all[i].standing;
        let Some(named) = child.grant.parent.and_then(|id| by_id.get(&id)) else { continue };
        let fits = |x: &&usize| {
            let g = &all[**x].standing.grant;
            g.to.org() == child.recorder && narrows(g, &child.grant)
        };
        all[i].parents = named.iter().filter(fits).copied().collect();
    }
}

/// True when a grant made under another allows no more than that one: same purpose, no other parts, not longer.
pub fn narrows(parent: &Grant, child: &Grant) -> bool {
    let until = |g: &Grant| g.until.unwrap_or(Millis::MAX);
    parent.id != child.id
        && parent.purpose == child.purpose
        && child.compartments.iter().all(|c| parent.compartments.contains(c))
        && child.from >= parent.from
        && until(child) <= until(parent)
}

fn summary(entries: &[Recorded], order: &dyn Order) -> EmergencySummary {
    let back_in: Vec<&Recorded> =
        entries.iter().filter(|e| e.act == Act::EmergencyOptIn && order.trusted(e.block, e.author)).collect();
    let out = entries
        .iter()
        .filter(|e| e.act == Act::EmergencyOptOut)
        .any(|o| !back_in.iter().any(|i| order.after(i.block, o.block)));
    if out { EmergencySummary::OptedOut } else { EmergencySummary::Shared }
}

/// Every grant with its standing at a moment.
pub fn standing(entries: &[Recorded], order: &dyn Order, at: Moment) -> Vec<Standing> {
    Effective::of(entries, order).standings(at)
}

/// The grants that let someone of `org` in `role` read `compartment` of what `custodian` wrote, for `purpose`.
pub fn allowing(
    standings: &[Standing],
    custodian: OrgId,
    org: OrgId,
    role: Role,
    purpose: Purpose,
    compartment: Compartment,
) -> Vec<GrantId> {
    standings
        .iter()
        .filter(|s| {
            s.ended.is_none()
                && s.opens(custodian)
                && s.grant.to.covers(org, role)
                && s.grant.purpose == purpose
                && s.grant.compartments.contains(&compartment)
        })
        .map(|s| s.grant.id)
        .collect()
}
