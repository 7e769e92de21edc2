//! Depthwise and pointwise convolution together, in either order, so that what lies between them stays in the cache.

use super::depthwise::{Depthwise, Rows};
use super::epilogue::Epilogue;
use super::filters::{Blocks, Filters, Target};
use super::map::{Cell, LANES, Map, at_least};
use super::models::WeightsError;
use super::weights::Tensors;
use fearless_simd::Level;

/// Cells between the two halves that are worked on at a time: 128 KiB, a part of the second cache.
const STRIP: usize = 2048;

/// A pointwise (1x1) convolution of `channels` inputs; `weight` is (filters, channels).
pub(super) fn pointwise(weight: &[f32], channels: usize, after: Epilogue) -> Filters<LANES> {
    Filters::new(channels / LANES, after, |filter, input| weight[filter * channels + input])
}

/// Depthwise, then pointwise: the block of MobileNetV1, which SFace is made of.
#[derive(Debug)]
pub(super) struct DepthThenPoint {
    /// Not empty.
    pub(super) depth: Depthwise,
    /// As many input channels as `depth` has.
    pub(super) point: Filters<LANES>,
}

impl DepthThenPoint {
    /// Writes the result for `input` to `out`; `strip` is a buffer.
    pub(super) fn forward(&self, level: Level, input: &Map, strip: &mut Vec<Cell>, out: &mut Map) {
        let (height, width) = (self.depth.steps(input.height), self.depth.steps(input.width));
        out.reshape(self.point.blocks(), height, width);
        let at_once = (STRIP / (width * self.depth.blocks())).clamp(1, height);
        let pitch = at_once * width;
        let strip = at_least(strip, pitch * self.depth.blocks());
        let rows = Rows {
            cells: input.cells(),
            pitch: input.area(),
            first: 0,
            height: input.height,
            width: input.width,
        };
        for first in (0..height).step_by(at_once) {
            let last = height.min(first + at_once);
            self.depth.apply(level, rows, first..last, strip, pitch);
            let source = Blocks { cells: strip, pitch };
            let target = Target { pitch: height * width, start: first * width, cells: out.cells_mut() };
            self.point.apply(level, source, (last - first) * width, target);
        }
    }
}

/// Pointwise with bias, then 3x3 depthwise of stride 1 with bias and activation: the unit that YuNet is made of.
#[derive(Debug)]
pub(super) struct PointThenDepth {
    point: Filters<LANES>,
    depth: Depthwise,
}

impl PointThenDepth {
    /// Reads `name.point` and `name.depth`, with `input` channels in and `output` channels out; `after` makes the
    /// end from the bias.
    ///
    /// # Errors
    /// When a tensor is missing or of another shape.
    pub(super) fn load(
        tensors: &Tensors<'_>,
        name: &str,
        input: usize,
        output: usize,
        after: impl Fn(&[f32]) -> Epilogue,
    ) -> Result<Self, WeightsError> {
        let (point, depth) = (format!("{name}.point"), format!("{name}.depth"));
        let bias = |layer: &str| tensors.vector(&format!("{layer}.bias"), output);
        let (between, after) = (Epilogue::identity(&bias(&point)?), after(&bias(&depth)?));
        Ok(Self {
            point: pointwise(&tensors.matrix(&point, output, input)?, input, between),
            depth: Depthwise::new(&tensors.matrix(&depth, output, 9)?, 1, after),
        })
    }

    /// Writes the result for `input` to `out`; `strip` is a buffer.
    pub(super) fn forward(&self, level: Level, input: &Map, strip: &mut Vec<Cell>, out: &mut Map) {
        let (height, width, area) = (input.height, input.width, input.area());
        let blocks = self.depth.blocks();
        out.reshape(blocks, height, width);
        let at_once = (STRIP / (width * blocks)).clamp(1, height);
        // Windows reach one row above and one below.
        let pitch = (at_once + 2) * width;
        let strip = at_least(strip, pitch * blocks);
        // Rows of the strip that already hold what the pointwise half gives, and the number of the first one.
        let (mut held, mut base) = (0, 0);
        for first in (0..height).step_by(at_once) {
            let last = height.min(first + at_once);
            let (from, to) = (first.saturating_sub(1), height.min(last + 1));
            if from > base {
                for block in strip.chunks_exact_mut(pitch) {
                    block.copy_within((from - base) * width..held * width, 0);
                }
                held -= from - base;
                base = from;
            }
            let source = Blocks { cells: &input.cells()[(base + held) * width..], pitch: area };
            let target = Target { pitch, start: held * width, cells: strip };
            self.point.apply(level, source, (to - base - held) * width, target);
            held = to - base;
            let rows = Rows { cells: strip, pitch, first: base, height, width };
            self.depth.apply(level, rows, first..last, &mut out.cells_mut()[first * width..], area);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Planes, by_definition, close, levels, noise, values};
    use crate::unfold::Window;

    const POINT: Window = Window { size: 1, stride: 1, padding: 0 };

    /// Maps of one strip, of several, and of rows so long that a strip is one row.
    const SIZES: [(usize, usize); 5] = [(1, 1), (7, 7), (30, 80), (33, 97), (4, 1500)];

    #[test]
    fn depth_then_point_as_defined() {
        let (taps, weight) =
            (noise(32 * 9, 1), noise(48 * 32, 2).iter().map(|w| w / 8.0).collect::<Vec<_>>());
        let (bias, slopes) = (noise(48, 3), noise(48, 4));
        for stride in [1, 2] {
            let block = DepthThenPoint {
                depth: Depthwise::new(&taps, stride, Epilogue::prelu(&bias[..32], &slopes[..32])),
                point: pointwise(&weight, 32, Epilogue::prelu(&bias, &slopes)),
            };
            for (height, width) in SIZES {
                let x = Planes::noise(32, height, width, 5);
                let window = Window { size: 3, stride, padding: 1 };
                let data = by_definition(&x, &taps, window, 32, (&bias[..32], &slopes[..32]));
                let between = Planes {
                    channels: 32,
                    height: height.div_ceil(stride),
                    width: width.div_ceil(stride),
                    data,
                };
                let expected = by_definition(&between, &weight, POINT, 1, (&bias, &slopes));
                for level in levels() {
                    let (mut strip, mut y) = (Vec::new(), Map::default());
                    block.forward(level, &x.map(), &mut strip, &mut y);
                    close(&values(&y), &expected);
                }
            }
        }
    }

    #[test]
    fn point_then_depth_as_defined() {
        let (taps, weight) = (noise(32 * 9, 1), noise(32 * 16, 2));
        let bias = noise(32, 3);
        let unit = PointThenDepth {
            point: pointwise(&weight, 16, Epilogue::identity(&bias)),
            depth: Depthwise::new(&taps, 1, Epilogue::relu(&bias)),
        };
        for (height, width) in SIZES {
            let x = Planes::noise(16, height, width, 5);
            let data = by_definition(&x, &weight, POINT, 1, (&bias, &[1.0; 32]));
            let between = Planes { channels: 32, height, width, data };
            let window = Window { size: 3, stride: 1, padding: 1 };
            let expected = by_definition(&between, &taps, window, 32, (&bias, &[0.0; 32]));
            for level in levels() {
                let (mut strip, mut y) = (Vec::new(), Map::default());
                unit.forward(level, &x.map(), &mut strip, &mut y);
                close(&values(&y), &expected);
            }
        }
    }
}
