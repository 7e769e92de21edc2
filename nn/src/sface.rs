//! SFace (2021dec), a face embedder: MobileNetV1 without residuals, 112x112 RGB in, 128 values out.
//!
//! Zhong, Deng et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021; weights from
//! OpenCV Zoo, Apache-2.0 (`models/README.md`).

use super::dense::Dense;
use super::depthwise::Depthwise;
use super::epilogue::Epilogue;
use super::map::{Cell, LANES, Map};
use super::models::{ModelFile, WeightsError};
use super::separable::{DepthThenPoint, pointwise};
use super::stem::Stem;
use super::weights::{Tensors, Weights};
use fearless_simd::Level;
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
/// Channels of the last map.
const CHANNELS: usize = 1024;
/// Cells of the last map: 7x7.
const LAST: usize = 49;

/// The network, with the buffers of one forward pass.
#[derive(Debug)]
pub struct SFace {
    level: Level,
    stem: Stem,
    blocks: Vec<DepthThenPoint>,
    /// The BatchNorm before the last layer, as (factor, offset) a channel.
    norm: Vec<(f32, f32)>,
    dense: Dense,
    map: Map,
    next: Map,
    strip: Vec<Cell>,
    flat: Vec<f32>,
}

impl SFace {
    /// Reads the weights from the folder `models`.
    ///
    /// # Errors
    /// When the file is missing or not the one this version was built for.
    pub fn load(models: &Path) -> Result<Self, WeightsError> {
        let weights = Weights::load(models, &FILE)?;
        let tensors = weights.tensors()?;
        let stem = tensors.matrix("stem", 32, 27)?;
        let stem = Stem::new(&stem, [0, 1, 2], 1, epilogue(&tensors, "stem", 32)?);
        let mut blocks = Vec::with_capacity(BLOCKS.len());
        for (i, (input, output, stride)) in BLOCKS.into_iter().enumerate() {
            let (depth, point) = (format!("block.{i}.depth"), format!("block.{i}.point"));
            let taps = tensors.matrix(&depth, input, 9)?;
            let weight = tensors.matrix(&point, output, input)?;
            blocks.push(DepthThenPoint {
                depth: Depthwise::new(&taps, stride, epilogue(&tensors, &depth, input)?),
                point: pointwise(&weight, input, epilogue(&tensors, &point, output)?),
            });
        }
        let factors = tensors.vector("norm.factor", CHANNELS)?;
        let offsets = tensors.vector("norm.offset", CHANNELS)?;
        let weight = tensors.quantised("fc", DIMENSIONS, CHANNELS * LAST)?;
        let dense = Dense::new(weight, tensors.vector("fc.bias", DIMENSIONS)?);
        Ok(Self {
            level: Level::new(),
            stem,
            blocks,
            norm: factors.into_iter().zip(offsets).collect(),
            dense: dense.ok_or_else(|| tensors.missing("fc"))?,
            map: Map::default(),
            next: Map::default(),
            strip: Vec::new(),
            flat: Vec::new(),
        })
    }

    /// Embeds an aligned face: `SIDE * SIDE` RGB pixels. The result is not normalised.
    ///
    /// # Panics
    /// If `rgb` is of another length.
    pub fn forward(&mut self, rgb: &[u8]) -> [f32; DIMENSIONS] {
        assert_eq!(rgb.len(), SIDE * SIDE * 3, "an aligned face is 112x112 RGB");
        let value = |byte| (f32::from(byte) - 127.5) / 128.0;
        self.stem.forward(self.level, rgb, SIDE, value, &mut self.map);
        for block in &self.blocks {
            block.forward(self.level, &self.map, &mut self.strip, &mut self.next);
            std::mem::swap(&mut self.map, &mut self.next);
        }
        self.flatten();
        let mut embedding = [0.0; DIMENSIONS];
        self.dense.forward(self.level, &self.flat, &mut embedding);
        embedding
    }

    /// The last map with its BatchNorm applied, in the order of the last layer's columns: channel, then cell.
    fn flatten(&mut self) {
        self.flat.resize(CHANNELS * LAST, 0.0);
        let channels = self.flat.chunks_exact_mut(LAST).zip(&self.norm);
        for (channel, (values, (factor, offset))) in channels.enumerate() {
            let block = &self.map.cells()[channel / LANES * LAST..][..LAST];
            for (value, cell) in values.iter_mut().zip(block) {
                *value = cell.0[channel % LANES] * factor + offset;
            }
        }
    }
}

fn epilogue(tensors: &Tensors<'_>, name: &str, channels: usize) -> Result<Epilogue, WeightsError> {
    let (bias, slopes) = (format!("{name}.bias"), format!("{name}.slope"));
    Ok(Epilogue::prelu(&tensors.vector(&bias, channels)?, &tensors.vector(&slopes, channels)?))
}
