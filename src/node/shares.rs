//! Extracts, counts and claims: decided by policy and consent for each patient, recorded, and only then handed out.

use std::{collections::BTreeSet, sync::Arc};

use ed25519_dalek::SigningKey;

use super::{
    Node,
    api::{ClaimView, CountsTable, ExtractFile, Fault, FaultKind, Layout, ShareAsk, Who, Working},
    asked,
    checking::decide_by,
    clock, denied,
    device::Device,
    locked,
    people::certified,
    records::{Entry, custodians, entries, person, visits},
    rights::{access, audit_block, rights_block, said},
    waiting::{Waits, waits},
};
use crate::{
    core::{
        audit::{Access, AuditEntry},
        block::Kind,
        codec,
        consent::Effective,
        governance::Role,
        id::{BlockId, GrantId, OrgId, PatientId, hash32},
        policy::Decision,
        record::Compartment,
        rights::{Deed, Disclosure, Shared},
        share::{Subject, counts::Table, extract},
        time::Millis,
    },
    store::{Beside, Content, Db, StoreError},
    vault::Secret,
};

/// The most access entries of one block.
const BATCH: usize = 128;
/// The most grants that one access entry names.
const MOST_GRANTS: usize = 8;

/// What one patient's consent and the policy let somebody take.
struct Allowed {
    /// Whose records, and which parts of them.
    what: BTreeSet<(OrgId, Compartment)>,
    grants: Vec<GrantId>,
    because: BTreeSet<String>,
}

impl Allowed {
    fn custodians(&self) -> Vec<OrgId> {
        let all: BTreeSet<OrgId> = self.what.iter().map(|(o, _)| *o).collect();
        all.into_iter().collect()
    }

    fn parts(&self) -> Vec<Compartment> {
        let all: BTreeSet<Compartment> = self.what.iter().map(|(_, c)| *c).collect();
        all.into_iter().collect()
    }
}

/// Who takes it.
#[derive(Clone, Copy)]
struct Taker {
    org: OrgId,
    role: Role,
}

/// Asks policy and consent about every organisation's records of one patient, part by part.
fn ask(
    db: &Db,
    patient: PatientId,
    t: Taker,
    what: Shared,
    parts: &[Compartment],
    now: Millis,
) -> Result<(Allowed, Option<Decision>), StoreError> {
    let replica = db.replica();
    let (effective, moment) = (Effective::of(replica.consents(patient), replica), replica.moment(now));
    let mut out = Allowed { what: BTreeSet::new(), grants: Vec::new(), because: BTreeSet::new() };
    let mut no = None;
    for custodian in custodians(db, patient)? {
        for part in parts {
            let grants = effective.allowing(custodian, (t.org, t.role), what.purpose(), *part, moment);
            let ask = asked(t.role, what.action(), what.purpose(), custodian == t.org, !grants.is_empty());
            let d = decide_by(replica.governance(), &ask);
            if d.allow {
                out.what.insert((custodian, *part));
                out.grants.extend(grants);
                out.because.extend(d.reasons);
            } else {
                no = Some(d);
            }
        }
    }
    out.grants.sort();
    out.grants.dedup();
    Ok((out, no))
}

fn subject(db: &Db, id: PatientId, entries: &[Entry], orgs: &[OrgId]) -> Result<Subject, StoreError> {
    // Of two versions that were written at once, one: neither is counted twice.
    let mut seen = BTreeSet::new();
    let visits = visits(db, None, id, entries)?
        .into_iter()
        .filter(|v| seen.insert(v.record))
        .filter_map(|v| Some((Millis::try_from(v.at).ok()?, v.observations)))
        .collect();
    Ok(Subject { id, patient: person(entries, orgs), visits })
}

/// What is being done meanwhile, for [`Working`].
const TAKING: &str = "taking out";

/// Everything that is taken, with what must be on the ledger before.
struct Taken {
    subjects: Vec<Subject>,
    accesses: Vec<Access>,
    because: BTreeSet<String>,
}

/// Takes it, and tells of how many patients it has looked, and of how many it will.
fn take(
    db: &Db,
    device: &Device,
    t: Taker,
    (what, q): (Shared, &ShareAsk),
    tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
) -> Result<Taken, StoreError> {
    let now = clock::now();
    let mut out = Taken { subjects: Vec::new(), accesses: Vec::new(), because: BTreeSet::new() };
    let all = db.patients()?;
    let total = all.len() as u64;
    for (done, patient) in all.into_iter().enumerate() {
        tell(done as u64, total)?;
        let (allowed, _) = ask(db, patient, t, what, &q.compartments, now)?;
        if allowed.what.is_empty() {
            continue;
        }
        let (entries, _) = entries(db, device, patient, |o, c| allowed.what.contains(&(o, c)))?;
        let orgs = allowed.custodians();
        let s = subject(db, patient, &entries, &orgs)?.within(q.from, q.until);
        if s.visits.is_empty() {
            continue;
        }
        out.accesses.push(Access {
            patient,
            purpose: what.purpose(),
            compartments: allowed.parts(),
            custodians: orgs,
            grants: allowed.grants.into_iter().take(MOST_GRANTS).collect(),
            allowed: true,
        });
        out.because.extend(allowed.because);
        out.subjects.push(s);
    }
    Ok(out)
}

/// Puts the decision and every patient's access entry on the ledger, in one durable transaction.
fn record(
    db: &mut Db,
    device: &Device,
    staff: &SigningKey,
    accesses: &[Access],
    deed: Disclosure,
) -> Result<BlockId, StoreError> {
    let consortium = db.replica().governance().consortium();
    let signed: Vec<AuditEntry> = accesses.iter().map(|a| access(staff, consortium, a)).collect();
    let mut contents: Vec<(Kind, Content)> = signed.chunks(BATCH).map(|c| audit_block(c.to_vec())).collect();
    contents.push(rights_block(vec![said(staff, consortium, &Deed::Disclosure(deed))]));
    let heads = certified(db, device)?.write(db, contents, &Beside::default())?;
    heads.last().map(|(h, _)| h.id).ok_or(StoreError::Closed)
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    hash32("aidpost v0 handed out", &[bytes])
}

fn deed(what: Shared, q: &ShareAsk, rows: usize, handed_out: &[u8]) -> Disclosure {
    Disclosure {
        what,
        patient: None,
        patients: None,
        compartments: q.compartments.clone(),
        from: q.from,
        until: q.until,
        rows: u32::try_from(rows).unwrap_or(u32::MAX),
        digest: digest(handed_out),
    }
}

/// Nothing may be taken: the policy's own words for somebody who has every consent, or else that none is there.
fn nothing(db: &Db, t: Taker, what: Shared) -> Fault {
    let best =
        decide_by(db.replica().governance(), &asked(t.role, what.action(), what.purpose(), true, true));
    match best.allow {
        false => denied(&best),
        true => Fault::new(
            FaultKind::Conflict,
            "nothing to hand out: no patient's record of that period may be opened here for this",
        ),
    }
}

fn checked(q: &ShareAsk) -> Result<(), Fault> {
    let known = |c: &Compartment| Compartment::ALL.iter().any(|(x, _)| x == c);
    if q.compartments.is_empty() || !q.compartments.iter().all(known) {
        return Err(Fault::new(FaultKind::Usage, "say which parts of the record are meant"));
    }
    match (q.from, q.until) {
        (Some(f), Some(u)) if u <= f => {
            Err(Fault::new(FaultKind::Usage, "the period ends before it begins: check the two dates"))
        }
        _ => Ok(()),
    }
}

impl Node {
    /// Says how far it is to whoever asks, until it ends; and ends it once nobody waits for it any more.
    fn telling<T>(
        &self,
        waits: &Waits,
        take: impl FnOnce(&dyn Fn(u64, u64) -> Result<(), StoreError>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let taken = take(&|done, total| {
            self.work(Some(Working { what: TAKING.into(), done, total }));
            waits.still()
        });
        self.work(None);
        taken
    }

    /// A de-identified extract for research, of every patient whose consent allows it.
    pub(super) async fn extract(self: &Arc<Self>, who: &Who, q: ShareAsk) -> Result<ExtractFile, Fault> {
        checked(&q)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let t = Taker { org: device.org_id(), role: who.role };
        let (_here, waits) = waits();
        let node = self.clone();
        let done = open.store.call(move |db| {
            let taken = node.telling(&waits, |tell| take(db, &device, t, (Shared::Extract, &q), tell))?;
            if taken.subjects.is_empty() {
                return Ok(Err(nothing(db, t, Shared::Extract)));
            }
            // Drawn for this extract and dropped with it.
            let key = Secret::random(&mut rand::rng());
            let rows = extract::extract(&taken.subjects, key.expose());
            let csv = extract::csv(&rows);
            let patients = taken.subjects.len() as u32;
            let deed = Disclosure {
                patients: Some(patients),
                ..deed(Shared::Extract, &q, rows.len(), csv.as_bytes())
            };
            let recorded = record(db, &device, &staff, &taken.accesses, deed)?;
            let because = taken.because.into_iter().collect();
            Ok(Ok(ExtractFile { csv, patients, rows: rows.len() as u32, recorded, because }))
        });
        let done = done.await;
        self.work(None);
        let file = done?;
        self.announce(super::api::Change::Ledger);
        file
    }

    /// Counts for a health bureau, small cells suppressed.
    pub(super) async fn counts(
        self: &Arc<Self>,
        who: &Who,
        q: ShareAsk,
        layout: Layout,
    ) -> Result<CountsTable, Fault> {
        checked(&q)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let t = Taker { org: device.org_id(), role: who.role };
        let (_here, waits) = waits();
        let node = self.clone();
        let done = open.store.call(move |db| {
            let taken = node.telling(&waits, |tell| take(db, &device, t, (Shared::Counts, &q), tell))?;
            if taken.subjects.is_empty() {
                return Ok(Err(nothing(db, t, Shared::Counts)));
            }
            let Some(table) = Table::count(&taken.subjects, layout.rows, layout.columns).publish() else {
                return Ok(Err(Fault::new(
                    FaultKind::Conflict,
                    "too few patients: any table of them would tell who they are; take a longer period or fewer rows",
                )));
            };
            let deed = deed(Shared::Counts, &q, table.rows.len(), &codec::encode(&table));
            let recorded = record(db, &device, &staff, &taken.accesses, deed)?;
            Ok(Ok(CountsTable { table, recorded, because: taken.because.into_iter().collect() }))
        });
        let done = done.await;
        self.work(None);
        let counts = done?;
        self.announce(super::api::Change::Ledger);
        counts
    }

    /// What a claim is about: the parts and the period that consent opens for payment. A refusal is recorded too.
    pub(super) async fn claim(&self, who: &Who, patient: PatientId, q: ShareAsk) -> Result<ClaimView, Fault> {
        checked(&q)?;
        if q.from.is_none() || q.until.is_none() {
            return Err(Fault::new(
                FaultKind::Usage,
                "a claim has a period: give its first day and its last",
            ));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let t = Taker { org: device.org_id(), role: who.role };
        let done = open.store.call(move |db| {
            let all = custodians(db, patient)?;
            if all.is_empty() {
                return Ok(Err(super::emergency::unknown(patient)));
            }
            let (allowed, no) = ask(db, patient, t, Shared::Claim, &q.compartments, clock::now())?;
            let yes = !allowed.what.is_empty();
            let read = Access {
                patient,
                purpose: Shared::Claim.purpose(),
                compartments: if yes { allowed.parts() } else { q.compartments.clone() },
                custodians: if yes { allowed.custodians() } else { all },
                grants: allowed.grants.iter().take(MOST_GRANTS).copied().collect(),
                allowed: yes,
            };
            if let (false, Some(no)) = (yes, no) {
                let consortium = db.replica().governance().consortium();
                let content = audit_block(vec![access(&staff, consortium, &read)]);
                certified(db, &device)?.write(db, vec![content], &Beside::default())?;
                return Ok(Err(denied(&no)));
            }
            let orgs = allowed.custodians();
            let (entries, _) = entries(db, &device, patient, |o, c| allowed.what.contains(&(o, c)))?;
            let name = person(&entries, &orgs).map_or_else(String::new, |p| p.name);
            let mut visits = visits(db, Some(&device), patient, &entries)?;
            visits.retain(|v| {
                Millis::try_from(v.at)
                    .is_ok_and(|at| q.from.is_none_or(|f| at >= f) && q.until.is_none_or(|u| at < u))
            });
            let handed: Vec<_> = visits.iter().map(|v| (v.at, &v.reason, &v.note, &v.observations)).collect();
            let deed = Disclosure {
                patient: Some(patient),
                patients: Some(1),
                compartments: allowed.parts(),
                ..deed(Shared::Claim, &q, visits.len(), &codec::encode(&handed))
            };
            let recorded = record(db, &device, &staff, &[read], deed)?;
            let compartments = allowed.parts();
            let because = allowed.because.into_iter().collect();
            Ok(Ok(ClaimView { patient, name, visits, compartments, because, recorded }))
        });
        let view = done.await?;
        self.announce(super::api::Change::Ledger);
        view
    }
}
