//! Reading: the texts of the codes that a picture shows, turned, tilted, small, or light on dark.

use super::binary::Binary;
use crate::face::{Frame, quiet::quietly};

/// The longest side that is searched, in pixels: larger pictures are made smaller first.
const LARGEST: u32 = 1_600;
/// Below this side nothing is made smaller any more.
const SMALLEST: u32 = 200;
/// The most corners of codes in one picture: those of five codes.
const MOST_CORNERS: usize = 15;

/// One grey picture.
struct Grey {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Grey {
    fn of(frame: &Frame) -> Self {
        // Rec. 601 luma, as cameras have it.
        let luma =
            |p: &[u8]| ((u32::from(p[0]) * 77 + u32::from(p[1]) * 150 + u32::from(p[2]) * 29) >> 8) as u8;
        Self {
            width: frame.width() as usize,
            height: frame.height() as usize,
            pixels: frame.rgb().chunks_exact(3).map(luma).collect(),
        }
    }

    fn side(&self) -> u32 {
        self.width.max(self.height) as u32
    }

    /// Half as large: each pixel is the mean of four, which also takes noise away.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mean = |x: usize, y: usize| {
            let at = |dx: usize, dy: usize| u32::from(self.pixels[(2 * y + dy) * self.width + 2 * x + dx]);
            ((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4) as u8
        };
        let pixels =
            (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| mean(x, y)).collect();
        Self { width, height, pixels }
    }

    fn inverted(&self) -> Self {
        let pixels = self.pixels.iter().map(|p| 255 - p).collect();
        Self { width: self.width, height: self.height, pixels }
    }

    fn texts(&self) -> Vec<String> {
        let binary = Binary::of(self.width, self.height, &self.pixels);
        if !(3..=MOST_CORNERS).contains(&binary.corners()) {
            return Vec::new();
        }
        let look = || {
            let dark = |x, y| binary.is_dark(x, y);
            let mut picture = rqrr::PreparedImage::prepare_from_bitmap(binary.width, binary.height, dark);
            picture.detect_grids().iter().filter_map(|g| g.decode().ok()).map(|(_, text)| text).collect()
        };
        // A picture that is made to confuse the decoder must not end the program.
        quietly(look).unwrap_or_default()
    }
}

/// The texts of the codes in a picture; none when there is none, or none that can be read.
pub fn texts(frame: &Frame) -> Vec<String> {
    let mut grey = Grey::of(frame);
    while grey.side() > LARGEST {
        grey = grey.halved();
    }
    loop {
        for g in [&grey, &grey.inverted()] {
            let found = g.texts();
            if !found.is_empty() {
                return found;
            }
        }
        if grey.side() / 2 < SMALLEST {
            return Vec::new();
        }
        grey = grey.halved();
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
