//! Pictures of a folder in the place of a camera, for a demonstration and for tests.
//!
//! A folder of pictures is shown over and over. One that also has folders `left`, `right`, `up` and `down`, each with
//! pictures from nearly ahead to fully turned, is somebody who does what they are told, at the pace of a person.

use super::camera_error::CameraError;
use super::frame::Frame;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Most pictures taken from a folder.
const MAX_PICTURES: usize = 10_000;
/// Largest picture file, in bytes.
const MAX_FILE: u64 = 32 << 20;
/// Time between two frames: a slow webcam's.
const PACE: Duration = Duration::from_millis(66);
/// Most pictures that a late reader misses at once: half a turn in one step would look like another face.
const MOST_MISSED: u128 = 2;
/// Frames until the person of a recording does as told.
const REACTION: u32 = 6;

/// What the person is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cue {
    /// Look at the camera.
    Ahead,
    /// Turn to their left.
    Left,
    /// Turn to their right.
    Right,
    /// Chin up.
    Up,
    /// Chin down.
    Down,
}

impl Cue {
    /// The turns, each with the name of its folder.
    pub const TURNS: [(Cue, &'static str); 4] =
        [(Cue::Left, "left"), (Cue::Right, "right"), (Cue::Up, "up"), (Cue::Down, "down")];
}

#[derive(Debug)]
pub(super) struct Recorded {
    ahead: Vec<PathBuf>,
    /// In the order of [`Cue::TURNS`]; empty for somebody who only looks ahead.
    turns: [Vec<PathBuf>; 4],
    at: usize,
    cue: Cue,
    /// Frames shown since the cue changed.
    since: u32,
    /// Which way the head is turned now, and how many pictures far.
    turned: (usize, usize),
    /// On the way back: whoever has begun that ends it before they do anything else.
    returning: bool,
    due: Instant,
}

impl Recorded {
    pub(super) fn open(folder: &Path) -> Result<Self, CameraError> {
        let ahead = pictures(folder)?;
        if ahead.is_empty() {
            return Err(CameraError::NoPictures(folder.to_owned()));
        }
        let mut turns: [Vec<PathBuf>; 4] = Default::default();
        for (pictures_of, (_, name)) in turns.iter_mut().zip(Cue::TURNS) {
            let turn = folder.join(name);
            if turn.is_dir() {
                *pictures_of = pictures(&turn)?;
            }
        }
        Ok(Self {
            ahead,
            turns,
            at: 0,
            cue: Cue::Ahead,
            since: 0,
            turned: (0, 0),
            returning: false,
            due: Instant::now(),
        })
    }

    pub(super) fn cue(&mut self, cue: Cue) {
        if self.cue != cue {
            (self.cue, self.since) = (cue, 0);
        }
    }

    pub(super) fn next(&mut self) -> Result<Frame, CameraError> {
        let now = Instant::now();
        std::thread::sleep(self.due.saturating_duration_since(now));
        // People don't turn more slowly because a computer does: a late reader misses pictures.
        let missed = now.saturating_duration_since(self.due).as_millis() / PACE.as_millis();
        self.due = Instant::now() + PACE;
        for _ in 0..missed.min(MOST_MISSED) {
            self.shown();
        }
        let path = self.shown();
        let unreadable = |source| CameraError::Unreadable { path: path.clone(), source };
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&path).map_err(unreadable)?;
        file.take(MAX_FILE).read_to_end(&mut bytes).map_err(unreadable)?;
        Frame::from_file_bytes(&bytes).map_err(|source| CameraError::Picture { path: path.clone(), source })
    }

    /// The next picture: one step towards what the cue asks for.
    fn shown(&mut self) -> PathBuf {
        self.since = self.since.saturating_add(1);
        let wanted = Cue::TURNS.iter().position(|(cue, _)| *cue == self.cue);
        let (way, far) = self.turned;
        let back = far > 0 && wanted != Some(way);
        if self.since > REACTION || (back && self.returning) {
            self.returning = back;
            self.turned = match wanted {
                Some(to) if far == 0 || to == way => (to, (far + 1).min(self.turns[to].len())),
                _ => (way, far.saturating_sub(1)),
            };
        }
        let (way, far) = self.turned;
        if let Some(picture) = far.checked_sub(1).and_then(|n| self.turns[way].get(n)) {
            return picture.clone();
        }
        let picture = self.ahead[self.at].clone();
        self.at = (self.at + 1) % self.ahead.len();
        picture
    }
}

/// The pictures of a folder, in the order of their names.
fn pictures(folder: &Path) -> Result<Vec<PathBuf>, CameraError> {
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
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Camera;

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
    fn somebody_turns_as_told_at_a_persons_pace_and_comes_back_first() {
        let folder = tempfile::tempdir().unwrap();
        picture(folder.path(), "a.png", 0);
        for (n, (_, name)) in Cue::TURNS.iter().enumerate() {
            let turn = folder.path().join(name);
            std::fs::create_dir(&turn).unwrap();
            for far in 1..=3u8 {
                picture(&turn, &format!("{far}.png"), 10 * (n as u8 + 1) + far);
            }
        }
        let mut person = Recorded::open(folder.path()).unwrap();
        let mut show = |cue, n: usize| -> Vec<u8> {
            person.cue(cue);
            (0..n)
                .map(|_| {
                    Frame::from_file_bytes(&std::fs::read(person.shown()).unwrap()).unwrap().pixel(0, 0)[0]
                })
                .collect()
        };
        assert_eq!(show(Cue::Ahead, 3), [0, 0, 0]);
        assert_eq!(show(Cue::Left, 11), [0, 0, 0, 0, 0, 0, 11, 12, 13, 13, 13]);
        assert_eq!(show(Cue::Up, 12), [13, 13, 13, 13, 13, 13, 12, 11, 0, 31, 32, 33]);
        assert_eq!(show(Cue::Ahead, 7), [33, 33, 33, 33, 33, 33, 32]);
        assert_eq!(show(Cue::Down, 9), [31, 0, 0, 0, 0, 0, 41, 42, 43], "a return that has begun goes on");
    }
}
