//! redb's file, sealed page by page: keys, values, indexes and metadata are all ciphertext.
//!
//! ```text
//! 0      plain header: magic "AIDPAGE0", file id (16), zeros up to 4096
//! 4096   header page, generation slot A, see `head`
//! 12288  header page, generation slot B
//! 20480  page 1, page 2, …: 4136 bytes each, see `page`
//! ```
//! AAD is file id and page number, so a page moved or taken from another file doesn't open. redb rewrites only page 0
//! in place: it is held in memory and written at each sync, alternating between two slots, never over the last synced
//! one, so that a torn write never loses both. The length is sealed with it. A page that was never written is all
//! zeros in the file and can't be read.

use std::{
    fmt,
    io::{self, ErrorKind},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use redb::StorageBackend;
use zeroize::Zeroizing;

use super::{
    disk::{Disk, FileAt, Medium},
    error::StoreError,
    head::{HEAD_SLOT, HEADS, Head, read_head, write_head},
    page::{self, Bound, Pages, SLOT},
};
use crate::vault::{Secret, file::is_newer};

/// Bytes of a logical page, as redb uses them.
pub const PAGE: usize = 4096;
const FIRST_PAGE: u64 = HEADS + 2 * HEAD_SLOT;
const MAGIC: &[u8; 8] = b"AIDPAGE0";
/// Pages that one call to the system reads or writes at most.
const BATCH: usize = 16;

/// A page whose seal doesn't open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("page {page} of the database is damaged (bytes {offset} to {} of the file)", offset + SLOT as u64)]
pub struct DamagedPage {
    /// Logical page number; 0 is the header page.
    pub page: u64,
    /// Where it begins in the file.
    pub offset: u64,
}

/// The sealed file.
pub struct SealedFile {
    file: Box<dyn Medium>,
    pages: Pages,
    id: [u8; 16],
    head: Mutex<Head>,
    scratch: Scratch,
}

/// Room for the sealed form of a batch. Fresh memory for each would cost as much as what is done with it.
#[derive(Default)]
struct Scratch(Mutex<Vec<u8>>);

impl Scratch {
    /// Does something with `n` bytes of any content; whoever comes while they are in use gets others.
    fn lend<R>(&self, n: usize, f: impl FnOnce(&mut [u8]) -> R) -> R {
        match self.0.try_lock() {
            Ok(mut kept) => {
                if kept.len() < n {
                    kept.resize(n, 0);
                }
                f(&mut kept[..n])
            }
            Err(_) => f(&mut vec![0; n]),
        }
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({})", hex::encode(&self.id[..4]))
    }
}

fn slot_offset(page: u64) -> u64 {
    FIRST_PAGE + (page - 1) * SLOT as u64
}

pub(super) fn damaged(page: u64) -> io::Error {
    let offset = if page == 0 { HEADS } else { slot_offset(page) };
    io::Error::new(ErrorKind::InvalidData, DamagedPage { page, offset })
}

impl SealedFile {
    /// Creates a new file; fails when one is there.
    ///
    /// # Errors
    /// The folder can't be written, or the file exists.
    pub fn create(path: &Path, key: Secret, id: [u8; 16]) -> Result<Self, StoreError> {
        Self::create_on(FileAt(path.into()).create()?, path, key, id)
    }

    /// The same on an empty medium; `path` is what it is called in errors.
    ///
    /// # Errors
    /// It can't be written.
    pub fn create_on(
        file: Box<dyn Medium>,
        path: &Path,
        key: Secret,
        id: [u8; 16],
    ) -> Result<Self, StoreError> {
        let io = |e| StoreError::io(path, e);
        let mut plain = [0u8; HEADS as usize];
        plain[..8].copy_from_slice(MAGIC);
        plain[8..24].copy_from_slice(&id);
        file.write_all_at(&plain, 0).map_err(io)?;
        file.set_len(FIRST_PAGE).map_err(io)?;
        file.sync_data().map_err(io)?;
        let head = Head { dirty: true, ..Head::default() };
        Ok(Self::with(file, Pages::new(&key), id, head))
    }

    /// Opens a file with its page key. `id` is what the key slots say that the file must be.
    ///
    /// # Errors
    /// Missing, held by another process, of another kind or store, or no generation of the header page opens.
    pub fn open(path: &Path, key: Secret, id: [u8; 16]) -> Result<Self, StoreError> {
        Self::open_on(FileAt(path.into()).open()?, path, key, id)
    }

    /// The same on any medium; `path` is what it is called in errors.
    ///
    /// # Errors
    /// As [`SealedFile::open`].
    pub fn open_on(
        file: Box<dyn Medium>,
        path: &Path,
        key: Secret,
        id: [u8; 16],
    ) -> Result<Self, StoreError> {
        check_plain(&*file, path, &id)?;
        let pages = Pages::new(&key);
        let mut newest: Option<Head> = None;
        for slot in 0..2 {
            match read_head(&*file, pages.sealer(), &id, slot) {
                Ok(Some(h)) if newest.as_ref().is_none_or(|n| n.generation < h.generation) => {
                    newest = Some(h);
                }
                Ok(_) => {}
                // Torn by a crash: the other one is whole.
                Err(e) if is_damage(&e) => {}
                // A disk that can't be read now may hold the newer one: the older must not pass for it.
                Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                    return Err(StoreError::Damaged(damaged(0).to_string()));
                }
                Err(e) => return Err(StoreError::io(path, e)),
            }
        }
        let head =
            newest.ok_or_else(|| StoreError::Damaged(DamagedPage { page: 0, offset: HEADS }.to_string()))?;
        Ok(Self::with(file, pages, id, head))
    }

    fn with(file: Box<dyn Medium>, pages: Pages, id: [u8; 16], head: Head) -> Self {
        Self { file, pages, id, head: Mutex::new(head), scratch: Scratch::default() }
    }

    fn head(&self) -> MutexGuard<'_, Head> {
        // A panic while the lock was held leaves plain data, valid at every step.
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bound(&self, page: u64) -> Bound<'_> {
        Bound { id: &self.id, page }
    }

    /// Whole pages from `page` on, none of them the header page.
    fn read_pages(&self, page: u64, out: &mut [u8]) -> io::Result<()> {
        self.scratch.lend(out.len() / PAGE * SLOT, |slots| self.read_slots(page, slots, out))
    }

    fn read_slots(&self, page: u64, slots: &mut [u8], out: &mut [u8]) -> io::Result<()> {
        let single = slots.len() == SLOT;
        match self.file.read_exact_at(slots, slot_offset(page)) {
            Ok(()) => {}
            Err(e) if e.kind() != ErrorKind::UnexpectedEof => return Err(e),
            Err(_) if single => return Err(damaged(page)),
            // The first that isn't there is to be named.
            Err(_) => {
                let mut each = (page..).zip(slots.chunks_exact_mut(SLOT)).zip(out.chunks_exact_mut(PAGE));
                return each.try_for_each(|((p, s), o)| self.read_slots(p, s, o));
            }
        }
        for ((page, slot), out) in (page..).zip(slots.chunks_exact(SLOT)).zip(out.chunks_exact_mut(PAGE)) {
            self.pages.open(self.bound(page), slot, out).map_err(|_| damaged(page))?;
        }
        Ok(())
    }

    fn write_pages(&self, page: u64, data: &[u8]) -> io::Result<()> {
        let n = data.len() / PAGE;
        let mut nonces = [[0u8; 24]; BATCH];
        rand::fill(nonces[..n].as_flattened_mut());
        self.scratch.lend(n * SLOT, |slots| {
            let each = data.chunks_exact(PAGE).zip(slots.chunks_exact_mut(SLOT)).zip(&nonces);
            for (page, ((plain, slot), nonce)) in (page..).zip(each) {
                self.pages.seal(nonce, self.bound(page), plain, slot);
            }
            self.file.write_all_at(slots, slot_offset(page))
        })
    }

    /// A part of one page.
    fn read_part(&self, page: u64, inside: usize, out: &mut [u8]) -> io::Result<()> {
        if page == 0 {
            out.copy_from_slice(&self.head().page[inside..inside + out.len()]);
            return Ok(());
        }
        let mut whole = Zeroizing::new([0u8; PAGE]);
        self.read_pages(page, &mut whole[..])?;
        out.copy_from_slice(&whole[inside..inside + out.len()]);
        Ok(())
    }

    fn write_part(&self, page: u64, inside: usize, data: &[u8]) -> io::Result<()> {
        if page == 0 {
            let mut h = self.head();
            h.page[inside..inside + data.len()].copy_from_slice(data);
            h.dirty = true;
            return Ok(());
        }
        let mut whole = Zeroizing::new([0u8; PAGE]);
        if !self.is_hole(page)? {
            self.read_pages(page, &mut whole[..])?;
        }
        whole[inside..inside + data.len()].copy_from_slice(data);
        self.write_pages(page, &whole[..])
    }

    fn is_hole(&self, page: u64) -> io::Result<bool> {
        let mut slot = [0u8; SLOT];
        match self.file.read_exact_at(&mut slot, slot_offset(page)) {
            Ok(()) => Ok(page::is_hole(&slot)),
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => Ok(true),
            Err(e) => Err(e),
        }
    }

    fn file_len(len: u64) -> u64 {
        FIRST_PAGE + len.div_ceil(PAGE as u64).saturating_sub(1) * SLOT as u64
    }
}

fn is_damage(e: &io::Error) -> bool {
    e.get_ref().is_some_and(|i| i.is::<DamagedPage>())
}

/// The plain header says that this is the file that it must be.
fn check_plain(file: &dyn Medium, path: &Path, id: &[u8; 16]) -> Result<(), StoreError> {
    let mut plain = [0u8; 24];
    match file.read_exact_at(&mut plain, 0) {
        Err(e) if e.kind() != ErrorKind::UnexpectedEof => Err(StoreError::io(path, e)),
        Ok(()) if plain[..8] == MAGIC[..] && plain[8..] == id[..] => Ok(()),
        Ok(()) if is_newer(&plain[..8], MAGIC) => Err(StoreError::Newer(path.into())),
        _ => Err(StoreError::NotAStore(path.into())),
    }
}

/// One piece of a byte range.
enum Piece {
    /// A part of one page, or the header page: (page, offset inside, bytes).
    Part(u64, usize, usize),
    /// Whole pages from this one on: (page, bytes).
    Whole(u64, usize),
}

/// The pieces of a byte range, in order.
fn pieces(offset: u64, len: usize) -> impl Iterator<Item = Piece> {
    let mut at = 0usize;
    std::iter::from_fn(move || {
        (at < len).then(|| {
            let pos = offset + at as u64;
            let (page, inside) = (pos / PAGE as u64, (pos % PAGE as u64) as usize);
            let left = len - at;
            if page == 0 || inside > 0 || left < PAGE {
                let n = (PAGE - inside).min(left);
                at += n;
                return Piece::Part(page, inside, n);
            }
            let n = (left / PAGE).min(BATCH) * PAGE;
            at += n;
            Piece::Whole(page, n)
        })
    })
}

impl StorageBackend for SealedFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.head().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if offset.saturating_add(out.len() as u64) > self.head().len {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let mut rest = out;
        for piece in pieces(offset, rest.len()) {
            let (Piece::Part(_, _, n) | Piece::Whole(_, n)) = piece;
            let (part, after) = rest.split_at_mut(n);
            match piece {
                Piece::Part(page, inside, _) => self.read_part(page, inside, part)?,
                Piece::Whole(page, _) => self.read_pages(page, part)?,
            }
            rest = after;
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let pending = self.head().shrink;
        if pending {
            // What lies beyond a cut must be gone before the file grows over it again.
            self.sync_data()?;
        }
        let mut h = self.head();
        h.shrink = len < h.len;
        h.len = len;
        h.dirty = true;
        if !h.shrink {
            self.file.set_len(Self::file_len(len))?;
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut h = self.head();
        if h.dirty {
            let generation = write_head(&*self.file, self.pages.sealer(), &self.id, &h)?;
            self.file.sync_data()?;
            (h.generation, h.dirty) = (generation, false);
        } else {
            self.file.sync_data()?;
        }
        if h.shrink {
            self.file.set_len(Self::file_len(h.len))?;
            h.shrink = false;
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut rest = data;
        for piece in pieces(offset, data.len()) {
            let (Piece::Part(_, _, n) | Piece::Whole(_, n)) = piece;
            let (part, after) = rest.split_at(n);
            match piece {
                Piece::Part(page, inside, _) => self.write_part(page, inside, part)?,
                Piece::Whole(page, _) => self.write_pages(page, part)?,
            }
            rest = after;
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.file.unlock()
    }
}

/// Whether a file is sealed under this key, as far as its header page tells.
///
/// # Errors
/// The file can't be read or isn't this store's.
pub fn opens_with(disk: &dyn Disk, key: &Secret, id: [u8; 16]) -> Result<bool, StoreError> {
    let (file, pages) = (disk.look()?, Pages::new(key));
    check_plain(&*file, disk.path(), &id)?;
    Ok((0..2).any(|slot| matches!(read_head(&*file, pages.sealer(), &id, slot), Ok(Some(_)))))
}

/// Checks the seal of every page of a file, without redb: how many opened, and which did not.
///
/// # Errors
/// The file can't be read or isn't this store's.
pub fn scan(disk: &dyn Disk, key: &Secret, id: [u8; 16]) -> Result<(u64, Vec<DamagedPage>), StoreError> {
    scan_telling(disk, key, id, &|_, _| Ok(()))
}

/// The same, which tells from time to time how many pages are done, and of how many.
///
/// # Errors
/// As [`scan`]; or what `tell` says, when nobody waits for the rest.
pub fn scan_telling(
    disk: &dyn Disk,
    key: &Secret,
    id: [u8; 16],
    tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
) -> Result<(u64, Vec<DamagedPage>), StoreError> {
    let (path, file, pages) = (disk.path(), disk.look()?, Pages::new(key));
    check_plain(&*file, path, &id)?;
    let (mut good, mut bad) = (0, Vec::new());
    let mut len = 0;
    for slot in 0..2 {
        match read_head(&*file, pages.sealer(), &id, slot) {
            Ok(Some(h)) => {
                good += 1;
                len = h.len.max(len);
            }
            Ok(None) => {}
            Err(e) if is_damage(&e) || e.kind() == ErrorKind::UnexpectedEof => {
                bad.push(DamagedPage { page: 0, offset: HEADS + slot * HEAD_SLOT });
            }
            Err(e) => return Err(StoreError::io(path, e)),
        }
    }
    let last = len.div_ceil(PAGE as u64).max(1);
    let mut slot = [0u8; SLOT];
    let mut plain = Zeroizing::new([0u8; PAGE]);
    for page in 1..last {
        if page % 256 == 1 {
            tell(page, last)?;
        }
        let offset = slot_offset(page);
        match file.read_exact_at(&mut slot, offset) {
            Ok(()) if page::is_hole(&slot) => {}
            Ok(()) => match pages.open(Bound { id: &id, page }, &slot, &mut plain[..]) {
                Ok(()) => good += 1,
                Err(_) => bad.push(DamagedPage { page, offset }),
            },
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                bad.push(DamagedPage { page, offset });
                break;
            }
            Err(e) => return Err(StoreError::io(path, e)),
        }
    }
    tell(last, last)?;
    Ok((good, bad))
}

#[cfg(test)]
#[path = "pages_tests.rs"]
mod tests;
