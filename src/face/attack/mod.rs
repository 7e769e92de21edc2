//! Attacks on the liveness check, rendered.
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
