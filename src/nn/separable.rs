//! A pointwise convolution followed by a depthwise one, the unit that YuNet is made of.

use super::conv::{Activation, Epilogue, Planes, Pointwise};
use super::depthwise::Depthwise;
use super::models::WeightsError;
use super::product::Product;
use super::weights::Tensors;
use dfdx::prelude::Cpu;

/// A pointwise convolution with bias, then a 3x3 depthwise one with bias and activation.
#[derive(Debug)]
pub struct Separable {
    point: Pointwise,
    depth: Depthwise,
    between: Planes,
}

impl Separable {
    /// Reads `name.point` and `name.depth`, with `input` channels in and `output` channels out.
    ///
    /// # Errors
    /// When a tensor is missing or of another shape.
    pub fn load(
        dev: &Cpu,
        tensors: &Tensors<'_>,
        name: &str,
        input: usize,
        output: usize,
        activation: Activation,
    ) -> Result<Self, WeightsError> {
        let (point, depth) = (format!("{name}.point"), format!("{name}.depth"));
        let bias = |layer: &str| tensors.vector(&format!("{layer}.bias"), output);
        let product = Product::new(dev, tensors.matrix(&point, output, input)?, output, input);
        let between = Epilogue { bias: bias(&point)?, activation: Activation::Identity };
        let after = Epilogue { bias: bias(&depth)?, activation };
        Ok(Self {
            point: Pointwise::new(product, between),
            depth: Depthwise::new(&tensors.matrix(&depth, output, 9)?, 1, after),
            between: Planes::default(),
        })
    }

    /// Writes the result for `input` to `output`.
    ///
    /// # Panics
    /// If `input` has another number of channels than the weights.
    pub fn forward(&mut self, input: &Planes, output: &mut Planes) {
        self.point.forward(input, &mut self.between);
        self.depth.forward(&self.between, output);
    }
}
