//! FHIR R4 in and out. Pure, like `core`: texts in, values out; files and the store are the node's.
//!
//! `bundle` takes a file apart, `reference` finds whose a resource is, `view` reads what a chart shows, `write` renders
//! visits that were written here, `findings` what is coded in them, `guardians` who decides for a patient, `ending` how that ends, `patch` changes a patient that came from elsewhere, `medicines` names those that are given by reference, `date` reads dates, `version` tells R4
//! from others. `ips` writes a patient's
//! summary, `audit` who read, `provenance` who signed, `consents` what the patient allows; `build` has the pieces of all.
//!
//! What came in is kept whole and goes out unchanged; only what a chart shows is read out of it.

pub mod audit;
pub mod build;
pub mod bundle;
pub mod consents;
pub mod date;
pub mod ending;
pub mod findings;
pub mod guardians;
pub mod ips;
pub mod medicines;
pub mod patch;
pub mod provenance;
pub mod reference;
pub mod version;
pub mod view;
pub mod write;
