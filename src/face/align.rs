//! Alignment: a face is turned, scaled and moved so that its landmarks fall on the template the embedder was trained on.

use super::frame::Frame;
use crate::nn::sface::SIDE;

/// Where the five landmarks belong in the 112x112 crop: the ArcFace template that SFace was trained with.
pub const TEMPLATE: [[f32; 2]; 5] =
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];

/// A similarity: (x, y) ↦ (a·x − b·y + tx, b·x + a·y + ty).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    a: f64,
    b: f64,
    tx: f64,
    ty: f64,
}

impl Similarity {
    /// The similarity that brings `from` closest to `to` in the least squares sense (Umeyama, 1991); `None` when all
    /// points of `from` coincide or a coordinate is not finite.
    pub fn between(from: &[[f32; 2]; 5], to: &[[f32; 2]; 5]) -> Option<Self> {
        let mean =
            |points: &[[f32; 2]; 5], k: usize| points.iter().map(|p| f64::from(p[k])).sum::<f64>() / 5.0;
        let (fx, fy, gx, gy) = (mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1));
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.iter().zip(to) {
            let (px, py) = (f64::from(p[0]) - fx, f64::from(p[1]) - fy);
            let (qx, qy) = (f64::from(q[0]) - gx, f64::from(q[1]) - gy);
            dot += px * qx + py * qy;
            cross += px * qy - py * qx;
            spread += px * px + py * py;
        }
        // In the plane Umeyama's solution, kept free of reflections, is this closed form.
        let (a, b) = (dot / spread, cross / spread);
        let found = Self { a, b, tx: gx - a * fx + b * fy, ty: gy - b * fx - a * fy };
        let usable = spread > 1e-6 && found.scale() > 1e-6 && found.tx.is_finite() && found.ty.is_finite();
        usable.then_some(found)
    }

    /// The point that (x, y) is brought to.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty)
    }

    /// How much longer a line becomes.
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    /// The similarity that undoes this one.
    fn inverse(&self) -> Self {
        let square = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / square, -self.b / square);
        Self { a, b, tx: b * self.ty - a * self.tx, ty: -b * self.tx - a * self.ty }
    }
}

/// The face with these landmarks, laid on [`TEMPLATE`]: a 112x112 frame. What lies outside `frame` is black, and so is
/// everything when the landmarks coincide.
pub fn aligned(frame: &Frame, landmarks: &[[f32; 2]; 5]) -> Frame {
    let mut crop = Frame::from_fn(SIDE as u32, SIDE as u32, |_, _| [0; 3]);
    align_into(frame, landmarks, &mut crop);
    crop
}

/// [`aligned`] into a frame that is there already.
pub(super) fn align_into(frame: &Frame, landmarks: &[[f32; 2]; 5], crop: &mut Frame) {
    let side = SIDE as u32;
    let Some(to_crop) = Similarity::between(landmarks, &TEMPLATE) else {
        return crop.refill(side, side, |_, _| [0; 3]);
    };
    let back = to_crop.inverse();
    // A crop pixel that covers several frame pixels is the mean of as many samples, else fine detail would alias.
    let samples = (back.scale().round() as u32).clamp(1, 8);
    let offset = |k: u32| (f64::from(k) + 0.5) / f64::from(samples) - 0.5;
    crop.refill(side, side, |x, y| {
        let mut sum = [0.0; 3];
        for i in 0..samples {
            for j in 0..samples {
                let (u, v) = back.apply(f64::from(x) + offset(i), f64::from(y) + offset(j));
                let value = bilinear(frame, u, v);
                sum.iter_mut().zip(value).for_each(|(s, v)| *s += v);
            }
        }
        sum.map(|s| (s / f64::from(samples * samples)).round() as u8)
    });
}

/// The frame at a point between pixels; black outside.
pub(super) fn bilinear(frame: &Frame, u: f64, v: f64) -> [f64; 3] {
    let (left, top) = (u.floor(), v.floor());
    let (right_share, bottom_share) = (u - left, v - top);
    let inside = |from: f64, side: u32| from >= 0.0 && from + 1.0 < f64::from(side);
    if inside(left, frame.width()) && inside(top, frame.height()) {
        // Nearly every point: four pixels that are all there, two of a row side by side.
        let row = 3 * frame.width() as usize;
        let at = top as usize * row + 3 * left as usize;
        let (above, below) = (&frame.rgb()[at..][..6], &frame.rgb()[at + row..][..6]);
        let (left_share, top_share) = (1.0 - right_share, 1.0 - bottom_share);
        return std::array::from_fn(|k| {
            left_share * top_share * f64::from(above[k])
                + right_share * top_share * f64::from(above[k + 3])
                + left_share * bottom_share * f64::from(below[k])
                + right_share * bottom_share * f64::from(below[k + 3])
        });
    }
    let mut sum = [0.0; 3];
    for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let (x, y) = (left + dx, top + dy);
        if x < 0.0 || y < 0.0 || x >= f64::from(frame.width()) || y >= f64::from(frame.height()) {
            continue;
        }
        let across = if dx > 0.0 { right_share } else { 1.0 - right_share };
        let down = if dy > 0.0 { bottom_share } else { 1.0 - bottom_share };
        let pixel = frame.pixel(x as u32, y as u32);
        sum.iter_mut().zip(pixel).for_each(|(s, p)| *s += across * down * f64::from(p));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(turn: f64, scale: f64, tx: f64, ty: f64) -> [[f32; 2]; 5] {
        let (a, b) = (scale * turn.cos(), scale * turn.sin());
        let similarity = Similarity { a, b, tx, ty };
        TEMPLATE.map(|[x, y]| {
            let (x, y) = similarity.apply(f64::from(x), f64::from(y));
            [x as f32, y as f32]
        })
    }

    #[test]
    fn finds_the_similarity_and_its_inverse() {
        for (turn, scale) in [(0.0, 1.0), (0.4, 2.5), (-2.0, 0.3)] {
            let found = Similarity::between(&moved(turn, scale, 30.0, -7.0), &TEMPLATE).unwrap();
            assert!((found.scale() * scale - 1.0).abs() < 1e-5);
            let (x, y) = found.apply(12.0, 34.0);
            let (x, y) = found.inverse().apply(x, y);
            assert!((x - 12.0).abs() < 1e-9 && (y - 34.0).abs() < 1e-9);
        }
    }

    /// The closed form is the least squares solution: no small change does better.
    #[test]
    fn no_neighbour_fits_better() {
        let from = [[30.0, 52.0], [75.0, 47.0], [50.0, 75.0], [40.0, 90.0], [69.0, 95.0]];
        let error = |s: &Similarity| -> f64 {
            let squares = from.iter().zip(&TEMPLATE).map(|(p, q)| {
                let (x, y) = s.apply(f64::from(p[0]), f64::from(p[1]));
                (x - f64::from(q[0])).powi(2) + (y - f64::from(q[1])).powi(2)
            });
            squares.sum()
        };
        let best = Similarity::between(&from, &TEMPLATE).unwrap();
        for step in [1e-4, -1e-4] {
            assert!(error(&Similarity { a: best.a + step, ..best }) > error(&best));
            assert!(error(&Similarity { b: best.b + step, ..best }) > error(&best));
            assert!(error(&Similarity { tx: best.tx + step, ..best }) > error(&best));
            assert!(error(&Similarity { ty: best.ty + step, ..best }) > error(&best));
        }
    }

    #[test]
    fn landmarks_without_a_similarity_give_black() {
        let frame = Frame::from_fn(20, 20, |_, _| [255; 3]);
        for landmarks in [[[5.0, 5.0]; 5], [[f32::NAN, 0.0]; 5], [[f32::INFINITY, 1.0]; 5]] {
            let crop = aligned(&frame, &landmarks);
            assert!(crop.rgb().iter().all(|v| *v == 0));
        }
    }

    #[test]
    fn a_face_already_in_place_is_unchanged() {
        let side = SIDE as u32;
        let frame = Frame::from_fn(side, side, |x, y| [(x * 2) as u8, (y * 2) as u8, (x + y) as u8]);
        let crop = aligned(&frame, &TEMPLATE);
        let inside = |v: u32| (1..side - 1).contains(&v);
        let same = |x, y| crop.pixel(x, y) == frame.pixel(x, y);
        assert!((0..side).all(|y| (0..side).all(|x| !inside(x) || !inside(y) || same(x, y))));
    }

    /// Between pixels, on them, at the border and beyond it, as the definition says.
    #[test]
    fn bilinear_everywhere() {
        let frame = Frame::from_fn(5, 4, |x, y| [x as u8 * 50, y as u8 * 60, (x * y) as u8 * 20]);
        let pixel = |x: f64, y: f64| {
            let there = (0.0..5.0).contains(&x) && (0.0..4.0).contains(&y);
            if there { frame.pixel(x as u32, y as u32).map(f64::from) } else { [0.0; 3] }
        };
        for (i, j) in (-8..30).flat_map(|i| (-8..25).map(move |j| (i, j))) {
            let (u, v) = (f64::from(i) / 5.0, f64::from(j) / 5.0);
            let found = bilinear(&frame, u, v);
            for (k, found) in found.into_iter().enumerate() {
                let tent = |x: f64, y: f64| {
                    pixel(x, y)[k] * (1.0 - (u - x).abs()).max(0.0) * (1.0 - (v - y).abs()).max(0.0)
                };
                let expected: f64 = (-3..8)
                    .flat_map(|x| (-3..8).map(move |y| (x, y)))
                    .map(|(x, y)| tent(x.into(), y.into()))
                    .sum();
                assert!((found - expected).abs() < 1e-9, "{u} {v}: {found} {expected}");
            }
        }
    }

    #[test]
    fn outside_the_frame_is_black() {
        let frame = Frame::from_fn(20, 20, |_, _| [255; 3]);
        let crop = aligned(&frame, &moved(0.0, 0.1, 0.0, 0.0));
        assert_eq!(crop.width(), SIDE as u32);
        let far = aligned(&frame, &moved(0.0, 1.0, 1000.0, 1000.0));
        assert!(far.rgb().iter().all(|v| *v == 0));
    }
}
