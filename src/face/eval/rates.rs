//! From scores to error rates (ISO/IEC 19795-1: FMR, FNMR, and what is read off their curve).

use super::scores::{BINS, Scores, score_of};
use serde::Serialize;

/// Mismatched pairs that a claimed rate needs, times the rate: with fewer than 3, none at all would still leave the rate
/// above the claim more than once in 20 times ("rule of three", ISO/IEC 19795-1).
const RULE_OF_THREE: f64 = 3.0;

/// Error rates at every threshold.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Matched pairs with a score in this cell or above.
    same: Vec<u64>,
    /// Mismatched pairs with a score in this cell or above.
    different: Vec<u64>,
    /// Matched pairs, those without a score included.
    all_same: u64,
}

/// One threshold and what it does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Cosine from which a pair matches.
    pub threshold: f32,
    /// False match rate: mismatched pairs that match.
    pub far: f64,
    /// True accept rate: matched pairs that match.
    pub tar: f64,
}

impl Rates {
    /// From the scores of pairs.
    pub fn of(scores: &Scores) -> Self {
        let above = |bins: &[u64]| {
            let mut sums = vec![0; BINS + 1];
            for i in (0..BINS).rev() {
                sums[i] = sums[i + 1] + bins[i];
            }
            sums
        };
        let same = above(&scores.same);
        let all_same = same[0] + scores.missed;
        Self { same, different: above(&scores.different), all_same }
    }

    /// Matched pairs, those without a score included.
    pub fn same_pairs(&self) -> u64 {
        self.all_same
    }

    /// Mismatched pairs with a score.
    pub fn different_pairs(&self) -> u64 {
        self.different[0]
    }

    /// Matched pairs with at least this score.
    pub fn matched_at(&self, score: f32) -> u64 {
        self.same[cell(score)]
    }

    /// The rates at a score.
    pub fn at(&self, score: f32) -> Point {
        self.point(cell(score))
    }

    fn point(&self, cell: usize) -> Point {
        let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
        Point {
            threshold: score_of(cell),
            far: share(self.different[cell], self.different_pairs()),
            tar: share(self.same[cell], self.all_same),
        }
    }

    /// The lowest threshold whose false match rate is at most `far`; `None` when there are too few mismatched pairs to
    /// say ([`Rates::needed`]).
    pub fn at_far(&self, far: f64) -> Option<Point> {
        if self.different_pairs() < Self::needed(far) {
            return None;
        }
        let most = (far * self.different_pairs() as f64).floor() as u64;
        Some(self.point(self.different.partition_point(|n| *n > most)))
    }

    /// Mismatched pairs needed to speak of a false match rate.
    pub fn needed(far: f64) -> u64 {
        (RULE_OF_THREE / far).ceil() as u64
    }

    /// Equal error rate: where as large a part of the mismatched pairs matches as of the matched ones doesn't. Between
    /// two thresholds it is interpolated.
    pub fn eer(&self) -> Point {
        let excess = |p: &Point| p.far - (1.0 - p.tar);
        let mut before = self.point(0);
        for cell in 0..=BINS {
            let here = self.point(cell);
            if excess(&here) <= 0.0 {
                let (above, below) = (excess(&before), -excess(&here));
                let share = if above + below > 0.0 { above / (above + below) } else { 1.0 };
                let far = before.far + (here.far - before.far) * share;
                return Point { threshold: here.threshold, far, tar: 1.0 - far };
            }
            before = here;
        }
        before
    }

    /// Points of the receiver operating characteristic: one wherever the true accept rate or the false match rate
    /// changes, at most `most` of them, highest threshold first.
    pub fn curve(&self, most: usize) -> Vec<Point> {
        let changes: Vec<usize> = (0..BINS)
            .rev()
            .filter(|&c| self.same[c] != self.same[c + 1] || self.different[c] != self.different[c + 1])
            .collect();
        let step = changes.len().div_ceil(most.max(1)).max(1);
        changes.into_iter().step_by(step).map(|cell| self.point(cell)).collect()
    }
}

/// The first cell whose scores all reach `score`.
fn cell(score: f32) -> usize {
    (((f64::from(score) + 1.0) * (BINS as f64 / 2.0) - 1e-3).ceil().max(0.0) as usize).min(BINS)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Scores in hundredths; `missed` matched pairs have none.
    pub(in crate::face::eval) fn rates(same: &[i32], different: &[i32], missed: u64) -> Rates {
        let mut scores =
            Scores { same: vec![0; BINS], different: vec![0; BINS], missed, void: 0, people: Vec::new() };
        let place = |score: &i32| (score + 100) as usize * BINS / 200;
        same.iter().for_each(|s| scores.same[place(s)] += 1);
        different.iter().for_each(|s| scores.different[place(s)] += 1);
        Rates::of(&scores)
    }

    #[test]
    fn a_threshold_accepts_what_reaches_it() {
        let rates = rates(&[50, 60, 70], &[10, 60], 1);
        let at = rates.at(0.6);
        assert_eq!((at.far, at.tar), (0.5, 0.5));
        assert_eq!(rates.at(0.61).tar, 0.25);
        assert_eq!((rates.at(-1.0).far, rates.at(-1.0).tar), (1.0, 0.75));
        assert_eq!((rates.matched_at(0.5), rates.same_pairs(), rates.different_pairs()), (3, 4, 2));
    }

    #[test]
    fn equal_error_rate_where_the_curves_cross() {
        assert_eq!(rates(&[50, 60], &[10, 20], 0).eer().far, 0.0);
        // One of four is wrong on either side.
        let eer = rates(&[30, 60, 70, 80], &[0, 5, 10, 50], 0).eer();
        assert!((eer.far - 0.25).abs() < 1e-9, "{eer:?}");
        // Pictures without a face are errors that no threshold heals.
        assert!(rates(&[60, 70, 80], &[0, 5, 10, 50], 1).eer().far > 0.1);
    }

    #[test]
    fn a_rate_is_claimed_only_with_pairs_enough() {
        let different: Vec<i32> = (0..30).collect();
        let rates = rates(&[25, 50], &different, 0);
        let point = rates.at_far(0.1).unwrap();
        assert!((point.threshold - 0.26).abs() < 1e-3, "{point:?}");
        assert_eq!((point.far, point.tar), (0.1, 0.5));
        assert_eq!(rates.at_far(0.09), None);
        assert_eq!((Rates::needed(1e-3), Rates::needed(1e-4)), (3_000, 30_000));
    }

    #[test]
    fn the_curve_rises_and_is_bounded() {
        let all: Vec<i32> = (-50..50).collect();
        let curve = rates(&all, &all, 0).curve(30);
        assert!(curve.len() <= 30 && curve.len() > 20);
        assert!(curve.windows(2).all(|w| w[0].far <= w[1].far && w[0].tar <= w[1].tar));
    }
}
