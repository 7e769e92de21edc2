//! Depthwise convolution for inference: each channel with its own filter.

use super::conv::{Epilogue, Planes, bend};

/// A 3x3 convolution of each channel with its own filter, zeros around the map.
///
/// As a product it would be one row a channel, which no matmul does well; here it is nine multiplications on long rows.
#[derive(Debug)]
pub struct Depthwise {
    taps: Vec<[f32; 9]>,
    stride: usize,
    epilogue: Epilogue,
    padded: Vec<f32>,
    sums: Vec<f32>,
}

impl Depthwise {
    /// `taps` holds 9 values a channel, row by row; `stride` is 1 or 2.
    pub fn new(taps: &[f32], stride: usize, epilogue: Epilogue) -> Self {
        let taps = taps.as_chunks().0.to_vec();
        Self { taps, stride, epilogue, padded: Vec::new(), sums: Vec::new() }
    }

    /// Writes the convolution of `input` to `output`.
    ///
    /// # Panics
    /// If `input` has another number of channels than there are filters, or no cells.
    pub fn forward(&mut self, input: &Planes, output: &mut Planes) {
        let (height, width, area) = (input.height, input.width, input.area());
        let (rows, columns) = (height.div_ceil(self.stride), width.div_ceil(self.stride));
        output.reshape(input.channels, rows, columns);
        let pitch = width + 2;
        self.padded.clear();
        self.padded.resize((height + 2) * pitch, 0.0);
        // Two sums between rows fall on the padding: they are computed too, since one long loop beats many short ones.
        self.sums.resize(height * pitch - 2, 0.0);
        let targets = output.data.chunks_exact_mut(rows * columns);
        for (channel, (source, target)) in input.data.chunks_exact(area).zip(targets).enumerate() {
            let inside = self.padded[pitch + 1..].chunks_mut(pitch);
            for (row, padded) in source.chunks_exact(width).zip(inside) {
                padded[..width].copy_from_slice(row);
            }
            let (taps, bias) = (&self.taps[channel], self.epilogue.bias[channel]);
            let slope = self.epilogue.slope(channel);
            if self.stride == 1 {
                correlate(&self.padded, pitch, taps, bias, &mut self.sums);
            } else {
                for y in (0..height).step_by(self.stride) {
                    let line = &mut self.sums[y * pitch..][..width];
                    correlate(&self.padded[y * pitch..], pitch, taps, bias, line);
                }
            }
            let lines = self.sums.chunks(pitch).step_by(self.stride);
            for (row, line) in target.chunks_exact_mut(columns).zip(lines) {
                if self.stride == 1 {
                    row.iter_mut().zip(line).for_each(|(v, s)| *v = bend(*s, slope));
                } else {
                    let kept = line.iter().step_by(self.stride);
                    row.iter_mut().zip(kept).for_each(|(v, s)| *v = bend(*s, slope));
                }
            }
        }
    }
}

/// `out[i]` = bias + the sum over the 3x3 window whose first cell is `padded[i]`, rows being `pitch` apart.
fn correlate(padded: &[f32], pitch: usize, taps: &[f32; 9], bias: f32, out: &mut [f32]) {
    let n = out.len();
    // Nine slices of one length: the compiler then drops every bounds check and uses vector instructions.
    let at = |k: usize| &padded[k / 3 * pitch + k % 3..][..n];
    let (a, b, c) = (at(0), at(1), at(2));
    let (d, e, f) = (at(3), at(4), at(5));
    let (g, h, k) = (at(6), at(7), at(8));
    for i in 0..n {
        let top = taps[0] * a[i] + taps[1] * b[i] + taps[2] * c[i];
        let middle = taps[3] * d[i] + taps[4] * e[i] + taps[5] * f[i];
        let bottom = taps[6] * g[i] + taps[7] * h[i] + taps[8] * k[i];
        out[i] = bias + top + middle + bottom;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::{by_definition, close, epilogue, noise, planes};
    use crate::nn::unfold::Window;

    #[test]
    fn depthwise_as_defined() {
        for stride in [1, 2] {
            let window = Window { size: 3, stride, padding: 1 };
            let taps = noise(4 * 9, 5);
            let mut layer = Depthwise::new(&taps, stride, epilogue(4));
            let mut y = Planes::default();
            for (height, width) in [(7, 7), (8, 6), (1, 1), (2, 9), (7, 7)] {
                let x = planes(4, height, width, 6);
                layer.forward(&x, &mut y);
                close(&y.data, &by_definition(&x, &taps, window, 4, &epilogue(4)));
            }
        }
    }
}
