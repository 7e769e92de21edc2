//! What goes wrong, in one line.

use std::{fmt, io, path::Path};

use serde::{Deserialize, Serialize};

/// What went wrong, as a kind; the command line turns it into its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Something failed. Exit code 1.
    Failed,
    /// The command line itself: an option, a value, a name or identifier that nobody has. Exit code 2.
    Usage,
    /// Locked, sealed, not signed in, or policy says no. Exit code 3.
    Locked,
    /// Stored data or weights are damaged or missing. Exit code 4.
    Damaged,
    /// A peer, the camera or the node isn't reachable. Exit code 5.
    Unreachable,
    /// Another process holds the database. Exit code 6.
    Busy,
    /// The disk is full. Exit code 7.
    Full,
    /// The disk is read-only, or the folder is somebody else's. Exit code 8.
    ReadOnly,
    /// Written by a newer Aidpost. Exit code 9.
    Newer,
    /// A file's content can't be taken: it is something else, has faults, or is another store's. Exit code 10.
    Refused,
    /// Signed in, but a PIN or passphrase must have been given a moment ago. Exit code 3.
    Proof,
    /// A file or folder that was named isn't there, or can't be read. Exit code 11.
    Missing,
    /// As things stand it can't be done, however it is asked for. Exit code 1.
    Conflict,
}

/// One clear line that names the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// What happened and what to do.
    pub message: String,
}

impl Fault {
    /// A fault of this kind.
    pub fn new(kind: FaultKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }

    /// A file or folder that can't be read, with what to do.
    pub fn unread(path: &Path, e: &io::Error, remedy: impl fmt::Display) -> Self {
        Self::new(FaultKind::of_read(e), format!("{}: {e}: {remedy}", path.display()))
    }

    /// The same of one that can't be written.
    pub fn unwritten(path: &Path, e: &io::Error, remedy: impl fmt::Display) -> Self {
        Self::new(FaultKind::of_io(e), format!("{}: {e}: {remedy}", path.display()))
    }
}

impl FaultKind {
    /// What the system's answer means for whoever wanted to write.
    pub fn of_io(e: &io::Error) -> Self {
        use io::ErrorKind::*;
        match e.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::Full,
            ReadOnlyFilesystem | PermissionDenied => Self::ReadOnly,
            NotFound | NotADirectory | IsADirectory => Self::Missing,
            AlreadyExists | InvalidFilename => Self::Usage,
            _ => Self::Failed,
        }
    }

    /// The same for whoever wanted to read.
    pub fn of_read(e: &io::Error) -> Self {
        use io::ErrorKind::*;
        match e.kind() {
            // It was read, and is no such file.
            FileTooLarge | InvalidData | UnexpectedEof => Self::Refused,
            _ => Self::Missing,
        }
    }
}
