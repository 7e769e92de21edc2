use ed25519_dalek::SigningKey;

use super::*;
use crate::{
    core::{
        consent::{Act, Entry, Grant, Grantee, Scope, Wish},
        governance::Role,
        id::{GrantId, PatientId},
        policy::Purpose,
        record::Compartment,
        sign::Authored,
    },
    core::{
        governance::{Claim, DeviceCert, DeviceRequest, StaffCert, StaffRequest, Suspended, Suspension},
        trust::{Doubt, Moment},
    },
    testing::{Desk, consortium, key},
};

const PATIENT: PatientId = PatientId([7; 16]);

fn consent(d: &mut Desk, act: Act) -> Block {
    let scope: [&[u8]; 2] = [&d.replica.governance().consortium().0.clone(), &PATIENT.0];
    let act = Authored::new(&d.nurse, consent::DOMAIN, &scope, &Wish::of_patient(act));
    let entry = Entry { patient: PATIENT, act, card: None };
    let seq = d.replica.head(d.log).map_or(0, |h| h.seq + 1);
    let bytes = consent::change(&entry, d.log, seq).unwrap();
    d.write(Kind::Consent, bytes)
}

fn grant(n: u8, to: OrgId) -> Act {
    Act::Grant(Grant {
        id: GrantId([n; 16]),
        to: Grantee::Role(to, Role::Nurse),
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General],
        from: 0,
        until: None,
        parent: None,
        delegable: false,
    })
}

fn audit(d: &mut Desk) -> Block {
    d.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()))
}

/// Gives `to` all that `from` holds, from a list of all blocks.
fn give(all: &[Block], to: &mut Replica) {
    for b in all {
        let _ = to.accept(b);
    }
}

fn first(d: &Desk) -> Block {
    d.first()
}

#[test]
fn a_statement_that_was_changed_on_the_way_is_called_that() {
    let [a, ..] = consortium();
    let good = a.colleague(1);
    for at in 0..good.payload.as_ref().map_or(0, |p| p.bytes.len()) {
        let mut bad = good.clone();
        bad.payload.as_mut().unwrap().bytes[at] ^= 1;
        let said = a.replica.clone().accept(&bad).unwrap_err();
        assert!(said == Invalid::PayloadCommit && said.is_forged(), "byte {at}: {said}");
    }
    // What its writer really signed is refused as it reads.
    assert!(matches!(a.replica.clone().accept(&good), Ok(Accepted::New(_))));
}

#[test]
fn acceptance_depends_on_the_set_and_not_on_the_order() {
    let [mut a, _, mut b] = consortium();
    let mut blocks = vec![first(&a), first(&b)];
    blocks.push(audit(&mut a));
    give(&blocks, &mut b.replica);
    blocks.push(audit(&mut b));
    give(&blocks, &mut a.replica);
    blocks.push(consent(&mut a, grant(1, b.org)));
    let genesis = a.replica.governance().genesis().clone();
    let mut frontiers = Vec::new();
    for shift in 0..blocks.len() {
        let mut r = Replica::new(genesis.clone(), &[]).unwrap();
        let mut order = blocks.clone();
        order.rotate_left(shift);
        // Refused for now is not refused for good: offered again, everything gets in.
        for _ in 0..blocks.len() {
            give(&order, &mut r);
        }
        frontiers.push((r.frontier(), r.consents(PATIENT).to_vec()));
    }
    assert!(frontiers.windows(2).all(|w| w[0] == w[1]));
    assert_eq!(frontiers[0].0.len(), 2);
    assert_eq!(frontiers[0].1.len(), 1);
}

#[test]
fn a_number_that_somebody_made_up_is_refused_at_once() {
    let [mut a, ..] = consortium();
    let honest = a.unchecked(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    for seq in [7, (1 << 63) - 1, 1 << 63, u64::MAX] {
        for prev in [None, honest.signed.header.prev] {
            let header = Header { seq, prev, skip: None, ..honest.signed.header.clone() };
            let block = Block { signed: header.sign(&a.ledger), payload: honest.payload.clone() };
            let want = u64::from(prev.is_some());
            assert_eq!(a.replica.accept(&block), Err(Invalid::Sequence { got: seq, want }));
        }
    }
}

#[test]
fn a_block_of_nobody_certified_is_refused() {
    let [a, _, mut b] = consortium();
    let mut r = a.replica.clone();
    let block = audit(&mut b);
    assert_eq!(r.accept(&block), Err(Invalid::UnknownDevice(b.log.device)));
}

/// The standing of everything that the patient allows, as this node sees it.
fn ended(r: &Replica) -> Vec<Option<consent::Ended>> {
    consent::standing(r.consents(PATIENT), r, Moment::exact(9)).iter().map(|s| s.ended).collect()
}

#[test]
fn a_fork_is_proven_and_ends_permissions_but_not_restrictions() {
    let [mut a, a2, b] = consortium();
    let mut thief = a.clone();
    let honest = audit(&mut a);
    let forged = consent(&mut thief, grant(1, b.org));
    assert!(matches!(a.replica.accept(&forged), Ok(Accepted::New(_))), "both sides are kept");
    let f = a.replica.forks().next().unwrap();
    let mut both = vec![honest.signed.header.id(), forged.signed.header.id()];
    both.sort();
    assert_eq!((f.seq, f.blocks), (1, both));
    assert_eq!(ended(&a.replica), [Some(consent::Ended::Untrusted)]);
    // One that met the thief first: the grant stands until the proof comes.
    let mut other = a2.replica.clone();
    give(&[first(&thief), forged], &mut other);
    assert_eq!(ended(&other), [None]);
    give(&[honest], &mut other);
    assert_eq!(ended(&other), [Some(consent::Ended::Untrusted)]);
    // What is held is the same, whichever side came first.
    let mut one = a.replica.clone();
    give(&[first(&a2)], &mut one);
    let sorted = |r: &Replica| {
        let mut f = r.frontier();
        f.sort();
        f
    };
    assert_eq!(sorted(&one), sorted(&other));
    // A restriction counts from either side.
    let stop = consent(&mut thief, Act::Revoke(GrantId([1; 16])));
    give(&[stop], &mut other);
    assert_eq!(ended(&other), [Some(consent::Ended::Revoked)]);
}

#[test]
fn a_suspension_cuts_off_what_comes_later_and_an_adoption_gives_it_back() {
    let [mut a, mut a2, b] = consortium();
    let before = consent(&mut a, grant(1, b.org));
    let mut thief = a.clone();
    let c = a.replica.governance().consortium();
    let upto = vec![Dep { log: a.log, seq: 1, hash: before.signed.header.id() }];
    let suspend = Suspension::new(c, Suspended::Device(a.log.device), upto, &key(1));
    give(&[first(&a), before.clone()], &mut a2.replica);
    a2.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(suspend)]));
    // The thief dates it back and doesn't know of the suspension.
    thief.set_clock(0);
    let later = consent(&mut thief, grant(2, b.org));
    give(std::slice::from_ref(&later), &mut a2.replica);
    assert_eq!(ended(&a2.replica), [None, Some(consent::Ended::Untrusted)]);
    let quarantined: Vec<_> = a2.replica.quarantine().map(|(id, _, why)| (id, why)).collect();
    assert_eq!(quarantined, [(later.signed.header.id(), Doubt::Cutoff)]);
    // Not by anyone: by a clinician of the same organisation.
    let adopt = |who: &SigningKey| {
        let a = Adoption::new(c, vec![later.signed.header.id()], who);
        codec::encode(&vec![Statement::Adopt(a)])
    };
    let by_nurse = adopt(&a2.nurse.clone());
    a2.write(Kind::Governance, by_nurse);
    assert_eq!(a2.replica.quarantine().count(), 1);
    let clinician = key(99);
    let request = StaffRequest::new(a2.org, "Doctor", Role::Clinician, &clinician);
    let cert = Statement::Staff(StaffCert::new(request, &key(1)));
    a2.write(Kind::Governance, codec::encode(&vec![cert]));
    a2.write(Kind::Governance, adopt(&clinician));
    assert_eq!(ended(&a2.replica), [None, None]);
    // A restriction counts from the thief's hand too, and another organisation's word changes nothing.
    let alien = Suspension::new(c, Suspended::Device(a.log.device), vec![], &key(2));
    a2.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(alien)]));
    assert_eq!(ended(&a2.replica), [None, None]);
    let revoke = consent(&mut thief, Act::Revoke(GrantId([1; 16])));
    give(&[revoke], &mut a2.replica);
    assert_eq!(ended(&a2.replica), [Some(consent::Ended::Revoked), None]);
}

#[test]
fn whoever_works_for_two_organisations_counts_in_each() {
    let [mut a, _, mut b] = consortium();
    give(&[first(&b)], &mut a.replica);
    give(&[first(&a)], &mut b.replica);
    // Which certificate comes last in some order must not matter: each certifies the other's nurse too.
    let certs = [(b.org, &a.nurse, 2), (a.org, &b.nurse, 1)].map(|(org, nurse, root)| {
        Statement::Staff(StaffCert::new(
            StaffRequest::new(org, "Visitor", Role::Clinician, nurse),
            &key(root),
        ))
    });
    let statements = b.write(Kind::Governance, codec::encode(&certs.to_vec()));
    give(&[statements], &mut a.replica);
    let (own, others) = (audit(&mut a), audit(&mut b));
    give(std::slice::from_ref(&others), &mut a.replica);
    for who in [a.nurse_id(), b.nurse_id()] {
        for block in [&own, &others] {
            assert!(a.replica.trusted(block.signed.header.id(), who));
        }
    }
    // One of the two ends it: from then on, there, it counts no more.
    let upto = vec![Dep { log: b.log, seq: 0, hash: first(&b).signed.header.id() }];
    let consortium = a.replica.governance().consortium();
    let ended = Suspension::new(consortium, Suspended::Staff(a.nurse_id()), upto, &key(2));
    let ended = b.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(ended)]));
    give(&[ended], &mut a.replica);
    assert!(a.replica.trusted(own.signed.header.id(), a.nurse_id()));
    assert!(!a.replica.trusted(others.signed.header.id(), a.nurse_id()));
    assert!(a.replica.trusted(others.signed.header.id(), b.nurse_id()));
}

#[test]
fn a_suspended_person_gives_no_permission_from_then_on() {
    let [mut a, _, b] = consortium();
    let early = consent(&mut a, grant(1, b.org));
    let late = consent(&mut a, grant(2, b.org));
    assert_eq!(ended(&a.replica), [None, None]);
    let upto = vec![Dep { log: a.log, seq: 1, hash: early.signed.header.id() }];
    let c = a.replica.governance().consortium();
    let s = Suspension::new(c, Suspended::Staff(a.nurse_id()), upto, &key(1));
    a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(s)]));
    assert_eq!(ended(&a.replica), [None, Some(consent::Ended::Untrusted)]);
    assert_eq!(late.signed.header.seq, 2);
}

#[test]
fn a_restored_terminal_is_heard_and_not_believed_until_it_is_certified() {
    let [mut a, mut a2, b] = consortium();
    give(&[first(&a)], &mut a2.replica);
    // The same staff at a terminal with a fresh key.
    let mut restored = a2.clone();
    let fresh = key(77);
    restored.log = LogId { device: DeviceId::of_key(fresh.verifying_key().as_bytes()), incarnation: 0 };
    restored.ledger = fresh.clone();
    let request = DeviceRequest::new(a.org, "restored", &fresh, &key(78), [9; 32]);
    let claim = Claim::new(a.org, request.clone(), &a2.nurse);
    let one = restored.write(Kind::Governance, codec::encode(&vec![Statement::Claim(claim)]));
    let two = consent(&mut restored, grant(1, b.org));
    assert_eq!(ended(&restored.replica), [Some(consent::Ended::Untrusted)]);
    give(&[first(&a2)], &mut a.replica);
    give(&[one, two], &mut a.replica);
    assert_eq!(ended(&a.replica), [Some(consent::Ended::Untrusted)]);
    let cert = Statement::Device(DeviceCert::new(request, 0, &key(1)));
    a.write(Kind::Governance, codec::encode(&vec![cert]));
    assert_eq!(ended(&a.replica), [None]);
}

#[test]
fn after_a_fork_of_its_own_a_terminal_goes_on_in_a_new_life() {
    let [mut a, mut a2, b] = consortium();
    let mut image = a.clone();
    let known = audit(&mut a);
    give(&[first(&a), known.clone()], &mut a2.replica);
    let lost = consent(&mut image, grant(1, b.org));
    give(&[known], &mut image.replica);
    let next = image.replica.log_of(image.log.device);
    assert_eq!(next.incarnation, 1);
    image.log = next;
    let reborn = consent(&mut image, grant(2, b.org));
    give(&[lost, reborn], &mut a2.replica);
    assert_eq!(ended(&a2.replica), [Some(consent::Ended::Untrusted); 2]);
    let cert = DeviceCert::new(image.cert.request.clone(), 1, &key(1));
    a2.write(Kind::Governance, codec::encode(&vec![Statement::Device(cert)]));
    assert_eq!(ended(&a2.replica), [Some(consent::Ended::Untrusted), None]);
}

#[test]
fn stop_sharing_kills_the_concurrent_grant_of_the_other_terminal() {
    let [mut a, mut a2, b] = consortium();
    let first_blocks = [first(&a), first(&a2)];
    give(&first_blocks, &mut a.replica);
    give(&first_blocks, &mut a2.replica);
    let stop = consent(&mut a, Act::RevokeAll(Scope::Grantee(b.org)));
    let regrant = consent(&mut a2, grant(2, b.org));
    give(&[regrant], &mut a.replica);
    give(&[stop], &mut a2.replica);
    for r in [&a.replica, &a2.replica] {
        assert_eq!(ended(r), [Some(consent::Ended::Revoked)]);
    }
    // A grant by one who knows of the stop is a new decision.
    let again = consent(&mut a2, grant(3, b.org));
    give(&[again], &mut a.replica);
    assert_eq!(ended(&a.replica).iter().filter(|e| e.is_none()).count(), 1);
}

#[test]
fn consent_signed_by_anothers_staff_gives_nothing() {
    let [mut a, _, b] = consortium();
    give(&[first(&b)], &mut a.replica);
    let mut evil = a.clone();
    evil.nurse = b.nurse.clone();
    let scope: [&[u8]; 2] = [&evil.replica.governance().consortium().0.clone(), &PATIENT.0];
    let act = Authored::new(&evil.nurse, consent::DOMAIN, &scope, &Wish::of_patient(grant(1, b.org)));
    let bytes = consent::change(&Entry { patient: PATIENT, act, card: None }, evil.log, 1).unwrap();
    let block = evil.unchecked(Kind::Consent, bytes);
    assert!(matches!(a.replica.accept(&block), Ok(Accepted::New(_))));
    assert_eq!(ended(&a.replica), [Some(consent::Ended::Untrusted)]);
    // Somebody whom nobody knows: refused for now.
    evil.nurse = key(250);
    let act = Authored::new(&evil.nurse, consent::DOMAIN, &scope, &Wish::of_patient(grant(2, b.org)));
    let bytes = consent::change(&Entry { patient: PATIENT, act, card: None }, evil.log, 1).unwrap();
    let block = evil.unchecked(Kind::Consent, bytes);
    assert!(matches!(a.replica.accept(&block), Err(Invalid::UnknownStaff(_))));
}

#[test]
fn missing_ranges_are_what_the_other_lacks() {
    let [mut a, _, b] = consortium();
    audit(&mut a);
    audit(&mut a);
    let trunk = |seq| Place { log: a.log, branch: 0, seq };
    assert_eq!(a.replica.missing_for(&b.replica.frontier()), [(trunk(0), 2)]);
    let mut f = a.replica.frontier();
    assert!(a.replica.missing_for(&f).is_empty());
    f[0].seq = 0;
    f[0].hash = a.replica.id_at(a.log, 0).unwrap();
    assert_eq!(a.replica.missing_for(&f), [(trunk(1), 2)]);
}

#[test]
fn what_was_kept_is_loaded_again_without_verifying() {
    let [mut a, _, b] = consortium();
    let blocks = [first(&a), consent(&mut a, grant(1, b.org)), audit(&mut a)];
    let mut r = Replica::new(a.replica.governance().genesis().clone(), &[]).unwrap();
    for x in &blocks {
        r.reload(&x.signed, x.signed.header.id(), x.payload.as_ref()).unwrap();
    }
    assert_eq!(r.frontier(), a.replica.frontier());
    assert_eq!(r.consents(PATIENT), a.replica.consents(PATIENT));
    assert!(r.reload(&blocks[0].signed, blocks[0].signed.header.id(), None).is_err());
}

#[test]
fn order_follows_references_whatever_the_clocks_say() {
    let [mut a, _, mut b] = consortium();
    let mut blocks = vec![first(&a), first(&b)];
    give(&blocks, &mut a.replica);
    a.set_clock(9_000_000_000);
    let ahead = audit(&mut a);
    give(&[blocks[0].clone(), ahead.clone()], &mut b.replica);
    // B doesn't follow A's clock, but refers to its block.
    b.set_clock(2_000);
    let mut honest = b.unchecked(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new())).signed.header;
    honest.time.millis = 2_001;
    blocks.extend([
        ahead,
        Block { payload: Some(Payload { salt: [0; 32], bytes: vec![] }), signed: honest.sign(&b.ledger) },
    ]);
    blocks.reverse();
    let order: Vec<_> = causal_order(blocks, |b| &b.signed.header)
        .iter()
        .map(|b| (b.signed.header.log, b.signed.header.seq))
        .collect();
    let at = |log, seq| order.iter().position(|x| *x == (log, seq)).unwrap();
    assert!(at(a.log, 0) < at(a.log, 1) && at(a.log, 1) < at(b.log, 1) && at(b.log, 0) < at(b.log, 1));
    assert_eq!(order.len(), 4);
}
