//! One page as it lies in the sealed file.
//!
//! ```text
//! nonce 24 ‖ sealed(page 4096) ‖ tag 16
//! nonce 24 ‖ sealed(1 byte) ‖ zeros 4095 ‖ tag 16      a page that repeats one byte
//! ```
//! With every commit redb writes its table of free pages, a quarter of MiB for a file of 2 GiB, and two thirds of that are pages
//! of one byte repeated. To seal a byte in their place takes a tenth of the time. Who sees the file learns which pages these
//! are, not which byte; nothing but redb's own tables has such pages.

use super::pages::PAGE;
use crate::vault::seal::{Broken, OVERHEAD, Sealer};

/// Bytes of a page in the file.
pub(super) const SLOT: usize = PAGE + OVERHEAD;

const ZEROS: [u8; PAGE - 1] = [0; PAGE - 1];

/// What a page is bound to.
#[derive(Clone, Copy)]
pub(super) struct Bound<'a> {
    /// Of the file.
    pub id: &'a [u8; 16],
    /// Its number.
    pub page: u64,
}

impl Bound<'_> {
    /// For whole pages.
    pub(super) fn aad(self) -> [u8; 24] {
        let mut a = [0u8; 24];
        a[..16].copy_from_slice(self.id);
        a[16..].copy_from_slice(&self.page.to_le_bytes());
        a
    }

    /// For a byte that stands for all: the same, and 1.
    fn repeated(self) -> [u8; 25] {
        let mut a = [1u8; 25];
        a[..24].copy_from_slice(&self.aad());
        a
    }
}

/// Seals `plain` ([`PAGE`] bytes) into `slot` ([`SLOT`] bytes) under a nonce that was never used before.
pub(super) fn seal(sealer: &Sealer, nonce: &[u8; 24], at: Bound<'_>, plain: &[u8], slot: &mut [u8]) {
    if plain[1..] != plain[..PAGE - 1] {
        return sealer.seal_into(nonce, &at.aad(), plain, slot);
    }
    let mut short = [0u8; 1 + OVERHEAD];
    sealer.seal_into(nonce, &at.repeated(), &plain[..1], &mut short);
    slot[..25].copy_from_slice(&short[..25]);
    slot[25..SLOT - 16].fill(0);
    slot[SLOT - 16..].copy_from_slice(&short[25..]);
}

/// Opens `slot` ([`SLOT`] bytes) into `out` ([`PAGE`] bytes).
///
/// # Errors
/// The seal is broken, or the page was never written; then `out` holds nothing of it.
pub(super) fn open(sealer: &Sealer, at: Bound<'_>, slot: &[u8], out: &mut [u8]) -> Result<(), Broken> {
    // A whole page's ciphertext ends in so many zeros once in 2^32,760.
    if slot[25..SLOT - 16] != ZEROS {
        return sealer.open_into(&at.aad(), slot, out);
    }
    let mut short = [0u8; 1 + OVERHEAD];
    short[..25].copy_from_slice(&slot[..25]);
    short[25..].copy_from_slice(&slot[SLOT - 16..]);
    let mut byte = [0u8; 1];
    sealer.open_into(&at.repeated(), &short, &mut byte)?;
    out.fill(byte[0]);
    Ok(())
}

/// A page that was never written.
pub(super) fn is_hole(slot: &[u8]) -> bool {
    slot[..25].iter().all(|b| *b == 0) && slot[25..SLOT - 16] == ZEROS && slot[SLOT - 16..] == ZEROS[..16]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::Secret;

    const AT: Bound<'_> = Bound { id: &[6; 16], page: 9 };

    fn sealed(plain: &[u8; PAGE]) -> [u8; SLOT] {
        let mut slot = [0xee; SLOT];
        seal(&Sealer::new(&Secret::new([8; 32])), &[3; 24], AT, plain, &mut slot);
        slot
    }

    fn opened(slot: &[u8], at: Bound<'_>) -> Result<[u8; PAGE], Broken> {
        let mut out = [0xee; PAGE];
        open(&Sealer::new(&Secret::new([8; 32])), at, slot, &mut out).map(|()| out)
    }

    fn pages() -> [[u8; PAGE]; 5] {
        let (mut first, mut last) = ([0; PAGE], [0xff; PAGE]);
        first[0] = 1;
        last[PAGE - 1] = 0;
        [[0; PAGE], [0xff; PAGE], [0x5a; PAGE], first, last]
    }

    #[test]
    fn pages_of_one_byte_and_others_come_back() {
        for p in &pages() {
            assert_eq!(opened(&sealed(p), AT), Ok(*p));
            assert_eq!(opened(&sealed(p), Bound { page: 8, ..AT }), Err(Broken), "another place");
            assert_eq!(opened(&sealed(p), Bound { id: &[7; 16], ..AT }), Err(Broken), "another file");
        }
        assert_eq!(sealed(&[0; PAGE])[25..SLOT - 16], ZEROS);
        assert!(sealed(&pages()[3])[25..SLOT - 16] != ZEROS);
    }

    #[test]
    fn no_flipped_bit_of_either_form_opens() {
        for p in [&pages()[1], &pages()[4]] {
            let good = sealed(p);
            for at in (0..SLOT * 8).step_by(5) {
                let mut bad = good;
                bad[at / 8] ^= 1 << (at % 8);
                assert_eq!(opened(&bad, AT), Err(Broken), "bit {at}");
            }
        }
    }

    #[test]
    fn a_page_that_was_never_written_is_none_and_does_not_open() {
        assert!(is_hole(&[0; SLOT]));
        assert_eq!(opened(&[0; SLOT], AT), Err(Broken));
        assert!(pages().iter().all(|p| !is_hole(&sealed(p))));
    }

    #[test]
    fn golden_page_of_one_byte() {
        crate::testing::golden("page_repeated_v0.hash", &blake3::hash(&sealed(&[0xff; PAGE])).to_string());
    }
}
