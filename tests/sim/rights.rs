//! What people do about a patient's rights: emergencies and their reviews, suspended staff, cards; and what must hold of it.

use std::collections::{BTreeMap, BTreeSet};

use aidpost::core::{
    audit::{self, Access, AuditEntry},
    block::{Block, Dep, Kind},
    card::CardKeys,
    codec,
    consent::{self, Act, By, CardSignature, Effective, EmergencySummary, Order},
    governance::{Role, StaffCert, StaffRequest, Statement, Suspended, Suspension},
    id::{BlockId, CardId, OrgId, PatientId, StaffId},
    ledger::Replica,
    policy::{Action, Ask, Policies, Purpose},
    record::Compartment,
    rights::{self, BreakGlass, Deed, Entry, Reason, Review, Verdict},
    sign::{Authored, PublicKey},
    trust::Moment,
};
use ed25519_dalek::SigningKey;

use super::{
    actions::consent_bytes,
    check::{below, in_force},
    peer::Peer,
    world::{Read, World, content, public, statements},
};

/// The card with this signing key; what it opens plays no part here.
fn keys_of(card: &SigningKey) -> CardKeys {
    CardKeys { signing: public(card), encryption: public(card) }
}

fn staff_id(k: &SigningKey) -> StaffId {
    StaffId::of_key(&public(k))
}

impl World {
    /// The newest nurse of its organisation whom a terminal has heard of.
    pub(crate) fn nurse_of(&self, node: usize) -> SigningKey {
        let org = &self.orgs[self.org_of(self.nodes[node].id.org)];
        let g = self.nodes[node].replica().governance();
        let known = |k: &&SigningKey| g.staff(staff_id(k)).is_some();
        org.successors.iter().rev().find(known).unwrap_or(&org.nurse).clone()
    }

    /// An admin suspends the nurse, and another one comes.
    pub(crate) fn suspends_staff(&mut self, node: usize) {
        let (org, old, new) = (self.org_of(self.nodes[node].id.org), self.nurse_of(node), self.fresh_key());
        let replica = self.nodes[node].replica();
        let (id, g) = (self.orgs[org].id, replica.governance());
        let own = |l: &aidpost::core::id::LogId| g.device(l.device).is_some_and(|d| d.org == id);
        let end = |l| {
            let p = replica.believed_end(l)?;
            Some(Dep { log: l, seq: p.seq, hash: replica.tree().id(p)? })
        };
        let upto: Vec<Dep> = replica.tree().logs().filter(own).filter_map(end).collect();
        let root = &self.orgs[org].root;
        let s = Suspension::new(g.consortium(), Suspended::Staff(staff_id(&old)), upto, root);
        let cert = StaffCert::new(StaffRequest::new(id, "Someone new", Role::Nurse, &new), root);
        let said = statements(&[Statement::Suspend(s.clone()), Statement::Staff(cert)]);
        if self.write(node, vec![said]).is_some() {
            self.orgs[org].successors.push(new);
            self.truth.dismissed.push(s);
            self.stats.add("staff suspension");
            self.note(|_| format!("nurse {} suspended", staff_id(&old).short()));
        }
    }

    /// A nurse opens a record in an emergency: recorded durably first, or not opened.
    pub(crate) fn breaks_glass(&mut self, node: usize) {
        let i = self.pick(self.patients.len());
        let (patient, nurse) = (self.patients[i], self.nurse_of(node));
        let other = self.pick(self.orgs.len());
        let n = &self.nodes[node];
        let (me, device, replica) = (n.id.org, n.id.cert.id(), n.replica());
        let opted_out =
            Effective::of(replica.consents(patient), replica).summary() == EmergencySummary::OptedOut;
        let ask = Ask {
            role: Role::Nurse,
            action: Action::BreakGlass,
            purpose: Purpose::Emergency,
            own: false,
            granted: false,
            proven: true,
            opted_out,
        };
        let allowed = Policies::default_set().decide(&ask).allow;
        let access = Access {
            patient,
            purpose: Purpose::Emergency,
            compartments: vec![Compartment::Emergency],
            custodians: vec![self.orgs[other].id],
            grants: Vec::new(),
            allowed,
        };
        let consortium = replica.governance().consortium();
        let scope: [&[u8]; 2] = [&consortium.0, &[]];
        let entry = AuditEntry::Access(Authored::new(&nurse, audit::DOMAIN, &scope, &access));
        let mut contents = Vec::new();
        if allowed {
            let reviewers: BTreeSet<_> = [me, self.orgs[other].id].into();
            let glass = Deed::BreakGlass(BreakGlass {
                patient,
                reason: Reason::CannotAnswer,
                reviewers: reviewers.into_iter().collect(),
                words: Vec::new(),
            });
            let said = Entry::Said(Authored::new(&nurse, rights::DOMAIN, &scope, &glass));
            contents.push(content(Kind::Rights, codec::encode(&vec![said])));
        }
        contents.push(content(Kind::Audit, codec::encode(&vec![entry])));
        if let Some(audit) = self.write(node, contents)
            && allowed
        {
            self.truth.reads.push(Read { device, patient, audit });
            self.stats.add("emergency");
        }
    }

    /// A clinician judges what somebody opened.
    pub(crate) fn reviews(&mut self, node: usize) {
        let n = &self.nodes[node];
        let (org, me) = (self.org_of(n.id.org), n.id.org);
        let replica = n.replica();
        let due = replica
            .emergencies()
            .into_iter()
            .find(|e| e.is_due() && e.glass.reviewers.contains(&me))
            .map(|e| (e.noted.block, e.glass.patient));
        let Some((of, patient)) = due else { return };
        let consortium = replica.governance().consortium();
        let deed =
            Deed::Review(Review { of, patient, verdict: Verdict::Justified, told: true, words: Vec::new() });
        let clinician = &self.orgs[org].clinician;
        let said = Entry::Said(Authored::new(clinician, rights::DOMAIN, &[&consortium.0, &[]], &deed));
        if self.write(node, vec![content(Kind::Rights, codec::encode(&vec![said]))]).is_some() {
            self.stats.add("review");
        }
    }

    /// A patient gets a card, loses one, or signs with one.
    pub(crate) fn uses_card(&mut self, node: usize) {
        let i = self.pick(self.patients.len());
        let (patient, nurse) = (self.patients[i], self.nurse_of(node));
        let consortium = self.nodes[node].replica().governance().consortium();
        let cards = self.cards.get(&patient).cloned().unwrap_or_default();
        let (act, signs, what) = match (cards.last(), self.pick(5)) {
            (None, _) | (_, 0) => {
                let new = self.fresh_key();
                let act = Act::CardIssue(keys_of(&new));
                self.cards.entry(patient).or_default().push(new);
                (act, None, "card issued")
            }
            (Some(card), 1) => (Act::CardRevoke(keys_of(card).id()), None, "lost card"),
            (Some(card), 2) => (Act::CardAccept, Some(card.clone()), "card accepted"),
            (Some(_), _) => {
                let card = cards[self.pick(cards.len())].clone();
                (self.random_act(&[]), Some(card), "signed by card")
            }
        };
        let mut entry = consent_bytes(&consortium.0, patient, act, By::Patient, &nurse);
        entry.card = signs.map(|card| CardSignature::new(consortium, patient, &entry.act, &card));
        let made: aidpost::store::Content = Box::new(move |log, seq| {
            consent::change(&entry, log, seq).map_err(|e| aidpost::store::StoreError::Refused(e.to_string()))
        });
        if self.write(node, vec![(Kind::Consent, made)]).is_some() {
            self.stats.add(what);
        }
    }

    /// What a suspended person signed after their cutoff gives no permission.
    pub(crate) fn dismissed(&self, r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
        for s in &self.truth.dismissed {
            let Suspended::Staff(who) = s.who else { continue };
            if r.governance().staff_suspensions(who, s.org()).all(|x| x != s) {
                continue;
            }
            for (id, b) in all.iter().filter(|(_, b)| b.signed.header.kind == Kind::Consent) {
                let h = &b.signed.header;
                let e = consent::parse(b.content(), h.log, h.seq).map_err(|e| e.to_string())?;
                let before = s.upto.iter().filter(|d| d.log == h.log).any(|d| below(all, d.hash, *id));
                if e.act.author == who && !before && in_force(r, *id) {
                    return Err(format!(
                        "block {} of suspended nurse {} is honoured",
                        id.short(),
                        who.short()
                    ));
                }
            }
        }
        Ok(())
    }
}

/// A card that somebody reported lost signs nothing that counts, whenever that was.
pub(crate) fn lost_cards(r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
    let mut lost: BTreeSet<CardId> = BTreeSet::new();
    let mut issued: BTreeMap<CardId, PublicKey> = BTreeMap::new();
    let mut signed: Vec<(BlockId, PublicKey)> = Vec::new();
    for (id, b) in all.iter().filter(|(_, b)| b.signed.header.kind == Kind::Consent) {
        let h = &b.signed.header;
        let e = consent::parse(b.content(), h.log, h.seq).map_err(|e| e.to_string())?;
        let wish: consent::Wish = e.act.read(1 << 14).map_err(|e| e.to_string())?;
        match wish.act {
            Act::CardIssue(keys) => drop(issued.insert(keys.id(), keys.signing)),
            Act::CardRevoke(id) => drop(lost.insert(id)),
            Act::Grant(_) => signed.extend(e.card.map(|c| (*id, c.key))),
            _ => {}
        }
    }
    let lost: BTreeSet<PublicKey> = lost.iter().filter_map(|id| issued.get(id).copied()).collect();
    for (id, _) in signed.iter().filter(|(_, k)| lost.contains(k)) {
        if in_force(r, *id) {
            return Err(format!("the grant of block {}, signed by a lost card, is honoured", id.short()));
        }
    }
    Ok(())
}

/// What a card signed opens only what those wrote who issued that patient a card or saw one opened.
pub(crate) fn cards_open_their_own(r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
    let mut recognised: BTreeSet<(PatientId, OrgId)> = BTreeSet::new();
    for b in all.values().filter(|b| b.signed.header.kind == Kind::Consent) {
        let h = &b.signed.header;
        let e = consent::parse(b.content(), h.log, h.seq).map_err(|e| e.to_string())?;
        let wish: consent::Wish = e.act.read(1 << 14).map_err(|e| e.to_string())?;
        if matches!(wish.act, Act::CardIssue(_) | Act::CardAccept) {
            recognised.extend(r.org_of(h.log).map(|o| (e.patient, o)));
        }
    }
    for patient in r.consenting() {
        for s in consent::standing(r.consents(patient), r, Moment::exact(u64::MAX / 2)) {
            if let Some(o) = s.custodians.iter().find(|o| s.by_card && !recognised.contains(&(patient, **o)))
            {
                return Err(format!("a card that {} never saw opens what it wrote", o.short()));
            }
        }
    }
    Ok(())
}

/// Nobody reviews what they opened themselves; every opening that is held is listed.
pub(crate) fn reviewed_by_others(r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
    let listed = r.emergencies();
    for e in &listed {
        if e.reviews.iter().any(|(n, _)| n.author == e.noted.author) {
            return Err(format!("block {} is reviewed by whoever opened it", e.noted.block.short()));
        }
    }
    let mut there = 0;
    for b in all.values().filter(|b| b.signed.header.kind == Kind::Rights) {
        let entries: Vec<Entry> = codec::decode(b.content(), 1 << 16).map_err(|e| e.to_string())?;
        there += entries.iter().filter(|e| matches!(e.deed(), Some(Deed::BreakGlass(_)))).count();
    }
    if listed.len() == there {
        Ok(())
    } else {
        Err(format!("{} of {there} emergencies are listed", listed.len()))
    }
}
