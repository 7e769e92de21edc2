//! Faces in picture files, as evaluation and training use them: what file, and which of its faces.

use super::detect::{Detection, MAX_DETECTION_SIDE};
use super::engine::Engine;
use super::frame::{Frame, FrameError};
use super::resize::enlarge;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Endings of picture files, in the order in which they are looked for.
pub const ENDINGS: [&str; 4] = ["jpg", "jpeg", "png", "pgm"];
/// Longest picture file read, in bytes.
pub const MAX_FILE: u64 = 32 << 20;

/// Why a file is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file can't be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// More than [`MAX_FILE`] bytes.
    #[error("is longer than {} MiB", MAX_FILE >> 20)]
    TooLong,
    /// Not a picture, or a damaged one.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

/// Reads a picture file.
///
/// # Errors
/// When it can't be read, is too long, or no picture.
pub fn read(path: &Path) -> Result<Frame, PictureError> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(PictureError::TooLong);
    }
    Ok(Frame::from_file_bytes(&bytes)?)
}

/// The face that a picture is about: of all that are found the largest, one away from the middle counted smaller.
///
/// The databases that figures are measured on put the person they name into the middle, but not always alone. A picture
/// of less than 320 pixels is enlarged to that, the size at which sign-in looks at camera frames: landmarks lie better
/// then, and faces of 70 pixels that fill their picture are all found.
pub fn central_face(engine: &mut Engine, picture: &Frame) -> Option<Detection> {
    let longest = picture.width().max(picture.height());
    if longest >= MAX_DETECTION_SIDE {
        return central(engine.detect(picture), picture);
    }
    let from = (picture.width() as usize, picture.height() as usize);
    let side = |side: usize| (side * MAX_DETECTION_SIDE as usize).div_ceil(longest as usize);
    let (width, height) = (side(from.0), side(from.1));
    let larger =
        Frame::new(width as u32, height as u32, enlarge(picture.rgb(), from, (width, height))).ok()?;
    let (x, y) = (width as f32 / from.0 as f32, height as f32 / from.1 as f32);
    let found = engine.detect(&larger).into_iter().map(|face| reduced(&face, x, y)).collect();
    central(found, picture)
}

/// A face of a picture enlarged by factors `x` and `y`, in pixels of the original.
fn reduced(face: &Detection, x: f32, y: f32) -> Detection {
    let place = |[px, py]: [f32; 2]| [(px + 0.5) / x - 0.5, (py + 0.5) / y - 0.5];
    let [left, top] = place([face.bbox[0], face.bbox[1]]);
    Detection {
        score: face.score,
        bbox: [left, top, face.bbox[2] / x, face.bbox[3] / y],
        landmarks: face.landmarks.map(place),
    }
}

fn central(faces: Vec<Detection>, picture: &Frame) -> Option<Detection> {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let weight = |face: &Detection| {
        let [left, top, w, h] = face.bbox;
        let away = (left + w / 2.0 - width / 2.0).hypot(top + h / 2.0 - height / 2.0);
        face.area() * (-(4.0 * away / width.min(height)).powi(2)).exp()
    };
    faces.into_iter().max_by(|a, b| weight(a).total_cmp(&weight(b)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::portrait;

    fn face(bbox: [f32; 4]) -> Detection {
        Detection { bbox, score: 0.9, landmarks: [[0.0; 2]; 5] }
    }

    #[test]
    fn the_middle_counts_before_the_size_and_the_size_before_a_speck() {
        let picture = Frame::from_fn(250, 250, |_, _| [0; 3]);
        let middle = face([80.0, 78.0, 90.0, 100.0]);
        let beside = face([170.0, 60.0, 110.0, 130.0]);
        let speck = face([120.0, 120.0, 12.0, 12.0]);
        assert_eq!(central(vec![beside, speck, middle], &picture), Some(middle));
        assert_eq!(central(vec![beside], &picture), Some(beside));
        assert_eq!(central(Vec::new(), &picture), None);
    }

    /// Enlarging and coming back is the identity on places.
    #[test]
    fn a_small_picture_gives_places_in_its_own_pixels() {
        let mut engine = Engine::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap();
        let large = portrait::nurse();
        let size = (large.width() as usize, large.height() as usize);
        let small = super::super::resize::shrink(large.rgb(), size, (size.0 / 4, size.1 / 4));
        let small = Frame::new(large.width() / 4, large.height() / 4, small).unwrap();
        let (in_large, in_small) =
            (central_face(&mut engine, &large).unwrap(), central_face(&mut engine, &small).unwrap());
        for (a, b) in in_large.landmarks.iter().zip(&in_small.landmarks) {
            let apart = (a[0] - 4.0 * b[0]).hypot(a[1] - 4.0 * b[1]);
            assert!(apart < 0.1 * in_large.bbox[2], "{a:?} {b:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        assert!(matches!(read(&path), Err(PictureError::Unreadable(_))));
        std::fs::write(&path, b"not a picture").unwrap();
        assert!(matches!(read(&path), Err(PictureError::Frame(_))));
        File::create(&path).unwrap().set_len(MAX_FILE + 1).unwrap();
        assert!(matches!(read(&path), Err(PictureError::TooLong)));
    }
}
