//! Aidpost: an offline-first terminal workstation for rural clinics.
//!
//! - [`core`] – the rules, pure
//! - [`vault`] – keys
//! - [`store`] – redb on a sealed file
//! - [`mesh`] – how terminals meet
//! - [`nn`] – the neural networks, a crate of their own: dfdx for what is trained, kernels for what only runs
//! - [`face`] – camera, detection, embedding, gallery
//! - [`fhir`] – FHIR R4 in and out, pure
//! - [`mod@print`] – papers as PDF
//! - [`qr`] – QR codes drawn and read
//! - [`sheet`] – lists as spreadsheets, pure
//! - `jobs` – long work over the node's API, a step at a time
//! - [`node`] – the running service and its one API
//! - [`tui`] – the workstation's screens
//! - [`cli`] – commands
//! - [`demo`] – the whole job as a story
//!
//! Invariants, each held by a test: see ARCHITECTURE.md.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cli;
pub mod core;
pub mod demo;
pub mod face;
pub mod fhir;
#[cfg(test)]
mod formats;
mod jobs;
pub mod mesh;
pub mod node;
pub mod print;
pub mod qr;
pub mod sheet;
pub mod store;
#[cfg(test)]
mod testing;
#[cfg(feature = "tui")]
pub mod tui;
pub mod vault;

pub use aidpost_nn as nn;
