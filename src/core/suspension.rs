//! What takes trust away from a terminal or a person, and what gives single blocks theirs back.
//!
//! A suspension is immediate, only ever adds, and names the last block that is still believed: what comes after it, or
//! lies beside it, is kept, shown and marked, and gives no permission. Restrictions count from there all the same.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    block::Dep,
    codec,
    id::{BlockId, ConsortiumId, DeviceId, OrgId, StaffId},
    sign::{self, PublicKey, Signature},
};

/// The most logs that one suspension names.
pub const MAX_CUTOFFS: usize = 256;
/// The most blocks that one adoption names.
pub const MAX_ADOPTED: usize = 512;

const SUSPEND: &str = "aidpost v0 suspension";
const ADOPT: &str = "aidpost v0 adoption";

/// Who is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Suspended {
    /// A terminal: lost, stolen, or no longer the organisation's.
    Device(DeviceId),
    /// A person: what they sign.
    Staff(StaffId),
}

/// An organisation suspends one of its own terminals or people. It needs nobody's approval.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Suspension {
    /// Root key of the organisation; counts only for what is that organisation's.
    pub root: PublicKey,
    /// Whom.
    pub who: Suspended,
    /// The last blocks that are believed, one a log. Of a log that isn't named, nothing is.
    pub upto: Vec<Dep>,
    signature: Signature,
}

impl Suspension {
    /// The organisation suspends.
    pub fn new(consortium: ConsortiumId, who: Suspended, upto: Vec<Dep>, root: &SigningKey) -> Self {
        let signature = sign::sign(root, SUSPEND, &[&consortium.0, &codec::encode(&(&who, &upto))]);
        Self { root: *root.verifying_key().as_bytes(), who, upto, signature }
    }

    /// The organisation.
    pub fn org(&self) -> OrgId {
        OrgId::of_key(&self.root)
    }

    /// True when the root key that it names signed it, for this consortium.
    pub fn valid(&self, consortium: ConsortiumId) -> bool {
        let body = codec::encode(&(&self.who, &self.upto));
        self.upto.len() <= MAX_CUTOFFS
            && sign::verify(&self.root, SUSPEND, &[&consortium.0, &body], &self.signature)
    }
}

/// A clinician takes responsibility for quarantined blocks of their own organisation: these, and no others, are believed
/// again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Adoption {
    /// Signing key of the clinician.
    pub staff: PublicKey,
    /// Which blocks.
    pub blocks: Vec<BlockId>,
    signature: Signature,
}

impl Adoption {
    /// The clinician countersigns.
    pub fn new(consortium: ConsortiumId, blocks: Vec<BlockId>, staff: &SigningKey) -> Self {
        let signature = sign::sign(staff, ADOPT, &[&consortium.0, &codec::encode(&blocks)]);
        Self { staff: *staff.verifying_key().as_bytes(), blocks, signature }
    }

    /// The clinician.
    pub fn author(&self) -> StaffId {
        StaffId::of_key(&self.staff)
    }

    /// True when the key that it names signed it, for this consortium.
    pub fn valid(&self, consortium: ConsortiumId) -> bool {
        let body = codec::encode(&self.blocks);
        self.blocks.len() <= MAX_ADOPTED
            && sign::verify(&self.staff, ADOPT, &[&consortium.0, &body], &self.signature)
    }
}
