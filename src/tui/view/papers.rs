//! Papers, lists and files: what can be done, how far it is, what came of it.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::jobs::{At, Job, Phase, Report};

use super::super::{
    papers::{KINDS, Kind, Outcome, PapersPage, Stage, To, short},
    sheet::Sheet,
    theme::Theme,
    widgets::{clean, list, panel, words, wrap},
    words::{Saying, Words, say},
};

/// Cells of the bar.
const BAR: usize = 40;

pub(super) fn draw(p: &PapersPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match &p.stage {
        Stage::Choosing => choices(p, w, theme, frame, area),
        Stage::Running { at, stop } => {
            let words = if *stop { "papers-stopping" } else { "papers-stop" };
            running(p, *at, w.text(words), w, theme, frame, area);
        }
        Stage::Paused(job) => running(p, job.at(), w.text("papers-paused"), w, theme, frame, area),
        Stage::Done(outcome) => done(p, outcome, w, theme, frame, area),
    }
}

fn choices(p: &PapersPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] =
        Layout::vertical([Constraint::Length(KINDS.len() as u16 + 3), Constraint::Min(0)]).areas(area);
    let title: Saying = match &p.subject {
        Some(s) => say!("papers-title-of", name = &s.name),
        None => "papers-title".into(),
    };
    let inner = panel(frame, theme, upper, &w.text(title));
    let rows = KINDS.map(|k| Row::new([w.text(k.name()), w.text(k.way())]));
    let table = Table::new(rows, [Constraint::Fill(2), Constraint::Fill(1)])
        .header(Row::new(["papers-what", "papers-way"].map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, p.selected, KINDS.len());
    let kind = p.kind();
    let inner = panel(frame, theme, lower, &w.text(kind.name()));
    let mut lines = vec![Line::from(w.text(kind.what()))];
    if kind == Kind::Visit && p.subject.is_some() {
        let words = if p.visit().is_some() { "papers-visit-selected" } else { "papers-visit-latest" };
        lines.push(Line::styled(w.text(words), theme.muted));
    }
    words(frame, inner, lines);
}

fn running(p: &PapersPage, at: At, below: String, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(p.kind().name()));
    let told = match at.phase {
        Phase::Opening => say!("papers-opening", n = at.done, of = at.of),
        Phase::Checking => say!("papers-checking", n = at.done, of = at.of),
        Phase::Registering => say!("papers-registering", n = at.done, of = at.of),
        Phase::Writing => say!("papers-writing", n = at.done, of = at.of),
        Phase::Importing => say!("papers-importing", n = at.done, of = at.of),
    };
    let full = (at.done * BAR).checked_div(at.of).unwrap_or(0).min(BAR);
    let lines = vec![
        Line::from(""),
        Line::from(w.text(told)),
        Line::styled(format!("{}{}", "█".repeat(full), "░".repeat(BAR - full)), theme.accent),
        Line::styled(clean(&p.path), theme.muted),
        Line::from(""),
        Line::styled(below, theme.warning),
    ];
    words(frame, inner, lines);
}

fn done(p: &PapersPage, outcome: &Outcome, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(p.kind().name()));
    let room = usize::from(inner.width).max(1);
    let mut lines = Vec::new();
    for (text, style) in told(p, outcome, w, theme) {
        let rows = wrap(&text, room);
        lines.extend(rows.into_iter().map(|(a, b)| Line::styled(text[a..b].to_owned(), style)));
    }
    let first = p.row.min(lines.len().saturating_sub(usize::from(inner.height)));
    words(frame, inner, lines.split_off(first));
}

type Told = Vec<(String, ratatui::style::Style)>;

fn told(p: &PapersPage, outcome: &Outcome, w: &Words, theme: &Theme) -> Told {
    let muted = |key: &'static str| (w.text(key), theme.muted);
    match outcome {
        Outcome::Printed(To::File(path), bytes) => {
            let size = w.bytes(*bytes as u64);
            vec![
                (w.text(say!("papers-made", path = path, size = size)), theme.good),
                muted("papers-recorded"),
            ]
        }
        Outcome::Printed(To::Printer(name), _) => {
            let words = match name.is_empty() {
                true => w.text("papers-printed"),
                false => w.text(say!("papers-printed-on", name = name)),
            };
            vec![(words, theme.good), muted("papers-recorded")]
        }
        Outcome::Exported(e) => {
            let made = say!("papers-exported", path = &e.path, n = e.resources);
            let mut out = vec![(w.text(made), theme.good), muted("papers-recorded")];
            if e.conflicts > 0 {
                out.push((w.text(say!("papers-conflicts", n = e.conflicts)), theme.warning));
            }
            if e.attachments > 0 {
                out.push((w.text(say!("papers-attachments", n = e.attachments)), theme.warning));
            }
            out.extend(e.unreadable.iter().map(|u| (w.node(u), theme.danger)));
            out
        }
        Outcome::Listed(path, lines) => {
            vec![
                (w.text(say!("papers-listed", path = path, n = *lines)), theme.good),
                muted("papers-recorded"),
            ]
        }
        Outcome::Took(report) => took(report, w, theme),
        Outcome::Lines { read, new } => {
            let words = say!("papers-lines", read = *read, new = *new, here = read.saturating_sub(*new));
            vec![(w.text(words), theme.good)]
        }
        Outcome::Refused(bad) => {
            let head = say!("papers-refused", n = bad.len(), file = short(&p.path));
            let mut out = vec![(w.text(head), theme.danger)];
            out.extend(
                bad.iter()
                    .map(|r| (w.text(say!("papers-line", line = r.line, why = w.node(&r.why))), theme.text)),
            );
            out
        }
        Outcome::Stopped(job) => stopped(job, w, theme),
    }
}

fn took(r: &Report, w: &Words, theme: &Theme) -> Told {
    let mut out = Vec::new();
    if r.files > 0 {
        let words = say!("papers-took", n = r.files, patients = r.patients);
        out.push((w.text(words), theme.good));
        out.extend(r.kinds.iter().map(|k| {
            let words = say!("papers-kind", kind = &k.kind, read = k.read, new = k.new, changed = k.changed);
            (w.text(words), theme.text)
        }));
    }
    if r.own > 0 {
        out.push((w.text(say!("papers-own", n = r.own)), theme.muted));
    }
    if r.apart > 0 {
        out.push((w.text(say!("papers-apart", n = r.apart)), theme.muted));
    }
    if !r.refused.is_empty() {
        out.push((w.text(say!("papers-not-taken", n = r.refused.len())), theme.danger));
        out.extend(r.refused.iter().map(|why| (w.node(why), theme.text)));
    }
    out
}

fn stopped(job: &Job, w: &Words, theme: &Theme) -> Told {
    let words = match job {
        Job::ListOut(_) => "papers-stopped-list".into(),
        Job::FhirIn(j) => {
            let mut out = vec![(w.text("papers-stopped-fhir"), theme.warning)];
            out.extend(took(&j.report(), w, theme));
            return out;
        }
        Job::PatientsIn(j) => say!("papers-stopped-patients", n = j.took().1),
        Job::VisitsIn(j) => say!("papers-stopped-visits", n = j.took().1),
    };
    vec![(w.text(words), theme.warning)]
}
