//! Records at the command line: FHIR in and out, versions, duplicates, links.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    commands::Running,
    support::{Place, Said},
};

/// A clinic with the nurse "nila".
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

fn bundle(entries: &[Value]) -> String {
    let entry: Vec<Value> = entries
        .iter()
        .map(|r| json!({ "fullUrl": format!("urn:uuid:{}", r["id"].as_str().unwrap()), "resource": r }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entry }).to_string()
}

fn somebody(id: &str, family: &str) -> Value {
    json!({
        "resourceType": "Patient", "id": id, "birthDate": "1988-05-02", "gender": "female",
        "name": [{ "family": family, "given": ["Nila"] }], "address": [{ "city": "Pokhara" }],
        "extension": [{ "url": "urn:x", "valueDecimal": 1.25 }]
    })
}

fn encounter(id: &str, patient: &str) -> Value {
    json!({
        "resourceType": "Encounter", "id": id, "status": "finished", "class": { "code": "AMB" },
        "type": [{ "text": "General examination" }], "subject": { "reference": format!("urn:uuid:{patient}") },
        "period": { "start": "1999-01-02T03:04:05Z" }
    })
}

fn weight(id: &str, patient: &str, encounter: &str) -> Value {
    json!({
        "resourceType": "Observation", "id": id, "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "29463-7" }] },
        "subject": { "reference": format!("urn:uuid:{patient}") },
        "encounter": { "reference": format!("urn:uuid:{encounter}") },
        "valueQuantity": { "value": 61.5, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg" }
    })
}

/// The resources of a bundle by type and id.
fn resources(text: &str) -> BTreeMap<(String, String), Value> {
    let b: Value = serde_json::from_str(text).unwrap();
    let all = b["entry"].as_array().unwrap().iter().map(|e| e["resource"].clone());
    all.map(|r| {
        let name = |k: &str| r[k].as_str().unwrap().to_string();
        ((name("resourceType"), name("id")), r)
    })
    .collect()
}

fn counts(v: &Value) -> (u64, u64, u64) {
    let sum = |k: &str| v["kinds"].as_array().unwrap().iter().map(|x| x[k].as_u64().unwrap()).sum();
    (sum("read"), sum("new"), sum("changed"))
}

fn export(p: &Place, patient: &str, folder: &str) -> String {
    good(nila(p, &["--json", "export", patient, "--out", folder]));
    fs::read_to_string(p.path(folder).join(format!("{patient}.json"))).unwrap()
}

#[test]
fn what_comes_in_goes_out_unchanged_and_adds_nothing_twice() {
    let p = Place::new();
    clinic(&p);
    let organisation = json!({ "resourceType": "Organization", "id": "org", "name": "Elsewhere" });
    let all = [somebody("n1", "Devi"), organisation, encounter("e1", "n1"), weight("w1", "n1", "e1")];
    fs::write(p.path("one.json"), bundle(&all)).unwrap();
    let first = good(nila(&p, &["--json", "import", "one.json"]));
    assert_eq!(counts(&first), (4, 4, 0));
    assert_eq!(first["patients"], 1);
    let again = good(nila(&p, &["--json", "import", "one.json"]));
    assert_eq!((counts(&again), again["blocks"].as_u64()), ((4, 0, 0), Some(0)));

    let list = good(nila(&p, &["--json", "patient", "list", "devi"]));
    let id = list[0]["id"].as_str().unwrap().to_string();
    assert_eq!((list[0]["name"].as_str(), list[0]["birth_year"].as_u64()), (Some("Nila Devi"), Some(1988)));
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    assert_eq!(chart["visits"][0]["reason"], "General examination");
    assert_eq!(chart["visits"][0]["observations"][0]["milli"], 61_500);
    let out = resources(&export(&p, &id, "out"));
    assert_eq!(out, resources(&bundle(&all)), "what came in");

    // A resource that has changed is a new version; the one before is kept.
    let mut changed = all.clone();
    changed[3]["valueQuantity"]["value"] = json!(62.5);
    fs::write(p.path("two.json"), bundle(&changed)).unwrap();
    let second = good(nila(&p, &["--json", "import", "two.json"]));
    assert_eq!(counts(&second), (4, 0, 1));
    assert_eq!(resources(&export(&p, &id, "out")), resources(&bundle(&changed)));
    // The older file sent again changes nothing back.
    let old = good(nila(&p, &["--json", "import", "one.json", "two.json"]));
    assert_eq!(counts(&old), (8, 0, 0));
    let weight = chart["items"][0]["record"].as_str().unwrap();
    let history = good(nila(&p, &["--json", "patient", "history", &id, weight]));
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
    let difference = &history["versions"][1]["differences"][0];
    assert_eq!(
        (&difference["field"], &difference["second"]),
        (&json!("valueQuantity.value"), &json!("61.5"))
    );

    // An edit changes what was edited; everything else of the resource stays as it came.
    good(nila(&p, &["--json", "patient", "edit", &id, "--village", "Kaski"]));
    let mut edited = changed.clone();
    edited[0]["address"][0]["city"] = json!("Kaski");
    assert_eq!(resources(&export(&p, &id, "out")), resources(&bundle(&edited)));
    assert_eq!(good(nila(&p, &["--json", "patient", "list", "kaski"]))[0]["id"], json!(id));

    // Exports are on the ledger and seen by whoever asks who read.
    let consent = good(nila(&p, &["--json", "consent", "show", &id]));
    let exported = consent["accesses"].as_array().unwrap().iter().filter(|a| a["exported"] == true).count();
    assert_eq!(exported, 3);
    // An admin takes records in and hands none out.
    assert_eq!(p.run_as("a", "amina", &["import", "one.json"]).code, 0);
    p.run_as("a", "amina", &["export", &id, "--out", "out"]).failed(3, "not allowed");
}

#[test]
fn a_file_is_taken_whole_or_not_at_all() {
    let p = Place::new();
    clinic(&p);
    let whole = bundle(&[somebody("n1", "Devi"), encounter("e1", "n1")]);
    let bad = whole.replace("\"Encounter\"", "7");
    fs::write(p.path("bad.json"), &bad).unwrap();
    nila(&p, &["import", "bad.json"]).failed(10, "entry 2 is not a FHIR resource");
    fs::write(p.path("cut.json"), &whole[..whole.len() - 9]).unwrap();
    nila(&p, &["import", "cut.json"]).failed(10, "it ends too early");
    fs::write(p.path("bytes.json"), [0xff, 0xfe]).unwrap();
    nila(&p, &["import", "bytes.json"]).failed(10, "not UTF-8");
    nila(&p, &["import", "nowhere.json"]).failed(11, "nowhere.json");
    fs::write(p.path("deep.json"), "[".repeat(100_000)).unwrap();
    nila(&p, &["import", "deep.json"]).failed(10, "nested too deeply");
    assert_eq!(good(nila(&p, &["--json", "patient", "list"])), json!([]), "nothing was taken");

    // A visit whose patient is in another file waits for it, whatever the order.
    fs::create_dir(p.path("lines")).unwrap();
    let line = |v: Value| v.to_string().replace("urn:uuid:", "Patient/") + "\n";
    fs::write(p.path("lines/Encounter.ndjson"), line(encounter("e1", "n1")) + &line(encounter("e2", "n2")))
        .unwrap();
    nila(&p, &["import", "lines"]).failed(10, "Patient/n1, who is neither here");
    let people = line(somebody("n1", "Devi")) + &line(somebody("n2", "Rana"));
    fs::write(p.path("lines/Patient.ndjson"), people).unwrap();
    let done = good(nila(&p, &["--json", "import", "lines"]));
    assert_eq!((counts(&done), done["files"].as_u64()), ((4, 4, 0), Some(2)));

    // Another person under an identifier that is taken is refused, unless the sender is another.
    fs::write(
        p.path("other.json"),
        bundle(&[json!({
            "resourceType": "Patient", "id": "n1", "birthDate": "1950", "name": [{ "text": "Omar Haddad" }]
        })]),
    )
    .unwrap();
    nila(&p, &["import", "other.json"]).failed(10, "already as somebody else");
    let done = good(nila(&p, &["--json", "import", "other.json", "--source", "bela"]));
    assert_eq!(done["patients"], 1);
}

#[test]
fn a_long_resource_is_kept_whole() {
    let p = Place::new();
    clinic(&p);
    let scan = json!({
        "resourceType": "DocumentReference", "id": "d1", "status": "current",
        "subject": { "reference": "urn:uuid:n1" },
        "content": [{ "attachment": { "contentType": "image/png", "data": noise(400_000) } }]
    });
    let all = [somebody("n1", "Devi"), scan];
    fs::write(p.path("scan.json"), bundle(&all)).unwrap();
    good(nila(&p, &["--json", "import", "scan.json"]));
    assert_eq!(counts(&good(nila(&p, &["--json", "import", "scan.json"]))), (2, 0, 0));
    let id = good(nila(&p, &["--json", "patient", "list"]))[0]["id"].as_str().unwrap().to_string();
    assert_eq!(resources(&export(&p, &id, "out")), resources(&bundle(&all)));
}

/// Hex digits without a pattern.
fn noise(n: usize) -> String {
    let mut x = 0x9e37_79b9_7f4a_7c15u64;
    let mut out = String::with_capacity(n + 16);
    while out.len() < n {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        out.push_str(&format!("{x:016x}"));
    }
    out
}

#[test]
fn written_here_edited_here_and_handed_on() {
    let p = Place::new();
    clinic(&p);
    let born = ["--born", "1988", "--gender", "female", "--village", "Pokhara", "--phone", "080-1234567"];
    let register = |name: &str, more: &[&str]| {
        nila(&p, &[&["--json", "patient", "register", name][..], &born, more].concat())
    };
    let id = good(register("Nila Devi", &[])).as_str().unwrap().to_string();
    register("Neela Devi", &[]).failed(2, "likely registered already");
    let other = good(register("Neela Devi", &["--anyway"])).as_str().unwrap().to_string();
    let found = good(nila(&p, &["--json", "patient", "duplicates", &id]));
    assert_eq!(found[0]["id"], json!(other));
    assert!(found[0]["reasons"].as_array().unwrap().contains(&json!("same phone")), "{found}");

    let visit = ["patient", "visit", &id, "--reason", "cough", "--measured", "temperature=38.5"];
    let pressure = ["--measured", "systolic=120", "--measured", "diastolic=80"];
    assert_eq!(nila(&p, &[&visit[..], &pressure].concat()).code, 0);
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    let record = chart["visits"][0]["record"].as_str().unwrap().to_string();
    let s = nila(
        &p,
        &["patient", "visit", &id, "--record", &record, "--note", "rest", "--measured", "temperature=38.9"],
    );
    assert_eq!(s.code, 0, "{}", s.err);
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    let v = &chart["visits"][0];
    assert_eq!(
        (v["reason"].as_str(), v["note"].as_str(), v["edited"].as_bool()),
        (Some("cough"), Some("rest"), Some(true))
    );
    assert_eq!(v["observations"][0]["milli"], 38_900);
    assert_eq!(chart["visits"].as_array().unwrap().len(), 1);

    // Linked, both charts show both; unlinked, each its own again, and the pair is not proposed any more.
    assert_eq!(nila(&p, &["patient", "link", &id, &other, "--reason", "same card"]).code, 0);
    for (a, b) in [(&id, &other), (&other, &id)] {
        let chart = good(nila(&p, &["--json", "patient", "show", a]));
        assert_eq!(chart["linked"][0]["id"], json!(b));
        assert_eq!(chart["visits"].as_array().unwrap().len(), 1);
    }
    assert_eq!(nila(&p, &["patient", "unlink", &other, &id]).code, 0);
    let chart = good(nila(&p, &["--json", "patient", "show", &other]));
    assert_eq!((chart["linked"].clone(), chart["visits"].clone()), (json!([]), json!([])));
    assert_eq!(good(nila(&p, &["--json", "patient", "duplicates", &id])), json!([]));

    // As FHIR, and back into the clinic that wrote it: nothing new.
    let out = export(&p, &id, "out");
    let all = resources(&out);
    assert_eq!(all.len(), 4, "patient, encounter, temperature, blood pressure: {out}");
    let pressure = all.values().find(|r| r["code"]["coding"][0]["code"] == "85354-9").unwrap();
    assert_eq!(pressure["component"][0]["valueQuantity"]["code"], "mm[Hg]");
    let back = good(nila(&p, &["--json", "import", "out"]));
    assert_eq!((counts(&back), back["own"].as_u64()), ((4, 0, 0), Some(4)));
}

#[test]
fn a_file_is_kept_with_the_record() {
    let p = Place::new();
    clinic(&p);
    let id = good(nila(&p, &["--json", "patient", "register", "Nila Devi"])).as_str().unwrap().to_string();
    let content = noise(300_001);
    fs::write(p.path("scan.png"), &content).unwrap();
    let s = nila(&p, &["patient", "attach", &id, "scan.png", "--type", "image/png"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    let file = &chart["attachments"][0];
    assert_eq!((&file["name"], &file["size"]), (&json!("scan.png"), &json!(content.len())));
    let record = file["record"].as_str().unwrap();
    let s = nila(&p, &["patient", "attachment", &id, record, "--out", "back.png"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert_eq!(fs::read_to_string(p.path("back.png")).unwrap(), content);
    nila(&p, &["patient", "attachment", &id, record, "--out", "back.png"]).failed(2, "name a new file");
    fs::File::create(p.path("huge")).unwrap().set_len(32 * 1024 * 1024 + 1).unwrap();
    nila(&p, &["patient", "attach", &id, "huge"]).failed(10, "more than 32 MiB");
    assert_eq!(nila(&p, &["verify"]).code, 0);
}

/// Two terminals of one clinic, apart: both edit the same record, then a stick goes round.
#[test]
fn edited_at_two_places_at_once_both_stand_until_somebody_decides() {
    let p = Place::new();
    p.found("a");
    let node = Running::start(&p, "a");
    let a = |args: &[&str]| p.run_as("a", "amina", args);
    assert_eq!(a(&["org", "invite", "invite.txt"]).code, 0);
    let join = ["join", "invite.txt", "--name", "Omar", "--role", "nurse", "--request", "a2.txt"];
    assert_eq!(p.run_as("a2", "omar", &join).code, 0);
    assert_eq!(a(&["device", "certify", "a2.txt", "cert.txt", "--yes"]).code, 0);
    assert_eq!(p.run_as("a2", "omar", &["join", "cert.txt"]).code, 0);
    let s = p.run_as("a2", "omar", &["sync"]);
    assert_eq!(s.code, 0, "{}", s.err);
    drop(node);
    p.staff("a", "nila", "nurse");
    fs::create_dir(p.path("stick")).unwrap();
    let carry = |from: (&str, &str), to: (&str, &str)| {
        let s = p.run_as(from.0, from.1, &["courier", "out", "stick"]);
        assert_eq!(s.code, 0, "{}", s.err);
        let s = p.run_as(to.0, to.1, &["courier", "in", "stick"]);
        assert_eq!(s.code, 0, "{}", s.err);
    };
    let (first, second) = (("a", "nila"), ("a2", "omar"));
    let omar = |args: &[&str]| p.run_as("a2", "omar", args);

    let id = good(nila(&p, &["--json", "patient", "register", "Nila Devi"])).as_str().unwrap().to_string();
    assert_eq!(
        nila(&p, &["patient", "visit", &id, "--reason", "cough", "--measured", "temperature=38.5"]).code,
        0
    );
    carry(first, second);
    let chart = good(omar(&["--json", "patient", "show", &id]));
    let record = chart["visits"][0]["record"].as_str().unwrap().to_string();
    let edit = |who: &dyn Fn(&[&str]) -> Said, more: &[&str]| {
        let s = who(&[&["patient", "visit", &id, "--record", &record][..], more].concat());
        assert_eq!(s.code, 0, "{}", s.err);
    };
    edit(&|x| nila(&p, x), &["--note", "rest"]);
    edit(&omar, &["--measured", "temperature=39.5"]);
    carry(first, second);
    carry(second, first);

    // The same on both: two versions, which differ in what each changed.
    let versions = |s: Said| good(s)[0]["versions"].as_array().unwrap().clone();
    let (here, there) = (
        versions(nila(&p, &["--json", "patient", "conflicts", &id])),
        versions(omar(&["--json", "patient", "conflicts", &id])),
    );
    assert_eq!((here.len(), &here), (2, &there));
    let fields: Vec<_> =
        here[1]["differences"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["Temperature", "note"]);
    assert_eq!(good(nila(&p, &["--json", "patient", "conflicts"]))[0]["id"], json!(id));
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    assert_eq!(chart["visits"].as_array().unwrap().len(), 2, "both are shown");

    // A decision takes the note of one and the temperature of the other.
    let find = |field: &str, value: &str| {
        let of = |v: &serde_json::Value| {
            v["differences"].as_array().unwrap().iter().any(|d| d["field"] == field && d["second"] == value)
        };
        let by_second = here.iter().find(|v| of(v));
        by_second.unwrap_or(&here[0])["version"].as_str().unwrap().to_string()
    };
    let (rest, hot) = (find("note", "rest"), find("Temperature", "39.5 °C"));
    assert_ne!(rest, hot);
    let take = format!("Temperature={hot}");
    nila(&p, &["patient", "resolve", &id, &record, "--keep", &rest, "--take", "mood=00"]).failed(2, "");
    let s = nila(&p, &["patient", "resolve", &id, &record, "--keep", &rest, "--take", &take]);
    assert_eq!(s.code, 0, "{}", s.err);
    carry(first, second);
    for chart in
        [good(nila(&p, &["--json", "patient", "show", &id])), good(omar(&["--json", "patient", "show", &id]))]
    {
        assert_eq!(chart["conflicts"], json!([]));
        let v = &chart["visits"][0];
        assert_eq!((&v["note"], &v["observations"][0]["milli"]), (&json!("rest"), &json!(39_500)));
        assert_eq!(chart["visits"].as_array().unwrap().len(), 1);
    }
    assert_eq!(good(omar(&["--json", "patient", "conflicts"])), json!([]));
    let history = good(omar(&["--json", "patient", "history", &id, &record]));
    assert_eq!(history["versions"].as_array().unwrap().len(), 4, "nothing is gone");
    nila(&p, &["patient", "resolve", &id, &record, "--keep", &rest]).failed(1, "nothing to decide");
}

#[test]
fn the_sample_patients_come_back_as_they_came() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/fhir");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return;
    };
    let p = Place::new();
    clinic(&p);
    let all = folder.display().to_string();
    let done = good(nila(&p, &["--json", "import", &all]));
    let mut wanted: Vec<BTreeMap<_, _>> =
        files.map(|f| resources(&fs::read_to_string(f.unwrap().path()).unwrap())).collect();
    wanted.retain(|r| r.keys().any(|(kind, _)| kind == "Patient"));
    assert_eq!(done["patients"].as_u64(), Some(wanted.len() as u64));
    let (read, new, changed) = counts(&done);
    assert_eq!((read, changed), (new, 0), "every resource is kept");
    assert_eq!(counts(&good(nila(&p, &["--json", "import", &all]))), (read, 0, 0));
    good(nila(&p, &["--json", "export", "--all", "--out", "out"]));
    let mut got: Vec<BTreeMap<_, _>> = fs::read_dir(p.path("out"))
        .unwrap()
        .map(|f| resources(&fs::read_to_string(f.unwrap().path()).unwrap()))
        .collect();
    let key = |r: &BTreeMap<(String, String), Value>| r.keys().find(|(k, _)| k == "Patient").cloned();
    wanted.sort_by_key(key);
    got.sort_by_key(key);
    assert!(wanted == got, "each patient as they came in");
    assert_eq!(p.run_as("a", "nila", &["verify"]).code, 0);
}
