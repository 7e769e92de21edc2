//! Who decides for a patient: read from the record, and written with who the patient is.

use super::{
    Writing,
    cards::{Histories, refresh_cards, said},
    editing::{edited, says_who, seen},
    findings::kept,
    forms,
    keys::Keys,
    not_ours,
    opening::{Entry, current, entries},
    saved,
};
use crate::{
    core::{
        guardian::{self, Guardian},
        id::{ConsortiumId, OrgId, PatientId, RecordId, VersionId},
        json::Json,
        policy::Action,
        record::{self, Body, Record},
        resource::{Resource, Text},
        time::Millis,
        versions::History,
    },
    fhir::guardians,
    node::{
        Node,
        api::{Change, Correction, Fault, FaultKind, FormOf, GuardianRow, Saved, Who},
        clock, locked,
        people::certified,
    },
    store::{Beside, StoreError},
};

const KIND: &str = "RelatedPerson";

/// A resource of this kind, as far as it can be read.
fn json_of(body: &Body, kind: &str) -> Option<Json> {
    match body {
        Body::Resource(Resource { kind: k, json: Text::Inline(s), .. }) if k == kind => Json::parse(s).ok(),
        _ => None,
    }
}

/// Somebody whom a record names.
struct Found<'a> {
    entry: &'a Entry,
    guardian: Guardian,
    /// The year since when.
    since: u16,
    /// It wasn't ended.
    active: bool,
    /// The standing versions that say so; none: the patient's own entry does.
    versions: Vec<VersionId>,
}

/// Who decides by the word of this organisation. What says so is looked for among RelatedPersons first, the latest of them
/// that stands; one that was ended counts against a contact in the patient's own entry.
pub(super) fn of(
    histories: &Histories<'_>,
    custodian: OrgId,
    birth_year: Option<u16>,
    now: Millis,
) -> Option<GuardianRow> {
    let year = clock::year(now);
    let minor = guardian::may_be_minor(birth_year, year);
    let own = histories.iter().filter(|((org, _), _)| *org == custodian).map(|(_, h)| h);
    let (mut found, mut contact): (Vec<Found>, Option<Found>) = (Vec::new(), None);
    for h in own {
        let Some(entry) = h.standing.first().copied() else { continue };
        // Another telephone number makes nobody a guardian anew.
        let oldest = h.standing.iter().chain(&h.replaced).map(|e| e.time.millis).min();
        let written = clock::year(oldest.unwrap_or(entry.time.millis));
        if let Some(json) = json_of(&entry.record.body, KIND) {
            let versions = h.standing.iter().map(|e| e.version).collect();
            found.extend(guardians::related(&json, minor).map(|(g, active)| Found {
                entry,
                guardian: g,
                since: guardians::begins(&json).unwrap_or(written),
                active,
                versions,
            }));
        } else if let Some(json) = json_of(&entry.record.body, "Patient") {
            contact = guardians::contact(&json, minor).map(|(guardian, since)| Found {
                entry,
                guardian,
                since: since.unwrap_or(written),
                active: true,
                versions: Vec::new(),
            });
        }
    }
    let said = match found.is_empty() {
        true => contact,
        false => found.into_iter().filter(|f| f.active).max_by_key(|f| (f.entry.time, f.entry.version)),
    };
    said.map(|f| {
        let decides = guardian::decides(birth_year, f.since, year);
        let record = (!f.versions.is_empty()).then_some(f.entry.record.id);
        GuardianRow { guardian: f.guardian, record, versions: f.versions, decides }
    })
}

/// The record of a guardian who is named for the first time.
pub(super) fn first(consortium: ConsortiumId, id: RecordId, patient: PatientId, g: &Guardian) -> Record {
    let json = guardians::new(consortium, id, &format!("Patient/{patient}"), g);
    Record::first(id, patient, kept(id, KIND, &json))
}

fn meanwhile() -> Fault {
    Fault::new(
        FaultKind::Conflict,
        "somebody has changed who decides for this patient meanwhile: look at it again, then change it",
    )
}

/// What a change of the guardian writes. `fresh` names a record where there is none yet.
fn changed(
    histories: &Histories<'_>,
    (consortium, own, patient): (ConsortiumId, OrgId, PatientId),
    (replaces, new): (Vec<VersionId>, Option<Guardian>),
    birth_year: Option<u16>,
    fresh: RecordId,
) -> Result<Record, Fault> {
    let nobody = || {
        Fault::new(FaultKind::Usage, "nobody is registered to decide for this patient: name somebody first")
    };
    if replaces.is_empty() {
        let now = of(histories, own, birth_year, clock::now());
        if now.as_ref().is_some_and(|row| !row.versions.is_empty()) {
            return Err(meanwhile());
        }
        return match (new, now) {
            (Some(g), _) => Ok(first(consortium, fresh, patient, &g)),
            // A contact of the patient who came from elsewhere: what ends it stands beside it.
            (None, Some(row)) => {
                let json = guardians::new(consortium, fresh, &format!("Patient/{patient}"), &row.guardian);
                let json = guardians::changed(&json, &row.guardian, None);
                Ok(Record::first(fresh, patient, kept(fresh, KIND, &json)))
            }
            (None, None) => Err(nobody()),
        };
    }
    let stands = |h: &History<'_, Entry>| h.standing.iter().any(|e| replaces.contains(&e.version));
    let held = histories.iter().find(|((org, _), h)| *org == own && stands(h));
    let (_, h) = held.ok_or_else(meanwhile)?;
    let e = seen(h, &replaces)?;
    let (Some(json), Body::Resource(r)) = (json_of(&e.record.body, KIND), &e.record.body) else {
        return Err(nobody());
    };
    let (before, _) = guardians::related(&json, true).ok_or_else(nobody)?;
    let json = guardians::changed(&json, &before, new.as_ref());
    let text = Text::Inline(json.canonical());
    let body = Body::Resource(Resource { imported: false, json: text, ..r.clone() });
    Ok(Record { replaces, ..Record::first(e.record.id, patient, body) })
}

impl Node {
    /// Corrects who a patient is and who decides for them, in one block.
    pub(in crate::node) async fn correct(
        &self,
        who: &Who,
        patient: PatientId,
        correction: Correction,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Register).await?;
        let year = clock::year(clock::now());
        let Correction { who: person, guardian } = correction;
        if let Some((_, p)) = &person {
            record::validate(&Body::Patient(p.clone()), year)?;
        }
        if let Some((_, Some(g))) = &guardian {
            g.check()?;
        }
        if person.is_none() && guardian.is_none() {
            return Err(Fault::new(FaultKind::Usage, "nothing is changed: say what is to be corrected"));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let draft = forms::key(who.staff, FormOf::Who(patient));
        let written = open.store.call(move |db| {
            let org = device.org_id();
            let (all, _) = entries(db, &device, patient, |o, _| o == org)?;
            let histories = current(&all);
            let own = histories.iter().find(|((o, _), h)| *o == org && says_who(h)).map(|(_, h)| h);
            let Some((h, first)) = own.and_then(|h| Some((h, *h.standing.first()?))) else {
                return Ok(Err(not_ours()));
            };
            let mut rng = rand::rng();
            let consortium = db.replica().governance().consortium();
            let birth_year = said(&first.record.body).and_then(|p| p.birth_year);
            let made = || {
                let mut records = Vec::new();
                if let Some((replaces, new)) = person {
                    let e = seen(h, &replaces)?;
                    let body = match &e.record.body {
                        Body::Resource(r) => Body::Resource(edited(r, &new)?),
                        _ => Body::Patient(new),
                    };
                    records.push(Record { replaces, ..Record::first(e.record.id, patient, body) });
                }
                if let Some(change) = guardian {
                    let fresh = RecordId::random(&mut rng);
                    records.push(changed(&histories, (consortium, org, patient), change, birth_year, fresh)?);
                }
                for r in &records {
                    record::validate(&r.body, year)?;
                }
                Ok::<_, Fault>(records)
            };
            let records = match made() {
                Ok(r) => r,
                Err(f) => return Ok(Err(f)),
            };
            let author = certified(db, &device)?;
            let mut keys = Keys::new(&device, clock::now());
            let (id, key) = keys.of(db, patient, first.compartment, false, &mut rng)?;
            let writing = Writing { consortium, patient, staff: &staff };
            let records = writing.records(id, &key, records, &mut rng)?;
            let contents = keys.blocks().into_iter().chain(records).collect();
            let beside = Beside { drop_draft: Some(draft), ..Beside::default() };
            let heads = author.write(db, contents, &beside)?;
            refresh_cards(db, &device, false)?;
            heads.last().copied().ok_or(StoreError::Closed).map(Ok)
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }
}
