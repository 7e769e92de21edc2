//! A paper before the camera: whether it can be read, small for the screen, and as a file.
//!
//! The measures are those of faces ([`super::quality`]) on tiles of the whole picture, smoothed first: a page is mostly plain, and
//! the noise of a sensor on it must not pass for letters. The limit was set on drawn pages alone: sharp ones measure 0.11 and more,
//! barely legible ones 0.014 to 0.04, those that can't be read 0.006 and less, also with much noise.

use super::frame::{Frame, MAX_SIDE};
use super::resize::Shrink;
use image::codecs::jpeg::JpegEncoder;

/// Longest side of what is measured, in pixels: the letters of a page that fills the picture are then about ten high,
/// whatever the camera.
const MEASURED: u32 = 1600;
/// Tiles a row, and rows of tiles.
const TILES: (usize, usize) = (8, 6);
/// Least mean brightness, 0..255.
const MIN_LIGHT: f32 = 45.0;
/// Mean brightness of a picture on which nothing can be seen any more.
const MAX_LIGHT: f32 = 225.0;
/// Least standard deviation of the brightness of a tile on which there is something.
const MIN_CONTRAST: f32 = 12.0;
/// Least sharpness.
const MIN_SHARPNESS: f32 = 0.0085;
/// So many tiles may be sharper than the one that counts: the edge of a table is no letter.
const SHARPER: usize = 2;
/// Of the JPEG encoder, 1 to 100: letters stay clean.
const QUALITY: u8 = 85;

/// Why a picture of a paper is of no use. `Display` gives what the person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentProblem {
    /// Too dark.
    #[error("more light on the paper")]
    TooDark,
    /// Overexposed: nothing is left to see.
    #[error("less light on the paper")]
    TooBright,
    /// Nothing is before the camera that could be read, or what is there is wholly out of focus.
    #[error("hold the paper before the camera, not too near")]
    Nothing,
    /// Moving, or out of focus.
    #[error("hold the paper still, a little further away")]
    Blurred,
}

/// The first thing that keeps this picture from being read.
pub fn problem(frame: &Frame) -> Option<DocumentProblem> {
    let small = reduced(frame, (MEASURED, MEASURED));
    let tiles = tiles(&small);
    let light = tiles.iter().map(|t| t.mean).sum::<f32>() / tiles.len().max(1) as f32;
    if light < MIN_LIGHT {
        return Some(DocumentProblem::TooDark);
    }
    // What noise is left is on every tile, and alone on the plainest one.
    let noise = tiles.iter().map(|t| t.detail).fold(f32::INFINITY, f32::min);
    let written = tiles.iter().filter(|t| t.variance >= MIN_CONTRAST * MIN_CONTRAST);
    let mut sharpness: Vec<f32> = written.map(|t| (t.detail - noise) / t.variance).collect();
    sharpness.sort_by(|a, b| b.total_cmp(a));
    match sharpness.get(SHARPER.min(sharpness.len().saturating_sub(1))) {
        None if light > MAX_LIGHT => Some(DocumentProblem::TooBright),
        None => Some(DocumentProblem::Nothing),
        Some(s) if *s < MIN_SHARPNESS => Some(DocumentProblem::Blurred),
        Some(_) => None,
    }
}

/// The picture in at most so many pixels, its proportions kept. A smaller one stays as it is.
pub fn reduced(frame: &Frame, most: (u32, u32)) -> Frame {
    let (w, h) = (frame.width(), frame.height());
    let most = (most.0.clamp(1, MAX_SIDE), most.1.clamp(1, MAX_SIDE));
    let to = if w * most.1 > h * most.0 {
        (most.0, (h * most.0 / w).max(1))
    } else {
        ((w * most.1 / h).max(1), most.1)
    };
    if to.0 >= w || to.1 >= h {
        return frame.clone();
    }
    let size = |(a, b): (u32, u32)| (a as usize, b as usize);
    let mut rgb = Vec::new();
    Shrink::default().apply(frame.rgb(), size((w, h)), size(to), &mut rgb);
    // Three bytes for each of its pixels, by what shrinking does.
    Frame::new(to.0, to.1, rgb).unwrap_or_else(|_| frame.clone())
}

/// The picture as a JPEG file; none when it can't be written as one.
pub fn jpeg(frame: &Frame) -> Option<Vec<u8>> {
    // Larger than any picture of a paper becomes: what grows leaves copies behind that nobody wipes.
    let mut out = Vec::with_capacity(frame.rgb().len() / 2);
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    let rgb = image::ExtendedColorType::Rgb8;
    encoder.encode(frame.rgb(), frame.width(), frame.height(), rgb).ok()?;
    Some(out)
}

/// Brightness statistics of a part of a picture.
struct Tile {
    mean: f32,
    variance: f32,
    /// Mean square of the second difference along rows or along columns, whichever is less: motion blurs one of them.
    detail: f32,
}

fn tiles(frame: &Frame) -> Vec<Tile> {
    let (w, h) = (frame.width() as usize, frame.height() as usize);
    let weigh = |[r, g, b]: &[u8; 3]| 0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b);
    let luma: Vec<f32> = frame.rgb().as_chunks().0.iter().map(weigh).collect();
    let luma = smoothed(&luma, (w, h));
    let at = |x: usize, y: usize| luma[y * w + x];
    let mut out = Vec::new();
    for row in 0..TILES.1 {
        for column in 0..TILES.0 {
            // The outermost pixels have no neighbours on one side.
            let columns =
                (column * w / TILES.0).max(1)..((column + 1) * w / TILES.0).min(w.saturating_sub(1));
            let rows = (row * h / TILES.1).max(1)..((row + 1) * h / TILES.1).min(h.saturating_sub(1));
            let count = (columns.len() * rows.len()) as f32;
            if count == 0.0 {
                continue;
            }
            let (mut sum, mut squares, mut across, mut down) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
            for y in rows {
                for x in columns.clone() {
                    let value = at(x, y);
                    sum += f64::from(value);
                    squares += f64::from(value * value);
                    let bend = |a: f32, b: f32| f64::from((a + b - 2.0 * value).powi(2));
                    across += bend(at(x - 1, y), at(x + 1, y));
                    down += bend(at(x, y - 1), at(x, y + 1));
                }
            }
            let of = |total: f64| total as f32 / count;
            let mean = of(sum);
            let variance = (of(squares) - mean * mean).max(0.0);
            out.push(Tile { mean, variance, detail: of(across.min(down)) });
        }
    }
    out
}

/// Each pixel as the mean of itself and its neighbours.
fn smoothed(luma: &[f32], (w, h): (usize, usize)) -> Vec<f32> {
    let around = |i: usize, n: usize| i.saturating_sub(1)..(i + 2).min(n);
    let mut rows = Vec::with_capacity(luma.len());
    for row in luma.chunks_exact(w.max(1)) {
        rows.extend((0..w).map(|x| row[around(x, w)].iter().sum::<f32>() / around(x, w).len() as f32));
    }
    let mut out = Vec::with_capacity(luma.len());
    for y in 0..h {
        let near = around(y, h);
        let n = near.len() as f32;
        out.extend((0..w).map(|x| near.clone().map(|y| rows[y * w + x]).sum::<f32>() / n));
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A page of strokes, as letters are: `size` pixels high, on white paper, in this light.
    pub(crate) fn page(width: u32, height: u32, size: u32, light: f32) -> Frame {
        let stroke = (size / 5).max(1);
        Frame::from_fn(width, height, |x, y| {
            let margin = x < width / 8 || x > width * 7 / 8 || y < height / 8 || y > height * 7 / 8;
            let (line, in_line) = (y / (size * 2), y % (size * 2));
            let letter = x / size;
            // Which strokes a letter has differs from letter to letter.
            let kind = (letter.wrapping_mul(2_654_435_761) ^ line.wrapping_mul(40_503)) >> 7;
            let (left, top) = (x % size < stroke, in_line < stroke);
            let middle = (in_line + stroke / 2).abs_diff(size / 2) < stroke / 2 + 1;
            let ink = in_line < size
                && ((kind & 1 == 1 && left) || (kind & 2 == 2 && top) || (kind & 4 == 4 && middle));
            [(if ink && !margin { 45.0 } else { 235.0 } * light) as u8; 3]
        })
    }

    /// The same out of focus, by so many pixels, with the noise of a sensor.
    fn spoiled(frame: &Frame, radius: i64, noise: f32) -> Frame {
        let (w, h) = (i64::from(frame.width()), i64::from(frame.height()));
        let mut values: Vec<f32> = frame.rgb().as_chunks::<3>().0.iter().map(|p| f32::from(p[0])).collect();
        // Three times the mean of a row and a column is nearly what a lens does.
        for _ in 0..if radius > 0 { 3 } else { 0 } {
            for (step, run) in [(1i64, w), (w, h)] {
                let before = values.clone();
                for i in 0..w * h {
                    let place = if step == 1 { i % w } else { i / w };
                    let reach = (-radius).max(-place)..=radius.min(run - 1 - place);
                    let n = reach.clone().count() as f32;
                    values[i as usize] = reach.map(|d| before[(i + d * step) as usize]).sum::<f32>() / n;
                }
            }
        }
        let random = crate::testing::noise(values.len(), 5);
        let mut pixels = values.iter().zip(random).map(|(v, r)| [(v + r * noise).clamp(0.0, 255.0) as u8; 3]);
        Frame::from_fn(frame.width(), frame.height(), |_, _| pixels.next().unwrap())
    }

    #[test]
    fn a_sharp_page_passes_in_any_size_and_a_blurred_one_does_not() {
        for (w, h, letters) in [(1280, 720, 8), (1600, 1200, 11), (2048, 1536, 14)] {
            let sharp = page(w, h, letters, 0.8);
            assert_eq!(problem(&sharp), None, "{w}x{h}");
            assert_eq!(problem(&spoiled(&sharp, 0, 6.0)), None, "{w}x{h} with noise");
        }
        for (w, h, letters) in [(960, 720, 11), (2048, 768, 14)] {
            let sharp = page(w, h, letters, 0.8);
            assert_eq!(problem(&spoiled(&sharp, 1, 6.0)), None, "{w}x{h}, barely legible");
            for noise in [0.0, 6.0] {
                let blurred = spoiled(&sharp, i64::from(letters) / 4, noise);
                assert_eq!(problem(&blurred), Some(DocumentProblem::Blurred), "{w}x{h}, noise {noise}");
                assert!(problem(&spoiled(&sharp, i64::from(letters), noise)).is_some(), "{w}x{h}");
            }
        }
    }

    #[test]
    fn too_dark_too_bright_and_nothing_are_told_apart() {
        assert_eq!(problem(&page(1280, 720, 9, 0.15)), Some(DocumentProblem::TooDark));
        let plain = |v: u8| Frame::from_fn(640, 480, |_, _| [v; 3]);
        assert_eq!(problem(&plain(250)), Some(DocumentProblem::TooBright));
        assert_eq!(problem(&plain(120)), Some(DocumentProblem::Nothing));
        assert_eq!(problem(&Frame::from_fn(1, 1, |_, _| [120; 3])), Some(DocumentProblem::TooDark));
    }

    #[test]
    fn reduced_keeps_its_proportions_and_never_grows() {
        let wide = reduced(&page(1280, 720, 9, 0.8), (128, 96));
        assert_eq!((wide.width(), wide.height()), (128, 72));
        let high = reduced(&page(300, 1200, 9, 0.8), (128, 96));
        assert_eq!((high.width(), high.height()), (24, 96));
        let small = reduced(&page(64, 48, 9, 0.8), (128, 96));
        assert_eq!((small.width(), small.height()), (64, 48));
    }

    #[test]
    fn the_file_is_the_picture() {
        let page = page(320, 240, 9, 0.8);
        let back = Frame::from_file_bytes(&jpeg(&page).unwrap()).unwrap();
        let off = page.rgb().iter().zip(back.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
        assert_eq!((back.width(), back.height()), (320, 240));
        assert!(off / (page.rgb().len() as u64) < 8, "{off}");
    }
}
