//! The patient list with its search field.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::PatientRow;

use super::{
    super::{
        model::{Load, Patients},
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, field, list, pad, panel, placeholder, words},
        words::{Words, say},
    },
    WIDE, absent,
};

pub(super) fn draw(p: &Patients, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [search, rest] = Layout::vertical([Constraint::Length(3), Constraint::Min(0)]).areas(area);
    let inner = panel(
        frame,
        theme,
        search,
        &w.text(if p.archive { "patients-search-archive" } else { "patients-search" }),
    );
    field(frame, theme, inner, &p.query, true);
    let [list, details] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(56)]).areas(rest)
    } else {
        [rest, Rect::default()]
    };
    let title = match &p.rows {
        Load::Ready(rows) if p.archive => say!("patients-archive-count", n = rows.len()),
        Load::Ready(rows) => say!("patients-count", n = rows.len()),
        _ if p.archive => "patients-archive".into(),
        _ => "patients-title".into(),
    };
    let inner = panel(frame, theme, list, &w.text(title));
    match &p.rows {
        Load::Ready(rows) if rows.is_empty() && p.archive => {
            let none = if p.query.is_empty() { "patients-archive-none" } else { "patients-archive-unfit" };
            placeholder(frame, theme.muted, inner, &w.text(none));
        }
        Load::Ready(rows) if rows.is_empty() && p.query.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("patients-none"));
        }
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("patients-unfit"));
        }
        Load::Ready(rows) => table(rows, p.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    if let Some(row) = p.current()
        && !details.is_empty()
    {
        detail(row, w, theme, frame, details);
    }
}

fn table(rows: &[PatientRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |r: &PatientRow| {
        Row::new([
            clean(&r.name),
            r.birth_year.map_or_else(|| "?".into(), |y| y.to_string()),
            clean(&r.village),
            r.last_visit.map_or_else(|| "–".into(), |at| w.day(at)),
            if r.own { w.text("patients-here") } else { clean(&r.custodian) },
        ])
    };
    let columns = [
        Constraint::Fill(3),
        Constraint::Length(5),
        Constraint::Fill(2),
        Constraint::Length(10),
        Constraint::Length(16),
    ];
    let head =
        ["patients-name", "patients-born", "patients-village", "patients-last-visit", "patients-kept-by"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}

fn detail(row: &PatientRow, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &row.name);
    let shared =
        if row.shared_with.is_empty() { w.text("patients-nobody") } else { row.shared_with.join(", ") };
    let entry = |label: &'static str, value: String| {
        Line::from(format!("{}{}", pad(&w.text(label), 15), clean(&value)))
    };
    let lines = vec![
        Line::from(""),
        entry(
            "patients-born",
            row.birth_year.map_or_else(|| w.text("patients-not-known"), |y| y.to_string()),
        ),
        entry("patients-village", row.village.clone()),
        entry(
            "patients-last-visit",
            row.last_visit.map_or_else(|| w.text("patients-no-visit"), |at| w.day(at)),
        ),
        entry("patients-kept-by", row.custodian.clone()),
        entry("patients-shared-with", shared),
        entry("patients-identifier", row.id.to_string()),
        Line::from(""),
        Line::styled(w.text("patients-recorded"), theme.muted),
    ];
    words(frame, inner, lines);
}
