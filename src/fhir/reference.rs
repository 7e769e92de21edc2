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

/// How a resource says whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// By name: `Patient/1`, an address, a `urn:`. The last says nothing about what it names, so it may turn out to be
    /// something else.
    Name(String),
    /// By a search for an identifier (`Patient?identifier=system|value`): the whole, and system and value of it.
    Search(String, Option<(String, String)>),
    /// By an identifier: system and value.
    Identifier(String, String),
    /// By a Patient inside the resource itself.
    Inside(Json),
    /// In words.
    Words(String),
}

/// What a resource may call its patient, the most telling first; none for one that is nobody's (a practitioner, an
/// organisation).
pub fn patients(kind: &str, json: &Json) -> Vec<Subject> {
    if nobodys(kind) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for path in BY {
        // A Group's members are many patients: it is nobody's alone.
        if path[0] == "member" && kind != "List" {
            continue;
        }
        let mut all = Vec::new();
        collect(json, path, &mut all);
        // Elsewhere somebody without a reference may be anyone.
        let telling = matches!(path[0], "subject" | "patient" | "beneficiary");
        found.extend(all.into_iter().filter_map(|r| subject(json, r, telling)));
    }
    found
}

/// Kinds that are nobody's, whatever they refer to.
pub fn nobodys(kind: &str) -> bool {
    matches!(kind, "Practitioner" | "PractitionerRole" | "Organization" | "Location" | "Medication" | "Group")
}

/// What a Reference says of a patient; none: it is about something else.
fn subject(resource: &Json, r: &Json, telling: bool) -> Option<Subject> {
    let Some(name) = r.get("reference").and_then(Json::as_text) else {
        if !telling || r.text_at(&["type"]).is_some_and(|t| t != "Patient") {
            return None;
        }
        let by = r
            .get("identifier")
            .and_then(|i| Some((i.text_at(&["system"]).unwrap_or(""), i.text_at(&["value"])?)));
        let by = by.map(|(system, value)| Subject::Identifier(system.into(), value.into()));
        return by.or_else(|| r.text_at(&["display"]).map(|d| Subject::Words(d.into())));
    };
    if let Some(id) = name.strip_prefix('#') {
        let inside = resource.get("contained").map_or(&[][..], Json::items);
        let it = inside.iter().find(|c| c.text_at(&["id"]) == Some(id))?;
        return (it.text_at(&["resourceType"]) == Some("Patient")).then(|| Subject::Inside(it.clone()));
    }
    if let Some((before, query)) = name.split_once('?') {
        let patient = before.rsplit('/').next() == Some("Patient");
        return patient.then(|| Subject::Search(name.into(), searched(query)));
    }
    let named = name.starts_with("urn:") || relative(name).is_some_and(|(kind, _)| kind == "Patient");
    named.then(|| Subject::Name(name.into()))
}

/// System and value of `identifier=system|value`.
fn searched(query: &str) -> Option<(String, String)> {
    let value = query.split('&').find_map(|p| p.strip_prefix("identifier="))?;
    let plain = unescaped(value)?;
    let (system, value) = plain.split_once('|').unwrap_or(("", &plain));
    Some((system.into(), value.into()))
}

/// Percent-encoding taken back.
fn unescaped(s: &str) -> Option<String> {
    let mut out = Vec::with_capacity(s.len());
    let mut rest = s.as_bytes();
    while let Some((b, after)) = rest.split_first() {
        rest = after;
        if *b == b'%' {
            let (hex, after) = rest.split_at_checked(2)?;
            rest = after;
            out.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
        } else {
            out.push(*b);
        }
    }
    String::from_utf8(out).ok()
}

/// The identifiers of a Patient: system and value.
pub fn identifiers(patient: &Json) -> Vec<(String, String)> {
    let all = patient.get("identifier").map_or(&[][..], Json::items).iter();
    let of = |i: &Json| {
        Some((i.text_at(&["system"]).unwrap_or("").to_string(), i.text_at(&["value"])?.to_string()))
    };
    all.filter_map(of).collect()
}

fn collect<'a>(json: &'a Json, path: &[&str], out: &mut Vec<&'a Json>) {
    match (json, path) {
        (Json::List(l), _) => l.iter().for_each(|v| collect(v, path, out)),
        (v, []) => out.push(v),
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
        let name = |s: &str| Some(Subject::Name(s.into()));
        let is = name("Patient/1");
        assert_eq!(p("Observation", r#"{"subject":{"reference":"Patient/1"}}"#), is);
        assert_eq!(p("Immunization", r#"{"patient":{"reference":"Patient/1"}}"#), is);
        assert_eq!(p("Coverage", r#"{"beneficiary":{"reference":"Patient/1"}}"#), is);
        let slots =
            r#"{"participant":[{"actor":{"reference":"Location/9"}},{"actor":{"reference":"Patient/1"}}]}"#;
        assert_eq!(p("Appointment", slots), is);
        assert_eq!(p("Practitioner", r#"{"subject":{"reference":"Patient/1"}}"#), None);
        assert_eq!(p("Observation", r#"{"subject":{"reference":"Device/1"}}"#), None);
        assert_eq!(p("Group", r#"{"member":[{"entity":{"reference":"Patient/1"}}]}"#), None);
        assert_eq!(p("Encounter", r#"{"subject":{"reference":"urn:uuid:7"}}"#), name("urn:uuid:7"));
    }

    #[test]
    fn patients_who_are_not_named() {
        let p = |s: &str| patients("Observation", &Json::parse(s).unwrap()).into_iter().next();
        let inside = r##"{"contained":[{"resourceType":"Patient","id":"a"},{"resourceType":"Device","id":"b"}],"subject":{"reference":"#a"}}"##;
        assert!(matches!(p(inside), Some(Subject::Inside(_))));
        assert_eq!(p(&inside.replace("#a", "#b")), None);
        let by = r#"{"subject":{"identifier":{"system":"s","value":"v"},"display":"Nila"}}"#;
        assert_eq!(p(by), Some(Subject::Identifier("s".into(), "v".into())));
        assert_eq!(p(r#"{"subject":{"display":"Nila"}}"#), Some(Subject::Words("Nila".into())));
        assert_eq!(p(r#"{"subject":{"type":"Group","display":"Nila"}}"#), None);
        assert_eq!(p(r#"{"participant":[{"actor":{"display":"Dr. Rana"}}]}"#), None);
        let search = |q: &str| p(&format!(r#"{{"subject":{{"reference":"{q}"}}}}"#));
        let whole = "Patient?identifier=http%3A%2F%2Fx%7C7";
        assert_eq!(search(whole), Some(Subject::Search(whole.into(), Some(("http://x".into(), "7".into())))));
        assert!(matches!(search("Patient?name=x"), Some(Subject::Search(_, None))));
        assert_eq!(search("Device?identifier=7"), None);
        assert_eq!(unescaped("%4"), None);
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
