//! Proofs that need nothing else: a small file shows a stranger, who knows only the consortium's fingerprint, that a block
//! is final.
//!
//! It holds how the members of an epoch follow from the founding document, a quorum of their witnesses' cosignatures,
//! for each the Merkle path from the block's log to the cosigned root, and the links from the cosigned heads down to the
//! block. From one epoch to a later one a proof goes by the decisions between them, or in one jump, when a quorum of the
//! earlier members cosigned in the later one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    block::{Dep, Header, Kind, Summary, VERSION, skip_seq},
    branches::Place,
    cert::Genesis,
    codec,
    decision::{Approval, Era, Proposal, Void},
    finality::{Cosignature, MAX_HEADS, path, root_of_path, verify_root},
    id::{BlockId, ConsortiumId, EraId, LogId, OrgId},
    ledger::Replica,
    sign::{PublicKey, Signature},
    time::Hlc,
};

/// The most bytes of a proof.
pub const MAX_PROOF: usize = 256 * 1024;

/// A block on the way, without what all of one log share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    seq: u64,
    prev: Option<BlockId>,
    skip: Option<BlockId>,
    deps: [u8; 32],
    time: Hlc,
    kind: Kind,
    payload_len: u32,
    payload_commit: [u8; 32],
}

impl Link {
    fn of(h: &Header) -> Self {
        let Summary { seq, prev, skip, deps, time, kind, payload_len, payload_commit, .. } = h.summary();
        Self { seq, prev, skip, deps, time, kind, payload_len, payload_commit }
    }

    fn summary(&self, consortium: ConsortiumId, log: LogId) -> Summary {
        let Link { seq, prev, skip, deps, time, kind, payload_len, payload_commit } = self.clone();
        Summary {
            version: VERSION,
            consortium,
            log,
            seq,
            prev,
            skip,
            deps,
            time,
            kind,
            payload_len,
            payload_commit,
        }
    }
}

/// A witness's signature over a frontier's root, without the frontier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Word {
    /// Place of the organisation among the members of the epoch, in order.
    org: u16,
    root: [u8; 32],
    signature: Signature,
}

/// A cosignature that covers the block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Cosigned {
    org: u16,
    seq: u64,
    hash: BlockId,
    index: u16,
    size: u16,
    path: Vec<[u8; 32]>,
    signature: Signature,
}

/// How one epoch follows from another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    /// A decision, with its approvals.
    Decided(Proposal, Vec<Approval>),
    /// Its votes had split.
    Voided(Vec<Void>),
    /// A quorum of the members cosigned in a later epoch, with its members. Those who cosigned the block count too.
    Jump { era: EraId, members: BTreeMap<OrgId, PublicKey>, words: Vec<Word> },
}

/// A proof that a block is final.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    version: u8,
    genesis: Genesis,
    steps: Vec<Step>,
    log: LogId,
    /// Lowest first; the first is the block.
    links: Vec<Link>,
    cosigned: Vec<Cosigned>,
}

/// What a good proof shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// The block.
    pub block: BlockId,
    /// In which log.
    pub log: LogId,
    /// Its number.
    pub seq: u64,
    /// Its time, by its writer's clock.
    pub time: Hlc,
    /// What it carries.
    pub kind: Kind,
    /// The commitment to its payload.
    pub payload_commit: [u8; 32],
    /// The consortium's name.
    pub consortium: String,
    /// Organisations that cosigned it.
    pub cosigned: usize,
    /// Of so many members.
    pub members: usize,
}

/// Why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// Not a proof of this version.
    #[error("not a proof that this version of Aidpost reads: {0}")]
    Malformed(codec::DecodeError),
    /// Of another consortium.
    #[error("the proof is of another consortium, with fingerprint {0}")]
    Consortium(ConsortiumId),
    /// A decision isn't approved by a quorum of the members before it.
    #[error("the proof does not show who belonged to the consortium (step {0})")]
    Members(usize),
    /// A cosignature doesn't verify, or is no member's.
    #[error("a cosignature in the proof does not verify")]
    Cosignature,
    /// Too few cosignatures.
    #[error("{got} of {need} organisations cosigned: the block is not final")]
    Quorum {
        /// There.
        got: usize,
        /// Needed.
        need: usize,
    },
    /// The links don't lead from the cosigned heads to the block.
    #[error("the links in the proof do not lead to the block")]
    Links,
}

/// Why no proof can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoProof {
    /// No such block here.
    #[error("no such block is held here")]
    Unknown,
    /// Not final yet.
    #[error("the block is not final yet: {got} of {need} organisations have cosigned it")]
    NotFinal {
        /// Organisations whose cosignature covers it.
        got: usize,
        /// Needed.
        need: usize,
    },
    /// What the proof needs can't be read.
    #[error("a block that the proof needs cannot be read: run 'aidpost verify'")]
    Damaged,
}

/// Where a prover reads blocks from.
pub trait Library {
    /// The header of a block that is held.
    fn header(&self, at: Place) -> Option<Header>;
    /// The cosignature in a block that is held.
    fn cosignature(&self, at: Place) -> Option<Cosignature>;
}

/// Makes a proof that a block is final.
///
/// # Errors
/// [`NoProof`]: it isn't, or isn't held here.
pub fn prove(ledger: &Replica, library: &dyn Library, block: BlockId) -> Result<Proof, NoProof> {
    let at = ledger.place(block).ok_or(NoProof::Unknown)?;
    let eras = ledger.governance().decisions().eras();
    let mut best = (0, eras.last().map_or(1, Era::quorum));
    for (k, era) in eras.iter().enumerate().rev() {
        let mut covering = covering(ledger, library, era, at);
        if covering.len() < era.quorum() {
            best = best.max((covering.len(), best.1));
            continue;
        }
        // The founder and other early members first: they make the way from the founding document short. Then low heads:
        // they make the way to the block short.
        covering.sort_by_key(|(o, _, head, _)| (!eras[0].members.contains_key(o), head.seq));
        covering.truncate(era.quorum());
        let ends: BTreeSet<Place> = covering.iter().map(|(_, _, _, p)| *p).collect();
        let links = links(ledger, library, at, &ends).ok_or(NoProof::Damaged)?;
        let orgs: BTreeSet<OrgId> = covering.iter().map(|(o, ..)| *o).collect();
        let steps = steps(ledger, library, &eras[..=k], &orgs).ok_or(NoProof::Damaged)?;
        let cosigned = covering
            .iter()
            .filter_map(|(o, c, head, _)| {
                let index = c.heads.iter().position(|d| d == head)?;
                // A frontier has at most MAX_HEADS heads, and an epoch far fewer members than fit.
                Some(Cosigned {
                    org: place_of(era, o)?,
                    seq: head.seq,
                    hash: head.hash,
                    index: index as u16,
                    size: c.heads.len() as u16,
                    path: path(&c.heads, index),
                    signature: *c.signature(),
                })
            })
            .collect();
        let genesis = ledger.governance().genesis().clone();
        return Ok(Proof { version: VERSION, genesis, steps, log: at.log, links, cosigned });
    }
    Err(NoProof::NotFinal { got: best.0, need: best.1 })
}

fn place_of(era: &Era, org: &OrgId) -> Option<u16> {
    era.members.keys().position(|o| o == org).and_then(|i| u16::try_from(i).ok())
}

/// Of each member in an epoch a cosignature that covers a block, with the head that does and where it lies. Any one counts,
/// as for finality: a later one that takes it back proves that its witness lies, and takes nothing from what is final.
fn covering(
    ledger: &Replica,
    library: &dyn Library,
    era: &Era,
    at: Place,
) -> Vec<(OrgId, Cosignature, Dep, Place)> {
    let of = |(org, w): (&OrgId, &PublicKey)| {
        let mut ends: Vec<(Place, Dep, BlockId)> = ledger
            .votes()
            .on(era.id, w, at.log)
            .filter_map(|(head, block)| Some((ledger.place(head.hash)?, head, block)))
            .filter(|(end, ..)| ledger.tree().continues(*end, at))
            .collect();
        // Low heads make the way to the block short.
        ends.sort_by_key(|(_, head, _)| (head.seq, head.hash));
        ends.into_iter().find_map(|(end, head, block)| {
            let c = library.cosignature(ledger.place(block)?)?;
            c.heads.contains(&head).then_some((*org, c, head, end))
        })
    };
    era.members.iter().filter_map(of).collect()
}

/// Every block on the ways from these heads down to a block, lowest first.
fn links(ledger: &Replica, library: &dyn Library, to: Place, ends: &BTreeSet<Place>) -> Option<Vec<Link>> {
    // By place, not by number: cosigned heads may lie on several branches above the block.
    let mut places = BTreeSet::from([to]);
    let mut out = vec![library.header(to)?];
    for end in ends {
        let mut at = *end;
        while at.seq > to.seq && places.insert(at) {
            out.push(library.header(at)?);
            let next = skip_seq(at.seq).filter(|s| *s >= to.seq).unwrap_or(at.seq - 1);
            at = ledger.tree().below(at, next)?;
        }
    }
    out.sort_by_key(|h| h.seq);
    Some(out.iter().map(Link::of).collect())
}

/// The steps from the first of these epochs to the last. `orgs` are those whose cosignature is in the proof anyway.
fn steps(ledger: &Replica, library: &dyn Library, eras: &[Era], orgs: &BTreeSet<OrgId>) -> Option<Vec<Step>> {
    let last = eras.len() - 1;
    let (mut at, mut out) = (0, Vec::new());
    while at < last {
        let from = &eras[at];
        // Whoever jumps doesn't learn which epoch was voided before: from there on only the last is of use.
        let whole = |j: &usize| *j == last || eras[*j].origin == eras[*j].id;
        let jump = (at + 1..=last).rev().filter(whole).find_map(|j| {
            let to = &eras[j];
            let same = |o: &&OrgId| from.members.get(*o) == to.members.get(*o);
            let there = to.members.keys().filter(same).filter(|o| from.members.contains_key(*o));
            let (mut have, mut words) = (0, Vec::new());
            for o in there {
                if have == from.quorum() {
                    break;
                }
                if j == last && orgs.contains(o) {
                    have += 1;
                    continue;
                }
                let word = ledger.votes().latest(to.id, &to.members[o]).and_then(|b| {
                    let c = library.cosignature(ledger.place(b)?)?;
                    let root = super::finality::root(&c.heads);
                    Some(Word { org: place_of(to, o)?, root, signature: *c.signature() })
                });
                have += usize::from(word.is_some());
                words.extend(word);
            }
            (have >= from.quorum()).then_some((j, words))
        });
        if let Some((j, words)) = jump {
            out.push(Step::Jump { era: eras[j].id, members: eras[j].members.clone(), words });
            at = j;
        } else {
            out.push(decided(ledger, from, &eras[at + 1])?);
            at += 1;
        }
    }
    Some(out)
}

fn decided(ledger: &Replica, from: &Era, to: &Era) -> Option<Step> {
    let decisions = ledger.governance().decisions();
    if from.voided().id == to.id {
        return Some(Step::Voided(decisions.voids(from).take(from.quorum()).cloned().collect()));
    }
    let (id, p) = decisions.proposals().find(|(id, p)| from.after(id, p).id == to.id)?;
    let yes = decisions.approvals(from.id, *id).filter(|a| from.members.contains_key(&a.org()));
    Some(Step::Decided(p.clone(), yes.take(from.quorum()).cloned().collect()))
}

impl Proof {
    /// The proof as a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// A proof from a file.
    ///
    /// # Errors
    /// Too long, or not a proof of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadProof> {
        let p: Self = codec::decode(bytes, MAX_PROOF).map_err(BadProof::Malformed)?;
        if p.version != VERSION {
            return Err(BadProof::Malformed(codec::DecodeError::Malformed));
        }
        Ok(p)
    }

    /// Checks everything, knowing nothing but the fingerprint.
    ///
    /// # Errors
    /// The first condition that fails.
    pub fn verify(&self, fingerprint: ConsortiumId) -> Result<Proven, BadProof> {
        let consortium = self.genesis.id();
        if consortium != fingerprint {
            return Err(BadProof::Consortium(consortium));
        }
        let era = self.members(consortium)?;
        let orgs = self.cosigners(consortium, &era)?;
        let need = era.quorum();
        if orgs.len() < need {
            return Err(BadProof::Quorum { got: orgs.len(), need });
        }
        // Lowest first: each must lead to the block, by way of one that does.
        let block = self.links.first().ok_or(BadProof::Links)?.summary(consortium, self.log);
        let mut leads = BTreeSet::from([block.id()]);
        for l in &self.links[1..] {
            if [l.prev, l.skip].into_iter().flatten().any(|id| leads.contains(&id)) {
                leads.insert(l.summary(consortium, self.log).id());
            }
        }
        if !self.cosigned.iter().all(|c| leads.contains(&c.hash)) {
            return Err(BadProof::Links);
        }
        Ok(Proven {
            block: block.id(),
            log: self.log,
            seq: block.seq,
            time: block.time,
            kind: block.kind,
            payload_commit: block.payload_commit,
            consortium: self.genesis.name.clone(),
            cosigned: orgs.len(),
            members: era.members.len(),
        })
    }

    /// The members of the last epoch, by every step from the founding document on.
    fn members(&self, consortium: ConsortiumId) -> Result<Era, BadProof> {
        let mut era = Era::first(consortium, self.genesis.founder.id(), self.genesis.witness);
        for (i, step) in self.steps.iter().enumerate() {
            let last = i + 1 == self.steps.len();
            let (orgs, next): (BTreeSet<OrgId>, Era) = match step {
                Step::Decided(p, yes) => {
                    let id = p.id();
                    let good = |a: &&Approval| a.era == era.id && a.proposal == id && a.valid();
                    (yes.iter().filter(good).map(Approval::org).collect(), era.after(&id, p))
                }
                Step::Voided(voids) => {
                    let good = |v: &&Void| v.era == era.id && v.valid();
                    (voids.iter().filter(good).map(Void::org).collect(), era.voided())
                }
                Step::Jump { era: id, members, words } => {
                    let next = Era::known(*id, members.clone());
                    let digest = next.digest();
                    let said = |org: u16, root: &[u8; 32], signature: &Signature| {
                        let (o, w) = members.iter().nth(usize::from(org))?;
                        let good = verify_root(consortium, (*id, &digest), root, w, signature);
                        (good && era.members.get(o) == Some(w)).then_some(*o)
                    };
                    let mut orgs: BTreeSet<OrgId> =
                        words.iter().filter_map(|w| said(w.org, &w.root, &w.signature)).collect();
                    if last {
                        orgs.extend(
                            self.cosigned.iter().filter_map(|c| said(c.org, &self.root(c)?, &c.signature)),
                        );
                    }
                    (orgs, next)
                }
            };
            if orgs.iter().filter(|o| era.members.contains_key(o)).count() < era.quorum() {
                return Err(BadProof::Members(i + 1));
            }
            era = next;
        }
        Ok(era)
    }

    fn root(&self, c: &Cosigned) -> Option<[u8; 32]> {
        let (index, size) = (usize::from(c.index), usize::from(c.size));
        if size > MAX_HEADS {
            return None;
        }
        root_of_path(&Dep { log: self.log, seq: c.seq, hash: c.hash }, index, size, &c.path)
    }

    /// The members whose cosignature covers the block.
    fn cosigners(&self, consortium: ConsortiumId, era: &Era) -> Result<BTreeSet<OrgId>, BadProof> {
        let digest = era.digest();
        self.cosigned
            .iter()
            .map(|c| {
                let (org, w) = era.members.iter().nth(usize::from(c.org))?;
                let root = self.root(c)?;
                verify_root(consortium, (era.id, &digest), &root, w, &c.signature).then_some(*org)
            })
            .collect::<Option<_>>()
            .ok_or(BadProof::Cosignature)
    }
}

#[cfg(test)]
#[path = "proof_tests.rs"]
mod tests;
