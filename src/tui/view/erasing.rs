//! Orders to destroy a patient's keys: how far they have come, and who has not been heard from.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{ErasedHere, ErasureRow};

use super::{
    super::{
        erasing::{ErasuresPage, Sealing},
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, placeholder, popup, words},
        words::{Words, erasure_reason, say},
    },
    absent,
    health::progress,
};

pub(super) fn draw(e: &ErasuresPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let inner = panel(frame, theme, upper, &w.text("erasures-title"));
    match &e.rows {
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("erasures-none"));
        }
        Load::Ready(rows) => table(rows, e.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, lower, &w.text("erasures-how-far"));
    match e.listed().get(e.selected) {
        _ if e.sealing == Sealing::Running => {
            words(frame, inner, progress("busy-sealing", e.far.as_ref(), w, theme))
        }
        Some(row) => words(frame, inner, details(row, w, theme)),
        None => {}
    }
    if e.sealing == Sealing::Asked {
        let inner = popup(frame, theme, area, &w.text("seal-title"), (66, 8));
        let lines = vec![Line::from(w.text("seal-what"))];
        ask(frame, theme, inner, lines, (w.text("seal-yes"), w.text("seal-no")));
    }
}

/// How far it has come here.
fn here(h: ErasedHere, theme: &Theme) -> (&'static str, Style) {
    match h {
        ErasedHere::NotYet => ("erased-not-yet", theme.warning),
        ErasedHere::Waits => ("erased-waits", theme.warning),
        ErasedHere::Deleted => ("erased-deleted", theme.warning),
        ErasedHere::Done => ("erased-done", theme.good),
    }
}

fn table(rows: &[ErasureRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |r: &ErasureRow| {
        let orgs = w.text(say!("erasures-of", done = r.orgs.0, all = r.orgs.1));
        let style = if r.orgs.0 >= r.orgs.1 { theme.good } else { theme.warning };
        let not_heard = if r.waiting.is_empty() { "–".into() } else { w.number(r.waiting.len() as u64) };
        Row::new([w.time(r.at), r.patient.short(), clean(&r.org), orgs, not_heard]).style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Length(9),
        Constraint::Fill(1),
        Constraint::Length(12),
        Constraint::Length(15),
    ];
    let head = ["erasures-when", "erasures-whose", "erasures-by", "erasures-destroyed", "erasures-silent"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}

fn details<'a>(r: &ErasureRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let file = if r.reference.is_empty() { String::new() } else { format!(" ({})", clean(&r.reference)) };
    let (words, style) = here(r.here, theme);
    let mut lines = vec![
        Line::styled(format!("{}{file}", w.text(erasure_reason(r.reason))), theme.accent),
        Line::styled(w.text(words), style),
    ];
    if !r.waiting.is_empty() {
        let all = r.waiting.iter().map(|d| clean(d)).collect::<Vec<_>>().join(", ");
        lines.push(Line::styled(w.text(say!("erasures-not-heard", all = all)), theme.danger));
    }
    if r.backups > 0 {
        lines.push(Line::styled(w.text(say!("erasures-backups", n = r.backups)), theme.danger));
    }
    if !r.done.is_empty() {
        let all = r.done.iter().map(|d| clean(d)).collect::<Vec<_>>().join(", ");
        lines.push(Line::styled(w.text(say!("erasures-receipts", all = all)), theme.text));
    }
    lines
}
