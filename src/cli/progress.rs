//! A line about work that takes long: a bar on a terminal, a plain line every tenth off it. It goes to standard error.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Cells of the bar.
const WIDTH: usize = 24;
/// Time between two drawings.
const PERIOD: Duration = Duration::from_millis(100);

/// The progress of one piece of work; threads may share it.
pub(crate) struct Progress {
    what: &'static str,
    total: usize,
    start: Instant,
    terminal: bool,
    shown: Mutex<Shown>,
}

struct Shown {
    /// When a bar was drawn last.
    at: Option<Instant>,
    /// Tenths that were announced.
    tenths: usize,
}

impl Progress {
    /// Begins work of `total` steps, named `what`.
    pub(crate) fn new(what: &'static str, total: usize) -> Self {
        let shown = Mutex::new(Shown { at: None, tenths: 0 });
        let terminal = std::io::stderr().is_terminal();
        Self { what, total: total.max(1), start: Instant::now(), terminal, shown }
    }

    /// Says that it has begun: off a terminal nothing else is said before a tenth is done.
    pub(crate) fn begin(&self) {
        if self.terminal {
            self.set(0, "");
        } else {
            let _ = writeln!(std::io::stderr(), "{}: 0 of {}", self.what, self.total);
        }
    }

    /// `done` steps are done; `note` is shown behind them.
    pub(crate) fn set(&self, done: usize, note: &str) {
        // A bar that another thread is just drawing need not be drawn again; plain lines are few, and none is left out.
        let shown = if self.terminal { self.shown.try_lock().ok() } else { self.shown.lock().ok() };
        let Some(mut shown) = shown else { return };
        let elapsed = self.start.elapsed();
        if self.terminal {
            if shown.at.is_some_and(|at| at.elapsed() < PERIOD) && done < self.total {
                return;
            }
            shown.at = Some(Instant::now());
            let line = bar(self.what, done, self.total, elapsed, note);
            let _ = write!(std::io::stderr(), "\r{line}\x1b[K");
        } else if done * 10 / self.total > shown.tenths {
            shown.tenths = done * 10 / self.total;
            let _ = writeln!(std::io::stderr(), "{}: {done} of {}  {note}", self.what, self.total);
        }
    }

    /// The work is done: the bar goes away.
    pub(crate) fn finish(self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar(what: &str, done: usize, total: usize, elapsed: Duration, note: &str) -> String {
    let full = (done * WIDTH / total).min(WIDTH);
    let left = match done {
        0 => String::new(),
        _ => format!("  {} left", clock(elapsed.mul_f64(total.saturating_sub(done) as f64 / done as f64))),
    };
    let line =
        format!("{what} {}{} {done}/{total}{left}  {note}", "█".repeat(full), "░".repeat(WIDTH - full));
    line.trim_end().chars().take(79).collect()
}

/// Minutes and seconds.
pub(crate) fn clock(time: Duration) -> String {
    let seconds = time.as_secs_f64().round() as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fits_a_line_and_tells_what_is_left() {
        let line = bar("embedding", 50, 200, Duration::from_secs(30), "");
        assert_eq!(line, "embedding ██████░░░░░░░░░░░░░░░░░░ 50/200  1:30 left");
        assert!(bar("embedding", 0, 9, Duration::ZERO, &"x".repeat(99)).chars().count() < 80);
        assert!(bar("embedding", 9, 9, Duration::ZERO, "").contains(&"█".repeat(WIDTH)));
    }
}
