//! Key slots, the recovery code and the organisation's kit.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::{
    core::{id::StaffId, time::Millis},
    vault::LockKind,
};

/// A code on its way to paper, or back: wiped when dropped, never printed by mistake.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code(pub String);

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(…)")
    }
}

/// One key slot of this terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotRow {
    /// What opens it.
    pub kind: LockKind,
    /// The login name; none for a slot that this terminal did not make.
    pub login: Option<String>,
    /// Whose it is.
    pub staff: Option<StaffId>,
    /// Their name as colleagues know it, where it is on the ledger.
    pub name: Option<String>,
    /// The organisation's root key is in it.
    pub root: bool,
    /// When it was made.
    pub made: Option<Millis>,
    /// Memory that a guess takes, in KiB, and passes over it (Argon2id).
    pub cost: Option<(u32, u32)>,
}

/// The organisation's recovery kit, to be printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgKit {
    /// The organisation's name.
    pub org: String,
    /// Its identifier, by which a kit is told from another one.
    pub id: crate::core::id::OrgId,
    /// The consortium's name.
    pub consortium: String,
    /// Its fingerprint.
    pub fingerprint: crate::core::id::ConsortiumId,
    /// The root key.
    pub code: Code,
}

/// Which backup a new one continues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Since {
    /// None: a whole one.
    Beginning,
    /// The last one that was made at this terminal.
    Last,
    /// The one in this file.
    File(std::path::PathBuf),
}

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// The file.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Blocks that it is of.
    pub blocks: u64,
    /// Blocks of the ledger that the backups before it hold.
    pub from: u64,
    /// Blocks of the ledger with it.
    pub to: u64,
    /// The organisation's recovery kit was printed at this terminal.
    pub kit_printed: bool,
    /// What could not be read here: it is not in the file.
    pub missing: crate::store::backup::Missing,
}
