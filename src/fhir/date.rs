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
        assert_eq!(day(0).unwrap(), "1970-01-01");
        assert_eq!(year("1988-05"), Some(1988));
        assert_eq!(year("日本"), None);
    }
}
