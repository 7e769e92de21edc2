//! Who is expected back: read from appointments and visits, listed for those who may see them.

use jiff::tz::TimeZone;

use super::{cards::visited, opening::Entry, striking::Struck};
use crate::{
    core::{
        expected::{Expected, outstanding},
        id::{OrgId, RecordId},
        json::Json,
        next_visit::whole_day,
        record::Body,
        resource::{Resource, Text},
        time::Millis,
        versions::History,
    },
    fhir::date,
    node::{
        Node,
        api::{DueRow, Fault, PatientPage, Who},
        clock,
    },
};

/// The most lines of one answer.
const DUE_ROWS: usize = 1_000;

impl Node {
    /// Patients of this organisation who were to come by today and haven't, of those who fit: the latest day first.
    pub(in crate::node) async fn due(
        &self,
        who: &Who,
        query: &str,
        skip: usize,
    ) -> Result<PatientPage, Fault> {
        let open = self.opened().await?;
        let query: String = query.chars().take(200).collect();
        let found = open.store.call(move |db| {
            let mut due = db.due_by(clock::now())?;
            if !query.trim().is_empty() {
                let mut fitting = db.find_patients(&query, usize::MAX)?;
                fitting.sort_unstable();
                due.retain(|p| fitting.binary_search(p).is_ok());
            }
            Ok(due)
        });
        self.page(who, found.await?, (skip, DUE_ROWS, true), |c, own| own && !c.archived).await
    }
}

/// The day as a list shows it.
pub(super) fn row(e: Expected, now: Millis) -> DueRow {
    DueRow { day: e.from, state: e.state(now) }
}

/// The day that a visit is planned for, as it was worked out when it was typed.
pub(super) fn planned((from, until): (i64, i64), made: Millis) -> Option<Expected> {
    Some(Expected { from: Millis::try_from(from).ok()?, until: Millis::try_from(until).ok()?, made })
}

/// What an Appointment that stands says. One of a whole day, shorter or longer by an hour where clocks change, is of that day
/// as its place has it, whoever reads it; an hour of a day is of the day that its text says.
fn appointment(json: &Json, zone: &TimeZone) -> Option<Expected> {
    const HOUR: i64 = 3_600_000;
    let stands = matches!(json.text_at(&["status"]), Some("booked" | "pending"));
    let start = json.text_at(&["start"]).filter(|_| stands)?;
    let made = json.text_at(&["created"]).and_then(date::millis).and_then(|at| Millis::try_from(at).ok());
    let from = date::millis(start)?;
    let whole = |until: &i64| (23 * HOUR..=25 * HOUR).contains(&until.saturating_sub(from));
    let day = match json.text_at(&["end"]).and_then(date::millis).filter(whole) {
        Some(until) => (from, until),
        None => whole_day(date::civil(start)?, zone)?,
    };
    planned(day, made.unwrap_or(0))
}

/// When somebody came, by what a content says: an Encounter that was planned or called off is no visit.
fn came(body: &Body) -> Option<Millis> {
    const HAPPENED: [&str; 5] = ["arrived", "triaged", "in-progress", "onleave", "finished"];
    match body {
        Body::Resource(Resource { kind, json: Text::Inline(s), .. }) if kind == "Encounter" => {
            let json = Json::parse(s).ok()?;
            visited(body).filter(|_| json.text_at(&["status"]).is_some_and(|s| HAPPENED.contains(&s)))
        }
        _ => visited(body),
    }
}

/// What an organisation's records still expect of a patient.
pub(super) fn of(
    histories: &[((OrgId, RecordId), History<'_, Entry>)],
    own: OrgId,
    now: Millis,
) -> Vec<Expected> {
    let standing = || {
        let ours = histories.iter().filter(|((org, _), _)| *org == own);
        ours.filter_map(|(_, h)| h.standing.first()).map(|e| &e.record.body)
    };
    let (zone, struck) = (TimeZone::system(), Struck::of(histories));
    let all: Vec<Expected> = standing()
        .filter_map(|body| match body {
            Body::Resource(r @ Resource { kind, json: Text::Inline(s), .. }) if kind == "Appointment" => {
                let json = Json::parse(s).ok()?;
                // The day was set for somebody else.
                if struck.holds(own, r, &json) { None } else { appointment(&json, &zone) }
            }
            _ => None,
        })
        .collect();
    if all.is_empty() {
        return all;
    }
    let visits: Vec<Millis> = standing().filter_map(came).filter(|at| *at <= now).collect();
    outstanding(all, &visits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::expected::Due;

    fn booked(start: &str, end: &str, zone: &str) -> Option<Expected> {
        let json = format!(
            r#"{{"status":"booked","start":"{start}","end":"{end}","created":"2026-08-01","participant":[]}}"#
        );
        appointment(&Json::parse(&json).unwrap(), &TimeZone::get(zone).unwrap())
    }

    #[test]
    fn only_appointments_that_stand_are_expected() {
        let of = |status: &str| {
            let json = format!(
                r#"{{"status":"{status}","start":"2026-08-19T10:00:00Z","created":"2026-08-01","participant":[]}}"#
            );
            appointment(&Json::parse(&json).unwrap(), &TimeZone::UTC)
        };
        let e = of("booked").unwrap();
        let at = date::millis("2026-08-19T10:00:00Z").unwrap() as u64;
        assert!(e.from <= at && at < e.until && of("pending") == Some(e));
        assert_eq!(e.made, date::millis("2026-08-01").unwrap() as u64);
        assert_eq!([of("cancelled"), of("fulfilled"), of("noshow")], [None; 3]);
        let none = Json::parse(r#"{"status":"booked"}"#).unwrap();
        assert_eq!(appointment(&none, &TimeZone::UTC), None, "no day");
        assert_eq!(row(e, at).state, Due::Today);
    }

    #[test]
    fn the_day_is_the_writers_wherever_it_is_read() {
        let (from, until) = ("2026-08-19T00:00:00+02:00", "2026-08-20T00:00:00+02:00");
        let there = booked(from, until, "Africa/Kigali").unwrap();
        assert_eq!(there.from as i64, date::millis(from).unwrap());
        assert_eq!(there.until as i64, date::millis(until).unwrap());
        for elsewhere in ["UTC", "Asia/Kathmandu", "America/Lima"] {
            assert_eq!(booked(from, until, elsewhere), Some(there), "{elsewhere}");
        }
        let hour =
            booked("2026-08-19T23:30:00+02:00", "2026-08-19T23:50:00+02:00", "Asia/Kathmandu").unwrap();
        assert_eq!(hour.from as i64, date::millis("2026-08-19T00:00:00+05:45").unwrap());
    }

    #[test]
    fn an_encounter_that_did_not_take_place_is_no_visit() {
        let of = |status: &str| {
            let json = format!(
                r#"{{"resourceType":"Encounter","status":"{status}","period":{{"start":"2026-08-19"}}}}"#
            );
            came(&Body::Resource(Resource {
                kind: "Encounter".into(),
                source: String::new(),
                id: "e".into(),
                full_url: None,
                imported: true,
                json: Text::Inline(json),
            }))
        };
        assert!(of("finished").is_some() && of("in-progress").is_some());
        for none in ["planned", "cancelled", "entered-in-error", "unknown"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
