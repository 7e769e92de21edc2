//! What leaves as FHIR besides the record itself: the summary, who read, who signed, what is allowed; and the directory.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, Said};

fn clinic(p: &Place) {
    p.found("a");
    p.staff("a", "nila", "nurse");
}

fn nila(p: &Place, args: &[&str]) -> Said {
    p.run_as("a", "nila", args)
}

fn good(s: Said) -> Value {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    serde_json::from_str(&s.out).unwrap_or_else(|e| panic!("{e}: {}", s.out))
}

fn bundle(p: &Place, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(p.path(name)).unwrap()).unwrap()
}

fn of<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let all = bundle["entry"].as_array().unwrap().iter();
    all.filter(|e| e["resource"]["resourceType"] == kind).collect()
}

fn registered(p: &Place) -> String {
    let id = good(nila(p, &["--json", "patient", "register", "Nila Devi", "--born", "1988"]));
    let id = id.as_str().unwrap().to_string();
    let visit = ["patient", "visit", &id, "--reason", "cough", "--measured", "temperature=38.5"];
    assert_eq!(nila(p, &visit).code, 0);
    id
}

#[test]
fn a_summary_holds_what_is_known_and_says_what_is_not() {
    let p = Place::new();
    clinic(&p);
    let id = registered(&p);
    let export = ["--json", "export", &id, "--summary", "--out", "out"];
    good(nila(&p, &export));
    let first = bundle(&p, &format!("out/{id}-summary.json"));
    assert_eq!(
        (&first["type"], first["entry"][0]["resource"]["resourceType"].as_str()),
        (&json!("document"), Some("Composition"))
    );
    let sections = |b: &Value| -> Vec<String> {
        let all = b["entry"][0]["resource"]["section"].as_array().unwrap().clone();
        all.iter().map(|s| s["code"]["coding"][0]["code"].as_str().unwrap().to_string()).collect()
    };
    assert_eq!(sections(&first), ["10160-0", "48765-2", "11450-4", "8716-3"]);
    assert!(first.to_string().contains("no-allergy-info"));

    let set = ["emergency", "set", &id, "--allergy", "penicillin: swelling", "--blood", "O-"];
    assert_eq!(nila(&p, &set).code, 0);
    good(nila(&p, &export));
    let second = bundle(&p, &format!("out/{id}-summary.json"));
    assert_eq!(sections(&second), ["10160-0", "48765-2", "11450-4", "30954-2", "8716-3"]);
    assert!(!second.to_string().contains("no-allergy-info"));
    assert_eq!(of(&second, "AllergyIntolerance")[0]["resource"]["code"]["text"], "penicillin: swelling");
    // Everything that is referred to is in the document, under its name.
    let urls: Vec<&Value> = second["entry"].as_array().unwrap().iter().map(|e| &e["fullUrl"]).collect();
    for s in second["entry"][0]["resource"]["section"].as_array().unwrap() {
        for e in s["entry"].as_array().unwrap() {
            assert!(urls.contains(&&e["reference"]), "{e}");
        }
    }
    // The read of the emergency summary is on the ledger with the rest, before anything is handed out.
    let consent = good(nila(&p, &["--json", "consent", "show", &id]));
    let newest = &consent["accesses"][0];
    assert_eq!(newest["exported"], true);
    assert!(newest["compartments"].as_array().unwrap().contains(&json!("Emergency")), "{newest}");
    // A summary is for people; it isn't taken for the record when it comes back.
    let back = good(nila(&p, &["--json", "import", &format!("out/{id}-summary.json")]));
    let new: u64 = back["kinds"].as_array().unwrap().iter().map(|k| k["new"].as_u64().unwrap()).sum();
    assert_eq!(new, 0, "{back}");
}

#[test]
fn who_read_who_signed_and_what_is_allowed() {
    let p = Place::new();
    clinic(&p);
    let id = registered(&p);
    good(nila(&p, &["--json", "patient", "show", &id]));
    p.staff("a", "omar", "clinician");
    assert_eq!(p.run_as("a", "omar", &["patient", "show", &id]).code, 0);
    // Administration is no care: refused, and on the ledger.
    p.run_as("a", "amina", &["patient", "show", &id]).failed(3, "not allowed");
    assert_eq!(nila(&p, &["consent", "opt-out", &id]).code, 0);
    let all = ["--accesses", "--signatures", "--consents"];
    good(nila(&p, &[&["--json", "export", &id, "--out", "out"][..], &all].concat()));
    let b = bundle(&p, &format!("out/{id}.json"));
    let events = of(&b, "AuditEvent");
    let text = |r: &Value, at: &str| r.pointer(at).unwrap().as_str().unwrap().to_string();
    let said: Vec<[String; 3]> = events
        .iter()
        .map(|e| {
            let r = &e["resource"];
            [text(r, "/agent/0/name"), text(r, "/type/code"), text(r, "/outcome")]
        })
        .collect();
    assert_eq!(
        said,
        [
            ["nila, Aruna Clinic", "110110", "0"],
            ["omar, Aruna Clinic", "110110", "0"],
            ["Admin, Aruna Clinic", "110110", "4"],
            ["nila, Aruna Clinic", "110106", "0"],
        ]
    );
    let signed: Vec<&Value> =
        of(&b, "Provenance").iter().flat_map(|e| e["resource"]["target"].as_array().unwrap()).collect();
    let written = ["Patient", "Encounter", "Observation"].map(|k| of(&b, k)).concat();
    assert_eq!(signed.len(), written.len());
    for e in written {
        assert!(signed.iter().any(|t| t["reference"] == e["fullUrl"]), "{} has no signature", e["fullUrl"]);
    }
    assert_eq!(of(&b, "Consent")[0]["resource"]["provision"]["type"], "deny");
    // Back into the clinic that wrote it: nothing new.
    let back = good(nila(&p, &["--json", "import", "out"]));
    assert_eq!(back["blocks"], 0, "{back}");
    let both = nila(&p, &["export", &id, "--summary", "--accesses", "--out", "out"]);
    assert!(both.code == 2 && both.err.contains("cannot be used with"), "{}", both.err);
}

#[test]
fn what_is_nobodys_can_leave_too() {
    let p = Place::new();
    clinic(&p);
    nila(&p, &["export", "--directory", "--out", "out"]).failed(1, "nobody's record");
    let two = json!({ "resourceType": "Bundle", "type": "collection", "entry": [
        { "fullUrl": "urn:uuid:1", "resource": { "resourceType": "Organization", "id": "o1", "name": "Elsewhere" } },
        { "resource": { "resourceType": "Practitioner", "id": "p1", "name": [{ "text": "Dr. Rana" }] } }
    ] });
    fs::write(p.path("two.json"), two.to_string()).unwrap();
    good(nila(&p, &["--json", "import", "two.json"]));
    let done = good(nila(&p, &["--json", "export", "--directory", "--out", "out"]));
    let b: Value =
        serde_json::from_str(&fs::read_to_string(done["files"][0]["path"].as_str().unwrap()).unwrap())
            .unwrap();
    for e in two["entry"].as_array().unwrap() {
        let kind = e["resource"]["resourceType"].as_str().unwrap();
        assert_eq!(of(&b, kind)[0]["resource"], e["resource"]);
    }
}
