//! Backup and restore over the real binary: while a node runs, one after the other, onto an empty place, with a passphrase
//! and with the kit.

use std::fs;

use crate::support::{Place, Said};

fn ok(s: &Said) -> &str {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    &s.out
}

fn code(text: &str) -> String {
    let group = |w: &&str| w.len() == 5 && w.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(group).collect::<Vec<_>>().join("-")
}

/// A clinic with an admin and a nurse.
fn clinic() -> Place {
    let p = Place::new();
    p.found("a");
    let pass = p.passphrase("nila");
    ok(&p.run_as(
        "a",
        "amina",
        &["staff", "add", "nila", "--name", "Nila Rao", "--new-passphrase-file", &pass],
    ));
    p
}

/// Something on the ledger.
fn write(p: &Place, site: &str, n: u8) {
    let (patient, org) = (hex(n), hex(0xcd));
    ok(&p.run_as(site, "nila", &["consent", "stop", &patient, &org]));
}

fn hex(n: u8) -> String {
    format!("{n:02x}").repeat(16)
}

fn blocks(p: &Place, site: &str, login: &str) -> u64 {
    let s = p.run_as(site, login, &["verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(ok(&s)).unwrap();
    report["blocks"].as_u64().unwrap()
}

#[test]
fn backed_up_step_by_step_and_restored_with_a_passphrase() {
    let p = clinic();
    p.run_as("a", "nila", &["backup", "whole", "--since", "last"]).failed(1, "make a whole one");
    let s = p.run_as("a", "nila", &["backup", "whole"]);
    assert!(ok(&s).contains("a whole backup") && s.err.contains("aidpost org kit"), "{}{}", s.out, s.err);
    write(&p, "a", 1);
    ok(&p.run_as("a", "nila", &["backup", "monday", "--since", "last"]));
    write(&p, "a", 2);
    p.run_as("a", "nila", &["backup", "whole", "--since", "last"]).failed(2, "choose another name");
    let s = p.run_as("a", "nila", &["backup", "tuesday", "--since", "monday"]);
    assert!(ok(&s).contains("that came after the first"), "{}", s.out);
    let small = fs::metadata(p.path("tuesday")).unwrap().len();
    assert!(small < fs::metadata(p.path("whole")).unwrap().len() + 4_096, "only what is new");

    let drill = ["restore", "whole", "monday", "tuesday", "--drill"];
    assert!(ok(&p.run_as("b", "nila", &drill)).contains("Nothing was changed"));
    assert!(!p.path("b").exists());
    p.run_as("b", "nila", &["restore", "monday"]).failed(2, "continues a backup");
    p.run_as("a", "nila", &["restore", "whole"]).failed(2, "choose another folder");
    p.run_as("b", "omar", &["restore", "whole"]).failed(3, "wrong name or passphrase");
    for (bytes, exit, words) in [
        (fs::read(p.path("whole")).unwrap()[..3_000].to_vec(), 4, "cut off"),
        (b"a letter".to_vec(), 10, "not an Aidpost backup"),
    ] {
        fs::write(p.path("bad"), bytes).unwrap();
        p.run_as("b", "nila", &["restore", "bad"]).failed(exit, words);
    }
    assert!(!p.path("b").exists(), "nothing was changed");

    // Files in any order; the passphrase that she had.
    let s = p.run_as("b", "nila", &["restore", "tuesday", "whole", "monday", "--request", "r.txt"]);
    assert!(ok(&s).contains("are whole") && s.out.contains("device certify"), "{}", s.out);
    let before = blocks(&p, "b", "nila");
    assert!(before > 8, "{before}");
    // It writes, marked, before anybody has certified it; and is certified by the terminal that was not lost after all.
    ok(&p.run_as("b", "nila", &["staff", "list"]));
    assert!(blocks(&p, "b", "nila") > before, "sign-ins are on its ledger");
    ok(&p.run_as("a", "amina", &["device", "certify", "r.txt", "cert.txt", "--yes"]));
    ok(&p.run_as("b", "nila", &["join", "cert.txt"]));
    // Everybody's passphrase is as before; the root key is not in a backup.
    p.run_as("b", "amina", &["org", "kit"]).failed(3, "root key is not in your key slot");
}

#[test]
fn restored_with_the_kit_when_every_terminal_is_lost() {
    let p = clinic();
    let kit = code(ok(&p.run_as("a", "amina", &["org", "kit"])));
    fs::write(p.path("kit"), format!("{kit}\n")).unwrap();
    let kit = p.text("kit");
    write(&p, "a", 1);
    let s = p.run_as("a", "amina", &["backup", "whole"]);
    assert!(ok(&s).contains("a whole backup") && !s.err.contains("never printed"), "{}", s.err);
    let drill = ["restore", "whole", "--drill", "--kit", "--kit-file", &kit];
    ok(&p.run_as("b", "bela", &drill));
    ok(&p.run_as("b", "bela", &["restore", "whole", "--kit", "--kit-file", &kit, "--name", "Bela"]));
    let list = ok(&p.run_as("b", "bela", &["slots", "list"])).to_string();
    for who in ["amina", "nila", "bela"] {
        assert!(list.contains(who), "{list}");
    }
    // It is certified: it writes, and its admin signs for the organisation.
    write(&p, "b", 2);
    let omar = p.passphrase("omar");
    ok(&p.run_as("b", "bela", &["staff", "add", "omar", "--name", "Omar", "--new-passphrase-file", &omar]));
    assert!(blocks(&p, "b", "bela") > 8);

    // With a passphrase first, and the kit afterwards.
    ok(&p.run_as("c", "nila", &["restore", "whole", "--request", "unused.txt"]));
    ok(&p.run_as("c", "nila", &["org", "recover", "--code-file", &kit]));
    let dora = p.passphrase("dora");
    ok(&p.run_as("c", "nila", &["staff", "add", "dora", "--name", "Dora", "--new-passphrase-file", &dora]));
    assert!(blocks(&p, "c", "nila") > 8);
}
