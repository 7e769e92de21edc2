//! Writing bundles: a few blocks are in memory at a time, a file is there whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::{
    Carried, CourierError, EXTENSION, HELLO_DOMAIN, Header, INFO, MAGIC, MAX_FILE, MAX_RECIPIENTS, Part,
    Steps, others,
    share::{Begun, Share, divide},
    wrap_aad,
};
use crate::{
    core::{
        branches::Place,
        codec,
        id::DeviceId,
        ledger::causal_order,
        sign,
        time::Millis,
        wire::{self, Message, Presence},
    },
    store::StoreError,
    vault::{Secret, keytree::wrap, seal},
};

/// Bytes of the blocks of one part: header, seals and what was estimated have room besides.
const PART: u64 = MAX_FILE / 16 * 15;
/// The smallest part that is made because a stick has no more room.
const SMALLEST: u64 = 64 * 1024;
/// Blocks that are loaded at once.
const CHUNK: usize = 64;

/// What bundles are written with.
pub struct Parcel<'a> {
    /// What this terminal says of itself.
    pub hello: Presence,
    /// Signs it.
    pub key: &'a SigningKey,
    /// Bytes of a part at most; none: as large as a bundle may be, or as there is room for.
    pub most: Option<u64>,
}

/// Who gets a bundle: terminal, and encryption key.
type Recipients = Vec<(DeviceId, [u8; 32])>;

/// Writes bundles for every other certified terminal into `folder`: one, or several parts where there is more than one may
/// hold. What an earlier attempt didn't come to write is gone on with: parts that are there whole stay, and those that are
/// not there lie on another stick. `tell` hears how many bytes of how many are done.
///
/// # Errors
/// No recipient, the folder can't be written or is full, or `tell` says that nobody waits for it; then no half of a file
/// is there.
pub fn write(
    db: &mut impl Steps,
    parcel: Parcel,
    folder: &Path,
    now: Millis,
    rng: &mut dyn CryptoRng,
    tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
) -> Result<Carried, CourierError> {
    if !folder.is_dir() {
        return Err(CourierError::Io(folder.into(), io::ErrorKind::NotFound.into()));
    }
    let me = parcel.hello.introduction.device.id();
    let (free, most) = (room(folder), parcel.most);
    let (recipients, before, parts) = db.with(move |db| {
        let to: Recipients = others(db.replica(), me)
            .take(MAX_RECIPIENTS)
            .map(|d| (d.id(), d.request.keys.encryption))
            .collect();
        let ids: Vec<DeviceId> = to.iter().map(|(d, _)| *d).collect();
        let before = Begun::before(db, &ids, now)?;
        let fit = |total: u64| most.unwrap_or_else(|| part_size(total, free));
        let parts = match &before {
            Some(_) => Vec::new(),
            None => divide(db, me, fit)?,
        };
        Ok((to, before, parts))
    })?;
    if recipients.is_empty() {
        return Err(CourierError::Nobody);
    }
    let mut begun = match before {
        Some(b) => b,
        None => {
            let mut set = [0u8; 16];
            if parts.len() > 1 {
                rng.fill_bytes(&mut set);
            }
            Begun { set, at: now, to: recipients.iter().map(|(d, _)| *d).collect(), parts }
        }
    };
    let mut job = Job { db, parcel, recipients, folder, rng, tell, done: 0, total: 0 };
    job.parts(&mut begun)
}

/// A stick that has no room for everything, nor for one large part, is filled by smaller ones.
fn part_size(total: u64, free: Option<u64>) -> u64 {
    match free {
        Some(free) if total > free && free < PART => (free / 10 * 9).max(SMALLEST),
        _ => PART,
    }
}

/// Bytes for which there is room.
fn room(folder: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(folder).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

struct Job<'a, S> {
    db: &'a mut S,
    parcel: Parcel<'a>,
    recipients: Recipients,
    folder: &'a Path,
    rng: &'a mut dyn CryptoRng,
    tell: &'a dyn Fn(u64, u64) -> Result<(), StoreError>,
    done: u64,
    total: u64,
}

impl<S: Steps> Job<'_, S> {
    fn path(&self, begun: &Begun, number: u32) -> PathBuf {
        let name = format!("{}-{}", self.parcel.hello.introduction.device.id().short(), begun.at);
        self.folder.join(match begun.parts.len() {
            1 => format!("{name}.{EXTENSION}"),
            _ => format!("{name}.{number}.{EXTENSION}"),
        })
    }

    fn parts(&mut self, begun: &mut Begun) -> Result<Carried, CourierError> {
        // One that is there and isn't what was written is written again.
        for number in 1..=begun.parts.len() as u32 {
            let path = self.path(begun, number);
            let share = &mut begun.parts[number as usize - 1];
            if share.written.is_some() && path.exists() && digest(&path).ok() != share.written {
                share.written = None;
            }
        }
        let open: Vec<u32> =
            (1..).zip(&begun.parts).filter(|(_, s)| s.written.is_none()).map(|(n, _)| n).collect();
        self.total = begun.parts.iter().filter(|s| s.written.is_none()).map(|s| s.bytes).sum::<u64>().max(1);
        self.keep(begun)?;
        let of = begun.parts.len() as u32;
        let mut out = Carried {
            path: self.path(begun, open.first().copied().unwrap_or(1)),
            blocks: 0,
            count: self.recipients.len() as u64,
            bytes: 0,
            whole: true,
            part: None,
            before: of - open.len() as u32,
            lacking: 0,
        };
        for number in open {
            let share = begun.parts[number as usize - 1].clone();
            let part = (of > 1).then_some(Part { set: begun.set, number, of });
            let path = self.path(begun, number);
            let (blocks, bytes, hash) = match self.file(&path, &share, part) {
                Ok(done) => done,
                Err(CourierError::Io(_, e)) if is_full(&e) => return Err(self.full(begun)),
                Err(e) => return Err(e),
            };
            out.blocks += blocks;
            out.bytes += bytes;
            out.part = part;
            begun.parts[number as usize - 1].written = Some(hash);
            self.keep(begun)?;
        }
        Ok(out)
    }

    fn keep(&mut self, begun: &Begun) -> Result<(), StoreError> {
        let begun = begun.clone();
        self.db.with(move |db| begun.keep(db))
    }

    fn full(&self, begun: &Begun) -> CourierError {
        let left: u64 = begun.parts.iter().filter(|s| s.written.is_none()).map(|s| s.bytes).sum();
        let here =
            (1..).zip(&begun.parts).filter(|(n, s)| s.written.is_some() && self.path(begun, *n).exists());
        let here: Vec<String> = here.map(|(n, _)| n.to_string()).collect();
        let written = match here.len() {
            0 => ", and nothing was written".into(),
            _ => format!(", and of {} parts there are written here: {}", begun.parts.len(), here.join(", ")),
        };
        let lacks = left.saturating_sub(room(self.folder).unwrap_or(0)).max(1);
        CourierError::Full { folder: self.folder.into(), lacks, written }
    }

    /// One bundle: how many blocks and bytes, and the digest of the file.
    fn file(
        &mut self,
        path: &Path,
        share: &Share,
        part: Option<Part>,
    ) -> Result<(u64, u64, [u8; 32]), CourierError> {
        let io = |e| CourierError::Io(path.into(), e);
        let new = path.with_extension("new");
        let written = self.sealed(&new, path, share, part);
        if written.is_err() {
            // What there was room for is of no use to anybody.
            let _ = fs::remove_file(&new);
            return written;
        }
        fs::rename(&new, path).map_err(io)?;
        File::open(self.folder).and_then(|d| d.sync_all()).map_err(io)?;
        written
    }

    fn sealed(
        &mut self,
        new: &Path,
        path: &Path,
        share: &Share,
        part: Option<Part>,
    ) -> Result<(u64, u64, [u8; 32]), CourierError> {
        let io = |e| CourierError::Io(path.into(), e);
        (self.tell)(self.done, self.total)?;
        let hello = &self.parcel.hello;
        let (consortium, from) = (hello.consortium, hello.introduction.device.id());
        let key = Secret::random(self.rng);
        let mut bundle = [0u8; 16];
        self.rng.fill_bytes(&mut bundle);
        let mut recipients = Vec::new();
        for (to, encryption) in &self.recipients {
            let aad = wrap_aad(consortium, &bundle, *to);
            // A certificate with an unusable key is its owner's loss, not everyone's.
            recipients.extend(wrap(encryption, INFO, &aad, key.expose(), self.rng).ok().map(|s| (*to, s)));
        }
        if recipients.is_empty() {
            return Err(CourierError::Nobody);
        }
        let proof = sign::sign(self.parcel.key, HELLO_DOMAIN, &[&bundle, &codec::encode(hello)]);
        let first = codec::encode(&(hello, proof));
        let file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(new).map_err(io)?;
        let mut out = Out::new(file, key, bundle);
        out.put(MAGIC).map_err(io)?;
        out.piece(&codec::encode(&Header { consortium, bundle, from, recipients })).map_err(io)?;
        out.frame(&first, self.rng).map_err(io)?;

        let (share, estimate) = (share.clone(), share.bytes);
        let places = self.db.with(move |db| Ok(share.places(db.replica())))?;
        let (mut count, begin, end) = (0, self.done, self.done + estimate);
        for places in places.chunks(CHUNK) {
            let places: Vec<Place> = places.to_vec();
            let blocks = self.db.with(move |db| db.blocks_at(&places))?;
            let blocks = causal_order(blocks, |b| &b.signed.header);
            count += blocks.len() as u64;
            for m in wire::batches(blocks) {
                out.frame(&wire::encode(&m), self.rng).map_err(io)?;
            }
            // What was estimated is reached at the end of the part.
            self.done = (begin + out.bytes).min(end);
            (self.tell)(self.done, self.total)?;
        }
        out.frame(&wire::encode(&Message::End), self.rng).map_err(io)?;
        if let Some(part) = part {
            out.frame(&part.encode(), self.rng).map_err(io)?;
        }
        self.done = end;
        // One more for the disk: a stick is slow.
        (self.tell)(self.done, self.total)?;
        if out.bytes > MAX_FILE {
            return Err(CourierError::TooLarge(path.into()));
        }
        let (bytes, hash) = out.end().map_err(io)?;
        Ok((count, bytes, hash))
    }
}

/// A file that is being written.
struct Out {
    file: BufWriter<File>,
    hash: blake3::Hasher,
    key: Secret,
    bundle: [u8; 16],
    number: u32,
    bytes: u64,
}

impl Out {
    fn new(file: File, key: Secret, bundle: [u8; 16]) -> Self {
        let file = BufWriter::with_capacity(256 * 1024, file);
        Self { file, hash: blake3::Hasher::new(), key, bundle, number: 0, bytes: 0 }
    }

    fn put(&mut self, b: &[u8]) -> io::Result<()> {
        self.hash.update(b);
        self.bytes += b.len() as u64;
        self.file.write_all(b)
    }

    fn piece(&mut self, b: &[u8]) -> io::Result<()> {
        // No piece is larger than a header may be.
        self.put(&(b.len() as u32).to_le_bytes())?;
        self.put(b)
    }

    fn frame(&mut self, plain: &[u8], rng: &mut dyn CryptoRng) -> io::Result<()> {
        let sealed = seal::seal(&self.key, &super::frame_aad(&self.bundle, self.number), plain, rng);
        self.number += 1;
        self.piece(&sealed)
    }

    fn end(mut self) -> io::Result<(u64, [u8; 32])> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok((self.bytes, *self.hash.finalize().as_bytes()))
    }
}

fn digest(path: &Path) -> io::Result<[u8; 32]> {
    let (mut file, mut hash) = (File::open(path)?, blake3::Hasher::new());
    let mut buffer = vec![0u8; 256 * 1024];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(*hash.finalize().as_bytes()),
            n => hash.update(&buffer[..n]),
        };
    }
}

/// The disk, or what one user may have of it.
fn is_full(e: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(e.kind(), StorageFull | QuotaExceeded | FileTooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_as_large_as_a_bundle_may_be_or_as_there_is_room_for() {
        assert_eq!(part_size(1 << 40, None), PART);
        assert_eq!(part_size(1 << 20, Some(2 << 20)), PART);
        assert_eq!(part_size(1 << 40, Some(1 << 39)), PART);
        assert_eq!(part_size(1 << 30, Some(100 << 20)), (100 << 20) / 10 * 9);
        assert_eq!(part_size(1 << 30, Some(9)), SMALLEST);
        // What isn't blocks has room.
        const { assert!(PART + (8 << 20) < MAX_FILE) };
    }
}
