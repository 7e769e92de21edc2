//! Who decides for a child, or for somebody who can't. Kept as a FHIR RelatedPerson (`fhir::guardians`).

use serde::{Deserialize, Serialize};

use super::record::{BadRecord, text};

/// From this age on people decide for themselves, in most laws; whoever can't later either is registered with a guardian then.
pub const AGE_OF_CONSENT: u16 = 18;
/// The most characters of a guardian's name.
pub const MAX_NAME: usize = 120;
/// The most characters of their telephone number.
pub const MAX_PHONE: usize = 40;

/// What a guardian is to the patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// Mother.
    #[default]
    Mother,
    /// Father.
    Father,
    /// Grandmother or grandfather.
    Grandparent,
    /// Sister or brother.
    Sibling,
    /// Aunt, uncle, or another of the family.
    Family,
    /// Wife or husband.
    Spouse,
    /// Daughter or son.
    Child,
    /// Somebody else.
    Other,
}

impl Relation {
    /// All, with their words and their codes in HL7's v3-RoleCode; of somebody else: a guardian.
    pub const ALL: [(Relation, &'static str, &'static str); 8] = [
        (Relation::Mother, "mother", "MTH"),
        (Relation::Father, "father", "FTH"),
        (Relation::Grandparent, "grandparent", "GRPRN"),
        (Relation::Sibling, "sibling", "SIB"),
        (Relation::Family, "relative", "FAMMEMB"),
        (Relation::Spouse, "spouse", "SPS"),
        (Relation::Child, "child", "CHILD"),
        (Relation::Other, "guardian", "GUARD"),
    ];

    fn row(self) -> &'static (Relation, &'static str, &'static str) {
        // Every relation is in the table.
        Self::ALL.iter().find(|(r, _, _)| *r == self).unwrap_or(&Self::ALL[7])
    }

    /// One word.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// The relation of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x, _)| *x == w).map(|(r, _, _)| *r)
    }

    /// The code.
    pub fn code(self) -> &'static str {
        self.row().2
    }
}

/// A guardian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guardian {
    /// Their name.
    pub name: String,
    /// What they are to the patient.
    pub relation: Relation,
    /// Telephone, may be empty.
    pub phone: String,
}

impl Guardian {
    /// Whether it can be kept.
    ///
    /// # Errors
    /// The first limit that fails, in words for the screen.
    pub fn check(&self) -> Result<(), BadRecord> {
        text("guardian", &self.name, MAX_NAME, true)?;
        text("guardian's phone", &self.phone, MAX_PHONE, false)
    }
}

/// Whether somebody born in that year may be too young in this one to decide: a year says no day.
pub fn may_be_minor(birth_year: Option<u16>, year: u16) -> bool {
    birth_year.is_some_and(|born| year.saturating_sub(born) <= AGE_OF_CONSENT)
}

/// Whether a guardian who was written down in the year `since` decides in this `year`. One of a child does until the child is
/// grown; one of an adult, or of somebody whose age nobody knows, always: that is why there is one.
pub fn decides(birth_year: Option<u16>, since: u16, year: u16) -> bool {
    birth_year.is_none() || may_be_minor(birth_year, year) || !may_be_minor(birth_year, since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_childs_guardian_decides_until_it_is_grown_and_an_adults_always() {
        assert!(decides(Some(2016), 2018, 2026));
        assert!(decides(Some(2008), 2010, 2026), "eighteen in this year: perhaps not yet");
        assert!(!decides(Some(2007), 2010, 2026));
        assert!(decides(Some(1950), 2024, 2026), "written down of an adult");
        assert!(decides(None, 2020, 2026));
        assert!(
            may_be_minor(Some(2026), 2026) && !may_be_minor(None, 2026) && !may_be_minor(Some(1990), 2026)
        );
    }

    #[test]
    fn a_guardian_has_a_name_within_the_limits() {
        let g = |name: &str, phone: &str| Guardian {
            name: name.into(),
            relation: Relation::Mother,
            phone: phone.into(),
        };
        assert_eq!(g("Sita Rao", "").check(), Ok(()));
        assert_eq!(g(" ", "080").check(), Err(BadRecord::Empty("guardian")));
        assert!(g(&"x".repeat(MAX_NAME + 1), "").check().is_err());
        assert!(g("Sita", &"1".repeat(MAX_PHONE + 1)).check().is_err());
        assert!(g("a\u{1b}[2J", "").check().is_err());
    }

    #[test]
    fn words_and_codes_are_of_one_relation_each() {
        for (r, word, code) in Relation::ALL {
            assert_eq!((r.word(), r.code(), Relation::from_word(word)), (word, code, Some(r)));
        }
        assert_eq!(Relation::from_word("cousin"), None);
    }
}
