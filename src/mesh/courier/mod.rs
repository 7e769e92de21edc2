//! A bundle on a stick: the messages of a meeting, sealed to every other certified terminal. Who carries it can't read
//! it; what comes back holds the receipts.
//!
//! ```text
//! magic "AIDBNDL0"
//! length 4 ‖ header: consortium, bundle id, sender, for each recipient the content key (HPKE)
//! length 4 ‖ sealed frame 0: HELLO of the sender (its frontier is its receipt) with the sender's signature
//! length 4 ‖ sealed frame 1 …: BLOCKS
//! length 4 ‖ sealed last frame: END
//! ```
//! Each frame is bound to the bundle and its number, so frames can't be reordered or moved; without END the stick is
//! known to be cut, and what came before it still counts.
//!
//! What is too large for one file goes in parts, each a bundle by itself, with one more frame after END that says which of
//! how many it is (`parts`). `write` and `read` carry it out, a few blocks at a time.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    core::{
        codec,
        governance::DeviceCert,
        id::{ConsortiumId, DeviceId},
        keys::Sealed,
        ledger::Replica,
    },
    store::{Db, StoreError},
};

mod parts;
mod read;
mod share;
mod write;

pub use parts::{Part, missing};
pub use read::read;
pub use write::{Parcel, write};

const MAGIC: &[u8; 8] = b"AIDBNDL0";
const EXTENSION: &str = "aidpost";
const MAX_FILE: u64 = 256 * 1024 * 1024;
const MAX_BUNDLES: usize = 256;
const MAX_RECIPIENTS: usize = 4_096;
const MAX_HEADER: usize = 64 + MAX_RECIPIENTS * 128;
const INFO: &[u8] = b"aidpost v0 courier";
const HELLO_DOMAIN: &str = "aidpost v0 courier hello";

#[derive(Serialize, Deserialize)]
struct Header {
    consortium: ConsortiumId,
    bundle: [u8; 16],
    from: DeviceId,
    recipients: Vec<(DeviceId, Sealed)>,
}

/// Why a bundle is refused; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// Not a bundle.
    #[error("{0} is not an Aidpost bundle, or its beginning is damaged: ask for a new one")]
    NotABundle(PathBuf),
    /// Another consortium's.
    #[error("{0} belongs to another consortium: give it to one of its terminals")]
    Foreign(PathBuf),
    /// Not sealed to this terminal.
    #[error("{0} was not written for this terminal: let its sender meet or certify it first")]
    NotForUs(PathBuf),
    /// The sender isn't certified, or the bundle was changed.
    #[error("{0} does not prove who wrote it: ask for a new one")]
    Sender(PathBuf),
    /// Changed on the way, in the middle.
    #[error("{0} is damaged: nothing was taken from it, ask for a new one")]
    Damaged(PathBuf),
    /// Over a limit.
    #[error("{0} is larger than a bundle may be ({MAX_FILE} bytes)")]
    TooLarge(PathBuf),
    /// No room on the stick.
    #[error(
        "{folder} is full: about {lacks} more bytes are needed{written}: make room or take another stick, and do the same again, which goes on from there"
    )]
    Full {
        /// Where it was to be written.
        folder: PathBuf,
        /// Bytes for which there is no room.
        lacks: u64,
        /// What is there whole, in words.
        written: String,
    },
    /// Nobody to write to.
    #[error("no other terminal is certified here yet: admit and certify one first")]
    Nobody,
    /// The folder can't be read or written.
    #[error("{0}: {1}: check that the stick is there and can be written")]
    Io(PathBuf, io::Error),
    /// Our store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was written or read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// The file, or the first of several.
    pub path: PathBuf,
    /// Blocks in it.
    pub blocks: u64,
    /// Terminals that can open it (writing), or new blocks (reading).
    pub count: u64,
    /// Size of the file, or of all of them.
    pub bytes: u64,
    /// False: the bundle was cut off; what came before counts.
    pub whole: bool,
    /// Which of several it is; when writing, the last that lies there now.
    pub part: Option<Part>,
    /// Parts that had been written before (writing).
    pub before: u32,
    /// Blocks that were not taken because they refer to others that aren't here yet (reading).
    pub lacking: u64,
}

/// The store as whoever carries uses it: in steps, between which others get their turn.
pub trait Steps {
    /// Does one step.
    ///
    /// # Errors
    /// What it said, or the store is closed.
    fn with<T: Send + 'static>(
        &mut self,
        f: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError>;
}

impl Steps for Db {
    fn with<T: Send + 'static>(
        &mut self,
        f: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        f(self)
    }
}

fn frame_aad(bundle: &[u8; 16], number: u32) -> Vec<u8> {
    [&bundle[..], &number.to_le_bytes()].concat()
}

fn wrap_aad(consortium: ConsortiumId, bundle: &[u8; 16], to: DeviceId) -> Vec<u8> {
    codec::encode(&(consortium, bundle, to))
}

/// Every certified terminal but this one that nobody suspended, of a member.
fn others(replica: &Replica, me: DeviceId) -> impl Iterator<Item = &DeviceCert> {
    let g = replica.governance();
    g.devices().filter(move |d| d.id() != me && g.welcomes(d))
}

/// The bundles of a folder, newest first (their names end in their time), parts in their order; at most
/// `MAX_BUNDLES`.
///
/// # Errors
/// The folder can't be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, CourierError> {
    let io = |e| CourierError::Io(folder.into(), e);
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_some_and(|e| e == EXTENSION) {
            out.push(path);
        }
    }
    // `…-TIME`, and of one of several `…-TIME.NUMBER`.
    let time = |p: &PathBuf| {
        let name = p.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let end = name.rsplit('-').next().unwrap_or_default();
        let (time, number) = end.split_once('.').unwrap_or((end, "0"));
        (std::cmp::Reverse(time.parse::<u64>().unwrap_or(0)), number.parse::<u32>().unwrap_or(0))
    };
    out.sort_by_key(|p| (time(p), p.clone()));
    out.truncate(MAX_BUNDLES);
    Ok(out)
}

/// One length-prefixed piece; none at the end, when it is cut off, or when it claims more than `cap`.
fn piece(file: &mut impl Read, cap: usize) -> Option<Vec<u8>> {
    let mut len = [0u8; 4];
    file.read_exact(&mut len).ok()?;
    let len = u32::from_le_bytes(len) as usize;
    if len > cap {
        return None;
    }
    let mut b = vec![0u8; len];
    file.read_exact(&mut b).ok()?;
    Some(b)
}

#[cfg(test)]
mod tests;
