//! A file of FHIR resources: a Bundle, a single resource, or one resource a line (NDJSON).

use std::collections::{BTreeMap, BTreeSet};

use super::version::{self, Other};
use crate::core::{
    json::{AFTER_END, BadJson, Json},
    resource::MAX_FILE,
};

/// The most bytes of one file that is read.
pub const MAX_BYTES: u64 = 256 * 1024 * 1024;
/// The most resources of one file.
pub const MAX_ENTRIES: usize = 200_000;

/// A resource as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Where in the file: `entry 3`, `line 3`.
    pub place: String,
    /// `resourceType`.
    pub kind: String,
    /// `id`, if it has one.
    pub id: Option<String>,
    /// What references within the bundle call it.
    pub full_url: Option<String>,
    /// All of it.
    pub json: Json,
}

/// Why a file is not taken. Nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBundle {
    /// Not JSON.
    #[error("{0} is not JSON ({1}): ask the sender for the file again")]
    Json(String, crate::core::json::BadJson),
    /// Not a resource.
    #[error("{0} is not a FHIR resource: {1}")]
    NotAResource(String, &'static str),
    /// Asks for something else than to take a resource in.
    #[error("{0} {1}: ask the sender for the records themselves")]
    NotARecord(String, String),
    /// Of another version of FHIR.
    #[error("{0} is not FHIR R4: {1}: ask the sender for R4")]
    NotR4(String, String),
    /// Two of one name.
    #[error("{0}: {1} is {2} too, and says something else: ask the sender which one stands")]
    Twice(String, String, String),
    /// Over a limit.
    #[error("{0} {1}: let the sender divide it")]
    TooLarge(String, String),
}

/// The types that a Bundle of R4 may have.
const BUNDLES: [&str; 9] = [
    "document",
    "message",
    "transaction",
    "transaction-response",
    "batch",
    "batch-response",
    "history",
    "searchset",
    "collection",
];

/// Takes a file apart. One resource a line is also read where the file's name doesn't say so.
///
/// # Errors
/// The first entry that isn't a resource, with its place.
pub fn parse(text: &str, lines: bool) -> Result<Vec<Incoming>, BadBundle> {
    let mut out = Vec::new();
    if lines {
        by_line(text, &mut out)?;
    } else {
        match Json::parse(text) {
            Ok(json) => one("the file", "", json, &mut out)?,
            Err(e) if e.why == AFTER_END && first_line_is_whole(text) => by_line(text, &mut out)?,
            Err(e) => return Err(BadBundle::Json("the file".into(), e)),
        }
    }
    different(&out)?;
    Ok(out)
}

fn first_line_is_whole(text: &str) -> bool {
    text.lines().find(|l| !l.trim().is_empty()).is_some_and(|l| Json::parse(l).is_ok())
}

fn by_line(text: &str, out: &mut Vec<Incoming>) -> Result<(), BadBundle> {
    // Only `\n` divides: a text may hold other characters that some take for the end of a line.
    for (i, line) in text.split('\n').enumerate().filter(|(_, l)| !l.trim().is_empty()) {
        let place = format!("line {}", i + 1);
        let json = Json::parse(line)
            .map_err(|e| BadBundle::Json(place.clone(), BadJson { line: e.line + i, ..e }))?;
        one(&place, &format!("{place}, "), json, out)?;
    }
    Ok(())
}

/// A Bundle's entries, or a single resource. `within` stands before the number of an entry.
fn one(place: &str, within: &str, json: Json, out: &mut Vec<Incoming>) -> Result<(), BadBundle> {
    match json.get("resourceType").and_then(Json::as_text) == Some("Bundle") {
        true => entries(place, within, json, out),
        false => push(out, place.into(), None, json),
    }
}

fn entries(place: &str, within: &str, bundle: Json, out: &mut Vec<Incoming>) -> Result<(), BadBundle> {
    let of = bundle.get("type").map(|t| t.as_text().unwrap_or("")).unwrap_or("collection").to_string();
    if !BUNDLES.contains(&of.as_str()) {
        let why = format!("a Bundle of type '{}'", of.chars().take(40).collect::<String>());
        return Err(BadBundle::NotR4(place.into(), why));
    }
    let Json::Object(mut members) = bundle else { return Ok(()) };
    let entries = match members.remove("entry") {
        None => return Ok(()),
        Some(Json::List(l)) => l,
        Some(_) => return Err(BadBundle::NotAResource(place.into(), "'entry' is not a list")),
    };
    let first = out.len();
    for (i, entry) in entries.into_iter().enumerate() {
        let place = format!("{within}entry {}", i + 1);
        let bad = |why| BadBundle::NotAResource(place.clone(), why);
        let Json::Object(mut e) = entry else { return Err(bad("it is not an object")) };
        let request = e.get("request").and_then(|r| r.text_at(&["method"])).unwrap_or("PUT");
        if let Some(why) = asks(request) {
            return Err(BadBundle::NotARecord(place, why));
        }
        let resource = match e.remove("resource") {
            Some(r) => r,
            None if e.contains_key("response") => {
                return Err(BadBundle::NotARecord(place, "is an answer without a record".into()));
            }
            None => return Err(bad("it has no 'resource'")),
        };
        let url = match e.remove("fullUrl") {
            None => None,
            Some(Json::Text(u)) if u.is_empty() => None,
            Some(Json::Text(u)) => Some(u),
            Some(_) => return Err(bad("'fullUrl' is not a text")),
        };
        push(out, place, url, resource)?;
    }
    if of == "history" {
        // The newest version stands first there, and here what comes last replaces what came before.
        out[first..].reverse();
    }
    Ok(())
}

/// What a request of a batch asks for, when that isn't to take a resource in.
fn asks(method: &str) -> Option<String> {
    match method {
        "PUT" | "POST" => None,
        "DELETE" => Some("asks to delete, and nothing is deleted by an import".into()),
        "GET" | "HEAD" => Some("asks to read, and holds no record".into()),
        "PATCH" => Some("asks to change a part of a record that it doesn't hold".into()),
        other => Some(format!("asks for '{}'", other.chars().take(20).collect::<String>())),
    }
}

fn push(
    out: &mut Vec<Incoming>,
    place: String,
    full_url: Option<String>,
    json: Json,
) -> Result<(), BadBundle> {
    if out.len() >= MAX_ENTRIES {
        return Err(BadBundle::TooLarge(
            "the file".into(),
            format!("holds more than {MAX_ENTRIES} resources"),
        ));
    }
    if !matches!(json, Json::Object(_)) {
        return Err(BadBundle::NotAResource(place, "it is not an object"));
    }
    let Some(kind) = json.get("resourceType").and_then(Json::as_text) else {
        return Err(BadBundle::NotAResource(place, "it has no 'resourceType'"));
    };
    if kind.is_empty() || kind.len() > 64 || !kind.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(BadBundle::NotAResource(place, "its 'resourceType' is not a name"));
    }
    if let Some(other) = version::other(kind, &json) {
        let why = match other {
            Other::Type => format!("R4 has no resource type '{kind}'"),
            Other::Member(member, of) => format!("{kind} has '{member}', which is of {of}"),
            Other::BareCode(member) => {
                format!("{kind} has a bare code as '{member}', as older versions have")
            }
            Other::List(member) => format!("{kind} has a list as '{member}', as R5 has"),
        };
        return Err(BadBundle::NotR4(place, why));
    }
    let id = match json.get("id") {
        None => None,
        Some(Json::Text(id)) if is_id(id) => Some(id.clone()),
        Some(_) => {
            return Err(BadBundle::NotAResource(
                place,
                "its 'id' is not 1 to 64 letters, digits, '-' or '.'",
            ));
        }
    };
    if full_url.as_ref().is_some_and(|u| u.len() > 2_048) {
        return Err(BadBundle::NotAResource(place, "its 'fullUrl' is too long"));
    }
    let kind = kind.to_string();
    out.push(Incoming { place, kind, id, full_url, json });
    Ok(())
}

/// No two of a file have one name and say different things, unless they say themselves that they are versions.
fn different(all: &[Incoming]) -> Result<(), BadBundle> {
    let mut names: BTreeMap<(&str, &str), &Incoming> = BTreeMap::new();
    let mut urls: BTreeMap<&str, &Incoming> = BTreeMap::new();
    let twice = |i: &Incoming, name: String, old: &Incoming| {
        // The place that comes later in the file is the one that is too many.
        BadBundle::Twice(i.place.clone(), name, old.place.clone())
    };
    for i in all {
        let version = i.json.text_at(&["meta", "versionId"]);
        if let Some(id) = &i.id
            && let Some(old) = names.insert((&i.kind, id), i)
            && old.json != i.json
            && (version.is_none() || version == old.json.text_at(&["meta", "versionId"]))
        {
            return Err(twice(i, format!("{}/{id}", i.kind), old));
        }
        if let Some(url) = &i.full_url
            && let Some(old) = urls.insert(url, i)
            && (&old.kind, &old.id) != (&i.kind, &i.id)
        {
            return Err(twice(i, url.chars().take(80).collect(), old));
        }
    }
    Ok(())
}

/// FHIR's `id` type.
pub fn is_id(s: &str) -> bool {
    (1..=64).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
}

/// Whether the canonical text of a resource is within the limit of what is kept.
///
/// # Errors
/// In words, with its place.
pub fn within_limit(place: &str, canonical: &str) -> Result<(), BadBundle> {
    if canonical.len() as u64 > MAX_FILE {
        return Err(BadBundle::TooLarge(place.into(), format!("has more than {} MiB", MAX_FILE >> 20)));
    }
    Ok(())
}

/// A Bundle of type `collection`.
pub fn collection(entries: Vec<(Option<String>, Json)>, timestamp: Option<String>) -> Json {
    let mut urls = BTreeSet::new();
    let entry = entries.into_iter().map(|(url, resource)| {
        let mut e = Json::object([("resource", resource)]);
        if let (Json::Object(o), Some(url)) = (&mut e, url)
            // Two entries of one name are refused by those who read the bundle.
            && urls.insert(url.clone())
        {
            o.insert("fullUrl".into(), Json::Text(url));
        }
        e
    });
    let entry: Vec<Json> = entry.collect();
    let mut bundle =
        Json::object([("resourceType", Json::from_text("Bundle")), ("type", Json::from_text("collection"))]);
    if let Json::Object(o) = &mut bundle {
        o.extend(timestamp.map(|t| ("timestamp".to_string(), Json::Text(t))));
        // FHIR has no empty lists.
        if !entry.is_empty() {
            o.insert("entry".into(), Json::List(entry));
        }
    }
    bundle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_single_resources_and_lines() {
        let bundle = r#"{"resourceType":"Bundle","type":"collection","entry":[
            {"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"1"}},
            {"resource":{"resourceType":"Observation"}}]}"#;
        let all = parse(bundle, false).unwrap();
        assert_eq!((all[0].kind.as_str(), all[0].id.as_deref()), ("Patient", Some("1")));
        assert_eq!((all[1].place.as_str(), &all[1].id), ("entry 2", &None));
        assert_eq!(parse(r#"{"resourceType":"Patient"}"#, false).unwrap().len(), 1);
        let lines = "{\"resourceType\":\"Patient\"}\n\n{\"resourceType\":\"Patient\",\"id\":\"b\"}\n";
        let all = parse(lines, true).unwrap();
        assert_eq!((all.len(), all[1].place.as_str()), (2, "line 3"));
        assert_eq!(parse(r#"{"resourceType":"Bundle","type":"searchset"}"#, false).unwrap().len(), 0);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_entry() {
        let e = |entries: &str| {
            let text = format!(
                r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"Basic"}}}},{entries}]}}"#
            );
            parse(&text, false).unwrap_err().to_string()
        };
        assert_eq!(e("{}"), "entry 2 is not a FHIR resource: it has no 'resource'");
        assert_eq!(e("5"), "entry 2 is not a FHIR resource: it is not an object");
        assert!(e(r#"{"resource":{}}"#).contains("no 'resourceType'"));
        assert!(e(r#"{"resource":{"resourceType":"a b"}}"#).contains("not a name"));
        assert!(e(r#"{"resource":{"resourceType":"Basic","id":"a b"}}"#).contains("'id'"));
        assert!(e(r#"{"request":{"method":"DELETE","url":"Patient/1"}}"#).contains("nothing is deleted"));
        assert!(parse("[]", false).unwrap_err().to_string().contains("the file is not a FHIR resource"));
        assert!(parse("{\n x", false).unwrap_err().to_string().contains("line 2, column 2"));
        assert!(parse("{}\nx", true).unwrap_err().to_string().starts_with("line 1 is not a FHIR resource"));
        let e = parse("\n{\"resourceType\":\"Patient\"}\n{", true).unwrap_err().to_string();
        assert!(e.starts_with("line 3 is not JSON (line 3, column 2"), "{e}");
    }

    const P: &str = r#"{"resourceType":"Patient","id":"p"}"#;

    fn bundle(of: &str, entries: &str) -> Result<Vec<Incoming>, String> {
        parse(&format!(r#"{{"resourceType":"Bundle","type":"{of}","entry":[{entries}]}}"#), false)
            .map_err(|e| e.to_string())
    }

    #[test]
    fn bundles_of_every_type() {
        let one = format!(r#"{{"resource":{P}}}"#);
        for of in BUNDLES {
            assert_eq!(bundle(of, &one).unwrap().len(), 1, "{of}");
        }
        assert!(
            bundle("subscription-notification", &one).unwrap_err().contains("not FHIR R4: a Bundle of type")
        );
        let asked = |method: &str| {
            let e =
                bundle("batch", &format!(r#"{one},{{"request":{{"method":"{method}","url":"Patient/1"}}}}"#));
            e.unwrap_err()
        };
        assert!(asked("GET").starts_with("entry 2 asks to read"));
        assert!(asked("DELETE").contains("nothing is deleted"));
        assert!(asked("PATCH").contains("a part of a record"));
        assert!(asked("BREW").contains("asks for 'BREW'"));
        assert!(
            bundle("batch-response", r#"{"response":{"status":"200"}}"#).unwrap_err().contains("an answer")
        );
        // The newest version of a history stands first; here the last one stands.
        let version = |n: u8| {
            format!(r#"{{"resource":{{"resourceType":"Patient","id":"p","meta":{{"versionId":"{n}"}}}}}}"#)
        };
        let all = bundle("history", &format!("{},{}", version(2), version(1))).unwrap();
        assert_eq!(all.iter().map(|i| i.place.as_str()).collect::<Vec<_>>(), ["entry 2", "entry 1"]);
    }

    #[test]
    fn one_name_for_two_things_is_refused() {
        let other = r#"{"resourceType":"Patient","id":"p","gender":"female"}"#;
        let twice = |a: &str, b: &str| bundle("collection", &format!("{a},{b}"));
        let entry = |url: &str, r: &str| format!(r#"{{"fullUrl":"{url}","resource":{r}}}"#);
        assert_eq!(
            twice(&entry("urn:uuid:1", P), &entry("urn:uuid:2", P)).unwrap().len(),
            2,
            "the same twice"
        );
        let e = twice(&entry("urn:uuid:1", P), &entry("urn:uuid:2", other)).unwrap_err();
        assert!(e.starts_with("entry 2: Patient/p is entry 1 too"), "{e}");
        let basic = r#"{"resourceType":"Basic","id":"p"}"#;
        let e = twice(&entry("urn:uuid:1", P), &entry("urn:uuid:1", basic)).unwrap_err();
        assert!(e.starts_with("entry 2: urn:uuid:1 is entry 1 too"), "{e}");
    }

    #[test]
    fn lines_as_they_come() {
        let text = format!("\u{feff}{P}\r\n\r\n  \n{{\"resourceType\":\"Basic\",\"x\":\"a\u{2028}b\"}}");
        let all = parse(&text, true).unwrap();
        assert_eq!((all.len(), all[1].place.as_str()), (2, "line 4"));
        // Also under a name that doesn't say so, and with a Bundle in a line.
        let bundle = format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{P}}}]}}"#);
        let all = parse(&format!("{bundle}\n{}", P.replace("\"p\"", "\"q\"")), false).unwrap();
        assert_eq!((all[0].place.as_str(), all[1].place.as_str()), ("line 1, entry 1", "line 2"));
        let e = parse(&format!("{P}\n}}"), false).unwrap_err().to_string();
        assert!(e.starts_with("line 2 is not JSON (line 2, column 1"), "{e}");
    }

    #[test]
    fn other_versions_of_fhir_are_named() {
        let e = bundle("collection", r#"{"resource":{"resourceType":"MedicationOrder"}}"#).unwrap_err();
        assert_eq!(
            e,
            "entry 1 is not FHIR R4: R4 has no resource type 'MedicationOrder': ask the sender for R4"
        );
        let e = bundle("collection", r#"{"resource":{"resourceType":"Encounter","actualPeriod":{}}}"#)
            .unwrap_err();
        assert!(e.contains("Encounter has 'actualPeriod', which is of R5"), "{e}");
    }
}
