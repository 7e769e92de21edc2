//! One meeting with one peer, as a pure machine: events in, messages and writes out.
//!
//! ```text
//! caller                              answers
//! HELLO: digest of what it holds  →
//!                                 ←   HELLO: the same. Equal digests: over, in one round trip
//!                                 ←   FRONTIER: what it holds
//! FRONTIER                        →
//! BLOCKS and PARTs               ↔    what the other lacks, piece by piece, as the link takes it
//! LATE and PARTs                 ↔    payloads of what went as a header, in the order of their worth
//! RECEIPTs on the way            ↔    what has become durable
//! END, last RECEIPT              ↔
//! ```
//! Where more than a little is missing, the headers of records and files go first, with everything else whole (governance,
//! consents, keys, audit: whatever gives or takes a permission), each after what it refers to. Then the payloads that the
//! other wants: records, the newest first, and files last. Who has only a header says so with every word on what it holds.
//!
//! A cut costs the piece that was under way: the next meeting begins with what had become durable, and with the number of
//! bytes that had come of the block in the middle.

mod plan;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    block::{Block, Dep, Invalid},
    branches::Place,
    codec,
    gaps::{Gaps, Holding, MAX_RUNS},
    governance::DeviceCert,
    id::{BlockId, ConsortiumId, DeviceId, LogId, OrgId},
    interest::Wants,
    ledger::{Accepted, Replica},
    sign::PublicKey,
    wire::{self, Frontier, Hello, Introduction, Late, MAX_BLOCK, Message, Part, Presence},
};

/// Blocks that are loaded at once.
const CHUNK: usize = 32;
/// Blocks, and bytes of them, that wait to be written together, at most: a durable commit takes as long for one as for many.
const GROUP: usize = 4_096;
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// Blocks after which a receipt is due.
const RECEIPT_DUE: u64 = 64;
/// Blocks that a peer may send although it was told that they are here. None are needed: room for what differs between two
/// views of a forked log.
const MAX_REPEATED: u64 = 1_024;

/// Missing blocks of no more bytes than this go whole, in one order: a few seconds on a slow link.
pub const SMALL: u64 = 16 * 1024;

/// What one side begins with.
#[derive(Debug)]
pub struct Opening {
    /// Who it is and what it holds.
    pub presence: Presence,
    /// The peer is known to hold this node's certificates: a caller need not send them.
    pub known: bool,
    /// What the last meeting with this peer left.
    pub half: Option<HalfBlock>,
    /// Which payloads this node wants.
    pub wants: Wants,
    /// [`SMALL`], but in tests.
    pub small: u64,
}

/// How much of a block goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Header and payload.
    Whole,
    /// The header of what may wait for its payload, which comes later, or never. Everything else whole.
    Header,
    /// The payload of what went as a header.
    Payload,
}

/// The beginning of a block's canonical bytes: a meeting was cut in the middle of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct HalfBlock {
    /// Which block.
    pub block: BlockId,
    /// At most [`MAX_BLOCK`].
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The stream is open.
    Opened(Box<Opening>),
    /// A message came.
    Received(Message),
    /// Nothing more has come yet.
    Idle,
    /// The link takes more, in pieces of about so many bytes: ask only while [`Session::has_more`].
    Ready(usize),
    /// The blocks asked for by [`Output::Load`]; what can't be read is left out.
    Loaded(Vec<Block>),
    /// The answer to [`Output::Choose`].
    Chosen(Vec<Place>),
    /// A batch is durable; what this node now holds.
    Stored {
        /// The node's frontier after the batch.
        frontier: Vec<Dep>,
        /// What the batch was.
        taken: Taken,
    },
}

/// What came of a batch of blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// How many were new.
    pub new: u64,
    /// Those that were here already.
    pub known: Vec<(LogId, u64)>,
    /// One was signed by nobody certified, or isn't what was signed.
    pub forged: bool,
}

impl Taken {
    /// Of a batch, and what the ledger said of each of its blocks.
    pub fn of(batch: &[Block], results: &[Result<Accepted, Invalid>]) -> Self {
        let mut taken = Self::default();
        for (b, r) in batch.iter().zip(results) {
            match r {
                Ok(Accepted::New(_) | Accepted::Filled(_)) => taken.new += 1,
                Ok(Accepted::Known) => taken.known.push((b.signed.header.log, b.signed.header.seq)),
                Err(e) => taken.forged |= e.is_forged(),
            }
        }
        taken
    }

    /// Both as one.
    pub fn and(mut self, other: Self) -> Self {
        self.new += other.new;
        self.known.extend(other.known);
        self.forged |= other.forged;
        self
    }
}

/// What to do.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send it.
    Send(Message),
    /// Load these blocks, in this order; as [`Form::Header`] their payload isn't needed.
    Load(Form, Vec<Place>),
    /// Of these blocks find the ones whose payload a terminal of this organisation wants.
    Choose(OrgId, Wants, Vec<Place>),
    /// Validate and store, then report [`Event::Stored`].
    Store(Vec<Block>, Vec<Late>),
    /// The peer holds this, durably.
    PeerHolds(DeviceId, Holding),
    /// The peer wants these payloads.
    PeerWants(DeviceId, Wants),
    /// Both sides are done.
    Finished(Report),
}

/// What a meeting did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Blocks sent.
    pub sent: u64,
    /// Blocks received that were new.
    pub received: u64,
}

/// Why a meeting ends early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another protocol.
    #[error("the other terminal speaks version {0}: update Aidpost on the older one")]
    Version(u8),
    /// Another consortium.
    #[error("the other terminal belongs to another consortium ({0:?})")]
    Consortium(ConsortiumId),
    /// The certificate isn't one of this consortium's, or isn't this endpoint's.
    #[error("the other terminal is not certified in this consortium")]
    NotCertified,
    /// A message out of order.
    #[error("the other terminal broke the protocol: {0}")]
    Protocol(&'static str),
}

/// Which side of a meeting: strangers learn nothing of the one who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Dialled, and introduces itself first.
    Calls,
    /// Was dialled, and introduces itself to members only.
    Answers,
}

/// Who this node is, until the end of the meeting.
#[derive(Debug)]
struct Own {
    consortium: ConsortiumId,
    introduction: Introduction,
    digest: [u8; 32],
    lacks: Vec<BlockId>,
    waits: Gaps,
    wants: Wants,
    small: u64,
}

/// The other side, once it has proved itself.
#[derive(Debug)]
struct Other {
    device: DeviceId,
    org: OrgId,
    /// A suspended terminal may leave what it has, which is quarantined, and learns nothing.
    tell: bool,
}

/// One side of a meeting.
#[derive(Debug)]
pub struct Session {
    /// The endpoint key that the transport authenticated.
    endpoint: PublicKey,
    side: Side,
    own: Option<Own>,
    other: Option<Other>,
    /// WHO ARE YOU was asked, or answered: once.
    asked: bool,
    answered: bool,
    over: bool,

    /// What the other has said that it holds.
    theirs: Option<Holding>,
    /// What goes before the payloads, while these are being chosen.
    first: VecDeque<(Form, Place)>,
    /// What is still to be sent; none before the other has said what it holds.
    plan: Option<VecDeque<(Form, Place)>>,
    their_half: Option<(BlockId, u32)>,
    piece: usize,
    /// Blocks and payloads that went.
    gone: u64,
    loading: bool,
    /// In which form what is being loaded goes.
    form: Form,
    sent_end: bool,

    pending: Vec<Block>,
    late: Vec<Late>,
    pending_bytes: usize,
    /// Blocks that came as a header in this meeting.
    bare: Gaps,
    /// Payloads for such, in what is being stored.
    refills: u64,
    /// Blocks whose payload came, and that were said to wait for it.
    touched: BTreeSet<(LogId, u64)>,
    half: Option<HalfBlock>,
    storing: bool,
    got_end: bool,

    frontier: Vec<Dep>,
    /// Heads that the other has been told of, at first by themselves, and what of them waits.
    said: Vec<Dep>,
    said_waits: Gaps,
    told: BTreeMap<LogId, u64>,
    repeated: u64,
    receipts: u64,
    unsaid: u64,
    sent_receipt: bool,
    got_receipt: bool,
    report: Report,
}

impl Session {
    /// A meeting with whoever answers at this endpoint key.
    pub fn new(endpoint: PublicKey, side: Side) -> Self {
        Self {
            endpoint,
            side,
            own: None,
            other: None,
            asked: false,
            answered: false,
            over: false,
            theirs: None,
            first: VecDeque::new(),
            plan: None,
            their_half: None,
            piece: wire::PIECE,
            gone: 0,
            loading: false,
            form: Form::Whole,
            sent_end: false,
            pending: Vec::new(),
            late: Vec::new(),
            pending_bytes: 0,
            bare: Gaps::default(),
            refills: 0,
            touched: BTreeSet::new(),
            half: None,
            storing: false,
            got_end: false,
            frontier: Vec::new(),
            said: Vec::new(),
            said_waits: Gaps::default(),
            told: BTreeMap::new(),
            repeated: 0,
            receipts: 0,
            unsaid: 0,
            sent_receipt: false,
            got_receipt: false,
            report: Report::default(),
        }
    }

    /// The other side has proved who it is.
    pub fn met(&self) -> bool {
        self.other.is_some()
    }

    /// Something is left to send, and nothing is being loaded.
    pub fn has_more(&self) -> bool {
        self.plan.is_some() && !self.loading && !self.sent_end
    }

    /// What to keep when the link is cut.
    pub fn half(&self) -> Option<&HalfBlock> {
        self.half.as_ref()
    }

    /// What it has done so far.
    pub fn report(&self) -> Report {
        self.report
    }

    /// Takes one event. `ledger` is what this node holds now.
    ///
    /// # Errors
    /// [`Refusal`]: close the connection.
    pub fn on(&mut self, event: Event, ledger: &Replica) -> Result<Vec<Output>, Refusal> {
        let mut out = Vec::new();
        match event {
            Event::Opened(o) => self.open(*o, ledger, &mut out),
            Event::Received(_) if self.over => return Err(Refusal::Protocol("it went on after the end")),
            Event::Received(m) => self.receive(m, ledger, &mut out)?,
            Event::Idle => self.store(&mut out),
            Event::Ready(piece) => {
                self.piece = piece;
                self.load(ledger, &mut out);
            }
            Event::Loaded(blocks) => {
                self.loading = false;
                out.extend(self.messages(blocks).into_iter().map(Output::Send));
                self.end(&mut out);
            }
            Event::Chosen(places) => self.plan_payloads(places, ledger),
            Event::Stored { frontier, taken } => {
                self.storing = false;
                self.frontier = frontier;
                self.report.received += taken.new.saturating_sub(std::mem::take(&mut self.refills));
                self.unsaid += taken.new;
                self.judge(&taken)?;
                self.store(&mut out);
            }
        }
        self.acknowledge(ledger, &mut out);
        Ok(out)
    }

    fn open(&mut self, o: Opening, ledger: &Replica, out: &mut Vec<Output>) {
        let device = ledger.governance().device_at(&self.endpoint);
        let tell = device.is_none_or(|d| ledger.governance().welcomes(d));
        self.half = o.half;
        let (lacks, mut holding) = (ledger.lacks(), o.presence.holding());
        holding.waits = holding.waits.at_most(MAX_RUNS);
        let own = Own {
            consortium: o.presence.consortium,
            introduction: o.presence.introduction,
            digest: wire::digest(&holding, &lacks),
            lacks,
            waits: holding.waits,
            wants: o.wants,
            small: o.small,
        };
        self.frontier = holding.heads;
        if self.side == Side::Calls {
            out.push(Output::Send(own.hello(!o.known, device.is_some(), tell)));
        }
        self.own = Some(own);
    }

    fn receive(&mut self, m: Message, ledger: &Replica, out: &mut Vec<Output>) -> Result<(), Refusal> {
        let Some(own) = &self.own else {
            return Err(Refusal::Protocol("it spoke before the stream was open"));
        };
        match (m, &self.other) {
            (Message::Hello(h), None) => return self.meet(&h, ledger, out),
            (Message::Hello(_), Some(_)) => return Err(Refusal::Protocol("it introduced itself twice")),
            // The caller left out what this node doesn't know.
            (Message::WhoAreYou, None) if self.side == Side::Calls && !self.answered => {
                out.push(Output::Send(own.hello(true, false, true)));
                self.answered = true;
            }
            (_, None) => return Err(Refusal::Protocol("it did not introduce itself first")),
            (Message::WhoAreYou, _) => return Err(Refusal::Protocol("it knew already who this is")),
            (Message::Frontier(f), Some(other)) => {
                if self.theirs.is_some() {
                    return Err(Refusal::Protocol("it said twice what it holds"));
                }
                let theirs = Holding { heads: f.heads.clone(), waits: f.waits.clone() };
                out.push(Output::PeerWants(other.device, f.wants.clone()));
                out.push(Output::PeerHolds(other.device, theirs.clone()));
                self.theirs = Some(theirs);
                match other.tell {
                    true => self.plan(f, ledger, out),
                    false => self.plan = Some(VecDeque::new()),
                }
            }
            (Message::Blocks(_) | Message::Part(_) | Message::Late(_) | Message::End, _) if self.got_end => {
                return Err(Refusal::Protocol("it went on after its end"));
            }
            (Message::Blocks(b), _) => b.into_iter().for_each(|b| self.take(b, out)),
            (Message::Late(all), _) => all.into_iter().for_each(|l| self.take_late(l, ledger, out)),
            (Message::Part(p), _) => {
                if let Some(b) = self.join(p)? {
                    self.take(b, out);
                }
            }
            (Message::End, _) => {
                // What an earlier meeting left, and this one had no use for.
                self.half = None;
                self.got_end = true;
                self.store(out);
            }
            (Message::Receipt { .. }, _) if self.got_receipt => {
                return Err(Refusal::Protocol("a receipt after the last one"));
            }
            (Message::Receipt { .. }, _) if self.receipts > self.gone / RECEIPT_DUE => {
                return Err(Refusal::Protocol("more receipts than there is to acknowledge"));
            }
            (Message::Receipt { heads, waits, filled, last }, Some(other)) => {
                self.receipts += 1;
                self.got_receipt = last;
                let theirs = self.theirs.get_or_insert_default();
                for h in heads {
                    // What isn't held here says nothing about ours.
                    let Some(at) = ledger.place(h.hash) else { continue };
                    let ends = |d: &Dep| ledger.place(d.hash).is_some_and(|p| ledger.tree().continues(at, p));
                    theirs.heads.retain(|d| !ends(d));
                    theirs.heads.push(h);
                }
                theirs.waits.extend(&waits);
                theirs.waits.subtract(&filled);
                out.push(Output::PeerHolds(other.device, theirs.clone()));
            }
        }
        Ok(())
    }

    /// The other side's HELLO.
    fn meet(&mut self, h: &Hello, ledger: &Replica, out: &mut Vec<Output>) -> Result<(), Refusal> {
        let Some(own) = &self.own else { return Ok(()) };
        same_consortium(h.version, h.consortium, ledger)?;
        let device = match &h.introduction {
            Some(i) => {
                introduced(i, ledger)?;
                Some(&i.device).filter(|d| d.request.keys.endpoint == self.endpoint)
            }
            None => ledger.governance().device_at(&self.endpoint),
        };
        let Some(device) = device else {
            let once = self.side == Side::Answers && !std::mem::replace(&mut self.asked, true);
            if h.introduction.is_some() || !once {
                return Err(Refusal::NotCertified);
            }
            out.push(Output::Send(Message::WhoAreYou));
            return Ok(());
        };
        let other = Other {
            device: DeviceCert::id(device),
            org: device.org,
            tell: ledger.governance().welcomes(device),
        };
        let equal = other.tell && h.holds == own.digest;
        if self.side == Side::Answers {
            // Who holds the same holds the certificates too.
            out.push(Output::Send(own.hello(!equal && !h.knows, true, other.tell)));
        }
        if equal {
            let same = Holding { heads: self.frontier.clone(), waits: own.waits.clone() };
            out.push(Output::PeerHolds(other.device, same));
            out.push(Output::Finished(self.report));
            self.over = true;
        } else {
            let half = self.half.as_ref().map(|h| (h.block, h.bytes.len() as u32));
            let said = match other.tell {
                true => Frontier {
                    heads: self.frontier.clone(),
                    half,
                    lacks: own.lacks.clone(),
                    waits: own.waits.clone(),
                    wants: own.wants.clone(),
                },
                false => Frontier::default(),
            };
            (self.said, self.said_waits) = (said.heads.clone(), said.waits.clone());
            self.told = self.said.iter().map(|d| (d.log, d.seq)).collect();
            out.push(Output::Send(Message::Frontier(said)));
        }
        self.other = Some(other);
        Ok(())
    }

    fn load(&mut self, ledger: &Replica, out: &mut Vec<Output>) {
        if !self.has_more() {
            return;
        }
        // It may have been suspended since the meeting began.
        let known = ledger.governance().device_at(&self.endpoint);
        if known.is_some_and(|d| !ledger.governance().welcomes(d)) {
            self.plan = Some(VecDeque::new());
            self.other.iter_mut().for_each(|o| o.tell = false);
        }
        if let Some(plan) = &mut self.plan
            && let Some(form) = plan.front().map(|(form, _)| *form)
        {
            let same = plan.iter().take(CHUNK).take_while(|(f, _)| *f == form).count();
            let places: Vec<Place> = plan.drain(..same).map(|(_, p)| p).collect();
            (self.loading, self.form) = (true, form);
            out.push(Output::Load(form, places));
        }
        self.end(out);
    }

    /// Says END once everything has been sent.
    fn end(&mut self, out: &mut Vec<Output>) {
        if self.has_more() && self.plan.as_ref().is_some_and(VecDeque::is_empty) {
            self.sent_end = true;
            out.push(Output::Send(Message::End));
        }
    }

    fn take(&mut self, b: Block, out: &mut Vec<Output>) {
        let h = &b.signed.header;
        if h.kind.may_wait() {
            self.came(h.log, h.seq, b.payload.is_some());
        }
        self.pending_bytes += b.content().len() + 512;
        self.pending.push(b);
        self.store_if_full(out);
    }

    fn take_late(&mut self, l: Late, ledger: &Replica, out: &mut Vec<Output>) {
        // Its header is among what waits to be stored, or was refused: it is offered again at the next meeting.
        if !self.pending.is_empty() && ledger.place(l.block).is_none() {
            self.store(out);
        }
        match ledger.place(l.block) {
            Some(p) => self.came(p.log, p.seq, true),
            None => self.refills += 1,
        }
        self.pending_bytes += l.payload.bytes.len() + 512;
        self.late.push(l);
        self.store_if_full(out);
    }

    /// A header came, or a payload.
    fn came(&mut self, log: LogId, seq: u64, payload: bool) {
        if !payload {
            self.bare.insert(log, seq);
        } else {
            self.refills += u64::from(self.bare.contains(log, seq));
            // Only what was said to wait is ever said to have come.
            if self.said_waits.contains(log, seq) {
                self.touched.insert((log, seq));
            }
        }
    }

    fn store_if_full(&mut self, out: &mut Vec<Output>) {
        if self.pending_bytes >= GROUP_BYTES || self.pending.len() + self.late.len() >= GROUP {
            self.store(out);
        }
    }

    /// The block that ends with this part, if it does.
    fn join(&mut self, p: Part) -> Result<Option<Block>, Refusal> {
        let at = p.at as usize;
        let mut half = match self.half.take() {
            Some(h) if h.block == p.block && h.bytes.len() == at => h,
            _ if at == 0 => HalfBlock { block: p.block, bytes: Vec::new() },
            _ => return Err(Refusal::Protocol("a part of a block that does not follow the one before")),
        };
        if half.bytes.len() + p.bytes.len() > MAX_BLOCK {
            return Err(Refusal::Protocol("a block that is too large"));
        }
        half.bytes.extend_from_slice(&p.bytes);
        if !p.last {
            self.half = Some(half);
            return Ok(None);
        }
        let block: Option<Block> = codec::decode(&half.bytes, MAX_BLOCK).ok();
        match block.filter(|b| b.signed.header.id() == half.block) {
            Some(b) => Ok(Some(b)),
            None => Err(Refusal::Protocol("a block that is not the one it was said to be")),
        }
    }

    /// Whether an honest terminal could have sent this.
    fn judge(&mut self, taken: &Taken) -> Result<(), Refusal> {
        if taken.forged {
            return Err(Refusal::Protocol("a block that is not what its terminal signed"));
        }
        // What was said to wait for its payload may say too much.
        let told = |(log, seq): &&(LogId, u64)| {
            self.told.get(log).is_some_and(|head| seq <= head) && !self.said_waits.contains(*log, *seq)
        };
        self.repeated += taken.known.iter().filter(told).count() as u64;
        if self.repeated > MAX_REPEATED {
            return Err(Refusal::Protocol("blocks again and again that it was told are here"));
        }
        Ok(())
    }

    /// Writes what waits, one batch at a time.
    fn store(&mut self, out: &mut Vec<Output>) {
        let waiting = !self.pending.is_empty() || !self.late.is_empty();
        if waiting && !self.storing {
            self.storing = true;
            self.pending_bytes = 0;
            out.push(Output::Store(std::mem::take(&mut self.pending), std::mem::take(&mut self.late)));
        }
    }

    fn acknowledge(&mut self, ledger: &Replica, out: &mut Vec<Output>) {
        let Some(other) = &self.other else { return };
        let stored = self.pending.is_empty() && self.late.is_empty() && !self.storing;
        let last = self.sent_end && self.got_end && stored;
        if (last || self.unsaid >= RECEIPT_DUE) && !self.sent_receipt && !self.over {
            let tell = other.tell;
            let heads: Vec<Dep> =
                self.frontier.iter().filter(|d| tell && !self.said.contains(d)).copied().collect();
            let (waits, filled) = self.news(&heads, ledger);
            self.said_waits.extend(&waits);
            self.said_waits.subtract(&filled);
            self.said.extend(&heads);
            (self.unsaid, self.sent_receipt) = (0, last);
            out.push(Output::Send(Message::Receipt { heads, waits, filled, last }));
        }
        if self.sent_receipt && self.got_receipt && !self.over {
            self.over = true;
            out.push(Output::Finished(self.report));
        }
    }
}

impl Own {
    fn hello(&self, introduce: bool, knows: bool, tell: bool) -> Message {
        Message::Hello(Hello {
            version: wire::VERSION,
            consortium: self.consortium,
            knows,
            introduction: introduce.then(|| Box::new(self.introduction.clone())),
            holds: if tell { self.digest } else { [0; 32] },
        })
    }
}

/// # Errors
/// [`Refusal::Version`], [`Refusal::Consortium`].
fn same_consortium(version: u8, consortium: ConsortiumId, ledger: &Replica) -> Result<(), Refusal> {
    if version != wire::VERSION {
        return Err(Refusal::Version(version));
    }
    if consortium != ledger.governance().consortium() {
        return Err(Refusal::Consortium(consortium));
    }
    Ok(())
}

/// # Errors
/// [`Refusal::NotCertified`]: not the certificates of a terminal of a member.
fn introduced(i: &Introduction, ledger: &Replica) -> Result<(), Refusal> {
    let ok = ledger.governance().was_member(i.org.id())
        && i.org.valid()
        && i.device.org == i.org.id()
        && i.device.valid();
    if ok { Ok(()) } else { Err(Refusal::NotCertified) }
}

/// Whether somebody's presence is one of a certified terminal of a member of this consortium; if so, which terminal.
///
/// # Errors
/// [`Refusal`] names the condition that failed.
pub fn introduce(p: &Presence, ledger: &Replica) -> Result<DeviceId, Refusal> {
    same_consortium(p.version, p.consortium, ledger)?;
    introduced(&p.introduction, ledger)?;
    Ok(p.introduction.device.id())
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
