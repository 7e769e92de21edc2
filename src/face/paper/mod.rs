//! The source paper's network ([`crate::nn::paper`]) at work: a classifier of the people it was trained on.
//!
//! [`sample`] makes its inputs, [`training`] trains it, [`mod@file`] keeps weights and checkpoints. It names one of its
//! classes for whatever it is shown and can't tell a stranger: sign-in doesn't use it. `models/README.md` says where it
//! helps.

pub mod file;
pub mod sample;
pub mod training;

use self::sample::{Sample, View};
use crate::nn::paper::Paper;

/// Most classes: a terminal's people, with room.
pub const MAX_CLASSES: usize = 10_000;

/// Why a network can't be trained, kept or used. Each message is one line that names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// Nothing to tell apart.
    #[error(
        "training needs 2 to {MAX_CLASSES} people with a face in their pictures, and here are {0}: give another folder"
    )]
    Classes(usize),
    /// The tensor library refused; in practice no memory.
    #[error("the tensors of the network don't fit into memory ({0}): train on fewer pictures")]
    Tensors(String),
    /// A file can't be read or written.
    #[error("cannot use {}: {source}: check the name, and that it can be written", .path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no network of this kind.
    #[error("{} is damaged, or no network of 'aidpost face train': train it anew", .0.display())]
    Damaged(std::path::PathBuf),
    /// A checkpoint doesn't belong to what is trained now.
    #[error(
        "the checkpoint was made with other pictures or options: give the same ones, or train anew without --resume"
    )]
    OtherTraining,
}

impl From<dfdx::prelude::CpuError> for PaperError {
    fn from(e: dfdx::prelude::CpuError) -> Self {
        Self::Tensors(e.to_string())
    }
}

/// A trained network and its people.
#[derive(Clone, Debug)]
pub struct Classifier {
    net: Paper,
    classes: Vec<String>,
}

impl Classifier {
    /// `None` when there isn't one name for each of the network's classes.
    pub fn new(net: Paper, classes: Vec<String>) -> Option<Self> {
        (net.classes() == classes.len() && classes.len() <= MAX_CLASSES).then_some(Self { net, classes })
    }

    /// The people, by the number of their class.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The class of a face and the probability that the network gives it. It is the closest of the classes, whoever is
    /// shown.
    ///
    /// # Errors
    /// When there is no memory.
    pub fn classify(&self, face: &Sample) -> Result<(usize, f32), PaperError> {
        // A face and its mirror image are the same person's: their scores are summed.
        let mut inputs = Vec::new();
        for mirrored in [false, true] {
            face.input(&View { mirrored, ..View::PLAIN }, &mut inputs);
        }
        let scores = self.net.forward(&inputs)?;
        let (plain, mirrored) = scores.split_at(self.classes.len());
        let sums: Vec<f32> = plain.iter().zip(mirrored).map(|(a, b)| (a + b) / 2.0).collect();
        let most = sums.iter().copied().fold(f32::MIN, f32::max);
        let total: f32 = sums.iter().map(|s| (s - most).exp()).sum();
        let class = sums.iter().position(|s| *s == most).unwrap_or_default();
        Ok((class, 1.0 / total))
    }
}
