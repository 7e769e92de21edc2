//! Break-glass: a record opened without consent, because there was no time to ask; and the review that is due.

use serde::{Deserialize, Serialize};

use super::SealedWords;
use crate::core::{
    id::{BlockId, OrgId, PatientId},
    time::{DAY, Millis},
};

/// How long an opened record may be looked at again without a new reason.
pub const GLASS: Millis = 30 * 60 * 1000;
/// Within this time somebody else must have judged an opening.
pub const REVIEW_WITHIN: Millis = 7 * DAY;

/// Why consent could not be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Unconscious or too ill to answer.
    CannotAnswer,
    /// Danger to life: waiting would harm.
    DangerToLife,
    /// A child, or somebody who can't decide, without a guardian in reach.
    NoGuardian,
    /// Something else, said in words.
    Other,
}

impl Reason {
    /// Every reason with its word on the command line and in words for the screen.
    pub const ALL: [(Reason, &'static str, &'static str); 4] = [
        (Reason::CannotAnswer, "cannot-answer", "the patient cannot answer"),
        (Reason::DangerToLife, "danger-to-life", "danger to life: there is no time to ask"),
        (Reason::NoGuardian, "no-guardian", "nobody who may decide for the patient can be reached"),
        (Reason::Other, "other", "another reason, written below"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(r, ..)| *r == self).map_or("", |(_, w, _)| w)
    }

    /// In words.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(r, ..)| *r == self).map_or("", |(.., w)| w)
    }

    /// The reason of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x, _)| *x == w).map(|(r, ..)| *r)
    }
}

/// A record is about to be opened: durable before anything is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakGlass {
    /// Whose record.
    pub patient: PatientId,
    /// Why.
    pub reason: Reason,
    /// The organisations that keep this patient's records, and the reader's own: each may review it.
    pub reviewers: Vec<OrgId>,
    /// What the person typed, for those.
    pub words: Vec<SealedWords>,
}

/// What a reviewer found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// There was an emergency.
    Justified,
    /// There was none.
    Unjustified,
}

impl Verdict {
    /// Every verdict with its word.
    pub const ALL: [(Verdict, &'static str); 2] =
        [(Verdict::Justified, "justified"), (Verdict::Unjustified, "unjustified")];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(v, _)| *v == self).map_or("", |(_, w)| w)
    }

    /// The verdict of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(v, _)| *v)
    }
}

/// Somebody other than the reader judged an opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The block that records the opening.
    pub of: BlockId,
    /// Whose record it was.
    pub patient: PatientId,
    /// What was found.
    pub verdict: Verdict,
    /// The patient, or who decides for them, has been told.
    pub told: bool,
    /// What the reviewer typed, for the organisations concerned.
    pub words: Vec<SealedWords>,
}
