//! The ledger as the screens show it, and checking it anew.

use super::{
    Node,
    api::{BlockRow, Fault, LedgerView, LogRow, OpenStatus, VerifyReport},
    clock,
    device::Device,
    estimate::Estimate,
    locked,
    sync::{only_here, peer_rows},
    waiting::waits,
};
use crate::{
    core::finality::{quorum, tolerated},
    store::{Db, StoreError, tables, tables::Peer},
};

/// The most blocks shown at once.
const MOST: u32 = 1_000;

fn view(db: &Db, device: &Device, newest: usize) -> Result<LedgerView, StoreError> {
    let replica = db.replica();
    let g = replica.governance();
    let here = only_here(db)?;
    let names = |log: crate::core::id::LogId| {
        let d = g.device(log.device);
        (
            d.map_or_else(|| log.to_string(), |d| d.request.name.clone()),
            d.map_or_else(String::new, |d| g.org_name(d.org)),
        )
    };
    let blocks = db
        .newest(newest)?
        .into_iter()
        .map(|s| {
            let h = &s.signed.header;
            let (device, org) = names(h.log);
            BlockRow {
                id: s.id,
                device,
                org,
                seq: h.seq,
                kind: h.kind,
                at: h.time.millis,
                bytes: h.payload_len,
                only_here: here.is_only_here(h.log, h.seq),
                held_by: here.holders(h.log, h.seq),
            }
        })
        .collect();
    let logs = replica
        .frontier()
        .iter()
        .map(|d| {
            let (device, org) = names(d.log);
            let last = replica.head(d.log).map_or(0, |h| h.time.millis);
            LogRow { device, org, blocks: d.seq + 1, last }
        })
        .collect();
    let forks = replica
        .forks()
        .map(|f| {
            let (device, org) = names(f.log);
            format!("{device} ({org}) wrote two different blocks with number {}: nothing it wrote from there gives permission", f.seq)
        })
        .collect();
    let n = g.orgs().count();
    let trust = match tolerated(n) {
        0 => format!(
            "{n} organisations: a lying organisation is found out, but not outvoted (that takes four)"
        ),
        f => {
            format!("{n} organisations: {f} may lie without harm, {} must agree to admit another", quorum(n))
        }
    };
    let doubts = super::trust::view(db, device)?;
    Ok(LedgerView { blocks, total: replica.len(), logs, forks, trust, doubts })
}

impl Node {
    pub(super) async fn ledger(&self, newest: u32) -> Result<LedgerView, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        Ok(open.store.call(move |db| view(db, &device, newest.min(MOST) as usize)).await?)
    }

    pub(super) async fn verify(&self) -> Result<VerifyReport, Fault> {
        let open = self.opened().await?;
        let told = self.checking.clone();
        let (_here, waits) = waits();
        let done = open.store.call(move |db| {
            let estimate = std::cell::RefCell::new(Estimate::default());
            let checked = db.verify_telling(&|p| {
                *locked(&told) = Some(estimate.borrow_mut().of(p, clock::steady()));
                waits.still()
            });
            *locked(&told) = None;
            checked
        });
        let c = done.await?;
        tracing::info!(pages = c.pages, blocks = c.blocks, damaged = c.damage.len(), "checked everything");
        Ok(VerifyReport { pages: c.pages, blocks: c.blocks, damage: c.damage })
    }

    pub(super) async fn open_status(&self) -> Option<OpenStatus> {
        let open = self.opened().await.ok()?;
        let device = locked(&open.device).clone();
        let enrolled = locked(&open.templates).people().count() as u32;
        let ticket = self.ticket().await.map(|t| t.to_string());
        let refused = self.refusals.list();
        let (rates, links) = (self.rates(), locked(&open.links).clone());
        let next_round = links.metered.and_then(|_| self.to_next_round());
        let status = open.store.call(move |db| {
            let g = db.replica().governance();
            let (quarantined, equivocations, gaps, clocks_wrong, withheld) = super::trust::counts(db);
            let peers = db.scan::<Peer>(tables::PEERS, &[])?;
            Ok(OpenStatus {
                equivocations,
                quarantined,
                gaps,
                clocks_wrong,
                withheld,
                waiting: db.replica().waiting() as u64,
                reviews_due: super::audits::reviews_due(db, &device),
                consortium: g.genesis().name.clone(),
                fingerprint: g.consortium(),
                demo: g.genesis().demo,
                org: device.org.name.clone(),
                org_id: device.org_id(),
                device: device
                    .cert
                    .as_ref()
                    .map_or_else(|| "not certified yet".into(), |c| c.request.name.clone()),
                device_id: device.id(),
                blocks: db.replica().len(),
                forks: db.replica().forks().count() as u64,
                only_here: only_here(db)?.count(),
                enrolled,
                peers: peers.len() as u32,
                last_met: peers.iter().filter_map(|(_, p)| p.last_met).max(),
                last_backup: super::backup::last(db)?,
                kit_printed: super::backup::kit_printed(db)?,
                written: db.replica().head(db.replica().log_of(device.id())).map_or(0, |h| h.time.millis),
                others_wrote: db.replica().moment(0).latest,
                refused,
                ticket,
                others: peer_rows(db, device.id(), &rates)?,
                links,
                next_round,
            })
        });
        status.await.ok()
    }
}
