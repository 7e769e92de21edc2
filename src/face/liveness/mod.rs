//! Liveness
pub mod challenge;
pub mod limits;
mod linear;
pub mod machine;
mod neutral;
pub mod outcome;
pub(super) mod patch;
mod registration;
pub mod relief;
pub mod sight;
mod trail;
mod warp;

pub use challenge::{Challenge, Move};
pub use machine::Liveness;
pub use outcome::{LivenessFailure, Prompt, Step};
pub use sight::{Face, Sight};
