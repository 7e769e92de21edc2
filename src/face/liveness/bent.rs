//! Whether one view of a face is another view of it printed on bent or folded paper.
//!
//! Paper bends round one axis at a time. To first order what it adds to a plane is a depth that grows with the square of
//! the distance from that axis (a cylinder) or with the distance itself (a fold), and a pinhole camera sees that as three
//! more numbers beside the eight of a homography. They are found by Gauss and Newton from the best homography.

use super::linear::solve;
use super::patch::{Level, Patch};
use super::registration::{Registration, Template};
use super::warp::{Point, Warp};

/// Numbers of the map: eight of a homography, and three of the depth.
const NUMBERS: usize = 11;
/// Most improvements on a level.
const ROUNDS: usize = 12;
/// Step of the finite differences on the fine level, in eye distances.
const STEP: f64 = 0.03;
/// Part of the mean diagonal that is added to the normal equations.
const DAMPING: f64 = 1e-3;

/// The depths that paper can take over the face: bent round an upright axis, and folded along one.
const DEPTHS: [fn(Point) -> f64; 2] = [|[x, _]| x * x, |[x, _]| x.abs()];

/// The likeness of a template laid on a view as bent paper, −1..1; `plane` is where it was found as a plane.
pub(super) fn likeness(template: &Template, patch: &Patch, plane: &Registration) -> f64 {
    let start = numbers(&plane.warp);
    let best = DEPTHS.iter().flat_map(|depth| {
        let near = follow(template, patch, *depth, Level::Coarse, start).1;
        [near, start].map(|start| follow(template, patch, *depth, Level::Fine, start).0)
    });
    best.fold(plane.alike, f64::max)
}

/// A homography as such a map.
fn numbers(warp: &Warp) -> [f64; NUMBERS] {
    let [[a, b, c], [d, e, f], [g, h, _]] = warp.0.map(|row| row.map(|v| v / warp.0[2][2]));
    [a, b, c, 0.0, d, e, f, 0.0, g, h, 0.0]
}

/// From a start to the best map of one kind, and the likeness there.
fn follow(
    template: &Template,
    patch: &Patch,
    depth: fn(Point) -> f64,
    level: Level,
    start: [f64; NUMBERS],
) -> (f64, [f64; NUMBERS]) {
    let own = template.values(level);
    let square: f64 = own.iter().map(|v| v * v).sum();
    let mut best = (-1.0, start);
    let mut map = start;
    let mut poor = 0;
    let eyes = map[0].hypot(map[4]).max(1.0);
    let step = if level == Level::Fine { STEP } else { 2.0 * STEP } * eyes;
    for _ in 0..ROUNDS {
        let mut rows: Vec<(f64, [f64; NUMBERS])> = Vec::with_capacity(own.len());
        for &[x, y] in template.points() {
            let z = depth([x, y]);
            let w = map[8] * x + map[9] * y + 1.0 + map[10] * z;
            let u = (map[0] * x + map[1] * y + map[2] + map[3] * z) / w;
            let v = (map[4] * x + map[5] * y + map[6] + map[7] * z) / w;
            let at = |du: f64, dv: f64| patch.at(level, [u + du, v + dv]);
            let right = (at(step, 0.0) - at(-step, 0.0)) / (2.0 * step * w);
            let down = (at(0.0, step) - at(0.0, -step)) / (2.0 * step * w);
            let inward = -(right * u + down * v);
            let slope = [
                right * x,
                right * y,
                right,
                right * z,
                down * x,
                down * y,
                down,
                down * z,
                inward * x,
                inward * y,
                inward * z,
            ];
            rows.push((at(0.0, 0.0), slope));
        }
        let mean = rows.iter().map(|r| r.0).sum::<f64>() / rows.len() as f64;
        let (mut both, mut other) = (0.0, 0.0);
        for (row, t) in rows.iter_mut().zip(own) {
            row.0 -= mean;
            both += row.0 * t;
            other += row.0 * row.0;
        }
        let alike = both / (square * other).sqrt().max(f64::MIN_POSITIVE);
        if alike > best.0 + 1e-3 {
            (best, poor) = ((alike, map), 0);
        } else {
            poor += 1;
        }
        if poor == 3 || other <= f64::MIN_POSITIVE {
            break;
        }
        let gain = both / other;
        let mut normal = [[0.0; NUMBERS]; NUMBERS];
        let mut right = [0.0; NUMBERS];
        for ((value, slope), t) in rows.iter().zip(own) {
            let error = t - gain * value;
            for i in 0..NUMBERS {
                right[i] += gain * slope[i] * error;
                for j in 0..NUMBERS {
                    normal[i][j] += gain * gain * slope[i] * slope[j];
                }
            }
        }
        // The numbers have different units: each is damped in its own.
        (0..NUMBERS).for_each(|k| normal[k][k] *= 1.0 + DAMPING);
        let Some(change) = solve(normal, right) else { break };
        map.iter_mut().zip(change).for_each(|(m, c)| *m += c);
    }
    best
}
