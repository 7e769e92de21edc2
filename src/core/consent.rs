//! The consent document of one patient: an automerge document of independent entries, and what they allow now.
//!
//! Every change stands alone: actor = BLAKE3(log ‖ seq)[..16], seq 1, depending only on a first change that every
//! node derives alike, one put under `entries/<actor>`. Anything else is refused before it is applied, because
//! automerge holds back what follows a missing change and a member could delete others' entries.

use automerge::{
    ActorId, AutoCommit, Change, ChangeHash, ObjType, ROOT, ReadDoc, ScalarValue,
    transaction::{CommitOptions, Transactable},
};
use serde::{Deserialize, Serialize};

use super::{
    block::MAX_PAYLOAD,
    codec,
    governance::Role,
    id::{GrantId, LogId, OrgId, PatientId, hash32},
    policy::Purpose,
    record::Compartment,
    sign::Authored,
    time::{Hlc, Millis},
};

/// Signature domain of consent entries.
pub const DOMAIN: &str = "aidpost v0 consent";
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

    fn covers(&self, org: OrgId, role: Role) -> bool {
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
    fn reaches(&self, g: &Grant) -> bool {
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
}

/// One entry, with the patient it is for; signed by the member of staff who witnessed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose consent.
    pub patient: PatientId,
    /// [`Act`], signed for the consortium and the patient.
    pub act: Authored,
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

fn actor(log: LogId, seq: u64) -> ActorId {
    let h = hash32("aidpost v0 consent actor", &[&log.to_bytes(), &seq.to_be_bytes()]);
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
    let me = actor(log, seq);
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
    let value = cut_out(bytes, log, seq).ok_or(BadChange::Shape)?;
    let entry: Entry = codec::decode(value, MAX_ENTRY).map_err(|_| BadChange::Entry)?;
    let built = build(entry.patient, value.to_vec(), log, seq).ok_or(BadChange::Shape)?;
    if built.raw_bytes() == bytes { Ok(entry) } else { Err(BadChange::Shape) }
}

/// The bytes of the entry in a change of this length, if a change can have it.
fn cut_out(bytes: &[u8], log: LogId, seq: u64) -> Option<&[u8]> {
    // A filling that occurs nowhere else in a change: any two of the other parts are shorter.
    let probe = |n: usize| {
        let change = build(PatientId([0; 16]), vec![0xAA; n], log, seq)?;
        let raw = change.raw_bytes();
        let at = raw.windows(n).position(|w| w.iter().all(|b| *b == 0xAA))?;
        Some((at, raw.len()))
    };
    const PROBE: usize = 64;
    let overhead = probe(PROBE)?.1 - PROBE;
    // Longer entries have longer length fields: a few bytes of overhead more.
    let most = bytes.len().checked_sub(overhead)?.min(MAX_ENTRY);
    (most.saturating_sub(8)..=most).rev().filter(|n| *n >= PROBE).find_map(|n| {
        let (at, total) = probe(n)?;
        if total == bytes.len() { bytes.get(at..at + n) } else { None }
    })
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
    /// In which block.
    pub log: LogId,
    /// At which place of the log.
    pub seq: u64,
    /// When.
    pub time: Hlc,
    /// The organisation whose terminal wrote it.
    pub org: OrgId,
    /// What it says.
    pub act: Act,
    /// The change's bytes, for the merged document.
    pub change: Vec<u8>,
}

/// Why a grant allows nothing now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ended {
    /// Revoked by name or by a `RevokeAll`.
    Revoked,
    /// Its time is over.
    Expired,
    /// Its time hasn't come.
    NotYet,
    /// What it was made under ended, or allowed less.
    Parent,
    /// Written past a fork of its log: restrictions count, permissions don't.
    Untrusted,
}

/// One grant and what it is worth now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The grant.
    pub grant: Grant,
    /// The organisation whose records it opens: that of the terminal that recorded it.
    pub custodian: OrgId,
    /// When it was recorded.
    pub recorded: Hlc,
    /// None: it is in force.
    pub ended: Option<Ended>,
}

/// What the ledger knows about order and trust; see `ledger::Replica`.
pub trait Order {
    /// True when block `a` was written by one who held block `b`.
    fn after(&self, a: (LogId, u64), b: (LogId, u64)) -> bool;
    /// True when what this block says may give permission.
    fn trusted(&self, at: (LogId, u64)) -> bool;
}

/// Every grant with its standing at `at` (the cautious side of the time bracket). Counts entries of valid blocks,
/// never the merged document alone; revocation wins over whatever is concurrent with it.
pub fn standing(entries: &[Recorded], order: &dyn Order, at: Millis) -> Vec<Standing> {
    let mut out: Vec<Standing> = Vec::new();
    for e in entries {
        let Act::Grant(g) = &e.act else { continue };
        // A grant is named by its organisation and identifier: nobody shadows another's.
        if out.iter().any(|s| s.grant.id == g.id && s.custodian == e.org) {
            continue;
        }
        let killed = entries.iter().any(|r| match &r.act {
            Act::Revoke(id) => *id == g.id,
            Act::RevokeAll(scope) => scope.reaches(g) && !order.after((e.log, e.seq), (r.log, r.seq)),
            Act::Grant(_) => false,
        });
        let ended = if killed {
            Some(Ended::Revoked)
        } else if !order.trusted((e.log, e.seq)) {
            Some(Ended::Untrusted)
        } else if g.until.is_some_and(|u| at >= u) {
            Some(Ended::Expired)
        } else if at < g.from {
            Some(Ended::NotYet)
        } else {
            None
        };
        out.push(Standing { grant: g.clone(), custodian: e.org, recorded: e.time, ended });
    }
    end_orphans(&mut out);
    out
}

/// Delegation only narrows: a grant whose parent ended, allows less or is absent ends with it.
fn end_orphans(all: &mut [Standing]) {
    loop {
        let orphan = all.iter().position(|s| {
            s.ended.is_none()
                && s.grant.parent.is_some_and(|p| {
                    !all.iter().any(|x| x.grant.id == p && x.ended.is_none() && narrows(&x.grant, &s.grant))
                })
        });
        match orphan {
            Some(i) => all[i].ended = Some(Ended::Parent),
            None => return,
        }
    }
}

fn narrows(parent: &Grant, child: &Grant) -> bool {
    let until = |g: &Grant| g.until.unwrap_or(Millis::MAX);
    parent.id != child.id
        && parent.purpose == child.purpose
        && child.compartments.iter().all(|c| parent.compartments.contains(c))
        && child.from >= parent.from
        && until(child) <= until(parent)
}

/// The grants that let someone of `org` in `role` read `compartment` of what `custodian` wrote, for `purpose`.
pub fn allowing(
    standings: &[Standing],
    custodian: OrgId,
    org: OrgId,
    role: Role,
    purpose: Purpose,
    compartment: Compartment,
) -> Vec<GrantId> {
    standings
        .iter()
        .filter(|s| {
            s.ended.is_none()
                && s.custodian == custodian
                && s.grant.to.covers(org, role)
                && s.grant.purpose == purpose
                && s.grant.compartments.contains(&compartment)
        })
        .map(|s| s.grant.id)
        .collect()
}

#[cfg(test)]
#[path = "consent_tests.rs"]
mod tests;
