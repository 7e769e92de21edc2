//! How well faces are told apart, measured on folders of pictures in the terms of ISO/IEC 19795-1.
//!
//! [`folder`] lists the pictures, [`protocol`] reads the LFW pairs file, [`extraction`] finds and embeds the face of
//! each picture once; [`scores`] compares pairs (millions of them, in bounded memory), [`rates`] turns the scores into
//! error rates, [`verification`] chooses thresholds on nine folds for the tenth, [`identification`] searches a gallery.
//! [`interval`] and [`bootstrap`] say how far a figure can be trusted.
//!
//! **Failures count against us.** A picture without a detected face can't match: with another of the same person that
//! is a false non-match; a pair of different people with it is wrong in the accuracy, and is left out of the false
//! match rate, which it could only flatter. Nothing is refused for its quality here, as sign-in would do.

pub mod bootstrap;
pub mod extraction;
pub mod folder;
pub mod identification;
pub mod interval;
pub mod protocol;
pub mod rates;
pub mod report;
pub mod scores;
pub mod verification;

use super::engine::FaceError;
use std::path::PathBuf;

/// Why nothing could be measured. Each message is one line that names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file or folder can't be read.
    #[error("cannot read {}: {source}: check the name", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder holds no pictures in folders of people.
    #[error("no pictures in {}: give a folder for each person, such as {}/Name/Name_0001.jpg (jpg, jpeg, png or pgm)", .0.display(), .0.display())]
    NoPictures(PathBuf),
    /// More than can be worked on.
    #[error("{} holds more than {limit} {what}: give a smaller folder", .path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// Most that is accepted.
        limit: usize,
        /// Of what.
        what: &'static str,
    },
    /// The pairs file breaks its format.
    #[error("line {line} of the pairs file {problem}: correct it, or check the name")]
    Protocol {
        /// From 1.
        line: usize,
        /// What is wrong with it, as the rest of a sentence.
        problem: String,
    },
    /// Pictures that the pairs file names aren't there.
    #[error("{count} pictures that the pairs file names are missing, the first is {first}: check --images")]
    Missing {
        /// How many.
        count: usize,
        /// The first one, as it was looked for.
        first: String,
    },
    /// The folder's people don't allow this measurement.
    #[error("{0}")]
    TooFew(&'static str),
    /// The networks.
    #[error(transparent)]
    Face(#[from] FaceError),
}
