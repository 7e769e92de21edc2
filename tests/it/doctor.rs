//! The examination: with a node and without, sealed and open, over what is missing and damaged.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::{commands::Running, support::Place};

/// A remedy names what to type: a command between quotes, or at its beginning.
fn is_typed(remedy: &str) -> bool {
    let begins = |at: &str| {
        [
            "aidpost ",
            "chmod ",
            "chown ",
            "du ",
            "ip ",
            "mv ",
            "rm ",
            "ss ",
            "sudo ",
            "timedatectl ",
            "top'",
            "mount ",
        ]
        .iter()
        .any(|c| at.starts_with(c))
    };
    begins(remedy) || remedy.split('\'').skip(1).step_by(2).any(|c| begins(&format!("{c}'")))
}

/// The verdict and what was found of each check, each of which that isn't good has a remedy that can be typed.
fn examined(p: &Place, args: &[&str]) -> (i32, serde_json::Value) {
    let s = p.run("a", &[args, &["doctor", "--json"]].concat());
    let all: Vec<serde_json::Value> =
        serde_json::from_str(&s.out).unwrap_or_else(|e| panic!("{e}: {}{}", s.out, s.err));
    for c in &all {
        let typed = c["remedy"].as_str().is_some_and(is_typed);
        assert!(typed || c["verdict"] == "good", "no command is named: {c}");
    }
    let by = all.into_iter().map(|c| (c["name"].as_str().unwrap().to_string(), c)).collect();
    (s.code, serde_json::Value::Object(by))
}

fn verdict<'a>(all: &'a serde_json::Value, name: &str) -> &'a str {
    all[name]["verdict"].as_str().unwrap_or_else(|| panic!("{name} is not in {all}"))
}

#[test]
fn with_a_node_and_without_sealed_and_open() {
    let p = Place::new();
    let (code, all) = examined(&p, &[]);
    assert_eq!((code, verdict(&all, "folder"), verdict(&all, "slots")), (1, "bad", "bad"), "no store: {all}");
    p.found("a");
    let (_, sealed) = examined(&p, &["--camera", "none"]);
    assert_eq!((verdict(&sealed, "folder"), verdict(&sealed, "backups")), ("good", "unknown"));
    assert_eq!(verdict(&sealed, "permissions"), "good", "{sealed}");
    assert_eq!(verdict(&sealed, "slots"), "attention", "one slot only");
    assert_eq!(verdict(&sealed, "models"), "good");
    // Signed in, without a node.
    let pass = p.passphrase("amina");
    let login =
        ["--login", "amina", "--passphrase-file", &pass, "--camera", "none", "--listen", "127.0.0.1:0"];
    let (code, open) = examined(&p, &login);
    assert_eq!((code, verdict(&open, "backups"), verdict(&open, "peers")), (1, "bad", "attention"));
    assert_eq!(p.run_as("a", "amina", &["backup", "one.backup"]).code, 0);
    let (code, open) = examined(&p, &login);
    assert_eq!((code, verdict(&open, "backups")), (0, "attention"), "the kit wasn't printed: {open}");
    // Over a running node, without signing in.
    let node = Running::start(&p, "a");
    let (code, running) = examined(&p, &[]);
    assert_eq!(verdict(&running, "port"), "good", "{running}");
    assert!(running["port"]["found"].as_str().unwrap().contains("answers on"), "{running}");
    assert_eq!((code, verdict(&running, "forks"), verdict(&running, "backups")), (0, "good", "attention"));
    let s = p.run("a", &["status", "--prometheus"]);
    assert!(
        s.out.contains("\naidpost_up 1\n") && s.out.contains("aidpost_check{name=\"forks\"} 0"),
        "{}",
        s.out
    );
    assert!(!s.out.contains("Aruna") && !s.out.contains("Valley"), "names: {}", s.out);
    let file = p.text("aidpost.prom");
    assert_eq!(p.run("a", &["status", "--prometheus", "--out", &file]).code, 0);
    assert!(fs::read_to_string(&file).unwrap().ends_with("} 1\n"));
    // In a few words, the worst first; as fields too.
    let s = p.run("a", &["status"]);
    let at = |words: &str| s.out.find(words).unwrap_or_else(|| panic!("no '{words}' in {}", s.out));
    assert!(at("LOOK         backups: the last was made") < at("good         disk: "), "{}", s.out);
    assert!(at("good         memory: ") < at("models, "), "{}", s.out);
    let s = p.run("a", &["status", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    let health = told["health"].as_array().unwrap();
    assert!(health[0]["verdict"] != "good" && health.last().unwrap()["verdict"] == "good", "{told}");
    assert_eq!(told["open"]["org"], "Aruna Clinic", "what was there before stays where it was");
    drop(node);
    let s = p.run("a", &["status", "--prometheus"]);
    assert!(s.out.contains("\naidpost_up 0\n") && !s.out.contains("aidpost_blocks"), "{}", s.out);
}

#[test]
fn what_is_wrong_is_seen_and_has_a_remedy() {
    let p = Place::new();
    p.found("a");
    let data = p.path("a");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).unwrap();
    let (_, all) = examined(&p, &[]);
    assert_eq!(verdict(&all, "permissions"), "attention");
    assert!(all["permissions"]["remedy"].as_str().unwrap().contains("chmod go-rwx"));
    // As the package makes it for the group of its socket.
    fs::set_permissions(&data, fs::Permissions::from_mode(0o710)).unwrap();
    let (_, all) = examined(&p, &[]);
    assert_eq!(verdict(&all, "permissions"), "good", "{all}");
    fs::set_permissions(data.join("store"), fs::Permissions::from_mode(0o640)).unwrap();
    let (_, all) = examined(&p, &[]);
    assert!(all["permissions"]["found"].as_str().unwrap().contains("store (mode 640)"), "{all}");
    fs::write(data.join("slots"), "dear colleague").unwrap();
    let (code, all) = examined(&p, &[]);
    assert_eq!((code, verdict(&all, "slots")), (1, "bad"));
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let (_, all) = examined(&p, &["--listen", &at]);
    assert_eq!(verdict(&all, "port"), "bad");
    // Words, as a person reads them: each within the width, with its remedy.
    let s = p.run("a", &["doctor"]);
    assert!(s.out.lines().all(|l| l.chars().count() <= 79), "{}", s.out);
    assert!(s.out.contains("BAD") && s.out.contains("→ "), "{}", s.out);
    s.failed(1, "see the remedy of each, above");
}
