//! How numbers, days and times are written. English keeps the order of ISO 8601, which nobody reads the wrong way round.

use fluent_bundle::FluentValue;
use intl_memoizer::concurrent::IntlLangMemoizer;
use jiff::{Timestamp, civil::Date};

use crate::core::record::{Observation, show_milli};

use super::{Arg, Language, Words, say, vital};

/// A space that no line breaks at.
const NO_BREAK: char = '\u{a0}';

/// What a language writes.
struct Custom {
    /// Between whole and decimals.
    decimal: char,
    /// Between groups of three digits.
    group: char,
    day: &'static str,
    /// A day without its year.
    short_day: &'static str,
}

const fn custom(language: Language) -> Custom {
    const DAY_FIRST: &str = "%d/%m/%Y";
    const SHORT: &str = "%d/%m";
    match language {
        Language::English => Custom { decimal: '.', group: ',', day: "%Y-%m-%d", short_day: "%m-%d" },
        Language::French | Language::Spanish => {
            Custom { decimal: ',', group: NO_BREAK, day: DAY_FIRST, short_day: SHORT }
        }
        Language::Swahili => Custom { decimal: '.', group: ',', day: DAY_FIRST, short_day: SHORT },
    }
}

type Formatter = fn(&FluentValue, &IntlLangMemoizer) -> Option<String>;

/// Writes the numbers in messages: a function for each language, as it is told no more than the number.
pub(super) fn formatter(language: Language) -> Formatter {
    fn number(value: &FluentValue, language: Language) -> Option<String> {
        match value {
            FluentValue::Number(n) => Some(grouped(n.value as u64, custom(language).group)),
            _ => None,
        }
    }
    match language {
        Language::English => |v, _| number(v, Language::English),
        Language::French => |v, _| number(v, Language::French),
        Language::Spanish => |v, _| number(v, Language::Spanish),
        Language::Swahili => |v, _| number(v, Language::Swahili),
    }
}

fn grouped(n: u64, group: char) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(group);
        }
        out.push(c);
    }
    out
}

impl Words {
    /// A count.
    pub(crate) fn number(&self, n: impl Into<u64>) -> String {
        grouped(n.into(), custom(self.language).group)
    }

    /// Thousandths, as people write them.
    pub(crate) fn milli(&self, milli: i64) -> String {
        self.decimals(&show_milli(milli))
    }

    /// The same number with this place's decimal mark.
    pub(crate) fn decimals(&self, number: &str) -> String {
        number.replace('.', custom(self.language).decimal.encode_utf8(&mut [0; 4]))
    }

    /// Bytes as people read them.
    pub(crate) fn bytes(&self, n: u64) -> String {
        let tenths = |unit: u64| Arg::Decimal(format!("{}.{}", n / unit, n / (unit / 10) % 10));
        self.text(match n {
            0..1_000 => say!("size-bytes", n = n),
            1_000..1_000_000 => say!("size-kilobytes", n = n.div_ceil(1_000)),
            1_000_000..1_000_000_000 => say!("size-megabytes", n = tenths(1_000_000)),
            _ => say!("size-gigabytes", n = tenths(1_000_000_000)),
        })
    }

    /// Seconds as people read them, no finer than it matters.
    pub(crate) fn duration(&self, seconds: u64) -> String {
        self.text(match seconds {
            0..100 => say!("time-seconds", n = seconds),
            100..6_000 => say!("time-minutes", n = seconds.div_ceil(60)),
            _ => say!("time-hours", n = seconds.div_ceil(3_600)),
        })
    }

    /// A day.
    pub(crate) fn day(&self, at: impl TryInto<i64>) -> String {
        self.strftime(at, custom(self.language).day)
    }

    /// A day of the calendar.
    pub(crate) fn date(&self, day: Date) -> String {
        day.strftime(custom(self.language).day).to_string()
    }

    /// The day of a time, in milliseconds since 1970, where the clinic is.
    pub(crate) fn date_of(&self, at: i64) -> Option<Date> {
        Timestamp::from_millisecond(at).ok().map(|t| t.to_zoned(self.zone.clone()).date())
    }

    /// A time with minutes.
    pub(crate) fn time(&self, at: impl TryInto<i64>) -> String {
        self.strftime(at, &format!("{} %H:%M", custom(self.language).day))
    }

    /// A time with minutes of this year, where there is little room.
    pub(crate) fn short_time(&self, at: impl TryInto<i64>) -> String {
        self.strftime(at, &format!("{} %H:%M", custom(self.language).short_day))
    }

    fn strftime(&self, at: impl TryInto<i64>, format: &str) -> String {
        let t = at.try_into().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        t.map_or_else(|| "?".into(), |t| t.to_zoned(self.zone.clone()).strftime(format).to_string())
    }

    /// A value as measured, marked when it is unusual.
    pub(crate) fn value(&self, o: &Observation, unusual: bool) -> String {
        let mark = if unusual { " !" } else { "" };
        format!("{} {}{mark}", self.milli(o.milli), o.vital.info().shown)
    }

    /// A value with what was measured.
    pub(crate) fn measured(&self, o: &Observation, unusual: bool) -> String {
        format!("{} {}", self.text(vital(o.vital)), self.value(o, unusual))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{core::record::Vital, tui::words::say};

    fn words(language: Language) -> Words {
        Words::new(language, TimeZone::UTC)
    }

    #[test]
    fn numbers_and_days_are_those_of_the_place() {
        let at = 1_772_440_200_000_i64;
        let fever = Observation { vital: Vital::Temperature, milli: 39_400 };
        let (en, fr) = (words(Language::English), words(Language::French));
        assert_eq!((en.day(at), fr.day(at)), ("2026-03-02".into(), "02/03/2026".into()));
        assert_eq!((en.time(at), fr.time(at)), ("2026-03-02 08:30".into(), "02/03/2026 08:30".into()));
        assert_eq!((en.short_time(at), fr.short_time(at)), ("03-02 08:30".into(), "02/03 08:30".into()));
        assert_eq!((en.value(&fever, true), fr.value(&fever, false)), ("39.4 °C !".into(), "39,4 °C".into()));
        assert_eq!(
            (en.number(25_000_u64), fr.number(1_234_567_u64)),
            ("25,000".into(), "1\u{a0}234\u{a0}567".into())
        );
        assert_eq!(en.day(i64::MAX), "?");
    }

    #[test]
    fn numbers_in_messages_are_written_alike_and_choose_the_plural() {
        let title = |l, n: usize| words(l).text(say!("chart-visits", n = n));
        assert!(title(Language::English, 1_200).contains("1,200"));
        assert!(title(Language::Spanish, 1_200).contains("1\u{a0}200"));
        let left = |l, n: u32| words(l).text(say!("tries-left", n = n));
        // In French nought is singular.
        assert_eq!(left(Language::French, 0), "0 essai restant");
        assert_eq!(left(Language::French, 2), "2 essais restants");
        assert_eq!(left(Language::English, 0), "0 tries left");
        assert_eq!(left(Language::English, 1), "1 try left");
    }
}
