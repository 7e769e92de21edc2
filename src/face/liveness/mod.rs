//! Liveness
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
