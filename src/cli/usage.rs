//! What was typed wrongly, as one line that names the remedy.

use std::{ffi::OsString, process::ExitCode};

use clap::{
    CommandFactory, Parser,
    error::{Error, ErrorKind},
};

use super::{Cli, output};
use crate::node::api::FaultKind;

/// The command line of these arguments; or the exit code, after help was shown or the mistake was named.
///
/// # Errors
/// There is nothing to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    Cli::try_parse_from(args).map_err(|e| match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever read may have gone.
            let _ = e.print();
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("aidpost: {}", words(&e));
            ExitCode::from(super::code(FaultKind::Usage))
        }
    })
}

/// The mistake and where to look.
fn words(e: &Error) -> String {
    let all = e.render().to_string();
    // What was typed comes before the usage line, whatever is in it.
    let (said, usage) = match all.rfind("\nUsage: ") {
        Some(at) => (&all[..at], &all[at + "\nUsage: ".len()..]),
        None => (all.split("\nFor more information").next().unwrap_or(""), ""),
    };
    let word = |w: &&str| w.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !w.starts_with('-');
    let path: Vec<&str> = usage.split_whitespace().take_while(word).collect();
    let path = if path.is_empty() { "aidpost".to_string() } else { path.join(" ") };
    let said = match e.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            return missing(e, &all);
        }
        _ => output::one_line(said.trim_start_matches("error: ")),
    };
    format!("{}: '{path} --help' shows how", said.trim_end_matches(['.', ':']))
}

/// A group of commands was named, and none of them.
fn missing(e: &Error, all: &str) -> String {
    // The help is shown instead of an error: its usage line names the group.
    let usage = all.lines().find_map(|l| l.strip_prefix("Usage: ")).unwrap_or("aidpost");
    let words: Vec<&str> = usage.split_whitespace().take_while(|w| !w.starts_with(['[', '<'])).collect();
    let mut group = Cli::command();
    for w in words.iter().skip(1) {
        match group.find_subcommand(w) {
            Some(c) => group = c.clone(),
            None => return output::one_line(&e.to_string()),
        }
    }
    let names: Vec<&str> = group.get_subcommands().map(clap::Command::get_name).collect();
    let group = words.join(" ");
    format!("'{group}' needs one of {}: '{group} --help' shows what they do", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(args: &[&str]) -> String {
        match Cli::try_parse_from([&["aidpost"], args].concat()) {
            Ok(_) => String::new(),
            Err(e) => words(&e),
        }
    }

    #[test]
    fn one_line_that_says_where_to_look() {
        for (args, words, path) in [
            (&["staff"][..], "'aidpost staff' needs one of add, list, reset, suspend", "aidpost staff"),
            (&["staff", "add"], "<NEW_LOGIN>", "aidpost staff add"),
            (&["statsu"], "'statsu'", "aidpost"),
            (&["patient", "show", "xyz"], "'xyz' for '<PATIENT>'", "aidpost"),
            (&["status", "--nonsense"], "'--nonsense'", "aidpost status"),
            (&["patient", "show", "a\nUsage: aidpost seal\n\u{1b}[2J"], "'<PATIENT>'", "aidpost"),
        ] {
            let line = said(args);
            assert!(line.contains(words) && line.contains(&format!("'{path} --help'")), "{line}");
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}
