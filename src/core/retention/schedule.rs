//! A schedule as a person writes it: TOML, one table a series.

use serde::Deserialize;

use super::Series;

/// The most bytes of a schedule's text.
pub const MAX_SCHEDULE: usize = 8 * 1024;
/// The most years of a rule.
const MAX_YEARS: u16 = 150;
/// The highest age of a rule for children.
const MAX_AGE: u16 = 40;
/// The most characters of a schedule's name.
const MAX_NAME: usize = 80;
/// The version of the format.
const VERSION: u8 = 0;

/// The schedule that comes with Aidpost: a proposal, in force nowhere before somebody adopts it.
pub const SHIPPED: &str = include_str!("shipped.toml");

/// The rule of one series. Years are counted as 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Years until it leaves everyday use; none: never.
    pub archive: Option<u16>,
    /// Years for which it is kept; none: for ever.
    pub keep: Option<u16>,
    /// It is kept at least until the patient has this age.
    pub child: Option<u16>,
}

/// A schedule that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    version: u8,
    /// What people call it.
    pub name: String,
    care: Rule,
    sensitive: Rule,
    immunizations: Rule,
    billing: Rule,
    attachments: Rule,
    audit: Rule,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    /// Longer than [`MAX_SCHEDULE`].
    #[error("the schedule has {0} bytes, the limit is {MAX_SCHEDULE}: shorten its comments")]
    Length(usize),
    /// Not TOML, a table missing, a word that means nothing.
    #[error(
        "line {line}: {why}: correct it; 'aidpost archive schedule --proposal' shows how a schedule is written"
    )]
    Unreadable {
        /// From 1.
        line: usize,
        /// What the reader of TOML says.
        why: String,
    },
    /// Of a version to come.
    #[error("the schedule is of version {0}: update Aidpost to read it")]
    Version(u8),
    /// No name, or a long one.
    #[error("the schedule's name has 1 to {MAX_NAME} characters: choose another")]
    Name,
    /// Nothing, or more than anybody lives.
    #[error("[{0}]: years are 1 to {MAX_YEARS}: correct them")]
    Years(&'static str),
    /// Not an age of a child.
    #[error("[{0}]: child is an age of 1 to {MAX_AGE}: correct it")]
    Age(&'static str),
    /// It would be due for disposal while it is still in everyday use.
    #[error("[{0}]: keep is shorter than archive: a record leaves everyday use before it may be destroyed")]
    KeptShorter(&'static str),
    /// A patient may always see who read.
    #[error("[audit]: who read what always stays in view: leave 'archive' out")]
    Audit,
}

impl Schedule {
    /// Reads and checks one.
    ///
    /// # Errors
    /// The first condition that fails, by name.
    pub fn parse(text: &str) -> Result<Self, BadSchedule> {
        if text.len() > MAX_SCHEDULE {
            return Err(BadSchedule::Length(text.len()));
        }
        let s: Self = toml::from_str(text).map_err(|e| {
            let at = e.span().map_or(0, |s| s.start);
            let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
            BadSchedule::Unreadable { line, why: e.message().replace('\n', " ") }
        })?;
        if s.version != VERSION {
            return Err(BadSchedule::Version(s.version));
        }
        let name = s.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(BadSchedule::Name);
        }
        for (series, word) in Series::ALL {
            let r = s.rule(series);
            if [r.archive, r.keep].into_iter().flatten().any(|y| y == 0 || y > MAX_YEARS) {
                return Err(BadSchedule::Years(word));
            }
            if r.child.is_some_and(|a| a == 0 || a > MAX_AGE) {
                return Err(BadSchedule::Age(word));
            }
            if r.archive.zip(r.keep).is_some_and(|(archive, keep)| keep < archive) {
                return Err(BadSchedule::KeptShorter(word));
            }
        }
        if s.audit.archive.is_some() {
            return Err(BadSchedule::Audit);
        }
        Ok(s)
    }

    /// The rule of a series.
    pub fn rule(&self, series: Series) -> Rule {
        match series {
            Series::Care => self.care,
            Series::Sensitive => self.sensitive,
            Series::Immunizations => self.immunizations,
            Series::Billing => self.billing,
            Series::Attachments => self.attachments,
            Series::Audit => self.audit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_schedule_is_one() {
        let s = Schedule::parse(SHIPPED).unwrap();
        assert_eq!(s.rule(Series::Care), Rule { archive: Some(3), keep: Some(10), child: Some(25) });
        assert_eq!(s.rule(Series::Audit).archive, None);
    }

    #[test]
    fn each_condition_is_named() {
        let changed = |from: &str, to: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            Schedule::parse(&SHIPPED.replacen(from, to, 1)).unwrap_err()
        };
        assert_eq!(changed("version = 0", "version = 7"), BadSchedule::Version(7));
        assert_eq!(changed("\"Proposal of Aidpost\"", "\" \""), BadSchedule::Name);
        assert_eq!(changed("archive = 3", "archive = 0"), BadSchedule::Years("care"));
        assert_eq!(changed("keep = 20", "keep = 151"), BadSchedule::Years("sensitive"));
        assert_eq!(changed("child = 25", "child = 41"), BadSchedule::Age("care"));
        assert_eq!(changed("keep = 7", "keep = 1"), BadSchedule::KeptShorter("billing"));
        assert_eq!(changed("[audit]", "[audit]\narchive = 2"), BadSchedule::Audit);
        for (from, to) in [("[billing]", "[bills]"), ("keep = 7", "kept = 7"), ("keep = 7", "keep = \"7\"")] {
            assert!(matches!(changed(from, to), BadSchedule::Unreadable { .. }), "{to}");
        }
        let long = format!("{SHIPPED}{}", "#\n".repeat(MAX_SCHEDULE));
        assert!(matches!(Schedule::parse(&long), Err(BadSchedule::Length(_))));
    }
}
