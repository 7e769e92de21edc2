//! Records are compressed before they are sealed, because ciphertext doesn't compress: zstd with a dictionary trained on
//! clinic records (`scripts/train-dictionary`), named by its hash and kept in `models/` for as long as something may be
//! packed with it.
//!
//! The length of what is compressed tells a little about it, even though it is padded: so only what one person wrote
//! about one patient is compressed together, never with what a stranger could choose.

use std::{cell::RefCell, sync::OnceLock};

use zeroize::Zeroizing;
use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
};

use super::seal::Broken;

/// zstd's level: above it records of this size gain less than a hundredth.
const LEVEL: i32 = 9;
const STORED: u8 = 0;
const ZSTD: u8 = 1;
/// method ‖ dictionary (8) ‖ length (4, little endian).
const HEADER: usize = 1 + 8 + 4;

/// The dictionary that is packed with. One that something was ever packed with stays here to read it.
const DICTIONARY: &[u8] = include_bytes!("../../models/records.dict");

/// The name of a dictionary.
pub fn dictionary_name(dictionary: &[u8]) -> [u8; 8] {
    let mut name = [0; 8];
    name.copy_from_slice(&blake3::hash(dictionary).as_bytes()[..8]);
    name
}

fn name() -> [u8; 8] {
    static NAME: OnceLock<[u8; 8]> = OnceLock::new();
    *NAME.get_or_init(|| dictionary_name(DICTIONARY))
}

fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    static PREPARED: OnceLock<EncoderDictionary<'static>> = OnceLock::new();
    thread_local! {
        // Its memory is large beside a record; one a thread is enough. None: the system gave none.
        static WITH: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    WITH.with_borrow_mut(|kept| {
        if kept.is_none() {
            let prepared = PREPARED.get_or_init(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
            *kept = Compressor::with_prepared_dictionary(prepared).ok();
        }
        kept.as_mut()?.compress(plain).ok()
    })
}

fn decompress(data: &[u8], length: usize) -> Option<Vec<u8>> {
    static PREPARED: OnceLock<DecoderDictionary<'static>> = OnceLock::new();
    thread_local! {
        static WITH: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    WITH.with_borrow_mut(|kept| {
        if kept.is_none() {
            let prepared = PREPARED.get_or_init(|| DecoderDictionary::copy(DICTIONARY));
            *kept = Decompressor::with_prepared_dictionary(prepared).ok();
        }
        // Never writes more than `length`, whatever the data claims.
        kept.as_mut()?.decompress(data, length).ok()
    })
}

/// Packs `plain`: compressed where that makes it smaller, else as it is.
pub fn pack(plain: &[u8]) -> Zeroizing<Vec<u8>> {
    let packed = compress(plain).filter(|p| p.len() < plain.len());
    let (method, data) = packed.as_deref().map_or((STORED, plain), |p| (ZSTD, p));
    let mut out = Zeroizing::new(Vec::with_capacity(HEADER + data.len()));
    out.push(method);
    out.extend_from_slice(&if method == ZSTD { name() } else { [0; 8] });
    out.extend_from_slice(&(plain.len() as u32).to_le_bytes());
    out.extend_from_slice(data);
    out
}

/// Unpacks what [`pack`] made, of at most `max` bytes.
///
/// # Errors
/// [`Broken`] when it isn't, is longer, or needs a dictionary that this program doesn't have.
pub fn unpack(packed: &[u8], max: usize) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let (header, data) = packed.split_first_chunk::<HEADER>().ok_or(Broken)?;
    let (dictionary, length) = header[1..].split_at(8);
    let length = u32::from_le_bytes(length.try_into().map_err(|_| Broken)?) as usize;
    if length > max {
        return Err(Broken);
    }
    let plain = match header[0] {
        STORED if dictionary == [0; 8] => data.to_vec(),
        ZSTD if dictionary == name() => decompress(data, length).ok_or(Broken)?,
        _ => return Err(Broken),
    };
    if plain.len() == length { Ok(Zeroizing::new(plain)) } else { Err(Broken) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_repeats_becomes_small_and_noise_stays() {
        let text =
            "{\"code\":{\"coding\":[{\"code\":\"8867-4\",\"system\":\"http://loinc.org\"}]}}".repeat(20);
        let packed = pack(text.as_bytes());
        assert!(packed.len() < text.len() / 5, "{}", packed.len());
        assert_eq!(unpack(&packed, 100_000).unwrap().as_slice(), text.as_bytes());
        let mut noise = vec![0; 3_000];
        blake3::Hasher::new().finalize_xof().fill(&mut noise);
        let packed = pack(&noise);
        assert_eq!(packed.len(), noise.len() + HEADER);
        assert_eq!(unpack(&packed, 3_000).unwrap().as_slice(), noise);
    }

    #[test]
    fn no_more_is_unpacked_than_was_allowed_and_said() {
        let packed = pack(&[7; 200_000]);
        assert!(packed.len() < 200);
        assert!(unpack(&packed, 199_999).is_err(), "over the limit");
        // A header that says less than the data holds.
        let mut liar = packed.to_vec();
        liar[9..13].copy_from_slice(&1_000u32.to_le_bytes());
        assert!(unpack(&liar, 200_000).is_err());
        let mut other = packed.to_vec();
        other[1] ^= 1;
        assert!(unpack(&other, 200_000).is_err(), "another dictionary");
    }

    #[test]
    fn golden_packed_bytes() {
        let packed = pack(b"{\"resourceType\":\"Observation\",\"status\":\"final\"}");
        // The dictionary decides what is written: a new one needs the old one kept.
        crate::testing::golden("packed_v0.hex", &hex::encode(&packed[..HEADER]));
        assert!(unpack(&packed, 100).is_ok());
    }

    proptest! {
        #[test]
        fn everything_comes_back(b in proptest::collection::vec(any::<u8>(), 0..3_000)) {
            let plain = unpack(&pack(&b), 3_000).unwrap();
            prop_assert_eq!(plain.as_slice(), &b[..]);
        }

        #[test]
        fn no_bytes_make_unpack_panic(b in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut framed = vec![ZSTD];
            framed.extend_from_slice(&name());
            framed.extend_from_slice(&500u32.to_le_bytes());
            framed.extend_from_slice(&b);
            let _ = unpack(&framed, 1_000);
            let _ = unpack(&b, 1_000);
        }
    }
}
