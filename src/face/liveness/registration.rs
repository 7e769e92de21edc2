//! Whether one view of a face is another view of it turned as a plane: a photo lays itself onto itself, a head doesn't.
//!
//! Inverse compositional Lucas-Kanade with a homography (Baker & Matthews, "Lucas-Kanade 20 Years On", IJCV 2004) over the
//! face from brows to mouth, on brightness normalised locally. What remains is judged by the normalised correlation.

use super::linear::solve;
use super::patch::Patch;
use super::relief::Shape;
use super::warp::{Point, Warp};
use crate::face::Detection;

/// Points a side of the grid over the face.
const GRID: usize = 44;
/// Half the width of the ellipse that is compared, in eye distances: inside the outline of a face turned away a little.
const WIDE: f64 = 0.85;
/// Half its height, and how far below the eyes its middle lies.
const HIGH: f64 = 0.95;
/// See [`HIGH`].
const LOW: f64 = 0.5;
/// Step of the finite differences, in eye distances.
const STEP: f64 = 0.03;
/// Most improvements of a start.
const ROUNDS: usize = 20;
/// Part of the mean diagonal that is added to the normal equations, so that a plain face can't make them singular.
const DAMPING: f64 = 1e-3;

/// One view of a face, to be found again in others.
#[derive(Clone, Debug)]
pub(super) struct Template {
    points: Vec<Point>,
    values: Vec<f64>,
    /// How each value changes with the eight numbers of a homography, the mean taken off.
    slopes: Vec<[f64; 8]>,
    normal: [[f64; 8]; 8],
    neutral: Shape,
}

/// A template found in another view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Registration {
    /// From face coordinates to frame pixels.
    pub(super) warp: Warp,
    /// Normalised correlation, −1..1; 1 for the same plane.
    pub(super) alike: f64,
}

impl Template {
    /// The face with these landmarks, whose shape is `neutral`: those of its points that lie `within`.
    pub(super) fn new(patch: &Patch, face: &Detection, neutral: Shape, within: fn(Point) -> bool) -> Self {
        let [a, b, ..] = face.landmarks.map(|p| p.map(f64::from));
        let (origin, eyes) = ([a[0].midpoint(b[0]), a[1].midpoint(b[1])], [b[0] - a[0], b[1] - a[1]]);
        let seen = |x: f64, y: f64| {
            patch.at([origin[0] + x * eyes[0] - y * eyes[1], origin[1] + x * eyes[1] + y * eyes[0]])
        };
        let at = |k: usize| 2.0 * k as f64 / (GRID - 1) as f64 - 1.0;
        let grid = (0..GRID * GRID).map(|k| (at(k % GRID), at(k / GRID)));
        let points: Vec<Point> = grid
            .filter(|(x, y)| x * x + y * y < 1.0)
            .map(|(x, y)| [x * WIDE, LOW + y * HIGH])
            .filter(|p| within(*p))
            .collect();
        let mut values: Vec<f64> = points.iter().map(|[x, y]| seen(*x, *y)).collect();
        centre(&mut values);
        let mut slopes: Vec<[f64; 8]> = points
            .iter()
            .map(|&[x, y]| {
                let right = (seen(x + STEP, y) - seen(x - STEP, y)) / (2.0 * STEP);
                let down = (seen(x, y + STEP) - seen(x, y - STEP)) / (2.0 * STEP);
                let inward = -(right * x + down * y);
                [right * x, right * y, right, down * x, down * y, down, inward * x, inward * y]
            })
            .collect();
        for k in 0..8 {
            let mean = slopes.iter().map(|s| s[k]).sum::<f64>() / slopes.len() as f64;
            slopes.iter_mut().for_each(|s| s[k] -= mean);
        }
        let mut normal = [[0.0; 8]; 8];
        for slope in &slopes {
            for (i, row) in normal.iter_mut().enumerate() {
                row.iter_mut().zip(slope).for_each(|(sum, s)| *sum += slope[i] * s);
            }
        }
        let damping = DAMPING * (0..8).map(|k| normal[k][k]).sum::<f64>() / 8.0;
        (0..8).for_each(|k| normal[k][k] += damping);
        Self { points, values, slopes, normal, neutral }
    }

    /// Finds the face in another view, from where its landmarks are and from where it was before (`last`); the better.
    /// `None` when the landmarks are no face's.
    pub(super) fn find(&self, patch: &Patch, face: &Detection, last: Option<Warp>) -> Option<Registration> {
        const OUTER: [usize; 4] = [0, 1, 3, 4];
        let seen = face.landmarks.map(|p| p.map(f64::from));
        let (from, to) = (OUTER.map(|k| self.neutral[k]), OUTER.map(|k| seen[k]));
        let starts = [Warp::affine(&from, &to), Warp::through(&from, &to), last];
        let found = starts.into_iter().flatten().map(|start| self.follow(patch, start));
        found.max_by(|a, b| a.alike.total_cmp(&b.alike))
    }

    fn follow(&self, patch: &Patch, start: Warp) -> Registration {
        let mut best = Registration { warp: start, alike: -1.0 };
        let mut warp = start;
        let own: f64 = self.values.iter().map(|v| v * v).sum();
        let mut poor = 0;
        for _ in 0..ROUNDS {
            let mut values: Vec<f64> = self.points.iter().map(|p| patch.at(warp.apply(*p))).collect();
            centre(&mut values);
            let (mut both, mut other) = (0.0, 0.0);
            for (v, t) in values.iter().zip(&self.values) {
                both += v * t;
                other += v * v;
            }
            let alike = both / (own * other).sqrt().max(f64::MIN_POSITIVE);
            if alike > best.alike + 1e-4 {
                (best, poor) = (Registration { warp, alike }, 0);
            } else {
                poor += 1;
            }
            if poor == 4 || other <= f64::MIN_POSITIVE {
                break;
            }
            let gain = both / other;
            let mut right = [0.0; 8];
            for ((v, t), slope) in values.iter().zip(&self.values).zip(&self.slopes) {
                let error = gain * v - t;
                right.iter_mut().zip(slope).for_each(|(sum, s)| *sum += error * s);
            }
            let Some([a, b, c, d, e, f, g, h]) = solve(self.normal, right) else { break };
            let change = Warp([[1.0 + a, b, c], [d, 1.0 + e, f], [g, h, 1.0]]);
            let Some(undo) = change.inverse() else { break };
            warp = warp.after(&undo);
            if !warp.0.iter().flatten().all(|v| v.is_finite()) {
                break;
            }
        }
        best
    }
}

/// Takes the mean off.
fn centre(values: &mut [f64]) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|v| *v -= mean);
}
