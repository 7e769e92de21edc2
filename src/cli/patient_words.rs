//! What `aidpost patient` shows, in words.

use jiff::tz::TimeZone;

use crate::{
    core::{expected::Due, next_visit, record::show_milli},
    fhir::date,
    node::api::{Chart, ConflictRow, DuplicateRow, PatientRow},
};

pub(super) fn rows(all: &[PatientRow]) -> String {
    if all.is_empty() {
        return "Nobody fits: try part of the name, the village or the phone.".into();
    }
    let line = |r: &PatientRow| {
        let born = r.birth_year.map_or_else(|| "    ".into(), |y| y.to_string());
        let seen =
            r.last_visit.and_then(|at| date::day(i64::try_from(at).ok()?)).unwrap_or_else(|| "–".into());
        format!("{}  {born}  {seen:<10}  {}  {}", r.id, r.name, r.village)
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Who is due, each with the day.
pub(super) fn due(all: &[PatientRow]) -> String {
    if all.is_empty() {
        return "Nobody is due.".into();
    }
    let line = |r: &PatientRow| {
        let day = r.due.and_then(|d| next_visit::day_of(d.day, &TimeZone::system()));
        let day = day.map_or_else(|| "?".into(), |d| d.to_string());
        let state = match r.due.map(|d| d.state) {
            Some(Due::Overdue) => "overdue",
            _ => "today",
        };
        format!("{}  {day}  {state:<7}  {}  {}", r.id, r.name, r.village)
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The day that an appointment is for, where the clinic is: it begins at midnight there.
fn planned(at: i64, zone: &TimeZone) -> String {
    let day = u64::try_from(at).ok().and_then(|at| next_visit::day_of(at, zone));
    day.map_or_else(|| "?".into(), |d| d.to_string())
}

pub(super) fn chart(c: &Chart) -> String {
    let p = &c.patient;
    let born = p.birth_year.map_or_else(
        || "year of birth not known".into(),
        |y| format!("born {}{y}", if p.birth_estimated { "about " } else { "" }),
    );
    let mut out = vec![p.name.clone(), format!("{born}, {}, {}, {}", p.gender.word(), p.village, p.phone)];
    out.extend(c.guardian.as_ref().map(|row| {
        let g = &row.guardian;
        let phone = if g.phone.is_empty() { String::new() } else { format!(", {}", g.phone) };
        let grown = if row.decides { "" } else { " (the patient is grown since)" };
        format!("{} decides: {}{phone}{grown}", g.relation.word(), g.name)
    }));
    out.push(format!("kept by {}; {}", c.custodian, c.because.join(", ")));
    out.extend(c.linked.iter().map(|l| format!("linked with {} ({}): both records are shown", l.name, l.id)));
    if let Some(at) = c.shelved.since {
        out.push(format!(
            "IN THE ARCHIVE since {}: 'aidpost archive restore {}' or a new visit brings it back",
            super::words::date(at),
            c.id
        ));
    }
    if c.shelved.held {
        out.push("HELD: nothing of this record is archived or destroyed".into());
    }
    if !c.conflicts.is_empty() {
        out.push(format!(
            "{} records were edited at two places at once: 'aidpost patient conflicts {}'",
            c.conflicts.len(),
            c.id
        ));
    }
    out.extend(c.unreadable.iter().map(|u| format!("NOT READABLE: {u}")));
    let day = |at: i64| date::day(at).unwrap_or_else(|| "?".into());
    let zone = TimeZone::system();
    let struck = c.struck.iter().map(|s| (&s.visit, Some(s)));
    for (v, struck) in c.visits.iter().map(|v| (v, None)).chain(struck) {
        let conflict = if v.versions.len() > 1 { "  (one of several versions)" } else { "" };
        out.push(format!("\n{}  {}{conflict}", day(v.at), v.reason));
        out.extend(struck.map(|s| {
            let at = i64::try_from(s.at).ok().and_then(date::instant).unwrap_or_default();
            format!("    STRUCK OUT, counts in nothing: {} ({}, {at})", s.because, s.by)
        }));
        let vitals = v.observations.iter().map(|o| {
            let i = o.vital.info();
            format!("{} {} {}", i.label, show_milli(o.milli), i.shown)
        });
        let vitals = vitals.collect::<Vec<_>>().join(", ");
        out.extend(
            v.note
                .lines()
                .map(str::to_string)
                .chain([vitals])
                .chain(v.done.iter().map(|i| {
                    let text = i.planned().map_or_else(|| i.text.clone(), |at| planned(at, &zone));
                    let over = if i.over() { format!(" ({})", i.status) } else { String::new() };
                    format!("{}: {text}{over} · record {}", i.kind, i.record)
                }))
                .filter(|l| !l.is_empty())
                .map(|l| format!("    {l}")),
        );
        out.push(format!("    {}, {} · record {}", v.author, v.org, v.record));
    }
    let kinds = [
        "AllergyIntolerance",
        "Condition",
        "MedicationRequest",
        "MedicationStatement",
        "Immunization",
        "Procedure",
        "DiagnosticReport",
        "CarePlan",
        "Observation",
    ];
    for kind in kinds {
        let of: Vec<_> =
            c.items.iter().filter(|i| i.kind == kind && (kind != "Observation" || i.apart)).collect();
        if !of.is_empty() {
            out.push(format!("\n{kind} ({})", of.len()));
        }
        out.extend(of.iter().map(|i| {
            format!("    {:<10}  {}  {}", i.at.map_or_else(String::new, day), i.text, i.status)
                .trim_end()
                .to_string()
        }));
    }
    if !c.attachments.is_empty() {
        out.push(format!("\nFiles ({})", c.attachments.len()));
    }
    out.extend(c.attachments.iter().map(|a| {
        let elsewhere = match a.missing {
            0 => String::new(),
            n => format!("  ({n} of its {} pieces are not here)", a.pieces),
        };
        format!("    {}  {} bytes  {}{elsewhere}", a.record, a.size, a.name)
    }));
    out.join("\n")
}

/// Versions of a record side by side.
pub(super) fn versions(all: &[ConflictRow]) -> String {
    if all.is_empty() {
        return "Nothing was edited at two places at once.".into();
    }
    let mut out = Vec::new();
    for c in all {
        out.push(format!("{} {} of patient {}", c.kind, c.record, c.patient));
        for v in &c.versions {
            let day = i64::try_from(v.at).ok().and_then(date::instant).unwrap_or_default();
            let doubt = if v.believed { "" } else { "  NOT TRUSTED: its terminal was suspended or split" };
            out.push(format!("  version {}  {}, {}  {day}{doubt}", v.version, v.author, v.org));
            out.extend(v.differences.iter().map(|d| {
                let said = |s: &str| if s.is_empty() { "nothing".to_string() } else { format!("'{s}'") };
                format!("      {}: {} instead of {}", d.field, said(&d.second), said(&d.first))
            }));
        }
    }
    out.join("\n")
}

/// Who may be the same person.
pub(super) fn duplicates(all: &[DuplicateRow]) -> String {
    if all.is_empty() {
        return "Nobody here is likely the same person.".into();
    }
    let line = |r: &DuplicateRow| {
        let born = r.birth_year.map_or_else(String::new, |y| format!(", born {y}"));
        format!("{}  {:>3}  {}{born}, {}: {}", r.id, r.score, r.name, r.village, r.reasons.join(", "))
            + if r.archived { " (in the archive)" } else { "" }
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_appointment_is_for_the_day_of_the_clinic() {
        let zone = TimeZone::get("Africa/Kigali").unwrap();
        let day = jiff::civil::date(2026, 8, 19);
        let (from, _) = next_visit::whole_day(day, &zone).unwrap();
        assert_eq!(planned(from, &zone), "2026-08-19");
        assert_eq!(date::day(from).as_deref(), Some("2026-08-18"), "of Greenwich");
    }
}
