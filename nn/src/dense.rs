//! A fully connected layer whose weights stay int8 blocks.
//!
//! SFace's last layer has two thirds of its weights, each used once: how long it takes is how long they take to read.
//! As float32 they would be 26 MB; as they are in the file they are 6.4 MB, and multiplied exactly as if dequantised.

use super::weights::Quantised;
use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};

/// Columns of a block of weights that share zero point and scale.
const BLOCK: usize = 64;
/// Rows worked on together, so that the input is read once for all of them.
const ROWS: usize = 4;
/// Values of a vector.
const LANES: usize = 16;

/// A fully connected layer for one input at a time.
#[derive(Debug)]
pub(super) struct Dense {
    weight: Quantised,
    bias: Vec<f32>,
    /// The sum of each block of the input.
    sums: Vec<f32>,
}

impl Dense {
    /// `weight` has a row for each value of `bias`, a multiple of four, and blocks of 64 columns; `None` otherwise.
    pub(super) fn new(weight: Quantised, bias: Vec<f32>) -> Option<Self> {
        let fits = weight.width == BLOCK && bias.len().is_multiple_of(ROWS);
        fits.then(|| Self { weight, bias, sums: Vec::new() })
    }

    /// Writes weight · `input` + bias to `out`.
    ///
    /// # Panics
    /// If a slice is of another length than the weights say.
    pub(super) fn forward(&mut self, level: Level, input: &[f32], out: &mut [f32]) {
        dispatch!(level, simd => self.dispatched(simd, input, out));
    }

    /// A row's block adds s · (Σ q·x − z · Σ x).
    #[inline(always)]
    fn dispatched<S: Simd>(&mut self, simd: S, input: &[f32], out: &mut [f32]) {
        let input: &[[f32; BLOCK]] = input.as_chunks().0;
        self.sums.clear();
        self.sums.extend(input.iter().map(|block| block.iter().sum::<f32>()));
        let blocks = self.sums.len();
        let quantised: &[[i8; BLOCK]] = self.weight.values.as_chunks().0;
        for (group, out) in out.chunks_exact_mut(ROWS).enumerate() {
            let first = group * ROWS * blocks;
            let row = |r: usize| first + r * blocks..first + (r + 1) * blocks;
            let weights: [&[[i8; BLOCK]]; ROWS] = std::array::from_fn(|r| &quantised[row(r)]);
            let scales: [&[f32]; ROWS] = std::array::from_fn(|r| &self.weight.scales[row(r)]);
            let zeros: [&[i8]; ROWS] = std::array::from_fn(|r| &self.weight.zeros[row(r)]);
            let mut totals = [f32x16::splat(simd, 0.0); ROWS];
            let mut shifts = [0.0f32; ROWS];
            for (b, (block, sum)) in input.iter().zip(&self.sums).enumerate() {
                let vectors: &[[f32; LANES]] = block.as_chunks().0;
                for r in 0..ROWS {
                    let weights: &[[i8; LANES]] = weights[r][b].as_chunks().0;
                    let mut part = f32x16::splat(simd, 0.0);
                    for (x, q) in vectors.iter().zip(weights) {
                        let q = f32x16::simd_from(simd, q.map(f32::from));
                        part = f32x16::simd_from(simd, *x).mul_add(q, part);
                    }
                    let scale = scales[r][b];
                    totals[r] = part.mul_add(f32x16::splat(simd, scale), totals[r]);
                    shifts[r] += scale * f32::from(zeros[r][b]) * sum;
                }
            }
            for (r, out) in out.iter_mut().enumerate() {
                let total: f32 = <[f32; LANES]>::from(totals[r]).iter().sum();
                *out = total - shifts[r] + self.bias[group * ROWS + r];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{levels, noise};

    #[test]
    fn multiplies_as_if_dequantised() {
        let (rows, columns) = (8, 3 * BLOCK);
        let blocks = rows * columns / BLOCK;
        let bytes = |n, seed| noise(n, seed).iter().map(|v| (v * 128.0) as i8).collect::<Vec<_>>();
        let weight = Quantised {
            width: BLOCK,
            values: bytes(rows * columns, 1),
            zeros: bytes(blocks, 2),
            scales: noise(blocks, 3).iter().map(|v| v / 100.0).collect(),
        };
        let (x, bias) = (noise(columns, 4), noise(rows, 5));
        let expected = |row: usize| {
            let term = |column: usize| {
                let (at, block) = (row * columns + column, (row * columns + column) / BLOCK);
                let q = f64::from(weight.values[at]) - f64::from(weight.zeros[block]);
                q * f64::from(weight.scales[block]) * f64::from(x[column])
            };
            (0..columns).map(term).sum::<f64>() + f64::from(bias[row])
        };
        let expected: Vec<f64> = (0..rows).map(expected).collect();
        let mut layer = Dense::new(weight.clone(), bias.clone()).unwrap();
        for level in levels() {
            let mut out = vec![0.0; rows];
            layer.forward(level, &x, &mut out);
            assert!(
                out.iter().zip(&expected).all(|(o, e)| (f64::from(*o) - e).abs() < 1e-4),
                "{out:?} {expected:?}"
            );
        }
    }

    #[test]
    fn blocks_of_another_width_are_refused() {
        let weight = Quantised { width: 32, values: vec![0; 128], zeros: vec![0; 4], scales: vec![0.0; 4] };
        assert!(Dense::new(weight, vec![0.0; 4]).is_none());
    }
}
