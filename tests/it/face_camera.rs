//! Real V4L2 devices: the kernel's test driver `vivid` at /dev/video0, where it is loaded.

#![cfg(feature = "camera")]

use aidpost::face::camera::list_cameras;
use aidpost::face::{Camera, CameraError};
use std::path::Path;
use std::process::Command;

/// The test driver's device, or `None` after saying that the test is skipped: a person's camera is left alone.
fn vivid() -> Option<&'static Path> {
    let name = std::fs::read_to_string("/sys/class/video4linux/video0/name").unwrap_or_default();
    if name.contains("vivid") {
        return Some(Path::new("/dev/video0"));
    }
    println!("skipped: no vivid driver at /dev/video0");
    None
}

fn set(control: &str) {
    let done = Command::new("v4l2-ctl").args(["-d", "/dev/video0", "-c", control]).status();
    assert!(done.unwrap().success(), "v4l2-ctl -c {control}");
}

/// One test, since there is one device.
#[test]
fn a_camera_that_works_fails_and_goes() {
    let Some(device) = vivid() else { return };
    let found = list_cameras();
    println!("{found:?}");
    assert!(found.iter().any(|camera| camera.path == device));

    let mut camera = Camera::open_v4l(device).unwrap();
    println!("{camera:?}");
    for _ in 0..5 {
        let frame = camera.next().unwrap();
        assert_eq!((frame.width(), frame.height()), (640, 480));
        // vivid shows colour bars: white at the left end, no colour at the right one.
        let [red, green, blue] = frame.pixel(20, 300);
        assert!(red > 180 && green > 180 && blue > 180, "{red} {green} {blue}");
    }
    let busy = Camera::open_v4l(device).map(|_| ()).unwrap_err();
    assert!(matches!(busy, CameraError::Busy(_)), "{busy}");

    set("percentage_of_dropped_buffers=100");
    // Frames that were filled before come first.
    let silent = (0..10).find_map(|_| camera.next().err()).unwrap();
    assert!(matches!(silent, CameraError::TimedOut(_)), "{silent}");
    set("percentage_of_dropped_buffers=0");
    camera.next().unwrap();

    // A pause: old frames are dropped, new ones come.
    std::thread::sleep(std::time::Duration::from_secs(1));
    camera.next().unwrap();

    set("inject_v4l2_buf_flag_error=1");
    camera.next().unwrap();

    set("disconnect=1");
    let gone = (0..5).find_map(|_| camera.next().err()).unwrap();
    assert!(matches!(gone, CameraError::Unplugged(_)), "{gone}");
    drop(camera);
}

/// An output of the loopback driver without a writer is no camera that can be used, and says so in one line.
#[test]
fn a_device_without_a_picture() {
    let device = Path::new("/dev/video10");
    if vivid().is_none() || !device.exists() {
        return;
    }
    let error = Camera::open_v4l(device).and_then(|mut camera| camera.next()).unwrap_err();
    println!("{error}");
    assert!(!error.to_string().contains('\n'));
}
