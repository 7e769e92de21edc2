//! Drives one meeting of `core::sync` over a stream: frames in, frames out, every write durable before it counts.
//!
//! Three things go on side by side: frames are read into a short queue, written from another, and taken through the
//! machine in between. Both queues are bounded, so a peer that sends too fast or reads too slowly holds up only itself.

use std::{
    collections::VecDeque,
    pin::pin,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use futures::future::{self, Either};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{
        mpsc::{self, error::TryRecvError},
        watch,
    },
    time::{MissedTickBehavior, timeout},
};

use super::{again::Again, endpoint::Refused, pace::Pieces};
use crate::{
    core::{
        codec::DecodeError,
        sign::PublicKey,
        sync::{Event, Form, Opening, Output, Refusal, Report, SMALL, Session, Side, Taken},
        time::Millis,
        wire::{self, MAX_HELLO, MAX_MESSAGE, Message, Presence},
    },
    store::{Db, Store, StoreError, tables, tables::Peer},
};

/// Without a byte, either way, for this long a meeting is over.
const SILENCE: Duration = Duration::from_secs(30);
/// How often is looked whether the peer was suspended meanwhile.
const LOOK: Duration = Duration::from_millis(250);
/// Frames that have come and were not looked at yet, and such that wait to be written.
const QUEUE: usize = 32;
/// Frames that are taken through the machine in one visit to the database's thread.
const VISIT: usize = 64;

/// Why a meeting ended early. Everything stored until then stays.
#[derive(Debug, thiserror::Error)]
pub enum MeetError {
    /// The peer broke the rules.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// A message that isn't one.
    #[error("the other terminal sent something unreadable ({0})")]
    Decode(#[from] DecodeError),
    /// The link.
    #[error("the link to the other terminal was lost: it goes on at the next meeting")]
    Lost,
    /// The link is there, and nothing comes over it.
    #[error("the other terminal said nothing for {} s: it goes on at the next meeting", SILENCE.as_secs())]
    Silent,
    /// It stopped being welcome in the middle.
    #[error("it was suspended while the two met: nothing more was sent to it")]
    Suspended,
    /// Our store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MeetError {
    /// What the peer is told, when it was the peer's doing.
    pub fn refused(&self) -> Option<Refused> {
        match self {
            MeetError::Refused(Refusal::NotCertified) | MeetError::Suspended => Some(Refused::NotCertified),
            MeetError::Refused(Refusal::Consortium(_)) => Some(Refused::Consortium),
            MeetError::Refused(Refusal::Version(_)) => Some(Refused::Version),
            MeetError::Refused(Refusal::Protocol(_)) | MeetError::Decode(_) => Some(Refused::Protocol),
            MeetError::Lost | MeetError::Silent | MeetError::Store(_) => None,
        }
    }

    /// False for what nobody can help: a link that is lost, a store of our own that failed.
    pub fn is_the_peers_doing(&self) -> bool {
        !matches!(self, MeetError::Lost | MeetError::Store(_))
    }
}

/// What a meeting did and moved.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// Blocks.
    pub report: Report,
    /// Bytes of messages, both ways.
    pub bytes: u64,
}

/// Under which name this terminal's `Wants` lie among the single values.
pub const WANTS: &[u8] = b"wants";

/// What some events led to, after loads and stores were carried out on the database's thread.
struct Step {
    session: Session,
    again: Again,
    send: Vec<Vec<u8>>,
    finished: Option<Report>,
    refused: Option<Refusal>,
    shut_out: bool,
}

fn step(
    db: &mut Db,
    (session, again): (Session, Again),
    endpoint: &PublicKey,
    events: Vec<Event>,
    now: Millis,
) -> Result<Step, StoreError> {
    let (send, finished, refused) = (Vec::new(), None, None);
    let mut step = Step { session, again, send, finished, refused, shut_out: false };
    let mut events: VecDeque<Event> = events.into();
    while let Some(e) = events.pop_front() {
        let outputs = match step.session.on(e, db.replica()) {
            Ok(o) => o,
            Err(r) => {
                step.refused = Some(r);
                break;
            }
        };
        // What one event led to comes before the next one.
        let mut next = Vec::new();
        for o in outputs {
            match o {
                Output::Send(m) => step.send.push(wire::encode(&m)),
                Output::Load(Form::Header, places) => next.push(Event::Loaded(db.headers_at(&places)?)),
                Output::Load(_, places) => next.push(Event::Loaded(db.blocks_at(&places)?)),
                Output::Choose(org, wants, places) => {
                    next.push(Event::Chosen(db.wanted(org, &wants, places)?));
                }
                Output::Store(batch, late) => {
                    let mut taken = Taken::default();
                    for blocks in [batch, db.with_headers(late)?] {
                        let results = db.accept(&blocks)?;
                        taken = taken.and(Taken::of(&blocks, &results));
                        let refused = step.again.count(&blocks, &results).err();
                        step.refused = step.refused.take().or(refused);
                    }
                    next.push(Event::Stored { frontier: db.frontier()?, taken });
                }
                Output::PeerHolds(_, holding) => db.peer_says(endpoint, &holding, now)?,
                Output::PeerWants(_, wants) => db.peer_wants(endpoint, &wants)?,
                Output::Finished(r) => step.finished = Some(r),
            }
        }
        if step.refused.is_some() {
            break;
        }
        next.into_iter().rev().for_each(|e| events.push_front(e));
    }
    step.shut_out = is_shut_out(db, endpoint);
    Ok(step)
}

/// Its own organisation suspended it, or it belongs to none any more: it may leave what it has, and learns nothing.
fn is_shut_out(db: &Db, endpoint: &PublicKey) -> bool {
    let g = db.replica().governance();
    g.device_at(endpoint).is_some_and(|d| !g.welcomes(d))
}

/// What a meeting with this peer begins with.
fn opening(db: &Db, presence: Presence, endpoint: &PublicKey) -> Result<Opening, StoreError> {
    let peer: Peer = db.get(tables::PEERS, endpoint)?.unwrap_or_default();
    let me = presence.introduction.device.id();
    let known = peer.holds.iter().any(|d| d.log.device == me);
    let wants = db.get(tables::META, WANTS)?.unwrap_or_default();
    Ok(Opening { known, half: db.get(tables::HALVES, endpoint)?, presence, wants, small: SMALL })
}

/// Keeps what came of a block, or forgets what is of no more use.
fn keep_half(db: &mut Db, endpoint: &PublicKey, session: &Session, lost: bool) -> Result<(), StoreError> {
    let half = session.half().filter(|_| lost);
    if half.is_some() || db.get::<crate::core::sync::HalfBlock>(tables::HALVES, endpoint)?.is_some() {
        db.put(tables::HALVES, endpoint, half)?;
    }
    Ok(())
}

/// Bytes that went so far.
#[derive(Default)]
struct Moved {
    come: AtomicU64,
    gone: AtomicU64,
}

impl Moved {
    fn came(&self, n: usize) {
        self.come.fetch_add(n as u64, Ordering::Relaxed);
    }

    fn went(&self, n: usize) {
        self.gone.fetch_add(n as u64, Ordering::Relaxed);
    }

    fn gone(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// Either way.
    fn total(&self) -> u64 {
        self.come.load(Ordering::Relaxed) + self.gone()
    }

    /// Waits for something that may take long, for as long as bytes go either way.
    async fn while_moving<T>(&self, f: impl Future<Output = T>) -> Option<T> {
        let mut f = pin!(f);
        loop {
            let before = self.total();
            match timeout(SILENCE, &mut f).await {
                Ok(t) => return Some(t),
                Err(_) if self.total() != before => {}
                Err(_) => return None,
            }
        }
    }
}

/// Holds one meeting with the peer whose endpoint key the transport authenticated.
///
/// # Errors
/// [`MeetError`]; what was stored until then stays and counts.
pub async fn meet(
    store: &Store,
    presence: Presence,
    (endpoint, side): (PublicKey, Side),
    now: fn() -> Millis,
    from: impl AsyncRead + Unpin,
    to: impl AsyncWrite + Unpin,
) -> Result<Outcome, MeetError> {
    let moved = Moved::default();
    let (come, inbox) = mpsc::channel(QUEUE);
    let (outbox, go) = mpsc::channel(QUEUE);
    let (stage, met) = watch::channel(false);
    let talk = async {
        let opening = store.call(move |db| opening(db, presence, &endpoint)).await?;
        converse(store, opening, (endpoint, side), now, (inbox, stage), (outbox, &moved)).await
    };
    let talk = async {
        match future::select(pin!(talk), pin!(write(to, go, &moved))).await {
            // What waits to be written is for nobody any more.
            Either::Left((Err(MeetError::Suspended), _)) => Err(MeetError::Suspended),
            Either::Left((end, writing)) => {
                writing.await;
                end
            }
            Either::Right(((), talk)) => talk.await,
        }
    };
    let report = tokio::select! {
        r = talk => r?,
        () = read(from, come, met, &moved) => return Err(MeetError::Lost),
    };
    Ok(Outcome { report, bytes: moved.total() })
}

/// Takes what comes through the machine and sends what it says, until it is done.
async fn converse(
    store: &Store,
    opening: Opening,
    (endpoint, side): (PublicKey, Side),
    now: fn() -> Millis,
    (mut inbox, met): (mpsc::Receiver<Result<Message, MeetError>>, watch::Sender<bool>),
    (outbox, moved): (mpsc::Sender<Vec<u8>>, &Moved),
) -> Result<Report, MeetError> {
    let mut session = Session::new(endpoint, side);
    let mut again = Again::default();
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let before = store.call(move |db| Ok(is_shut_out(db, &endpoint))).await?;
    let mut pieces = Pieces::new(Instant::now());
    let mut queue: VecDeque<Vec<u8>> = VecDeque::new();
    let mut events = vec![Event::Opened(Box::new(opening))];
    let mut broken = None;
    let end = loop {
        if !events.is_empty() {
            let (events, at) = (std::mem::take(&mut events), now());
            let done = store.call(move |db| step(db, (session, again), &endpoint, events, at)).await?;
            (session, again) = (done.session, done.again);
            let _ = met.send(session.met());
            queue.extend(done.send);
            match (done.refused, done.finished) {
                (Some(r), _) => break Err(r.into()),
                _ if done.shut_out && !before => break Err(MeetError::Suspended),
                (None, Some(report)) => break Ok(report),
                (None, None) => {}
            }
        }
        if let Some(e) = broken {
            break Err(e);
        }
        tokio::select! {
            permit = outbox.reserve(), if !queue.is_empty() => match (permit, queue.pop_front()) {
                (Ok(permit), Some(m)) => permit.send(m),
                // What has come is kept.
                _ => (events, broken) = (vec![Event::Idle], Some(MeetError::Lost)),
            },
            m = inbox.recv() => (events, broken) = gather(m, &mut inbox),
            // What it leaves comes when it calls again, and is quarantined.
            _ = look.tick(), if !before => if store.call(move |db| Ok(is_shut_out(db, &endpoint))).await? {
                break Err(MeetError::Suspended);
            },
            () = std::future::ready(()), if queue.is_empty() && session.has_more() => {
                events = vec![Event::Ready(pieces.next(moved.gone(), Instant::now()))];
            }
        }
    };
    for m in queue.into_iter().take_while(|_| end.is_ok()) {
        // Whoever is no longer there to take the last word will ask again.
        let _ = outbox.send(m).await;
    }
    let lost = matches!(end, Err(MeetError::Lost | MeetError::Silent));
    store.call(move |db| keep_half(db, &endpoint, &session, lost)).await?;
    end
}

/// What has come, as events, and why nothing more will: as much as is there.
fn gather(
    first: Option<Result<Message, MeetError>>,
    inbox: &mut mpsc::Receiver<Result<Message, MeetError>>,
) -> (Vec<Event>, Option<MeetError>) {
    let mut events = Vec::new();
    let mut next = first.ok_or(TryRecvError::Disconnected);
    let broken = loop {
        match next {
            Ok(Ok(m)) => events.push(Event::Received(m)),
            Ok(Err(e)) => break Some(e),
            Err(TryRecvError::Disconnected) => break Some(MeetError::Lost),
            Err(TryRecvError::Empty) => break None,
        }
        if events.len() == VISIT {
            return (events, None);
        }
        next = inbox.try_recv();
    };
    events.push(Event::Idle);
    (events, broken)
}

/// Reads frames until the stream ends, one is bad, or nobody wants them.
async fn read(
    mut from: impl AsyncRead + Unpin,
    come: mpsc::Sender<Result<Message, MeetError>>,
    mut met: watch::Receiver<bool>,
    moved: &Moved,
) {
    loop {
        let cap = if *met.borrow_and_update() { MAX_MESSAGE } else { MAX_HELLO };
        let next = frame(&mut from, cap, moved);
        let next = match cap {
            // A stranger doesn't stay by saying one byte now and then.
            MAX_HELLO => timeout(SILENCE, next).await.ok(),
            _ => moved.while_moving(next).await,
        };
        let m = match next.unwrap_or(Err(MeetError::Silent)) {
            Ok(m) => wire::decode(&m).map_err(MeetError::from),
            Err(e) => Err(e),
        };
        let bad = m.is_err();
        if come.send(m).await.is_err() || bad {
            break;
        }
        // A stranger is heard no further than one short message at a time, each looked at before the next.
        if cap == MAX_HELLO && met.changed().await.is_err() {
            break;
        }
    }
    drop(come);
    // Whoever takes what was read also says when it is over.
    std::future::pending::<()>().await;
}

async fn write(mut to: impl AsyncWrite + Unpin, mut go: mpsc::Receiver<Vec<u8>>, moved: &Moved) {
    while let Some(m) = go.recv().await {
        let all = [&(m.len() as u32).to_le_bytes()[..], &m].concat();
        match moved.while_moving(to.write_all(&all)).await {
            Some(Ok(())) => moved.went(all.len()),
            // The queue closes, which says it all.
            _ => return,
        }
    }
    let _ = timeout(SILENCE, to.shutdown()).await;
}

async fn frame(from: &mut (impl AsyncRead + Unpin), cap: usize, moved: &Moved) -> Result<Vec<u8>, MeetError> {
    let mut len = [0u8; 4];
    from.read_exact(&mut len).await.map_err(|_| MeetError::Lost)?;
    moved.came(len.len());
    let len = u32::from_le_bytes(len) as usize;
    if len > cap {
        return Err(DecodeError::TooLong { len, cap }.into());
    }
    let mut m = vec![0u8; len];
    from.read_exact(&mut m).await.map_err(|_| MeetError::Lost)?;
    moved.came(len);
    Ok(m)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
