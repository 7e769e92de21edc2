//! What of a patient is due under a schedule. Where a date isn't certain, the later one counts: nothing is archived or
//! named for disposal too early because a clock or a birth year was wrong.

use super::{Rule, Schedule, Series, YEAR};
use crate::core::time::Millis;

/// Years that are added to a year of birth that was guessed.
const GUESSED: u16 = 2;

/// A record as the schedule sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its series.
    pub series: Series,
    /// The latest time that it may be of.
    pub at: Millis,
    /// Bytes of what it says.
    pub bytes: u64,
}

/// What is known of a patient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// The year is a guess.
    pub birth_estimated: bool,
    /// The latest time that the last visit may have been at.
    pub last_visit: Millis,
    /// The earliest record.
    pub first: Millis,
    /// What is kept, archived or not.
    pub items: Vec<Item>,
}

/// What is due.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// What may leave everyday use; with a time, what is of that time or before.
    pub archive: Vec<(Series, Option<Millis>)>,
    /// Everything is past the time for which it must be kept.
    pub dispose: bool,
    /// Records that are past that time while others of the patient aren't, by series.
    pub past: Vec<Series>,
}

/// What is due of a patient now. Of several schedules that stand side by side each must allow it; without one nothing is.
pub fn due(schedules: &[Schedule], k: &Known, now: Millis) -> Due {
    if schedules.is_empty() {
        return Due::default();
    }
    let archive = Series::ALL.iter().filter_map(|(s, _)| Some((*s, archived_until(schedules, k, *s, now)?)));
    let archive = archive.collect();
    let is_past =
        |i: &Item| schedules.iter().all(|s| kept_until(s.rule(i.series), k, i).is_some_and(|t| t <= now));
    let dispose = !k.items.is_empty() && k.items.iter().all(is_past);
    let mut past: Vec<Series> = match dispose {
        true => Vec::new(),
        false => k.items.iter().filter(|i| is_past(i)).map(|i| i.series).collect(),
    };
    past.sort();
    Due { archive, dispose, past }
}

/// Until when records of a series may leave everyday use; none: nothing of it may.
fn archived_until(schedules: &[Schedule], k: &Known, series: Series, now: Millis) -> Option<Option<Millis>> {
    let of: Vec<&Item> = k.items.iter().filter(|i| i.series == series).collect();
    let mut until = Millis::MAX;
    for s in schedules {
        until = until.min(now.checked_sub(years(s.rule(series).archive?))?);
    }
    if series.counts_from_last_visit() {
        return (!of.is_empty() && k.last_visit <= until).then_some(None);
    }
    of.iter().any(|i| i.at <= until).then_some(Some(until))
}

/// Until when a record must be kept; none: for ever.
fn kept_until(rule: Rule, k: &Known, i: &Item) -> Option<Millis> {
    let from = if i.series.counts_from_last_visit() { k.last_visit } else { i.at };
    let kept = from.saturating_add(years(rule.keep?));
    Some(rule.child.map_or(kept, |age| kept.max(grown_up(k, age))))
}

/// When the patient is surely past this age: the end of the year of that birthday. One whose year of birth nobody knows
/// counts as born when the first record was written.
fn grown_up(k: &Known, age: u16) -> Millis {
    let Some(born) = k.birth_year else { return k.first.saturating_add(years(age.saturating_add(1))) };
    let guess = if k.birth_estimated { GUESSED } else { 0 };
    let year = born.saturating_add(age).saturating_add(guess).saturating_add(1);
    years(year.saturating_sub(1970))
}

fn years(n: u16) -> Millis {
    Millis::from(n) * YEAR
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::SHIPPED, *};

    const NOW: Millis = 1_800_000_000_000;

    fn item(series: Series, years_ago: u64) -> Item {
        Item { series, at: NOW - years_ago * YEAR, bytes: 10 }
    }

    fn adult(years_ago: u64, items: &[Item]) -> Known {
        Known {
            birth_year: Some(1950),
            birth_estimated: false,
            last_visit: NOW - years_ago * YEAR,
            first: NOW - 20 * YEAR,
            items: items.to_vec(),
        }
    }

    fn shipped() -> [Schedule; 1] {
        [Schedule::parse(SHIPPED).unwrap()]
    }

    #[test]
    fn care_counts_from_the_last_visit_and_files_from_their_own_date() {
        use Series::{Attachments, Care};
        let all = [item(Care, 9), item(Care, 2), item(Attachments, 5), item(Attachments, 1)];
        let d = due(&shipped(), &adult(2, &all), NOW);
        assert_eq!(d.archive, [(Attachments, Some(NOW - 2 * YEAR))]);
        assert!(!d.dispose);
        let d = due(&shipped(), &adult(3, &all[..1]), NOW);
        assert_eq!(d.archive, [(Care, None)]);
        assert!(!d.dispose && d.past.is_empty());
        assert!(due(&[], &adult(30, &all), NOW).archive.is_empty(), "without a schedule nothing is due");
    }

    #[test]
    fn disposal_waits_for_the_last_series_and_for_a_child_to_grow_up() {
        use Series::{Billing, Care};
        let all = [item(Care, 11), item(Billing, 11)];
        assert!(due(&shipped(), &adult(11, &all), NOW).dispose);
        let young = [item(Care, 11), item(Billing, 3)];
        let d = due(&shipped(), &adult(11, &young), NOW);
        assert!(!d.dispose);
        assert_eq!(d.past, [Care]);
        // Born 2009 and last seen eleven years ago: 25 in 2034.
        let child = Known { birth_year: Some(2009), ..adult(11, &all[..1]) };
        assert!(!due(&shipped(), &child, NOW).dispose);
        assert!(due(&shipped(), &child, NOW + 10 * YEAR).dispose);
        let nobody_knows = Known { birth_year: None, first: NOW - 11 * YEAR, ..adult(11, &all[..1]) };
        assert!(!due(&shipped(), &nobody_knows, NOW).dispose, "may have been an infant");
        assert!(!due(&shipped(), &adult(30, &[]), NOW).dispose, "of whom nothing opens");
    }

    #[test]
    fn of_two_schedules_side_by_side_the_longer_time_counts() {
        let longer = Schedule::parse(&SHIPPED.replacen("archive = 3", "archive = 5", 1)).unwrap();
        let both = [shipped()[0].clone(), longer];
        assert!(due(&both, &adult(4, &[item(Series::Care, 4)]), NOW).archive.is_empty());
        assert_eq!(due(&both, &adult(5, &[item(Series::Care, 5)]), NOW).archive, [(Series::Care, None)]);
    }

    proptest! {
        #[test]
        fn what_is_due_stays_due_and_a_later_visit_never_makes_it_due(
            visit in 0u64..40, more in 0u64..10, born in 1900u16..2020, guessed: bool, later in 0u64..20,
        ) {
            let k = Known {
                birth_year: Some(born), birth_estimated: guessed, ..adult(visit, &[item(Series::Care, visit)])
            };
            let d = due(&shipped(), &k, NOW);
            let after = due(&shipped(), &k, NOW + more * YEAR);
            prop_assert!(d.archive.is_empty() || !after.archive.is_empty());
            prop_assert!(!d.dispose || after.dispose);
            let seen = Known { last_visit: k.last_visit + later * YEAR, ..k };
            let then = due(&shipped(), &seen, NOW);
            prop_assert!(!then.dispose || d.dispose);
            prop_assert!(then.archive.is_empty() || !d.archive.is_empty());
        }
    }
}
