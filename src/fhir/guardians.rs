//! Guardians, as R4's RelatedPerson; of what comes in, also as a contact in the Patient itself.

use super::{
    build::{coding, list, meta, reference, text, with, words},
    date, view,
};
use crate::core::{
    guardian::{Guardian, MAX_NAME, MAX_PHONE, Relation},
    id::{ConsortiumId, RecordId},
    json::Json,
};

/// HL7's roles of people to each other.
const ROLES: &str = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";

/// Codes beyond ours that say the same, nearly.
const ALIKE: [(&str, Relation); 26] = [
    ("NMTH", Relation::Mother),
    ("GESTM", Relation::Mother),
    ("STPMTH", Relation::Mother),
    ("MTHFOST", Relation::Mother),
    ("ADOPTM", Relation::Mother),
    ("NFTH", Relation::Father),
    ("STPFTH", Relation::Father),
    ("FTHFOST", Relation::Father),
    ("ADOPTF", Relation::Father),
    ("GRMTH", Relation::Grandparent),
    ("GRFTH", Relation::Grandparent),
    ("MGRMTH", Relation::Grandparent),
    ("PGRMTH", Relation::Grandparent),
    ("MGRFTH", Relation::Grandparent),
    ("PGRFTH", Relation::Grandparent),
    ("SIS", Relation::Sibling),
    ("BRO", Relation::Sibling),
    ("NSIB", Relation::Sibling),
    ("AUNT", Relation::Family),
    ("UNCLE", Relation::Family),
    ("EXT", Relation::Family),
    ("WIFE", Relation::Spouse),
    ("HUSB", Relation::Spouse),
    ("DAU", Relation::Child),
    ("SON", Relation::Child),
    ("SONC", Relation::Child),
];

/// What relationships say: whether that is a guardian's by itself, that of a parent, and which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    guardian: bool,
    parent: bool,
    relation: Option<Relation>,
}

fn said(relationships: Option<&Json>) -> Said {
    let mut out = Said::default();
    let concepts = match relationships {
        Some(Json::List(l)) => &l[..],
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for c in concepts {
        for k in c.get("coding").map_or(&[][..], Json::items) {
            let (Some(ROLES), Some(code)) = (k.text_at(&["system"]), k.text_at(&["code"])) else { continue };
            out.guardian |= matches!(code, "GUARD" | "GUADLTM" | "SPOWATT" | "HPOWATT" | "POWATT");
            out.parent |= matches!(code, "PRN" | "NPRN" | "STPPRN" | "PRNFOST" | "ADOPTP");
            let ours = Relation::ALL.iter().find(|(r, _, c)| *c == code && *r != Relation::Other);
            let found = ours.map(|(r, _, _)| *r);
            let found = found.or_else(|| ALIKE.iter().find(|(c, _)| *c == code).map(|(_, r)| *r));
            out.relation = out.relation.or(found);
        }
        let word = c.text_at(&["text"]).unwrap_or("").trim().to_lowercase();
        out.guardian |= word == "guardian";
        out.relation = out.relation.or(Relation::from_word(&word).filter(|r| *r != Relation::Other));
    }
    out.parent |= matches!(out.relation, Some(Relation::Mother | Relation::Father));
    out
}

/// Somebody who decides: a guardian by that word, or a parent of somebody who may be too young.
fn decides(json: &Json, minor: bool) -> Option<Guardian> {
    let said = said(json.get("relationship"));
    let decides = said.guardian || (minor && said.parent);
    // A contact has one name, a RelatedPerson several.
    let named = match json.get("name") {
        Some(one @ Json::Object(_)) => with(json.clone(), "name", Some(list([one.clone()]))),
        _ => json.clone(),
    };
    let who = view::demographics(&named);
    let name: String = view::name(&named).chars().take(MAX_NAME).collect();
    let phone = who.phone.chars().take(MAX_PHONE).collect();
    (decides && !name.is_empty()).then_some(Guardian {
        name,
        relation: said.relation.unwrap_or(Relation::Other),
        phone,
    })
}

/// The guardian that a RelatedPerson is; whether they are one still. None: it is somebody else. `minor`: the patient may be too
/// young to decide.
pub fn related(json: &Json, minor: bool) -> Option<(Guardian, bool)> {
    let active = !matches!(json.get("active"), Some(Json::Bool(false)));
    decides(json, minor).map(|g| (g, active))
}

/// The first guardian among a Patient's contacts, and since which year, where that is said.
pub fn contact(patient: &Json, minor: bool) -> Option<(Guardian, Option<u16>)> {
    let all = patient.get("contact").map_or(&[][..], Json::items);
    all.iter().find_map(|c| Some((decides(c, minor)?, begins(c))))
}

/// The year in which somebody began to be what a RelatedPerson or a contact says.
pub fn begins(json: &Json) -> Option<u16> {
    json.text_at(&["period", "start"]).and_then(date::year)
}

/// The RelatedPerson of a guardian who was named here. `subject` is what references call the patient.
pub fn new(consortium: ConsortiumId, id: RecordId, subject: &str, g: &Guardian) -> Json {
    let j = Json::object([
        ("resourceType", text("RelatedPerson")),
        ("id", text(id.to_string())),
        ("meta", meta(consortium)),
        ("active", Json::Bool(true)),
        ("patient", reference(subject)),
    ]);
    let j = with(j, "relationship", Some(relationship(g.relation)));
    let j = with(j, "name", Some(name(g)));
    with(j, "telecom", phone(g))
}

/// The same RelatedPerson with another guardian in it, or who is one no more. What isn't said here stays as it came.
pub fn changed(json: &Json, before: &Guardian, now: Option<&Guardian>) -> Json {
    let mut out = with(json.clone(), "active", Some(Json::Bool(now.is_some())));
    let (Some(now), Json::Object(o)) = (now, &mut out) else { return out };
    if now.name != before.name {
        o.insert("name".into(), name(now));
    }
    if now.relation != before.relation {
        o.insert("relationship".into(), relationship(now.relation));
    }
    if now.phone != before.phone {
        match phone(now) {
            Some(p) => o.insert("telecom".into(), p),
            None => o.remove("telecom"),
        };
    }
    out
}

fn name(g: &Guardian) -> Json {
    list([Json::object([("text", text(g.name.clone()))])])
}

fn phone(g: &Guardian) -> Option<Json> {
    let all = || list([Json::object([("system", text("phone")), ("value", text(g.phone.clone()))])]);
    (!g.phone.is_empty()).then(all)
}

/// That they decide, and what they are.
fn relationship(r: Relation) -> Json {
    let role = |r: Relation| {
        // HL7's own words; they are ours but for one.
        let display = if r == Relation::Family { "family member" } else { r.word() };
        with(words(r.word()), "coding", Some(list([coding(ROLES, r.code(), display)])))
    };
    let what = (r != Relation::Other).then(|| role(r));
    list([role(Relation::Other)].into_iter().chain(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    const C: ConsortiumId = ConsortiumId([1; 32]);

    fn sita() -> Guardian {
        Guardian { name: "Sita Rao".into(), relation: Relation::Grandparent, phone: "080 1".into() }
    }

    fn j(s: &str) -> Json {
        Json::parse(s).unwrap()
    }

    #[test]
    fn golden_guardians() {
        let id = RecordId([9; 16]);
        let other = Guardian { relation: Relation::Other, phone: String::new(), ..sita() };
        let all = [new(C, id, "Patient/p1", &sita()), new(C, id, "Patient/p1", &other)];
        crate::testing::golden("fhir_guardians_v0.ndjson", &all.map(|j| j.canonical()).join("\n"));
    }

    #[test]
    fn every_relation_comes_back_as_it_was() {
        for (relation, _, _) in Relation::ALL {
            let g = Guardian { relation, ..sita() };
            let json = new(C, RecordId([9; 16]), "Patient/p1", &g);
            assert_eq!(related(&j(&json.canonical()), false), Some((g, true)));
        }
    }

    #[test]
    fn only_what_changed_changes_and_an_end_is_kept() {
        let json = with(new(C, RecordId([9; 16]), "Patient/p1", &sita()), "gender", Some(text("female")));
        assert_eq!(changed(&json, &sita(), Some(&sita())), json);
        let now = Guardian { name: "Mira".into(), relation: Relation::Mother, phone: String::new() };
        let new = changed(&json, &sita(), Some(&now));
        assert_eq!(related(&new, false), Some((now.clone(), true)));
        assert_eq!(new.text_at(&["gender"]), Some("female"));
        let ended = changed(&new, &now, None);
        assert_eq!(related(&ended, false), Some((now.clone(), false)));
        assert_eq!(related(&changed(&ended, &now, Some(&now)), false), Some((now, true)), "again");
    }

    #[test]
    fn a_parent_is_the_guardian_of_a_child_and_a_wife_of_nobody_unless_it_says_so() {
        let role = |code: &str| {
            format!(
                r#"{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"{code}"}}]}}"#
            )
        };
        let person = |codes: &[&str]| {
            let all: Vec<String> = codes.iter().map(|c| role(c)).collect();
            j(&format!(
                r#"{{"name":[{{"given":["Mira"],"family":"Rao"}}],"relationship":[{}],
                    "telecom":[{{"system":"phone","value":"080"}}]}}"#,
                all.join(",")
            ))
        };
        let mira =
            |relation| Some((Guardian { name: "Mira Rao".into(), relation, phone: "080".into() }, true));
        assert_eq!(related(&person(&["NMTH"]), true), mira(Relation::Mother));
        assert_eq!(related(&person(&["PRN"]), true), mira(Relation::Other));
        assert_eq!(related(&person(&["MTH"]), false), None, "the mother of an adult");
        assert_eq!(related(&person(&["WIFE"]), true), None);
        assert_eq!(related(&person(&["WIFE", "GUARD"]), false), mira(Relation::Spouse));
        assert_eq!(related(&j(r#"{"relationship":[{"text":"guardian"}]}"#), true), None, "nobody is named");
    }

    #[test]
    fn a_contact_of_the_patient_can_be_the_guardian() {
        let p = j(r#"{"resourceType":"Patient","contact":[
            {"relationship":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0131","code":"E"}]}],"name":{"text":"A firm"}},
            {"relationship":[{"text":"Mother"}],"name":{"family":"Rao","given":["Mira"]},"telecom":[{"system":"phone","value":"080"}]}]}"#);
        let mira = Guardian { name: "Mira Rao".into(), relation: Relation::Mother, phone: "080".into() };
        assert_eq!(contact(&p, true), Some((mira, None)));
        assert_eq!(contact(&p, false), None);
        let p = j(
            r#"{"contact":[{"relationship":[{"text":"guardian"}],"name":{"text":"Mira"},"period":{"start":"2009-05"}}]}"#,
        );
        assert_eq!(contact(&p, false).and_then(|(_, since)| since), Some(2009));
    }
}
