//! The ledger: blocks, logs, forks, and what all of it is worth.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::{
    core::trust::Bracket,
    node::api::{BlockRow, LedgerView, LogRow, TrustView},
};

use super::{
    super::{
        model::{Check, LedgerPage, Load},
        theme::Theme,
        widgets::{clean, panel, some, time, words},
    },
    WIDE, absent,
};

pub(super) fn draw(l: &LedgerPage, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Load::Ready(v) = &l.view else {
        let inner = panel(frame, theme, area, "Ledger");
        return absent(&l.view, theme, frame, inner);
    };
    let logs_height = u16::try_from(v.logs.len()).unwrap_or(u16::MAX).saturating_add(3);
    let [trust_area, logs_area, blocks_area] = if area.width >= WIDE {
        let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
        let [trust, logs] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        [trust, logs, left]
    } else {
        let found = trust(l, v, zone, theme).len();
        // Where something is doubtful it comes before the rest.
        let (most, logs_most) = if summary(v).is_some() { (9, 5) } else { (6, 7) };
        let rows = u16::try_from(found).unwrap_or(u16::MAX).saturating_add(2).min(most);
        let rows = rows.saturating_add(u16::from(v.trust.chars().count() > 74));
        Layout::vertical([
            Constraint::Length(rows),
            Constraint::Length(logs_height.min(logs_most)),
            Constraint::Min(4),
        ])
        .areas(area)
    };
    let inner = panel(frame, theme, trust_area, "Trust");
    words(frame, inner, trust(l, v, zone, theme));
    logs(&v.logs, zone, theme, frame, logs_area);
    blocks(v, l.selected, zone, theme, frame, blocks_area);
}

/// What is doubtful, the worst first.
fn doubts<'a>(d: &TrustView, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = d.equivocations.iter().map(|e| Line::styled(clean(e), theme.danger)).collect();
    for g in &d.gaps {
        let words = format!(
            "GAP: {} of {} blocks of {} ({}) are here; {} has cosigned them",
            g.held, g.known, g.device, g.org, g.by
        );
        lines.push(Line::styled(clean(&words), theme.warning));
    }
    for c in &d.clocks {
        let words = format!("CLOCK: {} ({}) is wrong: {}", c.device, c.org, bracket(&c.time, zone));
        lines.push(Line::styled(clean(&words), theme.warning));
    }
    lines
}

/// All that is doubtful, in one line; none: nothing is.
fn summary(v: &LedgerView) -> Option<String> {
    let d = &v.doubts;
    let counts = [
        (v.forks.len(), "forked"),
        (d.equivocations.len(), "said two things"),
        (d.quarantined as usize, "blocks in quarantine"),
        (d.gaps.len(), "with gaps"),
        (d.clocks.len(), "clocks wrong"),
        (d.withheld as usize, "blocks without their keys"),
    ];
    let words: Vec<String> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
    (!words.is_empty()).then(|| format!("DOUBTFUL: {}.", words.join(", ")))
}

/// When something was written, as far as it can be known.
fn bracket(b: &Bracket, zone: &TimeZone) -> String {
    let after = b.after.map_or_else(String::new, |a| format!("after {}, ", time(a, zone)));
    let before = b.before.map_or_else(String::new, |x| format!(", before {}", time(x, zone)));
    format!("{after}says {}{before}", time(b.said, zone))
}

/// The selected block, if it is in quarantine.
fn selected<'a>(l: &LedgerPage, v: &LedgerView, zone: &TimeZone, theme: &Theme) -> Option<Line<'a>> {
    let id = v.blocks.get(l.selected)?.id;
    let d = v.doubts.quarantine.iter().find(|d| d.id == id)?;
    let words = format!("{}: {}; {}", d.id.short(), d.doubt.words(), bracket(&d.time, zone));
    Some(Line::styled(clean(&words), theme.accent))
}

/// Who else holds the selected block.
fn holders<'a>(l: &LedgerPage, v: &LedgerView, theme: &Theme) -> Option<Line<'a>> {
    let b = v.blocks.get(l.selected)?;
    let (words, style) = match &b.held_by[..] {
        [] => (format!("{} is only here.", b.id.short()), theme.warning),
        names => (format!("{} is also on {}.", b.id.short(), some(names)), theme.muted),
    };
    Some(Line::styled(words, style))
}

fn trust<'a>(l: &LedgerPage, v: &LedgerView, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = summary(v).map(|w| Line::styled(w, theme.danger)).into_iter().collect();
    lines.extend(selected(l, v, zone, theme));
    lines.push(Line::from(clean(&v.trust)));
    for f in &v.forks {
        lines.push(Line::styled(clean(&format!("FORK: {f}")), theme.danger));
    }
    if v.forks.is_empty() {
        lines.push(Line::styled("No fork is known.", theme.good));
    }
    lines.extend(doubts(&v.doubts, zone, theme));
    if let Check::Done(report) = &l.check {
        let checked = format!("Checked {} pages and {} blocks", report.pages, report.blocks);
        if report.damage.is_empty() {
            lines.push(Line::styled(format!("{checked}: no damage."), theme.good));
        } else {
            lines.push(Line::styled(format!("{checked}: {} damaged.", report.damage.len()), theme.danger));
        }
        lines.extend(report.damage.iter().map(|d| Line::styled(clean(d), theme.danger)));
    }
    lines.extend(holders(l, v, theme));
    lines
}

fn logs(rows: &[LogRow], zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &format!("Logs ({})", rows.len()));
    let cells =
        |r: &LogRow| Row::new([clean(&r.device), clean(&r.org), r.blocks.to_string(), time(r.last, zone)]);
    let columns = [Constraint::Fill(2), Constraint::Fill(3), Constraint::Length(7), Constraint::Length(16)];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(["Terminal", "Organisation", "Blocks", "Last, its clock"]).style(theme.muted));
    frame.render_widget(table, inner);
}

fn blocks(v: &LedgerView, selected: usize, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &format!("Blocks, newest {} of {}", v.blocks.len(), v.total));
    let cells = |r: &BlockRow| {
        let doubtful = v.doubts.quarantine.iter().any(|d| d.id == r.id);
        let here = match (doubtful, r.only_here) {
            (true, _) => "DOUBTFUL",
            (false, true) => "only here",
            (false, false) => "",
        };
        let style = if doubtful || r.only_here { theme.warning } else { theme.text };
        Row::new([
            r.id.short(),
            r.kind.word().into(),
            clean(&r.device),
            r.seq.to_string(),
            time(r.at, zone),
            r.bytes.to_string(),
            here.into(),
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
        Constraint::Length(9),
    ];
    let head = ["Block", "Kind", "Terminal", "No.", "Its clock", "Bytes", ""];
    let table = Table::new(v.blocks.iter().map(cells), columns)
        .header(Row::new(head).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, inner, &mut state);
}
