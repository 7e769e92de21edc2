//! What can go wrong with the store, each with its remedy.

use std::{
    error::Error,
    io,
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
    /// A system error with its path; a missing file becomes [`StoreError::Missing`].
    pub fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => StoreError::Missing(path.parent().unwrap_or(path).into()),
            io::ErrorKind::AlreadyExists => StoreError::Exists(path.parent().unwrap_or(path).into()),
            _ => StoreError::Io { path: path.into(), source },
        }
    }
}

impl From<redb::Error> for StoreError {
    fn from(e: redb::Error) -> Self {
        // redb wraps what the sealed file said; a damaged page keeps its name.
        let mut source: Option<&(dyn Error + 'static)> = Some(&e);
        while let Some(s) = source {
            if let Some(io) = s.downcast_ref::<io::Error>()
                && let Some(page) = io.get_ref().and_then(|i| i.downcast_ref::<DamagedPage>())
            {
                return StoreError::Damaged(page.to_string());
            }
            source = s.source();
        }
        if let redb::Error::Io(io) = &e
            && let Some(page) = io.get_ref().and_then(|i| i.downcast_ref::<DamagedPage>())
        {
            return StoreError::Damaged(page.to_string());
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
