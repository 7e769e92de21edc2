//! Recognising people through a device: enrolled from its frames, found again in later ones.

use crate::loopback::{DEVICE, feed};
use crate::vm::{frame, is_here, until};
use aidpost::core::auth::FACE_THRESHOLD;
use aidpost::face::portrait::{moved_portrait, nurse, stranger};
use aidpost::face::{Camera, Embedding, Engine, Gallery, Observation, PixelFormat};
use std::path::Path;

const NURSE: [u8; 16] = [7; 16];

/// Embeddings of the next `n` usable frames.
fn look(engine: &mut Engine, camera: &mut Camera, n: usize) -> Vec<Embedding> {
    let mut usable = || match engine.observe(&frame(camera)) {
        Observation::Face { embedding, .. } => Some(embedding),
        _ => None,
    };
    (0..n).map(|_| until("a usable face", &mut usable)).collect()
}

/// Lets frames of before pass that are still on their way.
fn pass(camera: &mut Camera) {
    for _ in 0..6 {
        frame(camera);
    }
}

/// The highest score of a face with any template.
fn score(gallery: &Gallery, faces: &[Embedding]) -> f32 {
    faces.iter().map(|face| gallery.best(face).unwrap().score).fold(-1.0, f32::max)
}

#[test]
fn a_face_on_a_device_is_recognised_in_colour_and_in_infrared() {
    if !is_here() {
        return;
    }
    let mut engine = Engine::load(&Engine::find_models().unwrap()).unwrap();
    let mut gallery = Gallery::default();

    let colour = feed(PixelFormat::Yuyv, &moved_portrait(&nurse(), 8, 1));
    let mut camera = Camera::open_v4l(Path::new(DEVICE)).unwrap();
    gallery.insert(NURSE, look(&mut engine, &mut camera, 2));
    colour.show(&moved_portrait(&nurse(), 8, 2));
    pass(&mut camera);
    let score = self::score(&gallery, &look(&mut engine, &mut camera, 1));
    println!("  YUYV against YUYV: score {score:.3}, needed {FACE_THRESHOLD}");
    assert!(score >= FACE_THRESHOLD);
    colour.show(&moved_portrait(&stranger(), 8, 3));
    pass(&mut camera);
    let score = self::score(&gallery, &look(&mut engine, &mut camera, 1));
    println!("  a stranger: score {score:.3}");
    assert!(score < FACE_THRESHOLD);
    drop(camera);
    drop(colour);

    // A terminal whose policy asks for infrared looks at the same template with a GREY camera.
    let infrared = feed(PixelFormat::Grey, &moved_portrait(&nurse(), 8, 4));
    let mut camera = Camera::open_v4l(Path::new(DEVICE)).unwrap();
    assert!(camera.is_infrared());
    let score = self::score(&gallery, &look(&mut engine, &mut camera, 1));
    println!("  GREY against YUYV: score {score:.3}, needed {FACE_THRESHOLD}");
    assert!(score >= FACE_THRESHOLD);
    drop(camera);
    drop(infrared);
}
