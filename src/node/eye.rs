//! The camera and the networks behind it. Frames never leave the node but as a small preview, and are never stored, but for a
//! paper that is kept with a record (`papers`).

use std::{path::Path, sync::Arc};

use super::{
    CameraChoice, Node, Open,
    api::{Arrow, Fault, FaultKind, Preview},
    locked,
    settings::Settings,
    sign_in::blocking,
};
use crate::face::{Camera, CameraId, Engine, Frame, View, recorded::Cue};

/// Width and height of the preview, in pixels: more than the half blocks of a large terminal show, for those that draw pixels.
const PREVIEW: (u32, u32) = (160, 120);

/// An open camera and loaded networks.
pub(super) struct Eye {
    pub(super) camera: Camera,
    pub(super) engine: Engine,
}

/// What the camera is open for: one at a time.
pub(super) enum Watching {
    Faces(Box<Eye>),
    Papers(Camera),
}

impl Watching {
    fn view(&self) -> View {
        match self {
            Self::Faces(_) => View::Faces,
            Self::Papers(_) => View::Papers,
        }
    }
}

fn open_camera(
    choice: &CameraChoice,
    settings: &Settings,
    demo: bool,
    bound: &mut Option<CameraId>,
    view: View,
) -> Result<Camera, Fault> {
    match settings.choose(choice)? {
        CameraChoice::None => {
            let words = match view {
                View::Faces => {
                    "no camera is set up here: sign in with your PIN, or start with --camera /dev/video0"
                }
                View::Papers => {
                    "no camera is set up here: keep the paper as a file, or start with --camera /dev/video0"
                }
            };
            Err(Fault::new(FaultKind::Unreachable, words))
        }
        CameraChoice::Frames(_) if !demo => Err(Fault::new(
            FaultKind::Usage,
            "recorded frames are accepted only in a demonstration: use --camera /dev/video0",
        )),
        CameraChoice::Frames(dir) => Ok(Camera::open_frames(&dir)?),
        CameraChoice::Device(path) => open_device(&path, bound, view),
    }
}

#[cfg(feature = "camera")]
fn open_device(path: &Path, bound: &mut Option<CameraId>, view: View) -> Result<Camera, Fault> {
    Ok(Camera::open_bound(path, bound, view)?)
}

#[cfg(not(feature = "camera"))]
fn open_device(path: &Path, _: &mut Option<CameraId>, _: View) -> Result<Camera, Fault> {
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
    /// Uses the camera and the networks. `cue` tells a recorded demonstration what its person is asked to do.
    pub(super) async fn through_eye<T: Send + 'static>(
        &self,
        open: &Open,
        cue: Arrow,
        work: impl FnOnce(&mut Eye, &Frame) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let look = move |watching: &mut Watching| {
            let Watching::Faces(eye) = watching else { return Err(gone()) };
            eye.camera.cue(cue_of(cue));
            let frame = eye.camera.next()?;
            Ok(work(eye, &frame))
        };
        self.watch(open, View::Faces, look).await
    }

    /// The same for a paper: no network looks at it, and the frames are as large as the camera gives them.
    pub(super) async fn look_at_desk<T: Send + 'static>(
        &self,
        open: &Open,
        work: impl FnOnce(&Frame) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let look = move |watching: &mut Watching| {
            let Watching::Papers(camera) = watching else { return Err(gone()) };
            Ok(work(&camera.next()?))
        };
        self.watch(open, View::Papers, look).await
    }

    /// One look through the camera, opened for this view unless it is already, off the async threads: a camera blocks and
    /// networks compute. One that is unplugged or stuck is closed: the next look opens it anew.
    async fn watch<T: Send + 'static>(
        &self,
        open: &Open,
        view: View,
        look: impl FnOnce(&mut Watching) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (eye, bound) = (self.eye.clone(), self.bound.clone());
        let choice = locked(&self.camera).clone();
        let (settings, demo) = (locked(&open.settings).clone(), open.demo);
        let watched = move || {
            let mut slot = locked(&eye);
            if slot.as_ref().is_none_or(|w| w.view() != view) {
                // Nobody opens a camera that is open.
                *slot = None;
                let camera = open_camera(&choice, &settings, demo, &mut locked(&bound), view)?;
                *slot = Some(match view {
                    View::Faces => {
                        settings.admits(&camera)?;
                        let engine = Engine::load(&Engine::find_models()?)?;
                        Watching::Faces(Box::new(Eye { camera, engine }))
                    }
                    View::Papers => Watching::Papers(camera),
                });
            }
            let seen = slot.as_mut().ok_or_else(gone).and_then(look);
            if seen.is_err() {
                *slot = None;
            }
            seen
        };
        blocking(watched).await?
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
        assert_eq!(p.rgb.len(), 160 * 120 * 3);
        assert_eq!((p.rgb[0], p.rgb[159 * 3]), (10, 200));
        assert_eq!(p.face, Some([120, 0, 40, 60]));
    }
}
