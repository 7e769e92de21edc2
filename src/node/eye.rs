//! The camera and the networks behind it. Frames never leave the node but as a small preview, and are never stored.

use std::{path::Path, sync::Arc};

use super::{
    CameraChoice, Node, Open,
    api::{Arrow, Fault, FaultKind, Preview},
    locked,
    settings::Settings,
    sign_in::blocking,
};
use crate::face::{Camera, CameraId, Engine, Frame, recorded::Cue};

/// Width and height of the preview, in pixels: half blocks in an 80-column terminal.
const PREVIEW: (u32, u32) = (64, 48);

/// An open camera and loaded networks.
pub(super) struct Eye {
    pub(super) camera: Camera,
    pub(super) engine: Engine,
}

impl Eye {
    fn open(
        choice: &CameraChoice,
        settings: &Settings,
        demo: bool,
        bound: &mut Option<CameraId>,
    ) -> Result<Self, Fault> {
        let camera = match settings.choose(choice)? {
            CameraChoice::None => {
                return Err(Fault::new(
                    FaultKind::Unreachable,
                    "no camera is set up here: sign in with your PIN, or start with --camera /dev/video0",
                ));
            }
            CameraChoice::Frames(_) if !demo => {
                return Err(Fault::new(
                    FaultKind::Usage,
                    "recorded frames are accepted only in a demonstration: use --camera /dev/video0",
                ));
            }
            CameraChoice::Frames(dir) => Camera::open_frames(&dir)?,
            CameraChoice::Device(path) => open_device(&path, bound)?,
        };
        settings.admits(&camera)?;
        let engine = Engine::load(&Engine::find_models()?)?;
        Ok(Self { camera, engine })
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
        format!("this build has no V4L2, so {} cannot be used: sign in with your PIN", path.display()),
    ))
}

/// A small picture as in a mirror: whoever turns left sees themselves turn left.
pub(super) fn preview(frame: &Frame, face: Option<[f32; 4]>) -> Preview {
    let (w, h) = PREVIEW;
    let (fw, fh) = (frame.width(), frame.height());
    let mut rgb = Vec::with_capacity((w * h * 3) as usize);
    for y in 0..h {
        for x in (0..w).rev() {
            let at = |n: u32, from: u32, to: u32| (n * 2 + 1) * from / (to * 2);
            rgb.extend_from_slice(&frame.pixel(at(x, fw, w).min(fw - 1), at(y, fh, h).min(fh - 1)));
        }
    }
    let scaled = |v: f32, from: u32, to: u32| (v.max(0.0) * to as f32 / from as f32) as u16;
    let face = face.map(|[x, y, bw, bh]| {
        let mirrored = fw as f32 - x - bw;
        [scaled(mirrored, fw, w), scaled(y, fh, h), scaled(bw, fw, w), scaled(bh, fh, h)]
    });
    Preview { width: w as u16, height: h as u16, rgb, face }
}

impl Node {
    /// Uses the camera and the networks, off the async threads: a camera blocks and networks compute. `cue` tells a
    /// recorded demonstration what its person is asked to do.
    pub(super) async fn through_eye<T: Send + 'static>(
        &self,
        open: &Open,
        cue: Arrow,
        work: impl FnOnce(&mut Eye, &Frame) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (eye, bound) = (self.eye.clone(), self.bound.clone());
        let choice = locked(&self.camera).clone();
        let (settings, demo) = (locked(&open.settings).clone(), open.demo);
        let look = move || {
            let mut slot = locked(&eye);
            if slot.is_none() {
                *slot = Some(Eye::open(&choice, &settings, demo, &mut locked(&bound))?);
            }
            let Some(eye) = slot.as_mut() else { return Err(gone()) };
            eye.camera.cue(cue_of(cue));
            match eye.camera.next() {
                Ok(frame) => Ok(work(eye, &frame)),
                Err(e) => {
                    // Unplugged or stuck: the next look opens it anew.
                    *slot = None;
                    Err(e.into())
                }
            }
        };
        blocking(look).await?
    }

    /// Lets go of the camera, so that its light goes out.
    pub(super) async fn close_eye(&self) {
        let eye = Arc::clone(&self.eye);
        // Off the async threads: a camera in the middle of a frame holds the lock. A panic there leaves nothing open.
        let _ = blocking(move || *locked(&eye) = None).await;
    }
}

fn cue_of(arrow: Arrow) -> Cue {
    match arrow {
        Arrow::Left => Cue::Left,
        Arrow::Right => Cue::Right,
        Arrow::Up => Cue::Up,
        Arrow::Down => Cue::Down,
        Arrow::Ahead => Cue::Ahead,
    }
}

fn gone() -> Fault {
    Fault::new(FaultKind::Failed, "the camera stopped: try again, or sign in with your PIN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_is_a_mirror() {
        let frame = Frame::from_fn(640, 480, |x, _| [if x < 320 { 200 } else { 10 }, 0, 0]);
        let p = preview(&frame, Some([0.0, 0.0, 160.0, 240.0]));
        assert_eq!(p.rgb.len(), 64 * 48 * 3);
        assert_eq!((p.rgb[0], p.rgb[63 * 3]), (10, 200));
        assert_eq!(p.face, Some([48, 0, 16, 24]));
    }
}
