//! Where two versions of a record differ, field by field, in words that a person decides by.

use std::collections::BTreeMap;

use super::{
    json::Json,
    record::{Body, Observation, Vital, show_milli},
    resource::Text,
};

/// The most fields that are told apart; what differs in more is another document.
const MAX_FIELDS: usize = 200;

/// The field that says why a visit is struck out.
pub const STRUCK: &str = "struck out";

/// A field that two versions say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field's name.
    pub field: String,
    /// What the first says; empty: nothing.
    pub first: String,
    /// What the second says.
    pub second: String,
}

/// The fields in which two contents differ.
pub fn differences(a: &Body, b: &Body) -> Vec<Difference> {
    let (a, mut b) = (fields(a), fields(b));
    let mut out: Vec<Difference> = Vec::new();
    for (field, first) in a {
        let second = b.remove(&field).unwrap_or_default();
        if first != second {
            out.push(Difference { field, first, second });
        }
    }
    out.extend(b.into_iter().filter(|(_, s)| !s.is_empty()).map(|(field, second)| Difference {
        field,
        first: String::new(),
        second,
    }));
    out.sort_by(|x, y| x.field.cmp(&y.field));
    out.truncate(MAX_FIELDS);
    out
}

/// Sets one field to what another version says. False: these contents have no such field that can be taken by itself.
pub fn take(to: &mut Body, field: &str, from: &Body) -> bool {
    match (to, from) {
        (Body::Patient(t), Body::Patient(f)) => {
            match field {
                "name" => t.name.clone_from(&f.name),
                "birth year" => (t.birth_year, t.birth_estimated) = (f.birth_year, f.birth_estimated),
                "gender" => t.gender = f.gender,
                "village" => t.village.clone_from(&f.village),
                "phone" => t.phone.clone_from(&f.phone),
                _ => return false,
            }
            true
        }
        (to, from) if field == STRUCK && from.visit().is_some() => {
            let changed = to.with_struck(from.struck().map(Into::into));
            changed.map(|body| *to = body).is_some()
        }
        (
            Body::Visit { encounter: t, observations: to }
            | Body::Struck { encounter: t, observations: to, .. },
            Body::Visit { encounter: f, observations: from }
            | Body::Struck { encounter: f, observations: from, .. },
        ) => {
            match field {
                "time" => t.at = f.at,
                "reason" => t.reason.clone_from(&f.reason),
                "note" => t.note.clone_from(&f.note),
                _ => {
                    let Some(vital) = Vital::ALL.into_iter().find(|v| v.info().label == field) else {
                        return false;
                    };
                    to.retain(|o| o.vital != vital);
                    to.extend(from.iter().filter(|o| o.vital == vital).copied());
                    to.sort_by_key(|o| o.vital);
                }
            }
            true
        }
        _ => false,
    }
}

fn fields(body: &Body) -> BTreeMap<String, String> {
    let pairs: Vec<(&str, String)> = match body {
        Body::Patient(p) => {
            let year = p.birth_year.map_or_else(String::new, |y| {
                if p.birth_estimated { format!("about {y}") } else { y.to_string() }
            });
            vec![
                ("name", p.name.clone()),
                ("birth year", year),
                ("gender", p.gender.word().into()),
                ("village", p.village.clone()),
                ("phone", p.phone.clone()),
            ]
        }
        Body::Visit { encounter, observations } | Body::Struck { encounter, observations, .. } => {
            let value = |o: &Observation| (o.vital.info().label, measured(o));
            let mut all: Vec<(&str, String)> = observations.iter().map(value).collect();
            all.push(("time", encounter.at.to_string()));
            all.push(("reason", encounter.reason.clone()));
            all.push(("note", encounter.note.clone()));
            all.extend(body.struck().map(|why| (STRUCK, why.into())));
            all
        }
        Body::Resource(r) => {
            let Text::Inline(text) = &r.json else {
                return BTreeMap::from([("content".into(), "(a long document)".into())]);
            };
            let mut out = BTreeMap::new();
            match Json::parse(text) {
                Ok(j) => leaves(&j, String::new(), &mut out),
                // It was read before it was kept; shown whole should that ever change.
                Err(_) => drop(out.insert("content".into(), text.clone())),
            }
            return out;
        }
        Body::Link(l) => vec![
            ("other patient", l.other.to_string()),
            ("same person", if l.same { "yes" } else { "no" }.into()),
            ("reason", l.reason.clone()),
        ],
        Body::Attachment(a) => vec![
            ("name", a.name.clone()),
            ("media type", a.media_type.clone()),
            ("content", hex::encode(&a.parts.hash[..8])),
        ],
    };
    pairs.into_iter().map(|(k, v)| (k.to_string(), v)).collect()
}

fn measured(o: &Observation) -> String {
    format!("{} {}", show_milli(o.milli), o.vital.info().shown)
}

fn leaves(j: &Json, path: String, out: &mut BTreeMap<String, String>) {
    match j {
        Json::Object(o) => {
            for (k, v) in o {
                let dot = if path.is_empty() { "" } else { "." };
                leaves(v, format!("{path}{dot}{k}"), out);
            }
        }
        Json::List(l) => {
            for (i, v) in l.iter().enumerate() {
                leaves(v, format!("{path}[{i}]"), out);
            }
        }
        Json::Text(s) => drop(out.insert(path, s.clone())),
        other => drop(out.insert(path, other.canonical())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        record::{Encounter, Gender, Patient},
        resource::Resource,
    };

    fn visit(reason: &str, obs: &[(Vital, i64)]) -> Body {
        Body::Visit {
            encounter: Encounter { at: 5, reason: reason.into(), note: String::new() },
            observations: obs
                .iter()
                .map(|(vital, milli)| Observation { vital: *vital, milli: *milli })
                .collect(),
        }
    }

    #[test]
    fn a_visit_differs_in_what_differs_and_a_field_can_be_taken() {
        let a = visit("cough", &[(Vital::Temperature, 38_500), (Vital::Weight, 60_000)]);
        let b = visit("cough, fever", &[(Vital::Temperature, 39_000)]);
        let d = differences(&a, &b);
        let shown: Vec<_> =
            d.iter().map(|d| (d.field.as_str(), d.first.as_str(), d.second.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("Temperature", "38.5 °C", "39 °C"),
                ("Weight", "60 kg", ""),
                ("reason", "cough", "cough, fever")
            ]
        );
        let mut merged = a.clone();
        assert!(take(&mut merged, "reason", &b) && take(&mut merged, "Temperature", &b));
        assert_eq!(differences(&merged, &b).len(), 1, "the weight alone");
        assert!(!take(&mut merged, "nothing", &b));
        assert!(differences(&a, &a).is_empty());
    }

    #[test]
    fn that_a_visit_is_struck_out_is_a_field_of_its_own() {
        let a = visit("cough", &[(Vital::Temperature, 38_500)]);
        let b = visit("fever", &[]).with_struck(Some("another patient".into())).unwrap();
        let fields: Vec<String> = differences(&a, &b).into_iter().map(|d| d.field).collect();
        assert_eq!(fields, ["Temperature", "reason", STRUCK]);
        let mut merged = a.clone();
        assert!(take(&mut merged, STRUCK, &b));
        assert_eq!((merged.struck(), merged.visit()), (Some("another patient"), a.visit()));
        assert!(take(&mut merged, "reason", &b) && take(&mut merged, "Temperature", &b));
        assert_eq!(merged, b);
        assert!(take(&mut merged, STRUCK, &a) && merged.struck().is_none(), "and back");
    }

    #[test]
    fn every_field_of_a_patient_can_be_taken() {
        let p = |n: u16| {
            Body::Patient(Patient {
                name: format!("name {n}"),
                birth_year: Some(1950 + n),
                birth_estimated: n == 1,
                gender: if n == 1 { Gender::Female } else { Gender::Male },
                village: format!("village {n}"),
                phone: format!("{n}"),
            })
        };
        let (mut a, b) = (p(1), p(2));
        let all = differences(&a, &b);
        assert_eq!(all.len(), 5);
        for d in all {
            assert!(take(&mut a, &d.field, &b), "{}", d.field);
        }
        assert_eq!(a, b);
    }

    #[test]
    fn a_resource_differs_by_its_paths() {
        let r = |json: &str| {
            Body::Resource(Resource {
                kind: "Patient".into(),
                source: String::new(),
                id: "1".into(),
                full_url: None,
                imported: true,
                json: Text::Inline(json.into()),
            })
        };
        let d =
            differences(&r("{\"name\":[{\"family\":\"A\"}],\"x\":1}"), &r("{\"name\":[{\"family\":\"B\"}]}"));
        assert_eq!(d.len(), 2);
        assert_eq!((d[0].field.as_str(), d[0].second.as_str()), ("name[0].family", "B"));
    }
}
