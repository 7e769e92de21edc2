//! The mesh: where this terminal answers, who the others are, and what they lack.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    node::api::{Kept, LinkPolicy, MeshView, Met, PeerRow},
    qr::Code,
};

use super::{
    super::{
        meeting::{MeshPage, Work},
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, code, field, list, panel, placeholder, popup, words},
        words::{Saying, Words, say},
    },
    WIDE, absent,
};

pub(super) fn draw(m: &MeshPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(v) = &m.view else {
        let inner = panel(frame, theme, area, &w.text("mesh-title"));
        return absent(&m.view, w, theme, frame, inner);
    };
    if matches!(m.work, Work::Ticket) {
        return ticket(&v.ticket, w, theme, frame, area);
    }
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

/// The ticket as a code, and as text beside it.
fn ticket(text: &str, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("mesh-ticket-title"));
    let drawn = Code::new(text).ok().map(|c| (c.cells(), code(frame, theme, inner, &c)));
    let (room, first) = match drawn {
        Some((_, Some(paper))) if paper.width + 20 <= inner.width => {
            let x = paper.right() + 2;
            (Rect { x, width: inner.right() - x, ..inner }, None)
        }
        Some((_, Some(_))) => return,
        Some(((wide, high), None)) => {
            let why = say!("mesh-ticket-too-small", wide = u32::from(wide) + 4, high = u32::from(high) + 5);
            (inner, Some(w.text(why)))
        }
        None => (inner, None),
    };
    let mut lines: Vec<Line> = first.map(|why| Line::styled(why, theme.warning)).into_iter().collect();
    let how = Line::styled(w.text("mesh-ticket-how"), theme.accent);
    lines.extend([how, Line::from(""), Line::from(clean(text))]);
    words(frame, room, lines);
}

/// What an admin decided, in a few words; what wasn't changed isn't mentioned.
fn limits(p: &LinkPolicy) -> Vec<Saying> {
    let parts = [
        p.up.map(|n| say!("mesh-limit-up", n = n)),
        p.down.map(|n| say!("mesh-limit-down", n = n)),
        p.metered.map(|n| say!("mesh-limit-metered", n = n)),
        p.relay.as_ref().map(|at| say!("mesh-limit-relay", address = at)),
        match &p.records {
            Kept::All => None,
            Kept::Own => Some("mesh-limit-own".into()),
            Kept::District(orgs) => Some(say!("mesh-limit-district", orgs = orgs.join(", "))),
        },
        p.files_on_demand.then(|| "mesh-limit-files".into()),
    ];
    parts.into_iter().flatten().collect()
}

fn this(v: &MeshView, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("mesh-this"));
    let link = if v.links.metered.is_some() && v.addresses.is_empty() {
        let next = match v.next_round {
            Some(seconds) => say!("mesh-metered-next", time = w.duration(seconds)),
            None => "mesh-metered-soon".into(),
        };
        Line::styled(w.text(next), theme.text)
    } else if v.addresses.is_empty() {
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
    if v.waiting > 0 {
        lines.push(Line::styled(w.text(say!("mesh-waiting", n = v.waiting)), theme.text));
    }
    if v.links != LinkPolicy::default() {
        lines.push(Line::from(w.text(say!("mesh-limits", all = limits(&v.links)))));
    }
    if !v.ticket.is_empty() {
        lines.push(Line::styled(w.text(say!("mesh-ticket", ticket = &v.ticket)), theme.muted));
    }
    words(frame, inner, lines);
}

fn peers(rows: &[PeerRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    // The address has a column of its own where there is room for it.
    let wide = area.width >= 90;
    let at = rows.get(selected).and_then(|r| r.address.as_deref()).filter(|_| !wide);
    let title = match at {
        Some(at) => say!("mesh-others-at", n = rows.len(), address = at),
        None => say!("mesh-others", n = rows.len()),
    };
    let inner = panel(frame, theme, area, &w.text(title));
    if rows.is_empty() {
        return placeholder(frame, theme.muted, inner, &w.text("mesh-no-other"));
    }
    // Without the year there is room for names.
    let room = if wide { 16 } else { 11 };
    let met = |at| if wide { w.time(at) } else { w.short_time(at) };
    let cells = |r: &PeerRow| {
        let lacks = if r.lacks == 0 { w.text("mesh-nothing") } else { w.number(r.lacks) };
        let size = if r.lacks == 0 { String::new() } else { w.bytes(r.bytes_left) };
        let left = r.seconds_left.filter(|_| r.lacks > 0).map_or_else(String::new, |s| w.duration(s));
        let style = if r.lacks == 0 { theme.text } else { theme.warning };
        Row::new([
            clean(&r.name),
            clean(&r.org),
            r.last_met.map_or_else(|| w.text("mesh-never"), met),
            lacks,
            size,
            left,
            r.address.as_deref().map_or_else(|| "–".into(), clean),
        ])
        .style(style)
    };
    let columns = [
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(room),
        Constraint::Length(9),
        Constraint::Length(8),
        Constraint::Length(7),
        Constraint::Length(if wide { 21 } else { 0 }),
    ];
    let head = [
        "mesh-terminal",
        "mesh-org",
        "mesh-last-met",
        "mesh-lacks",
        "mesh-bytes",
        "mesh-left",
        "mesh-address",
    ];
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
