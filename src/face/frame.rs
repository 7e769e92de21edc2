//! One picture as RGB8, and the decoding of what cameras deliver.

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

/// A pixel format that cameras deliver, by its V4L2 name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelFormat {
    /// Motion JPEG: one JPEG a frame.
    Mjpg,
    /// YUV 4:2:2, packed.
    Yuyv,
    /// YUV 4:2:0: a plane of luma, then one of interleaved chroma.
    Nv12,
    /// Luma only; most infrared cameras.
    Grey,
    /// RGB, 8 bits a channel.
    Rgb3,
}

impl PixelFormat {
    /// All, in the order in which a camera is asked for them.
    pub const ALL: [Self; 5] = [Self::Mjpg, Self::Yuyv, Self::Nv12, Self::Grey, Self::Rgb3];

    /// The V4L2 four-character code.
    pub fn fourcc(self) -> [u8; 4] {
        *match self {
            Self::Mjpg => b"MJPG",
            Self::Yuyv => b"YUYV",
            Self::Nv12 => b"NV12",
            Self::Grey => b"GREY",
            Self::Rgb3 => b"RGB3",
        }
    }

    /// Bytes of a row without padding; 0 for a compressed format.
    fn row(self, width: usize) -> usize {
        match self {
            Self::Mjpg => 0,
            // Chroma comes in pairs, so an odd width is rounded up.
            Self::Yuyv => width.div_ceil(2) * 4,
            Self::Nv12 => width.div_ceil(2) * 2,
            Self::Grey => width,
            Self::Rgb3 => width * 3,
        }
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
            return Err(FrameError::Length {
                expected,
                found: rgb.len(),
            });
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

    /// Decodes a PNG or JPEG file.
    ///
    /// # Errors
    /// When it is neither, is damaged, or is larger than [`MAX_SIDE`] a side.
    pub fn from_file_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        match image::guess_format(bytes) {
            Ok(format @ (ImageFormat::Png | ImageFormat::Jpeg)) => decompress(bytes, format),
            _ => Err(FrameError::Damaged),
        }
    }

    /// Decodes one camera buffer. `stride` is the bytes from one row to the next as the driver reports them; 0 means
    /// rows without padding. For MJPG, size and stride come from the picture itself.
    ///
    /// # Errors
    /// When a side is out of bounds, `bytes` is too short, or a JPEG is damaged.
    pub fn decode(
        format: PixelFormat,
        width: u32,
        height: u32,
        stride: usize,
        bytes: &[u8],
    ) -> Result<Self, FrameError> {
        if format == PixelFormat::Mjpg {
            return decompress(bytes, ImageFormat::Jpeg);
        }
        bounded(width, height)?;
        let (w, h) = (width as usize, height as usize);
        let stride = stride.max(format.row(w));
        let rows = if format == PixelFormat::Nv12 {
            h + h.div_ceil(2)
        } else {
            h
        };
        // The last row may come without its padding.
        let needed = stride
            .saturating_mul(rows - 1)
            .saturating_add(format.row(w));
        if bytes.len() < needed {
            return Err(FrameError::Length {
                expected: needed,
                found: bytes.len(),
            });
        }
        let chroma = bytes.get(stride * h..).unwrap_or_default();
        let mut rgb = Vec::with_capacity(w * h * 3);
        for y in 0..h {
            let row = &bytes[y * stride..][..format.row(w)];
            match format {
                PixelFormat::Mjpg => {}
                PixelFormat::Rgb3 => rgb.extend_from_slice(row),
                PixelFormat::Grey => rgb.extend(row.iter().flat_map(|v| [*v; 3])),
                PixelFormat::Yuyv => {
                    let pixels = row.as_chunks().0.iter();
                    let pixels = pixels.flat_map(|&[y0, u, y1, v]| [yuv(y0, u, v), yuv(y1, u, v)]);
                    rgb.extend(pixels.take(w).flatten());
                }
                PixelFormat::Nv12 => {
                    let pairs = chroma[y / 2 * stride..][..format.row(w)]
                        .as_chunks()
                        .0
                        .iter();
                    let pairs = pairs.flat_map(|pair| [pair; 2]);
                    rgb.extend(
                        row[..w]
                            .iter()
                            .zip(pairs)
                            .flat_map(|(&y, &[u, v])| yuv(y, u, v)),
                    );
                }
            }
        }
        Self::new(width, height, rgb)
    }
}

/// Number of pixels, if the sides are in bounds.
fn bounded(width: u32, height: u32) -> Result<usize, FrameError> {
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
    let picture = reader
        .decode()
        .map_err(|_| FrameError::Damaged)?
        .into_rgb8();
    Frame::new(picture.width(), picture.height(), picture.into_raw())
}

/// ITU-R BT.601 with limited range, V4L2's default for these formats.
fn yuv(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (y, u, v) = (
        298 * (i32::from(y) - 16),
        i32::from(u) - 128,
        i32::from(v) - 128,
    );
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    [
        level(y + 409 * v),
        level(y - 100 * u - 208 * v),
        level(y + 516 * u),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pseudo-random bytes from a seed.
    fn bytes(n: usize, seed: u64) -> Vec<u8> {
        crate::nn::testing::noise(n, seed)
            .iter()
            .map(|v| ((v + 1.0) * 127.9) as u8)
            .collect()
    }

    fn jpeg() -> Vec<u8> {
        let frame = Frame::from_fn(40, 30, |x, y| [x as u8 * 6, y as u8 * 8, 90]);
        let picture = image::RgbImage::from_raw(40, 30, frame.rgb().to_vec()).unwrap();
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, ImageFormat::Jpeg).unwrap();
        out.into_inner()
    }

    #[test]
    fn sizes_are_checked() {
        assert!(Frame::new(2, 1, vec![0; 6]).is_ok());
        assert_eq!(
            Frame::new(2, 1, vec![0; 5]),
            Err(FrameError::Length {
                expected: 6,
                found: 5
            })
        );
        for (w, h) in [(0, 1), (1, 0), (MAX_SIDE + 1, 1), (1, u32::MAX)] {
            assert_eq!(Frame::new(w, h, Vec::new()), Err(FrameError::Size(w, h)));
            for format in &PixelFormat::ALL[1..] {
                assert_eq!(
                    Frame::decode(*format, w, h, 0, &[]),
                    Err(FrameError::Size(w, h))
                );
            }
        }
    }

    #[test]
    fn yuv_black_white_and_colours() {
        assert_eq!(yuv(16, 128, 128), [0, 0, 0]);
        assert_eq!(yuv(235, 128, 128), [255, 255, 255]);
        // 100% red, green and blue as BT.601 gives them.
        for (yuv_in, rgb) in [
            ([81, 90, 240], [255, 0, 0]),
            ([145, 54, 34], [0, 255, 0]),
            ([41, 240, 110], [0, 0, 255]),
        ] {
            let found = yuv(yuv_in[0], yuv_in[1], yuv_in[2]);
            let near = found.iter().zip(rgb).all(|(f, e)| f.abs_diff(e) <= 2);
            assert!(near, "{found:?} {rgb:?}");
        }
    }

    #[test]
    fn rows_with_padding_and_an_odd_width() {
        let grey = Frame::decode(PixelFormat::Grey, 3, 2, 5, &[1, 2, 3, 0, 0, 4, 5, 6]).unwrap();
        assert_eq!(
            grey.rgb(),
            [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6]
        );
        let yuyv = Frame::decode(
            PixelFormat::Yuyv,
            3,
            1,
            0,
            &[16, 128, 235, 128, 16, 128, 235, 128],
        )
        .unwrap();
        assert_eq!(yuyv.rgb(), [0, 0, 0, 255, 255, 255, 0, 0, 0]);
        let nv12 = [
            16, 235, 16, 0, 235, 16, 235, 0, 16, 16, 16, 0, 128, 128, 128, 128, 128, 128, 128, 128,
        ];
        let nv12 = Frame::decode(PixelFormat::Nv12, 3, 3, 0, &nv12).unwrap();
        assert_eq!(nv12.pixel(1, 0), [255; 3]);
        assert_eq!(nv12.pixel(0, 1), [255; 3]);
        assert_eq!(nv12.pixel(2, 2), [0; 3]);
    }

    /// Whatever the bytes, decoding gives a frame or an error.
    #[test]
    fn bad_bytes_never_panic() {
        for format in PixelFormat::ALL {
            for n in 0..200 {
                let data = bytes(n, n as u64);
                let _ = Frame::decode(format, 7, 5, n % 19, &data);
                let _ = Frame::decode(format, MAX_SIDE, MAX_SIDE, usize::MAX, &data);
            }
        }
        let good = jpeg();
        assert_eq!(
            Frame::decode(PixelFormat::Mjpg, 640, 480, 0, &good)
                .unwrap()
                .width(),
            40
        );
        let noise = bytes(3 * 3000, 7);
        for change in noise.chunks(3) {
            let mut bad = good.clone();
            let at = (usize::from(change[0]) * 256 + usize::from(change[1])) % bad.len();
            bad[at] = change[2];
            bad.truncate(bad.len() - usize::from(change[0]) % 3 * usize::from(change[1]));
            let _ = Frame::decode(PixelFormat::Mjpg, 640, 480, 0, &bad);
            let _ = Frame::from_file_bytes(&bad);
        }
    }

    #[test]
    fn only_png_and_jpeg_files() {
        assert!(Frame::from_file_bytes(&jpeg()).is_ok());
        assert_eq!(Frame::from_file_bytes(b"GIF89a"), Err(FrameError::Damaged));
        assert_eq!(Frame::from_file_bytes(&[]), Err(FrameError::Damaged));
    }

    #[test]
    fn debug_shows_no_pixels() {
        assert_eq!(
            format!("{:?}", Frame::from_fn(2, 1, |_, _| [7; 3])),
            "Frame(2x1)"
        );
    }
}
