//! A secret of 32 bytes: wiped when dropped, never printed, never serialised.

use std::fmt;

use hkdf::Hkdf;
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 32 secret bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret([u8; 32]);

impl Secret {
    /// From bytes that the caller wipes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From a slice of just 32 bytes.
    pub fn from_slice(b: &[u8]) -> Option<Self> {
        b.try_into().ok().map(Self)
    }

    /// Fresh.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut b = [0u8; 32];
        rng.fill_bytes(&mut b);
        Self(b)
    }

    /// The bytes, for a cipher or a key.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key below this one: HKDF-SHA256 (RFC 5869) with `salt` and `info`.
    pub fn derive(&self, salt: &[u8], info: &[&[u8]]) -> Secret {
        let mut out = [0u8; 32];
        let h = Hkdf::<Sha256>::new(Some(salt), &self.0);
        // 32 bytes are one block of the 255 that HKDF can give.
        h.expand(&info.concat(), &mut out).expect("32 bytes are within HKDF's limit");
        Secret(out)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_keys_differ_by_salt_and_info_and_print_nothing() {
        let s = Secret::new([0xab; 32]);
        let a = s.derive(b"salt", &[b"one"]);
        assert_eq!(a.expose(), s.derive(b"salt", &[b"one"]).expose());
        assert_ne!(a.expose(), s.derive(b"salt", &[b"two"]).expose());
        assert_ne!(a.expose(), s.derive(b"other", &[b"one"]).expose());
        assert_eq!(format!("{s:?}"), "Secret(…)");
    }
}
