//! YuNet (2023mar), a face detector: BGR in, boxes and five landmarks out at strides 8, 16 and 32.
//!
//! Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023; weights from OpenCV Zoo, MIT
//! (`models/README.md`).

use super::conv::{Activation, Convolution, Epilogue, Planes};
use super::models::{ModelFile, WeightsError};
use super::pool::max_pool_into;
use super::product::Product;
use super::separable::Separable;
use super::unfold::Window;
use super::weights::Weights;
use dfdx::prelude::{Cache, Cpu};
use std::path::Path;

/// Sides of the input must be multiples of this.
pub const MULTIPLE: usize = 32;

/// The weights this version was built for.
pub const FILE: ModelFile = ModelFile {
    name: "yunet.safetensors",
    sha256: "ec5a3728efbcf2044441695139816b58952ace79404aeddb76aa800f1d79b7bb",
    size: 86_128,
};

/// Channels in and out of the two units of each backbone stage.
const STAGES: [[(usize, usize); 2]; 5] = [
    [(16, 16), (16, 32)],
    [(32, 32), (32, 64)],
    [(64, 64), (64, 64)],
    [(64, 64), (64, 64)],
    [(64, 64), (64, 64)],
];
/// Stages that halve the map before their first unit.
const HALVED: [bool; 5] = [true, false, true, true, true];
/// Outputs a cell: class, objectness, four of the box, ten of the landmarks.
const OUTPUTS: usize = 16;

/// A cell that may hold a face; coordinates in input pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// √(class · objectness), 0..1.
    pub score: f32,
    /// Left, top, width, height.
    pub bbox: [f32; 4],
    /// (x, y) of the eye, eye, nose tip, mouth corner, mouth corner; the left of each pair in the picture first.
    pub landmarks: [[f32; 2]; 5],
}

/// The network, with the buffers of one forward pass.
#[derive(Debug)]
pub struct YuNet {
    dev: Cpu,
    stem: Convolution,
    first: Separable,
    stages: Vec<[Separable; 2]>,
    /// By level: strides 8, 16, 32.
    necks: Vec<Separable>,
    heads: Vec<Separable>,
    levels: [Planes; 3],
    image: Planes,
    map: Planes,
    next: Planes,
}

impl YuNet {
    /// Reads the weights from the folder `models`.
    ///
    /// # Errors
    /// When the file is missing or not the one this version was built for.
    pub fn load(models: &Path) -> Result<Self, WeightsError> {
        let weights = Weights::load(models, &FILE)?;
        let tensors = weights.tensors()?;
        let dev = Cpu::default();
        dev.enable_cache();
        let unit =
            |name: &str, input, output, after| Separable::load(&dev, &tensors, name, input, output, after);
        let window = Window { size: 3, stride: 2, padding: 1 };
        let stem = Product::new(&dev, tensors.matrix("stem", 16, 27)?, 16, 27);
        let after = Epilogue { bias: tensors.vector("stem.bias", 16)?, activation: Activation::Relu };
        let mut stages = Vec::new();
        for (i, [a, b]) in STAGES.into_iter().enumerate() {
            let name = |k| format!("backbone.{}.{k}", i + 1);
            stages.push([
                unit(&name(0), a.0, a.1, Activation::Relu)?,
                unit(&name(1), b.0, b.1, Activation::Relu)?,
            ]);
        }
        let neck = |level| unit(&format!("neck.{level}"), 64, 64, Activation::Relu);
        let head = |level| unit(&format!("head.{level}"), 64, OUTPUTS, Activation::Identity);
        Ok(Self {
            stem: Convolution::new(window, stem, after),
            first: unit("backbone.0.1", 16, 16, Activation::Relu)?,
            stages,
            necks: (0..3).map(neck).collect::<Result<_, _>>()?,
            heads: (0..3).map(head).collect::<Result<_, _>>()?,
            levels: Default::default(),
            image: Planes::default(),
            map: Planes::default(),
            next: Planes::default(),
            dev,
        })
    }

    /// Candidates of at least `threshold` in an RGB image of `width` x `height` pixels, best first, overlapping ones
    /// included.
    ///
    /// # Panics
    /// If a side is not a multiple of [`MULTIPLE`], or `rgb` is of another length.
    pub fn forward(&mut self, rgb: &[u8], width: usize, height: usize, threshold: f32) -> Vec<Candidate> {
        assert!(
            width.is_multiple_of(MULTIPLE) && height.is_multiple_of(MULTIPLE),
            "sides must be multiples of 32"
        );
        assert_eq!(rgb.len(), width * height * 3, "RGB image of another size");
        self.read(rgb, width, height);
        self.backbone();
        let mut found = Vec::new();
        for level in (0..3).rev() {
            self.neck(level);
            self.heads[level].forward(&self.levels[level], &mut self.next);
            decode(&self.next, 8 << level, threshold, &mut found);
        }
        found.sort_by(|a, b| b.score.total_cmp(&a.score));
        found
    }

    fn read(&mut self, rgb: &[u8], width: usize, height: usize) {
        if (self.image.width, self.image.height) != (width, height) {
            // Buffers of another size would never be asked for again.
            self.dev.empty_cache();
        }
        self.image.reshape(3, height, width);
        for (channel, plane) in self.image.data.chunks_exact_mut(width * height).enumerate() {
            // The network was trained on BGR.
            let values = rgb.iter().skip(2 - channel).step_by(3);
            plane.iter_mut().zip(values).for_each(|(p, v)| *p = f32::from(*v));
        }
    }

    fn backbone(&mut self) {
        self.stem.forward(&self.image, &mut self.next);
        self.first.forward(&self.next, &mut self.map);
        for (i, [a, b]) in self.stages.iter_mut().enumerate() {
            if HALVED[i] {
                halve(&self.map, &mut self.next);
                std::mem::swap(&mut self.map, &mut self.next);
            }
            a.forward(&self.map, &mut self.next);
            b.forward(&self.next, &mut self.map);
            if let Some(level) = i.checked_sub(2) {
                self.levels[level].clone_from(&self.map);
            }
        }
    }

    /// Adds the coarser level, whose neck has run, and runs this level's.
    fn neck(&mut self, level: usize) {
        let (fine, coarse) = self.levels.split_at_mut(level + 1);
        let fine = &mut fine[level];
        if let Some(coarse) = coarse.first() {
            add_doubled(coarse, fine);
        }
        self.necks[level].forward(fine, &mut self.map);
        std::mem::swap(fine, &mut self.map);
    }
}

fn halve(map: &Planes, out: &mut Planes) {
    out.reshape(map.channels, map.height / 2, map.width / 2);
    max_pool_into(map.channels, map.height, map.width, 2, &map.data, &mut out.data);
}

/// Adds `coarse`, each cell doubled both ways, to `fine`.
fn add_doubled(coarse: &Planes, fine: &mut Planes) {
    let width = fine.width;
    for (row, line) in fine.data.chunks_exact_mut(width).enumerate() {
        // Planes have an even number of rows, so row / 2 counts the coarse rows of all planes.
        let source = &coarse.data[row / 2 * coarse.width..][..coarse.width];
        for (pair, value) in line.chunks_exact_mut(2).zip(source) {
            pair[0] += value;
            pair[1] += value;
        }
    }
}

fn decode(map: &Planes, stride: usize, threshold: f32, found: &mut Vec<Candidate>) {
    let area = map.area();
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    for cell in 0..area {
        let value = |output: usize| map.data[output * area + cell];
        let score = (sigmoid(value(0)) * sigmoid(value(1))).sqrt();
        if score < threshold {
            continue;
        }
        let stride = stride as f32;
        let (column, row) = ((cell % map.width) as f32, (cell / map.width) as f32);
        let (x, y) = ((column + value(2)) * stride, (row + value(3)) * stride);
        let (width, height) = (value(4).exp() * stride, value(5).exp() * stride);
        let landmark = |k: usize| [(value(6 + 2 * k) + column) * stride, (value(7 + 2 * k) + row) * stride];
        found.push(Candidate {
            score,
            bbox: [x - width / 2.0, y - height / 2.0, width, height],
            landmarks: std::array::from_fn(landmark),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarser_level_is_doubled_and_added() {
        let coarse = Planes { channels: 2, height: 1, width: 2, data: vec![1.0, 2.0, 3.0, 4.0] };
        let mut fine = Planes { channels: 2, height: 2, width: 4, data: vec![10.0; 16] };
        add_doubled(&coarse, &mut fine);
        let (a, b) = ([11.0, 11.0, 12.0, 12.0], [13.0, 13.0, 14.0, 14.0]);
        assert_eq!(fine.data, [a, a, b, b].concat());
    }

    #[test]
    fn decodes_boxes_and_landmarks() {
        let mut map = Planes { channels: OUTPUTS, height: 2, width: 2, data: vec![0.0; OUTPUTS * 4] };
        map.data[..8].fill(-20.0);
        // Cell (1, 1): certain, box moved by half a cell, one cell wide and high, landmarks on the cell.
        for (output, value) in [(0, 20.0), (1, 20.0), (2, 0.5), (3, 0.5)] {
            map.data[output * 4 + 3] = value;
        }
        let mut found = Vec::new();
        decode(&map, 8, 0.5, &mut found);
        let expected = Candidate { score: 1.0, bbox: [8.0, 8.0, 8.0, 8.0], landmarks: [[8.0, 8.0]; 5] };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn missing_weights_are_named() {
        let error = YuNet::load(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(error.contains("/nowhere/yunet.safetensors") && error.contains("reinstall"), "{error}");
    }
}
