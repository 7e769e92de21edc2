//! Whose a resource is, and what it refers to.

use crate::core::json::Json;

/// The elements by which R4's patient compartment ties a resource to a patient, the most telling first.
/// <https://hl7.org/fhir/R4/compartmentdefinition-patient.html>
const BY: [&[&str]; 10] = [
    &["subject"],
    &["patient"],
    &["beneficiary"],
    &["for"],
    &["individual"],
    &["individualSubject"],
    &["subjectReference"],
    &["participant", "actor"],
    &["link", "target"],
    &["member", "entity"],
];

/// What a resource may call its patient, the most telling first; none for one that is nobody's (a practitioner, an
/// organisation). A `urn:` says nothing about what it names, so it may turn out to be something else.
pub fn patients(kind: &str, json: &Json) -> Vec<String> {
    if matches!(kind, "Practitioner" | "PractitionerRole" | "Organization" | "Location" | "Medication") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in BY {
        // A Group's members are many patients: it is nobody's alone.
        if path[0] == "member" && kind != "List" {
            continue;
        }
        collect(json, path, &mut found);
    }
    found.retain(|r| r.starts_with("urn:") || relative(r).is_some_and(|(kind, _)| kind == "Patient"));
    found
}

fn collect(json: &Json, path: &[&str], out: &mut Vec<String>) {
    match (json, path) {
        (Json::List(l), _) => l.iter().for_each(|v| collect(v, path, out)),
        (v, []) => out.extend(v.get("reference").and_then(Json::as_text).map(str::to_string)),
        (v, [key, rest @ ..]) => {
            if let Some(v) = v.get(key) {
                collect(v, rest, out);
            }
        }
    }
}

/// `Patient/1`, also at the end of an absolute address and before `/_history`: type and id.
pub fn relative(reference: &str) -> Option<(&str, &str)> {
    let r = reference.split("/_history/").next()?;
    let mut parts = r.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    let name = !kind.is_empty() && kind.chars().all(|c| c.is_ascii_alphanumeric());
    (name && super::bundle::is_id(id)).then_some((kind, id))
}

/// Every reference anywhere in a resource.
pub fn all(json: &Json, out: &mut Vec<String>) {
    match json {
        Json::Object(o) => {
            for (k, v) in o {
                match v {
                    Json::Text(s) if k == "reference" => out.push(s.clone()),
                    v => all(v, out),
                }
            }
        }
        Json::List(l) => l.iter().for_each(|v| all(v, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patient_of_each_kind() {
        let p = |kind: &str, s: &str| patients(kind, &Json::parse(s).unwrap()).into_iter().next();
        let is = Some("Patient/1".to_string());
        assert_eq!(p("Observation", r#"{"subject":{"reference":"Patient/1"}}"#), is);
        assert_eq!(p("Immunization", r#"{"patient":{"reference":"Patient/1"}}"#), is);
        assert_eq!(p("Coverage", r#"{"beneficiary":{"reference":"Patient/1"}}"#), is);
        let slots =
            r#"{"participant":[{"actor":{"reference":"Location/9"}},{"actor":{"reference":"Patient/1"}}]}"#;
        assert_eq!(p("Appointment", slots), is);
        assert_eq!(p("Practitioner", r#"{"subject":{"reference":"Patient/1"}}"#), None);
        assert_eq!(p("Observation", r#"{"subject":{"reference":"Device/1"}}"#), None);
        assert_eq!(p("Group", r#"{"member":[{"entity":{"reference":"Patient/1"}}]}"#), None);
        assert_eq!(p("Encounter", r#"{"subject":{"reference":"urn:uuid:7"}}"#), Some("urn:uuid:7".into()));
    }

    #[test]
    fn references_are_taken_apart() {
        assert_eq!(relative("Patient/1"), Some(("Patient", "1")));
        assert_eq!(relative("http://x.org/fhir/Patient/1/_history/3"), Some(("Patient", "1")));
        assert_eq!(relative("urn:uuid:7"), None);
        assert_eq!(relative("#contained"), None);
        assert_eq!(relative("Practitioner?identifier=7"), None);
        let mut out = Vec::new();
        all(&Json::parse(r#"{"a":[{"reference":"A/1"}],"reference":"B/2"}"#).unwrap(), &mut out);
        assert_eq!(out, ["A/1", "B/2"]);
    }
}
