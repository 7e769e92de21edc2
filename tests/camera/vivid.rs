//! The kernel's test camera `vivid` at /dev/video0, and the faults that it makes to order.

use crate::vm::{error, exists, frame, is_here};
use aidpost::face::camera::{list_cameras, list_nodes};
use aidpost::face::{Camera, CameraError, CameraId, PixelFormat, View, rebind};
use std::path::Path;
use std::time::Duration;
use v4l::control::{Control, Value};

const DEVICE: &str = "/dev/video0";
/// Folder of its driver in sysfs.
const DRIVER: &str = "/sys/bus/platform/drivers/vivid";

// Controls: drivers/media/test-drivers/vivid/vivid-ctrls.c of Linux.
const DROPPED_PERCENTAGE: u32 = 0x00f0_f040;
const DISCONNECT: u32 = 0x00f0_f041;
const BUFFER_ERROR: u32 = 0x00f0_f042;
const REQBUFS_ERROR: u32 = 0x00f0_f043;
const QBUF_ERROR: u32 = 0x00f0_f044;
const STREAMON_ERROR: u32 = 0x00f0_f045;
const FATAL_ERROR: u32 = 0x00f0_f046;

/// Takes the test camera from its driver (`unbind`), or gives it back (`bind`).
fn tell(what: &str) -> std::io::Result<()> {
    std::fs::write(format!("{DRIVER}/{what}"), "vivid.0")
}

/// The test camera as new: taken from its driver and given back to it, as if it were plugged in again.
fn fresh() -> &'static Path {
    let device = Path::new(DEVICE);
    // It fails where an earlier test left it unbound.
    let _ = tell("unbind");
    exists(device, false);
    tell("bind").unwrap();
    exists(device, true);
    device
}

/// Sets a control of the test camera, beside the program that uses it.
fn set(id: u32, value: i64) {
    let device = v4l::Device::with_path(DEVICE).unwrap();
    device.set_control(Control { id, value: Value::Integer(value) }).unwrap();
}

#[test]
fn every_format_shows_the_same_picture() {
    if !is_here() {
        return;
    }
    let device = fresh();
    let found = list_cameras();
    let vivid = found.iter().find(|camera| camera.path == device).unwrap();
    // It offers no MJPG.
    let formats = &PixelFormat::ALL[1..];
    assert_eq!(vivid.formats, formats);
    assert!(!vivid.infrared);
    for &format in formats {
        let mut camera = Camera::open_v4l_as(device, &[format]).unwrap();
        let frame = frame(&mut camera);
        assert_eq!((frame.width(), frame.height()), (640, 480));
        // Its colour bars at 75%: white, yellow, cyan, green, magenta, red, blue, black.
        let bars = [[1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0]];
        let found: Vec<[u8; 3]> = (0..8).map(|i| frame.pixel(40 + 80 * i, 300)).collect();
        if format == PixelFormat::Grey {
            // The bars stand in the order of their brightness.
            assert!(
                found.iter().all(|[r, g, b]| r == g && g == b) && found.is_sorted_by(|a, b| a > b),
                "{found:?}"
            );
            continue;
        }
        for (bar, found) in bars.iter().zip(&found) {
            let near = found.iter().zip(bar).all(|(f, on)| f.abs_diff(191 * on) <= 6);
            assert!(near, "{format:?}: {found:?} for {bar:?}");
        }
        assert!(!camera.is_infrared(), "it offers colours as well");
    }
    let none = Camera::open_v4l_as(device, &[PixelFormat::Mjpg]).unwrap_err();
    assert!(matches!(none, CameraError::NoFormat(_)), "{none}");
}

#[test]
fn one_at_a_time() {
    if !is_here() {
        return;
    }
    let device = fresh();
    let mut camera = Camera::open_v4l(device).unwrap();
    frame(&mut camera);
    let busy = Camera::open_v4l(device).unwrap_err();
    assert!(matches!(busy, CameraError::Busy(_)), "{busy}");
    assert!(list_cameras().iter().all(|camera| camera.path != device));
    let nodes = list_nodes();
    let node = nodes.iter().find(|node| node.info.path == device).unwrap();
    assert!(matches!(node.problem, Some(CameraError::Busy(_))), "{node:?}");
    // Looking at it didn't disturb whoever has it.
    camera.next().unwrap();
    drop(camera);
    Camera::open_v4l(device).unwrap().next().unwrap();
}

#[test]
fn silence_is_an_error_in_time_and_passes() {
    if !is_here() {
        return;
    }
    let device = fresh();
    let mut camera = Camera::open_v4l(device).unwrap();
    frame(&mut camera);
    set(DROPPED_PERCENTAGE, 100);
    let begun = std::time::Instant::now();
    let silent = error(&mut camera);
    assert!(matches!(silent, CameraError::TimedOut(_)), "{silent}");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    set(DROPPED_PERCENTAGE, 0);
    camera.next().unwrap();
    // After a pause old frames are dropped, and new ones come.
    std::thread::sleep(Duration::from_secs(1));
    camera.next().unwrap();
}

#[test]
fn a_damaged_frame_is_skipped() {
    if !is_here() {
        return;
    }
    let device = fresh();
    let mut camera = Camera::open_v4l(device).unwrap();
    frame(&mut camera);
    // One buffer with V4L2_BUF_FLAG_ERROR.
    set(BUFFER_ERROR, 1);
    for _ in 0..8 {
        camera.next().unwrap();
    }
}

#[test]
fn failures_of_the_stream_heal_or_are_named() {
    if !is_here() {
        return;
    }
    let device = fresh();
    // Refusals, each given once.
    for (control, name) in [(REQBUFS_ERROR, "REQBUFS"), (STREAMON_ERROR, "STREAMON"), (QBUF_ERROR, "QBUF")] {
        set(control, 1);
        let failed = Camera::open_v4l(device).and_then(|mut camera| camera.next()).unwrap_err();
        println!("  {name}: {failed}");
        assert!(matches!(failed, CameraError::Device { .. }));
        Camera::open_v4l(device).unwrap().next().unwrap();
    }
    let mut camera = Camera::open_v4l(device).unwrap();
    frame(&mut camera);
    // The driver gives all buffers up; a new start of the stream heals it, unseen.
    set(FATAL_ERROR, 1);
    for _ in 0..8 {
        camera.next().unwrap();
    }
}

#[test]
fn gone_and_back_again() {
    if !is_here() {
        return;
    }
    let device = fresh();
    let mut bound = None;
    let mut camera = Camera::open_bound(device, &mut bound, View::Faces).unwrap();
    frame(&mut camera);
    let id = CameraId::of(device).unwrap();
    assert_eq!(bound.as_ref(), Some(&id));
    set(DISCONNECT, 1);
    let gone = error(&mut camera);
    assert!(matches!(gone, CameraError::Unplugged(_)), "{gone}");
    assert!(matches!(camera.next(), Err(CameraError::Unplugged(_))), "it stays gone");
    let gone = Camera::open_bound(device, &mut bound, View::Faces).unwrap_err();
    assert!(matches!(gone, CameraError::Unplugged(_)), "{gone}");
    // It comes back as soon as nobody holds it any more; its file goes only with its driver.
    drop(camera);
    frame(&mut Camera::open_bound(device, &mut bound, View::Faces).unwrap());
    tell("unbind").unwrap();
    exists(device, false);
    assert_eq!(rebind(&id), None);
    let gone = Camera::open_bound(device, &mut bound, View::Faces).unwrap_err();
    assert!(matches!(gone, CameraError::Unplugged(_)), "{gone}");
    let missing = Camera::open_v4l(device).unwrap_err();
    assert!(matches!(missing, CameraError::Missing(_)), "{missing}");
    fresh();
    frame(&mut Camera::open_bound(device, &mut bound, View::Faces).unwrap());
}
