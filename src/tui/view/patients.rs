//! The patient list with its search field.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
    widgets::{Cell, Row, Table},
};

use crate::{
    core::expected::Due,
    node::api::{MOST_ROWS, PatientRow},
};

use super::{
    super::{
        model::{Listed, Load, Patients},
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
        &w.text(match p.listed {
            Listed::Everyday => "patients-search",
            Listed::Due => "patients-search-due",
            Listed::Archive => "patients-search-archive",
        }),
    );
    field(frame, theme, inner, &p.query, true);
    let [list, details] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(56)]).areas(rest)
    } else {
        [rest, Rect::default()]
    };
    let title = match (p.listed, p.rows.ready().map(Vec::len)) {
        // More may fit: who isn't among these must not be thought unregistered.
        (_, Some(n)) if n >= MOST_ROWS => say!("patients-first", n = n),
        (Listed::Archive, Some(n)) => say!("patients-archive-count", n = n),
        (Listed::Due, Some(n)) => say!("patients-due-count", n = n),
        (Listed::Everyday, Some(n)) => say!("patients-count", n = n),
        (Listed::Archive, None) => "patients-archive".into(),
        (Listed::Due, None) => "patients-due".into(),
        (Listed::Everyday, None) => "patients-title".into(),
    };
    let inner = panel(frame, theme, list, &w.text(title));
    match &p.rows {
        Load::Ready(rows) if rows.is_empty() && p.listed == Listed::Due => {
            let none = if p.query.is_empty() { "patients-due-none" } else { "patients-due-unfit" };
            placeholder(frame, theme.muted, inner, &w.text(none));
        }
        Load::Ready(rows) if rows.is_empty() && p.listed == Listed::Archive => {
            let none = if p.query.is_empty() { "patients-archive-none" } else { "patients-archive-unfit" };
            placeholder(frame, theme.muted, inner, &w.text(none));
        }
        Load::Ready(rows) if rows.is_empty() && p.query.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("patients-none"));
        }
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("patients-unfit"));
        }
        Load::Ready(rows) => table(rows, p, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    if let Some(row) = p.current()
        && !details.is_empty()
    {
        detail(row, w, theme, frame, details);
    }
}

/// Of who is due, in one column: by shape as well as by colour.
fn mark(r: &PatientRow, theme: &Theme) -> (&'static str, Style) {
    match r.due.map(|d| d.state) {
        Some(Due::Overdue) => ("!", theme.danger),
        Some(Due::Today) => ("•", theme.warning),
        Some(Due::Later) | None => ("", theme.text),
    }
}

fn table(rows: &[PatientRow], p: &Patients, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let by_day = p.listed == Listed::Due;
    let cells = |(i, r): (usize, &PatientRow)| {
        let (sign, style) = mark(r, theme);
        let kept_by = if r.own { w.text("patients-here") } else { clean(&r.custodian) };
        let last = match r.due {
            Some(d) if by_day => w.day(d.day),
            _ => kept_by,
        };
        Row::new([
            Cell::from(sign).style(if i == p.selected { theme.selection } else { style }),
            clean(&r.name).into(),
            r.birth_year.map_or_else(|| "?".into(), |y| y.to_string()).into(),
            clean(&r.village).into(),
            r.last_visit.map_or_else(|| "–".into(), |at| w.day(at)).into(),
            last.into(),
        ])
    };
    let columns = [
        Constraint::Length(1),
        Constraint::Fill(3),
        Constraint::Length(5),
        Constraint::Fill(2),
        Constraint::Length(10),
        Constraint::Length(16),
    ];
    let last = if by_day { "patients-expected" } else { "patients-kept-by" };
    let head = ["patients-name", "patients-born", "patients-village", "patients-last-visit", last];
    let head = std::iter::once(String::new()).chain(head.map(|key| w.text(key)));
    let table = Table::new(rows.iter().enumerate().map(cells), columns)
        .header(Row::new(head).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, p.selected, rows.len());
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
        entry(
            "patients-expected",
            row.due.map_or_else(
                || w.text("patients-not-expected"),
                |d| match d.state {
                    Due::Later => w.day(d.day),
                    Due::Today => w.text(say!("patients-due-today", day = w.day(d.day))),
                    Due::Overdue => w.text(say!("patients-overdue", day = w.day(d.day))),
                },
            ),
        ),
        entry("patients-kept-by", row.custodian.clone()),
        entry("patients-shared-with", shared),
        entry("patients-identifier", row.id.to_string()),
        Line::from(""),
        Line::styled(w.text("patients-recorded"), theme.muted),
    ];
    words(frame, inner, lines);
}
