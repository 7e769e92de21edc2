//! What an examination of a terminal found.

use serde::{Deserialize, Serialize};

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Can't be told now: the terminal is sealed, or the system doesn't say.
    Unknown,
    /// Works, and somebody should look at it.
    Attention,
    /// Doesn't work, or soon won't.
    Bad,
}

/// One thing that was looked at. No names of people are in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What: `clock`, `disk`, `memory`, `folder`, `permissions`, `slots`, `models`, `camera`, `port`, `discovery`, `peers`,
    /// `unshared`, `backups`, `forks`, `quarantine`, `ledger`, `faces` or `reviews`.
    pub name: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen.
    pub found: String,
    /// What to do; none when it is good.
    pub remedy: Option<String>,
}

impl Check {
    /// Nothing to do.
    pub fn good(name: &str, found: impl Into<String>) -> Self {
        Self { name: name.into(), verdict: Verdict::Good, found: found.into(), remedy: None }
    }

    /// Something to do.
    pub fn not(verdict: Verdict, name: &str, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name: name.into(), verdict, found: found.into(), remedy: Some(remedy.into()) }
    }
}
