//! How sure a rate is.

/// The exact 95% interval of a rate seen `hits` times in `of` trials (Clopper & Pearson, 1934).
pub(super) fn clopper_pearson(hits: usize, of: usize) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    // P(X <= k) falls as the rate grows: the limits are where a tail holds 2.5%.
    let bisect = |rises: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if rises(middle) { low = middle } else { high = middle }
        }
        low
    };
    let lower = if hits == 0 { 0.0 } else { bisect(&|p| 1.0 - at_most(hits - 1, of, p) < 0.025) };
    let upper = if hits == of { 1.0 } else { bisect(&|p| at_most(hits, of, p) > 0.025) };
    (lower, upper)
}

/// Probability of at most `k` of `n` at rate `p`.
fn at_most(k: usize, n: usize, p: f64) -> f64 {
    if p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return if k >= n { 1.0 } else { 0.0 };
    }
    // Terms in logarithms: n runs into thousands.
    let mut log = n as f64 * (1.0 - p).ln();
    let mut sum = log.exp();
    for i in 1..=k {
        log += ((n - i + 1) as f64 / i as f64).ln() + (p / (1.0 - p)).ln();
        sum += log.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against R's binom.test.
    #[test]
    fn known_intervals() {
        let close = |(a, b): (f64, f64), (c, d): (f64, f64)| (a - c).abs() < 1e-6 && (b - d).abs() < 1e-6;
        assert!(close(clopper_pearson(0, 100), (0.0, 0.036_216_69)));
        assert!(close(clopper_pearson(10, 10), (0.691_502_9, 1.0)));
        assert!(close(clopper_pearson(5, 50), (0.033_275_09, 0.218_135_4)), "{:?}", clopper_pearson(5, 50));
        assert_eq!(clopper_pearson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn thousands_of_trials_are_no_trouble() {
        let (low, high) = clopper_pearson(0, 5_000);
        assert!(low == 0.0 && (high - 0.000_737_5).abs() < 1e-6, "{high}");
    }
}
