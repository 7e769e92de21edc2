//! Orders to destroy a patient's keys, and how far they have come.
//!
//! A terminal signs its receipt only after the wraps were deleted and the whole store was sealed anew: pages that the
//! database gave up would keep them. That sealing is not in this version, so no receipt is signed and nothing is deleted:
//! the order stands on the ledger and waits.

use std::collections::BTreeSet;

use super::{
    Node,
    api::{Change, ErasureRow, Fault, FaultKind, Saved, Who},
    archive::is_held,
    checking::policies,
    device::Device,
    locked,
    people::certified,
    records::{custodians, saved},
    rights::{rights_block, said},
};
use crate::{
    core::{
        id::{DeviceId, OrgId, PatientId},
        policy::Action,
        rights::{Deed, ErasureOrder, ErasureReason, MAX_REFERENCE},
    },
    store::{Beside, Db, StoreError, tables},
};

/// The organisations that keys of a patient were wrapped to, as far as this terminal knows, with the one that orders.
fn holders(db: &Db, patient: PatientId, by: OrgId) -> Result<BTreeSet<OrgId>, StoreError> {
    let mut out = BTreeSet::from([by]);
    for (k, _) in db.scan::<crate::core::keys::Sealed>(tables::PATIENT_WRAPS, &patient.0)? {
        out.extend(k.get(16..32).and_then(|o| o.try_into().ok()).map(OrgId));
    }
    Ok(out)
}

fn rows(db: &Db) -> Result<Vec<ErasureRow>, StoreError> {
    let replica = db.replica();
    let g = replica.governance();
    // Without a policy nothing is an order.
    let Ok(policies) = policies(g) else { return Ok(Vec::new()) };
    let failed = std::cell::Cell::new(None);
    let all = replica.erasures(&policies, |o, by| {
        holders(db, o.patient, by).unwrap_or_else(|e| {
            failed.set(Some(e));
            BTreeSet::new()
        })
    });
    if let Some(e) = failed.take() {
        return Err(e);
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
                FaultKind::Usage,
                "this organisation keeps no record of that patient: the one that does orders it",
            )
        })?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Every order that counts, with its receipts and who has not been heard from.
    pub(super) async fn erasures(&self) -> Result<Vec<ErasureRow>, Fault> {
        let open = self.opened().await?;
        Ok(open.store.call(|db| rows(db)).await?)
    }
}
