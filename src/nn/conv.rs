//! Convolution layers for inference: what multiplies many channels goes through dfdx's matmul, the rest is loops.
//!
//! BatchNorm is expected to be folded into the weights. Layers keep their buffers, so a layer called again with maps
//! of the same size allocates nothing but the product.

use super::product::Product;
use super::unfold::{Maps, Window};

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
    pub(super) fn slope(&self, channel: usize) -> f32 {
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
pub(super) fn bend(value: f32, slope: f32) -> f32 {
    value.max(0.0) + slope * value.min(0.0)
}

/// A convolution with windows of any size, as unfold and product.
#[derive(Debug)]
pub struct Convolution {
    window: Window,
    product: Product,
    epilogue: Epilogue,
    /// What `columns` was unfolded from: another map of that shape writes the same cells and leaves the zeros.
    shape: Maps,
    columns: Vec<f32>,
}

impl Convolution {
    /// `product` is (filters, channels · size²), in the row order of [`super::unfold::unfold`].
    pub fn new(window: Window, product: Product, epilogue: Epilogue) -> Self {
        Self { window, product, epilogue, shape: (0, 0, 0, 0), columns: Vec::new() }
    }

    /// Writes the convolution of `input` to `output`.
    ///
    /// # Panics
    /// If `input` has another number of channels than the filters.
    pub fn forward(&mut self, input: &Planes, output: &mut Planes) {
        let maps = (input.channels, 1, input.height, input.width);
        let (rows, count) = self.window.columns(maps);
        if self.shape != maps {
            self.shape = maps;
            self.columns.clear();
            self.columns.resize(rows * count, 0.0);
        }
        self.window.unfold_into(maps, &input.data, &mut self.columns);
        let (height, width) = (self.window.steps(input.height), self.window.steps(input.width));
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
        self.product.times(&input.data, input.area(), &mut output.data);
        self.epilogue.apply(output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::testing::{by_definition, close, epilogue, noise, planes};
    use dfdx::prelude::Cpu;

    #[test]
    fn convolution_as_defined_and_again_with_another_size() {
        let dev = Cpu::default();
        for stride in [1, 2] {
            let window = Window { size: 3, stride, padding: 1 };
            let weight = noise(5 * 3 * 9, 1);
            let mut layer = Convolution::new(window, Product::new(&dev, weight.clone(), 5, 27), epilogue(5));
            let mut y = Planes::default();
            for (height, width) in [(9, 8), (4, 7), (9, 8)] {
                let x = planes(3, height, width, 2);
                layer.forward(&x, &mut y);
                close(&y.data, &by_definition(&x, &weight, window, 1, &epilogue(5)));
            }
        }
    }

    #[test]
    fn pointwise_as_defined() {
        let weight = noise(6 * 4, 3);
        let mut layer = Pointwise::new(Product::new(&Cpu::default(), weight.clone(), 6, 4), epilogue(6));
        let (x, mut y) = (planes(4, 5, 6, 4), Planes::default());
        layer.forward(&x, &mut y);
        let window = Window { size: 1, stride: 1, padding: 0 };
        close(&y.data, &by_definition(&x, &weight, window, 1, &epilogue(6)));
    }

    #[test]
    fn activations() {
        let apply = |activation| {
            let mut x = Planes { channels: 1, height: 1, width: 3, data: vec![-2.0, 0.0, 2.0] };
            Epilogue { bias: vec![1.0], activation }.apply(&mut x);
            x.data
        };
        assert_eq!(apply(Activation::Identity), [-1.0, 1.0, 3.0]);
        assert_eq!(apply(Activation::Relu), [0.0, 1.0, 3.0]);
        assert_eq!(apply(Activation::Prelu(vec![0.5])), [-0.5, 1.0, 3.0]);
    }
}
