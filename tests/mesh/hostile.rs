//! Peers that mean ill, over real iroh: strangers, and a certified terminal that somebody made a tool of.

use std::{
    net::SocketAddr,
    process::Command,
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        block::{Block, Draft, Kind, Links, Payload},
        codec,
        gaps::Gaps,
        governance::{DeviceCert, DeviceRequest, Role, StaffRequest, Statement},
        id::{BlockId, LogId},
        time::Hlc,
        wire::{self, Frontier, Hello, Introduction, Message, Part},
    },
    mesh::{beacon, endpoint::Refused, ticket::Ticket},
    node::text::{self, Certificate, Invite, JoinRequest},
};
use ed25519_dalek::SigningKey;
use iroh::{
    Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey, TransportAddr,
    endpoint::{Connection, RecvStream, SendStream, presets},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::timeout;

use crate::{
    hosts::{Net, Terminal, can_make_hosts, log, terminals, visits, within},
    support::Place,
};

/// An endpoint with a key of its own.
async fn endpoint(key: [u8; 32]) -> Endpoint {
    endpoint_at(key, [127, 0, 0, 1]).await
}

/// The same at an address.
async fn endpoint_at(key: [u8; 32], at: [u8; 4]) -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .secret_key(SecretKey::from_bytes(&key))
        .relay_mode(RelayMode::Disabled)
        .clear_address_lookup()
        .clear_ip_transports()
        .bind_addr(SocketAddr::from((at, 0)))
        .unwrap()
        .bind()
        .await
        .unwrap()
}

/// One meeting, said by hand.
struct Talk {
    connection: Connection,
    send: SendStream,
    recv: RecvStream,
}

impl Talk {
    async fn open(from: &Endpoint, to: &Ticket) -> Self {
        let id = EndpointId::from_bytes(&to.endpoint).unwrap();
        let addrs = to.addresses.iter().map(|a| TransportAddr::Ip(*a)).collect();
        let connection = from.connect(EndpointAddr { id, addrs }, b"aidpost/0").await.unwrap();
        let (send, recv) = connection.open_bi().await.unwrap();
        Self { connection, send, recv }
    }

    /// False once the other side has had enough.
    async fn put(&mut self, bytes: &[u8]) -> bool {
        self.send.write_all(bytes).await.is_ok()
    }

    async fn say(&mut self, m: &Message) -> bool {
        let m = wire::encode(m);
        self.put(&[&(m.len() as u32).to_le_bytes()[..], &m].concat()).await
    }

    async fn hear(&mut self) -> Option<Message> {
        let mut len = [0u8; 4];
        self.recv.read_exact(&mut len).await.ok()?;
        let mut m = vec![0; u32::from_le_bytes(len) as usize];
        self.recv.read_exact(&mut m).await.ok()?;
        wire::decode(&m).ok()
    }

    /// Why the other side ended it, and after how long.
    async fn end(self, limit: Duration) -> (Option<Refused>, Duration) {
        let start = Instant::now();
        timeout(limit, self.connection.closed()).await.expect("the node to drop it");
        (Refused::by_peer(&self.connection).await, start.elapsed())
    }
}

/// A certified terminal whose keys are in the wrong hands.
struct Intruder {
    endpoint: Endpoint,
    ledger: SigningKey,
    introduction: Introduction,
    invite: Invite,
}

impl Intruder {
    /// Certified by the admin of s0, whose node runs.
    async fn new(p: &Place) -> Self {
        let said = p.run_as("s0", "amina", &["org", "invite", "again.txt"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let invite: Invite = text::read(&std::fs::read_to_string(p.path("again.txt")).unwrap()).unwrap();
        let key = |n| SigningKey::from_bytes(&[n; 32]);
        let (ledger, staff) = (key(91), key(93));
        let org = invite.org.id();
        let device = DeviceRequest::new(org, "stolen tablet", &ledger, &key(92), [94; 32]);
        let staff = StaffRequest::new(org, "Mallory", Role::Nurse, &staff);
        let request = text::write(&JoinRequest { org: None, device, staff });
        std::fs::write(p.path("stolen.txt"), request).unwrap();
        let said = p.run_as("s0", "amina", &["device", "certify", "stolen.txt", "stolen.cert", "--yes"]);
        assert_eq!(said.code, 0, "{}", said.err);
        let cert: Certificate = text::read(&std::fs::read_to_string(p.path("stolen.cert")).unwrap()).unwrap();
        let introduction = Introduction { device: cert.device, org: invite.org.clone() };
        Self { endpoint: endpoint([92; 32]).await, ledger, introduction, invite }
    }

    fn cert(&self) -> &DeviceCert {
        &self.introduction.device
    }

    /// A block of its log after another.
    fn block(&self, before: Option<&Block>) -> Block {
        let log = LogId { device: self.cert().id(), incarnation: 0 };
        let mut links = Links::first(self.invite.genesis.id(), log);
        let seq = before.map_or(0, |b| b.signed.header.seq + 1);
        links.head = before.map(|b| aidpost::core::block::Head {
            seq: b.signed.header.seq,
            id: b.signed.header.id(),
            time: b.signed.header.time,
        });
        let bytes = codec::encode(&vec![Statement::Device(self.cert().clone())]);
        let time = Hlc { millis: 1_000_000 + seq, count: 0 };
        Draft { links, time, kind: Kind::Governance, payload: Payload { salt: [1; 32], bytes } }
            .seal(&self.ledger)
    }

    /// A meeting up to where the node has said what it holds, which is what comes back too.
    async fn greet(&self, to: &Ticket) -> (Talk, Hello, Frontier) {
        let mut talk = Talk::open(&self.endpoint, to).await;
        let hello = Hello {
            version: wire::VERSION,
            consortium: self.invite.genesis.id(),
            knows: false,
            introduction: Some(Box::new(self.introduction.clone())),
            holds: [9; 32],
        };
        assert!(talk.say(&Message::Hello(hello)).await);
        match (talk.hear().await, talk.hear().await) {
            (Some(Message::Hello(h)), Some(Message::Frontier(f))) => (talk, h, f),
            other => panic!("{other:?}"),
        }
    }
}

fn holding(heads: Vec<aidpost::core::block::Dep>) -> Message {
    Message::Frontier(Frontier { heads, ..Frontier::default() })
}

/// A receipt for nothing.
fn receipt(last: bool) -> Message {
    Message::Receipt { heads: Vec::new(), waits: Gaps::default(), filled: Gaps::default(), last }
}

/// What the node keeps of those it refused: who and why.
async fn refused(client: &aidpost::node::api::ClinicClient) -> Vec<(String, String)> {
    let open = client.status(within(10)).await.unwrap().open.unwrap();
    open.refused.into_iter().map(|r| (r.who, r.why)).collect()
}

#[test]
fn garbage_floods_stalls_and_replays_harm_nobody_else() {
    let p = Place::new();
    terminals(&p, 2);
    let (a, b) = (Terminal::start(&p, 0, None), Terminal::start(&p, 1, None));
    super::run(async {
        let (node, honest) = (a.client().await, b.client().await);
        let ticket = node.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap();
        honest.add_peer(within(20), ticket.clone()).await.unwrap().unwrap();
        let to: Ticket = ticket.parse().unwrap();
        let mallory = Intruder::new(&p).await;
        // While all of what follows goes on, an honest terminal meets this one as if nothing were.
        let meets = async |when: &str| {
            visits(&honest, 1).await;
            let start = Instant::now();
            let done = |v: &aidpost::node::api::MeshView, _: &_| {
                v.peers.iter().filter(|p| p.name != "stolen tablet").all(|p| p.lacks == 0)
            };
            honest.sync(within(20)).await.unwrap().unwrap();
            crate::hosts::until(&honest, "the honest one's visit to arrive", Duration::from_secs(10), done)
                .await;
            println!("an honest meeting {when}: {:.1} s", start.elapsed().as_secs_f64());
        };
        meets("before").await;
        let memory = a.memory();

        // Strangers.
        let mut rng = StdRng::seed_from_u64(1);
        let mut noise = vec![0u8; 1 << 20];
        rng.fill_bytes(&mut noise);
        for bytes in [&noise[..], &[0xff; 8], &[3, 0, 0, 0, 9, 9, 9]] {
            let stranger = endpoint(rand::random()).await;
            let mut talk = Talk::open(&stranger, &to).await;
            talk.put(bytes).await;
            assert_eq!(talk.end(Duration::from_secs(10)).await.0, Some(Refused::Protocol));
        }
        let who = refused(&node).await;
        assert_eq!(who.iter().filter(|(who, _)| who.starts_with("unknown endpoint")).count(), 3, "{who:?}");
        // Those that only stay, in number: some have all the strangers' places, the others are turned away at once.
        let mut quiet = Vec::new();
        for _ in 0..12 {
            let stranger = endpoint(rand::random()).await;
            let mut talk = Talk::open(&stranger, &to).await;
            assert!(talk.put(&[200]).await);
            quiet.push((stranger, talk));
        }
        meets("among strangers that stay").await;
        let mut busy = 0;
        for (_stranger, talk) in quiet {
            let (why, _) = talk.end(Duration::from_secs(60)).await;
            busy += usize::from(why == Some(Refused::Busy));
        }
        assert_eq!(busy, 8, "four places are theirs");

        // A certified one: a block that never ends, one that nobody signed, the same again and again, receipts for nothing.
        let (mut talk, _, f) = mallory.greet(&to).await;
        talk.say(&holding(f.heads.clone())).await;
        let part = |at: u32| {
            Message::Part(Part {
                block: BlockId([7; 32]),
                at,
                last: false,
                bytes: vec![0; wire::LARGEST_PIECE / 2],
            })
        };
        let mut said = 0u32;
        while talk.say(&part(said)).await && said < 256 << 20 {
            said += (wire::LARGEST_PIECE / 2) as u32;
        }
        assert!(said < 32 << 20, "dropped after {said} bytes");
        assert_eq!(talk.end(Duration::from_secs(10)).await.0, Some(Refused::Protocol));

        let first = mallory.block(None);
        let mut forged = mallory.block(Some(&first));
        forged.payload.as_mut().unwrap().bytes[5] ^= 1;
        let (mut talk, ..) = mallory.greet(&to).await;
        talk.say(&holding(f.heads.clone())).await;
        talk.say(&Message::Blocks(vec![first.clone(), forged])).await;
        assert_eq!(talk.end(Duration::from_secs(10)).await.0, Some(Refused::Protocol));
        let why = refused(&node).await;
        assert!(why[0].0 == "stolen tablet" && why[0].1.contains("signed"), "{why:?}");

        let (mut talk, _, f) = mallory.greet(&to).await;
        assert!(f.heads.iter().any(|d| d.log == first.signed.header.log), "the good one was taken");
        talk.say(&holding(f.heads.clone())).await;
        let many = Message::Blocks(vec![first.clone(); 64]);
        let mut times = 0;
        while talk.say(&many).await && times < 10_000 {
            times += 1;
        }
        assert!(times < 1_000, "dropped after {times} messages");
        assert_eq!(talk.end(Duration::from_secs(10)).await.0, Some(Refused::Protocol));
        assert!(refused(&node).await[0].1.contains("again and again"));

        let (mut talk, ..) = mallory.greet(&to).await;
        talk.say(&holding(f.heads.clone())).await;
        let receipt = receipt(false);
        while talk.say(&receipt).await {}
        assert_eq!(talk.end(Duration::from_secs(10)).await.0, Some(Refused::Protocol));
        meets("after the floods").await;

        // It says who it is, and then nothing: no more than two places, and not for long.
        let (one, ..) = mallory.greet(&to).await;
        let (two, ..) = mallory.greet(&to).await;
        let mut three = Talk::open(&mallory.endpoint, &to).await;
        three.put(&[200]).await;
        assert_eq!(three.end(Duration::from_secs(5)).await.0, Some(Refused::Busy));
        meets("while somebody stalls").await;
        let start = Instant::now();
        for talk in [one, two] {
            talk.end(Duration::from_secs(60)).await;
        }
        println!("a terminal that stalls is dropped after {:.0} s more", start.elapsed().as_secs_f64());
        assert!(refused(&node).await[0].1.contains("said nothing"));
        let grown = a.memory().saturating_sub(memory) >> 20;
        println!("the node's memory grew by {grown} MiB (limit 64)");
        assert!(grown <= 64);
    });
    let said = std::fs::read_to_string(log(&p, 0)).unwrap();
    assert!(said.contains("aidpost: stolen tablet: the other terminal broke the protocol"), "{said}");
    assert!(said.contains("aidpost: unknown endpoint "), "{said}");
    drop((a, b));
    assert!(super::is_whole(&p, 0) > 0 && super::is_whole(&p, 1) > 0);
}

/// More than there are places, each from an address of its own, and again as soon as one is dropped.
#[test]
fn strangers_who_shake_hands_and_say_nothing_keep_nobody_out() {
    let p = Place::new();
    terminals(&p, 2);
    let (a, b) = (Terminal::start(&p, 0, None), Terminal::start(&p, 1, None));
    super::run(async {
        let (node, honest) = (a.client().await, b.client().await);
        let ticket = async |c: &aidpost::node::api::ClinicClient| {
            c.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap()
        };
        let to = ticket(&node).await;
        honest.add_peer(within(20), to.clone()).await.unwrap().unwrap();
        node.add_peer(within(20), ticket(&honest).await).await.unwrap().unwrap();
        let to: Ticket = to.parse().unwrap();
        let shaken = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut strangers = Vec::new();
        for n in 0..90u8 {
            let (to, shaken) = (to.clone(), shaken.clone());
            strangers.push(tokio::spawn(async move {
                let own = endpoint_at(rand::random(), [127, 0, 0, 10 + n]).await;
                let id = EndpointId::from_bytes(&to.endpoint).unwrap();
                loop {
                    let addrs = to.addresses.iter().map(|a| TransportAddr::Ip(*a)).collect();
                    let Ok(c) = own.connect(EndpointAddr { id, addrs }, b"aidpost/0").await else { continue };
                    shaken.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    c.closed().await;
                }
            }));
        }
        let mut slowest = Duration::ZERO;
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_secs(3)).await;
            visits(&honest, 1).await;
            let start = Instant::now();
            honest.sync(within(30)).await.unwrap().unwrap();
            slowest = slowest.max(start.elapsed());
        }
        let shaken = shaken.load(std::sync::atomic::Ordering::Relaxed);
        println!(
            "among {shaken} silent handshakes an honest meeting took {:.1} s at most",
            slowest.as_secs_f64()
        );
        assert!(shaken >= 90, "there were {shaken}");
        assert!(slowest < Duration::from_secs(3), "{slowest:?}");
        strangers.iter().for_each(tokio::task::JoinHandle::abort);
    });
}

/// Somebody on the switch says in another's name that it is elsewhere.
#[test]
fn forged_beacons_keep_nobody_apart_and_are_not_believed() {
    if !can_make_hosts() {
        return;
    }
    let p = Place::new();
    terminals(&p, 2);
    let b = Terminal::start(&p, 1, None);
    let invite: Invite = text::read(&std::fs::read_to_string(p.path("invite.txt")).unwrap()).unwrap();
    let ticket: Ticket = super::block_on(async {
        let client = b.client().await;
        visits(&client, 3).await;
        client.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap().parse().unwrap()
    });
    drop(b);
    let net = Net::new("forge", 4);
    net.switch();
    let said = beacon::encode(&beacon::tag(invite.genesis.id()), &ticket.endpoint, 47_600);
    let script = format!(
        "import socket,time\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\n\
         s.setsockopt(socket.SOL_SOCKET,socket.SO_BROADCAST,1)\n\
         while True:\n s.sendto(bytes.fromhex('{}'),('10.77.0.255',47499))\n time.sleep(0.1)\n",
        hex::encode(said)
    );
    let mut liar =
        Command::new("ip").args(["netns", "exec", net.name(2), "python3", "-c", &script]).spawn().unwrap();
    let start = Instant::now();
    let (a, b) = (Terminal::start(&p, 0, Some(net.name(0))), Terminal::start(&p, 1, Some(net.name(1))));
    super::run(async {
        let (here, there) = (a.client().await, b.client().await);
        let done = |v: &aidpost::node::api::MeshView, _: &_| v.peers.iter().all(|p| p.lacks == 0);
        for client in [&here, &there] {
            crate::hosts::until(client, "all to hold all", Duration::from_secs(10), done).await;
        }
        println!("among forged beacons: met after {:.1} s", start.elapsed().as_secs_f64());
        let at = async || here.mesh(within(10)).await.unwrap().unwrap().peers[0].address.clone();
        for _ in 0..8 {
            let at = at().await;
            assert!(at.as_deref().is_none_or(|at| !at.starts_with("10.77.0.3:")), "{at:?}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        assert_eq!(at().await.as_deref(), Some("10.77.0.2:47600"));
    });
    liar.kill().unwrap();
    liar.wait().unwrap();
}

#[test]
fn a_suspended_terminal_gets_nothing_and_what_it_leaves_is_quarantined() {
    let p = Place::new();
    terminals(&p, 2);
    let a = Terminal::start(&p, 0, None);
    super::run(async {
        let node = a.client().await;
        let ticket = node.status(within(10)).await.unwrap().open.unwrap().ticket.unwrap();
        let to: Ticket = ticket.parse().unwrap();
        let mallory = Intruder::new(&p).await;
        // Before, it is told what it lacks.
        let (mut talk, h, f) = mallory.greet(&to).await;
        assert!(h.holds != [0; 32] && !f.heads.is_empty());
        talk.say(&holding(Vec::new())).await;
        assert!(matches!(talk.hear().await, Some(Message::Blocks(_) | Message::Part(_))));
        drop(talk);
        let first = mallory.block(None);
        let said = p.run_as("s0", "amina", &["device", "lost", "stolen tablet"]);
        assert_eq!(said.code, 0, "{}", said.err);

        let (mut talk, h, f) = mallory.greet(&to).await;
        assert!(h.holds == [0; 32] && f.heads.is_empty() && f.lacks.is_empty(), "{f:?}");
        talk.say(&holding(Vec::new())).await;
        talk.say(&Message::Blocks(vec![first.clone(), mallory.block(Some(&first))])).await;
        talk.say(&Message::End).await;
        let mut heard = Vec::new();
        while let Some(m) = talk.hear().await {
            let last = matches!(m, Message::Receipt { last: true, .. });
            heard.push(m);
            if last {
                talk.say(&receipt(true)).await;
                break;
            }
        }
        for m in &heard {
            assert!(
                matches!(m, Message::End) || matches!(m, Message::Receipt { heads, .. } if heads.is_empty()),
                "{m:?}"
            );
        }
        assert!(!heard.is_empty());
        talk.connection.close(0u32.into(), b"done");
        let open = node.status(within(10)).await.unwrap().open.unwrap();
        assert_eq!(open.quarantined, 2, "{open:?}");
        println!("a suspended terminal heard {} messages, none about anything held here", heard.len());
    });
    drop(a);
    is_held(&p);
}

/// The quarantined blocks are kept: nothing genuine is lost.
fn is_held(p: &Place) {
    assert!(super::is_whole(p, 0) >= 6);
}
