//! Hybrid logical clock: wall time while it can be believed, order always.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01 UTC.
pub type Millis = u64;

/// One day in milliseconds: a remote clock further ahead than this is not followed.
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// A hybrid logical time: milliseconds since 1970 and a counter that orders what shares a millisecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hlc {
    /// Milliseconds since 1970-01-01 UTC.
    pub millis: Millis,
    /// Orders what shares a millisecond.
    pub count: u32,
}

/// The clock of one device. `now` is always an argument.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    last: Hlc,
}

impl Clock {
    /// Follows a time of one's own, whatever it is: a log never goes back.
    pub fn follow(&mut self, own: Hlc) {
        self.last = self.last.max(own);
    }

    /// The time for a new block: after everything this clock has seen.
    pub fn tick(&mut self, now: Millis) -> Hlc {
        self.last = if now > self.last.millis {
            Hlc { millis: now, count: 0 }
        } else {
            match self.last.count.checked_add(1) {
                Some(count) => Hlc { millis: self.last.millis, count },
                // Somebody used the millisecond up: the next one is as good.
                None => Hlc { millis: self.last.millis.saturating_add(1), count: 0 },
            }
        };
        self.last
    }

    /// Follows a remote time, unless it is more than a day ahead of `now`. False: not believed.
    pub fn observe(&mut self, remote: Hlc, now: Millis) -> bool {
        if remote.millis > now.saturating_add(DAY) {
            return false;
        }
        self.last = self.last.max(remote);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_even_when_the_wall_clock_does() {
        let mut c = Clock::default();
        let a = c.tick(1_000);
        let b = c.tick(500);
        assert!(b > a);
        assert_eq!(b, Hlc { millis: 1_000, count: 1 });
    }

    #[test]
    fn a_millisecond_that_somebody_used_up_stops_nobody() {
        let mut c = Clock::default();
        assert!(c.observe(Hlc { millis: DAY, count: u32::MAX }, 1_000));
        let (a, b) = (c.tick(1_000), c.tick(1_000));
        assert!(b > a && a == Hlc { millis: DAY + 1, count: 0 });
    }

    #[test]
    fn a_remote_clock_a_year_ahead_is_not_followed() {
        let mut c = Clock::default();
        assert!(!c.observe(Hlc { millis: 366 * DAY, count: 0 }, 1_000));
        assert!(c.observe(Hlc { millis: 5_000, count: 9 }, 1_000));
        assert_eq!(c.tick(1_000), Hlc { millis: 5_000, count: 10 });
    }
}
