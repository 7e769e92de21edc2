//! The organisation's recovery kit: its root key as a code on paper.
//!
//! Whoever holds it is the organisation: it certifies terminals and people, and opens what backups keep for it. The root
//! key's X25519 form (the same scalar on the curve's Montgomery form, as age does with SSH keys) is what backups are
//! wrapped to, so that any terminal can make one that the kit opens, without the kit.

use ed25519_dalek::{SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::{
    Secret,
    code::{self, BadCode},
    keytree::Exchange,
};
use crate::core::sign::PublicKey;

/// The code of a root key.
pub fn write(root: &SigningKey) -> Zeroizing<String> {
    code::write(root.as_bytes())
}

/// The root key of a code.
///
/// # Errors
/// [`BadCode`] names the group with the slip.
pub fn read(typed: &str) -> Result<SigningKey, BadCode> {
    let bytes = code::read(typed, 32)?;
    let seed = Secret::from_slice(&bytes).ok_or(BadCode::Kind)?;
    Ok(SigningKey::from_bytes(seed.expose()))
}

/// The root key as a key to open with.
pub fn exchange(root: &SigningKey) -> Exchange {
    let scalar = Zeroizing::new(root.to_scalar_bytes());
    Exchange::from_secret(Secret::new(*scalar))
}

/// Its public half, from the root's public key alone; none for bytes that are no key.
pub fn public(root: &PublicKey) -> Option<[u8; 32]> {
    VerifyingKey::from_bytes(root).ok().filter(|k| !k.is_weak()).map(|k| k.to_montgomery().to_bytes())
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::vault::keytree::{unwrap, wrap};

    #[test]
    fn whatever_is_wrapped_to_the_public_root_key_opens_with_the_kit() {
        let mut rng = StdRng::seed_from_u64(1);
        for n in 1..20 {
            let root = SigningKey::from_bytes(&[n; 32]);
            let public = public(root.verifying_key().as_bytes()).unwrap();
            let back = read(&write(&root).to_lowercase()).unwrap();
            let key = exchange(&back);
            assert_eq!(key.public, public);
            let sealed = wrap(&public, b"info", b"aad", b"plain", &mut rng).unwrap();
            assert_eq!(unwrap(&key, b"info", b"aad", &sealed).unwrap()[..], b"plain"[..]);
        }
        assert!(super::public(&[0; 32]).is_none(), "a weak key is nobody's");
    }
}
