//! What follows the sum of a layer: bias and activation.

use super::map::{Cell, LANES, cells};
use fearless_simd::{Simd, f32x16, prelude::*};

/// Bias and activation, a channel at a time. The activation is x where positive, else x times the channel's slope.
#[derive(Clone, Debug)]
pub(super) struct Epilogue {
    bias: Vec<Cell>,
    slopes: Vec<Cell>,
}

impl Epilogue {
    /// One bias a channel, and no activation.
    pub(super) fn identity(bias: &[f32]) -> Self {
        Self::uniform(bias, 1.0)
    }

    /// One bias a channel, then max(0, x).
    pub(super) fn relu(bias: &[f32]) -> Self {
        Self::uniform(bias, 0.0)
    }

    /// One bias and one slope a channel.
    pub(super) fn prelu(bias: &[f32], slopes: &[f32]) -> Self {
        Self { bias: cells(bias), slopes: cells(slopes) }
    }

    /// Identity and ReLU as slopes too: one form of the loops around them, and two instructions a vector lost.
    fn uniform(bias: &[f32], slope: f32) -> Self {
        let bias = cells(bias);
        Self { slopes: vec![Cell([slope; LANES]); bias.len()], bias }
    }

    /// Blocks of channels.
    pub(super) fn blocks(&self) -> usize {
        self.bias.len()
    }

    /// What the sums of a block of channels start from.
    #[inline(always)]
    pub(super) fn bias<S: Simd>(&self, simd: S, block: usize) -> f32x16<S> {
        f32x16::simd_from(simd, self.bias[block].0)
    }

    /// The slopes of a block of channels, for [`bend`].
    #[inline(always)]
    pub(super) fn slope<S: Simd>(&self, simd: S, block: usize) -> f32x16<S> {
        f32x16::simd_from(simd, self.slopes[block].0)
    }
}

/// The activation without a branch.
#[inline(always)]
pub(super) fn bend<S: Simd>(simd: S, value: f32x16<S>, slope: f32x16<S>) -> f32x16<S> {
    let zero = f32x16::splat(simd, 0.0);
    value.min(zero).mul_add(slope, value.max(zero))
}
