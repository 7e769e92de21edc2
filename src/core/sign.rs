//! Signatures: one way to make one, one way to accept one, a domain for each kind of thing signed.

use ed25519_dalek::{Signature as DalekSignature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{codec, id::StaffId};

/// An Ed25519 public key, as bytes.
pub type PublicKey = [u8; 32];

/// An Ed25519 signature, RFC 8032.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signature {
    r: [u8; 32],
    s: [u8; 32],
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signature({}…)", hex::encode(&self.r[..4]))
    }
}

/// What is signed under a domain: `len(domain) ‖ domain ‖ parts`.
fn message(domain: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut m = Vec::with_capacity(1 + domain.len() + parts.iter().map(|p| p.len()).sum::<usize>());
    m.push(domain.len() as u8);
    m.extend_from_slice(domain.as_bytes());
    for p in parts {
        m.extend_from_slice(p);
    }
    m
}

/// Signs `parts` under `domain`.
pub fn sign(key: &SigningKey, domain: &str, parts: &[&[u8]]) -> Signature {
    let b = key.sign(&message(domain, parts));
    Signature { r: *b.r_bytes(), s: *b.s_bytes() }
}

/// True when `key` signed `parts` under `domain`. The strict rule: no malleable forms, no weak keys.
pub fn verify(key: &PublicKey, domain: &str, parts: &[&[u8]], signature: &Signature) -> bool {
    Verifier::new(key).verify(domain, parts, signature)
}

/// A key that many signatures are checked against: its point is worked out once.
#[derive(Clone, Debug)]
pub struct Verifier(Option<VerifyingKey>);

impl Verifier {
    /// For this key. One that is no point on the curve signs nothing.
    pub fn new(key: &PublicKey) -> Self {
        Self(VerifyingKey::from_bytes(key).ok())
    }

    /// As [`verify`].
    pub fn verify(&self, domain: &str, parts: &[&[u8]], signature: &Signature) -> bool {
        let sig = DalekSignature::from_components(signature.r, signature.s);
        self.0.is_some_and(|key| key.verify_strict(&message(domain, parts), &sig).is_ok())
    }
}

/// An entry as its author wrote it: body bytes and the author's own signature, beside the device's on the block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authored {
    /// Who wrote it.
    pub author: StaffId,
    /// Canonical bytes of the entry.
    pub body: Vec<u8>,
    signature: Signature,
}

impl Authored {
    /// Signs `body` as `author`, for this `domain` and `scope` (consortium and patient, so that it fits nowhere else).
    pub fn new<T: Serialize>(key: &SigningKey, domain: &str, scope: &[&[u8]], body: &T) -> Self {
        let body = codec::encode(body);
        let mut parts = scope.to_vec();
        parts.push(&body);
        let signature = sign(key, domain, &parts);
        Self { author: StaffId::of_key(key.verifying_key().as_bytes()), body, signature }
    }

    /// True when the holder of `key` wrote this body for this domain and scope.
    pub fn verify(&self, key: &PublicKey, domain: &str, scope: &[&[u8]]) -> bool {
        let mut parts = scope.to_vec();
        parts.push(&self.body);
        StaffId::of_key(key) == self.author && verify(key, domain, &parts, &self.signature)
    }

    /// The entry itself.
    ///
    /// # Errors
    /// When the body isn't the canonical form of a `T` of at most `cap` bytes.
    pub fn read<T: Serialize + DeserializeOwned>(&self, cap: usize) -> Result<T, codec::DecodeError> {
        codec::decode(&self.body, cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_one_key_domain_scope_and_body() {
        let k = SigningKey::from_bytes(&[1; 32]);
        let public = *k.verifying_key().as_bytes();
        let a = Authored::new(&k, "note", &[b"here"], &5u32);
        assert!(a.verify(&public, "note", &[b"here"]));
        assert!(!a.verify(&public, "note", &[b"there"]));
        assert!(!a.verify(&public, "other", &[b"here"]));
        let other = *SigningKey::from_bytes(&[2; 32]).verifying_key().as_bytes();
        assert!(!a.verify(&other, "note", &[b"here"]));
        let mut changed = a.clone();
        changed.body[0] ^= 1;
        assert!(!changed.verify(&public, "note", &[b"here"]));
    }

    #[test]
    fn a_weak_key_signs_nothing() {
        // The identity point: under the cofactored rule any message verifies for it.
        let mut weak = [0u8; 32];
        weak[0] = 1;
        let sig = Signature { r: weak, s: [0; 32] };
        assert!(!verify(&weak, "d", &[b"m"], &sig));
    }
}
