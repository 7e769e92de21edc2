//! When a patient is to come back, as one types it: in so many days, weeks or months, or on a day.

use jiff::{ToSpan, civil::Date, tz::TimeZone};

/// The most years ahead.
const MAX_YEARS: i64 = 3;
/// The most characters that are read.
pub const MAX_TYPED: usize = 12;

/// Why what is typed is no day to come back on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNext {
    /// Neither a number of days, weeks or months nor a date.
    #[error("next visit: '{0}' is not understood: write it like 14d, 2w, 3m or 2026-08-19")]
    NotADay(String),
    /// Not after the visit.
    #[error("next visit: {0} is not after this visit: check day and year")]
    Past(Date),
    /// Too far away.
    #[error("next visit: {0} is more than {MAX_YEARS} years away: check the year")]
    Far(Date),
}

/// Reads what is typed at a visit of the day `today`: `14d` (or `14j`), `2w` (or `2s`), `3m`, or a date, year first or day
/// first. Letters are those of the languages of the screens.
///
/// # Errors
/// In words.
pub fn parse(typed: &str, today: Date) -> Result<Date, BadNext> {
    let typed = typed.trim();
    let day = relative(typed, today)
        .or_else(|| date(typed))
        .ok_or_else(|| BadNext::NotADay(typed.chars().take(MAX_TYPED).collect()))?;
    if day <= today {
        return Err(BadNext::Past(day));
    }
    match today.checked_add(MAX_YEARS.years()) {
        Ok(last) if day > last => Err(BadNext::Far(day)),
        _ => Ok(day),
    }
}

fn relative(typed: &str, today: Date) -> Option<Date> {
    let unit = typed.chars().last()?.to_ascii_lowercase();
    let n = typed.get(..typed.len() - 1)?.trim();
    if n.is_empty() || n.len() > 4 || !n.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let n: i64 = n.parse().ok()?;
    let span = match unit {
        'd' | 'j' => n.days(),
        'w' | 's' => n.weeks(),
        'm' => n.months(),
        _ => return None,
    };
    today.checked_add(span).ok()
}

fn date(typed: &str) -> Option<Date> {
    let parts: Vec<&str> = typed.split(['-', '/', '.']).collect();
    let [a, b, c] = parts[..] else { return None };
    let number = |s: &str, most: usize| {
        let good = (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        good.then(|| s.parse::<i16>().ok()).flatten()
    };
    let (year, day) = if a.len() == 4 { (a, c) } else { (c, a) };
    if year.len() != 4 {
        return None;
    }
    let small = |s| number(s, 2).and_then(|n| i8::try_from(n).ok());
    Date::new(number(year, 4)?, small(b)?, small(day)?).ok()
}

/// The day as a time: from its beginning to the beginning of the next, in milliseconds since 1970.
pub fn whole_day(day: Date, zone: &TimeZone) -> Option<(i64, i64)> {
    let begins = |d: Date| d.to_zoned(zone.clone()).ok().map(|z| z.timestamp().as_millisecond());
    Some((begins(day)?, begins(day.tomorrow().ok()?)?))
}

/// The day of a time, in milliseconds since 1970.
pub fn day_of(at: u64, zone: &TimeZone) -> Option<Date> {
    let at = i64::try_from(at).ok()?;
    jiff::Timestamp::from_millisecond(at).ok().map(|t| t.to_zoned(zone.clone()).date())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as d;

    use super::*;

    const TODAY: Date = d(2026, 1, 31);

    #[test]
    fn so_many_days_weeks_months() {
        let day = |t| parse(t, TODAY).unwrap();
        assert_eq!([day("14d"), day(" 14 J ")], [d(2026, 2, 14); 2]);
        assert_eq!([day("2w"), day("2s")], [d(2026, 2, 14); 2]);
        assert_eq!(day("1m"), d(2026, 2, 28), "the last day of a short month");
        assert_eq!(day("36m"), d(2029, 1, 31));
    }

    #[test]
    fn a_day_as_the_place_writes_it() {
        for typed in ["2026-08-09", "09/08/2026", "9.8.2026", "9-8-2026"] {
            assert_eq!(parse(typed, TODAY), Ok(d(2026, 8, 9)), "{typed}");
        }
    }

    #[test]
    fn what_is_no_day_to_come_back_on() {
        for typed in
            ["", "d", "14", "14x", "-3d", "99999d", "2026-13-01", "1/2/26", "soon", "१४d", "31/02/2026"]
        {
            assert!(matches!(parse(typed, TODAY), Err(BadNext::NotADay(_))), "{typed}");
        }
        assert_eq!(parse("0d", TODAY), Err(BadNext::Past(TODAY)));
        assert!(matches!(parse("2025-12-01", TODAY), Err(BadNext::Past(_))));
        assert!(matches!(parse("2126-08-19", TODAY), Err(BadNext::Far(_))));
        assert!(matches!(parse("9999w", TODAY), Err(BadNext::Far(_))));
    }

    #[test]
    fn a_whole_day_where_the_clinic_is() {
        let zone = TimeZone::get("Africa/Kigali").unwrap();
        let (from, to) = whole_day(d(2026, 8, 19), &zone).unwrap();
        assert_eq!(to - from, 86_400_000);
        assert_eq!(from.rem_euclid(86_400_000), 79_200_000, "two hours before midnight UTC");
        assert_eq!(day_of(from as u64, &zone), Some(d(2026, 8, 19)));
    }
}
