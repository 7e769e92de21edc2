//! Who is calling at the moment. Over a slow link a handshake costs as much as a few visits; of two calls that cross one
//! is for nothing, so whoever's call wouldn't count (`node::meeting`) waits while it seems to be called from there.
//!
//! Anybody can forge a sender's address: nobody is refused by it, and nobody waits for longer than a few seconds.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The longest that a call waits for one that seems to come from there.
const COURTESY: Duration = Duration::from_secs(6);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);

/// Handshakes that come from an address and aren't done.
#[derive(Clone, Debug, Default)]
pub(super) struct Callers(Arc<Mutex<BTreeMap<SocketAddr, usize>>>);

/// A handshake from there, until dropped.
pub(super) struct Coming(Callers, SocketAddr);

impl Callers {
    fn all(&self) -> MutexGuard<'_, BTreeMap<SocketAddr, usize>> {
        // Whole after every step.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody calls from there.
    pub(super) fn comes(&self, from: SocketAddr) -> Coming {
        *self.all().entry(from).or_default() += 1;
        Coming(self.clone(), from)
    }

    fn is_called(&self, from: &[SocketAddr]) -> bool {
        let all = self.all();
        from.iter().any(|at| all.contains_key(at))
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
        let mut all = self.0.all();
        if let Some(n) = all.get_mut(&self.1) {
            *n -= 1;
            if *n == 0 {
                all.remove(&self.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_known_until_its_last_handshake_is_done() {
        let c = Callers::default();
        let at = |n: u16| SocketAddr::from(([10, 0, 0, 1], n));
        let (one, two) = (c.comes(at(2)), c.comes(at(2)));
        assert!(c.is_called(&[at(7), at(2)]) && !c.is_called(&[at(1)]));
        drop(one);
        assert!(c.is_called(&[at(2)]));
        drop(two);
        assert!(!c.is_called(&[at(2)]) && c.all().is_empty());
    }

    #[tokio::test]
    async fn courtesy_ends_with_the_call() {
        let c = Callers::default();
        let at = SocketAddr::from(([10, 0, 0, 1], 1));
        let coming = c.comes(at);
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
