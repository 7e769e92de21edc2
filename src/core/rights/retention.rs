//! What an organisation settles about its archive: the schedule, what was archived under it, what is held back from it.
//! `core::retention` has what follows from these.

use serde::{Deserialize, Serialize};

use super::{SealedWords, readable};
use crate::core::{
    id::{BlockId, PatientId},
    retention::{MAX_SCHEDULE, Series},
    time::Millis,
};

/// The most patients of one mark.
pub const MAX_MARKED: usize = 256;
/// The most schedules that one mark names, and the most holds that one release ends.
const MAX_NAMED: usize = 64;

/// What of a patient was archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marked {
    /// Whose.
    pub patient: PatientId,
    /// Which series; with a time, only what is of that time or before.
    pub series: Vec<(Series, Option<Millis>)>,
}

/// A decision about the archive of the organisation whose terminal writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retention {
    /// This schedule is in force from now on (its text, so that what was signed is what people read).
    Adopt(String),
    /// These records leave everyday use, as far as the writer knew them.
    Archive {
        /// The schedules that they were due under.
        under: Vec<BlockId>,
        /// What.
        marked: Vec<Marked>,
    },
    /// A patient is back in everyday use.
    Restore(PatientId),
    /// Nothing of this patient may be archived or destroyed.
    Hold {
        /// Whose.
        patient: PatientId,
        /// Why, for the own organisation.
        words: Vec<SealedWords>,
    },
    /// Ends holds.
    Release {
        /// Whose.
        patient: PatientId,
        /// The blocks that hold them.
        holds: Vec<BlockId>,
        /// Why, for the own organisation.
        words: Vec<SealedWords>,
    },
}

impl Retention {
    /// Whom it is about.
    pub fn patients(&self) -> Vec<PatientId> {
        match self {
            Retention::Adopt(_) => Vec::new(),
            Retention::Archive { marked, .. } => marked.iter().map(|m| m.patient).collect(),
            Retention::Restore(p)
            | Retention::Hold { patient: p, .. }
            | Retention::Release { patient: p, .. } => {
                vec![*p]
            }
        }
    }

    pub(super) fn valid(&self) -> bool {
        match self {
            Retention::Adopt(text) => {
                text.len() <= MAX_SCHEDULE && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
            }
            Retention::Archive { under, marked } => {
                let few = |m: &Marked| (1..=Series::ALL.len()).contains(&m.series.len());
                under.len() <= MAX_NAMED && (1..=MAX_MARKED).contains(&marked.len()) && marked.iter().all(few)
            }
            Retention::Restore(_) => true,
            Retention::Hold { words, .. } => readable(words),
            Retention::Release { holds, words, .. } => {
                (1..=MAX_NAMED).contains(&holds.len()) && readable(words)
            }
        }
    }
}
