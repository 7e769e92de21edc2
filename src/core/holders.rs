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
    id::{DeviceId, EpochId, OrgId},
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
        self.is_minted_well(org, epoch)
            && self.holders(org, epoch).all(|d| self.governance.in_good_standing(d))
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

    /// Not so when only terminals that were suspended before say this key: whoever mints one has it.
    fn is_minted_well(&self, org: OrgId, epoch: EpochId) -> bool {
        let said = self.keyed.get(&(org, epoch)).into_iter().flatten();
        let mut own = said.filter(|at| self.governance.is_of(at.log.device, org)).peekable();
        own.peek().is_none() || own.any(|at| self.counts_for(*at, org))
    }

    /// Whether a block of one of an organisation's terminals says who holds its keys: it isn't past a cutoff of that
    /// organisation. What comes after one needn't be asked: who was suspended holds what they could wrap, as others say or as
    /// they minted it, so that key is useless already; and of those minted since they could only lie.
    fn counts_for(&self, at: Place, org: OrgId) -> bool {
        let device = at.log.device;
        let mut cutoffs = self.governance.suspensions(device).filter(|s| s.org() == org);
        self.governance.is_of(device, org) && cutoffs.all(|s| self.within(at, &s.upto))
    }

    /// Whether a block was written before this key was minted. A key is said first and wrapped then: so it is in the past of
    /// every block of the organisation that says it.
    fn is_older(&self, p: Place, key: (OrgId, EpochId)) -> bool {
        let said = self.keyed.get(&key).into_iter().flatten();
        let mut own = said.filter(|at| self.counts_for(**at, key.0)).peekable();
        own.peek().is_some() && own.all(|at| self.tree.after(*at, p))
    }

    /// The terminals that an organisation's encryption key was wrapped to, by its own: only those have it, and nobody else's
    /// word of it makes it useless.
    pub fn holders(&self, org: OrgId, epoch: EpochId) -> impl Iterator<Item = DeviceId> + use<> {
        let said = self.wrapped.get(&(org, epoch)).into_iter().flatten();
        let own: BTreeSet<DeviceId> =
            said.filter(|(_, at)| self.counts_for(*at, org)).map(|(d, _)| *d).collect();
        own.into_iter()
    }

    pub(super) fn take_wraps(&mut self, at: Place, wraps: &[Wrap]) {
        for w in wraps {
            match w {
                Wrap::OrgKey { org, epoch, device, .. } => {
                    self.wrapped.entry((*org, *epoch)).or_default().insert((*device, at));
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
            block::{Block, Dep},
            cert::{DeviceCert, DeviceRequest},
            codec,
            governance::{Statement, Suspended, Suspension},
            keys::Sealed,
            rights::{Deed, Entry, Erased},
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
        let receipt = |by: &mut Desk| {
            let patient = crate::core::id::PatientId([9; 16]);
            let said = Erased { order: id, patient, wraps: 0, blocks: vec![id], backups: 0 };
            by.write(Kind::Rights, codec::encode(&vec![Entry::Did(Deed::Erased(said))]))
        };
        // But the suspended terminal's word that it was destroyed hides nothing.
        let lie = receipt(&mut a2);
        give(&[a2.first(), lie], &mut erased);
        assert!(erased.replica.withheld_of(org).next().is_some());
        give(&[receipt(&mut a)], &mut erased);
        assert!(
            erased.replica.withheld_of(org).next().is_none() && b.replica.withheld_of(org).next().is_some()
        );
        // The payload comes: now it is known what the suspended terminal holds.
        give(&blocks[2..], &mut b);
        assert_eq!(epoch(&b), Some(new.epoch()));
        assert_eq!(b.replica.holders(org, k.epoch()).collect::<Vec<_>>().len(), 2);
    }

    /// A suspends its second terminal with nothing after its first block believed.
    fn stolen() -> ([Desk; 3], OrgKeyCert) {
        let [mut a, mut a2, mut b] = consortium();
        let lost = a2.log.device;
        let (k, blocks) = mints(&mut a2, 7, [a.log.device, lost]);
        let upto = Dep { log: a2.log, seq: 3, hash: a2.replica.head(a2.log).unwrap().id };
        give(&[a2.first()], &mut a);
        give(&blocks, &mut a);
        give(&[a.first(), a2.first()], &mut b);
        give(&blocks, &mut b);
        let c = a.replica.governance().consortium();
        let said = Suspension::new(c, Suspended::Device(a2.log.device), vec![upto], &key(1));
        let suspend = a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(said)]));
        give(&[suspend], &mut b);
        ([a, a2, b], k)
    }

    #[test]
    fn a_stolen_terminal_that_another_member_certifies_stays_suspended_and_its_keys_useless() {
        let ([a, a2, mut b], k) = stolen();
        let org = a.org;
        // It signs a second request, and B certifies it for a later life: now it is taken for B's.
        let request = DeviceRequest::new(b.org, "ours now", &a2.ledger, &key(90), [9; 32]);
        let cert = DeviceCert::new(request, 7, &key(2));
        b.write(Kind::Governance, codec::encode(&vec![Statement::Device(cert.clone())]));
        let g = b.replica.governance();
        assert_eq!(g.writer(a2.log.device).map(|(o, _)| o), Some(b.org));
        assert!(g.device_of(a2.log.device, org).is_some(), "A can still suspend it");
        assert!(!g.in_good_standing(a2.log.device) && !g.welcomes(&cert));
        assert_eq!(g.suspensions(a2.log.device).count(), 1);
        assert!(!b.replica.is_well_kept(org, k.epoch()));
        assert_eq!(b.replica.org_key(org), None);
    }

    #[test]
    fn a_suspended_terminals_lies_spoil_no_key_that_was_minted_since() {
        let ([mut a, mut a2, mut b], k) = stolen();
        let (org, own, lost) = (a.org, a.log.device, a2.log.device);
        let (new, fresh) = mints(&mut a, 9, [own, own]);
        give(&fresh, &mut b);
        assert_eq!(b.replica.org_key(org), Some(&new));
        // It says that it minted that key, and that it wrapped it to itself and to nobody known.
        a2.replica.accept(&a.first()).unwrap();
        let said = a2.write(Kind::Governance, codec::encode(&vec![Statement::OrgKey(new.clone())]));
        let lies = [lost, DeviceId([7; 16])].map(|d| a2.write(Kind::Keys, wrap(org, &new, d)));
        give(&[said], &mut b);
        give(&lies, &mut b);
        assert_eq!(b.replica.org_key(org), Some(&new));
        // One that it minted itself after it was stolen is nobody's to wrap to, whoever it names.
        let (late, blocks) = mints(&mut a2, 3, [own, own]);
        give(&blocks, &mut b);
        assert!(!b.replica.is_well_kept(org, late.epoch()) && !b.replica.is_well_kept(org, k.epoch()));
        assert_eq!(b.replica.org_key(org), Some(&new));
    }
}
