//! Integration tests: the rules of the source tree, the binary as people and scripts use it, the networks against their
//! references.

// A test stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod archive;
mod backup;
mod card_commands;
mod cards;
mod coded;
mod commands;
mod damaged_backup;
mod doctor;
mod drafts;
mod erasing;
mod errors;
mod face_attack;
mod face_eval;
mod face_golden;
mod face_lfw;
mod guided;
mod handed_out;
mod help;
mod hostile;
mod joining;
mod kill;
mod layout;
mod lists_and_paper;
mod odd_bundles;
mod partial;
mod records;
mod rights;
mod rights_commands;
mod rotate;
mod schedule;
mod secrets;
mod service;
mod sign_in;
mod slots;
mod story;
mod support;
mod town;
mod turn;
mod upgrade;
#[cfg(feature = "tui")]
mod workstation;
#[cfg(feature = "tui")]
mod workstation_admin;
