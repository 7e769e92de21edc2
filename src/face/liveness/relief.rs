//! How far the nose stands out of the plane of eyes and mouth corners, from five landmarks.
//!
//! From the neutral pose to the present one the four outer landmarks are fitted by a plane's motion, once as seen from
//! afar (an affine map, least squares) and once with perspective (the homography through all four). On a plane the nose
//! goes along; on a head it goes further, in the direction of the turn. The four lie in one plane on any symmetric face,
//! so the homography takes nothing from the nose.

use super::warp::{Point, Warp};
use crate::face::Detection;

/// The five landmarks without place, tilt and size: the middle between the eyes is (0, 0), the eye on the right of the
/// picture (0.5, 0).
pub(super) type Shape = [Point; 5];

/// The four landmarks that are fitted: eyes and mouth corners.
const OUTER: [usize; 4] = [0, 1, 3, 4];
/// The nose's tip.
const NOSE: usize = 2;

/// Brings the landmarks of a detection into a [`Shape`]; `None` when the eyes coincide or a number is not finite.
pub(super) fn shape(face: &Detection) -> Option<Shape> {
    let points = face.landmarks.map(|p| p.map(f64::from));
    let ([ax, ay], [bx, by]) = (points[0], points[1]);
    let (ox, oy, ex, ey) = (ax.midpoint(bx), ay.midpoint(by), bx - ax, by - ay);
    let square = ex * ex + ey * ey;
    let shape = points.map(|[x, y]| {
        let (x, y) = (x - ox, y - oy);
        [(x * ex + y * ey) / square, (y * ex - x * ey) / square]
    });
    (square > 1.0 && shape.iter().flatten().all(|v| v.is_finite())).then_some(shape)
}

/// The middle value of each coordinate.
pub(super) fn median(shapes: &[Shape]) -> Option<Shape> {
    let middle = |k: usize, axis: usize| {
        let mut values: Vec<f64> = shapes.iter().map(|s| s[k][axis]).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    (!shapes.is_empty()).then(|| std::array::from_fn(|k| [middle(k, 0), middle(k, 1)]))
}

/// Greatest way between two landmarks of the same name.
pub(super) fn distance(a: &Shape, b: &Shape) -> f64 {
    a.iter().zip(b).map(|(p, q)| (p[0] - q[0]).hypot(p[1] - q[1])).fold(0.0, f64::max)
}

/// What the landmarks say of the third dimension.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Relief {
    /// The nose's way against the plane, seen from afar: along the eye line (to the right of the picture) and across it
    /// (down), over the eye distance of the face if it looked ahead.
    pub affine: [f64; 2],
    /// The same with perspective.
    pub planar: [f64; 2],
    /// How much narrower the face has become against its height: below 1 turned to a side, above 1 up or down.
    pub squeeze: f64,
}

impl Relief {
    /// Compares a face with its neutral shape; `None` when no plane fits.
    pub(super) fn between(neutral: &Shape, face: &Detection) -> Option<Self> {
        let seen = face.landmarks.map(|p| p.map(f64::from));
        let (from, to) = (OUTER.map(|k| neutral[k]), OUTER.map(|k| seen[k]));
        let affine = Warp::affine(&from, &to)?;
        let (wide, high) = (length(&affine, 0), length(&affine, 1));
        // Of width and height the one that didn't shrink tells how large the face is.
        let size = wide.max(high);
        let eyes = [seen[1][0] - seen[0][0], seen[1][1] - seen[0][1]];
        let apart = eyes[0].hypot(eyes[1]);
        let along = eyes.map(|v| v / apart);
        let way = |plane: &Warp| {
            let expected = plane.apply(neutral[NOSE]);
            let [x, y] = [seen[NOSE][0] - expected[0], seen[NOSE][1] - expected[1]];
            [(x * along[0] + y * along[1]) / size, (y * along[0] - x * along[1]) / size]
        };
        let found =
            Self { affine: way(&affine), planar: way(&Warp::through(&from, &to)?), squeeze: wide / high };
        let numbers = [found.affine[0], found.affine[1], found.planar[0], found.planar[1], found.squeeze];
        numbers.iter().all(|v| v.is_finite()).then_some(found)
    }

    /// The smaller of the two ways along an axis (0 along the eyes, 1 across), 0 when they disagree about the side.
    pub fn along(&self, axis: usize) -> f64 {
        let (a, b) = (self.affine[axis], self.planar[axis]);
        if a * b <= 0.0 { 0.0 } else { a.signum() * a.abs().min(b.abs()) }
    }
}

/// Length of what a unit of an axis becomes.
fn length(warp: &Warp, axis: usize) -> f64 {
    warp.0[0][axis].hypot(warp.0[1][axis])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Eyes, nose and mouth corners of a mean face, the nose 0.54 before their plane.
    pub(crate) const FACE: [[f64; 3]; 5] =
        [[-0.5, 0.0, 0.0], [0.5, 0.0, 0.0], [0.0, 0.52, 0.54], [-0.38, 1.1, 0.0], [0.38, 1.1, 0.0]];

    /// A face turned (degrees) and seen from `distance` eye distances, with 45 pixels between the eyes.
    fn seen(points: &[[f64; 3]; 5], yaw: f64, pitch: f64, roll: f64, distance: f64) -> Detection {
        let (sy, cy) = yaw.to_radians().sin_cos();
        let (sp, cp) = pitch.to_radians().sin_cos();
        let (sr, cr) = roll.to_radians().sin_cos();
        let landmarks = points.map(|[x, y, z]| {
            let (x, z) = (x * cy + z * sy, z * cy - x * sy);
            let (y, z) = (y * cp - z * sp, z * cp + y * sp);
            let (x, y) = (x * cr - y * sr, x * sr + y * cr);
            let scale = 45.0 * distance / (distance - z);
            [(160.0 + x * scale) as f32, (100.0 + y * scale) as f32]
        });
        Detection { bbox: [110.0, 60.0, 100.0, 130.0], score: 0.9, landmarks }
    }

    fn turned(yaw: f64, pitch: f64) -> Relief {
        let neutral = shape(&seen(&FACE, 0.0, 0.0, 0.0, 8.0)).unwrap();
        Relief::between(&neutral, &seen(&FACE, yaw, pitch, 5.0, 8.0)).unwrap()
    }

    #[test]
    fn a_turning_head_moves_its_nose_against_the_plane_in_the_direction_of_the_turn() {
        assert!(turned(25.0, 0.0).along(0) > 0.18 && turned(25.0, 0.0).along(1).abs() < 0.05);
        assert!(turned(-25.0, 0.0).along(0) < -0.18);
        assert!(turned(0.0, 25.0).along(1) < -0.15 && turned(0.0, 25.0).along(0).abs() < 0.05);
        assert!(turned(0.0, -25.0).along(1) > 0.15);
        assert!(turned(30.0, 0.0).squeeze < 0.95 && turned(0.0, 30.0).squeeze > 1.05);
    }

    #[test]
    fn landmarks_without_a_shape_are_refused() {
        for value in [0.0, f32::NAN, f32::INFINITY] {
            let odd = Detection { bbox: [0.0; 4], score: 0.9, landmarks: [[value; 2]; 5] };
            assert_eq!(shape(&odd), None);
            let neutral = shape(&seen(&FACE, 0.0, 0.0, 0.0, 8.0)).unwrap();
            assert_eq!(Relief::between(&neutral, &odd), None);
        }
    }

    #[test]
    fn the_median_leaves_out_a_stray_shape() {
        let usual = shape(&seen(&FACE, 0.0, 0.0, 0.0, 8.0)).unwrap();
        let stray = shape(&seen(&FACE, 30.0, 10.0, 0.0, 8.0)).unwrap();
        assert_eq!(median(&[usual, stray, usual]), Some(usual));
        assert_eq!(median(&[]), None);
        assert!(distance(&usual, &stray) > 0.2 && distance(&usual, &usual) == 0.0);
    }

    proptest! {
        /// However a photo is turned, tilted and moved nearer, with perspective its nose stays in the plane.
        #[test]
        fn a_photo_stays_in_its_plane(
            yaw in -60.0..60.0f64, pitch in -60.0..60.0f64, roll in -40.0..40.0f64, near in 3.0..12.0f64,
            first in -20.0..20.0f64, nose in -0.1..0.1f64, low in 0.4..0.65f64,
        ) {
            let mut photo = FACE.map(|[x, y, _]| [x, y, 0.0]);
            (photo[2][0], photo[2][1]) = (nose, low);
            let neutral = shape(&seen(&photo, first, 0.0, 0.0, near)).unwrap();
            let relief = Relief::between(&neutral, &seen(&photo, yaw, pitch, roll, near)).unwrap();
            prop_assert!(relief.planar[0].abs() < 1e-3 && relief.planar[1].abs() < 1e-3, "{relief:?}");
            prop_assert!(relief.along(0).abs() < 1e-3 && relief.along(1).abs() < 1e-3);
        }
    }
}
