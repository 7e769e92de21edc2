//! Editing: a new version that names what it replaces. Nothing is overwritten, and what was edited at two places at once
//! stands side by side until somebody decides.

use std::collections::BTreeMap;

use super::{
    Writing,
    cards::{refresh_cards, said},
    chart::{Opened, Reader, conflict, open_records},
    forms,
    keys::Keys,
    not_ours,
    opening::{Entry, current, entries},
    saved, visit,
};
use crate::{
    core::{
        codes::Ending,
        difference,
        id::{OrgId, PatientId, RecordId, VersionId},
        json::Json,
        policy::Action,
        record::{self, Body, Patient, Record},
        resource::{MAX_INLINE, Resource, Text},
        versions::History,
    },
    fhir::{ending, patch, view},
    node::{
        Node,
        api::{Change, ConflictRow, Fault, FaultKind, FormOf, PatientRow, Saved, VisitDraft, Who},
        clock, locked,
        people::certified,
    },
    store::{Beside, StoreError, tables},
};

/// What to change, given the versions of a record that stand.
type NewVersion = Box<dyn FnOnce(&History<'_, Entry>) -> Result<(Body, Vec<VersionId>), Fault> + Send>;

impl Node {
    /// Changes who a patient is. `replaces` are the versions that were seen.
    pub(in crate::node) async fn edit_patient(
        &self,
        who: &Who,
        patient: PatientId,
        replaces: Vec<VersionId>,
        new: Patient,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Register).await?;
        record::validate(&Body::Patient(new.clone()), clock::year(clock::now()))?;
        let change = move |h: &History<'_, Entry>| {
            let body = match &seen(h, &replaces)?.record.body {
                Body::Resource(r) => Body::Resource(edited(r, &new)?),
                _ => Body::Patient(new),
            };
            Ok((body, replaces))
        };
        self.edit(who, patient, None, Box::new(change), None).await
    }

    /// Changes a visit that was written here. `replaces` are the versions that were seen.
    pub(in crate::node) async fn edit_visit(
        &self,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        replaces: Vec<VersionId>,
        draft: VisitDraft,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        if !draft.findings.is_empty() || !draft.next.is_empty() {
            return Err(Fault::new(
                FaultKind::Usage,
                "codes and the next visit are written with a new visit, not by changing one",
            ));
        }
        let change = move |h: &History<'_, Entry>| match &seen(h, &replaces)?.record.body {
            Body::Visit { encounter, .. } => Ok((visit(&draft, encounter.at)?, replaces)),
            Body::Struck { .. } => Err(Fault::new(
                FaultKind::Conflict,
                "that visit is struck out: 'aidpost patient unstrike' lets it stand again",
            )),
            _ => Err(Fault::new(
                FaultKind::Conflict,
                "that visit came from elsewhere and is kept as it came: write a visit of your own about it",
            )),
        };
        // What was begun of it is done with that.
        let draft = forms::key(who.staff, FormOf::Visit(patient, of));
        self.edit(who, patient, Some(of), Box::new(change), Some(draft)).await
    }

    /// Ends something that was coded at a visit here.
    pub(in crate::node) async fn end(
        &self,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        how: Ending,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let usage = |words: String| Fault::new(FaultKind::Usage, words);
        let change = move |h: &History<'_, Entry>| {
            let [e] = h.standing[..] else {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "several versions of that stand: decide between them first ('aidpost patient resolve')",
                ));
            };
            let Body::Resource(r @ Resource { imported: false, json: Text::Inline(s), .. }) = &e.record.body
            else {
                return Err(usage(
                    "only what was coded at a visit here is ended here: 'aidpost patient show' names it"
                        .into(),
                ));
            };
            let json = Json::parse(s).map_err(|e| Fault::new(FaultKind::Damaged, e))?;
            let Some(json) = ending::ended(&r.kind, json, how) else {
                let words: Vec<&str> = ending::endings(&r.kind).iter().map(|e| e.code()).collect();
                return Err(usage(match words.is_empty() {
                    true => format!("a {} has no end", r.kind),
                    false => format!("a {} can be: {}", r.kind, words.join(", ")),
                }));
            };
            let body = Body::Resource(Resource { json: Text::Inline(json.canonical()), ..r.clone() });
            record::validate(&body, u16::MAX)?;
            Ok((body, vec![e.version]))
        };
        self.edit(who, patient, Some(of), Box::new(change), None).await
    }

    /// Decides between versions that stand side by side: one of them, with single fields of others.
    pub(in crate::node) async fn resolve(
        &self,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        keep: VersionId,
        take: Vec<(String, VersionId)>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let change = move |h: &History<'_, Entry>| {
            if !h.in_conflict() {
                return Err(Fault::new(
                    FaultKind::Conflict,
                    "only one version of that record stands: nothing to decide",
                ));
            }
            let version = |v: VersionId| {
                h.standing.iter().find(|e| e.version == v).ok_or_else(|| {
                    Fault::new(
                        FaultKind::Usage,
                        format!("no version {v} of that record stands: look at them again"),
                    )
                })
            };
            let mut body = version(keep)?.record.body.clone();
            for (field, v) in take {
                if !difference::take(&mut body, &field, &version(v)?.record.body) {
                    return Err(Fault::new(
                        FaultKind::Usage,
                        format!("'{field}' cannot be taken by itself here"),
                    ));
                }
            }
            record::validate(&body, clock::year(clock::now()))?;
            Ok((body, h.standing.iter().map(|e| e.version).collect()))
        };
        self.edit(who, patient, Some(of), Box::new(change), None).await
    }

    /// Writes a new version of a record of this organisation; none: of who the patient is. The draft of that name is gone
    /// with it.
    pub(super) async fn edit(
        &self,
        who: &Who,
        patient: PatientId,
        of: Option<RecordId>,
        change: NewVersion,
        drop_draft: Option<Vec<u8>>,
    ) -> Result<Saved, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let org = device.org_id();
            let (all, _) = entries(db, &device, patient, |o, _| o == org)?;
            let histories = current(&all);
            let wanted = |(o, r): &(_, RecordId), h: &History<'_, Entry>| {
                *o == org && of.map_or_else(|| says_who(h), |of| of == *r)
            };
            let Some((_, h)) = histories.iter().find(|(k, h)| wanted(k, h)) else {
                return Ok(Err(not_ours()));
            };
            let (body, replaces) = match change(h) {
                Ok(c) => c,
                Err(f) => return Ok(Err(f)),
            };
            let Some(first) = h.standing.first() else { return Ok(Err(not_ours())) };
            let author = certified(db, &device)?;
            let mut rng = rand::rng();
            let mut keys = Keys::new(&device, clock::now());
            let (id, key) = keys.of(db, patient, first.compartment, false, &mut rng)?;
            let consortium = db.replica().governance().consortium();
            let writing = Writing { consortium, patient, staff: &staff };
            let record = Record { replaces, ..Record::first(first.record.id, patient, body) };
            let records = writing.records(id, &key, vec![record], &mut rng)?;
            let contents = keys.blocks().into_iter().chain(records).collect();
            let heads = author.write(db, contents, &Beside { drop_draft, ..Beside::default() })?;
            refresh_cards(db, &device, false)?;
            heads.last().copied().ok_or(StoreError::Closed).map(Ok)
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// The records of a patient that were edited at two places at once.
    pub(in crate::node) async fn conflicts(
        &self,
        who: &Who,
        patient: PatientId,
    ) -> Result<Vec<ConflictRow>, Fault> {
        let rows = self.read_versions(who, patient, |_, _, h| h.in_conflict());
        Ok(rows.await?.into_values().collect())
    }

    /// Every version of a record, the latest first: nothing that was replaced is gone. None: of who the patient is.
    pub(in crate::node) async fn history(
        &self,
        who: &Who,
        patient: PatientId,
        of: Option<RecordId>,
    ) -> Result<ConflictRow, Fault> {
        let own = locked(&self.opened().await?.device).org_id();
        let wanted = move |org, r, h: &History<'_, Entry>| match of {
            Some(of) => r == of,
            None => org == own && says_who(h),
        };
        let rows = self.read_versions(who, patient, wanted).await?;
        rows.into_values().next().ok_or_else(|| {
            Fault::new(FaultKind::Usage, "that patient has no such record: 'aidpost patient show' names them")
        })
    }

    async fn read_versions(
        &self,
        who: &Who,
        patient: PatientId,
        wanted: impl Fn(OrgId, RecordId, &History<'_, Entry>) -> bool + Send + 'static,
    ) -> Result<BTreeMap<RecordId, ConflictRow>, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let role = who.role;
        let rows = open.store.call(move |db| {
            let r = Reader::treating(&device, &staff, role);
            let Opened { entries, .. } = match open_records(db, r, patient)? {
                Ok(o) => o,
                Err(f) => return Ok(Err(f)),
            };
            let g = db.replica().governance();
            let mut out = BTreeMap::new();
            for ((org, id), mut h) in current(&entries) {
                if !wanted(org, id, &h) {
                    continue;
                }
                if !h.in_conflict() {
                    let replaced = std::mem::take(&mut h.replaced);
                    h.standing.extend(replaced);
                }
                out.insert(id, conflict(patient, id, &h, g));
            }
            Ok(Ok(out))
        });
        let rows = rows.await??;
        self.announce(Change::Ledger);
        Ok(rows)
    }

    /// Patients with records that were edited at two places at once.
    pub(in crate::node) async fn in_conflict(&self, who: &Who) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let all: Vec<PatientId> = open
            .store
            .call(|db| {
                let rows = db.scan::<()>(tables::CONFLICTS, &[])?;
                Ok(rows.into_iter().filter_map(|(k, ())| k.try_into().ok().map(PatientId)).collect())
            })
            .await?;
        self.rows(who, all).await
    }
}

/// It is the record that says who the patient is.
pub(super) fn says_who(h: &History<'_, Entry>) -> bool {
    h.standing.first().is_some_and(|e| said(&e.record.body).is_some())
}

/// The version to start from: what was seen must still stand, else two edits would part ways at one terminal.
pub(super) fn seen<'a>(h: &History<'a, Entry>, replaces: &[VersionId]) -> Result<&'a Entry, Fault> {
    let stands = |v: &VersionId| h.standing.iter().any(|e| e.version == *v);
    match h.standing.iter().find(|e| replaces.contains(&e.version)) {
        Some(e) if replaces.iter().all(stands) => Ok(e),
        _ => Err(Fault::new(
            FaultKind::Conflict,
            "somebody has changed this meanwhile: look at it again, then change it",
        )),
    }
}

/// A patient who came from elsewhere, changed here: only what was changed differs from what came.
pub(super) fn edited(r: &Resource, new: &Patient) -> Result<Resource, Fault> {
    let long = || {
        Fault::new(
            FaultKind::Conflict,
            "this patient's entry is too long to be edited here: let its sender change it",
        )
    };
    let Text::Inline(text) = &r.json else { return Err(long()) };
    let json = Json::parse(text).map_err(|e| Fault::new(FaultKind::Damaged, e))?;
    let text = patch::patient(&json, &view::demographics(&json), new).canonical();
    if text.len() > MAX_INLINE {
        return Err(long());
    }
    Ok(Resource { imported: false, json: Text::Inline(text), ..r.clone() })
}
