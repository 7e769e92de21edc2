use super::*;
use crate::{
    core::{
        consent::{Act, Entry, Grant, Grantee, Scope},
        governance::Role,
        id::{GrantId, PatientId},
        policy::Purpose,
        record::Compartment,
        sign::Authored,
    },
    testing::{Desk, consortium},
};

const PATIENT: PatientId = PatientId([7; 16]);

fn consent(d: &mut Desk, act: Act) -> Block {
    let scope: [&[u8]; 2] = [&d.replica.governance().consortium().0.clone(), &PATIENT.0];
    let entry = Entry { patient: PATIENT, act: Authored::new(&d.nurse, consent::DOMAIN, &scope, &act) };
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
fn a_block_of_nobody_certified_is_refused() {
    let [a, _, mut b] = consortium();
    let mut r = a.replica.clone();
    let block = audit(&mut b);
    assert_eq!(r.accept(&block), Err(Invalid::UnknownDevice(b.log.device)));
}

#[test]
fn a_fork_is_proven_and_ends_permissions_but_not_restrictions() {
    let [mut a, a2, b] = consortium();
    let mut thief = a.clone();
    let honest = audit(&mut a);
    let forged = consent(&mut thief, grant(1, b.org));
    assert_eq!(a.replica.accept(&forged), Err(Invalid::Fork(a.log, 1)));
    let f = a.replica.forks().next().unwrap().clone();
    assert_eq!((f.seq, f.held), (1, honest.signed.header.id()));
    assert!(!a.replica.trusted((a.log, 1)) && a.replica.trusted((a.log, 0)));
    // One that met the thief first: the grant stands until the proof comes.
    let mut other = a2.replica.clone();
    give(&[first(&thief), forged], &mut other);
    assert_eq!(consent::standing(other.consents(PATIENT), &other, 9)[0].ended, None);
    assert!(matches!(other.accept(&honest), Err(Invalid::Fork(..))));
    assert_eq!(
        consent::standing(other.consents(PATIENT), &other, 9)[0].ended,
        Some(consent::Ended::Untrusted)
    );
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
        let s = consent::standing(r.consents(PATIENT), r, 9);
        assert_eq!(s.len(), 1);
        assert_eq!(s[0].ended, Some(consent::Ended::Revoked));
    }
    // A grant by one who knows of the stop is a new decision.
    let again = consent(&mut a2, grant(3, b.org));
    give(&[again], &mut a.replica);
    let s = consent::standing(a.replica.consents(PATIENT), &a.replica, 9);
    assert_eq!(s.iter().filter(|s| s.ended.is_none()).count(), 1);
}

#[test]
fn consent_signed_by_anothers_staff_is_refused() {
    let [mut a, _, b] = consortium();
    give(&[first(&b)], &mut a.replica);
    let mut evil = a.clone();
    evil.nurse = b.nurse.clone();
    let scope: [&[u8]; 2] = [&evil.replica.governance().consortium().0.clone(), &PATIENT.0];
    let act = Authored::new(&evil.nurse, consent::DOMAIN, &scope, &grant(1, b.org));
    let bytes = consent::change(&Entry { patient: PATIENT, act }, evil.log, 1).unwrap();
    let block = evil.unchecked(Kind::Consent, bytes);
    assert!(matches!(a.replica.accept(&block), Err(Invalid::Content("consent", _))));
    assert_ne!(evil.nurse_id(), consortium()[0].nurse_id());
}

#[test]
fn missing_ranges_are_what_the_other_lacks() {
    let [mut a, _, b] = consortium();
    audit(&mut a);
    audit(&mut a);
    assert_eq!(a.replica.missing_for(&b.replica.frontier()), [(a.log, 0, 2)]);
    let mut f = a.replica.frontier();
    assert!(a.replica.missing_for(&f).is_empty());
    f[0].seq = 0;
    f[0].hash = a.replica.id_at(a.log, 0).unwrap();
    assert_eq!(a.replica.missing_for(&f), [(a.log, 1, 2)]);
}

#[test]
fn what_was_kept_is_loaded_again_without_verifying() {
    let [mut a, _, b] = consortium();
    let blocks = [first(&a), consent(&mut a, grant(1, b.org)), audit(&mut a)];
    let mut r = Replica::new(a.replica.governance().genesis().clone(), &[]).unwrap();
    for x in &blocks {
        r.reload(&x.signed, x.signed.header.id(), Some(&x.payload)).unwrap();
    }
    assert_eq!(r.frontier(), a.replica.frontier());
    assert_eq!(r.consents(PATIENT), a.replica.consents(PATIENT));
    assert!(r.reload(&blocks[0].signed, blocks[0].signed.header.id(), None).is_err());
}

#[test]
fn an_incarnation_that_nobody_certified_opens_no_log() {
    let [mut a, ..] = consortium();
    let mut other = a.clone();
    other.log.incarnation = 1;
    let block = other.unchecked(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    assert_eq!(a.replica.accept(&block), Err(Invalid::Incarnation(other.log)));
    assert_eq!(audit(&mut a).signed.header.seq, 1);
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
        Block { payload: Payload { salt: [0; 32], bytes: vec![] }, signed: honest.sign(&b.ledger) },
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
