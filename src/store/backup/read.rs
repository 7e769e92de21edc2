//! Reading backups: a chain of them is put in order, and every seal, signature, link and payload is checked before
//! anything is written.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
    path::{Path, PathBuf},
};

use super::{
    BackupError, BackupId, Frame, Gap, Header, MAGIC, MAX_CHAIN, MAX_FRAME, MAX_HEADER, Manifest, Missing,
    content_by_root, frame_aad, gaps,
};
use crate::{
    core::{
        block::{Block, SignedHeader},
        codec,
        ledger::{Accepted, Replica},
    },
    store::db::IndexRow,
    vault::{
        Secret,
        file::is_newer,
        keytree::Exchange,
        seal,
        slots::{Opened, Slots},
    },
};

/// One file of a chain.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// What it says without a key.
    pub header: Header,
    bytes: Vec<u8>,
}

struct Frames {
    path: PathBuf,
    file: BufReader<File>,
    header: Vec<u8>,
    number: u64,
}

fn unread(path: &Path) -> impl Fn(io::Error) -> BackupError + '_ {
    move |e| BackupError::Unread(path.into(), e)
}

fn opened(path: &Path) -> Result<(BufReader<File>, Vec<u8>), BackupError> {
    let mut file = BufReader::new(File::open(path).map_err(unread(path))?);
    let mut magic = [0u8; 8];
    match file.read_exact(&mut magic) {
        Ok(()) if magic == *MAGIC => {}
        Ok(()) if is_newer(&magic, MAGIC) => return Err(BackupError::Newer(path.into())),
        Err(e) if e.kind() != ErrorKind::UnexpectedEof => return Err(unread(path)(e)),
        _ => return Err(BackupError::NotABackup(path.into())),
    }
    let header = piece(&mut file, path, MAX_HEADER)?;
    Ok((file, header))
}

/// One piece behind its length.
fn piece(file: &mut impl Read, path: &Path, most: usize) -> Result<Vec<u8>, BackupError> {
    let mut len = [0u8; 4];
    read_exact(file, path, &mut len)?;
    let len = u32::from_le_bytes(len) as usize;
    if len > most {
        return Err(BackupError::Damaged {
            path: path.into(),
            what: "a piece is longer than any can be".into(),
        });
    }
    // Nothing is reserved for what a damaged length only claims.
    let mut out = Vec::new();
    let got = file.by_ref().take(len as u64).read_to_end(&mut out).map_err(unread(path))?;
    if got < len { Err(BackupError::CutOff(path.into())) } else { Ok(out) }
}

fn read_exact(file: &mut impl Read, path: &Path, out: &mut [u8]) -> Result<(), BackupError> {
    file.read_exact(out).map_err(|e| match e.kind() {
        ErrorKind::UnexpectedEof => BackupError::CutOff(path.into()),
        _ => unread(path)(e),
    })
}

impl Found {
    /// Reads the beginning of a file.
    ///
    /// # Errors
    /// Not a backup, cut off, of a newer version.
    pub fn at(path: &Path) -> Result<Self, BackupError> {
        let (_, bytes) = opened(path)?;
        let damaged = |_| BackupError::Damaged { path: path.into(), what: "its beginning".into() };
        let header: Header = codec::decode(&bytes, MAX_HEADER).map_err(damaged)?;
        Ok(Self { path: path.into(), header, bytes })
    }

    fn frames(&self) -> Result<Frames, BackupError> {
        let (file, header) = opened(&self.path)?;
        if header != self.bytes {
            return Err(self.damaged("it changed while it was read"));
        }
        Ok(Frames { path: self.path.clone(), file, header, number: 0 })
    }

    fn damaged(&self, what: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), what: what.into() }
    }
}

impl Frames {
    fn damaged(&self, what: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), what: what.into() }
    }

    fn next(&mut self, key: &Secret) -> Result<Frame, BackupError> {
        let sealed = piece(&mut self.file, &self.path, MAX_FRAME)?;
        let plain = seal::open(key, &frame_aad(&self.header, self.number), &sealed)
            .map_err(|_| self.damaged("a seal does not open"))?;
        self.number += 1;
        codec::decode(&plain, MAX_FRAME).map_err(|_| self.damaged("a piece is malformed"))
    }

    fn manifest(&mut self, key: &Secret) -> Result<Manifest, BackupError> {
        match self.next(key)? {
            Frame::Manifest(m) if m.version == 0 => Ok(*m),
            Frame::Manifest(_) => Err(BackupError::Newer(self.path.clone())),
            _ => Err(self.damaged("it does not begin with its manifest")),
        }
    }
}

/// How the newest backup of a chain is opened.
pub enum By<'a> {
    /// Somebody who could sign in at the terminal: login name and passphrase.
    Passphrase(&'a str, &'a str),
    /// The organisation's recovery kit.
    Kit(&'a Exchange),
}

/// A chain of backups, in order, with the keys of all.
pub struct Chain {
    files: Vec<(Found, Secret)>,
    /// What the newest says.
    pub manifest: Manifest,
    /// The slots of the newest.
    pub slots: Slots,
    /// What the passphrase opened; none with the kit.
    pub opened: Option<Opened>,
}

/// What a check went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Files.
    pub files: u64,
    /// Blocks, each checked.
    pub blocks: u64,
    /// What could not be read when the backups were made.
    pub missing: Missing,
}

/// Where what was checked goes.
pub trait Sink {
    /// Blocks, each after what it refers to; all of them valid.
    ///
    /// # Errors
    /// They can't be kept.
    fn blocks(&mut self, blocks: Vec<Block>) -> Result<(), BackupError>;
    /// A block whose content is lost: its header, which was checked, and what the indexes said of it.
    ///
    /// # Errors
    /// It can't be kept.
    fn bare(&mut self, header: &SignedHeader, rows: &[IndexRow]) -> Result<(), BackupError>;
    /// Rows of a table.
    ///
    /// # Errors
    /// They can't be kept.
    fn rows(&mut self, table: &str, rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), BackupError>;
}

impl Chain {
    /// Puts files in order and opens them.
    ///
    /// # Errors
    /// They don't belong together, one is missing or damaged, or nothing opens them.
    pub fn open(paths: &[PathBuf], by: &By<'_>) -> Result<Self, BackupError> {
        let found = paths.iter().take(MAX_CHAIN).map(|p| Found::at(p)).collect::<Result<Vec<_>, _>>()?;
        let ordered = in_order(found)?;
        let newest = ordered.last().ok_or_else(|| BackupError::NotABackup(PathBuf::new()))?;
        let slots = Slots::from_backup(&newest.header.slots, &newest.path)
            .map_err(|_| newest.damaged("its key slots"))?;
        let (key, opened) = match by {
            By::Passphrase(login, passphrase) => {
                let o = slots.open(login, passphrase)?;
                (o.master.clone(), Some(o))
            }
            By::Kit(root) => {
                let key = content_by_root(&newest.header, root);
                (key.ok_or_else(|| BackupError::WrongKit(newest.path.clone()))?, None)
            }
        };
        let manifest = newest.frames()?.manifest(&key)?;
        let mut keys: BTreeMap<BackupId, Secret> =
            manifest.earlier.iter().map(|(id, k)| (*id, Secret::new(*k))).collect();
        keys.insert(newest.header.id, key);
        let files = ordered
            .into_iter()
            .map(|f| match keys.get(&f.header.id) {
                Some(k) => Ok((f, k.clone())),
                None => Err(BackupError::Foreign(f.path)),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { files, manifest, slots, opened })
    }

    /// The content key of the newest.
    pub fn key(&self) -> Option<&Secret> {
        self.files.last().map(|(_, k)| k)
    }

    /// Checks everything as if it came from a stranger, and hands on what is good. `progress` is told bytes of bytes.
    ///
    /// # Errors
    /// The first damage, or what the sink said.
    pub fn check(
        &self,
        sink: &mut dyn Sink,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Checked, BackupError> {
        let mut replica = Replica::new(self.manifest.genesis.clone(), &self.manifest.acts)
            .map_err(|e| self.newest().damaged(&e.to_string()))?;
        let mut out = Checked::default();
        // Blocks of the terminal's ledger that the files so far are of, those that are lost included.
        let mut position = 0;
        for (n, (file, key)) in self.files.iter().enumerate() {
            let last = n + 1 == self.files.len();
            let mut frames = file.frames()?;
            let manifest = frames.manifest(key)?;
            if manifest.genesis != self.manifest.genesis || manifest.from != position {
                return Err(BackupError::NotAChain(file.path.clone()));
            }
            let mut blocks = 0;
            loop {
                match frames.next(key)? {
                    Frame::Blocks(b) => {
                        let mut good = Vec::with_capacity(b.len());
                        blocks += b.len() as u64;
                        for x in b {
                            let h = &x.signed.header;
                            match replica.accept(&x) {
                                Ok(Accepted::New(_)) => good.push(x),
                                Ok(Accepted::Known | Accepted::Filled(_)) => {
                                    return Err(file.damaged("a block is in it twice"));
                                }
                                // It refers to something that is lost.
                                Err(_) if out.missing.of_ledger() => out.missing.blocks += 1,
                                Err(e) => {
                                    let what = format!("block {} of log {}: {e}", h.seq, h.log);
                                    return Err(file.damaged(&what));
                                }
                            }
                        }
                        out.blocks += good.len() as u64;
                        sink.blocks(good)?;
                        progress(out.blocks, self.manifest.to);
                    }
                    // Of what isn't signed, only the newest state counts.
                    Frame::Rows { table, rows } if last => sink.rows(&table, rows)?,
                    Frame::Rows { .. } => {}
                    Frame::Gap(gap @ Gap::Table(_)) if last => out.missing.add(&gap),
                    Frame::Gap(Gap::Table(_)) => {}
                    Frame::Gap(gap) => {
                        blocks += 1;
                        let lost = out.missing.of_ledger();
                        match &gap {
                            Gap::Content { header, rows } if gaps::taken(&mut replica, header) => {
                                out.missing.add(&gap);
                                sink.bare(header, rows)?;
                            }
                            Gap::Content { .. } if !lost => {
                                return Err(file.damaged("a header in it is not one of this ledger"));
                            }
                            Gap::Content { .. } => out.missing.blocks += 1,
                            _ => out.missing.add(&gap),
                        }
                    }
                    Frame::End { blocks: said } if said == blocks && position + blocks == manifest.to => {
                        break;
                    }
                    Frame::End { .. } => return Err(file.damaged("blocks are missing from it")),
                    Frame::Manifest(_) => return Err(file.damaged("it has two manifests")),
                }
            }
            let mut rest = [0u8; 1];
            if frames.file.read(&mut rest).map_err(unread(&file.path))? != 0 {
                return Err(file.damaged("something follows its end"));
            }
            position += blocks;
            if last && out.missing.blocks == 0 && replica.frontier() != manifest.frontier {
                return Err(file.damaged("the ledger in it is not the one that it tells of"));
            }
            out.files += 1;
        }
        Ok(out)
    }

    fn newest(&self) -> &Found {
        // `open` refuses an empty chain.
        &self.files[self.files.len() - 1].0
    }
}

/// A whole backup first, then each that continues the one before it.
fn in_order(mut found: Vec<Found>) -> Result<Vec<Found>, BackupError> {
    let Some(first) = found.first() else { return Err(BackupError::NotABackup(PathBuf::new())) };
    let (consortium, org) = (first.header.consortium, first.header.org);
    if let Some(f) = found.iter().find(|f| (f.header.consortium, f.header.org) != (consortium, org)) {
        return Err(BackupError::Foreign(f.path.clone()));
    }
    let Some(whole) = found.iter().position(|f| f.header.previous.is_none()) else {
        return Err(BackupError::Missing(found.swap_remove(0).path));
    };
    let mut out = vec![found.swap_remove(whole)];
    while !found.is_empty() {
        let id = out[out.len() - 1].header.id;
        match found.iter().position(|f| f.header.previous == Some(id)) {
            Some(n) => out.push(found.swap_remove(n)),
            None => {
                let f = found.swap_remove(0);
                let known =
                    out.iter().any(|o| Some(o.header.id) == f.header.previous || o.header.id == f.header.id);
                let another = f.header.previous.is_none() || known;
                return Err(if another {
                    BackupError::NotAChain(f.path)
                } else {
                    BackupError::Missing(f.path)
                });
            }
        }
    }
    Ok(out)
}
