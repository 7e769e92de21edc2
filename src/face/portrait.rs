//! Frames for the demo and for tests, made from flat portraits.
//!
//! A flat portrait that is moved about is just what a liveness check (ISO/IEC 30107, presentation attack detection)
//! refuses: these frames can be enrolled and matched, but must not pass as a live person.

use super::align::bilinear;
use super::frame::Frame;

const NURSE: &[u8] = include_bytes!("../../demo/faces/nurse.jpg");
const STRANGER: &[u8] = include_bytes!("../../demo/faces/stranger.jpg");

/// Size of the frames that [`moved_portrait`] makes.
const SIZE: (u32, u32) = (640, 480);
/// Height of the portrait in them, before zooming, in pixels.
const HEIGHT: f64 = 430.0;

/// The portrait that the demo enrols (`demo/faces/README.md`: source and terms).
pub fn nurse() -> Frame {
    // A file of this repository that a test decodes.
    Frame::from_file_bytes(NURSE).expect("demo/faces/nurse.jpg is a JPEG")
}

/// A portrait of somebody the demo doesn't know (`demo/faces/README.md`: source and terms).
pub fn stranger() -> Frame {
    // A file of this repository that a test decodes.
    Frame::from_file_bytes(STRANGER).expect("demo/faces/stranger.jpg is a JPEG")
}

/// `n` frames of 640x480 in which `portrait` moves, turns, zooms and brightens a little; the same for the same `seed`.
pub fn moved_portrait(portrait: &Frame, n: usize, seed: u64) -> Vec<Frame> {
    let phase = |k: u64| {
        let mixed = (seed ^ k.wrapping_mul(0xD134_2543_DE82_EF95)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as f64 / f64::from(1 << 24) * std::f64::consts::TAU
    };
    // Slow waves of unrelated lengths, as of somebody who tries to keep still.
    let wave = |k: u64, i: usize, period: f64| (phase(k) + i as f64 * std::f64::consts::TAU / period).sin();
    let frame = |i| {
        let pose = Pose {
            x: 40.0 * wave(1, i, 37.0),
            y: 12.0 * wave(2, i, 29.0),
            turn: 0.05 * wave(3, i, 41.0),
            zoom: 1.0 + 0.07 * wave(4, i, 53.0),
            light: 1.0 + 0.12 * wave(5, i, 23.0),
        };
        pose.show(portrait)
    };
    (0..n).map(frame).collect()
}

/// How the portrait is shown in one frame.
struct Pose {
    /// Pixels to the right of the middle.
    x: f64,
    /// Pixels below the middle.
    y: f64,
    /// Radians.
    turn: f64,
    zoom: f64,
    /// Factor of the brightness.
    light: f64,
}

impl Pose {
    fn show(&self, portrait: &Frame) -> Frame {
        let scale = f64::from(portrait.height()) / (HEIGHT * self.zoom);
        let (sin, cos) = self.turn.sin_cos();
        let (middle_x, middle_y) = (f64::from(SIZE.0) / 2.0 + self.x, f64::from(SIZE.1) / 2.0 + self.y);
        Frame::from_fn(SIZE.0, SIZE.1, |x, y| {
            let (dx, dy) = (f64::from(x) - middle_x, f64::from(y) - middle_y);
            let u = (dx * cos + dy * sin) * scale + f64::from(portrait.width()) / 2.0;
            let v = (dy * cos - dx * sin) * scale + f64::from(portrait.height()) / 2.0;
            let inside =
                u >= 0.0 && v >= 0.0 && u < f64::from(portrait.width()) && v < f64::from(portrait.height());
            // A plain wall behind.
            let colour = if inside { bilinear(portrait, u, v) } else { [118.0, 122.0, 120.0] };
            colour.map(|c| (c * self.light).round().clamp(0.0, 255.0) as u8)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::auth::FACE_THRESHOLD;
    use crate::face::{Embedding, Engine, Observation, PixelFormat};
    use std::path::Path;

    /// Far apart: under half of the score at which one stranger in 1,000 is taken for somebody.
    const DIFFERENT: f32 = 0.3;

    fn embeddings(engine: &mut Engine, portrait: &Frame, seed: u64) -> Vec<Embedding> {
        let observe = |frame: &Frame| match engine.observe(frame) {
            Observation::Face { embedding, .. } => embedding,
            other => panic!("{other:?}"),
        };
        moved_portrait(portrait, 12, seed).iter().map(observe).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_frames() {
        assert_eq!(moved_portrait(&nurse(), 2, 7), moved_portrait(&nurse(), 2, 7));
        assert_ne!(moved_portrait(&nurse(), 1, 7), moved_portrait(&nurse(), 1, 8));
        assert_ne!(moved_portrait(&nurse(), 2, 7)[0], moved_portrait(&nurse(), 2, 7)[1]);
    }

    /// A terminal with an infrared camera knows people by templates from a colour camera.
    #[test]
    fn a_grey_portrait_matches_its_colour_templates() {
        let mut engine = Engine::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap();
        let templates = embeddings(&mut engine, &nurse(), 1);
        let luma = |[r, g, b]: &[u8; 3]| {
            ((299 * u32::from(*r) + 587 * u32::from(*g) + 114 * u32::from(*b)) / 1000) as u8
        };
        let mut scores = Vec::new();
        for frame in moved_portrait(&nurse(), 6, 9) {
            let bytes: Vec<u8> = frame.rgb().as_chunks().0.iter().map(luma).collect();
            let grey = Frame::decode(PixelFormat::Grey, frame.width(), frame.height(), 0, &bytes).unwrap();
            let Observation::Face { embedding, .. } = engine.observe(&grey) else { panic!("no usable face") };
            scores.extend(templates.iter().map(|template| template.cosine(&embedding)));
        }
        let worst = scores.iter().copied().fold(1.0, f32::min);
        println!("grey against colour: worst of {} scores {worst:.3}", scores.len());
        assert!(worst >= FACE_THRESHOLD, "{worst}");
    }

    #[test]
    fn portraits_match_themselves_and_not_each_other() {
        let mut engine = Engine::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap();
        let nurse = embeddings(&mut engine, &nurse(), 1);
        let stranger = embeddings(&mut engine, &stranger(), 2);
        for (i, one) in nurse.iter().enumerate() {
            assert!(nurse[..i].iter().all(|other| one.cosine(other) >= FACE_THRESHOLD));
            assert!(stranger.iter().all(|other| one.cosine(other) < DIFFERENT));
        }
        for (i, one) in stranger.iter().enumerate() {
            assert!(stranger[..i].iter().all(|other| one.cosine(other) >= FACE_THRESHOLD));
        }
    }
}
