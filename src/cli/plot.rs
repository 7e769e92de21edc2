//! Curves drawn with braille characters: two dots wide and four high in every cell.

/// One curve.
pub(crate) struct Series {
    /// (x, y), in order.
    pub(crate) points: Vec<(f64, f64)>,
    /// Drawn as single dots instead of a line, to be told from another.
    pub(crate) dotted: bool,
}

/// One axis: its range, and the values that are written beside it.
pub(crate) struct Axis {
    /// Left or bottom.
    pub(crate) low: f64,
    /// Right or top.
    pub(crate) high: f64,
    /// Where, and what is written there.
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// The place of a value on 0..=`last`; `None` outside the range.
    fn place(&self, value: f64, last: usize) -> Option<usize> {
        let share = (value - self.low) / (self.high - self.low);
        (0.0..=1.0).contains(&share).then(|| (share * last as f64).round() as usize)
    }
}

/// Cells of the labels left of the frame.
const LABEL: usize = 8;
/// Dots between two that are drawn of a dotted curve.
const GAP: usize = 3;

/// Draws `series` on `width` x `height` cells, labels beside them; lines without trailing spaces.
pub(crate) fn plot(series: &[Series], x: &Axis, y: &Axis, width: usize, height: usize) -> String {
    let (dots_x, dots_y) = (2 * width - 1, 4 * height - 1);
    let mut cells = vec![0u8; width * height];
    let mut dot = |column: usize, row: usize| {
        // The braille block numbers its dots by columns, and the lowest row last.
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        cells[row / 4 * width + column / 2] |= BITS[column % 2][row % 4];
    };
    for Series { points, dotted } in series {
        let places: Vec<(usize, usize)> = points
            .iter()
            .filter_map(|&(a, b)| {
                Some((x.place(a, dots_x)?, dots_y - y.place(b.clamp(y.low, y.high), dots_y)?))
            })
            .collect();
        let joined = places.windows(2).flat_map(|w| line(w[0], w[1]));
        let step = if *dotted { GAP } else { 1 };
        joined.step_by(step).chain(places.first().copied()).for_each(|(column, row)| dot(column, row));
    }
    let mut out = String::new();
    for (row, line) in cells.chunks_exact(width).enumerate() {
        let here = |value: f64| y.place(value, dots_y).is_some_and(|p| (dots_y - p) / 4 == row);
        let label = y.ticks.iter().find(|(value, _)| here(*value)).map_or("", |(_, text)| text.as_str());
        let drawn: String = line.iter().map(|&bits| if bits == 0 { ' ' } else { braille(bits) }).collect();
        let joint = if label.is_empty() { '│' } else { '┤' };
        out.push_str(format!("{label:>LABEL$} {joint}{drawn}").trim_end());
        out.push('\n');
    }
    let mut axis = vec!['─'; width];
    let mut labels = vec![' '; LABEL + 2 + width];
    for (value, text) in &x.ticks {
        let Some(column) = x.place(*value, width - 1) else { continue };
        axis[column] = '┴';
        let start = (LABEL + 2 + column).saturating_sub(text.chars().count() / 2);
        let start = start.min(labels.len().saturating_sub(text.chars().count()));
        labels.iter_mut().skip(start).zip(text.chars()).for_each(|(place, c)| *place = c);
    }
    out.push_str(&format!("{:>LABEL$} └{}\n", "", axis.into_iter().collect::<String>()));
    out.push_str(labels.into_iter().collect::<String>().trim_end());
    out
}

fn braille(bits: u8) -> char {
    char::from_u32(0x2800 + u32::from(bits)).unwrap_or(' ')
}

/// The dots from one to the other, both included.
fn line(from: (usize, usize), to: (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    let steps = from.0.abs_diff(to.0).max(from.1.abs_diff(to.1)).max(1);
    let between = move |a: usize, b: usize, i: usize| {
        (a as f64 + (b as f64 - a as f64) * i as f64 / steps as f64).round() as usize
    };
    (0..=steps).map(move |i| (between(from.0, to.0, i), between(from.1, to.1, i)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(low: f64, high: f64) -> Axis {
        Axis { low, high, ticks: vec![(low, format!("{low}")), (high, format!("{high}"))] }
    }

    #[test]
    fn a_rising_line_with_its_axes() {
        let series = Series { points: vec![(0.0, 0.0), (1.0, 1.0)], dotted: false };
        let drawn = plot(&[series], &axis(0.0, 1.0), &axis(0.0, 1.0), 4, 2);
        let lines: Vec<_> = drawn.lines().collect();
        assert_eq!(lines, ["       1 ┤  ⡠⠊", "       0 ┤⡠⠊", "         └┴──┴", "          0  1"]);
    }

    #[test]
    fn what_lies_outside_is_left_out_and_lines_keep_to_the_width() {
        let points = vec![(-1.0, 0.5), (0.5, 9.0), (0.6, -9.0), (f64::NAN, 0.5), (2.0, 0.5)];
        for dotted in [false, true] {
            let series = Series { points: points.clone(), dotted };
            let drawn = plot(&[series], &axis(0.0, 1.0), &axis(0.0, 1.0), 60, 10);
            assert_eq!(drawn.lines().count(), 12);
            assert!(drawn.lines().all(|l| l.chars().count() <= 70));
        }
        assert!(plot(&[], &axis(0.0, 1.0), &axis(0.0, 1.0), 5, 1).contains('└'));
    }
}
