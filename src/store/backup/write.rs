//! Writing a backup piece by piece, while the store is in use: blocks are only ever added, so the pieces are of one time.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use rand::CryptoRng;
use redb::{ReadableDatabase, ReadableTable};

use super::{BackupError, FRAME, Frame, Gap, Header, MAGIC, Manifest, frame_aad, io_at};
use crate::{
    core::{block::Block, codec},
    store::{Db, StoreError, tables},
    vault::{Secret, seal},
};

/// Tables whose rows go along with the ledger: what isn't signed yet, and where others answer.
pub const BESIDE: [(&str, tables::Table); 2] = [("drafts", tables::DRAFTS), ("peers", tables::PEERS)];

/// A backup that is being written. Dropped before [`Writer::end`], nothing is left of it.
pub struct Writer {
    path: PathBuf,
    part: PathBuf,
    file: Option<BufWriter<File>>,
    key: Secret,
    header: Vec<u8>,
    number: u64,
    blocks: u64,
    bytes: u64,
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = fs::remove_file(&self.part);
        }
    }
}

impl Writer {
    /// Begins a file; what is at `path` stays until the end.
    ///
    /// # Errors
    /// The place can't be written.
    pub fn begin(
        path: &Path,
        key: Secret,
        header: &Header,
        manifest: Manifest,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, BackupError> {
        let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
        name.push(".part");
        let part = path.with_file_name(name);
        let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let file = BufWriter::new(open.map_err(io_at(path))?);
        let header = codec::encode(header);
        let mut w = Self {
            path: path.into(),
            part,
            file: Some(file),
            key,
            header: header.clone(),
            number: 0,
            blocks: 0,
            bytes: 0,
        };
        w.put(&MAGIC[..])?;
        w.piece(&header)?;
        w.frame(&Frame::Manifest(Box::new(manifest)), rng)?;
        Ok(w)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.bytes += bytes.len() as u64;
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(io_at(&self.path))
    }

    fn piece(&mut self, bytes: &[u8]) -> Result<(), BackupError> {
        self.put(&(bytes.len() as u32).to_le_bytes())?;
        self.put(bytes)
    }

    fn frame(&mut self, f: &Frame, rng: &mut dyn CryptoRng) -> Result<(), BackupError> {
        let plain = zeroize::Zeroizing::new(codec::encode(f));
        let sealed = seal::seal(&self.key, &frame_aad(&self.header, self.number), &plain, rng);
        self.number += 1;
        self.piece(&sealed)
    }

    /// Adds blocks, in the order of their arrival.
    ///
    /// # Errors
    /// The place can't be written.
    pub fn blocks(&mut self, blocks: Vec<Block>, rng: &mut dyn CryptoRng) -> Result<(), BackupError> {
        let (mut some, mut size) = (Vec::new(), 0);
        for b in blocks {
            size += b.content().len() + 512;
            self.blocks += 1;
            some.push(b);
            if size >= FRAME {
                self.frame(&Frame::Blocks(std::mem::take(&mut some)), rng)?;
                size = 0;
            }
        }
        if some.is_empty() { Ok(()) } else { self.frame(&Frame::Blocks(some), rng) }
    }

    /// Adds the name of something that could not be read, in its place.
    ///
    /// # Errors
    /// The place can't be written.
    pub fn gap(&mut self, gap: Gap, rng: &mut dyn CryptoRng) -> Result<(), BackupError> {
        self.blocks += u64::from(!matches!(gap, Gap::Table(_)));
        self.frame(&Frame::Gap(gap), rng)
    }

    /// Adds rows of a table.
    ///
    /// # Errors
    /// The place can't be written.
    pub fn rows(
        &mut self,
        table: &str,
        rows: Vec<(Vec<u8>, Vec<u8>)>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), BackupError> {
        let (mut some, mut size) = (Vec::new(), 0);
        for r in rows {
            size += r.0.len() + r.1.len();
            some.push(r);
            if size >= FRAME {
                self.frame(&Frame::Rows { table: table.into(), rows: std::mem::take(&mut some) }, rng)?;
                size = 0;
            }
        }
        if some.is_empty() {
            Ok(())
        } else {
            self.frame(&Frame::Rows { table: table.into(), rows: some }, rng)
        }
    }

    /// Ends the file and puts it in its place, durably. Its bytes, and its blocks with those that could not be read.
    ///
    /// # Errors
    /// The place can't be written; then what was there before is there still.
    pub fn end(mut self, rng: &mut dyn CryptoRng) -> Result<(u64, u64), BackupError> {
        let blocks = self.blocks;
        self.frame(&Frame::End { blocks }, rng)?;
        let path = self.path.clone();
        let finish = |w: &mut Self| -> std::io::Result<()> {
            if let Some(file) = &mut w.file {
                file.flush()?;
                file.get_ref().sync_all()?;
            }
            fs::rename(&w.part, &w.path)?;
            match w.path.parent().filter(|d| !d.as_os_str().is_empty()) {
                Some(dir) => File::open(dir)?.sync_all(),
                None => Ok(()),
            }
        };
        finish(&mut self).map_err(io_at(&path))?;
        self.file = None;
        Ok((self.bytes, blocks))
    }
}

impl Db {
    /// Keys of the blocks that arrived from number `from` up to `to`, in the order of arrival.
    ///
    /// # Errors
    /// A damaged page.
    pub fn arrived(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let tx = self.database()?.begin_read()?;
        let mut all: Vec<(u64, Vec<u8>)> = Vec::new();
        // Only where each block lies: all headers at once would be most of the program's memory.
        for row in tx.open_table(tables::BLOCKS)?.iter()? {
            let (k, v) = row?;
            let n = tables::arrival(v.value())
                .ok_or_else(|| StoreError::Damaged("a value of table blocks-v0 is damaged".into()))?;
            if (from..to).contains(&n) {
                all.push((n, k.value().to_vec()));
            }
        }
        all.sort_unstable();
        Ok(all.into_iter().map(|(_, k)| k).collect())
    }
}
