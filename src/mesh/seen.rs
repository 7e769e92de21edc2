//! How far away others were when they were last met, so that the next handshake suits the link: on a slow one nothing is
//! repeated before its answer can be there, and no packets are spent on finding out how large one may be.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use iroh::{
    TransportAddr,
    endpoint::{Connection, IdleTimeout, MtuDiscoveryConfig, QuicTransportConfig, VarInt},
};

use super::pace::LEAST;
use crate::core::sign::PublicKey;

/// Without a packet from the other side for this long the link to it is lost: ten round trips over a satellite.
const IDLE: Duration = Duration::from_secs(15);
/// Round trips that are longer count as slow.
const SLOW: Duration = Duration::from_millis(150);
/// What a round trip is taken for before one was measured (RFC 9002, section 6.2.2).
const UNKNOWN: Duration = Duration::from_millis(333);
/// Longer ones are a queue's, not the link's.
const LONGEST: Duration = Duration::from_secs(2);
/// Addresses remembered.
const MOST: usize = 256;

/// Round trips by address, and where those called from that were met.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen(Arc<Mutex<BTreeMap<IpAddr, Duration>>>, Arc<Mutex<BTreeMap<PublicKey, SocketAddr>>>);

impl Seen {
    fn all(&self) -> MutexGuard<'_, BTreeMap<IpAddr, Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the round trip of a connection, which was in use for a while. Where the other is; none over a relay.
    pub(super) fn remember(&self, c: &Connection) -> Option<SocketAddr> {
        let mut there = None;
        for p in c.paths().iter().filter(|p| p.is_selected()) {
            if let TransportAddr::Ip(at) = p.remote_addr() {
                self.note(at.ip(), p.rtt());
                there = Some(*at);
            }
        }
        there
    }

    /// A terminal has called from there, and was met.
    pub(super) fn called(&self, peer: PublicKey, from: SocketAddr) {
        let mut all = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST || all.contains_key(&peer) {
            all.insert(peer, from);
        }
    }

    /// Those that are wanted; the others stay.
    pub(super) fn take_callers(
        &self,
        wanted: impl Fn(&PublicKey, &SocketAddr) -> bool,
    ) -> BTreeMap<PublicKey, SocketAddr> {
        let mut all = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        let (out, rest) = std::mem::take(&mut *all).into_iter().partition(|(p, at)| wanted(p, at));
        *all = rest;
        out
    }

    fn note(&self, at: IpAddr, rtt: Duration) {
        let mut all = self.all();
        if all.len() < MOST || all.contains_key(&at) {
            all.insert(at, rtt);
        }
    }

    /// The longest round trip to any of these.
    pub(super) fn rtt(&self, to: impl Iterator<Item = IpAddr>) -> Option<Duration> {
        let all = self.all();
        to.filter_map(|a| all.get(&a).copied()).max()
    }

    /// Settings for a connection with whoever is at one of these addresses.
    pub(super) fn transport(&self, at: impl Iterator<Item = IpAddr>) -> QuicTransportConfig {
        transport(self.rtt(at))
    }
}

/// Round trips of which a link counts as slow.
pub(super) fn is_slow(rtt: Duration) -> bool {
    rtt >= SLOW
}

/// Settings for a round trip; none: nobody knows yet.
pub(super) fn transport(rtt: Option<Duration>) -> QuicTransportConfig {
    // `paced` takes the window from there.
    let config = QuicTransportConfig::builder()
        .receive_window(VarInt::from_u32(LEAST))
        .initial_rtt(rtt.unwrap_or(UNKNOWN).clamp(UNKNOWN, LONGEST))
        // Four packets a connection that tell how large one may be: worth it where many more follow quickly.
        .mtu_discovery_config(rtt.filter(|r| !is_slow(*r)).map(|_| MtuDiscoveryConfig::default()));
    // Fewer acknowledgements would suit a slow link (`ack_frequency_config`), but noq 1.4 writes the frame that asks for them
    // without looking whether it has room, and its panic in a handshake takes the whole program with it.
    // IDLE is far below what the protocol can say.
    match IdleTimeout::try_from(IDLE) {
        Ok(idle) => config.max_idle_timeout(Some(idle)).build(),
        Err(_) => config.build(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_of_a_peers_addresses_counts_and_few_are_remembered() {
        let seen = Seen::default();
        let at = |n: u8| IpAddr::from([10, 0, 0, n]);
        assert_eq!(seen.rtt([at(1)].into_iter()), None);
        seen.note(at(1), Duration::from_millis(2));
        seen.note(at(2), Duration::from_millis(900));
        assert_eq!(seen.rtt([at(1)].into_iter()), Some(Duration::from_millis(2)));
        assert_eq!(seen.rtt([at(1), at(2), at(3)].into_iter()), Some(Duration::from_millis(900)));
        (0..2_000u32).for_each(|n| seen.note(IpAddr::from(n.to_be_bytes()), SLOW));
        assert_eq!(seen.all().len(), MOST);
        seen.note(at(1), SLOW);
        assert_eq!(seen.rtt([at(1)].into_iter()), Some(SLOW));
        assert!(is_slow(SLOW) && !is_slow(SLOW / 2));
    }
}
