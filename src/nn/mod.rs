//! Neural networks on dfdx tensors.
//!
//! dfdx's own convolution and pooling need a nightly compiler, so they are written here from its public parts:
//!
//! - [`unfold`], [`pool`]: im2col and max pooling, as differentiable dfdx operations and as plain loops that the
//!   inference layers share;
//! - [`conv`]: inference layers: convolution as unfold and matmul, pointwise as matmul, depthwise as loops over rows;
//! - [`weights`]: where the model files are found, and how they are checked and read;
//! - [`sface`], [`yunet`]: the two networks, a face embedder and a face detector.
//!
//! Maps are `f32` in channel-major order: channel, then row, then column.

pub mod conv;
pub mod pool;
pub mod sface;
pub mod unfold;
pub mod weights;
pub mod yunet;

#[cfg(test)]
pub(crate) mod testing {
    //! What several tests of this room need.

    /// `n` values in -1..1 that depend only on `seed` (xorshift64*).
    pub(crate) fn noise(n: usize, seed: u64) -> Vec<f32> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        (0..n)
            .map(|_| {
                state ^= state >> 12;
                state ^= state << 25;
                state ^= state >> 27;
                let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40;
                bits as f32 / (1u64 << 23) as f32 - 1.0
            })
            .collect()
    }
}
