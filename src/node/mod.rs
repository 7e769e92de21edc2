//! The running service: owns store, keys, mesh and camera; everything else is its client.

pub mod api;
