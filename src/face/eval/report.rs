//! What a measurement says, as `aidpost face eval` prints it in words and as JSON.

use super::EvalError;
use super::bootstrap;
use super::interval::Interval;
use super::rates::{Point, Rates};
use super::scores::Scores;
use super::verification::Accuracy;
use crate::face::threshold::{Level, Source, TARGET_FAR, Thresholds};
use serde::Serialize;

/// False match rates that the true accept rate is reported at.
pub const FARS: [f64; 3] = [1e-2, 1e-3, 1e-4];
/// False match rates that a table of thresholds is measured at, as far as the pairs allow.
const TABLE: [f64; 6] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];
/// Points of the curve that JSON carries.
const CURVE: usize = 400;
/// Seed of the bootstrap.
const SEED: u64 = 1;

/// The true accept rate at one false match rate.
#[derive(Clone, Debug, Serialize)]
pub struct AtFar {
    /// The rate asked for.
    pub far: f64,
    /// What was measured; absent when the mismatched pairs are too few to speak of that rate.
    pub measured: Option<Measured>,
    /// Mismatched pairs that it takes.
    pub pairs_needed: u64,
}

/// A point with an interval.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Threshold, and the rates there.
    #[serde(flatten)]
    pub point: Point,
    /// 95% interval of the true accept rate.
    pub interval: Interval,
}

/// The rates at the threshold that sign-in uses.
#[derive(Clone, Debug, Serialize)]
pub struct Shipped {
    /// Threshold, and the rates there.
    #[serde(flatten)]
    pub point: Point,
    /// 95% interval of the false match rate (Wilson, over pairs).
    pub far_interval: Interval,
    /// 95% interval of the true accept rate (Wilson, over pairs).
    pub tar_interval: Interval,
}

/// Verification over a set of pairs.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Matched pairs, those with a picture without a face included.
    pub same_pairs: u64,
    /// Mismatched pairs with a score.
    pub different_pairs: u64,
    /// Matched pairs with a picture without a face: counted as false non-matches.
    pub same_pairs_without_face: u64,
    /// Mismatched pairs with a picture without a face: wrong in the accuracy, left out of the false match rate.
    pub different_pairs_without_face: u64,
    /// Over the folds of the protocol.
    pub accuracy: Option<Accuracy>,
    /// Equal error rate (`far`), and its threshold.
    pub eer: Point,
    /// Its 95% interval.
    pub eer_interval: Interval,
    /// True accept rates.
    pub tar_at_far: Vec<AtFar>,
    /// At the threshold that sign-in uses.
    pub shipped: Shipped,
    /// FAR → score as measured here.
    pub table: Vec<Level>,
    /// The receiver operating characteristic, highest threshold first.
    pub roc: Vec<Point>,
}

impl Verification {
    /// What `scores` say.
    ///
    /// # Errors
    /// When there is no matched or no mismatched pair.
    pub fn of(scores: &Scores, accuracy: Option<Accuracy>) -> Result<Self, EvalError> {
        let rates = Rates::of(scores);
        if rates.same_pairs() == 0 {
            return Err(EvalError::TooFew(
                "nobody has two pictures: nothing can be matched; give a folder with several of each person",
            ));
        }
        if rates.different_pairs() == 0 {
            return Err(EvalError::TooFew(
                "no two people have a face that was found: nothing can be told apart; give a folder with several people",
            ));
        }
        let drawn = bootstrap::intervals(scores, &FARS, SEED);
        // People drawn anew never err where nobody erred: the pairs' own interval says what that is worth.
        let tar_interval = |p: &Point| Interval::wilson(rates.matched_at(p.threshold), rates.same_pairs());
        let at_far = FARS.iter().zip(&drawn.tar).map(|(&far, by_people)| AtFar {
            far,
            measured: rates
                .at_far(far)
                .map(|point| Measured { point, interval: tar_interval(&point).hull(*by_people) }),
            pairs_needed: Rates::needed(far),
        });
        let eer = rates.eer();
        let wrong = (eer.far * rates.same_pairs() as f64).round() as u64;
        let levels = TABLE.iter().filter_map(|&far| {
            let point = rates.at_far(far)?;
            Some(Level { far, score: point.threshold, tar: point.tar })
        });
        let threshold = Thresholds::shipped().for_site(1, None).score;
        let point = rates.at(threshold);
        let false_matches = (point.far * rates.different_pairs() as f64).round() as u64;
        Ok(Self {
            same_pairs: rates.same_pairs(),
            different_pairs: rates.different_pairs(),
            same_pairs_without_face: scores.missed,
            different_pairs_without_face: scores.void,
            accuracy,
            eer,
            eer_interval: Interval::wilson(wrong, rates.same_pairs()).hull(drawn.eer),
            tar_at_far: at_far.collect(),
            shipped: Shipped {
                point,
                far_interval: Interval::wilson(false_matches, rates.different_pairs()),
                tar_interval: tar_interval(&point),
            },
            table: levels.collect(),
            roc: rates.curve(CURVE),
        })
    }

    /// The table measured here, in the form of `models/thresholds.toml`; `data` names the pictures.
    ///
    /// # Errors
    /// When the pairs are too few for any false match rate.
    pub fn thresholds(&self, data: String, pictures: u64) -> Result<Thresholds, EvalError> {
        let supported = self.table.last().map_or(1.0, |l| l.far);
        let source = Source {
            data,
            pictures,
            pairs: self.same_pairs + self.different_pairs,
            method: "aidpost face eval: central face of each picture found by YuNet, aligned, embedded by SFace; no picture refused for its quality".to_owned(),
            limits: format!(
                "no FAR below {supported:e} is supported, and none that these pictures don't stand for{}",
                if supported > TARGET_FAR { "; too few pairs for sign-in's own rate" } else { "" }
            ),
        };
        Thresholds::new(source, self.table.clone()).map_err(|_| {
            EvalError::TooFew(
                "too few pairs of different people for a table: at least 30 are needed; give a larger folder",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::eval::scores::tests::crowd;

    #[test]
    fn figures_lie_in_their_intervals_and_unsupported_ones_are_absent() {
        let (faces, people) = crowd(40, 5);
        let scores = Scores::of_all_pairs(&faces, &people, &|_| ());
        let found = Verification::of(&scores, None).unwrap();
        let holds = |i: &Interval, v: f64| i.low <= v && v <= i.high;
        assert!(holds(&found.eer_interval, found.eer.far));
        let [two, three, four] = &found.tar_at_far[..] else { panic!("three rates") };
        for at in [two, three] {
            let measured = at.measured.as_ref().unwrap();
            assert!(holds(&measured.interval, measured.point.tar) && measured.point.far <= at.far);
        }
        assert!(four.measured.is_none() && found.different_pairs < four.pairs_needed);
        let table = found.thresholds("a crowd".to_owned(), 200).unwrap();
        assert_eq!(table.levels().len(), 3);
        assert_eq!(Thresholds::parse(&table.to_toml()).unwrap().levels().len(), 3);
    }

    #[test]
    fn without_matched_or_mismatched_pairs_there_is_nothing_to_say() {
        for (people, each) in [(1, 5), (5, 1)] {
            let (faces, ranges) = crowd(people, each);
            let scores = Scores::of_all_pairs(&faces, &ranges, &|_| ());
            assert!(Verification::of(&scores, None).is_err());
        }
    }
}
