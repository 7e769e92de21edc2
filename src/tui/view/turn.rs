//! What a patient sees in their turn: few words a line, much room between the lines.

use ratatui::{
    layout::{Constraint, Flex, Layout, Rect},
    text::Line,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    core::{consent::EmergencySummary, policy::Purpose},
    node::api::{AccessRow, GrantRow, VisitRow},
};

use super::{
    super::{
        sheet::Sheet,
        theme::Theme,
        turn::{Event, Leaf, OwnPage, Stop, Turn, TurnRoom},
        widgets::{clean, picture, popup, width, words},
        words::{Saying, Words, part, say, vital},
    },
    chart::{standing, who},
    sign_in::dots,
};

/// The longest line, in columns.
const COLUMN: u16 = 56;

pub(super) fn draw(t: &TurnRoom, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [column] = Layout::horizontal([Constraint::Length(COLUMN)]).flex(Flex::Center).areas(area);
    match &t.step {
        Turn::Look { picture: seen, looking, typed } => {
            let rest = heading(frame, theme, column, &w.text("turn-look"));
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
                picture(frame.buffer_mut(), theme, camera, p);
            }
        }
        Turn::Pin { pin, sent, .. } => {
            let rest = heading(frame, theme, column, &w.text("turn-pin"));
            let [text, input, _] =
                Layout::vertical([Constraint::Length(4), Constraint::Length(1), Constraint::Min(0)])
                    .areas(rest);
            words(frame, text, vec![Line::from(w.text("turn-pin-how"))]);
            dots(frame, theme, Rect { width: 16.min(input.width), ..input }, pin.len(), !sent);
        }
        Turn::Record(page) => {
            record(page, w, theme, frame, column);
            if let Stop::Asked { name, .. } = &page.stop {
                asked(name, w, theme, frame, area);
            }
        }
    }
}

/// A line in capital letters with room between them, where there is room for it; gives what is left below.
fn heading(frame: &mut Sheet, theme: &Theme, area: Rect, text: &str) -> Rect {
    let [_, line, _, rest] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(area);
    let capital = clean(text).to_uppercase();
    let spaced = spaced(&capital);
    let shown = if width(&spaced) <= usize::from(line.width) { spaced } else { capital };
    frame.render_widget(Line::styled(shown, theme.accent), line);
    rest
}

fn spaced(text: &str) -> String {
    text.graphemes(true).collect::<Vec<_>>().join(" ")
}

/// The message with what a leaf is called.
fn title(leaf: Leaf) -> &'static str {
    match leaf {
        Leaf::Record => "turn-record",
        Leaf::Sharing => "turn-sharing",
        Leaf::Readers => "turn-readers",
    }
}

fn record(p: &OwnPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let rest = heading(frame, theme, area, &w.text(title(p.leaf)));
    let [where_, _, body] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0)]).areas(rest);
    let here = Leaf::ALL.iter().position(|l| *l == p.leaf).unwrap_or(0) + 1;
    let at = say!("turn-page", name = &p.record.chart.patient.name, n = here, of = Leaf::ALL.len());
    frame.render_widget(Line::styled(w.text(at), theme.muted), where_);
    let lines = match p.leaf {
        Leaf::Record => own(p, w, theme),
        Leaf::Sharing => sharing(p, w, theme),
        Leaf::Readers => readers(p, w, theme),
    };
    words(frame, body, lines);
}

/// Who it is, what stands, and the visits from the chosen one on.
fn own<'a>(p: &OwnPage, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let chart = &p.record.chart;
    let mut lines = Vec::new();
    if p.at == 0 {
        lines.push(Line::from(who(&chart.patient, w)));
        let groups: [(&'static str, &[&str]); 3] = [
            ("turn-allergies", &["AllergyIntolerance"]),
            ("turn-problems", &["Condition"]),
            ("turn-medicines", &["MedicationRequest", "MedicationStatement"]),
        ];
        for (title, kinds) in groups {
            let all = standing(chart, kinds);
            if !all.is_empty() {
                lines.push(Line::from(""));
                lines.push(Line::styled(w.text(title), theme.accent));
                lines.extend(all.into_iter().map(|t| Line::from(clean(t))));
            }
        }
        if !chart.unreadable.is_empty() {
            lines.push(Line::from(""));
            let n = chart.unreadable.len();
            lines.push(Line::styled(w.text(say!("turn-unreadable", n = n)), theme.warning));
        }
        lines.push(Line::from(""));
    }
    if chart.visits.is_empty() {
        lines.push(Line::from(w.text("turn-no-visit")));
    }
    for v in chart.visits.iter().skip(p.at) {
        lines.extend(visit(v, w, theme));
    }
    lines
}

fn visit<'a>(v: &VisitRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(w.day(v.at), theme.accent), Line::from(clean(&v.reason))];
    lines.extend(v.note.lines().map(|l| Line::from(clean(l))));
    let value = |o: &crate::core::record::Observation| {
        format!("{}: {} {}", w.text(vital(o.vital)), w.milli(o.milli), o.vital.info().shown)
    };
    lines.extend(v.observations.iter().map(|o| Line::from(value(o))));
    lines.extend(v.done.iter().map(|i| Line::from(super::chart::done(i, w))));
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
    let inner = popup(frame, theme, area, &w.text("turn-stop-title"), (COLUMN, 13));
    let lines = vec![
        Line::from(""),
        Line::styled(w.text(say!("turn-stop-what", org = org)), theme.accent),
        Line::from(""),
        Line::from(w.text("turn-stop-before")),
        Line::from(""),
        Line::styled(format!("y   {}", w.text("key-turn-stop")), theme.key),
        Line::from(""),
        Line::styled(format!("n   {}", w.text("key-no")), theme.key),
    ];
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
