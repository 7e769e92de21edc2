//! Where frames come from: a V4L2 device, or a folder of pictures in the demo.

use super::camera_error::CameraError;
#[cfg(feature = "camera")]
use super::camera_id::{CameraId, rebind};
use super::decode::PixelFormat;
use super::frame::Frame;
use super::recorded::{Cue, Recorded};
use std::path::{Path, PathBuf};

/// A camera and what it offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraInfo {
    /// Device file, such as `/dev/video0`.
    pub path: PathBuf,
    /// What the driver calls it.
    pub name: String,
    /// Of the formats it offers, those that can be decoded, in the order in which it is asked for them.
    pub formats: Vec<PixelFormat>,
    /// Every format it offers is without colour: infrared (or, rarely, a black-and-white camera).
    pub infrared: bool,
}

/// A video device, usable or not.
#[derive(Debug)]
pub struct VideoNode {
    /// What it is. Without formats when it can't be asked.
    pub info: CameraInfo,
    /// Why it can't be used now; `None` when it can.
    pub problem: Option<CameraError>,
}

/// What is looked at: it decides how large frames are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Faces: small frames, many a second.
    Faces,
    /// Papers: the largest frames that the camera gives, however slowly they come.
    Papers,
}

/// A source of frames. It is `Send`, and [`Camera::next`] blocks: give it a thread.
#[derive(Debug)]
pub struct Camera(Source);

#[derive(Debug)]
enum Source {
    Frames(Recorded),
    #[cfg(feature = "camera")]
    Device(super::v4l2::Device),
}

impl Camera {
    /// The PNG and JPEG files of a folder, in the order of their names, over and over, at 15 a second; with folders
    /// `left`, `right`, `up` and `down` in it, somebody who turns as they are told ([`Camera::cue`]).
    ///
    /// # Errors
    /// When the folder can't be read or holds no pictures.
    pub fn open_frames(folder: &Path) -> Result<Self, CameraError> {
        Recorded::open(folder).map(|recorded| Self(Source::Frames(recorded)))
    }

    /// A V4L2 device, asked for 640x480 in the first format of [`super::PixelFormat::ALL`] it has.
    ///
    /// # Errors
    /// When it is missing, busy, not allowed, no camera, or has none of the formats.
    #[cfg(feature = "camera")]
    pub fn open_v4l(device: &Path) -> Result<Self, CameraError> {
        Self::open_v4l_as(device, &PixelFormat::ALL)
    }

    /// The same, asked for the first of `formats` only that it has.
    ///
    /// # Errors
    /// As for [`Camera::open_v4l`].
    #[cfg(feature = "camera")]
    pub fn open_v4l_as(device: &Path, formats: &[PixelFormat]) -> Result<Self, CameraError> {
        super::v4l2::Device::open(device, formats, View::Faces).map(|device| Self(Source::Device(device)))
    }

    /// The same for this view, in whichever format suits it.
    #[cfg(feature = "camera")]
    fn open_view(device: &Path, view: View) -> Result<Self, CameraError> {
        super::v4l2::Device::open(device, &PixelFormat::ALL, view).map(|device| Self(Source::Device(device)))
    }

    /// The V4L2 device that was `bound`, wherever it is plugged in now, so that no other one slips into its place; while
    /// none is bound, `device` is, when it opens.
    ///
    /// # Errors
    /// As for [`Camera::open_v4l`], [`CameraError::Unplugged`] while the bound one is gone, and
    /// [`CameraError::Replaced`] while `device` is another one.
    #[cfg(feature = "camera")]
    pub fn open_bound(device: &Path, bound: &mut Option<CameraId>, view: View) -> Result<Self, CameraError> {
        let Some(id) = bound else {
            let camera = Self::open_view(device, view)?;
            *bound = CameraId::of(device);
            return Ok(camera);
        };
        match rebind(id) {
            Some(found) => Self::open_view(&found, view),
            None if device.exists() => Err(CameraError::Replaced(device.to_owned())),
            None => Err(CameraError::Unplugged(device.to_owned())),
        }
    }

    /// True for a device that offers no format with colour, as infrared cameras do.
    pub fn is_infrared(&self) -> bool {
        match &self.0 {
            Source::Frames(_) => false,
            #[cfg(feature = "camera")]
            Source::Device(device) => device.is_infrared(),
        }
    }

    /// Tells the person of a recording what the person before a real camera is told at this moment.
    pub fn cue(&mut self, cue: Cue) {
        match &mut self.0 {
            Source::Frames(recorded) => recorded.cue(cue),
            #[cfg(feature = "camera")]
            Source::Device(_) => {}
        }
    }

    /// The next frame. Frames that the driver flags as damaged are skipped, and those that waited while nobody asked
    /// are dropped.
    ///
    /// # Errors
    /// When there is none in time, or the camera is gone. It may be asked again, but after [`CameraError::Unplugged`]
    /// it must be opened again.
    #[expect(clippy::should_implement_trait, reason = "a camera never ends, and its errors name a remedy")]
    pub fn next(&mut self) -> Result<Frame, CameraError> {
        match &mut self.0 {
            Source::Frames(folder) => folder.next(),
            #[cfg(feature = "camera")]
            Source::Device(device) => device.next(),
        }
    }
}

/// Cameras that can be used now, in the order of their numbers.
pub fn list_cameras() -> Vec<CameraInfo> {
    list_nodes().into_iter().filter(|node| node.problem.is_none()).map(|node| node.info).collect()
}

/// All video devices in the order of their numbers, also those that can't be used: metadata nodes, outputs, cameras that
/// are in use or that this user may not open.
#[cfg(feature = "camera")]
pub fn list_nodes() -> Vec<VideoNode> {
    super::v4l2::nodes()
}

/// None: this build has no V4L2.
#[cfg(not(feature = "camera"))]
pub fn list_nodes() -> Vec<VideoNode> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_send() {
        fn send<T: Send>() {}
        send::<Camera>();
    }
}
