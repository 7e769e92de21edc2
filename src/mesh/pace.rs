//! How much a peer may have under way to us: little on a slow link, where whatever waits in a modem's queue is lost with the
//! next cut; as much as it likes on a fast one.
//!
//! Congestion control grows until packets are lost, and modems rather queue for many seconds than lose any. So the receiver
//! keeps its flow control window (RFC 9000, section 4) as small as the round trip says: it doubles while a round trip takes
//! no longer than the shortest one, and halves when packets wait.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use iroh::endpoint::{Connection, VarInt};

use super::limit::Lane;
use crate::core::wire::{LARGEST_PIECE, PIECE};

/// Bytes that a peer may always have under way: a round trip over a satellite at 64 kbit/s.
pub(super) const LEAST: u32 = 6 * 1024;
/// More is never needed: 100 Mbit/s over a round trip of a second.
const MOST: u32 = 12 * 1024 * 1024;
/// Queues that are shorter than this are nobody's trouble.
const SHORT: Duration = Duration::from_millis(40);
/// How often it looks, at most.
const LOOK: Duration = Duration::from_millis(20);

/// The window, and the shortest round trip so far.
#[derive(Clone, Copy, Debug)]
struct Pace {
    window: u32,
    shortest: Duration,
}

impl Pace {
    fn new() -> Self {
        Self { window: LEAST, shortest: Duration::MAX }
    }

    /// A round trip was measured; the window from now on, `most` at most.
    fn measured(&mut self, rtt: Duration, most: u32) -> u32 {
        self.shortest = self.shortest.min(rtt);
        let waits = rtt.saturating_sub(self.shortest) > SHORT.max(self.shortest / 4);
        self.window = if waits { self.window / 2 } else { self.window * 2 }.min(most).clamp(LEAST, MOST);
        self.window
    }
}

/// Keeps the window of a connection right until something that goes over it is done. What is received over all of them
/// is held to a lane: more than that lane takes in a round trip is never under way for long.
pub async fn paced<T>(c: &Connection, down: &Lane, done: impl Future<Output = T>) -> T {
    tokio::select! {
        t = done => t,
        never = keep(c, down) => match never {},
    }
}

async fn keep(c: &Connection, down: &Lane) -> Infallible {
    let mut pace = Pace::new();
    loop {
        let rtt = c.paths().iter().filter(|p| p.is_selected()).map(|p| p.rtt()).next();
        tokio::time::sleep(rtt.unwrap_or(LOOK).max(LOOK)).await;
        let Some(rtt) = rtt else { continue };
        c.set_receive_window(VarInt::from_u32(pace.measured(rtt, down.window(rtt).unwrap_or(MOST))));
    }
}

/// How large the pieces are in which blocks go: what goes in a fiftieth of a second, so that on a slow link little is under
/// way when it is cut, and on a fast one little work is done for each byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pieces {
    size: usize,
    since: Instant,
    gone: u64,
}

impl Pieces {
    pub(super) fn new(now: Instant) -> Self {
        Self { size: PIECE, since: now, gone: 0 }
    }

    /// The size from now on, in bytes, when so many bytes have gone since the beginning.
    pub(super) fn next(&mut self, gone: u64, now: Instant) -> usize {
        let took = now.saturating_duration_since(self.since);
        if took >= LOOK {
            let rate = gone.saturating_sub(self.gone) as f64 / took.as_secs_f64();
            // A first burst goes into buffers whatever the link is like: only what lasts makes large pieces.
            let most = (self.size * 2).min(LARGEST_PIECE);
            self.size = ((rate * LOOK.as_secs_f64()) as usize).clamp(PIECE, most);
            (self.since, self.gone) = (now, gone);
        }
        self.size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_link_is_soon_unbounded_and_a_slow_one_stays_short() {
        let millis = Duration::from_millis;
        let mut fast = Pace::new();
        let windows: Vec<u32> = (0..12).map(|_| fast.measured(millis(1), MOST)).collect();
        assert_eq!((windows[0], *windows.last().unwrap()), (2 * LEAST, MOST));
        // 64 kbit/s behind 750 ms: more than 8 KB wait in the modem.
        let mut slow = Pace::new();
        for _ in 0..50 {
            let queued = (f64::from(slow.window) / 8_000.0 - 0.75).max(0.0);
            let window = slow.measured(millis(750) + Duration::from_secs_f64(queued), MOST);
            assert!(window <= 2 * LEAST, "{window}");
        }
        // A far but fast one isn't held back.
        let mut far = Pace::new();
        assert_eq!((0..12).map(|_| far.measured(millis(300), MOST)).last(), Some(MOST));
        // What is limited here.
        assert_eq!((0..12).map(|_| far.measured(millis(1), 40_000)).last(), Some(40_000));
    }

    #[test]
    fn pieces_grow_with_what_goes_and_stay_small_on_a_slow_link() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut slow = Pieces::new(start);
        // What the peer's first window takes at once, then 44 kbit/s.
        for i in 0..100 {
            assert_eq!(slow.next(6_144 + 5_500 * i, at(1_000 * i)), PIECE);
        }
        let mut fast = Pieces::new(start);
        let sizes: Vec<usize> = (0..8).map(|i| fast.next(1_000_000 * i, at(20 * i))).collect();
        assert_eq!(sizes[..4], [PIECE, 2 * PIECE, 4 * PIECE, 8 * PIECE]);
        assert_eq!(sizes[7], LARGEST_PIECE);
        // Slower again: small at once.
        assert_eq!(fast.next(7_000_100, at(1_000)), PIECE);
    }
}
