//! Signing in through a device: enrolled from its frames, found again in later ones, and told to move.

use crate::loopback::{DEVICE, feed, feed_at};
use crate::vm::{frame, is_here, until};
use aidpost::core::auth::FACE_THRESHOLD;
use aidpost::face::attack::actor::{Actor, Head};
use aidpost::face::attack::portrait::Portrait;
use aidpost::face::attempt::{Attempt, Progress};
use aidpost::face::liveness::{Challenge, Liveness, Prompt};
use aidpost::face::portrait::{moved_portrait, nurse, stranger};
use aidpost::face::{Camera, Embedding, Engine, Gallery, Observation, PixelFormat};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use std::path::Path;
use std::time::{Duration, Instant};

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

/// Milliseconds between two frames, as a slow camera would tell it: the emulated machine takes far longer.
const INTERVAL: u64 = 140;
/// Between two pictures on the device, each of which is shown until it has been read.
const PACE: Duration = Duration::from_millis(25);
/// Most frames of the attempt.
const FRAMES: u64 = 120;

/// A head that heeds the prompts is shown to the device, and each of its frames is read from there, whole and in order.
#[test]
fn a_living_head_on_a_device_signs_in() {
    if !is_here() {
        return;
    }
    let begun = Instant::now();
    let mut engine = Engine::load(&Engine::find_models().unwrap()).unwrap();
    let portrait = Portrait::find(&mut engine, &nurse()).unwrap();
    let mut gallery = Gallery::default();
    gallery.insert(NURSE, portrait.templates().to_vec());
    let mut rng = SmallRng::seed_from_u64(11);
    let mut head = Head::new(&portrait, &mut rng);
    let mut prompt = Prompt::LookAhead;
    let feeder = feed_at(PACE, PixelFormat::Rgb3, &[head.show(prompt, INTERVAL, &mut rng)]);
    let mut camera = Camera::open_v4l(Path::new(DEVICE)).unwrap();
    let mut attempt = Attempt::new(INTERVAL);
    let outcome = (1..FRAMES).find_map(|n| {
        let now = n * INTERVAL;
        let shown = head.show(prompt, now, &mut rng);
        feeder.show(std::slice::from_ref(&shown));
        // Frames of before are still on their way.
        let frame = until("the frame shown", || Some(frame(&mut camera)).filter(|f| *f == shown));
        let progress = if attempt.moving() {
            let sight = engine.sight(&frame);
            attempt.moved(&sight, |face| engine.embed(&frame, face), now)
        } else {
            let Observation::Face { embedding, .. } = engine.observe(&frame) else { return None };
            attempt.compared(gallery.best(&embedding), FACE_THRESHOLD, now)
        };
        match progress {
            Progress::Looking => None,
            Progress::Recognised(m) => {
                let challenge = Challenge::draw(&mut rng);
                let liveness = Liveness::new(challenge, portrait.templates(), FACE_THRESHOLD, now);
                attempt.challenge(m, liveness, now);
                None
            }
            Progress::Moving { prompt: wanted, .. } => {
                prompt = wanted;
                None
            }
            Progress::Over(outcome) => Some((n, outcome)),
        }
    });
    let (n, outcome) = outcome.expect("an end in time");
    println!("  {n} frames in {:.0?}, score {:.3}", begun.elapsed(), outcome.best.map_or(0.0, |m| m.score));
    assert_eq!(outcome.live, Some(Ok(())));
    assert_eq!(outcome.best.map(|m| m.who), Some(NURSE));
}
