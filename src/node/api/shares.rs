//! Extracts, counts and claims.

use serde::{Deserialize, Serialize};

use super::records::VisitRow;
use crate::core::{
    id::{BlockId, PatientId},
    record::Compartment,
    share::counts::{Dimension, Published},
    time::Millis,
};

/// Of what an extract, a count or a claim is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareAsk {
    /// Which parts of the record.
    pub compartments: Vec<Compartment>,
    /// Visits from here on.
    pub from: Option<Millis>,
    /// Visits before this.
    pub until: Option<Millis>,
}

/// A de-identified extract. The decision is on the ledger before this is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtractFile {
    /// Comma-separated values.
    pub csv: String,
    /// Patients in it.
    pub patients: u32,
    /// Measurements.
    pub rows: u32,
    /// The block that records the decision.
    pub recorded: BlockId,
    /// Why each of them is in it, in words.
    pub because: Vec<String>,
}

/// How a count is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are.
    pub columns: Dimension,
}

/// Counts with small cells suppressed. The decision is on the ledger before this is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountsTable {
    /// The table.
    pub table: Published,
    /// The block that records the decision.
    pub recorded: BlockId,
    /// Why, in words.
    pub because: Vec<String>,
}

/// What a claim is about. The decision is on the ledger before this is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimView {
    /// Whose.
    pub patient: PatientId,
    /// Name, by which the insured person is known.
    pub name: String,
    /// Visits of the period in the parts that consent opens, newest first.
    pub visits: Vec<VisitRow>,
    /// The parts that were opened.
    pub compartments: Vec<Compartment>,
    /// Why, in words.
    pub because: Vec<String>,
    /// The block that records the decision.
    pub recorded: BlockId,
}
