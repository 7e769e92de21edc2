use super::*;

#[test]
fn two_quorums_share_more_than_the_liars() {
    for n in 1..=100 {
        let (f, q) = (tolerated(n), quorum(n));
        assert!(2 * q > n + f, "n={n}");
        assert!(q <= n - f.min(n - 1), "without the liars there is still a quorum, n={n}");
    }
    assert_eq!((quorum(1), quorum(2), quorum(4), quorum(7)), (1, 2, 3, 5));
}

#[test]
fn a_path_leads_to_the_root_and_no_other_does() {
    use crate::core::id::DeviceId;
    let dep = |n: u8| Dep {
        log: LogId { device: DeviceId([n; 16]), incarnation: 0 },
        seq: u64::from(n),
        hash: BlockId([n; 32]),
    };
    for size in 1..20u8 {
        let heads: Vec<Dep> = (0..size).map(dep).collect();
        let r = root(&heads);
        for i in 0..usize::from(size) {
            let mut p = path(&heads, i);
            assert_eq!(root_of_path(&heads[i], i, heads.len(), &p), Some(r));
            assert_ne!(root_of_path(&dep(99), i, heads.len(), &p), Some(r));
            p.push([0; 32]);
            assert_ne!(root_of_path(&heads[i], i, heads.len(), &p), Some(r));
        }
        assert_eq!(root_of_path(&dep(0), usize::from(size), usize::from(size), &[]), None);
    }
}
