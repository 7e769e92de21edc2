//! Decisions of the consortium: proposals, approvals, and the epochs that they end.
//!
//! A governance epoch ([`EraId`]) lasts from one decision to the next. In it an organisation approves at most one
//! proposal; one that q organisations approve is the decision. When approvals split, q organisations may void the epoch,
//! each disclosing what it had approved; what could still have passed is carried over and must be decided first.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    block::Dep,
    cert::OrgCert,
    codec,
    finality::{quorum, tolerated},
    id::{ConsortiumId, EraId, OrgId, ProposalId, hash32},
    policy::Policies,
    sign::{self, PublicKey, Signature},
    suspension::MAX_CUTOFFS,
};

/// The most characters of a policy text.
pub const MAX_POLICY: usize = 32 * 1024;

const APPROVE: &str = "aidpost v0 approval";
const VOID: &str = "aidpost v0 void";

/// What a consortium decides on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proposal {
    /// An organisation comes in.
    Admit {
        /// Which.
        org: OrgCert,
        /// Ledger key of the terminal that will cosign for it.
        witness: PublicKey,
    },
    /// An organisation goes. Of its logs, what comes after these blocks is quarantined.
    Expel {
        /// Which.
        org: OrgId,
        /// The last block of each of its logs that is believed.
        upto: Vec<Dep>,
    },
    /// An organisation's cosignatures come from another terminal from now on.
    Witness {
        /// Whose.
        org: OrgId,
        /// Ledger key of the terminal.
        witness: PublicKey,
    },
    /// The Cedar text by which everyone decides from now on.
    Policy(String),
}

impl Proposal {
    /// Its name: what is approved.
    pub fn id(&self) -> ProposalId {
        ProposalId(hash32("aidpost v0 proposal", &[&codec::encode(self)]))
    }

    /// Whether it can be proposed at all: certificate, sizes, and a policy that parses and fits the schema.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        match self {
            Proposal::Admit { org, .. } if !org.valid() => {
                Err("the organisation's certificate does not verify".into())
            }
            Proposal::Expel { upto, .. } if upto.len() > MAX_CUTOFFS => {
                Err(format!("{} logs named, the limit is {MAX_CUTOFFS}", upto.len()))
            }
            Proposal::Policy(text) if text.len() > MAX_POLICY => {
                Err(format!("a policy of {} bytes, the limit is {MAX_POLICY}", text.len()))
            }
            Proposal::Policy(text) => match Policies::new(text) {
                Ok(p) if p.lets_admins_govern() => Ok(()),
                Ok(_) => Err("no admin could administer any more, so nobody could change it again".into()),
                Err(e) => Err(e.to_string()),
            },
            _ => Ok(()),
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Proposal::Admit { org, .. } => format!("admit {}", org.name),
            Proposal::Expel { org, .. } => format!("expel {}", org.short()),
            Proposal::Witness { org, .. } => format!("another witness for {}", org.short()),
            Proposal::Policy(_) => "change the policy".into(),
        }
    }
}

/// One organisation's yes to a proposal, in one epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Root key of the organisation.
    pub root: PublicKey,
    /// In which epoch.
    pub era: EraId,
    /// To what.
    pub proposal: ProposalId,
    signature: Signature,
}

impl Approval {
    /// The organisation approves.
    pub fn new(era: EraId, proposal: ProposalId, root: &SigningKey) -> Self {
        let signature = sign::sign(root, APPROVE, &[&era.0, &proposal.0]);
        Self { root: *root.verifying_key().as_bytes(), era, proposal, signature }
    }

    /// The organisation.
    pub fn org(&self) -> OrgId {
        OrgId::of_key(&self.root)
    }

    /// True when the root key that it names signed it.
    pub fn valid(&self) -> bool {
        sign::verify(&self.root, APPROVE, &[&self.era.0, &self.proposal.0], &self.signature)
    }
}

/// One organisation's wish to end an epoch without a decision. It approves nothing more in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// Root key of the organisation.
    pub root: PublicKey,
    /// Which epoch.
    pub era: EraId,
    /// What it had approved.
    pub approved: Option<ProposalId>,
    signature: Signature,
}

impl Void {
    /// The organisation voids.
    pub fn new(era: EraId, approved: Option<ProposalId>, root: &SigningKey) -> Self {
        let signature = sign::sign(root, VOID, &[&era.0, &codec::encode(&approved)]);
        Self { root: *root.verifying_key().as_bytes(), era, approved, signature }
    }

    /// The organisation.
    pub fn org(&self) -> OrgId {
        OrgId::of_key(&self.root)
    }

    /// True when the root key that it names signed it.
    pub fn valid(&self) -> bool {
        sign::verify(&self.root, VOID, &[&self.era.0, &codec::encode(&self.approved)], &self.signature)
    }
}

/// A governance epoch: who belongs, who witnesses, by which policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Era {
    /// Its name: a hash over all decisions up to it.
    pub id: EraId,
    /// The epoch whose votes have split, for one that follows its void; else itself. What is decided here leads to the same next
    /// epoch as if it had passed there, as it may have: an approval that turns up late then undoes nothing.
    pub origin: EraId,
    /// Members, each with the ledger key of its witness.
    pub members: BTreeMap<OrgId, PublicKey>,
    /// Expelled organisations, with the last blocks of theirs that are believed.
    pub expelled: BTreeMap<OrgId, Vec<Dep>>,
    /// The policy in force, where another than the default was decided.
    pub policy: Option<ProposalId>,
    /// Not empty: only these can be decided in this epoch.
    pub carried: BTreeSet<ProposalId>,
}

impl Era {
    /// The first epoch.
    pub fn first(consortium: ConsortiumId, founder: OrgId, witness: PublicKey) -> Self {
        let id = EraId(hash32("aidpost v0 first era", &[&consortium.0]));
        Self {
            id,
            origin: id,
            members: BTreeMap::from([(founder, witness)]),
            expelled: BTreeMap::new(),
            policy: None,
            carried: BTreeSet::new(),
        }
    }

    /// How many organisations must agree.
    pub fn quorum(&self) -> usize {
        quorum(self.members.len())
    }

    /// What members, witnesses and policy are, as cosignatures name them.
    pub fn digest(&self) -> [u8; 32] {
        hash32("aidpost v0 era members", &[&codec::encode(&self.members)])
    }

    fn decidable(&self, id: &ProposalId, p: &Proposal) -> bool {
        (self.carried.is_empty() || self.carried.contains(id))
            && match p {
                Proposal::Admit { org, .. } => !self.members.contains_key(&org.id()),
                Proposal::Expel { org, .. } => self.members.len() > 1 && self.members.contains_key(org),
                Proposal::Witness { org, witness } => self.members.get(org).is_some_and(|w| w != witness),
                Proposal::Policy(_) => self.policy != Some(*id),
            }
    }

    /// An epoch whose members are known from elsewhere.
    pub(super) fn known(id: EraId, members: BTreeMap<OrgId, PublicKey>) -> Self {
        let (expelled, carried) = (BTreeMap::new(), BTreeSet::new());
        Self { id, origin: id, members, expelled, policy: None, carried }
    }

    /// The epoch after one that was voided, but for what is carried over.
    pub(super) fn voided(&self) -> Era {
        let id = EraId(hash32("aidpost v0 void era", &[&self.id.0]));
        Era { id, carried: BTreeSet::new(), ..self.clone() }
    }

    /// The epoch after a decision.
    pub(super) fn after(&self, id: &ProposalId, p: &Proposal) -> Era {
        let mut next = Era { carried: BTreeSet::new(), ..self.clone() };
        match p {
            Proposal::Admit { org, witness } => {
                next.members.insert(org.id(), *witness);
                next.expelled.remove(&org.id());
            }
            Proposal::Expel { org, upto } => {
                next.members.remove(org);
                next.expelled.insert(*org, upto.clone());
            }
            Proposal::Witness { org, witness } => {
                next.members.insert(*org, *witness);
            }
            Proposal::Policy(_) => next.policy = Some(*id),
        }
        next.id = EraId(hash32("aidpost v0 era", &[&self.origin.0, &id.0]));
        next.origin = next.id;
        next
    }
}

/// Everything that was proposed and voted, and the epochs that follow from it: the same for the same set of votes,
/// whatever their order.
#[derive(Clone, Debug)]
pub struct Decisions {
    proposals: BTreeMap<ProposalId, Proposal>,
    approvals: BTreeMap<(EraId, OrgId), BTreeMap<ProposalId, Approval>>,
    voids: BTreeMap<(EraId, OrgId), Vec<Void>>,
    eras: Vec<Era>,
    voting: Vec<Era>,
}

impl Decisions {
    /// None yet.
    pub fn new(first: Era) -> Self {
        Self {
            proposals: BTreeMap::new(),
            approvals: BTreeMap::new(),
            voids: BTreeMap::new(),
            eras: vec![first.clone()],
            voting: vec![first],
        }
    }

    /// Takes a proposal that passed [`Proposal::check`]. False: it was known.
    pub fn propose(&mut self, p: &Proposal) -> bool {
        let new = self.proposals.insert(p.id(), p.clone()).is_none();
        if new {
            self.settle();
        }
        new
    }

    /// Takes an approval whose signature is valid. False: it was known.
    pub fn approve(&mut self, a: &Approval) -> bool {
        let all = self.approvals.entry((a.era, a.org())).or_default();
        let new = all.insert(a.proposal, a.clone()).is_none();
        if new {
            self.settle();
        }
        new
    }

    /// Takes a void whose signature is valid. False: it was known.
    pub fn void(&mut self, v: &Void) -> bool {
        let all = self.voids.entry((v.era, v.org())).or_default();
        let new = !all.contains(v);
        if new {
            all.push(v.clone());
            all.sort_by_key(|v| v.approved);
            self.settle();
        }
        new
    }

    /// Computes the epochs anew from the first.
    fn settle(&mut self) {
        self.eras.truncate(1);
        self.voting.truncate(1);
        while let Some((last, next)) = self.eras.last().and_then(|e| Some((e.clone(), self.next(e)?))) {
            if next.id != last.voided().id {
                let mut beside = last;
                while self.is_voided(&beside) {
                    beside = beside.voided();
                    self.voting.push(beside.clone());
                }
            }
            self.voting.push(next.clone());
            self.eras.push(next);
        }
    }

    fn is_voided(&self, era: &Era) -> bool {
        self.voiding(era).count() >= era.quorum()
    }

    fn next(&self, era: &Era) -> Option<Era> {
        let passed = self
            .proposals
            .iter()
            .find(|(id, p)| era.decidable(id, p) && self.approving(era, id).count() >= era.quorum());
        if let Some((id, p)) = passed {
            return Some(era.after(id, p));
        }
        let (n, f) = (era.members.len(), tolerated(era.members.len()));
        let voiding: Vec<&Void> = self.voiding(era).collect();
        if voiding.len() < era.quorum() {
            return None;
        }
        // Approved by at most: those who said so, those who haven't voided, and liars among those who have.
        let unsaid = n - voiding.len() + f;
        let mut said: BTreeMap<ProposalId, usize> = BTreeMap::new();
        for p in voiding.iter().filter_map(|v| v.approved) {
            *said.entry(p).or_default() += 1;
        }
        let carried = said.into_iter().filter(|(_, n)| n + unsaid >= era.quorum()).map(|(p, _)| p).collect();
        Some(Era { carried, ..era.voided() })
    }

    fn approving<'a>(&'a self, era: &'a Era, id: &'a ProposalId) -> impl Iterator<Item = OrgId> + 'a {
        let has = move |o: &&OrgId| self.approvals.get(&(era.id, **o)).is_some_and(|a| a.contains_key(id));
        era.members.keys().filter(has).copied()
    }

    fn voiding<'a>(&'a self, era: &'a Era) -> impl Iterator<Item = &'a Void> + 'a {
        // Of several by one organisation all nodes count the same: the first in order.
        era.members.keys().filter_map(move |o| self.voids.get(&(era.id, *o))?.first())
    }

    /// The epoch now.
    pub fn era(&self) -> &Era {
        // There is always the first one.
        &self.eras[self.eras.len() - 1]
    }

    /// All epochs, oldest first.
    pub fn eras(&self) -> &[Era] {
        &self.eras
    }

    /// The same, and those in which witnesses cosigned because an epoch had been voided, before a vote turned up by which it
    /// had been decided: they had the same members, and what became final in them stays final.
    pub fn voting(&self) -> &[Era] {
        &self.voting
    }

    /// Everything that was ever proposed.
    pub fn proposals(&self) -> impl Iterator<Item = (&ProposalId, &Proposal)> {
        self.proposals.iter()
    }

    /// Those who voided an epoch.
    pub fn voids<'a>(&'a self, era: &'a Era) -> impl Iterator<Item = &'a Void> + 'a {
        self.voiding(era)
    }

    /// A proposal by its name.
    pub fn proposal(&self, id: &ProposalId) -> Option<&Proposal> {
        self.proposals.get(id)
    }

    /// What could be decided now, with who has approved it.
    pub fn open(&self) -> Vec<(ProposalId, &Proposal, Vec<OrgId>)> {
        let era = self.era();
        let open = self.proposals.iter().filter(|(id, p)| era.decidable(id, p));
        open.map(|(id, p)| (*id, p, self.approving(era, id).collect())).collect()
    }

    /// What an organisation has approved in the epoch now.
    pub fn approved_by(&self, org: OrgId) -> Option<ProposalId> {
        self.approvals.get(&(self.era().id, org))?.keys().next().copied()
    }

    /// True when an organisation has voided the epoch now.
    pub fn voided_by(&self, org: OrgId) -> bool {
        self.voids.contains_key(&(self.era().id, org))
    }

    /// Approvals of epochs so far, for those who prove the members to a stranger.
    pub fn approvals(&self, era: EraId, id: ProposalId) -> impl Iterator<Item = &Approval> {
        self.approvals.iter().filter(move |((e, _), _)| *e == era).filter_map(move |(_, a)| a.get(&id))
    }

    /// Organisations that approved two proposals in one epoch: both approvals are the proof.
    pub fn equivocations(&self) -> impl Iterator<Item = (OrgId, Vec<&Approval>)> {
        self.approvals
            .iter()
            .filter(|(_, a)| a.len() > 1)
            .map(|((_, org), a)| (*org, a.values().take(2).collect()))
    }

    /// The votes and proposals that led to the epoch now, in an order in which they can be told to a newcomer: of what was
    /// decided no more approvals than it took.
    pub fn history(&self) -> (Vec<Proposal>, Vec<Approval>, Vec<Void>) {
        let eras: BTreeSet<EraId> = self.eras.iter().map(|e| e.id).collect();
        let mut beyond: BTreeSet<(EraId, ProposalId, OrgId)> = BTreeSet::new();
        for (era, next) in self.eras.iter().zip(&self.eras[1..]) {
            let decided = self.proposals.iter().find(|(id, p)| era.after(id, p).id == next.id);
            if let Some((id, _)) = decided {
                let members = self.approving(era, id).skip(era.quorum());
                beyond.extend(members.map(|o| (era.id, *id, o)));
            }
        }
        let approvals: Vec<Approval> = self
            .approvals
            .iter()
            .filter(|((e, _), _)| eras.contains(e))
            .flat_map(|(_, a)| a.values())
            .filter(|a| !beyond.contains(&(a.era, a.proposal, a.org())))
            .cloned()
            .collect();
        let named: BTreeSet<ProposalId> = approvals.iter().map(|a| a.proposal).collect();
        let proposals = self.proposals.iter().filter(|(id, _)| named.contains(id)).map(|(_, p)| p.clone());
        let voids =
            self.voids.iter().filter(|((e, _), _)| eras.contains(e)).flat_map(|(_, v)| v.iter().cloned());
        (proposals.collect(), approvals, voids.collect())
    }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
