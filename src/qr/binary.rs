//! A picture in black and white, and how many squares it has that look like the corner of a code.
//!
//! The decoder tries all corners with all others, on a copy of the picture each: a picture made of nothing but corners
//! would keep it busy for hours. Those that it will find are counted first, by its own conditions, in one pass.

/// The window that a pixel is compared with: so many to the longest side of the picture.
const WINDOWS: usize = 8;
/// Darker than this many hundredths of its surroundings is dark.
const DARK: u64 = 85;

/// Black and white.
pub(super) struct Binary {
    pub(super) width: usize,
    pub(super) height: usize,
    dark: Vec<bool>,
}

impl Binary {
    /// Each pixel against the mean of its surroundings, so that a shadow across the card does no harm.
    pub(super) fn of(width: usize, height: usize, grey: &[u8]) -> Self {
        // Sums of everything above and to the left of a corner between pixels.
        let stride = width + 1;
        let mut sums = vec![0u64; stride * (height + 1)];
        for y in 0..height {
            let mut row = 0;
            for x in 0..width {
                row += u64::from(grey[y * width + x]);
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
            }
        }
        let half = (width.max(height) / WINDOWS / 2).max(3);
        let mut dark = Vec::with_capacity(width * height);
        for y in 0..height {
            let (top, bottom) = (y.saturating_sub(half), (y + half + 1).min(height));
            for x in 0..width {
                let (left, right) = (x.saturating_sub(half), (x + half + 1).min(width));
                let at = |y: usize, x: usize| sums[y * stride + x];
                let sum = at(bottom, right) + at(top, left) - at(top, right) - at(bottom, left);
                let n = ((bottom - top) * (right - left)) as u64;
                dark.push(u64::from(grey[y * width + x]) * n * 100 < sum * DARK);
            }
        }
        Self { width, height, dark }
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.width + x]
    }

    /// The dark areas: for each pixel which one it belongs to, and how many pixels each has.
    fn areas(&self) -> (Vec<u32>, Vec<u32>) {
        fn root(parents: &mut [u32], mut at: u32) -> u32 {
            while parents[at as usize] != at {
                parents[at as usize] = parents[parents[at as usize] as usize];
                at = parents[at as usize];
            }
            at
        }
        // Area 0 is everything light.
        let mut parents: Vec<u32> = vec![0];
        let mut of = vec![0u32; self.dark.len()];
        for i in 0..self.dark.len() {
            if !self.dark[i] {
                continue;
            }
            let left = if i % self.width > 0 { of[i - 1] } else { 0 };
            let above = if i >= self.width { of[i - self.width] } else { 0 };
            of[i] = match (left, above) {
                (0, 0) => {
                    let new = parents.len() as u32;
                    parents.push(new);
                    new
                }
                (one, 0) | (0, one) => one,
                (a, b) => {
                    let (a, b) = (root(&mut parents, a), root(&mut parents, b));
                    parents[a.max(b) as usize] = a.min(b);
                    a.min(b)
                }
            };
        }
        let mut sizes = vec![0u32; parents.len()];
        for a in of.iter_mut().filter(|a| **a > 0) {
            *a = root(&mut parents, *a);
            sizes[*a as usize] += 1;
        }
        (of, sizes)
    }

    /// How many rings there are that, on some line, are crossed as 1:1:3:1:1 and whose middle has a size that fits.
    pub(super) fn corners(&self) -> usize {
        let (of, sizes) = self.areas();
        let mut rings: Vec<u32> = Vec::new();
        for row in of.chunks_exact(self.width.max(1)) {
            // The last five lengths, dark and light in turn.
            let (mut runs, mut seen, mut from) = ([0usize; 5], 0, 0);
            for x in 1..=row.len() {
                if x < row.len() && (row[x] > 0) == (row[x - 1] > 0) {
                    continue;
                }
                runs.rotate_left(1);
                runs[4] = x - from;
                (seen, from) = (seen + 1, x);
                if row[x - 1] == 0 || seen < 5 || !is_corner(&runs) {
                    continue;
                }
                let (ring, middle) = (row[x - 1], row[x - 1 - runs[4] - runs[3]]);
                let share = u64::from(sizes[middle as usize]) * 100 / u64::from(sizes[ring as usize]).max(1);
                if ring != middle && (10..=70).contains(&share) {
                    rings.push(ring);
                }
            }
        }
        rings.sort_unstable();
        rings.dedup();
        rings.len()
    }
}

/// Lengths near 1:1:3:1:1, as the decoder judges them.
fn is_corner(runs: &[usize; 5]) -> bool {
    let mean = (runs[0] + runs[1] + runs[3] + runs[4]) / 4;
    let off = mean * 3 / 4;
    [1, 1, 3, 1, 1]
        .iter()
        .zip(runs)
        .all(|(times, run)| (times * mean - off..=times * mean + off).contains(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qr::draw::Code;

    fn binary(side: usize, dark: impl Fn(usize, usize) -> bool) -> Binary {
        let dark = (0..side * side).map(|i| dark(i % side, i / side)).collect();
        Binary { width: side, height: side, dark }
    }

    #[test]
    fn a_code_has_three_corners() {
        let picture = image::load_from_memory(&Code::new("AIDCARD0").unwrap().png(&[])).unwrap().into_luma8();
        let (w, h) = (picture.width() as usize, picture.height() as usize);
        let b = Binary::of(w, h, picture.as_raw());
        assert_eq!(b.corners(), 3);
        assert_eq!(Binary::of(0, 0, &[]).corners(), 0);
        assert_eq!(Binary::of(1, 1, &[7]).corners(), 0);
    }

    #[test]
    fn a_shadow_is_no_ink() {
        let shaded: Vec<u8> = (0..200 * 200).map(|i| 230 - (i % 200) as u8).collect();
        let b = Binary::of(200, 200, &shaded);
        let dark = b.dark.iter().filter(|d| **d).count();
        assert!(dark < 200 * 200 / 20, "{dark}");
    }

    #[test]
    fn areas_that_meet_late_are_one() {
        // A comb: its teeth join only at the bottom.
        let b = binary(9, |x, y| x % 2 == 0 || y == 8);
        let (of, sizes) = b.areas();
        assert!(of.iter().filter(|a| **a > 0).all(|a| *a == of[0]));
        assert_eq!(sizes[of[0] as usize] as usize, b.dark.iter().filter(|d| **d).count());
    }

    #[test]
    fn squares_side_by_side_are_all_counted() {
        let edge = |v: usize| [0, 6].contains(&v);
        let b = binary(90, |x, y| {
            let (x, y) = (x % 9, y % 9);
            x < 7 && y < 7 && (edge(x) || edge(y) || (2..5).contains(&x) && (2..5).contains(&y))
        });
        assert_eq!(b.corners(), 100);
    }
}
