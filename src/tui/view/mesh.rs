//! The mesh: where this terminal answers, who the others are, and what they lack.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{MeshView, Met, PeerRow};

use super::{
    super::{
        model::{Load, MeshPage, Work},
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, field, list, panel, placeholder, popup, words},
        words::{Words, say},
    },
    WIDE, absent,
};

pub(super) fn draw(m: &MeshPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(v) = &m.view else {
        let inner = panel(frame, theme, area, &w.text("mesh-title"));
        return absent(&m.view, w, theme, frame, inner);
    };
    let [here, peers_area, met_area] = if area.width >= WIDE {
        let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
        let [here, met] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        [here, left, met]
    } else {
        let heights = [Constraint::Length(7), Constraint::Min(5), Constraint::Length(6)];
        Layout::vertical(heights).areas(area)
    };
    this(v, w, theme, frame, here);
    peers(&v.peers, m.selected, w, theme, frame, peers_area);
    meetings(&m.met, w, theme, frame, met_area);
    if let Work::Folder { out, path } = &m.work {
        let title = if *out { "mesh-out-title" } else { "mesh-in-title" };
        let inner = popup(frame, theme, area, &w.text(title), (64, 7));
        let what = if *out { "mesh-out-what" } else { "mesh-in-what" };
        let rows = Layout::vertical([Constraint::Length(2), Constraint::Length(1), Constraint::Min(0)]);
        let [above, row, _] = rows.areas(inner);
        words(frame, above, vec![Line::styled(w.text(what), theme.muted)]);
        let [label, value] = Layout::horizontal([Constraint::Length(9), Constraint::Min(0)]).areas(row);
        frame.render_widget(Line::from(w.text("mesh-folder")), label);
        field(frame, theme, value, path, true);
    }
}

fn this(v: &MeshView, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("mesh-this"));
    let link = if v.addresses.is_empty() {
        Line::styled(w.text("mesh-down"), theme.warning)
    } else {
        Line::styled(w.text(say!("mesh-up", addresses = v.addresses.join(", "))), theme.good)
    };
    let only = if v.only_here == 0 {
        Line::styled(w.text("mesh-all-elsewhere"), theme.good)
    } else {
        Line::styled(w.text(say!("mesh-only-here", n = v.only_here)), theme.warning)
    };
    let mut lines = vec![link, only];
    if !v.ticket.is_empty() {
        lines.push(Line::styled(w.text(say!("mesh-ticket", ticket = &v.ticket)), theme.muted));
    }
    words(frame, inner, lines);
}

fn peers(rows: &[PeerRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("mesh-others", n = rows.len())));
    if rows.is_empty() {
        return placeholder(frame, theme.muted, inner, &w.text("mesh-no-other"));
    }
    // Without the year there is room for the address.
    let wide = area.width >= 90;
    let room = if wide { 16 } else { 11 };
    let met = |at| if wide { w.time(at) } else { w.short_time(at) };
    let cells = |r: &PeerRow| {
        let lacks =
            if r.lacks == 0 { w.text("mesh-nothing") } else { w.text(say!("mesh-blocks", n = r.lacks)) };
        let style = if r.lacks == 0 { theme.text } else { theme.warning };
        Row::new([
            clean(&r.name),
            clean(&r.org),
            r.last_met.map_or_else(|| w.text("mesh-never"), met),
            lacks,
            r.address.as_deref().map_or_else(|| "–".into(), clean),
        ])
        .style(style)
    };
    let columns = [
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(room),
        Constraint::Length(11),
        Constraint::Length(21),
    ];
    let head = ["mesh-terminal", "mesh-org", "mesh-last-met", "mesh-lacks", "mesh-address"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, selected, rows.len());
}

fn meetings(rows: &[Met], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("mesh-last-sync"));
    if rows.is_empty() {
        return frame.render_widget(Line::styled(w.text("mesh-no-sync"), theme.muted), inner);
    }
    let line = |m: &Met| {
        if let Some(p) = &m.problem {
            let words = say!("mesh-problem", peer = &m.peer, problem = w.node(p));
            return Line::styled(w.text(words), theme.danger);
        }
        let words = say!(
            "mesh-met",
            peer = &m.peer,
            sent = m.sent,
            received = m.received,
            bytes = m.bytes,
            millis = m.millis,
        );
        Line::from(w.text(words))
    };
    words(frame, inner, rows.iter().map(line).collect());
}
