//! Neural networks on dfdx tensors.
//!
//! dfdx's own convolution and pooling need a nightly compiler, so they are written here from its public parts:
//!
//! - [`unfold`], [`pool`]: im2col and max pooling, as differentiable dfdx operations and as plain loops that the
//!   inference layers share;
//! - [`product`], [`conv`], [`depthwise`], [`separable`]: inference layers: matmul, convolution as unfold and matmul, pointwise as matmul,
//!   depthwise as loops over rows;
//! - [`models`], [`weights`]: where the model files are found, and how they are checked and read;
//! - [`sface`], [`yunet`]: the two networks, a face embedder and a face detector;
//! - [`paper`]: the small network of the source paper, which is trained here.
//!
//! Maps are `f32` in channel-major order: channel, then row, then column.

pub mod conv;
pub mod depthwise;
pub mod models;
pub mod paper;
pub mod pool;
pub mod product;
pub mod separable;
pub mod sface;
pub mod unfold;
pub mod weights;
pub mod yunet;

#[cfg(test)]
pub(crate) mod testing {
    //! What several tests of this room need.

    use super::conv::{Activation, Epilogue, Planes};
    use super::unfold::Window;

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

    /// A map of noise.
    pub(crate) fn planes(channels: usize, height: usize, width: usize, seed: u64) -> Planes {
        Planes { channels, height, width, data: noise(channels * height * width, seed) }
    }

    /// Bias and PReLU of noise.
    pub(crate) fn epilogue(channels: usize) -> Epilogue {
        Epilogue { bias: noise(channels, 8), activation: Activation::Prelu(noise(channels, 9)) }
    }

    /// A convolution by its definition: `weight` is (filters, channels / groups, size, size).
    pub(crate) fn by_definition(
        x: &Planes,
        weight: &[f32],
        window: Window,
        groups: usize,
        after: &Epilogue,
    ) -> Vec<f32> {
        let filters = after.bias.len();
        let each = x.channels / groups;
        let mut out = Vec::new();
        for o in 0..filters {
            for row in 0..window.steps(x.height) {
                for column in 0..window.steps(x.width) {
                    let mut sum = f64::from(after.bias[o]);
                    for (j, w) in weight[o * each * window.size * window.size..]
                        [..each * window.size * window.size]
                        .iter()
                        .enumerate()
                    {
                        let (c, ky, kx) = (
                            o * groups / filters * each + j / (window.size * window.size),
                            j / window.size % window.size,
                            j % window.size,
                        );
                        let y = (row * window.stride + ky).wrapping_sub(window.padding);
                        let z = (column * window.stride + kx).wrapping_sub(window.padding);
                        if y < x.height && z < x.width {
                            sum += f64::from(*w) * f64::from(x.data[(c * x.height + y) * x.width + z]);
                        }
                    }
                    let slope = f64::from(after.slope(o));
                    out.push((if sum > 0.0 { sum } else { sum * slope }) as f32);
                }
            }
        }
        out
    }

    /// Asserts that two maps agree.
    pub(crate) fn close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            assert!((f - e).abs() < 1e-4, "{i}: {f} {e}");
        }
    }
}
