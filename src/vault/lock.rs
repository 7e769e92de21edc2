//! What a key slot is locked with: a passphrase, or a recovery code. Kinds that this version doesn't know (2 is kept for
//! TPM2) stay in the file untouched.

use rand::CryptoRng;
use serde::{Deserialize, Serialize};

use super::{
    Secret, code,
    cost::{Cost, NoMemory},
};
use crate::core::codec;

/// Bytes of a recovery code: 136 bits, seven groups of five characters.
pub(super) const CODE: usize = 17;
const PASSPHRASE: u8 = 0;
const RECOVERY: u8 = 1;
/// The most bytes of a lock's parameters.
const MAX_PARAMS: usize = 4_096;

/// Kind and parameters, as they lie in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lock {
    kind: u8,
    params: Vec<u8>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct ByPassphrase {
    cost: Cost,
    salt: [u8; 16],
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct ByCode {
    salt: [u8; 16],
}

/// What opens a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LockKind {
    /// A person's passphrase.
    Passphrase,
    /// The code that was printed once.
    Recovery,
    /// Something that a newer version knows.
    Unknown,
}

impl Lock {
    /// For a new passphrase.
    pub(super) fn passphrase(cost: Cost, rng: &mut dyn CryptoRng) -> Self {
        let params = codec::encode(&ByPassphrase { cost, salt: salt(rng) });
        Self { kind: PASSPHRASE, params }
    }

    /// For a new recovery code.
    pub(super) fn recovery(rng: &mut dyn CryptoRng) -> Self {
        Self { kind: RECOVERY, params: codec::encode(&ByCode { salt: salt(rng) }) }
    }

    pub(super) fn kind(&self) -> LockKind {
        match self.kind {
            PASSPHRASE => LockKind::Passphrase,
            RECOVERY => LockKind::Recovery,
            _ => LockKind::Unknown,
        }
    }

    /// True for parameters that may be worked with.
    pub(super) fn sane(&self) -> bool {
        self.params.len() <= MAX_PARAMS
            && match self.kind() {
                LockKind::Passphrase => self.by_passphrase().is_some_and(|p| p.cost.sane()),
                LockKind::Recovery => self.by_code().is_some(),
                LockKind::Unknown => true,
            }
    }

    /// The cost of a guess; none where nobody can guess.
    pub(super) fn cost(&self) -> Option<Cost> {
        self.by_passphrase().map(|p| p.cost)
    }

    fn by_passphrase(&self) -> Option<ByPassphrase> {
        (self.kind == PASSPHRASE).then(|| codec::decode(&self.params, MAX_PARAMS).ok()).flatten()
    }

    fn by_code(&self) -> Option<ByCode> {
        (self.kind == RECOVERY).then(|| codec::decode(&self.params, MAX_PARAMS).ok()).flatten()
    }

    /// The key that a passphrase gives; none when this is no passphrase's lock.
    pub(super) fn key_of_passphrase(&self, typed: &str) -> Result<Option<Secret>, NoMemory> {
        self.by_passphrase().map(|p| p.cost.key(typed.as_bytes(), &p.salt)).transpose()
    }

    /// The key that a recovery code gives. The code is random, so that nobody need slow down guesses.
    pub(super) fn key_of_code(&self, code: &[u8]) -> Option<Secret> {
        let p = self.by_code()?;
        Secret::from_slice(blake3::keyed_hash(&short(&p.salt), code).as_bytes())
    }
}

/// A BLAKE3 key from a salt.
fn short(salt: &[u8; 16]) -> [u8; 32] {
    crate::core::id::hash32("aidpost v0 recovery code", &[salt])
}

fn salt(rng: &mut dyn CryptoRng) -> [u8; 16] {
    let mut s = [0u8; 16];
    rng.fill_bytes(&mut s);
    s
}

/// A fresh recovery code: its bytes, and as it is printed.
pub(super) fn new_code(
    rng: &mut dyn CryptoRng,
) -> (zeroize::Zeroizing<[u8; CODE]>, zeroize::Zeroizing<String>) {
    let mut bytes = zeroize::Zeroizing::new([0u8; CODE]);
    rng.fill_bytes(&mut *bytes);
    let text = code::write(&*bytes);
    (bytes, text)
}
