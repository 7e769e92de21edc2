//! One picture as RGB8, and picture files.

use image::{ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// Longest side accepted, in pixels.
pub const MAX_SIDE: u32 = 4096;
/// Most bytes a decoder may allocate: a frame of the largest size in its widest form, twice.
const MAX_DECODED: u64 = 2 * 4 * (MAX_SIDE as u64) * (MAX_SIDE as u64);

/// Why bytes are no frame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// No side may be 0 or above [`MAX_SIDE`].
    #[error("a picture of {0}x{1} pixels is out of bounds: the sides must be 1 to {MAX_SIDE}")]
    Size(u32, u32),
    /// Fewer (or, for RGB8, more) bytes than the size needs.
    #[error("a picture of {expected} bytes came with {found}: the camera or the file is damaged")]
    Length {
        /// Bytes that the size needs.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
    /// The compressed picture can't be decoded.
    #[error("the picture cannot be decoded: the camera or the file is damaged")]
    Damaged,
}

/// A picture: RGB, 8 bits a channel, rows from the top.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

impl std::fmt::Debug for Frame {
    /// Only the size: pixels are somebody's face.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({}x{})", self.width, self.height)
    }
}

impl Frame {
    /// From RGB8 bytes.
    ///
    /// # Errors
    /// When a side is out of bounds or `rgb` is not `3 * width * height` bytes.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Result<Self, FrameError> {
        let expected = bounded(width, height)? * 3;
        if rgb.len() != expected {
            return Err(FrameError::Length { expected, found: rgb.len() });
        }
        Ok(Self { width, height, rgb })
    }

    /// A frame made pixel by pixel from (x, y); sides are brought into 1..=[`MAX_SIDE`].
    pub fn from_fn(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> [u8; 3]) -> Self {
        let (width, height) = (width.clamp(1, MAX_SIDE), height.clamp(1, MAX_SIDE));
        let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
        for y in 0..height {
            for x in 0..width {
                rgb.extend(pixel(x, y));
            }
        }
        Self { width, height, rgb }
    }

    /// Pixels a row.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// `3 * width * height` bytes: R, G, B of each pixel, row by row.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// R, G, B at column `x` and row `y`.
    ///
    /// # Panics
    /// If the pixel lies outside the frame.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        assert!(x < self.width && y < self.height, "pixel outside the frame");
        let at = 3 * (y as usize * self.width as usize + x as usize);
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// Decodes a PNG, JPEG or PNM (PGM, PPM) file.
    ///
    /// # Errors
    /// When it is none of them, is damaged, or is larger than [`MAX_SIDE`] a side.
    pub fn from_file_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Pnm)) => {
                decompress(bytes, format)
            }
            _ => Err(FrameError::Damaged),
        }
    }

    /// One frame of Motion JPEG.
    pub(super) fn jpeg(bytes: &[u8]) -> Result<Self, FrameError> {
        decompress(bytes, ImageFormat::Jpeg)
    }
}

/// Number of pixels, if the sides are in bounds.
pub(super) fn bounded(width: u32, height: u32) -> Result<usize, FrameError> {
    let allowed = 1..=MAX_SIDE;
    if allowed.contains(&width) && allowed.contains(&height) {
        Ok(width as usize * height as usize)
    } else {
        Err(FrameError::Size(width, height))
    }
}

fn decompress(bytes: &[u8], format: ImageFormat) -> Result<Frame, FrameError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let picture = reader.decode().map_err(|_| FrameError::Damaged)?.into_rgb8();
    Frame::new(picture.width(), picture.height(), picture.into_raw())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::face::PixelFormat;

    /// A small picture as a JPEG file.
    pub(in crate::face) fn jpeg() -> Vec<u8> {
        let frame = Frame::from_fn(40, 30, |x, y| [x as u8 * 6, y as u8 * 8, 90]);
        let picture = image::RgbImage::from_raw(40, 30, frame.rgb().to_vec()).unwrap();
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Jpeg).unwrap();
        out.into_inner()
    }

    #[test]
    fn sizes_are_checked() {
        assert!(Frame::new(2, 1, vec![0; 6]).is_ok());
        assert_eq!(Frame::new(2, 1, vec![0; 5]), Err(FrameError::Length { expected: 6, found: 5 }));
        for (w, h) in [(0, 1), (1, 0), (MAX_SIDE + 1, 1), (1, u32::MAX)] {
            assert_eq!(Frame::new(w, h, Vec::new()), Err(FrameError::Size(w, h)));
            for format in &PixelFormat::ALL[1..] {
                assert_eq!(Frame::decode(*format, w, h, 0, &[]), Err(FrameError::Size(w, h)));
            }
        }
    }

    #[test]
    fn only_png_jpeg_and_pnm_files() {
        assert!(Frame::from_file_bytes(&jpeg()).is_ok());
        let grey = Frame::from_file_bytes(b"P5\n# a comment\n2 1\n255\n\x07\xff").unwrap();
        assert_eq!((grey.pixel(0, 0), grey.pixel(1, 0)), ([7; 3], [255; 3]));
        assert_eq!(Frame::from_file_bytes(b"P5\n60000 60000\n255\n"), Err(FrameError::Damaged));
        assert_eq!(Frame::from_file_bytes(b"GIF89a"), Err(FrameError::Damaged));
        assert_eq!(Frame::from_file_bytes(&[]), Err(FrameError::Damaged));
    }

    #[test]
    fn debug_shows_no_pixels() {
        assert_eq!(format!("{:?}", Frame::from_fn(2, 1, |_, _| [7; 3])), "Frame(2x1)");
    }
}
