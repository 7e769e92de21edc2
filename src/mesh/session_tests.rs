use tokio::io::{DuplexStream, duplex, split};

use super::*;
use crate::{
    core::{
        audit::AuditEntry,
        block::{Block, Kind},
        codec,
        governance::{Statement, Suspended, Suspension},
        wire::{Frontier, Hello},
    },
    testing::{Desk, consortium, key},
    vault::Secret,
};

fn store(dir: &std::path::Path, d: &Desk, blocks: &[Block]) -> Store {
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

fn endpoint(d: &Desk) -> PublicKey {
    d.presence().introduction.device.request.keys.endpoint
}

/// A payload of some tens of kilobytes.
fn fill(d: &Desk) -> Vec<u8> {
    codec::encode(&vec![
        AuditEntry::SignIn(crate::core::audit::SignIn {
            staff: Some(d.nurse_id()),
            method: crate::core::audit::Method::Face,
            outcome: crate::core::audit::Outcome::Granted
        });
        2_000
    ])
}

/// A peer that speaks by hand.
struct Hand(DuplexStream);

impl Hand {
    /// False once the other side has had enough.
    async fn say(&mut self, m: &Message) -> bool {
        let m = wire::encode(m);
        self.0.write_all(&[&(m.len() as u32).to_le_bytes()[..], &m].concat()).await.is_ok()
    }

    async fn hear(&mut self) -> Message {
        let m = frame(&mut self.0, MAX_MESSAGE, &Moved::default()).await.unwrap();
        wire::decode(&m).unwrap()
    }

    /// Up to where both have said what they hold.
    async fn greet(&mut self, d: &Desk, heads: Vec<crate::core::block::Dep>) {
        let p = d.presence();
        let introduction = Some(Box::new(p.introduction));
        let hello = Hello {
            version: p.version,
            consortium: p.consortium,
            knows: false,
            introduction,
            holds: [9; 32],
        };
        assert!(self.say(&Message::Hello(hello)).await);
        assert!(matches!((self.hear().await, self.hear().await), (Message::Hello(_), Message::Frontier(_))));
        assert!(self.say(&Message::Frontier(Frontier { heads, ..Frontier::default() })).await);
    }
}

#[tokio::test]
async fn what_waits_for_a_terminal_goes_no_further_once_it_is_suspended() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, a2, b] = consortium();
    let mut blocks = vec![a.first(), a2.first(), b.first()];
    a.replica.accept(&a2.first()).unwrap();
    a.replica.accept(&b.first()).unwrap();
    for _ in 0..100 {
        let fill = fill(&a);
        blocks.push(a.write(Kind::Audit, fill));
    }
    let s = store(dir.path(), &a, &blocks);
    let (here, there) = duplex(16 * 1024);
    let (from, to) = split(here);
    let mut peer = Hand(there);
    let presence = a.presence();
    let stolen = async {
        peer.greet(&a2, Vec::new()).await;
        // It takes a little, and then reads slowly: the queue is full.
        assert!(matches!(peer.hear().await, Message::Blocks(_) | Message::Part(_)));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let c = a.replica.governance().consortium();
        let lost = Suspension::new(c, Suspended::Device(a2.log.device), Vec::new(), &key(1));
        let block = a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(lost)]));
        s.call(move |db| db.accept(&[block])).await.unwrap();
        // What is read later is what had left before.
        tokio::time::sleep(3 * LOOK).await;
        let mut rest = Vec::new();
        peer.0.read_to_end(&mut rest).await.unwrap();
        rest.len()
    };
    let meeting = async {
        let end = meet(&s, presence, (endpoint(&a2), Side::Answers), now, from, to).await;
        (end, Instant::now())
    };
    let start = Instant::now();
    let ((end, at), rest) = tokio::join!(meeting, stolen);
    assert!(matches!(end, Err(MeetError::Suspended)), "{end:?}");
    assert!(at - start < Duration::from_secs(3));
    assert!(rest <= 16 * 1024, "{rest} bytes after it was suspended");
}

#[tokio::test]
async fn whoever_repeats_what_was_new_or_is_refused_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let [a, mut a2, b] = consortium();
    let s = store(dir.path(), &a, &[a.first(), b.first()]);
    let new = a2.first();
    // Refers to one that is never sent.
    a2.write(Kind::Audit, fill(&a2));
    let refused = a2.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    for (what, block) in [("new", new), ("refused", refused)] {
        let (here, there) = duplex(256 * 1024);
        let (from, to) = split(here);
        let mut peer = Hand(there);
        let liar = async {
            peer.greet(&a2, Vec::new()).await;
            let many = Message::Blocks(vec![block; 64]);
            let mut times = 0u64;
            while times < 20_000 && peer.say(&many).await {
                times += 1;
            }
            times
        };
        let meeting = async {
            // What is left of the stream closes with it.
            let (from, to) = (from, to);
            meet(&s, a.presence(), (endpoint(&a2), Side::Answers), now, from, to).await
        };
        let (end, times) = tokio::join!(meeting, liar);
        let why = end.unwrap_err();
        assert!(why.to_string().contains("again and again") && why.is_the_peers_doing(), "{what}: {why}");
        assert!(times < 10_000, "{what}: dropped after {times} messages");
    }
}

#[tokio::test]
async fn more_than_the_pipe_holds_goes_both_ways_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, _, mut b] = consortium();
    let mut blocks = [vec![a.first()], vec![b.first()]];
    for _ in 0..40 {
        // Each side has more to send than the pipe can hold.
        let fill = fill(&a);
        blocks[0].push(a.write(Kind::Audit, fill.clone()));
        blocks[1].push(b.write(Kind::Audit, fill));
    }
    let (sa, sb) = (store(dir.path(), &a, &blocks[0]), store(dir.path(), &b, &blocks[1]));
    let (left, right) = duplex(64 * 1024);
    let (ar, aw) = split(left);
    let (br, bw) = split(right);
    let (ra, rb) = tokio::join!(
        meet(&sa, a.presence(), (endpoint(&b), Side::Calls), now, ar, aw),
        meet(&sb, b.presence(), (endpoint(&a), Side::Answers), now, br, bw)
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
        let r =
            meet(&s, a.presence(), (endpoint(&b), Side::Answers), now, &bytes[..], tokio::io::sink()).await;
        assert!(matches!(r, Err(MeetError::Decode(_) | MeetError::Lost)));
    }
    assert_eq!(frontier(&s).await, before);
}
