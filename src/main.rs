//! Parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    aidpost::vault::no_core_image();
    aidpost::cli::run(aidpost::cli::Cli::parse())
}
