//! Backups of a store that is damaged: they go on, name what is lost, and restore to all the rest. And what a restored
//! terminal must not have forgotten.

use std::{fs, path::Path};

use aidpost::{
    core::{
        block::{Kind, Payload},
        id::PatientId,
    },
    node::{api::Since, restore, setup},
    store::{Db, tables},
    vault::slots::Slots,
};
use serde_json::{Value, json};

use crate::{
    commands::Running,
    support::{Place, Said},
    town::{clinic, ok, registered, within},
};

fn good(s: &Said) -> &str {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    &s.out
}

fn parsed(s: &Said) -> Value {
    serde_json::from_str(good(s)).unwrap_or_else(|e| panic!("{e}: {}", s.out))
}

fn store(data: &Path, login: &str, passphrase: &str) -> Db {
    let slots = Slots::read(&data.join("slots")).unwrap();
    let opened = slots.open(login, passphrase).unwrap();
    setup::open_db(data, &opened.master, &slots).unwrap()
}

fn kit(p: &Place) -> String {
    let paper = p.run_as("a", "amina", &["org", "kit"]);
    let group = |w: &&str| w.len() == 5 && w.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    let code =
        good(&paper).split(|c: char| !c.is_ascii_alphanumeric()).filter(group).collect::<Vec<_>>().join("-");
    fs::write(p.path("kit"), format!("{code}\n")).unwrap();
    p.text("kit")
}

#[test]
fn a_damaged_entry_is_named_and_everything_else_is_restored() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let kit = kit(&p);
    let nila = |args: &[&str]| p.run_as("a", "nila", args);
    let register =
        |name: &str| parsed(&nila(&["--json", "patient", "register", name])).as_str().unwrap().to_owned();
    let write = |id: &str, why: &str| good(&nila(&["patient", "visit", id, "--reason", why])).len();
    let (one, two) = (register("Nila Devi"), register("Omar Thapa"));
    write(&two, "fever");
    write(&one, "cough");
    {
        // The newest content of the first patient is gone: its page could not be read, say.
        let mut db = store(&p.path("a"), "nila", "the passphrase of nila");
        let patient: PatientId = one.parse().unwrap();
        let (log, seq) = *db.about(patient, Kind::Records).unwrap().last().unwrap();
        db.put::<Payload>(tables::PAYLOADS, &tables::place(log, seq), None).unwrap();
    }
    write(&two, "headache");
    let s = nila(&["backup", "hurt"]);
    s.failed(4, "the content of 1 entries could not be read");
    assert!(s.out.contains("Wrote") && s.err.contains(&one) && !s.err.contains(&two), "{}{}", s.out, s.err);
    write(&two, "better");
    good(&nila(&["backup", "more", "--since", "last"]));

    let s = p.run_as("b", "nila", &["restore", "hurt", "more", "--drill"]);
    s.failed(4, "lack the content of 1 entries");
    assert!(s.err.contains(&one) && !p.path("b").exists());
    let s =
        p.run_as("b", "bela", &["restore", "hurt", "more", "--kit", "--kit-file", &kit, "--name", "Bela"]);
    s.failed(4, "lack the content of 1 entries");
    assert!(s.out.contains("Restored into"), "{}", s.out);
    let there = |args: &[&str]| p.run_as("b", "nila", args);
    let reasons = |id: &str| -> Vec<String> {
        let chart = parsed(&there(&["--json", "patient", "show", id]));
        let visits = chart["visits"].as_array().unwrap().iter();
        visits.map(|v| v["reason"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(reasons(&two), ["better", "headache", "fever"]);
    assert!(reasons(&one).is_empty());
    let shown = there(&["patient", "show", &one]);
    assert!(shown.out.contains("Nila Devi") && shown.out.contains("NOT READABLE"), "{}", shown.out);
    // It goes on: writes, backs itself up with the same gap, and that restores too.
    good(&there(&["patient", "visit", &one, "--reason", "again"]));
    there(&["backup", "next"]).failed(4, "the content of 1 entries");
    p.run_as("c", "nila", &["restore", "next", "--drill"]).failed(4, "lack the content of 1 entries");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_page_never_stops_a_backup() {
    let dir = tempfile::tempdir().unwrap();
    let first = clinic(dir.path()).await;
    let (nurse, _) = first.hire("nila", aidpost::core::governance::Role::Nurse).await;
    for i in 0..40 {
        registered(&nurse, &format!("Person {}", char::from(b'a' + i % 26)), 1950 + u16::from(i)).await;
    }
    // Most of the file are contents.
    let scan = dir.path().join("scan.bin");
    let noise: Vec<u8> =
        (0u32..1 << 19).flat_map(|n| n.wrapping_mul(0x9e37_79b9).rotate_left(n % 31).to_le_bytes()).collect();
    fs::write(&scan, noise).unwrap();
    let one = ok(nurse.patients(within(), String::new()).await)[0].id;
    ok(nurse.attach(within(), one, scan.display().to_string(), String::new()).await);
    drop(nurse);
    first.node.close().await;
    drop(first);
    let data = dir.path().join("clinic");
    let whole = fs::read(data.join("store")).unwrap();
    let (mut shut, mut clean, mut told) = (0, 0, 0);
    // Slots of the sealed file are a page with its nonce and tag.
    for n in 0..60 {
        let at = 8 * 1024 + (whole.len() - 8 * 1024) / 60 * n;
        let copy = dir.path().join(format!("copy{n}"));
        fs::create_dir(&copy).unwrap();
        for f in ["slots", "store"] {
            fs::copy(data.join(f), copy.join(f)).unwrap();
        }
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(copy.join("store"), bytes).unwrap();
        let node = crate::town::node(&copy);
        let c = aidpost::node::server::local_from(&node, aidpost::node::origin::Origin::Here);
        let word = aidpost::node::api::Passphrase("the passphrase of amina".into());
        if c.unlock(within(), "amina".into(), word.clone()).await.unwrap().is_err() {
            // A page that the store can't be opened without.
            shut += 1;
            continue;
        }
        let file = dir.path().join(format!("backup{n}"));
        match c.backup(within(), file.clone(), Since::Beginning).await.unwrap() {
            Ok(b) => {
                let key = restore::Key::Person { login: "amina", passphrase: &word };
                let found = restore::drill(&[file], &key, &mut |_, _| {}).unwrap();
                assert_eq!(found.missing.contents, b.missing.contents, "flipped at {at}");
                assert!(found.missing.blocks >= b.missing.blocks);
                assert_eq!(found.blocks + found.missing.contents + found.missing.blocks, b.blocks);
                if b.missing.is_empty() { clean += 1 } else { told += 1 }
            }
            Err(e) => panic!("flipped at {at}: {e}"),
        }
        node.close().await;
    }
    println!("60 flips: {shut} stores didn't open, {clean} backups whole, {told} named what is lost");
    assert!(told > 5, "{shut} {clean} {told}");
}

/// A patient, their organisation and a visit; the second file has two patients and somebody who is nobody's.
fn bundles(p: &Place) {
    let bundle = |all: &[Value]| {
        let entry: Vec<Value> = all
            .iter()
            .map(|r| json!({ "fullUrl": format!("urn:uuid:{}", r["id"].as_str().unwrap()), "resource": r }))
            .collect();
        json!({ "resourceType": "Bundle", "type": "transaction", "entry": entry }).to_string()
    };
    let person = |id: &str, name: &str| json!({ "resourceType": "Patient", "id": id, "birthDate": "1988", "name": [{ "text": name }] });
    let visit = |id: &str, of: &str| {
        json!({ "resourceType": "Encounter", "id": id, "status": "finished", "class": { "code": "AMB" },
            "subject": { "reference": format!("urn:uuid:{of}") }, "period": { "start": "2021-01-02T03:04:05Z" } })
    };
    let long = json!({ "resourceType": "DocumentReference", "id": "d1", "status": "current",
        "subject": { "reference": "urn:uuid:n1" }, "content": [{ "attachment": { "data": "00ff".repeat(40_000) } }] });
    fs::create_dir(p.path("in")).unwrap();
    fs::write(p.path("in/one.json"), bundle(&[person("n1", "Nila Devi"), visit("e1", "n1"), long])).unwrap();
    let nobody = json!({ "resourceType": "Practitioner", "id": "pr", "name": [{ "text": "Dr Rana" }] });
    let two = [person("n2", "Sita Rana"), person("n3", "Omar Thapa"), visit("e2", "n2"), nobody];
    fs::write(p.path("in/two.json"), bundle(&two)).unwrap();
}

#[test]
fn a_restored_terminal_knows_what_came_in_and_what_is_in_conflict() {
    let p = Place::new();
    p.found("a");
    let node = Running::start(&p, "a");
    let a = |args: &[&str]| p.run_as("a", "amina", args);
    good(&a(&["org", "invite", "invite.txt"]));
    let join = ["join", "invite.txt", "--name", "Omar", "--role", "nurse", "--request", "a2.txt"];
    good(&p.run_as("a2", "omar", &join));
    good(&a(&["device", "certify", "a2.txt", "cert.txt", "--yes"]));
    good(&p.run_as("a2", "omar", &["join", "cert.txt"]));
    good(&p.run_as("a2", "omar", &["sync"]));
    drop(node);
    p.staff("a", "nila", "nurse");
    fs::create_dir(p.path("stick")).unwrap();
    let carry = |from: (&str, &str), to: (&str, &str)| {
        good(&p.run_as(from.0, from.1, &["courier", "out", "stick"]));
        good(&p.run_as(to.0, to.1, &["courier", "in", "stick"]));
    };
    let nila = |args: &[&str]| p.run_as("a", "nila", args);
    bundles(&p);
    good(&nila(&["import", "in"]));
    let id = parsed(&nila(&["--json", "patient", "list", "devi"]))[0]["id"].as_str().unwrap().to_owned();
    fs::write(p.path("scan.png"), "a picture".repeat(20_000)).unwrap();
    good(&nila(&["patient", "attach", &id, "scan.png", "--type", "image/png"]));
    let own = parsed(&nila(&["--json", "patient", "register", "Ama Boro"])).as_str().unwrap().to_owned();
    good(&nila(&["patient", "visit", &own, "--reason", "cough"]));
    // Edited apart: a conflict.
    carry(("a", "nila"), ("a2", "omar"));
    good(&nila(&["patient", "edit", &own, "--village", "Pokhara"]));
    good(&p.run_as("a2", "omar", &["patient", "edit", &own, "--village", "Kaski"]));
    carry(("a2", "omar"), ("a", "nila"));
    assert_eq!(parsed(&nila(&["--json", "patient", "conflicts"]))[0]["id"], json!(own));
    good(&nila(&["backup", "whole"]));

    good(&p.run_as("b", "nila", &["restore", "whole", "--request", "r.txt"]));
    good(&a(&["device", "certify", "r.txt", "certb.txt", "--yes"]));
    good(&p.run_as("b", "nila", &["join", "certb.txt"]));
    carry(("a", "nila"), ("b", "nila"));
    let b = |args: &[&str]| p.run_as("b", "nila", args);
    let list = parsed(&b(&["--json", "patient", "list"]));
    assert_eq!(list.as_array().unwrap().len(), 4, "{list}");
    // What came in before adds nothing, also what is nobody's.
    let again = parsed(&b(&["--json", "import", "in"]));
    let sum =
        |k: &str| again["kinds"].as_array().unwrap().iter().map(|x| x[k].as_u64().unwrap()).sum::<u64>();
    assert_eq!(
        (sum("read"), sum("new"), sum("changed"), again["patients"].as_u64()),
        (7, 0, 0, Some(0)),
        "{again}"
    );
    assert_eq!(again["blocks"], json!(0));
    let chart = parsed(&b(&["--json", "patient", "show", &id]));
    let record = chart["attachments"][0]["record"].as_str().unwrap();
    good(&b(&["patient", "attachment", &id, record, "--out", "back.png"]));
    assert_eq!(fs::read(p.path("back.png")).unwrap(), fs::read(p.path("scan.png")).unwrap());
    let exported = |site: &str, out: &str| {
        good(&p.run_as(site, "nila", &["export", &id, "--out", out]));
        let text = fs::read_to_string(p.path(out).join(format!("{id}.json"))).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["entry"].clone()
    };
    assert!(exported("a", "outa") == exported("b", "outb"), "the long document too");
    let conflicts = parsed(&b(&["--json", "patient", "conflicts"]));
    assert_eq!(conflicts.as_array().unwrap().len(), 1, "{conflicts}");
    let side = |s: Said| parsed(&s)[0]["versions"].clone();
    assert_eq!(
        side(b(&["--json", "patient", "conflicts", &own])),
        side(nila(&["--json", "patient", "conflicts", &own]))
    );
}
