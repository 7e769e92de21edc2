//! The header page: redb's page 0, held in memory and written at each sync to the older of two slots.
//!
//! ```text
//! kept 2 ‖ zeros 6 ‖ nonce 24 ‖ sealed(generation 8 ‖ length 8 ‖ the first `kept` bytes of page 0) ‖ tag 16
//! ```
//! redb uses some 300 bytes of the page; what follows them are zeros, which are not written, so that a slot is one block
//! of the disk. `kept` tells no more than redb's own layout does; another one leaves a seal that doesn't open.

use std::io::{self, ErrorKind};

use super::{
    disk::Medium,
    page::Bound,
    pages::{PAGE, damaged},
};
use crate::vault::seal::{OVERHEAD, Sealer};

/// Where the first slot begins.
pub(super) const HEADS: u64 = 4096;
/// From one slot to the next.
pub(super) const HEAD_SLOT: u64 = 8192;
/// Bytes before the nonce.
const KEPT: usize = 8;
/// Generation and length.
const NUMBERS: usize = 16;
/// `kept` is a multiple of this, and at least this.
const STEP: usize = 512;
const MOST: usize = slot_len(PAGE);

/// The header page as the next sync will write it.
pub(super) struct Head {
    pub page: Box<[u8; PAGE]>,
    /// Bytes of redb's file.
    pub len: u64,
    /// Counts the syncs that wrote it.
    pub generation: u64,
    pub dirty: bool,
    /// The file is to be cut after the next sync.
    pub shrink: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self { page: Box::new([0; PAGE]), len: 0, generation: 0, dirty: false, shrink: false }
    }
}

/// Bytes of a slot whose header keeps so many bytes of the page.
const fn slot_len(kept: usize) -> usize {
    KEPT + OVERHEAD + NUMBERS + kept
}

/// One generation of the header page; `Ok(None)` when it was never written.
///
/// # Errors
/// The medium failed, ends before, or the seal doesn't open.
pub(super) fn read_head(
    file: &dyn Medium,
    sealer: &Sealer,
    id: &[u8; 16],
    slot: u64,
) -> io::Result<Option<Head>> {
    let at = HEADS + slot * HEAD_SLOT;
    let mut sealed = [0u8; MOST];
    file.read_exact_at(&mut sealed[..slot_len(STEP)], at)?;
    let kept = usize::from(u16::from_le_bytes([sealed[0], sealed[1]]));
    if sealed[..slot_len(STEP)].iter().all(|b| *b == 0) {
        return Ok(None);
    }
    if kept == 0 || kept > PAGE || kept % STEP != 0 || sealed[2..KEPT] != [0; KEPT - 2] {
        return Err(damaged(0));
    }
    if kept > STEP {
        file.read_exact_at(&mut sealed[slot_len(STEP)..slot_len(kept)], at + slot_len(STEP) as u64)?;
    }
    let mut plain = [0u8; NUMBERS + PAGE];
    let opened = &mut plain[..NUMBERS + kept];
    sealer
        .open_into(&Bound { id, page: 0 }.aad(), &sealed[KEPT..slot_len(kept)], opened)
        .map_err(|_| damaged(0))?;
    let number = |b: &[u8]| b.try_into().map(u64::from_le_bytes).map_err(|_| damaged(0));
    let mut head = Head { generation: number(&plain[..8])?, len: number(&plain[8..16])?, ..Head::default() };
    head.page.copy_from_slice(&plain[NUMBERS..]);
    Ok(Some(head))
}

/// Writes the header page as its next generation, never over the last one; not durable yet. The generation.
///
/// # Errors
/// The medium failed.
pub(super) fn write_head(file: &dyn Medium, sealer: &Sealer, id: &[u8; 16], head: &Head) -> io::Result<u64> {
    let generation = head.generation.checked_add(1).ok_or_else(|| io::Error::from(ErrorKind::InvalidData))?;
    let last = head.page.chunks_exact(STEP).rposition(|step| step != [0; STEP]);
    let kept = (last.unwrap_or(0) + 1) * STEP;
    let mut plain = [0u8; NUMBERS + PAGE];
    plain[..8].copy_from_slice(&generation.to_le_bytes());
    plain[8..16].copy_from_slice(&head.len.to_le_bytes());
    plain[NUMBERS..NUMBERS + kept].copy_from_slice(&head.page[..kept]);
    let mut nonce = [0u8; 24];
    rand::fill(&mut nonce);
    let mut sealed = [0u8; MOST];
    // A page is 4,096 bytes.
    sealed[..2].copy_from_slice(&(kept as u16).to_le_bytes());
    let slot = &mut sealed[KEPT..slot_len(kept)];
    sealer.seal_into(&nonce, &Bound { id, page: 0 }.aad(), &plain[..NUMBERS + kept], slot);
    file.write_all_at(&sealed[..slot_len(kept)], HEADS + (generation % 2) * HEAD_SLOT)?;
    Ok(generation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::disk::{Disk, FileAt};
    use crate::vault::Secret;

    const ID: [u8; 16] = [6; 16];

    /// A medium of two empty slots, and what seals.
    fn empty(dir: &tempfile::TempDir) -> (Box<dyn Medium>, Sealer) {
        let file = FileAt(dir.path().join("heads")).create().unwrap();
        file.set_len(HEADS + 2 * HEAD_SLOT).unwrap();
        (file, Sealer::new(&Secret::new([8; 32])))
    }

    fn head(used: usize) -> Head {
        let mut head = Head { len: 8192, generation: 4, ..Head::default() };
        head.page[..used].fill(0xab);
        head
    }

    #[test]
    fn a_page_of_any_use_comes_back_and_is_no_longer_than_it_must_be() {
        let dir = tempfile::tempdir().unwrap();
        let (file, sealer) = empty(&dir);
        for (used, kept) in [(0, 512), (320, 512), (512, 512), (513, 1024), (4096, 4096)] {
            let head = head(used);
            assert_eq!(write_head(&*file, &sealer, &ID, &head).unwrap(), 5);
            let mut two = [0; 2];
            file.read_exact_at(&mut two, HEADS + HEAD_SLOT).unwrap();
            assert_eq!(usize::from(u16::from_le_bytes(two)), kept);
            let back = read_head(&*file, &sealer, &ID, 1).unwrap().unwrap();
            assert_eq!((back.generation, back.len, back.page), (5, 8192, head.page), "{used} bytes in use");
            assert!(read_head(&*file, &sealer, &ID, 0).unwrap().is_none(), "the other one was never written");
        }
    }

    #[test]
    fn no_flipped_bit_opens_and_none_is_read_as_never_written() {
        let dir = tempfile::tempdir().unwrap();
        let (file, sealer) = empty(&dir);
        write_head(&*file, &sealer, &ID, &head(600)).unwrap();
        for bit in 0..slot_len(1024) * 8 {
            let at = HEADS + HEAD_SLOT + (bit / 8) as u64;
            let mut byte = [0];
            file.read_exact_at(&mut byte, at).unwrap();
            file.write_all_at(&[byte[0] ^ (1 << (bit % 8))], at).unwrap();
            assert!(read_head(&*file, &sealer, &ID, 1).is_err(), "bit {bit}");
            file.write_all_at(&byte, at).unwrap();
        }
        assert!(read_head(&*file, &sealer, &ID, 1).unwrap().is_some());
        assert!(read_head(&*file, &sealer, &[7; 16], 1).is_err(), "another file's");
    }

    #[test]
    fn golden_header_page() {
        let dir = tempfile::tempdir().unwrap();
        let (file, sealer) = empty(&dir);
        let mut slot = [0; slot_len(STEP)];
        slot[..2].copy_from_slice(&512u16.to_le_bytes());
        let mut plain = [0xab; NUMBERS + STEP];
        plain[..NUMBERS].copy_from_slice(&[5u64.to_le_bytes(), 8192u64.to_le_bytes()].concat());
        sealer.seal_into(&[3; 24], &Bound { id: &ID, page: 0 }.aad(), &plain, &mut slot[KEPT..]);
        file.write_all_at(&slot, HEADS + HEAD_SLOT).unwrap();
        let back = read_head(&*file, &sealer, &ID, 1).unwrap().unwrap();
        assert_eq!((back.generation, back.len, &back.page[..STEP]), (5, 8192, &[0xab; STEP][..]));
        crate::testing::golden("header_slot_v0.hash", &blake3::hash(&slot).to_string());
    }
}
