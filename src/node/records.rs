//! Patients and visits: written as one durable transaction, read only after the read itself is durable.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::{
    Node, Open,
    api::{Change, Chart, Fault, FaultKind, PatientRow, Saved, VisitDraft, VisitRow, Who},
    asked,
    checking::decide_by,
    clock, denied,
    device::Device,
    locked,
    people::certified,
    sync::only_here,
};
use crate::{
    core::{
        audit::{self, Access, AuditEntry},
        block::{Head, Kind, MAX_PAYLOAD},
        codec,
        consent::{allowing, standing},
        governance::Role,
        id::{ConsortiumId, LogId, OrgId, PatientId, RecordId},
        keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
        policy::{Action, Purpose},
        record::{self, Body, Compartment, Encounter, Patient, Record, Vital},
        sign::Authored,
        time::Millis,
    },
    store::{
        Beside, Content, Db, StoreError,
        tables::{self, Card},
    },
    vault::{
        Secret,
        keytree::{self, Exchange, open_patient_key, open_records, seal_records, wrap_patient_key},
    },
};

/// Entries of one block that were opened and whose writers were checked.
pub(super) struct Entry {
    pub(super) log: LogId,
    pub(super) seq: u64,
    pub(super) org: OrgId,
    pub(super) author: crate::core::id::StaffId,
    pub(super) record: Record,
}

/// Whether this organisation, in this role, may read what `custodian` wrote of a patient; with which grants.
pub(super) struct Standing {
    pub(super) decision: crate::core::policy::Decision,
    pub(super) grants: Vec<crate::core::id::GrantId>,
}

/// Asks consent and policy about one custodian's records of a patient.
pub(super) fn may_read(
    db: &Db,
    patient: PatientId,
    custodian: OrgId,
    org: OrgId,
    role: Role,
    purpose: Purpose,
    now: Millis,
) -> Standing {
    let replica = db.replica();
    let all = standing(replica.consents(patient), replica, replica.moment(now));
    let grants = allowing(&all, custodian, org, role, purpose, Compartment::General);
    let own = custodian == org;
    let ask = asked(role, Action::Read, purpose, own, !grants.is_empty());
    Standing { decision: decide_by(replica.governance(), &ask), grants }
}

/// The patient keys that this organisation can open: wrapped to it, by its own terminals or another organisation's.
fn patient_key(
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

/// The patient keys that this organisation's own terminals minted. Only those are written under: a key that another
/// organisation chose would open to whoever that one likes.
pub(super) fn own_keys(
    db: &Db,
    device: &Device,
    patient: PatientId,
) -> Result<Vec<(PatientKeyId, Secret)>, StoreError> {
    let org = device.org_id();
    let org_keys = device.org_keys(db)?;
    let mut out: BTreeMap<PatientKeyId, Secret> = BTreeMap::new();
    for (k, _) in db.scan::<Sealed>(tables::PATIENT_WRAPS, &tables::wrap_prefix(patient, org, None))? {
        let (Some(&c), Some(epoch), Some((log, _))) =
            (k.get(32), k.get(33..49), k.get(49..).and_then(tables::from_place))
        else {
            continue;
        };
        let compartment = Compartment::ALL.iter().map(|(x, _)| *x).find(|x| *x as u8 == c);
        let epoch = epoch.try_into().map(crate::core::id::EpochId);
        let ours = db.replica().governance().device(log.device).is_some_and(|d| d.org == org);
        if let (Some(compartment), Ok(epoch), true) = (compartment, epoch, ours) {
            let id = PatientKeyId { patient, compartment, epoch };
            if let Some(key) = patient_key(db, &id, org, &org_keys)? {
                out.insert(id, key);
            }
        }
    }
    Ok(out.into_iter().collect())
}

/// Opens one block of records.
pub(super) fn open_block(
    db: &Db,
    log: LogId,
    seq: u64,
    org: OrgId,
    org_keys: &[Exchange],
) -> Result<Result<Vec<Entry>, String>, StoreError> {
    let Some(b) = db.block(log, seq)? else { return Ok(Err("is missing".into())) };
    let g = db.replica().governance();
    let Some(writer) = g.device(log.device).map(|d| d.org) else {
        return Ok(Err("comes from an unknown terminal".into()));
    };
    let Ok(sealed) = codec::decode::<SealedRecords>(&b.payload.bytes, MAX_PAYLOAD) else {
        return Ok(Err("is malformed".into()));
    };
    let Some(key) = patient_key(db, &sealed.key, org, org_keys)? else {
        return Ok(Err("is sealed: no key for this organisation".into()));
    };
    let Ok(plain) = open_records(g.consortium(), &key, &sealed) else {
        return Ok(Err("does not open with its key".into()));
    };
    let Ok(authored) = codec::decode::<Vec<Authored>>(&plain, MAX_PAYLOAD) else {
        return Ok(Err("is malformed inside".into()));
    };
    let scope: [&[u8]; 2] = [&g.consortium().0, &sealed.key.patient.0];
    let mut out = Vec::new();
    for a in authored {
        let signed = g
            .staff(a.author)
            .is_some_and(|s| s.org == writer && a.verify(&s.request.key, record::DOMAIN, &scope));
        let Ok(r) = a.read::<Record>(record::MAX_ENTRY) else {
            return Ok(Err("holds an entry that needs a newer Aidpost".into()));
        };
        if !signed || r.patient != sealed.key.patient {
            return Ok(Err("holds an entry that its writer did not sign".into()));
        }
        // The limits of what is typed hold for what is received; any year, because clocks differ.
        if let Err(e) = record::validate(&r.body, u16::MAX) {
            return Ok(Err(format!("holds an entry that cannot be right ({e})")));
        }
        out.push(Entry { log, seq, org: writer, author: a.author, record: r });
    }
    Ok(Ok(out))
}

/// Everything of a patient that this organisation's keys open and `allowed` lets through, and what could not be opened.
fn entries(
    db: &Db,
    device: &Device,
    patient: PatientId,
    allowed: impl Fn(OrgId) -> bool,
) -> Result<(Vec<Entry>, Vec<String>), StoreError> {
    let org_keys = device.org_keys(db)?;
    let (mut out, mut bad) = (Vec::new(), Vec::new());
    for (log, seq) in db.about(patient, Kind::Records)? {
        let writer = db.replica().governance().device(log.device).map(|d| d.org);
        if !writer.is_some_and(&allowed) {
            continue;
        }
        let name = |why: &str| format!("block {seq} of log {log} {why}");
        match open_block(db, log, seq, device.org_id(), &org_keys) {
            Ok(Ok(e)) => out.extend(e),
            Ok(Err(why)) => bad.push(name(&why)),
            Err(StoreError::Damaged(what)) => bad.push(name(&format!("is damaged: {what}"))),
            Err(e) => return Err(e),
        }
    }
    Ok((out, bad))
}

/// The organisations that wrote records of a patient.
pub(super) fn custodians(db: &Db, patient: PatientId) -> Result<Vec<OrgId>, StoreError> {
    let g = db.replica().governance();
    let mut out: Vec<OrgId> = db
        .about(patient, Kind::Records)?
        .iter()
        .filter_map(|(log, _)| g.device(log.device).map(|d| d.org))
        .collect();
    out.sort();
    out.dedup();
    Ok(out)
}

/// Brings the patient list up to date for those whose blocks have changed (all without an entry, when `all`).
pub(super) fn refresh_cards(db: &mut Db, device: &Device, all: bool) -> Result<(), StoreError> {
    let mut patients = db.take_touched();
    if all {
        let known: Vec<Vec<u8>> = db.scan::<Card>(tables::CARDS, &[])?.into_iter().map(|(k, _)| k).collect();
        patients.extend(db.patients()?.into_iter().filter(|p| !known.contains(&p.0.to_vec())));
    }
    let mut rows = Vec::new();
    for p in patients {
        let (entries, _) = entries(db, device, p, |_| true)?;
        let replica = db.replica();
        let standings = standing(replica.consents(p), replica, replica.moment(clock::now()));
        let shares = |o: OrgId| standings.iter().any(|s| s.ended.is_none() && s.opens(o));
        let who = demographics(&entries, device.org_id(), shares);
        let last_visit = entries
            .iter()
            .filter_map(|e| match &e.record.body {
                Body::Visit { encounter, .. } => Some(encounter.at),
                Body::Patient(_) => None,
            })
            .max();
        if let Some((x, custodian)) = who {
            rows.push((p, card(&x, custodian, last_visit)));
        }
    }
    db.put_cards(&rows)
}

/// Who the patient is: as the own organisation registered them, else as one says that shares by consent. Another
/// organisation can't put words in their place.
fn demographics(entries: &[Entry], own: OrgId, shares: impl Fn(OrgId) -> bool) -> Option<(Patient, OrgId)> {
    let said = |wanted: &dyn Fn(OrgId) -> bool| {
        entries.iter().find_map(|e| match &e.record.body {
            Body::Patient(x) if wanted(e.org) => Some((x.clone(), e.org)),
            _ => None,
        })
    };
    said(&|o| o == own).or_else(|| said(&shares))
}

fn card(p: &Patient, custodian: OrgId, last_visit: Option<Millis>) -> Card {
    Card {
        name: p.name.clone(),
        birth_year: p.birth_year,
        gender: p.gender,
        village: p.village.clone(),
        phone: p.phone.clone(),
        custodian,
        last_visit,
    }
}

/// What one person of this terminal writes about one patient.
struct Writing<'a> {
    consortium: ConsortiumId,
    patient: PatientId,
    staff: &'a SigningKey,
}

impl Writing<'_> {
    fn records(
        &self,
        id: PatientKeyId,
        key: &Secret,
        body: Body,
        rng: &mut dyn CryptoRng,
    ) -> (Kind, Content) {
        let record =
            Record { version: record::VERSION, id: RecordId::random(rng), patient: self.patient, body };
        let scope: [&[u8]; 2] = [&self.consortium.0, &self.patient.0];
        let entries = vec![Authored::new(self.staff, record::DOMAIN, &scope, &record)];
        let sealed = seal_records(self.consortium, id, key, &codec::encode(&entries), rng);
        (Kind::Records, Box::new(move |_, _| Ok(codec::encode(&sealed))))
    }
}

/// A fresh patient key and the block that wraps it to the own organisation.
fn mint(
    db: &Db,
    org: OrgId,
    patient: PatientId,
    rng: &mut dyn CryptoRng,
) -> Result<(PatientKeyId, Secret, (Kind, Content)), StoreError> {
    let g = db.replica().governance();
    let to = db.replica().org_key(org).ok_or_else(|| {
        StoreError::Refused(
            "this organisation has no encryption key that only its own terminals hold: meet the others first, or let an admin mint one with 'aidpost device suspend'".into(),
        )
    })?;
    let key = Secret::random(rng);
    let id = PatientKeyId { patient, compartment: Compartment::General, epoch: keytree::patient_epoch(&key) };
    let wrap = wrap_patient_key(g.consortium(), id, &key, org, &to.public, rng)
        .map_err(|e| StoreError::Refused(e.to_string()))?;
    Ok((id, key, wraps(vec![wrap])))
}

/// A block of wrapped keys.
pub(super) fn wraps(w: Vec<Wrap>) -> (Kind, Content) {
    (Kind::Keys, Box::new(move |_, _| Ok(codec::encode(&w))))
}

/// The most patients that a search shows; whoever looks for another types on.
const MOST_ROWS: usize = 200;
/// Of so many that fit best, those are taken that may be seen.
const MOST_FOUND: usize = 1_000;

impl Node {
    pub(super) async fn patients(&self, who: &Who, query: &str) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let query: String = query.chars().take(200).collect();
        let (org, role) = (locked(&open.device).org_id(), who.role);
        let now = clock::now();
        let rows = open.store.call(move |db| {
            let mut out = Vec::new();
            for id in db.find_patients(&query, MOST_FOUND)? {
                if out.len() >= MOST_ROWS {
                    break;
                }
                let Some(c) = db.get::<Card>(tables::CARDS, &id.0)? else { continue };
                let seen = may_read(db, id, c.custodian, org, role, Purpose::Treatment, now);
                // A name is part of the record: whoever may not read it doesn't find it either.
                if !seen.decision.allow {
                    continue;
                }
                let replica = db.replica();
                let g = replica.governance();
                let mut shared: Vec<String> = standing(replica.consents(id), replica, replica.moment(now))
                    .iter()
                    .filter(|s| s.ended.is_none())
                    .map(|s| g.org_name(s.grant.to.org()))
                    .collect();
                shared.sort();
                shared.dedup();
                out.push(PatientRow {
                    id,
                    name: c.name,
                    birth_year: c.birth_year,
                    village: c.village,
                    custodian: g.org_name(c.custodian),
                    own: c.custodian == org,
                    last_visit: c.last_visit,
                    shared_with: shared,
                });
            }
            Ok(out)
        });
        Ok(rows.await?)
    }

    pub(super) async fn register(&self, who: &Who, patient: Patient) -> Result<PatientId, Fault> {
        self.require(who.role, Action::Register).await?;
        let body = Body::Patient(patient.clone());
        let now = clock::now();
        record::validate(&body, clock::year(now))?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let id = open
            .store
            .call(move |db| {
                let mut rng = rand::rng();
                let author = certified(db, &device)?;
                let id = PatientId::random(&mut rng);
                let org = device.org_id();
                let (key_id, key, keys) = mint(db, org, id, &mut rng)?;
                let consortium = db.replica().governance().consortium();
                let writing = Writing { consortium, patient: id, staff: &staff };
                let records = writing.records(key_id, &key, body, &mut rng);
                let beside = Beside { cards: vec![(id, card(&patient, org, None))], drop_draft: None };
                author.write(db, vec![keys, records], &beside)?;
                Ok(id)
            })
            .await?;
        self.announce(Change::Ledger);
        Ok(id)
    }

    pub(super) async fn write_visit(
        &self,
        who: &Who,
        patient: PatientId,
        draft: VisitDraft,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let now = clock::now();
        let observations = Vital::ALL
            .iter()
            .zip(&draft.vitals)
            .filter(|(_, typed)| !typed.trim().is_empty())
            .map(|(v, typed)| record::parse_vital(*v, typed))
            .collect::<Result<Vec<_>, _>>()?;
        let encounter = Encounter { at: now, reason: draft.reason.clone(), note: draft.note.clone() };
        let body = Body::Visit { encounter, observations };
        record::validate(&body, clock::year(now))?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let draft_key = [who.staff.0, patient.0].concat();
        let written = open
            .store
            .call(move |db| {
                let mut rng = rand::rng();
                let author = certified(db, &device)?;
                let Some(mut c) = db.get::<Card>(tables::CARDS, &patient.0)? else { return Ok(None) };
                if c.custodian != device.org_id() {
                    return Ok(None);
                }
                let mut contents = Vec::new();
                let general = |k: &&(PatientKeyId, Secret)| k.0.compartment == Compartment::General;
                let (id, key) = match own_keys(db, &device, patient)?.iter().find(general) {
                    Some((id, key)) => (*id, key.clone()),
                    None => {
                        let (id, key, keys) = mint(db, device.org_id(), patient, &mut rng)?;
                        contents.push(keys);
                        (id, key)
                    }
                };
                let consortium = db.replica().governance().consortium();
                let writing = Writing { consortium, patient, staff: &staff };
                contents.push(writing.records(id, &key, body, &mut rng));
                c.last_visit = Some(now);
                let beside = Beside { cards: vec![(patient, c)], drop_draft: Some(draft_key) };
                Ok(author.write(db, contents, &beside)?.pop())
            })
            .await?;
        let (head, bytes) = written.ok_or_else(|| {
            Fault::new(
                FaultKind::Locked,
                "visits are written only for patients registered by this organisation",
            )
        })?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    pub(super) async fn chart(
        &self,
        who: &Who,
        patient: PatientId,
        purpose: Purpose,
    ) -> Result<Chart, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let chart =
            open.store.call(move |db| read_chart(db, &device, &staff, role, patient, purpose)).await?;
        self.announce(Change::Ledger);
        chart
    }

    pub(super) async fn draft(&self, who: &Who, patient: PatientId) -> Result<Option<VisitDraft>, Fault> {
        let open = self.opened().await?;
        let key = [who.staff.0, patient.0].concat();
        Ok(open.store.call(move |db| db.get(tables::DRAFTS, &key)).await?)
    }

    pub(super) async fn keep_draft(
        &self,
        who: &Who,
        patient: PatientId,
        draft: Option<VisitDraft>,
    ) -> Result<(), Fault> {
        let open: std::sync::Arc<Open> = self.opened().await?;
        let key = [who.staff.0, patient.0].concat();
        Ok(open.store.call(move |db| db.put(tables::DRAFTS, &key, draft.as_ref())).await?)
    }
}

pub(super) fn saved(head: &Head, bytes: u32) -> Saved {
    Saved { block: head.id, seq: head.seq, bytes }
}

/// Decides, makes the access durable, and only then opens.
fn read_chart(
    db: &mut Db,
    device: &Device,
    staff: &SigningKey,
    role: Role,
    patient: PatientId,
    purpose: Purpose,
) -> Result<Result<Chart, Fault>, StoreError> {
    let (org, now) = (device.org_id(), clock::now());
    let author = certified(db, device)?;
    let all = custodians(db, patient)?;
    if all.is_empty() {
        return Ok(Err(Fault::new(FaultKind::Usage, "no such patient here: search by name or village")));
    }
    let (mut allowed, mut grants, mut because) = (Vec::new(), Vec::new(), Vec::new());
    let mut no = None;
    for c in &all {
        let s = may_read(db, patient, *c, org, role, purpose, now);
        if s.decision.allow {
            allowed.push(*c);
            grants.extend(s.grants);
            because.extend(s.decision.reasons);
        } else {
            no = Some(s.decision);
        }
    }
    because.sort();
    because.dedup();
    let access = Access {
        patient,
        purpose,
        compartments: vec![Compartment::General],
        custodians: if allowed.is_empty() { all } else { allowed.clone() },
        grants,
        allowed: !allowed.is_empty(),
    };
    let consortium = db.replica().governance().consortium();
    let entry = AuditEntry::Access(Authored::new(staff, audit::DOMAIN, &[&consortium.0, &[]], &access));
    let content: (Kind, Content) = (Kind::Audit, Box::new(move |_, _| Ok(codec::encode(&vec![entry]))));
    let written = author.write(db, vec![content], &Beside::default())?;
    let recorded = written.first().map(|(h, _)| h.id).ok_or(StoreError::Closed)?;
    if let (true, Some(d)) = (allowed.is_empty(), no) {
        return Ok(Err(denied(&d)));
    }

    let (entries, unreadable) = entries(db, device, patient, |o| allowed.contains(&o))?;
    let here = only_here(db)?;
    let g = db.replica().governance();
    let who = demographics(&entries, org, |_| true);
    let mut visits = Vec::new();
    for e in entries {
        match e.record.body {
            Body::Patient(_) => {}
            Body::Visit { encounter, observations } => visits.push(VisitRow {
                at: encounter.at,
                reason: encounter.reason,
                note: encounter.note,
                observations,
                author: g.staff_name(e.author),
                org: g.org_name(e.org),
                block: db.block_id(e.log, e.seq)?,
                only_here: here.is_only_here(e.log, e.seq),
            }),
        }
    }
    visits.sort_by_key(|v| std::cmp::Reverse(v.at));
    let Some((patient_record, custodian)) = who else {
        let why = unreadable.join("; ");
        return Ok(Err(Fault::new(FaultKind::Damaged, format!("this record cannot be opened here: {why}"))));
    };
    Ok(Ok(Chart {
        id: patient,
        patient: patient_record,
        custodian: g.org_name(custodian),
        own: custodian == org,
        visits,
        because,
        recorded,
        unreadable,
    }))
}
