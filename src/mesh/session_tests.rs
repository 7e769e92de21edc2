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
    let key = |d: &Desk| d.presence().introduction.device.request.keys.endpoint;
    let (ra, rb) = tokio::join!(
        meet(&sa, a.presence(), (key(&b), Side::Calls), now, ar, aw),
        meet(&sb, b.presence(), (key(&a), Side::Answers), now, br, bw)
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
        let key = b.presence().introduction.device.request.keys.endpoint;
        let r = meet(&s, a.presence(), (key, Side::Answers), now, &bytes[..], tokio::io::sink()).await;
        assert!(matches!(r, Err(MeetError::Decode(_) | MeetError::Lost)));
    }
    assert_eq!(frontier(&s).await, before);
}
