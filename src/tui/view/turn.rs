//! What a patient sees in their turn: few words a line, much room between the lines.

use ratatui::{
    layout::{Constraint, Flex, Layout, Rect},
    text::Line,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    core::{consent::EmergencySummary, policy::Purpose, record::Observation},
    node::api::{ALLERGIES, AccessRow, GrantRow, ItemRow, MEDICINES, PROBLEMS, VisitRow},
};

use super::{
    super::{
        large::large,
        listed::{Listed, happened},
        sheet::Sheet,
        theme::Theme,
        turn::{Event, Leaf, OwnPage, Stop, Turn, TurnRoom},
        widgets::{clean, picture, popup, width, words, wrap},
        words::{Saying, Words, part, say, vital},
    },
    chart::{day, done, who},
    sign_in::dots,
};

/// The longest line, in columns.
const COLUMN: u16 = 56;

pub(super) fn draw(t: &TurnRoom, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [column] = Layout::horizontal([Constraint::Length(COLUMN)]).flex(Flex::Center).areas(area);
    match &t.step {
        Turn::Look { picture: seen, looking, typed } => {
            let rest = heading(frame, theme, area, column, &w.text("turn-look"));
            let mut lines =
                vec![Line::from(w.text("turn-hold")), Line::from(""), Line::from(w.text("turn-scan"))];
            if typed.len() > 0 {
                lines.push(Line::styled(w.text(say!("card-typed", n = typed.len())), theme.accent));
            }
            if !looking {
                lines.extend([Line::from(""), Line::styled(w.text("card-look-again"), theme.warning)]);
            }
            let [text, camera] = Layout::vertical([Constraint::Length(6), Constraint::Min(0)]).areas(rest);
            words(frame, text, lines);
            if let Some(p) = seen {
                picture(frame, theme, camera, p);
            }
        }
        Turn::Pin { pin, sent, .. } => {
            let rest = heading(frame, theme, area, column, &w.text("turn-pin"));
            let [text, input, _] =
                Layout::vertical([Constraint::Length(4), Constraint::Length(1), Constraint::Min(0)])
                    .areas(rest);
            words(frame, text, vec![Line::from(w.text("turn-pin-how"))]);
            dots(frame, theme, Rect { width: 16.min(input.width), ..input }, pin.len(), !sent);
        }
        Turn::Record(page) => {
            record(page, w, theme, frame, area, column);
            if let Stop::Asked { name, .. } = &page.stop {
                asked(name, w, theme, frame, area);
            }
        }
    }
}

/// Below so many lines the words under a heading need them all.
const ROOM: u16 = 18;

/// What the screen is about, in large letters; where they don't fit, or aren't known, in capitals with room between them. Gives
/// what is left of the column below.
fn heading(frame: &mut Sheet, theme: &Theme, area: Rect, column: Rect, text: &str) -> Rect {
    let text = clean(text);
    let fits = |big: &Vec<String>| area.height >= ROOM && width(&big[0]) <= usize::from(area.width);
    let lines = large(&text).filter(fits).unwrap_or_else(|| {
        let capital = text.to_uppercase();
        let spaced = spaced(&capital);
        vec![if width(&spaced) <= usize::from(column.width) { spaced } else { capital }]
    });
    let [_, top, _, rest] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(lines.len() as u16),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(column);
    // Over the column when it is wider: as far to both sides.
    let wide =
        u16::try_from(width(&lines[0])).unwrap_or(u16::MAX).clamp(column.width, area.width.max(column.width));
    let at = Rect { x: column.x.saturating_sub((wide - column.width) / 2).max(area.x), width: wide, ..top };
    for (line, y) in lines.into_iter().zip(at.y..at.bottom()) {
        frame.render_widget(Line::styled(line, theme.accent), Rect { y, height: 1, ..at });
    }
    rest
}

/// The most lines for whose record it is and which page of it.
const NAMED: u16 = 6;

/// Lines that a text takes in so many columns.
fn height(text: &str, columns: u16) -> u16 {
    u16::try_from(wrap(text, usize::from(columns).max(1)).len()).unwrap_or(u16::MAX)
}

fn spaced(text: &str) -> String {
    text.graphemes(true).collect::<Vec<_>>().join(" ")
}

/// The message with what a leaf is called.
fn title(leaf: Leaf) -> &'static str {
    match leaf {
        Leaf::Record => "turn-record",
        Leaf::Vaccines => "turn-vaccines",
        Leaf::Sharing => "turn-sharing",
        Leaf::Readers => "turn-readers",
    }
}

fn record(p: &OwnPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect, column: Rect) {
    let rest = heading(frame, theme, area, column, &w.text(title(p.leaf)));
    let here = Leaf::ALL.iter().position(|l| *l == p.leaf).unwrap_or(0) + 1;
    let at = say!("turn-page", name = &p.record.chart.patient.name, n = here, of = Leaf::ALL.len());
    // A long name takes more lines than one, and the page is named all the same.
    let at = clean(&w.text(at));
    let tall = height(&at, rest.width).min(NAMED);
    let [where_, _, body] =
        Layout::vertical([Constraint::Length(tall), Constraint::Length(1), Constraint::Min(0)]).areas(rest);
    words(frame, where_, vec![Line::styled(at, theme.muted)]);
    let lines = match p.leaf {
        Leaf::Record => own(p, w, theme),
        Leaf::Vaccines => vaccines(p, w, theme),
        Leaf::Sharing => sharing(p, w, theme),
        Leaf::Readers => readers(p, w, theme),
    };
    words(frame, body, lines);
}

/// Who it is, what stands, and what happened from the chosen entry on.
fn own<'a>(p: &OwnPage, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let chart = &p.record.chart;
    let mut lines = Vec::new();
    if p.at == 0 {
        lines.push(Line::from(who(&chart.patient, w)));
        let groups: [(&'static str, &[&str]); 3] =
            [("turn-allergies", ALLERGIES), ("turn-problems", PROBLEMS), ("turn-medicines", MEDICINES)];
        for (title, kinds) in groups {
            let all = chart.standing(kinds);
            if !all.is_empty() {
                lines.push(Line::from(""));
                lines.push(Line::styled(w.text(title), theme.accent));
                lines.extend(all.into_iter().map(|t| Line::from(w.node(t))));
            }
        }
        if !chart.unreadable.is_empty() {
            lines.push(Line::from(""));
            let n = chart.unreadable.len();
            lines.push(Line::styled(w.text(say!("turn-unreadable", n = n)), theme.warning));
        }
        lines.push(Line::from(""));
    }
    let happened = happened(chart);
    if happened.is_empty() {
        lines.push(Line::from(w.text("turn-no-visit")));
    }
    for line in happened.iter().skip(p.at) {
        match line {
            Listed::Apart(items) => lines.extend(apart(items, w, theme)),
            other => lines.extend(other.visit().into_iter().flat_map(|v| visit(v, w, theme))),
        }
    }
    lines
}

/// What of one day names no visit.
fn apart<'a>(items: &[&ItemRow], w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(day(items, w), theme.accent)];
    for i in items {
        match i.observations.is_empty() {
            true => lines.push(done(i, w, theme)),
            false => lines.extend(i.observations.iter().map(|o| Line::from(value(o, w)))),
        }
    }
    lines.extend([Line::styled(w.text("turn-from-elsewhere"), theme.muted), Line::from("")]);
    lines
}

/// The vaccines, newest first, from the chosen one on.
fn vaccines<'a>(p: &OwnPage, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let all = p.record.chart.vaccines();
    if all.is_empty() {
        return vec![Line::from(w.text("turn-no-vaccine"))];
    }
    let mut lines = Vec::new();
    for i in all.into_iter().skip(p.at) {
        lines.extend([Line::styled(day(&[i], w), theme.accent), Line::from(w.node(&i.text)), Line::from("")]);
    }
    lines
}

fn value(o: &Observation, w: &Words) -> String {
    format!("{}: {} {}", w.text(vital(o.vital)), w.milli(o.milli), o.vital.info().shown)
}

fn visit<'a>(v: &VisitRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(w.day(v.at), theme.accent), Line::from(clean(&v.reason))];
    lines.extend(v.note.lines().map(|l| Line::from(clean(l))));
    lines.extend(v.observations.iter().map(|o| Line::from(value(o, w))));
    lines.extend(v.done.iter().map(|i| done(i, w, theme)));
    let by = say!("turn-written-by", staff = &v.author, org = &v.org);
    lines.extend([Line::styled(w.text(by), theme.muted), Line::from("")]);
    lines
}

/// The message with what somebody may read for.
fn what_for(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Treatment => "turn-for-treatment",
        Purpose::Payment => "turn-for-payment",
        Purpose::Research => "turn-for-research",
        Purpose::PublicHealth => "turn-for-public-health",
        Purpose::Emergency => "turn-for-emergency",
    }
}

/// Who may read, one of them marked: with what comes before it, so that it is seen in a long list.
fn sharing<'a>(p: &OwnPage, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let (shares, first) = (p.shares(), p.at.saturating_sub(1));
    let mut lines = Vec::new();
    if first == 0 {
        let keeps = say!("turn-keeps", org = &p.record.chart.custodian);
        lines.extend([Line::from(w.text(keeps)), Line::from("")]);
    }
    if shares.is_empty() {
        lines.extend([Line::from(w.text("turn-nobody")), Line::from("")]);
    }
    for (i, row) in shares.into_iter().enumerate().skip(first) {
        lines.extend(share(row, i == p.at, w, theme));
        lines.push(Line::from(""));
    }
    let emergency = match p.record.consent.emergency {
        EmergencySummary::Shared => "turn-emergency",
        EmergencySummary::OptedOut => "turn-no-emergency",
    };
    lines.push(Line::styled(w.text(emergency), theme.muted));
    lines
}

fn share<'a>(row: &GrantRow, marked: bool, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let g = &row.standing.grant;
    let parts: Vec<Saying> = g.compartments.iter().map(|c| part(*c).into()).collect();
    let until = match g.until {
        Some(at) => say!("turn-until", day = w.day(at)),
        None => "turn-no-end".into(),
    };
    let (sign, style) = if marked { ("▶", theme.selection) } else { (" ", theme.text) };
    vec![
        Line::styled(format!("{sign} {} ", clean(&row.org)), style),
        Line::from(format!("  {}", w.text(say!("turn-may-read", parts = parts)))),
        Line::from(format!("  {}", w.text(what_for(g.purpose)))),
        Line::from(format!("  {}", w.text(until))),
    ]
}

/// Who read, from the chosen entry on.
fn readers<'a>(p: &OwnPage, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let events = p.events();
    if events.is_empty() {
        return vec![Line::from(w.text("turn-nobody-read"))];
    }
    let mut lines = Vec::new();
    for (at, event) in events.into_iter().skip(p.at) {
        lines.push(Line::styled(w.time(at), theme.accent));
        match event {
            Event::Own => lines.push(Line::from(w.text("turn-read-own"))),
            Event::Other(a) => lines.extend(reader(a, w, theme)),
        }
        lines.push(Line::from(""));
    }
    lines
}

fn reader<'a>(a: &AccessRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let (staff, org) = (&a.staff, &a.org);
    let what = match (a.allowed, a.exported) {
        (false, _) => say!("turn-read-refused", staff = staff, org = org),
        (true, true) => say!("turn-read-file", staff = staff, org = org),
        (true, false) => say!("turn-read", staff = staff, org = org),
    };
    let style = match (a.allowed, a.purpose) {
        (false, _) | (true, Purpose::Emergency) => theme.warning,
        _ => theme.text,
    };
    vec![Line::styled(w.text(what), style), Line::styled(w.text(what_for(a.purpose)), style)]
}

/// Really stop?
fn asked(org: &str, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let question = w.text("turn-stop-title");
    let big = large(&question).filter(|big| width(&big[0]) <= usize::from(COLUMN - 4)).unwrap_or_default();
    let tall = if big.is_empty() || area.height < ROOM { 13 } else { 14 + big.len() as u16 };
    let mut lines = vec![Line::from("")];
    if tall > 13 {
        lines.extend(big.into_iter().map(|l| Line::styled(l, theme.accent)));
        lines.push(Line::from(""));
    }
    lines.extend([
        Line::styled(w.text(say!("turn-stop-what", org = org)), theme.accent),
        Line::from(""),
        Line::from(w.text("turn-stop-before")),
        Line::from(""),
        Line::styled(format!("y   {}", w.text("key-turn-stop")), theme.key),
        Line::from(""),
        Line::styled(format!("n   {}", w.text("key-no")), theme.key),
    ]);
    // However long a name is, its answers stand below it.
    let rows: u16 = lines.iter().map(|l| height(&l.to_string(), COLUMN - 4)).sum();
    let inner = popup(frame, theme, area, &question, (COLUMN, tall.max(rows.saturating_add(2))));
    words(frame, inner, lines);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_apart_and_stay_whole() {
        assert_eq!(spaced("YOUR CARD"), "Y O U R   C A R D");
        assert_eq!(spaced("E\u{301}A"), "E\u{301} A");
    }
}
