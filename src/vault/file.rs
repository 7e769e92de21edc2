//! Small files of secrets: read within a limit, replaced so that after a crash either the old or the new one is there, and
//! the old one overwritten.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{code::BadCode, cost::NoMemory, slots::MIN_PASSPHRASE};

/// Why key slots can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// Name or passphrase; nothing says which.
    #[error(
        "wrong name or passphrase: try again, use your recovery code ('aidpost slots recover'), or ask an admin"
    )]
    Wrong,
    /// A recovery code that opens nothing.
    #[error(
        "that is not the newest recovery code of this person: check the login name, or ask an admin for a new passphrase ('aidpost staff reset')"
    )]
    WrongCode,
    /// A slip in a recovery code.
    #[error(transparent)]
    Code(BadCode),
    /// Short passphrase.
    #[error("the passphrase is too short: use at least {MIN_PASSPHRASE} characters")]
    TooShort,
    /// No name for a login.
    #[error("'{0}' can't be a login name: choose another")]
    Login(String),
    /// The name has a slot already.
    #[error("'{0}' has a key slot already: choose another login name")]
    Taken(String),
    /// Nobody of that name.
    #[error("nobody signs in as '{0}' here: 'aidpost slots list' shows who does")]
    Unknown(String),
    /// Nobody could open the store any more.
    #[error("this is the last passphrase that opens this terminal: add a person first ('aidpost staff add')")]
    Last,
    /// Nobody could sign for the organisation any more.
    #[error(
        "this is the last slot with the organisation's root key: print the recovery kit ('aidpost org kit') and give the key to another admin first ('aidpost org recover')"
    )]
    LastRoot,
    /// Too many.
    #[error("no more people fit on this terminal: remove a slot first ('aidpost slots remove')")]
    Full,
    /// Not a slot file.
    #[error("{0} is not a key slot file of Aidpost: check the data folder")]
    Foreign(PathBuf),
    /// Of a version to come.
    #[error("{0} was written by a newer Aidpost: update this one")]
    Newer(PathBuf),
    /// Damaged.
    #[error("{0} is damaged: put a copy of that file back, or restore a backup into another folder")]
    Damaged(PathBuf),
    /// The system.
    #[error("{path}: {source}: check the folder's permissions and free space")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Argon2 could not get its memory.
    #[error(transparent)]
    Memory(#[from] NoMemory),
}

/// A whole file of at most `most` bytes that begins with `magic`, whose last byte is the version.
pub(super) fn read(path: &Path, most: usize, magic: &[u8; 8]) -> Result<Vec<u8>, SlotError> {
    let io = |source| SlotError::Io { path: path.to_path_buf(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(most as u64 + 1).read_to_end(&mut bytes).map_err(io)?;
    match bytes.get(..8) {
        Some(m) if m == magic => {}
        Some(m) if is_newer(m, magic) => return Err(SlotError::Newer(path.into())),
        _ => return Err(SlotError::Foreign(path.into())),
    }
    if bytes.len() > most { Err(SlotError::Damaged(path.into())) } else { Ok(bytes) }
}

/// The same kind of file with a higher digit of its version.
pub(crate) fn is_newer(found: &[u8], ours: &[u8; 8]) -> bool {
    found.len() == 8 && found[..7] == ours[..7] && found[7] > ours[7] && found[7].is_ascii_alphanumeric()
}

/// Writes a small file so that after a crash either the old or the new one is there, readable by its owner only.
///
/// # Errors
/// What the system said, with the path.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    let io = |source| SlotError::Io { path: path.to_path_buf(), source };
    let tmp = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut f = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&tmp)?;
        f.write_all(bytes)?;
        f.sync_all()?;
        fs::rename(&tmp, path)?;
        match path.parent() {
            Some(dir) => File::open(dir)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(|e| {
        // What there was room for is of no use to anybody.
        let _ = fs::remove_file(&tmp);
        io(e)
    })
}

/// The same, and what the file held before is overwritten in place. (A drive that remaps blocks may keep a copy.)
///
/// # Errors
/// As [`write_atomically`].
pub fn replace_atomically(path: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    let before = OpenOptions::new().write(true).open(path);
    write_atomically(path, bytes)?;
    if let Ok(file) = before {
        // The new file is in place: what can't be wiped of the old one is no reason to say that nothing changed.
        let _ = wipe(file);
    }
    Ok(())
}

/// Overwrites a file in place.
fn wipe(mut file: File) -> io::Result<()> {
    let mut left = file.metadata()?.len();
    let zeros = [0u8; 4096];
    while left > 0 {
        let n = left.min(zeros.len() as u64);
        file.write_all(&zeros[..n as usize])?;
        left -= n;
    }
    file.sync_all()
}
