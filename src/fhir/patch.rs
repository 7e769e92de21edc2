//! Changing a patient who came from elsewhere: only what a person changed, everything else stays as it came.

use std::collections::BTreeMap;

use crate::core::{json::Json, record::Patient};

/// Writes what differs between two readings into the resource.
pub fn patient(json: &Json, old: &Patient, new: &Patient) -> Json {
    let mut out = json.clone();
    let Json::Object(o) = &mut out else { return out };
    if old.name != new.name {
        // The parts can't be told from what was typed: the whole name stands, and the others after it.
        let name =
            Json::object([("use", Json::from_text("official")), ("text", Json::from_text(&*new.name))]);
        let mut names = vec![name];
        if let Some(Json::List(l)) = o.remove("name") {
            names.extend(l.into_iter().map(formerly));
        }
        o.insert("name".into(), Json::List(names));
    }
    if (old.birth_year, old.birth_estimated) != (new.birth_year, new.birth_estimated) {
        match new.birth_year {
            Some(y) => drop(o.insert("birthDate".into(), Json::from_text(format!("{y:04}")))),
            None => drop(o.remove("birthDate")),
        }
        o.remove("_birthDate");
    }
    if old.gender != new.gender {
        o.insert("gender".into(), Json::from_text(new.gender.word()));
    }
    if old.village != new.village {
        set_in_first(o, "address", "city", &new.village, |_| true);
    }
    if old.phone != new.phone {
        let is_phone = |t: &Json| t.text_at(&["system"]) == Some("phone");
        set_in_first(o, "telecom", "value", &new.phone, is_phone);
    }
    out
}

/// An official name becomes an old one.
fn formerly(mut name: Json) -> Json {
    if let Json::Object(o) = &mut name
        && o.get("use").and_then(Json::as_text).is_none_or(|u| u == "official")
    {
        o.insert("use".into(), Json::from_text("old"));
    }
    name
}

/// Sets `key` in the first element of a list that fits, or in a new one.
fn set_in_first(
    o: &mut BTreeMap<String, Json>,
    list: &str,
    key: &str,
    value: &str,
    fits: impl Fn(&Json) -> bool,
) {
    let all = o.entry(list.to_string()).or_insert_with(|| Json::List(Vec::new()));
    let Json::List(l) = all else { return };
    if !l.iter().any(&fits) {
        let new = match list {
            "telecom" => Json::object([("system", Json::from_text("phone"))]),
            _ => Json::Object(BTreeMap::new()),
        };
        l.push(new);
    }
    let at = l.iter().position(&fits).unwrap_or(l.len() - 1);
    if value.is_empty() {
        l.remove(at);
    } else if let Some(Json::Object(first)) = l.get_mut(at) {
        first.insert(key.to_string(), Json::from_text(value));
    }
    if l.is_empty() {
        o.remove(list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::view::demographics;

    #[test]
    fn only_what_changed_changes() {
        let j = Json::parse(
            r#"{"resourceType":"Patient","extension":[{"url":"u","valueDecimal":1.50}],"birthDate":"1988-05-02",
                "name":[{"family":"Devi","given":["Nila"],"use":"official"}],"gender":"female",
                "address":[{"city":"Pokhara","line":["1"]}]}"#,
        )
        .unwrap();
        let old = demographics(&j);
        assert_eq!(patient(&j, &old, &old), j);
        let new = Patient {
            name: "Nila Gurung".into(),
            village: "Kaski".into(),
            phone: "080".into(),
            ..old.clone()
        };
        let changed = patient(&j, &old, &new);
        assert_eq!(demographics(&changed), new);
        assert_eq!(changed.text_at(&["birthDate"]), Some("1988-05-02"), "the day stays");
        assert!(changed.canonical().contains("1.50") && changed.canonical().contains("\"line\":[\"1\"]"));
        let bare = Patient { village: String::new(), phone: String::new(), ..new.clone() };
        let emptied = patient(&changed, &new, &bare);
        assert_eq!(demographics(&emptied), bare);
        assert!(emptied.get("telecom").is_none());
    }
}
