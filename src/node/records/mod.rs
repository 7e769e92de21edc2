//! Patients and visits: written as one durable transaction, read only after the read itself is durable.
//!
//! `opening` opens stored records, `keys` has the keys, `writing` seals new ones, `cards` keeps the patient list, `chart`
//! reads, `editing` writes new versions, `striking` takes visits out and back, `own` opens with a patient's card, `duplicates` links records, `attachments` keeps files; `import` and `export` are FHIR in
//! and out, `whose` finds the patient of what comes in, `accesses` says who read one record, `audit` who read
//! whose across all, `evidence` what an export says of the ledger,
//! `findings` what is coded at a visit, `guardians` who decides for a patient, `forms` what isn't finished, `medicines` how those are called that are given by reference, `expected` who is to come back.

mod accesses;
mod attachments;
mod audit;
mod cards;
mod chart;
mod duplicates;
mod editing;
mod evidence;
mod expected;
mod export;
mod findings;
mod forms;
mod guardians;
mod import;
mod keys;
mod medicines;
mod opening;
mod own;
mod striking;
mod whose;
mod writing;

use std::collections::BTreeMap;

pub(super) use self::{
    accesses::{own_readings, read_by},
    cards::refresh_cards,
    chart::{may_read, person, visits},
    keys::{carded, keys_in_use, own_key_ids, own_keys, patient_key},
    opening::{Entry, current, custodians, entries},
    own::own_chart,
};
use self::{
    cards::{card, patient_row, registered_identity},
    chart::{Reader, read_chart, with_consent},
    findings::{Beyond, StoredDraft},
    keys::Keys,
    writing::Writing,
};
use super::{
    Node, Open,
    api::{
        Change, Chart, Fault, FaultKind, FormOf, MOST_ROWS, PatientPage, PatientRow, Saved, VisitDraft, Who,
    },
    asked,
    checking::decide_by,
    clock, locked,
    people::certified,
};
use crate::{
    core::{
        block::Head,
        consent::standing,
        expected::outstanding,
        guardian::Guardian,
        id::{PatientId, RecordId},
        policy::{Action, Purpose},
        record::{self, Body, Compartment, Encounter, Observation, Patient, Record, Vital},
        time::Millis,
    },
    store::{
        Beside,
        tables::{self, Card},
    },
};

/// Of so many that fit best, those are taken that may be seen.
pub(super) const MOST_FOUND: usize = 1_000;

impl Node {
    pub(super) async fn patients(&self, who: &Who, query: &str) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let query: String = query.chars().take(200).collect();
        let found = open.store.call(move |db| db.find_patients(&query, MOST_FOUND));
        self.rows(who, found.await?).await
    }

    /// Lines of the list, of those who may be seen.
    pub(super) async fn rows(&self, who: &Who, patients: Vec<PatientId>) -> Result<Vec<PatientRow>, Fault> {
        Ok(self.page(who, patients, (0, MOST_ROWS, false), |_, _| true).await?.rows)
    }

    /// `most` of them after the first `skip`, of those who may be seen and are wanted, by their card and whether they are of
    /// this organisation. Those after them are looked at only where all are `counted`: a list is asked for with every key.
    pub(super) async fn page(
        &self,
        who: &Who,
        patients: Vec<PatientId>,
        (skip, most, counted): (usize, usize, bool),
        wanted: fn(&Card, bool) -> bool,
    ) -> Result<PatientPage, Fault> {
        let open = self.opened().await?;
        let (org, role) = (locked(&open.device).org_id(), who.role);
        let now = clock::now();
        let page = open.store.call(move |db| {
            let (mut out, mut total) = (Vec::new(), 0);
            // The policy is asked once for each question that differs, not once for each patient.
            let mut allowed: BTreeMap<(bool, bool), bool> = BTreeMap::new();
            for id in patients {
                if !counted && out.len() >= most {
                    break;
                }
                let Some(c) = db.get::<Card>(tables::CARDS, &id.0)? else { continue };
                let replica = db.replica();
                let standing = standing(replica.consents(id), replica, replica.moment(now));
                let own = c.custodian == org;
                if !wanted(&c, own) {
                    continue;
                }
                let ask = asked(role, Action::Read, Purpose::Treatment, own, false);
                let (ask, _) = with_consent(&standing, c.custodian, org, ask, Compartment::General);
                // A name is part of the record: whoever may not read it doesn't find it either.
                if !*allowed
                    .entry((own, ask.granted))
                    .or_insert_with(|| decide_by(replica.governance(), &ask).allow)
                {
                    continue;
                }
                total += 1;
                if total <= skip || out.len() >= most {
                    continue;
                }
                let expected = db.first_expected(id)?;
                let g = db.replica().governance();
                let mut shared: Vec<String> = standing
                    .iter()
                    .filter(|s| s.ended.is_none())
                    .map(|s| g.org_name(s.grant.to.org()))
                    .collect();
                shared.sort();
                shared.dedup();
                let due = expected.filter(|_| own).map(|e| expected::row(e, now));
                out.push(PatientRow {
                    id,
                    due,
                    name: c.name,
                    birth_year: c.birth_year,
                    village: c.village,
                    custodian: g.org_name(c.custodian),
                    own,
                    last_visit: c.last_visit,
                    shared_with: shared,
                });
            }
            Ok(PatientPage { rows: out, total })
        });
        Ok(page.await?)
    }

    pub(super) async fn register(&self, who: &Who, patient: Patient) -> Result<PatientId, Fault> {
        self.registered(who, patient, None, None).await
    }

    pub(super) async fn register_guarded(
        &self,
        who: &Who,
        patient: Patient,
        guardian: Guardian,
    ) -> Result<PatientId, Fault> {
        self.registered(who, patient, Some(guardian), None).await
    }

    pub(super) async fn register_form(
        &self,
        who: &Who,
        patient: Patient,
        guardian: Option<Guardian>,
    ) -> Result<PatientId, Fault> {
        let draft = forms::key(who.staff, FormOf::Registration);
        self.registered(who, patient, guardian, Some(draft)).await
    }

    /// Writes who somebody new is and who decides for them. The draft of that name is gone with it.
    async fn registered(
        &self,
        who: &Who,
        patient: Patient,
        guardian: Option<Guardian>,
        drop_draft: Option<Vec<u8>>,
    ) -> Result<PatientId, Fault> {
        self.require(who.role, Action::Register).await?;
        let body = Body::Patient(patient.clone());
        let now = clock::now();
        record::validate(&body, clock::year(now))?;
        guardian.iter().try_for_each(Guardian::check)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let id = open
            .store
            .call(move |db| {
                let mut rng = rand::rng();
                let author = certified(db, &device)?;
                let id = PatientId::random(&mut rng);
                let mut keys = Keys::new(&device, now);
                let (key_id, key) = keys.of(db, id, Compartment::General, true, &mut rng)?;
                let consortium = db.replica().governance().consortium();
                let writing = Writing { consortium, patient: id, staff: &staff };
                let mut all = vec![Record::first(RecordId::random(&mut rng), id, body)];
                all.extend(
                    guardian.map(|g| guardians::first(consortium, RecordId::random(&mut rng), id, &g)),
                );
                let records = writing.records(key_id, &key, all, &mut rng)?;
                let beside = Beside {
                    cards: vec![(id, card(&patient, device.org_id(), None))],
                    rows: vec![patient_row(registered_identity(id), id)],
                    drop_draft,
                    ..Beside::default()
                };
                author.write(db, keys.blocks().into_iter().chain(records).collect(), &beside)?;
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
        at: Option<Millis>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let now = clock::now();
        if at.is_some_and(|at| at > now) {
            return Err(Fault::new(FaultKind::Usage, "a visit is yet to come: check the year"));
        }
        // A draft is of a visit that is being written now.
        let drafted = at.is_none();
        let at = at.unwrap_or(now);
        let body = visit(&draft, at)?;
        let beyond = Beyond::of(&draft, at)?;
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
                let mut keys = Keys::new(&device, now);
                let (id, key) = keys.of(db, patient, Compartment::General, false, &mut rng)?;
                let consortium = db.replica().governance().consortium();
                let writing = Writing { consortium, patient, staff: &staff };
                let record = Record::first(RecordId::random(&mut rng), patient, body);
                let mut all = beyond.records(consortium, &record, &mut rng)?;
                all.insert(0, record);
                let records = writing.records(id, &key, all, &mut rng)?;
                (c.last_visit, c.archived) = (c.last_visit.max(Some(at)), false);
                let mut days = db.expected(patient)?;
                days.extend(beyond.next().and_then(|day| expected::planned(day, at)));
                let beside = Beside {
                    cards: vec![(patient, c)],
                    expected: vec![(patient, outstanding(days, &[at]))],
                    drop_draft: drafted.then_some(draft_key),
                    ..Beside::default()
                };
                Ok(author.write(db, keys.blocks().into_iter().chain(records).collect(), &beside)?.pop())
            })
            .await?;
        let (head, bytes) = written.ok_or_else(not_ours)?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    pub(super) async fn chart(
        &self,
        who: &Who,
        patient: PatientId,
        purpose: Purpose,
        action: Action,
    ) -> Result<Chart, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let chart = open.store.call(move |db| {
            let r = Reader {
                device: &device,
                staff: &staff,
                role,
                action,
                purpose,
                // Whoever hands out was asked for a proof before.
                proven: action == Action::Export,
                emergency: false,
            };
            read_chart(db, r, patient)
        });
        let chart = chart.await?;
        self.announce(Change::Ledger);
        chart
    }

    pub(super) async fn draft(&self, who: &Who, patient: PatientId) -> Result<Option<VisitDraft>, Fault> {
        let open = self.opened().await?;
        let key = [who.staff.0, patient.0].concat();
        let kept = open.store.call(move |db| db.get::<StoredDraft>(tables::DRAFTS, &key));
        Ok(kept.await?.map(|d| d.0))
    }

    /// Patients for whom this person left a draft, as far as they may be seen.
    pub(super) async fn drafts(&self, who: &Who) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let staff = who.staff.0;
        let found = open.store.call(move |db| {
            let rows = db.scan::<StoredDraft>(tables::DRAFTS, &staff)?;
            let patient = |k: Vec<u8>| k.get(staff.len()..)?.try_into().ok().map(PatientId);
            Ok(rows.into_iter().filter_map(|(k, _)| patient(k)).collect())
        });
        self.rows(who, found.await?).await
    }

    pub(super) async fn keep_draft(
        &self,
        who: &Who,
        patient: PatientId,
        draft: Option<VisitDraft>,
    ) -> Result<(), Fault> {
        let open: std::sync::Arc<Open> = self.opened().await?;
        let key = [who.staff.0, patient.0].concat();
        let draft = draft.map(StoredDraft);
        Ok(open.store.call(move |db| db.put(tables::DRAFTS, &key, draft.as_ref())).await?)
    }
}

/// A visit as it was typed.
fn visit(draft: &VisitDraft, at: Millis) -> Result<Body, Fault> {
    let observations = Vital::ALL
        .iter()
        .zip(&draft.vitals)
        .filter(|(_, typed)| !typed.trim().is_empty())
        .map(|(v, typed)| record::parse_vital(*v, typed))
        .collect::<Result<Vec<Observation>, _>>()?;
    let encounter = Encounter { at, reason: draft.reason.clone(), note: draft.note.clone() };
    let body = Body::Visit { encounter, observations };
    record::validate(&body, clock::year(clock::now()))?;
    Ok(body)
}

fn not_ours() -> Fault {
    Fault::new(FaultKind::Locked, "visits are written only for patients registered by this organisation")
}

pub(super) fn saved(head: &Head, bytes: u32) -> Saved {
    Saved { block: head.id, seq: head.seq, bytes }
}
