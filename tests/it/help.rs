//! The help: every command and every group of commands has an example that is a command line of this very program; man pages and completions say the
//! same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use clap::CommandFactory;

use crate::support::{BIN, Place, said};

/// Words of an example, as a shell would split them; what follows a redirection is the shell's.
fn words(line: &str) -> Vec<String> {
    let (mut out, mut word, mut quoted, mut any) = (Vec::new(), String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => (quoted, any) = (!quoted, true),
            ' ' if !quoted => {
                if any || !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
                any = false;
            }
            '>' if !quoted => return out,
            c => word.push(c),
        }
    }
    if any || !word.is_empty() {
        out.push(word);
    }
    out
}

/// What stands for something that the reader has.
fn filled(word: &str) -> String {
    match word {
        "PATIENT" | "OTHER" | "ORG" | "STAFF" | "DEVICE" | "RECORD" | "GRANT" | "VERSION" => "ab".repeat(16),
        "BLOCK" | "PROPOSAL" => "cd".repeat(32),
        w => match w.split_once('=') {
            Some((field, "VERSION")) => format!("{field}={}", "ab".repeat(16)),
            _ => w.to_string(),
        },
    }
}

fn check(c: &clap::Command, path: &str, seen: &mut usize) {
    for sub in c.get_subcommands().filter(|s| s.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name());
        example_of(sub, &path);
        *seen += 1;
        check(sub, &path, seen);
    }
}

fn example_of(c: &clap::Command, path: &str) {
    let help = c.get_long_about().or(c.get_about()).map(ToString::to_string).unwrap_or_default();
    let example = help.split("Example: ").nth(1).unwrap_or_else(|| panic!("'{path}' has no example"));
    let example = example.lines().next().unwrap();
    assert!(
        example.starts_with(&format!("{path} ")) || example == path,
        "'{path}' has the example of another: {example}"
    );
    let line: Vec<String> = words(example).iter().map(|w| filled(w)).collect();
    let parsed = aidpost::cli::Cli::command().try_get_matches_from(&line);
    assert!(parsed.is_ok(), "the example of '{path}' is wrong: {}", parsed.err().unwrap());
}

#[test]
fn every_command_has_an_example_that_is_right() {
    let mut seen = 0;
    let all = aidpost::cli::Cli::command();
    example_of(&all, "aidpost");
    check(&all, "aidpost", &mut seen);
    assert!(seen > 130, "only {seen} commands were found");
}

#[test]
fn man_pages_and_completions_come_from_the_same() {
    let p = Place::new();
    let s = said(Command::new(BIN).args(["man", &p.text("man")]).output().unwrap());
    assert_eq!(s.code, 0, "{}", s.err);
    let page = |name: &str| fs::read_to_string(p.path("man").join(name)).unwrap();
    // One rule of the exit codes, word for word in the help and the README.
    let plain = |text: &str| text.replace('\\', "").split_whitespace().collect::<Vec<_>>().join(" ");
    let help = plain(&aidpost::cli::Cli::command().get_long_about().unwrap().to_string());
    let codes = &help[help.find("Exit codes: ").unwrap()..help.find("can't be read.").unwrap()];
    assert!((0..=11).all(|n| codes.contains(&format!(" {n} "))), "{codes}");
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    assert!(plain(&readme).contains(codes), "the README says otherwise than: {codes}");
    let manual = plain(&page("aidpost.1"));
    assert!(manual.contains("Exit codes: 0 done") && manual.contains(" 11 a file or folder"), "{manual}");
    assert!(
        page("aidpost-staff-add.1").contains("aidpost staff add nila"),
        "{}",
        page("aidpost-staff-add.1")
    );
    for (shell, word) in
        [("bash", "complete -F"), ("zsh", "#compdef aidpost"), ("fish", "complete -c aidpost")]
    {
        let s = said(Command::new(BIN).args(["completions", shell]).output().unwrap());
        assert!(
            s.code == 0 && s.out.contains(word) && s.out.contains("support-bundle"),
            "{shell}: {}",
            s.err
        );
    }
    // A shell that is there takes them.
    fs::write(p.path("bash"), said(Command::new(BIN).args(["completions", "bash"]).output().unwrap()).out)
        .unwrap();
    assert!(Command::new("bash").args(["-n", &p.text("bash")]).status().unwrap().success());
}

/// What is given by an identifier says which command shows it.
fn identified(c: &clap::Command, path: &str, wrong: &mut Vec<String>) {
    const BY_IDENTIFIER: [&str; 10] =
        ["PATIENT", "OTHER", "ORG", "CUSTODIAN", "DEVICE", "RECORD", "GRANT", "VERSION", "BLOCK", "PROPOSAL"];
    for arg in c.get_arguments() {
        let named = arg.get_value_names().and_then(|n| n.first()).map(|n| n.trim_end_matches('S'));
        // A name that is chosen, a switch and a number have the same words.
        let free = ["init", "join", "restore", "link"].iter().any(|p| path.ends_with(p))
            || !arg.get_action().takes_values()
            || !arg.get_default_values().is_empty();
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if named.is_some_and(|n| BY_IDENTIFIER.contains(&n)) && !free && !help.contains("'aidpost ") {
            wrong.push(format!("{path} {}: {help}", arg.get_id()));
        }
    }
    for sub in c.get_subcommands() {
        identified(sub, &format!("{path} {}", sub.get_name()), wrong);
    }
}

#[test]
fn whatever_has_an_identifier_says_where_it_is_shown() {
    let mut wrong = Vec::new();
    let mut all = aidpost::cli::Cli::command();
    all.build();
    identified(&all, "aidpost", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Files of the repository by their endings, in these folders and below.
fn files(folders: &[&str], endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut todo: Vec<PathBuf> = folders.iter().map(|f| root.join(f)).collect();
    let mut out = Vec::new();
    while let Some(at) = todo.pop() {
        if at.is_dir() {
            todo.extend(fs::read_dir(&at).unwrap().map(|e| e.unwrap().path()));
        } else if endings.iter().any(|e| at.to_string_lossy().ends_with(e)) {
            let name = at.strip_prefix(root).unwrap().display().to_string();
            out.push((name, fs::read_to_string(&at).unwrap()));
        }
    }
    out
}

/// What of a command that a text names there isn't: a command, or an option of it. What stands for something isn't looked at.
fn unknown(line: &str) -> Option<String> {
    let mut c = aidpost::cli::Cli::command();
    c.build();
    let mut words = line.split_whitespace();
    while let Some(word) = words.next() {
        let word = word.trim_end_matches([',', ';', ':']);
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split('=').next().unwrap_or_default();
            let Some(arg) = c.get_arguments().find(|a| a.get_long() == Some(name)) else {
                return Some(format!("{word} of '{}'", c.get_name()));
            };
            if arg.get_action().takes_values() && !option.contains('=') {
                words.next();
            }
            continue;
        }
        match c.find_subcommand(word) {
            Some(sub) => c = sub.clone(),
            None if c.has_subcommands() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') => {
                return Some(word.to_string());
            }
            None => {}
        }
    }
    None
}

#[test]
fn every_command_that_a_message_or_a_document_names_is_there() {
    let sources = files(&["src", "locales", "packaging"], &[".rs", ".ftl", ".conf", ".service", ".timer"]);
    let documents = files(
        &["README.md", "SECURITY.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "docs", "models/README.md"],
        &[".md"],
    );
    let (mut seen, mut wrong) = (0, Vec::new());
    for (all, mark) in [(&sources, '\''), (&documents, '`')] {
        for (file, text) in all {
            let begins = format!("{mark}aidpost ");
            for (at, _) in text.match_indices(&begins) {
                let rest = &text[at + begins.len()..];
                // A string that goes on in the next line of the source.
                let line = rest.split(mark).next().unwrap_or_default().replace("\\\n", " ");
                let line = line.split(['\n', '|', '>', '…']).next().unwrap_or_default();
                seen += 1;
                wrong.extend(unknown(line).map(|what| format!("{file}: {what} in 'aidpost {line}'")));
            }
        }
    }
    assert!(wrong.is_empty(), "there is no {wrong:#?}");
    assert!(seen > 300, "only {seen} were found");
}

#[test]
fn every_command_line_of_the_readme_is_right() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let mut seen = 0;
    for block in readme.split("```sh\n").skip(1) {
        let lines = block.split("```").next().unwrap().lines().filter(|l| !l.starts_with('#'));
        for line in lines.flat_map(|l| l.split(" #").next().unwrap().split("&&")) {
            let line = line.trim().trim_start_matches("sudo -u aidpost ");
            // Values of the environment come first.
            let line = line.split(' ').skip_while(|w| w.contains('=')).collect::<Vec<_>>().join(" ");
            if !line.starts_with("aidpost") {
                continue;
            }
            let args: Vec<String> = words(&line).iter().map(|w| filled(w)).collect();
            let parsed = aidpost::cli::Cli::command().try_get_matches_from(&args);
            assert!(parsed.is_ok(), "README.md: {line}: {}", parsed.err().unwrap());
            seen += 1;
        }
    }
    assert!(seen > 60, "only {seen} were found");
}
