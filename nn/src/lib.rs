//! Neural networks: what is trained runs on dfdx tensors, what only runs has kernels of its own.
//!
//! dfdx's own convolution and pooling need a nightly compiler, so they are written here from its public parts:
//! [`unfold`] and [`pool`] are im2col and max pooling as differentiable dfdx operations.
//!
//! Inference doesn't go through dfdx: its matmul packs both operands at every call, knows no depthwise convolution and
//! wants its maps copied in and out. The layers below keep weights packed as the processor's registers want them, never
//! copy a map, and are safe code all the same (`models/README.md` has the figures):
//!
//! - `map`: maps with sixteen channels of a cell side by side;
//! - `filters`: pointwise convolution and the first layer, a register tile at a time; `depthwise`; `dense`; `resample`;
//! - `stem`, `separable`: the layers that the networks are made of;
//! - [`models`], [`weights`]: where the model files are found, and how they are checked and read;
//! - [`sface`], [`yunet`]: the two networks, a face embedder and a face detector;
//! - [`paper`]: the small network of the source paper, which is trained here.
//!
//! Which vector instructions there are is asked once, when a network is loaded (`fearless_simd`): AVX-512, AVX2, SSE or
//! NEON. Everything runs on the thread that calls it. Without the optimiser (the dev profile) a face takes seconds.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod dense;
mod depthwise;
mod epilogue;
mod filters;
mod map;
pub mod models;
pub mod paper;
pub mod pool;
mod resample;
mod separable;
pub mod sface;
mod stem;
pub mod unfold;
pub mod weights;
pub mod yunet;

#[cfg(test)]
pub(crate) mod testing {
    //! What several tests of this room need.

    use super::map::{Cell, LANES, Map};
    use super::unfold::Window;
    use fearless_simd::Level;

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

    /// Every set of vector instructions that this machine has.
    pub(crate) fn levels() -> Vec<Level> {
        let best = Level::new();
        let mut levels = vec![best];
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(best.as_avx2().map(Level::Avx2));
            levels.extend(best.as_sse4_2().map(Level::Sse4_2));
            levels.extend(best.as_sse2().map(Level::Sse2));
        }
        levels
    }

    /// A map of values in channel-major order: channel, then row, then column.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Planes {
        pub(crate) channels: usize,
        pub(crate) height: usize,
        pub(crate) width: usize,
        pub(crate) data: Vec<f32>,
    }

    impl Planes {
        pub(crate) fn noise(channels: usize, height: usize, width: usize, seed: u64) -> Self {
            Self { channels, height, width, data: noise(channels * height * width, seed) }
        }

        pub(crate) fn map(&self) -> Map {
            let area = self.height * self.width;
            let cell = |block: usize, i: usize| {
                Cell(std::array::from_fn(|lane| self.data[(block * LANES + lane) * area + i]))
            };
            let blocks = self.channels / LANES;
            let mut map = Map::default();
            map.reshape(blocks, self.height, self.width);
            let places = map.cells_mut().iter_mut().enumerate();
            places.for_each(|(at, place)| *place = cell(at / area, at % area));
            map
        }
    }

    /// The values of a map in channel-major order.
    pub(crate) fn values(map: &Map) -> Vec<f32> {
        let value =
            |channel: usize, i: usize| map.cells()[channel / LANES * map.area() + i].0[channel % LANES];
        (0..map.blocks * LANES).flat_map(|channel| (0..map.area()).map(move |i| value(channel, i))).collect()
    }

    /// A convolution by its definition, then bias and PReLU: `weight` is (filters, channels / groups, size, size).
    pub(crate) fn by_definition(
        x: &Planes,
        weight: &[f32],
        window: Window,
        groups: usize,
        (bias, slopes): (&[f32], &[f32]),
    ) -> Vec<f32> {
        let filters = bias.len();
        let each = x.channels / groups;
        let square = window.size * window.size;
        let mut out = Vec::new();
        for o in 0..filters {
            for row in 0..window.steps(x.height) {
                for column in 0..window.steps(x.width) {
                    let mut sum = f64::from(bias[o]);
                    for (j, w) in weight[o * each * square..][..each * square].iter().enumerate() {
                        let (c, ky, kx) = (
                            o * groups / filters * each + j / square,
                            j / window.size % window.size,
                            j % window.size,
                        );
                        let y = (row * window.stride + ky).wrapping_sub(window.padding);
                        let z = (column * window.stride + kx).wrapping_sub(window.padding);
                        if y < x.height && z < x.width {
                            sum += f64::from(*w) * f64::from(x.data[(c * x.height + y) * x.width + z]);
                        }
                    }
                    out.push((if sum > 0.0 { sum } else { sum * f64::from(slopes[o]) }) as f32);
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
