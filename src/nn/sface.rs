//! SFace (2021dec), a face embedder: MobileNetV1 without residuals, 112x112 RGB in, 128 values out.
//!
//! Zhong, Deng et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021; weights from
//! OpenCV Zoo, Apache-2.0 (`models/README.md`).

use super::conv::{Activation, Convolution, Epilogue, Planes, Pointwise};
use super::depthwise::Depthwise;
use super::models::{ModelFile, WeightsError};
use super::product::{Dense, Product};
use super::unfold::Window;
use super::weights::{Tensors, Weights};
use dfdx::prelude::{Cache, Cpu};
use std::path::Path;

/// Side of the input, in pixels.
pub const SIDE: usize = 112;
/// Length of the output.
pub const DIMENSIONS: usize = 128;

/// The weights this version was built for.
pub const FILE: ModelFile = ModelFile {
    name: "sface.safetensors",
    sha256: "d96ee3e0cecb2330ca3508398618ea3ad710c30e4b00780f0ba1dd2b3b936921",
    size: 10_487_552,
};

/// (channels in, channels out, stride of the depthwise half) of each block.
const BLOCKS: [(usize, usize, usize); 13] = [
    (32, 64, 1),
    (64, 128, 2),
    (128, 128, 1),
    (128, 256, 2),
    (256, 256, 1),
    (256, 512, 2),
    (512, 512, 1),
    (512, 512, 1),
    (512, 512, 1),
    (512, 512, 1),
    (512, 512, 1),
    (512, 1024, 2),
    (1024, 1024, 1),
];
/// Cells of the last map's plane: 7x7.
const LAST: usize = 49;

/// The network, with the buffers of one forward pass.
#[derive(Debug)]
pub struct SFace {
    stem: Convolution,
    blocks: Vec<(Depthwise, Pointwise)>,
    dense: Dense,
    map: Planes,
    next: Planes,
}

impl SFace {
    /// Reads the weights from the folder `models`.
    ///
    /// # Errors
    /// When the file is missing or not the one this version was built for.
    pub fn load(models: &Path) -> Result<Self, WeightsError> {
        let weights = Weights::load(models, &FILE)?;
        let tensors = weights.tensors()?;
        let dev = Cpu::default();
        // Products of the same size come back at every pass.
        dev.enable_cache();
        let product =
            |name: &str, rows, inner| Ok(Product::new(&dev, tensors.matrix(name, rows, inner)?, rows, inner));
        let window = Window { size: 3, stride: 1, padding: 1 };
        let stem = Convolution::new(window, product("stem", 32, 27)?, epilogue(&tensors, "stem", 32)?);
        let mut blocks = Vec::with_capacity(BLOCKS.len());
        for (i, (input, output, stride)) in BLOCKS.into_iter().enumerate() {
            let (depth, point) = (format!("block.{i}.depth"), format!("block.{i}.point"));
            let taps = tensors.matrix(&depth, input, 9)?;
            blocks.push((
                Depthwise::new(&taps, stride, epilogue(&tensors, &depth, input)?),
                Pointwise::new(product(&point, output, input)?, epilogue(&tensors, &point, output)?),
            ));
        }
        let (weight, bias) = dense(&tensors)?;
        let dense = Dense::new(&dev, &weight, bias);
        Ok(Self { stem, blocks, dense, map: Planes::default(), next: Planes::default() })
    }

    /// Embeds an aligned face: `SIDE * SIDE` RGB pixels. The result is not normalised.
    ///
    /// # Panics
    /// If `rgb` is of another length.
    pub fn forward(&mut self, rgb: &[u8]) -> [f32; DIMENSIONS] {
        assert_eq!(rgb.len(), SIDE * SIDE * 3, "an aligned face is 112x112 RGB");
        self.map.reshape(3, SIDE, SIDE);
        for (channel, plane) in self.map.data.chunks_exact_mut(SIDE * SIDE).enumerate() {
            let values = rgb.iter().skip(channel).step_by(3);
            plane.iter_mut().zip(values).for_each(|(p, v)| *p = (f32::from(*v) - 127.5) / 128.0);
        }
        self.stem.forward(&self.map, &mut self.next);
        for (depth, point) in &mut self.blocks {
            depth.forward(&self.next, &mut self.map);
            point.forward(&self.map, &mut self.next);
        }
        let mut embedding = [0.0; DIMENSIONS];
        self.dense.forward(&self.next.data, &mut embedding);
        embedding
    }
}

fn epilogue(tensors: &Tensors<'_>, name: &str, channels: usize) -> Result<Epilogue, WeightsError> {
    Ok(Epilogue {
        bias: tensors.vector(&format!("{name}.bias"), channels)?,
        activation: Activation::Prelu(tensors.vector(&format!("{name}.slope"), channels)?),
    })
}

/// The last layer with the BatchNorm before it folded in: W·(factor·x + offset) + bias.
fn dense(tensors: &Tensors<'_>) -> Result<(Vec<f32>, Vec<f32>), WeightsError> {
    let mut weight = tensors.matrix("fc", DIMENSIONS, 1024 * LAST)?;
    let mut bias = tensors.vector("fc.bias", DIMENSIONS)?;
    let factors = tensors.vector("norm.factor", 1024)?;
    let offsets = tensors.vector("norm.offset", 1024)?;
    for (row, bias) in weight.chunks_exact_mut(1024 * LAST).zip(&mut bias) {
        let mut shift = 0.0;
        for ((cells, factor), offset) in row.chunks_exact_mut(LAST).zip(&factors).zip(&offsets) {
            shift += f64::from(cells.iter().sum::<f32>()) * f64::from(*offset);
            cells.iter_mut().for_each(|w| *w *= factor);
        }
        *bias += shift as f32;
    }
    Ok((weight, bias))
}
