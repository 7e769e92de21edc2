//! The source paper's network: two layers of convolution with sampling, one fully connected layer, one classification
//! layer. Small enough to be trained on a terminal, by dfdx's autograd and its Adam.

use super::pool::max_pool;
use super::unfold::{Maps, Window, unfold};
use dfdx::optim::{AdamConfig, WeightDecay};
use dfdx::prelude::*;

/// Side of the square input, in cells.
pub const SIDE: usize = 40;
/// Filters of the two convolutions.
const FILTERS: [usize; 2] = [16, 32];
/// Cells a pooled window takes, along a side.
const SAMPLING: usize = 2;
/// The convolutions' windows; the map keeps its size.
const WINDOWS: [Window; 2] =
    [Window { size: 5, stride: 1, padding: 2 }, Window { size: 3, stride: 1, padding: 1 }];
/// What a negative value is multiplied by. With 0, units died under a rate that trains in a minute: two of three seeds
/// ended below 96% on ORL.
const SLOPE: f32 = 0.1;
/// Outputs of the fully connected layer.
const HIDDEN: usize = 128;
/// What the classification layer takes in after both samplings.
const FLAT: usize = FILTERS[1] * (SIDE / SAMPLING / SAMPLING) * (SIDE / SAMPLING / SAMPLING);

/// Number of layers.
pub const LAYERS: usize = 4;
/// Their names in files.
pub const NAMES: [&str; LAYERS] = ["conv1", "conv2", "dense", "classes"];

type Matrix<T = NoneTape> = Tensor<(usize, usize), f32, Cpu, T>;

/// One layer's weights, (outputs, inputs), and bias.
#[derive(Clone, Debug)]
struct Layer {
    weight: Matrix,
    bias: Tensor<(usize,), f32, Cpu>,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Paper {
    dev: Cpu,
    layers: [Layer; LAYERS],
}

/// (outputs, inputs) of every layer for `classes` classes.
pub fn shapes(classes: usize) -> [(usize, usize); LAYERS] {
    let [first, second] = WINDOWS.map(|w| w.size * w.size);
    [(FILTERS[0], first), (FILTERS[1], FILTERS[0] * second), (HIDDEN, FLAT), (classes, HIDDEN)]
}

/// Weights and bias of every layer, as plain values.
pub type Values = [(Vec<f32>, Vec<f32>); LAYERS];

impl Paper {
    /// A network for `classes` classes whose weights `uniform` draws from −1..1, scaled after He et al. (2015).
    pub fn new(classes: usize, mut uniform: impl FnMut() -> f32) -> Self {
        let values = shapes(classes).map(|(outputs, inputs)| {
            let scale = (6.0 / inputs as f32).sqrt();
            ((0..outputs * inputs).map(|_| uniform() * scale).collect(), vec![0.0; outputs])
        });
        // The lengths are those of the shapes.
        Self::from_values(values).expect("every layer has its weights")
    }

    /// From the values of every layer; `None` when they don't fit together.
    pub fn from_values(values: Values) -> Option<Self> {
        let classes = values[LAYERS - 1].1.len();
        let fits = shapes(classes).iter().zip(&values).all(|(&(outputs, inputs), (weight, bias))| {
            weight.len() == outputs * inputs && bias.len() == outputs
        });
        if classes == 0 || !fits {
            return None;
        }
        let dev = Cpu::default();
        // Every step asks for the same buffers.
        dev.enable_cache();
        let mut shapes = shapes(classes).into_iter();
        let layers = values.map(|(weight, bias)| {
            let shape = shapes.next().unwrap_or_default();
            Layer { weight: dev.tensor_from_vec(weight, shape), bias: dev.tensor_from_vec(bias, (shape.0,)) }
        });
        Some(Self { dev, layers })
    }

    /// Weights and bias of every layer.
    pub fn values(&self) -> Values {
        self.layers.each_ref().map(|l| (l.weight.as_vec(), l.bias.as_vec()))
    }

    /// Gives kept buffers back: dfdx also keeps those that came from outside, and never uses them again.
    pub fn release(&self) {
        self.dev.empty_cache();
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.layers[LAYERS - 1].bias.shape().0
    }

    /// One row of scores a class for each of the inputs, which are [`SIDE`] x [`SIDE`] cells one after the other.
    ///
    /// # Errors
    /// When there is no memory.
    ///
    /// # Panics
    /// If `inputs` isn't a whole number of inputs, or none.
    pub fn forward(&self, inputs: &[f32]) -> Result<Vec<f32>, CpuError> {
        Ok(self.logits(self.maps(inputs), None)?.as_vec())
    }

    fn maps(&self, inputs: &[f32]) -> Tensor<Maps, f32, Cpu> {
        assert!(!inputs.is_empty() && inputs.len().is_multiple_of(SIDE * SIDE), "whole inputs");
        self.dev.tensor_from_vec(inputs.to_vec(), (1, inputs.len() / (SIDE * SIDE), SIDE, SIDE))
    }

    fn logits<T: Tape<f32, Cpu>>(
        &self,
        maps: Tensor<Maps, f32, Cpu, T>,
        mask: Option<Matrix>,
    ) -> Result<Matrix<T>, CpuError> {
        let [first, second, dense, last] = &self.layers;
        let maps = first.sampled(maps, WINDOWS[0])?;
        let maps = second.sampled(maps, WINDOWS[1])?;
        let (channels, batch, height, width) = *maps.shape();
        let rows = maps.try_permute::<Maps, Axes4<1, 0, 2, 3>>()?;
        let rows = rows.try_reshape_like(&(batch, channels * height * width))?;
        let hidden = dense.connected(rows)?.try_prelu(SLOPE)?;
        let hidden = match mask {
            Some(mask) => hidden.try_mul(mask)?,
            None => hidden,
        };
        last.connected(hidden)
    }
}

impl Layer {
    /// Convolution, leaky ReLU and sampling.
    fn sampled<T: Tape<f32, Cpu>>(
        &self,
        maps: Tensor<Maps, f32, Cpu, T>,
        window: Window,
    ) -> Result<Tensor<Maps, f32, Cpu, T>, CpuError> {
        let (_, batch, height, width) = *maps.shape();
        let product = self.weight.retaped::<T>().try_matmul(unfold(maps, window)?)?;
        let shape = *product.shape();
        let bias = self.bias.retaped::<T>().try_broadcast_like::<_, Axis<1>>(&shape)?;
        let maps = product.try_add(bias)?.try_prelu(SLOPE)?;
        max_pool(maps.try_reshape_like(&(shape.0, batch, height, width))?, SAMPLING)
    }

    /// A fully connected layer on rows.
    fn connected<T: Tape<f32, Cpu>>(&self, rows: Matrix<T>) -> Result<Matrix<T>, CpuError> {
        let weight = self.weight.retaped::<T>().try_permute::<(usize, usize), Axes2<1, 0>>()?;
        let product = rows.try_matmul(weight)?;
        let bias = self.bias.retaped::<T>().try_broadcast_like::<_, Axis<0>>(product.shape())?;
        product.try_add(bias)
    }
}

/// One minibatch.
#[derive(Debug)]
pub struct Batch<'a> {
    /// Inputs, [`SIDE`] x [`SIDE`] cells each.
    pub inputs: &'a [f32],
    /// The class of each.
    pub classes: &'a [usize],
    /// What each output of the fully connected layer is multiplied by (dropout), a row an input; see [`mask_len`].
    pub mask: Vec<f32>,
}

/// Length of the dropout mask of a batch of `inputs` inputs.
pub fn mask_len(inputs: usize) -> usize {
    inputs * HIDDEN
}

/// dfdx's Adam with its state in the open, so that training can be stopped and resumed.
#[derive(Debug)]
pub struct Adam {
    /// Steps taken.
    step: i32,
    first: Gradients<f32, Cpu>,
    second: Gradients<f32, Cpu>,
    decay: f64,
}

/// The state of [`Adam`] beside a network: steps taken, first and second moments of every layer.
#[derive(Clone, Debug)]
pub struct AdamState {
    /// Steps taken.
    pub step: i32,
    /// First and second moments.
    pub moments: [Values; 2],
}

impl Adam {
    /// Nothing learnt yet; weights shrink by `decay` x rate a step.
    pub fn new(decay: f64) -> Self {
        Self { step: 0, first: Gradients::leaky(), second: Gradients::leaky(), decay }
    }

    /// Goes on from a state of the network `net`.
    ///
    /// # Errors
    /// When there is no memory.
    ///
    /// # Panics
    /// If the state is another network's.
    pub fn resume(decay: f64, net: &Paper, state: &AdamState) -> Result<Self, CpuError> {
        let mut adam = Self::new(decay);
        adam.step = state.step;
        for (gradients, values) in [&mut adam.first, &mut adam.second].into_iter().zip(&state.moments) {
            for (layer, (weight, bias)) in net.layers.iter().zip(values) {
                gradients.get_or_alloc_mut(&layer.weight)?.copy_from_slice(weight);
                gradients.get_or_alloc_mut(&layer.bias)?.copy_from_slice(bias);
            }
        }
        Ok(adam)
    }

    /// The state beside `net`.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn state(&mut self, net: &Paper) -> Result<AdamState, CpuError> {
        let values = |gradients: &mut Gradients<f32, Cpu>| -> Result<Values, CpuError> {
            let mut all: Values = Default::default();
            for (layer, (weight, bias)) in net.layers.iter().zip(&mut all) {
                gradients.try_alloc_for(&layer.weight)?;
                gradients.try_alloc_for(&layer.bias)?;
                (*weight, *bias) =
                    (gradients.get(&layer.weight).as_vec(), gradients.get(&layer.bias).as_vec());
            }
            Ok(all)
        };
        Ok(AdamState { step: self.step, moments: [values(&mut self.first)?, values(&mut self.second)?] })
    }

    /// One step of `net` on `batch` at the learning rate `rate`; the mean cross entropy before it.
    ///
    /// # Errors
    /// When there is no memory.
    ///
    /// # Panics
    /// If the batch's parts are of different lengths, or a class isn't the network's.
    pub fn step(&mut self, net: &mut Paper, batch: Batch<'_>, rate: f64) -> Result<f32, CpuError> {
        let (n, classes) = (batch.classes.len(), net.classes());
        let mut targets = vec![0.0; n * classes];
        for (row, class) in targets.chunks_exact_mut(classes).zip(batch.classes) {
            row[*class] = 1.0;
        }
        let targets = net.dev.tensor_from_vec(targets, (n, classes));
        let mask = net.dev.tensor_from_vec(batch.mask, (n, HIDDEN));
        let logits = net.logits(net.maps(batch.inputs).leaky_traced(), Some(mask))?;
        let loss = cross_entropy_with_logits_loss(logits, targets);
        let value = loss.as_vec()[0];
        let mut gradients = loss.try_backward()?;
        self.step += 1;
        let config = AdamConfig {
            lr: rate,
            weight_decay: Some(WeightDecay::Decoupled(self.decay)),
            ..Default::default()
        };
        for layer in &mut net.layers {
            update(&config, self, &mut layer.weight, &mut gradients)?;
            update(&config, self, &mut layer.bias, &mut gradients)?;
        }
        Ok(value)
    }
}

fn update<S: Shape>(
    config: &AdamConfig,
    adam: &mut Adam,
    values: &mut Tensor<S, f32, Cpu>,
    gradients: &mut Gradients<f32, Cpu>,
) -> Result<(), CpuError> {
    let first = adam.first.get_or_alloc_mut(values)?;
    let second = adam.second.get_or_alloc_mut(values)?;
    config.try_update(adam.step, values, first, second, gradients.get_or_alloc_mut(values)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::noise;

    fn network(classes: usize) -> Paper {
        let mut values = noise(2_000_000, 5).into_iter().cycle();
        Paper::new(classes, move || values.next().unwrap())
    }

    fn mask(n: usize) -> Vec<f32> {
        vec![1.0; mask_len(n)]
    }

    /// One batch is the same as one input at a time: nothing leaks from one to the next.
    #[test]
    fn a_batch_is_its_inputs_one_by_one() {
        let net = network(3);
        let inputs = noise(4 * SIDE * SIDE, 1);
        let together = net.forward(&inputs).unwrap();
        let alone: Vec<f32> = inputs.chunks(SIDE * SIDE).flat_map(|i| net.forward(i).unwrap()).collect();
        assert_eq!(together.len(), 12);
        assert!(together.iter().zip(&alone).all(|(a, b)| (a - b).abs() < 1e-4), "{together:?} {alone:?}");
    }

    /// The step of the last layer's bias is Adam's first: rate x the sign of the gradient, which is known there.
    #[test]
    fn a_first_step_goes_against_the_gradient_by_the_rate() {
        let mut net = network(3);
        let inputs = noise(2 * SIDE * SIDE, 2);
        let batch = Batch { inputs: &inputs, classes: &[1, 1], mask: mask(2) };
        let before = net.values()[3].1.clone();
        Adam::new(0.0).step(&mut net, batch, 0.01).unwrap();
        let after = net.values()[3].1.clone();
        let moved: Vec<f32> = after.iter().zip(&before).map(|(a, b)| a - b).collect();
        assert!(
            (moved[0] + 0.01).abs() < 1e-4
                && (moved[1] - 0.01).abs() < 1e-4
                && (moved[2] + 0.01).abs() < 1e-4
        );
    }

    #[test]
    fn learns_two_inputs_by_heart_and_goes_on_where_it_was() {
        let inputs = noise(2 * SIDE * SIDE, 3);
        let batch = || Batch { inputs: &inputs, classes: &[0, 1], mask: mask(2) };
        let mut net = network(2);
        let mut adam = Adam::new(1e-4);
        let first = adam.step(&mut net, batch(), 1e-3).unwrap();
        for _ in 0..4 {
            adam.step(&mut net, batch(), 1e-3).unwrap();
        }
        let (values, state) = (net.values(), adam.state(&net).unwrap());
        let mut twin = Paper::from_values(values).unwrap();
        let mut resumed = Adam::resume(1e-4, &twin, &state).unwrap();
        let mut losses = Vec::new();
        for _ in 0..6 {
            let loss = adam.step(&mut net, batch(), 1e-3).unwrap();
            assert_eq!(resumed.step(&mut twin, batch(), 1e-3).unwrap(), loss);
            losses.push(loss);
        }
        assert!(losses[5] < 0.1 * first, "{first} {losses:?}");
    }

    #[test]
    fn values_that_do_not_fit_are_refused() {
        let mut values = network(2).values();
        assert!(Paper::from_values(values.clone()).is_some());
        values[1].0.pop();
        assert!(Paper::from_values(values).is_none());
        assert!(Paper::from_values(Default::default()).is_none());
    }
}
