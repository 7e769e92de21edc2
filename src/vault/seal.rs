//! XChaCha20-Poly1305 with what it is for bound in, and padding that hides the exact length.

use chacha20::{R20, hchacha};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use rand::CryptoRng;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, Tag, UnboundKey};
use zeroize::Zeroizing;

use super::Secret;

/// Bytes that sealing adds: nonce and tag.
pub const OVERHEAD: usize = 24 + 16;

/// The seal is broken: wrong key, wrong place, or changed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seal does not open: wrong key, or the bytes were changed")]
pub struct Broken;

/// Seals `plain` under `key` for `aad`: nonce ‖ ciphertext ‖ tag. Fresh random nonce (192 bits).
pub fn seal(key: &Secret, aad: &[u8], plain: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
    let mut nonce = [0u8; 24];
    rng.fill_bytes(&mut nonce);
    let cipher = XChaCha20Poly1305::new(key.expose().into());
    // The cipher's own limit is 256 GiB; nothing here comes near.
    let ct = cipher
        .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad })
        .expect("shorter than the cipher's limit");
    [&nonce[..], &ct].concat()
}

/// Opens what [`seal`] made for the same `aad`.
///
/// # Errors
/// [`Broken`], with no hint at which part failed.
pub fn open(key: &Secret, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let (nonce, ct) = sealed.split_first_chunk::<24>().ok_or(Broken)?;
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(&XNonce::from(*nonce), Payload { msg: ct, aad })
        .map(Zeroizing::new)
        .map_err(|_| Broken)
}

/// One key for many pieces of the same form as [`seal`] makes, written where the caller wants them.
///
/// ring's assembly does ChaCha20-Poly1305 in less than half of the time; the X before it (draft-irtf-cfrg-xchacha) is one block
/// of HChaCha20: a key for each nonce, of which ring leaves a copy on the stack, where the next one takes its place.
pub struct Sealer(Secret);

impl Sealer {
    /// Seals under `key`; wiped when dropped.
    pub fn new(key: &Secret) -> Self {
        Self(key.clone())
    }

    /// The key and nonce below an extended nonce.
    fn below(&self, nonce: &[u8; 24]) -> (LessSafeKey, Nonce) {
        let (first, rest) = nonce.split_first_chunk::<16>().expect("24 bytes are more than 16");
        let key = Zeroizing::new(<[u8; 32]>::from(hchacha::<R20>(self.0.expose().into(), first.into())));
        let mut short = [0u8; 12];
        short[4..].copy_from_slice(rest);
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*key).expect("32 bytes are such a key");
        (LessSafeKey::new(key), Nonce::assume_unique_for_key(short))
    }

    /// Seals `plain` into `out`, which is [`OVERHEAD`] longer, under a nonce that was never used before.
    pub fn seal_into(&self, nonce: &[u8; 24], aad: &[u8], plain: &[u8], out: &mut [u8]) {
        let (n, rest) = out.split_at_mut(24);
        n.copy_from_slice(nonce);
        let (ct, tag) = rest.split_at_mut(plain.len());
        ct.copy_from_slice(plain);
        let (key, nonce) = self.below(nonce);
        // The cipher's own limit is 256 GiB; nothing here comes near.
        let made = key.seal_in_place_separate_tag(nonce, Aad::from(aad), ct);
        tag.copy_from_slice(made.expect("shorter than the cipher's limit").as_ref());
    }

    /// Opens what was sealed for the same `aad` into `out`, which is [`OVERHEAD`] shorter.
    ///
    /// # Errors
    /// [`Broken`]; then `out` holds nothing of it.
    pub fn open_into(&self, aad: &[u8], sealed: &[u8], out: &mut [u8]) -> Result<(), Broken> {
        let (nonce, rest) = sealed.split_first_chunk::<24>().ok_or(Broken)?;
        let (ct, tag) = rest.split_last_chunk::<16>().ok_or(Broken)?;
        if ct.len() != out.len() {
            return Err(Broken);
        }
        out.copy_from_slice(ct);
        let (key, nonce) = self.below(nonce);
        let done = key.open_in_place_separate_tag(nonce, Aad::from(aad), Tag::from(*tag), out, 0..);
        done.map(|_| ()).map_err(|_| {
            out.fill(0);
            Broken
        })
    }
}

/// Padmé: the length to pad to; at most 12% more, and only O(log log n) different lengths leak.
fn padme(len: usize) -> usize {
    if len < 256 {
        return 256;
    }
    let e = usize::BITS - 1 - len.leading_zeros();
    let s = u32::BITS - e.leading_zeros();
    let mask = (1usize << (e - s)) - 1;
    (len + mask) & !mask
}

/// length (4 bytes, little endian) ‖ plain ‖ zeros up to the size class.
pub fn pad(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Vec::with_capacity(padme(plain.len() + 4));
    out.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    out.extend_from_slice(plain);
    out.resize(padme(plain.len() + 4), 0);
    Zeroizing::new(out)
}

/// Takes the padding off.
///
/// # Errors
/// When it isn't what [`pad`] makes.
pub fn unpad(padded: &[u8]) -> Result<&[u8], Broken> {
    let (len, rest) = padded.split_first_chunk::<4>().ok_or(Broken)?;
    let len = u32::from_le_bytes(*len) as usize;
    match rest.split_at_checked(len) {
        Some((plain, zeros)) if zeros.iter().all(|b| *b == 0) && padme(len + 4) == padded.len() => Ok(plain),
        _ => Err(Broken),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn opens_only_with_the_key_the_place_and_every_bit() {
        let mut rng = StdRng::seed_from_u64(1);
        let (k, other) = (Secret::random(&mut rng), Secret::random(&mut rng));
        let s = seal(&k, b"here", b"fever", &mut rng);
        assert_eq!(open(&k, b"here", &s).unwrap().as_slice(), b"fever");
        assert!(open(&other, b"here", &s).is_err());
        assert!(open(&k, b"there", &s).is_err());
        for i in 0..s.len() * 8 {
            let mut bad = s.clone();
            bad[i / 8] ^= 1 << (i % 8);
            assert!(open(&k, b"here", &bad).is_err(), "bit {i}");
        }
        assert_eq!(open(&k, b"here", &[0; 10]).unwrap_err(), Broken);
    }

    #[test]
    fn the_fast_way_makes_and_opens_the_same_bytes() {
        let mut rng = StdRng::seed_from_u64(3);
        for len in [0, 1, 15, 16, 17, 63, 64, 65, 255, 1_000, 4_096, 4_112] {
            let (k, plain) = (Secret::random(&mut rng), vec![len as u8; len]);
            let slow = seal(&k, b"aad", &plain, &mut rng);
            let mut fast = vec![0; len + OVERHEAD];
            Sealer::new(&k).seal_into(slow.first_chunk().unwrap(), b"aad", &plain, &mut fast);
            assert_eq!(fast, slow, "{len} bytes");
            let mut back = vec![0xee; len];
            assert_eq!(Sealer::new(&k).open_into(b"aad", &slow, &mut back), Ok(()));
            assert_eq!(back, plain);
            assert_eq!(Sealer::new(&k).open_into(b"other", &slow, &mut back), Err(Broken));
            assert!(back.iter().all(|b| *b == 0), "nothing of it is left");
            assert_eq!(Sealer::new(&k).open_into(b"aad", &slow, &mut vec![0; len + 1]), Err(Broken));
        }
    }

    #[test]
    fn golden_sealed_bytes() {
        let mut rng = StdRng::seed_from_u64(7);
        let s = seal(&Secret::new([5; 32]), b"aad", &pad(b"a visit"), &mut rng);
        crate::testing::golden("sealed_v0.hex", &hex::encode(s));
    }

    proptest! {
        #[test]
        fn padding_comes_off_and_costs_little(b in proptest::collection::vec(any::<u8>(), 0..5_000)) {
            let p = pad(&b);
            prop_assert_eq!(unpad(&p).unwrap(), &b[..]);
            prop_assert!(p.len() <= 256 || p.len() <= (b.len() + 4) * 112 / 100 + 1);
        }

        #[test]
        fn no_bytes_make_unpad_panic(b in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = unpad(&b);
        }
    }
}
