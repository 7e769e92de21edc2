//! The one place that asks the system for the time.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::core::time::Millis;

static AHEAD: AtomicI64 = AtomicI64::new(0);

/// Milliseconds since 1970; 0 when the clock stands before that.
pub fn now() -> Millis {
    let system = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as Millis);
    system.saturating_add_signed(AHEAD.load(Ordering::Relaxed))
}

/// From now on the whole process is so many milliseconds ahead of the system, below 0 behind it: a year of work is tried in
/// minutes (`scripts/year`). Nothing in the program itself calls it. [`steady`] stays as it is: sign-in goes by real time.
pub fn set_ahead(by: i64) {
    AHEAD.store(by, Ordering::Relaxed);
}

/// Milliseconds of a clock that nobody can set and that counts through sleep (CLOCK_BOOTTIME): for sign-in alone.
pub fn steady() -> Millis {
    let t = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    let seconds = Millis::try_from(t.tv_sec).unwrap_or(0);
    seconds * 1000 + Millis::try_from(t.tv_nsec / 1_000_000).unwrap_or(0)
}

/// The calendar year of a time, UTC.
pub fn year(at: Millis) -> u16 {
    i64::try_from(at)
        .ok()
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .and_then(|t| u16::try_from(t.to_zoned(jiff::tz::TimeZone::UTC).year()).ok())
        .unwrap_or(1970)
}

/// The day of a time, UTC, as 2027-01-15.
pub fn date(at: Millis) -> String {
    i64::try_from(at)
        .ok()
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .map_or_else(String::new, |t| t.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d").to_string())
}

/// The hour and minute of a time, UTC, as 08:25.
pub fn time_of_day(at: Millis) -> String {
    let minutes = at / 60_000 % 1_440;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The second of a time, UTC, as 08:25:07.
pub fn second_of_day(at: Millis) -> String {
    format!("{}:{:02}", time_of_day(at), at / 1_000 % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_steady_clock_goes_on() {
        let before = super::steady();
        std::thread::sleep(std::time::Duration::from_millis(3));
        assert!(super::steady() > before);
    }

    #[test]
    fn times_of_day() {
        assert_eq!(super::second_of_day(1_800_000_000_000 + 3_661_000), "09:01:01");
    }

    #[test]
    fn years() {
        assert_eq!(super::year(0), 1970);
        assert_eq!(super::year(1_800_000_000_000), 2027);
        assert!(super::year(super::now()) >= 2024);
    }
}
