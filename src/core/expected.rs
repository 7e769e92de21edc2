//! When patients are expected back, and which visit it was that they were expected for.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::time::{DAY, Millis};

/// The most days that are remembered of one patient: the earliest.
pub const MOST: usize = 16;
/// The most that somebody comes early: whoever comes before that comes for something else.
const EARLY: Millis = 7 * DAY;

/// A day on which a patient is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Expected {
    /// Its beginning: milliseconds since 1970.
    pub from: Millis,
    /// Its end.
    pub until: Millis,
    /// When that was agreed; 0: nobody says.
    pub made: Millis,
}

/// How it stands with a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Due {
    /// It is yet to come.
    Later,
    /// It is today.
    Today,
    /// It has passed, and the patient hasn't come.
    Overdue,
}

impl Expected {
    /// How it stands at this time.
    pub fn state(&self, now: Millis) -> Due {
        match now {
            n if n < self.from => Due::Later,
            n if n < self.until => Due::Today,
            _ => Due::Overdue,
        }
    }

    /// Whether a visit at this time is the one that was expected: after it was agreed, and on the day, later, or earlier by no
    /// more than a quarter of the time between, nor by more than a week.
    pub fn met_by(&self, visit: Millis) -> bool {
        let early = (self.from.saturating_sub(self.made) / 4).min(EARLY);
        visit > self.made && visit >= self.from.saturating_sub(early)
    }
}

/// What is still expected, after these visits: the earliest first, each day once.
pub fn outstanding(mut all: Vec<Expected>, visits: &[Millis]) -> Vec<Expected> {
    all.retain(|e| !visits.iter().any(|v| e.met_by(*v)));
    // Of two agreements on one day the later one counts: a visit between them was not what the second expects.
    all.sort_unstable_by_key(|e| (e.from, Reverse(e.made)));
    all.dedup_by_key(|e| e.from);
    all.truncate(MOST);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn in_days(n: u64) -> Expected {
        Expected { from: (100 + n) * DAY, until: (101 + n) * DAY, made: 100 * DAY }
    }

    #[test]
    fn a_visit_near_or_after_the_day_is_the_one_that_was_expected() {
        let e = in_days(28);
        assert!(!e.met_by(100 * DAY), "the visit at which it was agreed");
        assert!(!e.met_by(120 * DAY), "too early: something else");
        assert!(e.met_by(121 * DAY) && e.met_by(128 * DAY) && e.met_by(200 * DAY));
        assert!(!in_days(365).met_by((100 + 357) * DAY), "a week is the most");
        assert!(in_days(365).met_by((100 + 358) * DAY));
        let tomorrow = in_days(1);
        assert!(!tomorrow.met_by(100 * DAY + 1) && tomorrow.met_by(101 * DAY));
        assert!(Expected { made: 0, ..e }.met_by(121 * DAY), "nobody says when it was agreed");
    }

    #[test]
    fn what_is_still_expected() {
        let all = vec![in_days(90), in_days(7), in_days(90)];
        assert_eq!(outstanding(all.clone(), &[100 * DAY]), [in_days(7), in_days(90)]);
        assert_eq!(outstanding(all.clone(), &[106 * DAY]), [in_days(90)]);
        assert_eq!(outstanding(all, &[106 * DAY, 200 * DAY]), []);
        let again = Expected { made: 103 * DAY, ..in_days(7) };
        assert_eq!(outstanding(vec![in_days(7), again], &[]), [again], "agreed anew");
        let many = (1..40).map(in_days).collect();
        let kept = outstanding(many, &[]);
        assert_eq!((kept.len(), kept[0]), (MOST, in_days(1)));
    }

    #[test]
    fn days_pass() {
        let e = in_days(2);
        assert_eq!(e.state(101 * DAY), Due::Later);
        assert_eq!(e.state(102 * DAY), Due::Today);
        assert_eq!(e.state(103 * DAY - 1), Due::Today);
        assert_eq!(e.state(103 * DAY), Due::Overdue);
    }
}
