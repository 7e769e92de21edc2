//! Opening sealed blocks part by part: by who wrote them, and by compartment.

use super::{
    api::VisitRow,
    device::Device,
    records::{Entry, open_block},
    sync::only_here,
};
use crate::{
    core::{
        block::{Kind, MAX_PAYLOAD},
        codec,
        id::{OrgId, PatientId},
        keys::{PatientKeyId, Sealed, SealedRecords},
        record::{Body, Compartment, Patient},
    },
    store::{Db, StoreError, tables},
    vault::{
        Secret,
        keytree::{Exchange, open_patient_key},
    },
};

/// One patient key, if some wrap of it opens for this organisation.
pub(super) fn patient_key(
    db: &Db,
    id: &PatientKeyId,
    org: OrgId,
    org_keys: &[Exchange],
) -> Result<Option<Secret>, StoreError> {
    let consortium = db.replica().governance().consortium();
    let prefix = tables::wrap_prefix(id.patient, org, Some((id.compartment, Some(id.epoch))));
    let wraps = db.scan::<Sealed>(tables::PATIENT_WRAPS, &prefix)?;
    Ok(wraps
        .iter()
        .flat_map(|(_, s)| org_keys.iter().map(move |k| (s, k)))
        .find_map(|(s, k)| open_patient_key(consortium, *id, org, k, s).ok()))
}

/// Under which key each block of records of a patient is sealed, with who wrote it.
pub(super) fn keys_in_use(
    db: &Db,
    patient: PatientId,
    kind: Kind,
) -> Result<Vec<(OrgId, PatientKeyId)>, StoreError> {
    let mut out = Vec::new();
    for (log, seq) in db.about(patient, kind)? {
        let Some(org) = db.replica().governance().device(log.device).map(|d| d.org) else { continue };
        // What is damaged is named where it is read.
        let Ok(Some(b)) = db.block(log, seq) else { continue };
        if let Ok(s) = codec::decode::<SealedRecords>(&b.payload.bytes, MAX_PAYLOAD) {
            out.push((org, s.key));
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// Everything of a patient that this organisation's keys open and `allowed` lets through, and what could not be opened.
pub(super) fn open_where(
    db: &Db,
    device: &Device,
    patient: PatientId,
    allowed: impl Fn(OrgId, Compartment) -> bool,
) -> Result<(Vec<Entry>, Vec<String>), StoreError> {
    let org_keys = device.org_keys(db)?;
    let (mut out, mut bad) = (Vec::new(), Vec::new());
    for (log, seq) in db.about(patient, Kind::Records)? {
        let Some(writer) = db.replica().governance().device(log.device).map(|d| d.org) else { continue };
        let name = |why: &str| format!("block {seq} of log {log} {why}");
        let sealed = match db.block(log, seq) {
            Ok(Some(b)) => codec::decode::<SealedRecords>(&b.payload.bytes, MAX_PAYLOAD).ok(),
            Ok(None) => None,
            Err(StoreError::Damaged(what)) => {
                bad.push(name(&format!("is damaged: {what}")));
                continue;
            }
            Err(e) => return Err(e),
        };
        // Of what may not be opened not even the existence is told.
        if !sealed.is_some_and(|s| allowed(writer, s.key.compartment)) {
            continue;
        }
        match open_block(db, log, seq, device.org_id(), &org_keys)? {
            Ok(e) => out.extend(e),
            Err(why) => bad.push(name(&why)),
        }
    }
    Ok((out, bad))
}

/// Who the patient is by these entries: as the first of `orgs` says that says anything.
pub(super) fn person(entries: &[Entry], orgs: &[OrgId]) -> Option<Patient> {
    let said = |org: &OrgId| {
        entries.iter().filter(|e| e.org == *org).find_map(|e| match &e.record.body {
            Body::Patient(p) => Some(p.clone()),
            _ => None,
        })
    };
    orgs.iter().find_map(said)
}

/// The visits among entries, newest first.
pub(super) fn visits(db: &Db, entries: Vec<Entry>) -> Result<Vec<VisitRow>, StoreError> {
    let here = only_here(db)?;
    let g = db.replica().governance();
    let mut out = Vec::new();
    for e in entries {
        if let Body::Visit { encounter, observations } = e.record.body {
            out.push(VisitRow {
                at: encounter.at,
                reason: encounter.reason,
                note: encounter.note,
                observations,
                author: g.staff_name(e.author),
                org: g.org_name(e.org),
                block: db.block_id(e.log, e.seq)?,
                only_here: here.is_only_here(e.log, e.seq),
            });
        }
    }
    out.sort_by_key(|v| std::cmp::Reverse(v.at));
    Ok(out)
}
