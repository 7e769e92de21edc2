//! The patient list, and who somebody is in it: worked out from records that opened.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    core::{
        codec,
        consent::standing,
        id::{OrgId, PatientId, RecordId},
        json::Json,
        record::{Body, Patient},
        resource::{Resource, Text},
        time::Millis,
        versions::History,
    },
    fhir::view,
    node::{archive, clock, device::Device},
    store::{
        Db, Renewed, StoreError, Table,
        tables::{self, Card, Imported},
    },
};

use super::{
    expected,
    keys::Keyring,
    opening::{Entry, current, entries_by},
};

/// Name of the value that says under whose name this terminal keeps what is nobody's record.
pub(super) const DIRECTORY: &[u8] = b"directory";
/// Hashes of contents that are remembered of one resource.
const MAX_SEEN: usize = 64;

/// Name of the value that says that the days of everybody in the list were read: a store of before had no room for them.
const EXPECTED_BUILT: &[u8] = b"expected-built";

/// Brings the patient list up to date for those whose blocks have changed; when `all`, also for those without an entry, and
/// once for all whose records open here.
pub(in crate::node) fn refresh_cards(db: &mut Db, device: &Device, all: bool) -> Result<(), StoreError> {
    let mut patients = db.touched()?;
    let build = all && db.get::<()>(tables::META, EXPECTED_BUILT)?.is_none();
    if all {
        let known: BTreeSet<PatientId> = db
            .scan::<Card>(tables::CARDS, &[])?
            .into_iter()
            .filter_map(|(k, _)| k.try_into().ok().map(PatientId))
            .collect();
        for p in db.patients()? {
            if !known.contains(&p) || (build && db.is_wrapped_to(p, device.org_id())?) {
                patients.insert(p);
            }
        }
    }
    let (mut renewed, mut directory) = (Renewed::default(), None);
    // Opened for the first patient who needs it: most meetings bring none.
    let mut ring: Option<Keyring> = None;
    for p in patients.iter().copied() {
        // Most patients of a large consortium are others', and nothing of them opens here.
        let (entries, bad) = if db.is_wrapped_to(p, device.org_id())? {
            let keys = match &mut ring {
                Some(keys) => keys,
                none => none.insert(Keyring::new(db, device)?),
            };
            entries_by(db, keys, p, |_, _| true)?
        } else {
            (Vec::new(), Vec::new())
        };
        let replica = db.replica();
        let standings = standing(replica.consents(p), replica, replica.moment(clock::now()));
        let shares = |o: OrgId| standings.iter().any(|s| s.ended.is_none() && s.opens(o));
        let histories = current(&entries);
        if let Some((who, custodian)) = demographics(&histories, device.org_id(), shares) {
            let archived = archive::is_archived(db, device.org_id(), p)?;
            renewed.cards.push((p, Card { archived, ..card(&who, custodian, last_visit(&histories)) }));
        } else if bad.is_empty() && keeps_directory(&entries, device.org_id()) {
            directory = Some(p);
        }
        let expected = expected::of(&histories, device.org_id(), clock::now());
        if expected != db.expected(p)? {
            renewed.expected.push((p, expected));
        }
        imported(p, &entries, device.org_id(), &mut renewed.rows);
        let own = |(org, _): &(OrgId, RecordId)| *org == device.org_id();
        let conflict = histories.iter().any(|(k, h)| own(k) && h.in_conflict());
        let known = db.get::<()>(tables::CONFLICTS, &p.0)?.is_some();
        if conflict != known {
            renewed.conflicts.push((p, conflict));
        }
    }
    // A restored terminal goes on with the directory that it had.
    if let (Some(d), None) = (directory, db.get::<PatientId>(tables::META, DIRECTORY)?) {
        renewed.rows.push((tables::META, DIRECTORY.to_vec(), codec::encode(&d)));
    }
    if build {
        renewed.rows.push((tables::META, EXPECTED_BUILT.to_vec(), codec::encode(&())));
    }
    renewed.patients = patients;
    db.renew(&renewed)?;
    let moved = archive::changed(db, device.org_id(), all)?;
    db.put_cards(&moved)
}

/// True for what isn't a patient: practitioners, organisations and the like that came in, of nobody.
fn keeps_directory(entries: &[Entry], own: OrgId) -> bool {
    let came_in =
        |e: &Entry| matches!(&e.record.body, Body::Resource(r) if r.imported && r.kind != "Patient");
    !entries.is_empty() && entries.iter().all(|e| e.org == own && came_in(e))
}

/// What the index of imports says of records that another terminal of this organisation took in.
fn imported(patient: PatientId, entries: &[Entry], own: OrgId, rows: &mut Vec<(Table, Vec<u8>, Vec<u8>)>) {
    let mut found: BTreeMap<[u8; 16], Vec<(&Entry, &Resource)>> = BTreeMap::new();
    for e in entries.iter().filter(|e| e.org == own) {
        match &e.record.body {
            Body::Resource(r) if r.imported => {
                found.entry(Resource::identity(&r.kind, &r.source, &r.id)).or_default().push((e, r));
            }
            Body::Patient(_) => rows.push(patient_row(registered_identity(patient), patient)),
            _ => {}
        }
    }
    for (identity, versions) in found {
        let gone: BTreeSet<_> = versions.iter().flat_map(|(e, _)| e.record.replaces.iter()).collect();
        let last = versions
            .iter()
            .filter(|(e, _)| !gone.contains(&e.version))
            .max_by_key(|(e, _)| (e.time, e.version));
        let Some((last, r)) = last.or(versions.first()) else { continue };
        let seen = versions.iter().map(|(_, r)| content(r)).take(MAX_SEEN).collect();
        let row = Imported { record: last.record.id, version: last.version, seen };
        rows.push(resource_row(patient, identity, &row));
        if r.kind == "Patient" {
            rows.push(patient_row(identity, patient));
        }
    }
}

/// What a resource's content is told by; that of one in pieces, by their hash.
fn content(r: &Resource) -> [u8; 16] {
    match &r.json {
        Text::Inline(s) => Resource::content(s),
        Text::Parts(p) => Resource::content(&hex::encode(p.hash)),
    }
}

/// The same for a text that is about to be kept.
pub(super) fn content_of(canonical: &str, in_pieces: bool) -> [u8; 16] {
    if in_pieces {
        let hash = crate::core::resource::Parts::hash_of(canonical.as_bytes());
        return Resource::content(&hex::encode(hash));
    }
    Resource::content(canonical)
}

/// By what others find a patient who was registered here.
pub(super) fn registered_identity(patient: PatientId) -> [u8; 16] {
    Resource::identity("Patient", "", &patient.to_string())
}

pub(super) fn patient_row(identity: [u8; 16], patient: PatientId) -> (Table, Vec<u8>, Vec<u8>) {
    (tables::PATIENT_IDS, identity.to_vec(), codec::encode(&patient))
}

pub(super) fn resource_row(
    patient: PatientId,
    identity: [u8; 16],
    row: &Imported,
) -> (Table, Vec<u8>, Vec<u8>) {
    (tables::RESOURCES, [patient.0, identity].concat(), codec::encode(row))
}

pub(super) type Histories<'a> = [((OrgId, RecordId), History<'a, Entry>)];

/// Who a content says the patient is.
pub(super) fn said(body: &Body) -> Option<Patient> {
    match body {
        Body::Patient(p) => Some(p.clone()),
        Body::Resource(Resource { kind, json: Text::Inline(s), .. }) if kind == "Patient" => {
            Json::parse(s).ok().map(|j| view::demographics(&j))
        }
        _ => None,
    }
}

/// Who the patient is: as the own organisation registered them, else as one says that shares by consent. Another
/// organisation can't put words in their place.
pub(super) fn demographics(
    histories: &Histories<'_>,
    own: OrgId,
    shares: impl Fn(OrgId) -> bool,
) -> Option<(Patient, OrgId)> {
    let by = |wanted: &dyn Fn(OrgId) -> bool| {
        histories
            .iter()
            .filter(|((org, _), _)| wanted(*org))
            .find_map(|((org, _), h)| said(&h.standing.first()?.record.body).map(|p| (p, *org)))
    };
    by(&|o| o == own).or_else(|| by(&shares))
}

/// The date of birth as the same organisation's record says it, to the day: midnight UTC, milliseconds since 1970.
pub(super) fn born_on(histories: &Histories<'_>, custodian: OrgId) -> Option<i64> {
    let standing = histories.iter().filter(|((org, _), _)| *org == custodian);
    standing.filter_map(|(_, h)| h.standing.first()).find_map(|e| match &e.record.body {
        Body::Resource(Resource { kind, json: Text::Inline(s), .. }) if kind == "Patient" => {
            let json = Json::parse(s).ok()?;
            // A year or a month is not enough to judge a child's growth by.
            json.text_at(&["birthDate"]).filter(|d| d.len() == 10).and_then(crate::fhir::date::millis)
        }
        _ => None,
    })
}

/// The time of the last visit. One before 1970 is too old to be shown in a list.
pub(super) fn last_visit(histories: &Histories<'_>) -> Option<Millis> {
    let standing = histories.iter().filter_map(|(_, h)| h.standing.first());
    standing.filter_map(|e| visited(&e.record.body)).max()
}

/// When a content says that the patient was seen. A visit that was struck out says so no more.
pub(super) fn visited(body: &Body) -> Option<Millis> {
    match body {
        Body::Visit { encounter, .. } => Some(encounter.at),
        Body::Resource(Resource { kind, json: Text::Inline(s), .. }) if kind == "Encounter" => {
            let line = view::line(kind, &Json::parse(s).ok()?);
            Millis::try_from(line.at.filter(|_| line.status != "entered-in-error")?).ok()
        }
        _ => None,
    }
}

pub(super) fn card(p: &Patient, custodian: OrgId, last_visit: Option<Millis>) -> Card {
    Card {
        name: p.name.clone(),
        birth_year: p.birth_year,
        gender: p.gender,
        village: p.village.clone(),
        phone: p.phone.clone(),
        custodian,
        last_visit,
        archived: false,
    }
}

#[cfg(test)]
#[path = "cards_tests.rs"]
mod tests;
