//! Orders to destroy a patient's keys, and how far they have come.
//!
//! Wraps are deleted as soon as a terminal learns of an order. Its receipt is signed once the whole store was sealed anew
//! under another master key: pages that the database gave up would keep them. That takes the store for a while, so it
//! waits until nobody works here, or until somebody asks for it.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Node,
    api::{Change, ErasedHere, ErasureRow, Fault, FaultKind, Saved, Who},
    archive::is_held,
    backup,
    checking::policies,
    clock,
    device::Device,
    locked,
    people::certified,
    records::{custodians, saved},
    rights::{rights_block, said},
};
use crate::{
    core::{
        block::MAX_PAYLOAD,
        codec,
        id::{DeviceId, PatientId},
        policy::Action,
        rights::{
            Deed, Entry, Erased, ErasureOrder, ErasureReason, MAX_ENTRIES, MAX_NAMED, MAX_REFERENCE, Progress,
        },
    },
    store::{Beside, Db, OwedReceipt, StoreError},
};

/// How long nobody must have worked here before the store is sealed anew by itself.
const QUIET: Duration = Duration::from_secs(120);

/// Every order that counts by the policy in force, oldest last.
fn orders(db: &Db) -> Vec<Progress> {
    let replica = db.replica();
    // Without a policy nothing is an order.
    policies(replica.governance()).map_or_else(|_| Vec::new(), |p| replica.erasures(&p))
}

/// Deletes the wraps that orders reach and that are here.
pub(super) fn carry_out(db: &mut Db, device: &Device) -> Result<(), StoreError> {
    // A terminal that isn't certified yet has no log to repeat others' keys in, and nobody who waits for its receipt.
    let Ok(author) = certified(db, device) else { return Ok(()) };
    let Ok(policies) = policies(db.replica().governance()) else { return Ok(()) };
    db.carry_out(&policies, (device.org_id(), author.author()), clock::now(), &mut rand::rng())
}

/// Receipts that may be given once the store is sealed anew.
fn ready(db: &Db) -> Result<Vec<OwedReceipt>, StoreError> {
    policies(db.replica().governance()).map_or_else(|_| Ok(Vec::new()), |p| db.receipts_due(&p))
}

/// Signs the receipts of what was destroyed before the store was sealed anew.
fn give(db: &mut Db, device: &Device, given: &[OwedReceipt]) -> Result<u64, StoreError> {
    let author = certified(db, device)?;
    let backups = backup::made(db)?;
    let mut entries = Vec::new();
    for o in given {
        let blocks: Vec<_> = o.blocks.iter().copied().collect();
        let mut some: Vec<&[_]> = blocks.chunks(MAX_NAMED).collect();
        if some.is_empty() {
            some.push(&[]);
        }
        entries.extend(some.into_iter().map(|blocks| {
            let (order, patient, wraps, blocks) = (o.order, o.patient, o.wraps, blocks.to_vec());
            Entry::Did(Deed::Erased(Erased { order, patient, wraps, blocks, backups }))
        }));
    }
    let mut rest = db.owed_receipts()?;
    rest.retain(|o| !given.contains(o));
    // A block holds a bounded number of entries, and of bytes: one with as many names as it may goes alone.
    let mut contents = Vec::new();
    let mut some = Vec::new();
    for e in entries {
        some.push(e);
        let full = codec::encode(&some).len() + MAX_NAMED * 32 > MAX_PAYLOAD;
        if full || some.len() == MAX_ENTRIES {
            contents.push(rights_block(std::mem::take(&mut some)));
        }
    }
    if !some.is_empty() {
        contents.push(rights_block(some));
    }
    let beside = Beside { rows: vec![Db::owed_row(&rest)], ..Beside::default() };
    author.write(db, contents, &beside)?;
    Ok(given.len() as u64)
}

fn rows(db: &Db, me: DeviceId) -> Result<Vec<ErasureRow>, StoreError> {
    let g = db.replica().governance();
    let all = orders(db);
    let owed: BTreeSet<_> = db.owed_receipts()?.iter().map(|o| o.order).collect();
    let mut waits = BTreeSet::new();
    for p in &all {
        if !db.left_by(p)?.is_empty() {
            waits.insert(p.order);
        }
    }
    let names = |all: &BTreeSet<DeviceId>| {
        let name = |d: &DeviceId| match g.device(*d) {
            Some(c) => format!("{} ({})", c.request.name, g.org_name(c.org)),
            None => d.short(),
        };
        all.iter().map(name).collect::<Vec<_>>()
    };
    Ok(all
        .into_iter()
        .map(|p| ErasureRow {
            order: p.order,
            patient: p.what.patient,
            org: g.org_name(p.by),
            at: p.at,
            reason: p.what.reason,
            reference: p.what.reference.clone(),
            done: names(&p.done),
            waiting: names(&p.waiting),
            orgs: (p.orgs_done, p.quorum),
            backups: p.backups,
            here: match () {
                () if waits.contains(&p.order) => ErasedHere::Waits,
                () if owed.contains(&p.order) => ErasedHere::Deleted,
                () if p.done.contains(&me) => ErasedHere::Done,
                () => ErasedHere::NotYet,
            },
        })
        .collect())
}

fn keeps(db: &Db, device: &Device, patient: PatientId) -> Result<bool, StoreError> {
    Ok(custodians(db, patient)?.contains(&device.org_id()))
}

impl Node {
    /// Orders that a patient's keys be destroyed (admin, after their PIN).
    pub(super) async fn erase(
        &self,
        who: &Who,
        patient: PatientId,
        reason: ErasureReason,
        reference: String,
    ) -> Result<Saved, Fault> {
        self.require_proven(who.role, Action::Erase).await?;
        let reference = reference.trim().to_owned();
        if reference.chars().count() > MAX_REFERENCE || reference.chars().any(char::is_control) {
            return Err(Fault::new(
                FaultKind::Usage,
                format!("a file number has at most {MAX_REFERENCE} characters; no names: all members see it"),
            ));
        }
        if reason == ErasureReason::Court && reference.is_empty() {
            return Err(Fault::new(FaultKind::Usage, "give the court's file number with --reference"));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            if !keeps(db, &device, patient)? {
                return Ok(None);
            }
            if is_held(db, &device, patient) {
                return Err(StoreError::Refused(
                    "this patient's records are held: nothing of them may be destroyed before 'aidpost archive release'".into(),
                ));
            }
            let consortium = db.replica().governance().consortium();
            let order = Deed::Erase(ErasureOrder { patient, reason, reference });
            let content = rights_block(vec![said(&staff, consortium, &order)]);
            Ok(certified(db, &device)?.write(db, vec![content], &Beside::default())?.pop())
        });
        let (head, bytes) = written.await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Conflict,
                "this organisation keeps no record of that patient: the one that does orders it",
            )
        })?;
        open.follow_up().await?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Seals the store anew and signs the receipts that are owed; how many. [`Node::keep_meeting`] does it when nobody has
    /// worked here for a while.
    ///
    /// # Errors
    /// Sealed, or the store can't be written: they stay owed.
    pub async fn give_receipts(self: &Arc<Self>) -> Result<u64, Fault> {
        let open = self.opened().await?;
        let (owed, traces) =
            open.store.call(|db| Ok((ready(db)?, db.owed_receipts()?.iter().any(|o| o.wraps > 0)))).await?;
        if owed.is_empty() {
            return Ok(0);
        }
        // What was never here left no trace. A block that two orders reach is counted by one of them.
        if traces {
            self.reseal().await?;
        }
        let device = locked(&open.device).clone();
        let given = open.store.call(move |db| give(db, &device, &owed)).await?;
        self.announce(Change::Ledger);
        Ok(given)
    }

    /// The same for an admin who doesn't want to wait for a quiet moment.
    pub(super) async fn carry_out_erasures(self: &Arc<Self>, admin: &Who) -> Result<u64, Fault> {
        self.require_proven(admin.role, Action::Erase).await?;
        self.opened().await?.follow_up().await?;
        self.give_receipts().await
    }

    /// Somebody works here.
    pub(super) fn is_used(&self) {
        *locked(&self.used) = Some(Instant::now());
    }

    /// Nobody has worked here for a while.
    pub(super) fn is_quiet(&self) -> bool {
        locked(&self.used).is_none_or(|at| at.elapsed() >= QUIET)
    }

    /// Every order that counts, with its receipts and who has not been heard from.
    pub(super) async fn erasures(&self) -> Result<Vec<ErasureRow>, Fault> {
        let open = self.opened().await?;
        let me = locked(&open.device).id();
        Ok(open.store.call(move |db| rows(db, me)).await?)
    }
}
