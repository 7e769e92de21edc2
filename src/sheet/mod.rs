//! Lists as spreadsheets (CSV, RFC 4180), in and out. Pure: texts in, values out.
//!
//! `cell` keeps a spreadsheet from taking text for a formula, `table` reads and writes rows, `patients`, `visits` and
//! `accesses` are what the lists hold, `record` takes it out of a record.

pub mod accesses;
pub mod cell;
pub mod patients;
pub mod record;
pub mod table;
pub mod visits;
