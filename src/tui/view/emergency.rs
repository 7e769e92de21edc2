//! A record that was opened in an emergency, the form that opens it, and the list of reviews.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{EmergencyRow, SummaryRow};

use super::{
    super::{
        forms::{GlassForm, ReviewForm},
        model::{EmergencyPage, Load, ReviewsPage},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, list, pad, panel, placeholder, popup, words},
        words::{Words, reason, say, verdict},
    },
    absent, chart,
};

/// Columns of the labels.
const LABEL: usize = 18;

fn summary<'a>(s: &SummaryRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut out =
        vec![Line::styled(clean(&format!("{}, {} · {}", s.org, s.author, w.time(s.at))), theme.accent)];
    let lists = [
        ("summary-allergies", &s.summary.allergies, theme.danger),
        ("summary-medicines", &s.summary.medicines, theme.text),
        ("summary-problems", &s.summary.problems, theme.text),
    ];
    for (name, lines, style) in lists {
        let none = lines.is_empty();
        let text = if none { w.text("summary-none") } else { clean(&lines.join("; ")) };
        out.push(Line::styled(
            format!("{}{text}", pad(&w.text(name), LABEL)),
            if none { theme.muted } else { style },
        ));
    }
    let group = s.summary.blood_group.map_or_else(|| w.text("summary-not-tested"), |g| g.word().to_owned());
    out.push(Line::from(format!("{}{group}", pad(&w.text("summary-blood-group"), LABEL))));
    out.push(Line::from(""));
    out
}

pub(super) fn draw(e: &EmergencyPage, now: u64, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let left = e.until.saturating_sub(now) / 60_000;
    let inner = panel(frame, theme, upper, &w.text(say!("emergency-title", name = &e.name)));
    let opened = say!("emergency-opened", block = e.chart.recorded.short(), minutes = left);
    let mut lines = vec![Line::styled(w.text(opened), theme.warning)];
    if e.chart.summaries.is_empty() {
        lines.push(Line::styled(w.text("emergency-no-summary"), theme.muted));
    }
    lines.extend(e.chart.summaries.iter().flat_map(|s| summary(s, w, theme)));
    lines.extend(e.chart.unreadable.iter().map(|u| Line::styled(w.node(u), theme.danger)));
    words(frame, inner, lines);
    match e.chart.visits.get(e.selected) {
        // What opens in an emergency says nobody's age.
        Some(v) => chart::read((v, Some(e.turned)), None, w, theme, frame, lower),
        None => {
            let inner = panel(frame, theme, lower, &w.text("emergency-visits"));
            placeholder(frame, theme.muted, inner, &w.text("emergency-no-visit"));
        }
    }
}

/// A choice or a text in a row of its own.
fn rows(inner: Rect) -> impl Fn(u16) -> Rect {
    move |i| Rect { y: inner.y + i, height: 1, ..inner }.intersection(inner)
}

pub(super) fn glass(f: &GlassForm, name: &str, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = popup(frame, theme, area, &w.text("glass-title"), (70, 13));
    let row = rows(inner);
    let [above, _] = Layout::vertical([Constraint::Length(4), Constraint::Min(0)]).areas(inner);
    let lines = vec![
        Line::from(w.text(say!("glass-what", name = name))),
        Line::styled(w.text("glass-recorded"), theme.warning),
    ];
    words(frame, above, lines);
    frame.target(row(6), Target::Field(0));
    frame.target(row(9), Target::Field(1));
    let choice = if f.on_note || f.sending { theme.text } else { theme.focus };
    frame.render_widget(Line::styled(w.text("glass-reason"), theme.text), row(5));
    frame.render_widget(Line::styled(format!("‹ {} ›", w.text(reason(f.reason()))), choice), row(6));
    frame.render_widget(Line::styled(w.text("glass-note"), theme.text), row(8));
    field(frame, theme, row(9), &f.note, f.on_note && !f.sending);
}

fn review(f: &ReviewForm, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = popup(
        frame,
        theme,
        area,
        &w.text(say!("review-title", verdict = w.text(verdict(f.verdict)))),
        (70, 9),
    );
    let row = rows(inner);
    frame.target(row(1), Target::Field(0));
    frame.target(row(3), Target::Field(1));
    frame.render_widget(Line::styled(w.text("review-why"), theme.text), row(0));
    field(frame, theme, row(1), &f.note, !f.on_told && !f.sending);
    let told = if f.on_told && !f.sending { theme.focus } else { theme.text };
    let mark = if f.told { 'x' } else { ' ' };
    frame.render_widget(Line::styled(format!("[{mark}] {}", w.text("review-told")), told), row(3));
    frame.render_widget(Line::styled(w.text("review-stays"), theme.muted), row(5));
}

pub(super) fn reviews(r: &ReviewsPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [list, below] = Layout::vertical([Constraint::Min(5), Constraint::Length(8)]).areas(area);
    let inner = panel(frame, theme, list, &w.text("reviews-title"));
    match &r.rows {
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("reviews-none"));
        }
        Load::Ready(rows) => table(rows, r.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, below, &w.text("reviews-said"));
    if let Some(row) = r.rows.ready().and_then(|rows| rows.get(r.selected)) {
        words(frame, inner, said(row, w, theme));
    }
    if let Some(f) = &r.form {
        review(f, w, theme, frame, area);
    }
}

fn said<'a>(row: &EmergencyRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let note = row.note.as_deref().map_or_else(String::new, |n| format!(": \"{}\"", clean(n)));
    let mut lines = vec![Line::from(format!("{}{note}", w.text(reason(row.reason))))];
    for r in &row.reviews {
        let note = r.note.as_deref().map_or_else(String::new, |n| format!(": \"{}\"", clean(n)));
        let found = w.text(verdict(r.verdict));
        let by = say!("reviews-by", verdict = found, staff = &r.staff, org = &r.org, time = w.time(r.at));
        lines.push(Line::from(format!("{}{note}", w.text(by))));
    }
    if !row.told {
        lines.push(Line::styled(w.text("reviews-not-told"), theme.warning));
    }
    lines
}

fn table(rows: &[EmergencyRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |r: &EmergencyRow| {
        let whose = r.name.as_deref().map_or_else(|| r.patient.short(), clean);
        let (state, style) = match r.reviews.last() {
            Some(v) => (verdict(v.verdict), theme.text),
            None if r.overdue => ("reviews-overdue", theme.danger),
            None if r.ours => ("reviews-review-due", theme.warning),
            None => ("reviews-not-reviewed", theme.muted),
        };
        Row::new([w.time(r.at), whose, clean(&r.staff), clean(&r.org), w.text(state)]).style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(15),
    ];
    let head = ["reviews-when", "reviews-whose", "reviews-opened-by", "reviews-of", "reviews-review"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}
