//! What one frame gives the check.

use super::patch::Patch;
use crate::face::Detection;

/// What one frame shows; [`crate::face::Engine::sight`] makes it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Faces of a size that could be meant; a smaller one further back is none of them.
    pub faces: usize,
    /// The largest.
    pub face: Option<Face>,
}

/// A face, measured more closely than for recognition.
#[derive(Clone, Debug)]
pub struct Face {
    /// Where, with landmarks from a close-up.
    pub detection: Detection,
    /// Its brightness, for registration. Wiped with the attempt, never stored.
    pub(in crate::face) patch: Patch,
}

impl Face {
    /// From a detection and the brightness of its close-up.
    pub(in crate::face) fn new(detection: Detection, patch: Patch) -> Self {
        Self { detection, patch }
    }
}
