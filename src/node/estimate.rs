//! How long a check of everything will still take: by how fast it went so far.

use super::api::Checking;
use crate::{core::time::Millis, store::verify::Progress};

/// Microseconds for one block as long as none was checked: reading, verifying and linking it on two cores.
const BLOCK: u64 = 60;

/// Watches one check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Estimate {
    begun: Option<Millis>,
    /// When the first blocks were done, and how many.
    blocks: Option<(Millis, u64)>,
}

fn left(elapsed: Millis, done: u64, of: u64) -> Millis {
    elapsed * of.saturating_sub(done) / done.max(1)
}

impl Estimate {
    /// What is left at `now` (a clock that only goes forward, in milliseconds).
    pub fn of(&mut self, p: Progress, now: Millis) -> Checking {
        let begun = *self.begun.get_or_insert(now);
        let pages = if p.pages < p.of_pages { left(now - begun, p.pages, p.of_pages) } else { 0 };
        if p.blocks > 0 && self.blocks.is_none() {
            self.blocks = Some((now, p.blocks));
        }
        let blocks = match self.blocks {
            // Only what came after the first batch was timed from its beginning.
            Some((since, first)) if p.blocks > first => {
                left(now - since, p.blocks - first, p.of_blocks - first)
            }
            _ => p.of_blocks.saturating_sub(p.blocks) * BLOCK / 1_000,
        };
        // A page takes about a fifth of what a block does.
        let (done, of) = (p.pages + 5 * p.blocks, p.of_pages + 5 * p.of_blocks);
        let done = u32::try_from(done * 1_000 / of.max(1)).unwrap_or(1_000).min(1_000);
        Checking { done, left: pages + blocks }
    }
}

/// In words, for a line on the screen.
pub fn words(c: &Checking) -> String {
    let seconds = c.left.div_ceil(1_000);
    let left = match seconds {
        0..=90 => format!("{seconds} s"),
        _ => format!("{} min", seconds.div_ceil(60)),
    };
    format!("checking everything: {} % done, about {left} left", c.done / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_follows_what_was_done() {
        let mut e = Estimate::default();
        let p = |pages, blocks| Progress { pages, of_pages: 1_000, blocks, of_blocks: 10_000 };
        assert_eq!(e.of(p(0, 0), 5_000).left, 600, "before anything is known, what is usual");
        assert_eq!(e.of(p(500, 0), 6_000).left, 1_000 + 600);
        e.of(p(1_000, 1_000), 7_000);
        // 1,000 blocks in two seconds: the 8,000 that are left take sixteen.
        let c = e.of(p(1_000, 2_000), 9_000);
        assert_eq!(c.left, 16_000 + 2_000 - 2_000);
        assert_eq!(words(&c), "checking everything: 21 % done, about 16 s left");
        let c = e.of(p(1_000, 10_000), 27_000);
        assert_eq!((c.left, c.done), (0, 1_000));
        assert_eq!(
            words(&Checking { done: 5, left: 200_000 }),
            "checking everything: 0 % done, about 4 min left"
        );
    }
}
