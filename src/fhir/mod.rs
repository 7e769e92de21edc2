//! FHIR R4 in and out. Pure, like `core`: texts in, values out; files and the store are the node's.
//!
//! `bundle` takes a file apart, `reference` finds whose a resource is, `view` reads what a chart shows, `write` renders
//! what was written here, `patch` changes a patient that came from elsewhere, `date` reads dates.
//!
//! What came in is kept whole and goes out unchanged; only what a chart shows is read out of it.

pub mod bundle;
pub mod date;
pub mod patch;
pub mod reference;
pub mod view;
pub mod write;
