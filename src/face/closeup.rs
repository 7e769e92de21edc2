//! A face cut out of its frame and brought to one size, so that the detector finds its landmarks the same way at any
//! distance.
//!
//! YuNet's landmarks depend on how many pixels a face has and where it lies on the network's grid (up to 8% of the face's
//! width). The mean of a close-up and its mirror image is free of most of that: of 10 flat portraits turned up to 50°, the
//! nose left the plane by at most 0.12 eye distances instead of 0.18.

use super::align::bilinear;
use super::detect::Detection;
use super::frame::Frame;

/// Side of a close-up in pixels: a multiple of what the detector needs, the face about 75 pixels wide.
pub(super) const SIDE: u32 = 160;
/// Half a close-up's side over the longer side of the face's box.
const REACH: f32 = 0.8;

/// Where a close-up lies in its frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Closeup {
    /// Frame pixels of its top left corner.
    pub(super) origin: [f32; 2],
    /// Frame pixels a close-up pixel.
    pub(super) scale: f32,
}

impl Closeup {
    /// Of one face.
    pub(super) fn of(face: &Detection) -> Self {
        let [left, top, width, height] = face.bbox;
        // A box without a size is no face; one pixel keeps the arithmetic sound.
        let half = (width.max(height) * REACH).max(1.0);
        let middle = [left + width / 2.0, top + height / 2.0];
        Self { origin: middle.map(|m| m - half), scale: 2.0 * half / SIDE as f32 }
    }

    /// Cuts it out; beyond the frame its border goes on.
    pub(super) fn cut(&self, frame: &Frame) -> Frame {
        // A pixel that covers several frame pixels is the mean of as many samples, else fine detail would alias.
        let samples = (self.scale.round() as u32).clamp(1, 8);
        let limit = |v: f32, side: u32| f64::from(v.clamp(0.0, (side - 1) as f32));
        Frame::from_fn(SIDE, SIDE, |x, y| {
            let mut sum = [0.0; 3];
            for i in 0..samples {
                for j in 0..samples {
                    let offset = |k: u32| (k as f32 + 0.5) / samples as f32;
                    let [u, v] = self.frame([x as f32 + offset(i) - 0.5, y as f32 + offset(j) - 0.5]);
                    let value = bilinear(frame, limit(u, frame.width()), limit(v, frame.height()));
                    sum.iter_mut().zip(value).for_each(|(s, v)| *s += v);
                }
            }
            sum.map(|s| (s / f64::from(samples * samples)).round() as u8)
        })
    }

    /// Frame pixels of a close-up pixel.
    pub(super) fn frame(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.origin[0] + (x + 0.5) * self.scale - 0.5, self.origin[1] + (y + 0.5) * self.scale - 0.5]
    }

    /// Landmarks found in a close-up or, `mirrored`, in its mirror image, in frame pixels, left ones first again.
    pub(super) fn landmarks(&self, found: &Detection, mirrored: bool) -> [[f32; 2]; 5] {
        if !mirrored {
            return found.landmarks.map(|p| self.frame(p));
        }
        let [a, b, nose, c, d] = found.landmarks.map(|[x, y]| self.frame([(SIDE - 1) as f32 - x, y]));
        [b, a, nose, d, c]
    }
}

/// The mirror image.
pub(super) fn mirrored(closeup: &Frame) -> Frame {
    Frame::from_fn(closeup.width(), closeup.height(), |x, y| closeup.pixel(closeup.width() - 1 - x, y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Detection {
        let landmarks = [[40.0, 50.0], [60.0, 51.0], [50.0, 60.0], [43.0, 70.0], [58.0, 71.0]];
        Detection { bbox: [30.0, 30.0, 40.0, 50.0], score: 0.9, landmarks }
    }

    #[test]
    fn a_point_keeps_its_colour() {
        let frame = Frame::from_fn(120, 110, |x, y| [x as u8 * 2, y as u8 * 2, 7]);
        let closeup = Closeup::of(&face());
        let cut = closeup.cut(&frame);
        for (column, picture) in [(40, &cut), (119, &mirrored(&cut))] {
            let [x, y] = closeup.frame([40.0, 90.0]);
            let colour = picture.pixel(column, 90);
            assert!(
                (f32::from(colour[0]) - 2.0 * x).abs() < 1.5 && (f32::from(colour[1]) - 2.0 * y).abs() < 1.5
            );
        }
    }

    #[test]
    fn mirrored_landmarks_come_back_to_their_sides() {
        let closeup = Closeup::of(&face());
        let inside = |[x, y]: [f32; 2]| {
            [
                (x + 0.5 - closeup.origin[0]) / closeup.scale - 0.5,
                (y + 0.5 - closeup.origin[1]) / closeup.scale - 0.5,
            ]
        };
        let [a, b, nose, c, d] = face().landmarks.map(inside).map(|[x, y]| [(SIDE - 1) as f32 - x, y]);
        let found = Detection { landmarks: [b, a, nose, d, c], ..face() };
        let back = closeup.landmarks(&found, true);
        let same = |p: &[f32; 2], q: &[f32; 2]| (p[0] - q[0]).abs() < 1e-3 && (p[1] - q[1]).abs() < 1e-3;
        assert!(back.iter().zip(&face().landmarks).all(|(p, q)| same(p, q)), "{back:?}");
    }

    #[test]
    fn a_box_without_a_size_does_no_harm() {
        let frame = Frame::from_fn(3, 2, |_, _| [9; 3]);
        let empty = Detection { bbox: [500.0, -70.0, 0.0, 0.0], ..face() };
        assert_eq!(Closeup::of(&empty).cut(&frame).pixel(0, 0), [9; 3]);
    }
}
