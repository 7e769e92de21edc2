//! Decoding what cameras deliver.

use super::frame::{Frame, FrameError, bounded};
use super::mjpg::complete;

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
    pub(super) fn row(self, width: usize) -> usize {
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
            return Self::jpeg(&complete(bytes)?);
        }
        bounded(width, height)?;
        let (w, h) = (width as usize, height as usize);
        let stride = stride.max(format.row(w));
        let rows = if format == PixelFormat::Nv12 { h + h.div_ceil(2) } else { h };
        // The last row may come without its padding.
        let needed = stride.saturating_mul(rows - 1).saturating_add(format.row(w));
        if bytes.len() < needed {
            return Err(FrameError::Length { expected: needed, found: bytes.len() });
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
                    let pairs = chroma[y / 2 * stride..][..format.row(w)].as_chunks().0.iter();
                    let pairs = pairs.flat_map(|pair| [pair; 2]);
                    rgb.extend(row[..w].iter().zip(pairs).flat_map(|(&y, &[u, v])| yuv(y, u, v)));
                }
            }
        }
        Self::new(width, height, rgb)
    }
}

/// ITU-R BT.601 with limited range, V4L2's default for these formats.
fn yuv(y: u8, u: u8, v: u8) -> [u8; 3] {
    let (y, u, v) = (298 * (i32::from(y) - 16), i32::from(u) - 128, i32::from(v) - 128);
    let level = |sum: i32| ((sum + 128) >> 8).clamp(0, 255) as u8;
    [level(y + 409 * v), level(y - 100 * u - 208 * v), level(y + 516 * u)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::frame::{MAX_SIDE, tests::jpeg};

    /// Pseudo-random bytes from a seed.
    fn bytes(n: usize, seed: u64) -> Vec<u8> {
        crate::testing::noise(n, seed).iter().map(|v| ((v + 1.0) * 127.9) as u8).collect()
    }

    #[test]
    fn yuv_black_white_and_colours() {
        assert_eq!(yuv(16, 128, 128), [0, 0, 0]);
        assert_eq!(yuv(235, 128, 128), [255, 255, 255]);
        // 100% red, green and blue as BT.601 gives them.
        for (yuv_in, rgb) in
            [([81, 90, 240], [255, 0, 0]), ([145, 54, 34], [0, 255, 0]), ([41, 240, 110], [0, 0, 255])]
        {
            let found = yuv(yuv_in[0], yuv_in[1], yuv_in[2]);
            let near = found.iter().zip(rgb).all(|(f, e)| f.abs_diff(e) <= 2);
            assert!(near, "{found:?} {rgb:?}");
        }
    }

    #[test]
    fn rows_with_padding_and_an_odd_width() {
        let grey = Frame::decode(PixelFormat::Grey, 3, 2, 5, &[1, 2, 3, 0, 0, 4, 5, 6]).unwrap();
        assert_eq!(grey.rgb(), [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6]);
        let yuyv =
            Frame::decode(PixelFormat::Yuyv, 3, 1, 0, &[16, 128, 235, 128, 16, 128, 235, 128]).unwrap();
        assert_eq!(yuyv.rgb(), [0, 0, 0, 255, 255, 255, 0, 0, 0]);
        let nv12 = [16, 235, 16, 0, 235, 16, 235, 0, 16, 16, 16, 0, 128, 128, 128, 128, 128, 128, 128, 128];
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
        assert_eq!(Frame::decode(PixelFormat::Mjpg, 640, 480, 0, &good).unwrap().width(), 40);
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
}
