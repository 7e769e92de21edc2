//! The commands about rights: what they say, and one clear line with an exit code for whatever is asked wrongly.

use crate::support::Place;

const NOBODY: &str = "00000000000000000000000000000000";

#[test]
fn rights_on_the_command_line() {
    let p = Place::new();
    p.found("a");
    let json = |args: &[&str]| {
        let s = p.run_as("a", "amina", &[args, &["--json"]].concat());
        assert_eq!(s.code, 0, "{args:?}: {}", s.err);
        serde_json::from_str::<serde_json::Value>(&s.out).unwrap()
    };
    assert_eq!(json(&["audit", "reviews"]), serde_json::json!([]));
    assert_eq!(json(&["consent", "requests"]), serde_json::json!([]));
    assert_eq!(json(&["erase", "list"]), serde_json::json!([]));
    let ledger = json(&["ledger", "show"]);
    assert_eq!(ledger["doubts"]["quarantined"], 0);
    let s = p.run_as("a", "amina", &["ledger", "show"]);
    assert!(s.out.contains("Nothing is doubtful."), "{}", s.out);

    // What is typed wrongly is said before a passphrase is asked for.
    let wrong = |args: &[&str], words: &str| p.run("a", args).failed(2, words);
    wrong(&["emergency", "open", NOBODY, "--reason", "curiosity"], "choose one of cannot-answer");
    wrong(&["emergency", "set", NOBODY, "--blood", "Q"], "choose one of A+");
    wrong(&["audit", "review", &"0".repeat(64), "--verdict", "fine"], "choose one of justified");
    wrong(&["share", "counts", "--rows", "name"], "choose one of gender");
    wrong(&["share", "extract", "--from", "soon"], "write it like 2026-03-01");
    wrong(&["consent", "request", NOBODY, "--part", "all"], "choose one of general");
    wrong(&["erase", "order", NOBODY, "--reason", "patient"], "give --yes in a script");
    wrong(&["consent", "grant", NOBODY, NOBODY, "--purpose", "fun"], "choose one of treatment");

    let asked = |args: &[&str], code, words: &str| p.run_as("a", "amina", args).failed(code, words);
    // An admin treats nobody.
    asked(&["emergency", "open", NOBODY, "--reason", "danger-to-life"], 2, "no patient 00000000 here");
    asked(&["emergency", "set", NOBODY], 3, "not allowed");
    asked(&["emergency", "show", NOBODY], 2, "no patient 00000000 here");
    asked(&["consent", "opt-out", NOBODY], 3, "not allowed");
    asked(&["share", "extract", "--out", "e.csv"], 3, "not allowed");
    asked(&["share", "counts", "--out", "c.csv"], 1, "nothing to hand out");
    asked(&["share", "claim", NOBODY], 2, "a claim has a period");
    // A refusal leaves what is there, and nothing beside it; a file is never written over.
    std::fs::write(p.path("mine.csv"), "mine").unwrap();
    for what in ["extract", "counts"] {
        asked(&["share", what, "--out", "mine.csv"], 2, "mine.csv exists already: choose another name");
        assert_eq!(std::fs::read_to_string(p.path("mine.csv")).unwrap(), "mine");
    }
    for left in ["e.csv", "e.csv.part", "c.csv", "c.csv.part"] {
        assert!(!p.path(left).exists(), "{left}");
    }
    let nowhere = ["share", "counts", "--out", "nowhere/c.csv"];
    asked(&nowhere, 11, "nowhere/c.csv");
    asked(&["share", "counts", "--from", "2026-02-01", "--to", "2026-01-01"], 2, "ends before it begins");
    asked(&["ledger", "adopt", &"0".repeat(64)], 3, "not allowed");
    asked(&["erase", "order", NOBODY, "--reason", "court", "--yes"], 2, "file number");
    asked(&["erase", "order", NOBODY, "--reason", "patient", "--yes"], 1, "keeps no record");

    let s = p.run_as("a", "amina", &["verify"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert!(s.out.contains("blocks are whole"), "{}", s.out);
    for group in
        ["emergency open", "audit review", "share extract", "erase order", "ledger adopt", "consent narrow"]
    {
        let args: Vec<&str> = group.split(' ').chain(["--help"]).collect();
        let s = p.run("a", &args);
        assert!(s.code == 0 && s.out.contains("Example: aidpost"), "{group}: {}", s.out);
    }
}
