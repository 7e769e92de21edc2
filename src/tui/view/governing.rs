//! The own organisation's terminals, and what the consortium is to decide.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::governance::Role,
    node::api::{LostView, PeerRow, ProposalRow},
};

use super::{
    super::{
        governing::{GovernDialog, GovernPage, not_admin},
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, placeholder, popup, words, wrap},
        words::{Saying, Words, say},
    },
    absent,
};

/// Draws the screen for somebody of this organisation and role.
pub(super) fn draw(
    g: &GovernPage,
    (org, own): (&str, Role),
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let told = not_admin(own).map(|s| w.text(s));
    let rows = told.as_ref().map_or(0, |t| wrap(t, usize::from(area.width).max(1)).len());
    let note = u16::try_from(rows).unwrap_or(u16::MAX);
    let [warning, upper, lower] =
        Layout::vertical([Constraint::Length(note), Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
    words(frame, warning, told.map(|t| Line::styled(t, theme.warning)).into_iter().collect());
    let mine = panel(frame, theme, upper, &w.text(say!("govern-terminals", org = org)));
    let decisions = panel(frame, theme, lower, &w.text("govern-decisions"));
    match &g.view {
        Load::Ready(v) => {
            terminals(&g.own(org), (!g.deciding).then_some(g.terminal), w, theme, frame, mine);
            proposals(&v.proposals, g.deciding.then_some(g.proposal), w, theme, frame, decisions);
        }
        other => absent(other, w, theme, frame, mine),
    }
    dialog(&g.dialog, w, theme, frame, area);
}

fn terminals(
    rows: &[&PeerRow],
    selected: Option<usize>,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, &w.text("govern-no-terminal"));
    }
    let cells = |r: &&PeerRow| {
        let met = r.last_met.map_or_else(|| w.text("mesh-never"), |at| w.time(at));
        let (state, style) = match (r.suspended, r.lacks) {
            (true, _) => (w.text("people-suspended"), theme.muted),
            (false, 0) => (w.text("mesh-nothing"), theme.text),
            (false, n) => (w.number(n), theme.warning),
        };
        Row::new([clean(&r.name), r.device.short(), met, state]).style(style)
    };
    let columns =
        [Constraint::Fill(1), Constraint::Length(13), Constraint::Length(16), Constraint::Length(13)];
    let head = ["mesh-terminal", "form-patient", "mesh-last-met", "mesh-lacks"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    at(frame, table, area, selected, rows.len());
}

fn proposals(
    rows: &[ProposalRow],
    selected: Option<usize>,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, &w.text("govern-nothing-to-decide"));
    }
    let cells = |r: &ProposalRow| {
        let yes = r.approved.iter().map(|o| clean(o)).collect::<Vec<_>>().join(", ");
        let of = w.text(say!("govern-of", yes = r.approved.len(), needed = r.needed));
        Row::new([clean(&r.words), of, yes])
    };
    let columns = [Constraint::Fill(2), Constraint::Length(12), Constraint::Fill(1)];
    let head = ["govern-what", "govern-approved", "govern-by"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    at(frame, table, area, selected, rows.len());
}

/// Only the list that has the cursor shows a selected line, and can be clicked.
fn at(frame: &mut Sheet, table: Table, area: Rect, selected: Option<usize>, rows: usize) {
    match selected {
        Some(line) => list(frame, table, area, line, rows),
        None => frame.render_widget(table, area),
    }
}

fn dialog(d: &GovernDialog, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let (title, what, yes): (Saying, Saying, &'static str) = match d {
        GovernDialog::None | GovernDialog::Join(_) | GovernDialog::Propose(_) | GovernDialog::Writing => {
            return;
        }
        GovernDialog::Lost(v) => return lost(v, w, theme, frame, area),
        GovernDialog::Lose(_, name) => (say!("lose-title", name = name), "lose-what".into(), "lose-yes"),
        GovernDialog::Approve(_, words) => {
            ("approve-title".into(), say!("approve-what", words = words), "approve-yes")
        }
        GovernDialog::Void => ("void-title".into(), "void-what".into(), "void-yes"),
    };
    let inner = popup(frame, theme, area, &w.text(title), (68, 9));
    ask(frame, theme, inner, vec![Line::from(w.text(what))], (w.text(yes), w.text("key-not-now")));
}

/// What a terminal that was lost alone may hold.
fn lost(v: &LostView, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = popup(frame, theme, area, &w.text(say!("lost-title", name = &v.name)), (74, 14));
    let met = match v.last_met {
        Some(at) => say!("lost-last-met", time = w.time(at)),
        None => "lost-never-met".into(),
    };
    let mut lines = vec![Line::styled(w.text(met), theme.warning)];
    for l in &v.logs {
        let more = l.known.saturating_sub(l.held);
        lines.push(Line::from(w.text(say!("lost-here", n = l.held, time = w.time(l.last)))));
        if more > 0 {
            lines.push(Line::styled(w.text(say!("lost-elsewhere", n = more)), theme.accent));
        }
    }
    let lacked = match v.lacked {
        0 => "lost-had-all".into(),
        n => say!("lost-lacked", n = n),
    };
    lines.extend([Line::from(w.text(lacked)), Line::styled(w.text("lost-found-again"), theme.muted)]);
    words(frame, inner, lines);
}
