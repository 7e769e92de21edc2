//! What was typed wrongly, as one line that names the remedy.

use std::{ffi::OsString, process::ExitCode};

use clap::{
    CommandFactory, Parser,
    error::{ContextKind, Error, ErrorKind},
};

use super::{Cli, output};
use crate::node::api::{Fault, FaultKind};

/// The command line of these arguments; or the exit code, after help was shown or the mistake was named.
///
/// # Errors
/// There is nothing to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, ExitCode> {
    let args: Vec<OsString> = args.into_iter().collect();
    Cli::try_parse_from(&args).map_err(|e| match e.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever read may have gone.
            let _ = e.print();
            ExitCode::SUCCESS
        }
        _ => {
            eprintln!("aidpost: {}", words(&e, &args));
            ExitCode::from(super::code(FaultKind::Usage))
        }
    })
}

/// What a command can't do without, where nobody can be asked for it.
pub(crate) fn missing(path: &str, what: &[&str]) -> Fault {
    let what = what.join(" ");
    Fault::new(
        FaultKind::Usage,
        format!("the following required arguments were not provided: {what}: '{path} --help' shows how"),
    )
}

/// The command that was meant, as far as its words were right.
fn meant(args: &[OsString]) -> (String, clap::Command) {
    let (mut path, mut at) = ("aidpost".to_string(), Cli::command());
    for word in args.iter().skip(1).filter_map(|a| a.to_str()) {
        if let Some(sub) = at.find_subcommand(word) {
            path = format!("{path} {}", sub.get_name());
            at = sub.clone();
        }
    }
    (path, at)
}

/// The mistake and where to look.
fn words(e: &Error, args: &[OsString]) -> String {
    let (path, command) = meant(args);
    if matches!(e.kind(), ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand)
    {
        let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        return format!("'{path}' needs one of {}: '{path} --help' shows what they do", names.join(", "));
    }
    let all = e.render().to_string();
    // What was typed comes before these, whatever is in it.
    let mut said = &all[..all.rfind("\n\nFor more information").unwrap_or(all.len())];
    if e.get(ContextKind::Usage).is_some() {
        said = &said[..said.rfind("\n\nUsage: ").unwrap_or(said.len())];
    }
    let line = output::one_line(said.trim_start_matches("error: "));
    format!("{}: '{path} --help' shows how", line.trim_end_matches(['.', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(args: &[&str]) -> String {
        let args: Vec<OsString> = [&["aidpost"], args].concat().iter().map(OsString::from).collect();
        match Cli::try_parse_from(&args) {
            Ok(_) => String::new(),
            Err(e) => words(&e, &args),
        }
    }

    #[test]
    fn one_line_that_says_where_to_look() {
        for (args, words, path) in [
            (&["staff"][..], "'aidpost staff' needs one of add, list, reset, suspend", "aidpost staff"),
            (&["staff", "add"], "<NEW_LOGIN>", "aidpost staff add"),
            (&["statsu"], "'statsu'", "aidpost"),
            (&["patient", "show", "xyz"], "'xyz' for '<PATIENT>'", "aidpost patient show"),
            (&["status", "--nonsense"], "'--nonsense'", "aidpost status"),
            (
                &["patient", "show", "a\nUsage: aidpost seal\n\u{1b}[2J"],
                "'<PATIENT>'",
                "aidpost patient show",
            ),
        ] {
            let line = said(args);
            assert!(line.contains(words) && line.contains(&format!("'{path} --help'")), "{line}");
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}
