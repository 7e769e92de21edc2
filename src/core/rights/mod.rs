//! What touches a patient's rights besides consent itself: records opened in an emergency and their reviews, requests of
//! other organisations and their answers, what was handed out, the destruction of keys, and the archive.
//!
//! Entries hold identifiers, codes and counts. What a person types freely is sealed to the organisations concerned.

mod emergency;
mod erasure;
mod register;
mod request;
mod retention;
mod sharing;

use serde::{Deserialize, Serialize};

pub use emergency::{BreakGlass, GLASS, REVIEW_WITHIN, Reason, Review, Verdict};
pub use erasure::{Erased, ErasureOrder, ErasureReason, MAX_NAMED, MAX_REFERENCE, Progress, Use, reached};
pub use register::{Emergency, Noted, Register, Requested};
pub use request::{Answer, MAX_BECAUSE, OPEN_FOR, Request};
pub use retention::{MAX_MARKED, Marked, Retention};
pub use sharing::{Disclosure, Shared};

use super::{
    codec,
    governance::Role,
    id::{EpochId, OrgId, PatientId},
    keys::Sealed,
    sign::Authored,
};

/// Signature domain of what a person signs.
pub const DOMAIN: &str = "aidpost v0 rights";
/// The most entries of one block.
pub const MAX_ENTRIES: usize = 64;
/// The most bytes of one entry.
pub const MAX_ENTRY: usize = 24 * 1024;
/// The most characters of what a person types about an emergency or its review.
pub const MAX_WORDS: usize = 500;
/// The most organisations that such words are sealed to.
pub const MAX_READERS: usize = 8;

/// Words that only one organisation can open: HPKE to its encryption key, padded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedWords {
    /// Whose.
    pub org: OrgId,
    /// To which of its keys.
    pub epoch: EpochId,
    /// The text.
    pub sealed: Sealed,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// A record was opened in an emergency.
    BreakGlass(BreakGlass),
    /// Somebody else judged that.
    Review(Review),
    /// An organisation asks for a patient's keys.
    Request(Request),
    /// A terminal answered a request by policy and consent.
    Answer(Answer),
    /// An extract, counts or a claim were handed out.
    Disclosure(Disclosure),
    /// A patient's keys are to be destroyed.
    Erase(ErasureOrder),
    /// A terminal destroyed them.
    Erased(Erased),
    /// What an organisation settles about its archive.
    Retention(Retention),
}

impl Deed {
    /// True for what a person decides and signs; the rest a terminal does by itself, by the rules.
    pub fn by_person(&self) -> bool {
        !matches!(self, Deed::Answer(_) | Deed::Erased(_))
    }

    /// Whom it is about, where that is one patient.
    pub fn patient(&self) -> Option<PatientId> {
        match self {
            Deed::BreakGlass(x) => Some(x.patient),
            Deed::Review(x) => Some(x.patient),
            Deed::Request(x) => Some(x.patient),
            Deed::Answer(x) => Some(x.patient),
            Deed::Disclosure(x) => x.patient,
            Deed::Erase(x) => Some(x.patient),
            Deed::Erased(x) => Some(x.patient),
            Deed::Retention(_) => None,
        }
    }

    /// Everybody it is about.
    pub fn patients(&self) -> Vec<PatientId> {
        match self {
            Deed::Retention(x) => x.patients(),
            one => one.patient().into_iter().collect(),
        }
    }

    /// Within its limits.
    fn valid(&self) -> bool {
        match self {
            Deed::BreakGlass(x) => readable(&x.words),
            Deed::Review(x) => readable(&x.words),
            Deed::Request(x) => x.valid(),
            Deed::Answer(x) => x.valid(),
            Deed::Disclosure(x) => x.valid(),
            Deed::Erase(x) => x.valid(),
            Deed::Erased(x) => x.valid(),
            Deed::Retention(x) => x.valid(),
        }
    }
}

/// Sealed to few enough, and no longer than such words get: four bytes a character, padded.
fn readable(words: &[SealedWords]) -> bool {
    words.len() <= MAX_READERS && words.iter().all(|w| w.sealed.ct.len() <= MAX_WORDS * 5)
}

/// A short text that can be shown.
fn short(text: &str, most: usize) -> bool {
    text.chars().count() <= most && !text.chars().any(char::is_control)
}

/// One entry of a rights block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entry {
    /// A [`Deed`] of a person, signed by them.
    Said(Authored),
    /// A [`Deed`] of the terminal, which vouches for it with the block.
    Did(Deed),
}

impl Entry {
    /// What it says; none when that isn't a deed within its limits, or one that the other kind of writer must answer for.
    pub fn deed(&self) -> Option<Deed> {
        let (deed, person) = match self {
            Entry::Said(a) => (a.read::<Deed>(MAX_ENTRY).ok()?, true),
            Entry::Did(d) => (d.clone(), false),
        };
        (deed.by_person() == person && deed.valid() && codec::encode(&deed).len() <= MAX_ENTRY)
            .then_some(deed)
    }
}

/// Whether somebody of this role may be told what was typed about an emergency: whoever could review it.
pub fn reviews(role: Role) -> bool {
    matches!(role, Role::Clinician | Role::Admin)
}

#[cfg(test)]
#[path = "../rights_tests.rs"]
mod tests;
