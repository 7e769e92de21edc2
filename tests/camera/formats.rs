//! Frames as cameras send them: the other direction of `Frame::decode`.

use aidpost::face::Frame;

/// ITU-R BT.601 with limited range.
fn yuv([r, g, b]: [u8; 3]) -> [u8; 3] {
    let (r, g, b) = (f64::from(r), f64::from(g), f64::from(b));
    let y = 16.0 + (65.481 * r + 128.553 * g + 24.966 * b) / 255.0;
    let u = 128.0 + (-37.797 * r - 74.203 * g + 112.0 * b) / 255.0;
    let v = 128.0 + (112.0 * r - 93.786 * g - 18.214 * b) / 255.0;
    [y, u, v].map(|value| value.round().clamp(0.0, 255.0) as u8)
}

/// YUYV; two neighbours share the colour of the first.
pub(crate) fn yuyv(frame: &Frame) -> Vec<u8> {
    let pixels: Vec<[u8; 3]> = frame.rgb().as_chunks().0.to_vec();
    let pairs = pixels.as_chunks().0.iter();
    pairs
        .flat_map(|&[one, other]| {
            let [y, u, v] = yuv(one);
            [y, u, yuv(other)[0], v]
        })
        .collect()
}

/// GREY, as an infrared camera might see it: brightness only.
pub(crate) fn grey(frame: &Frame) -> Vec<u8> {
    frame
        .rgb()
        .as_chunks()
        .0
        .iter()
        .map(|&[r, g, b]| ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)) / 1000) as u8)
        .collect()
}

/// One picture of Motion JPEG.
pub(crate) fn mjpg(frame: &Frame) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 90);
    let picture = image::RgbImage::from_raw(frame.width(), frame.height(), frame.rgb().to_vec()).unwrap();
    picture.write_with_encoder(encoder).unwrap();
    out
}

/// Mean difference of two pictures of the same size, in levels of 0 to 255.
pub(crate) fn difference(one: &Frame, other: &Frame) -> f64 {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let sum: u64 = one.rgb().iter().zip(other.rgb()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / one.rgb().len() as f64
}
