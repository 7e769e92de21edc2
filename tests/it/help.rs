//! The help: every command and every group of commands has an example that is a command line of this very program; man pages and completions say the
//! same.

use std::{fs, process::Command};

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
