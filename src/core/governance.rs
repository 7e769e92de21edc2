//! Who belongs: organisations, their terminals, their staff. Every statement proves itself, so it may come in any block.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    codec,
    finality::quorum,
    id::{ConsortiumId, DeviceId, EpochId, OrgId, StaffId, hash32},
    sign::{self, PublicKey, Signature},
};

/// The most characters that a name in a certificate may have.
pub const MAX_NAME: usize = 80;
/// The most statements of one governance block.
pub const MAX_STATEMENTS: usize = 64;

const ORG: &str = "aidpost v0 org certificate";
const ADMIT: &str = "aidpost v0 admission";
const DEVICE: &str = "aidpost v0 device certificate";
const STAFF: &str = "aidpost v0 staff certificate";
const STAFF_REQUEST: &str = "aidpost v0 staff request";
const ORG_KEY: &str = "aidpost v0 org key";

/// What an organisation is to the consortium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrgKind {
    /// Rural clinic or health post.
    Clinic,
    /// Hospital.
    Hospital,
    /// Research body.
    Research,
    /// Insurer.
    Insurer,
    /// Health bureau.
    Bureau,
}

/// What a member of staff does, as policy sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Registers patients.
    Registrar,
    /// Sees patients, writes visits.
    Nurse,
    /// Diagnoses and prescribes.
    Clinician,
    /// Dispenses.
    Pharmacist,
    /// Laboratory.
    Lab,
    /// Researcher.
    Researcher,
    /// Insurer's clerk.
    Insurer,
    /// Health bureau's officer.
    Bureau,
    /// Runs the organisation's part of the consortium.
    Admin,
}

impl Role {
    /// Every role with the word that policies, the command line and screens use.
    pub const ALL: [(Role, &'static str); 9] = [
        (Role::Registrar, "registrar"),
        (Role::Nurse, "nurse"),
        (Role::Clinician, "clinician"),
        (Role::Pharmacist, "pharmacist"),
        (Role::Lab, "lab"),
        (Role::Researcher, "researcher"),
        (Role::Insurer, "insurer"),
        (Role::Bureau, "bureau"),
        (Role::Admin, "admin"),
    ];

    /// The role's word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(r, _)| *r == self).map_or("", |(_, w)| w)
    }

    /// The role of a word, if there is one.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(r, _)| *r)
    }
}

/// An organisation, signed by its own root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgCert {
    /// Name as people know it.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Ed25519 root key.
    pub root: PublicKey,
    signature: Signature,
}

impl OrgCert {
    /// Made by the organisation itself.
    pub fn new(name: &str, kind: OrgKind, root: &SigningKey) -> Self {
        let public = *root.verifying_key().as_bytes();
        let signature = sign::sign(root, ORG, &[&codec::encode(&(name, kind, public))]);
        Self { name: name.into(), kind, root: public, signature }
    }

    /// Its identifier.
    pub fn id(&self) -> OrgId {
        OrgId::of_key(&self.root)
    }

    fn valid(&self) -> bool {
        let body = codec::encode(&(&self.name, self.kind, self.root));
        name_ok(&self.name) && sign::verify(&self.root, ORG, &[&body], &self.signature)
    }
}

/// The beginning of a consortium. Its hash is the consortium's fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Genesis {
    /// Format version, 0.
    pub version: u8,
    /// The consortium's name.
    pub name: String,
    /// A demonstration: recorded camera frames are accepted, nothing real may be kept here.
    pub demo: bool,
    /// Random.
    pub nonce: [u8; 32],
    /// The organisation that founds it.
    pub founder: OrgCert,
}

impl Genesis {
    /// The consortium's fingerprint.
    pub fn id(&self) -> ConsortiumId {
        ConsortiumId(hash32("aidpost v0 genesis", &[&codec::encode(self)]))
    }
}

/// One organisation's yes to an admission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who approves.
    pub org: OrgId,
    signature: Signature,
}

/// A new organisation, approved by a quorum of those before it. `after` chains admissions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// Who comes in.
    pub org: OrgCert,
    /// The act before this one: the last admission, or the genesis.
    pub after: [u8; 32],
    /// By a quorum of the organisations then present.
    pub approvals: Vec<Approval>,
}

impl Admission {
    /// Signs a yes to `org` coming next after `after`.
    pub fn approve(org: &OrgCert, after: [u8; 32], root: &SigningKey) -> Approval {
        Approval {
            org: OrgId::of_key(root.verifying_key().as_bytes()),
            signature: sign::sign(root, ADMIT, &[&after, &codec::encode(org)]),
        }
    }

    fn hash(&self) -> [u8; 32] {
        hash32("aidpost v0 admission act", &[&self.after, &codec::encode(&self.org)])
    }
}

/// The public keys of a terminal, as it asks to be certified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceKeys {
    /// Ed25519, signs its log.
    pub ledger: PublicKey,
    /// Ed25519, its iroh endpoint.
    pub endpoint: PublicKey,
    /// X25519, what is wrapped to it.
    pub encryption: [u8; 32],
}

/// A terminal's request: its keys, each proving that it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// Name as people know it, e.g. "front desk".
    pub name: String,
    /// Its three public keys.
    pub keys: DeviceKeys,
    by_ledger: Signature,
    by_endpoint: Signature,
}

impl DeviceRequest {
    /// Made on the terminal itself, for one organisation: no other can certify it.
    pub fn new(
        org: OrgId,
        name: &str,
        ledger: &SigningKey,
        endpoint: &SigningKey,
        encryption: [u8; 32],
    ) -> Self {
        let keys = DeviceKeys {
            ledger: *ledger.verifying_key().as_bytes(),
            endpoint: *endpoint.verifying_key().as_bytes(),
            encryption,
        };
        let body = codec::encode(&(org, name, &keys));
        Self {
            name: name.into(),
            by_ledger: sign::sign(ledger, DEVICE, &[&body]),
            by_endpoint: sign::sign(endpoint, DEVICE, &[&body]),
            keys,
        }
    }

    fn valid(&self, org: OrgId) -> bool {
        let body = codec::encode(&(org, &self.name, &self.keys));
        name_ok(&self.name)
            && sign::verify(&self.keys.ledger, DEVICE, &[&body], &self.by_ledger)
            && sign::verify(&self.keys.endpoint, DEVICE, &[&body], &self.by_endpoint)
    }
}

/// A terminal of an organisation: its request, countersigned by the organisation's root key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCert {
    /// Whose terminal.
    pub org: OrgId,
    /// Which life of the terminal, from 0.
    pub incarnation: u32,
    /// Name and keys, proven by the terminal.
    pub request: DeviceRequest,
    signature: Signature,
}

impl DeviceCert {
    /// The organisation certifies the terminal.
    pub fn new(request: DeviceRequest, incarnation: u32, root: &SigningKey) -> Self {
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        let body = codec::encode(&(org, incarnation, &request));
        Self { org, incarnation, signature: sign::sign(root, DEVICE, &[&body]), request }
    }

    /// Its identifier.
    pub fn id(&self) -> DeviceId {
        DeviceId::of_key(&self.request.keys.ledger)
    }

    fn valid(&self, root: &PublicKey) -> bool {
        let body = codec::encode(&(self.org, self.incarnation, &self.request));
        self.request.valid(self.org) && sign::verify(root, DEVICE, &[&body], &self.signature)
    }
}

/// A person's request: name, role and key, signed with that key for one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRequest {
    /// Name as colleagues know it.
    pub name: String,
    /// What they do.
    pub role: Role,
    /// Ed25519 signing key.
    pub key: PublicKey,
    by_staff: Signature,
}

impl StaffRequest {
    /// Made where the person's key is.
    pub fn new(org: OrgId, name: &str, role: Role, key: &SigningKey) -> Self {
        let public = *key.verifying_key().as_bytes();
        let by_staff = sign::sign(key, STAFF_REQUEST, &[&codec::encode(&(org, name, role, public))]);
        Self { name: name.into(), role, key: public, by_staff }
    }

    fn valid(&self, org: OrgId) -> bool {
        let body = codec::encode(&(org, &self.name, self.role, self.key));
        name_ok(&self.name) && sign::verify(&self.key, STAFF_REQUEST, &[&body], &self.by_staff)
    }
}

/// A member of staff: their request, countersigned by their organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCert {
    /// Whose staff.
    pub org: OrgId,
    /// Name, role and key, proven by the person.
    pub request: StaffRequest,
    signature: Signature,
}

impl StaffCert {
    /// The organisation certifies the person.
    pub fn new(request: StaffRequest, root: &SigningKey) -> Self {
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        let signature = sign::sign(root, STAFF, &[&codec::encode(&(org, &request))]);
        Self { org, request, signature }
    }

    /// Their identifier.
    pub fn id(&self) -> StaffId {
        StaffId::of_key(&self.request.key)
    }

    fn valid(&self, root: &PublicKey) -> bool {
        let body = codec::encode(&(self.org, &self.request));
        self.request.valid(self.org) && sign::verify(root, STAFF, &[&body], &self.signature)
    }
}

/// The public half of an organisation's encryption key of one epoch: patient keys are wrapped to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgKeyCert {
    /// Whose key.
    pub org: OrgId,
    /// X25519 public key; its hash names the epoch.
    pub public: [u8; 32],
    signature: Signature,
}

impl OrgKeyCert {
    /// The organisation publishes its key.
    pub fn new(public: [u8; 32], root: &SigningKey) -> Self {
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        Self { org, public, signature: sign::sign(root, ORG_KEY, &[&codec::encode(&(org, public))]) }
    }

    /// The epoch's name.
    pub fn epoch(&self) -> EpochId {
        EpochId::of_key(&self.public)
    }

    fn valid(&self, root: &PublicKey) -> bool {
        sign::verify(root, ORG_KEY, &[&codec::encode(&(self.org, self.public))], &self.signature)
    }
}

/// One statement of a governance block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Statement {
    /// An organisation comes in.
    Admit(Admission),
    /// A terminal is certified.
    Device(DeviceCert),
    /// A person is certified.
    Staff(StaffCert),
    /// An organisation's encryption key.
    OrgKey(OrgKeyCert),
}

/// Why a statement is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Signature or name.
    #[error("the {0} certificate does not verify")]
    Certificate(&'static str),
    /// The organisation isn't admitted (here, yet).
    #[error("organisation {0} is not a member here")]
    NotMember(OrgId),
    /// Not enough of the organisations agreed.
    #[error("{got} of {need} organisations approved the admission")]
    Quorum {
        /// Valid approvals.
        got: usize,
        /// Needed.
        need: usize,
    },
    /// The admission follows another act than the last one here.
    #[error("the admission was approved after another decision; ask for it again")]
    Stale,
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

/// True for a name that a certificate may carry: 1 to [`MAX_NAME`] characters that can be shown.
pub fn name_ok(name: &str) -> bool {
    let n = name.chars().count();
    n > 0 && n <= MAX_NAME && !name.chars().any(char::is_control)
}

/// Everything that governance has stated, the same for the same set of statements.
#[derive(Clone, Debug)]
pub struct Governance {
    genesis: Genesis,
    consortium: ConsortiumId,
    orgs: BTreeMap<OrgId, OrgCert>,
    devices: BTreeMap<DeviceId, DeviceCert>,
    staff: BTreeMap<StaffId, StaffCert>,
    org_keys: BTreeMap<OrgId, Vec<OrgKeyCert>>,
    last_act: [u8; 32],
    acts: Vec<Admission>,
}

impl Governance {
    /// Begins with a genesis.
    ///
    /// # Errors
    /// When the founder's certificate doesn't verify.
    pub fn found(genesis: Genesis) -> Result<Self, Refused> {
        if !genesis.founder.valid() || !name_ok(&genesis.name) || genesis.version != 0 {
            return Err(Refused::Certificate("founding"));
        }
        let consortium = genesis.id();
        let orgs = BTreeMap::from([(genesis.founder.id(), genesis.founder.clone())]);
        Ok(Self {
            genesis,
            consortium,
            orgs,
            devices: BTreeMap::new(),
            staff: BTreeMap::new(),
            org_keys: BTreeMap::new(),
            last_act: consortium.0,
            acts: Vec::new(),
        })
    }

    /// Takes one statement. False: it was known.
    ///
    /// # Errors
    /// [`Refused`] names the condition that failed.
    pub fn apply(&mut self, s: &Statement) -> Result<bool, Refused> {
        match s {
            Statement::Admit(a) => self.admit(a),
            Statement::Device(d) => {
                if !d.valid(self.root(d.org)?) {
                    return Err(Refused::Certificate("device"));
                }
                Ok(settle(&mut self.devices, d.id(), d, |c| (c.incarnation, codec::encode(c))))
            }
            Statement::Staff(c) => {
                if !c.valid(self.root(c.org)?) {
                    return Err(Refused::Certificate("staff"));
                }
                Ok(settle(&mut self.staff, c.id(), c, codec::encode))
            }
            Statement::OrgKey(k) => {
                if !k.valid(self.root(k.org)?) {
                    return Err(Refused::Certificate("organisation key"));
                }
                let keys = self.org_keys.entry(k.org).or_default();
                if keys.contains(k) {
                    return Ok(false);
                }
                keys.push(k.clone());
                keys.sort_by_key(OrgKeyCert::epoch);
                Ok(true)
            }
        }
    }

    fn admit(&mut self, a: &Admission) -> Result<bool, Refused> {
        if self.orgs.contains_key(&a.org.id()) {
            return Ok(false);
        }
        if !a.org.valid() {
            return Err(Refused::Certificate("organisation"));
        }
        if a.after != self.last_act {
            return Err(Refused::Stale);
        }
        let body = codec::encode(&a.org);
        let mut yes: Vec<OrgId> = a
            .approvals
            .iter()
            .filter(|x| {
                self.orgs
                    .get(&x.org)
                    .is_some_and(|o| sign::verify(&o.root, ADMIT, &[&a.after, &body], &x.signature))
            })
            .map(|x| x.org)
            .collect();
        yes.sort();
        yes.dedup();
        let need = quorum(self.orgs.len());
        if yes.len() < need {
            return Err(Refused::Quorum { got: yes.len(), need });
        }
        self.orgs.insert(a.org.id(), a.org.clone());
        self.last_act = a.hash();
        self.acts.push(a.clone());
        Ok(true)
    }

    fn root(&self, org: OrgId) -> Result<&PublicKey, Refused> {
        self.orgs.get(&org).map(|o| &o.root).ok_or(Refused::NotMember(org))
    }

    /// The consortium's genesis.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The consortium's fingerprint.
    pub fn consortium(&self) -> ConsortiumId {
        self.consortium
    }

    /// What the next admission must follow.
    pub fn last_act(&self) -> [u8; 32] {
        self.last_act
    }

    /// All admissions so far, in order: what a newcomer needs besides the genesis.
    pub fn acts(&self) -> &[Admission] {
        &self.acts
    }

    /// Members.
    pub fn orgs(&self) -> impl Iterator<Item = &OrgCert> {
        self.orgs.values()
    }

    /// One member.
    pub fn org(&self, id: OrgId) -> Option<&OrgCert> {
        self.orgs.get(&id)
    }

    /// One terminal.
    pub fn device(&self, id: DeviceId) -> Option<&DeviceCert> {
        self.devices.get(&id)
    }

    /// All terminals.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceCert> {
        self.devices.values()
    }

    /// The terminal that answers at this iroh endpoint.
    pub fn device_at(&self, endpoint: &PublicKey) -> Option<&DeviceCert> {
        self.devices.values().find(|d| d.request.keys.endpoint == *endpoint)
    }

    /// One person.
    pub fn staff(&self, id: StaffId) -> Option<&StaffCert> {
        self.staff.get(&id)
    }

    /// All people.
    pub fn all_staff(&self) -> impl Iterator<Item = &StaffCert> {
        self.staff.values()
    }

    /// The encryption key to wrap to for an organisation: that with the lowest epoch name, so that all choose alike.
    pub fn org_key(&self, org: OrgId) -> Option<&OrgKeyCert> {
        self.org_keys.get(&org)?.first()
    }

    /// The name of an organisation, for people to read.
    pub fn org_name(&self, org: OrgId) -> String {
        self.org(org).map_or_else(|| org.short(), |o| o.name.clone())
    }

    /// The name of a person, for people to read.
    pub fn staff_name(&self, staff: StaffId) -> String {
        self.staff(staff).map_or_else(|| staff.short(), |s| s.request.name.clone())
    }
}

#[cfg(test)]
#[path = "governance_tests.rs"]
mod tests;
