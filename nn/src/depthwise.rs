//! Depthwise convolution for inference: each channel with its own 3x3 filter, zeros around the map.

use super::epilogue::{Epilogue, bend};
use super::map::{Cell, cells};
use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};
use std::ops::Range;

/// Some rows of a map of `height` rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a> {
    /// The cells; each block starts with row number `first`.
    pub(super) cells: &'a [Cell],
    /// Cells from one block to the next.
    pub(super) pitch: usize,
    /// Number of the first row that is there.
    pub(super) first: usize,
    /// Rows of the whole map.
    pub(super) height: usize,
    /// Cells of a row.
    pub(super) width: usize,
}

/// A 3x3 convolution of each channel with its own filter.
#[derive(Clone, Debug)]
pub(super) struct Depthwise {
    /// By block: nine weights, row by row.
    taps: Vec<[Cell; 9]>,
    stride: usize,
    after: Epilogue,
}

impl Depthwise {
    /// `taps` holds 9 values a channel, row by row; `stride` is 1 or 2.
    pub(super) fn new(taps: &[f32], stride: usize, after: Epilogue) -> Self {
        let channels: &[[f32; 9]] = taps.as_chunks().0;
        let nth = |k: usize| cells(&channels.iter().map(|taps| taps[k]).collect::<Vec<_>>());
        let nine: [Vec<Cell>; 9] = std::array::from_fn(nth);
        let block = |block: usize| std::array::from_fn(|k| nine[k][block]);
        Self { taps: (0..after.blocks()).map(block).collect(), stride, after }
    }

    /// Blocks of channels.
    pub(super) fn blocks(&self) -> usize {
        self.taps.len()
    }

    /// Rows, or columns, of the result for `side` of the input.
    pub(super) fn steps(&self, side: usize) -> usize {
        side.div_ceil(self.stride)
    }

    /// Writes rows `wanted` of the result to `out`, whose blocks are `pitch` cells apart and start with the first of them.
    ///
    /// # Panics
    /// If `input` lacks a row that is needed, or `out` is too short.
    pub(super) fn apply(
        &self,
        level: Level,
        input: Rows<'_>,
        wanted: Range<usize>,
        out: &mut [Cell],
        pitch: usize,
    ) {
        dispatch!(level, simd => self.dispatched(simd, input, wanted, out, pitch));
    }

    #[inline(always)]
    fn dispatched<S: Simd>(
        &self,
        simd: S,
        input: Rows<'_>,
        wanted: Range<usize>,
        out: &mut [Cell],
        pitch: usize,
    ) {
        let width = self.steps(input.width);
        for block in 0..self.blocks() {
            let lines = out[block * pitch..].chunks_exact_mut(width);
            for (y, line) in wanted.clone().zip(lines) {
                if self.stride == 1 {
                    self.row::<S, 1>(simd, input, block, y, line);
                } else {
                    self.row::<S, 2>(simd, input, block, y * 2, line);
                }
            }
        }
    }

    /// One row of the result, its windows around row `y` of the input.
    #[inline(always)]
    fn row<S: Simd, const STRIDE: usize>(
        &self,
        simd: S,
        input: Rows<'_>,
        block: usize,
        y: usize,
        out: &mut [Cell],
    ) {
        let zero = f32x16::splat(simd, 0.0);
        let mut taps: [f32x16<S>; 9] =
            std::array::from_fn(|k| f32x16::simd_from(simd, self.taps[block][k].0));
        // A row outside the map: its weights are 0, and any row serves.
        let mut rows = [y.wrapping_sub(1), y, y + 1];
        for (k, row) in rows.iter_mut().enumerate() {
            if *row >= input.height {
                *row = y;
                taps[3 * k..][..3].fill(zero);
            }
        }
        let width = input.width;
        let rows: [&[Cell]; 3] =
            rows.map(|row| &input.cells[block * input.pitch + (row - input.first) * width..][..width]);
        let column = |x: usize| rows.map(|row| f32x16::simd_from(simd, row[x].0));
        let (bias, slope) = (self.after.bias(simd, block), self.after.slope(simd, block));
        // A window keeps the columns that the next one shares with it.
        let mut left = [zero; 3];
        let mut middle = column(0);
        for (i, cell) in out.iter_mut().enumerate() {
            let x = i * STRIDE;
            let right = if x + 1 < width { column(x + 1) } else { [zero; 3] };
            let mut sum = bias;
            for k in 0..3 {
                sum = left[k].mul_add(taps[3 * k], sum);
                sum = middle[k].mul_add(taps[3 * k + 1], sum);
                sum = right[k].mul_add(taps[3 * k + 2], sum);
            }
            bend(simd, sum, slope).store_slice(&mut cell.0);
            if STRIDE == 1 {
                (left, middle) = (middle, right);
            } else {
                left = right;
                middle = if x + 2 < width { column(x + 2) } else { [zero; 3] };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::Map;
    use crate::testing::{Planes, by_definition, close, levels, noise, values};
    use crate::unfold::Window;

    #[test]
    fn depthwise_as_defined_on_every_level() {
        let (taps, bias, slopes) = (noise(32 * 9, 5), noise(32, 8), noise(32, 9));
        for stride in [1, 2] {
            let layer = Depthwise::new(&taps, stride, Epilogue::prelu(&bias, &slopes));
            for (height, width) in [(7, 7), (8, 6), (1, 1), (2, 9), (9, 2), (1, 4)] {
                let x = Planes::noise(32, height, width, 6);
                let window = Window { size: 3, stride, padding: 1 };
                let expected = by_definition(&x, &taps, window, 32, (&bias, &slopes));
                let x = x.map();
                let input = Rows { cells: x.cells(), pitch: x.area(), first: 0, height, width };
                for level in levels() {
                    let mut y = Map::default();
                    y.reshape(2, layer.steps(height), layer.steps(width));
                    let (rows, pitch) = (y.height, y.area());
                    layer.apply(level, input, 0..rows, y.cells_mut(), pitch);
                    close(&values(&y), &expected);
                }
            }
        }
    }
}
