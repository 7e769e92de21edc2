//! What is measured: the recorded portrait as a camera would show it, and a gallery.

use aidpost::face::align::aligned;
use aidpost::face::portrait::{moved_portrait, nurse};
use aidpost::face::{Embedding, Engine, Frame, Gallery};
use std::path::{Path, PathBuf};

/// People in the gallery, and templates of each.
const ENROLLED: (u8, usize) = (60, 5);

/// The folder with the models.
pub(crate) fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
}

/// The same for every run.
pub(crate) struct Inputs {
    /// A frame of 640x480.
    pub(crate) frame: Frame,
    /// It as Motion JPEG, quality 90.
    pub(crate) mjpg: Vec<u8>,
    /// It in 320x256, with a black strip below.
    pub(crate) picture: Frame,
    /// Strangers.
    pub(crate) gallery: Gallery,
}

impl Inputs {
    pub(crate) fn new() -> Self {
        let frame = moved_portrait(&nurse(), 1, 1).remove(0);
        let mut mjpg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut mjpg, 90)
            .encode(frame.rgb(), frame.width(), frame.height(), image::ExtendedColorType::Rgb8)
            .expect("an encoder writing to memory");
        let picture =
            Frame::from_fn(320, 256, |x, y| if y < 240 { frame.pixel(2 * x, 2 * y) } else { [0; 3] });
        let template = |person: u8, nth: usize| {
            let wave = |i: usize| ((i + 1) as f32 * (f32::from(person) + nth as f32 / 100.0 + 1.0)).sin();
            Embedding::new(std::array::from_fn(wave)).expect("waves are not all 0")
        };
        let person = |person| ([person; 16], (0..ENROLLED.1).map(|nth| template(person, nth)).collect());
        Self { frame, mjpg, picture, gallery: (0..ENROLLED.0).map(person).collect() }
    }

    /// The face in the frame, aligned.
    pub(crate) fn crop(&self, engine: &mut Engine) -> Frame {
        aligned(&self.frame, &engine.detect(&self.frame)[0].landmarks)
    }
}
