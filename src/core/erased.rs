//! Blocks whose payload is missing: wrapped keys that were destroyed on a patient's word.
//!
//! Anybody who passes blocks on could leave such a payload out. So one counts as destroyed only when terminals of as many
//! organisations as it takes to decide anything gave receipts that name it; until then whoever lacks it asks each peer for
//! it. What a node destroyed itself it neither asks for nor takes again.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    block::{Block, Invalid, Kind},
    branches::Place,
    effective::Order,
    finality::quorum,
    id::{BlockId, OrgId},
    keys::Wrap,
    ledger::Replica,
    rights::Deed,
};

/// The most blocks that are asked for in one meeting.
pub const MAX_LACKS: usize = 64;

/// Which blocks have no payload here.
#[derive(Clone, Debug, Default)]
pub(super) struct Bare {
    all: BTreeSet<BlockId>,
    /// Of these, and of those that may still come: destroyed here.
    here: BTreeSet<BlockId>,
    /// Where receipts name a block.
    named: BTreeMap<BlockId, BTreeSet<Place>>,
}

impl Bare {
    pub(super) fn insert(&mut self, id: BlockId) {
        self.all.insert(id);
    }
}

impl Replica {
    /// Blocks without their payload that neither this node destroyed nor enough others say they have, in an order that is
    /// the same on every node.
    pub fn withheld(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.bare.all.iter().filter(|id| !self.is_explained(id)).copied()
    }

    fn is_explained(&self, id: &BlockId) -> bool {
        let members = &self.governance().era().members;
        let said = || self.destroyed_by(id).iter().filter(|o| members.contains_key(o)).count();
        self.bare.here.contains(id) || said() >= quorum(members.len().max(1))
    }

    /// The organisations that say of a block that they destroyed its payload, as far as what says so is believed: a terminal
    /// that is suspended says nothing for them.
    fn destroyed_by(&self, id: &BlockId) -> BTreeSet<OrgId> {
        let said = self.bare.named.get(id).into_iter().flatten();
        said.filter(|at| self.doubt(**at).is_none()).filter_map(|at| self.org_of(at.log)).collect()
    }

    /// Those of an organisation's terminals among them that it doesn't say itself it destroyed.
    pub(super) fn withheld_of(&self, org: OrgId) -> impl Iterator<Item = Place> + '_ {
        let said = move |id: &BlockId| self.destroyed_by(id).contains(&org);
        let places = self.withheld().filter(move |id| !said(id)).filter_map(|id| self.place(id));
        places.filter(move |p| self.governance().is_of(p.log.device, org))
    }

    /// What to ask a peer for: at most [`MAX_LACKS`].
    pub fn lacks(&self) -> Vec<BlockId> {
        self.withheld().take(MAX_LACKS).collect()
    }

    /// True when this block's payload isn't here.
    pub fn is_bare(&self, id: BlockId) -> bool {
        self.bare.all.contains(&id)
    }

    /// These payloads were destroyed here.
    pub fn destroyed(&mut self, ids: impl IntoIterator<Item = BlockId>) {
        for id in ids {
            // What isn't held yet is only not asked for.
            if self.place(id).is_some() {
                self.bare.insert(id);
            }
            self.bare.here.insert(id);
        }
    }

    /// What this node destroyed itself.
    pub fn destroyed_here(&self) -> impl Iterator<Item = BlockId> + '_ {
        self.bare.here.iter().copied()
    }

    /// Takes the payload of a block that came without it before. False: it isn't wanted.
    ///
    /// # Errors
    /// As [`Replica::accept`]: it isn't the payload that was signed, or not what its kind promises.
    pub(super) fn fill(&mut self, b: &Block, id: BlockId) -> Result<bool, Invalid> {
        let wanted = b.payload.is_some() && self.is_bare(id) && !self.is_explained(&id);
        if !wanted {
            return Ok(false);
        }
        let h = &b.signed.header;
        let Some(at) = self.place(id) else { return Ok(false) };
        let (_, key) = self.governance.writer(h.log.device).ok_or(Invalid::UnknownDevice(h.log.device))?;
        super::block::validate(b, self.governance.consortium(), key)?;
        let wraps = self.wraps_of(b)?;
        self.take_wraps(at, &wraps);
        self.bare.all.remove(&id);
        Ok(true)
    }

    fn wraps_of(&self, b: &Block) -> Result<Vec<Wrap>, Invalid> {
        match &b.payload {
            Some(p) => super::holders::wraps(p),
            None => Err(Invalid::NoPayload(Kind::Keys.word())),
        }
    }

    /// Notes the blocks that receipts name.
    pub(super) fn take_receipts(&mut self, at: Place, deeds: impl IntoIterator<Item = Deed>) {
        for d in deeds {
            if let Deed::Erased(e) = d {
                e.blocks.iter().for_each(|b| {
                    self.bare.named.entry(*b).or_default().insert(at);
                });
            }
        }
    }
}
