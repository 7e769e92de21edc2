//! The archive: schedules, what is due, holds.

use serde::{Deserialize, Serialize};

use crate::core::{
    id::{BlockId, PatientId, RecordId},
    retention::Series,
    time::Millis,
};

/// A decision about the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetentionChange {
    /// Adopt this schedule.
    Adopt(String),
    /// Nothing of this patient may be archived or destroyed.
    Hold {
        /// Whose.
        patient: PatientId,
        /// Why; the own organisation alone can read it.
        reason: String,
    },
    /// End all holds of this patient.
    Release {
        /// Whose.
        patient: PatientId,
        /// Why.
        reason: String,
    },
    /// Back into everyday use.
    Restore(PatientId),
}

/// A schedule in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleRow {
    /// The block that holds it.
    pub block: BlockId,
    /// When it was adopted, by the clock of the terminal.
    pub at: Millis,
    /// By whom.
    pub by: String,
    /// As it was written.
    pub text: String,
    /// Why it can't be applied here: nothing is due under it then.
    pub problem: Option<String>,
}

/// A hold in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRow {
    /// Whose.
    pub patient: PatientId,
    /// Since when, by the clock of the terminal.
    pub at: Millis,
    /// By whom.
    pub by: String,
    /// Why; none where it can't be opened here.
    pub reason: Option<String>,
}

/// What is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionView {
    /// More than one only after two were adopted at two places at once: whatever keeps longer counts.
    pub schedules: Vec<ScheduleRow>,
    /// The schedule that comes with Aidpost: in force only when somebody adopts it.
    pub shipped: String,
    /// Holds in force.
    pub holds: Vec<HoldRow>,
    /// Patients in the archive.
    pub archived: u64,
}

/// How much of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// Which.
    pub series: Series,
    /// Records; of who read what, entries.
    pub records: u64,
    /// Bytes of what they say, before compression and sealing; 0 for who read what.
    pub bytes: u64,
    /// Of so many patients.
    pub patients: u64,
}

/// What is due now. Nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivePlan {
    /// The time that counted as now.
    pub as_of: Millis,
    /// The schedule; the shipped one where none is adopted.
    pub schedule: String,
    /// Somebody adopted it.
    pub adopted: bool,
    /// Patients looked at.
    pub looked_at: u64,
    /// Patients who would leave the list.
    pub patients: u64,
    /// What would be archived, by series.
    pub archive: Vec<SeriesRow>,
    /// Patients all of whose records are past the time for which they must be kept; the first [`MOST_DISPOSALS`].
    pub disposal: Vec<PatientId>,
    /// How many they are.
    pub disposals: u64,
    /// Records past that time that stay because others of the patient must be kept, by series.
    pub past: Vec<SeriesRow>,
    /// Patients of whom nothing is due because they are held.
    pub held: u64,
    /// Patients of whom nothing is due because some record doesn't open here.
    pub unreadable: u64,
    /// Patients with a record that is of a time after `as_of`: some clock was wrong, and they aren't due before that time.
    pub ahead: u64,
}

/// The most patients that a plan names.
pub const MOST_DISPOSALS: usize = 1_000;

/// What was archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveDone {
    /// What was due.
    pub plan: ArchivePlan,
    /// Patients of whom something was archived.
    pub marked: u64,
    /// Blocks written.
    pub blocks: u64,
    /// Patients left out because something was written of them meanwhile.
    pub changed: u64,
}

/// What of a chart is archived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelved {
    /// The patient is: since when, by the clock of whoever archived.
    pub since: Option<Millis>,
    /// Nothing may be archived or destroyed.
    pub held: bool,
    /// Records that are archived while the patient isn't: shown only when they are asked for.
    pub records: Vec<RecordId>,
}
