//! What a failed sync leaves behind is written once more before the file is used again.
//!
//! When a sync fails, the system may give up what it could not write and yet show it to readers until the power goes. The
//! next sync then succeeds without it, and a commit that builds on it would be acknowledged and not be there. So
//! everything that was written since the last good sync is read back, written again and synced before anyone builds on it.

use std::{
    io::{self, ErrorKind},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    disk::{Disk, Medium},
    error::StoreError,
};

/// Bytes that are copied at once.
const PIECE: u64 = 256 * 1024;

#[derive(Default)]
struct Unsynced {
    /// (offset, bytes), in the order of writing.
    ranges: Vec<(u64, u64)>,
    failed: bool,
}

type Shared = Arc<Mutex<Unsynced>>;

fn locked(u: &Shared) -> MutexGuard<'_, Unsynced> {
    // A panic while the lock was held leaves a list that says too much at worst.
    u.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A disk that remembers, from one opening to the next, what no sync has made durable.
pub(super) struct Resynced {
    disk: Arc<dyn Disk>,
    unsynced: Mutex<Shared>,
    /// Of the medium beside, while there is one.
    beside: Mutex<Shared>,
}

impl Resynced {
    pub(super) fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, unsynced: Mutex::default(), beside: Mutex::default() }
    }

    fn shared(of: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
        of.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn watched(&self, medium: Box<dyn Medium>) -> Box<dyn Medium> {
        Box::new(Watched { medium, unsynced: Self::shared(&self.unsynced).clone() })
    }
}

impl Disk for Resynced {
    fn create(&self) -> Result<Box<dyn Medium>, StoreError> {
        Ok(self.watched(self.disk.create()?))
    }

    fn open(&self) -> Result<Box<dyn Medium>, StoreError> {
        let medium = self.disk.open()?;
        let unsynced = Self::shared(&self.unsynced).clone();
        let mut u = locked(&unsynced);
        if u.failed {
            write_again(&*medium, &u.ranges).map_err(|e| StoreError::io(self.path(), e))?;
            *u = Unsynced::default();
        }
        drop(u);
        Ok(self.watched(medium))
    }

    fn look(&self) -> Result<Box<dyn Medium>, StoreError> {
        self.disk.look()
    }

    fn create_beside(&self) -> Result<Box<dyn Medium>, StoreError> {
        let unsynced = Shared::default();
        *Self::shared(&self.beside) = unsynced.clone();
        Ok(Box::new(Watched { medium: self.disk.create_beside()?, unsynced }))
    }

    fn replace(&self) -> Result<(), StoreError> {
        self.disk.replace()?;
        *Self::shared(&self.unsynced) = Self::shared(&self.beside).clone();
        Ok(())
    }

    fn remove_beside(&self) -> Result<(), StoreError> {
        self.disk.remove_beside()
    }

    fn path(&self) -> &Path {
        self.disk.path()
    }
}

fn write_again(medium: &dyn Medium, ranges: &[(u64, u64)]) -> io::Result<()> {
    let mut buf = vec![0u8; PIECE as usize];
    for (from, len) in ranges {
        let mut at = *from;
        while at < from + len {
            let piece = &mut buf[..PIECE.min(from + len - at) as usize];
            match medium.read_exact_at(piece, at) {
                Ok(()) => medium.write_all_at(piece, at)?,
                // It never got there, and so nothing refers to it.
                Err(e) if e.kind() == ErrorKind::UnexpectedEof => {}
                Err(e) => return Err(e),
            }
            at += piece.len() as u64;
        }
    }
    medium.sync_data()
}

struct Watched {
    medium: Box<dyn Medium>,
    unsynced: Shared,
}

impl Medium for Watched {
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.medium.read_exact_at(out, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let mut u = locked(&self.unsynced);
        let len = data.len() as u64;
        match u.ranges.last_mut() {
            Some((from, n)) if *from + *n == offset => *n += len,
            _ => u.ranges.push((offset, len)),
        }
        drop(u);
        self.medium.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.medium.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        let done = self.medium.sync_data();
        let mut u = locked(&self.unsynced);
        match done {
            Ok(()) => u.ranges.clear(),
            Err(_) => u.failed = true,
        }
        done
    }

    fn unlock(&self) -> io::Result<()> {
        self.medium.unlock()
    }
}
