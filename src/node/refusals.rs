//! Who was refused or dropped in a meeting, and why: kept for whoever looks, and said to whoever runs the node.

use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{api::RefusedRow, clock, locked};
use crate::{core::sign::PublicKey, mesh::session::MeetError};

/// Peers that are remembered; whoever was refused longest ago is forgotten first.
const MOST: usize = 32;
/// One peer is said again only after so long, and one line at most a second: nobody fills the log.
const AGAIN: Duration = Duration::from_secs(60);
const LINE: Duration = Duration::from_secs(1);

struct Row {
    peer: PublicKey,
    shown: RefusedRow,
    said: Option<Instant>,
}

/// The newest last.
#[derive(Default)]
pub(super) struct Refusals {
    rows: Mutex<VecDeque<Row>>,
    noted: Notify,
}

impl Refusals {
    /// Notes how a meeting ended, when that was the peer's doing. `name` is that of a certified terminal.
    pub(super) fn note(&self, peer: PublicKey, name: Option<String>, e: &MeetError) {
        if !e.is_the_peers_doing() {
            return;
        }
        let mut rows = locked(&self.rows);
        let before = rows.iter().position(|r| r.peer == peer).and_then(|at| rows.remove(at));
        if rows.len() == MOST {
            rows.pop_front();
        }
        let times = before.as_ref().map_or(0, |r| r.shown.times) + 1;
        let who = name.unwrap_or_else(|| format!("unknown endpoint {}", hex::encode(&peer[..8])));
        let shown = RefusedRow { who, why: e.to_string(), times, last: clock::now() };
        rows.push_back(Row { peer, shown, said: before.and_then(|r| r.said) });
        drop(rows);
        self.noted.notify_one();
    }

    /// All of them, the newest first.
    pub(super) fn list(&self) -> Vec<RefusedRow> {
        locked(&self.rows).iter().rev().map(|r| r.shown.clone()).collect()
    }

    /// Waits for one that wasn't said lately.
    pub(super) async fn next(&self) -> RefusedRow {
        loop {
            let noted = self.noted.notified();
            let due = |r: &&mut Row| r.said.is_none_or(|s| s.elapsed() >= AGAIN);
            let next = locked(&self.rows).iter_mut().rev().find(due).map(|r| {
                r.said = Some(Instant::now());
                r.shown.clone()
            });
            if let Some(row) = next {
                tokio::time::sleep(LINE).await;
                return row;
            }
            noted.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::sync::Refusal;

    #[tokio::test]
    async fn each_is_counted_and_said_once_in_a_while() {
        let all = Refusals::default();
        let garbage = MeetError::Refused(Refusal::Protocol("garbage"));
        all.note([1; 32], None, &MeetError::Lost);
        assert!(all.list().is_empty(), "a lost link is nobody's fault");
        for _ in 0..3 {
            all.note([1; 32], Some("ward".into()), &garbage);
        }
        let row = all.next().await;
        assert_eq!((row.who.as_str(), row.times), ("ward", 3));
        assert!(row.why.contains("garbage"));
        all.note([1; 32], Some("ward".into()), &garbage);
        assert!(tokio::time::timeout(2 * LINE, all.next()).await.is_err(), "it was said a moment ago");
        for n in 0..100 {
            all.note([n; 32], None, &garbage);
        }
        assert_eq!(all.list().len(), MOST);
        assert_eq!(all.list()[0].who, format!("unknown endpoint {}", "63".repeat(8)));
    }
}
