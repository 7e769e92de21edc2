//! Aidpost.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod core;
pub mod mesh;
pub mod node;
pub mod store;
#[cfg(test)]
mod testing;
pub mod vault;
