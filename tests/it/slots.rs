//! Key slots over the real binary: forgotten passphrases, recovery codes, the organisation's kit, growing delays.

use std::fs;

use crate::support::{Place, Said};

/// A clinic with the admin "amina" and the nurse "nila".
fn clinic() -> Place {
    let p = Place::new();
    p.found("a");
    let pass = p.passphrase("nila");
    let add = ["staff", "add", "nila", "--name", "Nila Rao", "--new-passphrase-file", &pass];
    ok(&p.run_as("a", "amina", &add));
    p
}

fn ok(s: &Said) -> &str {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    &s.out
}

fn file(p: &Place, name: &str, text: &str) -> String {
    fs::write(p.path(name), format!("{text}\n")).unwrap();
    p.text(name)
}

/// The same as [`Place::run_as`] with another passphrase.
fn with(p: &Place, login: &str, passphrase: &str, args: &[&str]) -> Said {
    let f = file(p, "other.pass", passphrase);
    p.run("a", &[&["--login", login, "--passphrase-file", &f], args].concat())
}

/// The groups of five characters in a text.
fn code(text: &str) -> String {
    let group = |w: &&str| w.len() == 5 && w.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(group).collect::<Vec<_>>().join("-")
}

#[test]
fn a_passphrase_is_changed_and_a_forgotten_one_recovered() {
    let p = clinic();
    let new = file(&p, "new.pass", "seven blue boats");
    let s = with(&p, "nila", "not the passphrase", &["slots", "passphrase", "--new-passphrase-file", &new]);
    s.failed(3, "wrong name or passphrase");
    let short = file(&p, "short.pass", "short");
    p.run_as("a", "nila", &["slots", "passphrase", "--new-passphrase-file", &short]).failed(2, "too short");
    ok(&p.run_as("a", "nila", &["slots", "passphrase", "--new-passphrase-file", &new]));
    p.run_as("a", "nila", &["staff", "list"]).failed(3, "wrong name or passphrase");
    ok(&with(&p, "nila", "seven blue boats", &["staff", "list"]));

    let printed = with(&p, "nila", "seven blue boats", &["slots", "code"]);
    let code = code(ok(&printed));
    assert_eq!(code.len(), 7 * 6 - 1, "{}", printed.out);
    let list = ok(&p.run_as("a", "amina", &["slots", "list"])).to_string();
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains("nila          recovery code") && list.contains("Nila Rao"), "{list}");
    assert!(list.contains("organisation's root key"), "{list}");

    let recover = |code: &str, to: &str| {
        let (c, n) = (file(&p, "code", code), file(&p, "recovered.pass", to));
        p.run("a", &["--login", "nila", "slots", "recover", "--code-file", &c, "--new-passphrase-file", &n])
    };
    let slip = format!("{}{}", if code.starts_with('7') { '8' } else { '7' }, &code[1..]);
    recover(&slip, "eight red boats").failed(2, "group 1");
    recover(&code[..20], "eight red boats").failed(2, "7 groups");
    ok(&recover(&code.to_lowercase().replace('-', " "), "eight red boats"));
    ok(&with(&p, "nila", "eight red boats", &["staff", "list"]));
    recover(&code, "nine green boats").failed(3, "not the newest recovery code");
    // The records of both are on the ledger, and the person is who they were.
    let status = ok(&p.run_as("a", "amina", &["verify"])).to_string();
    assert!(status.contains("are whole"), "{status}");
}

#[test]
fn who_forgot_everything_gets_a_new_key_from_an_admin() {
    let p = clinic();
    let new = file(&p, "new.pass", "seven blue boats");
    let reset = ["staff", "reset", "nila", "--new-passphrase-file", &new];
    p.run_as("a", "nila", &reset).failed(3, "not allowed");
    p.run_as("a", "amina", &["staff", "reset", "omar", "--new-passphrase-file", &new])
        .failed(2, "nobody signs in as");
    p.run_as("a", "amina", &["staff", "reset", "amina", "--new-passphrase-file", &new])
        .failed(2, "that is you");
    let before = ok(&p.run_as("a", "amina", &["staff", "list"])).lines().count();
    ok(&p.run_as("a", "amina", &reset));
    p.run_as("a", "nila", &["staff", "list"]).failed(3, "wrong name or passphrase");
    let s = with(&p, "nila", "seven blue boats", &["staff", "list"]);
    assert_eq!(ok(&s).lines().count(), before + 1, "both keys are on the ledger: {}", s.out);
    // They work as before: a nurse, under the new key.
    let patient = "ab".repeat(16);
    let s = with(&p, "nila", "seven blue boats", &["consent", "check", &patient, "--role", "nurse"]);
    assert!(ok(&s).starts_with("Allowed:"), "{}", s.out);
    ok(&p.run_as("a", "amina", &["verify"]));
}

#[test]
fn the_last_way_in_stays_and_a_removed_one_is_gone() {
    let p = clinic();
    p.run_as("a", "nila", &["slots", "remove", "amina"]).failed(3, "not allowed");
    p.run_as("a", "amina", &["slots", "remove", "amina"]).failed(2, "your own slot");
    ok(&p.run_as("a", "amina", &["slots", "remove", "nila"]));
    p.run_as("a", "nila", &["staff", "list"]).failed(3, "wrong name or passphrase");
    assert_eq!(ok(&p.run_as("a", "amina", &["slots", "list"])).lines().count(), 1);
}

#[test]
fn the_kit_makes_an_admin_and_brings_a_lost_organisation_back() {
    let p = clinic();
    p.run_as("a", "nila", &["org", "kit"]).failed(3, "not allowed");
    let printed = p.run_as("a", "amina", &["org", "kit"]);
    let kit = code(ok(&printed));
    assert_eq!(kit.split('-').count(), 13, "{}", printed.out);
    let kit_file = file(&p, "kit", &kit);
    let wrong =
        file(&p, "wrong-kit", &kit.replacen(&kit[..1], if kit.starts_with('7') { "8" } else { "7" }, 1));
    p.run_as("a", "nila", &["org", "kit", "--check", "--code-file", &wrong]).failed(2, "group 1");
    ok(&p.run_as("a", "nila", &["org", "kit", "--check", "--code-file", &kit_file]));

    // The only admin is gone: the kit makes a nurse one.
    let list = ok(&p.run_as("a", "nila", &["org", "recover", "--code-file", &kit_file])).to_string();
    assert!(list.contains("You are an admin"), "{list}");
    let omar = p.passphrase("omar");
    ok(&p.run_as("a", "nila", &["staff", "add", "omar", "--name", "Omar", "--new-passphrase-file", &omar]));
    ok(&p.run_as("a", "nila", &["slots", "remove", "amina"]));
    ok(&p.run_as("a", "nila", &["verify"]));

    // All terminals are gone: with an invitation of another member, the kit alone makes a new one.
    ok(&p.run_as("a", "nila", &["org", "invite", "invite.txt"]));
    let join = ["join", "invite.txt", "--kit", "--kit-file", &kit_file, "--device", "new desk"];
    p.run_as("b", "bela", &["join", "invite.txt", "--kit", "--kit-file", &wrong]).failed(2, "group 1");
    assert!(!p.path("b").join("store").exists());
    ok(&p.run_as("b", "bela", &join));
    let s = p.run_as("b", "bela", &["staff", "list"]);
    assert!(ok(&s).contains("admin"), "{}", s.out);
    ok(&p.run_as("b", "bela", &["verify"]));
}

#[test]
fn guessing_waits_longer_and_a_restart_does_not_help() {
    let p = clinic();
    for _ in 0..5 {
        with(&p, "nila", "a wrong passphrase", &["staff", "list"]).failed(3, "wrong name or passphrase");
    }
    // Every command is a process of its own, and the right passphrase has to wait too.
    p.run_as("a", "nila", &["staff", "list"]).failed(3, "wait");
    p.run_as("a", "nila", &["verify"]).failed(3, "wait");
    // The others come in as before.
    ok(&p.run_as("a", "amina", &["staff", "list"]));
    let kept = fs::read(p.path("a").join("attempts")).unwrap();
    assert!(!kept.windows(4).any(|w| w == b"nila"), "no name in it");
}
