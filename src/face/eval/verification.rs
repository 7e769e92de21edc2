//! Accuracy as LFW defines it: the threshold for one fold is the best one on the other folds.

use super::interval::Interval;
use serde::Serialize;

/// One compared pair; no score when a picture gave no face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compared {
    /// Cosine.
    pub score: Option<f32>,
    /// Whether the pair is matched.
    pub same: bool,
    /// From 0.
    pub fold: usize,
}

/// Accuracy over the folds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accuracy {
    /// Mean of the folds, 0..1.
    pub mean: f64,
    /// Standard deviation of the folds.
    pub deviation: f64,
    /// Wilson's interval over all pairs.
    pub interval: Interval,
    /// Each fold's.
    pub folds: Vec<f64>,
    /// Pairs that were wrong, those without a score included.
    pub wrong: u64,
    /// False when there is one fold only, whose threshold was chosen on itself.
    pub held_out: bool,
}

/// Accuracy of `pairs` over `folds` folds. A pair without a score is wrong.
///
/// # Panics
/// If a fold has no pairs.
pub fn accuracy(pairs: &[Compared], folds: usize) -> Accuracy {
    let held_out = folds > 1;
    let mut correct = 0;
    let rates: Vec<f64> = (0..folds)
        .map(|fold| {
            let threshold = best_threshold(pairs.iter().filter(|p| !held_out || p.fold != fold));
            let own = pairs.iter().filter(|p| p.fold == fold);
            let right = own.clone().filter(|p| p.score.is_some_and(|s| (s >= threshold) == p.same)).count();
            correct += right as u64;
            let all = own.count();
            assert!(all > 0, "fold {fold} has pairs");
            right as f64 / all as f64
        })
        .collect();
    let mean = rates.iter().sum::<f64>() / folds as f64;
    let squares: f64 = rates.iter().map(|r| (r - mean).powi(2)).sum();
    let deviation = if held_out { (squares / (folds - 1) as f64).sqrt() } else { 0.0 };
    let all = pairs.len() as u64;
    Accuracy {
        mean,
        deviation,
        interval: Interval::wilson(correct, all),
        folds: rates,
        wrong: all - correct,
        held_out,
    }
}

/// The threshold with the most right answers: the middle between the two scores that it parts, and of several equally
/// good ones the middle one.
fn best_threshold<'a>(pairs: impl Iterator<Item = &'a Compared>) -> f32 {
    let mut scores: Vec<(f32, bool)> = pairs.filter_map(|p| Some((p.score?, p.same))).collect();
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut right = scores.iter().filter(|s| s.1).count() as i64;
    let (mut most, mut best) = (right, vec![-1.0]);
    for (i, (score, same)) in scores.iter().enumerate() {
        right += if *same { -1 } else { 1 };
        let next = scores.get(i + 1).map_or(1.0, |n| n.0);
        if next == *score {
            continue;
        }
        if right > most {
            (most, best) = (right, Vec::new());
        }
        if right == most {
            best.push((score + next) / 2.0);
        }
    }
    best[best.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(f32, bool, usize)]) -> Vec<Compared> {
        list.iter().map(|&(score, same, fold)| Compared { score: Some(score), same, fold }).collect()
    }

    #[test]
    fn each_fold_is_judged_by_the_others_threshold() {
        // Fold 0 alone would be parted anywhere in 0.3..0.8, fold 1 in 0.1..0.2 only.
        let list = pairs(&[(0.3, false, 0), (0.8, true, 0), (0.1, false, 1), (0.2, true, 1)]);
        let found = accuracy(&list, 2);
        assert_eq!(found.folds, [0.5, 0.5]);
        assert_eq!((found.mean, found.deviation, found.wrong), (0.5, 0.0, 2));
        // With its own threshold a single fold is perfect, and says so.
        let alone = accuracy(&pairs(&[(0.3, false, 0), (0.8, true, 0)]), 1);
        assert_eq!((alone.mean, alone.held_out), (1.0, false));
    }

    #[test]
    fn deviation_is_that_of_the_folds() {
        let mut list = Vec::new();
        for fold in 0..4 {
            list.extend([(0.1, false, fold), (0.9, true, fold)]);
        }
        list.extend([(0.95, false, 0), (0.9, true, 0)]);
        let found = accuracy(&pairs(&list), 4);
        assert_eq!(found.folds, [0.75, 1.0, 1.0, 1.0]);
        assert!((found.deviation - 0.125).abs() < 1e-12);
    }

    #[test]
    fn a_pair_without_a_face_is_wrong_either_way() {
        let mut list = pairs(&[(0.1, false, 0), (0.9, true, 0), (0.1, false, 1), (0.9, true, 1)]);
        for same in [true, false] {
            list.push(Compared { score: None, same, fold: 1 });
        }
        let found = accuracy(&list, 2);
        assert_eq!((found.folds, found.wrong), (vec![1.0, 0.5], 2));
    }
}
