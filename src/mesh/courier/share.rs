//! What goes on a stick, divided into parts, and which of them have been written: so that what a full stick or a power cut
//! ended goes on, there or on another one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{others, parts::MAX_PARTS};
use crate::{
    core::{
        block::Dep,
        branches::Place,
        gaps::Gaps,
        id::{DeviceId, LogId},
        ledger::Replica,
        time::Millis,
    },
    store::{Db, StoreError, tables, tables::Peer},
};

const BEGUN: &[u8] = b"courier begun";
/// What was begun longer ago isn't gone on with.
const STALE: Millis = 7 * 24 * 3_600 * 1_000;

/// Numbers of one branch of a log, the last one included.
type Run = (LogId, u16, u64, u64);

/// What one part holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Share {
    /// Blocks that a recipient isn't known to hold.
    blocks: Vec<Run>,
    /// Those of which some have only the header.
    late: Vec<Run>,
    /// About how many bytes.
    pub bytes: u64,
    /// BLAKE3 of the file, once it was written.
    pub written: Option<[u8; 32]>,
}

impl Share {
    fn is_empty(&self) -> bool {
        self.blocks.is_empty() && self.late.is_empty()
    }

    /// Where its blocks lie, each after what it refers to.
    pub(super) fn places(&self, replica: &Replica) -> Vec<Place> {
        let range = |&(log, branch, seq, to): &Run| (Place { log, branch, seq }, to);
        let ranges: Vec<_> = self.blocks.iter().map(range).collect();
        let mut out = replica.tree().in_order(&ranges);
        let each = self
            .late
            .iter()
            .flat_map(|&(log, branch, from, to)| (from..=to).map(move |seq| Place { log, branch, seq }));
        out.extend(replica.by_worth(each.collect()));
        out
    }

    fn add(&mut self, piece: Piece) {
        self.bytes += piece.bytes;
        let to = if piece.late { &mut self.late } else { &mut self.blocks };
        for run in piece.runs {
            match to.iter_mut().rev().find(|r| (r.0, r.1) == (run.0, run.1)) {
                Some(r) if r.3 + 1 == run.2 => r.3 = run.3,
                _ => to.push(run),
            }
        }
    }
}

/// A set of bundles that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Begun {
    pub set: [u8; 16],
    /// When it was begun; files are called after it.
    pub at: Millis,
    /// Who can open them.
    pub to: Vec<DeviceId>,
    pub parts: Vec<Share>,
}

impl Begun {
    /// One that ended before its last part was written, for the same terminals.
    pub(super) fn before(db: &Db, to: &[DeviceId], now: Millis) -> Result<Option<Self>, StoreError> {
        let begun: Option<Self> = db.get(tables::META, BEGUN)?;
        Ok(begun.filter(|b| b.to == to && now.checked_sub(b.at).is_some_and(|age| age < STALE)))
    }

    /// Remembers how far it has come; nothing once all of it is written.
    pub(super) fn keep(&self, db: &mut Db) -> Result<(), StoreError> {
        let open = self.parts.len() > 1 && self.parts.iter().any(|p| p.written.is_none());
        match open {
            true => db.put(tables::META, BEGUN, Some(self)),
            false => Self::forget(db),
        }
    }

    fn forget(db: &mut Db) -> Result<(), StoreError> {
        match db.get::<Self>(tables::META, BEGUN)? {
            Some(_) => db.put::<Self>(tables::META, BEGUN, None),
            None => Ok(()),
        }
    }
}

/// What the recipients are not known to hold, together: the lowest acknowledged head of each log.
fn behind(db: &Db, replica: &Replica, me: DeviceId) -> Result<Vec<Dep>, StoreError> {
    let mut lowest: Option<Vec<Dep>> = None;
    for d in others(replica, me) {
        let peer: Peer = db.get(tables::PEERS, &d.request.keys.endpoint)?.unwrap_or_default();
        // Of a forked log nobody knows who has which branch: all of it goes along.
        let once = |d: &&Dep| peer.holds.iter().filter(|x| x.log == d.log).count() == 1;
        let peer = Peer { holds: peer.holds.iter().filter(once).copied().collect(), ..peer };
        lowest = Some(match lowest {
            None => peer.holds,
            Some(low) => low
                .into_iter()
                .filter_map(|l| {
                    let p = peer.holds.iter().find(|p| p.log == l.log)?;
                    Some(if p.seq < l.seq { *p } else { l })
                })
                .collect(),
        });
    }
    Ok(lowest.unwrap_or_default())
}

/// Blocks whose payload some recipient lacks and wants, as far as is known. Those who want only some get theirs when they
/// are met: what is whose takes longer to tell than a stick to fill.
fn lacked(db: &Db, replica: &Replica, me: DeviceId) -> Result<Gaps, StoreError> {
    let mut out = Gaps::default();
    for d in others(replica, me) {
        let peer: Peer = db.get(tables::PEERS, &d.request.keys.endpoint)?.unwrap_or_default();
        if peer.wants.everything() {
            out.extend(&peer.waits);
        }
    }
    Ok(out)
}

/// Everything for the others, in parts of about `most` bytes; `most` is told how many there are together.
pub(super) fn divide(db: &Db, me: DeviceId, most: impl FnOnce(u64) -> u64) -> Result<Vec<Share>, StoreError> {
    let replica = db.replica();
    let blocks = replica.plan(&behind(db, replica, me)?);
    // What they have only the headers of comes after all headers.
    let late = replica.by_worth(replica.offers(&lacked(db, replica, me)?));
    let wholes = [weigh(replica, &blocks, false), weigh(replica, &late, true)];
    let total: u64 = wholes.iter().map(|w| w.bytes).sum();
    let most = most(total).max(total.div_ceil(u64::from(MAX_PARTS) / 2));
    let mut out = vec![Share::default()];
    for (piece, places) in wholes.into_iter().zip([&blocks, &late]) {
        fill(replica, (piece, places), most, &mut out);
    }
    out.retain(|s| !s.is_empty());
    if out.is_empty() {
        // What this terminal holds is a receipt, and worth a stick.
        out.push(Share::default());
    }
    Ok(out)
}

/// Some blocks of a plan.
struct Piece {
    runs: Vec<Run>,
    bytes: u64,
    late: bool,
}

fn weigh(replica: &Replica, places: &[Place], late: bool) -> Piece {
    let mut logs: BTreeMap<(LogId, u16), Vec<u64>> = BTreeMap::new();
    places.iter().for_each(|p| logs.entry((p.log, p.branch)).or_default().push(p.seq));
    let mut piece = Piece { runs: Vec::new(), bytes: 0, late };
    for ((log, branch), mut all) in logs {
        all.sort_unstable();
        for run in all.chunk_by(|a, b| a + 1 == *b) {
            // A run has at least one.
            let (seq, to) = (run[0], run[run.len() - 1]);
            piece.bytes += replica.tree().weight((Place { log, branch, seq }, to));
            piece.runs.push((log, branch, seq, to));
        }
    }
    piece
}

/// Puts a piece into the last part, or halves of it where it is too large to be cut where a part ends.
fn fill(replica: &Replica, (piece, places): (Piece, &[Place]), most: u64, out: &mut Vec<Share>) {
    let room = most.saturating_sub(out.last().map_or(0, |s| s.bytes));
    let fits = piece.bytes <= room;
    if fits || places.len() <= 1 || piece.bytes <= most / 16 {
        if !fits {
            out.push(Share::default());
        }
        if let Some(last) = out.last_mut() {
            last.add(piece);
        }
        return;
    }
    let late = piece.late;
    for half in [&places[..places.len() / 2], &places[places.len() / 2..]] {
        fill(replica, (weigh(replica, half, late), half), most, out);
    }
}
