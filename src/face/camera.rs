//! Where frames come from: a V4L2 device, or a folder of pictures in the demo.

use super::frame::{Frame, FrameError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Most pictures taken from a folder.
const MAX_PICTURES: usize = 10_000;
/// Largest picture file, in bytes.
const MAX_FILE: u64 = 32 << 20;
/// Time between two frames of a folder: a slow webcam's.
const PACE: Duration = Duration::from_millis(66);

/// Why there is no frame. Each message is one line that names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// No such device.
    #[error("no camera at {}: plug one in, or sign in with your passphrase", .0.display())]
    Missing(PathBuf),
    /// Another program has it.
    #[error("the camera at {} is in use by another program: close it, or sign in with your passphrase", .0.display())]
    Busy(PathBuf),
    /// The device file doesn't let this user in.
    #[error("not allowed to use the camera at {}: add the service's user to group video", .0.display())]
    NotAllowed(PathBuf),
    /// It was there and has gone.
    #[error("the camera at {} was unplugged: plug it in again, or sign in with your passphrase", .0.display())]
    Unplugged(PathBuf),
    /// No frame in time.
    #[error("the camera at {} delivers no picture: plug it in again, or sign in with your passphrase", .0.display())]
    TimedOut(PathBuf),
    /// The device is no camera, or one that can't stream.
    #[error("{} is not a camera: choose another device, or sign in with your passphrase", .0.display())]
    NotACamera(PathBuf),
    /// It delivers none of the formats that can be decoded.
    #[error("the camera at {} delivers none of MJPG, YUYV, NV12, GREY and RGB3: use another one", .0.display())]
    NoFormat(PathBuf),
    /// Frame after frame was damaged.
    #[error("the camera at {} delivers damaged pictures: try another cable or port, or sign in with your passphrase", .0.display())]
    Damaged(PathBuf),
    /// Something else that the driver says.
    #[error("the camera at {} failed ({source}): plug it in again, or sign in with your passphrase", .path.display())]
    Device {
        /// The device.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder of pictures, or one of them, can't be read.
    #[error("cannot read {}: {source}; check the folder given as frames:DIR", .path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the folder is no picture.
    #[error("{}: {source}; take it out of the folder given as frames:DIR", .path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// Why.
        source: FrameError,
    },
    /// The folder holds no pictures.
    #[error("no PNG or JPEG files in {}: check the folder given as frames:DIR", .0.display())]
    NoPictures(PathBuf),
}

/// A device that [`list_cameras`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameraInfo {
    /// Device file, such as `/dev/video0`.
    pub path: PathBuf,
    /// What the driver calls it.
    pub name: String,
}

/// A source of frames. It is `Send`, and [`Camera::next`] blocks: give it a thread.
#[derive(Debug)]
pub struct Camera(Source);

#[derive(Debug)]
enum Source {
    Frames(Folder),
    #[cfg(feature = "camera")]
    Device(super::v4l2::Device),
}

impl Camera {
    /// The PNG and JPEG files of a folder, in the order of their names, over and over, at 15 a second.
    ///
    /// # Errors
    /// When the folder can't be read or holds no pictures.
    pub fn open_frames(folder: &Path) -> Result<Self, CameraError> {
        Folder::open(folder).map(|folder| Self(Source::Frames(folder)))
    }

    /// A V4L2 device, asked for 640x480 in the first format of [`super::PixelFormat::ALL`] it has.
    ///
    /// # Errors
    /// When it is missing, busy, not allowed, no camera, or has none of the formats.
    #[cfg(feature = "camera")]
    pub fn open_v4l(device: &Path) -> Result<Self, CameraError> {
        super::v4l2::Device::open(device).map(|device| Self(Source::Device(device)))
    }

    /// TMP
    pub fn is_infrared(&self)->bool{false}
    /// TMP
    pub fn cue(&mut self,_:&str){}
    /// The next frame. Frames that the driver flags as damaged are skipped, and those that waited while nobody asked
    /// are dropped.
    ///
    /// # Errors
    /// When there is none in time, or the camera is gone. After [`CameraError::TimedOut`] it may be asked again; after
    /// [`CameraError::Unplugged`] it must be opened again.
    #[expect(clippy::should_implement_trait, reason = "a camera never ends, and its errors name a remedy")]
    pub fn next(&mut self) -> Result<Frame, CameraError> {
        match &mut self.0 {
            Source::Frames(folder) => folder.next(),
            #[cfg(feature = "camera")]
            Source::Device(device) => device.next(),
        }
    }
}

/// Devices that can capture video, in the order of their numbers; those that this user may not open are left out.
#[cfg(feature = "camera")]
pub fn list_cameras() -> Vec<CameraInfo> {
    super::v4l2::list()
}

/// None: this build has no V4L2.
#[cfg(not(feature = "camera"))]
pub fn list_cameras() -> Vec<CameraInfo> {
    Vec::new()
}

#[derive(Debug)]
struct Folder {
    pictures: Vec<PathBuf>,
    at: usize,
    due: Instant,
}

impl Folder {
    fn open(folder: &Path) -> Result<Self, CameraError> {
        let unreadable = |source| CameraError::Unreadable { path: folder.to_owned(), source };
        let mut pictures = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable)?.take(MAX_PICTURES) {
            let path = entry.map_err(unreadable)?.path();
            let extension = path.extension().map(|e| e.to_ascii_lowercase());
            let known = extension.is_some_and(|e| e == "png" || e == "jpg" || e == "jpeg");
            if known && path.is_file() {
                pictures.push(path);
            }
        }
        pictures.sort();
        if pictures.is_empty() {
            return Err(CameraError::NoPictures(folder.to_owned()));
        }
        Ok(Self { pictures, at: 0, due: Instant::now() })
    }

    fn next(&mut self) -> Result<Frame, CameraError> {
        std::thread::sleep(self.due.saturating_duration_since(Instant::now()));
        self.due = Instant::now() + PACE;
        let path = &self.pictures[self.at];
        self.at = (self.at + 1) % self.pictures.len();
        let unreadable = |source| CameraError::Unreadable { path: path.clone(), source };
        let mut bytes = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(unreadable)?;
        Frame::from_file_bytes(&bytes).map_err(|source| CameraError::Picture { path: path.clone(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(folder: &Path, name: &str, value: u8) {
        let picture = image::RgbImage::from_pixel(4, 3, image::Rgb([value; 3]));
        picture.save_with_format(folder.join(name), image::ImageFormat::Png).unwrap();
    }

    #[test]
    fn a_folder_is_shown_in_order_and_over_again() {
        let folder = tempfile::tempdir().unwrap();
        picture(folder.path(), "b.PNG", 2);
        picture(folder.path(), "a.png", 1);
        std::fs::write(folder.path().join("notes.txt"), "no picture").unwrap();
        let mut camera = Camera::open_frames(folder.path()).unwrap();
        let shown: Vec<_> = (0..3).map(|_| camera.next().unwrap().pixel(0, 0)[0]).collect();
        assert_eq!(shown, [1, 2, 1]);
    }

    #[test]
    fn a_folder_without_pictures_and_a_broken_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = Camera::open_frames(folder.path()).unwrap_err();
        assert!(matches!(error, CameraError::NoPictures(_)), "{error}");
        let error = Camera::open_frames(&folder.path().join("none")).unwrap_err();
        assert!(matches!(error, CameraError::Unreadable { .. }), "{error}");
        std::fs::write(folder.path().join("a.jpg"), "no picture").unwrap();
        let error = Camera::open_frames(folder.path()).unwrap().next().unwrap_err();
        assert!(matches!(error, CameraError::Picture { .. }), "{error}");
    }

    #[test]
    fn is_send() {
        fn send<T: Send>() {}
        send::<Camera>();
    }
}
