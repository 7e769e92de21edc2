//! What may leave for research, health bureaus and insurers, and in which form. Pure: whether it may is policy and consent.

pub mod counts;
pub mod extract;

use super::{
    id::PatientId,
    record::{Gender, Observation, Patient},
    time::{DAY, Millis},
};

/// One patient as far as an extract or a count looks at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Identifier; never shown.
    pub id: PatientId,
    /// Demographics, where they are known.
    pub patient: Option<Patient>,
    /// Visits: when, and what was measured.
    pub visits: Vec<(Millis, Vec<Observation>)>,
}

/// The calendar year (UTC) of a time.
pub fn year(at: Millis) -> u16 {
    // Days to civil year, after Howard Hinnant's "chrono-compatible low-level date algorithms".
    let days = at / DAY + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
    // Years there begin in March.
    let after_december = u64::from((5 * of_year + 2) / 153 >= 10);
    u16::try_from(era * 400 + of_era + after_december).unwrap_or(u16::MAX)
}

/// The five-year band of an age in a year; 90 and above are one band (as HIPAA's Safe Harbor wants, 45 CFR 164.514).
pub fn age_band(birth_year: u16, in_year: u16) -> String {
    let age = in_year.saturating_sub(birth_year);
    if age >= 90 {
        return "90+".into();
    }
    let low = age / 5 * 5;
    format!("{low}-{}", low + 4)
}

impl Subject {
    /// Age band in the year of the last visit; "?" where the year of birth isn't known.
    pub fn band(&self) -> String {
        let born = self.patient.as_ref().and_then(|p| p.birth_year);
        let last = self.visits.iter().map(|(at, _)| year(*at)).max();
        born.zip(last).map_or_else(|| "?".into(), |(b, l)| age_band(b, l))
    }

    /// Administrative gender, as a word.
    pub fn gender(&self) -> &'static str {
        self.patient.as_ref().map_or(Gender::Unknown, |p| p.gender).word()
    }

    /// Only the visits of a period.
    #[must_use]
    pub fn within(mut self, from: Option<Millis>, until: Option<Millis>) -> Self {
        self.visits.retain(|(at, _)| from.is_none_or(|f| *at >= f) && until.is_none_or(|u| *at < u));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_bands() {
        assert_eq!(year(0), 1970);
        assert_eq!(year(1_772_440_200_000), 2026);
        assert_eq!(year(951_782_400_000), 2000); // 29 February
        assert_eq!(year(978_307_199_999), 2000);
        assert_eq!(year(978_307_200_000), 2001);
        assert_eq!(age_band(1991, 2026), "35-39");
        assert_eq!(age_band(2026, 2026), "0-4");
        assert_eq!(age_band(1930, 2026), "90+");
        assert_eq!(age_band(2030, 2026), "0-4");
    }
}
