//! How a plane in space looks from two places: plane to plane, by a homography.

use super::linear::solve;

/// A point of a picture or of a face.
pub(super) type Point = [f64; 2];

/// A homography (Hartley & Zisserman, "Multiple View Geometry", 2004, chapter 2): rows of the 3x3 matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Warp(pub(super) [[f64; 3]; 3]);

impl Warp {
    /// Where a point goes; not finite on the line that goes to infinity.
    pub(super) fn apply(&self, [x, y]: Point) -> Point {
        let [u, v, w] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        [u / w, v / w]
    }

    /// The affine map that brings four points closest to four others (least squares).
    pub(super) fn affine(from: &[Point; 4], to: &[Point; 4]) -> Option<Self> {
        let mut normal = [[0.0; 3]; 3];
        let mut right = [[0.0; 3]; 2];
        for (p, q) in from.iter().zip(to) {
            let basis = [p[0], p[1], 1.0];
            for (i, a) in basis.iter().enumerate() {
                for (j, b) in basis.iter().enumerate() {
                    normal[i][j] += a * b;
                }
                right[0][i] += a * q[0];
                right[1][i] += a * q[1];
            }
        }
        Some(Self([solve(normal, right[0])?, solve(normal, right[1])?, [0.0, 0.0, 1.0]]))
    }

    /// The homography that brings four points onto four others; `None` when three of them are in line.
    pub(super) fn through(from: &[Point; 4], to: &[Point; 4]) -> Option<Self> {
        let mut matrix = [[0.0; 8]; 8];
        let mut right = [0.0; 8];
        for (k, ([x, y], [u, v])) in from.iter().zip(to).enumerate() {
            matrix[2 * k] = [*x, *y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y];
            matrix[2 * k + 1] = [0.0, 0.0, 0.0, *x, *y, 1.0, -v * x, -v * y];
            (right[2 * k], right[2 * k + 1]) = (*u, *v);
        }
        let [a, b, c, d, e, f, g, h] = solve(matrix, right)?;
        Some(Self([[a, b, c], [d, e, f], [g, h, 1.0]]))
    }

    /// How much shorter than long it makes a small circle around a point: 1 for a plane that faces the camera, about the
    /// cosine of the angle for one that is turned.
    pub(super) fn foreshortening(&self, [x, y]: Point) -> f64 {
        let [u, v, w] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        let [[a, b], [c, d]] = [(0, u), (1, v)]
            .map(|(k, n)| [0, 1].map(|axis| (self.0[k][axis] * w - n * self.0[2][axis]) / (w * w)));
        // Singular values of the derivative.
        let (sum, difference) = ((a + d).hypot(c - b), (a - d).hypot(c + b));
        (sum - difference).abs() / (sum + difference)
    }

    /// First `inner`, then this.
    pub(super) fn after(&self, inner: &Self) -> Self {
        let entry = |row: &[f64; 3], j: usize| (0..3).map(|k| row[k] * inner.0[k][j]).sum();
        Self(self.0.map(|row| std::array::from_fn(|j| entry(&row, j))))
    }

    /// What undoes it, up to a factor; `None` when nothing does.
    pub(super) fn inverse(&self) -> Option<Self> {
        let column = |k: usize| solve(self.0, std::array::from_fn(|i| f64::from(u8::from(i == k))));
        let (a, b, c) = (column(0)?, column(1)?, column(2)?);
        Some(Self(std::array::from_fn(|i| [a[i], b[i], c[i]])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQUARE: [Point; 4] = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]];

    #[test]
    fn through_four_points_and_back() {
        let seen = [[10.0, 12.0], [31.0, 9.0], [11.0, 40.0], [28.0, 44.0]];
        let warp = Warp::through(&SQUARE, &seen).unwrap();
        let back = warp.inverse().unwrap();
        for (p, q) in SQUARE.iter().zip(&seen) {
            let (there, here) = (warp.apply(*p), back.apply(*q));
            assert!((there[0] - q[0]).abs() < 1e-9 && (there[1] - q[1]).abs() < 1e-9);
            assert!((here[0] - p[0]).abs() < 1e-9 && (here[1] - p[1]).abs() < 1e-9);
        }
        let middle = [0.3, 0.6];
        let again = back.after(&warp).apply(middle);
        assert!((again[0] - middle[0]).abs() < 1e-9 && (again[1] - middle[1]).abs() < 1e-9);
    }

    #[test]
    fn a_turned_plane_is_foreshortened() {
        let (sin, cos) = 40f64.to_radians().sin_cos();
        // Turned by 40 degrees about an upright axis, tilted, seen from 6 away.
        let seen = SQUARE.map(|[x, y]| {
            let (x, y) = (x - 0.5, y - 0.5);
            let near = 6.0 / (6.0 + x * sin);
            [80.0 + 40.0 * near * (0.8 * x * cos - 0.6 * y), 90.0 + 40.0 * near * (0.6 * x * cos + 0.8 * y)]
        });
        let warp = Warp::through(&SQUARE, &seen).unwrap();
        assert!((warp.foreshortening([0.5, 0.5]) - cos).abs() < 1e-6);
    }

    #[test]
    fn points_in_line_have_no_warp() {
        let line = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]];
        assert!(Warp::through(&line, &SQUARE).is_none());
        assert!(Warp::affine(&line, &SQUARE).is_none());
    }

    #[test]
    fn an_affine_map_is_found_exactly() {
        let to = SQUARE.map(|[x, y]| [3.0 * x - y + 5.0, 0.5 * x + 2.0 * y - 1.0]);
        let warp = Warp::affine(&SQUARE, &to).unwrap();
        assert!((warp.apply([0.2, 0.7])[0] - 4.9).abs() < 1e-9);
    }
}
