//! Files that somebody names: never more of them than is wanted, whatever the system says of their size. A device has none.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use zeroize::{Zeroize, Zeroizing};

/// What is in a file of at most `most` bytes.
///
/// # Errors
/// It can't be read, or holds more: then the error's kind is `FileTooLarge`.
pub(crate) fn bytes(path: &Path, most: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut all = Zeroizing::new(Vec::new());
    File::open(path)?.take(most + 1).read_to_end(&mut all)?;
    if all.len() as u64 > most {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {most} bytes")));
    }
    Ok(all)
}

/// The same of text.
///
/// # Errors
/// As [`bytes`], or it isn't UTF-8.
pub(crate) fn text(path: &Path, most: u64) -> io::Result<String> {
    let mut all = bytes(path, most)?;
    String::from_utf8(std::mem::take(&mut *all)).map_err(|e| {
        // It may have been a passphrase.
        e.into_bytes().zeroize();
        io::Error::new(io::ErrorKind::InvalidData, "not UTF-8 text")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_read_than_is_wanted() {
        let endless = text(Path::new("/dev/zero"), 100).unwrap_err();
        assert_eq!(endless.kind(), io::ErrorKind::FileTooLarge);
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x");
        std::fs::write(&file, "abc").unwrap();
        assert_eq!(text(&file, 3).unwrap(), "abc");
        assert!(text(&file, 2).is_err() && text(dir.path(), 2).is_err());
        std::fs::write(&file, [0xff]).unwrap();
        assert_eq!(text(&file, 3).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
