//! Inputs of the paper's network: the aligned face in grey, and random views of it for training.

use crate::face::align::aligned;
use crate::face::detect::Detection;
use crate::face::frame::Frame;
use crate::nn::paper::SIDE;
use rand::{Rng, RngExt};

/// Side of the aligned crop.
const CROP: usize = crate::nn::sface::SIDE;
/// Points sampled along a side of an input cell.
const POINTS: usize = 2;

/// Greatest random turn, in radians.
const TURN: f32 = 0.14;
/// Greatest random zoom, as a part.
const ZOOM: f32 = 0.1;
/// Greatest random shift, in pixels of the crop.
const SHIFT: f32 = 6.0;
/// Greatest random exponent of the brightness, and its inverse.
const GAMMA: f32 = 1.4;
/// Greatest random difference of light across the face, as a part.
const SLOPE: f32 = 0.3;

/// A face, aligned and grey. Redacted in `Debug`: it shows somebody.
#[derive(Clone, PartialEq)]
pub struct Sample(Box<[f32]>);

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sample(redacted)")
    }
}

/// How a sample is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Left and right changed.
    pub mirrored: bool,
    /// Radians.
    pub turn: f32,
    /// Factor.
    pub zoom: f32,
    /// Pixels of the crop to the right and down.
    pub shift: [f32; 2],
    /// Exponent of the brightness 0..1.
    pub gamma: f32,
    /// How much lighter right and bottom are than the middle, as parts.
    pub slope: [f32; 2],
}

impl View {
    /// As it is.
    pub const PLAIN: Self =
        Self { mirrored: false, turn: 0.0, zoom: 1.0, shift: [0.0; 2], gamma: 1.0, slope: [0.0; 2] };

    /// As another photograph of the same face might have come out.
    pub fn random(rng: &mut impl Rng) -> Self {
        let mut around = |most: f32| (rng.random::<f32>() * 2.0 - 1.0) * most;
        Self {
            turn: around(TURN),
            zoom: 1.0 + around(ZOOM),
            shift: [around(SHIFT), around(SHIFT)],
            gamma: GAMMA.powf(around(1.0)),
            slope: [around(SLOPE), around(SLOPE)],
            mirrored: around(1.0) > 0.0,
        }
    }
}

impl Sample {
    /// One face of a frame.
    pub fn new(frame: &Frame, face: &Detection) -> Self {
        let crop = aligned(frame, &face.landmarks);
        // ITU-R BT.601 luma.
        let grey = |p: &[u8; 3]| {
            (0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2])) / 255.0
        };
        Self(crop.rgb().as_chunks().0.iter().map(grey).collect())
    }

    /// Appends the face as an input of [`SIDE`] x [`SIDE`] values with mean 0 and standard deviation 1: what light and
    /// camera add to all of them is gone.
    pub fn input(&self, view: &View, inputs: &mut Vec<f32>) {
        let start = inputs.len();
        let (sin, cos) = view.turn.sin_cos();
        let middle = (CROP as f32 - 1.0) / 2.0;
        let step = CROP as f32 / (SIDE * POINTS) as f32;
        let place = |i: usize| (i as f32 + 0.5) * step - 0.5 - middle;
        for row in 0..SIDE {
            for column in 0..SIDE {
                let mut sum = 0.0;
                for point in 0..POINTS * POINTS {
                    let x = place(column * POINTS + point % POINTS);
                    let y = place(row * POINTS + point / POINTS);
                    let x = if view.mirrored { -x } else { x };
                    let u = (x * cos + y * sin) / view.zoom + view.shift[0];
                    let v = (y * cos - x * sin) / view.zoom + view.shift[1];
                    let light = 1.0 + (view.slope[0] * u + view.slope[1] * v) / middle;
                    sum += self.at(u + middle, v + middle).powf(view.gamma) * light;
                }
                inputs.push(sum);
            }
        }
        normalise(&mut inputs[start..]);
    }

    /// The brightness between pixels; beyond the border that of the border.
    fn at(&self, u: f32, v: f32) -> f32 {
        let last = (CROP - 1) as f32;
        let (u, v) = (u.clamp(0.0, last), v.clamp(0.0, last));
        let (x, y) = (u as usize, v as usize);
        let (right, down) = (u - x as f32, v - y as f32);
        let (next_x, next_y) = ((x + 1).min(CROP - 1), (y + 1).min(CROP - 1));
        let pixel = |x: usize, y: usize| self.0[y * CROP + x];
        let above = pixel(x, y) + (pixel(next_x, y) - pixel(x, y)) * right;
        let below = pixel(x, next_y) + (pixel(next_x, next_y) - pixel(x, next_y)) * right;
        above + (below - above) * down
    }

    /// Feeds the pixels to a digest, so that a checkpoint knows its pictures.
    pub(super) fn digest(&self, hasher: &mut blake3::Hasher) {
        self.0.iter().for_each(|v| {
            hasher.update(&v.to_le_bytes());
        });
    }
}

fn normalise(values: &mut [f32]) {
    let n = values.len() as f32;
    let mean = values.iter().sum::<f32>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / n;
    // A flat picture stays flat.
    let scale = 1.0 / variance.sqrt().max(1e-3);
    values.iter_mut().for_each(|v| *v = (*v - mean) * scale);
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::face::align::TEMPLATE;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    /// A drawn pattern that depends on `seed`, as if it were an aligned face.
    pub(in crate::face::paper) fn drawn(seed: u32) -> Sample {
        let frame = Frame::from_fn(112, 112, |x, y| {
            let wave = |k: u32| (f64::from(x * (seed % 3 + 1) + y * (seed / 3 + 1)) / f64::from(4 + k)).sin();
            [0, 1, 2].map(|k| (127.0 + 100.0 * wave(seed + k)) as u8)
        });
        Sample::new(&frame, &Detection { bbox: [0.0, 0.0, 112.0, 112.0], score: 1.0, landmarks: TEMPLATE })
    }

    fn input(sample: &Sample, view: &View) -> Vec<f32> {
        let mut out = Vec::new();
        sample.input(view, &mut out);
        out
    }

    #[test]
    fn inputs_are_normalised_whatever_the_view() {
        let mut rng = StdRng::seed_from_u64(1);
        for i in 0..20 {
            let view = if i == 0 { View::PLAIN } else { View::random(&mut rng) };
            let input = input(&drawn(i), &view);
            let mean = input.iter().sum::<f32>() / input.len() as f32;
            let square = input.iter().map(|v| v * v).sum::<f32>() / input.len() as f32;
            assert!(
                input.len() == SIDE * SIDE && mean.abs() < 1e-3 && (square - 1.0).abs() < 1e-3,
                "{view:?}"
            );
        }
    }

    #[test]
    fn a_mirrored_view_is_the_plain_one_with_its_rows_turned_round() {
        let sample = drawn(4);
        let plain = input(&sample, &View::PLAIN);
        let mirrored = input(&sample, &View { mirrored: true, ..View::PLAIN });
        for (a, b) in plain.chunks(SIDE).zip(mirrored.chunks(SIDE)) {
            assert!(a.iter().zip(b.iter().rev()).all(|(a, b)| (a - b).abs() < 1e-3));
        }
    }

    #[test]
    fn a_turned_and_moved_view_shows_another_place() {
        let sample = drawn(2);
        let moved = input(&sample, &View { shift: [CROP as f32 / SIDE as f32, 0.0], ..View::PLAIN });
        let plain = input(&sample, &View::PLAIN);
        // By one cell: each row is the plain one, one cell further, but for the border and the scale.
        let differ: f32 = (0..SIDE).map(|r| (moved[r * SIDE + 10] - plain[r * SIDE + 11]).abs()).sum();
        assert!(differ / (SIDE as f32) < 0.1, "{differ}");
    }
}
