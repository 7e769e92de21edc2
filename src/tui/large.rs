//! Large letters, two points in a cell: for whoever reads from a step away, or with weak eyes.

use unicode_normalization::UnicodeNormalization;

/// Rows of points of a letter, without what stands over and under it.
const TALL: usize = 5;

/// The letters: each point that is set, row by row.
const LETTERS: [(char, [&str; TALL]); 47] = [
    ('A', [".#.", "#.#", "###", "#.#", "#.#"]),
    ('B', ["##.", "#.#", "##.", "#.#", "##."]),
    ('C', [".##", "#..", "#..", "#..", ".##"]),
    ('D', ["##.", "#.#", "#.#", "#.#", "##."]),
    ('E', ["###", "#..", "##.", "#..", "###"]),
    ('F', ["###", "#..", "##.", "#..", "#.."]),
    ('G', [".##", "#..", "#.#", "#.#", ".##"]),
    ('H', ["#.#", "#.#", "###", "#.#", "#.#"]),
    ('I', ["#", "#", "#", "#", "#"]),
    ('J', ["..#", "..#", "..#", "#.#", ".#."]),
    ('K', ["#..#", "#.#.", "##..", "#.#.", "#..#"]),
    ('L', ["#..", "#..", "#..", "#..", "###"]),
    ('M', ["#...#", "##.##", "#.#.#", "#...#", "#...#"]),
    ('N', ["#..#", "##.#", "#.##", "#..#", "#..#"]),
    ('O', [".#.", "#.#", "#.#", "#.#", ".#."]),
    ('P', ["##.", "#.#", "##.", "#..", "#.."]),
    ('Q', [".##.", "#..#", "#..#", "#.##", ".###"]),
    ('R', ["##.", "#.#", "##.", "#.#", "#.#"]),
    ('S', [".##", "#..", ".#.", "..#", "##."]),
    ('T', ["###", ".#.", ".#.", ".#.", ".#."]),
    ('U', ["#.#", "#.#", "#.#", "#.#", "###"]),
    ('V', ["#.#", "#.#", "#.#", "#.#", ".#."]),
    ('W', ["#...#", "#...#", "#.#.#", "##.##", "#...#"]),
    ('X', ["#.#", "#.#", ".#.", "#.#", "#.#"]),
    ('Y', ["#.#", "#.#", ".#.", ".#.", ".#."]),
    ('Z', ["###", "..#", ".#.", "#..", "###"]),
    ('0', ["###", "#.#", "#.#", "#.#", "###"]),
    ('1', [".#.", "##.", ".#.", ".#.", "###"]),
    ('2', ["##.", "..#", ".#.", "#..", "###"]),
    ('3', ["##.", "..#", ".#.", "..#", "##."]),
    ('4', ["#.#", "#.#", "###", "..#", "..#"]),
    ('5', ["###", "#..", "##.", "..#", "##."]),
    ('6', [".##", "#..", "###", "#.#", "###"]),
    ('7', ["###", "..#", ".#.", ".#.", ".#."]),
    ('8', ["###", "#.#", "###", "#.#", "###"]),
    ('9', ["###", "#.#", "###", "..#", "##."]),
    (' ', ["..", "..", "..", "..", ".."]),
    ('?', ["##.", "..#", ".#.", "...", ".#."]),
    ('!', ["#", "#", "#", ".", "#"]),
    ('¿', [".#.", "...", ".#.", "#..", ".##"]),
    ('¡', ["#", ".", "#", "#", "#"]),
    ('\'', ["#", "#", ".", ".", "."]),
    ('’', ["#", "#", ".", ".", "."]),
    ('-', ["...", "...", "###", "...", "..."]),
    ('.', [".", ".", ".", ".", "#"]),
    (',', [".", ".", ".", "#", "#"]),
    (':', [".", "#", ".", "#", "."]),
];

/// What stands over a letter, by its combining character: two rows of three points.
const OVER: [(char, [&str; 2]); 5] = [
    ('\u{300}', ["#..", ".#."]),
    ('\u{301}', ["..#", ".#."]),
    ('\u{302}', [".#.", "#.#"]),
    ('\u{303}', [".##", "##."]),
    ('\u{308}', ["#.#", "..."]),
];

/// The hook under a C.
const CEDILLA: char = '\u{327}';

/// Points of a text, as they are filled in: over the letters, the letters, under them.
struct Points {
    rows: [Vec<bool>; 2 + TALL + 1],
}

impl Points {
    fn columns(&self) -> usize {
        self.rows[0].len()
    }

    /// Makes room for a letter; gives its first column.
    fn widen(&mut self, by: usize) -> usize {
        let from = self.columns();
        self.rows.iter_mut().for_each(|row| row.resize(from + by, false));
        from
    }

    fn set(&mut self, row: usize, from: usize, points: &str) {
        for (i, _) in points.bytes().enumerate().filter(|(_, p)| *p == b'#') {
            if let Some(point) = self.rows[row].get_mut(from + i) {
                *point = true;
            }
        }
    }
}

/// A text in large capital letters, as lines of equal width. None: not all of its letters are known here.
pub(crate) fn large(text: &str) -> Option<Vec<String>> {
    let mut points = Points { rows: Default::default() };
    let mut last = 0..0;
    for c in text.to_uppercase().nfd() {
        if let Some((_, over)) = OVER.iter().find(|(mark, _)| *mark == c) {
            // In the middle of the letter, also of a narrow or a wide one.
            let from = (last.start + last.len() / 2).saturating_sub(1);
            (0..).zip(over).for_each(|(row, dots)| points.set(row, from, dots));
        } else if c == CEDILLA {
            points.set(2 + TALL, last.start + last.len() / 2, "#");
        } else {
            let (_, letter) = LETTERS.iter().find(|(l, _)| *l == c)?;
            if points.columns() > 0 {
                points.widen(1);
            }
            let from = points.widen(letter[0].len());
            last = from..points.columns();
            (2..).zip(letter).for_each(|(row, dots)| points.set(row, from, dots));
        }
    }
    // Nothing over the letters: a line less.
    let first = if points.rows[..2].iter().flatten().any(|p| *p) { 0 } else { 2 };
    let line = |pair: &[Vec<bool>]| {
        let cell = |i: usize| match (pair[0][i], pair[1][i]) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..points.columns()).map(cell).collect()
    };
    Some(points.rows[first..].chunks_exact(2).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{Language, words::Words};

    #[test]
    fn letters_are_drawn_with_what_stands_over_and_under_them() {
        assert_eq!(large("Pin").unwrap(), ["█▀▄ █ █▄ █", "█▀  █ █ ▀█", "▀   ▀ ▀  ▀"]);
        assert_eq!(large("é").unwrap(), [" ▄▀", "█▀▀", "█▀ ", "▀▀▀"]);
        assert_eq!(large("ca").unwrap()[2].chars().nth(1), Some('▀'));
        assert_eq!(large("ça").unwrap()[2].chars().nth(1), Some('█'), "its hook");
        assert_eq!(large("नाम"), None);
        assert_eq!(large("").unwrap(), ["", "", ""]);
    }

    /// What a patient reads first is known in every language of the screens.
    #[test]
    fn every_heading_can_be_drawn_large() {
        for language in Language::ALL {
            let words = Words::new(language, jiff::tz::TimeZone::UTC);
            for key in
                ["turn-look", "turn-pin", "turn-record", "turn-sharing", "turn-readers", "turn-stop-title"]
            {
                let text = words.text(key);
                let lines = large(&text).unwrap_or_else(|| panic!("{text}"));
                assert!(lines.iter().all(|l| l.chars().count() == lines[0].chars().count()));
            }
        }
    }
}
