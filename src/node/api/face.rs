//! What the camera shows, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::status::Who;
use crate::core::auth::Verdict;

/// A small picture of what the camera sees, to draw on the screen. Never stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Pixels a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// RGB, 3 bytes a pixel, row by row.
    pub rgb: Vec<u8>,
    /// The face, in pixels of the preview: x, y, width, height.
    pub face: Option<[u16; 4]>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({}x{})", self.width, self.height)
    }
}

/// Which way to turn the head, as the person sees themselves in a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrow {
    /// To their left.
    Left,
    /// To their right.
    Right,
    /// Chin up.
    Up,
    /// Chin down.
    Down,
    /// Straight into the camera.
    Ahead,
}

/// What the person before the camera is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// In words.
    pub words: String,
    /// As a direction.
    pub arrow: Arrow,
    /// Parts done.
    pub done: u8,
    /// Parts in all.
    pub of: u8,
}

/// How long a sign-in by face took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// Finding, comparing, deciding and recording.
    pub machine: u64,
    /// Turning the head as asked.
    pub challenge: u64,
}

/// What one look through the camera gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// What the camera saw, as in a mirror.
    pub preview: Preview,
    /// What the person is asked to do, once they were recognised.
    pub prompt: Option<Prompt>,
    /// Words to act on when the frame could not be used: "come closer".
    pub hint: Option<String>,
    /// The decision, when the attempt is over.
    pub verdict: Option<Verdict>,
    /// Why an attempt failed, in words to act on.
    pub because: Option<String>,
    /// Who signed in, when somebody did.
    pub who: Option<Who>,
    /// How long the attempt took, when it is over.
    pub took: Option<Took>,
    /// The match was weak: with the person's consent their templates should be refreshed.
    pub refresh: bool,
}

/// What one look during an enrolment gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolLook {
    /// What the camera saw, as in a mirror.
    pub preview: Preview,
    /// What the person is asked to do.
    pub prompt: Prompt,
    /// Words to act on when the frame could not be used.
    pub hint: Option<String>,
    /// What was kept, when it is over.
    pub enrolled: Option<Enrolled>,
}

/// An enrolment that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Templates kept.
    pub templates: u32,
    /// What an admin should know: two people look alike.
    pub warning: Option<String>,
}

/// What one look at a paper gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperLook {
    /// What the camera saw, small, and not as in a mirror.
    pub preview: Preview,
    /// Pixels a row of the picture itself.
    pub width: u32,
    /// Its rows.
    pub height: u32,
    /// Words to act on when it can't be read.
    pub problem: Option<String>,
    /// Bytes of the file that can be kept now; none while none was taken.
    pub taken: Option<u64>,
}

/// What an admin decided about this terminal's camera. Where a field is none, it stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraPolicy {
    /// Sign-in by face only with an infrared camera.
    pub infrared: Option<bool>,
    /// The one camera that is used, as `aidpost face cameras` names it; empty: any.
    pub bind: Option<String>,
}
