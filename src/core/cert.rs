//! Certificates: organisations, terminals, people. Each is checked by itself, whatever else is known.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    codec,
    id::{ConsortiumId, DeviceId, EpochId, OrgId, StaffId, hash32},
    sign::{self, PublicKey, Signature},
};

/// The most characters that a name in a certificate may have.
pub const MAX_NAME: usize = 80;
const ORG: &str = "aidpost v0 org certificate";
const CLAIM: &str = "aidpost v0 claim";
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

    /// True when its own root key signed it and its name can be shown.
    pub fn valid(&self) -> bool {
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
    /// Ledger key of the terminal that cosigns for it: see `finality`.
    pub witness: PublicKey,
}

impl Genesis {
    /// The consortium's fingerprint.
    pub fn id(&self) -> ConsortiumId {
        ConsortiumId(hash32("aidpost v0 genesis", &[&codec::encode(self)]))
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

    /// True when the terminal itself made it, for this organisation.
    pub fn valid(&self, org: OrgId) -> bool {
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
    /// The organisation's root key, whose hash `org` is: a certificate is checked by itself, whatever came before it.
    pub root: PublicKey,
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
        let public = *root.verifying_key().as_bytes();
        Self { org, root: public, incarnation, signature: sign::sign(root, DEVICE, &[&body]), request }
    }

    /// Its identifier.
    pub fn id(&self) -> DeviceId {
        DeviceId::of_key(&self.request.keys.ledger)
    }

    /// True when terminal and organisation both signed it.
    pub fn valid(&self) -> bool {
        let body = codec::encode(&(self.org, self.incarnation, &self.request));
        OrgId::of_key(&self.root) == self.org
            && self.request.valid(self.org)
            && sign::verify(&self.root, DEVICE, &[&body], &self.signature)
    }
}

/// A terminal that was restored from a backup, or is otherwise new, and not certified yet: a member of its staff vouches
/// for its key. What it writes is kept and shown, and gives no permission until its organisation certifies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Whose terminal it says it is.
    pub org: OrgId,
    /// Name and keys, proven by the terminal.
    pub request: DeviceRequest,
    /// Signing key of the person who vouches.
    pub staff: PublicKey,
    signature: Signature,
}

impl Claim {
    /// The person vouches for the terminal.
    pub fn new(org: OrgId, request: DeviceRequest, staff: &SigningKey) -> Self {
        let signature = sign::sign(staff, CLAIM, &[&codec::encode(&(org, &request))]);
        Self { org, request, staff: *staff.verifying_key().as_bytes(), signature }
    }

    /// The terminal's identifier.
    pub fn id(&self) -> DeviceId {
        DeviceId::of_key(&self.request.keys.ledger)
    }

    /// True when terminal and person both signed it.
    pub fn valid(&self) -> bool {
        let body = codec::encode(&(self.org, &self.request));
        self.request.valid(self.org) && sign::verify(&self.staff, CLAIM, &[&body], &self.signature)
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

    /// True when whoever has the key made it, for this organisation.
    pub fn valid(&self, org: OrgId) -> bool {
        let body = codec::encode(&(org, &self.name, self.role, self.key));
        name_ok(&self.name) && sign::verify(&self.key, STAFF_REQUEST, &[&body], &self.by_staff)
    }
}

/// A member of staff: their request, countersigned by their organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffCert {
    /// Whose staff.
    pub org: OrgId,
    /// The organisation's root key.
    pub root: PublicKey,
    /// Name, role and key, proven by the person.
    pub request: StaffRequest,
    signature: Signature,
}

impl StaffCert {
    /// The organisation certifies the person.
    pub fn new(request: StaffRequest, root: &SigningKey) -> Self {
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        let signature = sign::sign(root, STAFF, &[&codec::encode(&(org, &request))]);
        Self { org, root: *root.verifying_key().as_bytes(), request, signature }
    }

    /// Their identifier.
    pub fn id(&self) -> StaffId {
        StaffId::of_key(&self.request.key)
    }

    /// True when person and organisation both signed it.
    pub fn valid(&self) -> bool {
        let body = codec::encode(&(self.org, &self.request));
        OrgId::of_key(&self.root) == self.org
            && self.request.valid(self.org)
            && sign::verify(&self.root, STAFF, &[&body], &self.signature)
    }
}

/// The public half of an organisation's encryption key of one epoch: patient keys are wrapped to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgKeyCert {
    /// Whose key.
    pub org: OrgId,
    /// The organisation's root key.
    pub root: PublicKey,
    /// X25519 public key; its hash names the epoch.
    pub public: [u8; 32],
    signature: Signature,
}

impl OrgKeyCert {
    /// The organisation publishes its key.
    pub fn new(public: [u8; 32], root: &SigningKey) -> Self {
        let org = OrgId::of_key(root.verifying_key().as_bytes());
        let signature = sign::sign(root, ORG_KEY, &[&codec::encode(&(org, public))]);
        Self { org, root: *root.verifying_key().as_bytes(), public, signature }
    }

    /// The epoch's name.
    pub fn epoch(&self) -> EpochId {
        EpochId::of_key(&self.public)
    }

    /// True when the organisation signed it.
    pub fn valid(&self) -> bool {
        OrgId::of_key(&self.root) == self.org
            && sign::verify(&self.root, ORG_KEY, &[&codec::encode(&(self.org, self.public))], &self.signature)
    }
}

/// True for a name that a certificate may carry: 1 to [`MAX_NAME`] characters that can be shown.
pub fn name_ok(name: &str) -> bool {
    let n = name.chars().count();
    n > 0 && n <= MAX_NAME && !name.chars().any(char::is_control)
}
