//! Keys: where they come from, what they seal, and that they are wiped.
//!
//! `slots` opens the store with a passphrase or a recovery code (`lock` is what a slot is locked with, `cost` what a guess
//! costs, `code` how a secret is written on paper), `kit` is the organisation's root key on paper; `pin` gives a person's key
//! back after a shift; `keytree` leads from a terminal's key to a record's; `words` are for one organisation's eyes; `pack` compresses
//! before sealing; `card` is what a patient carries, `card_wraps` what is wrapped to it and for it; `seal` is the one place where plaintext becomes ciphertext.

mod base45;
pub mod card;
pub mod card_wraps;
pub mod code;
pub mod cost;
pub(crate) mod file;
pub mod keytree;
pub mod kit;
mod lock;
pub mod pack;
pub mod pin;
pub mod seal;
pub mod secret;
pub mod slots;
pub mod words;

pub use lock::LockKind;
pub use secret::Secret;

/// Keys must not reach the disk by way of a core image, nor another process by way of a debugger. Where the system
/// refuses, the program runs on: the store is sealed all the same.
pub fn no_core_image() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}
