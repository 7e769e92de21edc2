//! Whoever takes part in a meeting: an honest node with its store, or a face that a liar shows.

use std::{cell::Cell, collections::BTreeMap};

use aidpost::{
    core::{
        block::{Block, Draft, Kind, Payload},
        branches::Place,
        codec,
        gaps::Holding,
        governance::{DeviceCert, OrgCert},
        id::{BlockId, LogId, OrgId},
        interest::Wants,
        ledger::{Accepted, Replica, causal_order},
        sign::PublicKey,
        sync::{Event, Opening, Output, Refusal, SMALL, Session, Side, Taken},
        time::{Clock, Millis},
        wire::{self, Introduction, Late, Message, Presence},
    },
    store::{Author, Beside, Content, Db, StoreError},
    vault::Secret,
};
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt, rngs::StdRng};

use super::disk::FaultyDisk;

/// Keys of a terminal and who it is.
#[derive(Clone)]
pub(crate) struct Identity {
    pub(crate) org: OrgId,
    pub(crate) org_cert: OrgCert,
    pub(crate) cert: DeviceCert,
    pub(crate) ledger: SigningKey,
}

impl Identity {
    pub(crate) fn endpoint(&self) -> PublicKey {
        self.cert.request.keys.endpoint
    }

    /// What it begins a meeting with; callers at times leave their certificates out.
    fn opening(&self, ledger: &Replica, known: bool, small: bool) -> Event {
        let presence = Presence {
            version: wire::VERSION,
            consortium: ledger.governance().consortium(),
            introduction: Introduction { device: self.cert.clone(), org: self.org_cert.clone() },
            frontier: ledger.frontier(),
            waits: ledger.gaps(),
        };
        // Half of the meetings are such that headers go first.
        let small = if small { SMALL } else { 0 };
        let opening = Opening { presence, known, half: None, wants: Wants::default(), small };
        Event::Opened(Box::new(opening))
    }
}

/// One side of a meeting.
pub(crate) trait Peer {
    fn identity(&self) -> &Identity;
    fn replica(&self) -> &Replica;
    fn load(&self, ranges: &[(Place, u64)]) -> Vec<Block>;
    /// None: the store failed, the meeting is over.
    fn store(&mut self, blocks: &[Block]) -> Option<Taken>;
    /// Payloads with their headers.
    fn with_headers(&self, late: Vec<Late>) -> Vec<Block>;
    fn peer_holds(&mut self, endpoint: &PublicKey, holding: &Holding, now: Millis);
    /// What it acknowledged as durable; a liar keeps no account of it.
    fn told(&mut self) -> Option<&mut Holding>;
}

pub(crate) const STORE_ID: [u8; 16] = [5; 16];

pub(crate) fn page_key() -> Secret {
    Secret::new([6; 32])
}

/// An honest terminal: the real ledger on the real store on a disk with faults.
pub(crate) struct Node {
    pub(crate) id: Identity,
    pub(crate) db: Db,
    pub(crate) disk: FaultyDisk,
    /// Added to the true time.
    pub(crate) clock_off: i64,
    /// What it said to be saved.
    pub(crate) acked: Vec<BlockId>,
    /// What it told others that it holds.
    pub(crate) told: Holding,
    /// Disk images taken on the way: (image, how much was acknowledged then).
    pub(crate) backups: Vec<Vec<u8>>,
}

impl Node {
    pub(crate) fn now(&self, now: Millis) -> Millis {
        now.saturating_add_signed(self.clock_off)
    }

    /// The log that it writes now.
    pub(crate) fn log(&self) -> LogId {
        self.db.replica().log_of(self.id.cert.id())
    }

    /// The governance epoch that it is in.
    pub(crate) fn replica_era(&self) -> aidpost::core::id::EraId {
        self.replica().governance().era().id
    }

    /// Writes blocks of its own; they are acknowledged when this returns them.
    pub(crate) fn write(
        &mut self,
        now: Millis,
        rng: &mut StdRng,
        contents: Vec<(Kind, Content)>,
    ) -> Result<Vec<BlockId>, StoreError> {
        let author = Author { log: self.log(), key: self.id.ledger.clone() };
        let at = self.now(now);
        let heads = match self.db.author(&author, at, rng, contents, &Beside::default()) {
            Ok(h) => h,
            Err(e) => {
                // As the store's own thread does: the handle is latched after an error of the file.
                let _ = self.db.reopen();
                return Err(e);
            }
        };
        let ids: Vec<BlockId> = heads.iter().map(|(h, _)| h.id).collect();
        self.acked.extend(&ids);
        Ok(ids)
    }

    /// The power goes and comes back.
    pub(crate) fn crash(&mut self, rng: &mut StdRng) -> Result<bool, StoreError> {
        let lost = self.disk.crash(rng);
        self.db = Db::open_on(std::sync::Arc::new(self.disk.clone()), page_key(), STORE_ID)?;
        Ok(lost)
    }
}

impl Peer for Node {
    fn identity(&self) -> &Identity {
        &self.id
    }

    fn replica(&self) -> &Replica {
        self.db.replica()
    }

    fn load(&self, ranges: &[(Place, u64)]) -> Vec<Block> {
        self.db.blocks(ranges).unwrap_or_default()
    }

    fn store(&mut self, blocks: &[Block]) -> Option<Taken> {
        match self.db.accept(blocks) {
            Ok(r) => Some(Taken::of(blocks, &r)),
            Err(_) => {
                let _ = self.db.reopen();
                None
            }
        }
    }

    fn with_headers(&self, late: Vec<Late>) -> Vec<Block> {
        self.db.with_headers(late).unwrap_or_default()
    }

    fn peer_holds(&mut self, endpoint: &PublicKey, holding: &Holding, now: Millis) {
        let _ = self.db.peer_holds(endpoint, holding, now);
    }

    fn told(&mut self) -> Option<&mut Holding> {
        Some(&mut self.told)
    }
}

/// One version of the truth that a liar, or a thief with a stolen terminal, shows to some.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) id: Identity,
    pub(crate) ledger: Replica,
    pub(crate) blocks: BTreeMap<BlockId, Block>,
    pub(crate) log: LogId,
    /// Keeps its own log from others when meeting.
    pub(crate) withholds: bool,
    /// Leaves out the wrapped keys of what others wrote.
    pub(crate) strips: bool,
    /// Blocks that it kept back, and payloads that it left out, since somebody last asked.
    pub(crate) withheld: Cell<u64>,
    pub(crate) stripped: Cell<u64>,
    /// Added to the true time when it writes.
    pub(crate) clock_off: i64,
    pub(crate) clock: Clock,
    /// The end of its own version of its log.
    pub(crate) end: Option<Place>,
}

impl Face {
    /// Writes whatever it likes at the end of its version of the log. None: its own replica refuses it.
    pub(crate) fn write(
        &mut self,
        now: Millis,
        rng: &mut StdRng,
        kind: Kind,
        bytes: Vec<u8>,
    ) -> Option<Block> {
        let links = self.ledger.links_after(self.log, self.end);
        if let Some(h) = &links.head {
            self.clock.follow(h.time);
        }
        let mut salt = [0u8; 32];
        rng.fill_bytes(&mut salt);
        let block = Draft {
            links,
            time: self.clock.tick(now.saturating_add_signed(self.clock_off)),
            kind,
            payload: Payload { salt, bytes },
        }
        .seal(&self.id.ledger);
        match self.ledger.accept(&block) {
            Ok(Accepted::New(id)) => {
                self.end = self.ledger.place(id);
                self.blocks.insert(id, block.clone());
                Some(block)
            }
            _ => None,
        }
    }
}

impl Face {
    fn shown(&self, b: Block) -> Block {
        let stripped = self.strips && b.signed.header.kind == Kind::Keys && b.signed.header.log != self.log;
        if stripped && b.payload.is_some() {
            self.stripped.set(self.stripped.get() + 1);
        }
        Block { payload: b.payload.filter(|_| !stripped), ..b }
    }
}

impl Peer for Face {
    fn identity(&self) -> &Identity {
        &self.id
    }

    fn replica(&self) -> &Replica {
        &self.ledger
    }

    fn load(&self, ranges: &[(Place, u64)]) -> Vec<Block> {
        let mut out = Vec::new();
        for (from, to) in ranges {
            for seq in from.seq..=*to {
                let id = self.ledger.tree().id(Place { seq, ..*from });
                let Some(block) = id.and_then(|id| self.blocks.get(&id)) else { continue };
                if self.withholds && from.log == self.log {
                    self.withheld.set(self.withheld.get() + 1);
                } else {
                    out.push(self.shown(block.clone()));
                }
            }
        }
        causal_order(out, |b| &b.signed.header)
    }

    fn store(&mut self, blocks: &[Block]) -> Option<Taken> {
        let results: Vec<_> = blocks.iter().map(|b| self.ledger.accept(b)).collect();
        for (b, r) in blocks.iter().zip(&results) {
            if let Ok(Accepted::New(id) | Accepted::Filled(id)) = r {
                self.blocks.insert(*id, b.clone());
            }
        }
        Some(Taken::of(blocks, &results))
    }

    fn with_headers(&self, late: Vec<Late>) -> Vec<Block> {
        let whole = |l: Late| {
            let signed = self.blocks.get(&l.block)?.signed.clone();
            Some(Block { signed, payload: Some(l.payload) })
        };
        late.into_iter().filter_map(whole).collect()
    }

    fn peer_holds(&mut self, _: &PublicKey, _: &Holding, _: Millis) {}

    fn told(&mut self) -> Option<&mut Holding> {
        None
    }
}

/// A message that no honest terminal sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Alien {
    /// A genuine message, filled up to more than any may have.
    Oversized,
    /// The beginning of a genuine message.
    Short,
    /// A genuine message and one byte more.
    Long,
}

impl Alien {
    /// Made from a genuine message.
    fn of(self, mut genuine: Vec<u8>, rng: &mut StdRng) -> Vec<u8> {
        match self {
            Self::Oversized => genuine.resize(wire::MAX_MESSAGE + 1, 1),
            Self::Short => genuine.truncate(rng.random_range(0..genuine.len())),
            Self::Long => genuine.push(rng.random()),
        }
        genuine
    }
}

/// What goes wrong in one meeting.
#[derive(Clone, Copy, Default)]
pub(crate) struct Weather {
    /// Cut after so many messages.
    pub(crate) cut: Option<usize>,
    /// This message has a byte changed.
    pub(crate) corrupt: Option<usize>,
    /// This message comes twice.
    pub(crate) twice: Option<usize>,
    /// Nothing gets from the answering side to the caller.
    pub(crate) one_way: bool,
    /// From this message on, the first one to the answering side is replaced.
    pub(crate) alien: Option<(usize, Alien)>,
}

/// What a meeting came to.
#[derive(Default)]
pub(crate) struct Met {
    /// New blocks, both ways.
    pub(crate) new: u64,
    /// Messages that the answering side got, for a replay.
    pub(crate) tape: Vec<Vec<u8>>,
    /// A message was refused before it was read, or a session ended by a rule.
    pub(crate) refused: u64,
    /// Whether the answering side refused the alien message that came, and was as before.
    pub(crate) alien_refused: Option<bool>,
    /// Payloads that came after their headers.
    pub(crate) late: u64,
}

struct Half<'a> {
    peer: &'a mut dyn Peer,
    session: Session,
    other: PublicKey,
    new: u64,
    /// Payloads that came after their headers.
    late: u64,
}

impl Half<'_> {
    fn on(&mut self, e: Event, now: Millis, out: &mut Vec<Vec<u8>>) -> Result<(), Refusal> {
        let mut events = vec![e];
        while let Some(e) = events.pop() {
            for o in self.session.on(e, self.peer.replica())? {
                match o {
                    Output::Send(m) => {
                        let held = self.peer.replica().holding();
                        match (&m, self.peer.told()) {
                            (Message::Receipt { heads, waits, filled, .. }, Some(told)) => {
                                told.heads.retain(|d| !heads.iter().any(|h| h.log == d.log));
                                told.heads.extend(heads);
                                told.waits.extend(waits);
                                told.waits.subtract(filled);
                            }
                            (Message::Frontier(f), Some(told)) => {
                                *told = Holding { heads: f.heads.clone(), waits: f.waits.clone() };
                            }
                            (Message::Hello(h), Some(told)) if h.holds != [0; 32] => *told = held,
                            _ => {}
                        }
                        out.push(wire::encode(&m));
                    }
                    // What of these goes without its payload is the machine's to leave out.
                    Output::Load(_, places) => {
                        let ranges: Vec<_> = places.iter().map(|p| (*p, p.seq)).collect();
                        events.push(Event::Loaded(self.peer.load(&ranges)));
                    }
                    Output::Choose(_, _, places) => events.push(Event::Chosen(places)),
                    Output::PeerWants(..) => {}
                    Output::Store(batch, late) => {
                        self.late += late.len() as u64;
                        let failed = || Refusal::Protocol("the store failed");
                        let taken = self.peer.store(&batch).ok_or_else(failed)?;
                        let late = self.peer.with_headers(late);
                        let taken = taken.and(self.peer.store(&late).ok_or_else(failed)?);
                        self.new += taken.new;
                        events.push(Event::Stored { frontier: self.peer.replica().frontier(), taken });
                    }
                    Output::PeerHolds(_, f) => {
                        let other = self.other;
                        self.peer.peer_holds(&other, &f, now);
                    }
                    Output::Finished(_) => {}
                }
            }
        }
        Ok(())
    }

    /// Nothing is on its way: stores what waits and sends the next blocks. False when there was nothing to do.
    fn goes_on(&mut self, now: Millis, out: &mut Vec<Vec<u8>>) -> bool {
        let (new, sent) = (self.new, out.len());
        let more = self.session.has_more();
        let idle = self.on(Event::Idle, now, out).is_ok();
        let ready = idle && more && self.on(Event::Ready(wire::PIECE), now, out).is_ok();
        ready || self.new != new || out.len() != sent
    }
}

/// One meeting through the real protocol, message by message.
pub(crate) fn meet(a: &mut dyn Peer, b: &mut dyn Peer, now: Millis, w: Weather, rng: &mut StdRng) -> Met {
    let (ka, kb) = (a.identity().endpoint(), b.identity().endpoint());
    let known = rng.random_range(0..2) == 0;
    let small = rng.random_range(0..2) == 0;
    let ha = a.identity().opening(a.replica(), known, small);
    let hb = b.identity().opening(b.replica(), false, small);
    let mut a = Half { peer: a, session: Session::new(kb, Side::Calls), other: kb, new: 0, late: 0 };
    let mut b = Half { peer: b, session: Session::new(ka, Side::Answers), other: ka, new: 0, late: 0 };
    let (mut to_a, mut to_b) = (Vec::new(), Vec::new());
    let mut met = Met::default();
    let _ = a.on(ha, now, &mut to_b);
    let _ = b.on(hb, now, &mut to_a);
    let mut count = 0;
    loop {
        let answers = !to_b.is_empty();
        let (half, out, message) = if answers {
            let m: Vec<u8> = to_b.remove(0);
            met.tape.push(m.clone());
            (&mut b, &mut to_a, m)
        } else if !to_a.is_empty() && !w.one_way {
            (&mut a, &mut to_b, to_a.remove(0))
        } else if a.goes_on(now, &mut to_b) | b.goes_on(now, &mut to_a) {
            continue;
        } else {
            break;
        };
        if w.cut == Some(count) {
            break;
        }
        let mut message = message;
        if w.corrupt == Some(count) {
            let at = rng.random_range(0..message.len());
            message[at] ^= 1 << rng.random_range(0..8);
        }
        let alien = w.alien.filter(|(at, _)| answers && *at <= count);
        if let Some((_, alien)) = alien {
            message = alien.of(message, rng);
        }
        let before = half.peer.replica().len();
        let times = if w.twice == Some(count) { 2 } else { 1 };
        count += 1;
        for _ in 0..times {
            let done = match wire::decode(&message) {
                Ok(m) => half.on(Event::Received(m), now, out).is_ok(),
                Err(_) => false,
            };
            if alien.is_some() {
                met.alien_refused = Some(!done && half.peer.replica().len() == before);
            }
            if !done {
                met.refused += 1;
                (met.new, met.late) = (a.new + b.new, a.late + b.late);
                return met;
            }
        }
    }
    (met.new, met.late) = (a.new + b.new, a.late + b.late);
    met
}

/// Gives a node the messages of an old meeting once more.
pub(crate) fn replay(node: &mut Node, from: PublicKey, tape: &[Vec<u8>], now: Millis) {
    let opening = node.id.opening(node.replica(), false, true);
    let mut half =
        Half { peer: node, session: Session::new(from, Side::Answers), other: from, new: 0, late: 0 };
    let mut out = Vec::new();
    let _ = half.on(opening, now, &mut out);
    for m in tape {
        let Ok(m) = wire::decode(m) else { return };
        if half.on(Event::Received(m), now, &mut out).is_err() {
            return;
        }
    }
}

/// Bytes of any block, for comparing.
pub(crate) fn bytes_of(b: &Block) -> Vec<u8> {
    codec::encode(b)
}
