//! The master key is changed over the real binary, and the real process is killed in the middle of it.

use std::{fs, process::Stdio, time::Duration};

use crate::support::{Place, Said};

fn ok(s: &Said) -> &str {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    &s.out
}

#[test]
fn everything_opens_as_before_and_old_copies_stay_old() {
    let p = Place::new();
    p.found("a");
    let pass = p.passphrase("nila");
    ok(&p.run_as("a", "amina", &["staff", "add", "nila", "--name", "Nila", "--new-passphrase-file", &pass]));
    let before = fs::read(p.path("a").join("store")).unwrap();
    let old_slots = fs::read(p.path("a").join("slots")).unwrap();
    p.run_as("a", "nila", &["rotate"]).failed(3, "not allowed");
    ok(&p.run_as("a", "amina", &["rotate"]));
    assert!(fs::read(p.path("a").join("store")).unwrap() != before);
    assert!(!p.path("a").join("store.new").exists());
    for who in ["amina", "nila"] {
        ok(&p.run_as("a", who, &["staff", "list"]));
    }
    assert!(ok(&p.run_as("a", "amina", &["verify"])).contains("are whole"));
    // The slots of before give the key of before: it opens the new file no more.
    let now = fs::read(p.path("a").join("slots")).unwrap();
    fs::write(p.path("a").join("slots"), &old_slots).unwrap();
    p.run_as("a", "amina", &["staff", "list"]).failed(4, "page 0 of the database is damaged");
    fs::write(p.path("a").join("slots"), &now).unwrap();
    ok(&p.run_as("a", "amina", &["rotate"]));
    ok(&p.run_as("a", "nila", &["staff", "list"]));
}

#[test]
fn killed_in_the_middle_it_opens_all_the_same() {
    let p = Place::new();
    p.found("a");
    let mut interrupted = 0;
    for round in 0..12u64 {
        let mut c = p
            .command_as("a", "amina", &["--camera", "none", "rotate"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Argon2id comes first; the change itself lasts tens of milliseconds after it.
        std::thread::sleep(Duration::from_millis(60 + 37 * round));
        c.kill().unwrap();
        c.wait().unwrap();
        interrupted += u32::from(p.path("a").join("store.new").exists());
        let s = p.run_as("a", "amina", &["verify"]);
        assert!(s.code == 0, "round {round}: {}\n{}", s.out, s.err);
        ok(&p.run_as("a", "amina", &["staff", "list"]));
        assert!(!p.path("a").join("store.new").exists(), "what was left is removed at the next opening");
    }
    println!("{interrupted} of 12 left a file beside");
}
