//! Who holds the private half of an organisation's encryption key, as far as a node can know.
//!
//! A key is wrapped to each terminal of its organisation. Nothing is wrapped any more to one that a suspended terminal
//! holds; and since whoever passes blocks on can leave the payload of a block of keys out, what a node wasn't shown counts
//! as if it named such a terminal.

use std::collections::BTreeSet;

use super::{
    block::{Invalid, Kind, Payload},
    branches::Place,
    governance::OrgKeyCert,
    id::{DeviceId, EpochId, LogId, OrgId},
    keys::{MAX_WRAPS, Wrap},
    ledger::{Replica, decoded},
};

impl Replica {
    /// The encryption key to wrap to for an organisation: of those whose private half only terminals in good standing
    /// hold, as far as can be known here, the one with the lowest name, so that all choose alike. None: the organisation
    /// must mint a new one first, or what was withheld from this node must come.
    pub fn org_key(&self, org: OrgId) -> Option<&OrgKeyCert> {
        let unread = self.unread_keys(org);
        let kept = |k: &&OrgKeyCert| self.is_kept(org, k.epoch(), &unread);
        self.governance.org_keys(org).iter().find(kept)
    }

    /// Whether only terminals in good standing hold the private half of this key, as far as can be known here.
    pub fn is_well_kept(&self, org: OrgId, epoch: EpochId) -> bool {
        self.is_kept(org, epoch, &self.unread_keys(org))
    }

    fn is_kept(&self, org: OrgId, epoch: EpochId, unread: &[Place]) -> bool {
        self.holders(org, epoch).all(|d| self.governance.in_good_standing(d))
            && unread.iter().all(|p| self.is_older(*p, (org, epoch)))
    }

    /// Blocks of an organisation that may say who holds its keys, and that came without their payload. None as long as
    /// none of its terminals is suspended: whoever holds a key then may. What the organisation says it destroyed held keys
    /// of patients.
    fn unread_keys(&self, org: OrgId) -> Vec<Place> {
        if !self.governance.has_suspended(org) {
            return Vec::new();
        }
        self.withheld_of(org).collect()
    }

    /// Whether a block was written before this key was minted. A key is said first and wrapped then: so it is in the past of
    /// every block of the organisation that says it.
    fn is_older(&self, p: Place, key: (OrgId, EpochId)) -> bool {
        let said = self.keyed.get(&key).into_iter().flatten();
        let mut own = said.filter(|at| self.governance.is_of(at.log.device, key.0)).peekable();
        own.peek().is_some() && own.all(|at| self.tree.after(*at, p))
    }

    /// The terminals that an organisation's encryption key was wrapped to, by its own: only those have it, and nobody else's
    /// word of it makes it useless.
    pub fn holders(&self, org: OrgId, epoch: EpochId) -> impl Iterator<Item = DeviceId> + use<> {
        let said = self.wrapped.get(&(org, epoch)).into_iter().flatten();
        let own: BTreeSet<DeviceId> =
            said.filter(|(_, log)| self.governance.is_of(log.device, org)).map(|(d, _)| *d).collect();
        own.into_iter()
    }

    pub(super) fn take_wraps(&mut self, log: LogId, wraps: &[Wrap]) {
        for w in wraps {
            match w {
                Wrap::OrgKey { org, epoch, device, .. } => {
                    self.wrapped.entry((*org, *epoch)).or_default().insert((*device, log));
                }
                Wrap::CardSecret { secret, org, org_epoch, .. } => {
                    self.card_secrets.entry(*secret).or_default().insert((*org, *org_epoch));
                }
                Wrap::PatientKey { .. } | Wrap::CardKey { .. } => {}
            }
        }
    }
}

/// The wraps in the payload of a block.
pub(super) fn wraps(p: &Payload) -> Result<Vec<Wrap>, Invalid> {
    let wraps: Vec<Wrap> = decoded(Kind::Keys, p)?;
    match wraps.len() {
        n if n > MAX_WRAPS => {
            Err(Invalid::Content(Kind::Keys.word(), format!("{n} wraps, the limit is {MAX_WRAPS}")))
        }
        _ => Ok(wraps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            block::Block,
            codec,
            governance::{Statement, Suspended, Suspension},
            keys::Sealed,
        },
        testing::{Desk, consortium, key},
    };

    fn wrap(org: OrgId, k: &OrgKeyCert, device: DeviceId) -> Vec<u8> {
        let sealed = Sealed { enc: [0; 32], ct: vec![0; 48] };
        codec::encode(&vec![Wrap::OrgKey { org, epoch: k.epoch(), device, sealed }])
    }

    /// One terminal mints a key, and wraps it to both.
    fn mints(a: &mut Desk, public: u8, to: [DeviceId; 2]) -> (OrgKeyCert, Vec<Block>) {
        let k = OrgKeyCert::new([public; 32], &key(1));
        let mut blocks = vec![a.write(Kind::Governance, codec::encode(&vec![Statement::OrgKey(k.clone())]))];
        blocks.extend(to.map(|d| a.write(Kind::Keys, wrap(a.org, &k, d))));
        (k, blocks)
    }

    fn give(blocks: &[Block], to: &mut Desk) {
        blocks.iter().for_each(|b| {
            to.replica.accept(b).unwrap();
        });
    }

    #[test]
    fn a_key_whose_holders_were_left_out_is_not_wrapped_to_once_a_terminal_is_suspended() {
        let [mut a, mut a2, mut b] = consortium();
        let (org, own, lost) = (a.org, a.log.device, a2.log.device);
        let (k, blocks) = mints(&mut a, 7, [own, lost]);
        let first = [a.first(), a2.first()];
        give(&first[..1], &mut b);
        give(&first[..1], &mut a2);
        // Whoever passed them on to B left out whom else the key was wrapped to.
        let stripped = Block { payload: None, ..blocks[2].clone() };
        give(&[blocks[0].clone(), blocks[1].clone(), stripped], &mut b);
        give(&blocks, &mut a2);
        let epoch = |d: &Desk| d.replica.org_key(org).map(OrgKeyCert::epoch);
        let known: Vec<_> = b.replica.governance().org_keys(org).iter().map(OrgKeyCert::epoch).collect();
        assert!(known.contains(&k.epoch()));
        let before = epoch(&b);
        assert!(before.is_some(), "nobody is suspended: whoever holds a key may");

        // Nobody else's word of its holders makes a key useless.
        let mut meddler = b.clone();
        meddler.write(Kind::Keys, wrap(org, &k, DeviceId([0; 16])));
        assert_eq!(epoch(&meddler), before);
        assert!(meddler.replica.holders(org, k.epoch()).all(|d| d == own));

        let c = a.replica.governance().consortium();
        let said = Suspension::new(c, Suspended::Device(lost), Vec::new(), &key(1));
        let suspend = a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(said)]));
        give(std::slice::from_ref(&suspend), &mut b);
        assert_eq!(epoch(&b), None, "any of the keys may be the one that it holds");
        assert!(!b.replica.is_well_kept(org, k.epoch()));

        // One minted after all that: what is older can't have wrapped it.
        let (new, fresh) = mints(&mut a, 9, [own, own]);
        give(&fresh, &mut b);
        assert_eq!(epoch(&b), Some(new.epoch()));
        assert!(b.replica.is_well_kept(org, new.epoch()) && !b.replica.is_well_kept(org, k.epoch()));
        // Somebody else's word of it, which saw nothing of this, takes nothing away.
        b.write(Kind::Governance, codec::encode(&vec![Statement::OrgKey(new.clone())]));
        assert_eq!(epoch(&b), Some(new.epoch()));
        // What the organisation itself destroyed is no secret of it.
        let mut erased = b.clone();
        let id = blocks[2].signed.header.id();
        erased.replica.bare.receipt(org, &[id]);
        assert!(
            erased.replica.withheld_of(org).next().is_none() && b.replica.withheld_of(org).next().is_some()
        );
        // The payload comes: now it is known what the suspended terminal holds.
        give(&blocks[2..], &mut b);
        assert_eq!(epoch(&b), Some(new.epoch()));
        assert_eq!(b.replica.holders(org, k.epoch()).collect::<Vec<_>>().len(), 2);
    }
}
