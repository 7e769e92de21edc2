//! YuNet (2023mar), a face detector: BGR in, boxes and five landmarks out at strides 8, 16 and 32.
//!
//! Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023; weights from OpenCV Zoo, MIT
//! (`models/README.md`).

use super::epilogue::Epilogue;
use super::map::{Cell, LANES, Map};
use super::models::{ModelFile, WeightsError};
use super::resample::{add_doubled, halve};
use super::separable::PointThenDepth;
use super::stem::Stem;
use super::weights::Weights;
use fearless_simd::Level;
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
/// Stages that halve the map before their first unit. The last three give a level each.
const HALVED: [bool; 5] = [true, false, true, true, true];
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
    level: Level,
    stem: Stem,
    first: PointThenDepth,
    stages: Vec<[PointThenDepth; 2]>,
    /// By level: strides 8, 16, 32.
    necks: Vec<PointThenDepth>,
    heads: Vec<PointThenDepth>,
    levels: [Map; 3],
    map: Map,
    next: Map,
    strip: Vec<Cell>,
    found: Vec<Candidate>,
}

impl YuNet {
    /// Reads the weights from the folder `models`.
    ///
    /// # Errors
    /// When the file is missing or not the one this version was built for.
    pub fn load(models: &Path) -> Result<Self, WeightsError> {
        let weights = Weights::load(models, &FILE)?;
        let tensors = weights.tensors()?;
        let unit = |name: &str, input, output, after: fn(&[f32]) -> Epilogue| {
            PointThenDepth::load(&tensors, name, input, output, after)
        };
        let after = Epilogue::relu(&tensors.vector("stem.bias", 16)?);
        let mut stages = Vec::new();
        for (i, [a, b]) in STAGES.into_iter().enumerate() {
            let name = |k| format!("backbone.{}.{k}", i + 1);
            stages
                .push([unit(&name(0), a.0, a.1, Epilogue::relu)?, unit(&name(1), b.0, b.1, Epilogue::relu)?]);
        }
        let neck = |level| unit(&format!("neck.{level}"), 64, 64, Epilogue::relu);
        let head = |level| unit(&format!("head.{level}"), 64, LANES, Epilogue::identity);
        Ok(Self {
            level: Level::new(),
            // The network was trained on BGR.
            stem: Stem::new(&tensors.matrix("stem", 16, 27)?, [2, 1, 0], 2, after),
            first: unit("backbone.0.1", 16, 16, Epilogue::relu)?,
            stages,
            necks: (0..3).map(neck).collect::<Result<_, _>>()?,
            heads: (0..3).map(head).collect::<Result<_, _>>()?,
            levels: Default::default(),
            map: Map::default(),
            next: Map::default(),
            strip: Vec::new(),
            found: Vec::new(),
        })
    }

    /// Candidates of at least `threshold` in an RGB image of `width` x `height` pixels, best first, overlapping ones
    /// included.
    ///
    /// # Panics
    /// If a side is not a multiple of [`MULTIPLE`], or `rgb` is of another length.
    pub fn forward(&mut self, rgb: &[u8], width: usize, height: usize, threshold: f32) -> &[Candidate] {
        assert!(
            width.is_multiple_of(MULTIPLE) && height.is_multiple_of(MULTIPLE),
            "sides must be multiples of 32"
        );
        assert_eq!(rgb.len(), width * height * 3, "RGB image of another size");
        self.stem.forward(self.level, rgb, width, f32::from, &mut self.next);
        self.backbone();
        self.found.clear();
        for level in (0..3).rev() {
            self.neck(level);
            self.heads[level].forward(self.level, &self.levels[level], &mut self.strip, &mut self.next);
            decode(&self.next, 8 << level, threshold, &mut self.found);
        }
        // Stable sorting would allocate; equal scores are told apart by their place.
        let key = |c: &Candidate| c.score;
        self.found.sort_unstable_by(|a, b| key(b).total_cmp(&key(a)).then(a.bbox[0].total_cmp(&b.bbox[0])));
        &self.found
    }

    fn backbone(&mut self) {
        let level = self.level;
        self.first.forward(level, &self.next, &mut self.strip, &mut self.map);
        for (i, [a, b]) in self.stages.iter().enumerate() {
            if HALVED[i] {
                let finer = i.checked_sub(3).map_or(&self.map, |above| &self.levels[above]);
                halve(level, finer, &mut self.next);
                std::mem::swap(&mut self.map, &mut self.next);
            }
            a.forward(level, &self.map, &mut self.strip, &mut self.next);
            let out = i.checked_sub(2).map_or(&mut self.map, |level| &mut self.levels[level]);
            b.forward(level, &self.next, &mut self.strip, out);
        }
    }

    /// Adds the coarser level, whose neck has run, and runs this level's.
    fn neck(&mut self, level: usize) {
        let (fine, coarse) = self.levels.split_at_mut(level + 1);
        let fine = &mut fine[level];
        if let Some(coarse) = coarse.first() {
            add_doubled(self.level, coarse, fine);
        }
        self.necks[level].forward(self.level, fine, &mut self.strip, &mut self.map);
        std::mem::swap(fine, &mut self.map);
    }
}

/// What the cells of the three levels say of faces.
fn decode(map: &Map, stride: usize, threshold: f32, found: &mut Vec<Candidate>) {
    let sigmoid = |x: f32| 1.0 / (1.0 + (-x).exp());
    for (i, Cell(value)) in map.cells().iter().enumerate() {
        let score = (sigmoid(value[0]) * sigmoid(value[1])).sqrt();
        if score < threshold {
            continue;
        }
        let stride = stride as f32;
        let (column, row) = ((i % map.width) as f32, (i / map.width) as f32);
        let (x, y) = ((column + value[2]) * stride, (row + value[3]) * stride);
        let (width, height) = (value[4].exp() * stride, value[5].exp() * stride);
        let landmark = |k: usize| [(value[6 + 2 * k] + column) * stride, (value[7 + 2 * k] + row) * stride];
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
    fn decodes_boxes_and_landmarks() {
        let mut map = Map::default();
        map.reshape(1, 2, 2);
        for cell in map.cells_mut() {
            cell.0[..2].fill(-20.0);
        }
        // Cell (1, 1): certain, box moved by half a cell, one cell wide and high, landmarks on the cell.
        map.cells_mut()[3].0[..4].copy_from_slice(&[20.0, 20.0, 0.5, 0.5]);
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
