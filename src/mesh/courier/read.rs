//! Reading bundles: all of a file is looked at before anything is taken, then a few blocks at a time.

use std::{
    fs::File,
    io::{BufReader, Seek, SeekFrom},
    path::Path,
};

use zeroize::Zeroizing;

use super::{
    Carried, CourierError, HELLO_DOMAIN, Header, INFO, MAGIC, MAX_FILE, MAX_HEADER, Part, Steps, frame_aad,
    parts, piece, wrap_aad,
};
use crate::{
    core::{
        block::{Block, Invalid},
        codec,
        id::DeviceId,
        ledger::{Accepted, Replica},
        sign::{self, Signature},
        sync::{Refusal, introduce},
        time::Millis,
        wire::{self, MAX_MESSAGE, Message, Presence},
    },
    store::StoreError,
    vault::{
        Secret,
        keytree::{Exchange, unwrap},
        seal::{self, OVERHEAD},
    },
};

/// Blocks that are taken together: one durable write.
const TOGETHER: usize = 2_048;
/// Bytes of them.
const TOGETHER_BYTES: usize = 2 * 1024 * 1024;

/// Reads one bundle: validates and stores what is new, notes the sender's receipt. `tell` hears how many bytes of the file
/// are done.
///
/// # Errors
/// [`CourierError`] says what is wrong with it; the store is unchanged. Where `tell` says that nobody waits, what was
/// taken stays.
pub fn read(
    db: &mut impl Steps,
    path: &Path,
    me: DeviceId,
    key: &Exchange,
    now: Millis,
    tell: &dyn Fn(u64) -> Result<(), StoreError>,
) -> Result<Carried, CourierError> {
    let io = |e| CourierError::Io(path.into(), e);
    let not = || CourierError::NotABundle(path.into());
    let file = File::open(path).map_err(io)?;
    let bytes = file.metadata().map_err(io)?.len();
    if bytes > MAX_FILE {
        return Err(CourierError::TooLarge(path.into()));
    }
    let mut file = BufReader::with_capacity(256 * 1024, file);
    let mut magic = [0u8; 8];
    std::io::Read::read_exact(&mut file, &mut magic).map_err(|_| not())?;
    if magic != *MAGIC {
        return Err(not());
    }
    let header = piece(&mut file, MAX_HEADER).ok_or_else(not)?;
    let header: Header = codec::decode(&header, MAX_HEADER).map_err(|_| not())?;
    if header.consortium != db.with(|db| Ok(db.replica().governance().consortium()))? {
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

    let (bundle, from) = (header.bundle, header.from);
    let mut frames = Frames { file, key: content_key, bundle, number: 0 };
    let first = frames.next().ok().flatten().ok_or_else(not)?;
    let (hello, proof): (Presence, Signature) = codec::decode(&first, MAX_MESSAGE).map_err(|_| not())?;
    let said = hello.clone();
    let sender = db.with(move |db| Ok(check_sender(db.replica(), (bundle, from), &said, &proof)))?;
    sender.map_err(|_| CourierError::Sender(path.into()))?;

    // All of it is looked at before anything is taken.
    let begin = frames.file.stream_position().map_err(io)?;
    let damaged = |_: Unsealed| CourierError::Damaged(path.into());
    let mut part = None;
    while let Some(plain) = frames.next().map_err(damaged)? {
        part = Part::decode(&plain).or(part);
        tell(0)?;
    }
    frames.file.seek(SeekFrom::Start(begin)).map_err(io)?;
    frames.number = 1;

    let mut taken = Taken::default();
    let (mut blocks, mut whole) = (0, false);
    let (mut wait, mut size) = (Vec::new(), 0);
    while let Some(plain) = frames.next().map_err(damaged)? {
        match wire::decode(&plain) {
            Ok(Message::Blocks(batch)) => {
                blocks += batch.len() as u64;
                size += plain.len();
                wait.extend(batch);
            }
            Ok(Message::End) => whole = true,
            _ => break,
        }
        if wait.len() >= TOGETHER || size >= TOGETHER_BYTES {
            size = 0;
            take(db, std::mem::take(&mut wait), &mut taken)?;
            tell(frames.file.stream_position().map_err(io)?)?;
        }
    }
    take(db, wait, &mut taken)?;
    // The sender held this when it wrote the bundle: the receipt that travels home.
    let all = part.filter(|_| whole && taken.lacking == 0);
    db.with(move |db| {
        db.peer_holds(&hello.introduction.device.request.keys.endpoint, &hello.holding(), now)?;
        all.map_or(Ok(()), |part| parts::note(db, part, now))
    })?;
    let (count, lacking) = (taken.new, taken.lacking);
    Ok(Carried { path: path.into(), blocks, count, bytes, whole, part, before: 0, lacking })
}

#[derive(Default)]
struct Taken {
    new: u64,
    lacking: u64,
}

fn take(db: &mut impl Steps, blocks: Vec<Block>, taken: &mut Taken) -> Result<(), StoreError> {
    if blocks.is_empty() {
        return Ok(());
    }
    let results = db.with(move |db| db.accept(&blocks))?;
    for r in results {
        match r {
            Ok(Accepted::New(_) | Accepted::Filled(_)) => taken.new += 1,
            Ok(Accepted::Known) => {}
            Err(e) => taken.lacking += u64::from(waits(&e)),
        }
    }
    Ok(())
}

/// What it refers to may still come.
fn waits(e: &Invalid) -> bool {
    match e {
        Invalid::MissingDep(..) | Invalid::UnknownDevice(_) | Invalid::UnknownStaff(_) => true,
        Invalid::Sequence { got, want } => got > want,
        _ => false,
    }
}

fn check_sender(
    replica: &Replica,
    (bundle, from): ([u8; 16], DeviceId),
    hello: &Presence,
    proof: &Signature,
) -> Result<(), Refusal> {
    let device = introduce(hello, replica)?;
    let key = &hello.introduction.device.request.keys.ledger;
    let signed = sign::verify(key, HELLO_DOMAIN, &[&bundle, &codec::encode(hello)], proof);
    if signed && device == from { Ok(()) } else { Err(Refusal::NotCertified) }
}

/// The sealed frames of a bundle, in their order.
struct Frames {
    file: BufReader<File>,
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
