//! Liveness: whether a living head is before the camera, the enrolled person's, from the first frame to the last.
//!
//! A person is asked for a few turns of the head in an order drawn at random ([`Challenge`]); [`Liveness`] takes in what
//! each frame shows ([`Sight`]) and says what comes next ([`Step`]). Both are pure: time, randomness and the embedder are
//! arguments.
//!
//! # What tells a head from a picture
//! 1. **Likeness as a plane** (`registration`). The neutral view is laid onto the present one by the homography that fits
//!    it best. A picture, however it is turned, tilted or brought near, lies on itself; of a head, what stands out stands
//!    apart. The views are normalised locally, so that a screen's flicker or a reflection changes little. It is done for
//!    the halves of the face as well (folded paper has a plane half) and, of turns to a side, as bent paper (`bent`).
//! 2. **Relief** (`relief`). Eyes and mouth corners are fitted by an affine map and by the homography through all four;
//!    the nose must leave both planes, in the direction of the move, by the same sign. The four lie in one plane on any
//!    symmetric face, so the nose's way is its height over that plane times the sine of the turn.
//! 3. **Continuity** (`trail`). Neither the face nor its turn may jump between frames, each move takes at least a person's
//!    reaction time and at most some seconds, and the end of a move must last.
//! 4. **Identity** is checked before (at the full threshold), on the very frames that show a move (at a lower threshold,
//!    with the templates and with the neutral view of the same attempt), and in the middle after each move (full
//!    threshold): whatever turned is whoever signs in.
//!
//! Landmarks come from a close-up of the face and its mirror image ([`crate::face::Engine::sight`]), so that they don't
//! depend on its distance.
//!
//! # What it doesn't tell
//! A video of the right person doing the very challenge that was drawn, in time with the prompts, is a real head as far as
//! one colour camera can see. Against it stand the number of challenges ([`Challenge::COUNT`]), the lock-out after a few
//! failures, and infrared cameras, which screens don't show in. A worn mask of the right person passes as well.
//!
//! Rates by species of attack, and how to measure them again: `models/README.md`, "Liveness"; `aidpost face attack-bench`
//! ([`crate::face::attack`]). Terms: ISO/IEC 30107-3.

mod bent;
mod challenge;
pub mod limits;
mod linear;
mod machine;
#[cfg(test)]
mod machine_tests;
mod neutral;
mod outcome;
pub(super) mod patch;
mod registration;
mod relief;
mod sight;
mod trail;
mod warp;

pub use challenge::{Challenge, Move};
pub use machine::Liveness;
pub use neutral::{View, compare};
pub use outcome::{LivenessFailure, Prompt, Step};
pub use relief::Relief;
pub use sight::{Face, Sight};
