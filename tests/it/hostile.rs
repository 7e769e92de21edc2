//! Every command of the command line with wrong, missing, huge and hostile arguments and files: no panic, a documented exit
//! code, one line that a terminal doesn't obey, and nothing done by halves. The test walks the tree of commands itself, so a
//! new command or option is tried as soon as it exists.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    os::unix::ffi::{OsStrExt, OsStringExt},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use clap::{Arg, ArgAction, CommandFactory, builder::ValueHint};

use crate::support::{BIN, MODELS, Place, has_remedy};

/// The longest that a command may take to refuse.
const PATIENCE: Duration = Duration::from_secs(30);

/// Commands that answer something else than one line on purpose: they begin real work without any argument.
const WITHOUT: [&str; 4] = ["node", "demo", "bench", "face attack-bench"];

/// Commands that write where they are told and need nobody: they have a test of their own.
const WRITERS: [&str; 7] = ["completions", "man", "demo", "bench", "init", "support-bundle", "status"];

/// A command with what it takes, found in the tree.
struct Leaf {
    path: Vec<String>,
    args: Vec<Arg>,
}

fn leaves(c: &clap::Command, path: &[String], out: &mut Vec<Leaf>) {
    for sub in c.get_subcommands().filter(|s| s.get_name() != "help") {
        let path = [path, &[sub.get_name().to_string()]].concat();
        if sub.get_subcommands().next().is_some() {
            leaves(sub, &path, out);
        } else {
            out.push(Leaf { path, args: sub.get_arguments().filter(|a| own(a)).cloned().collect() });
        }
    }
}

/// An argument of this command alone.
fn own(a: &Arg) -> bool {
    !a.is_global_set() && a.get_id() != "help" && a.get_id() != "version"
}

fn tree() -> Vec<Leaf> {
    let (mut root, mut out) = (aidpost::cli::Cli::command(), Vec::new());
    root.build();
    leaves(&root, &[], &mut out);
    out
}

/// The options of every command.
fn globals() -> Vec<Arg> {
    let mut root = aidpost::cli::Cli::command();
    root.build();
    root.get_arguments().filter(|a| a.is_global_set()).cloned().collect()
}

/// Arguments under which the command gets as far as it can: each needed one with a value that is well formed.
fn sound(leaf: &Leaf, place: &Place) -> BTreeMap<String, Vec<OsString>> {
    let mut all = BTreeMap::new();
    for a in leaf.args.iter().filter(|a| a.is_required_set()) {
        all.insert(a.get_id().to_string(), written(a, value(a, place).into()));
    }
    // Without a folder that it refuses it would work for minutes.
    if leaf.path == ["face", "attack-bench"] {
        all.insert("faces".into(), vec![format!("--faces={}", place.text("noise")).into()]);
    }
    all
}

/// A well-formed value, from what the argument is called.
fn value(a: &Arg, place: &Place) -> String {
    if let Some(first) = a.get_possible_values().first() {
        return first.get_name().to_string();
    }
    match a.get_id().as_str() {
        "patient" | "patients" | "other" | "org" | "staff" | "device" | "record" | "grant" | "keep" => {
            "ab".repeat(16)
        }
        "block" | "blocks" | "proposal" => "cd".repeat(32),
        "folder" | "out" | "dir" => place.text("made-by-a-command"),
        _ => "letter.txt".into(),
    }
}

/// An argument as it is typed.
fn written(a: &Arg, value: OsString) -> Vec<OsString> {
    match a.get_long() {
        None => vec![value],
        Some(long) if matches!(a.get_action(), ArgAction::SetTrue) => vec![format!("--{long}").into()],
        Some(long) => {
            let mut joined = OsString::from(format!("--{long}="));
            joined.push(value);
            vec![joined]
        }
    }
}

/// Of the hostile values, so many of the last for what a command can do without.
const SOME: usize = 7;

/// Values that nobody should be harmed by; the last ones are one of each kind.
fn hostile(place: &Place) -> Vec<OsString> {
    let mut all: Vec<OsString> = [
        " ",
        "-",
        "--",
        "../../../../etc/passwd",
        "/dev/null",
        "/proc/nowhere/at/all",
        "two\nlines",
        "\u{202e}\u{0}".trim_end_matches('\0'),
        "99999999999999999999999999",
        "-1",
        "NaN",
        "' OR 1=1 --",
        "%s%s%n",
        "",
        "a\u{1b}[2J\u{1b}]0;owned\u{7}b",
    ]
    .map(OsString::from)
    .into();
    all.push(OsString::from_vec(vec![0xff, 0xfe, b'x']));
    all.push("A".repeat(100_000).into());
    // Files: a folder where a file is wanted, random bytes, something endless.
    all.push(place.text("").into());
    all.push(place.text("noise").into());
    all.push("/dev/zero".into());
    all
}

/// What a command left behind.
struct Left {
    code: Option<i32>,
    err: Vec<u8>,
    out: Vec<u8>,
}

fn run(place: &Place, args: &[OsString], login: bool) -> Left {
    let mut c = Command::new(BIN);
    let given = |name: &str| args.iter().any(|a| a.as_bytes().starts_with(format!("--{name}=").as_bytes()));
    for (name, value) in [
        ("data", place.text("a")),
        ("listen", "127.0.0.1:0".into()),
        ("camera", "none".into()),
        ("login", if login { "nila".into() } else { String::new() }),
        ("passphrase-file", if login { place.text("nila.pass") } else { String::new() }),
    ] {
        if !value.is_empty() && !given(name) {
            c.arg(format!("--{name}={value}"));
        }
    }
    c.args(args).env("AIDPOST_MODELS", MODELS).current_dir(place.path("work"));
    c.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = c.spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reading = std::thread::spawn(move || {
        let mut all = Vec::new();
        std::io::Read::read_to_end(&mut out, &mut all).map(|_| all).unwrap_or_default()
    });
    let told = std::thread::spawn(move || {
        let mut all = Vec::new();
        std::io::Read::read_to_end(&mut err, &mut all).map(|_| all).unwrap_or_default()
    });
    let start = Instant::now();
    let code = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status.code(),
            None if start.elapsed() > PATIENCE => {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    Left { code, out: reading.join().unwrap(), err: told.join().unwrap() }
}

/// Every file below a folder with its content, without what changes by itself.
fn files(place: &Place, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut todo = vec![place.path(folder)];
    while let Some(dir) = todo.pop() {
        for e in fs::read_dir(&dir).unwrap() {
            let path = e.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                out.insert(format!("{}/", path.display()), Vec::new());
                todo.push(path);
            } else if !name.starts_with("log") && name != "attempts" {
                out.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    out
}

/// What must hold of whatever a command answered, and doesn't.
fn judge(left: &Left) -> Result<(), String> {
    let err = String::from_utf8_lossy(&left.err);
    let short: String = err.chars().take(2_000).collect();
    let must = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("{what}: {short}")) };
    let Some(code) = left.code else {
        return Err(format!("no answer in {PATIENCE:?}, or ended by a signal: {short}"));
    };
    must((0..=11).contains(&code), "an exit code that no document names")?;
    must(!err.contains("panicked"), "a panic")?;
    for stream in [&left.err, &left.out] {
        must(!stream.contains(&0x1b) && !stream.contains(&0x07), "a terminal would obey this")?;
    }
    if code != 0 {
        let lines: Vec<&str> = err.lines().filter(|l| l.starts_with("aidpost: ")).collect();
        must(lines.len() == 1, "not one line")?;
        must(lines[0].chars().count() < 1_500, "too long a line")?;
        must(has_remedy(lines[0]), "no remedy")?;
    }
    Ok(())
}

fn scene() -> Place {
    let place = Place::new();
    place.found("a");
    place.staff("a", "nila", "nurse");
    fs::create_dir(place.path("work")).unwrap();
    fs::write(place.path("work").join("letter.txt"), "dear colleague, this is a letter\n").unwrap();
    fs::write(
        place.path("noise"),
        (0..9_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect::<Vec<_>>(),
    )
    .unwrap();
    place
}

fn shown(args: &[OsString]) -> String {
    let words: Vec<String> = args.iter().map(|a| a.to_string_lossy().chars().take(60).collect()).collect();
    format!("{words:?}")
}

/// Every command and each of its options with every hostile value, nobody signed in: not a byte changes.
#[test]
fn nobody_signed_in_no_argument_does_anything() {
    let place = scene();
    let before = (files(&place, "a"), files(&place, "work"));
    let values = hostile(&place);
    let all = tree();
    assert!(all.len() > 60, "only {} commands were found", all.len());
    let mut cases: Vec<Vec<OsString>> = Vec::new();
    for leaf in &all {
        let path: Vec<OsString> = leaf.path.iter().map(OsString::from).collect();
        let name = leaf.path.join(" ");
        if !WITHOUT.contains(&name.as_str()) && !["completions", "man"].contains(&name.as_str()) {
            // Nothing, too much, and an option that there isn't.
            cases.push(path.clone());
        }
        cases.push([&path[..], &[OsString::from("--no-such-option")]].concat());
        if leaf.args.iter().any(|a| a.get_value_hint() == ValueHint::Unknown && a.is_positional()) {
            cases.push([&path[..], &vec![OsString::from("x"); 40]].concat());
        }
        if WRITERS.contains(&name.as_str()) {
            continue;
        }
        for a in leaf.args.iter().filter(|a| a.get_action().takes_values()) {
            // All of them where the command needs it; elsewhere each kind once.
            let some = if a.is_required_set() { values.len() } else { SOME };
            for v in values.iter().rev().take(some) {
                let mut args = sound(leaf, &place);
                args.insert(a.get_id().to_string(), written(a, v.clone()));
                cases.push([&path[..], &args.into_values().flatten().collect::<Vec<_>>()].concat());
            }
        }
    }
    let globals = globals();
    assert_eq!(globals.len(), 9, "options of every command");
    for a in globals.iter().filter(|a| a.get_action().takes_values()) {
        for v in &values {
            for command in [&["status"][..], &["doctor"], &["--login=nila", "staff", "list"]] {
                let twice = a.get_long() == Some("login") && command.len() > 1;
                let args = command[usize::from(twice)..].iter().map(OsString::from);
                cases.push(written(a, v.clone()).into_iter().chain(args).collect());
            }
        }
    }
    println!("{} cases of {} commands", cases.len(), all.len());
    let mut wrong = Vec::new();
    for args in &cases {
        if let Err(why) = judge(&run(&place, args, false)) {
            wrong.push(format!("{}: {why}", shown(args)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let after = (files(&place, "a"), files(&place, "work"));
    assert_eq!(before.0.keys().collect::<Vec<_>>(), after.0.keys().collect::<Vec<_>>());
    assert!(before == after, "something was changed");
}

/// The same signed in, with the values that get furthest: whatever is refused leaves no file behind, and everything verifies.
#[test]
fn signed_in_what_is_refused_leaves_nothing_behind() {
    let place = scene();
    let work = files(&place, "work");
    let (mut tried, mut wrong) = (0, Vec::new());
    for leaf in tree() {
        let name = leaf.path.join(" ");
        if WITHOUT.contains(&name.as_str())
            || ["face eval", "face train", "completions", "man"].contains(&name.as_str())
        {
            continue;
        }
        let path: Vec<OsString> = leaf.path.iter().map(OsString::from).collect();
        let mut cases: Vec<Vec<OsString>> = Vec::new();
        cases.push(sound(&leaf, &place).into_values().flatten().collect());
        for a in
            leaf.args.iter().filter(|a| a.get_action().takes_values() && a.get_possible_values().is_empty())
        {
            let long: OsString = "B".repeat(70_000).into();
            for v in [OsString::from("a\u{1b}[2Jb"), long, place.text("noise").into()] {
                let mut args = sound(&leaf, &place);
                args.insert(a.get_id().to_string(), written(a, v));
                cases.push(args.into_values().flatten().collect());
            }
        }
        for args in cases {
            let args = [&path[..], &args].concat();
            let left = run(&place, &args, true);
            if let Err(why) = judge(&left) {
                wrong.push(format!("{}: {why}", shown(&args)));
            }
            tried += 1;
            if left.code != Some(0) {
                let now = files(&place, "work");
                let made: Vec<&String> = now.keys().filter(|k| !work.contains_key(*k)).collect();
                if !made.is_empty() {
                    wrong.push(format!("{}: left behind: {made:?}", shown(&args)));
                }
            } else {
                // What was allowed may have written a file: the next begins as before.
                for path in files(&place, "work").keys().filter(|k| !work.contains_key(*k)) {
                    let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 150, "only {tried} cases");
    // Whoever tried as much nonsense as this may have to wait before the next attempt.
    let start = Instant::now();
    let s = loop {
        let s = place.run_as("a", "amina", &["verify"]);
        if !s.err.contains("too many failed attempts") || start.elapsed() > PATIENCE {
            break s;
        }
        std::thread::sleep(Duration::from_secs(1));
    };
    assert_eq!(s.code, 0, "{}", s.err);
}

/// What writes where it is told, told nonsense: whole or not at all, and nothing else is touched.
#[test]
fn what_writes_somewhere_writes_whole_or_not_at_all() {
    let place = scene();
    let before = (files(&place, "a"), files(&place, "work"));
    let fresh = format!("--data={}", place.text("fresh"));
    let (mut tried, mut wrong) = (0, Vec::new());
    for leaf in tree().iter().filter(|l| WRITERS.contains(&l.path.join(" ").as_str())) {
        let name = leaf.path.join(" ");
        for a in leaf.args.iter().filter(|a| a.get_action().takes_values()) {
            for v in hostile(&place) {
                // Real work that takes a minute begins in a folder that can be made.
                let unmakeable = ["/dev/null", "/proc/nowhere/at/all", "/dev/zero"].map(OsString::from);
                let works = ["demo", "bench"].contains(&name.as_str());
                if works && v != *place.text("noise") && v.len() < 1_000 && !unmakeable.contains(&v) {
                    continue;
                }
                // What is there is replaced as a whole, by whoever may: not this machine's own files.
                if name == "status" && [&b"/dev/"[..], b".."].iter().any(|at| v.as_bytes().starts_with(at)) {
                    continue;
                }
                let mut args = sound(leaf, &place);
                args.insert(a.get_id().to_string(), written(a, v));
                let mut args: Vec<OsString> = args.into_values().flatten().collect();
                args.splice(0..0, leaf.path.iter().map(OsString::from));
                match name.as_str() {
                    "init" => {
                        for (option, value) in [("--consortium", "V"), ("--org", "A")] {
                            let it = format!("{option}=");
                            if !args.iter().any(|x| x.as_bytes().starts_with(it.as_bytes())) {
                                args.push(format!("{it}{value}").into());
                            }
                        }
                        args.push(fresh.clone().into());
                    }
                    "status" => args.push("--prometheus".into()),
                    _ => {}
                }
                let left = run(&place, &args, name == "init");
                if let Err(why) = judge(&left) {
                    wrong.push(format!("{}: {why}", shown(&args)));
                }
                let made: Vec<std::path::PathBuf> = fs::read_dir(place.path("work"))
                    .unwrap()
                    .map(|e| e.unwrap().path())
                    .filter(|path| !path.ends_with("letter.txt"))
                    .collect();
                let founded = place.path("fresh").join("store").exists();
                if left.code != Some(0) && (!made.is_empty() || founded) {
                    wrong.push(format!("{}: left behind: {made:?}", shown(&args)));
                }
                for path in made.iter().chain([&place.path("fresh")]) {
                    let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
                }
                tried += 1;
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 100, "only {tried} cases");
    assert!(before == (files(&place, "a"), files(&place, "work")), "something else was changed");
}

/// Whoever reads may go; a full disk is said.
#[test]
fn a_closed_pipe_is_no_failure_and_a_full_disk_is_one() {
    let place = scene();
    let sh = |script: &str| {
        let s = Command::new("bash").args(["-c", script, BIN, &place.text("a")]).output().unwrap();
        (s.status.code(), String::from_utf8_lossy(&s.stderr).into_owned())
    };
    let (code, err) =
        sh("set -o pipefail; \"$0\" --data \"$1\" --help | true; \"$0\" --data \"$1\" status | true");
    assert!(code == Some(0) && err.is_empty(), "{code:?} {err}");
    let (code, err) = sh("\"$0\" --data \"$1\" status > /dev/full");
    assert!(code == Some(7) && err.contains("could not be written"), "{code:?} {err}");
    let (code, err) = sh("\"$0\" --data \"$1\" status >&- 2>&-");
    assert_eq!(code, Some(0), "{err}");
}
