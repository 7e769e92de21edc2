//! Canonical bytes: postcard, one form for each value, with a cap on what is read.

use serde::{Serialize, de::DeserializeOwned};

/// Why bytes were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than this kind of thing may be.
    #[error("{len} bytes, over the limit of {cap}")]
    TooLong {
        /// Bytes given.
        len: usize,
        /// The limit.
        cap: usize,
    },
    /// Not the form of this version.
    #[error("malformed: not written by this version of Aidpost")]
    Malformed,
    /// Decodes, but not to the one canonical form (trailing or overlong bytes).
    #[error("not in canonical form")]
    NotCanonical,
}

/// The canonical bytes of a value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // postcard refuses only sequences of unknown length and writers that fail; our types have neither.
    postcard::to_stdvec(value).expect("every type of ours has a postcard form")
}

/// How many canonical bytes a value has.
pub fn len<T: Serialize>(value: &T) -> usize {
    // As in `encode`; nothing is written.
    postcard::experimental::serialized_size(value).expect("every type of ours has a postcard form")
}

/// Reads a value back, refusing more than `cap` bytes and anything but its canonical form.
///
/// # Errors
/// [`DecodeError`] says which of the three conditions failed.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8], cap: usize) -> Result<T, DecodeError> {
    if bytes.len() > cap {
        return Err(DecodeError::TooLong { len: bytes.len(), cap });
    }
    let value: T = postcard::from_bytes(bytes).map_err(|_| DecodeError::Malformed)?;
    if encode(&value) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_only() {
        let b = encode(&300u32);
        assert_eq!(decode::<u32>(&b, 16), Ok(300));
        assert_eq!(len(&300u32), b.len());
        assert_eq!(decode::<u32>(&[0x81, 0x80, 0x00], 16), Err(DecodeError::NotCanonical));
        let mut longer = b.clone();
        longer.push(0);
        assert_eq!(decode::<u32>(&longer, 16), Err(DecodeError::NotCanonical));
        assert_eq!(decode::<u32>(&b, 1), Err(DecodeError::TooLong { len: 2, cap: 1 }));
    }
}
