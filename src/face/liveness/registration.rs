//! Whether one view of a face is another view of it turned as a plane: a photo lays itself onto itself, a head doesn't.
//!
//! Inverse compositional Lucas-Kanade with a homography (Baker & Matthews, "Lucas-Kanade 20 Years On", IJCV 2004) over the
//! face from brows to mouth, on brightness normalised locally. What remains is judged by the normalised correlation.

use super::linear::solve;
use super::patch::{Level, Patch};
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
/// Step of the finite differences on the fine level, in eye distances.
const STEP: f64 = 0.03;
/// Most improvements of a start.
const ROUNDS: usize = 15;
/// Likeness at which no better place is looked for.
const ENOUGH: f64 = 0.98;
/// Part of the mean diagonal that is added to the normal equations, so that a plain face can't make them singular.
const DAMPING: f64 = 1e-3;

/// One view of a face, to be found again in others.
#[derive(Clone, Debug)]
pub(super) struct Template {
    points: Vec<Point>,
    fine: Surroundings,
    coarse: Surroundings,
    neutral: Shape,
}

/// A template at one level.
#[derive(Clone, Debug)]
struct Surroundings {
    level: Level,
    /// The mean taken off.
    values: Vec<f64>,
    /// How each value changes with the eight numbers of a homography, the mean taken off.
    slopes: Vec<[f64; 8]>,
    normal: [[f64; 8]; 8],
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
        let at = |k: usize| 2.0 * k as f64 / (GRID - 1) as f64 - 1.0;
        let grid =
            (0..GRID * GRID).map(|k| (at(k % GRID), at(k / GRID))).filter(|(x, y)| x * x + y * y < 1.0);
        let points: Vec<Point> =
            grid.map(|(x, y)| [x * WIDE, LOW + y * HIGH]).filter(|p| within(*p)).collect();
        let [a, b, ..] = face.landmarks.map(|p| p.map(f64::from));
        let (origin, eyes) = ([a[0].midpoint(b[0]), a[1].midpoint(b[1])], [b[0] - a[0], b[1] - a[1]]);
        let frame =
            |x: f64, y: f64| [origin[0] + x * eyes[0] - y * eyes[1], origin[1] + x * eyes[1] + y * eyes[0]];
        let at_level = |level| Surroundings::new(level, &points, |x, y| patch.at(level, frame(x, y)));
        let (fine, coarse) = (at_level(Level::Fine), at_level(Level::Coarse));
        Self { points, fine, coarse, neutral }
    }

    /// Where its points lie, in face coordinates.
    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Their values, the mean taken off.
    pub(super) fn values(&self, level: Level) -> &[f64] {
        if level == Level::Fine { &self.fine.values } else { &self.coarse.values }
    }

    /// Finds the face in another view, from where it was before (`last`) and from where its landmarks are; the best.
    /// `None` when the landmarks are no face's.
    pub(super) fn find(&self, patch: &Patch, face: &Detection, last: Option<Warp>) -> Option<Registration> {
        const OUTER: [usize; 4] = [0, 1, 3, 4];
        let seen = face.landmarks.map(|p| p.map(f64::from));
        let (from, to) = (OUTER.map(|k| self.neutral[k]), OUTER.map(|k| seen[k]));
        let starts = [last, Warp::through(&from, &to), Warp::affine(&from, &to)];
        let mut best: Option<Registration> = None;
        for start in starts.into_iter().flatten() {
            if best.is_some_and(|b| b.alike >= ENOUGH) {
                break;
            }
            let near = self.follow(&self.coarse, patch, start).warp;
            for start in [near, start] {
                let found = self.follow(&self.fine, patch, start);
                best = best.filter(|b| b.alike >= found.alike).or(Some(found));
            }
        }
        best
    }

    fn follow(&self, own: &Surroundings, patch: &Patch, start: Warp) -> Registration {
        let mut best = Registration { warp: start, alike: -1.0 };
        let mut warp = start;
        let square: f64 = own.values.iter().map(|v| v * v).sum();
        let mut poor = 0;
        for _ in 0..ROUNDS {
            let mut values: Vec<f64> =
                self.points.iter().map(|p| patch.at(own.level, warp.apply(*p))).collect();
            centre(&mut values);
            let (mut both, mut other) = (0.0, 0.0);
            for (v, t) in values.iter().zip(&own.values) {
                both += v * t;
                other += v * v;
            }
            let alike = both / (square * other).sqrt().max(f64::MIN_POSITIVE);
            if alike > best.alike + 1e-3 {
                (best, poor) = (Registration { warp, alike }, 0);
            } else {
                poor += 1;
            }
            if poor == 3 || other <= f64::MIN_POSITIVE {
                break;
            }
            let Some(undo) = own.change(&values, both / other).inverse() else { break };
            warp = warp.after(&undo);
            if !warp.0.iter().flatten().all(|v| v.is_finite()) {
                break;
            }
        }
        best
    }
}

impl Surroundings {
    fn new(level: Level, points: &[Point], seen: impl Fn(f64, f64) -> f64) -> Self {
        let mut values: Vec<f64> = points.iter().map(|[x, y]| seen(*x, *y)).collect();
        centre(&mut values);
        let step = if level == Level::Fine { STEP } else { 2.0 * STEP };
        let slope = |&[x, y]: &Point| {
            let right = (seen(x + step, y) - seen(x - step, y)) / (2.0 * step);
            let down = (seen(x, y + step) - seen(x, y - step)) / (2.0 * step);
            let inward = -(right * x + down * y);
            [right * x, right * y, right, down * x, down * y, down, inward * x, inward * y]
        };
        let mut slopes: Vec<[f64; 8]> = points.iter().map(slope).collect();
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
        Self { level, values, slopes, normal }
    }

    /// The homography by which the template would have to move to look like `values`, which `gain` brings to its contrast;
    /// none to speak of when the template is plain.
    fn change(&self, values: &[f64], gain: f64) -> Warp {
        let mut right = [0.0; 8];
        for ((v, t), slope) in values.iter().zip(&self.values).zip(&self.slopes) {
            let error = gain * v - t;
            right.iter_mut().zip(slope).for_each(|(sum, s)| *sum += error * s);
        }
        let [a, b, c, d, e, f, g, h] = solve(self.normal, right).unwrap_or_default();
        Warp([[1.0 + a, b, c], [d, 1.0 + e, f], [g, h, 1.0]])
    }
}

/// Takes the mean off.
fn centre(values: &mut [f64]) {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|v| *v -= mean);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::Frame;
    use crate::face::closeup::{Closeup, SIDE};
    use crate::face::liveness::relief::shape;

    /// A face of 40 pixels between the eyes on some texture, seen through `warp` (close-up pixels).
    fn view(warp: impl Fn(Point) -> Point) -> (Patch, Detection) {
        let texture = |[x, y]: Point| {
            120.0 + 45.0 * (x / 5.0 + (y / 9.0).sin() * 2.0).sin() + 45.0 * (y / 6.0 + x / 19.0).cos()
        };
        // The picture at a pixel shows the texture where `warp` came from: found by a few fixed-point steps.
        let back = |p: Point| {
            (0..40).fold(p, |q, _| {
                let [x, y] = warp(q);
                [q[0] + 0.7 * (p[0] - x), q[1] + 0.7 * (p[1] - y)]
            })
        };
        let frame = Frame::from_fn(SIDE, SIDE, |x, y| [texture(back([f64::from(x), f64::from(y)])) as u8; 3]);
        let landmarks = [[60.0, 60.0], [100.0, 60.0], [80.0, 82.0], [65.0, 104.0], [95.0, 104.0]];
        let landmarks = landmarks.map(|p| warp(p).map(|v| v as f32));
        let face = Detection { bbox: [40.0, 30.0, 80.0, 100.0], score: 0.9, landmarks };
        (Patch::new(Closeup { origin: [0.0, 0.0], scale: 1.0 }, &frame), face)
    }

    fn found(warp: impl Fn(Point) -> Point) -> f64 {
        let (patch, face) = view(|p| p);
        let template = Template::new(&patch, &face, shape(&face).unwrap(), |_| true);
        let (patch, face) = view(warp);
        template.find(&patch, &face, None).unwrap().alike
    }

    #[test]
    fn a_plane_turned_askew_is_found_as_itself() {
        // Turned to a side, with perspective.
        let turned = |[x, y]: Point| {
            let (x, y) = (x - 80.0, y - 80.0);
            let near = 1.0 + 0.002 * x;
            [80.0 + 0.8 * x / near, 80.0 + (y + 0.1 * x) / near]
        };
        assert!(found(turned) > 0.97, "{}", found(turned));
        assert!(found(|p| p) > 0.999);
    }

    #[test]
    fn what_stands_out_is_not_found() {
        // A bump in the middle moves aside as a nose does.
        let bumped = |[x, y]: Point| {
            let bump = (-((x - 80.0).powi(2) + (y - 82.0).powi(2)) / 500.0).exp();
            [x + 16.0 * bump, y]
        };
        assert!(found(bumped) < 0.9, "{}", found(bumped));
    }

    #[test]
    fn a_plain_face_is_like_nothing() {
        let (patch, face) = view(|p| p);
        let plain = Patch::new(
            Closeup { origin: [0.0, 0.0], scale: 1.0 },
            &Frame::from_fn(SIDE, SIDE, |_, _| [128; 3]),
        );
        for (one, other) in [(&plain, &patch), (&patch, &plain)] {
            let template = Template::new(one, &face, shape(&face).unwrap(), |_| true);
            assert!(template.find(other, &face, None).unwrap().alike.abs() < 0.1);
        }
    }
}
