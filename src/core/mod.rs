//! The rules, pure: no IO, clock, randomness, thread, database, network, screen or tensor. `now` and `rng` are
//! arguments; a test reads these files and fails when one imports what it may not.

pub mod audit;
pub mod auth;
pub mod block;
pub mod branches;
pub mod card;
pub mod cert;
pub mod codec;
pub mod codes;
pub mod compare;
pub mod consent;
pub mod decision;
pub mod difference;
pub mod duplicates;
pub mod effective;
pub mod erased;
pub mod expected;
pub mod finality;
pub mod fold;
pub mod gaps;
pub mod governance;
pub mod growth;
pub mod guardian;
mod holders;
pub mod id;
pub mod interest;
pub mod json;
pub mod keys;
pub mod ledger;
pub mod next_visit;
pub mod own;
pub mod policy;
pub mod proof;
pub mod record;
pub mod reference;
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
pub mod waiting;
pub mod wire;

#[cfg(test)]
mod golden_tests;
