//! Wrapped keys as they travel on the ledger. Wrapping and opening is the vault's; here is only their form.

use serde::{Deserialize, Serialize};

use super::{
    block::{Kind, MAX_PAYLOAD},
    codec,
    id::{CardId, DeviceId, EpochId, OrgId, PatientId},
    record::Compartment,
};

/// The most wraps in one block.
pub const MAX_WRAPS: usize = 256;

/// One HPKE ciphertext (RFC 9180, base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Encapsulated key.
    pub enc: [u8; 32],
    /// Ciphertext with its tag.
    pub ct: Vec<u8>,
}

/// Which key of a patient: named by its hash, so that concurrent rotations coexist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PatientKeyId {
    /// Whose records.
    pub patient: PatientId,
    /// Which part of them.
    pub compartment: Compartment,
    /// Which key.
    pub epoch: EpochId,
}

impl SealedRecords {
    /// Reads the payload of a block of this kind. Each kind has its own keys: what everyone can open in an emergency holds
    /// nothing else. None: it is not sealed records, or under the key of another part of the record.
    pub fn of(kind: Kind, bytes: &[u8]) -> Option<Self> {
        let sealed: Self = codec::decode(bytes, MAX_PAYLOAD).ok()?;
        let emergency = sealed.key.compartment == Compartment::Emergency;
        (emergency == (kind == Kind::Summary)).then_some(sealed)
    }
}

/// A key, sealed to one who may open it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wrap {
    /// An organisation's private encryption key, to one of its terminals.
    OrgKey {
        /// Whose key.
        org: OrgId,
        /// Which.
        epoch: EpochId,
        /// To which terminal.
        device: DeviceId,
        /// The X25519 private key.
        sealed: Sealed,
    },
    /// A patient key, to an organisation.
    PatientKey {
        /// Which key.
        key: PatientKeyId,
        /// To whom.
        org: OrgId,
        /// To which of its keys.
        org_epoch: EpochId,
        /// The 32-byte patient key.
        sealed: Sealed,
    },
    /// A patient key, to the patient's own card.
    CardKey {
        /// Which key.
        key: PatientKeyId,
        /// To which card.
        card: CardId,
        /// The 32-byte patient key.
        sealed: Sealed,
    },
    /// A secret that cards are sealed with besides their PIN, to an organisation.
    CardSecret {
        /// Which secret.
        secret: EpochId,
        /// To whom.
        org: OrgId,
        /// To which of its keys.
        org_epoch: EpochId,
        /// The 32-byte secret.
        sealed: Sealed,
    },
}

impl Wrap {
    /// The patient key in it, if that is one.
    pub fn patient_key(&self) -> Option<&PatientKeyId> {
        match self {
            Wrap::PatientKey { key, .. } | Wrap::CardKey { key, .. } => Some(key),
            Wrap::OrgKey { .. } | Wrap::CardSecret { .. } => None,
        }
    }
}

/// What is sealed of a visit: all its entries together, under one record key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedRecords {
    /// Under which patient key the record key is derived.
    pub key: PatientKeyId,
    /// Salt of the derivation; fresh for each block.
    pub salt: [u8; 32],
    /// XChaCha20-Poly1305: nonce ‖ ciphertext ‖ tag, padded to a size class before sealing.
    #[serde(with = "serde_bytes")]
    pub sealed: Vec<u8>,
}
