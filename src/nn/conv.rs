//! Convolution layers for inference: what multiplies many channels goes through dfdx's matmul, the rest is loops.
//!
//! BatchNorm is expected to be folded into the weights. Layers keep their buffers, so a layer called again with maps
//! of the same size allocates nothing but the product.

use super::unfold::Window;
use dfdx::prelude::*;

/// One map: `channels` planes of `height` x `width` values, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Planes {
    /// Number of planes.
    pub channels: usize,
    /// Rows of a plane.
    pub height: usize,
    /// Columns of a plane.
    pub width: usize,
    /// `channels * height * width` values.
    pub data: Vec<f32>,
}

impl Planes {
    /// Takes another shape; the values are whatever they were.
    pub fn reshape(&mut self, channels: usize, height: usize, width: usize) {
        (self.channels, self.height, self.width) = (channels, height, width);
        self.data.resize(channels * height * width, 0.0);
    }

    /// Values of one plane.
    pub fn area(&self) -> usize {
        self.height * self.width
    }
}

/// What follows the sum of a layer.
#[derive(Clone, Debug)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// max(0, x).
    Relu,
    /// x where positive, else x times the channel's slope.
    Prelu(Vec<f32>),
}

/// Bias and activation, a channel at a time.
#[derive(Clone, Debug)]
pub struct Epilogue {
    /// One value a channel.
    pub bias: Vec<f32>,
    /// Applied after the bias.
    pub activation: Activation,
}

impl Epilogue {
    /// The factor for negative values; 1 is the identity.
    fn slope(&self, channel: usize) -> f32 {
        match &self.activation {
            Activation::Identity => 1.0,
            Activation::Relu => 0.0,
            Activation::Prelu(slopes) => slopes[channel],
        }
    }

    fn apply(&self, planes: &mut Planes) {
        let area = planes.area();
        for (channel, plane) in planes.data.chunks_exact_mut(area).enumerate() {
            let (bias, slope) = (self.bias[channel], self.slope(channel));
            plane.iter_mut().for_each(|v| *v = bend(*v + bias, slope));
        }
    }
}

/// PReLU without a branch, so that the loop around it becomes vector code.
fn bend(value: f32, slope: f32) -> f32 {
    value.max(0.0) + slope * value.min(0.0)
}

/// A fixed (rows, inner) matrix that multiplies (inner, columns) ones, by dfdx.
#[derive(Debug)]
pub struct Product {
    weight: Tensor<(usize, usize), f32, Cpu>,
    operand: Tensor<(usize, usize), f32, Cpu>,
}

impl Product {
    /// From `rows` rows of `inner` values.
    ///
    /// # Panics
    /// If `weight` is not of that size.
    pub fn new(dev: &Cpu, weight: Vec<f32>, rows: usize, inner: usize) -> Self {
        Self {
            weight: dev.tensor_from_vec(weight, (rows, inner)),
            operand: dev.zeros_like(&(inner, 0)),
        }
    }

    /// Writes weight · `operand` to `out`.
    ///
    /// # Panics
    /// If `operand` is not (inner, `columns`) or `out` not (rows, `columns`).
    pub fn times(&mut self, operand: &[f32], columns: usize, out: &mut [f32]) {
        let inner = self.weight.shape().1;
        if self.operand.shape().1 != columns {
            self.operand = self.weight.device().zeros_like(&(inner, columns));
        }
        self.operand.copy_from(operand);
        self.weight
            .clone()
            .matmul(self.operand.clone())
            .copy_into(out);
    }

    fn rows(&self) -> usize {
        self.weight.shape().0
    }
}

/// A convolution with windows of any size, as unfold and product.
#[derive(Debug)]
pub struct Convolution {
    window: Window,
    product: Product,
    epilogue: Epilogue,
    columns: Vec<f32>,
}

impl Convolution {
    /// `product` is (filters, channels · size²), in the row order of [`super::unfold::unfold`].
    pub fn new(window: Window, product: Product, epilogue: Epilogue) -> Self {
        Self {
            window,
            product,
            epilogue,
            columns: Vec::new(),
        }
    }

    /// Writes the convolution of `input` to `output`.
    ///
    /// # Panics
    /// If `input` has another number of channels than the filters.
    pub fn forward(&mut self, input: &Planes, output: &mut Planes) {
        let maps = (input.channels, 1, input.height, input.width);
        let (rows, count) = self.window.columns(maps);
        self.columns.clear();
        self.columns.resize(rows * count, 0.0);
        self.window
            .unfold_into(maps, &input.data, &mut self.columns);
        let (height, width) = (
            self.window.steps(input.height),
            self.window.steps(input.width),
        );
        output.reshape(self.product.rows(), height, width);
        self.product.times(&self.columns, count, &mut output.data);
        self.epilogue.apply(output);
    }
}

/// A 1x1 convolution: the map itself is the matrix.
#[derive(Debug)]
pub struct Pointwise {
    product: Product,
    epilogue: Epilogue,
}

impl Pointwise {
    /// `product` is (filters, channels).
    pub fn new(product: Product, epilogue: Epilogue) -> Self {
        Self { product, epilogue }
    }

    /// Writes the convolution of `input` to `output`.
    ///
    /// # Panics
    /// If `input` has another number of channels than the filters.
    pub fn forward(&mut self, input: &Planes, output: &mut Planes) {
        output.reshape(self.product.rows(), input.height, input.width);
        self.product
            .times(&input.data, input.area(), &mut output.data);
        self.epilogue.apply(output);
    }
}

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
        Self {
            taps,
            stride,
            epilogue,
            padded: Vec::new(),
            sums: Vec::new(),
        }
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
                    row.iter_mut()
                        .zip(line)
                        .for_each(|(v, s)| *v = bend(*s, slope));
                } else {
                    let kept = line.iter().step_by(self.stride);
                    row.iter_mut()
                        .zip(kept)
                        .for_each(|(v, s)| *v = bend(*s, slope));
                }
            }
        }
    }
}

/// out[i] = bias + the sum over the 3x3 window whose first cell is padded[i], rows being `pitch` apart.
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
    use crate::nn::testing::noise;

    fn planes(channels: usize, height: usize, width: usize, seed: u64) -> Planes {
        Planes {
            channels,
            height,
            width,
            data: noise(channels * height * width, seed),
        }
    }

    fn epilogue(channels: usize) -> Epilogue {
        Epilogue {
            bias: noise(channels, 8),
            activation: Activation::Prelu(noise(channels, 9)),
        }
    }

    /// The definition: `weight` is (filters, channels / groups, size, size).
    fn by_definition(
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
                            sum +=
                                f64::from(*w) * f64::from(x.data[(c * x.height + y) * x.width + z]);
                        }
                    }
                    let slope = f64::from(after.slope(o));
                    out.push((if sum > 0.0 { sum } else { sum * slope }) as f32);
                }
            }
        }
        out
    }

    fn close(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (i, (f, e)) in found.iter().zip(expected).enumerate() {
            assert!((f - e).abs() < 1e-4, "{i}: {f} {e}");
        }
    }

    #[test]
    fn convolution_as_defined_and_again_with_another_size() {
        let dev = Cpu::default();
        for stride in [1, 2] {
            let window = Window {
                size: 3,
                stride,
                padding: 1,
            };
            let weight = noise(5 * 3 * 9, 1);
            let mut layer = Convolution::new(
                window,
                Product::new(&dev, weight.clone(), 5, 27),
                epilogue(5),
            );
            let mut y = Planes::default();
            for (height, width) in [(9, 8), (4, 7), (9, 8)] {
                let x = planes(3, height, width, 2);
                layer.forward(&x, &mut y);
                close(
                    &y.data,
                    &by_definition(&x, &weight, window, 1, &epilogue(5)),
                );
            }
        }
    }

    #[test]
    fn pointwise_as_defined() {
        let weight = noise(6 * 4, 3);
        let mut layer = Pointwise::new(
            Product::new(&Cpu::default(), weight.clone(), 6, 4),
            epilogue(6),
        );
        let (x, mut y) = (planes(4, 5, 6, 4), Planes::default());
        layer.forward(&x, &mut y);
        let window = Window {
            size: 1,
            stride: 1,
            padding: 0,
        };
        close(
            &y.data,
            &by_definition(&x, &weight, window, 1, &epilogue(6)),
        );
    }

    #[test]
    fn depthwise_as_defined() {
        for stride in [1, 2] {
            let window = Window {
                size: 3,
                stride,
                padding: 1,
            };
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

    #[test]
    fn activations() {
        let apply = |activation| {
            let mut x = Planes {
                channels: 1,
                height: 1,
                width: 3,
                data: vec![-2.0, 0.0, 2.0],
            };
            Epilogue {
                bias: vec![1.0],
                activation,
            }
            .apply(&mut x);
            x.data
        };
        assert_eq!(apply(Activation::Identity), [-1.0, 1.0, 3.0]);
        assert_eq!(apply(Activation::Relu), [0.0, 1.0, 3.0]);
        assert_eq!(apply(Activation::Prelu(vec![0.5])), [-0.5, 1.0, 3.0]);
    }
}
