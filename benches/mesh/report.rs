//! Figures beside their limits.

use std::process::ExitCode;

/// Prints figures as they come, and remembers whether one missed its limit.
#[derive(Default)]
pub(crate) struct Report {
    missed: bool,
}

impl Report {
    pub(crate) fn plain(&self, name: &str, value: f64, unit: &str) {
        println!("{name:<60}{value:>12.1} {unit}");
    }

    pub(crate) fn most(&mut self, name: &str, value: f64, limit: f64, unit: &str) {
        self.limited(name, value, (limit, value <= limit), "at most", unit);
    }

    pub(crate) fn least(&mut self, name: &str, value: f64, limit: f64, unit: &str) {
        self.limited(name, value, (limit, value >= limit), "at least", unit);
    }

    fn limited(&mut self, name: &str, value: f64, (limit, held): (f64, bool), word: &str, unit: &str) {
        let verdict = if held { "" } else { "  MISSED" };
        self.missed |= !held;
        println!("{name:<60}{value:>12.1} {unit:<9}  {word} {limit}{verdict}");
    }

    /// 1 when a limit was missed.
    pub(crate) fn end(self) -> ExitCode {
        ExitCode::from(u8::from(self.missed))
    }
}
