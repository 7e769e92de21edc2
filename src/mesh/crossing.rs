//! Two terminals that call each other at the same moment: over a slow link every handshake costs as much as a few visits,
//! and one of the two is for nothing.
//!
//! Who hears that it is being called from an address waits a while before it calls there. Of two calls that crossed, that
//! of the one with the lower key counts (`node::meeting`): while it is young, handshakes from the address that it goes to
//! aren't answered. Neither depends on a sender's address for longer than a few seconds, since anybody can forge one.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a call of ours that counts comes before one from where it goes to. Shorter than a call tries: where our packets
/// don't get through and the other's do, its later ones are answered.
const FIRST: Duration = Duration::from_secs(7);
/// The longest that a call waits for one that seems to come from there.
const COURTESY: Duration = Duration::from_secs(6);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
struct Calls {
    /// Handshakes that come from there and aren't done.
    coming: BTreeMap<SocketAddr, usize>,
    /// Until when our own calls come first.
    going: BTreeMap<SocketAddr, Instant>,
}

/// The calls that a link is busy with.
#[derive(Clone, Debug, Default)]
pub(super) struct Crossing(Arc<Mutex<Calls>>);

/// A handshake from there, until dropped.
pub(super) struct Coming(Crossing, Option<SocketAddr>);

/// A call to there that comes first, until dropped.
pub(super) struct Going(Crossing, Vec<SocketAddr>);

impl Crossing {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        // Whole after every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody calls from there (none: over a relay). None: our own call comes first, and this one isn't answered.
    pub(super) fn comes(&self, from: Option<SocketAddr>, now: Instant) -> Option<Coming> {
        let mut calls = self.calls();
        if let Some(at) = from {
            if calls.going.get(&at).is_some_and(|until| now < *until) {
                return None;
            }
            *calls.coming.entry(at).or_default() += 1;
        }
        Some(Coming(self.clone(), from))
    }

    /// We call there, and of two calls ours counts.
    pub(super) fn goes(&self, to: &[SocketAddr], now: Instant) -> Going {
        let until = now + FIRST;
        self.calls().going.extend(to.iter().map(|at| (*at, until)));
        Going(self.clone(), to.to_vec())
    }

    fn is_called(&self, from: &[SocketAddr]) -> bool {
        let calls = self.calls();
        from.iter().any(|at| calls.coming.contains_key(at))
    }

    /// Waits while a call seems to come from there, but not for long. What became of it shows by then.
    pub(super) async fn courtesy(&self, from: &[SocketAddr]) {
        let until = Instant::now() + COURTESY;
        while self.is_called(from) && Instant::now() < until {
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        let Some(at) = self.1 else { return };
        let mut calls = self.0.calls();
        if let Some(n) = calls.coming.get_mut(&at) {
            *n -= 1;
            if *n == 0 {
                calls.coming.remove(&at);
            }
        }
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let mut calls = self.0.calls();
        for at in &self.1 {
            calls.going.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_counts_comes_first_for_a_while_and_only_there() {
        let c = Crossing::default();
        let at = |n: u16| SocketAddr::from(([10, 0, 0, 1], n));
        let now = Instant::now();
        let going = c.goes(&[at(1), at(2)], now);
        assert!(c.comes(Some(at(2)), now).is_none());
        assert!(c.comes(Some(at(3)), now).is_some());
        assert!(c.comes(None, now).is_some());
        // A forged address holds up nobody for long, and neither does a call without an answer.
        assert!(c.comes(Some(at(2)), now + FIRST).is_some());
        drop(going);
        let (one, two) = (c.comes(Some(at(2)), now), c.comes(Some(at(2)), now));
        assert!(one.is_some() && c.is_called(&[at(7), at(2)]));
        drop(one);
        assert!(c.is_called(&[at(2)]) && !c.is_called(&[at(1)]));
        drop(two);
        assert!(!c.is_called(&[at(2)]) && c.calls().coming.is_empty() && c.calls().going.is_empty());
    }

    #[tokio::test]
    async fn courtesy_ends_with_the_call() {
        let c = Crossing::default();
        let at = SocketAddr::from(([10, 0, 0, 1], 1));
        let coming = c.comes(Some(at), Instant::now());
        let ends = async {
            tokio::time::sleep(LOOK).await;
            drop(coming);
        };
        let start = Instant::now();
        let from = [at];
        tokio::join!(c.courtesy(&from), ends);
        assert!(start.elapsed() >= LOOK && start.elapsed() < COURTESY);
    }
}
