//! Maps of half and of double the size.

use super::map::{Cell, Map};
use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};

/// The largest of each 2x2 window; an odd last row or column is left out.
pub(super) fn halve(level: Level, map: &Map, out: &mut Map) {
    out.reshape(map.blocks, map.height / 2, map.width / 2);
    dispatch!(level, simd => halve_with(simd, map, out));
}

#[inline(always)]
fn halve_with<S: Simd>(simd: S, map: &Map, out: &mut Map) {
    let (width, rows, columns) = (map.width, out.height, out.width);
    let load = |cell: &Cell| f32x16::simd_from(simd, cell.0);
    for (i, line) in out.cells_mut().chunks_exact_mut(columns).enumerate() {
        let top = (i / rows * map.height + i % rows * 2) * width;
        let (above, below) = (&map.cells()[top..][..width], &map.cells()[top + width..][..width]);
        let pairs = above.as_chunks().0.iter().zip(below.as_chunks().0);
        for (cell, ([a, b], [c, d])) in line.iter_mut().zip(pairs) {
            load(a).max(load(b)).max(load(c).max(load(d))).store_slice(&mut cell.0);
        }
    }
}

/// Adds `coarse`, each cell doubled both ways, to `fine`, which is twice as wide and high.
pub(super) fn add_doubled(level: Level, coarse: &Map, fine: &mut Map) {
    dispatch!(level, simd => add_doubled_with(simd, coarse, fine));
}

#[inline(always)]
fn add_doubled_with<S: Simd>(simd: S, coarse: &Map, fine: &mut Map) {
    let width = fine.width;
    for (row, line) in fine.cells_mut().chunks_exact_mut(width).enumerate() {
        // Blocks have an even number of rows, so row / 2 counts the coarse rows of all blocks.
        let source = &coarse.cells()[row / 2 * coarse.width..][..coarse.width];
        for (pair, value) in line.chunks_exact_mut(2).zip(source) {
            let value = f32x16::simd_from(simd, value.0);
            for cell in pair {
                (f32x16::simd_from(simd, cell.0) + value).store_slice(&mut cell.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pool::max_pool_into;
    use crate::testing::{Planes, levels, values};

    #[test]
    fn halving_takes_the_largest_of_four() {
        for (height, width) in [(4, 6), (5, 7), (2, 2)] {
            let x = Planes::noise(32, height, width, 1);
            let mut expected = vec![0.0; 32 * (height / 2) * (width / 2)];
            max_pool_into(32, height, width, 2, &x.data, &mut expected);
            for level in levels() {
                let mut y = Map::default();
                halve(level, &x.map(), &mut y);
                assert_eq!(values(&y), expected);
            }
        }
    }

    #[test]
    fn the_coarser_map_is_doubled_and_added() {
        let (coarse, fine) = (Planes::noise(32, 3, 2, 1), Planes::noise(32, 6, 4, 2));
        let under = |i: usize| coarse.data[i / 24 * 6 + i % 24 / 4 / 2 * 2 + i % 4 / 2];
        let expected: Vec<f32> = fine.data.iter().enumerate().map(|(i, v)| v + under(i)).collect();
        for level in levels() {
            let mut sum = fine.map();
            add_doubled(level, &coarse.map(), &mut sum);
            assert_eq!(values(&sum), expected);
        }
    }
}
