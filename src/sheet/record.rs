//! What of a record stands in a list.

use jiff::tz::TimeZone;

use super::{accesses::Accessed, patients::Listed, visits::Visited};
use crate::{
    core::id::PatientId,
    fhir::date::instant,
    node::api::{AccessRow, Chart},
};

/// Who the patient is.
pub fn listed(c: &Chart) -> Listed {
    let last = c.visits.first().and_then(|v| instant(v.at));
    // Its day.
    let last_visit = last.map_or_else(String::new, |t| t.chars().take(10).collect());
    Listed { id: Some(c.id), patient: c.patient.clone(), last_visit }
}

/// The visits of this record alone, without those of who is linked.
pub fn visited(c: &Chart) -> impl Iterator<Item = Visited> {
    c.visits.iter().filter(|v| v.patient == c.id).map(|v| Visited {
        patient: c.id,
        name: c.patient.name.clone(),
        at: v.at,
        reason: v.reason.clone(),
        note: v.note.clone(),
        observations: v.observations.clone(),
        done: v.done.iter().filter_map(|i| i.said(&TimeZone::system())).collect::<Vec<_>>().join("\n"),
        by: (v.author.clone(), v.org.clone()),
    })
}

/// One access to a patient's record.
pub fn accessed(patient: PatientId, a: AccessRow) -> Accessed {
    Accessed {
        patient,
        when: i64::try_from(a.at).ok().and_then(instant).unwrap_or_default(),
        who: a.staff,
        organisation: a.org,
        purpose: a.purpose,
        allowed: a.allowed,
        parts: a.compartments,
        exported: a.exported,
        consents: a.grants.iter().map(ToString::to_string).collect(),
    }
}
