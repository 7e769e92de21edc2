//! A chart: visits, the selected one in full, and the course of what was measured.

use std::collections::BTreeSet;

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::{
    core::record::{Observation, Patient, Vital, unusual},
    node::api::{Chart, ItemRow, VisitRow},
};

use super::{
    super::{
        model::{ChartPage, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, pad, panel, placeholder, some, sparkline, width, words, wrap},
        words::{self as said, Words, gender, say, vital},
    },
    WIDE, absent, window,
};

/// Points of a course.
const POINTS: usize = 12;
/// Columns of what a value is of, and of the value.
const LABEL: usize = 14;
const VALUE: usize = 13;

pub(super) fn draw(c: &ChartPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(chart) = &c.chart else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&c.chart, w, theme, frame, inner);
    };
    let lines = header(c, chart, w, theme);
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
    visits(chart, c.selected, w, theme, frame, list);
    match chart.visits.get(c.selected) {
        Some(v) if area.width < WIDE => visit(v, w, theme, frame, full),
        Some(_) => timeline(&chart.visits[c.selected..], w, theme, frame, full),
        None => {
            let inner = panel(frame, theme, full, &w.text("chart-visit"));
            placeholder(frame, theme.muted, inner, &w.text("chart-nothing"));
        }
    }
    courses(chart, w, theme, frame, vitals);
}

/// One line that tells two patients of the same name apart.
pub(super) fn who(p: &Patient, w: &Words) -> String {
    let born = match p.birth_year {
        Some(y) if p.birth_estimated => w.text(say!("chart-born-about", year = y.to_string())),
        Some(y) => w.text(say!("chart-born", year = y.to_string())),
        None => w.text("chart-born-unknown"),
    };
    let mut parts = vec![born, w.text(gender(p.gender))];
    parts.extend([&p.village, &p.phone].into_iter().filter(|t| !t.is_empty()).cloned());
    clean(&parts.join(" · "))
}

/// Who it is, and why this may be read or what is to know of it.
fn header<'a>(c: &ChartPage, chart: &Chart, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let corrected =
        if chart.edited { format!(" · {}", w.text("chart-who-corrected")) } else { String::new() };
    let mut lines = vec![Line::from(format!("{}{corrected}", who(&chart.patient, w)))];
    // Before everything else, on any screen.
    let allergies = standing(chart, &["AllergyIntolerance"]);
    if !allergies.is_empty() {
        let words = w.text(say!("chart-allergies", all = allergies.join(", ")));
        lines.push(Line::styled(words, theme.danger));
    }
    if let Some(at) = chart.shelved.since {
        let words = match chart.own {
            true => say!("chart-archived-own", day = w.day(at)),
            false => say!("chart-archived", day = w.day(at)),
        };
        lines.push(Line::styled(w.text(words), theme.warning));
    }
    if chart.shelved.held {
        lines.push(Line::styled(w.text("chart-held"), theme.muted));
    }
    if let Some(l) = chart.linked.first() {
        lines.push(Line::styled(w.text(say!("chart-linked", name = &l.name)), theme.muted));
    }
    if !chart.conflicts.is_empty() {
        let n = chart.conflicts.len();
        let words = match chart.own {
            true => say!("chart-conflicts-own", n = n),
            false => say!("chart-conflicts", n = n),
        };
        lines.push(Line::styled(w.text(words), theme.warning));
    }
    if c.stale {
        lines.push(Line::styled(w.text("chart-stale"), theme.warning));
    } else if chart.unreadable.is_empty() {
        let why = w.nodes(&chart.because);
        let words = match chart.own {
            true => say!("chart-kept-here", why = why),
            false => say!("chart-kept-by", org = &chart.custodian, why = why),
        };
        lines.push(Line::styled(w.text(words), theme.muted));
    } else {
        let n = chart.unreadable.len();
        let first = chart.unreadable.first().map_or_else(String::new, |why| w.node(why));
        lines.push(Line::styled(w.text(say!("chart-unreadable", n = n, first = first)), theme.danger));
    }
    lines
}

fn visits(chart: &Chart, selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("chart-visits", n = chart.visits.len())));
    if chart.visits.is_empty() {
        return frame.render_widget(Line::styled(w.text("chart-no-visit"), theme.muted), inner);
    }
    let (first, rows) = window(&chart.visits, selected, inner.height);
    for (i, v) in rows.iter().enumerate() {
        let row = Rect { y: inner.y + i as u16, height: 1, ..inner };
        let strange = v.observations.iter().any(unusual);
        let here = if v.only_here { format!(" {}", w.text("chart-only-here")) } else { String::new() };
        let marks = format!("{}{here}", if strange { " !" } else { "" });
        let room = Constraint::Length(u16::try_from(width(&marks)).unwrap_or(u16::MAX));
        let [text, mark] = Layout::horizontal([Constraint::Min(0), room]).areas(row);
        let (plain, warn) = if first + i == selected {
            (theme.selection, theme.selection)
        } else {
            (theme.text, theme.warning)
        };
        frame.target(row, Target::Row(first + i));
        frame.render_widget(ratatui::widgets::Block::new().style(plain), row);
        let words = format!("{}  {}", w.day(v.at), clean(&v.reason));
        frame.render_widget(Line::styled(words, plain), text);
        frame.render_widget(Line::styled(marks, warn), mark);
    }
}

/// One visit in full.
pub(super) fn visit(v: &VisitRow, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &format!("{}  {}", w.time(v.at), v.reason));
    words(frame, inner, content(v, w, theme));
}

/// The selected visit and what came before it, as far as there is room.
fn timeline(visits: &[VisitRow], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("chart-timeline"));
    let mut lines = Vec::new();
    for v in visits.iter().take(usize::from(inner.height)) {
        let title = clean(&format!("{}  {}", w.time(v.at), v.reason));
        lines.push(Line::styled(title, theme.accent));
        lines.extend(content(v, w, theme));
        lines.push(Line::from(""));
    }
    words(frame, inner, lines);
}

fn content<'a>(v: &VisitRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    // Above a note that may be longer than there is room.
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(v.edited.then(|| Line::styled(w.text("chart-corrected"), theme.muted)));
    lines.extend(v.note.lines().map(|l| Line::from(clean(l))));
    if !v.observations.is_empty() {
        let mut spans = Vec::new();
        for o in &v.observations {
            let style = if unusual(o) { theme.warning } else { theme.text };
            let gap = if spans.is_empty() { "" } else { ", " };
            spans.push(Span::raw(gap));
            spans.push(Span::styled(w.measured(o), style));
        }
        lines.push(Line::from(spans));
    }
    lines.extend(v.done.iter().map(|i| Line::from(done(i, w))));
    let place = match &v.held_by[..] {
        [] => w.text("chart-only-this"),
        names => w.text(say!("chart-also-on", names = some(names, w))),
    };
    let block = w.text(say!("chart-block", id = v.block.short()));
    let signed = format!("{}, {} · {block} · {place}", v.author, v.org);
    lines.push(Line::styled(clean(&signed), theme.muted));
    lines
}

/// What was found, given or planned at a visit.
pub(super) fn done(i: &ItemRow, w: &Words) -> String {
    let what = w.text(said::done(&i.kind));
    let text = i.planned().map_or_else(|| i.text.clone(), |day| w.day(day));
    clean(&format!("{what}: {text}"))
}

/// The last value of every vital sign, and how it got there.
pub(super) fn courses(chart: &Chart, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("chart-vitals"));
    let mut lines = Vec::new();
    let room = usize::from(inner.width).saturating_sub(LABEL + VALUE).clamp(1, POINTS);
    for which in Vital::ALL {
        let course: Vec<Observation> = chart
            .visits
            .iter()
            .flat_map(|v| v.observations.iter().filter(|o| o.vital == which).copied())
            .take(room)
            .collect();
        let label = pad(&w.text(vital(which)), LABEL);
        let Some(last) = course.first() else {
            lines.push(Line::styled(format!("{label}–"), theme.muted));
            continue;
        };
        let points: Vec<i64> = course.iter().rev().map(|o| o.milli).collect();
        let style = if unusual(last) { theme.warning } else { theme.text };
        lines.push(Line::from(vec![
            Span::raw(label),
            Span::styled(pad(&w.value(last), VALUE), style),
            Span::styled(sparkline(&points), theme.accent),
        ]));
    }
    let strange: Vec<Line> = Vital::ALL.into_iter().filter_map(|v| usual(chart, v, w, theme)).collect();
    if !strange.is_empty() {
        lines.push(Line::from(""));
        lines.extend(strange);
    }
    let growth = super::growth::warnings(chart, w, theme);
    if !growth.is_empty() {
        lines.push(Line::from(""));
        lines.extend(growth);
    }
    lines.extend(known(chart, w, theme));
    if !chart.unreadable.is_empty() {
        lines.push(Line::from(""));
        lines.extend(chart.unreadable.iter().map(|why| Line::styled(w.node(why), theme.danger)));
    }
    words(frame, inner, lines);
}

/// Items of these kinds that are not over.
pub(super) fn standing<'a>(chart: &'a Chart, kinds: &[&str]) -> Vec<&'a str> {
    let stands = chart.items.iter().filter(|i| !i.over());
    let mut seen = BTreeSet::new();
    let texts = stands.filter(|i| kinds.contains(&i.kind.as_str())).map(|i| i.text.as_str());
    // The same is written again at each visit.
    texts.filter(|t| seen.insert(*t)).collect()
}

/// Problems and medicines that came from elsewhere.
fn known<'a>(chart: &Chart, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    const SHOWN: usize = 5;
    let problems = standing(chart, &["Condition"]);
    let medicines = standing(chart, &["MedicationRequest", "MedicationStatement"]);
    let groups = [
        (say!("chart-problems", n = problems.len()), problems),
        (say!("chart-medicines", n = medicines.len()), medicines),
    ];
    let mut lines = Vec::new();
    for (title, all) in groups {
        if all.is_empty() {
            continue;
        }
        lines.push(Line::from(""));
        lines.push(Line::styled(w.text(title), theme.accent));
        lines.extend(all.iter().take(SHOWN).map(|t| Line::styled(clean(t), theme.text)));
        if all.len() > SHOWN {
            lines.push(Line::styled(w.text(say!("chart-more", n = all.len() - SHOWN)), theme.muted));
        }
    }
    lines
}

/// What is usual, if the last value of this vital isn't.
fn usual<'a>(chart: &Chart, which: Vital, w: &Words, theme: &Theme) -> Option<Line<'a>> {
    let last = chart.visits.iter().flat_map(|v| &v.observations).find(|o| o.vital == which)?;
    let (low, high) = which.info().usual;
    let label = w.text(vital(which));
    let words = say!("chart-usual", vital = label, low = w.milli(low), high = w.milli(high));
    unusual(last).then(|| Line::styled(format!("! {}", w.text(words)), theme.warning))
}
