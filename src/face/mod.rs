//! Faces: from a camera to "who is this, and how alike".
//!
//! A [`Camera`] gives a [`Frame`]; [`Engine`] finds faces in it ([`detect`]), judges whether one is
//! good enough to compare ([`quality`]), lays it on the template ([`align`]) and turns it into an [`Embedding`]
//! ([`embed`]); [`Gallery`] compares that with the enrolled ones. Whether a score opens anything is decided elsewhere.
//!
//! [`document`] judges papers before the camera, which are kept with a record as pictures.
//!
//! [`threshold`] holds what scores mean, [`eval`] measures it on folders of pictures ([`picture`]);
//! [`paper`] trains the small network of the source paper.
//!
//! Frames stay in this process and are never written to disk, but for a paper that somebody keeps: sealed. Embeddings are biometric data: wiped when they go out of
//! use, redacted in `Debug`, serialised only to be sealed.

pub mod align;
pub mod attack;
pub mod attempt;
pub mod camera;
mod camera_error;
mod camera_id;
mod closeup;
mod decode;
pub mod detect;
pub mod document;
pub mod embed;
pub mod engine;
pub mod enrolment;
pub mod eval;
pub mod frame;
pub mod gallery;
pub mod liveness;
mod mjpg;
pub mod paper;
pub mod picture;
pub mod portrait;
pub mod quality;
pub(crate) mod quiet;
pub mod recorded;
mod resize;
pub mod threshold;
#[cfg(feature = "camera")]
mod v4l2;

pub use camera::{Camera, CameraInfo, VideoNode, View};
pub use camera_error::CameraError;
pub use camera_id::{CameraId, rebind};
pub use decode::PixelFormat;
pub use detect::Detection;
pub use embed::Embedding;
pub use engine::{Engine, FaceError, Observation};
pub use frame::{Frame, FrameError};
pub use gallery::{Gallery, Match, StaffKey};
pub use liveness::{Challenge, Liveness, LivenessFailure, Sight};
pub use quality::{Quality, QualityProblem};
