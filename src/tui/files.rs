//! New files of whoever sits at this terminal, where they say.

use std::io::ErrorKind;

use tokio::{
    fs::{File, OpenOptions},
    io::{AsyncReadExt, AsyncWriteExt},
};

use crate::node::api::Fault;

/// Why a file wasn't written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unwritten {
    /// Something of this name is there already: it is never written over.
    Exists(String),
    /// What the system says.
    Failed { path: String, why: String },
}

impl Unwritten {
    fn new(path: &str, e: &std::io::Error) -> Self {
        match e.kind() {
            ErrorKind::AlreadyExists => Self::Exists(path.to_owned()),
            _ => Self::Failed { path: path.to_owned(), why: e.to_string() },
        }
    }
}

/// Why what the node gives isn't in a file.
#[derive(Debug)]
pub(crate) enum Untaken {
    /// The file can't be written, or read.
    File(Unwritten),
    /// The node said no.
    Node(Fault),
}

impl Untaken {
    /// What the node said.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Untaken::File(_) => None,
            Untaken::Node(fault) => Some(fault),
        }
    }
}

/// A file's text, as far as `most` bytes.
///
/// # Errors
/// It isn't there, or isn't text.
pub(crate) async fn read_text(path: &str, most: u64) -> Result<String, Unwritten> {
    let bad = |e: std::io::Error| Unwritten::new(path, &e);
    let mut text = String::new();
    File::open(path).await.map_err(bad)?.take(most).read_to_string(&mut text).await.map_err(bad)?;
    Ok(text)
}

/// A file that wasn't there before and that nobody else of this machine may read. Empty, until something is put into it.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    path: String,
    /// Something is in it, durably.
    whole: bool,
}

impl NewFile {
    /// Makes it.
    ///
    /// # Errors
    /// One of that name is there, or the place can't be written to.
    pub(crate) async fn create(path: &str) -> Result<Self, Unwritten> {
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await;
        let file = made.map_err(|e| Unwritten::new(path, &e))?;
        Ok(Self { file, path: path.to_owned(), whole: false })
    }

    /// Puts this into it, durably; gives its path. When that fails, nothing is left of it.
    ///
    /// # Errors
    /// No room, or the medium is gone.
    pub(crate) async fn fill(mut self, what: impl AsRef<[u8]>) -> Result<String, Unwritten> {
        match self.put(what.as_ref()).await {
            Ok(()) => {
                self.whole = true;
                Ok(std::mem::take(&mut self.path))
            }
            Err(e) => Err(Unwritten::new(&self.path, &e)),
        }
    }

    async fn put(&mut self, what: &[u8]) -> std::io::Result<()> {
        self.file.write_all(what).await?;
        self.file.flush().await?;
        self.file.sync_all().await
    }
}

impl Drop for NewFile {
    /// Where there was nothing to put into it, or whoever wanted it gave up, nothing is left of it.
    fn drop(&mut self) {
        if !self.whole {
            // What can't be removed is empty, or half: whoever looks sees that.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn a_file_that_is_there_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("counts.csv");
        let path = path.to_str().unwrap();
        let made = NewFile::create(path).await.unwrap();
        assert_eq!(made.fill("a,b\r\n").await.as_deref(), Ok(path));
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(NewFile::create(path).await.unwrap_err(), Unwritten::Exists(path.into()));
        assert_eq!(std::fs::read_to_string(path).unwrap(), "a,b\r\n");
        let nowhere = NewFile::create("/nowhere/at/all.csv").await.unwrap_err();
        assert!(matches!(nowhere, Unwritten::Failed { .. }), "{nowhere:?}");
    }

    #[tokio::test]
    async fn what_was_refused_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("extract.csv");
        let file = NewFile::create(path.to_str().unwrap()).await.unwrap();
        assert!(path.exists());
        drop(file);
        assert!(!path.exists());
    }
}
