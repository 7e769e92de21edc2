//! What of a record stands on paper.

use std::collections::BTreeSet;

use jiff::{Timestamp, tz::TimeZone};

use super::{Heading, Known, Seen};
use crate::{
    core::id::RecordId,
    fhir::date,
    node::api::{Chart, ItemRow, SummaryRow, VisitRow, Who},
};

/// A time as paper says it: day, hour and minute, UTC.
fn time(at: impl TryInto<i64>) -> String {
    let t = at.try_into().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    t.map_or_else(|| "?".into(), |t| t.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// Whose record it is, who prints it, and when.
pub fn heading<'a>(chart: &'a Chart, who: &Who, now: Timestamp) -> Heading<'a> {
    let printed = format!("Printed {} by {}.", time(now.as_millisecond()), who.name);
    Heading { org: &chart.custodian, id: chart.id, patient: &chart.patient, printed }
}

/// A visit of this chart.
pub fn seen(chart: &Chart, v: &VisitRow) -> Seen {
    Seen {
        when: time(v.at),
        reason: v.reason.clone(),
        note: v.note.clone(),
        observations: v.observations.clone(),
        ages: chart.ages(v.at),
        done: v.done.iter().filter_map(|i| i.said(&TimeZone::system())).collect(),
        by: format!("{}, {}", v.author, v.org),
        block: v.block,
    }
}

/// What is in force of what was coded at visits, of what came from elsewhere, and of the emergency summaries. A medicine or
/// problem of a visit stands with the day of that visit: nobody says when it is over, and an old course is no current one.
pub fn known(chart: &Chart, summaries: Vec<SummaryRow>) -> Known {
    let at_visits: BTreeSet<RecordId> = chart.visits.iter().flat_map(|v| &v.done).map(|i| i.record).collect();
    let of = |kinds: &[&str], dated: bool| -> Vec<String> {
        let all = chart.items.iter().filter(|i| kinds.contains(&i.kind.as_str()) && !i.over());
        let mut said = BTreeSet::new();
        let line = |i: &ItemRow| match i.at.and_then(date::day) {
            // The same is written again at each visit: the last one counts, and they are newest first.
            Some(day) if dated && at_visits.contains(&i.record) => {
                said.insert(i.text.clone()).then(|| format!("{} ({day})", i.text))
            }
            _ => Some(i.text.clone()),
        };
        all.filter_map(line).collect()
    };
    let mut k = Known {
        allergies: of(&["AllergyIntolerance"], false),
        medicines: of(&["MedicationRequest", "MedicationStatement"], true),
        problems: of(&["Condition"], true),
    };
    for s in summaries.into_iter().map(|s| s.summary) {
        k.allergies.extend(s.allergies);
        k.medicines.extend(s.medicines);
        k.problems.extend(s.problems);
    }
    for lines in [&mut k.allergies, &mut k.medicines, &mut k.problems] {
        lines.sort();
        lines.dedup();
    }
    k
}
