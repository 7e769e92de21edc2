//! The face engine's speed and memory beside their limits: `cargo bench --bench face`. All of it runs on one thread.
//!
//! `scripts/bench-face` runs it as a worker beside onnxruntime, in turns on the same core.

mod inputs;
mod measure;
mod worker;

use aidpost::face::{Engine, Frame, Gallery, Observation, PixelFormat};
use aidpost::nn::{sface::SFace, yunet::YuNet};
use inputs::{Inputs, models};
use measure::{Memory, Report, median, milliseconds};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// Milliseconds from a compressed frame to a decision.
const MAX_FRAME: f64 = 60.0;
/// Milliseconds from the start, no model loaded yet, to the decision about the first frame.
const MAX_FIRST: f64 = 300.0;
/// Megabytes that the engine may take, at any time since it began to load.
const MAX_MEMORY: f64 = 120.0;
/// Allocations of a decoded frame in the steady state: the list of faces, and the embedding.
const MAX_ALLOCATIONS: f64 = 2.0;

fn decoded(mjpg: &[u8]) -> Frame {
    Frame::decode(PixelFormat::Mjpg, 640, 480, 0, mjpg).expect("a JPEG made here")
}

/// Detects, judges, aligns, embeds and compares: what a terminal does with each frame of its camera.
fn decide(engine: &mut Engine, gallery: &Gallery, frame: &Frame) -> f32 {
    let Observation::Face { embedding, .. } = engine.observe(frame) else {
        panic!("the portrait is a face that can be compared");
    };
    gallery.best(&embedding).expect("people are enrolled").score
}

fn main() -> ExitCode {
    let inputs = Inputs::new();
    if std::env::args().any(|argument| argument == "--worker") {
        worker::serve(&inputs);
        return ExitCode::SUCCESS;
    }
    let mut report = Report::default();

    // First, while nothing is warm.
    let before = Memory::now();
    let start = Instant::now();
    let mut engine = Engine::load(&models()).expect("models of this checkout");
    let loaded = milliseconds(start);
    black_box(decide(&mut engine, &inputs.gallery, &decoded(&inputs.mjpg)));
    let decided = milliseconds(start);
    let after = Memory::now();
    report.limited("first sign-in after start", decided, MAX_FIRST, "ms");
    report.plain("  of it, loading the models", loaded, "ms");
    report.limited("memory of the engine, at most", after.most - before.now, MAX_MEMORY, "MB");
    report.plain("  held between frames", after.now - before.now, "MB");

    let (mjpg, gallery) = (&inputs.mjpg, &inputs.gallery);
    let whole = median(|| decide(&mut engine, gallery, &decoded(mjpg)));
    report.limited("640x480 MJPG frame to decision", whole, MAX_FRAME, "ms");
    report.plain("  decoding", median(|| decoded(mjpg)), "ms");
    let frame = decoded(mjpg);
    report.plain("  detecting", median(|| engine.detect(&frame)), "ms");
    let face = engine.detect(&frame)[0];
    report.plain("  aligning and embedding", median(|| engine.embed(&frame, &face)), "ms");
    let embedding = engine.embed(&frame, &face);
    let name = format!("  comparing with {} people", gallery.len());
    report.plain(&name, median(|| gallery.best(&embedding)), "ms");

    let made = allocation_counter::measure(|| {
        black_box(decide(&mut engine, gallery, &frame));
    });
    report.limited("allocations of a decoded frame", made.count_total as f64, MAX_ALLOCATIONS, "");
    report.plain("  their size", made.bytes_total as f64 / 1e3, "kB");
    let made = allocation_counter::measure(|| drop(black_box(decoded(mjpg))));
    report.plain("allocations of decoding it", made.count_total as f64, "");
    report.plain("  their size", made.bytes_total as f64 / 1e3, "kB");

    let crop = inputs.crop(&mut engine);
    let mut sface = SFace::load(&models()).expect("models of this checkout");
    report.plain("SFace 112x112", median(|| sface.forward(crop.rgb())), "ms");
    let mut yunet = YuNet::load(&models()).expect("models of this checkout");
    let pass = || yunet.forward(inputs.picture.rgb(), 320, 256, 0.6).len();
    report.plain("YuNet 320x256", median(pass), "ms");
    report.end()
}
