//! What a camera's driver hands over.

use std::fs;

use aidpost::face::{Frame, PixelFormat};

use super::fuzz_on;

#[test]
fn camera_buffer() {
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/faces/stranger.jpg");
    let rows: Vec<u8> = (0..48 * 32 * 3).map(|i| (i % 251) as u8).collect();
    let all = [fs::read(picture).unwrap(), rows];
    assert!(Frame::decode(PixelFormat::Mjpg, 0, 0, 0, &all[0]).is_ok());
    let mut n = 0usize;
    fuzz_on(&all, "camera buffer", 19, |b| {
        n += 1;
        let (w, h) = (1 + n as u32 % 49, 1 + n as u32 % 33);
        for format in PixelFormat::ALL {
            if let Ok(f) = Frame::decode(format, w, h, n % 160, b)
                && format != PixelFormat::Mjpg
            {
                assert_eq!((f.width(), f.height()), (w, h));
            }
        }
    });
}
