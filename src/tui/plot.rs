//! Lines in braille: two dots across and four down in every cell of the terminal.

/// A field of dots, of so many cells.
#[derive(Debug)]
pub(crate) struct Plot {
    columns: usize,
    rows: usize,
    /// A byte a cell: its dots by the numbering of braille.
    cells: Vec<u8>,
}

impl Plot {
    /// Without a dot.
    pub(crate) fn new(columns: usize, rows: usize) -> Self {
        Self { columns, rows, cells: vec![0; columns * rows] }
    }

    /// Dots across.
    pub(crate) fn width(&self) -> usize {
        self.columns * 2
    }

    /// Dots down.
    pub(crate) fn height(&self) -> usize {
        self.rows * 4
    }

    /// Sets a dot; outside of the field nothing happens.
    pub(crate) fn dot(&mut self, x: usize, y: usize) {
        const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
        if x < self.width() && y < self.height() {
            self.cells[y / 4 * self.columns + x / 2] |= BITS[y % 4][x % 2];
        }
    }

    /// A straight line between two dots.
    pub(crate) fn line(&mut self, from: (usize, usize), to: (usize, usize)) {
        let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
        // To the nearest dot.
        let between = |a: usize, b: usize, i: usize| (a * (steps - i) * 2 + b * i * 2 + steps) / (steps * 2);
        for i in 0..=steps {
            self.dot(between(from.0, to.0, i), between(from.1, to.1, i));
        }
    }

    /// The character of a cell; none: it has no dot.
    pub(crate) fn cell(&self, column: usize, row: usize) -> Option<char> {
        let dots = *self.cells.get(row * self.columns + column).filter(|_| column < self.columns)?;
        if dots == 0 { None } else { char::from_u32(0x2800 + u32::from(dots)) }
    }
}

/// Where a value lies on an axis of so many dots, `from` at the first and `to` at the last of them.
pub(crate) fn scale(value: i64, (from, to): (i64, i64), dots: usize) -> usize {
    let last = dots.saturating_sub(1) as i128;
    let (value, from, to) = (i128::from(value), i128::from(from), i128::from(to));
    if to <= from {
        return (last / 2) as usize;
    }
    // Clamped to the axis, so it fits.
    ((value - from) * last / (to - from)).clamp(0, last) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(p: &Plot) -> Vec<String> {
        let cell = |c, r| p.cell(c, r).unwrap_or(' ');
        (0..p.rows).map(|r| (0..p.columns).map(|c| cell(c, r)).collect()).collect()
    }

    #[test]
    fn lines_are_drawn_between_their_ends_and_not_outside() {
        let mut p = Plot::new(3, 2);
        p.line((0, 7), (5, 0));
        assert_eq!(picture(&p), [" ⢀⠎", "⡰⠁ "]);
        let mut p = Plot::new(2, 1);
        p.line((0, 0), (3, 0));
        p.dot(9, 0);
        p.dot(0, 4);
        assert_eq!(picture(&p), ["⠉⠉"]);
        assert_eq!(p.cell(2, 0), None);
    }

    #[test]
    fn values_lie_on_their_axis_whatever_they_are() {
        assert_eq!([0, 50, 100].map(|v| scale(v, (0, 100), 101)), [0, 50, 100]);
        assert_eq!(scale(5, (5, 5), 9), 4);
        assert_eq!(scale(i64::MAX, (i64::MIN, i64::MAX), 10), 9);
        assert_eq!([-7, 700].map(|v| scale(v, (0, 100), 10)), [0, 9]);
        assert_eq!(scale(3, (0, 9), 0), 0);
    }
}
