//! The brightness of a face, freed of light: what registration compares.

use crate::face::closeup::{Closeup, SIDE};
use crate::face::frame::Frame;

/// Half the window over which brightness is normalised, in close-up pixels: a quarter of the eye distance.
const WINDOW: usize = 10;
/// Half the window of the coarse level's blur, which is applied twice.
const BLUR: usize = 3;
/// Contrast, in grey levels of 255, below which a place counts as plain rather than as noise made large.
const FLAT: f32 = 6.0;

/// A close-up's brightness with the local mean taken off and over the local deviation, so that a shadow, a reflection or
/// a brighter screen changes little.
#[derive(Clone, PartialEq)]
pub(in crate::face) struct Patch {
    place: Closeup,
    /// Fine and coarse: what is far from its place is found on the coarse one first.
    levels: [Vec<f32>; 2],
}

/// How finely a patch is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// As it is.
    Fine,
    /// Blurred over a sixth of the eye distance.
    Coarse,
}

impl std::fmt::Debug for Patch {
    /// Nothing of the face.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patch(redacted)")
    }
}

impl Drop for Patch {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.levels);
    }
}

impl Patch {
    /// From a close-up ([`SIDE`] pixels a side) that lies at `place`.
    pub(in crate::face) fn new(place: Closeup, closeup: &Frame) -> Self {
        let weigh =
            |[r, g, b]: &[u8; 3]| 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b);
        let luma: Vec<f32> = closeup.rgb().as_chunks().0.iter().map(weigh).collect();
        let smooth = mean(&luma, 1);
        let local = mean(&smooth, WINDOW);
        let mut values: Vec<f32> = smooth.iter().zip(&local).map(|(v, m)| v - m).collect();
        let squares: Vec<f32> = values.iter().map(|v| v * v).collect();
        let variance = mean(&squares, WINDOW);
        values.iter_mut().zip(&variance).for_each(|(v, s)| *v /= s.max(0.0).sqrt() + FLAT);
        let coarse = mean(&mean(&values, BLUR), BLUR);
        Self { place, levels: [values, coarse] }
    }

    /// The value at a point given in frame pixels; the border goes on beyond it.
    pub(super) fn at(&self, level: Level, [x, y]: [f64; 2]) -> f64 {
        let place = |v: f64, origin: f32| {
            let v = (v + 0.5 - f64::from(origin)) / f64::from(self.place.scale) - 0.5;
            // `max` and `min` also bring NaN inside.
            v.max(0.0).min((SIDE - 1) as f64 - 1e-3)
        };
        let (x, y) = (place(x, self.place.origin[0]), place(y, self.place.origin[1]));
        let (column, row) = (x as usize, y as usize);
        let (a, b) = (x - column as f64, y - row as f64);
        let values = &self.levels[usize::from(level == Level::Coarse)];
        let value = |dx: usize, dy: usize| f64::from(values[(row + dy) * SIDE as usize + column + dx]);
        (value(0, 0) * (1.0 - a) + value(1, 0) * a) * (1.0 - b)
            + (value(0, 1) * (1.0 - a) + value(1, 1) * a) * b
    }
}

/// The mean over the square of ±`radius` around each pixel; at the border over what there is.
fn mean(values: &[f32], radius: usize) -> Vec<f32> {
    let side = SIDE as usize;
    let rows: Vec<f32> =
        values.chunks_exact(side).flat_map(|row| sliding(row.iter().copied(), radius)).collect();
    let mut out = vec![0.0; values.len()];
    for x in 0..side {
        let column = sliding((0..side).map(|y| rows[y * side + x]), radius);
        column.iter().enumerate().for_each(|(y, v)| out[y * side + x] = *v);
    }
    out
}

/// The mean over ±`radius` along one line.
fn sliding(line: impl Iterator<Item = f32>, radius: usize) -> Vec<f32> {
    let mut sums = vec![0.0f64];
    for value in line {
        sums.push(sums[sums.len() - 1] + f64::from(value));
    }
    let length = sums.len() - 1;
    (0..length)
        .map(|i| {
            let (from, to) = (i.saturating_sub(radius), (i + radius + 1).min(length));
            ((sums[to] - sums[from]) / (to - from) as f64) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Closeup = Closeup { origin: [0.0, 0.0], scale: 1.0 };

    fn waves(light: f32, slope: f32) -> Patch {
        let frame = Frame::from_fn(SIDE, SIDE, |x, y| {
            let wave = (x as f32 / 4.0).sin() * (y as f32 / 5.0).cos();
            [((110.0 + 30.0 * wave + slope * x as f32 / SIDE as f32) * light) as u8; 3]
        });
        Patch::new(HERE, &frame)
    }

    #[test]
    fn light_changes_little() {
        let (one, other) = (waves(1.0, 0.0), waves(0.7, 60.0));
        let apart: f64 = (20..140)
            .map(|i| {
                (one.at(Level::Fine, [f64::from(i), 70.0]) - other.at(Level::Fine, [f64::from(i), 70.0]))
                    .abs()
            })
            .sum();
        assert!(apart / 120.0 < 0.1, "{apart}");
    }

    #[test]
    fn any_point_has_a_value() {
        let patch = waves(1.0, 0.0);
        for v in [-1e9, 0.0, 80.5, 1e9, f64::NAN, f64::INFINITY] {
            assert!(patch.at(Level::Coarse, [v, v]).is_finite());
        }
    }

    #[test]
    fn a_plain_face_is_plain() {
        let patch = Patch::new(HERE, &Frame::from_fn(SIDE, SIDE, |_, _| [128; 3]));
        assert_eq!(patch.at(Level::Fine, [80.0, 80.0]), 0.0);
    }
}
