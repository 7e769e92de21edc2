//! Drawing: half blocks for a terminal, SVG and PNG for paper. Error correction M: 15% of the code may be unreadable.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};

use super::label;

/// The light border that the standard asks for, in modules.
pub const QUIET: usize = 4;
/// Pixels of a module in a PNG: 300 dots an inch make a card's code 32 mm wide.
const SCALE: u32 = 8;
/// Black on white whatever the colours of the terminal are, and back.
const PAPER: (&str, &str) = ("\x1b[38;5;16;48;5;231m", "\x1b[0m");

/// More text than the largest code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct TooLong;

/// A QR code.
#[derive(Clone, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

impl std::fmt::Debug for Code {
    /// Only the size: what it says may be somebody's key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code({0}x{0})", self.side)
    }
}

impl Code {
    /// The smallest code that holds this text.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn new(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let dark = code.to_colors().into_iter().map(|c| c == Color::Dark).collect();
        Ok(Self { side: code.width(), dark })
    }

    /// Modules a side, without the border.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Columns and rows of the dark modules, without the border.
    pub fn dark_modules(&self) -> impl Iterator<Item = (usize, usize)> {
        let dark = self.dark.iter().enumerate().filter(|(_, d)| **d);
        dark.map(|(i, _)| (i % self.side, i / self.side))
    }

    /// Whether a module is dark; those of the border and beyond aren't.
    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |v: usize| v.checked_sub(QUIET).filter(|v| *v < self.side);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.dark[y * self.side + x])
    }

    /// Modules a side with the border.
    fn whole(&self) -> usize {
        self.side + 2 * QUIET
    }

    /// Columns and lines that [`Code::half_blocks`] takes.
    pub fn cells(&self) -> (u16, u16) {
        // The largest code has 177 modules a side.
        (self.whole() as u16, self.whole().div_ceil(2) as u16)
    }

    /// Lines for a terminal. In colour: black on white on every terminal. Without: right on a dark one.
    pub fn half_blocks(&self, colour: bool) -> Vec<String> {
        let (on, off) = if colour { PAPER } else { ("", "") };
        self.cell_lines(colour).into_iter().map(|l| format!("{on}{l}{off}")).collect()
    }

    /// Two modules above each other in a character; either the dark ones are drawn, or the light ones.
    pub fn cell_lines(&self, draw_dark: bool) -> Vec<String> {
        let line = |row: usize| {
            let cell = |x: usize| {
                let (top, bottom) = (self.is_dark(x, 2 * row), self.is_dark(x, 2 * row + 1));
                match (top == draw_dark, bottom == draw_dark) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                }
            };
            (0..self.whole()).map(cell).collect()
        };
        (0..self.whole().div_ceil(2)).map(line).collect()
    }

    /// A drawing for paper, 40 mm wide, with lines of text below.
    pub fn svg(&self, lines: &[String]) -> String {
        let (side, line) = (self.whole(), 3);
        let height = side + line * lines.len() + usize::from(!lines.is_empty());
        let mut path = String::new();
        for (x, y) in
            (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).filter(|(x, y)| self.is_dark(*x, *y))
        {
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
        let text = |(i, words): (usize, &String)| {
            let words = words.replace('&', "&amp;").replace('<', "&lt;");
            let (x, y) = (side / 2, side + line * (i + 1) - 1);
            format!(
                "<text x=\"{x}\" y=\"{y}\" font-size=\"2.4\" font-family=\"monospace\" text-anchor=\"middle\">{words}</text>\n"
            )
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"40mm\" height=\"{}mm\" viewBox=\"0 0 {side} {height}\" \
             shape-rendering=\"crispEdges\">\n<rect width=\"{side}\" height=\"{height}\" fill=\"#fff\"/>\n\
             <path d=\"{path}\" fill=\"#000\"/>\n{}</svg>\n",
            40 * height / side,
            lines.iter().enumerate().map(text).collect::<String>()
        )
    }

    /// The same as a PNG file; of the text capital letters, digits and spaces are drawn.
    pub fn png(&self, lines: &[String]) -> Vec<u8> {
        let side = self.whole() as u32 * SCALE;
        let height = side + lines.len() as u32 * label::LINE;
        let mut picture = GrayImage::from_pixel(side, height, Luma([255]));
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if self.is_dark((x / SCALE) as usize, (y / SCALE) as usize) {
                *pixel = Luma([0]);
            }
        }
        for (i, words) in lines.iter().enumerate() {
            label::write(&mut picture, words, side + i as u32 * label::LINE);
        }
        let mut out = Cursor::new(Vec::new());
        // Into memory, of a size within the format's: nothing can go wrong.
        picture.write_to(&mut out, ImageFormat::Png).expect("a small picture is written to memory");
        out.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Code {
        Code::new(&format!("AIDCARD0{}", "7W1 $".repeat(30)[..114].to_owned())).unwrap()
    }

    #[test]
    fn a_card_fits_a_terminal_of_80_by_24() {
        let code = card();
        assert_eq!(code.side(), 37, "version 5");
        assert_eq!(code.cells(), (45, 23));
        let plain = code.half_blocks(false);
        assert!(plain.len() == 23 && plain.iter().all(|l| l.chars().count() == 45));
        assert!(plain[0].chars().all(|c| c == '█') && plain[1].chars().all(|c| c == '█'), "the light border");
        let colour = code.half_blocks(true);
        assert!(colour.iter().all(|l| l.starts_with(PAPER.0) && l.ends_with(PAPER.1)));
        assert!(colour[0].contains(&" ".repeat(45)));
        assert_eq!(format!("{code:?}"), "Code(37x37)");
        assert_eq!(Code::new(&"A".repeat(4_000)), Err(TooLong));
    }

    #[test]
    fn an_svg_is_well_formed_and_holds_what_is_written_below() {
        let svg = card().svg(&["AIDPOST <CARD> & more".into(), "SERIAL 0123".into()]);
        assert!(svg.contains("AIDPOST &lt;CARD> &amp; more") && svg.contains("SERIAL 0123"));
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
        let dark = card().dark.iter().filter(|d| **d).count();
        assert_eq!(svg.matches("h1v1").count(), dark);
    }

    #[test]
    fn a_png_shows_the_same_modules_and_the_text() {
        let code = card();
        let bare = image::load_from_memory(&code.png(&[])).unwrap().into_luma8();
        assert_eq!(bare.dimensions(), (360, 360));
        for (x, y) in (0..45).flat_map(|y| (0..45).map(move |x| (x, y))) {
            let dark = bare.get_pixel(x * SCALE + 4, y * SCALE + 4).0[0] == 0;
            assert_eq!(dark, code.is_dark(x as usize, y as usize), "{x} {y}");
        }
        let lettered = image::load_from_memory(&code.png(&["SERIAL 0123".into()])).unwrap().into_luma8();
        assert!(lettered.height() > 360);
        assert!(lettered.rows().skip(360).flatten().any(|p| p.0[0] == 0), "letters are there");
    }
}
