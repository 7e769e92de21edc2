//! What a medicine is called that is given by reference: by a Medication inside the resource, or by one that is kept beside it. A
//! medicine is never called by what it is for or where it was ordered: who reads that takes it for the medicine.

use std::collections::{BTreeMap, BTreeSet};

use super::{reference, view::concept};
use crate::core::json::Json;

/// Before the reference of a medicine whose name isn't here.
pub const UNNAMED: &str = "name not known: ";

/// The names of Medications, by what refers to them: those of one sender. None: two are called differently there, and nobody
/// is told that it is one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Medicines {
    by: BTreeMap<String, Option<String>>,
    /// Of these by type and id it is known on which server they are.
    placed: BTreeSet<String>,
}

impl Medicines {
    /// Takes note of a Medication. `full_url` is what its bundle called it. One without a name has none here either.
    pub fn add(&mut self, full_url: Option<&str>, id: &str, medication: &Json) {
        let Some(name) = called(medication) else { return };
        let relative = format!("Medication/{id}");
        if full_url.is_some_and(is_absolute) {
            self.placed.insert(relative.clone());
        }
        for by in [full_url.map(str::to_string), Some(relative)].into_iter().flatten() {
            let kept = self.by.entry(by).or_insert_with(|| Some(name.clone()));
            if kept.as_ref() != Some(&name) {
                *kept = None;
            }
        }
    }

    /// Takes the names that aren't here yet.
    pub fn fill(&mut self, others: Self) {
        for (by, name) in others.by {
            self.by.entry(by).or_insert(name);
        }
        self.placed.extend(others.placed);
    }

    /// The name of what a reference leads to: by urn, by the address that its bundle gave it, or by type and id.
    fn get(&self, reference: &str) -> Option<&str> {
        let whole = reference.split("/_history/").next().unwrap_or(reference);
        let relative = || reference::relative(reference).map(|(kind, id)| format!("{kind}/{id}"));
        let found = self.by.get(whole);
        match is_absolute(whole) {
            true => found?.as_deref(),
            false => found.or_else(|| self.by.get(&relative()?))?.as_deref(),
        }
    }

    /// The name of what an absolute reference leads to if its server is this sender's: of what lies on a known one it isn't
    /// guessed.
    fn guess(&self, reference: &str) -> Option<&str> {
        let (kind, id) = reference::relative(reference)?;
        let relative = format!("{kind}/{id}");
        self.by.get(&relative).filter(|_| !self.placed.contains(&relative))?.as_deref()
    }

    /// True when the name of this resource's medicine, given by reference, is neither in it nor here.
    pub fn lacks(&self, kind: &str, json: &Json) -> bool {
        is_about_one(kind) && name(json, self).starts_with(UNNAMED)
    }
}

fn is_absolute(reference: &str) -> bool {
    reference.starts_with("http://") || reference.starts_with("https://")
}

/// Resources that say what medicine was ordered, given, handed out or taken.
pub fn is_about_one(kind: &str) -> bool {
    matches!(
        kind,
        "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense"
    )
}

/// What the medicine of such a resource is called; else its reference, with [`UNNAMED`] before it.
pub fn name(json: &Json, beside: &Medicines) -> String {
    if let Some(words) = json.get("medicationCodeableConcept").and_then(concept) {
        return words.to_string();
    }
    let Some(of) = json.get("medicationReference") else { return format!("{UNNAMED}-") };
    let named = of.text_at(&["reference"]);
    let inside = |id: &str| {
        let all = json.get("contained").map_or(&[][..], Json::items);
        all.iter().find(|c| c.text_at(&["id"]) == Some(id)).and_then(called)
    };
    let found = named.and_then(|r| match r.strip_prefix('#') {
        Some(id) => inside(id),
        None => beside.get(r).map(str::to_string),
    });
    // What its sender wrote beside the reference is a name too.
    let found = found.or_else(|| filled(of.text_at(&["display"])));
    let found = found.or_else(|| named.and_then(|r| beside.guess(r)).map(str::to_string));
    let by = || named.or_else(|| of.text_at(&["identifier", "value"])).unwrap_or("-");
    found.unwrap_or_else(|| format!("{UNNAMED}{}", by()))
}

/// A Medication's name: its code's, else what it is made of.
fn called(medication: &Json) -> Option<String> {
    if let Some(words) = filled(medication.get("code").and_then(concept)) {
        return Some(words);
    }
    let all = medication.get("ingredient").map_or(&[][..], Json::items).iter();
    let made_of: Vec<&str> = all.filter_map(|i| concept(i.get("itemCodeableConcept")?)).collect();
    (!made_of.is_empty()).then(|| made_of.join(" + "))
}

fn filled(words: Option<&str>) -> Option<String> {
    words.map(str::trim).filter(|w| !w.is_empty()).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn j(s: &str) -> Json {
        Json::parse(s).unwrap()
    }

    #[test]
    fn of_two_that_are_called_the_same_neither_is_named() {
        let j = |s: &str| Json::parse(s).unwrap();
        let request = j(r#"{"medicationReference":{"reference":"Medication/1"}}"#);
        let called = |name: &str| j(&format!(r#"{{"code":{{"text":"{name}"}}}}"#));
        let mut all = Medicines::default();
        all.add(None, "1", &called("amoxicillin"));
        all.add(Some("urn:uuid:1"), "1", &called("amoxicillin"));
        assert_eq!(name(&request, &all), "amoxicillin");
        all.add(Some("urn:uuid:2"), "1", &called("warfarin"));
        assert_eq!(name(&request, &all), "name not known: Medication/1");
        let second = j(r#"{"medicationReference":{"reference":"urn:uuid:2"}}"#);
        assert_eq!(name(&second, &all), "warfarin");
        // What is here comes before what fills the gaps.
        let (mut own, mut others) = (Medicines::default(), Medicines::default());
        own.add(None, "1", &called("amoxicillin"));
        others.add(None, "1", &called("warfarin"));
        others.add(None, "2", &called("zinc"));
        own.fill(others);
        assert_eq!(name(&request, &own), "amoxicillin");
        assert_eq!(name(&j(r#"{"medicationReference":{"reference":"Medication/2"}}"#), &own), "zinc");
    }

    #[test]
    fn a_medicine_is_found_inside_and_beside_and_never_called_by_its_category() {
        let request = |reference: &str| {
            j(&format!(
                r##"{{"resourceType":"MedicationRequest","category":[{{"text":"Community"}}],
                    "reasonCode":[{{"text":"Cough"}}],
                    "contained":[{{"resourceType":"Medication","id":"m","code":{{"text":"amoxicillin 250 mg"}}}},
                                 {{"resourceType":"Medication","id":"n"}}],
                    "medicationReference":{reference}}}"##
            ))
        };
        let mut beside = Medicines::default();
        beside.add(
            Some("urn:uuid:7"),
            "7",
            &j(r#"{"code":{"coding":[{"code":"860975"},{"display":"metformin 500 mg"}]}}"#),
        );
        beside.add(
            None,
            "8",
            &j(r#"{"ingredient":[{"itemCodeableConcept":{"text":"artemether"}},
                                 {"itemCodeableConcept":{"text":"lumefantrine"}}]}"#),
        );
        beside.add(None, "9", &j("{}"));
        let of = |r: &str| name(&request(&format!(r#"{{"reference":"{r}"}}"#)), &beside);
        assert_eq!(of("#m"), "amoxicillin 250 mg");
        for by in ["urn:uuid:7", "Medication/7", "https://x.org/fhir/Medication/7/_history/2"] {
            assert_eq!(of(by), "metformin 500 mg", "{by}");
        }
        assert_eq!(of("Medication/8"), "artemether + lumefantrine");
        // Another server's number 7 is another medicine: what its sender calls it counts more, and nothing if it is known where
        // ours is.
        let there = r#"{"reference":"https://y.org/Medication/7","display":"warfarin 5 mg"}"#;
        assert_eq!(name(&request(there), &beside), "warfarin 5 mg");
        beside.add(Some("https://x.org/fhir/Medication/10"), "10", &j(r#"{"code":{"text":"zinc"}}"#));
        let of = |r: &str| name(&request(&format!(r#"{{"reference":"{r}"}}"#)), &beside);
        assert_eq!(of("https://x.org/fhir/Medication/10/_history/1"), "zinc");
        assert_eq!(of("Medication/10"), "zinc");
        assert_eq!(of("https://y.org/Medication/10"), "name not known: https://y.org/Medication/10");
        for by in ["Medication/9", "#n", "#x", "Medication?code=1"] {
            assert_eq!(of(by), format!("name not known: {by}"));
        }
        assert_eq!(name(&request(r#"{"reference":"Medication/9","display":"zinc"}"#), &beside), "zinc");
        assert_eq!(name(&j("{}"), &beside), "name not known: -");
        let lacks =
            |r: &str| beside.lacks("MedicationStatement", &request(&format!(r#"{{"reference":"{r}"}}"#)));
        assert!(lacks("Medication/9") && !lacks("Medication/7"));
        assert!(!beside.lacks("Condition", &j("{}")));
    }
}
