//! V4L2 capture through the `v4l` crate, whose stream needs care: see [`Device::next`].

mod probe;

use super::camera::View;
use super::camera_error::CameraError;
use super::decode::PixelFormat;
use super::frame::{Frame, MAX_SIDE};
use super::quiet::quietly;
pub(super) use probe::nodes;
use probe::{EIO, ENODEV, Node, fourcc, guarded, name};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use v4l::buffer::{Flags as BufferFlags, Type};
use v4l::format::FieldOrder;
use v4l::framesize::{FrameSize, FrameSizeEnum};
use v4l::io::mmap::Stream;
use v4l::io::traits::{CaptureStream, Stream as _};
use v4l::video::Capture;

/// Size asked for where faces are looked at: enough for one at arm's length, and light on USB.
const SIZE: (u32, u32) = (640, 480);
/// Most pixels asked for where papers are: a page at 300 dots an inch.
const MOST: u32 = 9_000_000;
/// Time without a good frame after which a camera counts as silent. Some take a second to start.
const TIMEOUT: Duration = Duration::from_secs(3);
/// After a pause this long, the frames that waited meanwhile are dropped: they show who was there then.
const STALE: Duration = Duration::from_millis(500);
/// Damaged frames in a row before giving up.
const MAX_DAMAGED: u32 = 30;
/// Failures of the stream in a row that a new start may heal.
const MAX_RESTARTS: u32 = 2;
/// Buffers shared with the driver.
const BUFFERS: u32 = 4;

/// An open camera.
pub(super) struct Device {
    path: PathBuf,
    format: PixelFormat,
    size: (u32, u32),
    stride: usize,
    infrared: bool,
    /// `Some` until dropped.
    stream: Option<Stream<'static>>,
    last: Instant,
    /// Frames still to be dropped because they are old.
    stale: u32,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Device({}, {:?}, {:?})", self.path.display(), self.format, self.size)
    }
}

impl Device {
    pub(super) fn open(path: &Path, formats: &[PixelFormat], view: View) -> Result<Self, CameraError> {
        let node = Node::open(path)?;
        let wanted = match view {
            View::Faces => formats.iter().map(|f| (*f, SIZE)).collect(),
            View::Papers => largest_first(path, &node, formats),
        };
        let (format, set) = negotiate(path, &node.device, &wanted)?;
        let stream = guarded(path, || Stream::with_buffers(&node.device, Type::VideoCapture, BUFFERS))?;
        Ok(Self {
            path: path.to_owned(),
            format,
            size: (set.width, set.height),
            stride: set.stride as usize,
            infrared: node.infrared,
            stream: Some(stream),
            last: Instant::now(),
            // The first frame can be one that was left over, or is dark because the sensor wakes up.
            stale: 1,
        })
    }

    pub(super) fn is_infrared(&self) -> bool {
        self.infrared
    }

    pub(super) fn next(&mut self) -> Result<Frame, CameraError> {
        if self.last.elapsed() > STALE {
            // As many as can have been filled; the driver overwrites none.
            self.stale = self.stale.max(BUFFERS);
        }
        let deadline = Instant::now() + TIMEOUT;
        let (mut damaged, mut restarts) = (0, 0);
        while damaged < MAX_DAMAGED {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.dequeue(left) {
                Ok(frame) => {
                    self.last = Instant::now();
                    match frame {
                        _ if self.stale > 0 => self.stale -= 1,
                        Some(frame) => return Ok(frame),
                        None => damaged += 1,
                    }
                }
                // A signal.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The driver gave its buffers up, as after a moment of bad contact.
                Err(error) if error.raw_os_error() == Some(EIO) && restarts < MAX_RESTARTS => restarts += 1,
                Err(error) if error.kind() == io::ErrorKind::TimedOut && damaged > 0 => break,
                Err(error) => return Err(name(&self.path, error)),
            }
        }
        Err(CameraError::Damaged(self.path.clone()))
    }

    /// The next buffer, waiting for it at most `timeout`; `None` when it holds no good frame.
    fn dequeue(&mut self, timeout: Duration) -> io::Result<Option<Frame>> {
        // Only `drop` takes the stream.
        let Some(stream) = self.stream.as_mut() else { return Err(io::Error::from_raw_os_error(ENODEV)) };
        // The crate counts in whole milliseconds, and takes none for "don't wait".
        stream.set_timeout(timeout.max(Duration::from_millis(1)));
        match quietly(|| CaptureStream::next(stream)) {
            Some(Ok((buffer, meta))) => {
                // The mapping is as large as the largest frame; only this much of it is this one.
                let used = buffer.get(..meta.bytesused as usize).unwrap_or(buffer);
                if self.stale > 0 || meta.flags.contains(BufferFlags::ERROR) || used.is_empty() {
                    return Ok(None);
                }
                let (width, height) = self.size;
                Ok(Frame::decode(self.format, width, height, self.stride, used).ok())
            }
            failed => {
                // All buffers are queued by now, and the crate would queue one again: without stopping, every further
                // call would fail with EINVAL. The next one starts anew.
                let error = match failed {
                    Some(Err(error)) => error,
                    _ => io::Error::other("its driver's answer cannot be read"),
                };
                let stopped = self.stream.as_mut().map_or(Ok(()), |stream| stream.stop());
                Err(stopped.err().unwrap_or(error))
            }
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let Some(mut stream) = self.stream.take() else { return };
        match stream.stop() {
            Err(error) if error.raw_os_error() != Some(ENODEV) => {
                // Its own drop would try again, and panic. The system takes its memory back with the process.
                std::mem::forget(stream);
            }
            // An unplugged camera's number is free again only when its file is closed.
            _ => drop(quietly(|| drop(stream))),
        }
    }
}

/// Each of `formats` that the camera has with the largest size that it has in it, the largest first.
fn largest_first(path: &Path, node: &Node, formats: &[PixelFormat]) -> Vec<(PixelFormat, (u32, u32))> {
    let offered = formats.iter().copied().filter(|f| node.formats.contains(f));
    let mut all: Vec<_> = offered
        .map(|format| {
            // A driver that doesn't list its sizes is asked for the usual one.
            let sizes = guarded(path, || node.device.enum_framesizes(fourcc(format)));
            (format, sizes.ok().and_then(|sizes| largest(&sizes)).unwrap_or(SIZE))
        })
        .collect();
    all.sort_by_key(|(_, (w, h))| std::cmp::Reverse(w * h));
    all
}

/// The size with the most pixels, within what can be decoded and what is of use.
fn largest(sizes: &[FrameSize]) -> Option<(u32, u32)> {
    let bounded = |(w, h): (u32, u32)| w.max(h) <= MAX_SIDE && w.min(h) > 0 && w * h <= MOST;
    let mut all = Vec::new();
    for size in sizes {
        match &size.size {
            FrameSizeEnum::Discrete(d) => all.push((d.width, d.height)),
            // Steps are those of a scaler: some large size in the proportions of a sheet is as good as any.
            FrameSizeEnum::Stepwise(s) => {
                let (most_w, most_h) = (s.max_width.min(2560), s.max_height.min(1920));
                let on_step = |most: u32, least: u32, step: u32| {
                    most.checked_sub(least).map(|over| most - over % step.max(1))
                };
                let w = on_step(most_w, s.min_width, s.step_width);
                all.extend(w.zip(on_step(most_h, s.min_height, s.step_height)));
            }
        }
    }
    all.into_iter().filter(|size| bounded(*size)).max_by_key(|(w, h)| w * h)
}

/// Sets the first of these formats and sizes that the driver really takes, in a form that can be decoded.
fn negotiate(
    path: &Path,
    device: &v4l::Device,
    formats: &[(PixelFormat, (u32, u32))],
) -> Result<(PixelFormat, v4l::Format), CameraError> {
    for &(format, (width, height)) in formats {
        let mut wanted = v4l::Format::new(width, height, fourcc(format));
        wanted.field_order = FieldOrder::Progressive;
        match guarded(path, || device.set_format(&wanted)) {
            Ok(set) if is_usable(format, &set) => return Ok((format, set)),
            // Some replace what they don't have without a word, some refuse: the next format may do.
            Ok(_) | Err(CameraError::Device { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(CameraError::NoFormat(path.to_owned()))
}

/// Whether what a driver set can be decoded as `format`.
fn is_usable(format: PixelFormat, set: &v4l::Format) -> bool {
    let sides = 1..=MAX_SIDE;
    // Half pictures one after the other, or one below the other.
    let fields = matches!(
        set.field_order,
        FieldOrder::Top
            | FieldOrder::Bottom
            | FieldOrder::Alternate
            | FieldOrder::SequentialTB
            | FieldOrder::SequentialBT
    );
    // 0: the driver leaves it open, as for compressed formats.
    let rows_fit = set.stride == 0 || set.stride as usize >= format.row(set.width as usize);
    set.fourcc == fourcc(format)
        && sides.contains(&set.width)
        && sides.contains(&set.height)
        && !fields
        && rows_fit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::{Camera, PixelFormat};

    #[test]
    fn a_missing_device_is_missing() {
        let error = Camera::open_v4l(Path::new("/dev/video-none")).unwrap_err();
        assert!(matches!(error, CameraError::Missing(_)), "{error}");
    }

    /// Drivers answer with what they can do, which need not be what was asked for.
    #[test]
    fn what_the_driver_set_is_checked() {
        let set = |change: fn(&mut v4l::Format)| {
            let mut set = v4l::Format::new(640, 480, fourcc(PixelFormat::Yuyv));
            set.stride = 1280;
            change(&mut set);
            is_usable(PixelFormat::Yuyv, &set)
        };
        assert!(set(|_| {}));
        assert!(set(|set| (set.width, set.height, set.stride) = (1280, 720, 2560)));
        assert!(set(|set| set.stride = 1344));
        assert!(set(|set| set.stride = 0));
        assert!(set(|set| set.field_order = FieldOrder::Interlaced));
        assert!(!set(|set| set.fourcc = fourcc(PixelFormat::Grey)));
        assert!(!set(|set| set.stride = 1279));
        assert!(!set(|set| set.width = 0));
        assert!(!set(|set| (set.width, set.stride) = (MAX_SIDE + 1, 0)));
        assert!(!set(|set| set.field_order = FieldOrder::Alternate));
        assert!(!set(|set| set.field_order = FieldOrder::SequentialTB));
    }

    #[test]
    fn the_largest_size_within_bounds_is_asked_for() {
        use v4l::framesize::{Discrete, Stepwise};
        let size = |size| FrameSize { index: 0, fourcc: fourcc(PixelFormat::Mjpg), typ: 1, size };
        let fixed = |width, height| size(FrameSizeEnum::Discrete(Discrete { width, height }));
        assert_eq!(largest(&[fixed(640, 480), fixed(2592, 1944), fixed(1280, 720)]), Some((2592, 1944)));
        assert_eq!(largest(&[fixed(640, 480), fixed(8000, 6000), fixed(0, 480)]), Some((640, 480)));
        assert_eq!(largest(&[fixed(4096, 3072), fixed(1920, 1080)]), Some((1920, 1080)), "too many pixels");
        assert_eq!(largest(&[]), None);
        let steps = |most: (u32, u32), step| {
            let (max_width, max_height, step_width, step_height) = (most.0, most.1, step, step);
            let all =
                Stepwise { min_width: 2, max_width, step_width, min_height: 1, max_height, step_height };
            size(FrameSizeEnum::Stepwise(all))
        };
        assert_eq!(largest(&[steps((8192, 8192), 2)]), Some((2560, 1919)));
        assert_eq!(largest(&[steps((1280, 800), 1)]), Some((1280, 800)));
        assert_eq!(largest(&[steps((1, 800), 0)]), None);
    }

    #[test]
    fn devices_are_listed_in_order() {
        let found = nodes();
        assert!(found.iter().all(|node| node.info.path.starts_with("/dev")));
    }
}
