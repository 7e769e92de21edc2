//! What can be taken for research, health bureaus and insurers, and what was.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::{governance::Role, id::BlockId},
    node::api::{ClaimView, CountsTable},
};

use super::{
    super::{
        sharing::{Extracted, KINDS, SharePage, Shown, Taken, explained, kind, not_yours, whose},
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, placeholder, width, words},
        words::{Words, heading, part, say},
    },
    chart,
    health::progress,
};

/// Columns of a count.
const CELL: u16 = 10;
/// Columns of a row's heading.
const HEAD: u16 = 16;

pub(super) fn draw(s: &SharePage, own: Role, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match &s.taken {
        Taken::Nothing => choices(s, own, w, theme, frame, area),
        Taken::Running(what, far) => {
            let inner = panel(frame, theme, area, &w.text(kind(*what)));
            words(frame, inner, progress("busy-taking", far.as_ref(), w, theme));
        }
        Taken::Extract(e) => extract(e, w, theme, frame, area),
        Taken::Counts(c) => counts(c, s.row, w, theme, frame, area),
        Taken::Claim(v) => claim(v, s.row, w, theme, frame, area),
    }
}

fn choices(s: &SharePage, own: Role, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Length(6), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, upper, &w.text("share-title"));
    let rows = KINDS.map(|what| {
        let style = if not_yours(what, own).is_none() { theme.text } else { theme.muted };
        Row::new([w.text(kind(what)), w.text(whose(what))]).style(style)
    });
    let table = Table::new(rows, [Constraint::Length(28), Constraint::Fill(1)])
        .header(Row::new(["share-kind", "share-whose"].map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, s.selected, KINDS.len());
    let inner = panel(frame, theme, lower, &w.text(kind(s.what())));
    let mut lines = vec![Line::from(w.text(explained(s.what()))), Line::from("")];
    lines.extend(not_yours(s.what(), own).map(|words| Line::styled(w.text(words), theme.warning)));
    lines.push(Line::styled(w.text("share-recorded-first"), theme.muted));
    words(frame, inner, lines);
}

/// That the decision is on the ledger, and why it was a yes.
fn decision<'a>(recorded: BlockId, because: &[String], w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let why: Vec<String> = because.iter().map(|b| w.node(b)).collect();
    vec![
        Line::styled(w.text(say!("share-recorded", block = recorded.short())), theme.good),
        Line::styled(w.text(say!("share-because", why = why.join("; "))), theme.muted),
    ]
}

fn extract(e: &Extracted, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("share-extract"));
    let mut lines = vec![
        Line::from(w.text(say!("share-extracted", rows = e.rows, patients = e.patients))),
        Line::styled(w.text(say!("share-in-file", path = &e.path)), theme.accent),
        Line::from(""),
    ];
    lines.extend(decision(e.recorded, &e.because, w, theme));
    lines.extend([Line::from(""), Line::styled(w.text("share-still-careful"), theme.warning)]);
    words(frame, inner, lines);
}

/// A cell's text at its right edge.
fn right(text: &str) -> String {
    format!("{}{text}", " ".repeat(usize::from(CELL).saturating_sub(width(text) + 1)))
}

fn counts(c: &CountsTable, selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let shown = Shown::new(c);
    let told = decision(c.recorded, &c.because, w, theme);
    let inner = panel(frame, theme, area, &w.text("share-counts"));
    let rows = [Constraint::Length(3), Constraint::Min(3), Constraint::Length(1), Constraint::Length(2)];
    let [above, middle, sums, below] = Layout::vertical(rows).areas(inner);
    words(frame, above, told);
    // One column is the sum.
    let room = usize::from(middle.width.saturating_sub(HEAD + CELL) / (CELL + 1)).max(1);
    let across = shown.columns.len().min(room);
    let number = |n: &Option<u32>| right(&n.map_or_else(|| "*".to_owned(), |n| w.number(n)));
    let line = |head: String, cells: &[Option<u32>], sum: String| {
        let cells = cells.iter().take(across).map(number);
        Row::new([head].into_iter().chain(cells).chain([sum]).collect::<Vec<_>>())
    };
    let widths: Vec<Constraint> = [Constraint::Length(HEAD)]
        .into_iter()
        .chain((0..=across).map(|_| Constraint::Length(CELL)))
        .collect();
    let head = |name: &String| w.text(heading(name));
    let titles = [String::new()].into_iter().chain(shown.columns.iter().take(across).map(head));
    let titles: Vec<String> = titles
        .chain([w.text("share-sum")])
        .enumerate()
        .map(|(i, t)| if i == 0 { t } else { right(&t) })
        .collect();
    let body = shown.rows.iter().map(|(name, cells, sum)| line(head(name), cells, number(sum)));
    let table = Table::new(body, widths.clone())
        .header(Row::new(titles).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, middle, selected, shown.rows.len());
    let total = right(&w.number(c.table.total));
    let last = line(w.text("share-sum"), &shown.sums, total).style(theme.accent);
    frame.render_widget(Table::new([last], widths), sums);
    let hidden = Line::styled(w.text("share-hidden"), theme.muted);
    let more = shown.columns.len() - across;
    let rest = (more > 0).then(|| Line::styled(w.text(say!("share-more-columns", n = more)), theme.warning));
    words(frame, below, [hidden].into_iter().chain(rest).collect());
}

fn claim(v: &ClaimView, selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    let name = if v.name.is_empty() { v.patient.short() } else { clean(&v.name) };
    let inner = panel(frame, theme, upper, &w.text(say!("share-claim-about", name = name)));
    let parts: Vec<String> = v.compartments.iter().map(|c| w.text(part(*c))).collect();
    let mut told = decision(v.recorded, &v.because, w, theme);
    told.insert(0, Line::styled(w.text(say!("share-opened", parts = parts.join(", "))), theme.accent));
    let [above, rest] = Layout::vertical([Constraint::Length(4), Constraint::Min(0)]).areas(inner);
    words(frame, above, told);
    if v.visits.is_empty() {
        return placeholder(frame, theme.muted, rest, &w.text("share-no-visit"));
    }
    let cells = |r: &crate::node::api::VisitRow| Row::new([w.time(r.at), clean(&r.reason), clean(&r.org)]);
    let columns = [Constraint::Length(16), Constraint::Fill(2), Constraint::Fill(1)];
    let head = ["share-when", "share-visit", "share-org"];
    let table = Table::new(v.visits.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, rest, selected, v.visits.len());
    if let Some(visit) = v.visits.get(selected) {
        chart::visit(visit, None, w, theme, frame, lower);
    }
}
