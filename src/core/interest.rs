//! Which payloads a terminal wants. Headers, governance, consents, keys and audit go to everyone.

use serde::{Deserialize, Serialize};

use super::id::{ChunkId, OrgId};

/// The most pieces of files that are asked for at once: those of two of the largest files.
pub const MAX_ASKED: usize = 1_200;

/// The most organisations of a district.
pub const MAX_DISTRICT: usize = 64;

/// Whose records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// Everybody's.
    #[default]
    All,
    /// Those of patients of whom the terminal's organisation has been given a key, other than for emergencies.
    Own,
    /// Those, and all that these organisations wrote, at most [`MAX_DISTRICT`].
    District(Vec<OrgId>),
}

impl Whose {
    /// The organisations of the district.
    pub fn district(&self) -> &[OrgId] {
        match self {
            Whose::District(orgs) => orgs,
            Whose::All | Whose::Own => &[],
        }
    }
}

/// What a terminal wants of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wants {
    /// Whose records and files.
    pub records: Whose,
    /// Files too, after all records; otherwise only pieces that are asked for.
    pub files: bool,
    /// Pieces of files that somebody wants to open, at most [`MAX_ASKED`].
    pub asked: Vec<ChunkId>,
}

impl Default for Wants {
    fn default() -> Self {
        Self { records: Whose::All, files: true, asked: Vec::new() }
    }
}

impl Wants {
    /// Nothing is left out.
    pub fn everything(&self) -> bool {
        self.records == Whose::All && self.files
    }
}
