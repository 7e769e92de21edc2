//! What is archived, as the patient list and a chart need it.

use std::collections::BTreeSet;

use crate::{
    core::{
        block::Kind,
        codec,
        consent::Order,
        id::{BlockId, OrgId, PatientId, RecordId, hash32},
        json::Json,
        ledger::Replica,
        record::Body,
        resource::Text,
        retention::{Archived, Series, YEAR},
        rights::{Deed, Retention},
        time::{DAY, Millis},
        versions::History,
    },
    fhir::{date, view},
    node::{api::Shelved, clock, records::Entry},
    store::{
        Db, StoreError,
        tables::{self, Card},
    },
};

/// Key of a value in the store's settings: which marks were believed when the patient list was last brought up to date.
const BELIEVED: &[u8] = b"archive-believed";

/// The blocks in which an organisation wrote records of a patient.
pub(super) fn own_records(db: &Db, org: OrgId, patient: PatientId) -> Result<Vec<BlockId>, StoreError> {
    let replica = db.replica();
    let all = db.about(patient, Kind::Records)?;
    let own = all.into_iter().filter(|(log, _)| replica.org_of(*log) == Some(org));
    Ok(own.filter_map(|(log, seq)| replica.id_at(log, seq)).collect())
}

pub(super) fn archived(db: &Db, org: OrgId, patient: PatientId) -> Result<Archived, StoreError> {
    let shelf = db.replica().shelf(org, patient);
    if shelf.is_empty() {
        return Ok(Archived::default());
    }
    Ok(shelf.archived(db.replica(), &own_records(db, org, patient)?))
}

/// True for a patient who isn't in the list of every day.
pub(in crate::node) fn is_archived(db: &Db, org: OrgId, patient: PatientId) -> Result<bool, StoreError> {
    Ok(archived(db, org, patient)?.patient().is_some())
}

/// Which marks and releases are believed: when that changes, other patients than those of new blocks may be concerned.
fn believed(replica: &Replica) -> [u8; 32] {
    let all = replica.rights().all().filter_map(|n| match &n.deed {
        Deed::Retention(Retention::Archive { .. } | Retention::Release { .. }) => {
            Some((n.block, n.index, n.author.is_some_and(|a| replica.trusted(n.block, a))))
        }
        _ => None,
    });
    hash32("aidpost v0 archive believed", &[&codec::encode(&all.collect::<Vec<_>>())])
}

/// Entries of the patient list whose place in the archive is another one than it says. Looks at everybody of whom anything
/// was ever settled when `all`, or when other marks are believed than before.
pub(in crate::node) fn changed(
    db: &mut Db,
    org: OrgId,
    all: bool,
) -> Result<Vec<(PatientId, Card)>, StoreError> {
    let now = believed(db.replica());
    let before: Option<[u8; 32]> = db.get(tables::META, BELIEVED)?;
    if !all && before == Some(now) {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    let patients: Vec<PatientId> = db.replica().rights().retained().collect();
    for p in patients {
        let Some(card) = db.get::<Card>(tables::CARDS, &p.0)? else { continue };
        let archived = is_archived(db, org, p)?;
        if card.archived != archived {
            out.push((p, Card { archived, ..card }));
        }
    }
    if before != Some(now) {
        db.put(tables::META, BELIEVED, Some(&now))?;
    }
    Ok(out)
}

/// When a record's block may have been written at the latest.
fn written(replica: &Replica, e: &Entry) -> Millis {
    let bracket = replica.place(e.block).and_then(|p| replica.bracket(p));
    let Some(b) = bracket else { return e.time.millis };
    let said = if b.clock_is_wrong() { b.before.unwrap_or(b.said) } else { b.said };
    b.after.map_or(said, |a| said.max(a))
}

/// The end of what a FHIR date may mean: it says a year, a month or a day as its first moment.
fn end_of(at: Millis) -> Millis {
    match clock::date(at) {
        _ if !at.is_multiple_of(DAY) => at,
        d if d.ends_with("-01-01") => at.saturating_add(YEAR),
        d if d.ends_with("-01") => at.saturating_add(31 * DAY),
        _ => at.saturating_add(DAY),
    }
}

/// When what lasted was over.
fn ends(json: &Json) -> impl Iterator<Item = i64> + '_ {
    const PERIODS: [&str; 5] =
        ["period", "effectivePeriod", "performedPeriod", "occurrencePeriod", "billablePeriod"];
    PERIODS.iter().filter_map(|p| json.text_at(&[p, "end"]).and_then(date::millis))
}

/// When a patient was seen, by what a record says; none for one that speaks of no event.
pub(super) fn event(replica: &Replica, e: &Entry) -> Option<Millis> {
    match &e.record.body {
        // A clock that stood still says too little: the block's own time is the other witness.
        Body::Visit { encounter, .. } | Body::Struck { encounter, .. } => {
            Some(encounter.at.max(written(replica, e)))
        }
        Body::Resource(r) if r.kind != "Patient" => match &r.json {
            Text::Inline(s) => {
                let json = Json::parse(s).ok()?;
                let at = view::line(&r.kind, &json).at.into_iter().chain(ends(&json)).max()?;
                let at = end_of(Millis::try_from(at).unwrap_or(0));
                // That somebody was to come is no sign that they came: it speaks of when it was agreed.
                Some(if r.kind == "Appointment" { at.min(written(replica, e)) } else { at })
            }
            Text::Parts(_) => None,
        },
        _ => None,
    }
}

/// The latest time that a record may be of.
pub(super) fn latest(replica: &Replica, e: &Entry) -> Millis {
    event(replica, e).unwrap_or_else(|| written(replica, e))
}

/// What of a patient's own records is archived.
pub(in crate::node) fn of_chart(
    db: &Db,
    org: OrgId,
    patient: PatientId,
    histories: &[((OrgId, RecordId), History<'_, Entry>)],
) -> Result<Shelved, StoreError> {
    let replica = db.replica();
    let held = !replica.shelf(org, patient).holds.is_empty();
    let archived = archived(db, org, patient)?;
    let mut records = BTreeSet::new();
    // Whoever opens an archived patient has asked for all of it.
    if archived.patient().is_none() && archived != Archived::default() {
        for ((of, record), h) in histories {
            let away = |e: &&Entry| {
                archived.record(Series::of(e.compartment, &e.record.body), latest(replica, e), e.block)
            };
            if *of == org && h.standing.iter().all(away) {
                records.insert(*record);
            }
        }
    }
    Ok(Shelved { since: archived.patient(), held, records: records.into_iter().collect() })
}
