//! Keys: where they come from, what they seal, and that they are wiped.
//!
//! `slots` opens the store with a passphrase; `keytree` leads from a terminal's key to a record's; `seal` is the one
//! place where plaintext becomes ciphertext.

pub mod keytree;
pub mod seal;
pub mod secret;
pub mod slots;

pub use secret::Secret;
