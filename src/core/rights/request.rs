//! One organisation asks for what another keeps. Any terminal of the other answers, by policy and consent alone.

use serde::{Deserialize, Serialize};

use super::short;
use crate::core::{
    governance::Role,
    id::{BlockId, PatientId},
    policy::{Action, Purpose},
    record::Compartment,
    time::{DAY, Millis},
};

/// How long a request is answered; after that it must be made anew.
pub const OPEN_FOR: Millis = 30 * DAY;
/// The most characters of an answer's reason.
pub const MAX_BECAUSE: usize = 300;

/// An organisation asks. Which one, the log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Whose records.
    pub patient: PatientId,
    /// For people of which role.
    pub role: Role,
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
}

impl Request {
    pub(super) fn valid(&self) -> bool {
        !self.compartments.is_empty() && self.compartments.len() <= Compartment::ALL.len()
    }

    /// What of the policy answers a request for this purpose; none: nothing can be asked for it.
    pub fn action(purpose: Purpose) -> Option<Action> {
        match purpose {
            Purpose::Treatment => Some(Action::Read),
            Purpose::Payment => Some(Action::Claim),
            Purpose::Research => Some(Action::Extract),
            // Bureaus get counts, which need no key; an emergency is broken glass.
            Purpose::PublicHealth | Purpose::Emergency => None,
        }
    }
}

/// A terminal of an organisation that keeps records answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The block that holds the request.
    pub request: BlockId,
    /// Whose records.
    pub patient: PatientId,
    /// Keys were released.
    pub allow: bool,
    /// Why, in the words of the policies.
    pub because: String,
    /// Keys that were wrapped to the organisation that asked.
    pub keys: u32,
}

impl Answer {
    pub(super) fn valid(&self) -> bool {
        short(&self.because, MAX_BECAUSE)
    }
}
