//! The first layer of both networks: a 3x3 convolution of an RGB picture.

use super::epilogue::Epilogue;
use super::filters::{Filters, Source, Target};
use super::map::Map;
use fearless_simd::{Level, dispatch};

/// Pixels of a picture with a border of zeros.
#[derive(Clone, Copy, Debug)]
struct Windows<'a> {
    /// From the first pixel of the first window.
    pixels: &'a [[f32; 3]],
    /// Pixels from one row to the next.
    pitch: usize,
    stride: usize,
}

impl Source<3> for Windows<'_> {
    #[inline(always)]
    fn values<const P: usize>(&self, run: usize, first: usize) -> [&[f32; 3]; P] {
        let pixels = &self.pixels[run / 3 * self.pitch + run % 3 + first * self.stride..];
        std::array::from_fn(|p| &pixels[p * self.stride])
    }
}

/// A 3x3 convolution of an RGB picture, zeros around it.
#[derive(Debug)]
pub(super) struct Stem {
    filters: Filters<3>,
    stride: usize,
    /// The picture as the network wants it, with its border.
    pixels: Vec<[f32; 3]>,
    /// Size of the picture that `pixels` was laid out for.
    size: (usize, usize),
}

impl Stem {
    /// `weight` is (filters, 3, 3, 3): filter, colour, row, column; `colours` says which of them is red, green and blue.
    pub(super) fn new(weight: &[f32], colours: [usize; 3], stride: usize, after: Epilogue) -> Self {
        let filters =
            Filters::new(9, after, |filter, input| weight[(filter * 3 + colours[input % 3]) * 9 + input / 3]);
        Self { filters, stride, pixels: Vec::new(), size: (0, 0) }
    }

    /// Writes the convolution of an RGB picture of `width` pixels a row to `out`; `value` is what a byte stands for.
    ///
    /// # Panics
    /// If `rgb` is no whole number of rows, or has none.
    pub(super) fn forward(
        &mut self,
        level: Level,
        rgb: &[u8],
        width: usize,
        value: impl Fn(u8) -> f32,
        out: &mut Map,
    ) {
        let pixels: &[[u8; 3]] = rgb.as_chunks().0;
        let (height, pitch) = (pixels.len() / width, width + 2);
        if self.size != (width, height) {
            self.size = (width, height);
            self.pixels.clear();
            self.pixels.resize((height + 2) * pitch, [0.0; 3]);
        }
        let inside = &mut self.pixels[pitch + 1..];
        dispatch!(level, _simd => convert(pixels, width, inside, pitch, &value));
        let (rows, columns) = (height.div_ceil(self.stride), width.div_ceil(self.stride));
        out.reshape(self.filters.blocks(), rows, columns);
        for row in 0..rows {
            let pixels = &self.pixels[row * self.stride * pitch..];
            let source = Windows { pixels, pitch, stride: self.stride };
            let target = Target { pitch: rows * columns, start: row * columns, cells: out.cells_mut() };
            self.filters.apply(level, source, columns, target);
        }
    }
}

/// Rows of bytes as the network wants them; the loop becomes vector code.
#[inline(always)]
fn convert(
    pixels: &[[u8; 3]],
    width: usize,
    inside: &mut [[f32; 3]],
    pitch: usize,
    value: impl Fn(u8) -> f32,
) {
    for (row, target) in pixels.chunks_exact(width).zip(inside.chunks_mut(pitch)) {
        let bytes = row.as_flattened().iter();
        target.as_flattened_mut().iter_mut().zip(bytes).for_each(|(t, byte)| *t = value(*byte));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Planes, by_definition, close, levels, noise, values};
    use crate::unfold::Window;

    #[test]
    fn a_convolution_of_a_picture_and_again_of_another_size() {
        let (weight, bias, slopes) = (noise(32 * 27, 1), noise(32, 8), noise(32, 9));
        for (stride, colours) in [(1, [0, 1, 2]), (2, [2, 1, 0])] {
            let mut layer = Stem::new(&weight, colours, stride, Epilogue::prelu(&bias, &slopes));
            for (height, width) in [(9, 8), (4, 31), (9, 8), (1, 1)] {
                let rgb: Vec<u8> = (0..height * width * 3).map(|i| (i * 37 % 251) as u8).collect();
                let value = |byte| f32::from(byte) / 128.0 - 1.0;
                // The colours as planes, in the order in which the weights have them.
                let plane = |colour: usize| rgb.iter().skip(colour).step_by(3).map(|byte| value(*byte));
                let data = colours.into_iter().flat_map(plane).collect();
                let x = Planes { channels: 3, height, width, data };
                let window = Window { size: 3, stride, padding: 1 };
                let expected = by_definition(&x, &weight, window, 1, (&bias, &slopes));
                for level in levels() {
                    let mut y = Map::default();
                    layer.forward(level, &rgb, width, value, &mut y);
                    close(&values(&y), &expected);
                }
            }
        }
    }
}
