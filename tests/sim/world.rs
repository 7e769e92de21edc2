//! A consortium in one process: organisations, terminals, patients, a network, and a seed that decides everything.

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use aidpost::{
    core::{
        block::{Block, Kind},
        codec,
        gaps::Holding,
        governance::{
            Approval, DeviceCert, DeviceRequest, Genesis, Governance, OrgCert, OrgKeyCert, OrgKind, Proposal,
            Role, StaffCert, StaffRequest, Statement, Suspension,
        },
        id::{BlockId, DeviceId, EraId, LogId, OrgId, PatientId, ProposalId},
        keys::{Sealed, Wrap},
        ledger::Replica,
        sign::PublicKey,
        time::{Clock, DAY, Millis},
    },
    store::{Content, Db},
};
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use super::{
    disk::FaultyDisk,
    erasing::Given,
    peer::{Face, Identity, Node, Peer, STORE_ID, page_key},
    stats::Stats,
};

/// Where time begins, in milliseconds since 1970.
pub(crate) const BEGIN: Millis = 1_700_000_000_000;

/// One organisation as its people know it.
pub(crate) struct Org {
    pub(crate) id: OrgId,
    pub(crate) cert: OrgCert,
    pub(crate) root: SigningKey,
    pub(crate) nurse: SigningKey,
    pub(crate) clinician: SigningKey,
    pub(crate) admin: SigningKey,
    /// Nurses who came after the first was suspended.
    pub(crate) successors: Vec<SigningKey>,
    pub(crate) lies: bool,
    /// What its admin approved and voided: remembered outside of every terminal.
    pub(crate) approved: BTreeMap<EraId, ProposalId>,
    pub(crate) voided: BTreeSet<EraId>,
    /// The terminal that should cosign for it.
    pub(crate) witness: PublicKey,
}

/// A batch that somebody carries.
pub(crate) struct Stick {
    pub(crate) blocks: Vec<Block>,
    pub(crate) to: usize,
    pub(crate) due: Millis,
}

/// A read that was allowed, with the block that had to be durable before.
pub(crate) struct Read {
    pub(crate) device: DeviceId,
    pub(crate) patient: PatientId,
    pub(crate) audit: BlockId,
}

/// What really happened, as only the simulation knows it.
#[derive(Default)]
pub(crate) struct Truth {
    /// Every block that anybody made.
    pub(crate) blocks: BTreeMap<BlockId, Block>,
    pub(crate) suspensions: Vec<Suspension>,
    /// Of people.
    pub(crate) dismissed: Vec<Suspension>,
    pub(crate) adopted: BTreeSet<BlockId>,
    pub(crate) reads: Vec<Read>,
    pub(crate) erasures: Vec<Given>,
    /// Acknowledged by terminals that are gone: nobody else may have it.
    pub(crate) gone: BTreeSet<BlockId>,
    /// Terminals that are, and always were, in honest hands.
    pub(crate) honest: BTreeSet<DeviceId>,
    /// Of these, whose disk somebody put an old image back on.
    pub(crate) rolled: BTreeSet<DeviceId>,
    /// For each block of an honest terminal: its time, and the latest that its own clock allows.
    pub(crate) pace: BTreeMap<LogId, Vec<(Millis, Millis)>>,
    /// What was concluded in earlier quiet periods.
    pub(crate) concluded: Concluded,
}

/// What the terminals held to be settled once, which must stay so.
#[derive(Default)]
pub(crate) struct Concluded {
    /// The ends of what was final in each log.
    pub(crate) finals: BTreeMap<LogId, BTreeSet<BlockId>>,
    /// Governance epochs in their order, with their members.
    pub(crate) eras: Vec<(EraId, BTreeMap<OrgId, PublicKey>)>,
    /// The blocks that followed from: decisions and cosignatures.
    pub(crate) from: BTreeSet<BlockId>,
}

/// Everything.
pub(crate) struct World {
    pub(crate) rng: StdRng,
    pub(crate) now: Millis,
    pub(crate) orgs: Vec<Org>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) faces: Vec<Face>,
    pub(crate) patients: Vec<PatientId>,
    /// Every card that a patient ever had.
    pub(crate) cards: BTreeMap<PatientId, Vec<SigningKey>>,
    pub(crate) sticks: Vec<Stick>,
    pub(crate) tapes: Vec<(DeviceId, PublicKey, Vec<Vec<u8>>)>,
    /// Sides that can't hear each other, by terminal; all one side when there is no partition.
    pub(crate) side: BTreeMap<DeviceId, u8>,
    pub(crate) truth: Truth,
    pub(crate) stats: Stats,
    pub(crate) schedule: Vec<String>,
    pub(crate) genesis: Genesis,
    pub(crate) acts: Vec<Statement>,
}

fn key(rng: &mut StdRng) -> SigningKey {
    let mut b = [0u8; 32];
    rng.fill_bytes(&mut b);
    SigningKey::from_bytes(&b)
}

pub(crate) fn public(k: &SigningKey) -> PublicKey {
    *k.verifying_key().as_bytes()
}

/// A block's payload that doesn't depend on its place.
pub(crate) fn content(kind: Kind, bytes: Vec<u8>) -> (Kind, Content) {
    (kind, Box::new(move |_, _| Ok(bytes)))
}

pub(crate) fn statements(s: &[Statement]) -> (Kind, Content) {
    content(Kind::Governance, codec::encode(&s.to_vec()))
}

impl World {
    /// Organisations, terminals and clocks drawn from the seed; everyone has written their first blocks.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let n = [2, 3, 4, 4, 4, 5, 5, 6, 7, 7][rng.random_range(0..10usize)];
        let mut devices: Vec<(usize, SigningKey)> = Vec::new();
        let mut orgs = Vec::new();
        for i in 0..n {
            let root = key(&mut rng);
            let kind = [OrgKind::Clinic, OrgKind::Hospital, OrgKind::Research][i % 3];
            let cert = OrgCert::new(&format!("Organisation {i}"), kind, &root);
            let first = devices.len();
            for _ in 0..rng.random_range(1..=3) {
                devices.push((i, key(&mut rng)));
            }
            orgs.push(Org {
                id: cert.id(),
                cert,
                root,
                nurse: key(&mut rng),
                clinician: key(&mut rng),
                admin: key(&mut rng),
                successors: Vec::new(),
                lies: false,
                approved: BTreeMap::new(),
                voided: BTreeSet::new(),
                witness: public(&devices[first].1),
            });
        }
        let liars = rng.random_range(0..=aidpost::core::finality::tolerated(n));
        for _ in 0..liars {
            let who = rng.random_range(0..n);
            orgs[who].lies = true;
        }
        let mut nonce = [0u8; 32];
        rng.fill_bytes(&mut nonce);
        let genesis = Genesis {
            version: 0,
            name: "Valley".into(),
            demo: true,
            nonce,
            founder: orgs[0].cert.clone(),
            witness: orgs[0].witness,
        };
        let mut g = Governance::found(genesis.clone()).expect("a good genesis");
        for i in 1..n {
            let (era, p) =
                (g.era().id, Proposal::Admit { org: orgs[i].cert.clone(), witness: orgs[i].witness });
            let mut acts = vec![Statement::Propose(p.clone())];
            acts.extend(orgs[..i].iter().map(|o| Statement::Approve(Approval::new(era, p.id(), &o.root))));
            for a in &acts {
                g.apply(a).expect("a good statement");
            }
        }
        let mut w = Self {
            now: BEGIN,
            orgs,
            nodes: Vec::new(),
            faces: Vec::new(),
            patients: (0..3).map(|_| PatientId::random(&mut rng)).collect(),
            rng,
            cards: BTreeMap::new(),
            sticks: Vec::new(),
            tapes: Vec::new(),
            side: BTreeMap::new(),
            truth: Truth::default(),
            stats: Stats::default(),
            schedule: Vec::new(),
            genesis,
            acts: g.acts(),
        };
        for (i, k) in devices {
            w.add_terminal(i, k);
        }
        w.note(|w| {
            let lying = w.orgs.iter().filter(|o| o.lies).count();
            format!("{n} organisations, {lying} lying, {} honest terminals", w.nodes.len())
        });
        w
    }

    pub(crate) fn note(&mut self, what: impl FnOnce(&Self) -> String) {
        let line = format!("day {:>4}: {}", (self.now - BEGIN) / DAY, what(self));
        self.schedule.push(line);
    }

    pub(crate) fn fresh_key(&mut self) -> SigningKey {
        key(&mut self.rng)
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.rng.random_bool(p)
    }

    pub(crate) fn pick(&mut self, n: usize) -> usize {
        self.rng.random_range(0..n)
    }

    /// A certified terminal of an organisation.
    pub(crate) fn identity(&mut self, org: usize, ledger: SigningKey) -> Identity {
        let endpoint = key(&mut self.rng);
        let o = &self.orgs[org];
        let request = DeviceRequest::new(o.id, "terminal", &ledger, &endpoint, public(&endpoint));
        let cert = DeviceCert::new(request, 0, &o.root);
        Identity { org: o.id, org_cert: o.cert.clone(), cert, ledger }
    }

    fn add_terminal(&mut self, org: usize, ledger: SigningKey) {
        let first = public(&ledger) == self.orgs[org].witness;
        let id = self.identity(org, ledger);
        let o = &self.orgs[org];
        let staff = |role, k: &SigningKey| {
            Statement::Staff(StaffCert::new(StaffRequest::new(o.id, "Someone", role, k), &o.root))
        };
        let mut said = vec![
            Statement::Device(id.cert.clone()),
            staff(Role::Nurse, &o.nurse),
            staff(Role::Clinician, &o.clinician),
            staff(Role::Admin, &o.admin),
        ];
        let mut wraps = Vec::new();
        if first {
            let k = OrgKeyCert::new(public(&key(&mut self.rng)), &o.root);
            wraps.push(wrap(o.id, &k, id.cert.id()));
            said.push(Statement::OrgKey(k));
        }
        let contents = [codec::encode(&said), codec::encode(&wraps)];
        if self.orgs[org].lies {
            let mut f = self.face(id);
            let now = self.now;
            for (kind, bytes) in [Kind::Governance, Kind::Keys].into_iter().zip(contents) {
                self.now += 1;
                let b = f.write(now, &mut self.rng, kind, bytes);
                self.truth.blocks.extend(b.map(|b| (b.signed.header.id(), b)));
            }
            self.faces.push(f);
            return;
        }
        let mut node = self.node(id);
        let [g, k] = contents;
        node.write(self.now, &mut self.rng, vec![content(Kind::Governance, g), content(Kind::Keys, k)])
            .expect("first blocks");
        self.nodes.push(node);
        self.learn(self.nodes.len() - 1);
    }

    /// An honest terminal with an empty store.
    pub(crate) fn node(&mut self, id: Identity) -> Node {
        let disk = FaultyDisk::new(&id.cert.id().short());
        let db = Db::create_on(
            std::sync::Arc::new(disk.clone()),
            page_key(),
            STORE_ID,
            &self.genesis,
            &self.acts,
            &[],
        )
        .expect("a new store");
        let clock_off = if self.chance(0.08) {
            self.stats.add("clock off by years");
            let years = self.rng.random_range(1..20) * 365 * DAY as i64;
            if self.chance(0.5) { years } else { -years }
        } else {
            self.rng.random_range(-3_600_000..3_600_000)
        };
        self.truth.honest.insert(id.cert.id());
        Node { id, db, disk, clock_off, acked: Vec::new(), told: Holding::default(), backups: Vec::new() }
    }

    pub(crate) fn face(&self, id: Identity) -> Face {
        Face {
            log: LogId { device: id.cert.id(), incarnation: 0 },
            id,
            ledger: Replica::new(self.genesis.clone(), &self.acts).expect("a good genesis"),
            blocks: BTreeMap::new(),
            withholds: false,
            strips: false,
            withheld: Cell::default(),
            stripped: Cell::default(),
            clock_off: 0,
            clock: Clock::default(),
            end: None,
        }
    }

    /// Notes the newest blocks of a node as made.
    pub(crate) fn learn(&mut self, node: usize) {
        let n = &self.nodes[node];
        for id in &n.acked {
            if !self.truth.blocks.contains_key(id)
                && let Some(p) = n.replica().place(*id)
                && let Ok(Some(b)) = n.db.block_at(p)
            {
                self.truth.blocks.insert(*id, b);
            }
        }
    }

    /// A node writes; what it acknowledged is noted. False: the store said no.
    pub(crate) fn write(&mut self, node: usize, contents: Vec<(Kind, Content)>) -> Option<BlockId> {
        let n = &mut self.nodes[node];
        let (log, own) = (n.log(), n.now(self.now));
        let last = n.replica().head(log).map_or(0, |h| h.time.millis);
        let done = n.write(self.now, &mut self.rng, contents).ok()?;
        let time = self.nodes[node].replica().head(log).map_or(0, |h| h.time.millis);
        self.truth.pace.entry(log).or_default().push((time, last.max(own + DAY)));
        self.learn(node);
        done.last().copied()
    }

    pub(crate) fn org_of(&self, id: OrgId) -> usize {
        self.orgs.iter().position(|o| o.id == id).expect("one of ours")
    }

    /// Everything that a node holds, as a liar or a thief takes it over.
    pub(crate) fn stolen(&mut self, node: usize) -> Face {
        let n = self.nodes.remove(node);
        for id in &n.acked {
            self.truth.gone.insert(*id);
        }
        let ids: Vec<_> = n.replica().tree().ids().collect();
        let blocks = ids.iter().filter_map(|(id, p)| Some((*id, n.db.block_at(*p).ok()??))).collect();
        let log = n.log();
        let end = n.replica().head(log).and_then(|h| n.replica().place(h.id));
        Face {
            log,
            ledger: n.replica().clone(),
            id: n.id.clone(),
            blocks,
            withholds: false,
            strips: false,
            withheld: Cell::default(),
            stripped: Cell::default(),
            clock_off: n.clock_off,
            clock: Clock::default(),
            end,
        }
    }
}

/// A wrapped organisation key whose ciphertext nobody opens here.
pub(crate) fn wrap(org: OrgId, k: &OrgKeyCert, device: DeviceId) -> Wrap {
    Wrap::OrgKey { org, epoch: k.epoch(), device, sealed: Sealed { enc: [0; 32], ct: vec![0; 48] } }
}
