//! A card's code, out of the file that was made when it was issued, or out of a photograph.

use std::{fs::File, io::Read, path::Path};

use zeroize::Zeroizing;

use crate::{
    face::Frame,
    node::api::{Code, Fault, FaultKind},
    qr,
    vault::card::BadCard,
};

/// The most bytes of a picture.
const MAX_PICTURE: u64 = 32 * 1024 * 1024;

/// The code of a card, from a file with its picture or its text.
///
/// # Errors
/// It isn't there, is too large, or no card is in it.
pub fn card_in_file(path: &Path) -> Result<Code, Fault> {
    let bad =
        |why: &dyn std::fmt::Display| Fault::new(FaultKind::Refused, format!("{}: {why}", path.display()));
    let unread = |e| Fault::unread(path, &e, "check the name");
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(unread)?;
    file.take(MAX_PICTURE + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > MAX_PICTURE {
        return Err(bad(&"larger than 32 MiB: make the picture smaller"));
    }
    if bytes.starts_with(b"AIDCARD") {
        let line = bytes.split(|b| *b == b'\n').next().unwrap_or(&[]);
        return Ok(Code(String::from_utf8_lossy(line).into_owned()));
    }
    let frame = Frame::from_file_bytes(&bytes)
        .map_err(|_| bad(&"not a picture that can be read: give a PNG or JPEG file of the card"))?;
    let texts = qr::texts(&frame);
    match texts.iter().find(|t| t.starts_with("AIDCARD")) {
        Some(t) => Ok(Code(t.clone())),
        None if texts.is_empty() => Err(bad(
            &"no code is seen in the picture: take it from straight above, in good light, and let the card fill most of it",
        )),
        None => Err(BadCard::NotACard.into()),
    }
}
