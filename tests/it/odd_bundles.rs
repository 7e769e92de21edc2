//! FHIR as it comes from anywhere: odd bundles are kept whole, malformed ones are refused with their reason and place.

use std::{collections::BTreeMap, fs};

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

fn bundle(of: &str, entries: &[&str]) -> String {
    format!(r#"{{"resourceType":"Bundle","type":"{of}","entry":[{}]}}"#, entries.join(","))
}

const PATIENT: &str = r#"{"resource":{"resourceType":"Patient","id":"bad","name":[{"text":"Nobody"}]}}"#;

/// Each with a part of what is said about it.
fn malformed() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let with = |entry: &str| bundle("collection", &[PATIENT, entry]).into_bytes();
    let deep = format!("{}1{}", "[".repeat(90_000), "]".repeat(90_000));
    let mut latin = with(r#"{"resource":{"resourceType":"Basic","id":"x"}}"#);
    latin.extend_from_slice(b"\n\n\xe9");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    vec![
        ("empty.json", Vec::new(), "line 1, column 1: it ends too early"),
        ("list.json", b"[]".to_vec(), "the file is not a FHIR resource: it is not an object"),
        ("text.json", b"hello".to_vec(), "line 1, column 1: a value was expected"),
        ("html.json", b"<html></html>".to_vec(), "is not JSON"),
        ("cut.json", with("{}")[..90].to_vec(), "it ends too early"),
        (
            "deep.json",
            format!(r#"{{"resourceType":"Patient","x":{deep}}}"#).into_bytes(),
            "nested too deeply",
        ),
        ("latin1.json", latin, "is not UTF-8 text (line 3, byte"),
        ("utf16.json", utf16, "UTF-16: let the sender save it as UTF-8"),
        ("nul.json", b"{\"resourceType\":\"Pat\0ient\"}".to_vec(), "a control character in a text"),
        (
            "half.json",
            br#"{"resourceType":"Patient","id":"p","gender":"\ud800"}"#.to_vec(),
            "half a character",
        ),
        ("key.json", br#"{"resourceType":"Patient","id":"p","id":"q"}"#.to_vec(), "the same key twice"),
        ("nan.json", br#"{"resourceType":"Patient","x":NaN}"#.to_vec(), "a value was expected"),
        (
            "notype.json",
            with(r#"{"resource":{"id":"x"}}"#),
            "entry 2 is not a FHIR resource: it has no 'resourceType'",
        ),
        ("badtype.json", with(r#"{"resource":{"resourceType":7}}"#), "entry 2 is not a FHIR resource"),
        (
            "typo.json",
            with(r#"{"resource":{"resourceType":"Pateint"}}"#),
            "R4 has no resource type 'Pateint'",
        ),
        ("noresource.json", with("{}"), "entry 2 is not a FHIR resource: it has no 'resource'"),
        (
            "notalist.json",
            br#"{"resourceType":"Bundle","type":"batch","entry":{}}"#.to_vec(),
            "'entry' is not a list",
        ),
        (
            "badid.json",
            with(r#"{"resource":{"resourceType":"Basic","id":"a_b"}}"#),
            "entry 2 is not a FHIR resource: its 'id'",
        ),
        ("url.json", with(r#"{"fullUrl":7,"resource":{"resourceType":"Basic"}}"#), "'fullUrl' is not a text"),
        (
            "delete.json",
            with(r#"{"request":{"method":"DELETE","url":"Patient/1"}}"#),
            "entry 2 asks to delete",
        ),
        ("get.json", with(r#"{"request":{"method":"GET","url":"Patient/1"}}"#), "entry 2 asks to read"),
        ("answer.json", with(r#"{"response":{"status":"201"}}"#), "entry 2 is an answer without a record"),
        ("dstu2.json", with(r#"{"resource":{"resourceType":"MedicationOrder","id":"m"}}"#), "not FHIR R4"),
        (
            "stu3.json",
            with(r#"{"resource":{"resourceType":"Condition","clinicalStatus":"active"}}"#),
            "a bare code as 'clinicalStatus'",
        ),
        ("r5.json", with(r#"{"resource":{"resourceType":"Encounter","actualPeriod":{}}}"#), "which is of R5"),
        (
            "twice.json",
            with(r#"{"resource":{"resourceType":"Patient","id":"bad"}}"#),
            "entry 2: Patient/bad is entry 1 too",
        ),
        (
            "elsewhere.json",
            with(r#"{"resource":{"resourceType":"Basic","subject":{"reference":"Patient/away"}}}"#),
            "entry 2 is about Patient/away",
        ),
        (
            "absolute.json",
            with(
                r#"{"resource":{"resourceType":"Basic","subject":{"reference":"https://x.org/Patient/away"}}}"#,
            ),
            "https://x.org/Patient/away, who is neither here",
        ),
        (
            "urn.json",
            with(r#"{"resource":{"resourceType":"Basic","subject":{"reference":"urn:uuid:away"}}}"#),
            "about urn:uuid:away",
        ),
        (
            "search.json",
            with(r#"{"resource":{"resourceType":"Basic","subject":{"reference":"Patient?identifier=s|v"}}}"#),
            "about Patient?identifier=s|v",
        ),
        (
            "lines.ndjson",
            b"{\"resourceType\":\"Patient\",\"id\":\"bad\"}\r\n\r\n{\"resourceType\":\"Patient\"".to_vec(),
            "line 3 is not JSON (line 3",
        ),
        ("pretty.ndjson", b"{\n\"resourceType\":\"Patient\"}".to_vec(), "line 1 is not JSON"),
    ]
}

#[test]
fn what_is_malformed_is_refused_with_reason_and_place_and_nothing_of_it_is_kept() {
    let p = clinic();
    fs::create_dir(p.path("in")).unwrap();
    let all = malformed();
    for (name, bytes, _) in &all {
        fs::write(p.path("in").join(name), bytes).unwrap();
    }
    let s = nila(&p, &["--json", "import", "in"]);
    assert_eq!(s.code, 10, "{}", s.err);
    assert!(s.err.contains(&format!("{} of {} files were not taken", all.len(), all.len())), "{}", s.err);
    let report: Value = serde_json::from_str(&s.out).unwrap();
    let refused: Vec<&str> =
        report["refused"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    for (name, _, wanted) in &all {
        let said =
            refused.iter().find(|r| r.contains(&format!("in/{name}: "))).unwrap_or_else(|| panic!("{name}"));
        assert!(said.contains(wanted), "{name}: {said}");
        assert!(!said.contains('\n') && said.len() < 400, "one clear line: {said}");
    }
    assert_eq!((&report["files"], &report["blocks"], &report["patients"]), (&json!(0), &json!(0), &json!(0)));
    assert_eq!(nila(&p, &["--json", "patient", "list"]).out.trim(), "[]");
}

/// The resources of a text, by type and id.
fn resources(v: &Value) -> BTreeMap<(String, String), Value> {
    let name = |r: &Value, k: &str| r[k].as_str().unwrap().to_string();
    let all = v["entry"].as_array().unwrap().iter().map(|e| e["resource"].clone());
    all.map(|r| ((name(&r, "resourceType"), name(&r, "id")), r)).collect()
}

#[test]
fn odd_bundles_go_out_as_they_came_in() {
    let p = clinic();
    let who = |id: &str, name: &str| {
        json!({ "resourceType": "Patient", "id": id, "name": [{ "text": name }],
            "identifier": [{ "system": "urn:cards", "value": format!("{id}|7") }] })
    };
    let about = |id: &str, subject: Value| {
        json!({ "resourceType": "Observation", "id": id, "status": "final",
        "code": { "text": id }, "subject": subject })
    };
    let of = |kind: &str, all: &[(Option<&str>, &Value)]| {
        let entry: Vec<Value> = all
            .iter()
            .map(|(url, r)| match url {
                Some(u) => json!({ "fullUrl": u, "resource": r, "request": { "method": "PUT", "url": "x" } }),
                None => json!({ "resource": r }),
            })
            .collect();
        json!({ "resourceType": "Bundle", "type": kind, "entry": entry })
    };
    // References of every form, by one file of several patients.
    let (nila_p, omar_p) = (who("n1", "Nila Devi"), who("o1", "Omar Rana"));
    let forms = [
        about("by-urn", json!({ "reference": "urn:uuid:0a" })),
        about("by-relative", json!({ "reference": "Patient/n1" })),
        about("by-version", json!({ "reference": "Patient/n1/_history/4" })),
        about("by-address", json!({ "reference": "https://x.org/fhir/Patient/n1" })),
        about("by-search", json!({ "reference": "Patient?identifier=urn%3Acards%7Cn1%7C7" })),
        about("by-identifier", json!({ "identifier": { "system": "urn:cards", "value": "n1|7" } })),
    ];
    let provenance = json!({ "resourceType": "Provenance", "id": "pv", "recorded": "2020-01-01T00:00:00Z",
        "target": [{ "reference": "Observation/by-urn" }], "agent": [{ "who": { "display": "x" } }] });
    let mut all = vec![(Some("urn:uuid:0a"), &nila_p), (Some("urn:uuid:0b"), &omar_p), (None, &provenance)];
    all.extend(forms.iter().map(|f| (None, f)));
    let several = of("searchset", &all);
    // Things of JSON that readers lose, in a document about one person; somebody else is only described in it.
    let fine: Value = serde_json::from_str(
        r#"{"resourceType":"Patient","id":"k1","name":[{"text":"Kesi","_text":{"extension":[{"url":"u","valueString":"é\u0000\u2028"}]}}],
            "birthDate":"1990-01-01","_birthDate":{"extension":[{"url":"u","valueDecimal":0.100}]},"_gender":{"id":"g"}}"#,
    )
    .unwrap();
    let lab = json!({ "resourceType": "Observation", "id": "dec", "status": "final", "code": { "text": "x" },
        "subject": { "reference": "Patient/k1" }, "component": [], "note": [null, { "text": "" }] });
    let inside = |id: &str, name: &str| {
        json!({ "resourceType": "Observation", "id": id, "status": "final",
        "code": { "text": "y" }, "contained": [{ "resourceType": "Patient", "id": "c", "name": [{ "text": name }] }],
        "subject": { "reference": "#c" } })
    };
    let (kesi, stranger) = (inside("kesi-too", "Kesi Rai"), inside("stranger", "Ana Lopez"));
    let one = of("document", &[(None, &fine), (None, &lab), (None, &kesi), (None, &stranger)]);
    fs::create_dir(p.path("in")).unwrap();
    let text = |v: &Value| format!("\u{feff}{}", v).replace("0.1,", "0.100,").replace("0.1}", "0.100}");
    fs::write(p.path("in/several.json"), text(&several)).unwrap();
    fs::write(p.path("in/one.json"), text(&one)).unwrap();
    // Versions of one thing, the newest first.
    let version = |n: &str, name: &str| {
        let mut v = who("h1", name);
        v["meta"] = json!({ "versionId": n });
        v
    };
    let (old, new) = (version("1", "Hari"), version("2", "Hari Thapa"));
    fs::write(p.path("in/history.json"), text(&of("history", &[(None, &new), (None, &old)]))).unwrap();
    // Lines with a mark before them, carriage returns, blank lines; and a bundle in a line, under another name.
    let (l1, l2) = (who("l1", "Lina"), about("ln", json!({ "reference": "Patient/l1" })));
    fs::write(p.path("in/lines.ndjson"), format!("\u{feff}{l1}\r\n\r\n   \r\n{l2}\r\n")).unwrap();
    let m1 = who("m1", "Mina");
    fs::write(
        p.path("in/batch.json"),
        format!("{}\n{}\n", of("batch", &[(None, &m1)]), about("mn", json!({ "reference": "Patient/m1" }))),
    )
    .unwrap();

    let s = nila(&p, &["--json", "import", "in"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let report: Value = serde_json::from_str(&s.out).unwrap();
    assert_eq!((&report["patients"], &report["apart"]), (&json!(6), &json!(1)), "{report}");
    let again: Value = serde_json::from_str(&nila(&p, &["--json", "import", "in"]).out).unwrap();
    assert_eq!(again["blocks"], 0, "{again}");

    let s = nila(&p, &["export", "--all", "--directory", "--out", "out"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let mut got: BTreeMap<String, BTreeMap<(String, String), Value>> = BTreeMap::new();
    let mut raw = String::new();
    for f in fs::read_dir(p.path("out")).unwrap() {
        let text = fs::read_to_string(f.unwrap().path()).unwrap();
        raw.push_str(&text);
        let all = resources(&serde_json::from_str(&text).unwrap());
        let whose = all.keys().find(|(k, _)| k == "Patient").map_or("nobody".into(), |(_, id)| id.clone());
        got.insert(whose, all);
    }
    let set =
        |all: &[&Value]| resources(&of("collection", &all.iter().map(|v| (None, *v)).collect::<Vec<_>>()));
    let mut first: Vec<&Value> = vec![&nila_p, &provenance];
    first.extend(&forms);
    assert_eq!(got["n1"], set(&first));
    assert_eq!(got["o1"], set(&[&omar_p]));
    assert_eq!(got["k1"], set(&[&fine, &lab, &kesi]));
    assert_eq!(got["h1"], set(&[&new]), "the newest version stands");
    assert_eq!(got["l1"], set(&[&l1, &l2]));
    assert_eq!(got["m1"].len(), 2);
    assert_eq!(got["nobody"], set(&[&stranger]), "never put into another's record");
    assert!(raw.contains("0.100"), "decimals keep their precision");
}
