//! Handshakes under way, so that nobody who only shakes hands keeps out those who come to meet. While there is room everybody
//! has a place. Once places run short a network has one, strangers have fewer seconds, and some places are kept for addresses
//! at which certified terminals answer.
//!
//! An address is worth no more than this: a caller has shown by then that it is where it says (RFC 9000, section 8.1), and who
//! it is shows in the handshake.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Handshakes under way at once; more wait until they call again. Who is met after them is for `places` to say.
const ALL: usize = 64;
/// Of these for addresses of certified terminals alone.
const KEPT: usize = 16;
/// From so many on places run short.
const CROWD: usize = 16;
/// How long a handshake may take, and then the first word: both together.
const LONG: Duration = Duration::from_secs(20);
/// The same for a stranger while places run short: over a slow link a handshake takes 3 s.
const SHORT: Duration = Duration::from_secs(5);
/// How often somebody who shakes hands is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Where somebody calls from: an address, or where one customer has 2^64 of them, all of these. None: over a relay.
type From = Option<IpAddr>;

fn network(at: IpAddr) -> IpAddr {
    match at.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        four => four,
    }
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    from: BTreeMap<From, usize>,
    known: BTreeSet<IpAddr>,
}

/// Everyone who is shaking hands.
#[derive(Clone, Debug, Default)]
pub(super) struct Lobby(Arc<Mutex<Inside>>);

/// What becomes of a call.
pub(super) enum Entry {
    /// It has a place.
    In(Seat),
    /// It must first show that it is where it says.
    Prove,
    /// Not now: it calls again by itself.
    Wait,
}

/// A place, until dropped.
pub(super) struct Seat {
    of: Lobby,
    from: From,
    known: bool,
    since: Instant,
}

impl Lobby {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        // Whole after every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Certified terminals answer at these addresses.
    pub(super) fn know(&self, addresses: impl Iterator<Item = IpAddr>) {
        self.inside().known = addresses.map(|a| a.to_canonical()).collect();
    }

    /// Somebody calls; `shown`: it is where it says.
    pub(super) fn enter(&self, from: From, shown: bool) -> Entry {
        let mut inside = self.inside();
        let short = inside.all >= CROWD;
        if short && !shown {
            return Entry::Prove;
        }
        let known = from.is_some_and(|at| inside.known.contains(&at.to_canonical()));
        let from = from.map(network);
        let own = inside.from.get(&from).copied().unwrap_or(0);
        // A relay is one address for many.
        let most = if from.is_none() { CROWD } else { 1 };
        let full = match known {
            true => inside.all >= ALL,
            false => inside.all >= ALL - KEPT || (short && own >= most),
        };
        if full {
            return Entry::Wait;
        }
        inside.all += 1;
        *inside.from.entry(from).or_default() += 1;
        drop(inside);
        Entry::In(Seat { of: self.clone(), from, known, since: Instant::now() })
    }
}

impl Seat {
    /// How long it may be kept, as things stand.
    fn limit(&self) -> Duration {
        let short = self.of.inside().all >= CROWD;
        if short && !self.known { SHORT } else { LONG }
    }

    /// Until it has been kept for long enough.
    pub(super) async fn over(&self) {
        while self.since.elapsed() < self.limit() {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.of.inside();
        inside.all -= 1;
        if let Some(n) = inside.from.get_mut(&self.from) {
            *n -= 1;
            if *n == 0 {
                inside.from.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(n: u32) -> From {
        Some(IpAddr::from((0x0a00_0000 + n).to_be_bytes()))
    }

    fn seat(l: &Lobby, from: From) -> Option<Seat> {
        match l.enter(from, true) {
            Entry::In(s) => Some(s),
            Entry::Prove | Entry::Wait => None,
        }
    }

    #[test]
    fn strangers_leave_places_for_those_that_are_known_and_for_each_other() {
        let l = Lobby::default();
        l.know(at(7).into_iter());
        let one: Vec<Seat> = (0..99).filter_map(|_| seat(&l, at(1))).collect();
        assert_eq!(one.len(), CROWD, "while there is room a network may have many");
        assert!(matches!(l.enter(at(2), false), Entry::Prove));
        let others: Vec<Seat> = (2..999).filter(|n| *n != 7).filter_map(|n| seat(&l, at(n))).collect();
        assert_eq!(others.len(), ALL - KEPT - CROWD);
        assert!(seat(&l, None).is_none());
        let known: Vec<Seat> = (0..99).filter_map(|_| seat(&l, at(7))).collect();
        assert_eq!(known.len(), KEPT);
        drop((one, others, known));
        assert!(l.inside().all == 0 && l.inside().from.is_empty());
    }

    #[test]
    fn a_customer_with_many_addresses_has_one_place() {
        let l = Lobby::default();
        let crowd: Vec<Seat> = (0..CROWD as u32).filter_map(|n| seat(&l, at(n))).collect();
        let six = |n: u16| Some(IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, n, 0, 0, n)));
        let many: Vec<Seat> = (0..99).filter_map(|n| seat(&l, six(n))).collect();
        assert_eq!((crowd.len(), many.len()), (CROWD, 1));
    }

    #[test]
    fn who_says_nothing_goes_sooner_while_places_run_short() {
        let l = Lobby::default();
        l.know(at(7).into_iter());
        let (stranger, known) = (seat(&l, at(1)).unwrap(), seat(&l, at(7)).unwrap());
        assert_eq!((stranger.limit(), known.limit()), (LONG, LONG));
        let crowd: Vec<Seat> = (10..10 + CROWD as u32).filter_map(|n| seat(&l, at(n))).collect();
        assert_eq!((stranger.limit(), known.limit()), (SHORT, LONG));
        drop(crowd);
        assert_eq!(stranger.limit(), LONG);
    }
}
