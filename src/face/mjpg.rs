//! What sets the pictures of Motion JPEG apart from JPEG files.
//!
//! Many webcams leave the Huffman tables out, since they are always the same (ITU-T T.81, annex K.3), and a cable that
//! loses data cuts pictures off, which a decoder of files would fill up with grey.

use super::frame::FrameError;
use std::borrow::Cow;

// Markers (ITU-T T.81, table B.1): each stands behind 0xFF.
const START: u8 = 0xD8;
const END: u8 = 0xD9;
const TABLES: u8 = 0xC4;
const SCAN: u8 = 0xDA;
/// An APP0 segment that tells the decoder that tables which are missing are the usual ones.
const USUAL_TABLES: [u8; 9] = [0xFF, 0xE0, 0, 7, b'A', b'V', b'I', b'1', 0];

/// The picture, ready for a decoder of JPEG files.
///
/// # Errors
/// When it has no beginning or no end.
pub(super) fn complete(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FrameError> {
    let (tables, scan) = headers(bytes).ok_or(FrameError::Damaged)?;
    // Inside a scan 0xFF is always followed by 0 or a restart marker, so this is the end and no pixel.
    if !bytes[scan..].windows(2).rev().any(|pair| pair == [0xFF, END]) {
        return Err(FrameError::Damaged);
    }
    if tables {
        return Ok(Cow::Borrowed(bytes));
    }
    Ok(Cow::Owned([&bytes[..2], &USUAL_TABLES, &bytes[2..]].concat()))
}

/// Whether there are Huffman tables, and where the first scan begins; `None` when the headers make no sense.
fn headers(bytes: &[u8]) -> Option<(bool, usize)> {
    if bytes.get(..2)? != [0xFF, START] {
        return None;
    }
    let (mut at, mut tables) = (2, false);
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Padding.
            0xFF => at += 1,
            SCAN => return Some((tables, at)),
            marker => {
                tables |= marker == TABLES;
                let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
                at += 2 + usize::from(length.max(2));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::frame::tests::jpeg;
    use crate::face::{Frame, PixelFormat};

    fn decode(bytes: &[u8]) -> Result<Frame, FrameError> {
        Frame::decode(PixelFormat::Mjpg, 40, 30, 0, bytes)
    }

    /// The picture without its Huffman tables, as webcams send it.
    fn bare(jpeg: &[u8]) -> Vec<u8> {
        let (mut out, mut at) = (jpeg[..2].to_vec(), 2);
        while jpeg[at + 1] != SCAN {
            let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
            if jpeg[at + 1] != TABLES {
                out.extend(&jpeg[at..end]);
            }
            at = end;
        }
        out.extend(&jpeg[at..]);
        out
    }

    #[test]
    fn huffman_tables_may_be_missing() {
        let bare = bare(&jpeg());
        assert!(bare.len() + 400 < jpeg().len(), "four tables");
        assert!(Frame::from_file_bytes(&bare).is_err(), "no decoder of files takes it");
        assert_eq!(decode(&bare), decode(&jpeg()));
        assert!(decode(&bare).is_ok());
    }

    #[test]
    fn a_picture_that_was_cut_off_is_damaged() {
        let whole = jpeg();
        for n in 0..whole.len() - 1 {
            assert_eq!(decode(&whole[..n]), Err(FrameError::Damaged), "{n} of {} bytes", whole.len());
        }
        // Buffers are often filled up behind the picture.
        assert_eq!(decode(&[&whole[..], &[0; 300]].concat()), decode(&whole));
    }
}
