//! Finding faces in a frame.

use super::frame::Frame;
use super::resize::Shrink;
use crate::nn::models::WeightsError;
use crate::nn::yunet::{Candidate, MULTIPLE, YuNet};
use std::path::Path;

/// Least score of a face, as the detector's authors use it.
pub const THRESHOLD: f32 = 0.6;
/// Boxes that overlap more than this (intersection over union) are one face.
const MAX_OVERLAP: f32 = 0.3;
/// Larger frames are made smaller before detection. Of a camera's 640x480, a face that is large enough to be recognised
/// (see [`super::quality`]) is still 35 pixels wide then, and the detector was trained on faces of 10 to 300.
pub(super) const MAX_DETECTION_SIDE: u32 = 320;
/// Most faces reported.
const MAX_FACES: usize = 32;

/// A face in a frame. Coordinates are frame pixels, (0, 0) the centre of the top left one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// Left, top, width, height; may reach beyond the frame.
    pub bbox: [f32; 4],
    /// 0..1, at least [`THRESHOLD`].
    pub score: f32,
    /// (x, y) of two eyes, nose tip and two mouth corners; of each pair the left one in the picture first.
    pub landmarks: [[f32; 2]; 5],
}

impl Detection {
    /// Area of the box in square pixels.
    pub fn area(&self) -> f32 {
        self.bbox[2] * self.bbox[3]
    }

    /// Distance between the eyes in pixels.
    pub fn eye_distance(&self) -> f32 {
        let [a, b, ..] = self.landmarks;
        (b[0] - a[0]).hypot(b[1] - a[1])
    }
}

/// The detector with its buffers: frames of one size after the other allocate nothing but the answer.
#[derive(Debug)]
pub(super) struct Detector {
    net: YuNet,
    shrink: Shrink,
    small: Vec<u8>,
    padded: Vec<u8>,
}

impl Detector {
    /// Reads the network's weights from the folder `models`.
    pub(super) fn load(models: &Path) -> Result<Self, WeightsError> {
        let (shrink, small, padded) = Default::default();
        Ok(Self { net: YuNet::load(models)?, shrink, small, padded })
    }

    /// Faces in `frame`, best score first.
    pub(super) fn detect(&mut self, frame: &Frame) -> Vec<Detection> {
        let longest = frame.width().max(frame.height());
        let (width, height) = (frame.width() as usize, frame.height() as usize);
        let reduced = |side: usize| {
            let side = side as u64 * u64::from(MAX_DETECTION_SIDE) / u64::from(longest);
            (side as usize).max(1)
        };
        if longest <= MAX_DETECTION_SIDE {
            let found = candidates(&mut self.net, &mut self.padded, frame.rgb(), width, height);
            return keep_best(found.iter().copied());
        }
        let (w, h) = (reduced(width), reduced(height));
        self.shrink.apply(frame.rgb(), (width, height), (w, h), &mut self.small);
        let (x, y) = (width as f32 / w as f32, height as f32 / h as f32);
        let found = candidates(&mut self.net, &mut self.padded, &self.small, w, h);
        keep_best(found.iter().map(|c| enlarged(c, x, y)))
    }
}

/// Runs the network on a picture padded with black on the right and below.
fn candidates<'a>(
    net: &'a mut YuNet,
    padded: &mut Vec<u8>,
    rgb: &[u8],
    width: usize,
    height: usize,
) -> &'a [Candidate] {
    let (w, h) = (width.next_multiple_of(MULTIPLE), height.next_multiple_of(MULTIPLE));
    if (w, h) == (width, height) {
        return net.forward(rgb, w, h, THRESHOLD);
    }
    padded.clear();
    padded.resize(w * h * 3, 0);
    for (target, row) in padded.chunks_exact_mut(w * 3).zip(rgb.chunks_exact(width * 3)) {
        target[..width * 3].copy_from_slice(row);
    }
    net.forward(padded, w, h, THRESHOLD)
}

/// A candidate of a picture made smaller by factors `x` and `y`, in pixels of the original.
fn enlarged(candidate: &Candidate, x: f32, y: f32) -> Candidate {
    // Pixel centres: the first small pixel's centre lies (factor − 1) / 2 into the original.
    let place = |[px, py]: [f32; 2]| [px * x + (x - 1.0) / 2.0, py * y + (y - 1.0) / 2.0];
    let [left, top] = place([candidate.bbox[0], candidate.bbox[1]]);
    Candidate {
        score: candidate.score,
        bbox: [left, top, candidate.bbox[2] * x, candidate.bbox[3] * y],
        landmarks: candidate.landmarks.map(place),
    }
}

/// Non-maximum suppression: of overlapping boxes the best stays. `found` is sorted, best first.
fn keep_best(found: impl Iterator<Item = Candidate>) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in found {
        if kept.len() == MAX_FACES {
            break;
        }
        if kept.iter().all(|k| overlap(&k.bbox, &candidate.bbox) <= MAX_OVERLAP) {
            kept.push(Detection {
                bbox: candidate.bbox,
                score: candidate.score,
                landmarks: candidate.landmarks,
            });
        }
    }
    kept
}

/// Intersection over union of two boxes.
fn overlap(a: &[f32; 4], b: &[f32; 4]) -> f32 {
    let side = |k: usize| ((a[k] + a[k + 2]).min(b[k] + b[k + 2]) - a[k].max(b[k])).max(0.0);
    let common = side(0) * side(1);
    common / (a[2] * a[3] + b[2] * b[3] - common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(score: f32, bbox: [f32; 4]) -> Candidate {
        Candidate { score, bbox, landmarks: [[0.0; 2]; 5] }
    }

    #[test]
    fn overlap_of_boxes() {
        let a = [0.0, 0.0, 2.0, 2.0];
        assert_eq!(overlap(&a, &a), 1.0);
        assert_eq!(overlap(&a, &[2.0, 0.0, 2.0, 2.0]), 0.0);
        assert_eq!(overlap(&a, &[1.0, 0.0, 2.0, 2.0]), 1.0 / 3.0);
    }

    #[test]
    fn overlapping_boxes_leave_the_best() {
        let found = vec![
            candidate(0.9, [0.0, 0.0, 10.0, 10.0]),
            candidate(0.8, [1.0, 1.0, 10.0, 10.0]),
            candidate(0.7, [50.0, 0.0, 10.0, 10.0]),
        ];
        let scores: Vec<_> = keep_best(found.into_iter()).iter().map(|d| d.score).collect();
        assert_eq!(scores, [0.9, 0.7]);
    }

    #[test]
    fn the_number_of_faces_is_bounded() {
        let found = (0..100).map(|i| candidate(0.9, [20.0 * i as f32, 0.0, 10.0, 10.0]));
        assert_eq!(keep_best(found).len(), MAX_FACES);
    }

    #[test]
    fn a_doubled_pixel_is_centred_between_the_four() {
        let moved = enlarged(&candidate(0.9, [0.0, 1.0, 10.0, 10.0]), 2.0, 2.0);
        assert_eq!(moved.bbox, [0.5, 2.5, 20.0, 20.0]);
        assert_eq!(moved.landmarks[0], [0.5, 0.5]);
    }
}
