//! One meeting with one peer, as a pure machine: events in, messages and writes out.
//!
//! Both sides say HELLO with their frontier, send what the other lacks, END, and a RECEIPT of what they hold durably.

use super::{
    block::{Block, Dep},
    branches::Place,
    id::{ConsortiumId, DeviceId},
    ledger::Replica,
    sign::PublicKey,
    wire::{self, Hello, Message},
};

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// The stream is open. Carries what this node holds.
    Opened(Box<Hello>),
    /// A message came.
    Received(Message),
    /// The blocks asked for by [`Output::Load`].
    Loaded(Vec<Block>),
    /// A batch is durable; what this node now holds.
    Stored {
        /// The node's frontier after the batch.
        frontier: Vec<Dep>,
        /// How many of the batch were new.
        new: u64,
    },
}

/// What to do.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send it.
    Send(Message),
    /// Load these ranges (first block, last number on its branch), each block after what it refers to.
    Load(Vec<(Place, u64)>),
    /// Validate and store, then report [`Event::Stored`].
    Store(Vec<Block>),
    /// The peer holds this, durably.
    PeerHolds(DeviceId, Vec<Dep>),
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

/// One side of a meeting.
#[derive(Debug)]
pub struct Session {
    /// The endpoint key that the transport authenticated.
    endpoint: PublicKey,
    side: Side,
    /// What the answering side says once the caller has proved itself.
    waiting: Option<Box<Hello>>,
    consortium: Option<ConsortiumId>,
    peer: Option<DeviceId>,
    sent_end: bool,
    got_end: bool,
    sent_receipt: bool,
    got_receipt: bool,
    storing: u32,
    frontier: Vec<Dep>,
    report: Report,
}

impl Session {
    /// A meeting with whoever answers at this endpoint key.
    pub fn new(endpoint: PublicKey, side: Side) -> Self {
        Self {
            endpoint,
            side,
            waiting: None,
            consortium: None,
            peer: None,
            sent_end: false,
            got_end: false,
            sent_receipt: false,
            got_receipt: false,
            storing: 0,
            frontier: Vec::new(),
            report: Report::default(),
        }
    }

    /// Takes one event. `ledger` is what this node holds now.
    ///
    /// # Errors
    /// [`Refusal`]: close the connection.
    pub fn on(&mut self, event: Event, ledger: &Replica) -> Result<Vec<Output>, Refusal> {
        let mut out = Vec::new();
        match event {
            Event::Opened(hello) => {
                self.consortium = Some(hello.consortium);
                self.frontier = hello.frontier.clone();
                match self.side {
                    Side::Calls => out.push(Output::Send(Message::Hello(hello))),
                    Side::Answers => self.waiting = Some(hello),
                }
            }
            Event::Received(Message::Hello(h)) => {
                self.meet(&h, ledger)?;
                // A suspended terminal may leave what it has, which is quarantined, and learns nothing.
                let tell = ledger.governance().welcomes(&h.device);
                let mine = self.waiting.take().map(|mut h| {
                    if !tell {
                        h.frontier.clear();
                    }
                    Output::Send(Message::Hello(h))
                });
                out.extend(mine);
                out.push(Output::Load(if tell { ledger.missing_for(&h.frontier) } else { Vec::new() }));
            }
            Event::Received(_) if self.peer.is_none() => {
                return Err(Refusal::Protocol("it did not introduce itself first"));
            }
            Event::Loaded(blocks) => {
                self.report.sent = blocks.len() as u64;
                out.extend(wire::batches(blocks).into_iter().map(Output::Send));
                out.push(Output::Send(Message::End));
                self.sent_end = true;
            }
            Event::Received(Message::Blocks(b)) => {
                if self.got_end {
                    return Err(Refusal::Protocol("blocks after the end"));
                }
                self.storing += 1;
                out.push(Output::Store(b));
            }
            Event::Received(Message::End) => self.got_end = true,
            Event::Received(Message::Receipt(f)) => {
                if self.got_receipt {
                    return Err(Refusal::Protocol("a second receipt"));
                }
                self.got_receipt = true;
                if let Some(peer) = self.peer {
                    out.push(Output::PeerHolds(peer, f));
                }
            }
            Event::Stored { frontier, new } => {
                self.storing = self.storing.saturating_sub(1);
                self.frontier = frontier;
                self.report.received += new;
            }
        }
        if self.sent_end && self.got_end && self.storing == 0 && !self.sent_receipt {
            self.sent_receipt = true;
            out.push(Output::Send(Message::Receipt(self.frontier.clone())));
        }
        if self.sent_receipt && self.got_receipt {
            out.push(Output::Finished(self.report));
        }
        Ok(out)
    }

    fn meet(&mut self, h: &Hello, ledger: &Replica) -> Result<(), Refusal> {
        if self.peer.is_some() {
            return Err(Refusal::Protocol("it introduced itself twice"));
        }
        let device = introduce(h, ledger, self.consortium)?;
        if h.device.request.keys.endpoint != self.endpoint {
            return Err(Refusal::NotCertified);
        }
        self.peer = Some(device);
        Ok(())
    }
}

/// Whether a HELLO is one of a certified terminal of a member of this consortium; if so, which terminal.
///
/// # Errors
/// [`Refusal`] names the condition that failed.
pub fn introduce(h: &Hello, ledger: &Replica, consortium: Option<ConsortiumId>) -> Result<DeviceId, Refusal> {
    if h.version != wire::VERSION {
        return Err(Refusal::Version(h.version));
    }
    if consortium.is_some_and(|c| c != h.consortium) || h.consortium != ledger.governance().consortium() {
        return Err(Refusal::Consortium(h.consortium));
    }
    let ok = ledger.governance().was_member(h.org.id())
        && h.org.valid()
        && h.device.org == h.org.id()
        && h.device.valid();
    if ok { Ok(h.device.id()) } else { Err(Refusal::NotCertified) }
}

#[cfg(test)]
#[path = "sync_tests.rs"]
mod tests;
