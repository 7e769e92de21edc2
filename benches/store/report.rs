//! Figures beside their limits.

use std::process::ExitCode;

/// The middle one.
pub(crate) fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Prints figures as they come, and remembers whether one is over its limit.
#[derive(Default)]
pub(crate) struct Report {
    exceeded: bool,
}

impl Report {
    pub(crate) fn plain(&self, name: &str, value: f64, unit: &str) {
        println!("{name:<44}{value:>12.3} {unit}");
    }

    pub(crate) fn limited(&mut self, name: &str, value: f64, limit: f64, unit: &str) {
        let verdict = if value <= limit { "" } else { "  EXCEEDED" };
        self.exceeded |= value > limit;
        println!("{name:<44}{value:>12.3} {unit:<2}  limit {limit}{verdict}");
    }

    /// 1 when a limit was exceeded.
    pub(crate) fn end(self) -> ExitCode {
        ExitCode::from(u8::from(self.exceeded))
    }
}
