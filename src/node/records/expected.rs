//! Who is expected back: read from appointments and visits, listed for those who may see them.

use jiff::tz::TimeZone;

use super::{MOST_FOUND, cards::visited, opening::Entry};
use crate::{
    core::{
        expected::{Expected, outstanding},
        id::{OrgId, RecordId},
        json::Json,
        next_visit::{day_of, whole_day},
        record::Body,
        resource::{Resource, Text},
        time::Millis,
        versions::History,
    },
    fhir::{date, view},
    node::{
        Node,
        api::{DueRow, Fault, PatientRow, Who},
        clock,
    },
    store::tables::{self, Card},
};

impl Node {
    /// Patients of this organisation who were to come by today and haven't, of those who fit: the latest day first.
    pub(in crate::node) async fn due(&self, who: &Who, query: &str) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let query: String = query.chars().take(200).collect();
        let found = open.store.call(move |db| {
            let mut due = db.due_by(clock::now())?;
            if !query.trim().is_empty() {
                let mut fitting = db.find_patients(&query, usize::MAX)?;
                fitting.sort_unstable();
                due.retain(|p| fitting.binary_search(p).is_ok());
            }
            let mut out = Vec::new();
            for p in due {
                if out.len() >= MOST_FOUND {
                    break;
                }
                if db.get::<Card>(tables::CARDS, &p.0)?.is_some_and(|c| !c.archived) {
                    out.push(p);
                }
            }
            Ok(out)
        });
        self.rows(who, found.await?).await
    }
}

/// The day as a list shows it.
pub(super) fn row(e: Expected, now: Millis) -> DueRow {
    DueRow { day: e.from, state: e.state(now) }
}

/// The day from its beginning to its end, here, of a time in milliseconds since 1970.
pub(super) fn day(at: i64, made: Millis) -> Option<Expected> {
    let zone = TimeZone::system();
    let (from, until) = whole_day(day_of(Millis::try_from(at).ok()?, &zone)?, &zone)?;
    Some(Expected { from: Millis::try_from(from).ok()?, until: Millis::try_from(until).ok()?, made })
}

/// What an Appointment that stands says.
fn appointment(json: &Json) -> Option<Expected> {
    let stands = matches!(json.text_at(&["status"]), Some("booked" | "pending"));
    let at = view::line("Appointment", json).at.filter(|_| stands)?;
    let made = json.text_at(&["created"]).and_then(date::millis).and_then(|at| Millis::try_from(at).ok());
    day(at, made.unwrap_or(0))
}

/// What an organisation's records still expect of a patient.
pub(super) fn of(histories: &[((OrgId, RecordId), History<'_, Entry>)], own: OrgId) -> Vec<Expected> {
    let standing = || {
        let ours = histories.iter().filter(|((org, _), _)| *org == own);
        ours.filter_map(|(_, h)| h.standing.first()).map(|e| &e.record.body)
    };
    let all: Vec<Expected> = standing()
        .filter_map(|body| match body {
            Body::Resource(Resource { kind, json: Text::Inline(s), .. }) if kind == "Appointment" => {
                appointment(&Json::parse(s).ok()?)
            }
            _ => None,
        })
        .collect();
    if all.is_empty() {
        return all;
    }
    outstanding(all, &standing().filter_map(visited).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::expected::Due;

    #[test]
    fn only_appointments_that_stand_are_expected() {
        let of = |status: &str| {
            let json = format!(
                r#"{{"status":"{status}","start":"2026-08-19T10:00:00Z","created":"2026-08-01","participant":[]}}"#
            );
            appointment(&Json::parse(&json).unwrap())
        };
        let e = of("booked").unwrap();
        let at = date::millis("2026-08-19T10:00:00Z").unwrap() as u64;
        assert!(e.from <= at && at < e.until && of("pending") == Some(e));
        assert_eq!(e.made, date::millis("2026-08-01").unwrap() as u64);
        assert_eq!([of("cancelled"), of("fulfilled"), of("noshow")], [None; 3]);
        assert_eq!(appointment(&Json::parse(r#"{"status":"booked"}"#).unwrap()), None, "no day");
        assert_eq!(row(e, at).state, Due::Today);
    }
}
