//! Integration tests.

// A test stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod face_camera;
mod face_golden;
mod face_lfw;
