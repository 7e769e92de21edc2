//! What can go wrong with the store, each with its remedy.

use std::{
    error::Error,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use super::pages::DamagedPage;
use crate::core::governance;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the file.
    #[error("{0} is in use by another Aidpost: use that one, or stop it first")]
    Busy(PathBuf),
    /// Not a store, or another store's file.
    #[error("{0} is not the database that these key slots belong to: check the data folder")]
    NotAStore(PathBuf),
    /// No store there.
    #[error(
        "no Aidpost data in {0}: run 'aidpost init' or 'aidpost join' first, or name the folder with --data"
    )]
    Missing(PathBuf),
    /// There is one already.
    #[error("{0} holds an Aidpost store already: choose another folder with --data")]
    Exists(PathBuf),
    /// Of a version to come.
    #[error("{0} was written by a newer Aidpost: update this one")]
    Newer(PathBuf),
    /// No room.
    #[error(
        "the disk is full: nothing that was saved before is lost, but this was not saved; free some space, then try again"
    )]
    Full,
    /// The disk or the folder can't be written.
    #[error(
        "{0} can't be written: the disk is read-only, or the folder belongs to somebody else; check how it is mounted and who owns it"
    )]
    ReadOnly(PathBuf),
    /// Damaged; names what.
    #[error("{0}: run 'aidpost verify' to see all that is hit; what was shared is still on the others")]
    Damaged(String),
    /// The system.
    #[error("{path}: {source}: check the folder's permissions and free space")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// What was asked for can't be done; the store is well.
    #[error("{0}")]
    Refused(String),
    /// redb.
    #[error("the database failed ({0}): try again, then check the disk")]
    Database(String),
    /// Bad genesis.
    #[error("the consortium's founding document does not verify: {0}")]
    Genesis(#[from] governance::Refused),
    /// The database thread is gone.
    #[error("the store is closed: restart Aidpost")]
    Closed,
}

impl StoreError {
    /// A system error with its path; what has a remedy of its own becomes that error.
    pub fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => StoreError::Full,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => StoreError::ReadOnly(path.into()),
            ErrorKind::NotFound => StoreError::Missing(path.parent().unwrap_or(path).into()),
            ErrorKind::AlreadyExists => StoreError::Exists(path.parent().unwrap_or(path).into()),
            _ => StoreError::Io { path: path.into(), source },
        }
    }
}

/// What the sealed file says through redb.
fn of_io(e: &io::Error) -> Option<StoreError> {
    if let Some(page) = e.get_ref().and_then(|i| i.downcast_ref::<DamagedPage>()) {
        return Some(StoreError::Damaged(page.to_string()));
    }
    match StoreError::io(Path::new("the data folder"), io::Error::from(e.kind())) {
        known @ (StoreError::Full | StoreError::ReadOnly(_)) => Some(known),
        _ => None,
    }
}

impl From<redb::Error> for StoreError {
    fn from(e: redb::Error) -> Self {
        // redb wraps what the sealed file said; a damaged page keeps its name, a full disk stays one.
        if let redb::Error::Io(io) = &e
            && let Some(known) = of_io(io)
        {
            return known;
        }
        let mut source: Option<&(dyn Error + 'static)> = Some(&e);
        while let Some(s) = source {
            if let Some(known) = s.downcast_ref::<io::Error>().and_then(of_io) {
                return known;
            }
            source = s.source();
        }
        match e {
            redb::Error::Corrupted(what) => StoreError::Damaged(format!("the database is damaged ({what})")),
            other => StoreError::Database(other.to_string()),
        }
    }
}

macro_rules! from_redb {
    ($($t:ty),*) => {$(
        impl From<$t> for StoreError {
            fn from(e: $t) -> Self {
                redb::Error::from(e).into()
            }
        }
    )*};
}
from_redb!(
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError
);
