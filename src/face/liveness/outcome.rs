//! What the check says: prompts, success, and failures with words a person can act on.

use super::challenge::Move;
use crate::core::time::Millis;

/// What the person is to do now. `Display` gives the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// Look at the camera and keep still.
    LookAhead,
    /// The face is too small.
    ComeCloser,
    /// Somebody else is in the picture.
    OnlyOne,
    /// Turn the head.
    Turn(Move),
    /// The head is turned so far that no face is seen.
    LessFar,
    /// Look at the camera again.
    BackToMiddle,
}

impl std::fmt::Display for Prompt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LookAhead => f.write_str("look at the camera"),
            Self::ComeCloser => f.write_str("come closer"),
            Self::OnlyOne => f.write_str("only one person in front of the camera"),
            Self::Turn(m @ (Move::Left | Move::Right)) => write!(f, "turn your head to your {m}"),
            Self::Turn(Move::Up) => f.write_str("raise your chin"),
            Self::Turn(Move::Down) => f.write_str("lower your chin"),
            Self::LessFar => f.write_str("not so far: the camera must see your face"),
            Self::BackToMiddle => f.write_str("back to the camera"),
        }
    }
}

/// Where the check stands after a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Go on.
    Prompt {
        /// What the person is to do.
        what: Prompt,
        /// Moves done.
        done: usize,
        /// Moves in all.
        of: usize,
        /// When time for this runs out.
        deadline: Millis,
    },
    /// A living head that is the person's, from the first frame to the last.
    Passed {
        /// Cosine of the last frontal view with the templates.
        score: f32,
    },
    /// Refused. A new attempt needs a new challenge.
    Failed(LivenessFailure),
}

/// Why an attempt was refused. Each is one line that says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LivenessFailure {
    /// Nobody enrolled was recognised looking ahead.
    #[error("not recognised: look straight at the camera with light from the front, or use your PIN")]
    NotRecognised,
    /// The move asked for wasn't seen.
    #[error("time ran out: turn your head further and hold it until the next prompt")]
    TimedOut,
    /// What was shown turns as a plane does.
    #[error("this looks like a picture: show your own face, without a screen or paper before it")]
    Flat,
    /// Another move than the one asked for.
    #[error("that was another move: follow the prompts one by one")]
    WrongMove,
    /// Done before a person could have seen the prompt.
    #[error("too early: wait for each prompt before you move")]
    TooSoon,
    /// The face stopped being the one that began.
    #[error("the face changed: only one person, from beginning to end")]
    FaceChanged,
    /// The picture leapt, as from a cut.
    #[error("the picture jumped: move smoothly and stay in front of the camera")]
    Jumped,
    /// More than one face.
    #[error("several faces: ask the others to step aside, then try again")]
    SeveralFaces,
    /// No face for too long.
    #[error("no face: stay in front of the camera and don't turn further than needed")]
    FaceLost,
}
