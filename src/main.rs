//! Parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    aidpost::hold_secrets();
    aidpost::cli::run(aidpost::cli::Cli::parse())
}
