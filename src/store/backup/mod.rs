//! A backup: one sealed file with the ledger as a terminal holds it, and what belongs beside it. No private key of the
//! terminal, no page or master key, no PIN, no face, no root key is in it.
//!
//! ```text
//! magic "AIDBACK0"
//! length 4 ‖ header: consortium, id, the backup before it (none for a whole one), key slots, content key for the root
//! length 4 ‖ sealed frame 0: manifest
//! length 4 ‖ sealed frame 1 …: blocks in the order of their arrival, and what could not be read of them; rows of tables
//! length 4 ‖ sealed last frame: end, with the number of blocks
//! ```
//! Frames are sealed under a content key, AAD = hash of the header ‖ number: none can be left out, moved or exchanged.
//! The key slots are those of the terminal, giving the content key in place of the master key, without the organisation's
//! root key: whoever could sign in there opens the backup with the same passphrase. The content key is also wrapped to
//! the organisation's root key (`vault::kit`), and so are the organisation's encryption keys, inside: only the recovery kit
//! gives those.
//!
//! `write` makes one, `read` checks it, `gaps` is what damage leaves out.

mod gaps;
pub mod read;
pub mod write;

pub use gaps::{Gap, Missing};

use std::{
    io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use crate::{
    core::{
        block::{Block, Dep},
        codec,
        governance::{Genesis, OrgCert, Statement},
        id::{ConsortiumId, DeviceId, OrgId, hash32},
        keys::Sealed,
        time::Millis,
    },
    vault::{
        Secret,
        keytree::{Exchange, unwrap, wrap},
        seal::Broken,
        slots::SlotError,
    },
};

/// Format and version; the last digit is the version.
pub(crate) const MAGIC: &[u8; 8] = b"AIDBACK0";
/// The most bytes of a header.
const MAX_HEADER: usize = 2 * 1024 * 1024;
/// The most bytes of a frame.
const MAX_FRAME: usize = 8 * 1024 * 1024;
/// The most backups in one chain.
pub const MAX_CHAIN: usize = 1_000;
/// Bytes of blocks or rows that are put into one frame, about.
const FRAME: usize = 256 * 1024;

const CONTENT: &[u8] = b"aidpost v0 backup content key";
const ORG_KEYS: &[u8] = b"aidpost v0 backup org keys";

/// Names a backup.
pub type BackupId = [u8; 16];

/// What can be read without any key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Whose ledger.
    pub consortium: ConsortiumId,
    /// Of which organisation's terminal.
    pub org: OrgId,
    /// Random.
    pub id: BackupId,
    /// The backup that this one continues.
    pub previous: Option<BackupId>,
    /// A slot file that gives the content key.
    pub slots: Vec<u8>,
    /// The content key, wrapped to the organisation's root key.
    pub root: Sealed,
}

/// What a backup says of itself, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format version, 0.
    pub version: u8,
    /// When it was made, by the terminal's clock.
    pub made: Millis,
    /// The consortium's founding document.
    pub genesis: Genesis,
    /// Decisions that the terminal was told of when it joined.
    pub acts: Vec<Statement>,
    /// The terminal's organisation.
    pub org: OrgCert,
    /// The terminal.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Blocks of the ledger before this backup's first one.
    pub from: u64,
    /// Blocks of the ledger with this backup's last one.
    pub to: u64,
    /// Of those, how many no other terminal was known to hold.
    pub only_here: u64,
    /// What the ledger ends with.
    pub frontier: Vec<Dep>,
    /// The organisation's encryption keys, wrapped to its root key.
    pub org_keys: Sealed,
    /// Content keys of the backups that this one continues.
    pub earlier: Vec<(BackupId, [u8; 32])>,
}

impl Drop for Manifest {
    fn drop(&mut self) {
        for (_, key) in &mut self.earlier {
            zeroize::Zeroize::zeroize(key);
        }
    }
}

/// One sealed piece.
#[derive(Debug, Serialize, Deserialize)]
enum Frame {
    Manifest(Box<Manifest>),
    Blocks(Vec<Block>),
    Rows {
        table: String,
        rows: Vec<(Vec<u8>, Vec<u8>)>,
    },
    /// With the number of blocks, those that could not be read included.
    End {
        blocks: u64,
    },
    Gap(Gap),
}

/// Why a backup is refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Not a backup.
    #[error("{0} is not an Aidpost backup: check the file's name")]
    NotABackup(PathBuf),
    /// Of a version to come.
    #[error("{0} was written by a newer Aidpost: update this one")]
    Newer(PathBuf),
    /// A seal, a signature, a link or a payload is wrong.
    #[error("{path} is damaged ({what}): nothing was changed; use another copy of it, or an older backup")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The end is missing.
    #[error("{0} is cut off: nothing was changed; copy it again, or use an older backup")]
    CutOff(PathBuf),
    /// The files don't belong together.
    #[error("{0} belongs to another terminal or consortium than the others: restore each by itself")]
    Foreign(PathBuf),
    /// An increment without what it continues.
    #[error("{0} continues a backup that is not among the files given: name that one too")]
    Missing(PathBuf),
    /// Two files continue one.
    #[error(
        "{0} does not follow from the others: name one whole backup and those that continue it, one after the other"
    )]
    NotAChain(PathBuf),
    /// Something is there already.
    #[error("{0} is there already, and may be part of an earlier backup: choose another name")]
    Exists(PathBuf),
    /// The root key of another organisation.
    #[error("this kit is not of the organisation that made {0}: look for the right paper")]
    WrongKit(PathBuf),
    /// The file can't be written.
    #[error("{0}: {1}: check that the stick is there and can be written")]
    Io(PathBuf, io::Error),
    /// The file can't be read.
    #[error("{0}: {1}: check the name, and that the stick is there")]
    Unread(PathBuf, io::Error),
    /// A passphrase that opens nothing, or slots that can't be read.
    #[error(transparent)]
    Slots(#[from] SlotError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn frame_aad(header: &[u8], number: u64) -> Vec<u8> {
    [&hash32("aidpost v0 backup header", &[header])[..], &number.to_le_bytes()].concat()
}

fn content_aad(consortium: ConsortiumId, org: OrgId, id: &BackupId) -> Vec<u8> {
    codec::encode(&(consortium, org, id))
}

/// Wraps the content key to the organisation's root key.
///
/// # Errors
/// The root key is unusable.
pub(crate) fn wrap_content(
    root: &[u8; 32],
    (consortium, org, id): (ConsortiumId, OrgId, &BackupId),
    key: &Secret,
    rng: &mut dyn rand::CryptoRng,
) -> Result<Sealed, Broken> {
    wrap(root, CONTENT, &content_aad(consortium, org, id), key.expose(), rng)
}

/// The content key of a backup, opened with the kit's key.
pub(crate) fn content_by_root(h: &Header, root: &Exchange) -> Option<Secret> {
    let plain = unwrap(root, CONTENT, &content_aad(h.consortium, h.org, &h.id), &h.root).ok()?;
    Secret::from_slice(&plain)
}

/// Wraps the organisation's encryption keys to its root key.
///
/// # Errors
/// The root key is unusable.
pub(crate) fn wrap_org_keys(
    root: &[u8; 32],
    (consortium, org): (ConsortiumId, OrgId),
    keys: &[Exchange],
    rng: &mut dyn rand::CryptoRng,
) -> Result<Sealed, Broken> {
    let plain = zeroize::Zeroizing::new(keys.iter().flat_map(|k| *k.secret().expose()).collect::<Vec<u8>>());
    wrap(root, ORG_KEYS, &codec::encode(&(consortium, org)), &plain, rng)
}

/// The organisation's encryption keys, opened with the kit's key.
pub(crate) fn org_keys_by_root(
    (consortium, org): (ConsortiumId, OrgId),
    sealed: &Sealed,
    root: &Exchange,
) -> Option<Vec<Exchange>> {
    let plain = unwrap(root, ORG_KEYS, &codec::encode(&(consortium, org)), sealed).ok()?;
    Some(plain.chunks_exact(32).filter_map(Secret::from_slice).map(Exchange::from_secret).collect())
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    move |e| match StoreError::io(path, e) {
        known @ (StoreError::Full | StoreError::ReadOnly(_)) => known.into(),
        StoreError::Io { path, source } => BackupError::Io(path, source),
        _ => BackupError::Io(path.into(), io::ErrorKind::NotFound.into()),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
