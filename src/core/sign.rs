//! Signatures: one way to make one, one way to accept one, a domain for each kind of thing signed.

use ed25519_dalek::{Signature as DalekSignature, Signer, SigningKey, Verifier as _, VerifyingKey};
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

impl Signature {
    /// The 64 bytes of RFC 8032.
    pub fn to_bytes(self) -> [u8; 64] {
        let mut out = [0; 64];
        out[..32].copy_from_slice(&self.r);
        out[32..].copy_from_slice(&self.s);
        out
    }
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

/// True when `key` signed `parts` under `domain`. The strict rule (`verify_strict`): no malleable forms, no weak keys.
pub fn verify(key: &PublicKey, domain: &str, parts: &[&[u8]], signature: &Signature) -> bool {
    Verifier::new(key).verify(domain, parts, signature)
}

/// The canonical forms of the eight points of small order: all there are (the curve's cofactor is 8).
const SMALL_ORDER: [[u8; 32]; 8] = {
    const fn form(first: u8, middle: u8, last: u8) -> [u8; 32] {
        let mut p = [middle; 32];
        (p[0], p[31]) = (first, last);
        p
    }
    const A: [u8; 32] = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    const B: [u8; 32] = [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ];
    let (mut a, mut b) = (A, B);
    a[31] |= 0x80;
    b[31] |= 0x80;
    [form(0, 0, 0), form(0, 0, 0x80), form(1, 0, 0), form(0xec, 0xff, 0x7f), A, a, B, b]
};

/// A key that many signatures are checked against: its point is worked out once.
///
/// Says exactly what `VerifyingKey::verify_strict` says, without unpacking R. Both accept only when R is, byte for byte, the
/// canonical form of the point that the equation gives; so R is of small order only as one of `SMALL_ORDER`.
#[derive(Clone, Debug)]
pub struct Verifier(Option<VerifyingKey>);

impl Verifier {
    /// For this key. One that is no point on the curve, or of small order, signs nothing.
    pub fn new(key: &PublicKey) -> Self {
        Self(VerifyingKey::from_bytes(key).ok().filter(|k| !k.is_weak()))
    }

    /// As [`verify`].
    pub fn verify(&self, domain: &str, parts: &[&[u8]], signature: &Signature) -> bool {
        let sig = DalekSignature::from_components(signature.r, signature.s);
        !SMALL_ORDER.contains(&signature.r)
            && self.0.is_some_and(|key| key.verify(&message(domain, parts), &sig).is_ok())
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

    /// The author's signature.
    pub fn signature(&self) -> Signature {
        self.signature
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
    fn the_points_of_small_order_are_these_eight() {
        for (i, p) in SMALL_ORDER.iter().enumerate() {
            assert!(VerifyingKey::from_bytes(p).unwrap().is_weak(), "{i}");
            assert!(!SMALL_ORDER[..i].contains(p));
        }
    }

    fn bytes(hex: &str) -> [u8; 32] {
        hex::decode(hex).unwrap().try_into().unwrap()
    }

    /// Signatures that the plain equation accepts and the strict rule doesn't: R of small order, from whoever holds the key.
    #[test]
    fn an_r_of_small_order_is_refused() {
        let honest = bytes("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c");
        let s = bytes("c75bd0f66000b15a6258ff3a3f32b7df8427c5c034e2fb89bcd28a80c251720c");
        // A key with a part of small order.
        let mixed = bytes("63771c228bf60e6a02ad24d2c345a28d3598f640e26bede40c8b77fe4bf090a3");
        let t = bytes("43cc6ec3ee2e90b8ccf3168121eb90e5847c09f1691584e3fed02806502ec503");
        for (key, r, s) in [(honest, SMALL_ORDER[2], s), (mixed, SMALL_ORDER[3], t)] {
            let sig = DalekSignature::from_components(r, s);
            let (k, m) = (VerifyingKey::from_bytes(&key).unwrap(), message("note", &[&[0]]));
            assert!(k.verify(&m, &sig).is_ok(), "the test has a case");
            assert!(k.verify_strict(&m, &sig).is_err());
            assert!(!verify(&key, "note", &[&[0]], &Signature { r, s }));
        }
    }

    proptest::proptest! {
        #[test]
        fn says_what_verify_strict_says(
            seed: [u8; 32], body: [u8; 8], bit in 0usize..1_600, part in 0usize..4, small in 0usize..8,
        ) {
            let k = SigningKey::from_bytes(&seed);
            let mut sig = sign(&k, "d", &[&body]);
            let (mut key, mut body) = (*k.verifying_key().as_bytes(), body);
            let flip = |b: &mut [u8]| b[bit / 8 % b.len()] ^= 1 << (bit % 8);
            match part {
                0 => {}
                1 => flip(&mut sig.r),
                2 => flip(&mut sig.s),
                _ => sig.r = SMALL_ORDER[small],
            }
            match bit % 5 {
                0 => flip(&mut key),
                1 => flip(&mut body),
                2 if part == 3 => key = SMALL_ORDER[7 - small],
                _ => {}
            }
            let strict = VerifyingKey::from_bytes(&key).is_ok_and(|k| {
                let s = DalekSignature::from_components(sig.r, sig.s);
                k.verify_strict(&message("d", &[&body]), &s).is_ok()
            });
            proptest::prop_assert_eq!(verify(&key, "d", &[&body], &sig), strict);
        }
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
