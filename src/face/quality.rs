//! Whether a face is good enough to compare, and what the person can do about it (after ISO/IEC 29794-5).
//!
//! The limits were set on 100 press photographs and on spoiled copies of 12 of them: they pass 96 of the 100, and refuse
//! nearly all that are darkened, overexposed, moved while exposed, out of focus or taken from twice as far.

use super::detect::Detection;
use super::frame::Frame;
use crate::nn::sface::SIDE;

/// Least distance between the eyes, in frame pixels; the aligned crop has 35, so less would be magnified.
const MIN_EYES: f32 = 30.0;
/// Mean brightness of the face, 0..255.
const LIGHT: std::ops::RangeInclusive<f32> = 45.0..=225.0;
/// Least standard deviation of the brightness of the face.
const MIN_CONTRAST: f32 = 12.0;
/// Greatest difference between the brightness of the two halves of the face, over their mean.
const MAX_SIDE_LIGHT: f32 = 0.9;
/// Greatest turn to a side, as the nose's way from the middle of the eyes over the eye distance.
const MAX_YAW: f32 = 0.35;
/// The nose tip's way from the eyes to the mouth: 0 raised, 1 lowered; about 0.5 looking ahead.
const PITCH: std::ops::RangeInclusive<f32> = 0.25..=0.8;
/// Greatest tilt, in degrees.
const MAX_ROLL: f32 = 30.0;
/// Least sharpness.
const MIN_SHARPNESS: f32 = 0.0085;
/// Largest part of the box that may lie outside the frame.
const MAX_OUTSIDE: f32 = 0.15;
/// The part of the aligned crop that is face whatever the hair: columns, rows.
const REGION: (std::ops::Range<usize>, std::ops::Range<usize>) = (26..86, 36..100);

/// What was measured of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Distance between the eyes, in frame pixels.
    pub eye_distance: f32,
    /// Part of the box outside the frame, 0..1.
    pub outside: f32,
    /// Mean brightness, 0..255.
    pub light: f32,
    /// Standard deviation of the brightness, 0..255.
    pub contrast: f32,
    /// Difference between the brightness of left and right half, over their mean, 0..2.
    pub side_light: f32,
    /// Mean square of the second difference of the brightness, along rows or along columns, whichever is less (motion
    /// blurs one of them), over its variance.
    pub sharpness: f32,
    /// The nose's way from the middle of the eyes along the eye line, over the eye distance; 0 looking ahead.
    pub yaw: f32,
    /// The nose tip's way from the eye line to the mouth line; about 0.5 looking ahead.
    pub pitch: f32,
    /// Tilt of the eye line, in degrees.
    pub roll: f32,
}

/// Why a face is not compared. `Display` gives what the person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum QualityProblem {
    /// Part of the face is outside the picture.
    #[error("move your face into the middle of the picture")]
    CutOff,
    /// Too few pixels.
    #[error("come closer")]
    TooFar,
    /// Too dark, without contrast, or lit from one side.
    #[error("more light from the front")]
    BadLight,
    /// Overexposed.
    #[error("less light on your face")]
    TooBright,
    /// Turned away, or tilted.
    #[error("look straight at the camera")]
    Turned,
    /// Moving, or out of focus.
    #[error("hold still")]
    Blurred,
}

impl Quality {
    /// Measures a face in `frame` and its aligned crop.
    pub fn measure(frame: &Frame, face: &Detection, crop: &Frame) -> Self {
        let luma = Luma::of(crop);
        let [left, right, nose, mouth_left, mouth_right] = face.landmarks;
        let eyes = face.eye_distance().max(f32::MIN_POSITIVE);
        let along = [(right[0] - left[0]) / eyes, (right[1] - left[1]) / eyes];
        let middle = |a: [f32; 2], b: [f32; 2]| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let between = middle(left, right);
        // A point's way from the middle of the eyes, along the eye line and across it.
        let way = |p: [f32; 2]| {
            let (x, y) = (p[0] - between[0], p[1] - between[1]);
            (x * along[0] + y * along[1], y * along[0] - x * along[1])
        };
        let mouth = way(middle(mouth_left, mouth_right)).1;
        Self {
            eye_distance: face.eye_distance(),
            outside: outside(frame, face),
            light: luma.mean,
            contrast: luma.variance.sqrt(),
            side_light: luma.side,
            sharpness: luma.detail / luma.variance.max(1.0),
            yaw: way(nose).0 / eyes,
            // A mouth level with the eyes is no frontal face, whatever the nose: out of range.
            pitch: if mouth > 0.1 * eyes { way(nose).1 / mouth } else { f32::INFINITY },
            roll: along[1].atan2(along[0]).to_degrees(),
        }
    }

    /// The first thing that keeps this face from being compared.
    pub fn problem(&self) -> Option<QualityProblem> {
        let straight =
            self.yaw.abs() <= MAX_YAW && self.roll.abs() <= MAX_ROLL && PITCH.contains(&self.pitch);
        if self.outside > MAX_OUTSIDE {
            Some(QualityProblem::CutOff)
        } else if self.eye_distance < MIN_EYES {
            // A head turned to the side brings its eyes together too, and coming closer wouldn't help.
            Some(if straight { QualityProblem::TooFar } else { QualityProblem::Turned })
        } else if self.light > *LIGHT.end() {
            Some(QualityProblem::TooBright)
        } else if self.light < *LIGHT.start()
            || self.contrast < MIN_CONTRAST
            || self.side_light > MAX_SIDE_LIGHT
        {
            Some(QualityProblem::BadLight)
        } else if !straight {
            Some(QualityProblem::Turned)
        } else if self.sharpness < MIN_SHARPNESS {
            Some(QualityProblem::Blurred)
        } else {
            None
        }
    }
}

/// Part of the box that lies outside the frame.
fn outside(frame: &Frame, face: &Detection) -> f32 {
    let side = |k: usize, limit: u32| {
        let (from, length) = (face.bbox[k], face.bbox[k + 2]);
        ((from + length).min(limit as f32) - from.max(0.0)).max(0.0)
    };
    1.0 - side(0, frame.width()) * side(1, frame.height()) / face.area().max(f32::MIN_POSITIVE)
}

/// Brightness statistics of [`REGION`].
struct Luma {
    mean: f32,
    variance: f32,
    side: f32,
    detail: f32,
}

impl Luma {
    fn of(crop: &Frame) -> Self {
        let weigh =
            |[r, g, b]: &[u8; 3]| 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b);
        let mut values = [0.0; SIDE * SIDE];
        values.iter_mut().zip(crop.rgb().as_chunks().0).for_each(|(value, pixel)| *value = weigh(pixel));
        let at = |x: usize, y: usize| values[y * SIDE + x];
        let (columns, rows) = REGION;
        let half = columns.start.midpoint(columns.end);
        let count = (columns.len() * rows.len()) as f32;
        let (mut left, mut right, mut squares) = (0.0, 0.0, 0.0);
        let (mut across, mut down) = (0.0f32, 0.0f32);
        for y in rows {
            for x in columns.clone() {
                let value = at(x, y);
                if x < half {
                    left += value
                } else {
                    right += value
                }
                squares += value * value;
                let bend = |a: f32, b: f32| (a + b - 2.0 * value).powi(2);
                across += bend(at(x - 1, y), at(x + 1, y));
                down += bend(at(x, y - 1), at(x, y + 1));
            }
        }
        let mean = (left + right) / count;
        Self {
            mean,
            variance: (squares / count - mean * mean).max(0.0),
            side: 2.0 * (left - right).abs() / (left + right).max(1.0),
            detail: across.min(down) / count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::align::TEMPLATE;

    fn face() -> Detection {
        Detection { bbox: [20.0, 15.0, 72.0, 90.0], score: 0.9, landmarks: TEMPLATE }
    }

    /// A chequered picture of some contrast around a mean.
    fn checks(mean: u8, swing: u8, period: u32) -> Frame {
        let side = SIDE as u32;
        Frame::from_fn(side, side, |x, y| {
            [if (x / period + y / period).is_multiple_of(2) { mean - swing } else { mean + swing }; 3]
        })
    }

    fn problem(crop: &Frame, face: &Detection) -> Option<QualityProblem> {
        Quality::measure(crop, face, crop).problem()
    }

    #[test]
    fn a_face_on_the_template_in_good_light_passes() {
        let quality = Quality::measure(&checks(128, 40, 4), &face(), &checks(128, 40, 4));
        assert_eq!(quality.problem(), None);
        assert!(quality.yaw.abs() < 0.03 && (quality.pitch - 0.5).abs() < 0.03 && quality.roll.abs() < 1.0);
    }

    #[test]
    fn light() {
        assert_eq!(problem(&checks(30, 20, 4), &face()), Some(QualityProblem::BadLight));
        assert_eq!(problem(&checks(128, 2, 4), &face()), Some(QualityProblem::BadLight));
        assert_eq!(problem(&checks(240, 14, 4), &face()), Some(QualityProblem::TooBright));
        let half = Frame::from_fn(112, 112, |x, _| [if x < 56 { 20 } else { 180 }; 3]);
        assert_eq!(problem(&half, &face()), Some(QualityProblem::BadLight));
    }

    #[test]
    fn a_smooth_picture_is_blurred() {
        let wave = |x: u32, y: u32| 128.0 + 50.0 * ((x as f32 / 14.0).sin() * (y as f32 / 14.0).cos());
        let smooth = Frame::from_fn(112, 112, |x, y| [wave(x, y) as u8; 3]);
        assert_eq!(problem(&smooth, &face()), Some(QualityProblem::Blurred));
    }

    #[test]
    fn size_and_place() {
        let crop = checks(128, 40, 4);
        let far = Detection { landmarks: TEMPLATE.map(|p| p.map(|v| v / 2.0)), ..face() };
        assert_eq!(problem(&crop, &far), Some(QualityProblem::TooFar));
        let cut = Detection { bbox: [80.0, 15.0, 72.0, 90.0], ..face() };
        assert_eq!(problem(&crop, &cut), Some(QualityProblem::CutOff));
    }

    #[test]
    fn pose() {
        let crop = checks(128, 40, 4);
        let with = |nose: [f32; 2]| {
            let mut landmarks = TEMPLATE;
            landmarks[2] = nose;
            Detection { landmarks, ..face() }
        };
        assert_eq!(problem(&crop, &with([75.0, 71.0])), Some(QualityProblem::Turned));
        assert_eq!(problem(&crop, &with([56.0, 55.0])), Some(QualityProblem::Turned));
        assert_eq!(problem(&crop, &with([56.0, 90.0])), Some(QualityProblem::Turned));
        let tilted = TEMPLATE.map(|[x, y]| [0.766 * x - 0.643 * y + 50.0, 0.643 * x + 0.766 * y]);
        assert_eq!(problem(&crop, &Detection { landmarks: tilted, ..face() }), Some(QualityProblem::Turned));
    }

    /// Landmarks in one point, or not finite, are refused rather than passed by a comparison with NaN.
    #[test]
    fn impossible_landmarks_are_refused() {
        let crop = checks(128, 40, 4);
        for value in [0.0, 50.0, f32::NAN, f32::INFINITY] {
            let odd = Detection { landmarks: [[value; 2]; 5], ..face() };
            assert!(problem(&crop, &odd).is_some(), "{value}");
        }
    }
}
