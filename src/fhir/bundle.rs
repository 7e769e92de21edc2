//! A file of FHIR resources: a Bundle, a single resource, or one resource a line (NDJSON).

use std::collections::BTreeSet;

use crate::core::{json::Json, resource::MAX_FILE};

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
    /// Over a limit.
    #[error("{0} {1}: let the sender divide it")]
    TooLarge(String, String),
}

/// Takes a file apart.
///
/// # Errors
/// The first entry that isn't a resource, with its place.
pub fn parse(text: &str, lines: bool) -> Result<Vec<Incoming>, BadBundle> {
    let mut out = Vec::new();
    if lines {
        for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty()) {
            let place = format!("line {}", i + 1);
            let json = Json::parse(line).map_err(|e| BadBundle::Json(place.clone(), e))?;
            push(&mut out, place, None, json)?;
        }
    } else {
        let json = Json::parse(text).map_err(|e| BadBundle::Json("the file".into(), e))?;
        if json.get("resourceType").and_then(Json::as_text) == Some("Bundle") {
            entries(json, &mut out)?;
        } else {
            push(&mut out, "the file".into(), None, json)?;
        }
    }
    Ok(out)
}

fn entries(bundle: Json, out: &mut Vec<Incoming>) -> Result<(), BadBundle> {
    let Json::Object(mut members) = bundle else { return Ok(()) };
    let entries = match members.remove("entry") {
        None => return Ok(()),
        Some(Json::List(l)) => l,
        Some(_) => return Err(BadBundle::NotAResource("the bundle".into(), "'entry' is not a list")),
    };
    for (i, entry) in entries.into_iter().enumerate() {
        let place = format!("entry {}", i + 1);
        let bad = |why| BadBundle::NotAResource(place.clone(), why);
        let Json::Object(mut e) = entry else { return Err(bad("it is not an object")) };
        let method = e.get("request").and_then(|r| r.text_at(&["method"])).unwrap_or("PUT");
        if method == "DELETE" {
            return Err(bad("it asks to delete, and nothing is deleted by an import"));
        }
        let resource = e.remove("resource").ok_or_else(|| bad("it has no 'resource'"))?;
        let url = match e.remove("fullUrl") {
            None => None,
            Some(Json::Text(u)) => Some(u),
            Some(_) => return Err(bad("'fullUrl' is not a text")),
        };
        push(out, place, url, resource)?;
    }
    Ok(())
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
                r#"{{"resourceType":"Bundle","entry":[{{"resource":{{"resourceType":"A"}}}},{entries}]}}"#
            );
            parse(&text, false).unwrap_err().to_string()
        };
        assert_eq!(e("{}"), "entry 2 is not a FHIR resource: it has no 'resource'");
        assert_eq!(e("5"), "entry 2 is not a FHIR resource: it is not an object");
        assert!(e(r#"{"resource":{}}"#).contains("no 'resourceType'"));
        assert!(e(r#"{"resource":{"resourceType":"a b"}}"#).contains("not a name"));
        assert!(e(r#"{"resource":{"resourceType":"A","id":"a b"}}"#).contains("'id'"));
        assert!(e(r#"{"request":{"method":"DELETE","url":"Patient/1"}}"#).contains("nothing is deleted"));
        assert!(parse("[]", false).unwrap_err().to_string().contains("the file is not a FHIR resource"));
        assert!(parse("{\n x", false).unwrap_err().to_string().contains("line 2, column 2"));
        assert!(parse("{}\nx", true).unwrap_err().to_string().starts_with("line 1 is not a FHIR resource"));
    }
}
