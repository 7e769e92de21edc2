//! The rule of the exit codes: 2 is what was typed and nothing else; a file whose content can't be taken is 10, one that was
//! ours and was changed 4, a path that isn't there 11; what can't be done as things stand is 1.

use std::fs;

use crate::support::{Place, has_remedy};

/// What a command says of a file that it reads.
struct Reader {
    /// The command, with FILE for what it reads.
    command: &'static str,
    /// Some of what it says when the file is a letter.
    letter: &'static str,
}

const fn reader(command: &'static str, letter: &'static str) -> Reader {
    Reader { command, letter }
}

/// Every command that reads a file of somebody else.
fn readers() -> [Reader; 16] {
    [
        reader("import FILE", "nothing of it was taken"),
        reader("csv import-patients FILE", "nothing of it was taken"),
        reader("csv import-visits FILE", "nothing of it was taken"),
        reader("org policy FILE --check", "line 1:"),
        reader("org admit FILE --yes", "a join request"),
        reader("device certify FILE --yes", "a join request"),
        reader("join FILE --data new", "an invitation"),
        reader("archive adopt FILE --yes", "line 1:"),
        reader("restore FILE --data new", "not an Aidpost backup"),
        reader("restore FILE --drill --data new", "not an Aidpost backup"),
        reader("verify --proof FILE --consortium 0000", "not a proof"),
        reader("card read FILE --pin-file amina.pass", "not a picture"),
        reader("card open FILE --pin-file amina.pass", "not a picture"),
        reader("face eval --pairs FILE --images .", "line 1 of the pairs file"),
        reader("--theme themes.toml status", "the theme does not parse"),
        reader("backup b --since FILE", "not an Aidpost backup"),
    ]
}

#[test]
fn a_file_that_is_not_there_is_one_code_and_one_that_cannot_be_taken_another() {
    let p = Place::new();
    p.found("a");
    p.passphrase("amina");
    fs::write(p.path("letter.txt"), "dear colleague,\nthis is a letter\n").unwrap();
    fs::write(p.path("themes.toml"), "dear colleague\n").unwrap();
    let run = |line: &str, file: &str| {
        let line = line.replace("FILE", file).replace("0000", &"00".repeat(32));
        let mut args: Vec<&str> = line.split(' ').collect();
        let new = p.text("new");
        let mut site = "a";
        if let Some(at) = args.iter().position(|a| *a == "--data") {
            args.drain(at..at + 2);
            site = new.rsplit('/').next().unwrap();
        }
        p.run_as(site, "amina", &args)
    };
    for r in readers() {
        let s = run(r.command, "letter.txt");
        assert_eq!(s.code, 10, "{}: {}", r.command, s.err);
        s.failed(10, r.letter);
        if r.command.contains("FILE") {
            let s = run(r.command, "nowhere.file");
            assert_eq!(s.code, 11, "{}: {}", r.command, s.err);
            s.failed(11, "nowhere.file");
        }
        assert!(!p.path("new").join("store").exists(), "{}", r.command);
    }
    // Folders and files that something is written to or taken from.
    for line in [
        "face train FILE",
        "face eval --all-pairs FILE",
        "face attack-bench --faces FILE",
        "courier in FILE",
        "backup FILE/b",
        "backup --into FILE",
        "support-bundle FILE/x",
        "status --prometheus --out FILE/x.prom",
        "org invite FILE/x",
        "bench --folder FILE",
    ] {
        let s = run(line, "nowhere.file");
        assert_eq!(s.code, 11, "{line}: {}", s.err);
        s.failed(11, "nowhere.file");
    }
    p.run("a", &["--login", "amina", "--passphrase-file", "nowhere.file", "staff", "list"])
        .failed(11, "nowhere.file");
    p.run("nowhere.file", &["status"]).failed(11, "nowhere.file");
    fs::create_dir(p.path("stick")).unwrap();
    p.run_as("a", "amina", &["courier", "in", "stick"]).failed(10, "no bundle for this terminal");
}

#[test]
fn what_was_typed_is_two_and_nothing_else_is() {
    let p = Place::new();
    p.found("a");
    let wrong = |args: &[&str], words: &str| p.run_as("a", "amina", args).failed(2, words);
    wrong(&["--theme", "NONSENSE", "status"], "give dark, ");
    wrong(&["--language", "xx", "status"], "give en, fr, es or sw");
    wrong(&["--graphics", "xx", "status"], "give auto, blocks, sixel or kitty");
    p.run("a", &["--listen", "here", "status"]).failed(2, "'here'");
    wrong(&["patient", "show", "nobody"], "'nobody'");
    wrong(&["device", "lost", "nowhere"], "choose one of ");
    // As things stand it can't be done, however it is typed.
    let no = |args: &[&str], words: &str| p.run_as("a", "amina", args).failed(1, words);
    no(&["archive", "run", "--yes"], "no schedule is adopted yet");
    no(&["share", "counts", "--out", "c.csv"], "nothing to hand out");
    no(&["backup", "b", "--since", "last"], "make a whole one");
    no(&["courier", "out", "."], "no other terminal is certified");
    // Damaged: it was right once.
    p.run_as("a", "amina", &["backup", "good"]);
    let mut bytes = fs::read(p.path("good")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(p.path("bad"), bytes).unwrap();
    p.run_as("new", "amina", &["restore", "bad"]).failed(4, "damaged");
    // What can't be read isn't said to be unwritable.
    p.run_as("new", "amina", &["restore", "nowhere"]).failed(11, "(os error 2): check the name");
}

#[test]
fn who_can_t_be_asked_is_told_which_option_holds_the_answer() {
    let p = Place::new();
    p.found("a");
    p.run_as("a", "amina", &["backup", "good"]);
    for (args, option) in [
        (&["staff", "add", "x", "--name", "X"][..], "--new-passphrase-file FILE"),
        (&["staff", "reset", "amina"], "--new-passphrase-file FILE"),
        (&["slots", "passphrase"], "--new-passphrase-file FILE"),
        (&["slots", "recover"], "--code-file FILE"),
        (&["org", "kit", "--check"], "--code-file FILE"),
        (&["org", "recover"], "--code-file FILE"),
        (&["card", "issue", &"0".repeat(32)], "--pin-file FILE"),
    ] {
        let s = p.run_as("a", "amina", args);
        assert!(s.code == 2 && s.err.trim_end().ends_with(&format!("give {option}")), "{args:?}: {}", s.err);
    }
    let s = p.run_as("new", "amina", &["restore", "good", "--kit"]);
    assert!(s.code == 2 && s.err.contains("give --kit-file FILE"), "{}", s.err);
    p.run("a", &["--login", "amina", "staff", "list"]).failed(2, "give --passphrase-file FILE");
}

#[test]
fn people_and_terminals_are_named_as_lists_name_them() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let amina = |args: &[&str]| p.run_as("a", "amina", args);
    amina(&["staff", "suspend", "Omar"]).failed(2, "'aidpost staff list' shows");
    let s = amina(&["staff", "list", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    let nila = all.as_array().unwrap().iter().find(|r| r["name"] == "nila").unwrap();
    // As the list shows it, which is the beginning.
    let short = nila["staff"].as_str().unwrap().get(..8).unwrap();
    assert!(amina(&["staff", "list"]).out.contains(short));
    let s = amina(&["staff", "suspend", short, "--json"]);
    assert!(s.code == 0 && s.out.contains(nila["staff"].as_str().unwrap()), "{}{}", s.out, s.err);

    amina(&["device", "suspend", "nowhere"]).failed(2, "give a name or identifier, one of ");
    amina(&["org", "witness", "nowhere"]).failed(2, "give a name or identifier, one of ");
    amina(&["org", "witness", "front desk"]).failed(1, "cosigns for its organisation already");
    amina(&["org", "expel", &"0".repeat(32)]).failed(2, "no such member");
    let s = amina(&["org", "list", "--json"]);
    let org: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    amina(&["org", "expel", org[0]["org"].as_str().unwrap()]).failed(1, "the only member");
}

#[test]
fn a_remedy_is_told_from_what_the_system_says() {
    for line in [
        "x.json: No such file or directory (os error 2)",
        "/nowhere: Permission denied (os error 13)",
        "the policy does not parse: unexpected token `x`",
        "TOML parse error at line 1, column 5: key with no value, expected `=`",
        "no bundle for this terminal is on the stick",
        "two lines, one of which is check",
    ] {
        assert!(!has_remedy(line), "{line}");
    }
    for line in [
        "x.json: No such file or directory (os error 2): check the name",
        "who signs in? Give --login NAME",
        "nothing was done: the questions were not answered; answer them, or give --yes",
        "no Aidpost data in x: run 'aidpost init' first",
    ] {
        assert!(has_remedy(line), "{line}");
    }
}
