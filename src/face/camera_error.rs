//! What can be wrong with a camera, each in one line that names the remedy.

use super::frame::FrameError;
use std::path::PathBuf;

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
    /// Another camera took the place of the one that was there.
    #[error("the camera at {path} is not the one from before: plug that one in again, or start anew with --camera {path}", path = .0.display())]
    Replaced(PathBuf),
    /// No frame in time.
    #[error("the camera at {} delivers no picture: plug it in again, or sign in with your passphrase", .0.display())]
    TimedOut(PathBuf),
    /// The device is no camera, or one that can't stream.
    #[error("{} is not a camera: choose another device, or sign in with your passphrase", .0.display())]
    NotACamera(PathBuf),
    /// It delivers none of the formats that can be decoded.
    #[error("the camera at {} delivers none of MJPG, YUYV, NV12, GREY and RGB3: use another one", .0.display())]
    NoFormat(PathBuf),
    /// The USB port has no room for its pictures beside those of other cameras.
    #[error("the USB port has no room for the camera at {}: use another port, or unplug another camera", .0.display())]
    NoBandwidth(PathBuf),
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

impl CameraError {
    /// The same in at most 32 columns, for a table that names the device beside it.
    pub fn brief(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Unplugged(_) => "gone",
            Self::Busy(_) => "in use by another program",
            Self::NotAllowed(_) => "not allowed: needs group video",
            Self::Replaced(_) => "not the one from before",
            Self::TimedOut(_) => "delivers no picture",
            Self::NotACamera(_) => "not a camera (metadata, output)",
            Self::NoFormat(_) => "no format that is known here",
            Self::NoBandwidth(_) => "no room on its USB port",
            Self::Damaged(_) => "delivers damaged pictures",
            Self::Device { .. } => "its driver fails",
            Self::Unreadable { .. } | Self::Picture { .. } | Self::NoPictures(_) => "cannot be read",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One error of each kind, and its line.
    fn all() -> Vec<(CameraError, &'static str)> {
        let at = || PathBuf::from("/dev/video0");
        let dir = || PathBuf::from("shots");
        let io = |code| std::io::Error::from_raw_os_error(code);
        vec![
            (
                CameraError::Missing(at()),
                "no camera at /dev/video0: plug one in, or sign in with your passphrase",
            ),
            (
                CameraError::Busy(at()),
                "the camera at /dev/video0 is in use by another program: close it, or sign in with your passphrase",
            ),
            (
                CameraError::NotAllowed(at()),
                "not allowed to use the camera at /dev/video0: add the service's user to group video",
            ),
            (
                CameraError::Unplugged(at()),
                "the camera at /dev/video0 was unplugged: plug it in again, or sign in with your passphrase",
            ),
            (
                CameraError::Replaced(at()),
                "the camera at /dev/video0 is not the one from before: plug that one in again, or start anew with --camera /dev/video0",
            ),
            (
                CameraError::TimedOut(at()),
                "the camera at /dev/video0 delivers no picture: plug it in again, or sign in with your passphrase",
            ),
            (
                CameraError::NotACamera(at()),
                "/dev/video0 is not a camera: choose another device, or sign in with your passphrase",
            ),
            (
                CameraError::NoFormat(at()),
                "the camera at /dev/video0 delivers none of MJPG, YUYV, NV12, GREY and RGB3: use another one",
            ),
            (
                CameraError::NoBandwidth(at()),
                "the USB port has no room for the camera at /dev/video0: use another port, or unplug another camera",
            ),
            (
                CameraError::Damaged(at()),
                "the camera at /dev/video0 delivers damaged pictures: try another cable or port, or sign in with your passphrase",
            ),
            (
                CameraError::Device { path: at(), source: io(5) },
                "the camera at /dev/video0 failed (Input/output error (os error 5)): plug it in again, or sign in with your passphrase",
            ),
            (
                CameraError::Unreadable { path: dir(), source: io(13) },
                "cannot read shots: Permission denied (os error 13); check the folder given as frames:DIR",
            ),
            (
                CameraError::Picture { path: dir().join("a.png"), source: FrameError::Damaged },
                "shots/a.png: the picture cannot be decoded: the camera or the file is damaged; take it out of the folder given as frames:DIR",
            ),
            (
                CameraError::NoPictures(dir()),
                "no PNG or JPEG files in shots: check the folder given as frames:DIR",
            ),
        ]
    }

    #[test]
    fn each_is_one_line_and_fits_a_table() {
        let all = all();
        for (error, line) in &all {
            assert_eq!(error.to_string(), *line);
            assert!(!line.contains('\n') && error.brief().len() <= 32, "{line}");
        }
        let kinds: std::collections::HashSet<_> =
            all.iter().map(|(error, _)| std::mem::discriminant(error)).collect();
        // A new kind of error belongs in the table above.
        assert_eq!(kinds.len(), 14);
    }
}
