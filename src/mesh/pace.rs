//! How much a peer may have under way to us: little on a slow link, where whatever waits in a modem's queue is lost with the
//! next cut; as much as it likes on a fast one.
//!
//! Congestion control grows until packets are lost, and modems rather queue for many seconds than lose any. So the receiver
//! keeps its flow control window (RFC 9000, section 4) as small as the round trip says: it doubles while a round trip takes
//! no longer than the shortest one, and halves when packets wait. What a window did to the round trip shows two round trips
//! later: it grows once it has come in twice, and where packets waited it isn't tried again for a while.

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use iroh::endpoint::{Connection, UdpStats, VarInt};

use super::limit::Lanes;
use crate::core::wire::{LARGEST_PIECE, PIECE};

/// Bytes that a peer may always have under way: a round trip over a satellite at 64 kbit/s.
pub(super) const LEAST: u32 = 6 * 1024;
/// More is never needed: 100 Mbit/s over a round trip of a second.
const MOST: u32 = 12 * 1024 * 1024;
/// Queues that are shorter than this are nobody's trouble.
const SHORT: Duration = Duration::from_millis(40);
/// How often it looks, at most.
const LOOK: Duration = Duration::from_millis(20);

/// Looks, each a round trip or more, before a window that packets waited for is tried again.
const PATIENCE: u32 = 16;

/// The window, and the shortest round trip so far.
#[derive(Clone, Copy, Debug)]
struct Pace {
    window: u32,
    shortest: Duration,
    /// What had come when the window was last changed, in bytes.
    since: u64,
    /// Looks that are left until it may grow.
    patience: u32,
}

impl Pace {
    fn new() -> Self {
        Self { window: LEAST, shortest: Duration::MAX, since: 0, patience: 0 }
    }

    /// A round trip was measured, and so many bytes have come since the beginning; the window from now on, `most` at most.
    fn measured(&mut self, rtt: Duration, come: u64, most: u32) -> u32 {
        self.shortest = self.shortest.min(rtt);
        self.patience = self.patience.saturating_sub(1);
        let waits = rtt.saturating_sub(self.shortest) > SHORT.max(self.shortest / 4);
        let used = come.saturating_sub(self.since) >= 2 * u64::from(self.window);
        let window = match waits {
            true => self.window / 2,
            false if used && self.patience == 0 => self.window * 2,
            false => self.window,
        };
        if waits {
            self.patience = PATIENCE;
        }
        if window != self.window {
            self.since = come;
        }
        self.window = window.min(most).clamp(LEAST, MOST);
        self.window
    }
}

/// Keeps the window of a connection right until something that goes over it is done. What is received over all of them
/// is held to a lane: more than that lane takes in a round trip is never under way for long. Both lanes are told what the
/// connection took on the wire.
pub async fn paced<T>(c: &Connection, lanes: &Lanes, done: impl Future<Output = T>) -> T {
    tokio::select! {
        t = done => t,
        never = keep(c, lanes) => match never {},
    }
}

async fn keep(c: &Connection, lanes: &Lanes) -> Infallible {
    let mut pace = Pace::new();
    let mut before = c.stats();
    loop {
        let rtt = c.paths().iter().filter(|p| p.is_selected()).map(|p| p.rtt()).next();
        tokio::time::sleep(rtt.unwrap_or(LOOK).max(LOOK)).await;
        let stats = c.stats();
        let since = |now: UdpStats, then: UdpStats| {
            (now.datagrams.saturating_sub(then.datagrams), now.bytes.saturating_sub(then.bytes))
        };
        let (up, down) = (since(stats.udp_tx, before.udp_tx), since(stats.udp_rx, before.udp_rx));
        lanes.up.was_on_the_wire(up.0, up.1);
        lanes.down.was_on_the_wire(down.0, down.1);
        before = stats;
        let Some(rtt) = rtt else { continue };
        let most = lanes.down.window(rtt).unwrap_or(MOST);
        c.set_receive_window(VarInt::from_u32(pace.measured(rtt, before.udp_rx.bytes, most)));
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
        // All that a window lets come has come, time after time.
        let full = |p: &mut Pace, ms: u64, come: &mut u64, most: u32| {
            *come += 2 * u64::from(p.window);
            p.measured(millis(ms), *come, most)
        };
        let (mut fast, mut come) = (Pace::new(), 0);
        let windows: Vec<u32> = (0..12).map(|_| full(&mut fast, 1, &mut come, MOST)).collect();
        assert_eq!((windows[0], *windows.last().unwrap()), (2 * LEAST, MOST));
        // Nothing comes: nothing is known of the link.
        let mut idle = Pace::new();
        assert!((0..12).all(|_| idle.measured(millis(1), 0, MOST) == LEAST));
        // A far but fast one isn't held back.
        let (mut far, mut come) = (Pace::new(), 0);
        assert_eq!((0..12).map(|_| full(&mut far, 300, &mut come, MOST)).last(), Some(MOST));
        // What is limited here.
        assert_eq!((0..12).map(|_| full(&mut far, 1, &mut come, 40_000)).last(), Some(40_000));
    }

    /// 64 kbit/s behind 750 ms, where a window is felt two round trips after it was given, and the round trip is a mean.
    #[test]
    fn little_waits_in_a_modem() {
        let (rate, trip) = (8_000.0, 0.75);
        let (mut slow, mut given, mut mean) = (Pace::new(), [LEAST; 2], trip);
        let (mut come, mut widest, mut wide) = (0.0, 0, 0);
        for _ in 0..100 {
            let felt = f64::from(given[0]);
            let queued = (felt / rate - trip).max(0.0);
            mean = mean * 0.3 + (trip + queued) * 0.7;
            come += rate * mean;
            let window = slow.measured(Duration::from_secs_f64(mean), come as u64, MOST);
            given = [given[1], window];
            widest = widest.max(window);
            wide += u32::from(window > LEAST);
        }
        assert!(widest <= 2 * LEAST, "{widest}");
        assert!(wide < 25, "it is tried, and given up: {wide} of 100");
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
