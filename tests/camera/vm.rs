//! Where the tests are, and waiting for devices.

use aidpost::face::{Camera, CameraError, Frame};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest wait for anything: the emulated machine is slow, but a test must end.
pub(crate) const LIMIT: Duration = Duration::from_secs(40);

/// True in the virtual machine; otherwise says that the test is skipped.
pub(crate) fn is_here() -> bool {
    let here = std::env::var_os("AIDPOST_CAMERA_VM").is_some();
    if !here {
        println!("skipped: this runs in a virtual machine with cameras: scripts/test-camera");
    }
    here
}

/// Asks again and again until there is an answer.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "{what}: not within {} s", LIMIT.as_secs());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The first error among the next frames; those that were filled before something went wrong come first.
pub(crate) fn error(camera: &mut Camera) -> CameraError {
    let error = (0..20).find_map(|_| camera.next().err()).expect("an error within 20 frames");
    let line = error.to_string();
    println!("  {line}");
    assert!(!line.contains('\n'));
    error
}

/// The first frame that comes, errors set aside: a device that was just plugged in may need a moment.
pub(crate) fn frame(camera: &mut Camera) -> Frame {
    until("a frame", || camera.next().ok())
}

/// Waits until the device file is there, or gone.
pub(crate) fn exists(device: &Path, wanted: bool) {
    until(&format!("{} there: {wanted}", device.display()), || (device.exists() == wanted).then_some(()));
}
