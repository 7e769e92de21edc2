use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::core::{id::DeviceId, trust::Moment};

fn log(n: u8) -> LogId {
    LogId { device: DeviceId([n; 16]), incarnation: 0 }
}

fn entry(act: &Act) -> Entry {
    let key = SigningKey::from_bytes(&[1; 32]);
    let patient = PatientId([7; 16]);
    let act = Authored::new(&key, DOMAIN, &[&patient.0], &Wish::of_patient(act.clone()));
    Entry { patient, act, card: None }
}

fn grant(n: u8, to: u8) -> Grant {
    Grant {
        id: GrantId([n; 16]),
        to: Grantee::Org(OrgId([to; 16])),
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General],
        from: 0,
        until: None,
        parent: None,
        delegable: true,
    }
}

fn recorded(l: u8, seq: u64, act: Act) -> Recorded {
    let mut block = [l; 32];
    block[1] = seq as u8;
    let (time, author) = (Hlc::default(), StaffId([1; 16]));
    let by = By::Patient;
    Recorded { block: BlockId(block), log: log(l), seq, time, author, card: None, by, act, change: vec![] }
}

/// Order given as a set of pairs; blocks of one log follow each other. Log 1 to 9 are organisation 1's, each later log
/// is that of the organisation with its number.
#[derive(Default)]
struct Known(BTreeSet<((u8, u8), (u8, u8))>);

impl Order for Known {
    fn after(&self, a: BlockId, b: BlockId) -> bool {
        let at = |x: BlockId| (x.0[0], x.0[1]);
        (a.0[0] == b.0[0] && a.0[1] > b.0[1]) || self.0.contains(&(at(a), at(b)))
    }
    fn trusted(&self, block: BlockId, _: StaffId) -> bool {
        block.0[0] != 66
    }
    fn org_of(&self, log: LogId) -> Option<OrgId> {
        let n = log.device.0[0];
        Some(OrgId([if n < 10 || n == 66 { 1 } else { n }; 16]))
    }
}

fn at(t: Millis) -> Moment {
    Moment::exact(t)
}

#[test]
fn golden_change() {
    let e = entry(&Act::Grant(grant(1, 2)));
    crate::testing::golden("consent_change_v0.hex", &hex::encode(change(&e, log(1), 5).unwrap()));
}

#[test]
fn a_change_stands_alone_and_merges_in_any_order() {
    let a = change(&entry(&Act::Grant(grant(1, 2))), log(1), 0).unwrap();
    let b = change(&entry(&Act::Revoke(GrantId([1; 16]))), log(2), 9).unwrap();
    assert_eq!(parse(&a, log(1), 0).unwrap(), entry(&Act::Grant(grant(1, 2))));
    let p = PatientId([7; 16]);
    let mut ab = merge(p, [&a[..], &b].into_iter()).unwrap();
    let mut ba = merge(p, [&b[..], &a].into_iter()).unwrap();
    assert_eq!(heads(&mut ab), heads(&mut ba));
    assert_eq!(heads(&mut ab).len(), 2);
}

#[test]
fn a_change_of_another_block_or_shape_is_refused() {
    let e = entry(&Act::Revoke(GrantId([1; 16])));
    let good = change(&e, log(1), 0).unwrap();
    assert_eq!(parse(&good, log(1), 1), Err(BadChange::Shape), "copied into another block");
    // A change that deletes another's entry.
    let mut doc = merge(e.patient, [&good[..]].into_iter()).unwrap();
    doc.set_actor(actor(log(2), 0, b""));
    let (_, entries) = doc.get(ROOT, "entries").unwrap().unwrap();
    doc.delete(&entries, actor(log(1), 0, &codec::encode(&e)).to_hex_string()).unwrap();
    doc.commit_with(CommitOptions::default().with_time(0));
    let evil = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(parse(&evil, log(2), 0), Err(BadChange::Entry), "no entry where one lies");
    // A compressed chunk is not even opened.
    let mut compressed = good.clone();
    compressed[8] = 2;
    assert_eq!(parse(&compressed, log(1), 0), Err(BadChange::Chunk));
    assert_eq!(parse(&vec![0; MAX_PAYLOAD + 1], log(1), 0), Err(BadChange::TooLong(MAX_PAYLOAD + 1)));
}

#[test]
fn no_flipped_byte_passes_or_panics() {
    let e = entry(&Act::Grant(grant(1, 2)));
    let good = change(&e, log(1), 0).unwrap();
    for i in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[i] ^= 1 << bit;
            assert!(parse(&bad, log(1), 0).is_err(), "byte {i} bit {bit}");
        }
    }
}

#[test]
fn revocation_wins_over_what_is_concurrent_and_not_over_what_follows() {
    let stop = recorded(1, 5, Act::RevokeAll(Scope::Grantee(OrgId([2; 16]))));
    let concurrent = recorded(2, 3, Act::Grant(grant(1, 2)));
    let later = recorded(2, 8, Act::Grant(grant(2, 2)));
    let elsewhere = recorded(2, 4, Act::Grant(grant(3, 4)));
    let order = Known(BTreeSet::from([((2, 8), (1, 5))]));
    let all = standing(&[stop, concurrent, later, elsewhere], &order, at(1));
    let ended: Vec<_> = all.iter().map(|s| s.ended).collect();
    assert_eq!(ended, [Some(Ended::Revoked), None, None]);
}

#[test]
fn past_a_fork_restrictions_count_and_permissions_do_not() {
    let g = recorded(66, 1, Act::Grant(grant(1, 2)));
    assert_eq!(standing(&[g], &Known::default(), at(1))[0].ended, Some(Ended::Untrusted));
    let g = recorded(1, 1, Act::Grant(grant(1, 2)));
    let r = recorded(66, 1, Act::Revoke(GrantId([1; 16])));
    assert_eq!(standing(&[g, r], &Known::default(), at(1))[0].ended, Some(Ended::Revoked));
}

#[test]
fn time_and_parents_bound_a_grant() {
    // Organisation 1 delegates what it was granted.
    let mut g = grant(1, 1);
    (g.from, g.until) = (10, Some(20));
    let mut child = grant(2, 3);
    (child.from, child.until, child.parent) = (12, Some(20), Some(g.id));
    let mut wide = grant(3, 3);
    (wide.from, wide.parent) = (12, Some(g.id));
    let all =
        [recorded(1, 0, Act::Grant(g)), recorded(1, 1, Act::Grant(child)), recorded(1, 2, Act::Grant(wide))];
    let ended = |t| standing(&all, &Known::default(), at(t)).iter().map(|s| s.ended).collect::<Vec<_>>();
    assert_eq!(ended(5), [Some(Ended::NotYet), Some(Ended::NotYet), Some(Ended::Parent)]);
    assert_eq!(
        ended(15),
        [None, None, Some(Ended::Parent)],
        "a child that allows longer than its parent is void"
    );
    assert_eq!(ended(20), [Some(Ended::Expired), Some(Ended::Expired), Some(Ended::Parent)]);
}

#[test]
fn a_grant_with_the_same_name_takes_nothing_from_what_was_delegated() {
    // Organisation 50 lets 60 pass on what it may read, and 60 lets 70 read it.
    let (mut g, mut child) = (grant(1, 60), grant(2, 70));
    (g.until, child.parent, child.until) = (Some(20), Some(g.id), Some(20));
    let mut all = vec![recorded(50, 0, Act::Grant(g.clone())), recorded(60, 0, Act::Grant(child))];
    let child = |all: &[Recorded], t| {
        let all = standing(all, &Known::default(), at(t));
        all.into_iter().find(|s| s.grant.parent.is_some()).unwrap()
    };
    assert_eq!((child(&all, 5).ended, child(&all, 5).custodians), (None, vec![OrgId([50; 16])]));
    // Organisation 1 records another under the same identifier, for longer.
    g.until = Some(90);
    all.push(recorded(1, 0, Act::Grant(g.clone())));
    assert_eq!(child(&all, 5).ended, None);
    assert_eq!(child(&all, 5).custodians, [OrgId([1; 16]), OrgId([50; 16])]);
    // What one of them no longer opens isn't opened by the other.
    let effective = Effective::of(&all, &Known::default());
    let opens = |custodian: u8, t| {
        let (org, whose) = ((OrgId([70; 16]), Role::Nurse), OrgId([custodian; 16]));
        !effective.allowing(whose, org, Purpose::Treatment, Compartment::General, at(t)).is_empty()
    };
    assert!(opens(50, 5) && opens(1, 5) && !opens(2, 5));
    all.push(recorded(50, 1, Act::RevokeAll(Scope::Grantee(OrgId([60; 16])))));
    let effective = Effective::of(&all, &Known::default());
    let org = (OrgId([70; 16]), Role::Nurse);
    let still = |whose: u8| {
        !effective
            .allowing(OrgId([whose; 16]), org, Purpose::Treatment, Compartment::General, at(5))
            .is_empty()
    };
    assert!(!still(50));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn garbage_is_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(parse(&bytes, log(1), 0).is_err());
        let mut chunk = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, 1];
        chunk.extend(bytes);
        prop_assert!(parse(&chunk, log(1), 0).is_err());
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(seed in 0usize..24) {
        let mut all = vec![
            recorded(1, 0, Act::Grant(grant(1, 2))),
            recorded(2, 0, Act::RevokeAll(Scope::Grantee(OrgId([2; 16])))),
            recorded(3, 0, Act::Grant(grant(2, 2))),
            recorded(1, 1, Act::Grant(grant(3, 4))),
        ];
        let set = |v: &[Recorded]| {
            let mut s: Vec<_> = standing(v, &Known::default(), at(1)).iter().map(|s| (s.grant.id, s.ended)).collect();
            s.sort_by_key(|x| x.0);
            s
        };
        let before = set(&all);
        let mut s = seed;
        for i in (1..all.len()).rev() {
            all.swap(i, s % (i + 1));
            s /= i + 1;
        }
        prop_assert_eq!(before, set(&all));
    }
}

#[test]
fn whoever_writes_an_entry_it_is_found_in_its_change() {
    // A byte of the writer's name may read as a length: then an entry seems to begin earlier than it does.
    let act = Act::Grant(grant(1, 2));
    for byte in 0..=u8::MAX {
        for place in 8..16 {
            let mut e = entry(&act);
            let mut author = [0x55; 16];
            author[place] = byte;
            e.act.author = StaffId(author);
            let change = change(&e, log(3), 9).unwrap();
            assert_eq!(parse(&change, log(3), 9), Ok(e.clone()), "byte {byte} at {place}");
            assert_eq!(entry_of(&change), Ok(e));
        }
    }
}
