//! One page as it lies in the sealed file, in one of three forms:
//!
//! ```text
//! nonce 24 ‖ sealed(page 4096) ‖ tag 16                          any page
//! nonce 24 ‖ sealed(its runs 512) ‖ zeros 3584 ‖ tag 16          a page of few runs
//! nonce 24 ‖ zeros 4080 ‖ BLAKE3 of place, nonce and byte 32     a page of nothing but 0, or but 255
//! ```
//! With every commit redb writes its table of free pages, a quarter of MiB for a file of 2 GiB, and nine in ten pages of
//! that are of one byte or of few runs. A tag over a page's byte takes a tenth of the time of sealing the page, its runs
//! take a quarter. Who sees the file learns which pages these are (that table's, and nearly empty ones), not what is in
//! them.
//!
//! Runs: (bytes 2 ‖ byte 1) each, then zeros. The hash is keyed with a key below the file's.

use super::pages::PAGE;
use crate::vault::{
    Secret,
    seal::{Broken, OVERHEAD, Sealer},
};

/// Bytes of a page in the file.
pub(super) const SLOT: usize = PAGE + OVERHEAD;

const NONCE: usize = 24;
const TAG: usize = 16;
/// Bytes of a page's runs.
const RUNS: usize = 512;
/// Bytes of a run.
const RUN: usize = 3;
/// Bytes by which most pages are told: records and their keys change from byte to byte.
const BEGINNING: usize = 128;
/// Bytes of a hash.
const HASH: usize = 32;
const ZEROS: [u8; PAGE] = [0; PAGE];
const KEY_OF_EVEN: &str = "aidpost/v0/page/even";

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

    /// For runs: the same, and 1.
    fn runs(self) -> [u8; 25] {
        let mut a = [1u8; 25];
        a[..24].copy_from_slice(&self.aad());
        a
    }
}

/// Seals and opens pages.
pub(super) struct Pages {
    sealer: Sealer,
    even: Secret,
}

impl Pages {
    /// With the file's page key.
    pub(super) fn new(key: &Secret) -> Self {
        let even = Secret::new(blake3::derive_key(KEY_OF_EVEN, key.expose()));
        Self { sealer: Sealer::new(key), even }
    }

    /// What seals whole pages.
    pub(super) fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    fn even(&self, at: Bound<'_>, nonce: &[u8], byte: u8) -> blake3::Hash {
        // One block of BLAKE3.
        let mut text = [byte; 24 + NONCE + 1];
        text[..24].copy_from_slice(&at.aad());
        text[24..24 + NONCE].copy_from_slice(nonce);
        blake3::keyed_hash(self.even.expose(), &text)
    }

    /// Seals `plain` ([`PAGE`] bytes) into `slot` ([`SLOT`] bytes) under a nonce that was never used before.
    pub(super) fn seal(&self, nonce: &[u8; NONCE], at: Bound<'_>, plain: &[u8], slot: &mut [u8]) {
        if matches!(plain[0], 0 | 0xff) && plain[1..] == plain[..PAGE - 1] {
            slot[..NONCE].copy_from_slice(nonce);
            slot[NONCE..SLOT - HASH].fill(0);
            slot[SLOT - HASH..].copy_from_slice(self.even(at, nonce, plain[0]).as_bytes());
            return;
        }
        let Some(runs) = runs(plain) else {
            return self.sealer.seal_into(nonce, &at.aad(), plain, slot);
        };
        let mut short = [0u8; RUNS + OVERHEAD];
        self.sealer.seal_into(nonce, &at.runs(), &runs, &mut short);
        let (front, tag) = short.split_at(NONCE + RUNS);
        slot[..front.len()].copy_from_slice(front);
        slot[front.len()..SLOT - TAG].fill(0);
        slot[SLOT - TAG..].copy_from_slice(tag);
    }

    /// Opens `slot` ([`SLOT`] bytes) into `out` ([`PAGE`] bytes).
    ///
    /// # Errors
    /// The seal is broken, or the page was never written; then `out` holds nothing of it.
    pub(super) fn open(&self, at: Bound<'_>, slot: &[u8], out: &mut [u8]) -> Result<(), Broken> {
        // A whole page's ciphertext has so many zeros once in 2^28,000, that of runs once in 2^4,000.
        if !is_zeros(&slot[NONCE + RUNS..SLOT - HASH]) {
            return self.sealer.open_into(&at.aad(), slot, out);
        }
        if is_zeros(&slot[NONCE..NONCE + RUNS]) {
            let (nonce, found) = (&slot[..NONCE], &slot[SLOT - HASH..]);
            let found = <[u8; HASH]>::try_from(found).map_err(|_| Broken)?;
            // blake3's own comparison takes the same time for all.
            let byte =
                [0xff, 0].into_iter().find(|byte| self.even(at, nonce, *byte) == found).ok_or(Broken)?;
            out.fill(byte);
            return Ok(());
        }
        if !is_zeros(&slot[SLOT - HASH..SLOT - TAG]) {
            return Err(Broken);
        }
        let mut short = [0u8; RUNS + OVERHEAD];
        short[..NONCE + RUNS].copy_from_slice(&slot[..NONCE + RUNS]);
        short[NONCE + RUNS..].copy_from_slice(&slot[SLOT - TAG..]);
        let mut runs = [0u8; RUNS];
        self.sealer.open_into(&at.runs(), &short, &mut runs)?;
        unroll(&runs, out).ok_or_else(|| {
            out.fill(0);
            Broken
        })
    }
}

fn is_zeros(bytes: &[u8]) -> bool {
    bytes == &ZEROS[..bytes.len()]
}

/// A page's runs, when there are few enough.
fn runs(plain: &[u8]) -> Option<[u8; RUNS]> {
    if changes(&plain[..BEGINNING]) > BEGINNING / 2 || changes(plain) >= RUNS / RUN {
        return None;
    }
    let mut runs = [0u8; RUNS];
    let mut rest = plain;
    for place in runs.chunks_exact_mut(RUN) {
        let Some(byte) = rest.first() else { break };
        let wide = rest.chunks_exact(64).take_while(|c| **c == [*byte; 64]).count() * 64;
        let run = wide + rest[wide..].iter().take_while(|b| *b == byte).count();
        // A page is 4,096 bytes.
        place[..2].copy_from_slice(&(run as u16).to_le_bytes());
        place[2] = *byte;
        rest = &rest[run..];
    }
    Some(runs)
}

/// How often a byte is another than the one before.
fn changes(bytes: &[u8]) -> usize {
    let before = bytes.chunks(64);
    let after = bytes[1..].chunks(64);
    // In numbers of 8 bits that can't overflow, many are counted at once.
    let each =
        |(a, b): (&[u8], &[u8])| a.iter().zip(b).fold(0u8, |n, (a, b)| n.wrapping_add(u8::from(a != b)));
    before.zip(after).map(each).map(usize::from).sum()
}

/// The page of these runs; `None` when they are not a page's.
fn unroll(runs: &[u8; RUNS], out: &mut [u8]) -> Option<()> {
    let mut rest = out;
    for run in runs.chunks_exact(RUN) {
        let (part, after) = rest.split_at_mut_checked(usize::from(u16::from_le_bytes([run[0], run[1]])))?;
        part.fill(run[2]);
        rest = after;
    }
    rest.is_empty().then_some(())
}

/// A page that was never written.
pub(super) fn is_hole(slot: &[u8]) -> bool {
    is_zeros(&slot[..PAGE]) && is_zeros(&slot[PAGE..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Bound<'_> = Bound { id: &[6; 16], page: 9 };

    fn sealed(plain: &[u8; PAGE]) -> [u8; SLOT] {
        let mut slot = [0xee; SLOT];
        Pages::new(&Secret::new([8; 32])).seal(&[3; 24], AT, plain, &mut slot);
        slot
    }

    fn opened(slot: &[u8], at: Bound<'_>) -> Result<[u8; PAGE], Broken> {
        let mut out = [0xee; PAGE];
        Pages::new(&Secret::new([8; 32])).open(at, slot, &mut out).map(|()| out)
    }

    /// Zeros, ones, another byte, two of two runs, as many runs as there may be, one more, and as good as none.
    fn pages() -> [[u8; PAGE]; 8] {
        let (mut first, mut last) = ([0; PAGE], [0xff; PAGE]);
        first[0] = 1;
        last[PAGE - 1] = 0;
        let of = |runs: usize| std::array::from_fn(|i| ((i / 3).min(runs - 1) % 251) as u8);
        [[0; PAGE], [0xff; PAGE], [0x5a; PAGE], first, last, of(RUNS / RUN), of(RUNS / RUN + 1), of(PAGE)]
    }

    /// Bytes of the slot before the zeros: the form.
    fn form(slot: &[u8; SLOT]) -> usize {
        SLOT - slot[..SLOT - HASH].iter().rev().take_while(|b| **b == 0).count() - HASH
    }

    #[test]
    fn pages_of_every_form_come_back_from_their_own_place_only() {
        for p in &pages() {
            assert_eq!(opened(&sealed(p), AT), Ok(*p));
            assert_eq!(opened(&sealed(p), Bound { page: 8, ..AT }), Err(Broken), "another place");
            assert_eq!(opened(&sealed(p), Bound { id: &[7; 16], ..AT }), Err(Broken), "another file");
        }
        let forms = pages().map(|p| form(&sealed(&p)));
        let (even, runs) = (NONCE, NONCE + RUNS);
        assert_eq!(forms[..6], [even, even, runs, runs, runs, runs]);
        assert!(forms[6..].iter().all(|f| *f > runs + 3_000), "{forms:?}");
    }

    #[test]
    fn no_flipped_bit_of_any_form_opens() {
        for p in [&pages()[1], &pages()[4], &pages()[7]] {
            let good = sealed(p);
            for at in (0..SLOT * 8).step_by(5) {
                let mut bad = good;
                bad[at / 8] ^= 1 << (at % 8);
                assert_eq!(opened(&bad, AT), Err(Broken), "bit {at}");
            }
        }
    }

    #[test]
    fn runs_that_are_no_page_are_refused() {
        let mut out = [0; PAGE];
        for runs in [&[(4_095, 1)][..], &[(4_096, 1), (1, 1)], &[(0xffff, 0)], &[]] {
            let mut bytes = [0; RUNS];
            for (place, (n, byte)) in bytes.chunks_exact_mut(RUN).zip(runs) {
                place.copy_from_slice(&[u16::to_le_bytes(*n).as_slice(), &[*byte]].concat());
            }
            assert_eq!(unroll(&bytes, &mut out), None, "{runs:?}");
        }
    }

    #[test]
    fn a_page_that_was_never_written_is_none_and_does_not_open() {
        assert!(is_hole(&[0; SLOT]));
        assert_eq!(opened(&[0; SLOT], AT), Err(Broken));
        assert!(pages().iter().all(|p| !is_hole(&sealed(p))));
    }

    #[test]
    fn golden_pages_of_one_byte_and_of_runs() {
        let hash = |p| blake3::hash(&sealed(p)).to_string();
        let all = [hash(&[0; PAGE]), hash(&[0xff; PAGE]), hash(&pages()[3])].join("\n");
        crate::testing::golden("page_forms_v0.hash", &all);
    }
}
