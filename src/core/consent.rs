//! The consent document of one patient: an automerge document of independent entries, and what they allow now.
//!
//! Every change stands alone: actor = BLAKE3(log ‖ seq ‖ entry)[..16], seq 1, depending only on a first change that every
//! node derives alike, one put under `entries/<actor>`. Anything else is refused before it is applied, because
//! automerge holds back what follows a missing change and a member could delete others' entries.

use std::sync::OnceLock;

use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ObjType, ROOT, ReadDoc, ScalarValue,
    transaction::{CommitOptions, Transactable},
};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

pub use super::effective::{
    Effective, EmergencySummary, Ended, Order, Standing, allowing, narrows, standing,
};
use super::{
    block::{Header, MAX_PAYLOAD},
    card::CardKeys,
    codec,
    governance::Role,
    id::{BlockId, CardId, ConsortiumId, GrantId, LogId, OrgId, PatientId, StaffId, hash32},
    policy::Purpose,
    record::Compartment,
    sign::{self, Authored, PublicKey, Signature},
    time::{Hlc, Millis},
};

/// Signature domain of consent entries.
pub const DOMAIN: &str = "aidpost v0 consent";
/// Signature domain of a patient's card.
const CARD: &str = "aidpost v0 card";
/// The most characters that say who a guardian is.
pub const MAX_RELATION: usize = 80;
/// The most bytes of one entry.
pub const MAX_ENTRY: usize = 16 * 1024;

/// To whom something is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grantee {
    /// Everyone of an organisation.
    Org(OrgId),
    /// Those of an organisation who have this role.
    Role(OrgId, Role),
}

impl Grantee {
    /// The organisation that the grant's keys go to.
    pub fn org(&self) -> OrgId {
        match self {
            Grantee::Org(o) | Grantee::Role(o, _) => *o,
        }
    }

    /// True when someone of `org` in `role` is meant.
    pub fn covers(&self, org: OrgId, role: Role) -> bool {
        match self {
            Grantee::Org(o) => *o == org,
            Grantee::Role(o, r) => *o == org && *r == role,
        }
    }
}

/// A permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Its name; a new grant always has a new one.
    pub id: GrantId,
    /// To whom.
    pub to: Grantee,
    /// What for.
    pub purpose: Purpose,
    /// Which parts of the record.
    pub compartments: Vec<Compartment>,
    /// From when.
    pub from: Millis,
    /// Until when; none: until revoked.
    pub until: Option<Millis>,
    /// The grant this one was made under; it dies with it and never allows more.
    pub parent: Option<GrantId>,
    /// Whoever holds it may pass on the same or less, by a grant under this one.
    pub delegable: bool,
}

/// What a `RevokeAll` reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Scope {
    /// Everything granted to an organisation.
    Grantee(OrgId),
    /// Everything.
    Everyone,
}

impl Scope {
    /// True for a grant that this scope takes in.
    pub fn reaches(&self, g: &Grant) -> bool {
        match self {
            Scope::Grantee(o) => g.to.org() == *o,
            Scope::Everyone => true,
        }
    }
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Allow.
    Grant(Grant),
    /// End one grant for ever.
    Revoke(GrantId),
    /// End every grant in scope that was not made after this, by the ledger's own order.
    RevokeAll(Scope),
    /// No emergency summary, (again) from now on.
    EmergencyOptOut,
    /// An emergency summary after all: counts against every opting out that whoever wrote it knew of.
    EmergencyOptIn,
    /// The card with these public keys is the patient's: see `card`.
    CardIssue(CardKeys),
    /// That card is lost or copied: it opens nothing any more, and nothing that it signs counts.
    CardRevoke(CardId),
    /// The card that signs this was opened here with its PIN: this organisation recognises it too.
    CardAccept,
}

/// Who decided, as the witness saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// The patient.
    Patient,
    /// Someone who decides for a child, or for a patient who can't; says who, e.g. "mother".
    Guardian(String),
}

/// What was decided, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// What.
    pub act: Act,
    /// By whom.
    pub by: By,
}

impl Wish {
    /// The patient's own.
    pub fn of_patient(act: Act) -> Self {
        Self { act, by: By::Patient }
    }

    /// Within its limits: a guardian is named in 1 to [`MAX_RELATION`] characters that can be shown.
    pub fn valid(&self) -> bool {
        match &self.by {
            By::Patient => true,
            By::Guardian(who) => {
                (1..=MAX_RELATION).contains(&who.chars().count()) && !who.chars().any(char::is_control)
            }
        }
    }
}

/// A card's signature beside the witness's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardSignature {
    /// Which card.
    pub key: PublicKey,
    signature: Signature,
}

impl CardSignature {
    /// The card signs the same bytes as the witness.
    pub fn new(consortium: ConsortiumId, patient: PatientId, act: &Authored, card: &SigningKey) -> Self {
        let signature = sign::sign(card, CARD, &[&consortium.0, &patient.0, &act.body]);
        Self { key: *card.verifying_key().as_bytes(), signature }
    }
}

/// One entry, with the patient it is for; signed by the member of staff who witnessed it, and by the patient's card where
/// there was one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose consent.
    pub patient: PatientId,
    /// [`Wish`], signed for the consortium and the patient.
    pub act: Authored,
    /// By the patient's card.
    pub card: Option<CardSignature>,
}

impl Entry {
    /// False when a card is named that didn't sign.
    pub fn card_signed_it(&self, consortium: ConsortiumId) -> bool {
        self.card.as_ref().is_none_or(|c| {
            sign::verify(&c.key, CARD, &[&consortium.0, &self.patient.0, &self.act.body], &c.signature)
        })
    }
}

/// Why a consent change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadChange {
    /// Longer than a payload may be.
    #[error("consent change of {0} bytes, the limit is {MAX_PAYLOAD}")]
    TooLong(usize),
    /// Not an uncompressed change chunk.
    #[error("not an uncompressed automerge change")]
    Chunk,
    /// Does more, less or other than put one entry of its own.
    #[error("a consent change may only add one entry of its own")]
    Shape,
    /// The entry is malformed.
    #[error("the consent entry is malformed")]
    Entry,
}

/// Also of the entry: the two sides of a fork have one place, and automerge takes only one change of an actor.
fn actor(log: LogId, seq: u64, entry: &[u8]) -> ActorId {
    let h = hash32("aidpost v0 consent actor", &[&log.to_bytes(), &seq.to_be_bytes(), entry]);
    ActorId::from(&h[..16])
}

/// An empty document of a patient: the first change, which every node derives alike.
pub fn document(patient: PatientId) -> AutoCommit {
    let h = hash32("aidpost v0 consent root", &[&patient.0]);
    let mut doc = AutoCommit::new().with_actor(ActorId::from(&h[..16]));
    // A map put into a new empty document has nothing to conflict with.
    doc.put_object(ROOT, "entries", ObjType::Map).expect("a put into an empty document");
    doc.commit_with(CommitOptions::default().with_time(0));
    doc
}

/// The change that adds `entry` as block (`log`, `seq`): uncompressed automerge bytes, the block's payload.
///
/// # Errors
/// When the entry is longer than a change may be.
pub fn change(entry: &Entry, log: LogId, seq: u64) -> Result<Vec<u8>, BadChange> {
    let bytes = codec::encode(entry);
    if bytes.len() > MAX_ENTRY {
        return Err(BadChange::TooLong(bytes.len()));
    }
    build(entry.patient, bytes, log, seq).map(|c| c.raw_bytes().to_vec()).ok_or(BadChange::Shape)
}

fn build(patient: PatientId, entry: Vec<u8>, log: LogId, seq: u64) -> Option<Change> {
    let me = actor(log, seq, &entry);
    let mut doc = document(patient);
    doc.set_actor(me.clone());
    let (_, entries) = doc.get(ROOT, "entries").ok()??;
    doc.put(&entries, me.to_hex_string(), ScalarValue::Bytes(entry)).ok()?;
    doc.commit_with(CommitOptions::default().with_time(0));
    doc.get_last_local_change()
}

/// Takes a received change apart without giving foreign bytes to automerge (a few of them can claim millions of
/// operations): where the entry lies in a change depends only on its length, so it is cut out, and the one change that
/// this entry can have is built and compared.
///
/// # Errors
/// The first condition that fails: length, chunk kind (uncompressed), shape, entry.
pub fn parse(bytes: &[u8], log: LogId, seq: u64) -> Result<Entry, BadChange> {
    if bytes.len() > MAX_PAYLOAD {
        return Err(BadChange::TooLong(bytes.len()));
    }
    // magic, checksum (4), chunk type 1 = change; type 2 would be compressed.
    if bytes.get(..4) != Some(&[0x85, 0x6f, 0x4a, 0x83]) || bytes.get(8) != Some(&1) {
        return Err(BadChange::Chunk);
    }
    let entry = entry_of(bytes)?;
    let built = build(entry.patient, codec::encode(&entry), log, seq).ok_or(BadChange::Shape)?;
    if built.raw_bytes() == bytes { Ok(entry) } else { Err(BadChange::Shape) }
}

/// The entry of a change that passed [`parse`] before and has come from the sealed store: nothing is built or compared.
///
/// # Errors
/// Not a change that was ever accepted.
pub fn entry_of(bytes: &[u8]) -> Result<Entry, BadChange> {
    let shape = Shape::get();
    shape.candidates(bytes).find_map(|v| codec::decode(v, MAX_ENTRY).ok()).ok_or(BadChange::Entry)
}

/// Where in a change the entry lies. It is followed by the same few bytes in every change, and what is before it grows
/// only with the lengths that are written there.
struct Shape {
    /// Bytes after the entry.
    tail: usize,
    /// Fewest bytes around an entry.
    around: usize,
}

impl Shape {
    /// Found once, from a change of our own.
    fn get() -> &'static Shape {
        static SHAPE: OnceLock<Shape> = OnceLock::new();
        SHAPE.get_or_init(|| {
            const PROBE: usize = 64;
            let log = LogId { device: super::id::DeviceId([0; 16]), incarnation: 0 };
            let change = build(PatientId([0; 16]), vec![0xAA; PROBE], log, 0);
            let raw = change.as_ref().map_or(&[][..], |c| c.raw_bytes());
            // A filling that occurs nowhere else in a change: any two of the other parts are shorter.
            let at = raw.windows(PROBE).position(|w| w.iter().all(|b| *b == 0xAA)).unwrap_or(0);
            Shape { tail: raw.len().saturating_sub(at + PROBE), around: raw.len().saturating_sub(PROBE) }
        })
    }

    /// What the entry could be, longest first: longer ones have longer length fields before them. Just before it stands its
    /// own length; bytes that only happen to read as an entry aren't one.
    fn candidates<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let most = bytes.len().saturating_sub(self.around).min(MAX_ENTRY);
        let end = bytes.len().saturating_sub(self.tail);
        (most.saturating_sub(8)..=most).rev().filter_map(move |n| {
            let start = end.checked_sub(n)?;
            let before = bytes.get(..start)?;
            before.ends_with(&length_of_bytes(n)).then(|| &bytes[start..end])
        })
    }
}

/// How automerge writes, just before a byte string, that it is one of `n` bytes: LEB128 of length and type.
fn length_of_bytes(n: usize) -> Vec<u8> {
    let mut rest = (n << 4) | 7;
    let mut out = Vec::new();
    while rest > 0x7f {
        out.push((rest & 0x7f) as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
    out
}

/// Merges changes into the document that people see. All must have passed [`parse`].
///
/// # Errors
/// When automerge refuses one, which [`parse`] rules out for well-formed changes of one patient.
pub fn merge<'a>(
    patient: PatientId,
    changes: impl Iterator<Item = &'a [u8]>,
) -> Result<AutoCommit, BadChange> {
    let mut doc = document(patient);
    let changes = changes
        .map(|c| Change::from_bytes(c.to_vec()).map_err(|_| BadChange::Chunk))
        .collect::<Result<Vec<_>, _>>()?;
    doc.apply_changes(changes).map_err(|_| BadChange::Shape)?;
    Ok(doc)
}

/// The state of a document, for comparing two nodes: automerge's heads.
pub fn heads(doc: &mut AutoCommit) -> Vec<ChangeHash> {
    let mut h = doc.get_heads();
    h.sort();
    h
}

/// A consent entry of a valid block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The block.
    pub block: BlockId,
    /// In which log.
    pub log: LogId,
    /// At which place of the log.
    pub seq: u64,
    /// When, by the clock of the terminal that wrote it.
    pub time: Hlc,
    /// Who witnessed it.
    pub author: StaffId,
    /// The card that signed it.
    pub card: Option<PublicKey>,
    /// Who decided.
    pub by: By,
    /// What it says.
    pub act: Act,
    /// The change's bytes, for the merged document.
    pub change: Vec<u8>,
}

impl Recorded {
    /// The entry of the block with this header.
    ///
    /// # Errors
    /// What was signed isn't a [`Wish`] within its limits.
    pub fn new(h: &Header, block: BlockId, e: &Entry, change: Vec<u8>) -> Result<Self, BadChange> {
        let wish: Wish = e.act.read(MAX_ENTRY).map_err(|_| BadChange::Entry)?;
        if !wish.valid() {
            return Err(BadChange::Entry);
        }
        let card = e.card.as_ref().map(|c| c.key);
        let (log, seq, time, author) = (h.log, h.seq, h.time, e.act.author);
        Ok(Self { block, log, seq, time, author, card, by: wish.by, act: wish.act, change })
    }
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
