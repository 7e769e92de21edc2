use super::*;
use crate::core::id::DeviceId;

fn log(n: u8) -> LogId {
    LogId { device: DeviceId([n; 16]), incarnation: 0 }
}

fn id(n: u16) -> BlockId {
    let mut b = [0; 32];
    b[..2].copy_from_slice(&n.to_be_bytes());
    BlockId(b)
}

fn add(t: &mut Branches, l: u8, before: Option<u16>, n: u16, deps: &[u16]) {
    let deps: Vec<Dep> = deps
        .iter()
        .map(|d| {
            let p = t.place(id(*d)).unwrap();
            Dep { log: p.log, seq: p.seq, hash: id(*d) }
        })
        .collect();
    let before = before.map(|b| t.place(id(b)).unwrap());
    t.add(log(l), before, (id(n), Hlc::default(), u32::from(n), Kind::Records), &deps);
}

/// Log 1: 10 11 12 13, and 22 23 beside 12 13; log 2 names 11, then 23.
fn forked() -> Branches {
    let mut t = Branches::default();
    add(&mut t, 1, None, 10, &[]);
    add(&mut t, 1, Some(10), 11, &[]);
    add(&mut t, 2, None, 50, &[11]);
    add(&mut t, 1, Some(11), 12, &[]);
    add(&mut t, 1, Some(12), 13, &[]);
    add(&mut t, 1, Some(11), 22, &[]);
    add(&mut t, 1, Some(22), 23, &[]);
    add(&mut t, 2, Some(50), 51, &[23]);
    t
}

#[test]
fn branches_share_what_lies_below_the_fork() {
    let t = forked();
    let at = |n| t.place(id(n)).unwrap();
    assert_eq!(t.fork(log(1)), Some(2));
    assert_eq!(t.siblings(log(1), 2).count(), 2);
    assert!(t.continues(at(23), at(11)) && !t.continues(at(23), at(12)));
    assert_eq!(t.common(at(13), at(23)), Some(1));
    assert_eq!(t.common(at(12), at(13)), Some(2));
    assert_eq!(t.frontier().len(), 3);
}

#[test]
fn what_is_missing_has_a_weight() {
    let t = forked();
    let at = |n| t.place(id(n)).unwrap();
    assert_eq!(t.weight((at(11), 2)), 11 + 12);
    assert_eq!(t.weight((at(22), 99)), 22 + 23);
    let all: u64 = t.missing(&[]).iter().map(|r| t.weight(*r)).sum();
    assert_eq!(all, 10 + 11 + 12 + 13 + 22 + 23 + 50 + 51);
}

#[test]
fn order_is_what_the_writer_named() {
    let t = forked();
    let at = |n| t.place(id(n)).unwrap();
    for (a, b, want) in [
        (50, 11, true),
        (50, 12, false),
        (51, 23, true),
        (51, 10, true),
        (51, 13, false),
        (11, 50, false),
        (51, 50, true),
    ] {
        assert_eq!(t.after(at(a), at(b)), want, "{a} after {b}");
    }
    // 13 was never named: the next block of log 2 does.
    assert_eq!(t.news(log(2), Some(at(51))).iter().map(|d| d.hash).collect::<Vec<_>>(), [id(13)]);
}

#[test]
fn a_peer_gets_every_branch_that_it_lacks() {
    let t = forked();
    let dep = |n: u16| {
        let p = t.place(id(n)).unwrap();
        Dep { log: p.log, seq: p.seq, hash: id(n) }
    };
    let all = t.frontier();
    assert!(t.missing(&all).is_empty());
    let ids = |heads: &[Dep]| {
        let mut out = Vec::new();
        for (from, to) in t.missing(heads) {
            out.extend((from.seq..=to).filter_map(|seq| t.id(Place { seq, ..from })));
        }
        out
    };
    assert_eq!(ids(&[dep(13), dep(51)]), [id(22), id(23)]);
    assert_eq!(ids(&[dep(22), dep(51)]), [id(12), id(13), id(23)]);
    assert_eq!(ids(&[dep(51)]).len(), 6);
    // Another branch that isn't here: both sides may be missing.
    let strange = Dep { hash: id(99), ..dep(12) };
    assert_eq!(ids(&[strange, dep(51)]).len(), 6);
}
