//! A de-identified extract for research: measurements, with age band, gender and year; nothing that was typed freely.
//!
//! Left out: name, village, telephone, reason and note of a visit, who wrote it, at which organisation, every exact date.
//! Coarsened: birth to a five-year band, dates to the year. Identifiers become pseudonyms under a key that is drawn for
//! one extract and thrown away, so that two extracts can't be joined. An age band and gender that fewer than
//! [`K`] patients of the extract share are withheld.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Subject, year};
use crate::core::record::show_milli;

/// Fewer patients than this never share what is shown of them.
pub const K: usize = 5;

/// What stands for a value that is withheld.
pub const WITHHELD: &str = "*";

/// One measurement of one patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The patient, within this extract.
    pub pseudonym: String,
    /// Five-year band in the year of the last visit.
    pub age: String,
    /// Administrative gender.
    pub gender: String,
    /// Year of the visit.
    pub year: u16,
    /// Which visit of this patient, in order of time.
    pub visit: u32,
    /// LOINC code.
    pub loinc: String,
    /// Value in `unit`.
    pub value: String,
    /// UCUM unit.
    pub unit: String,
}

fn pseudonym(key: &[u8; 32], id: &[u8; 16]) -> String {
    hex::encode(&blake3::keyed_hash(key, id).as_bytes()[..12])
}

/// What is shown of each patient's age and gender.
fn shown(subjects: &[Subject]) -> Vec<(String, String)> {
    let mut both: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for s in subjects {
        *both.entry((s.band(), s.gender())).or_default() += 1;
    }
    let few = |s: &Subject| both.get(&(s.band(), s.gender())).is_none_or(|n| *n < K);
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for s in subjects.iter().filter(|s| few(s)) {
        *left.entry(s.gender()).or_default() += 1;
    }
    // Of those whose age is withheld, gender is shown only where it tells nobody apart.
    let gender_too = left.values().any(|n| *n < K);
    subjects
        .iter()
        .map(|s| match few(s) {
            false => (s.band(), s.gender().to_owned()),
            true if gender_too => (WITHHELD.to_owned(), WITHHELD.to_owned()),
            true => (WITHHELD.to_owned(), s.gender().to_owned()),
        })
        .collect()
}

/// The rows of an extract, in the order of their pseudonyms. `key` is drawn for this extract and kept nowhere.
pub fn extract(subjects: &[Subject], key: &[u8; 32]) -> Vec<Row> {
    let mut out = Vec::new();
    for (s, (age, gender)) in subjects.iter().zip(shown(subjects)) {
        let mut visits: Vec<_> = s.visits.iter().collect();
        visits.sort_by_key(|(at, _)| *at);
        for (n, (at, observations)) in (1u32..).zip(visits) {
            out.extend(observations.iter().map(|o| {
                let info = o.vital.info();
                Row {
                    pseudonym: pseudonym(key, &s.id.0),
                    age: age.clone(),
                    gender: gender.clone(),
                    year: year(*at),
                    visit: n,
                    loinc: info.loinc.into(),
                    value: show_milli(o.milli),
                    unit: info.unit.into(),
                }
            }));
        }
    }
    out.sort_by(|a, b| (&a.pseudonym, a.visit, &a.loinc).cmp(&(&b.pseudonym, b.visit, &b.loinc)));
    out
}

/// As comma-separated values (RFC 4180). No value needs quoting: none was typed by a person.
pub fn csv(rows: &[Row]) -> String {
    let mut out = String::from("patient,age,gender,year,visit,loinc,value,unit\r\n");
    for r in rows {
        let cells: [&str; 8] = [
            &r.pseudonym,
            &r.age,
            &r.gender,
            &r.year.to_string(),
            &r.visit.to_string(),
            &r.loinc,
            &r.value,
            &r.unit,
        ];
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::core::{
        id::PatientId,
        record::{Gender, Observation, Patient, Vital},
        time::DAY,
    };

    prop_compose! {
        fn subject()(
            id: [u8; 16],
            name in "[A-Z][a-z]{5,12} [A-Z][a-z]{5,12}",
            village in "[A-Z][a-z]{6,12}",
            phone in "07[0-9]{8}",
            born in proptest::option::of(1900u16..2026),
            gender in 0usize..4,
            visits in proptest::collection::vec((18_000u64..20_500, 0u64..DAY, 35_000i64..41_000), 1..4),
        ) -> Subject {
            let gender = [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown][gender];
            let patient = Patient { name, birth_year: born, birth_estimated: false, gender, village, phone };
            let visits = visits
                .into_iter()
                .map(|(day, ms, milli)| {
                    (day * DAY + ms, vec![Observation { vital: Vital::Temperature, milli }])
                })
                .collect();
            Subject { id: PatientId(id), patient: Some(patient), visits }
        }
    }

    proptest! {
        #[test]
        fn no_identifier_gets_into_an_extract(
            subjects in proptest::collection::vec(subject(), 1..40), key: [u8; 32],
        ) {
            let rows = extract(&subjects, &key);
            let text = csv(&rows).to_lowercase();
            for s in &subjects {
                let p = s.patient.as_ref().unwrap();
                let mut planted: Vec<String> = p.name.split(' ').map(str::to_lowercase).collect();
                planted.extend([p.village.to_lowercase(), p.phone.clone(), s.id.to_string()]);
                planted.push(hex::encode(&s.id.0[..8]));
                for (at, _) in &s.visits {
                    planted.extend([at.to_string(), (at / 1000).to_string()]);
                }
                for word in planted {
                    prop_assert!(!text.contains(&word), "{word} in {text}");
                }
            }
            // Every row is made of what a row is made of, and of nothing else.
            for line in text.lines().skip(1) {
                prop_assert_eq!(line.split(',').count(), 8);
            }
        }

        #[test]
        fn what_is_shown_of_a_patient_fits_k_of_them(
            subjects in proptest::collection::vec(subject(), 1..60), key: [u8; 32],
        ) {
            let mut who: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
            for r in extract(&subjects, &key) {
                who.entry((r.age, r.gender)).or_default().insert(r.pseudonym);
            }
            for ((age, gender), patients) in who {
                prop_assert!(
                    patients.len() >= K || (age == WITHHELD && gender == WITHHELD),
                    "{age} {gender}: {}", patients.len()
                );
            }
        }

        #[test]
        fn two_extracts_can_not_be_joined(s in subject(), a: [u8; 32], b: [u8; 32]) {
            prop_assume!(a != b);
            let of = |k| extract(std::slice::from_ref(&s), k)[0].pseudonym.clone();
            prop_assert_ne!(of(&a), of(&b));
            prop_assert_eq!(of(&a), of(&a));
        }
    }
}
