//! What is compared of a face.

use crate::nn::sface::DIMENSIONS;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A face as a point on the unit sphere in 128 dimensions: a biometric template.
///
/// Wiped when dropped, redacted in `Debug`. Serialised only to be sealed. Boxed, so that moving it leaves no copy behind.
#[derive(Clone, PartialEq, Zeroize, ZeroizeOnDrop)]
pub struct Embedding(Box<[f32; DIMENSIONS]>);

impl Embedding {
    /// Length of [`Embedding::to_bytes`].
    pub const BYTES: usize = DIMENSIONS * 4;

    /// Scales `values` to length 1; `None` when they are all 0 or one is not finite.
    pub fn new(mut values: [f32; DIMENSIONS]) -> Option<Self> {
        let square: f64 = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
        let length = square.sqrt() as f32;
        if !length.is_normal() {
            values.zeroize();
            return None;
        }
        values.iter_mut().for_each(|v| *v /= length);
        let embedding = Self(Box::new(values));
        values.zeroize();
        Some(embedding)
    }

    /// Cosine of the angle to `other`, −1..1: the higher, the more alike. 0.364 and more between two different people
    /// happens about once in 1,000 comparisons, 0.472 once in 100,000 (`models/README.md`).
    pub fn cosine(&self, other: &Self) -> f32 {
        self.0.iter().zip(other.0.iter()).map(|(a, b)| a * b).sum()
    }

    /// The coordinates. The caller wipes what it copies.
    pub(super) fn values(&self) -> &[f32; DIMENSIONS] {
        &self.0
    }

    /// 128 little-endian `f32`. The caller seals or wipes them.
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (chunk, value) in bytes.as_chunks_mut().0.iter_mut().zip(self.0.iter()) {
            *chunk = value.to_le_bytes();
        }
        bytes
    }

    /// What [`Embedding::to_bytes`] gave, bit by bit; `None` when it is no embedding.
    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        let mut values = Box::new([0.0f32; DIMENSIONS]);
        for (value, chunk) in values.iter_mut().zip(bytes.as_chunks().0) {
            *value = f32::from_le_bytes(*chunk);
        }
        let embedding = Self(values);
        let square: f64 = embedding.0.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
        // Scaling anew would change the last bits, and what was sealed would no longer be what is read.
        ((square - 1.0).abs() < 1e-4).then_some(embedding)
    }
}

impl std::fmt::Debug for Embedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedding(redacted)")
    }
}

impl Serialize for Embedding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Embedding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(Bytes)
    }
}

/// Reads exactly the bytes of one embedding.
struct Bytes;

impl<'de> de::Visitor<'de> for Bytes {
    type Value = Embedding;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the 512 bytes of a face template")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Embedding, E> {
        let whole = bytes.try_into().ok().and_then(Embedding::from_bytes);
        whole.ok_or_else(|| E::invalid_length(bytes.len(), &self))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Embedding, A::Error> {
        let mut bytes = zeroize::Zeroizing::new([0u8; Embedding::BYTES]);
        for (i, byte) in bytes.iter_mut().enumerate() {
            *byte = seq.next_element()?.ok_or_else(|| de::Error::invalid_length(i, &self))?;
        }
        if seq.next_element::<u8>()?.is_some() {
            return Err(de::Error::invalid_length(Embedding::BYTES + 1, &self));
        }
        Embedding::from_bytes(&bytes).ok_or_else(|| de::Error::custom("not a face template"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noise;

    fn embedding(seed: u64) -> Embedding {
        Embedding::new(noise(DIMENSIONS, seed).try_into().unwrap()).unwrap()
    }

    #[test]
    fn cosine_of_equal_opposite_and_orthogonal() {
        let a = embedding(1);
        let opposite = Embedding::new(a.0.map(|v| -3.0 * v)).unwrap();
        assert!((a.cosine(&a) - 1.0).abs() < 1e-5);
        assert!((a.cosine(&opposite) + 1.0).abs() < 1e-5);
        let axis = |k| Embedding::new(std::array::from_fn(|i| if i == k { 2.0 } else { 0.0 })).unwrap();
        assert_eq!(axis(3).cosine(&axis(4)), 0.0);
    }

    #[test]
    fn values_that_are_no_direction_are_refused() {
        assert!(Embedding::new([0.0; DIMENSIONS]).is_none());
        assert!(Embedding::new([f32::NAN; DIMENSIONS]).is_none());
        assert!(Embedding::new([f32::INFINITY; DIMENSIONS]).is_none());
        assert!(Embedding::from_bytes(&[0; Embedding::BYTES]).is_none());
    }

    #[test]
    fn bytes_and_serde_bring_it_back() {
        let a = embedding(2);
        assert!(Embedding::from_bytes(&a.to_bytes()).unwrap().cosine(&a) > 0.999_999);
        let packed = postcard::to_stdvec(&a).unwrap();
        assert!(postcard::from_bytes::<Embedding>(&packed).unwrap().cosine(&a) > 0.999_999);
        let json = serde_json::to_vec(&a).unwrap();
        assert!(serde_json::from_slice::<Embedding>(&json).unwrap().cosine(&a) > 0.999_999);
    }

    #[test]
    fn bytes_of_another_length_are_refused() {
        for n in [0, 511, 513] {
            let packed = postcard::to_stdvec(&serde_json::json!(vec![1u8; n])).unwrap_or_default();
            assert!(postcard::from_bytes::<Embedding>(&packed).is_err());
            let json = serde_json::to_vec(&vec![1u8; n]).unwrap();
            assert!(serde_json::from_slice::<Embedding>(&json).is_err());
        }
    }

    #[test]
    fn debug_is_redacted() {
        assert_eq!(format!("{:?}", embedding(3)), "Embedding(redacted)");
    }
}
