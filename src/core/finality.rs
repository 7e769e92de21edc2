//! Quorum arithmetic of a consortium.
//!
//! Cosigned frontiers, conflicting-cosignature proofs and offline proofs of finality are absent in this version;
//! admission of an organisation already needs the quorum below.

/// How many of `n` organisations may lie or be lost without harm: f = ⌊(n−1)/3⌋.
pub fn tolerated(n: usize) -> usize {
    n.saturating_sub(1) / 3
}

/// How many of `n` organisations must agree: q = ⌈(n+f+1)/2⌉. Two quorums always share an honest organisation.
pub fn quorum(n: usize) -> usize {
    (n + tolerated(n) + 1).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_quorums_share_more_than_the_liars() {
        for n in 1..=100 {
            let (f, q) = (tolerated(n), quorum(n));
            assert!(2 * q > n + f, "n={n}");
            assert!(q <= n, "n={n}");
        }
        assert_eq!((quorum(1), quorum(2), quorum(4), quorum(7)), (1, 2, 3, 5));
    }
}
