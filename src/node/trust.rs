//! What of the ledger is doubtful, and adopting what was genuine.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Node,
    api::{ClockRow, DoubtRow, Fault, FaultKind, GapRow, MOST_DOUBTS, Saved, TrustView, Who},
    device::Device,
    locked,
    people::statements,
    records::saved,
};
use crate::{
    core::{
        block::Kind,
        branches::Place,
        governance::{Adoption, Statement},
        id::{BlockId, DeviceId, LogId, OrgId},
        ledger::Replica,
        policy::Action,
        suspension::MAX_ADOPTED,
        trust::Bracket,
    },
    store::{Db, StoreError, tables, tables::Stored},
};

/// Blocks of each log whose time is compared: the newest tell whether a clock is wrong now.
const CLOCKS: u64 = 64;

fn names(db: &Db, log: LogId) -> (String, String) {
    let g = db.replica().governance();
    let name = g.device(log.device).map_or_else(|| log.to_string(), |d| d.request.name.clone());
    let org = g.writer(log.device).map_or_else(String::new, |(o, _)| g.org_name(o));
    (name, org)
}

fn kind(db: &Db, p: Place) -> Result<Option<Kind>, StoreError> {
    Ok(db.get::<Stored>(tables::BLOCKS, &tables::key(p))?.map(|s| s.signed.header.kind))
}

/// Terminals, witnesses and organisations proven to say two things at once.
fn equivocations(db: &Db) -> Vec<String> {
    let replica = db.replica();
    let g = replica.governance();
    let witness = |key: &[u8; 32]| {
        let device = DeviceId::of_key(key);
        let (name, org) = names(db, LogId { device, incarnation: 0 });
        format!(
            "{name} ({org}) cosigned two histories that contradict each other: its witness lies or was copied"
        )
    };
    let mut out: Vec<String> = replica.conflicts().iter().map(|c| witness(&c.witness)).collect();
    out.extend(g.decisions().equivocations().map(|(org, _)| {
        format!("{} approved two proposals in one round: both approvals are the proof", g.org_name(org))
    }));
    out.sort();
    out.dedup();
    out
}

/// Logs of which some witness cosigned more than is held here: not come yet, or withheld.
fn gaps(db: &Db) -> Vec<GapRow> {
    let replica = db.replica();
    known_elsewhere(replica)
        .into_iter()
        .map(|(log, (known, by))| {
            let (device, org) = names(db, log);
            let held = replica.head(log).map_or(0, |h| h.seq + 1);
            GapRow { device, org, held, known, by: replica.governance().org_name(by) }
        })
        .collect()
}

/// How many blocks of a log some witness cosigned, where that is more than is held here, and whose witness.
pub(super) fn known_elsewhere(replica: &Replica) -> BTreeMap<LogId, (u64, OrgId)> {
    let mut most: BTreeMap<LogId, (u64, OrgId)> = BTreeMap::new();
    for (witness, d) in replica.votes().missing(replica.tree()) {
        let Some((org, _)) = replica.governance().writer(DeviceId::of_key(&witness)) else { continue };
        let seen = most.entry(d.log).or_insert((0, org));
        if d.seq >= seen.0 {
            *seen = (d.seq + 1, org);
        }
    }
    most
}

/// Terminals whose newest blocks can't have been written when they say.
fn clocks(db: &Db) -> Vec<ClockRow> {
    let replica = db.replica();
    let mut out = Vec::new();
    for log in replica.tree().logs() {
        let Some(head) = replica.head(log) else { continue };
        let newest = (head.seq.saturating_sub(CLOCKS)..=head.seq).rev();
        let wrong: Vec<Bracket> = newest
            .filter_map(|seq| replica.bracket(Place { log, branch: 0, seq }))
            .filter(Bracket::clock_is_wrong)
            .collect();
        if let Some(time) = wrong.first() {
            let (device, org) = names(db, log);
            out.push(ClockRow { device, org, blocks: wrong.len() as u64, time: *time });
        }
    }
    out
}

/// Everything doubtful.
pub(super) fn view(db: &Db, device: &Device) -> Result<TrustView, StoreError> {
    let replica = db.replica();
    let mut all: Vec<_> = replica.quarantine().collect();
    all.sort_by_key(|(_, p, _)| std::cmp::Reverse(replica.tree().time(*p)));
    let quarantined = all.len() as u64;
    let mut quarantine = Vec::new();
    for (id, p, doubt) in all.into_iter().take(MOST_DOUBTS) {
        let (Some(kind), Some(time)) = (kind(db, p)?, replica.bracket(p)) else { continue };
        let (name, org) = names(db, p.log);
        let ours = replica.governance().writer(p.log.device).is_some_and(|(o, _)| o == device.org_id());
        quarantine.push(DoubtRow { id, device: name, org, seq: p.seq, kind, doubt, time, ours });
    }
    Ok(TrustView {
        equivocations: equivocations(db),
        quarantine,
        quarantined,
        gaps: gaps(db),
        withheld: replica.withheld().count() as u64,
        clocks: clocks(db),
    })
}

/// The same in numbers, for a status line.
pub(super) fn counts(db: &Db) -> (u64, u64, u64, u64, u64) {
    let quarantined = db.replica().quarantine().count() as u64;
    let withheld = db.replica().withheld().count() as u64;
    (quarantined, equivocations(db).len() as u64, gaps(db).len() as u64, clocks(db).len() as u64, withheld)
}

impl Node {
    /// A clinician countersigns quarantined blocks of their own organisation: they are believed again.
    pub(super) async fn adopt(&self, who: &Who, blocks: Vec<BlockId>) -> Result<Saved, Fault> {
        self.require_proven(who.role, Action::Adopt).await?;
        let blocks: BTreeSet<BlockId> = blocks.into_iter().collect();
        if blocks.is_empty() || blocks.len() > MAX_ADOPTED {
            return Err(Fault::new(FaultKind::Usage, format!("name 1 to {MAX_ADOPTED} blocks")));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let wanted: Vec<BlockId> = blocks.into_iter().collect();
        let made = open.store.call(move |db| {
            let replica = db.replica();
            for id in &wanted {
                let own = |p: Place| {
                    replica.governance().writer(p.log.device).is_some_and(|(o, _)| o == device.org_id())
                };
                match replica.place(*id) {
                    Some(p) if own(p) && replica.doubt(p).is_some() => {}
                    _ => return Ok(Err(id.short())),
                }
            }
            let consortium = replica.governance().consortium();
            Ok(Ok(Adoption::new(consortium, wanted, &staff)))
        });
        let adoption = made.await?.map_err(|id| {
            Fault::new(
                FaultKind::Usage,
                format!("{id} is no block of this organisation in quarantine: 'aidpost ledger show' lists those that are"),
            )
        })?;
        let heads = open.append(vec![statements(vec![Statement::Adopt(adoption)])]).await?;
        let (head, bytes) =
            heads.last().copied().ok_or_else(|| Fault::new(FaultKind::Failed, "nothing was written"))?;
        self.announce(super::api::Change::Ledger);
        Ok(saved(&head, bytes))
    }
}
