use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::core::{
    block::Kind,
    codec,
    id::{BlockId, DeviceId},
    time::Hlc,
};

fn log(n: u8) -> LogId {
    LogId { device: DeviceId([n; 16]), incarnation: 0 }
}

fn all(g: &Gaps) -> BTreeSet<(LogId, u64)> {
    g.ranges().flat_map(|(l, from, to)| (from..=to).map(move |s| (l, s))).collect()
}

proptest! {
    #[test]
    fn it_is_a_set_of_numbers(steps in prop::collection::vec((0u8..3, 0u64..30, any::<bool>()), 0..120)) {
        let (mut g, mut plain) = (Gaps::default(), BTreeSet::new());
        for (l, n, add) in steps {
            if add {
                g.insert(log(l), n);
                plain.insert((log(l), n));
            } else {
                g.remove(log(l), n);
                plain.remove(&(log(l), n));
            }
        }
        prop_assert_eq!(all(&g), plain.clone());
        prop_assert_eq!(g.len(), plain.len() as u64);
        for l in 0..3 {
            for n in 0..31 {
                prop_assert_eq!(g.contains(log(l), n), plain.contains(&(log(l), n)));
            }
        }
        let bytes = codec::encode(&g);
        prop_assert_eq!(codec::decode::<Gaps>(&bytes, 1 << 16).unwrap(), g.clone());
        for most in 1..8 {
            let fewer = g.clone().at_most(most);
            prop_assert!(all(&fewer).is_superset(&plain), "never less");
            let logs: BTreeSet<LogId> = plain.iter().map(|(l, _)| *l).collect();
            prop_assert!(fewer.ranges().count() <= most.max(logs.len()));
        }
    }

    #[test]
    fn sets_are_added_and_taken_out(
        a in prop::collection::btree_set((0u8..2, 0u64..25), 0..30),
        b in prop::collection::btree_set((0u8..2, 0u64..25), 0..30),
    ) {
        let of = |s: &BTreeSet<(u8, u64)>| {
            let mut g = Gaps::default();
            s.iter().for_each(|(l, n)| g.insert(log(*l), *n));
            g
        };
        let (mut sum, mut rest) = (of(&a), of(&a));
        sum.extend(&of(&b));
        rest.subtract(&of(&b));
        prop_assert_eq!(&sum, &of(&a.union(&b).copied().collect()));
        prop_assert_eq!(&rest, &of(&a.difference(&b).copied().collect()));
    }
}

#[test]
fn one_form_only() {
    let bytes = |w: Vec<(LogId, Vec<(u64, u64)>)>| codec::encode(&w);
    let read = |b: Vec<u8>| codec::decode::<Gaps>(&b, 1 << 24).is_ok();
    assert!(read(bytes(vec![(log(1), vec![(0, 2), (3, 1)])])));
    assert!(!read(bytes(vec![(log(1), vec![])])), "a log without a range");
    assert!(!read(bytes(vec![(log(1), vec![(0, 2), (0, 1)])])), "ranges that touch");
    assert!(!read(bytes(vec![(log(1), vec![(0, 0)])])), "an empty range");
    assert!(!read(bytes(vec![(log(2), vec![(0, 1)]), (log(1), vec![(0, 1)])])), "logs out of order");
    assert!(!read(bytes(vec![(log(1), vec![(u64::MAX, 2)])])), "past the last number");
    assert!(!read(bytes(vec![(log(1), vec![(1, 1); MAX_RUNS + 1])])), "too many");
    let mut last = Gaps::default();
    last.insert(log(1), u64::MAX);
    assert!(last.is_empty() || all(&last).is_empty());
}

#[test]
fn a_later_word_counts_and_an_older_one_takes_nothing_back() {
    let mut tree = Branches::default();
    let id = |n: u8| BlockId([n; 32]);
    let mut before = None;
    for n in 0..4 {
        before = Some(tree.add(log(1), before, (id(n), Hlc::default(), 0, Kind::Records), &[]));
    }
    let holding = |seq: u64, waits: &[u64]| {
        let mut g = Gaps::default();
        waits.iter().for_each(|n| g.insert(log(1), *n));
        Holding { heads: vec![Dep { log: log(1), seq, hash: id(seq as u8) }], waits: g }
    };
    let (early, late) = (holding(1, &[0, 1]), holding(3, &[1, 2]));
    assert_eq!(still_waiting(&early, &late, &tree), late.waits);
    assert_eq!(still_waiting(&late, &early, &tree), late.waits, "a stick that comes late");
    let none = Holding::default();
    assert_eq!(still_waiting(&none, &late, &tree), late.waits);
    // A fork: neither knows what the other has of it.
    let fork =
        tree.add(log(1), Some(tree.place(id(0)).unwrap()), (id(9), Hlc::default(), 0, Kind::Records), &[]);
    assert_eq!(fork.seq, 1);
    let mut other = holding(1, &[1]);
    other.heads[0].hash = id(9);
    let both = still_waiting(&late, &other, &tree);
    assert!(both.contains(log(1), 1) && both.contains(log(1), 2));
}
