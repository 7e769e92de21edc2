use super::*;
use crate::core::summary::{BloodGroup, VERSION};

const BASE: &str = "https://x.invalid/fhir";

fn about(emergency: Vec<(Summary, String)>) -> About<'static> {
    About {
        consortium: ConsortiumId([1; 32]),
        patient: PatientId([7; 16]),
        org: (OrgId([2; 16]), "Aruna Clinic".into()),
        at: "2026-01-02T03:04:05Z".into(),
        base: BASE,
        emergency,
    }
}

fn named(url: &str, json: &str) -> Named {
    Named { url: url.into(), json: Json::parse(json).unwrap() }
}

fn patient() -> Named {
    named("urn:uuid:p", r#"{"resourceType":"Patient","id":"p","name":[{"text":"Nila"}]}"#)
}

/// What a section of a document refers to.
fn section<'a>(document: &'a Json, loinc: &str) -> Option<Vec<&'a str>> {
    let composition = document.get("entry").unwrap().items()[0].get("resource").unwrap();
    let all = composition.get("section").unwrap().items();
    let of = all.iter().find(|s| s.text_at(&["code", "coding", "code"]) == Some(loinc))?;
    Some(of.get("entry").unwrap().items().iter().map(|e| e.text_at(&["reference"]).unwrap()).collect())
}

fn urls(document: &Json) -> Vec<&str> {
    document.get("entry").unwrap().items().iter().map(|e| e.text_at(&["fullUrl"]).unwrap()).collect()
}

#[test]
fn what_nobody_knows_is_said_so() {
    let d = document(&about(Vec::new()), vec![patient()]).unwrap();
    crate::testing::golden("fhir_ips_v0.json", &d.canonical());
    for (loinc, url) in [
        ("10160-0", "MedicationStatement/no-medicines"),
        ("48765-2", "AllergyIntolerance/no-allergies"),
        ("11450-4", "Condition/no-problems"),
    ] {
        assert_eq!(section(&d, loinc).unwrap(), [format!("{BASE}/{url}")]);
    }
    assert_eq!(section(&d, "11369-6"), None, "an optional section without anything is left out");
    assert!(document(&about(Vec::new()), Vec::new()).is_none());
}

#[test]
fn each_thing_is_in_its_section_with_what_it_refers_to() {
    let condition = |id: &str, status: &str, more: &str| {
        named(
            &format!("urn:uuid:{id}"),
            &format!(
                r#"{{"resourceType":"Condition","id":"{id}","code":{{"text":"{id} <&>"}},
                    "clinicalStatus":{{"coding":[{{"code":"{status}"}}]}}{more}}}"#
            ),
        )
    };
    let weight = |id: &str, day: &str| {
        named(
            &format!("urn:uuid:{id}"),
            &format!(
                r#"{{"resourceType":"Observation","id":"{id}","status":"final","effectiveDateTime":"{day}",
                    "category":[{{"coding":[{{"code":"vital-signs"}}]}}],
                    "code":{{"coding":[{{"system":"http://loinc.org","code":"29463-7"}}]}}}}"#
            ),
        )
    };
    let all = vec![
        condition("old", "resolved", ""),
        condition("now", "active", r#","encounter":{"reference":"urn:uuid:e"}"#),
        condition("wrong", "active", r#","verificationStatus":{"coding":[{"code":"refuted"}]}"#),
        weight("w1", "2024-01-01"),
        weight("w2", "2025-01-01"),
        named(
            "urn:uuid:e",
            r#"{"resourceType":"Encounter","id":"e","serviceProvider":{"reference":"Organization/o"}}"#,
        ),
        named("urn:uuid:o", r#"{"resourceType":"Organization","id":"o","name":"Elsewhere"}"#),
        named("urn:uuid:x", r#"{"resourceType":"Encounter","id":"x"}"#),
        named(
            "urn:uuid:m",
            r#"{"resourceType":"MedicationRequest","id":"m","status":"stopped","medicationCodeableConcept":{"text":"x"}}"#,
        ),
        patient(),
    ];
    let d = document(&about(Vec::new()), all.clone()).unwrap();
    assert_eq!(section(&d, "11450-4").unwrap(), ["urn:uuid:now"]);
    assert_eq!(section(&d, "11348-0").unwrap(), ["urn:uuid:old"]);
    assert_eq!(section(&d, "8716-3").unwrap(), ["urn:uuid:w2"], "the latest of each");
    assert_eq!(section(&d, "10160-0").unwrap(), [format!("{BASE}/MedicationStatement/no-medicines")]);
    let urls = urls(&d);
    assert_eq!(urls.iter().collect::<BTreeSet<_>>().len(), urls.len(), "no name twice");
    for (url, there) in [("urn:uuid:e", true), ("urn:uuid:o", true), ("urn:uuid:x", false)] {
        assert_eq!(urls.contains(&url), there, "{url}");
    }
    let said = d.canonical();
    assert!(said.contains("<li>now &lt;&amp;&gt;"), "the narrative is XHTML: {said}");
    // Another content is another document.
    let other = document(&about(Vec::new()), all[1..].to_vec()).unwrap();
    assert_ne!(d.text_at(&["identifier", "value"]), other.text_at(&["identifier", "value"]));
}

#[test]
fn the_emergency_summary_is_part_of_it() {
    let s = |allergy: &str| Summary {
        version: VERSION,
        patient: PatientId([7; 16]),
        allergies: vec![allergy.into()],
        medicines: vec!["metformin".into()],
        problems: vec!["diabetes".into()],
        blood_group: BloodGroup::from_word("O-"),
    };
    let two = vec![(s("Penicillin"), "Nila, Aruna".to_string()), (s("penicillin"), "Omar, Bela".to_string())];
    let d = document(&about(two), vec![patient()]).unwrap();
    for loinc in ["48765-2", "10160-0", "11450-4", "30954-2"] {
        assert_eq!(section(&d, loinc).unwrap().len(), 1, "{loinc}: the same line is written once");
    }
    assert!(d.canonical().contains("emergency summary, Nila, Aruna"));
    assert!(!d.canonical().contains("absent-unknown"));
}
