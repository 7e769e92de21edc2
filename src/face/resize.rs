//! Making a picture smaller by averaging, so that fine detail doesn't turn into false edges, and larger by bilinear
//! interpolation.

/// What averaging needs for one pair of sizes, kept from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Shrink {
    sizes: ((usize, usize), (usize, usize)),
    rows: Vec<(usize, Vec<f32>)>,
    columns: Vec<(usize, Vec<f32>)>,
    line: Vec<f32>,
}

impl Shrink {
    /// Averages an RGB picture of `from` (width, height) down to `to`, which is no larger, into `out`.
    ///
    /// Each target pixel is the mean of the area it covers, pixels at the border counted by their covered share.
    pub(super) fn apply(&mut self, rgb: &[u8], from: (usize, usize), to: (usize, usize), out: &mut Vec<u8>) {
        if self.sizes != (from, to) {
            self.sizes = (from, to);
            (self.rows, self.columns) = (shares(from.1, to.1), shares(from.0, to.0));
            self.line.resize(from.0 * 3, 0.0);
        }
        out.clear();
        for (first, weights) in &self.rows {
            self.line.fill(0.0);
            for (weight, source) in weights.iter().zip(rgb[first * from.0 * 3..].chunks_exact(from.0 * 3)) {
                let sums = self.line.iter_mut().zip(source);
                sums.for_each(|(sum, value)| *sum += weight * f32::from(*value));
            }
            let pixels: &[[f32; 3]] = self.line.as_chunks().0;
            for (first, weights) in &self.columns {
                let mut mean = [0.5f32; 3];
                for (weight, pixel) in weights.iter().zip(&pixels[*first..]) {
                    for (m, value) in mean.iter_mut().zip(pixel) {
                        *m += weight * value;
                    }
                }
                out.extend(mean.map(|m| m as u8));
            }
        }
    }
}

/// Interpolates an RGB picture of `from` (width, height) up to `to`, which is no smaller; the border is repeated.
pub(super) fn enlarge(rgb: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
    let columns = neighbours(from.0, to.0);
    let mut out = Vec::with_capacity(to.0 * to.1 * 3);
    for (top, bottom, below) in neighbours(from.1, to.1) {
        let (upper, lower) = (&rgb[top * from.0 * 3..], &rgb[bottom * from.0 * 3..]);
        for &(left, right, beside) in &columns {
            for channel in 0..3 {
                let mix = |row: &[u8]| {
                    let (a, b) = (f32::from(row[left * 3 + channel]), f32::from(row[right * 3 + channel]));
                    a + (b - a) * beside
                };
                let (above, under) = (mix(upper), mix(lower));
                out.push((above + (under - above) * below).round() as u8);
            }
        }
    }
    out
}

/// For each target cell: the two source cells around its centre, and the share of the second.
fn neighbours(from: usize, to: usize) -> Vec<(usize, usize, f32)> {
    let last = from - 1;
    let place = |i: usize| {
        let centre = ((i as f64 + 0.5) * from as f64 / to as f64 - 0.5).clamp(0.0, last as f64);
        let first = centre as usize;
        (first, (first + 1).min(last), (centre - first as f64) as f32)
    };
    (0..to).map(place).collect()
}

/// For each target cell: its first source cell, and the shares of the source cells in it, which sum to 1.
fn shares(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let scale = from as f64 / to as f64;
    (0..to)
        .map(|i| {
            let (start, end) = (i as f64 * scale, (i + 1) as f64 * scale);
            let cells = start as usize..(end.ceil() as usize).min(from);
            let covered =
                |cell: usize| (end.min((cell + 1) as f64) - start.max(cell as f64)).max(0.0) / scale;
            (cells.start, cells.map(|cell| covered(cell) as f32).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shrink(rgb: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
        let (mut shrink, mut out) = (Shrink::default(), Vec::new());
        shrink.apply(rgb, (1, 1), (1, 1), &mut out);
        shrink.apply(rgb, from, to, &mut out);
        out
    }

    #[test]
    fn halving_averages_four_pixels() {
        let rgb: Vec<u8> = [10, 20, 30, 40, 50, 60, 70, 80].iter().flat_map(|v| [*v; 3]).collect();
        assert_eq!(shrink(&rgb, (4, 2), (2, 1)), [35, 35, 35, 55, 55, 55]);
    }

    #[test]
    fn a_flat_picture_stays_flat_at_any_ratio() {
        for to in [(1, 1), (7, 5), (13, 11), (16, 12)] {
            let out = shrink(&[200; 16 * 12 * 3], (16, 12), to);
            assert_eq!(out, vec![200; to.0 * to.1 * 3]);
        }
    }

    #[test]
    fn enlarging_keeps_flat_pictures_and_interpolates_between_centres() {
        assert_eq!(enlarge(&[90; 5 * 3 * 3], (5, 3), (12, 7)), vec![90; 12 * 7 * 3]);
        let rgb: Vec<u8> = [0, 100].iter().flat_map(|v| [*v; 3]).collect();
        let row: Vec<u8> = enlarge(&rgb, (2, 1), (4, 2)).into_iter().step_by(3).collect();
        assert_eq!(row, [0, 25, 75, 100, 0, 25, 75, 100]);
    }

    #[test]
    fn shares_sum_to_one() {
        for (from, to) in [(640, 320), (641, 320), (5, 3), (4096, 31)] {
            let shares = shares(from, to);
            assert!(shares.iter().all(|(first, s)| first + s.len() <= from));
            assert!(shares.iter().all(|(_, s)| (s.iter().sum::<f32>() - 1.0).abs() < 1e-5));
        }
    }
}
