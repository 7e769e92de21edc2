//! A chart: visits, the selected one in full, and the course of what was measured.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    core::record::{Observation, Patient, Vital, show_milli, unusual},
    node::api::{Chart, VisitRow},
};

use super::{
    super::{
        model::{ChartPage, Load},
        theme::Theme,
        widgets::{clean, day, panel, placeholder, some, sparkline, time, value, words, wrap},
    },
    WIDE, absent, window,
};

/// Points of a course.
const POINTS: usize = 12;

pub(super) fn draw(c: &ChartPage, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let Load::Ready(chart) = &c.chart else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&c.chart, theme, frame, inner);
    };
    let lines = header(c, chart, zone, theme);
    let room = usize::from(area.width).saturating_sub(4).max(1);
    let rows: usize = lines.iter().map(|l| wrap(&l.to_string(), room).len()).sum();
    let height = u16::try_from(rows).unwrap_or(u16::MAX).clamp(2, 4) + 2;
    let [head, rest] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, head, &chart.patient.name);
    words(frame, inner, lines);
    let [list, full, vitals] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Length(52), Constraint::Min(0), Constraint::Length(46)]).areas(rest)
    } else {
        let [left, vitals] = Layout::horizontal([Constraint::Min(0), Constraint::Length(38)]).areas(rest);
        let rows = u16::try_from(chart.visits.len()).unwrap_or(u16::MAX).saturating_add(2);
        let rows = rows.min(left.height / 2).max(3);
        let [list, full] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(left);
        [list, full, vitals]
    };
    visits(chart, c.selected, zone, theme, frame, list);
    match chart.visits.get(c.selected) {
        Some(v) if area.width < WIDE => visit(v, zone, theme, frame, full),
        Some(_) => timeline(&chart.visits[c.selected..], zone, theme, frame, full),
        None => {
            let inner = panel(frame, theme, full, "Visit");
            placeholder(frame, theme.muted, inner, "nothing is written yet");
        }
    }
    courses(chart, theme, frame, vitals);
}

/// One line that tells two patients of the same name apart.
pub(super) fn who(p: &Patient) -> String {
    let born = match p.birth_year {
        Some(y) if p.birth_estimated => format!("born about {y}"),
        Some(y) => format!("born {y}"),
        None => "year of birth not known".into(),
    };
    let mut parts = vec![born, p.gender.word().to_owned()];
    parts.extend([&p.village, &p.phone].into_iter().filter(|t| !t.is_empty()).cloned());
    clean(&parts.join(" · "))
}

/// Who it is, and why this may be read or what is to know of it.
fn header<'a>(c: &ChartPage, chart: &Chart, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = vec![Line::from(who(&chart.patient))];
    // Before everything else, on any screen.
    let allergies = standing(chart, &["AllergyIntolerance"]);
    if !allergies.is_empty() {
        let words = format!("Allergies: {}", allergies.join(", "));
        lines.push(Line::styled(clean(&words), theme.danger));
    }
    if let Some(at) = chart.shelved.since {
        let how = if chart.own { ": press a to bring it back" } else { "" };
        lines.push(Line::styled(format!("In the archive since {}{how}.", day(at, zone)), theme.warning));
    }
    if chart.shelved.held {
        lines.push(Line::styled("Held: nothing of this record is archived or destroyed.", theme.muted));
    }
    if let Some(l) = chart.linked.first() {
        let words = format!("Linked with {}: both records are shown.", l.name);
        lines.push(Line::styled(clean(&words), theme.muted));
    }
    if !chart.conflicts.is_empty() {
        let n = chart.conflicts.len();
        let words = match chart.own {
            true => format!("{n} written at two places at once: press d to decide."),
            false => format!("{n} written at two places at once: both versions are shown."),
        };
        lines.push(Line::styled(words, theme.warning));
    }
    if c.stale {
        lines.push(Line::styled("New entries have come in: press r to reload.", theme.warning));
    } else if chart.unreadable.is_empty() {
        let keeper = if chart.own { "kept here" } else { &format!("kept by {}", chart.custodian) };
        let why = format!("{keeper}; {}", chart.because.join(", "));
        lines.push(Line::styled(clean(&why), theme.muted));
    } else {
        let n = chart.unreadable.len();
        let first = chart.unreadable.first().map_or("", String::as_str);
        lines.push(Line::styled(clean(&format!("{n} not readable: {first}")), theme.danger));
    }
    lines
}

fn visits(chart: &Chart, selected: usize, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &format!("Visits ({})", chart.visits.len()));
    if chart.visits.is_empty() {
        return frame.render_widget(Line::styled("no visit yet", theme.muted), inner);
    }
    let (first, rows) = window(&chart.visits, selected, inner.height);
    for (i, v) in rows.iter().enumerate() {
        let row = Rect { y: inner.y + i as u16, height: 1, ..inner };
        let strange = v.observations.iter().any(unusual);
        let marks =
            format!("{}{}", if strange { " !" } else { "" }, if v.only_here { " only here" } else { "" });
        let room = Constraint::Length(marks.chars().count() as u16);
        let [text, mark] = Layout::horizontal([Constraint::Min(0), room]).areas(row);
        let (plain, warn) = if first + i == selected {
            (theme.selection, theme.selection)
        } else {
            (theme.text, theme.warning)
        };
        frame.render_widget(ratatui::widgets::Block::new().style(plain), row);
        let words = format!("{}  {}", day(v.at, zone), clean(&v.reason));
        frame.render_widget(Line::styled(words, plain), text);
        frame.render_widget(Line::styled(marks, warn), mark);
    }
}

/// One visit in full.
pub(super) fn visit(v: &VisitRow, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &format!("{}  {}", time(v.at, zone), v.reason));
    words(frame, inner, content(v, theme));
}

/// The selected visit and what came before it, as far as there is room.
fn timeline(visits: &[VisitRow], zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "Timeline");
    let mut lines = Vec::new();
    for v in visits.iter().take(usize::from(inner.height)) {
        let title = clean(&format!("{}  {}", time(v.at, zone), v.reason));
        lines.push(Line::styled(title, theme.accent));
        lines.extend(content(v, theme));
        lines.push(Line::from(""));
    }
    words(frame, inner, lines);
}

fn content<'a>(v: &VisitRow, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = v.note.lines().map(|l| Line::from(clean(l))).collect();
    if !v.observations.is_empty() {
        let mut spans = Vec::new();
        for o in &v.observations {
            let style = if unusual(o) { theme.warning } else { theme.text };
            let gap = if spans.is_empty() { "" } else { ", " };
            spans.push(Span::raw(gap));
            spans.push(Span::styled(format!("{} {}", o.vital.info().label, value(o)), style));
        }
        lines.push(Line::from(spans));
    }
    let place = match &v.held_by[..] {
        [] => "only on this terminal".to_owned(),
        names => format!("also on {}", some(names)),
    };
    let signed = format!("{}, {} · block {} · {place}", v.author, v.org, v.block.short());
    lines.push(Line::styled(clean(&signed), theme.muted));
    lines
}

/// The last value of every vital sign, and how it got there.
pub(super) fn courses(chart: &Chart, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "Vital signs, last values");
    let mut lines = Vec::new();
    let room = usize::from(inner.width).saturating_sub(27).clamp(1, POINTS);
    for vital in Vital::ALL {
        let course: Vec<Observation> = chart
            .visits
            .iter()
            .flat_map(|v| v.observations.iter().filter(|o| o.vital == vital).copied())
            .take(room)
            .collect();
        let label = format!("{:<13}", vital.info().label);
        let Some(last) = course.first() else {
            lines.push(Line::styled(format!("{label}–"), theme.muted));
            continue;
        };
        let points: Vec<i64> = course.iter().rev().map(|o| o.milli).collect();
        let style = if unusual(last) { theme.warning } else { theme.text };
        lines.push(Line::from(vec![
            Span::raw(label),
            Span::styled(format!("{:<14}", value(last)), style),
            Span::styled(sparkline(&points), theme.accent),
        ]));
    }
    let strange: Vec<Line> = Vital::ALL.into_iter().filter_map(|v| usual(chart, v, theme)).collect();
    if !strange.is_empty() {
        lines.push(Line::from(""));
        lines.extend(strange);
    }
    lines.extend(known(chart, theme));
    if !chart.unreadable.is_empty() {
        lines.push(Line::from(""));
        lines.extend(chart.unreadable.iter().map(|why| Line::styled(clean(why), theme.danger)));
    }
    words(frame, inner, lines);
}

/// Items of these kinds that are not over.
fn standing<'a>(chart: &'a Chart, kinds: &[&str]) -> Vec<&'a str> {
    const OVER: [&str; 7] =
        ["resolved", "inactive", "remission", "stopped", "completed", "cancelled", "entered-in-error"];
    let stands = chart.items.iter().filter(|i| !OVER.contains(&i.status.as_str()));
    stands.filter(|i| kinds.contains(&i.kind.as_str())).map(|i| i.text.as_str()).collect()
}

/// Problems and medicines that came from elsewhere.
fn known<'a>(chart: &Chart, theme: &Theme) -> Vec<Line<'a>> {
    const SHOWN: usize = 5;
    let groups =
        [("Problems", &["Condition"][..]), ("Medicines", &["MedicationRequest", "MedicationStatement"])];
    let mut lines = Vec::new();
    for (title, kinds) in groups {
        let all = standing(chart, kinds);
        if all.is_empty() {
            continue;
        }
        lines.push(Line::from(""));
        lines.push(Line::styled(format!("{title} ({})", all.len()), theme.accent));
        lines.extend(all.iter().take(SHOWN).map(|t| Line::styled(clean(t), theme.text)));
        if all.len() > SHOWN {
            lines.push(Line::styled(format!("and {} more", all.len() - SHOWN), theme.muted));
        }
    }
    lines
}

/// What is usual, if the last value of this vital isn't.
fn usual<'a>(chart: &Chart, vital: Vital, theme: &Theme) -> Option<Line<'a>> {
    let last = chart.visits.iter().flat_map(|v| &v.observations).find(|o| o.vital == vital)?;
    let i = vital.info();
    let words = format!("! {}: usual {} to {}", i.label, show_milli(i.usual.0), show_milli(i.usual.1));
    unusual(last).then(|| Line::styled(words, theme.warning))
}
