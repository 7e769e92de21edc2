//! Drives one meeting of `core::sync` over a stream: frames in, frames out, every write durable before it counts.

use std::time::Duration;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
    time::timeout,
};

use super::endpoint::Refused;
use crate::{
    core::{
        codec::DecodeError,
        ledger::Accepted,
        sign::PublicKey,
        sync::{Event, Output, Refusal, Report, Session, Side},
        time::Millis,
        wire::{self, Hello, MAX_MESSAGE, Message},
    },
    store::{Db, Store, StoreError},
};

/// Without a byte for this long a meeting is over.
const SILENCE: Duration = Duration::from_secs(30);

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
    /// Our store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl MeetError {
    /// What the peer is told, when it was the peer's doing.
    pub fn refused(&self) -> Option<Refused> {
        match self {
            MeetError::Refused(Refusal::NotCertified) => Some(Refused::NotCertified),
            MeetError::Refused(Refusal::Consortium(_)) => Some(Refused::Consortium),
            MeetError::Refused(Refusal::Version(_)) => Some(Refused::Version),
            MeetError::Refused(Refusal::Protocol(_)) | MeetError::Decode(_) => Some(Refused::Protocol),
            MeetError::Lost | MeetError::Store(_) => None,
        }
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

/// What one event led to, after loads and stores were carried out on the database's thread.
struct Step {
    session: Session,
    send: Vec<Message>,
    finished: Option<Report>,
}

fn step(
    db: &mut Db,
    mut session: Session,
    endpoint: &PublicKey,
    event: Event,
    now: Millis,
) -> Result<Result<Step, Refusal>, StoreError> {
    let (mut send, mut finished) = (Vec::new(), None);
    let mut events = vec![event];
    while let Some(e) = events.pop() {
        let outputs = match session.on(e, db.replica()) {
            Ok(o) => o,
            Err(r) => return Ok(Err(r)),
        };
        for o in outputs {
            match o {
                Output::Send(m) => send.push(m),
                Output::Load(ranges) => events.push(Event::Loaded(db.blocks(&ranges)?)),
                Output::Store(batch) => {
                    let results = db.accept(&batch)?;
                    let new = results.iter().filter(|r| matches!(r, Ok(Accepted::New(_)))).count() as u64;
                    events.push(Event::Stored { frontier: db.frontier()?, new });
                }
                Output::PeerHolds(_, frontier) => db.peer_holds(endpoint, &frontier, now)?,
                Output::Finished(r) => finished = Some(r),
            }
        }
    }
    Ok(Ok(Step { session, send, finished }))
}

/// Holds one meeting with the peer whose endpoint key the transport authenticated.
///
/// # Errors
/// [`MeetError`]; what was stored until then stays and counts.
pub async fn meet(
    store: &Store,
    hello: Hello,
    (endpoint, side): (PublicKey, Side),
    now: fn() -> Millis,
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
) -> Result<Outcome, MeetError> {
    let (queue, mut queued) = mpsc::unbounded_channel::<Vec<u8>>();
    // Reading and writing go on side by side: two peers that only write would wait for each other for ever.
    let writer = async {
        while let Some(m) = queued.recv().await {
            let write = async {
                to.write_all(&(m.len() as u32).to_le_bytes()).await?;
                to.write_all(&m).await
            };
            timeout(SILENCE, write).await.map_err(|_| MeetError::Lost)?.map_err(|_| MeetError::Lost)?;
        }
        to.shutdown().await.map_err(|_| MeetError::Lost)
    };
    let reader = async move {
        let mut session = Session::new(endpoint, side);
        let mut event = Event::Opened(Box::new(hello));
        let mut bytes = 0u64;
        loop {
            let at = now();
            let done = store.call(move |db| step(db, session, &endpoint, event, at)).await??;
            session = done.session;
            for m in done.send {
                let m = wire::encode(&m);
                bytes += m.len() as u64 + 4;
                queue.send(m).map_err(|_| MeetError::Lost)?;
            }
            if let Some(report) = done.finished {
                return Ok::<_, MeetError>(Outcome { report, bytes });
            }
            let m = timeout(SILENCE, frame(&mut from)).await.map_err(|_| MeetError::Lost)??;
            bytes += m.len() as u64 + 4;
            event = Event::Received(wire::decode(&m)?);
        }
    };
    let (outcome, ()) = tokio::try_join!(reader, writer)?;
    Ok(outcome)
}

async fn frame(from: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, MeetError> {
    let mut len = [0u8; 4];
    from.read_exact(&mut len).await.map_err(|_| MeetError::Lost)?;
    let len = u32::from_le_bytes(len) as usize;
    if len > MAX_MESSAGE {
        return Err(DecodeError::TooLong { len, cap: MAX_MESSAGE }.into());
    }
    let mut m = vec![0u8; len];
    from.read_exact(&mut m).await.map_err(|_| MeetError::Lost)?;
    Ok(m)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{audit::AuditEntry, block::Kind, codec},
        testing::{Desk, consortium},
        vault::Secret,
    };

    fn store(dir: &std::path::Path, d: &Desk, blocks: &[crate::core::block::Block]) -> Store {
        let genesis = d.replica.governance().genesis().clone();
        let path = dir.join(d.log.device.short());
        let mut db = Db::create(&path, Secret::new([1; 32]), [0; 16], &genesis, &[], &[]).unwrap();
        db.accept(blocks).unwrap();
        Store::start(db).unwrap()
    }

    fn now() -> Millis {
        9_000
    }

    async fn frontier(s: &Store) -> Vec<crate::core::block::Dep> {
        s.call(|db| Ok(db.replica().frontier())).await.unwrap()
    }

    #[tokio::test]
    async fn more_than_the_pipe_holds_goes_both_ways_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let [mut a, _, mut b] = consortium();
        let mut blocks = [vec![a.first()], vec![b.first()]];
        for _ in 0..40 {
            // Big entries: each side has more to send than the pipe can hold.
            let fill = codec::encode(&vec![
                AuditEntry::SignIn(crate::core::audit::SignIn {
                    staff: Some(a.nurse_id()),
                    method: crate::core::audit::Method::Face,
                    outcome: crate::core::audit::Outcome::Granted
                });
                2_000
            ]);
            blocks[0].push(a.write(Kind::Audit, fill.clone()));
            blocks[1].push(b.write(Kind::Audit, fill));
        }
        let (sa, sb) = (store(dir.path(), &a, &blocks[0]), store(dir.path(), &b, &blocks[1]));
        let (left, right) = tokio::io::duplex(64 * 1024);
        let (ar, aw) = tokio::io::split(left);
        let (br, bw) = tokio::io::split(right);
        let key = |d: &Desk| d.hello().device.request.keys.endpoint;
        let (ra, rb) = tokio::join!(
            meet(&sa, a.hello(), (key(&b), Side::Calls), now, ar, aw),
            meet(&sb, b.hello(), (key(&a), Side::Answers), now, br, bw)
        );
        assert_eq!((ra.unwrap().report.received, rb.unwrap().report.received), (41, 41));
        assert_eq!(frontier(&sa).await, frontier(&sb).await);
    }

    #[tokio::test]
    async fn garbage_is_refused_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let [a, _, b] = consortium();
        let s = store(dir.path(), &a, &[a.first()]);
        let before = frontier(&s).await;
        for bytes in [vec![0xff; 64], vec![3, 0, 0, 0, 9, 9, 9], vec![]] {
            let key = b.hello().device.request.keys.endpoint;
            let r = meet(&s, a.hello(), (key, Side::Answers), now, &bytes[..], tokio::io::sink()).await;
            assert!(matches!(r, Err(MeetError::Decode(_) | MeetError::Lost)));
        }
        assert_eq!(frontier(&s).await, before);
    }
}
