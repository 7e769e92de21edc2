//! Messages between two nodes, with their size caps.

use serde::{Deserialize, Serialize};

use super::{
    block::{Block, Dep, MAX_HEADER, MAX_PAYLOAD, Payload},
    codec::{self, DecodeError},
    erased::MAX_LACKS,
    gaps::{Gaps, Holding},
    governance::{DeviceCert, OrgCert},
    id::{BlockId, ConsortiumId, hash32},
    interest::{MAX_ASKED, MAX_DISTRICT, Wants},
};

/// The protocol's version.
pub const VERSION: u8 = 0;
/// The most bytes of one message on the wire: a frontier of [`MAX_LOGS`] logs, with as many gaps as there may be.
pub const MAX_MESSAGE: usize = 768 * 1024;
/// The most bytes of the first message: all that a stranger may make a node read.
pub const MAX_HELLO: usize = 4 * 1024;
/// A message with blocks is closed at this many bytes, and a block of more goes in parts of so many, on a slow link: what
/// a cut can waste of what had already come.
pub const PIECE: usize = 4 * 1024;
/// The same on a fast one, where a cut costs nothing and each message some work.
pub const LARGEST_PIECE: usize = 128 * 1024;
/// The most bytes of one encoded block.
pub const MAX_BLOCK: usize = MAX_HEADER + MAX_PAYLOAD + 1024;
/// Bytes of a [`Late`] beside its content: identifier, salt, length.
const LATE: usize = 32 + 32 + 3;
/// The most logs in a frontier.
pub const MAX_LOGS: usize = 4_096;

const FRONTIER_DOMAIN: &str = "aidpost v0 frontier";

/// Who a node is and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Protocol version.
    pub version: u8,
    /// Which consortium.
    pub consortium: ConsortiumId,
    /// Its certificates.
    pub introduction: Introduction,
    /// Every end of every log that it holds.
    pub frontier: Vec<Dep>,
    /// Blocks of these of which only the header is held.
    pub waits: Gaps,
}

impl Presence {
    /// What it says that it holds.
    pub fn holding(&self) -> Holding {
        Holding { heads: self.frontier.clone(), waits: self.waits.clone() }
    }
}

/// The certificates of a node, so that one who hasn't met it can let it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Its own.
    pub device: DeviceCert,
    /// Its organisation's.
    pub org: OrgCert,
}

/// The first message of each side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Protocol version.
    pub version: u8,
    /// Which consortium.
    pub consortium: ConsortiumId,
    /// The sender holds the other's certificates.
    pub knows: bool,
    /// For one who may not know the sender.
    pub introduction: Option<Box<Introduction>>,
    /// [`digest`] of what the sender holds; zeros for one who isn't to learn it.
    pub holds: [u8; 32],
}

/// What the sender holds, said when the digests differ.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    /// Every end of every log.
    pub heads: Vec<Dep>,
    /// The block of which the last meeting brought only so many bytes.
    pub half: Option<(BlockId, u32)>,
    /// Blocks that came without their payload, at most [`MAX_LACKS`]: see [`super::erased`].
    pub lacks: Vec<BlockId>,
    /// Blocks of which only the header is held.
    pub waits: Gaps,
    /// Which payloads the sender wants.
    pub wants: Wants,
}

/// The payload of a block whose header came before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Late {
    /// Which block.
    pub block: BlockId,
    /// Its payload.
    pub payload: Payload,
}

/// Some bytes of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which block.
    pub block: BlockId,
    /// Where in its canonical bytes they begin.
    pub at: u32,
    /// The block ends with them.
    pub last: bool,
    /// At most [`LARGEST_PIECE`].
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// First, from both sides.
    Hello(Hello),
    /// The answering side doesn't know the caller, who left its certificates out: say HELLO with them.
    WhoAreYou,
    /// What the sender holds.
    Frontier(Frontier),
    /// Blocks that the other lacks, each after what it refers to.
    Blocks(Vec<Block>),
    /// The same for a large one.
    Part(Part),
    /// No more blocks.
    End,
    /// What the sender now holds, durably: only this makes anything "synced". What it has said before is left out.
    Receipt {
        /// Ends of logs.
        heads: Vec<Dep>,
        /// Blocks up to these of which only the header is held.
        waits: Gaps,
        /// Blocks that were said to be held as a header, and are whole now.
        filled: Gaps,
        /// The last one of this meeting.
        last: bool,
    },
    /// Payloads of blocks whose headers came before.
    Late(Vec<Late>),
}

/// Bytes of a message.
pub fn encode(m: &Message) -> Vec<u8> {
    codec::encode(m)
}

/// Reads a received message.
///
/// # Errors
/// Over its size cap, malformed, or a frontier of more than [`MAX_LOGS`] logs.
pub fn decode(bytes: &[u8]) -> Result<Message, DecodeError> {
    let m: Message = codec::decode(bytes, MAX_MESSAGE)?;
    let (len, cap) = match &m {
        Message::Frontier(f) if f.lacks.len() > MAX_LACKS => (f.lacks.len(), MAX_LACKS),
        Message::Frontier(f) if f.wants.asked.len() > MAX_ASKED => (f.wants.asked.len(), MAX_ASKED),
        Message::Frontier(f) if f.wants.records.district().len() > MAX_DISTRICT => {
            (f.wants.records.district().len(), MAX_DISTRICT)
        }
        Message::Frontier(f) => (f.heads.len(), MAX_LOGS),
        Message::Receipt { heads, .. } => (heads.len(), MAX_LOGS),
        Message::Part(p) => (p.bytes.len(), LARGEST_PIECE),
        _ => (0, 0),
    };
    if len > cap {
        return Err(DecodeError::TooLong { len, cap });
    }
    Ok(m)
}

/// Of what a node holds and lacks: equal digests, nothing to exchange.
pub fn digest(holding: &Holding, lacks: &[BlockId]) -> [u8; 32] {
    let mut heads = holding.heads.clone();
    heads.sort_unstable_by_key(|d| (d.log, d.seq, d.hash));
    hash32(FRONTIER_DOMAIN, &[&codec::encode(&(heads, lacks, &holding.waits))])
}

/// Blocks as messages of about `piece` bytes. Of the block `half`, the bytes before that number are left out.
pub fn pieces(blocks: Vec<Block>, half: Option<(BlockId, u32)>, piece: usize) -> Vec<Message> {
    let piece = piece.clamp(PIECE, LARGEST_PIECE);
    let mut out = Vec::new();
    let (mut batch, mut size) = (Vec::new(), 0);
    for b in blocks {
        let len = codec::len(&b);
        if size > 0 && size + len > piece {
            out.push(Message::Blocks(std::mem::take(&mut batch)));
            size = 0;
        }
        if len > piece {
            out.extend(parts(b.signed.header.id(), &codec::encode(&b), half, piece));
        } else {
            size += len;
            batch.push(b);
        }
    }
    if !batch.is_empty() {
        out.push(Message::Blocks(batch));
    }
    out
}

/// Payloads as messages of about `piece` bytes; a large one goes with its whole block, in parts, so that it can be
/// resumed anywhere. Blocks without one are left out.
pub fn late(blocks: Vec<Block>, half: Option<(BlockId, u32)>, piece: usize) -> Vec<Message> {
    let piece = piece.clamp(PIECE, LARGEST_PIECE);
    let mut out = Vec::new();
    let (mut batch, mut size) = (Vec::new(), 0);
    for b in blocks {
        let (id, bytes) = (b.signed.header.id(), b.content().len() + LATE);
        if size > 0 && size + bytes > piece {
            out.push(Message::Late(std::mem::take(&mut batch)));
            size = 0;
        }
        if bytes > piece {
            out.extend(parts(id, &codec::encode(&b), half, piece));
        } else if let Some(payload) = b.payload {
            size += bytes;
            batch.push(Late { block: id, payload });
        }
    }
    if !batch.is_empty() {
        out.push(Message::Late(batch));
    }
    out
}

fn parts(
    block: BlockId,
    bytes: &[u8],
    half: Option<(BlockId, u32)>,
    piece: usize,
) -> impl Iterator<Item = Message> {
    let there = half.filter(|(id, _)| *id == block).map_or(0, |(_, n)| n as usize);
    // Somebody who says that they have all of it has nothing.
    let from = if there < bytes.len() { there } else { 0 };
    let chunks: Vec<_> = bytes[from..].chunks(piece).map(<[u8]>::to_vec).collect();
    let count = chunks.len();
    chunks.into_iter().enumerate().map(move |(i, bytes)| {
        // No block is larger than MAX_BLOCK.
        let at = (from + i * piece) as u32;
        Message::Part(Part { block, at, last: i + 1 == count, bytes })
    })
}

/// Cuts blocks into messages for a file, which is read whole: in one go as large as reading them allows.
pub fn batches(blocks: Vec<Block>) -> Vec<Message> {
    const { assert!(BATCH + MAX_BLOCK < MAX_MESSAGE && LARGEST_PIECE + 1024 < MAX_MESSAGE) };
    let mut out = Vec::new();
    let (mut batch, mut size) = (Vec::new(), 0);
    for b in blocks {
        size += codec::len(&b);
        batch.push(b);
        if size >= BATCH {
            out.push(Message::Blocks(std::mem::take(&mut batch)));
            size = 0;
        }
    }
    if !batch.is_empty() {
        out.push(Message::Blocks(batch));
    }
    out
}

/// See [`batches`].
pub const BATCH: usize = 128 * 1024;
