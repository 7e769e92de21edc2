//! Who is being called. Two who call each other would send everything twice: of two calls that have got through, that of the
//! one with the lower key counts. One that hasn't got through yet, perhaps because it goes where nobody is any more, holds
//! up nothing: it ends when the other's call comes, or when the other is heard elsewhere.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::sync::Notify;

use super::locked;
use crate::core::sign::PublicKey;

/// A call under way.
struct Under {
    number: u64,
    to: Vec<SocketAddr>,
    through: bool,
    end: Arc<Notify>,
}

#[derive(Default)]
struct All {
    calls: BTreeMap<PublicKey, Under>,
    last: u64,
}

/// Every call of this terminal.
#[derive(Default)]
pub(super) struct Calls(Mutex<All>);

/// One of them, until dropped.
pub(super) struct Call<'a> {
    of: &'a Calls,
    peer: PublicKey,
    number: u64,
    end: Arc<Notify>,
}

impl Calls {
    /// Calls a terminal at these addresses. None: it is being called there already, or the call has got through.
    pub(super) fn begin(&self, peer: PublicKey, to: &[SocketAddr]) -> Option<Call<'_>> {
        let mut all = locked(&self.0);
        if let Some(under) = all.calls.get(&peer) {
            if under.through || to.iter().all(|at| under.to.contains(at)) {
                return None;
            }
            under.end.notify_one();
        }
        all.last += 1;
        let (number, end) = (all.last, Arc::new(Notify::new()));
        let under = Under { number, to: to.to_vec(), through: false, end: end.clone() };
        all.calls.insert(peer, under);
        Some(Call { of: self, peer, number, end })
    }

    /// A call has got through, and isn't over.
    pub(super) fn is_any_through(&self) -> bool {
        locked(&self.0).calls.values().any(|c| c.through)
    }

    /// A terminal has called: whether it may be answered. `first`: of two calls that have got through, ours counts.
    pub(super) fn answers(&self, peer: &PublicKey, first: bool) -> bool {
        let mut all = locked(&self.0);
        match all.calls.get(peer) {
            None => true,
            Some(under) if under.through => !first,
            Some(under) => {
                under.end.notify_one();
                all.calls.remove(peer);
                true
            }
        }
    }
}

impl Call<'_> {
    /// Until the other has called, or is called elsewhere.
    pub(super) async fn ended(&self) {
        self.end.notified().await;
    }

    /// The other has answered. False: too late, it has called meanwhile or is called elsewhere.
    pub(super) fn is_through(&self) -> bool {
        let mut all = locked(&self.of.0);
        let own = all.calls.get_mut(&self.peer).filter(|u| u.number == self.number);
        own.map(|u| u.through = true).is_some()
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut all = locked(&self.of.0);
        if all.calls.get(&self.peer).is_some_and(|u| u.number == self.number) {
            all.calls.remove(&self.peer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const PEER: PublicKey = [7; 32];

    fn at(n: u8) -> SocketAddr {
        SocketAddr::from(([10, 0, 0, n], 47_500))
    }

    async fn has_ended(c: &Call<'_>) -> bool {
        tokio::time::timeout(Duration::from_millis(20), c.ended()).await.is_ok()
    }

    #[tokio::test]
    async fn a_call_to_where_nobody_is_gives_way_to_one_elsewhere() {
        let calls = Calls::default();
        let old = calls.begin(PEER, &[at(1), at(2)]).unwrap();
        assert!(calls.begin(PEER, &[at(2)]).is_none(), "it is called there already");
        assert!(!has_ended(&old).await);
        let new = calls.begin(PEER, &[at(3)]).unwrap();
        assert!(has_ended(&old).await && !old.is_through());
        // What ends the old one takes nothing from the new one.
        drop(old);
        assert!(!calls.is_any_through());
        assert!(new.is_through() && !has_ended(&new).await);
        assert!(calls.is_any_through());
        assert!(calls.begin(PEER, &[at(4)]).is_none(), "it got through");
        drop(new);
        assert!(calls.begin(PEER, &[at(3)]).is_some());
    }

    #[tokio::test]
    async fn of_two_calls_that_cross_one_counts() {
        for first in [true, false] {
            let calls = Calls::default();
            assert!(calls.answers(&PEER, first), "it isn't called");
            let call = calls.begin(PEER, &[at(1)]).unwrap();
            assert!(calls.answers(&PEER, first), "ours hasn't got through");
            assert!(has_ended(&call).await && !call.is_through());
            let call = calls.begin(PEER, &[at(1)]).unwrap();
            assert!(call.is_through());
            assert_eq!(calls.answers(&PEER, first), !first);
            assert!(!has_ended(&call).await);
        }
    }
}
