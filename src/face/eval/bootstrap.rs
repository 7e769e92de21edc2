//! The subsets bootstrap (Bolle, Ratha and Pankanti, 2004): people are drawn anew, with all their pairs.
//!
//! The pairs of one person are alike, so intervals that take them as independent are too narrow. Here people are drawn
//! with replacement a thousand times, and the rates computed each time, thresholds included.

use super::extraction::threads;
use super::interval::Interval;
use super::scores::{COARSE, Scores};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Times that people are drawn.
pub const DRAWS: usize = 1_000;

/// Intervals of what is read off the curve.
#[derive(Clone, Debug)]
pub struct Intervals {
    /// Of the equal error rate.
    pub eer: Interval,
    /// Of the true accept rate at each of the given false match rates.
    pub tar: Vec<Interval>,
}

/// 95% intervals of the equal error rate and of the true accept rate at each of `fars`; the same for the same `seed`.
pub fn intervals(scores: &Scores, fars: &[f64], seed: u64) -> Intervals {
    let people = scores.people.len();
    let draw = |i: usize| {
        // Multiplied, so that the draws of neighbouring seeds are different ones.
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(i as u64));
        let mut times = vec![0u64; people];
        for _ in 0..people {
            times[rng.random_range(0..people)] += 1;
        }
        Drawn::of(scores, &times).read(fars)
    };
    let each = DRAWS.div_ceil(threads());
    let draws: Vec<(f64, Vec<f64>)> = std::thread::scope(|scope| {
        let part = |t: usize| (t * each..((t + 1) * each).min(DRAWS)).map(draw).collect::<Vec<_>>();
        let running: Vec<_> = (0..threads()).map(|t| scope.spawn(move || part(t))).collect();
        let joined =
            running.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    let tar = |k: usize| middle(draws.iter().map(|d| d.1[k]).collect());
    Intervals { eer: middle(draws.iter().map(|d| d.0).collect()), tar: (0..fars.len()).map(tar).collect() }
}

/// What holds the middle 95% of values.
fn middle(mut values: Vec<f64>) -> Interval {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share).round() as usize];
    Interval { low: at(0.025), high: at(0.975) }
}

/// The pairs of the people drawn, those at or above each score.
struct Drawn {
    same: [f64; COARSE + 1],
    different: [f64; COARSE + 1],
    all_same: f64,
}

impl Drawn {
    fn of(scores: &Scores, times: &[u64]) -> Self {
        let (mut same, mut different, mut missed) = ([0u64; COARSE], [0u64; COARSE], 0);
        for (own, &n) in scores.people.iter().zip(times).filter(|(_, n)| **n > 0) {
            same.iter_mut().zip(&own.same).for_each(|(sum, v)| *sum += n * v);
            different.iter_mut().zip(&own.different).for_each(|(sum, v)| *sum += n * v);
            missed += n * own.missed;
        }
        let above = |bins: [u64; COARSE]| {
            let mut sums = [0.0; COARSE + 1];
            for i in (0..COARSE).rev() {
                sums[i] = sums[i + 1] + bins[i] as f64;
            }
            sums
        };
        let same = above(same);
        Self { all_same: same[0] + missed as f64, same, different: above(different) }
    }

    /// Equal error rate, and the true accept rate at each false match rate; between cells they are interpolated.
    fn read(&self, fars: &[f64]) -> (f64, Vec<f64>) {
        let (all_same, all_different) = (self.all_same.max(1.0), self.different[0].max(1.0));
        let far = |i: usize| self.different[i] / all_different;
        let tar = |i: usize| self.same[i] / all_same;
        let between =
            |i: usize, share: f64, rate: &dyn Fn(usize) -> f64| rate(i) + (rate(i + 1) - rate(i)) * share;
        // The first cell edge where `excess` is gone, and where between it and the one before.
        let crossing = |excess: &dyn Fn(usize) -> f64| {
            let i = (1..=COARSE).find(|&i| excess(i) <= 0.0).unwrap_or(COARSE) - 1;
            let (above, below) = (excess(i), -excess(i + 1));
            (i, if above > 0.0 && above + below > 0.0 { above / (above + below) } else { 0.0 })
        };
        let (i, share) = crossing(&|i| far(i) - (1.0 - tar(i)));
        let tars = fars.iter().map(|target| {
            let (i, share) = crossing(&|i| far(i) - target);
            between(i, share, &tar)
        });
        (between(i, share, &far), tars.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::eval::rates::Rates;
    use crate::face::eval::scores::tests::crowd;

    #[test]
    fn intervals_hold_the_figures_and_narrow_with_more_people() {
        let widths: Vec<f64> = [12, 120]
            .map(|people| {
                let (faces, ranges) = crowd(people, 6);
                let scores = Scores::of_all_pairs(&faces, &ranges, &|_| ());
                let rates = Rates::of(&scores);
                let found = intervals(&scores, &[0.1], 7);
                let (eer, tar) = (rates.eer().far, rates.at_far(0.1).unwrap().tar);
                assert!(found.eer.low <= eer + 1e-3 && eer <= found.eer.high + 1e-3, "{eer} {found:?}");
                assert!(found.tar[0].low <= tar + 1e-2 && tar <= found.tar[0].high + 1e-2, "{tar} {found:?}");
                let again = intervals(&scores, &[0.1], 7);
                assert_eq!((again.eer, again.tar), (found.eer, found.tar.clone()));
                found.tar[0].high - found.tar[0].low
            })
            .into();
        assert!(widths[1] < widths[0], "{widths:?}");
    }
}
