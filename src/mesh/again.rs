//! Blocks of one meeting that are of no use: the same ones again, and refused ones. An honest terminal sends each block once,
//! and few that are refused; what it costs to look at the others is bounded here.

use std::collections::HashSet;

use crate::core::{
    block::{Block, Invalid},
    ledger::Accepted,
    sync::Refusal,
};

/// Blocks that a peer may send a second time after they were found here or refused. None are needed: room for a program that
/// doubts whether the first one came.
const MOST_AGAIN: u64 = 1_024;
/// Blocks that may be refused: what lies beyond a branch that nobody takes any more is still sent by those who have it.
const MOST_REFUSED: u64 = 65_536;
/// Blocks that were found here: two terminals may send the same ones side by side. After that many the next meeting begins
/// with what is known by then.
const MOST_KNOWN: usize = 1 << 20;

/// What one peer has sent for nothing in one meeting.
#[derive(Default)]
pub(super) struct Again {
    /// Beginnings of the identifiers of those that were not new: of an honest meeting there are few.
    seen: HashSet<u64>,
    again: u64,
    refused: u64,
}

impl Again {
    /// Counts a batch.
    ///
    /// # Errors
    /// It was too much: the peer is dropped.
    pub(super) fn count(
        &mut self,
        blocks: &[Block],
        results: &[Result<Accepted, Invalid>],
    ) -> Result<(), Refusal> {
        for (b, r) in blocks.iter().zip(results) {
            match r {
                Ok(Accepted::New(_) | Accepted::Filled(_)) => continue,
                Ok(Accepted::Known) => {}
                Err(_) => self.refused += 1,
            }
            let [a, b, c, d, e, f, g, h, ..] = b.signed.header.id().0;
            self.again += u64::from(!self.seen.insert(u64::from_le_bytes([a, b, c, d, e, f, g, h])));
        }
        let too_many = |what| Err(Refusal::Protocol(what));
        match () {
            () if self.again > MOST_AGAIN => too_many("the same blocks again and again"),
            () if self.refused > MOST_REFUSED => too_many("too many blocks that are refused here"),
            () if self.seen.len() > MOST_KNOWN => too_many("too many blocks that are here already"),
            () => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Desk, consortium};

    fn many(d: &Desk, n: u32) -> Vec<Block> {
        (0..n).map(|n| d.colleague(n)).collect()
    }

    #[test]
    fn what_is_new_or_comes_once_is_not_counted_against_anybody() {
        let [a, ..] = consortium();
        let blocks = many(&a, 3);
        let mut all = Again::default();
        for b in &blocks {
            let new = [Ok(Accepted::New(b.signed.header.id()))];
            all.count(std::slice::from_ref(b), &new).unwrap();
            all.count(std::slice::from_ref(b), &[Ok(Accepted::Known)]).unwrap();
        }
        assert_eq!((all.again, all.refused, all.seen.len()), (0, 0, 3));
    }

    #[test]
    fn the_same_for_ever_and_refused_ones_for_ever_end() {
        let [a, ..] = consortium();
        let blocks = many(&a, 64);
        let known = vec![Ok(Accepted::Known); 64];
        let missing = vec![Err(Invalid::MissingDep(a.log, 7)); 64];
        for (results, most) in [(known, MOST_AGAIN), (missing, MOST_AGAIN)] {
            let mut all = Again::default();
            let times = (0..9_999).take_while(|_| all.count(&blocks, &results).is_ok()).count() as u64;
            assert_eq!(times, most / 64 + 1);
        }
        let mut all = Again { refused: MOST_REFUSED, ..Again::default() };
        let one = [Err(Invalid::MissingDep(a.log, 7))];
        assert!(matches!(all.count(&blocks[..1], &one), Err(Refusal::Protocol(_))));
    }
}
