//! Versions that were written apart, side by side, and what a decision makes of them.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::node::api::{ConflictRow, VersionRow};

use super::{
    super::{
        conflict::{ConflictPage, Decision, Field},
        model::ChartPage,
        theme::Theme,
        widgets::{clean, day, panel, time, words},
    },
    WIDE, absent,
};

pub(super) fn draw(
    c: &ChartPage,
    p: &ConflictPage,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let rows = p.rows.ready().map_or(&[][..], Vec::as_slice);
    let (Some(row), Some(d)) = (rows.first(), &p.decision) else {
        let inner = panel(frame, theme, area, &c.name);
        if p.rows.ready().is_some() {
            let line = Line::styled("Nothing is left to decide. Esc goes back to the chart.", theme.muted);
            return words(frame, inner, vec![line]);
        }
        return absent(&p.rows, theme, frame, inner);
    };
    let height = (d.fields.len() as u16).saturating_add(5).min(area.height / 2 + 1);
    let [table, full] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let left = if rows.len() > 1 { format!(", 1 of {}", rows.len()) } else { String::new() };
    let what = if row.kind == "Encounter" { "a visit" } else { "who the patient is" };
    let what = if matches!(row.kind.as_str(), "Encounter" | "Patient") { what } else { &row.kind };
    let inner =
        panel(frame, theme, table, &format!("{}: {what}, written at two places at once{left}", c.name));
    fields(row, d, zone, theme, frame, inner);
    let [a, b] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(full);
    if let Some(f) = d.fields.get(d.selected) {
        whole(f, 0, "left", zone, theme, frame, a);
        whole(f, d.right, "right", zone, theme, frame, b);
    }
}

/// Who wrote a version, and when.
fn whose(v: &VersionRow, wide: bool, zone: &TimeZone) -> String {
    let doubt = if v.believed { "" } else { "NOT TRUSTED: " };
    let at = if wide { time(v.at, zone) } else { day(v.at, zone) };
    clean(&format!("{doubt}{}, {at}", v.author))
}

fn says(f: &Field, version: usize, zone: &TimeZone) -> String {
    let words = f.says.get(version).map_or("", String::as_str);
    match (f.name.as_str(), words.parse::<i64>()) {
        ("time", Ok(at)) => time(at, zone),
        _ if words.is_empty() => "(nothing)".into(),
        _ => clean(words),
    }
}

fn fields(row: &ConflictRow, d: &Decision, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [table, note] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(area);
    let mark = |f: &Field, version: usize| {
        let sign = if f.taken == version { "● " } else { "  " };
        format!("{sign}{}", says(f, version, zone))
    };
    let cells = |f: &Field| Row::new([clean(&f.name), mark(f, 0), mark(f, d.right)]);
    let head = |i: usize| {
        row.versions.get(i).map_or_else(String::new, |v| format!("  {}", whose(v, area.width >= WIDE, zone)))
    };
    let columns = [Constraint::Length(16), Constraint::Fill(1), Constraint::Fill(1)];
    let shown = Table::new(d.fields.iter().map(cells), columns)
        .header(Row::new(["Differs in".to_owned(), head(0), head(d.right)]).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(d.selected);
    frame.render_stateful_widget(shown, table, &mut state);
    let words = match (row.by_field, row.versions.len()) {
        (false, _) => {
            "This came from elsewhere and is taken whole: ● marks the version that will stand.".into()
        }
        (true, 2) => "● marks what will stand. What isn't taken is kept in the history.".into(),
        (true, n) => format!("● marks what will stand. {n} versions: v shows another one on the right."),
    };
    frame.render_widget(Line::styled(words, theme.muted), note);
}

/// One side of the selected field, in full.
fn whole(
    f: &Field,
    version: usize,
    side: &str,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let taken = f.taken == version;
    let mark = if taken { " ●" } else { "" };
    let inner = panel(frame, theme, area, &format!("{}, {side}{mark}", f.name));
    let style = if taken { theme.text } else { theme.muted };
    // A note keeps its lines here.
    let text = match f.says.get(version).filter(|t| t.contains('\n')) {
        Some(note) => note.lines().map(clean).collect(),
        None => vec![says(f, version, zone)],
    };
    words(frame, inner, text.into_iter().map(|l| Line::styled(l, style)).collect());
}
