//! Whether two entries of the patient list may be one person: a score with its reasons, for a person to decide by.
//!
//! The weights are plain numbers that add up, so that every proposal can be explained; nothing is ever merged by them.

use serde::{Deserialize, Serialize};

use super::record::Gender;

/// From this score on two entries are proposed as one person.
pub const LIKELY: u8 = 60;
/// Words of a name that are alike to this degree count as the same, written differently (Jaro-Winkler).
const ALIKE: f64 = 0.88;

/// What is compared. Texts are folded: lower case, no accents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Words of the name.
    pub name: Vec<String>,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Gender.
    pub gender: Gender,
    /// Village.
    pub village: String,
    /// Digits of the phone number.
    pub phone: String,
}

/// Why two entries may be, or may not be, one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The same name, in any order.
    SameName,
    /// Names that are written alike.
    SimilarName,
    /// The same year of birth.
    SameYear,
    /// At most two years between them: one may be a guess.
    NearYear,
    /// More than five years between them.
    OtherYear,
    /// The same village.
    SameVillage,
    /// Villages that are written alike.
    SimilarVillage,
    /// The same phone number.
    SamePhone,
    /// Male here, female there.
    OtherGender,
}

impl Reason {
    /// A few words.
    pub fn words(self) -> &'static str {
        match self {
            Reason::SameName => "same name",
            Reason::SimilarName => "similar name",
            Reason::SameYear => "same year of birth",
            Reason::NearYear => "year of birth close by",
            Reason::OtherYear => "but another year of birth",
            Reason::SameVillage => "same village",
            Reason::SimilarVillage => "similar village",
            Reason::SamePhone => "same phone",
            Reason::OtherGender => "but another sex",
        }
    }

    fn weight(self) -> i32 {
        match self {
            Reason::SameName => 45,
            Reason::SimilarName => 32,
            Reason::SameYear => 20,
            Reason::NearYear => 10,
            Reason::OtherYear => -25,
            Reason::SameVillage => 15,
            Reason::SimilarVillage => 10,
            Reason::SamePhone => 25,
            Reason::OtherGender => -25,
        }
    }
}

/// How likely two entries are one person, 0 to 100, and why. A name that isn't alike is nobody's duplicate.
pub fn compare(a: &Known, b: &Known) -> (u8, Vec<Reason>) {
    let Some(name) = names(&a.name, &b.name) else { return (0, Vec::new()) };
    let mut why = vec![name];
    if let (Some(x), Some(y)) = (a.birth_year, b.birth_year) {
        match x.abs_diff(y) {
            0 => why.push(Reason::SameYear),
            1..=2 => why.push(Reason::NearYear),
            3..=5 => {}
            _ => why.push(Reason::OtherYear),
        }
    }
    if !a.village.is_empty() && !b.village.is_empty() {
        if a.village == b.village {
            why.push(Reason::SameVillage);
        } else if strsim::jaro_winkler(&a.village, &b.village) >= ALIKE {
            why.push(Reason::SimilarVillage);
        }
    }
    if same_phone(&a.phone, &b.phone) {
        why.push(Reason::SamePhone);
    }
    if matches!((a.gender, b.gender), (Gender::Male, Gender::Female) | (Gender::Female, Gender::Male)) {
        why.push(Reason::OtherGender);
    }
    let score: i32 = why.iter().map(|r| r.weight()).sum();
    (score.clamp(0, 100) as u8, why)
}

/// Each word of the shorter name has its own in the longer one.
fn names(a: &[String], b: &[String]) -> Option<Reason> {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut left: Vec<&String> = long.iter().collect();
    let mut exact = short.len() == long.len();
    for w in short {
        let best =
            left.iter().enumerate().map(|(i, x)| (i, alike(x, w))).max_by(|x, y| x.1.total_cmp(&y.1))?;
        if best.1 < ALIKE {
            return None;
        }
        exact &= best.1 >= 1.0;
        left.swap_remove(best.0);
    }
    (!short.is_empty()).then_some(if exact { Reason::SameName } else { Reason::SimilarName })
}

/// How alike two words are, 0 to 1: 1 only for the same.
fn alike(a: &str, b: &str) -> f64 {
    match a == b {
        true => 1.0,
        false if heard(a) == heard(b) => 0.99,
        false => strsim::jaro_winkler(a, b).min(0.99),
    }
}

/// A word as it is heard: names come in many spellings of one sound (Neela and Nila, Youssouf and Yusuf).
fn heard(word: &str) -> String {
    const SPELLINGS: [(&str, &str); 8] = [
        ("ee", "i"),
        ("oo", "u"),
        ("ou", "u"),
        ("ph", "f"),
        ("kh", "k"),
        ("sh", "s"),
        ("y", "i"),
        ("z", "s"),
    ];
    let mut out = word.to_string();
    for (from, to) in SPELLINGS {
        out = out.replace(from, to);
    }
    let mut last = None;
    out.retain(|c| last.replace(c) != Some(c));
    out
}

/// The same digits, with or without the code of the country.
fn same_phone(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() >= 6 && long.ends_with(short.trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn known(name: &str, year: Option<u16>, gender: Gender, village: &str, phone: &str) -> Known {
        Known {
            name: name.split(' ').map(str::to_string).collect(),
            birth_year: year,
            gender,
            village: village.into(),
            phone: phone.into(),
        }
    }

    #[test]
    fn the_same_person_typed_twice_is_proposed_and_a_namesake_is_not() {
        use Gender::{Female, Male};
        let nila = known("nila devi", Some(1988), Female, "pokhara", "9779841234567");
        let score = |b: &Known| compare(&nila, b);
        let (s, why) = score(&known("devi nila", Some(1988), Female, "pokhara", ""));
        assert!(s >= LIKELY, "{s}");
        assert_eq!(why, [Reason::SameName, Reason::SameYear, Reason::SameVillage]);
        let (s, why) = score(&known("neela devi", Some(1989), Female, "pokhra", "09841234567"));
        assert!(s >= LIKELY && why.contains(&Reason::SamePhone), "{s} {why:?}");
        assert!(score(&known("nila devi", Some(1960), Female, "pokhara", "")).0 < LIKELY, "a namesake");
        assert!(score(&known("nila devi", Some(1988), Male, "pokhara", "")).0 < LIKELY, "her brother");
        assert!(score(&known("nila devi", None, Female, "", "")).0 < LIKELY, "a name alone is little");
        assert_eq!(heard("youssouf"), heard("yusuf"));
        assert_eq!(score(&known("ram thapa", Some(1988), Female, "pokhara", "9779841234567")).0, 0);
    }

    proptest! {
        #[test]
        fn it_is_the_same_both_ways(
            a in "[a-e]{2,6}( [a-e]{2,6})?", b in "[a-e]{2,6}( [a-e]{2,6})?",
            x in proptest::option::of(1900u16..2026), y in proptest::option::of(1900u16..2026),
        ) {
            let (a, b) = (known(&a, x, Gender::Female, "v", ""), known(&b, y, Gender::Unknown, "v", ""));
            // Words are paired greedily, so only the verdict on equal lengths of one word is exactly the same.
            if a.name.len() == 1 && b.name.len() == 1 {
                prop_assert_eq!(compare(&a, &b).0, compare(&b, &a).0);
            }
            prop_assert!(compare(&a, &a).0 >= 45);
        }
    }
}
