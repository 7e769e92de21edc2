//! The emergency summary: what somebody who has never seen the patient must know. Wrapped to every organisation, unless
//! the patient opted out; the names follow the FHIR International Patient Summary.

use serde::{Deserialize, Serialize};

use super::id::PatientId;

/// The version of the format.
pub const VERSION: u8 = 0;
/// Signature domain.
pub const DOMAIN: &str = "aidpost v0 summary";
/// The most lines of one list.
pub const MAX_LINES: usize = 24;
/// The most characters of one line.
pub const MAX_LINE: usize = 120;
/// The most bytes of an encoded summary.
pub const MAX_BYTES: usize = 40 * 1024;

/// ABO and Rhesus D.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BloodGroup {
    /// A, Rhesus positive.
    APositive,
    /// A, Rhesus negative.
    ANegative,
    /// B, Rhesus positive.
    BPositive,
    /// B, Rhesus negative.
    BNegative,
    /// AB, Rhesus positive.
    AbPositive,
    /// AB, Rhesus negative.
    AbNegative,
    /// O, Rhesus positive.
    OPositive,
    /// O, Rhesus negative.
    ONegative,
}

impl BloodGroup {
    /// Every group as people write it.
    pub const ALL: [(BloodGroup, &'static str); 8] = [
        (BloodGroup::APositive, "A+"),
        (BloodGroup::ANegative, "A-"),
        (BloodGroup::BPositive, "B+"),
        (BloodGroup::BNegative, "B-"),
        (BloodGroup::AbPositive, "AB+"),
        (BloodGroup::AbNegative, "AB-"),
        (BloodGroup::OPositive, "O+"),
        (BloodGroup::ONegative, "O-"),
    ];

    /// As people write it.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(g, _)| *g == self).map_or("", |(_, w)| w)
    }

    /// The group of what somebody wrote.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| x.eq_ignore_ascii_case(w.trim())).map(|(g, _)| *g)
    }
}

/// What to know in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Format version, [`VERSION`].
    pub version: u8,
    /// Whose.
    pub patient: PatientId,
    /// Allergies and intolerances.
    pub allergies: Vec<String>,
    /// Medicines being taken.
    pub medicines: Vec<String>,
    /// Problems that matter.
    pub problems: Vec<String>,
    /// Blood group, where it was tested.
    pub blood_group: Option<BloodGroup>,
}

/// Why a summary can't be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSummary {
    /// Too many lines.
    #[error("{0}: at most {MAX_LINES} lines: keep what matters in an emergency")]
    TooMany(&'static str),
    /// A line is empty, too long or can't be shown.
    #[error("{0}: each line has 1 to {MAX_LINE} characters that can be shown")]
    Line(&'static str),
    /// Another version.
    #[error("the summary needs a newer Aidpost")]
    Version,
}

impl Summary {
    /// The limits that every summary meets, typed here or received.
    ///
    /// # Errors
    /// The first limit that fails, in words for the screen.
    pub fn check(&self) -> Result<(), BadSummary> {
        if self.version != VERSION {
            return Err(BadSummary::Version);
        }
        for (name, lines) in self.lists() {
            if lines.len() > MAX_LINES {
                return Err(BadSummary::TooMany(name));
            }
            let good = |l: &String| {
                !l.trim().is_empty() && l.chars().count() <= MAX_LINE && !l.chars().any(char::is_control)
            };
            if !lines.iter().all(good) {
                return Err(BadSummary::Line(name));
            }
        }
        Ok(())
    }

    /// Its lists with their headings.
    pub fn lists(&self) -> [(&'static str, &[String]); 3] {
        [("allergies", &self.allergies), ("medicines", &self.medicines), ("problems", &self.problems)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(allergies: Vec<String>) -> Summary {
        let patient = PatientId([1; 16]);
        Summary {
            version: VERSION,
            patient,
            allergies,
            medicines: Vec::new(),
            problems: Vec::new(),
            blood_group: BloodGroup::from_word("o-"),
        }
    }

    #[test]
    fn what_is_kept_can_be_read_in_a_hurry() {
        let s = summary(vec!["penicillin: swelling of the face".into()]);
        assert_eq!(s.check(), Ok(()));
        assert_eq!(s.blood_group.map(BloodGroup::word), Some("O-"));
        assert_eq!(summary(vec![" ".into()]).check(), Err(BadSummary::Line("allergies")));
        assert_eq!(summary(vec!["a\u{1b}[2J".into()]).check(), Err(BadSummary::Line("allergies")));
        assert_eq!(summary(vec!["x".into(); 25]).check(), Err(BadSummary::TooMany("allergies")));
        assert_eq!(BloodGroup::from_word("C+"), None);
    }
}
