//! What a device file is: whether it can be used as a camera, and if not, why.
//!
//! The crate panics on what some drivers say (a name cut in the middle of a UTF-8 character, unknown colour spaces), so
//! each call that describes a device is guarded.

use super::super::camera::{CameraInfo, VideoNode};
use super::super::camera_error::CameraError;
use super::super::decode::PixelFormat;
use super::super::quiet::quietly;
use super::BUFFERS;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use v4l::FourCC;
use v4l::buffer::Type;
use v4l::capability::Flags;
use v4l::io::mmap::Stream;
use v4l::video::Capture;

/// Most device files looked at.
const MAX_NODES: usize = 256;

// Errors of Linux that tell what the person can do (errno.h).
pub(super) const EIO: i32 = 5;
const ENXIO: i32 = 6;
const EBUSY: i32 = 16;
pub(super) const ENODEV: i32 = 19;
const ENOTTY: i32 = 25;
const ENOSPC: i32 = 28;

/// Formats without colour, which infrared cameras deliver.
const LUMA: [&[u8; 4]; 7] = [b"GREY", b"Y8I ", b"Y10 ", b"Y12 ", b"Y12I", b"Y14 ", b"Y16 "];

/// An open device that captures pictures and streams them.
pub(super) struct Node {
    pub(super) device: v4l::Device,
    /// Of the formats it offers, those that can be decoded.
    pub(super) formats: Vec<PixelFormat>,
    /// Every format it offers is without colour.
    pub(super) infrared: bool,
}

impl Node {
    pub(super) fn open(path: &Path) -> Result<Self, CameraError> {
        // Opening other kinds of files can have effects: a terminal becomes the process's own.
        let kind = std::fs::metadata(path).map_err(|error| name(path, error))?.file_type();
        if !kind.is_char_device() {
            return Err(CameraError::NotACamera(path.to_owned()));
        }
        let device = guarded(path, || v4l::Device::with_path(path))?;
        // Metadata nodes, outputs and converters offer no capture formats or lack the flags. Where the flags can't be
        // read, because the name beside them isn't UTF-8, the formats have to do.
        let offered: Vec<[u8; 4]> = guarded(path, || device.enum_formats())?
            .iter()
            .map(|description| description.fourcc.repr)
            .collect();
        let flags = match quietly(|| device.query_caps()) {
            Some(answer) => Some(answer.map_err(|error| name(path, error))?.capabilities),
            None => None,
        };
        let captures = flags.is_none_or(|flags| flags.contains(Flags::VIDEO_CAPTURE | Flags::STREAMING));
        if !captures || offered.is_empty() {
            return Err(CameraError::NotACamera(path.to_owned()));
        }
        let formats =
            PixelFormat::ALL.into_iter().filter(|format| offered.contains(&format.fourcc())).collect();
        Ok(Self { device, formats, infrared: offered.iter().all(|code| LUMA.contains(&code)) })
    }

    /// Fails when another program streams from the device: only one can hold its buffers. As many as for streaming, since
    /// the loopback driver makes do with the fewest that anyone asked for.
    fn try_buffers(&self, path: &Path) -> Result<(), CameraError> {
        guarded(path, || Stream::with_buffers(&self.device, Type::VideoCapture, BUFFERS)).map(drop)
    }
}

/// All video devices, in the order of their numbers.
pub(in super::super) fn nodes() -> Vec<VideoNode> {
    let number = |path: &Path| path.file_name()?.to_str()?.strip_prefix("video")?.parse::<u32>().ok();
    let files = std::fs::read_dir("/dev").into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = files.filter_map(|path| Some((number(&path)?, path))).take(MAX_NODES).collect();
    files.sort();
    files.into_iter().map(|(number, path)| describe(number, path)).collect()
}

fn describe(number: u32, path: PathBuf) -> VideoNode {
    let name = std::fs::read_to_string(format!("/sys/class/video4linux/video{number}/name"));
    let name = name.map_or_else(|_| "camera".to_owned(), |name| name.trim().to_owned());
    let (formats, infrared, problem) = match Node::open(&path) {
        Err(error) => (Vec::new(), false, Some(error)),
        Ok(node) if node.formats.is_empty() => {
            (Vec::new(), node.infrared, Some(CameraError::NoFormat(path.clone())))
        }
        Ok(node) => {
            let busy = node.try_buffers(&path).err();
            (node.formats, node.infrared, busy)
        }
    };
    VideoNode { info: CameraInfo { path, name, formats, infrared }, problem }
}

/// The four-character code as the crate has it.
pub(super) fn fourcc(format: PixelFormat) -> FourCC {
    FourCC::new(&format.fourcc())
}

/// Runs a call of the crate, and names its error; its panics become errors.
pub(super) fn guarded<T>(path: &Path, call: impl FnOnce() -> io::Result<T>) -> Result<T, CameraError> {
    let answer = quietly(call).unwrap_or_else(|| Err(io::Error::other("its driver's answer cannot be read")));
    answer.map_err(|error| name(path, error))
}

/// What a system error means for a camera.
pub(super) fn name(path: &Path, source: io::Error) -> CameraError {
    let path = path.to_owned();
    match (source.kind(), source.raw_os_error()) {
        (io::ErrorKind::NotFound, _) | (_, Some(ENXIO)) => CameraError::Missing(path),
        (io::ErrorKind::PermissionDenied, _) => CameraError::NotAllowed(path),
        (io::ErrorKind::TimedOut, _) => CameraError::TimedOut(path),
        (_, Some(EBUSY)) => CameraError::Busy(path),
        (_, Some(ENODEV)) => CameraError::Unplugged(path),
        (_, Some(ENOTTY)) => CameraError::NotACamera(path),
        (_, Some(ENOSPC)) => CameraError::NoBandwidth(path),
        _ => CameraError::Device { path, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_errors_are_named() {
        let named = |code| name(Path::new("/dev/video0"), io::Error::from_raw_os_error(code)).to_string();
        for (code, words) in [
            (2, "no camera at /dev/video0"),
            (ENXIO, "no camera at /dev/video0"),
            (13, "group video"),
            (1, "group video"),
            (EBUSY, "in use by another program"),
            (ENODEV, "unplugged"),
            (ENOTTY, "is not a camera"),
            (ENOSPC, "USB port has no room"),
            (EIO, "plug it in again"),
        ] {
            assert!(named(code).contains(words), "{code}: {}", named(code));
        }
        let silent = name(Path::new("/dev/video0"), io::ErrorKind::TimedOut.into());
        assert!(silent.to_string().contains("no picture"));
    }

    #[test]
    fn a_panic_of_the_crate_is_an_error() {
        let result: Result<(), _> = guarded(Path::new("/dev/video0"), || panic!("not UTF-8"));
        assert!(matches!(result, Err(CameraError::Device { .. })));
    }

    #[test]
    fn other_files_are_no_camera() {
        for path in ["/dev/null", "/dev", "/proc/self/stat"] {
            let error = Node::open(Path::new(path)).map(|_| ()).unwrap_err();
            assert!(matches!(error, CameraError::NotACamera(_)), "{path}: {error}");
        }
    }
}
