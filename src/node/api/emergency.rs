//! The emergency summary, opening a record in an emergency, and the reviews that are due.

use serde::{Deserialize, Serialize};

use super::records::VisitRow;
use crate::core::{
    id::{BlockId, PatientId},
    rights::{Reason, Verdict},
    summary::BloodGroup,
    time::Millis,
};

/// What to know in an emergency, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryDraft {
    /// Allergies and intolerances, one a line.
    pub allergies: Vec<String>,
    /// Medicines being taken.
    pub medicines: Vec<String>,
    /// Problems that matter.
    pub problems: Vec<String>,
    /// Blood group, where it was tested.
    pub blood_group: Option<BloodGroup>,
}

/// One organisation's latest summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// Whose it is.
    pub org: String,
    /// Who wrote it.
    pub author: String,
    /// When, by the clock of the terminal that wrote it.
    pub at: Millis,
    /// What it says.
    pub summary: SummaryDraft,
}

/// What an emergency opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyChart {
    /// Whose.
    pub patient: PatientId,
    /// Summaries, the newest first.
    pub summaries: Vec<SummaryRow>,
    /// Visits whose keys this organisation has anyway, newest first.
    pub visits: Vec<VisitRow>,
    /// Milliseconds for which it may be opened again without a new reason.
    pub left: Millis,
    /// The block that recorded this before anything was opened.
    pub recorded: BlockId,
    /// What could not be opened, each with its reason.
    pub unreadable: Vec<String>,
}

/// A record that was opened in an emergency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRow {
    /// The block that records it: what a review names.
    pub block: BlockId,
    /// Whose record.
    pub patient: PatientId,
    /// The patient's name, where it may be seen here.
    pub name: Option<String>,
    /// When, by the clock of that terminal.
    pub at: Millis,
    /// Who opened it.
    pub staff: String,
    /// Of which organisation.
    pub org: String,
    /// Why.
    pub reason: Reason,
    /// What they typed, where this organisation may read it.
    pub note: Option<String>,
    /// This organisation may review it.
    pub ours: bool,
    /// Nobody has reviewed it within the time.
    pub overdue: bool,
    /// The patient has been told.
    pub told: bool,
    /// What others found: verdict, who, of which organisation, their note.
    pub reviews: Vec<ReviewRow>,
}

/// One review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// What was found.
    pub verdict: Verdict,
    /// By whom.
    pub staff: String,
    /// Of which organisation.
    pub org: String,
    /// When, by the clock of that terminal.
    pub at: Millis,
    /// What they typed, where this organisation may read it.
    pub note: Option<String>,
}

/// A review as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAsk {
    /// What was found.
    pub verdict: Verdict,
    /// The patient has been told.
    pub told: bool,
    /// Why.
    pub note: String,
}
