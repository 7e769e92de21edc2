//! Integration tests: the rules of the source tree, the binary as people and scripts use it, the networks against their
//! references.

// A test stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod archive;
mod backup;
mod bench;
mod card_commands;
mod cards;
mod coded;
mod commands;
mod damaged_backup;
mod doctor;
mod drafts;
mod elsewhere;
mod erasing;
mod errors;
mod exit_codes;
mod face_attack;
mod face_eval;
mod face_golden;
mod face_lfw;
mod guardians;
mod guided;
mod handed_out;
mod help;
mod hostile;
mod joining;
mod json_docs;
mod kill;
mod layout;
mod lists_and_paper;
#[cfg(feature = "tui")]
mod lost_terminal;
mod odd_bundles;
mod papers;
mod partial;
#[cfg(feature = "tui")]
mod pty;
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
mod striking;
mod support;
mod town;
mod turn;
mod upgrade;
mod who_read;
#[cfg(feature = "tui")]
mod workstation;
#[cfg(feature = "tui")]
mod workstation_admin;
