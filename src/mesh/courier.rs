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

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    core::{
        block::Dep,
        codec,
        gaps::Gaps,
        governance::DeviceCert,
        id::{ConsortiumId, DeviceId},
        keys::Sealed,
        ledger::{Accepted, Replica},
        sign::{self, Signature},
        sync::{Refusal, introduce},
        time::Millis,
        wire::{self, MAX_MESSAGE, Message, Presence},
    },
    store::{Db, StoreError, tables, tables::Peer},
    vault::{
        Secret,
        keytree::{Exchange, unwrap, wrap},
        seal::{self, OVERHEAD},
        slots::{SlotError, write_atomically},
    },
};

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
    /// Nobody to write to.
    #[error("no other terminal is certified here yet: admit and certify one first")]
    Nobody,
    /// The folder can't be read or written.
    #[error("{0}: {1}: check that the stick is there and can be written")]
    Io(PathBuf, io::Error),
    /// Writing the file.
    #[error(transparent)]
    Write(#[from] SlotError),
    /// Our store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was written or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The file.
    pub path: PathBuf,
    /// Blocks in it.
    pub blocks: u64,
    /// Terminals that can open it (writing), or new blocks (reading).
    pub count: u64,
    /// Size of the file.
    pub bytes: u64,
    /// False: the bundle was cut off; what came before counts.
    pub whole: bool,
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

/// What the recipients are not known to hold, together: the lowest acknowledged head of each log.
fn behind(db: &Db, replica: &Replica, me: DeviceId) -> Result<Vec<Dep>, StoreError> {
    let mut lowest: Option<Vec<Dep>> = None;
    for d in others(replica, me) {
        let peer: Peer = db.get(tables::PEERS, &d.request.keys.endpoint)?.unwrap_or_default();
        // Of a forked log nobody knows who has which branch: all of it goes along.
        let once = |d: &&Dep| peer.holds.iter().filter(|x| x.log == d.log).count() == 1;
        let peer = Peer { holds: peer.holds.iter().filter(once).copied().collect(), ..peer };
        lowest = Some(match lowest {
            None => peer.holds,
            Some(low) => low
                .into_iter()
                .filter_map(|l| {
                    let p = peer.holds.iter().find(|p| p.log == l.log)?;
                    Some(if p.seq < l.seq { *p } else { l })
                })
                .collect(),
        });
    }
    Ok(lowest.unwrap_or_default())
}

/// Blocks whose payload some recipient lacks and wants, as far as is known. Those who want only some get theirs when they
/// are met: what is whose takes longer to tell than a stick to fill.
fn lacked(db: &Db, replica: &Replica, me: DeviceId) -> Result<Gaps, StoreError> {
    let mut out = Gaps::default();
    for d in others(replica, me) {
        let peer: Peer = db.get(tables::PEERS, &d.request.keys.endpoint)?.unwrap_or_default();
        if peer.wants.everything() {
            out.extend(&peer.waits);
        }
    }
    Ok(out)
}

/// Writes a bundle for every other certified terminal into `folder`.
///
/// # Errors
/// No recipient, the folder can't be written, or `tell` says that nobody waits for it; then no bundle is there.
pub fn write(
    db: &Db,
    hello: Presence,
    ledger_key: &SigningKey,
    folder: &Path,
    now: Millis,
    rng: &mut dyn CryptoRng,
    tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
) -> Result<Carried, CourierError> {
    let replica = db.replica();
    let me = hello.introduction.device.id();
    let content_key = Secret::random(rng);
    let mut bundle = [0u8; 16];
    rng.fill_bytes(&mut bundle);
    let recipients = others(replica, me)
        .take(MAX_RECIPIENTS)
        .filter_map(|d| {
            let aad = wrap_aad(hello.consortium, &bundle, d.id());
            // A certificate with an unusable key is its owner's loss, not everyone's.
            let s = wrap(&d.request.keys.encryption, INFO, &aad, content_key.expose(), rng).ok()?;
            Some((d.id(), s))
        })
        .collect::<Vec<_>>();
    if recipients.is_empty() {
        return Err(CourierError::Nobody);
    }
    let count = recipients.len() as u64;
    let mut blocks = db.blocks(&replica.missing_for(&behind(db, replica, me)?))?;
    // What they have only the headers of comes after all headers.
    blocks.extend(db.blocks_at(&replica.by_worth(replica.offers(&lacked(db, replica, me)?)))?);
    let total = blocks.len() as u64;

    let proof = sign::sign(ledger_key, HELLO_DOMAIN, &[&bundle, &codec::encode(&hello)]);
    let mut frames = vec![codec::encode(&(&hello, proof))];
    let consortium = hello.consortium;
    frames.extend(wire::batches(blocks).iter().map(wire::encode));
    frames.push(wire::encode(&Message::End));

    let mut out = MAGIC.to_vec();
    let mut put = |b: &[u8]| {
        out.extend_from_slice(&(b.len() as u32).to_le_bytes());
        out.extend_from_slice(b);
    };
    put(&codec::encode(&Header { consortium, bundle, from: me, recipients }));
    // One more for the disk: a stick is slow.
    let steps = frames.len() as u64 + 1;
    for (n, f) in frames.iter().enumerate() {
        tell(n as u64, steps)?;
        put(&seal::seal(&content_key, &frame_aad(&bundle, n as u32), f, rng));
    }
    tell(steps - 1, steps)?;
    let path = folder.join(format!("{}-{now}.{EXTENSION}", me.short()));
    if out.len() as u64 > MAX_FILE {
        return Err(CourierError::TooLarge(path));
    }
    if !folder.is_dir() {
        return Err(CourierError::Io(folder.into(), io::ErrorKind::NotFound.into()));
    }
    write_atomically(&path, &out)?;
    Ok(Carried { path, blocks: total, count, bytes: out.len() as u64, whole: true })
}

/// The bundles of a folder, newest first (their names end in their time); at most `MAX_BUNDLES`.
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
    let time = |p: &PathBuf| {
        let name = p.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        name.rsplit('-').next().and_then(|t| t.parse::<u64>().ok()).unwrap_or(0)
    };
    out.sort_by_key(|p| (std::cmp::Reverse(time(p)), p.clone()));
    out.truncate(MAX_BUNDLES);
    Ok(out)
}

/// Reads one bundle: validates and stores what is new, notes the sender's receipt.
///
/// # Errors
/// [`CourierError`] says what is wrong with it; the store is unchanged.
pub fn read(
    db: &mut Db,
    path: &Path,
    me: DeviceId,
    key: &Exchange,
    now: Millis,
) -> Result<Carried, CourierError> {
    let io = |e| CourierError::Io(path.into(), e);
    let not = || CourierError::NotABundle(path.into());
    let mut file = File::open(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    if bytes > MAX_FILE {
        return Err(CourierError::TooLarge(path.into()));
    }
    let mut magic = [0u8; 8];
    file.read_exact(&mut magic).map_err(|_| not())?;
    if magic != *MAGIC {
        return Err(not());
    }
    let header = piece(&mut file, MAX_HEADER).ok_or_else(not)?;
    let header: Header = codec::decode(&header, MAX_HEADER).map_err(|_| not())?;
    if header.consortium != db.replica().governance().consortium() {
        return Err(CourierError::Foreign(path.into()));
    }
    let (_, sealed) = header
        .recipients
        .iter()
        .find(|(d, _)| *d == me)
        .ok_or_else(|| CourierError::NotForUs(path.into()))?;
    let aad = wrap_aad(header.consortium, &header.bundle, me);
    let content_key = unwrap(key, INFO, &aad, sealed)
        .ok()
        .and_then(|k| Secret::from_slice(&k))
        .ok_or_else(|| CourierError::NotForUs(path.into()))?;

    let mut frames = Frames { file, key: content_key, bundle: header.bundle, number: 0 };
    let first = frames.next().ok().flatten().ok_or_else(not)?;
    let (hello, proof): (Presence, Signature) = codec::decode(&first, MAX_MESSAGE).map_err(|_| not())?;
    check_sender(db.replica(), &header, &hello, &proof).map_err(|_| CourierError::Sender(path.into()))?;

    // All of it is looked at before anything is taken.
    let begin = frames.file.stream_position().map_err(io)?;
    let damaged = |_: Unsealed| CourierError::Damaged(path.into());
    while frames.next().map_err(damaged)?.is_some() {}
    frames.file.seek(SeekFrom::Start(begin)).map_err(io)?;
    frames.number = 1;

    let (mut blocks, mut new, mut whole) = (0, 0, false);
    while let Some(plain) = frames.next().map_err(damaged)? {
        match wire::decode(&plain) {
            Ok(Message::Blocks(batch)) => {
                blocks += batch.len() as u64;
                let results = db.accept(&batch)?;
                new += results
                    .iter()
                    .filter(|r| matches!(r, Ok(Accepted::New(_) | Accepted::Filled(_))))
                    .count() as u64;
            }
            Ok(Message::End) => whole = true,
            _ => break,
        }
    }
    // The sender held this when it wrote the bundle: the receipt that travels home.
    db.peer_holds(&hello.introduction.device.request.keys.endpoint, &hello.holding(), now)?;
    Ok(Carried { path: path.into(), blocks, count: new, bytes, whole })
}

fn check_sender(
    replica: &Replica,
    header: &Header,
    hello: &Presence,
    proof: &Signature,
) -> Result<(), Refusal> {
    let device = introduce(hello, replica)?;
    let key = &hello.introduction.device.request.keys.ledger;
    let signed = sign::verify(key, HELLO_DOMAIN, &[&header.bundle, &codec::encode(hello)], proof);
    if signed && device == header.from { Ok(()) } else { Err(Refusal::NotCertified) }
}

/// The sealed frames of a bundle, in their order.
struct Frames {
    file: File,
    key: Secret,
    bundle: [u8; 16],
    number: u32,
}

/// A frame that isn't the one that was sealed.
struct Unsealed;

impl Frames {
    /// None: the file ends here, or in the middle of a frame.
    fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Unsealed> {
        let Some(sealed) = piece(&mut self.file, MAX_MESSAGE + OVERHEAD) else { return Ok(None) };
        let aad = frame_aad(&self.bundle, self.number);
        let plain = seal::open(&self.key, &aad, &sealed).map_err(|_| Unsealed)?;
        self.number += 1;
        Ok(Some(plain))
    }
}

/// One length-prefixed piece; none at the end, when it is cut off, or when it claims more than `cap`.
fn piece(file: &mut File, cap: usize) -> Option<Vec<u8>> {
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
#[path = "courier_tests.rs"]
mod tests;
