//! Messages between two nodes, the same over iroh and in a courier's bundle, with their size caps.

use serde::{Deserialize, Serialize};

use super::{
    block::{Block, Dep, MAX_HEADER, MAX_PAYLOAD},
    codec::{self, DecodeError},
    governance::{DeviceCert, OrgCert},
    id::ConsortiumId,
};

/// The protocol's version.
pub const VERSION: u8 = 0;
/// The most bytes of one message on the wire.
pub const MAX_MESSAGE: usize = 512 * 1024;
/// Blocks are sent in batches of at most this many bytes.
pub const BATCH: usize = 256 * 1024;
/// The most logs in a frontier.
pub const MAX_LOGS: usize = 4_096;

/// Who a node is and what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Protocol version.
    pub version: u8,
    /// Which consortium.
    pub consortium: ConsortiumId,
    /// The node's own certificate, so that a peer that hasn't met it can let it in.
    pub device: DeviceCert,
    /// Its organisation's certificate.
    pub org: OrgCert,
    /// Head of each log that it holds.
    pub frontier: Vec<Dep>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// First, from both sides.
    Hello(Box<Hello>),
    /// Blocks that the other lacks, each after what it refers to.
    Blocks(Vec<Block>),
    /// No more blocks.
    End,
    /// What the sender now holds, durably: only this makes anything "synced".
    Receipt(Vec<Dep>),
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
    let logs = match &m {
        Message::Hello(h) => h.frontier.len(),
        Message::Receipt(f) => f.len(),
        _ => 0,
    };
    if logs > MAX_LOGS {
        return Err(DecodeError::TooLong { len: logs, cap: MAX_LOGS });
    }
    Ok(m)
}

/// Cuts blocks into messages that stay under the cap.
pub fn batches(blocks: Vec<Block>) -> Vec<Message> {
    const { assert!(BATCH + MAX_HEADER + MAX_PAYLOAD + 1024 < MAX_MESSAGE) };
    let mut out = Vec::new();
    let (mut batch, mut size) = (Vec::new(), 0);
    for b in blocks {
        size += codec::encode(&b).len();
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
