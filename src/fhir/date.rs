//! FHIR dates: a year, a month, a day or an instant, and what they say as a time.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Milliseconds since 1970, negative before it. A year or a month is its first day, a day its midnight, UTC.
pub fn millis(s: &str) -> Option<i64> {
    if s.len() > 40 {
        return None;
    }
    if s.contains('T') {
        return s.parse::<Timestamp>().ok().map(|t| t.as_millisecond());
    }
    let day = match s.len() {
        4 => format!("{s}-01-01"),
        7 => format!("{s}-01"),
        10 => s.to_string(),
        _ => return None,
    };
    let midnight = day.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(midnight.timestamp().as_millisecond())
}

/// An instant as FHIR writes it, in UTC.
pub fn instant(at: i64) -> Option<String> {
    Timestamp::from_millisecond(at).ok().map(|t| t.to_string())
}

/// The same with the offset of a place: it says which day it was there.
pub fn instant_in(at: i64, zone: &TimeZone) -> Option<String> {
    let t = Timestamp::from_millisecond(at).ok()?.to_zoned(zone.clone());
    if t.offset().is_zero() {
        return instant(at);
    }
    Some(t.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// The day that a date or an instant says, at the place that it is of; none for a year or a month.
pub fn civil(s: &str) -> Option<Date> {
    millis(s)?;
    s.get(..10)?.parse().ok()
}

/// The day of a time, UTC: `2024-05-31`.
pub fn day(at: i64) -> Option<String> {
    let t = Timestamp::from_millisecond(at).ok()?;
    Some(t.to_zoned(TimeZone::UTC).date().to_string())
}

/// The year that a date begins with.
pub fn year(s: &str) -> Option<u16> {
    s.get(..4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_precision_of_fhir() {
        assert_eq!(millis("1970"), Some(0));
        assert_eq!(millis("1970-02"), Some(31 * 86_400_000));
        assert_eq!(millis("1969-12-31"), Some(-86_400_000));
        assert_eq!(millis("1970-01-01T01:00:00+01:00"), Some(0));
        assert_eq!(millis("1970-01-01T00:00:00.250Z"), Some(250));
        for bad in ["", "yesterday", "1970-13", "1970-02-30", "197", "1970-01-01T", "１９７０"] {
            assert_eq!(millis(bad), None, "{bad}");
        }
        assert_eq!(instant(-1_000).unwrap(), "1969-12-31T23:59:59Z");
        let kigali = TimeZone::get("Africa/Kigali").unwrap();
        let text = instant_in(-7_200_000, &kigali).unwrap();
        assert_eq!((text.as_str(), millis(&text)), ("1970-01-01T00:00:00+02:00", Some(-7_200_000)));
        assert_eq!(civil(&text), Some(Date::constant(1970, 1, 1)));
        assert_eq!((civil("1970-01"), civil("1970-01-0x")), (None, None));
        assert_eq!(day(0).unwrap(), "1970-01-01");
        assert_eq!(year("1988-05"), Some(1988));
        assert_eq!(year("日本"), None);
    }
}
