//! The loopback driver `v4l2loopback` at /dev/video10: what is fed in comes out as a camera's frames.

use crate::formats::{difference, grey, yuyv};
use crate::vm::{frame, is_here, until};
use aidpost::face::portrait::{moved_portrait, nurse};
use aidpost::face::{Camera, CameraError, Frame, PixelFormat};
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use v4l::buffer::Type;
use v4l::io::mmap::Stream;
use v4l::io::traits::Stream as _;
use v4l::video::Output;

pub(crate) const DEVICE: &str = "/dev/video10";
/// Buffers shared with the driver.
const BUFFERS: u32 = 4;
/// Pause between two frames. The driver has no way to keep a buffer from being filled again while somebody reads it, so
/// this must be long against the time that reading takes in an emulated machine.
const PACE: Duration = Duration::from_millis(150);

/// Shows frames at [`DEVICE`], over and over, until it is dropped.
pub(crate) struct Feeder {
    format: PixelFormat,
    /// What is shown, and which of it comes next.
    frames: Arc<Mutex<(Vec<Vec<u8>>, usize)>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// The bytes of a frame in a format.
fn encode(format: PixelFormat, frame: &Frame) -> Vec<u8> {
    match format {
        PixelFormat::Yuyv => yuyv(frame),
        PixelFormat::Grey => grey(frame),
        PixelFormat::Rgb3 => frame.rgb().to_vec(),
        other => panic!("the loopback is not fed with {other:?}"),
    }
}

/// Starts to show frames, all of one size, in a format, one every [`PACE`].
pub(crate) fn feed(format: PixelFormat, frames: &[Frame]) -> Feeder {
    feed_at(PACE, format, frames)
}

/// The same at another pace, for somebody who compares what they read with what is shown.
pub(crate) fn feed_at(pace: Duration, format: PixelFormat, frames: &[Frame]) -> Feeder {
    let mut device = v4l::Device::with_path(DEVICE).unwrap();
    let (width, height) = (frames[0].width(), frames[0].height());
    let wanted = v4l::Format::new(width, height, v4l::FourCC::new(&format.fourcc()));
    let set = Output::set_format(&device, &wanted).unwrap();
    assert_eq!((set.fourcc, set.width, set.height), (wanted.fourcc, width, height));
    let shown = Arc::new(Mutex::new((frames.iter().map(|frame| encode(format, frame)).collect(), 0)));
    let stop = Arc::new(AtomicBool::new(false));
    let (seen, ended) = (shown.clone(), stop.clone());
    // Whoever started a stream leaves a working output behind; after somebody who only wrote, the driver takes its device
    // for no output any more. Writing goes round the buffers, while streaming gives the one back that is being read.
    let mut stream = Stream::with_buffers(&device, Type::VideoOutput, BUFFERS).unwrap();
    stream.start().unwrap();
    let thread = std::thread::spawn(move || {
        while !ended.load(Ordering::Relaxed) {
            let bytes: Vec<u8> = {
                let (frames, next): &mut (Vec<Vec<u8>>, usize) = &mut seen.lock().unwrap();
                let bytes = frames[*next % frames.len()].clone();
                *next += 1;
                bytes
            };
            device.write_all(&bytes).unwrap();
            std::thread::sleep(pace);
        }
        drop(stream);
    });
    let feeder = Feeder { format, frames: shown, stop, thread: Some(thread) };
    // With `exclusive_caps` it is a camera only while it is fed.
    until("the loopback is a camera", || Camera::open_v4l(Path::new(DEVICE)).ok());
    feeder
}

impl Feeder {
    /// Shows other frames from now on, of the same size, from the first on.
    pub(crate) fn show(&self, frames: &[Frame]) {
        let encoded = frames.iter().map(|frame| encode(self.format, frame)).collect();
        *self.frames.lock().unwrap() = (encoded, 0);
    }
}

impl Drop for Feeder {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A test that failed has said more than this could.
            let _ = thread.join();
        }
    }
}

/// The most alike of some frames, and how far off it is.
fn nearest(all: &[Frame], frame: &Frame) -> (usize, f64) {
    let off = all.iter().map(|one| difference(one, frame)).enumerate();
    off.min_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

#[test]
fn a_moving_face_is_read_back_bit_by_bit() {
    if !is_here() {
        return;
    }
    let portraits = moved_portrait(&nurse(), 12, 3);
    for format in [PixelFormat::Yuyv, PixelFormat::Rgb3, PixelFormat::Grey] {
        let feeder = feed(format, &portraits);
        let decoded = |frame| {
            let bytes = encode(format, frame);
            let row = bytes.len() / 480;
            Frame::decode(format, 640, 480, row, &bytes).unwrap()
        };
        let wanted: Vec<Frame> = portraits.iter().map(decoded).collect();
        match format {
            PixelFormat::Rgb3 => assert_eq!(wanted, portraits),
            // The formats themselves lose little.
            PixelFormat::Yuyv => assert!(difference(&wanted[0], &portraits[0]) < 3.0),
            _ => assert!(difference(&wanted[0], &portraits[0]) < 30.0),
        }
        let mut camera = Camera::open_v4l(Path::new(DEVICE)).unwrap();
        assert_eq!(camera.is_infrared(), format == PixelFormat::Grey);
        let mut seen = std::collections::BTreeSet::new();
        let read = 24;
        for _ in 0..read {
            let frame = frame(&mut camera);
            let (i, off) = nearest(&wanted, &frame);
            assert_eq!(wanted[i], frame, "{format:?}: nearest to picture {i}, by {off:.3} levels off");
            seen.insert(i);
        }
        println!("  {format:?}: {read} frames exact, {} of {} different ones", seen.len(), wanted.len());
        assert!(seen.len() >= 6, "the face moves: {seen:?}");
        drop(camera);
        drop(feeder);
    }
}

/// Without a writer the loopback is an output only, which is said in one line.
#[test]
fn an_output_is_no_camera() {
    if !is_here() {
        return;
    }
    let error = Camera::open_v4l(Path::new(DEVICE)).unwrap_err();
    assert!(matches!(error, CameraError::NotACamera(_)), "{error}");
}
