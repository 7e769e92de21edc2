//! Finding each other on one switch, where there is no DNS, no DHCP and no default route: mDNS needs one on Linux.
//!
//! Every few seconds, and when somebody new is heard, a terminal says, on each interface by itself, where it answers.
//! Whoever hears it only learns an address to try: the handshake proves who is there, and only certified terminals are tried.
//!
//! ```text
//! magic "AIDBEAC0" (8) ‖ consortium tag (8) ‖ endpoint key (32) ‖ port (2, big-endian), one UDP datagram to
//! port 47499 at the interface's IPv4 broadcast address, or at ff02::1 where it has only IPv6
//! ```

use std::{
    collections::BTreeMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::UdpSocket, sync::Notify, task::JoinHandle};

use super::local;
use crate::core::{
    id::{ConsortiumId, hash32},
    sign::PublicKey,
};

const MAGIC: &[u8; 8] = b"AIDBEAC0";
/// Where beacons are heard.
const PORT: u16 = 47_499;
/// Time between two beacons.
const EVERY: Duration = Duration::from_secs(3);
/// The least between two, where somebody new is heard, who began later than this terminal and hasn't heard it yet.
const LEAST: Duration = Duration::from_millis(500);
/// Who wasn't heard for this long is new.
const GONE: Duration = Duration::from_secs(10);
/// Bytes of a beacon.
pub const LEN: usize = 50;
/// Addresses of one terminal: forged ones don't take the place of the right one.
const PLACES: usize = 4;
/// Terminals remembered at once: more than any consortium has on one switch.
const MOST: usize = 256;

/// Which consortium, without naming it to whoever listens.
pub type Tag = [u8; 8];

/// The tag of a consortium.
pub fn tag(consortium: ConsortiumId) -> Tag {
    let h = hash32("aidpost v0 beacon", &[&consortium.0]);
    // The first eight of 32 bytes.
    std::array::from_fn(|i| h[i])
}

/// A beacon.
pub fn encode(tag: &Tag, endpoint: &PublicKey, port: u16) -> [u8; LEN] {
    let mut b = [0u8; LEN];
    b[..8].copy_from_slice(MAGIC);
    b[8..16].copy_from_slice(tag);
    b[16..48].copy_from_slice(endpoint);
    b[48..].copy_from_slice(&port.to_be_bytes());
    b
}

/// Who of this consortium said what port; none for anything else.
pub fn decode(bytes: &[u8], tag: &Tag) -> Option<(PublicKey, u16)> {
    let b: &[u8; LEN] = bytes.try_into().ok()?;
    let ours = b[..8] == *MAGIC && b[8..16] == *tag;
    let port = u16::from_be_bytes([b[48], b[49]]);
    let endpoint = b[16..48].try_into().ok()?;
    (ours && port != 0).then_some((endpoint, port))
}

/// The newest address last.
type Heard = Arc<Mutex<BTreeMap<PublicKey, Vec<SocketAddr>>>>;

/// Who said lately that it is here. A copy of a beacon can make a terminal speak up, at most every [`LEAST`].
#[derive(Default)]
struct Present(BTreeMap<PublicKey, Instant>);

impl Present {
    /// True where it is new here.
    fn is_new(&mut self, who: PublicKey, now: Instant) -> bool {
        self.0.retain(|_, when| now.saturating_duration_since(*when) < GONE);
        if self.0.len() >= MOST && !self.0.contains_key(&who) {
            return false;
        }
        self.0.insert(who, now).is_none()
    }
}

/// Says where this terminal answers and hears where others do, until dropped.
pub struct Beacon {
    heard: Heard,
    tasks: Vec<JoinHandle<()>>,
}

impl Beacon {
    /// Begins. `at` is where the terminal answers: with one address of its own, it is told of on that interface only.
    ///
    /// # Errors
    /// No socket can be had; terminals then need each other's addresses.
    pub fn start(consortium: ConsortiumId, endpoint: PublicKey, at: SocketAddr) -> io::Result<Self> {
        let (tag, heard, news) = (tag(consortium), Heard::default(), Arc::new(Notify::new()));
        let mut tasks = Vec::new();
        for domain in [Domain::IPV4, Domain::IPV6] {
            match listener(domain) {
                Ok(s) => tasks.push(tokio::spawn(listen(s, (tag, endpoint), heard.clone(), news.clone()))),
                // A machine without IPv6 has one that works.
                Err(e) if domain == Domain::IPV4 => return Err(e),
                Err(_) => {}
            }
        }
        tasks.push(tokio::spawn(async move {
            loop {
                say(&encode(&tag, &endpoint, at.port()), at.ip());
                tokio::time::sleep(LEAST).await;
                let _ = tokio::time::timeout(EVERY - LEAST, news.notified()).await;
            }
        }));
        Ok(Self { heard, tasks })
    }

    /// Who was heard since this was last asked, and where.
    pub fn take_heard(&self) -> BTreeMap<PublicKey, Vec<SocketAddr>> {
        std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Beacon {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Adds the address that was heard last; the oldest of too many goes.
pub fn hear(all: &mut Vec<SocketAddr>, at: SocketAddr) {
    all.retain(|a| *a != at);
    all.push(at);
    let most = all.len().saturating_sub(PLACES);
    all.drain(..most);
}

fn listener(domain: Domain) -> io::Result<UdpSocket> {
    let s = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?;
    // Several terminals may run on one machine.
    s.set_reuse_address(true)?;
    s.set_reuse_port(true)?;
    s.set_nonblocking(true)?;
    if domain == Domain::IPV6 {
        s.set_only_v6(true)?;
        s.bind(&SocketAddr::from((Ipv6Addr::UNSPECIFIED, PORT)).into())?;
    } else {
        s.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)).into())?;
    }
    UdpSocket::from_std(s.into())
}

async fn listen(socket: UdpSocket, (tag, own): (Tag, PublicKey), heard: Heard, news: Arc<Notify>) {
    let mut present = Present::default();
    let mut buffer = [0u8; LEN + 1];
    loop {
        let Ok((n, from)) = socket.recv_from(&mut buffer).await else {
            // An interface that went down is no reason to go deaf.
            tokio::time::sleep(EVERY).await;
            continue;
        };
        let Some((endpoint, port)) = decode(&buffer[..n], &tag).filter(|(e, _)| *e != own) else { continue };
        if present.is_new(endpoint, Instant::now()) {
            news.notify_one();
        }
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() < MOST || heard.contains_key(&endpoint) {
            let mut at = local::plain(from);
            at.set_port(port);
            hear(heard.entry(endpoint).or_default(), at);
        }
    }
}

/// One beacon on every interface that may have a neighbour.
fn say(beacon: &[u8; LEN], at: IpAddr) {
    for i in netdev::get_interfaces().into_iter().filter(|i| i.is_up() && !i.is_loopback()) {
        let own = |ip: IpAddr| at.is_unspecified() || at == ip;
        for net in i.ipv4.iter().filter(|n| own(n.addr().into()) && n.prefix_len() < 31) {
            let to = SocketAddr::from((net.broadcast(), PORT));
            // What doesn't get through now is said again in a few seconds.
            let _ = send(beacon, SocketAddr::from((net.addr(), 0)), to);
        }
        if i.ipv4.is_empty() && at.is_unspecified() {
            let to = SocketAddrV6::new(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1), PORT, 0, i.index);
            let _ = send(beacon, SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)), to.into());
        }
    }
}

fn send(beacon: &[u8; LEN], from: SocketAddr, to: SocketAddr) -> io::Result<()> {
    let socket = std::net::UdpSocket::bind(from)?;
    socket.set_broadcast(to.is_ipv4())?;
    socket.set_nonblocking(true)?;
    socket.send_to(beacon, to).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_is_new_once_and_again_after_it_was_gone() {
        let (mut present, start) = (Present::default(), Instant::now());
        assert!(present.is_new([1; 32], start) && present.is_new([2; 32], start));
        assert!(!present.is_new([1; 32], start + EVERY) && !present.is_new([1; 32], start + EVERY * 4));
        assert!(present.is_new([2; 32], start + EVERY * 4));
        let late = start + GONE * 3;
        (0..2_000u32).for_each(|n| {
            let mut who = [9; 32];
            who[..4].copy_from_slice(&n.to_be_bytes());
            assert_eq!(present.is_new(who, late), (n as usize) < MOST);
        });
        assert_eq!(present.0.len(), MOST);
    }

    #[test]
    fn a_forged_beacon_does_not_hide_the_right_one() {
        let at = |n: u16| SocketAddr::from(([10, 0, 0, 1], n));
        let mut all = Vec::new();
        [1, 2, 1, 3, 4].into_iter().for_each(|n| hear(&mut all, at(n)));
        assert_eq!(all, [2, 1, 3, 4].map(at));
        (5..99).for_each(|n| hear(&mut all, at(n)));
        assert!(all.len() == PLACES && all.last() == Some(&at(98)));
    }

    #[test]
    fn golden_bytes_and_nothing_else_is_heard() {
        let t = tag(ConsortiumId([1; 32]));
        let b = encode(&t, &[7; 32], 47_500);
        crate::testing::golden("beacon_v0.hex", &hex::encode(b));
        assert_eq!(decode(&b, &t), Some(([7; 32], 47_500)));
        assert_eq!(decode(&b, &tag(ConsortiumId([2; 32]))), None, "another consortium's");
        assert_eq!(decode(&b[..LEN - 1], &t), None);
        assert_eq!(decode(&[&b[..], &[0]].concat(), &t), None);
        for i in 0..16 {
            let mut bad = b;
            bad[i] ^= 1;
            assert_eq!(decode(&bad, &t), None);
        }
        assert_eq!(decode(&encode(&t, &[7; 32], 0), &t), None, "no port");
    }
}
