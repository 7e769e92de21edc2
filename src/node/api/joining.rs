//! Joining over the network, as the inviting side sees it.

use serde::{Deserialize, Serialize};

use super::Code;
use crate::core::{
    governance::{OrgKind, Role},
    id::DeviceId,
};

/// An open invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// What the other terminal joins with.
    pub ticket: Code,
    /// Seconds until it lapses.
    pub seconds_left: u64,
    /// How often it may still be tried.
    pub attempts_left: u8,
    /// How far it is.
    pub stage: InvitationStage,
    /// Why the last attempt came to nothing, if there was one.
    pub last: Option<String>,
}

/// How far an invitation is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvitationStage {
    /// Nobody has come yet, or nobody is there any more.
    Waiting,
    /// A terminal is there, and people compare.
    Comparing(Joiner),
    /// Used, lapsed, or tried too often.
    Over,
}

/// Who wants to join, as they say themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joiner {
    /// The code that its screen must show too.
    pub code: String,
    /// The new organisation; none: a further terminal of the own one.
    pub org: Option<(String, OrgKind)>,
    /// The terminal's name.
    pub device: String,
    /// Its first person.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// Whoever sits there has said that the codes are the same.
    pub agreed: bool,
}

/// A terminal that was let in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcomed {
    /// Which.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// It has what it was given.
    pub delivered: bool,
    /// Its certificate, one line, for the case that it hasn't.
    pub certificate: Option<String>,
}
