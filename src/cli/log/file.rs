//! The log's files: bounded in size and number, several processes at once.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// The largest that a file becomes.
const MAX_FILE: u64 = 512 * 1024;
/// Older files that are kept.
const KEPT: usize = 3;

/// `log`, `log.1`, …: the newest first.
pub(super) fn names(data: &Path) -> Vec<PathBuf> {
    let older = (1..=KEPT).map(|n| data.join(format!("log.{n}")));
    std::iter::once(data.join("log")).chain(older).collect()
}

/// The file that is written, wherever another process has moved it.
pub(super) struct Rotated {
    names: Vec<PathBuf>,
    file: Option<File>,
}

impl Rotated {
    pub(super) fn new(data: &Path) -> Self {
        Self { names: names(data), file: None }
    }

    /// Appends a line. What can't be written is lost: a full disk must not stop the work.
    pub(super) fn line(&mut self, line: &str) {
        if self.append(line).is_err() {
            self.file = None;
        }
    }

    fn append(&mut self, line: &str) -> io::Result<()> {
        let now = fs::metadata(&self.names[0]).ok();
        let opened = self.file.as_ref().and_then(|f| f.metadata().ok());
        let moved = opened.as_ref().map(MetadataExt::ino) != now.as_ref().map(MetadataExt::ino);
        if moved {
            self.file = None;
        }
        if now.is_some_and(|m| m.len() + line.len() as u64 > MAX_FILE) {
            self.rotate()?;
        }
        let file = match &mut self.file {
            Some(f) => f,
            none => {
                none.insert(OpenOptions::new().append(true).create(true).mode(0o600).open(&self.names[0])?)
            }
        };
        file.write_all(line.as_bytes())
    }

    /// Moves each file to the next name; the last one goes.
    fn rotate(&mut self) -> io::Result<()> {
        self.file = None;
        let lock = File::open(&self.names[0])?;
        lock.lock()?;
        // Another process may have done it while this one waited.
        if lock.metadata()?.ino() == fs::metadata(&self.names[0])?.ino() {
            for pair in self.names.windows(2).rev() {
                match fs::rename(&pair[0], &pair[1]) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_bounded_and_nothing_is_torn() {
        let dir = tempfile::tempdir().unwrap();
        let line = format!("{}\n", "x".repeat(999));
        // Two processes at once, each with its own handle.
        let mut both = [Rotated::new(dir.path()), Rotated::new(dir.path())];
        for n in 0..3_000 {
            both[n % 2].line(&line);
        }
        let sizes: Vec<u64> = names(dir.path()).iter().map(|p| fs::metadata(p).unwrap().len()).collect();
        assert!(sizes.iter().all(|s| *s <= MAX_FILE && s.is_multiple_of(1_000)), "{sizes:?}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), KEPT + 1);
        assert_eq!(fs::metadata(dir.path().join("log")).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_that_is_gone_stops_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Rotated::new(&dir.path().join("gone"));
        log.line("x\n");
        assert!(!dir.path().join("gone").exists());
    }
}
