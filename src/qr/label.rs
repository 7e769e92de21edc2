//! A few letters for a printed code: a font of 5 by 7 dots, so that a PNG needs no font of the machine.

use image::{GrayImage, Luma};

/// Pixels from one line to the next.
pub(super) const LINE: u32 = 9 * DOT;
/// Pixels of a dot.
const DOT: u32 = 3;
/// Dots from one letter to the next.
const STEP: u32 = 6;

/// Each row of a letter, the leftmost dot in the highest of five bits.
const GLYPHS: [(char, [u8; 7]); 25] = [
    ('0', [0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e]),
    ('1', [0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('2', [0x0e, 0x11, 0x01, 0x02, 0x04, 0x08, 0x1f]),
    ('3', [0x1f, 0x02, 0x04, 0x02, 0x01, 0x11, 0x0e]),
    ('4', [0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02]),
    ('5', [0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e]),
    ('6', [0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e]),
    ('7', [0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08]),
    ('8', [0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e]),
    ('9', [0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c]),
    ('A', [0x0e, 0x11, 0x11, 0x11, 0x1f, 0x11, 0x11]),
    ('B', [0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e]),
    ('C', [0x0e, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0e]),
    ('D', [0x1c, 0x12, 0x11, 0x11, 0x11, 0x12, 0x1c]),
    ('E', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f]),
    ('F', [0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10]),
    ('I', [0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e]),
    ('L', [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f]),
    ('N', [0x11, 0x11, 0x19, 0x15, 0x13, 0x11, 0x11]),
    ('O', [0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
    ('P', [0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10]),
    ('R', [0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11]),
    ('S', [0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e]),
    ('T', [0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04]),
    ('U', [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e]),
];

/// Writes a line in the middle of a picture, `top` pixels down. Small letters become capitals; what the font doesn't have
/// stays blank.
pub(super) fn write(picture: &mut GrayImage, words: &str, top: u32) {
    let width = words.chars().count() as u32 * STEP * DOT;
    let left = picture.width().saturating_sub(width) / 2;
    for (i, c) in words.chars().enumerate() {
        let Some((_, rows)) = GLYPHS.iter().find(|(g, _)| *g == c.to_ascii_uppercase()) else { continue };
        for (y, row) in rows.iter().enumerate() {
            for x in (0..5).filter(|x| row & (0x10 >> x) != 0) {
                let (x, y) = (left + (i as u32 * STEP + x) * DOT, top + y as u32 * DOT);
                for (dx, dy) in (0..DOT).flat_map(|dy| (0..DOT).map(move |dx| (dx, dy))) {
                    // A line that is too long ends at the edge.
                    if let Some(p) = picture.get_pixel_mut_checked(x + dx, y + dy) {
                        *p = Luma([0]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_a_card_is_there_and_differs() {
        for c in "AIDPOST CARD PATIENT SERIAL 0123456789ABCDEF".chars().filter(|c| *c != ' ') {
            assert!(GLYPHS.iter().any(|(g, _)| *g == c), "{c}");
        }
        for (i, (a, one)) in GLYPHS.iter().enumerate() {
            assert!(one.iter().all(|row| *row < 0x20), "{a} is five dots wide");
            assert!(GLYPHS[..i].iter().all(|(_, other)| other != one), "{a}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_ends_at_the_edge() {
        let mut picture = GrayImage::from_pixel(40, 30, Luma([255]));
        write(&mut picture, "AIDPOST CARD", 20);
        assert!(picture.pixels().any(|p| p.0[0] == 0));
    }
}
