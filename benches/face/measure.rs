//! Times, memory, and how they are shown.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Since `start`.
pub(crate) fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

/// The median of 61 passes in milliseconds, after 5 that don't count.
pub(crate) fn median<T>(mut pass: impl FnMut() -> T) -> f64 {
    (0..5).for_each(|_| drop(black_box(pass())));
    let time = |_| {
        let start = Instant::now();
        let made = black_box(pass());
        let time = milliseconds(start);
        drop(made);
        time
    };
    let mut times: Vec<f64> = (0..61).map(time).collect();
    times.sort_by(f64::total_cmp);
    times[30]
}

/// This process's resident memory in megabytes (10⁶ bytes).
pub(crate) struct Memory {
    pub(crate) now: f64,
    /// The most it ever was.
    pub(crate) most: f64,
}

impl Memory {
    /// From /proc: 0 where there is none.
    pub(crate) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse::<f64>().ok()
        };
        let megabytes = |name| field(name).unwrap_or(0.0) * 1024.0 / 1e6;
        Self { now: megabytes("VmRSS:"), most: megabytes("VmHWM:") }
    }
}

/// Prints figures as they come, and remembers whether one is over its limit.
#[derive(Default)]
pub(crate) struct Report {
    exceeded: bool,
}

impl Report {
    /// A figure without a limit.
    pub(crate) fn plain(&self, name: &str, value: f64, unit: &str) {
        println!("{name:<34}{value:>9.2} {unit}");
    }

    /// A figure with one.
    pub(crate) fn limited(&mut self, name: &str, value: f64, limit: f64, unit: &str) {
        let verdict = if value <= limit { "" } else { "  EXCEEDED" };
        self.exceeded |= value > limit;
        println!("{name:<34}{value:>9.2} {unit:<2}  limit {limit:>3}{verdict}");
    }

    /// 1 when a limit was exceeded.
    pub(crate) fn end(self) -> ExitCode {
        ExitCode::from(u8::from(self.exceeded))
    }
}
