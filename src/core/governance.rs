//! Who belongs: organisations, their terminals, their staff. Every statement proves itself, so it may come in any block
//! and in any order.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use super::{
    cert::{
        Claim, DeviceCert, DeviceKeys, DeviceRequest, Genesis, MAX_NAME, OrgCert, OrgKeyCert, OrgKind, Role,
        StaffCert, StaffRequest, name_ok,
    },
    decision::{Approval, Decisions, Era, Proposal, Void},
    suspension::{Adoption, Suspended, Suspension},
};
use super::{
    codec,
    id::{ConsortiumId, DeviceId, OrgId, StaffId},
    policy,
    sign::PublicKey,
};

/// The most statements of one governance block.
pub const MAX_STATEMENTS: usize = 256;

/// One statement of a governance block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statement {
    /// Something to decide on.
    Propose(Proposal),
    /// An organisation's yes.
    Approve(Approval),
    /// An organisation's wish to end an epoch whose approvals have split.
    Void(Void),
    /// A terminal is certified.
    Device(DeviceCert),
    /// A terminal that isn't certified yet.
    Claim(Claim),
    /// A person is certified.
    Staff(StaffCert),
    /// An organisation's encryption key.
    OrgKey(OrgKeyCert),
    /// A terminal or a person is suspended.
    Suspend(Suspension),
    /// Quarantined blocks are adopted.
    Adopt(Adoption),
}

/// Why a statement is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Signature or name.
    #[error("the {0} does not verify")]
    Certificate(&'static str),
    /// A proposal that can't be decided.
    #[error("the proposal is not acceptable: {0}")]
    Proposal(String),
}

/// Keeps one certificate of a key, the same whatever the order in which several came: the one with the greatest `rank`.
fn settle<K: Ord, C: Clone + PartialEq, R: Ord>(
    all: &mut BTreeMap<K, C>,
    id: K,
    new: &C,
    rank: impl Fn(&C) -> R,
) -> bool {
    if all.get(&id).is_some_and(|old| rank(old) >= rank(new)) {
        return false;
    }
    all.insert(id, new.clone());
    true
}

/// Whether a statement is one, by itself: its signatures, its sizes. What it is worth is another question.
///
/// # Errors
/// [`Refused`] names the condition that failed.
pub fn check(s: &Statement, consortium: ConsortiumId) -> Result<(), Refused> {
    let (good, what) = match s {
        Statement::Propose(p) => return p.check().map_err(Refused::Proposal),
        Statement::Approve(a) => (a.valid(), "approval"),
        Statement::Void(v) => (v.valid(), "void"),
        Statement::Device(d) => (d.valid(), "device certificate"),
        Statement::Claim(c) => (c.valid(), "claim"),
        Statement::Staff(c) => (c.valid(), "staff certificate"),
        Statement::OrgKey(k) => (k.valid(), "organisation key"),
        Statement::Suspend(x) => (x.valid(consortium), "suspension"),
        Statement::Adopt(a) => (a.valid(consortium), "adoption"),
    };
    if good { Ok(()) } else { Err(Refused::Certificate(what)) }
}

/// Everything that governance has stated, the same for the same set of statements.
#[derive(Clone, Debug)]
pub struct Governance {
    genesis: Genesis,
    consortium: ConsortiumId,
    orgs: BTreeMap<OrgId, OrgCert>,
    /// By organisation too: a certificate that a stranger made of the same key takes nothing away.
    devices: BTreeMap<(DeviceId, OrgId), DeviceCert>,
    claims: BTreeMap<(DeviceId, OrgId), Claim>,
    staff: BTreeMap<(StaffId, OrgId), StaffCert>,
    org_keys: BTreeMap<OrgId, Vec<OrgKeyCert>>,
    suspensions: BTreeSet<Suspension>,
    decisions: Decisions,
    ever: BTreeSet<OrgId>,
}

impl Governance {
    /// Begins with a genesis.
    ///
    /// # Errors
    /// When the founder's certificate doesn't verify.
    pub fn found(genesis: Genesis) -> Result<Self, Refused> {
        if !genesis.founder.valid() || !name_ok(&genesis.name) || genesis.version != 0 {
            return Err(Refused::Certificate("founding document"));
        }
        let (consortium, founder) = (genesis.id(), genesis.founder.id());
        let first = Era::first(consortium, founder, genesis.witness);
        Ok(Self {
            orgs: BTreeMap::from([(founder, genesis.founder.clone())]),
            genesis,
            consortium,
            devices: BTreeMap::new(),
            claims: BTreeMap::new(),
            staff: BTreeMap::new(),
            org_keys: BTreeMap::new(),
            suspensions: BTreeSet::new(),
            decisions: Decisions::new(first),
            ever: BTreeSet::from([founder]),
        })
    }

    /// Takes one statement. False: it was known, or says nothing new.
    ///
    /// # Errors
    /// [`Refused`] names the condition that failed.
    pub fn apply(&mut self, s: &Statement) -> Result<bool, Refused> {
        check(s, self.consortium)?;
        Ok(self.take(s))
    }

    /// Takes a statement that passed [`check`].
    pub(super) fn take(&mut self, s: &Statement) -> bool {
        match s {
            Statement::Propose(p) => {
                if let Proposal::Admit { org, .. } = p {
                    settle(&mut self.orgs, org.id(), org, codec::encode);
                }
                let new = self.decisions.propose(p);
                self.decided(new)
            }
            Statement::Approve(a) => {
                let new = self.decisions.approve(a);
                self.decided(new)
            }
            Statement::Void(v) => {
                let new = self.decisions.void(v);
                self.decided(new)
            }
            Statement::Device(d) => {
                settle(&mut self.devices, (d.id(), d.org), d, |c| (c.incarnation, codec::encode(c)))
            }
            Statement::Claim(c) => settle(&mut self.claims, (c.id(), c.org), c, codec::encode),
            Statement::Staff(c) => settle(&mut self.staff, (c.id(), c.org), c, codec::encode),
            Statement::OrgKey(k) => {
                let keys = self.org_keys.entry(k.org).or_default();
                if keys.contains(k) {
                    return false;
                }
                keys.push(k.clone());
                keys.sort_by_key(OrgKeyCert::epoch);
                true
            }
            Statement::Suspend(x) => self.suspensions.insert(x.clone()),
            // Which blocks it names is the ledger's business.
            Statement::Adopt(_) => true,
        }
    }

    fn decided(&mut self, new: bool) -> bool {
        if new {
            self.ever = self.decisions.eras().iter().flat_map(|e| e.members.keys().copied()).collect();
        }
        new
    }

    /// The consortium's genesis.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The consortium's fingerprint.
    pub fn consortium(&self) -> ConsortiumId {
        self.consortium
    }

    /// Proposals, approvals, epochs.
    pub fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// The governance epoch now.
    pub fn era(&self) -> &Era {
        self.decisions.era()
    }

    /// Everything that led to the members of now: what a newcomer needs besides the genesis.
    pub fn acts(&self) -> Vec<Statement> {
        let (proposals, approvals, voids) = self.decisions.history();
        let proposals = proposals.into_iter().map(Statement::Propose);
        let approvals = approvals.into_iter().map(Statement::Approve);
        proposals.chain(approvals).chain(voids.into_iter().map(Statement::Void)).collect()
    }

    /// The policy text in force.
    pub fn policy(&self) -> &str {
        let decided = self.era().policy.and_then(|id| self.decisions.proposal(&id));
        match decided {
            Some(Proposal::Policy(text)) => text,
            _ => policy::DEFAULT,
        }
    }

    /// Members.
    pub fn orgs(&self) -> impl Iterator<Item = &OrgCert> {
        self.era().members.keys().filter_map(|o| self.orgs.get(o))
    }

    /// One member.
    pub fn org(&self, id: OrgId) -> Option<&OrgCert> {
        self.orgs.get(&id).filter(|_| self.era().members.contains_key(&id))
    }

    /// True for an organisation that is or was a member.
    pub fn was_member(&self, id: OrgId) -> bool {
        self.ever.contains(&id)
    }

    /// One certified terminal of an organisation that is or was a member.
    pub fn device(&self, id: DeviceId) -> Option<&DeviceCert> {
        let all = self.devices.range((id, OrgId([0; 16]))..=(id, OrgId([0xff; 16])));
        all.map(|(_, d)| d).filter(|d| self.was_member(d.org)).max_by_key(|d| (d.incarnation, d.org))
    }

    /// All such terminals.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceCert> {
        self.devices.values().filter(|d| self.was_member(d.org))
    }

    /// The certificate that this organisation gave a terminal, whoever else certified its key since: a thief can let another
    /// member do that.
    pub fn device_of(&self, id: DeviceId, org: OrgId) -> Option<&DeviceCert> {
        self.devices.get(&(id, org)).filter(|d| self.was_member(d.org))
    }

    /// Whether what an organisation says of a terminal counts where it takes something from it: it certified it, or somebody of
    /// its staff vouched for it.
    pub(super) fn is_of(&self, device: DeviceId, org: OrgId) -> bool {
        self.devices.contains_key(&(device, org)) || self.writer(device).is_some_and(|(o, _)| o == org)
    }

    /// A terminal that someone of a member's staff vouched for, and that isn't certified yet.
    pub fn claim(&self, id: DeviceId) -> Option<&Claim> {
        if self.device(id).is_some() {
            return None;
        }
        let all = self.claims.range((id, OrgId([0; 16]))..=(id, OrgId([0xff; 16])));
        all.map(|(_, c)| c)
            .rfind(|c| self.was_member(c.org) && self.staff.contains_key(&(StaffId::of_key(&c.staff), c.org)))
    }

    /// The organisation and ledger key of a terminal, certified or claimed.
    pub fn writer(&self, id: DeviceId) -> Option<(OrgId, &PublicKey)> {
        match self.device(id) {
            Some(d) => Some((d.org, &d.request.keys.ledger)),
            None => self.claim(id).map(|c| (c.org, &c.request.keys.ledger)),
        }
    }

    /// The terminal that answers at this iroh endpoint. Where several are certified with its key, one that isn't welcome: who
    /// has a suspended terminal's key may have let another member certify it for a new one.
    pub fn device_at(&self, endpoint: &PublicKey) -> Option<&DeviceCert> {
        self.devices().filter(|d| d.request.keys.endpoint == *endpoint).min_by_key(|d| self.welcomes(d))
    }

    /// The suspensions of a terminal by whoever certified it.
    pub fn suspensions(&self, device: DeviceId) -> impl Iterator<Item = &Suspension> {
        let own = move |s: &&Suspension| s.who == Suspended::Device(device) && self.is_of(device, s.org());
        self.suspensions.iter().filter(own)
    }

    /// An organisation's suspensions of one of its people.
    pub fn staff_suspensions(&self, staff: StaffId, org: OrgId) -> impl Iterator<Item = &Suspension> {
        self.suspensions.iter().filter(move |s| s.who == Suspended::Staff(staff) && s.org() == org)
    }

    /// True for a terminal that may be told things and have keys wrapped to it: certified, not suspended, and its
    /// organisation is a member now.
    pub fn in_good_standing(&self, device: DeviceId) -> bool {
        self.device(device).is_some_and(|d| self.welcomes(d))
    }

    /// Whether an organisation has suspended any terminal, also one whose certificate hasn't come here.
    pub fn has_suspended(&self, org: OrgId) -> bool {
        self.suspensions.iter().any(|s| s.org() == org && matches!(s.who, Suspended::Device(_)))
    }

    /// Whether a terminal that shows its certificate is in good standing; it may not have been heard of here.
    pub fn welcomes(&self, d: &DeviceCert) -> bool {
        let own = |s: &Suspension| {
            s.who == Suspended::Device(d.id()) && (s.org() == d.org || self.is_of(d.id(), s.org()))
        };
        self.era().members.contains_key(&d.org) && !self.suspensions.iter().any(own)
    }

    /// A person as one of an organisation's own: what they sign there counts by that, whoever else certifies their key.
    pub fn staff_of(&self, id: StaffId, org: OrgId) -> Option<&StaffCert> {
        self.staff.get(&(id, org)).filter(|s| self.was_member(s.org))
    }

    /// One person, for people to read, and whose key it is: it is the same in every certificate.
    pub fn staff(&self, id: StaffId) -> Option<&StaffCert> {
        let all = self.staff.range((id, OrgId([0; 16]))..=(id, OrgId([0xff; 16])));
        all.map(|(_, s)| s).rfind(|s| self.was_member(s.org))
    }

    /// All people.
    pub fn all_staff(&self) -> impl Iterator<Item = &StaffCert> {
        self.staff.values().filter(|s| self.was_member(s.org))
    }

    /// An organisation's encryption keys, by name.
    pub fn org_keys(&self, org: OrgId) -> &[OrgKeyCert] {
        self.org_keys.get(&org).map_or(&[], Vec::as_slice)
    }

    /// The name of an organisation, for people to read.
    pub fn org_name(&self, org: OrgId) -> String {
        self.orgs.get(&org).map_or_else(|| org.short(), |o| o.name.clone())
    }

    /// The name of a person, for people to read.
    pub fn staff_name(&self, staff: StaffId) -> String {
        self.staff(staff).map_or_else(|| staff.short(), |s| s.request.name.clone())
    }
}

#[cfg(test)]
#[path = "governance_tests.rs"]
mod tests;
