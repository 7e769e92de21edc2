//! The mesh: where this terminal answers, who the others are, and what they lack.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::{
    node::api::{LinkPolicy, MeshView, Met, PeerRow, bytes, duration},
    qr::Code,
};

use super::{
    super::{
        model::{Load, MeshPage, Work},
        theme::Theme,
        widgets::{clean, code, field, panel, placeholder, popup, time, words},
    },
    WIDE, absent,
};

pub(super) fn draw(m: &MeshPage, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Load::Ready(v) = &m.view else {
        let inner = panel(frame, theme, area, "Mesh");
        return absent(&m.view, theme, frame, inner);
    };
    if matches!(m.work, Work::Ticket) {
        return ticket(&v.ticket, theme, frame, area);
    }
    let [here, peers_area, met_area] = if area.width >= WIDE {
        let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
        let [here, met] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        [here, left, met]
    } else {
        let heights = [Constraint::Length(7), Constraint::Min(5), Constraint::Length(6)];
        Layout::vertical(heights).areas(area)
    };
    this(v, theme, frame, here);
    peers(&v.peers, m.selected, zone, theme, frame, peers_area);
    meetings(&m.met, theme, frame, met_area);
    if let Work::Folder { out, path } = &m.work {
        let title = if *out { "Courier out: write a bundle" } else { "Courier in: read bundles" };
        let inner = popup(frame, theme, area, title, (64, 7));
        let what = if *out {
            "Sealed for the other terminals: the carrier cannot read it."
        } else {
            "Reads every bundle of the folder that is for this terminal."
        };
        let rows = Layout::vertical([Constraint::Length(2), Constraint::Length(1), Constraint::Min(0)]);
        let [above, row, _] = rows.areas(inner);
        words(frame, above, vec![Line::styled(what, theme.muted)]);
        let [label, value] = Layout::horizontal([Constraint::Length(8), Constraint::Min(0)]).areas(row);
        frame.render_widget(Line::from("Folder"), label);
        field(frame, theme, value, path, true);
    }
}

/// The ticket as a code, and as text beside it.
fn ticket(text: &str, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "Ticket of this terminal");
    let how = "Another terminal enters it with 'aidpost sync --ticket', to meet this one.";
    let drawn = Code::new(text).ok().map(|c| (c.cells(), code(frame, theme, inner, &c)));
    let (room, first) = match drawn {
        Some((_, Some(paper))) if paper.width + 20 <= inner.width => {
            let x = paper.right() + 2;
            (Rect { x, width: inner.right() - x, ..inner }, None)
        }
        Some((_, Some(_))) => return,
        Some(((wide, high), None)) => {
            let why = format!(
                "The code needs a window of at least {} by {}; 'aidpost status --qr' prints it too.",
                wide + 4,
                high + 5
            );
            (inner, Some(why))
        }
        None => (inner, None),
    };
    let mut lines: Vec<Line> = first.map(|w| Line::styled(w, theme.warning)).into_iter().collect();
    lines.extend([Line::styled(how, theme.accent), Line::from(""), Line::from(clean(text))]);
    words(frame, room, lines);
}

fn this(v: &MeshView, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "This terminal");
    let link = if v.links.metered.is_some() && v.addresses.is_empty() {
        let next = v.next_round.map_or_else(|| "soon".into(), |s| format!("in {}", duration(s)));
        Line::styled(format!("Metered: the link is down until the next round, {next}."), theme.text)
    } else if v.addresses.is_empty() {
        Line::styled("The link is down: nothing is sent or received. l takes it up.", theme.warning)
    } else {
        Line::styled(clean(&format!("The link is up: {}", v.addresses.join(", "))), theme.good)
    };
    let only = if v.only_here == 0 {
        Line::styled("Everything here is also on another terminal.", theme.good)
    } else {
        let blocks = if v.only_here == 1 { "block is" } else { "blocks are" };
        Line::styled(format!("{} {blocks} only here: lost if this terminal is.", v.only_here), theme.warning)
    };
    let mut lines = vec![link, only];
    if v.waiting > 0 {
        let words = format!("{} blocks are here as headers only: their content comes later.", v.waiting);
        lines.push(Line::styled(words, theme.text));
    }
    if v.links != LinkPolicy::default() {
        lines.push(Line::from(clean(&format!("Set: {}.", v.links.words()))));
    }
    if !v.ticket.is_empty() {
        lines.push(Line::styled(clean(&format!("Ticket: {}", v.ticket)), theme.muted));
    }
    words(frame, inner, lines);
}

fn peers(rows: &[PeerRow], selected: usize, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    // The address has a column of its own where there is room for it.
    let wide = area.width >= 90;
    let at = rows.get(selected).and_then(|r| r.address.as_deref()).filter(|_| !wide);
    let at = at.map_or_else(String::new, |a| format!(", the selected one at {a}"));
    let inner = panel(frame, theme, area, &format!("Other terminals ({}){at}", rows.len()));
    if rows.is_empty() {
        return placeholder(
            frame,
            theme.muted,
            inner,
            "No other terminal is certified in this consortium yet.",
        );
    }
    // Without the year there is room for names.
    let (room, skip) = if wide { (16, 0) } else { (11, 5) };
    let met = |at| -> String { time(at, zone).chars().skip(skip).collect() };
    let cells = |r: &PeerRow| {
        let lacks = if r.lacks == 0 { "nothing".into() } else { r.lacks.to_string() };
        let size = if r.lacks == 0 { String::new() } else { bytes(r.bytes_left) };
        let left = r.seconds_left.filter(|_| r.lacks > 0).map_or_else(String::new, duration);
        let style = if r.lacks == 0 { theme.text } else { theme.warning };
        Row::new([
            clean(&r.name),
            clean(&r.org),
            r.last_met.map_or_else(|| "never".into(), met),
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
        Constraint::Length(7),
        Constraint::Length(8),
        Constraint::Length(7),
        Constraint::Length(if wide { 21 } else { 0 }),
    ];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(
            Row::new(["Terminal", "Organisation", "Last met", "Lacks", "Bytes", "Left", "Address"])
                .style(theme.muted),
        )
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, inner, &mut state);
}

fn meetings(rows: &[Met], theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "Last sync from this screen");
    if rows.is_empty() {
        return frame.render_widget(Line::styled("none yet: s meets the others now", theme.muted), inner);
    }
    let line = |m: &Met| {
        if let Some(p) = &m.problem {
            return Line::styled(clean(&format!("{}: {p}", m.peer)), theme.danger);
        }
        let words = format!(
            "{}: sent {}, received {}, {} bytes, {} ms",
            m.peer, m.sent, m.received, m.bytes, m.millis
        );
        Line::from(clean(&words))
    };
    words(frame, inner, rows.iter().map(line).collect());
}
