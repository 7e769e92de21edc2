//! A USB webcam on the real uvcvideo driver: MJPG, infrared, faults on the cable, pulled out and plugged in again.

use crate::formats::{difference, grey, mjpg, yuyv};
use crate::usb::{Format, Health, Model, Webcam};
use crate::vm::{error, exists, frame, is_here, until};
use aidpost::face::camera::{list_cameras, list_nodes};
use aidpost::face::portrait::{moved_portrait, nurse};
use aidpost::face::{Camera, CameraError, CameraInfo, Frame, PixelFormat, View};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

const WEBCAM: Model =
    Model { name: "Aidpost Webcam", serial: Some("A17"), formats: &[Format::Mjpg, Format::Yuyv] };
const INFRARED: Model = Model { name: "Aidpost Infrared", serial: None, formats: &[Format::Grey] };
/// The kernel keeps 31 bytes of a name: this one is cut inside its last letter.
const CUT_NAME: Model =
    Model { name: "Caméra de bureau tres précisé", serial: None, formats: &[Format::Mjpg] };

/// The portrait, moving. Drawn once: that takes a while in an emulated machine.
static PORTRAITS: LazyLock<Vec<Frame>> = LazyLock::new(|| moved_portrait(&nurse(), 4, 5));

fn plug(port: u8, model: Model) -> Webcam {
    let encoded: Vec<(Format, Vec<Vec<u8>>)> = model
        .formats
        .iter()
        .map(|&format| {
            let encode = match format {
                Format::Mjpg => mjpg,
                Format::Yuyv => yuyv,
                Format::Grey => grey,
            };
            (format, PORTRAITS.iter().map(encode).collect())
        })
        .collect();
    Webcam::plug(
        port,
        model,
        Box::new(move |format, size, n| {
            assert_eq!(size, (640, 480), "nobody asks for another size");
            let (_, pictures) = encoded.iter().find(|(f, _)| *f == format).unwrap();
            pictures[n % pictures.len()].clone()
        }),
    )
}

/// The camera with this name, once uvcvideo has made it.
fn found(model: Model) -> CameraInfo {
    // The kernel adds its own to names, and cuts them.
    let name: String = model.name.chars().take(14).collect();
    until(model.name, || list_cameras().into_iter().find(|camera| camera.name.starts_with(&name)))
}

/// It is one of the portraits, but for what JPEG loses.
fn shows_the_portrait(frame: &Frame) {
    let nearest = PORTRAITS.iter().map(|portrait| difference(portrait, frame)).fold(255.0, f64::min);
    assert!(nearest < 4.0, "{nearest}");
}

fn gone(device: &Path) {
    exists(device, false);
}

#[test]
fn mjpg_comes_first_and_metadata_is_left_out() {
    if !is_here() {
        return;
    }
    let webcam = plug(0, WEBCAM);
    let info = found(WEBCAM);
    assert_eq!(info.formats, [PixelFormat::Mjpg, PixelFormat::Yuyv]);
    assert!(!info.infrared);
    // uvcvideo gives every webcam a second node, for metadata.
    let nodes = list_nodes();
    let metadata =
        nodes.iter().find(|node| node.info.name == info.name && node.info.path != info.path).unwrap();
    assert!(matches!(metadata.problem, Some(CameraError::NotACamera(_))), "{metadata:?}");
    let refused = Camera::open_v4l(&metadata.info.path).unwrap_err();
    assert!(matches!(refused, CameraError::NotACamera(_)), "{refused}");

    // As a person sees it.
    let said = Command::new(env!("CARGO_BIN_EXE_aidpost")).args(["face", "cameras"]).output().unwrap();
    let table = String::from_utf8(said.stdout).unwrap();
    println!("{table}");
    assert!(said.status.success());
    let line = |device: &Path| {
        let device = format!("{} ", device.display());
        table.lines().find(|line| line.starts_with(&device)).unwrap().to_owned()
    };
    assert!(line(&info.path).ends_with("MJPG YUYV"));
    assert!(line(&metadata.info.path).ends_with("– not a camera (metadata, output)"));
    assert!(line(Path::new("/dev/video0")).ends_with("YUYV NV12 GREY RGB3"));

    let mut camera = Camera::open_v4l(&info.path).unwrap();
    assert!(format!("{camera:?}").contains("Mjpg"), "{camera:?}");
    for _ in 0..3 {
        shows_the_portrait(&camera.next().unwrap());
    }
    drop(camera);
    let mut camera = Camera::open_v4l_as(&info.path, &[PixelFormat::Yuyv]).unwrap();
    shows_the_portrait(&frame(&mut camera));
    drop(camera);
    webcam.unplug();
    gone(&info.path);
}

#[test]
fn faults_on_the_cable() {
    if !is_here() {
        return;
    }
    let webcam = plug(0, WEBCAM);
    let info = found(WEBCAM);
    let mut camera = Camera::open_v4l(&info.path).unwrap();
    frame(&mut camera);
    webcam.be(Health::Silent);
    let silent = error(&mut camera);
    assert!(matches!(silent, CameraError::TimedOut(_)), "{silent}");
    webcam.be(Health::Good);
    frame(&mut camera);
    // JPEGs that end too soon.
    webcam.be(Health::Cut);
    let damaged = error(&mut camera);
    assert!(matches!(damaged, CameraError::Damaged(_)), "{damaged}");
    webcam.be(Health::Good);
    frame(&mut camera);
    // The driver keeps pictures back that are marked as damaged.
    webcam.be(Health::Damaged);
    let silent = error(&mut camera);
    assert!(matches!(silent, CameraError::TimedOut(_)), "{silent}");
    drop(camera);
    webcam.unplug();
    gone(&info.path);
}

/// The same on a machine where somebody asked the driver to hand over every picture.
#[test]
fn faults_on_the_cable_that_the_driver_hands_over() {
    if !is_here() {
        return;
    }
    let keep = |all: &str| std::fs::write("/sys/module/uvcvideo/parameters/nodrop", all).unwrap();
    keep("1");
    let webcam = plug(0, WEBCAM);
    let info = found(WEBCAM);
    keep("0");
    let mut camera = Camera::open_v4l_as(&info.path, &[PixelFormat::Yuyv]).unwrap();
    frame(&mut camera);
    // With V4L2_BUF_FLAG_ERROR, and with too few bytes.
    for health in [Health::Damaged, Health::Cut] {
        webcam.be(health);
        let damaged = error(&mut camera);
        assert!(matches!(damaged, CameraError::Damaged(_)), "{damaged}");
        webcam.be(Health::Good);
        frame(&mut camera);
    }
    drop(camera);
    webcam.unplug();
    gone(&info.path);
}

#[test]
fn pulled_out_and_plugged_in_again() {
    if !is_here() {
        return;
    }
    let webcam = plug(0, WEBCAM);
    let info = found(WEBCAM);
    let mut bound = None;
    let mut camera = Camera::open_bound(&info.path, &mut bound, View::Faces).unwrap();
    frame(&mut camera);
    webcam.unplug();
    let pulled = error(&mut camera);
    assert!(matches!(pulled, CameraError::Unplugged(_)), "{pulled}");
    drop(camera);
    gone(&info.path);
    let still = Camera::open_bound(&info.path, &mut bound, View::Faces).unwrap_err();
    assert!(matches!(still, CameraError::Unplugged(_)), "{still}");

    // Again in the same port: the same number, since nothing holds the old one.
    let webcam = plug(0, WEBCAM);
    assert_eq!(found(WEBCAM).path, info.path);
    shows_the_portrait(&frame(&mut Camera::open_bound(&info.path, &mut bound, View::Faces).unwrap()));
    webcam.unplug();
    gone(&info.path);

    // Another camera takes its number. The bound one comes back in another port, under another number.
    let other = plug(1, INFRARED);
    assert_eq!(found(INFRARED).path, info.path);
    let replaced = Camera::open_bound(&info.path, &mut bound, View::Faces).unwrap_err();
    println!("  {replaced}");
    assert!(matches!(replaced, CameraError::Replaced(_)), "{replaced}");
    let webcam = plug(2, WEBCAM);
    let moved = found(WEBCAM).path;
    assert_ne!(moved, info.path);
    let mut camera = Camera::open_bound(&info.path, &mut bound, View::Faces).unwrap();
    assert!(format!("{camera:?}").contains(&moved.display().to_string()), "{camera:?}");
    shows_the_portrait(&frame(&mut camera));
    drop(camera);
    webcam.unplug();
    other.unplug();
    gone(&info.path);
    gone(&moved);
}

#[test]
fn an_infrared_camera_says_so() {
    if !is_here() {
        return;
    }
    let webcam = plug(0, INFRARED);
    let info = found(INFRARED);
    assert!(info.infrared);
    assert_eq!(info.formats, [PixelFormat::Grey]);
    let mut camera = Camera::open_v4l(&info.path).unwrap();
    assert!(camera.is_infrared());
    let frame = frame(&mut camera);
    assert!(frame.rgb().as_chunks().0.iter().all(|[r, g, b]| r == g && g == b));
    drop(camera);
    webcam.unplug();
    gone(&info.path);
}

/// The crate panics on such a name, unseen, and the camera works all the same.
#[test]
fn a_name_that_is_cut_inside_a_letter() {
    if !is_here() {
        return;
    }
    let webcam = plug(0, CUT_NAME);
    let node: PathBuf = until("its node", || {
        let nodes = list_nodes().into_iter();
        nodes
            .filter(|node| node.problem.is_none())
            .map(|node| node.info.path)
            .find(|path| path != Path::new("/dev/video0"))
    });
    let device = v4l::Device::with_path(&node).unwrap();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let asked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| device.query_caps()));
    std::panic::set_hook(hook);
    assert!(asked.is_err(), "this name no longer makes the crate panic: {asked:?}");
    drop(device);
    shows_the_portrait(&frame(&mut Camera::open_v4l(&node).unwrap()));
    webcam.unplug();
    gone(&node);
}
