//! V4L2 capture through the `v4l` crate.
//!
//! The crate panics on what some drivers say (names that aren't UTF-8, unknown colour spaces), so each call that
//! describes a device is guarded. Its stream needs care too: see [`Device::next`].

use super::camera::{CameraError, CameraInfo};
use super::decode::PixelFormat;
use super::frame::Frame;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use v4l::buffer::{Flags as BufferFlags, Type};
use v4l::capability::Flags;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture;
use v4l::{FourCC, io::mmap::Stream};

/// Size asked for: enough for a face at arm's length, and light on USB.
const SIZE: (u32, u32) = (640, 480);
/// Time without a frame after which a camera counts as silent. Some take a second to start.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Frames that waited longer than this while nobody asked are dropped: they show who was there then.
const STALE: Duration = Duration::from_millis(500);
/// Damaged frames in a row before giving up.
const MAX_DAMAGED: usize = 30;
/// Buffers shared with the driver.
const BUFFERS: u32 = 4;

// Errors of Linux that tell what the person can do (errno.h).
const ENODEV: i32 = 19;
const ENXIO: i32 = 6;
const EBUSY: i32 = 16;
const ENOTTY: i32 = 25;

/// An open camera.
pub(super) struct Device {
    path: PathBuf,
    format: PixelFormat,
    size: (u32, u32),
    stride: usize,
    /// `Some` until dropped.
    stream: Option<Stream<'static>>,
    last: Instant,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({}, {:?}, {:?})", self.path.display(), self.format, self.size)
    }
}

impl Device {
    pub(super) fn open(path: &Path) -> Result<Self, CameraError> {
        let device = open_node(path)?;
        let flags = capabilities(path, &device)?;
        if !flags.contains(Flags::VIDEO_CAPTURE | Flags::STREAMING) {
            return Err(CameraError::NotACamera(path.to_owned()));
        }
        let (format, set) = negotiate(path, &device)?;
        let named = |error| name(path, error);
        let mut stream = Stream::with_buffers(&device, Type::VideoCapture, BUFFERS).map_err(named)?;
        stream.set_timeout(TIMEOUT);
        Ok(Self {
            path: path.to_owned(),
            format,
            size: (set.width, set.height),
            stride: set.stride as usize,
            stream: Some(stream),
            last: Instant::now(),
        })
    }

    pub(super) fn next(&mut self) -> Result<Frame, CameraError> {
        // Only `drop` takes the stream.
        let Some(stream) = self.stream.as_mut() else {
            return Err(CameraError::Missing(self.path.clone()));
        };
        if self.last.elapsed() > STALE {
            // STREAMOFF gives all buffers back; the next call starts with fresh ones.
            stream.stop().map_err(|error| name(&self.path, error))?;
        }
        for _ in 0..MAX_DAMAGED {
            match CaptureStream::next(stream) {
                Ok((buffer, meta)) => {
                    self.last = Instant::now();
                    // The mapping is as large as the largest frame; only this much of it is this one.
                    let used = buffer.get(..meta.bytesused as usize).unwrap_or(buffer);
                    if meta.flags.contains(BufferFlags::ERROR) || used.is_empty() {
                        continue;
                    }
                    let (width, height) = self.size;
                    if let Ok(frame) = Frame::decode(self.format, width, height, self.stride, used) {
                        return Ok(frame);
                    }
                }
                Err(error) => {
                    // A buffer is queued already: without stopping, every further call would fail with EINVAL.
                    let stopped = stream.stop();
                    if error.kind() != io::ErrorKind::Interrupted {
                        return Err(name(&self.path, error));
                    }
                    stopped.map_err(|error| name(&self.path, error))?;
                }
            }
        }
        Err(CameraError::Damaged(self.path.clone()))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        if let Some(mut stream) = self.stream.take()
            && stream.stop().is_err()
        {
            // Its own drop would try again, and panic. The system takes its memory back with the process.
            std::mem::forget(stream);
        }
    }
}

pub(super) fn list() -> Vec<CameraInfo> {
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix("video")?.parse::<u32>().ok();
    let nodes = std::fs::read_dir("/dev").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut nodes: Vec<_> = nodes.filter_map(|path| Some((number(&path)?, path))).collect();
    nodes.sort();
    let usable = |(number, path): (u32, PathBuf)| {
        let flags = capabilities(&path, &open_node(&path).ok()?).ok()?;
        let name = std::fs::read_to_string(format!("/sys/class/video4linux/video{number}/name"));
        let name = name.map_or_else(|_| "camera".to_owned(), |name| name.trim().to_owned());
        flags.contains(Flags::VIDEO_CAPTURE | Flags::STREAMING).then_some(CameraInfo { path, name })
    };
    nodes.into_iter().filter_map(usable).collect()
}

fn open_node(path: &Path) -> Result<v4l::Device, CameraError> {
    guarded(path, || v4l::Device::with_path(path))
}

fn capabilities(path: &Path, device: &v4l::Device) -> Result<Flags, CameraError> {
    guarded(path, || device.query_caps()).map(|caps| caps.capabilities)
}

/// Sets the first format that the driver really takes.
fn negotiate(path: &Path, device: &v4l::Device) -> Result<(PixelFormat, v4l::Format), CameraError> {
    for format in PixelFormat::ALL {
        let wanted = v4l::Format::new(SIZE.0, SIZE.1, FourCC::new(&format.fourcc()));
        match guarded(path, || device.set_format(&wanted)) {
            // Drivers replace what they don't have without a word.
            Ok(set) if set.fourcc == wanted.fourcc => return Ok((format, set)),
            // Some refuse instead: the next format may do.
            Ok(_) | Err(CameraError::Device { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(CameraError::NoFormat(path.to_owned()))
}

/// Runs a call of the crate, and names its error; its panics become errors.
fn guarded<T>(path: &Path, call: impl FnOnce() -> io::Result<T>) -> Result<T, CameraError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| name(path, error)),
        Err(_) => Err(name(path, io::Error::other("its driver's answer cannot be read"))),
    }
}

fn name(path: &Path, source: io::Error) -> CameraError {
    let path = path.to_owned();
    match (source.kind(), source.raw_os_error()) {
        (io::ErrorKind::NotFound, _) | (_, Some(ENXIO)) => CameraError::Missing(path),
        (io::ErrorKind::PermissionDenied, _) => CameraError::NotAllowed(path),
        (io::ErrorKind::TimedOut, _) => CameraError::TimedOut(path),
        (_, Some(EBUSY)) => CameraError::Busy(path),
        (_, Some(ENODEV)) => CameraError::Unplugged(path),
        (_, Some(ENOTTY)) => CameraError::NotACamera(path),
        _ => CameraError::Device { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Camera;

    #[test]
    fn a_missing_device_names_the_remedy() {
        let error = Camera::open_v4l(Path::new("/dev/video-none")).unwrap_err().to_string();
        assert_eq!(error, "no camera at /dev/video-none: plug one in, or sign in with your passphrase");
    }

    #[test]
    fn other_files_are_no_camera() {
        let error = Camera::open_v4l(Path::new("/dev/null")).unwrap_err();
        assert!(matches!(error, CameraError::NotACamera(_)), "{error}");
    }

    #[test]
    fn system_errors_are_named() {
        let named = |code| name(Path::new("/dev/video0"), io::Error::from_raw_os_error(code)).to_string();
        assert!(named(EBUSY).contains("in use by another program"));
        assert!(named(ENODEV).contains("unplugged"));
        assert!(named(13).contains("group video"));
        assert!(named(5).contains("plug it in again"));
        let silent = name(Path::new("/dev/video0"), io::ErrorKind::TimedOut.into());
        assert!(silent.to_string().contains("no picture"));
    }

    #[test]
    fn a_panic_of_the_crate_is_an_error() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let result: Result<(), _> = guarded(Path::new("/dev/video0"), || panic!("not UTF-8"));
        std::panic::set_hook(hook);
        assert!(matches!(result, Err(CameraError::Device { .. })));
    }

    #[test]
    fn listed_cameras_are_in_order() {
        let found = list();
        assert!(found.iter().all(|c| c.path.starts_with("/dev")));
    }
}
