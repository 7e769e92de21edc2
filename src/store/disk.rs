//! What the sealed file lies on: a file of the system, or (in the simulation) a disk with faults.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
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
    /// What it is called in errors.
    fn path(&self) -> &Path;
}

/// A file of the system, with mode 0600, locked against other processes.
#[derive(Clone, Debug)]
pub struct FileAt(pub PathBuf);

impl Disk for FileAt {
    fn create(&self) -> Result<Box<dyn Medium>, StoreError> {
        let open = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&self.0);
        self.locked(open)
    }

    fn open(&self) -> Result<Box<dyn Medium>, StoreError> {
        self.locked(OpenOptions::new().read(true).write(true).open(&self.0))
    }

    fn look(&self) -> Result<Box<dyn Medium>, StoreError> {
        Ok(Box::new(File::open(&self.0).map_err(|e| StoreError::io(&self.0, e))?))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl FileAt {
    fn locked(&self, opened: io::Result<File>) -> Result<Box<dyn Medium>, StoreError> {
        let file = opened.map_err(|e| StoreError::io(&self.0, e))?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(self.0.clone())),
            Err(TryLockError::Error(e)) => Err(StoreError::io(&self.0, e)),
        }
    }
}
