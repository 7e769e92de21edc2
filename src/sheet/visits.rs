//! The list of visits.

use super::{
    patients::short,
    table::{self, Refused, Row},
};
use crate::{
    core::{
        id::PatientId,
        record::{Observation, Vital, parse_vital, show_milli},
        time::Millis,
    },
    fhir::date,
};

/// Its columns. Measurements have the order of the form.
pub const COLUMNS: [&str; 16] = [
    "patient",
    "name",
    "when",
    "reason",
    "note",
    "temperature",
    "heart_rate",
    "breathing",
    "systolic",
    "diastolic",
    "spo2",
    "weight",
    "height",
    "written_by",
    "organisation",
    "coded",
];
/// Where the measurements begin.
const MEASURED: usize = 5;

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visited {
    /// Whose.
    pub patient: PatientId,
    /// Their name. It is only written.
    pub name: String,
    /// When: milliseconds since 1970.
    pub at: i64,
    /// Why they came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// What was measured.
    pub observations: Vec<Observation>,
    /// What was coded at it, a line each. A list that comes in has it in words.
    pub done: String,
    /// Who wrote it, and of which organisation. Only written.
    pub by: (String, String),
}

/// As a spreadsheet.
pub fn write(all: &[Visited]) -> String {
    let row = |v: &Visited| {
        let of = |vital: Vital| {
            let o = v.observations.iter().find(|o| o.vital == vital);
            o.map_or_else(String::new, |o| show_milli(o.milli))
        };
        let [t, h, b, s, d, o, w, l] = Vital::ALL.map(of);
        let when = date::instant(v.at).unwrap_or_default();
        let (name, reason, note) = (v.name.clone(), v.reason.clone(), v.note.clone());
        let (who, org) = v.by.clone();
        [v.patient.to_string(), name, when, reason, note, t, h, b, s, d, o, w, l, who, org, v.done.clone()]
    };
    table::write(COLUMNS, all.iter().map(row))
}

/// From a spreadsheet; each with its line. Nobody was seen later than `now`.
///
/// # Errors
/// Each line that can't be taken.
pub fn read(text: &str, now: Millis) -> Result<Vec<(u64, Visited)>, Vec<Refused>> {
    table::read(text, &COLUMNS, &["patient", "when", "reason"], |r| Ok((r.line, visited(r, now)?)))
}

fn visited(r: &Row<'_>, now: Millis) -> Result<Visited, String> {
    let patient = r.get("patient").parse::<PatientId>().map_err(|e| e.to_string())?;
    let when = r.get("when");
    // A time without its zone is read as UTC, as this list writes it.
    let utc = || format!("{}Z", when.replace(' ', "T"));
    let at = date::millis(when)
        .or_else(|| date::millis(&utc()))
        .or_else(|| date::millis(&utc().replace('Z', ":00Z")));
    let at = at
        .filter(|_| when.len() >= 10)
        .ok_or_else(|| format!("when '{}': write it like 2026-03-01 or 2026-03-01T09:30:00Z", short(when)))?;
    match u64::try_from(at) {
        Err(_) => return Err(format!("when '{}': visits before 1970 can't be written", short(when))),
        Ok(at) if at > now => return Err(format!("when '{}' is yet to come: check the year", short(when))),
        Ok(_) => {}
    }
    if r.get("reason").is_empty() {
        return Err("reason is empty: fill it in".into());
    }
    let mut observations = Vec::new();
    for (vital, column) in Vital::ALL.into_iter().zip(&COLUMNS[MEASURED..]) {
        let typed = r.get(column);
        if !typed.is_empty() {
            observations.push(parse_vital(vital, typed).map_err(|e| e.to_string())?);
        }
    }
    let (name, by) = (r.get("name").into(), (String::new(), String::new()));
    Ok(Visited {
        patient,
        name,
        at,
        reason: r.get("reason").into(),
        note: r.get("note").into(),
        observations,
        done: r.get("coded").into(),
        by,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_800_000_000_000;

    #[test]
    fn a_list_comes_back() {
        let one = Visited {
            patient: PatientId([7; 16]),
            name: "Nila".into(),
            at: 1_700_000_000_000,
            reason: "-cough".into(),
            note: "two\nlines".into(),
            observations: vec![Observation { vital: Vital::Temperature, milli: 38_500 }],
            done: "Problem: Cough\nNext visit: 2026-03-15".into(),
            by: (String::new(), String::new()),
        };
        assert_eq!(read(&write(std::slice::from_ref(&one)), NOW).unwrap(), [(2, one)]);
    }

    #[test]
    fn times_as_people_write_them() {
        let at = |when: &str| {
            let text = format!("patient,when,reason\n{},{when},x\n", PatientId([7; 16]));
            read(&text, NOW).map(|v| v[0].1.at).map_err(|e| e[0].why.clone())
        };
        assert_eq!(at("2026-03-01"), Ok(1_772_323_200_000));
        for same in
            ["2026-03-01T09:30:00Z", "2026-03-01 09:30:00", "2026-03-01 09:30", "2026-03-01T15:15:00+05:45"]
        {
            assert_eq!(at(same), Ok(1_772_357_400_000), "{same}");
        }
        for bad in ["", "2026", "03/01/2026", "2026-13-01", "2026-03-01 9"] {
            assert!(at(bad).unwrap_err().contains("write it like"), "{bad}");
        }
        assert!(at("2099-01-01").unwrap_err().contains("yet to come"));
        assert!(at("1969-01-01").unwrap_err().contains("1970"));
    }

    #[test]
    fn measurements_are_checked() {
        let text = format!("patient,when,reason,temperature\n{},2026-03-01,x,385\n", PatientId([7; 16]));
        let bad = read(&text, NOW).unwrap_err();
        assert!(bad[0].to_string().starts_with("line 2: Temperature: 385 °C is not possible"), "{}", bad[0]);
        let names = &COLUMNS[MEASURED..MEASURED + Vital::ALL.len()];
        assert_eq!((names[0], names[7]), ("temperature", "height"));
    }
}
