//! How far a proportion can be trusted.

use serde::Serialize;

/// The normal quantile of a 95% interval.
const Z: f64 = 1.959_963_984_540_054;

/// A 95% confidence interval of a proportion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end, 0..1.
    pub low: f64,
    /// Upper end, 0..1.
    pub high: f64,
}

impl Interval {
    /// Wilson's score interval (1927) of `successes` in `trials` that are taken as independent; 0..1 without trials.
    pub fn wilson(successes: u64, trials: u64) -> Self {
        if trials == 0 {
            return Self { low: 0.0, high: 1.0 };
        }
        let n = trials as f64;
        let p = successes as f64 / n;
        let square = Z * Z / n;
        let centre = (p + square / 2.0) / (1.0 + square);
        let half = Z / (1.0 + square) * (p * (1.0 - p) / n + square / (4.0 * n)).sqrt();
        // At the ends the formula is exact but for rounding.
        let low = if successes == 0 { 0.0 } else { (centre - half).max(0.0) };
        let high = if successes == trials { 1.0 } else { (centre + half).min(1.0) };
        Self { low, high }
    }

    /// The smallest interval that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: Interval, low: f64, high: f64) {
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}");
    }

    /// Against Newcombe (1998), table I.
    #[test]
    fn wilson_as_published() {
        close(Interval::wilson(81, 263), 0.2553, 0.3662);
        close(Interval::wilson(15, 148), 0.0624, 0.1605);
        close(Interval::wilson(0, 20), 0.0, 0.1611);
        close(Interval::wilson(1, 29), 0.0061, 0.1718);
        close(Interval::wilson(20, 20), 0.8389, 1.0);
        close(Interval::wilson(0, 0), 0.0, 1.0);
    }

    #[test]
    fn the_hull_holds_both() {
        let hull = Interval { low: 0.2, high: 0.4 }.hull(Interval { low: 0.1, high: 0.3 });
        assert_eq!(hull, Interval { low: 0.1, high: 0.4 });
    }
}
