//! A block: a signed header, and beside it a payload that can be erased without breaking the chain.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    codec,
    id::{BlockId, ConsortiumId, DeviceId, LogId, StaffId, hash32},
    sign::{self, PublicKey, Signature, Verifier},
    time::Hlc,
};

/// The version of the header format.
pub const VERSION: u8 = 0;
/// The most bytes that a payload may have.
pub const MAX_PAYLOAD: usize = 64 * 1024;
/// The most branches of one log that are held; whoever makes more has long lost all trust.
pub const MAX_BRANCHES: usize = 32;
/// The most bytes that a signed header may have; bounds the number of dependencies.
pub const MAX_HEADER: usize = 8 * 1024;

/// Bytes of a block without references and content, and of a reference, near enough.
const WEIGHT: u32 = 300;
const WEIGHT_DEP: u32 = 56;

const SIGN_DOMAIN: &str = "aidpost v0 block";
const ID_DOMAIN: &str = "aidpost v0 block id";
const DEPS_DOMAIN: &str = "aidpost v0 block deps";
const PAYLOAD_DOMAIN: &str = "aidpost v0 payload";

/// What a block carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Organisations, devices, staff.
    Governance,
    /// Sealed clinical entries of one patient and compartment.
    Records,
    /// One automerge change of one patient's consent document.
    Consent,
    /// Keys, wrapped to those who may open them.
    Keys,
    /// Who read what, why, under which consent; sign-ins.
    Audit,
    /// What a witness held: see `finality`.
    Cosignature,
    /// A sealed emergency summary of one patient: see `summary`.
    Summary,
    /// Emergencies and their reviews, requests, what was handed out, erasures: see `rights`.
    Rights,
    /// A sealed piece of a file of one patient.
    Attachment,
}

impl Kind {
    /// One word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Governance => "governance",
            Kind::Records => "records",
            Kind::Consent => "consent",
            Kind::Keys => "keys",
            Kind::Audit => "audit",
            Kind::Cosignature => "cosignature",
            Kind::Summary => "summary",
            Kind::Rights => "rights",
            Kind::Attachment => "attachment",
        }
    }

    /// Whether the payload may come after the header. Nothing follows for the ledger from what a person reads.
    pub fn may_wait(self) -> bool {
        matches!(self, Kind::Records | Kind::Attachment)
    }

    /// Whether the payload may be missing from a block: wrapped keys are destroyed on a patient's word, and the block stays.
    /// Nothing that gives or takes a permission may.
    pub fn may_be_erased(self) -> bool {
        self == Kind::Keys
    }
}

/// The head of another log that the writer held when it wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Dep {
    /// Which log.
    pub log: LogId,
    /// Its last block's sequence number.
    pub seq: u64,
    /// That block.
    pub hash: BlockId,
}

/// Everything about a block but its payload. Hashed and signed as its [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Format version, [`VERSION`].
    pub version: u8,
    /// Which consortium's ledger this belongs to.
    pub consortium: ConsortiumId,
    /// Which log.
    pub log: LogId,
    /// Position in the log, from 0.
    pub seq: u64,
    /// The block before it in the log; none for the first.
    pub prev: Option<BlockId>,
    /// The block at [`skip_seq`] in the log, where that is another one than `prev`: proofs are short by it.
    pub skip: Option<BlockId>,
    /// Heads of other logs that changed since the block before it.
    pub deps: Vec<Dep>,
    /// Hybrid logical time.
    pub time: Hlc,
    /// What the payload is.
    pub kind: Kind,
    /// Bytes of the payload as stored.
    pub payload_len: u32,
    /// BLAKE3(salt ‖ payload as stored): says nothing about an erased payload.
    pub payload_commit: [u8; 32],
}

/// A header whose references to other logs are replaced by their hash: what is hashed and signed. A proof carries these,
/// so that its length doesn't depend on how many logs a block refers to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// As in [`Header`].
    pub version: u8,
    /// As in [`Header`].
    pub consortium: ConsortiumId,
    /// As in [`Header`].
    pub log: LogId,
    /// As in [`Header`].
    pub seq: u64,
    /// As in [`Header`].
    pub prev: Option<BlockId>,
    /// As in [`Header`].
    pub skip: Option<BlockId>,
    /// BLAKE3 of the canonical list of references.
    pub deps: [u8; 32],
    /// As in [`Header`].
    pub time: Hlc,
    /// As in [`Header`].
    pub kind: Kind,
    /// As in [`Header`].
    pub payload_len: u32,
    /// As in [`Header`].
    pub payload_commit: [u8; 32],
}

impl Summary {
    /// The block's identifier.
    pub fn id(&self) -> BlockId {
        id_of(&codec::encode(self))
    }
}

/// The identifier of a block with these summary bytes.
fn id_of(summary: &[u8]) -> BlockId {
    BlockId(hash32(ID_DOMAIN, &[summary]))
}

impl Header {
    /// What of it is hashed and signed.
    pub fn summary(&self) -> Summary {
        self.summary_with(&codec::encode(&self.deps))
    }

    fn summary_with(&self, deps: &[u8]) -> Summary {
        Summary {
            version: self.version,
            consortium: self.consortium,
            log: self.log,
            seq: self.seq,
            prev: self.prev,
            skip: self.skip,
            deps: hash32(DEPS_DOMAIN, &[deps]),
            time: self.time,
            kind: self.kind,
            payload_len: self.payload_len,
            payload_commit: self.payload_commit,
        }
    }

    /// The block's identifier.
    pub fn id(&self) -> BlockId {
        self.summary().id()
    }

    /// About how many bytes header and payload are on the wire: to say how much is left.
    pub fn weight(&self) -> u32 {
        // A header that came without its payload may claim any length for it.
        let payload = self.payload_len.min(MAX_PAYLOAD as u32);
        WEIGHT.saturating_add(WEIGHT_DEP.saturating_mul(self.deps.len() as u32)).saturating_add(payload)
    }

    /// Signs it with the device's ledger key.
    pub fn sign(self, key: &SigningKey) -> SignedHeader {
        let signature = sign::sign(key, SIGN_DOMAIN, &[&codec::encode(&self.summary())]);
        SignedHeader { header: self, signature }
    }
}

impl SignedHeader {
    /// True when the device with this ledger key signed it.
    pub fn signed_by(&self, key: &PublicKey) -> bool {
        DeviceId::of_key(key) == self.header.log.device
            && sign::verify(key, SIGN_DOMAIN, &[&codec::encode(&self.header.summary())], &self.signature)
    }
}

/// What the blocks of one terminal are checked against: worked out once for all of them.
#[derive(Clone, Debug)]
pub struct Checker {
    consortium: ConsortiumId,
    key: PublicKey,
    device: DeviceId,
    verifier: Verifier,
}

impl Checker {
    /// For the terminal with this ledger key.
    pub fn new(consortium: ConsortiumId, key: &PublicKey) -> Self {
        Self { consortium, key: *key, device: DeviceId::of_key(key), verifier: Verifier::new(key) }
    }

    /// The conditions of [`validate`]; the block's identifier. Everything is encoded and hashed once.
    ///
    /// # Errors
    /// The first condition that fails.
    pub fn check(&self, block: &Block) -> Result<BlockId, Invalid> {
        let h = &block.signed.header;
        if h.version != VERSION {
            return Err(Invalid::Version(h.version));
        }
        if h.consortium != self.consortium {
            return Err(Invalid::Consortium(h.consortium));
        }
        let deps = codec::encode(&h.deps);
        let summary = codec::encode(&h.summary_with(&deps));
        // The summary is the header with the hash of the references in their place.
        let length = summary.len() - 32 + deps.len();
        if length > MAX_HEADER {
            return Err(Invalid::HeaderLength(length));
        }
        if self.device != h.log.device
            || !self.verifier.verify(SIGN_DOMAIN, &[&summary], &block.signed.signature)
        {
            return Err(Invalid::Signature(h.log.device));
        }
        match &block.payload {
            Some(p) => carries(h, p).map(|()| id_of(&summary)),
            None if !(h.kind.may_be_erased() || h.kind.may_wait()) => Err(Invalid::NoPayload(h.kind.word())),
            None => Ok(id_of(&summary)),
        }
    }
}

/// Where the skip link of block `seq` leads: the lipmaa sequence of the Bamboo log format
/// (<https://github.com/AljoschaMeyer/bamboo>), counted from 0. From any block any earlier one is reached in a number of
/// steps that grows with the logarithm of the distance.
pub fn skip_seq(seq: u64) -> Option<u64> {
    if seq == 0 {
        return None;
    }
    // Bamboo counts from 1: there, entry n has the links n - 1 and lipmaa(n).
    let n = seq.checked_add(1)?;
    let (mut m, mut po3, mut u) = (1u64, 3u64, n);
    while m < n {
        // No log is that long: a number that somebody made up.
        po3 = po3.checked_mul(3)?;
        m = (po3 - 1) / 2;
    }
    po3 /= 3;
    if m != n {
        while u != 0 {
            m = (po3 - 1) / 2;
            po3 /= 3;
            u %= m;
        }
        if m != po3 {
            po3 = m;
        }
    }
    // po3 is at least 1 and at most n - 1 for every n of at least 2.
    Some(n - po3 - 1)
}

/// A header and its device's signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHeader {
    /// What was signed.
    pub header: Header,
    /// By the device's ledger key.
    pub signature: Signature,
}

/// A payload as stored, with the salt of its commitment.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// Random; makes the commitment say nothing about an erased payload.
    pub salt: [u8; 32],
    /// Ciphertext for records; plain for governance, consent, wraps and audit.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({} bytes)", self.bytes.len())
    }
}

impl Payload {
    /// The commitment that the header carries.
    pub fn commit(&self) -> [u8; 32] {
        hash32(PAYLOAD_DOMAIN, &[&self.salt, &self.bytes])
    }
}

/// A header with its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Signed header.
    pub signed: SignedHeader,
    /// The payload that the header commits to. None: erased, or yet to come, see [`Kind::may_be_erased`] and
    /// [`Kind::may_wait`].
    pub payload: Option<Payload>,
}

impl Block {
    /// The payload's bytes; of an erased one, none.
    pub fn content(&self) -> &[u8] {
        self.payload.as_ref().map_or(&[], |p| &p.bytes)
    }
}

/// Where a log ends: what the next block is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Sequence number of the last block.
    pub seq: u64,
    /// Its identifier.
    pub id: BlockId,
    /// Its time.
    pub time: Hlc,
}

/// Why a block is refused. Each is one condition of [`validate`] or [`link`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Version that this program doesn't know.
    #[error("block version {0} needs a newer Aidpost")]
    Version(u8),
    /// Of another consortium.
    #[error("the block belongs to another consortium ({0:?})")]
    Consortium(ConsortiumId),
    /// Nobody whose organisation was ever a member certified this device.
    #[error("device {0} is not certified here")]
    UnknownDevice(DeviceId),
    /// The signature is not the device's.
    #[error("the signature is not that of device {0}")]
    Signature(DeviceId),
    /// Payload longer than allowed or than the header says.
    #[error("payload of {got} bytes, the header says {said}, the limit is {MAX_PAYLOAD}")]
    PayloadLength {
        /// Bytes there.
        got: usize,
        /// Bytes announced.
        said: u32,
    },
    /// The payload isn't the one that was signed.
    #[error("the payload is not the one that was signed")]
    PayloadCommit,
    /// Something is missing that is never erased.
    #[error("a block of {0} without its payload")]
    NoPayload(&'static str),
    /// Header over its size cap.
    #[error("header of {0} bytes, the limit is {MAX_HEADER}")]
    HeaderLength(usize),
    /// Doesn't follow the log's last block.
    #[error("sequence {got} where {want} comes next")]
    Sequence {
        /// Given.
        got: u64,
        /// Expected.
        want: u64,
    },
    /// Names another predecessor than the one held.
    #[error("is linked to a block other than the one before it")]
    Link,
    /// Refers to a block that isn't held yet.
    #[error("refers to block {1} of log {0}, which is not here yet")]
    MissingDep(LogId, u64),
    /// Earlier than what it refers to.
    #[error("is dated before the block it follows")]
    Time,
    /// The payload is not what its kind promises.
    #[error("the payload is not a valid {0} entry: {1}")]
    Content(&'static str, String),
    /// Signed by a person who is not certified here (yet).
    #[error("person {0} is not certified here")]
    UnknownStaff(StaffId),
    /// The log has split too often.
    #[error("log {0} has split into more than {MAX_BRANCHES} branches")]
    Branches(LogId),
}

impl Invalid {
    /// True for what no honest terminal passes on, whatever it holds: nobody certified ever signed this.
    pub fn is_forged(&self) -> bool {
        matches!(
            self,
            Self::Consortium(_)
                | Self::Signature(_)
                | Self::PayloadLength { .. }
                | Self::PayloadCommit
                | Self::NoPayload(_)
                | Self::HeaderLength(_)
        )
    }
}

/// A block that met the conditions of [`validate`], with its identifier: so that many can be checked at once, on all
/// cores, before one after the other is taken.
#[derive(Clone, Copy, Debug)]
pub struct Validated<'a> {
    block: &'a Block,
    id: BlockId,
    key: PublicKey,
}

impl<'a> Validated<'a> {
    /// Checks a block by itself, as one of many of a terminal.
    ///
    /// # Errors
    /// As [`validate`].
    pub fn by(block: &'a Block, checker: &Checker) -> Result<Self, Invalid> {
        Ok(Self { block, id: checker.check(block)?, key: checker.key })
    }

    /// The block.
    pub fn block(&self) -> &'a Block {
        self.block
    }

    /// Its identifier.
    pub fn id(&self) -> BlockId {
        self.id
    }

    /// The ledger key that signed it.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// The payload is the one that the header announces.
///
/// # Errors
/// Its length, then its commitment.
pub fn carries(h: &Header, p: &Payload) -> Result<(), Invalid> {
    if p.bytes.len() > MAX_PAYLOAD || p.bytes.len() != h.payload_len as usize {
        return Err(Invalid::PayloadLength { got: p.bytes.len(), said: h.payload_len });
    }
    if p.commit() != h.payload_commit {
        return Err(Invalid::PayloadCommit);
    }
    Ok(())
}

/// The conditions that a block meets or fails by itself, given its device's certified ledger key:
/// version, consortium, header size, signature (`verify_strict`), payload length, payload commitment.
///
/// # Errors
/// The first condition that fails.
pub fn validate(block: &Block, consortium: ConsortiumId, key: &PublicKey) -> Result<(), Invalid> {
    Checker::new(consortium, key).check(block).map(|_| ())
}

/// The conditions that tie a header to the block before it on its branch of the log: sequence, link, skip link, time.
/// `skip` is the block at [`skip_seq`] on that branch.
///
/// # Errors
/// The first condition that fails.
pub fn link(header: &Header, before: Option<&Head>, skip: Option<BlockId>) -> Result<(), Invalid> {
    let want = before.map_or(0, |h| h.seq + 1);
    if header.seq != want {
        return Err(Invalid::Sequence { got: header.seq, want });
    }
    if header.prev != before.map(|h| h.id) || header.skip != skip.filter(|s| Some(*s) != header.prev) {
        return Err(Invalid::Link);
    }
    if before.is_some_and(|h| header.time <= h.time) {
        return Err(Invalid::Time);
    }
    Ok(())
}

/// Where a block goes, and what its writer had seen: see `Replica::links`.
#[derive(Clone, Debug)]
pub struct Links {
    /// Which consortium.
    pub consortium: ConsortiumId,
    /// Which log.
    pub log: LogId,
    /// What the log ends with now.
    pub head: Option<Head>,
    /// The block at [`skip_seq`] of the new block's number.
    pub skip: Option<BlockId>,
    /// Heads of other logs that changed since.
    pub deps: Vec<Dep>,
}

impl Links {
    /// Of a log's first block, by somebody who has seen no other.
    pub fn first(consortium: ConsortiumId, log: LogId) -> Self {
        Self { consortium, log, head: None, skip: None, deps: Vec::new() }
    }

    /// The number of the block.
    pub fn seq(&self) -> u64 {
        self.head.map_or(0, |h| h.seq + 1)
    }
}

/// A new block at the end of a log.
pub struct Draft {
    /// Where it goes.
    pub links: Links,
    /// From [`super::time::Clock::tick`].
    pub time: Hlc,
    /// What the payload is.
    pub kind: Kind,
    /// The payload, sealed where it must be.
    pub payload: Payload,
}

impl Draft {
    /// Links, hashes and signs.
    pub fn seal(self, key: &SigningKey) -> Block {
        let links = self.links;
        let prev = links.head.map(|h| h.id);
        let header = Header {
            version: VERSION,
            consortium: links.consortium,
            log: links.log,
            seq: links.seq(),
            prev,
            skip: links.skip.filter(|s| Some(*s) != prev),
            deps: links.deps,
            time: self.time,
            kind: self.kind,
            payload_len: self.payload.bytes.len() as u32,
            payload_commit: self.payload.commit(),
        };
        Block { signed: header.sign(key), payload: Some(self.payload) }
    }
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
