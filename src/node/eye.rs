//! The camera and the networks behind it. Frames never leave the node but as a small preview, and are never stored.

use std::path::Path;

use super::{
    CameraChoice, Node,
    api::{Fault, FaultKind, Preview},
};
use crate::face::{Camera, CameraId, Embedding, Engine, Frame, Observation};

/// Width and height of the preview, in pixels: half blocks in an 80-column terminal.
const PREVIEW: (u32, u32) = (64, 48);

/// An open camera and loaded networks.
pub(super) struct Eye {
    camera: Camera,
    engine: Engine,
}

/// What one frame gave.
pub(super) struct Glance {
    pub(super) preview: Preview,
    pub(super) advice: Option<String>,
    pub(super) embedding: Option<Embedding>,
}

impl Eye {
    fn open(choice: &CameraChoice, demo: bool, bound: &mut Option<CameraId>) -> Result<Self, Fault> {
        let camera = match choice {
            CameraChoice::None => {
                return Err(Fault::new(
                    FaultKind::Unreachable,
                    "no camera is set up here: sign in with your passphrase, or start with --camera /dev/video0",
                ));
            }
            CameraChoice::Frames(_) if !demo => {
                return Err(Fault::new(
                    FaultKind::Usage,
                    "recorded frames are accepted only in a demonstration: use --camera /dev/video0",
                ));
            }
            CameraChoice::Frames(dir) => Camera::open_frames(dir)?,
            CameraChoice::Device(path) => open_device(path, bound)?,
        };
        let engine = Engine::load(&Engine::find_models()?)?;
        Ok(Self { camera, engine })
    }

    fn glance(&mut self) -> Result<Glance, Fault> {
        let frame = self.camera.next()?;
        let seen = self.engine.observe(&frame);
        let advice = seen.advice();
        let (bbox, embedding) = match seen {
            Observation::Face { detection, embedding, .. } => (Some(detection.bbox), Some(embedding)),
            Observation::Poor { detection, .. } => (Some(detection.bbox), None),
            _ => (None, None),
        };
        Ok(Glance { preview: preview(&frame, bbox), advice, embedding })
    }
}

#[cfg(feature = "camera")]
fn open_device(path: &Path, bound: &mut Option<CameraId>) -> Result<Camera, Fault> {
    Ok(Camera::open_bound(path, bound)?)
}

#[cfg(not(feature = "camera"))]
fn open_device(path: &Path, _: &mut Option<CameraId>) -> Result<Camera, Fault> {
    Err(Fault::new(
        FaultKind::Unreachable,
        format!("this build has no V4L2, so {} cannot be used: sign in with your passphrase", path.display()),
    ))
}

fn preview(frame: &Frame, face: Option<[f32; 4]>) -> Preview {
    let (w, h) = PREVIEW;
    let (fw, fh) = (frame.width(), frame.height());
    let mut rgb = Vec::with_capacity((w * h * 3) as usize);
    for y in 0..h {
        for x in 0..w {
            let at = |n: u32, from: u32, to: u32| (n * 2 + 1) * from / (to * 2);
            rgb.extend_from_slice(&frame.pixel(at(x, fw, w).min(fw - 1), at(y, fh, h).min(fh - 1)));
        }
    }
    let scaled = |v: f32, from: u32, to: u32| (v.max(0.0) * to as f32 / from as f32) as u16;
    let face =
        face.map(|[x, y, bw, bh]| [scaled(x, fw, w), scaled(y, fh, h), scaled(bw, fw, w), scaled(bh, fh, h)]);
    Preview { width: w as u16, height: h as u16, rgb, face }
}

impl Node {
    /// One frame, off the async threads: a camera blocks and networks compute.
    pub(super) async fn glance(&self, demo: bool) -> Result<Glance, Fault> {
        let (eye, bound) = (self.eye.clone(), self.bound.clone());
        let choice = super::locked(&self.camera).clone();
        let look = move || {
            let mut slot = super::locked(&eye);
            if slot.is_none() {
                *slot = Some(Eye::open(&choice, demo, &mut super::locked(&bound))?);
            }
            let Some(eye) = slot.as_mut() else { return Err(gone()) };
            let glance = eye.glance();
            if glance.is_err() {
                // Unplugged or stuck: the next look opens it anew.
                *slot = None;
            }
            glance
        };
        tokio::task::spawn_blocking(look).await.map_err(|_| gone())?
    }

    /// Lets go of the camera, so that its light goes out.
    pub(super) async fn close_eye(&self) {
        let eye = self.eye.clone();
        // Off the async threads: a camera in the middle of a frame holds the lock. A panic there leaves nothing open.
        let _ = tokio::task::spawn_blocking(move || *super::locked(&eye) = None).await;
    }
}

fn gone() -> Fault {
    Fault::new(FaultKind::Failed, "the camera stopped: try again, or sign in with your passphrase")
}
