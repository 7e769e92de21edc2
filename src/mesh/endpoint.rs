//! This terminal's iroh endpoint: no discovery service, no port mapping, no name looked up, no relay but the consortium's
//! own: nothing outside the consortium.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr, SocketAddrV6},
    sync::Arc,
    time::Duration,
};

use ed25519_dalek::SigningKey;
use futures::future::BoxFuture;
use iroh::{
    Endpoint, EndpointAddr, EndpointId, RelayConfig, RelayMap, RelayMode, RelayUrl, SecretKey, TransportAddr,
    dns::DnsResolver,
    endpoint::{
        BindOpts, ConnectOptions, Connection, ConnectionError, Incoming, IncomingAddr, NetReportConfig,
        PortmapperConfig, RecvStream, SendStream, VarInt, presets,
    },
};
use tokio::{task::JoinHandle, time::timeout};

use super::{
    beacon::Beacon,
    courtesy::Callers,
    door::{self, Door},
    limit::Lanes,
    lobby::{Entry, Lobby},
    local,
    pace::paced,
    relay::Relay,
    seen::{Seen, is_slow, transport},
    ticket::Ticket,
};
use crate::core::{id::ConsortiumId, sign::PublicKey};

/// The protocol's name in the handshake.
const ALPN: &[u8] = b"aidpost/0";
/// The longest that dialling may take. To whom is not known yet a first packet goes after 0, 1, 3 and 7 s: the answer to the last
/// one takes 2 s over a slow link.
pub(super) const DIAL: Duration = Duration::from_secs(10);
/// How long the reason of a refusal may take to follow it.
const REASON: Duration = Duration::from_millis(500);

/// The link can't come up, or a terminal doesn't answer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The port is taken or not allowed.
    #[error("cannot listen on {0} ({1}): choose another port with --listen")]
    Bind(SocketAddr, String),
    /// Nobody answers.
    #[error("{0} does not answer: is it switched on and on the same network? ({1})")]
    Dial(String, String),
}

/// Answers a meeting: endpoint key of the peer, and the two halves of its stream. What comes back is why it was refused.
pub type Answer =
    Arc<dyn Fn(PublicKey, SendStream, RecvStream) -> BoxFuture<'static, Option<Refused>> + Send + Sync>;

/// Why a terminal refused to meet, as a QUIC application error code: numbers travel, words don't.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The caller isn't certified there.
    NotCertified = 1,
    /// The caller belongs to another consortium.
    Consortium = 2,
    /// The caller speaks another version.
    Version = 3,
    /// The caller broke the protocol.
    Protocol = 4,
    /// The two are meeting already, the other way round.
    Busy = 5,
    /// A ticket to join with that is not good here, or no longer.
    NoInvitation = 6,
    /// Somebody else is joining at this moment.
    Joining = 7,
}

impl Refused {
    /// Why the peer closed this connection, if it refused. Its streams end first, the reason follows.
    pub async fn by_peer(c: &Connection) -> Option<Self> {
        let closed = timeout(REASON, c.closed()).await.ok()?;
        let ConnectionError::ApplicationClosed(close) = closed else { return None };
        use Refused::*;
        [NotCertified, Consortium, Version, Protocol, Busy, NoInvitation, Joining]
            .into_iter()
            .find(|r| close.error_code == VarInt::from_u32(*r as u32))
    }

    /// Words for the one who was refused.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotCertified => {
                "the other terminal does not know this one yet: let its organisation admit or certify it first"
            }
            Self::Consortium => "the other terminal belongs to another consortium: check the ticket",
            Self::Version => "the other terminal runs another version: update Aidpost on the older one",
            Self::Busy => "the two terminals are meeting at this moment: look again when that is done",
            Self::NoInvitation => {
                "this ticket is not good any more: ask for a new one ('aidpost invite' on the other terminal)"
            }
            Self::Joining => "another terminal is joining with this ticket at the moment: ask who that is",
            Self::Protocol => "the other terminal could not read what this one sent: update Aidpost on both",
        }
    }
}

/// Where and how the link comes up.
#[derive(Clone, Debug)]
pub struct Way {
    /// Where this terminal answers.
    pub listen: SocketAddr,
    /// Over which relay too.
    pub relay: Option<Relay>,
    /// Whether it says on each interface where it answers, and hears others.
    pub beacon: bool,
    /// Who answers terminals that want to join.
    pub door: Door,
    /// What all meetings together may send and receive.
    pub lanes: Lanes,
}

/// The endpoint while the link is up.
pub struct Link {
    endpoint: Endpoint,
    seen: Seen,
    callers: Callers,
    lobby: Lobby,
    relay: Option<Relay>,
    listen: SocketAddr,
    local: Vec<SocketAddrV6>,
    accepting: JoinHandle<()>,
    /// None on a terminal that only answers itself, or where no such socket can be had.
    beacon: Option<Beacon>,
}

impl Link {
    /// Binds and begins to answer.
    ///
    /// # Errors
    /// The address can't be bound.
    pub async fn up(
        key: &SigningKey,
        way: Way,
        consortium: ConsortiumId,
        answer: Answer,
    ) -> Result<Self, LinkError> {
        let listen = way.listen;
        // Elsewhere than on one port nobody would find it.
        let local = match listen.ip().is_unspecified() && listen.port() != 0 {
            true => local::addresses(),
            false => Vec::new(),
        };
        let endpoint = bind(key, listen, way.relay, vec![ALPN.to_vec()], &local).await?;
        let seen = Seen::default();
        let lanes = way.lanes.clone();
        let callers = Callers::default();
        let lobby = Lobby::default();
        let known = (seen.clone(), callers.clone(), lobby.clone());
        let accepting = tokio::spawn(accept(endpoint.clone(), known, lanes, (answer, way.door)));
        let port = own_port(&endpoint).unwrap_or(listen.port());
        let at = SocketAddr::new(listen.ip(), port);
        let beacon = (way.beacon && !at.ip().is_loopback())
            .then(|| Beacon::start(consortium, *key.verifying_key().as_bytes(), at).ok())
            .flatten();
        Ok(Self { endpoint, seen, callers, lobby, relay: way.relay, listen, local, accepting, beacon })
    }

    /// Where this terminal answers.
    pub fn ticket(&self) -> Ticket {
        let mut addresses = self.endpoint.bound_sockets();
        let known = self.endpoint.addr().addrs.into_iter().filter_map(|a| match a {
            TransportAddr::Ip(ip) => Some(ip),
            _ => None,
        });
        addresses.extend(known);
        // "Any address" is of no use to someone who wants to dial.
        addresses.retain(|a| !a.ip().is_unspecified());
        // One that counts on one switch only is heard there.
        addresses.retain(|a| !is_link_local(a.ip()));
        addresses.sort();
        addresses.dedup();
        Ticket { endpoint: *self.endpoint.id().as_bytes(), addresses, relay: self.relay }
    }

    /// Who has said where they answer, since this was last asked.
    pub fn take_heard(&self) -> BTreeMap<PublicKey, Vec<SocketAddr>> {
        self.beacon.as_ref().map(Beacon::take_heard).unwrap_or_default()
    }

    /// Who has called and was met, and from where: those that are wanted, once.
    pub fn take_callers(
        &self,
        wanted: impl Fn(&PublicKey, &SocketAddr) -> bool,
    ) -> BTreeMap<PublicKey, SocketAddr> {
        self.seen.take_callers(wanted)
    }

    /// Certified terminals answer at these addresses: whoever calls from there comes first.
    pub fn know(&self, addresses: impl Iterator<Item = IpAddr>) {
        self.lobby.know(addresses);
    }

    /// The port that it answers on.
    pub fn port(&self) -> Option<u16> {
        own_port(&self.endpoint)
    }

    /// An interface has come up, or has got its address, at which it doesn't answer: it does when it is taken down and up.
    pub fn misses_an_interface(&self) -> bool {
        let any = self.listen.ip().is_unspecified() && self.listen.port() != 0;
        any && local::addresses().iter().any(|a| !self.local.contains(a))
    }

    /// A handle to dial with, which doesn't keep the link from going down.
    pub fn dialler(&self) -> Dialler {
        let (endpoint, seen) = (self.endpoint.clone(), self.seen.clone());
        Dialler { endpoint, seen, callers: self.callers.clone(), relay: self.relay }
    }

    /// Takes the link down: open meetings are cut.
    pub async fn down(self) {
        self.accepting.abort();
        self.endpoint.close().await;
    }
}

/// The same for IPv6, where it has that too.
fn own_port(endpoint: &Endpoint) -> Option<u16> {
    let all = endpoint.bound_sockets();
    all.iter().find(|a| a.is_ipv4()).or(all.first()).map(SocketAddr::port)
}

fn is_link_local(at: IpAddr) -> bool {
    matches!(at, IpAddr::V6(six) if six.is_unicast_link_local())
}

/// Dials from a link that is up.
pub struct Dialler {
    endpoint: Endpoint,
    seen: Seen,
    callers: Callers,
    relay: Option<Relay>,
}

impl Dialler {
    /// Dials from an endpoint.
    pub(super) fn new(endpoint: Endpoint, seen: Seen, relay: Option<Relay>) -> Self {
        Self { endpoint, seen, callers: Callers::default(), relay }
    }

    /// How long a packet to that terminal and its answer took when it was met last.
    pub fn round_trip(&self, to: &Ticket) -> Option<Duration> {
        self.seen.rtt(to.addresses.iter().map(SocketAddr::ip))
    }

    /// Whether the link to it is known to be slow.
    pub fn is_slow(&self, to: &Ticket) -> bool {
        self.round_trip(to).is_some_and(is_slow)
    }

    /// Waits while that terminal seems to be calling this one, but not for long.
    pub async fn courtesy(&self, to: &Ticket) {
        self.callers.courtesy(&to.addresses).await;
    }

    /// Opens a stream to a terminal.
    ///
    /// # Errors
    /// It doesn't answer in time, or isn't the one that was asked for.
    pub async fn dial(&self, to: &Ticket) -> Result<(Connection, SendStream, RecvStream), LinkError> {
        self.dial_for(to, ALPN).await
    }

    /// The same for a protocol.
    pub(super) async fn dial_for(
        &self,
        to: &Ticket,
        protocol: &[u8],
    ) -> Result<(Connection, SendStream, RecvStream), LinkError> {
        let name = to.places().into_iter().next().unwrap_or_else(|| hex::encode(&to.endpoint[..4]));
        let bad = |e: String| LinkError::Dial(name.clone(), e);
        let id = EndpointId::from_bytes(&to.endpoint).map_err(|e| bad(e.to_string()))?;
        // Two who use the same relay find each other there without a ticket.
        let relays =
            to.relay.iter().chain(&self.relay).map(url).collect::<Result<Vec<_>, _>>().map_err(&bad)?;
        let addresses = to.addresses.iter().map(|a| TransportAddr::Ip(*a));
        let addrs = addresses.chain(relays.into_iter().map(TransportAddr::Relay)).collect();
        let dial = async {
            let transport = self.seen.transport(to.addresses.iter().map(SocketAddr::ip));
            let options = ConnectOptions::new().with_transport_config(transport);
            let to = EndpointAddr { id, addrs };
            let c =
                self.endpoint.connect_with_opts(to, protocol, options).await.map_err(|e| e.to_string())?;
            let c = c.await.map_err(|e| e.to_string())?;
            let (send, recv) = c.open_bi().await.map_err(|e| e.to_string())?;
            Ok::<_, String>((c, send, recv))
        };
        timeout(DIAL, dial).await.map_err(|_| bad("no answer in time".into()))?.map_err(bad)
    }

    /// Keeps how far away a peer is, at the end of a meeting with it. Where it answered.
    pub fn remember(&self, c: &Connection) -> Option<SocketAddr> {
        self.seen.remember(c)
    }

    /// Closes its endpoint, where it has one of its own.
    pub(super) async fn close(self) {
        self.endpoint.close().await;
    }
}

/// An endpoint that answers to these protocols, also at these addresses of its switches.
pub(super) async fn bind(
    key: &SigningKey,
    listen: SocketAddr,
    relay: Option<Relay>,
    protocols: Vec<Vec<u8>>,
    local: &[SocketAddrV6],
) -> Result<Endpoint, LinkError> {
    let bad = |e: String| LinkError::Bind(listen, e);
    let relay = relay.map(|r| url(&r)).transpose().map_err(bad)?;
    let mut builder = Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(key.as_bytes()))
        .alpns(protocols)
        .relay_mode(RelayMode::Custom(relay.map_or_else(RelayMap::empty, only)))
        .portmapper_config(PortmapperConfig::Disabled)
        .net_report_config(net_report())
        .dns_resolver(no_names())
        .clear_address_lookup()
        .clear_ip_transports()
        .transport_config(transport(None))
        .bind_addr(listen)
        .map_err(|e| bad(e.to_string()))?;
    for six in local {
        let six = SocketAddr::V6(SocketAddrV6::new(*six.ip(), listen.port(), 0, six.scope_id()));
        let alone = BindOpts::default().set_is_required(false).set_prefix_len(local::PREFIX);
        builder = builder.bind_addr_with_opts(six, alone).map_err(|e| bad(e.to_string()))?;
    }
    builder.bind().await.map_err(|e| bad(e.to_string()))
}

fn url(r: &Relay) -> Result<RelayUrl, String> {
    r.to_string().parse().map_err(|e| format!("the relay {r} is not an address: {e}"))
}

/// One relay to be reached over, which isn't asked what our address looks like from there. Without one a terminal still
/// calls those whose ticket names a relay.
fn only(relay: RelayUrl) -> RelayMap {
    RelayMap::from(RelayConfig::new(relay, None))
}

/// The relay is asked whether it is there; nobody else is asked anything.
fn net_report() -> NetReportConfig {
    let mut config = NetReportConfig::default();
    config.captive_portal_check = false;
    config
}

/// Asks no name server, neither the system's nor a public one: all addresses are in numbers.
fn no_names() -> DnsResolver {
    DnsResolver::builder().disable_fallback().build()
}

/// A handshake that suits the link to whoever calls.
async fn shake_hands(endpoint: &Endpoint, incoming: Incoming, seen: &Seen, door: bool) -> Option<Connection> {
    let at = match incoming.remote_addr() {
        IncomingAddr::Ip(at) => Some(at.ip()),
        _ => None,
    };
    let transport = seen.transport(at.into_iter());
    // Nobody is told of a door that is shut.
    let protocols = [ALPN, door::ALPN].into_iter().take(1 + usize::from(door)).map(<[u8]>::to_vec).collect();
    let config = endpoint.create_server_config_builder(protocols).set_transport_config(transport);
    let accepting = incoming.accept_with(Arc::new(config.build())).ok()?;
    timeout(DIAL, accepting).await.ok()?.ok()
}

async fn accept(
    endpoint: Endpoint,
    (seen, callers, lobby): (Seen, Callers, Lobby),
    lanes: Lanes,
    (answer, door): (Answer, Door),
) {
    while let Some(incoming) = endpoint.accept().await {
        let from = match incoming.remote_addr() {
            IncomingAddr::Ip(at) => Some(at),
            _ => None,
        };
        let seat = match lobby.enter(from.map(|at| at.ip()), incoming.remote_addr_validated()) {
            Entry::In(seat) => seat,
            Entry::Prove => {
                // Whoever doesn't come back with its token wasn't there.
                let _ = incoming.retry();
                continue;
            }
            Entry::Wait => {
                // Its next packet asks again.
                incoming.ignore();
                continue;
            }
        };
        let coming = from.map(|at| callers.comes(at));
        let (answer, endpoint) = (answer.clone(), endpoint.clone());
        let (seen, lanes, joins) = (seen.clone(), lanes.clone(), door.answer());
        tokio::spawn(async move {
            let greeted = async {
                let connection = shake_hands(&endpoint, incoming, &seen, joins.is_some()).await?;
                let (send, recv) = timeout(DIAL, connection.accept_bi()).await.ok()?.ok()?;
                Some((connection, send, recv))
            };
            let greeted = tokio::select! {
                greeted = greeted => greeted,
                () = seat.over() => None,
            };
            let Some((connection, send, recv)) = greeted else { return };
            let answer = joins.filter(|_| connection.alpn() == door::ALPN).unwrap_or(answer);
            drop(seat);
            // The meeting itself is known from here on (`places`).
            drop(coming);
            let answered = answer(*connection.remote_id().as_bytes(), send, recv);
            let refused = paced(&connection, &lanes, answered).await;
            let from = seen.remember(&connection);
            if let Some(r) = refused {
                connection.close(VarInt::from_u32(r as u32), b"");
                return;
            }
            if let Some(from) = from {
                seen.called(*connection.remote_id().as_bytes(), from);
            }
            // The one who dialled closes, once it has our last message.
            let _ = timeout(DIAL, connection.closed()).await;
        });
    }
}
