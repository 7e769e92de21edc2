//! Versions that were written apart, side by side, and what a decision makes of them.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::record::Vital,
    node::api::{ConflictRow, VersionRow},
};

use super::{
    super::{
        conflict::{ConflictPage, Decision, Field},
        model::ChartPage,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, words},
        words::{Words, field_name, say},
    },
    WIDE, absent,
};

pub(super) fn draw(c: &ChartPage, p: &ConflictPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let rows = p.rows.ready().map_or(&[][..], Vec::as_slice);
    let (Some(row), Some(d)) = (rows.first(), &p.decision) else {
        let inner = panel(frame, theme, area, &c.name);
        if p.rows.ready().is_some() {
            let line = Line::styled(w.text("conflict-none"), theme.muted);
            return words(frame, inner, vec![line]);
        }
        return absent(&p.rows, w, theme, frame, inner);
    };
    let height = (d.fields.len() as u16).saturating_add(5).min(area.height / 2 + 1);
    let [table, full] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let what = match row.kind.as_str() {
        "Encounter" => w.text("conflict-visit"),
        "Patient" => w.text("conflict-patient"),
        other => other.to_owned(),
    };
    let title = match rows.len() {
        1 => say!("conflict-title", name = &c.name, what = what),
        n => say!("conflict-title-of", name = &c.name, what = what, n = n),
    };
    let inner = panel(frame, theme, table, &w.text(title));
    fields(row, d, w, theme, frame, inner);
    let [a, b] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(full);
    if let Some(f) = d.fields.get(d.selected) {
        whole(f, 0, "conflict-left", w, theme, frame, a);
        whole(f, d.right, "conflict-right", w, theme, frame, b);
    }
}

/// Who wrote a version, and when.
fn whose(v: &VersionRow, wide: bool, w: &Words) -> String {
    let doubt = if v.believed { String::new() } else { format!("{}: ", w.text("conflict-not-trusted")) };
    let at = if wide { w.time(v.at) } else { w.day(v.at) };
    clean(&format!("{doubt}{}, {at}", v.author))
}

fn says(f: &Field, version: usize, w: &Words) -> String {
    shown(&f.name, f.says.get(version).map_or("", String::as_str), w)
}

/// What a field says, as people of the place write it.
pub(super) fn shown(field: &str, words: &str, w: &Words) -> String {
    match (field, words.parse::<i64>()) {
        ("time", Ok(at)) => w.time(at),
        _ if words.is_empty() => w.text("conflict-nothing"),
        _ if Vital::ALL.into_iter().any(|v| v.info().label == field) => clean(&w.decimals(words)),
        _ => clean(words),
    }
}

fn fields(row: &ConflictRow, d: &Decision, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [table, note] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(area);
    let mark = |f: &Field, version: usize| {
        let sign = if f.taken == version { "● " } else { "  " };
        format!("{sign}{}", says(f, version, w))
    };
    let cells = |f: &Field| Row::new([w.text(field_name(&f.name)), mark(f, 0), mark(f, d.right)]);
    let head = |i: usize| {
        row.versions.get(i).map_or_else(String::new, |v| format!("  {}", whose(v, area.width >= WIDE, w)))
    };
    let columns = [Constraint::Length(16), Constraint::Fill(1), Constraint::Fill(1)];
    let shown = Table::new(d.fields.iter().map(cells), columns)
        .header(Row::new([w.text("conflict-differs"), head(0), head(d.right)]).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, shown, table, d.selected, d.fields.len());
    let words = match (row.by_field, row.versions.len()) {
        (false, _) => "conflict-whole".into(),
        (true, 2) => "conflict-fields".into(),
        (true, n) => say!("conflict-several", n = n),
    };
    frame.render_widget(Line::styled(w.text(words), theme.muted), note);
}

/// One side of the selected field, in full.
fn whole(
    f: &Field,
    version: usize,
    side: &'static str,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let taken = f.taken == version;
    let mark = if taken { " ●" } else { "" };
    let inner =
        panel(frame, theme, area, &format!("{}, {}{mark}", w.text(field_name(&f.name)), w.text(side)));
    let style = if taken { theme.text } else { theme.muted };
    // A note keeps its lines here.
    let text = match f.says.get(version).filter(|t| t.contains('\n')) {
        Some(note) => note.lines().map(clean).collect(),
        None => vec![says(f, version, w)],
    };
    words(frame, inner, text.into_iter().map(|l| Line::styled(l, style)).collect());
}
