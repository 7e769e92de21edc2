//! Finality by cosigned frontiers: no leader, no rounds, nobody has to be there at the same time.
//!
//! Each organisation's witness cosigns, in its own log, the frontier that it holds. A prefix of a log is final when q
//! organisations cosigned it, or a continuation of it, in one governance epoch. An honest witness cosigns only what it
//! believes, never goes back, and never cosigns two branches of one log; two quorums of one epoch share more than the
//! liars, so two prefixes that contradict each other can't both be final.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    block::Dep,
    branches::{Branches, Place},
    codec,
    decision::Era,
    id::{BlockId, ConsortiumId, EraId, LogId, OrgId, hash32},
    sign::{self, PublicKey, Signature},
};

/// The most logs that one cosignature names: keeps its payload below the cap.
pub const MAX_HEADS: usize = 900;

const COSIGN: &str = "aidpost v0 cosignature";

/// How many of `n` organisations may lie or be lost without harm: f = ⌊(n−1)/3⌋.
pub fn tolerated(n: usize) -> usize {
    n.saturating_sub(1) / 3
}

/// How many of `n` organisations must agree: q = ⌈(n+f+1)/2⌉. Two quorums always share an honest organisation.
pub fn quorum(n: usize) -> usize {
    (n + tolerated(n) + 1).div_ceil(2)
}

fn leaf(d: &Dep) -> [u8; 32] {
    hash32("aidpost v0 frontier leaf", &[&codec::encode(d)])
}

fn node(a: &[u8; 32], b: &[u8; 32]) -> [u8; 32] {
    hash32("aidpost v0 frontier node", &[a, b])
}

/// The Merkle root over the heads of a frontier, as in RFC 6962: leaves and nodes are hashed apart, a left half is a
/// whole power of two.
pub fn root(heads: &[Dep]) -> [u8; 32] {
    match heads {
        [] => hash32("aidpost v0 frontier empty", &[]),
        [one] => leaf(one),
        many => {
            let (l, r) = many.split_at(half(many.len()));
            node(&root(l), &root(r))
        }
    }
}

fn half(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The hashes beside the way from the leaf at `index` up to the root, lowest first.
pub fn path(heads: &[Dep], index: usize) -> Vec<[u8; 32]> {
    if heads.len() < 2 {
        return Vec::new();
    }
    let k = half(heads.len());
    let (l, r) = heads.split_at(k);
    let (mut p, beside) = if index < k { (path(l, index), root(r)) } else { (path(r, index - k), root(l)) };
    p.push(beside);
    p
}

/// The root that a leaf at `index` of `size` has with this path; none when the path has another length.
pub fn root_of_path(head: &Dep, index: usize, size: usize, path: &[[u8; 32]]) -> Option<[u8; 32]> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return path.is_empty().then(|| leaf(head));
    }
    let (beside, below) = path.split_last()?;
    let k = half(size);
    if index < k {
        Some(node(&root_of_path(head, index, k, below)?, beside))
    } else {
        Some(node(beside, &root_of_path(head, index - k, size - k, below)?))
    }
}

/// A witness's word: all this was held, and believed, at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cosignature {
    /// In which epoch.
    pub era: EraId,
    /// [`Era::digest`]: who belonged then.
    pub members: [u8; 32],
    /// The witness's ledger key.
    pub witness: PublicKey,
    /// The cosigned head of each log, sorted by log.
    pub heads: Vec<Dep>,
    signature: Signature,
}

/// What a witness signs.
pub fn verify_root(
    consortium: ConsortiumId,
    (era, members): (EraId, &[u8; 32]),
    root: &[u8; 32],
    witness: &PublicKey,
    signature: &Signature,
) -> bool {
    sign::verify(witness, COSIGN, &[&consortium.0, &era.0, members, root], signature)
}

impl Cosignature {
    /// The witness cosigns. `heads` come from [`Votes::to_cosign`].
    pub fn new(consortium: ConsortiumId, era: &Era, mut heads: Vec<Dep>, witness: &SigningKey) -> Self {
        heads.sort_by_key(|d| d.log);
        let members = era.digest();
        let parts: [&[u8]; 4] = [&consortium.0, &era.id.0, &members, &root(&heads)];
        let signature = sign::sign(witness, COSIGN, &parts);
        Self { era: era.id, members, witness: *witness.verifying_key().as_bytes(), heads, signature }
    }

    /// The signature over the frontier's root, for a proof.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// True when the witness that it names signed it, and each log is named once, in order.
    pub fn valid(&self, consortium: ConsortiumId) -> bool {
        let about = (self.era, &self.members);
        self.heads.len() <= MAX_HEADS
            && self.heads.windows(2).all(|w| w[0].log < w[1].log)
            && verify_root(consortium, about, &root(&self.heads), &self.witness, &self.signature)
    }
}

/// Why a witness can't cosign now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// Another terminal cosigns for this organisation, or none.
    #[error("this terminal is not its organisation's witness")]
    NotWitness,
    /// A new witness doesn't know what its organisation may have cosigned before.
    #[error("a new witness first reads what the others cosigned: {have} of {need} so far")]
    Unread {
        /// Organisations whose cosignature was read.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// More logs than a cosignature can name.
    #[error("{0} logs are more than a cosignature names ({MAX_HEADS})")]
    TooMany(usize),
}

/// One organisation's word on one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Vote {
    head: Dep,
    block: BlockId,
}

/// Two cosignatures of one witness that can't both be honest: each names another branch of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// In which epoch.
    pub era: EraId,
    /// Whose witness key.
    pub witness: PublicKey,
    /// About which log.
    pub log: LogId,
    /// The two blocks that hold the cosignatures: both together are the proof.
    pub blocks: [BlockId; 2],
}

/// All cosignatures held, and what is final by them.
#[derive(Clone, Debug, Default)]
pub struct Votes {
    votes: BTreeMap<(EraId, PublicKey), BTreeMap<LogId, Vec<Vote>>>,
    latest: BTreeMap<(EraId, PublicKey), BlockId>,
    finals: BTreeMap<LogId, BTreeSet<Place>>,
    /// Cosigned blocks that were not held here when the cosignature came.
    unheld: BTreeSet<BlockId>,
}

impl Votes {
    /// True for a block that was cosigned before it was held here.
    pub fn names(&self, block: BlockId) -> bool {
        self.unheld.contains(&block)
    }

    /// Takes the cosignature of a block.
    pub fn take(&mut self, c: &Cosignature, block: BlockId, tree: &Branches, eras: &[Era]) {
        let own = self.votes.entry((c.era, c.witness)).or_default();
        for head in &c.heads {
            let all = own.entry(head.log).or_default();
            // What continues an earlier vote replaces it.
            if let Some(p) = tree.place(head.hash) {
                all.retain(|v| tree.place(v.head.hash).is_none_or(|q| !tree.continues(p, q)));
                if all.iter().any(|v| tree.place(v.head.hash).is_some_and(|q| tree.continues(q, p))) {
                    continue;
                }
            } else {
                self.unheld.insert(head.hash);
            }
            all.push(Vote { head: *head, block });
        }
        self.latest.insert((c.era, c.witness), block);
        for head in &c.heads {
            self.settle(head.log, tree, eras);
        }
    }

    /// Computes anew what is final of all logs, after a decision.
    pub fn settle_all(&mut self, tree: &Branches, eras: &[Era]) {
        let logs: BTreeSet<LogId> = self.votes.values().flat_map(|v| v.keys().copied()).collect();
        for log in logs {
            self.settle(log, tree, eras);
        }
    }

    /// Computes anew what is final of a log.
    pub fn settle(&mut self, log: LogId, tree: &Branches, eras: &[Era]) {
        let mut finals = BTreeSet::new();
        for era in eras {
            let votes: Vec<(OrgId, Place)> = era
                .members
                .iter()
                .flat_map(|(org, w)| {
                    let all = self.votes.get(&(era.id, *w)).and_then(|v| v.get(&log));
                    all.into_iter().flatten().filter_map(|v| Some((*org, tree.place(v.head.hash)?)))
                })
                .collect();
            let mut candidates: BTreeSet<Place> = votes.iter().map(|(_, p)| *p).collect();
            if tree.fork(log).is_some() {
                // Votes for two branches are votes for what both continue.
                for (_, a) in &votes {
                    let below = votes.iter().filter_map(|(_, b)| tree.below(*a, tree.common(*a, *b)?));
                    candidates.extend(below);
                }
            }
            finals.extend(candidates.into_iter().filter(|c| {
                let yes: BTreeSet<OrgId> =
                    votes.iter().filter(|(_, p)| tree.continues(*p, *c)).map(|(o, _)| *o).collect();
                yes.len() >= era.quorum()
            }));
        }
        let highest: BTreeSet<Place> = finals
            .iter()
            .filter(|p| !finals.iter().any(|q| q != *p && tree.continues(*q, **p)))
            .copied()
            .collect();
        if highest.is_empty() {
            self.finals.remove(&log);
        } else {
            self.finals.insert(log, highest);
        }
    }

    /// True for a block of a final prefix.
    pub fn is_final(&self, p: Place, tree: &Branches) -> bool {
        self.finals.get(&p.log).is_some_and(|f| f.iter().any(|q| tree.continues(*q, p)))
    }

    /// The ends of the final prefixes of a log: more than one only if more organisations lie than are tolerated.
    pub fn finals(&self, log: LogId) -> impl Iterator<Item = Place> {
        self.finals.get(&log).into_iter().flatten().copied()
    }

    /// Witnesses that cosigned two branches of one log.
    pub fn conflicts(&self, tree: &Branches) -> Vec<Conflict> {
        let mut out = Vec::new();
        for ((era, witness), logs) in &self.votes {
            for (log, votes) in logs {
                let held = |v: &Vote| tree.place(v.head.hash);
                let apart = |a: &Vote, b: &Vote| match (held(a), held(b)) {
                    (Some(x), Some(y)) => !tree.continues(x, y) && !tree.continues(y, x),
                    _ => false,
                };
                let two = votes.iter().enumerate().find_map(|(i, a)| {
                    votes[i + 1..].iter().find(|b| apart(a, b)).map(|b| [a.block, b.block])
                });
                out.extend(two.map(|blocks| Conflict { era: *era, witness: *witness, log: *log, blocks }));
            }
        }
        out
    }

    /// Blocks that some witness cosigned and that are not held here: not come yet, or withheld.
    pub fn missing(&self, tree: &Branches) -> Vec<(PublicKey, Dep)> {
        let unheld = |v: &&Vote| tree.place(v.head.hash).is_none();
        let all = self.votes.iter().flat_map(|((_, w), logs)| logs.values().flatten().map(move |v| (*w, v)));
        all.filter(|(_, v)| unheld(v)).map(|(w, v)| (w, v.head)).collect()
    }

    /// The latest cosignature of a witness in an epoch: the block that holds it.
    pub fn latest(&self, era: EraId, witness: &PublicKey) -> Option<BlockId> {
        self.latest.get(&(era, *witness)).copied()
    }

    /// The highest heads of a log that a witness cosigned in an epoch, each with the block that holds the cosignature: one
    /// of an honest witness.
    pub fn on(&self, era: EraId, witness: &PublicKey, log: LogId) -> impl Iterator<Item = (Dep, BlockId)> {
        let all = self.votes.get(&(era, *witness)).and_then(|v| v.get(&log));
        all.into_iter().flatten().map(|v| (v.head, v.block))
    }

    /// What the witness of `org` cosigns now. `believed` is where each log stops being believed.
    ///
    /// # Errors
    /// [`NotYet`]: it isn't the witness, or it is new and hasn't read what the others cosigned.
    pub fn to_cosign(
        &self,
        (org, witness): (OrgId, &PublicKey),
        tree: &Branches,
        eras: &[Era],
        believed: impl Fn(LogId) -> Option<Place>,
    ) -> Result<Vec<Dep>, NotYet> {
        let since = eras.iter().rposition(|e| e.members.get(&org) != Some(witness)).map_or(0, |i| i + 1);
        if since == eras.len() {
            return Err(NotYet::NotWitness);
        }
        let (have, need) = self.read(org, since, eras);
        if have < need {
            return Err(NotYet::Unread { have, need });
        }
        let own = |log: LogId| {
            let all = eras.iter().filter_map(move |e| self.votes.get(&(e.id, *witness))?.get(&log));
            all.flatten().filter_map(|v| tree.place(v.head.hash))
        };
        let mut heads = Vec::new();
        for log in tree.logs() {
            // Never back, and never to another branch than the one that was cosigned.
            let mut best = own(log).max_by_key(|p| p.seq);
            if let Some(p) = believed(log)
                && best.is_none_or(|b| tree.continues(p, b))
            {
                best = Some(p);
            }
            heads.extend(best.and_then(|p| Some(Dep { log, seq: p.seq, hash: tree.id(p)? })));
        }
        if heads.len() > MAX_HEADS { Err(NotYet::TooMany(heads.len())) } else { Ok(heads) }
    }

    /// Of how many organisations a witness that took office with epoch `since` has read a cosignature made since then,
    /// and of how many it must: a quorum of the epoch before, or all others where that is fewer. Whatever became final
    /// with a vote of this organisation that the new witness doesn't know of, one of them has cosigned too.
    fn read(&self, org: OrgId, since: usize, eras: &[Era]) -> (usize, usize) {
        let Some(before) = since.checked_sub(1).and_then(|i| eras.get(i)) else { return (0, 0) };
        let others: Vec<OrgId> = before.members.keys().filter(|o| **o != org).copied().collect();
        let need = before.quorum().min(others.len());
        let cosigned = |o: &&OrgId| {
            eras[since..]
                .iter()
                .any(|e| e.members.get(*o).is_some_and(|w| self.votes.contains_key(&(e.id, *w))))
        };
        (others.iter().filter(cosigned).count(), need)
    }
}

#[cfg(test)]
#[path = "finality_tests.rs"]
mod tests;
