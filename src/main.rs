//! Parse, dispatch, exit code.

use std::process::ExitCode;

/// Memory is wiped when it is freed: a passphrase that went through a buffer is nowhere afterwards.
#[global_allocator]
static MEMORY: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    aidpost::vault::no_core_image();
    match aidpost::cli::parse(std::env::args_os()) {
        Ok(cli) => aidpost::cli::run(cli),
        Err(code) => code,
    }
}
