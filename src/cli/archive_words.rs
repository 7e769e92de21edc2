//! What `aidpost archive` shows, in words.

use super::words::{clean, date, time};
use crate::{
    core::time::Millis,
    node::api::{ArchiveDone, ArchivePlan, HoldRow, RetentionView, SeriesRow},
};

/// Patients that are named in words; `--json` names more.
const NAMED: usize = 20;

pub(super) fn schedules(v: &RetentionView, proposal: bool) -> String {
    if proposal {
        return v.shipped.trim_end().to_owned();
    }
    let Some(first) = v.schedules.first() else {
        return format!(
            "# No schedule is in force: nothing is archived. This is the proposal that comes with Aidpost.\n\n{}",
            v.shipped.trim_end()
        );
    };
    let mut out = Vec::new();
    if v.schedules.len() > 1 {
        out.push(format!(
            "# {} schedules were adopted at different places at the same time: whatever keeps longer counts, until one is adopted again.",
            v.schedules.len()
        ));
    }
    for s in std::iter::once(first).chain(v.schedules.iter().skip(1)) {
        out.push(format!("# Adopted by {} on {}, block {}", clean(&s.by), time(s.at), s.block.short()));
        if let Some(why) = &s.problem {
            out.push(format!("# NOT APPLIED: {}", clean(why)));
        }
        out.push(s.text.lines().map(clean).collect::<Vec<_>>().join("\n"));
    }
    out.push(format!("# In the archive: {} patients; held: {}", v.archived, v.holds.len()));
    out.join("\n")
}

pub(super) fn holds(all: &[HoldRow]) -> String {
    if all.is_empty() {
        return "Nobody is held.".into();
    }
    let line = |h: &HoldRow| {
        let why = h.reason.as_deref().map_or_else(|| "(sealed to another key)".into(), clean);
        format!("{}  since {}, {}: {why}", h.patient, date(h.at), clean(&h.by))
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn bytes(n: u64) -> String {
    match n {
        0 => String::new(),
        n if n < 10_000 => format!("{n} bytes"),
        n if n < 10_000_000 => format!("{} KB", n / 1_000),
        n => format!("{} MB", n / 1_000_000),
    }
}

fn table(rows: &[SeriesRow]) -> Vec<String> {
    let row = |r: &SeriesRow| {
        let line = format!(
            "  {:<14}{:>9} records  {:>7} patients  {}",
            r.series.word(),
            r.records,
            r.patients,
            bytes(r.bytes)
        );
        line.trim_end().to_owned()
    };
    rows.iter().map(row).collect()
}

fn day(at: Millis) -> String {
    date(at)
}

pub(super) fn plan(p: &ArchivePlan) -> String {
    let mut out = vec![format!(
        "As of {}, under \"{}\": {} patients looked at.",
        day(p.as_of),
        clean(&p.schedule),
        p.looked_at
    )];
    if !p.adopted {
        out.push(
            "This schedule is a proposal and not in force: 'aidpost archive adopt FILE' adopts one.".into(),
        );
    } else if p.schedule.is_empty() {
        out.push("The schedule in force needs a newer Aidpost: nothing is due here.".into());
    }
    out.push(match p.archive.is_empty() {
        true => "Due for the archive: nothing.".into(),
        false => {
            format!("Due for the archive ('aidpost archive run'); {} patients leave the list:", p.patients)
        }
    });
    out.extend(table(&p.archive));
    if p.disposals > 0 {
        out.push(format!(
            "Due for disposal: {} patients, all of whose records are past the time for which they must be kept. Nothing is destroyed without an order:",
            p.disposals
        ));
        let order = |id| format!("  aidpost erase order {id} --reason retention");
        out.extend(p.disposal.iter().take(NAMED).map(order));
        if p.disposals > NAMED as u64 {
            out.push(format!("  and {} more: --json names them", p.disposals - NAMED as u64));
        }
    }
    if !p.past.is_empty() {
        out.push("Past their time, and kept until everything of the patient is:".into());
        out.extend(table(&p.past));
    }
    let notes = [
        (p.held, "held: nothing of them is due ('aidpost archive holds')"),
        (
            p.unreadable,
            "with a record that doesn't open here: not due, because nobody knows what it is ('aidpost verify')",
        ),
        (p.ahead, "with a record of a time to come: some clock was wrong; not due before that time"),
    ];
    out.extend(notes.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} patients {what}.")));
    out.join("\n")
}

pub(super) fn done(d: &ArchiveDone) -> String {
    let mut out = vec![match d.marked {
        0 => "Nothing was due: nothing was archived.".into(),
        n => format!(
            "Archived: records of {n} patients; {} patients left the list. They are found with 'aidpost patient list --archived'; 'aidpost archive restore PATIENT', or the next visit, brings one back.",
            d.plan.patients
        ),
    }];
    out.extend(table(&d.plan.archive));
    if d.changed > 0 {
        out.push(format!("{} patients were left out: something was written of them meanwhile.", d.changed));
    }
    if d.plan.disposals > 0 {
        out.push(format!(
            "{} patients are due for disposal: 'aidpost archive plan' names them.",
            d.plan.disposals
        ));
    }
    out.join("\n")
}
