use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::core::id::DeviceId;

fn log(n: u8) -> LogId {
    LogId { device: DeviceId([n; 16]), incarnation: 0 }
}

fn entry(act: &Act) -> Entry {
    let key = SigningKey::from_bytes(&[1; 32]);
    let patient = PatientId([7; 16]);
    Entry { patient, act: Authored::new(&key, DOMAIN, &[&patient.0], act) }
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
    }
}

fn recorded(l: u8, seq: u64, act: Act) -> Recorded {
    Recorded { log: log(l), seq, time: Hlc::default(), org: OrgId([1; 16]), act, change: vec![] }
}

/// Order given as a set of pairs; blocks of one log follow each other.
#[derive(Default)]
struct Known(BTreeSet<((LogId, u64), (LogId, u64))>);

impl Order for Known {
    fn after(&self, a: (LogId, u64), b: (LogId, u64)) -> bool {
        (a.0 == b.0 && a.1 > b.1) || self.0.contains(&(a, b))
    }
    fn trusted(&self, at: (LogId, u64)) -> bool {
        at.0 != log(66)
    }
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
    doc.set_actor(actor(log(2), 0));
    let (_, entries) = doc.get(ROOT, "entries").unwrap().unwrap();
    doc.delete(&entries, actor(log(1), 0).to_hex_string()).unwrap();
    doc.commit_with(CommitOptions::default().with_time(0));
    let evil = doc.get_last_local_change().unwrap().raw_bytes().to_vec();
    assert_eq!(parse(&evil, log(2), 0), Err(BadChange::Shape));
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
    let order = Known(BTreeSet::from([((log(2), 8), (log(1), 5))]));
    let all = standing(&[stop, concurrent, later, elsewhere], &order, 1);
    let ended: Vec<_> = all.iter().map(|s| s.ended).collect();
    assert_eq!(ended, [Some(Ended::Revoked), None, None]);
}

#[test]
fn past_a_fork_restrictions_count_and_permissions_do_not() {
    let g = recorded(66, 1, Act::Grant(grant(1, 2)));
    assert_eq!(standing(&[g], &Known::default(), 1)[0].ended, Some(Ended::Untrusted));
    let g = recorded(1, 1, Act::Grant(grant(1, 2)));
    let r = recorded(66, 1, Act::Revoke(GrantId([1; 16])));
    assert_eq!(standing(&[g, r], &Known::default(), 1)[0].ended, Some(Ended::Revoked));
}

#[test]
fn time_and_parents_bound_a_grant() {
    let mut g = grant(1, 2);
    (g.from, g.until) = (10, Some(20));
    let mut child = grant(2, 3);
    (child.from, child.until, child.parent) = (12, Some(20), Some(g.id));
    let mut wide = grant(3, 3);
    (wide.from, wide.parent) = (12, Some(g.id));
    let all =
        [recorded(1, 0, Act::Grant(g)), recorded(1, 1, Act::Grant(child)), recorded(1, 2, Act::Grant(wide))];
    let at = |t| standing(&all, &Known::default(), t).iter().map(|s| s.ended).collect::<Vec<_>>();
    assert_eq!(at(5), [Some(Ended::NotYet), Some(Ended::NotYet), Some(Ended::NotYet)]);
    assert_eq!(
        at(15),
        [None, None, Some(Ended::Parent)],
        "a child that allows longer than its parent is void"
    );
    assert_eq!(at(20), [Some(Ended::Expired), Some(Ended::Expired), Some(Ended::Parent)]);
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
            let mut s: Vec<_> = standing(v, &Known::default(), 1).iter().map(|s| (s.grant.id, s.ended)).collect();
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
