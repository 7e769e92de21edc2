//! Which camera it is, whatever number it has at the moment.
//!
//! A camera that was pulled out and plugged in again may come back as another `/dev/videoN`, and another camera may get
//! its old number. What the kernel says about it in sysfs tells them apart.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Where the kernel describes its video devices: a folder `videoN` each.
const SYSFS: &str = "/sys/class/video4linux";
/// Most nodes looked at.
const MAX_NODES: usize = 256;

/// A camera as sysfs describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraId {
    /// Its node when it was seen, such as `video0`.
    node: String,
    /// What the driver calls it.
    name: String,
    /// Which of its device's nodes: webcams have one for pictures and one for metadata.
    index: String,
    /// The device's folder: where it is plugged in. Drivers without hardware have none.
    port: Option<PathBuf>,
    /// Its maker's number, product and serial number, where it has one.
    usb: Option<[String; 3]>,
}

impl CameraId {
    /// The camera behind a device file, which may be a link such as those in `/dev/v4l/by-id`. `None` when the kernel
    /// doesn't know it.
    pub fn of(device: &Path) -> Option<Self> {
        let file = fs::canonicalize(device).ok()?;
        Self::at(Path::new(SYSFS), file.file_name()?.to_str()?)
    }

    fn at(sysfs: &Path, node: &str) -> Option<Self> {
        let folder = sysfs.join(node);
        let text = |path: PathBuf| Some(fs::read_to_string(path).ok()?.trim().to_owned());
        let port = fs::canonicalize(folder.join("device")).ok();
        // A USB camera's nodes hang on an interface; its device is the folder above.
        let usb = port.as_ref().and_then(|port| port.parent()).and_then(|device| {
            let read = |name| text(device.join(name)).filter(|value| !value.is_empty());
            Some([read("idVendor")?, read("idProduct")?, read("serial")?])
        });
        Some(Self {
            node: node.to_owned(),
            name: text(folder.join("name"))?,
            index: text(folder.join("index")).unwrap_or_default(),
            port,
            usb,
        })
    }

    /// How surely `other` is this camera; `None`: it is another one.
    ///
    /// With a serial number it may be plugged in anywhere, without one only where it was. The serial numbers of cheap
    /// cameras are often all the same, so the place decides between two that fit.
    fn likeness(&self, other: &Self) -> Option<(bool, bool)> {
        let same_port = self.port == other.port;
        let same_node = self.node == other.node;
        let same_kind = self.name == other.name && self.index == other.index && self.usb == other.usb;
        // Without a place only the number is left.
        let placed = if self.port.is_some() { same_port } else { same_port && same_node };
        (same_kind && (placed || self.usb.is_some())).then_some((same_port, same_node))
    }
}

impl fmt::Display for CameraId {
    /// What the driver calls it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// The device file that a camera has now; `None` while it isn't there.
pub fn rebind(camera: &CameraId) -> Option<PathBuf> {
    find(Path::new(SYSFS), camera).map(|node| Path::new("/dev").join(node))
}

fn find(sysfs: &Path, camera: &CameraId) -> Option<String> {
    let nodes = fs::read_dir(sysfs).ok()?.flatten().take(MAX_NODES);
    let mut nodes: Vec<_> = nodes.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    nodes.sort();
    let alike = nodes.into_iter().filter_map(|node| {
        let likeness = camera.likeness(&CameraId::at(sysfs, &node)?)?;
        Some((likeness, node))
    });
    alike.max_by_key(|(likeness, _)| *likeness).map(|(_, node)| node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A folder that looks like sysfs.
    struct Sysfs(tempfile::TempDir);

    impl Sysfs {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            fs::create_dir(folder.path().join("class")).unwrap();
            Self(folder)
        }

        fn class(&self) -> PathBuf {
            self.0.path().join("class")
        }

        /// Plugs a webcam in at a USB port: two nodes.
        fn webcam(&self, port: &str, serial: Option<&str>, number: u32) -> CameraId {
            let device = self.0.path().join("usb").join(port);
            let interface = device.join("interface");
            fs::create_dir_all(&interface).unwrap();
            fs::write(device.join("idVendor"), "1d6b\n").unwrap();
            fs::write(device.join("idProduct"), "0104\n").unwrap();
            let _ = fs::remove_file(device.join("serial"));
            if let Some(serial) = serial {
                fs::write(device.join("serial"), format!("{serial}\n")).unwrap();
            }
            for index in 0..2 {
                let node = self.class().join(format!("video{}", number + index));
                fs::create_dir(&node).unwrap();
                fs::write(node.join("name"), "Webcam\n").unwrap();
                fs::write(node.join("index"), format!("{index}\n")).unwrap();
                symlink(&interface, node.join("device")).unwrap();
            }
            CameraId::at(&self.class(), &format!("video{number}")).unwrap()
        }

        fn unplug(&self, number: u32) {
            for index in 0..2 {
                fs::remove_dir_all(self.class().join(format!("video{}", number + index))).unwrap();
            }
        }

        fn find(&self, camera: &CameraId) -> Option<String> {
            find(&self.class(), camera)
        }
    }

    #[test]
    fn the_same_port_gives_the_same_camera_under_a_new_number() {
        let sysfs = Sysfs::new();
        let camera = sysfs.webcam("1-1", None, 0);
        assert_eq!(sysfs.find(&camera).unwrap(), "video0");
        sysfs.unplug(0);
        assert_eq!(sysfs.find(&camera), None);
        sysfs.webcam("1-1", None, 4);
        // Not video5, which carries metadata.
        assert_eq!(sysfs.find(&camera).unwrap(), "video4");
    }

    #[test]
    fn another_port_needs_the_serial_number() {
        let sysfs = Sysfs::new();
        let nameless = sysfs.webcam("1-1", None, 0);
        let numbered = sysfs.webcam("1-2", Some("A17"), 2);
        sysfs.unplug(0);
        sysfs.unplug(2);
        sysfs.webcam("1-3", None, 0);
        sysfs.webcam("1-4", Some("A17"), 2);
        assert_eq!(sysfs.find(&nameless), None);
        assert_eq!(sysfs.find(&numbered).unwrap(), "video2");
    }

    #[test]
    fn another_camera_in_the_same_place_is_not_taken_for_it() {
        let sysfs = Sysfs::new();
        let camera = sysfs.webcam("1-1", Some("A17"), 0);
        sysfs.unplug(0);
        sysfs.webcam("1-1", Some("B04"), 0);
        assert_eq!(sysfs.find(&camera), None);
    }

    #[test]
    fn of_two_with_one_serial_number_the_one_that_stayed_counts() {
        let sysfs = Sysfs::new();
        sysfs.webcam("1-1", Some("0001"), 0);
        let camera = sysfs.webcam("1-2", Some("0001"), 2);
        sysfs.webcam("1-3", Some("0001"), 4);
        assert_eq!(sysfs.find(&camera).unwrap(), "video2");
    }

    #[test]
    fn a_driver_without_hardware_goes_by_its_number() {
        let sysfs = Sysfs::new();
        for number in [10, 11] {
            let node = sysfs.class().join(format!("video{number}"));
            fs::create_dir(&node).unwrap();
            fs::write(node.join("name"), "loopback\n").unwrap();
        }
        let camera = CameraId::at(&sysfs.class(), "video11").unwrap();
        assert_eq!(sysfs.find(&camera).unwrap(), "video11");
        fs::remove_dir_all(sysfs.class().join("video11")).unwrap();
        assert_eq!(sysfs.find(&camera), None);
    }

    #[test]
    fn files_that_are_no_video_device_have_no_identity() {
        assert_eq!(CameraId::of(Path::new("/dev/null")), None);
        assert_eq!(CameraId::of(Path::new("/dev/video-none")), None);
    }
}
