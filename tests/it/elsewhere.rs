//! What comes in by FHIR is found in the chart: medicines by their names, vaccines, and whatever names no visit.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, Said};

fn nila(p: &Place, args: &[&str]) -> Said {
    p.run_as("a", "nila", args)
}

fn clinic() -> Place {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    p
}

fn import(p: &Place, name: &str, resources: &[Value], source: &str) {
    let entry: Vec<Value> = resources.iter().map(|r| json!({ "resource": r })).collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entry });
    fs::write(p.path(name), bundle.to_string()).unwrap();
    let s = nila(p, &["import", name, "--source", source]);
    assert_eq!(s.code, 0, "{}", s.err);
}

fn patient(id: &str, name: &str, born: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id, "name": [{ "text": name }], "birthDate": born })
}

/// A request for a medicine by reference, which says more about where it was ordered than what it is.
fn request(id: &str, of: &str, reference: &str) -> Value {
    json!({ "resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "category": [{ "text": "Community" }], "reasonCode": [{ "text": "Cough" }],
        "contained": [{ "resourceType": "Medication", "id": "in", "code": { "text": "amoxicillin 250 mg" } }],
        "subject": { "reference": of }, "medicationReference": { "reference": reference } })
}

fn medication(id: &str, name: &str) -> Value {
    json!({ "resourceType": "Medication", "id": id, "code": { "coding": [{ "code": "1", "display": name }] } })
}

fn chart(p: &Place, name: &str) -> Value {
    let all: Value = serde_json::from_str(&nila(p, &["--json", "patient", "list"]).out).unwrap();
    let row = all.as_array().unwrap().iter().find(|r| r["name"] == name).unwrap();
    let s = nila(p, &["--json", "patient", "show", row["id"].as_str().unwrap()]);
    assert_eq!(s.code, 0, "{}", s.err);
    serde_json::from_str(&s.out).unwrap()
}

fn medicines(chart: &Value) -> Vec<String> {
    let all = chart["items"].as_array().unwrap().iter().filter(|i| i["kind"] == "MedicationRequest");
    let mut all: Vec<String> = all.map(|i| i["text"].as_str().unwrap().to_string()).collect();
    all.sort();
    all
}

#[test]
fn a_medicine_by_reference_is_called_by_its_name_wherever_that_is_kept() {
    let p = clinic();
    // In a file of one patient the Medication lies in the record, in one of several in the directory.
    let one = [
        patient("k1", "Kesi Rai", "1990-01-01"),
        medication("m", "metformin 500 mg"),
        request("r1", "Patient/k1", "#in"),
        request("r2", "Patient/k1", "Medication/m"),
        request("r3", "Patient/k1", "Medication/nowhere"),
    ];
    import(&p, "one.json", &one, "east");
    let several = [
        patient("l1", "Lina Thapa", "1991-01-01"),
        patient("m1", "Mina Gurung", "1992-01-01"),
        medication("m", "zinc 20 mg"),
        request("r4", "Patient/l1", "Medication/m"),
        request("r5", "Patient/m1", "Medication/other"),
    ];
    import(&p, "several.json", &several, "west");
    let kesi = chart(&p, "Kesi Rai");
    let named = ["amoxicillin 250 mg", "metformin 500 mg", "name not known: Medication/nowhere"];
    assert_eq!(medicines(&kesi), named, "two senders call different things the same");
    assert_eq!(medicines(&chart(&p, "Lina Thapa")), ["zinc 20 mg"]);
    assert_eq!(medicines(&chart(&p, "Mina Gurung")), ["name not known: Medication/other"]);
    // It comes later, by itself.
    import(&p, "later.json", &[medication("other", "ORS")], "west");
    assert_eq!(medicines(&chart(&p, "Mina Gurung")), ["ORS"]);
    let s = nila(&p, &["export", kesi["id"].as_str().unwrap(), "--summary", "--out", "out"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let file = fs::read_dir(p.path("out")).unwrap().next().unwrap().unwrap().path();
    let document = fs::read_to_string(file).unwrap();
    assert!(document.contains("<li>metformin 500 mg"), "the words of the summary name it too: {document}");
    assert!(!document.contains("<li>Community"));
}

#[test]
fn what_names_no_visit_stands_apart_at_its_own_date_and_what_it_measures_counts() {
    let p = clinic();
    let of = |kind: &str, id: &str, more: Value| {
        let mut r = json!({ "resourceType": kind, "id": id, "status": "completed",
            "subject": { "reference": "Patient/k1" }, "patient": { "reference": "Patient/k1" } });
        let (Value::Object(all), Value::Object(more)) = (&mut r, more) else { panic!("objects") };
        all.extend(more);
        r
    };
    let pulse = |id: &str, value: u32, more: Value| {
        let mut more = more;
        more["status"] = json!("final");
        more["code"] =
            json!({ "text": "Heart rate", "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] });
        more["valueQuantity"] = json!({ "value": value, "unit": "/min", "code": "/min" });
        of("Observation", id, more)
    };
    let at = |reference: &str| json!({ "reference": reference });
    let encounter = json!({ "resourceType": "Encounter", "id": "e", "status": "finished",
        "class": { "code": "AMB" }, "subject": { "reference": "Patient/k1" },
        "reasonCode": [{ "text": "fever" }], "period": { "start": "2025-03-01T08:00:00Z" } });
    let all = [
        patient("k1", "Kesi Rai", "2024-06-01"),
        encounter,
        of(
            "Immunization",
            "i1",
            json!({ "vaccineCode": { "text": "BCG" }, "occurrenceDateTime": "2024-06-02" }),
        ),
        of("Procedure", "p1", json!({ "code": { "text": "Suture" }, "performedDateTime": "2025-01-05" })),
        pulse("o1", 142, json!({ "effectiveInstant": "2025-02-01T10:00:00Z" })),
        pulse(
            "o2",
            130,
            json!({ "encounter": at("Encounter/e"), "effectiveDateTime": "2025-03-01T08:10:00Z" }),
        ),
        pulse(
            "o3",
            150,
            json!({ "encounter": at("Encounter/e"), "effectiveDateTime": "2025-03-01T09:00:00Z" }),
        ),
        pulse("o4", 120, json!({ "encounter": at("Encounter/unknown"), "effectiveDateTime": "2025-02-09" })),
        of(
            "Procedure",
            "p2",
            json!({ "encounter": at("Encounter/e"), "status": "not-done", "code": { "text": "Lumbar puncture" } }),
        ),
    ];
    import(&p, "in.json", &all, "");
    let chart = chart(&p, "Kesi Rai");
    let items = chart["items"].as_array().unwrap();
    let mut apart: Vec<(&str, usize)> = items
        .iter()
        .filter(|i| i["apart"] == true)
        .map(|i| (i["text"].as_str().unwrap(), i["observations"].as_array().unwrap().len()))
        .collect();
    apart.sort_unstable();
    assert_eq!(
        apart,
        [
            ("BCG", 0),
            ("Heart rate: 120 /min", 1),
            ("Heart rate: 142 /min", 1),
            ("Heart rate: 150 /min", 1),
            ("Suture", 0)
        ],
        "one that was measured again at the visit too"
    );
    assert_eq!(chart["visits"][0]["observations"].as_array().unwrap().len(), 1);
    let note = chart["visits"][0]["note"].as_str().unwrap();
    assert!(note.contains("Procedure: Lumbar puncture (not-done)"), "nobody takes it for done: {note}");
    let words = nila(&p, &["patient", "show", chart["id"].as_str().unwrap()]).out;
    assert!(words.contains("2025-02-01  Heart rate: 142 /min"), "{words}");
}
