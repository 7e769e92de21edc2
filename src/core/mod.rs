//! The rules, pure: no IO, clock, randomness, thread, database, network, screen or tensor. `now` and `rng` are
//! arguments; a test reads these files and fails when one imports what it may not.

pub mod audit;
pub mod auth;
pub mod block;
pub mod branches;
pub mod card;
pub mod cert;
pub mod codec;
pub mod consent;
pub mod decision;
pub mod difference;
pub mod duplicates;
pub mod effective;
pub mod erased;
pub mod finality;
pub mod governance;
pub mod id;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod policy;
pub mod proof;
pub mod record;
pub mod resource;
pub mod retention;
pub mod rights;
pub mod share;
pub mod sign;
pub mod summary;
pub mod suspension;
pub mod sync;
pub mod time;
pub mod trust;
pub mod versions;
pub mod wire;
