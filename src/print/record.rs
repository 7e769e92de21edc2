//! What of a record stands on paper.

use jiff::{Timestamp, tz::TimeZone};

use super::{Heading, Known, Seen};
use crate::node::api::{Chart, SummaryRow, VisitRow, Who};

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

/// A visit.
pub fn seen(v: &VisitRow) -> Seen {
    Seen {
        when: time(v.at),
        reason: v.reason.clone(),
        note: v.note.clone(),
        observations: v.observations.clone(),
        by: format!("{}, {}", v.author, v.org),
        block: v.block,
    }
}

/// What is in force of what came from elsewhere and of the emergency summaries.
pub fn known(chart: &Chart, summaries: Vec<SummaryRow>) -> Known {
    const OVER: [&str; 8] = [
        "inactive",
        "resolved",
        "remission",
        "stopped",
        "completed",
        "cancelled",
        "entered-in-error",
        "draft",
    ];
    let of = |kinds: &[&str]| -> Vec<String> {
        let some = chart.items.iter().filter(|i| kinds.contains(&i.kind.as_str()));
        some.filter(|i| !OVER.contains(&i.status.as_str())).map(|i| i.text.clone()).collect()
    };
    let mut k = Known {
        allergies: of(&["AllergyIntolerance"]),
        medicines: of(&["MedicationRequest", "MedicationStatement"]),
        problems: of(&["Condition"]),
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
