//! The patient list with its search field.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::node::api::PatientRow;

use super::{
    super::{
        model::{Load, Patients},
        theme::Theme,
        widgets::{clean, day, field, panel, placeholder, words},
    },
    WIDE, absent,
};

pub(super) fn draw(p: &Patients, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [search, rest] = Layout::vertical([Constraint::Length(3), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, search, if p.archive { "Search the archive" } else { "Search" });
    field(frame, theme, inner, &p.query, true);
    let [list, details] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(56)]).areas(rest)
    } else {
        [rest, Rect::default()]
    };
    let title = match &p.rows {
        Load::Ready(rows) if p.archive => format!("In the archive ({}); F9 shows the others", rows.len()),
        Load::Ready(rows) => format!("Patients ({})", rows.len()),
        _ if p.archive => "In the archive".into(),
        _ => "Patients".into(),
    };
    let inner = panel(frame, theme, list, &title);
    match &p.rows {
        Load::Ready(rows) if rows.is_empty() && p.archive => {
            let words = match p.query.is_empty() {
                true => "Nobody whom you may see is in the archive. F9 shows the patients of every day.",
                false => {
                    "Nobody in the archive fits. Esc clears the search, F9 shows the patients of every day."
                }
            };
            placeholder(frame, theme.muted, inner, words);
        }
        Load::Ready(rows) if rows.is_empty() && p.query.is_empty() => {
            placeholder(
                frame,
                theme.muted,
                inner,
                "No patient is registered here yet. F2 registers the first.",
            );
        }
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(
                frame,
                theme.muted,
                inner,
                "Nobody fits whom you may see. Esc clears the search, F9 looks in the archive, F2 registers a patient; with a whole identifier, Enter opens it.",
            );
        }
        Load::Ready(rows) => table(rows, p.selected, zone, theme, frame, inner),
        other => absent(other, theme, frame, inner),
    }
    if let Some(row) = p.current()
        && !details.is_empty()
    {
        detail(row, zone, theme, frame, details);
    }
}

fn table(
    rows: &[PatientRow],
    selected: usize,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let cells = |r: &PatientRow| {
        Row::new([
            clean(&r.name),
            r.birth_year.map_or_else(|| "?".into(), |y| y.to_string()),
            clean(&r.village),
            r.last_visit.map_or_else(|| "–".into(), |at| day(at, zone)),
            if r.own { "here".into() } else { clean(&r.custodian) },
        ])
    };
    let columns = [
        Constraint::Fill(3),
        Constraint::Length(4),
        Constraint::Fill(2),
        Constraint::Length(10),
        Constraint::Length(16),
    ];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(["Name", "Born", "Village", "Last visit", "Kept by"]).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}

fn detail(row: &PatientRow, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &row.name);
    let shared = if row.shared_with.is_empty() { "nobody".into() } else { row.shared_with.join(", ") };
    let entry = |label: &str, value: String| Line::from(format!("{label:<12}{}", clean(&value)));
    let lines = vec![
        Line::from(""),
        entry("Born", row.birth_year.map_or_else(|| "not known".into(), |y| y.to_string())),
        entry("Village", row.village.clone()),
        entry(
            "Last visit",
            row.last_visit.map_or_else(|| "none that may be read".into(), |at| day(at, zone)),
        ),
        entry("Kept by", row.custodian.clone()),
        entry("Shared with", shared),
        entry("Identifier", row.id.to_string()),
        Line::from(""),
        Line::styled("Opening the chart is recorded on the ledger.", theme.muted),
    ];
    words(frame, inner, lines);
}
