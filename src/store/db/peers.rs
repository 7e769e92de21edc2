//! What is known of other terminals: what they want, and what they acknowledged as durable.

use super::Db;
use crate::{
    core::{
        block::Dep,
        gaps::{Holding, MAX_RUNS, still_waiting},
        interest::Wants,
        ledger::Replica,
        sign::PublicKey,
        time::Millis,
    },
    store::{
        StoreError,
        tables::{self, Peer},
    },
};

impl Db {
    /// Notes which payloads a peer wants.
    ///
    /// # Errors
    /// The store failed.
    pub fn peer_wants(&mut self, endpoint: &PublicKey, wants: &Wants) -> Result<(), StoreError> {
        let mut p: Peer = self.get(tables::PEERS, endpoint)?.unwrap_or_default();
        // What it asks for now is answered now.
        let wants = Wants { asked: Vec::new(), ..wants.clone() };
        if p.wants == wants {
            return Ok(());
        }
        p.wants = wants;
        self.put(tables::PEERS, endpoint, Some(&p))
    }

    /// Notes what a peer says over its own stream that it holds, all of it: what it held before and doesn't name any more it
    /// has lost, with its disk or with a terminal that was set back. Where it is ahead of this node, what it had
    /// acknowledged stays.
    ///
    /// # Errors
    /// The store failed.
    pub fn peer_says(
        &mut self,
        endpoint: &PublicKey,
        holding: &Holding,
        now: Millis,
    ) -> Result<(), StoreError> {
        let mut p: Peer = self.get(tables::PEERS, endpoint)?.unwrap_or_default();
        let ahead = |d: &Dep| {
            let strange = |h: &Dep| h.log == d.log && h.seq > d.seq && self.replica.place(h.hash).is_none();
            holding.heads.iter().any(strange)
        };
        p.holds.retain(ahead);
        self.note_holding(endpoint, p, holding, now)
    }

    /// Notes what a peer acknowledged as durable. Only blocks that are held here too, hash and all, count: a receipt for
    /// another branch, or for what nobody has seen, says nothing about ours.
    ///
    /// # Errors
    /// The store failed.
    pub fn peer_holds(
        &mut self,
        endpoint: &PublicKey,
        holding: &Holding,
        now: Millis,
    ) -> Result<(), StoreError> {
        let p: Peer = self.get(tables::PEERS, endpoint)?.unwrap_or_default();
        self.note_holding(endpoint, p, holding, now)
    }

    /// Adds what a peer said to what is known of it.
    fn note_holding(
        &mut self,
        endpoint: &PublicKey,
        mut p: Peer,
        holding: &Holding,
        now: Millis,
    ) -> Result<(), StoreError> {
        let is_held = |d: &Dep| self.replica.place(d.hash).is_some_and(|p| (p.log, p.seq) == (d.log, d.seq));
        let known: Vec<Dep> = holding.heads.iter().filter(|d| is_held(d)).copied().collect();
        let said = Holding { heads: known, waits: holding.waits.clone() };
        p.waits = still_waiting(&p.holding(), &said, self.replica.tree()).at_most(MAX_RUNS);
        p.holds = merged(&p.holds, &said.heads, &self.replica);
        p.last_met = Some(now);
        self.put(tables::PEERS, endpoint, Some(&p))
    }
}

/// What one holds who held `a` and then acknowledged `b`: an old receipt takes nothing back.
pub(super) fn merged(a: &[Dep], b: &[Dep], ledger: &Replica) -> Vec<Dep> {
    let held = |x: &Dep, y: &Dep| match (ledger.place(x.hash), ledger.place(y.hash)) {
        (Some(x), Some(y)) => ledger.tree().continues(x, y),
        _ => false,
    };
    let mut out: Vec<Dep> = b.iter().filter(|d| !a.iter().any(|x| x != *d && held(x, d))).copied().collect();
    out.extend(a.iter().filter(|d| !b.iter().any(|x| held(x, d))));
    out
}
