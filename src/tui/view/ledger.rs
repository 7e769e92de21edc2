//! The ledger: blocks, logs, forks, and what all of it is worth.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::trust::Bracket,
    node::api::{BlockRow, LedgerView, LogRow, TrustView},
};

use super::{
    super::{
        model::{Check, LedgerPage, Load},
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, some, words, wrap},
        words::{Saying, Words, doubt, kind, say},
    },
    WIDE, absent,
};

pub(super) fn draw(l: &LedgerPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(v) = &l.view else {
        let inner = panel(frame, theme, area, &w.text("ledger-title"));
        return absent(&l.view, w, theme, frame, inner);
    };
    let logs_height = u16::try_from(v.logs.len()).unwrap_or(u16::MAX).saturating_add(3);
    let [trust_area, logs_area, blocks_area] = if area.width >= WIDE {
        let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
        let [trust, logs] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        [trust, logs, left]
    } else {
        let room = usize::from(area.width).saturating_sub(4).max(1);
        let found: usize = trust(l, v, w, theme).iter().map(|line| wrap(&line.to_string(), room).len()).sum();
        // Where something is doubtful it comes before the rest.
        let (most, logs_most) = if summary(v).is_some() { (10, 5) } else { (7, 7) };
        let rows = u16::try_from(found).unwrap_or(u16::MAX).saturating_add(2).min(most);
        Layout::vertical([
            Constraint::Length(rows),
            Constraint::Length(logs_height.min(logs_most)),
            Constraint::Min(4),
        ])
        .areas(area)
    };
    let inner = panel(frame, theme, trust_area, &w.text("ledger-trust"));
    words(frame, inner, trust(l, v, w, theme));
    logs(&v.logs, w, theme, frame, logs_area);
    blocks(v, l.selected, w, theme, frame, blocks_area);
}

/// What is doubtful, the worst first.
fn doubts<'a>(d: &TrustView, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> =
        d.equivocations.iter().map(|e| Line::styled(w.node(e), theme.danger)).collect();
    for g in &d.gaps {
        let words =
            say!("ledger-gap", held = g.held, known = g.known, device = &g.device, org = &g.org, by = &g.by,);
        lines.push(Line::styled(w.text(words), theme.warning));
    }
    for c in &d.clocks {
        let words = say!("ledger-clock", device = &c.device, org = &c.org, time = bracket(&c.time, w));
        lines.push(Line::styled(w.text(words), theme.warning));
    }
    lines
}

/// All that is doubtful, in one line; none: nothing is.
fn summary(v: &LedgerView) -> Option<Saying> {
    let d = &v.doubts;
    let counts = [
        (v.forks.len(), say!("ledger-forked", n = v.forks.len())),
        (d.equivocations.len(), say!("ledger-two-things", n = d.equivocations.len())),
        (d.quarantined as usize, say!("ledger-quarantined", n = d.quarantined)),
        (d.gaps.len(), say!("ledger-gaps", n = d.gaps.len())),
        (d.clocks.len(), say!("ledger-clocks", n = d.clocks.len())),
        (d.withheld as usize, say!("ledger-withheld", n = d.withheld)),
    ];
    let all: Vec<Saying> = counts.into_iter().filter(|(n, _)| *n > 0).map(|(_, said)| said).collect();
    (!all.is_empty()).then(|| say!("ledger-doubtful", all = all))
}

/// When something was written, as far as it can be known.
fn bracket(b: &Bracket, w: &Words) -> Saying {
    let said = w.time(b.said);
    match (b.after.map(|at| w.time(at)), b.before.map(|at| w.time(at))) {
        (None, None) => say!("ledger-says", said = said),
        (Some(after), None) => say!("ledger-after-says", after = after, said = said),
        (None, Some(before)) => say!("ledger-says-before", said = said, before = before),
        (Some(after), Some(before)) => say!("ledger-between", after = after, said = said, before = before),
    }
}

/// The selected block, if it is in quarantine.
fn selected<'a>(l: &LedgerPage, v: &LedgerView, w: &Words, theme: &Theme) -> Option<Line<'a>> {
    let id = v.blocks.get(l.selected)?.id;
    let d = v.doubts.quarantine.iter().find(|d| d.id == id)?;
    let why = Saying::from(doubt(d.doubt));
    let words = say!("ledger-selected", block = d.id.short(), doubt = why, time = bracket(&d.time, w));
    Some(Line::styled(w.text(words), theme.accent))
}

/// Who else holds the selected block.
fn holders<'a>(l: &LedgerPage, v: &LedgerView, w: &Words, theme: &Theme) -> Option<Line<'a>> {
    let b = v.blocks.get(l.selected)?;
    let block = b.id.short();
    let (words, style) = match &b.held_by[..] {
        [] => (say!("ledger-only-here", block = block), theme.warning),
        names => (say!("ledger-also-on", block = block, names = some(names, w)), theme.muted),
    };
    Some(Line::styled(w.text(words), style))
}

fn trust<'a>(l: &LedgerPage, v: &LedgerView, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> =
        summary(v).map(|said| Line::styled(w.text(said), theme.danger)).into_iter().collect();
    lines.extend(selected(l, v, w, theme));
    lines.push(Line::from(w.node(&v.trust)));
    for f in &v.forks {
        lines.push(Line::styled(w.text(say!("ledger-fork", what = f)), theme.danger));
    }
    if v.forks.is_empty() {
        lines.push(Line::styled(w.text("ledger-no-fork"), theme.good));
    }
    lines.extend(doubts(&v.doubts, w, theme));
    if let Check::Done(report) = &l.check {
        let (pages, blocks) = (report.pages, report.blocks);
        let (words, style) = match report.damage.len() {
            0 => (say!("ledger-undamaged", pages = pages, blocks = blocks), theme.good),
            n => (say!("ledger-damaged", pages = pages, blocks = blocks, n = n), theme.danger),
        };
        lines.push(Line::styled(w.text(words), style));
        lines.extend(report.damage.iter().map(|d| Line::styled(w.node(d), theme.danger)));
    }
    lines.extend(holders(l, v, w, theme));
    lines
}

fn logs(rows: &[LogRow], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("ledger-logs", n = rows.len())));
    let cells = |r: &LogRow| Row::new([clean(&r.device), clean(&r.org), w.number(r.blocks), w.time(r.last)]);
    let columns = [Constraint::Fill(2), Constraint::Fill(3), Constraint::Length(7), Constraint::Length(16)];
    let head = ["ledger-terminal", "ledger-org", "ledger-blocks", "ledger-last"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted));
    frame.render_widget(table, inner);
}

fn blocks(v: &LedgerView, selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner =
        panel(frame, theme, area, &w.text(say!("ledger-newest", n = v.blocks.len(), total = v.total)));
    let cells = |r: &BlockRow| {
        let doubtful = v.doubts.quarantine.iter().any(|d| d.id == r.id);
        let here = match (doubtful, r.only_here) {
            (true, _) => w.text("ledger-mark-doubtful"),
            (false, true) => w.text("ledger-mark-only-here"),
            (false, false) => String::new(),
        };
        let style = if doubtful || r.only_here { theme.warning } else { theme.text };
        Row::new([
            r.id.short(),
            w.text(kind(r.kind)),
            clean(&r.device),
            w.number(r.seq),
            w.time(r.at),
            w.number(r.bytes),
            here,
        ])
        .style(style)
    };
    let columns = [
        Constraint::Length(8),
        Constraint::Length(10),
        Constraint::Fill(1),
        Constraint::Length(5),
        Constraint::Length(16),
        Constraint::Length(6),
        Constraint::Length(10),
    ];
    let head = [
        "ledger-block",
        "ledger-kind",
        "ledger-terminal",
        "ledger-number",
        "ledger-clock-time",
        "ledger-bytes",
    ];
    let table = Table::new(v.blocks.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, selected, v.blocks.len());
}
