//! Two terminals of one organisation with real stores, that meet over real iroh on loopback.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        block::Kind,
        codec,
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Statement},
        id::{ConsortiumId, LogId},
        sync::Side,
        wire::{self, Introduction, Presence},
    },
    mesh::{
        door::Door,
        endpoint::{Answer, Link, Way},
        limit::Lanes,
        pace::paced,
        session::{Outcome, meet},
    },
    node::clock,
    store::{Author, Beside, Content, Db, Store},
    vault::Secret,
};
use ed25519_dalek::SigningKey;
use tokio::sync::mpsc;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// One terminal.
pub(crate) struct End {
    pub(crate) store: Store,
    pub(crate) endpoint: SigningKey,
    author: Author,
    introduction: Introduction,
    consortium: ConsortiumId,
}

impl End {
    /// The terminal number `n` (from 0) with an empty store in this folder.
    fn new(folder: &Path, n: u8) -> Self {
        let (root, ledger, endpoint) = (key(1), key(10 + n), key(20 + n));
        let org = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &root);
        let genesis = Genesis {
            version: 0,
            name: "Valley".into(),
            demo: true,
            nonce: [0; 32],
            founder: org.clone(),
            witness: *key(10).verifying_key().as_bytes(),
        };
        let request = DeviceRequest::new(org.id(), &format!("desk {n}"), &ledger, &endpoint, [n; 32]);
        let device = DeviceCert::new(request, 0, &root);
        let author = Author { log: LogId { device: device.id(), incarnation: 0 }, key: ledger };
        let path = folder.join(format!("store-{n}"));
        let mut db = Db::create(&path, Secret::new([n; 32]), [n; 16], &genesis, &[], &[]).unwrap();
        let first = codec::encode(&vec![Statement::Device(device.clone())]);
        let content: Content = Box::new(move |_, _| Ok(first));
        db.author(
            &author,
            clock::now(),
            &mut rand::rng(),
            vec![(Kind::Governance, content)],
            &Beside::default(),
        )
        .unwrap();
        let consortium = db.replica().governance().consortium();
        let store = Store::start(db).unwrap();
        Self { store, endpoint, author, introduction: Introduction { device, org }, consortium }
    }

    /// Writes blocks of records, a few MiB in one transaction.
    pub(crate) async fn write(&self, payloads: impl Iterator<Item = Vec<u8>>) {
        let mut payloads = payloads.peekable();
        while payloads.peek().is_some() {
            let mut size = 0;
            let mut contents: Vec<(Kind, Content)> = Vec::new();
            while let Some(p) = payloads.next_if(|p| size + p.len() < 4 << 20) {
                size += p.len();
                contents.push((Kind::Records, Box::new(move |_, _| Ok(p))));
            }
            let author = self.author.clone();
            let write = move |db: &mut Db| {
                db.author(&author, clock::now(), &mut rand::rng(), contents, &Beside::default())
            };
            self.store.call(write).await.unwrap();
        }
    }

    async fn presence(&self) -> Presence {
        let held = self.store.call(|db| Ok((db.frontier()?, db.replica().gaps())));
        let (frontier, waits) = held.await.unwrap();
        let introduction = self.introduction.clone();
        Presence { version: wire::VERSION, consortium: self.consortium, introduction, frontier, waits }
    }

    pub(crate) async fn blocks(&self) -> u64 {
        self.store.call(|db| Ok(db.replica().len())).await.unwrap()
    }

    /// Checks every page, block, signature and payload anew, as `aidpost verify` does.
    pub(crate) async fn verify(&self) {
        let report = self.store.call(|db| db.verify()).await.unwrap();
        assert!(report.damage.is_empty(), "{:?}", report.damage);
    }
}

/// Both ends with their links up.
pub(crate) struct Two {
    pub(crate) from: Arc<End>,
    pub(crate) to: Arc<End>,
    calls: Link,
    answers: Link,
    done: mpsc::UnboundedReceiver<Outcome>,
}

/// What a meeting took.
pub(crate) struct Took {
    pub(crate) time: Duration,
    /// Messages of both sides, with the lengths before them.
    pub(crate) bytes: u64,
    /// Datagrams of both sides, their headers of IP and UDP not counted.
    pub(crate) datagrams: u64,
    pub(crate) datagram_bytes: u64,
}

impl Two {
    pub(crate) async fn new(folder: &Path) -> Self {
        let [from, to] = [0, 1].map(|n| Arc::new(End::new(folder, n)));
        let (tell, done) = mpsc::unbounded_channel();
        let way = || Way {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            relay: None,
            beacon: false,
            door: Door::default(),
            lanes: Lanes::default(),
        };
        let nobody: Answer = Arc::new(|_, _, _| Box::pin(async { None }));
        let calls = Link::up(&from.endpoint, way(), from.consortium, nobody).await.unwrap();
        let end = to.clone();
        let answer: Answer = Arc::new(move |peer, send, recv| {
            let (end, tell) = (end.clone(), tell.clone());
            Box::pin(async move {
                let presence = end.presence().await;
                let o = meet(&end.store, presence, (peer, Side::Answers), clock::now, recv, send).await;
                tell.send(o.unwrap()).unwrap();
                None
            })
        });
        let answers = Link::up(&to.endpoint, way(), to.consortium, answer).await.unwrap();
        Self { from, to, calls, answers, done }
    }

    /// One meeting, until both sides have acknowledged everything as durable.
    pub(crate) async fn meet(&mut self) -> Took {
        let presence = self.from.presence().await;
        let (peer, ticket) = (*self.to.endpoint.verifying_key().as_bytes(), self.answers.ticket());
        let start = Instant::now();
        let dialler = self.calls.dialler();
        let (connection, mut send, recv) = dialler.dial(&ticket).await.unwrap();
        let meeting = meet(&self.from.store, presence, (peer, Side::Calls), clock::now, recv, &mut send);
        let outcome = paced(&connection, &Lanes::default(), meeting).await.unwrap();
        self.done.recv().await.unwrap();
        let time = start.elapsed();
        dialler.remember(&connection);
        let stats = connection.stats();
        connection.close(0u32.into(), b"done");
        Took {
            time,
            bytes: outcome.bytes,
            datagrams: stats.udp_tx.datagrams + stats.udp_rx.datagrams,
            datagram_bytes: stats.udp_tx.bytes + stats.udp_rx.bytes,
        }
    }

    pub(crate) async fn down(self) {
        self.calls.down().await;
        self.answers.down().await;
    }

    /// Everything is at both, and verifies anew at the far one.
    pub(crate) async fn check(&self) {
        assert_eq!(self.from.blocks().await, self.to.blocks().await);
        self.to.verify().await;
    }
}

/// Largest resident size of this process since [`forget_peak`], in bytes.
pub(crate) fn peak() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Lets the peak begin anew (proc(5), clear_refs).
pub(crate) fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
}
