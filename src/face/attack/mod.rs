//! Attacks on the liveness check, and heads that must pass it: rendered frame by frame and put through the whole pipeline.
//!
//! - [`scene`] renders portraits laid on a [`surface`] (a plane, a cylinder, a fold, a head) as a camera would see them;
//! - [`actor`], [`paper`], [`staged`], [`clip`] are what stands before the camera: all see the prompts and answer them as
//!   well as they can;
//! - [`mod@bench`] runs them on some [`material`]; [`report`] and [`separation`] say what came of it.
//!
//! Nothing here is used at sign-in.

pub mod actor;
pub mod bench;
pub mod clip;
mod interval;
pub mod material;
pub mod paper;
pub mod portrait;
pub mod report;
pub mod scene;
pub mod separation;
pub mod staged;
pub mod surface;
