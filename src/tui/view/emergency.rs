//! A record that was opened in an emergency, the form that opens it, and the list of reviews.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::{
    core::summary::BloodGroup,
    node::api::{EmergencyRow, SummaryRow},
};

use super::{
    super::{
        forms::{GlassForm, ReviewForm},
        model::{EmergencyPage, Load, ReviewsPage},
        theme::Theme,
        widgets::{clean, field, panel, placeholder, popup, time, words},
    },
    absent, chart,
};

fn summary<'a>(s: &SummaryRow, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let mut out =
        vec![Line::styled(clean(&format!("{}, {} · {}", s.org, s.author, time(s.at, zone))), theme.accent)];
    let lists = [
        ("Allergies", &s.summary.allergies, theme.danger),
        ("Medicines", &s.summary.medicines, theme.text),
        ("Problems", &s.summary.problems, theme.text),
    ];
    for (name, lines, style) in lists {
        let none = lines.is_empty();
        let text = if none { "none written".into() } else { clean(&lines.join("; ")) };
        out.push(Line::styled(format!("{name:<12}{text}"), if none { theme.muted } else { style }));
    }
    let group = s.summary.blood_group.map_or("not tested", BloodGroup::word);
    out.push(Line::from(format!("{:<12}{group}", "Blood group")));
    out.push(Line::from(""));
    out
}

pub(super) fn draw(
    e: &EmergencyPage,
    now: u64,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let left = e.until.saturating_sub(now) / 60_000;
    let inner = panel(frame, theme, upper, &format!("EMERGENCY · {}", e.name));
    let mut lines = vec![Line::styled(
        format!(
            "Opened without consent; recorded as block {}. {left} minutes left.",
            e.chart.recorded.short()
        ),
        theme.warning,
    )];
    if e.chart.summaries.is_empty() {
        lines.push(Line::styled("No emergency summary opens here.", theme.muted));
    }
    lines.extend(e.chart.summaries.iter().flat_map(|s| summary(s, zone, theme)));
    lines.extend(e.chart.unreadable.iter().map(|u| Line::styled(clean(u), theme.danger)));
    words(frame, inner, lines);
    match e.chart.visits.get(e.selected) {
        Some(v) => chart::visit(v, zone, theme, frame, lower),
        None => {
            let inner = panel(frame, theme, lower, "Visits");
            placeholder(frame, theme.muted, inner, "no visit whose key this organisation has");
        }
    }
}

/// A choice or a text in a row of its own.
fn rows(inner: Rect) -> impl Fn(u16) -> Rect {
    move |i| Rect { y: inner.y + i, height: 1, ..inner }.intersection(inner)
}

pub(super) fn glass(f: &GlassForm, name: &str, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = popup(frame, theme, area, "Open in an emergency", (70, 13));
    let row = rows(inner);
    let [above, _] = Layout::vertical([Constraint::Length(4), Constraint::Min(0)]).areas(inner);
    let lines = vec![
        Line::from(format!("The record of {} opens without consent.", clean(name))),
        Line::styled("It is recorded under your name first. The patient is told, and", theme.warning),
        Line::styled("somebody else reviews it.", theme.warning),
    ];
    words(frame, above, lines);
    let choice = if f.on_note || f.sending { theme.text } else { theme.focus };
    frame.render_widget(Line::styled("Reason", theme.text), row(5));
    frame.render_widget(Line::styled(format!("‹ {} ›", f.reason().words()), choice), row(6));
    frame.render_widget(
        Line::styled("What happened (only those who review it can read this)", theme.text),
        row(8),
    );
    field(frame, theme, row(9), &f.note, f.on_note && !f.sending);
}

fn review(f: &ReviewForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = popup(frame, theme, area, &format!("Review: {}", f.verdict.word()), (70, 9));
    let row = rows(inner);
    frame.render_widget(
        Line::styled("Why (only the organisations concerned can read this)", theme.text),
        row(0),
    );
    field(frame, theme, row(1), &f.note, !f.on_told && !f.sending);
    let told = if f.on_told && !f.sending { theme.focus } else { theme.text };
    let mark = if f.told { 'x' } else { ' ' };
    frame.render_widget(Line::styled(format!("[{mark}] the patient has been told"), told), row(3));
    frame.render_widget(Line::styled("It stays on the ledger under your name.", theme.muted), row(5));
}

pub(super) fn reviews(r: &ReviewsPage, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [list, below] = Layout::vertical([Constraint::Min(5), Constraint::Length(8)]).areas(area);
    let inner = panel(frame, theme, list, "Opened in emergencies");
    match &r.rows {
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, "no record was opened in an emergency");
        }
        Load::Ready(rows) => table(rows, r.selected, zone, theme, frame, inner),
        other => absent(other, theme, frame, inner),
    }
    let inner = panel(frame, theme, below, "What was said");
    if let Some(row) = r.rows.ready().and_then(|rows| rows.get(r.selected)) {
        words(frame, inner, said(row, zone, theme));
    }
    if let Some(f) = &r.form {
        review(f, theme, frame, area);
    }
}

fn said<'a>(row: &EmergencyRow, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let note = row.note.as_deref().map_or_else(String::new, |n| format!(": \"{}\"", clean(n)));
    let mut lines = vec![Line::from(format!("{}{note}", row.reason.words()))];
    for r in &row.reviews {
        let note = r.note.as_deref().map_or_else(String::new, |n| format!(": \"{}\"", clean(n)));
        let by = clean(&format!("{} of {}", r.staff, r.org));
        lines.push(Line::from(format!("{} by {by}, {}{note}", r.verdict.word(), time(r.at, zone))));
    }
    if !row.told {
        lines.push(Line::styled("The patient has not been told yet.", theme.warning));
    }
    lines
}

fn table(
    rows: &[EmergencyRow],
    selected: usize,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let cells = |r: &EmergencyRow| {
        let whose = r.name.as_deref().map_or_else(|| r.patient.short(), clean);
        let (state, style) = match r.reviews.last() {
            Some(v) => (v.verdict.word(), theme.text),
            None if r.overdue => ("OVERDUE", theme.danger),
            None if r.ours => ("review due", theme.warning),
            None => ("not reviewed", theme.muted),
        };
        Row::new([time(r.at, zone), whose, clean(&r.staff), clean(&r.org), state.into()]).style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(12),
    ];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(["When", "Whose record", "Opened by", "Of", "Review"]).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}
