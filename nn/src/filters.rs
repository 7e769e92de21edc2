//! The product of a bank of filters with the cells of a map: nearly all the work of both networks.
//!
//! A tile of P cells times V blocks of output channels stays in registers while the input channels run past: one load
//! of a weight vector serves P cells, one broadcast of an input value V blocks. Weights are laid out for that once, when
//! the network is loaded; the map is read as it lies. `models/README.md` has the figures beside dfdx's matmul.

use super::epilogue::{Epilogue, bend};
use super::map::{Cell, LANES};
use fearless_simd::{Level, Simd, SimdBase, dispatch, f32x16, prelude::*};

/// Where the input values of a cell are found: runs of `L` values in a row.
pub(super) trait Source<const L: usize>: Copy {
    /// Run number `run` of the windows of `P` cells, from cell number `first`.
    fn values<const P: usize>(&self, run: usize, first: usize) -> [&[f32; L]; P];
}

/// The blocks of a map, or of some of its rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blocks<'a> {
    /// The cells, from the first one wanted.
    pub(super) cells: &'a [Cell],
    /// Cells from one block to the next.
    pub(super) pitch: usize,
}

impl Source<LANES> for Blocks<'_> {
    #[inline(always)]
    fn values<const P: usize>(&self, run: usize, first: usize) -> [&[f32; LANES]; P] {
        let cells = &self.cells[run * self.pitch + first..][..P];
        std::array::from_fn(|p| &cells[p].0)
    }
}

/// Where results go: cells of the blocks of a map.
#[derive(Debug)]
pub(super) struct Target<'a> {
    /// All cells.
    pub(super) cells: &'a mut [Cell],
    /// Cells from one block to the next.
    pub(super) pitch: usize,
    /// The first cell to be written in each block.
    pub(super) start: usize,
}

/// A bank of filters, each a sum over runs of `L` input values.
#[derive(Clone, Debug)]
pub(super) struct Filters<const L: usize> {
    /// Runs of a filter.
    runs: usize,
    /// By output block, then run, then value.
    weights: Vec<[Cell; L]>,
    after: Epilogue,
}

impl<const L: usize> Filters<L> {
    /// From `weight(filter, input)`, inputs counted over all `runs`, one filter a channel of `after`.
    pub(super) fn new(runs: usize, after: Epilogue, weight: impl Fn(usize, usize) -> f32) -> Self {
        let blocks = 0..after.blocks();
        let panel = |block: usize, run: usize| {
            let lanes = |k| std::array::from_fn(|lane| weight(block * LANES + lane, run * L + k));
            std::array::from_fn(|k| Cell(lanes(k)))
        };
        let weights = blocks.flat_map(|block| (0..runs).map(move |run| (block, run)));
        Self { runs, weights: weights.map(|(block, run)| panel(block, run)).collect(), after }
    }

    /// Blocks of output channels.
    pub(super) fn blocks(&self) -> usize {
        self.after.blocks()
    }

    /// Writes the filters' results for cells 0..`count` of `source`.
    ///
    /// # Panics
    /// If `source` or `target` has fewer cells or blocks.
    pub(super) fn apply(&self, level: Level, source: impl Source<L>, count: usize, target: Target<'_>) {
        dispatch!(level, simd => self.dispatched(simd, source, count, target));
    }

    /// Chooses the tile that fills the registers and leaves room for the operands: 14 x 2 of 32 registers with 16
    /// values each, 6 x 1 (two a cell) of 16 with 8.
    #[inline(always)]
    fn dispatched<S: Simd>(&self, simd: S, source: impl Source<L>, count: usize, target: Target<'_>) {
        match S::f32s::LEN {
            16 => self.in_groups::<S, 14, 7, 2>(simd, source, count, target),
            8 => self.in_groups::<S, 6, 3, 1>(simd, source, count, target),
            _ if cfg!(target_arch = "aarch64") => self.in_groups::<S, 6, 3, 1>(simd, source, count, target),
            _ => self.in_groups::<S, 2, 1, 1>(simd, source, count, target),
        }
    }

    /// V blocks of output channels at a time, so that their weights stay in the nearest cache for all cells.
    #[inline(always)]
    fn in_groups<S: Simd, const P: usize, const H: usize, const V: usize>(
        &self,
        simd: S,
        source: impl Source<L>,
        count: usize,
        target: Target<'_>,
    ) {
        let groups = target.cells.chunks_mut(V * target.pitch).take(self.blocks().div_ceil(V));
        for (group, cells) in groups.enumerate() {
            let mut blocks = cells.chunks_mut(target.pitch).map(|block| &mut block[target.start..][..count]);
            let first = group * V;
            if first + V <= self.blocks() {
                let out = std::array::from_fn(|_| blocks.next().unwrap_or_default());
                self.in_tiles::<S, P, H, V>(simd, source, first, out);
            } else {
                for (i, out) in blocks.take(self.blocks() - first).enumerate() {
                    self.in_tiles::<S, P, H, 1>(simd, source, first + i, [out]);
                }
            }
        }
    }

    /// Tiles of P cells; what remains by one of P or H cells that does some again, or cell by cell.
    #[inline(always)]
    fn in_tiles<S: Simd, const P: usize, const H: usize, const V: usize>(
        &self,
        simd: S,
        source: impl Source<L>,
        first: usize,
        mut out: [&mut [Cell]; V],
    ) {
        let count = out[0].len();
        let mut at = 0;
        while at < count {
            let left = count - at;
            if left > H && count >= P {
                self.tile::<S, P, V>(simd, source, first, at.min(count - P), &mut out);
                at += P;
            } else if count >= H {
                self.tile::<S, H, V>(simd, source, first, at.min(count - H), &mut out);
                at += H;
            } else {
                self.tile::<S, 1, V>(simd, source, first, at, &mut out);
                at += 1;
            }
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const P: usize, const V: usize>(
        &self,
        simd: S,
        source: impl Source<L>,
        first: usize,
        at: usize,
        out: &mut [&mut [Cell]; V],
    ) {
        let bias: [f32x16<S>; V] = std::array::from_fn(|v| self.after.bias(simd, first + v));
        let mut sums = [bias; P];
        for run in 0..self.runs {
            let values: [&[f32; L]; P] = source.values(run, at);
            let weights: [&[Cell; L]; V] =
                std::array::from_fn(|v| &self.weights[(first + v) * self.runs + run]);
            for k in 0..L {
                let weights: [f32x16<S>; V] =
                    std::array::from_fn(|v| f32x16::simd_from(simd, weights[v][k].0));
                for p in 0..P {
                    let value = f32x16::splat(simd, values[p][k]);
                    for v in 0..V {
                        sums[p][v] = value.mul_add(weights[v], sums[p][v]);
                    }
                }
            }
        }
        // Plain loops of fixed length: they are unrolled, and `sums` never leaves the registers.
        for v in 0..V {
            let slope = self.after.slope(simd, first + v);
            let cells = &mut out[v][at..][..P];
            for p in 0..P {
                bend(simd, sums[p][v], slope).store_slice(&mut cells[p].0);
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

    /// One, two, three and five blocks of filters, and numbers of cells that fill tiles, miss them by one, or are few.
    #[test]
    fn pointwise_as_defined_on_every_level() {
        for (filters, channels) in [(16, 32), (32, 16), (48, 16), (80, 48)] {
            let (weight, bias, slopes) = (noise(filters * channels, 3), noise(filters, 8), noise(filters, 9));
            let after = Epilogue::prelu(&bias, &slopes);
            let layer: Filters<LANES> =
                Filters::new(channels / LANES, after, |filter, input| weight[filter * channels + input]);
            for (height, width) in [(7, 8), (5, 3), (1, 1), (1, 6), (2, 7), (3, 9), (1, 13)] {
                let x = Planes::noise(channels, height, width, 4);
                let window = Window { size: 1, stride: 1, padding: 0 };
                let expected = by_definition(&x, &weight, window, 1, (&bias, &slopes));
                for level in levels() {
                    let (x, mut y) = (x.map(), Map::default());
                    y.reshape(layer.blocks(), height, width);
                    let source = Blocks { cells: x.cells(), pitch: height * width };
                    let target = Target { pitch: height * width, start: 0, cells: y.cells_mut() };
                    layer.apply(level, source, height * width, target);
                    close(&values(&y), &expected);
                }
            }
        }
    }

    /// What lies before and behind the wanted cells stays as it was.
    #[test]
    fn only_the_wanted_cells_are_written() {
        let weight = noise(48 * 16, 1);
        let after = Epilogue::identity(&[0.5; 48]);
        let layer: Filters<LANES> = Filters::new(1, after, |filter, input| weight[filter * 16 + input]);
        let x = Planes::noise(16, 1, 20, 2).map();
        for level in levels() {
            // Two blocks more than there are filters.
            let mut cells = vec![Cell([9.0; LANES]); 5 * 30];
            let target = Target { cells: &mut cells, pitch: 30, start: 4 };
            layer.apply(level, Blocks { cells: x.cells(), pitch: 20 }, 19, target);
            let kept = |i: usize| i >= 3 * 30 || !(4..23).contains(&(i % 30));
            assert!(cells.iter().enumerate().all(|(i, cell)| kept(i) == (*cell == Cell([9.0; LANES]))));
        }
    }
}
