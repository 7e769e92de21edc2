//! Whether a face goes on smoothly from frame to frame: a cut in a video, or another picture held up, doesn't.

use super::limits::{GONE, GROWTH, JUMP, SWITCH, UNSEEN, WAY};
use super::neutral::View;
use crate::core::time::Millis;
use crate::face::Detection;

/// Where a face is.
#[derive(Clone, Copy, Debug)]
struct Place {
    middle: [f64; 2],
    size: f64,
}

impl Place {
    fn new(face: &Detection) -> Self {
        let [left, top, width, height] = face.bbox.map(f64::from);
        Self { middle: [left + width / 2.0, top + height / 2.0], size: (width * height).max(1.0).sqrt() }
    }

    /// True when a face may come from here to `next` in so many seconds.
    fn reaches(&self, next: &Self, seconds: f64) -> bool {
        // The eyes are about 0.45 of the box's side apart.
        let eyes = 0.45 * self.size.min(next.size);
        let way = (next.middle[0] - self.middle[0]).hypot(next.middle[1] - self.middle[1]) / eyes;
        let growth = (next.size / self.size).ln().abs();
        way <= WAY.0 + WAY.1 * seconds && growth <= GROWTH.0 + GROWTH.1 * seconds
    }
}

/// True when a head may turn so, and look so different, in so many seconds.
fn turns(last: &View, next: &View, seconds: f64) -> bool {
    let [x, y] = [0, 1].map(|k| next.relief.affine[k] - last.relief.affine[k]);
    let likeness = (next.likeness - last.likeness).abs();
    x.hypot(y) <= JUMP.0 + JUMP.1 * seconds && likeness <= SWITCH.0 + SWITCH.1 * seconds
}

/// How a frame follows the ones before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    /// As of one face that moves.
    Smooth,
    /// Too far; perhaps the detector erred for a frame. The frame doesn't count.
    Doubtful,
    /// Too far, and it stayed there.
    Cut,
}

/// One thing followed from frame to frame.
#[derive(Clone, Copy, Debug)]
struct Track<T> {
    /// The last that went on from the one before.
    last: Option<(T, Millis)>,
    /// When one leapt away from it, if the last one did.
    doubt: Option<Millis>,
}

impl<T> Default for Track<T> {
    fn default() -> Self {
        Self { last: None, doubt: None }
    }
}

impl<T> Track<T> {
    /// Takes in the next, and says how it follows; `reaches` gets the last, the next and the seconds between.
    fn follow(&mut self, next: T, now: Millis, reaches: impl Fn(&T, &T, f64) -> bool) -> Transition {
        let smooth = self.last.as_ref().is_none_or(|(last, at)| {
            // The time that a doubtful frame took gives the one after it no more room.
            let seconds = self.doubt.unwrap_or(now).saturating_sub(*at) as f64 / 1000.0;
            reaches(last, &next, seconds)
        });
        if smooth {
            *self = Self { last: Some((next, now)), doubt: None };
            Transition::Smooth
        } else if self.doubt.is_some() {
            Transition::Cut
        } else {
            self.doubt = Some(now);
            Transition::Doubtful
        }
    }
}

/// The face from frame to frame: where it is, and how it is turned.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trail {
    place: Track<Place>,
    view: Track<View>,
}

impl Trail {
    /// Begins again from here.
    pub(super) fn restart(&mut self, face: &Detection, now: Millis) {
        *self = Self::default();
        self.follow(face, now);
    }

    /// True when no face has been seen for too long.
    pub(super) fn gone(&self, now: Millis) -> bool {
        self.place.last.is_none_or(|(_, at)| now > at + GONE)
    }

    /// True when no face has been seen for a while.
    pub(super) fn unseen(&self, now: Millis) -> bool {
        self.place.last.is_some_and(|(_, at)| now > at + UNSEEN)
    }

    /// The next face.
    pub(super) fn follow(&mut self, face: &Detection, now: Millis) -> Transition {
        self.place.follow(Place::new(face), now, Place::reaches)
    }

    /// The next view: a head turns only so fast.
    pub(super) fn turn(&mut self, view: &View, now: Millis) -> Transition {
        self.view.follow(*view, now, turns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(x: f32, size: f32) -> Detection {
        Detection { bbox: [x, 50.0, size, size], score: 0.9, landmarks: [[0.0; 2]; 5] }
    }

    #[test]
    fn a_moving_face_is_followed_at_any_frame_rate() {
        for interval in [33, 66, 200] {
            let mut trail = Trail::default();
            for k in 0..20 {
                let x = 100.0 + 80.0 * ((k * interval) as f32 / 600.0).sin();
                assert_eq!(trail.follow(&face(x, 100.0), 1_000 + k * interval), Transition::Smooth);
            }
        }
    }

    #[test]
    fn one_stray_frame_is_left_out_and_a_cut_is_seen() {
        let mut trail = Trail::default();
        trail.follow(&face(100.0, 100.0), 0);
        assert_eq!(trail.follow(&face(300.0, 100.0), 66), Transition::Doubtful);
        assert_eq!(trail.follow(&face(102.0, 100.0), 132), Transition::Smooth);
        assert_eq!(trail.follow(&face(102.0, 190.0), 198), Transition::Doubtful);
        assert_eq!(trail.follow(&face(102.0, 190.0), 264), Transition::Cut);
    }

    #[test]
    fn a_face_that_is_gone() {
        let mut trail = Trail::default();
        assert!(trail.gone(0));
        trail.follow(&face(100.0, 100.0), 0);
        assert!(!trail.gone(GONE) && trail.gone(GONE + 1));
    }
}
