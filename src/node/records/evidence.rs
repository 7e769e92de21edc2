//! What the ledger says about a record, as FHIR: who read it, who signed it, what the patient allows.

use std::collections::BTreeMap;

use super::{
    accesses::{own_readings, read_by},
    opening::Entry,
};
use crate::{
    core::{
        consent::{Effective, EmergencySummary},
        id::{BlockId, PatientId},
        json::Json,
    },
    fhir::{
        audit::{OwnSeen, Seen, event, own_event},
        consents,
        provenance::{Signed, provenance},
    },
    node::clock,
    store::{Db, StoreError},
};

/// Who read, oldest first; then when the patient did.
pub(super) fn accesses(db: &Db, patient: PatientId, subject: &str) -> Result<Vec<Json>, StoreError> {
    let g = db.replica().governance();
    let mut all = read_by(db, patient)?;
    all.sort_by_key(|a| (a.at, a.block, a.place));
    let events = all.iter().map(|a| {
        let seen = Seen {
            access: &a.access,
            exported: a.exported,
            block: a.block,
            place: a.place,
            at: a.at,
            staff: (a.author, g.staff_name(a.author)),
            org: g.staff(a.author).map_or_else(String::new, |s| g.org_name(s.org)),
            device: (a.device, g.device(a.device).map_or_else(String::new, |d| d.request.name.clone())),
        };
        event(g.consortium(), subject, &seen)
    });
    let mut out: Vec<Json> = events.collect();
    let own = own_readings(db, patient)?;
    out.extend(own.iter().rev().map(|r| {
        let device = (r.device, g.device(r.device).map_or_else(String::new, |d| d.request.name.clone()));
        own_event(g.consortium(), subject, &OwnSeen { block: r.block, place: r.place, at: r.at, device })
    }));
    Ok(out)
}

/// Who signed the entries that these resources come from; one Provenance a block.
pub(super) fn signatures(db: &Db, written: &[(&Entry, Vec<String>)]) -> Vec<Json> {
    let g = db.replica().governance();
    let mut blocks: BTreeMap<BlockId, (&Entry, Vec<String>)> = BTreeMap::new();
    for (e, urls) in written {
        blocks.entry(e.block).or_insert_with(|| (*e, Vec::new())).1.extend(urls.iter().cloned());
    }
    let signed = blocks.into_iter().map(|(block, (e, targets))| Signed {
        block,
        at: e.time.millis,
        staff: (e.author, g.staff_name(e.author)),
        org: (e.org, g.org_name(e.org)),
        signature: e.signature.to_bytes(),
        targets,
    });
    signed.map(|s| provenance(g.consortium(), &s)).collect()
}

/// What the patient allows, in force or ended.
pub(super) fn allowed(db: &Db, patient: PatientId, subject: &str) -> Vec<Json> {
    let replica = db.replica();
    let g = replica.governance();
    let effective = Effective::of(replica.consents(patient), replica);
    let mut all = effective.standings(replica.moment(clock::now()));
    all.sort_by_key(|s| (s.recorded, s.grant.id));
    let name = |o| g.org_name(o);
    let grants = all.iter().map(|s| consents::grant(g.consortium(), subject, s, name));
    let out = (effective.summary() == EmergencySummary::OptedOut)
        .then(|| consents::opted_out(g.consortium(), patient, subject));
    grants.chain(out).collect()
}
