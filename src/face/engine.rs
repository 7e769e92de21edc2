//! The two networks put to work on frames.

use super::align::align_into;
use super::closeup::{Closeup, mirrored};
use super::detect::{Detection, Detector};
use super::embed::Embedding;
use super::frame::Frame;
use super::liveness::patch::Patch;
use super::liveness::{Face, Liveness, Sight, Step};
use super::quality::{Quality, QualityProblem};
use crate::core::time::Millis;
use crate::nn::models::{WeightsError, find_models};
use crate::nn::sface::{self, SFace};
use crate::nn::yunet;
use std::path::{Path, PathBuf};

/// A second face at least this large, measured in area against the largest, makes it unclear who is meant.
const RIVAL: f32 = 0.4;

/// Why faces can't be recognised at all.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The networks' weights are missing or damaged.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// What one frame shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// One face that can be compared.
    Face {
        /// Where.
        detection: Detection,
        /// How good.
        quality: Quality,
        /// What to compare.
        embedding: Embedding,
    },
    /// A face that is not good enough to be compared.
    Poor {
        /// Where.
        detection: Detection,
        /// How good.
        quality: Quality,
        /// What keeps it from being compared.
        problem: QualityProblem,
    },
    /// Several faces of similar size: this many in the frame.
    SeveralFaces(usize),
    /// No face.
    NoFace,
}

impl Observation {
    /// What the person can do, or `None` when the face can be compared.
    pub fn advice(&self) -> Option<String> {
        match self {
            Self::Face { .. } => None,
            Self::Poor { problem, .. } => Some(problem.to_string()),
            Self::SeveralFaces(_) => Some("only one person in front of the camera".to_owned()),
            Self::NoFace => Some("look at the camera".to_owned()),
        }
    }
}

/// Detector and embedder. It is `Send`: one thread owns it and passes frames through.
#[derive(Debug)]
pub struct Engine {
    detector: Detector,
    embedder: SFace,
    /// The last face, laid on the template.
    crop: Frame,
}

impl Engine {
    /// The folder with the models: `$AIDPOST_MODELS`, else `models` beside the executable or in a folder above it, else
    /// `/usr/share/aidpost/models`.
    ///
    /// # Errors
    /// When none of them holds both models; the message lists them.
    pub fn find_models() -> Result<PathBuf, FaceError> {
        Ok(find_models(&[sface::FILE, yunet::FILE])?)
    }

    /// Loads the networks from the folder `models`.
    ///
    /// # Errors
    /// When a file is missing, or is not the one this version was built for.
    pub fn load(models: &Path) -> Result<Self, FaceError> {
        let crop = Frame::from_fn(sface::SIDE as u32, sface::SIDE as u32, |_, _| [0; 3]);
        Ok(Self { detector: Detector::load(models)?, embedder: SFace::load(models)?, crop })
    }

    /// Faces in `frame`, best score first, at most 32.
    pub fn detect(&mut self, frame: &Frame) -> Vec<Detection> {
        self.detector.detect(frame)
    }

    /// Embeds one face of `frame`.
    pub fn embed(&mut self, frame: &Frame, face: &Detection) -> Embedding {
        align_into(frame, &face.landmarks, &mut self.crop);
        embedding(&mut self.embedder, &self.crop)
    }

    /// Embeds a face that already lies on the template ([`super::align::TEMPLATE`]).
    ///
    /// # Panics
    /// If `crop` is not 112x112.
    pub fn embed_aligned(&mut self, crop: &Frame) -> Embedding {
        embedding(&mut self.embedder, crop)
    }

    /// The face that a frame is about, embedded if it is good enough to be compared.
    pub fn observe(&mut self, frame: &Frame) -> Observation {
        let faces = self.detect(frame);
        let Some(largest) = largest(&faces) else { return Observation::NoFace };
        if rivals(&faces, &largest) > 1 {
            return Observation::SeveralFaces(faces.len());
        }
        align_into(frame, &largest.landmarks, &mut self.crop);
        let quality = Quality::measure(frame, &largest, &self.crop);
        match quality.problem() {
            Some(problem) => Observation::Poor { detection: largest, quality, problem },
            None => {
                let embedding = embedding(&mut self.embedder, &self.crop);
                Observation::Face { detection: largest, quality, embedding }
            }
        }
    }

    /// What a frame gives a liveness check: the largest face, its landmarks found again in a close-up and its mirror
    /// image.
    pub fn sight(&mut self, frame: &Frame) -> Sight {
        let faces = self.detect(frame);
        let Some(largest) = largest(&faces) else { return Sight { faces: 0, face: None } };
        let place = Closeup::of(&largest);
        let closeup = place.cut(frame);
        let mut found = Vec::with_capacity(2);
        for (view, is_mirrored) in [(&closeup, false), (&mirrored(&closeup), true)] {
            found.extend(self::largest(&self.detect(view)).map(|face| place.landmarks(&face, is_mirrored)));
        }
        let landmarks = match found[..] {
            [a, b] => std::array::from_fn(|k| [a[k][0].midpoint(b[k][0]), a[k][1].midpoint(b[k][1])]),
            [one] => one,
            _ => largest.landmarks,
        };
        let face = Face::new(Detection { landmarks, ..largest }, Patch::new(place, &closeup));
        Sight { faces: rivals(&faces, &largest), face: Some(face) }
    }

    /// Takes one frame through a liveness check, embedding it only if the check asks for that.
    pub fn watch(&mut self, frame: &Frame, liveness: &mut Liveness, now: Millis) -> Step {
        let sight = self.sight(frame);
        liveness.step(&sight, |face| self.embed(frame, face), now)
    }
}

/// The largest face.
fn largest(faces: &[Detection]) -> Option<Detection> {
    faces.iter().max_by(|a, b| a.area().total_cmp(&b.area())).copied()
}

/// Number of faces that could be meant, the largest among them.
fn rivals(faces: &[Detection], largest: &Detection) -> usize {
    faces.iter().filter(|f| f.area() >= RIVAL * largest.area()).count()
}

fn embedding(embedder: &mut SFace, crop: &Frame) -> Embedding {
    let values = embedder.forward(crop.rgb());
    // With the checked weights and 8-bit input every output is finite, and its biases keep it away from 0.
    Embedding::new(values).expect("the checked network gives a direction for every picture")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn models() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
    }

    #[test]
    fn is_send() {
        fn send<T: Send>() {}
        send::<Engine>();
    }

    #[test]
    fn the_models_of_a_checkout_are_found_from_its_target_folder() {
        if std::env::var_os("AIDPOST_MODELS").is_none() && std::env::var_os("CARGO_TARGET_DIR").is_none() {
            assert_eq!(Engine::find_models().unwrap(), models());
        }
    }

    #[test]
    fn missing_and_damaged_models_name_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        for name in [yunet::FILE.name, sface::FILE.name] {
            let missing = Engine::load(folder.path()).unwrap_err().to_string();
            assert!(missing.contains(name) && missing.contains("scripts/convert-models"), "{missing}");
            let mut bytes = std::fs::read(models().join(name)).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            std::fs::write(folder.path().join(name), &bytes).unwrap();
            let damaged = Engine::load(folder.path()).unwrap_err().to_string();
            assert!(damaged.contains(name) && damaged.contains("damaged"), "{damaged}");
            bytes[middle] ^= 1;
            std::fs::write(folder.path().join(name), &bytes).unwrap();
        }
        assert!(Engine::load(folder.path()).is_ok());
    }

    #[test]
    fn frames_of_odd_sizes_show_no_face() {
        let mut engine = Engine::load(&models()).unwrap();
        for (width, height) in [(1, 1), (1, 700), (4096, 2), (31, 33), (321, 320)] {
            let frame = Frame::from_fn(width, height, |_, _| [90; 3]);
            assert_eq!(engine.observe(&frame), Observation::NoFace);
        }
    }

    /// Black, white and noise still give a direction, as `embed_aligned` promises.
    #[test]
    fn any_crop_has_an_embedding() {
        let mut engine = Engine::load(&models()).unwrap();
        for pixel in [[0; 3], [255; 3], [255, 0, 0], [0, 0, 255]] {
            let embedding = engine.embed_aligned(&Frame::from_fn(112, 112, |_, _| pixel));
            assert!((embedding.cosine(&embedding) - 1.0).abs() < 1e-5);
        }
    }
}
