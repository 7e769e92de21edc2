//! Parse, dispatch, exit code.

use std::process::ExitCode;

use clap::Parser;

/// Memory is wiped when it is freed: a passphrase that went through a buffer is nowhere afterwards.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    aidpost::vault::no_core_image();
    aidpost::cli::run(aidpost::cli::Cli::parse())
}
