//! What the sealed file lies on: a file of the system, or (in the simulation) a disk with faults.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::error::StoreError;

/// Bytes that can be read and written at any place, and made durable.
pub trait Medium: Send + Sync {
    /// Fills `out` from `offset` on.
    ///
    /// # Errors
    /// Past the end, or the medium failed.
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()>;
    /// Writes all of `data` at `offset`; durable only after [`Medium::sync_data`].
    ///
    /// # Errors
    /// Full, or the medium failed.
    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()>;
    /// Sets the length in bytes.
    ///
    /// # Errors
    /// Full, or the medium failed.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Makes everything written so far durable.
    ///
    /// # Errors
    /// The medium failed: nothing is known of what was written since the last time.
    fn sync_data(&self) -> io::Result<()>;
    /// Lets others open it.
    ///
    /// # Errors
    /// The medium failed.
    fn unlock(&self) -> io::Result<()>;
}

impl Medium for File {
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, out, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        File::set_len(self, len)
    }

    fn sync_data(&self) -> io::Result<()> {
        File::sync_data(self)
    }

    fn unlock(&self) -> io::Result<()> {
        File::unlock(self)
    }
}

/// Where a store is kept; opened again after an error of the file.
pub trait Disk: Send + Sync {
    /// A new medium; fails when one is there.
    ///
    /// # Errors
    /// It exists, or the place can't be written.
    fn create(&self) -> Result<Box<dyn Medium>, StoreError>;
    /// The medium that is there.
    ///
    /// # Errors
    /// Missing, or another process has it.
    fn open(&self) -> Result<Box<dyn Medium>, StoreError>;
    /// The medium for reading beside whoever has it.
    ///
    /// # Errors
    /// Missing, or it can't be read.
    fn look(&self) -> Result<Box<dyn Medium>, StoreError>;
    /// An empty medium beside this one, in place of whatever was left there.
    ///
    /// # Errors
    /// The place can't be written.
    fn create_beside(&self) -> Result<Box<dyn Medium>, StoreError>;
    /// Puts the medium beside in this one's place, at once and durably. Both may be open meanwhile.
    ///
    /// # Errors
    /// The place can't be written: which of the two is there is not known.
    fn replace(&self) -> Result<(), StoreError>;
    /// Removes what was left beside.
    ///
    /// # Errors
    /// The place can't be written.
    fn remove_beside(&self) -> Result<(), StoreError>;
    /// What it is called in errors.
    fn path(&self) -> &Path;
}

/// A file of the system, with mode 0600, locked against other processes.
#[derive(Clone, Debug)]
pub struct FileAt(pub PathBuf);

impl Disk for FileAt {
    fn create(&self) -> Result<Box<dyn Medium>, StoreError> {
        let open = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.0);
        self.locked(&self.0, open)
    }

    fn open(&self) -> Result<Box<dyn Medium>, StoreError> {
        self.locked(&self.0, OpenOptions::new().read(true).write(true).open(&self.0))
    }

    fn look(&self) -> Result<Box<dyn Medium>, StoreError> {
        Ok(Box::new(File::open(&self.0).map_err(|e| StoreError::io(&self.0, e))?))
    }

    fn create_beside(&self) -> Result<Box<dyn Medium>, StoreError> {
        let beside = self.beside();
        let open =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).mode(0o600).open(&beside);
        self.locked(&beside, open)
    }

    fn replace(&self) -> Result<(), StoreError> {
        let replace = || -> io::Result<()> {
            fs::rename(self.beside(), &self.0)?;
            match self.0.parent() {
                Some(dir) => File::open(dir)?.sync_all(),
                None => Ok(()),
            }
        };
        replace().map_err(|e| StoreError::io(&self.0, e))
    }

    fn remove_beside(&self) -> Result<(), StoreError> {
        match fs::remove_file(self.beside()) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(StoreError::io(&self.0, e)),
            _ => Ok(()),
        }
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl FileAt {
    fn beside(&self) -> PathBuf {
        self.0.with_extension("new")
    }

    fn locked(&self, path: &Path, opened: io::Result<File>) -> Result<Box<dyn Medium>, StoreError> {
        let file = opened.map_err(|e| StoreError::io(path, e))?;
        match file.try_lock() {
            // Another process may have put another file in its place between opening and locking.
            Ok(()) if !is_at(&file, path) => Err(StoreError::Busy(self.0.clone())),
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(self.0.clone())),
            Err(TryLockError::Error(e)) => Err(StoreError::io(path, e)),
        }
    }
}

/// True when this open file is what a path names now.
fn is_at(file: &File, path: &Path) -> bool {
    let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(a), Ok(b)) if same(&a, &b))
}
