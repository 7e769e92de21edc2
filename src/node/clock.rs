//! The one place that asks the system for the time.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::core::time::Millis;

/// Milliseconds since 1970; 0 when the clock stands before that.
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as Millis)
}

/// The calendar year of a time, UTC.
pub fn year(at: Millis) -> u16 {
    i64::try_from(at)
        .ok()
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .and_then(|t| u16::try_from(t.to_zoned(jiff::tz::TimeZone::UTC).year()).ok())
        .unwrap_or(1970)
}

#[cfg(test)]
mod tests {
    #[test]
    fn years() {
        assert_eq!(super::year(0), 1970);
        assert_eq!(super::year(1_800_000_000_000), 2027);
        assert!(super::year(super::now()) >= 2024);
    }
}
