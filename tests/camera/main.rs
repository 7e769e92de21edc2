//! Cameras as the kernel has them, in the virtual machine of `scripts/vm-camera`; `scripts/test-camera` runs this there.
//! Elsewhere each test says that it is skipped: a person's camera is left alone.
//!
//! The devices are few and shared, so the tests run one after the other (`--test-threads=1`).

#![cfg(feature = "camera")]
// A test stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod formats;
mod loopback;
mod sign_in;
mod usb;
mod vivid;
mod vm;
mod webcam;
