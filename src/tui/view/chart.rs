//! A chart: visits, the selected one in full, and the course of what was measured.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::{Paragraph, Wrap},
};

use crate::{
    core::{
        record::{Observation, Patient, Vital},
        reference::{self, Ages, unusual},
    },
    node::api::{ALLERGIES, Chart, ItemRow, MEDICINES, Measured, PROBLEMS, StruckRow, VisitRow},
};

use super::{
    super::{
        listed::{Listed, listed},
        model::{ChartPage, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, cut, pad, panel, placeholder, some, sparkline, width, words, wrap},
        words::{self as said, Saying, Words, gender, relation, say, usual, vital},
    },
    WIDE, absent, window,
};

/// Points of a course.
const POINTS: usize = 12;
/// Rows that may stand above the visits.
const HEAD: u16 = 5;
/// Columns of what a value is of, and of the value.
const LABEL: usize = 14;
const VALUE: usize = 13;

pub(super) fn draw(c: &ChartPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Load::Ready(chart) = &c.chart else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&c.chart, w, theme, frame, inner);
    };
    let lines = header(c, chart, w, theme);
    let height = u16::try_from(rows(&lines, area.width.saturating_sub(4))).unwrap_or(u16::MAX);
    let height = height.clamp(2, HEAD) + 2;
    let [head, rest] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, head, &chart.patient.name);
    fitted((lines, None), w, theme, frame, inner);
    let [list, full, vitals] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Length(52), Constraint::Min(0), Constraint::Length(46)]).areas(rest)
    } else {
        let [left, vitals] = Layout::horizontal([Constraint::Min(0), Constraint::Length(38)]).areas(rest);
        let rows = u16::try_from(listed(chart).len()).unwrap_or(u16::MAX).saturating_add(2);
        let rows = rows.min(left.height / 2).max(3);
        let [list, full] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(left);
        [list, full, vitals]
    };
    visits(chart, c.selected, w, theme, frame, list);
    let lines = listed(chart);
    match lines.get(c.selected) {
        Some(Listed::Struck(s)) => struck((s, c.turned), w, theme, frame, full),
        Some(Listed::Vaccines(all)) => {
            let inner = panel(frame, theme, full, &w.text(say!("chart-vaccines", n = all.len())));
            let all = all.iter().map(|i| Line::from(dated(i, w))).collect();
            fitted((all, Some(c.turned)), w, theme, frame, inner);
        }
        Some(Listed::Stands(v)) if area.width < WIDE || is_long(v, full, w, theme) => {
            read((v, Some(c.turned)), chart.ages(v.at), w, theme, frame, full);
        }
        Some(Listed::Apart(items)) if area.width < WIDE || is_much(items, chart, full, w, theme) => {
            let inner = panel(frame, theme, full, &day(items, w));
            fitted((apart(items, chart, w, theme), Some(c.turned)), w, theme, frame, inner);
        }
        Some(_) => timeline(chart, &lines[c.selected..], w, theme, frame, full),
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
    // Of what isn't all here to be read nobody may think that there is none.
    let whole = chart.own && chart.unreadable.is_empty();
    let none = whole.then(|| Line::styled(w.text("chart-no-allergy"), theme.muted));
    lines.extend(allergies(chart, w, theme).or(none));
    lines.extend(decides(chart, w));
    if c.stale {
        lines.push(Line::styled(w.text("chart-stale"), theme.warning));
    } else if !chart.unreadable.is_empty() {
        let n = chart.unreadable.len();
        let first = chart.unreadable.first().map_or_else(String::new, |why| w.node(why));
        lines.push(Line::styled(w.text(say!("chart-unreadable", n = n, first = first)), theme.danger));
    }
    if !chart.conflicts.is_empty() {
        let n = chart.conflicts.len();
        let words = match chart.own {
            true => say!("chart-conflicts-own", n = n),
            false => say!("chart-conflicts", n = n),
        };
        lines.push(Line::styled(w.text(words), theme.warning));
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
    if !c.stale && chart.unreadable.is_empty() {
        let why = w.nodes(&chart.because);
        let words = match chart.own {
            true => say!("chart-kept-here", why = why),
            false => say!("chart-kept-by", org = &chart.custodian, why = why),
        };
        lines.push(Line::styled(w.text(words), theme.muted));
    }
    if !chart.attachments.is_empty() {
        let kept = say!("attachments-in-chart", n = chart.attachments.len());
        lines.push(Line::styled(w.text(kept), theme.muted));
    }
    lines
}

/// Who decides for the patient, where somebody does.
fn decides<'a>(chart: &Chart, w: &Words) -> Option<Line<'a>> {
    let g = chart.guardian.as_ref().filter(|row| row.decides).map(|row| &row.guardian)?;
    let (relation, name) = (Saying::from(relation(g.relation)), clean(&g.name));
    Some(Line::from(match g.phone.is_empty() {
        true => w.text(say!("chart-guardian", relation = relation, name = name)),
        false => {
            w.text(say!("chart-guardian-phone", relation = relation, name = name, phone = clean(&g.phone)))
        }
    }))
}

/// What the patient does not bear, if anything is known.
pub(super) fn allergies<'a>(chart: &Chart, w: &Words, theme: &Theme) -> Option<Line<'a>> {
    let all = chart.standing(ALLERGIES);
    let words = say!("chart-allergies", all = all.join(", "));
    (!all.is_empty()).then(|| Line::styled(w.text(words), theme.danger))
}

fn visits(chart: &Chart, selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("chart-visits", n = chart.visits.len())));
    let lines = listed(chart);
    if lines.is_empty() {
        return frame.render_widget(Line::styled(w.text("chart-no-visit"), theme.muted), inner);
    }
    let (first, rows) = window(&lines, selected, inner.height);
    for (i, line) in rows.iter().enumerate() {
        let row = Rect { y: inner.y + i as u16, height: 1, ..inner };
        let mark = |strange| if strange { " !" } else { "" };
        let (marks, looks) = match line {
            Listed::Struck(_) => (format!(" {}", w.text("chart-struck")), (theme.muted, theme.muted)),
            Listed::Stands(v) => {
                let strange = v.observations.iter().any(|o| unusual(o, chart.ages(v.at)));
                let here =
                    if v.only_here { format!(" {}", w.text("chart-only-here")) } else { String::new() };
                (format!("{}{here}", mark(strange)), (theme.text, theme.warning))
            }
            Listed::Apart(items) => {
                let strange = |i: &&ItemRow| i.observations.iter().any(|o| unusual(o, ages_of(i, chart)));
                (mark(items.iter().any(strange)).to_owned(), (theme.text, theme.warning))
            }
            Listed::Vaccines(_) => (String::new(), (theme.accent, theme.accent)),
        };
        let room = Constraint::Length(u16::try_from(width(&marks)).unwrap_or(u16::MAX));
        let [text, mark] = Layout::horizontal([Constraint::Min(0), room]).areas(row);
        let (plain, warn) = if first + i == selected { (theme.selection, theme.selection) } else { looks };
        frame.target(row, Target::Row(first + i));
        frame.render_widget(ratatui::widgets::Block::new().style(plain), row);
        let words = cut(&title(line, w), usize::from(text.width));
        frame.render_widget(Line::styled(words, plain), text);
        frame.render_widget(Line::styled(marks, warn), mark);
    }
}

/// A line of the list in words.
fn title(line: &Listed<'_>, w: &Words) -> String {
    match line {
        Listed::Stands(v) => format!("{}  {}", w.day(v.at), clean(&v.reason)),
        Listed::Struck(s) => format!("{}  {}", w.day(s.visit.at), clean(&s.visit.reason)),
        Listed::Apart(items) => {
            let all: Vec<String> = items.iter().map(|i| what(i, w)).collect();
            format!("{}  {}", day(items, w), all.join(", "))
        }
        Listed::Vaccines(all) => w.text(say!("chart-vaccines", n = all.len())),
    }
}

/// The day of what names no visit.
pub(super) fn day(items: &[&ItemRow], w: &Words) -> String {
    items.first().and_then(|i| i.at).map_or_else(|| w.text("chart-no-date"), |at| w.day(at))
}

/// It with its day before it: a vaccine.
pub(super) fn dated(i: &ItemRow, w: &Words) -> String {
    format!("{}  {}", day(&[i], w), w.node(&i.text))
}

/// The ages that the patient may have had when it was.
fn ages_of(i: &ItemRow, chart: &Chart) -> Ages {
    chart.ages(i.at?)
}

/// What of one day names no visit: what was measured as it is at a visit, and everything else by what it is.
pub(super) fn apart<'a>(items: &[&ItemRow], chart: &Chart, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let line = |i: &&ItemRow| match i.observations.is_empty() {
        true => done(i, w, theme),
        false => values(&i.observations, ages_of(i, chart), w, theme),
    };
    let mut lines: Vec<Line> = items.iter().map(line).collect();
    lines.push(Line::styled(w.text("chart-names-no-visit"), theme.muted));
    lines
}

/// Has no room even by itself.
fn is_much(items: &[&ItemRow], chart: &Chart, area: Rect, w: &Words, theme: &Theme) -> bool {
    rows(&apart(items, chart, w, theme), area.width.saturating_sub(4))
        > usize::from(area.height.saturating_sub(3))
}

/// One visit in full.
pub(super) fn visit(v: &VisitRow, ages: Ages, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    read((v, None), ages, w, theme, frame, area);
}

/// One visit of somebody of these ages; of one that is longer than its room, the part that was turned to.
pub(super) fn read(
    (v, turned): (&VisitRow, Option<usize>),
    ages: Ages,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let inner = panel(frame, theme, area, &format!("{}  {}", w.time(v.at), v.reason));
    let whole = content(v, ages.clone(), false, w, theme);
    let fits = rows(&whole, inner.width) <= usize::from(inner.height);
    fitted((if fits { whole } else { content(v, ages, true, w, theme) }, turned), w, theme, frame, inner);
}

/// Lines, wrapped at words; what has no room is counted, so that nobody takes a part for the whole. Where they can be
/// turned, each turn shows the next part, and the first one after the last.
pub(super) fn fitted<'a>(
    (lines, turned): (Vec<Line<'a>>, Option<usize>),
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let (rows, room) = (rows(&lines, area.width), usize::from(area.height));
    if rows <= room || room < 2 {
        return words(frame, area, lines);
    }
    let part = room - 1;
    let from = turned.unwrap_or(0) % rows.div_ceil(part) * part;
    let below = rows.saturating_sub(from + part);
    let said = match turned {
        None => say!("chart-more-rows", n = below),
        Some(_) if below > 0 => say!("chart-read-on", n = below),
        Some(_) => "chart-read-again".into(),
    };
    let shown = Paragraph::new(lines).wrap(Wrap { trim: false });
    let shown = shown.scroll((u16::try_from(from).unwrap_or(u16::MAX), 0));
    frame.render_widget(shown, Rect { height: area.height - 1, ..area });
    let last = Rect { y: area.bottom() - 1, height: 1, ..area };
    frame.render_widget(Line::styled(w.text(said), theme.warning), last);
}

/// How many rows the lines take in so many columns.
pub(super) fn rows(lines: &[Line], columns: u16) -> usize {
    let room = usize::from(columns).max(1);
    lines.iter().map(|l| wrap(&l.to_string(), room).len()).sum()
}

/// One that was struck out: why first, then what it said.
fn struck((s, turned): (&StruckRow, usize), w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &format!("{}  {}", w.time(s.visit.at), s.visit.reason));
    let said = match s.because.is_empty() {
        false => say!("chart-struck-why", why = &s.because, by = &s.by, at = w.time(s.at)),
        true => say!("chart-struck-elsewhere", at = w.time(s.at)),
    };
    let mut lines = vec![
        Line::styled(clean(&w.text(said)), theme.warning),
        Line::styled(w.text("chart-struck-what"), theme.muted),
    ];
    // Nothing of it is judged.
    let content = content(&s.visit, None, true, w, theme);
    lines.extend(content.into_iter().map(|l| Line::styled(l.to_string(), theme.muted)));
    fitted((lines, Some(turned)), w, theme, frame, inner);
}

/// Has no room even by itself.
fn is_long(v: &VisitRow, area: Rect, w: &Words, theme: &Theme) -> bool {
    rows(&content(v, None, false, w, theme), area.width.saturating_sub(4))
        > usize::from(area.height.saturating_sub(3))
}

/// What is selected and what came before it, as far as there is room.
fn timeline(chart: &Chart, listed: &[Listed<'_>], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("chart-timeline"));
    let mut lines = Vec::new();
    for line in listed.iter().take(usize::from(inner.height)) {
        match line {
            Listed::Stands(v) => {
                let title = clean(&format!("{}  {}", w.time(v.at), v.reason));
                lines.push(Line::styled(title, theme.accent));
                lines.extend(content(v, chart.ages(v.at), false, w, theme));
            }
            Listed::Apart(items) => {
                lines.push(Line::styled(day(items, w), theme.accent));
                lines.extend(apart(items, chart, w, theme));
            }
            Listed::Vaccines(_) | Listed::Struck(_) => break,
        }
        lines.push(Line::from(""));
    }
    words(frame, inner, lines);
}

/// A visit in words. Where there is too little room, which block it is and who has it is left to the ledger.
fn content<'a>(v: &VisitRow, ages: Ages, tight: bool, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    // Above a note that may be longer than there is room.
    let mut lines: Vec<Line> = Vec::new();
    lines.extend(v.edited.then(|| Line::styled(w.text("chart-corrected"), theme.muted)));
    lines.extend(v.note.lines().map(|l| Line::from(clean(l))));
    lines.extend((!v.observations.is_empty()).then(|| values(&v.observations, ages, w, theme)));
    lines.extend(v.done.iter().map(|i| done(i, w, theme)));
    let place = match &v.held_by[..] {
        [] => w.text("chart-only-this"),
        names => w.text(say!("chart-also-on", names = some(names, w))),
    };
    let block = w.text(say!("chart-block", id = v.block.short()));
    let signed = match tight {
        false => format!("{}, {} · {block} · {place}", v.author, v.org),
        true => format!("{}, {}", v.author, v.org),
    };
    lines.push(Line::styled(clean(&signed), theme.muted));
    lines
}

/// What was measured, in a row; what isn't usual at these ages is marked.
fn values<'a>(observations: &[Observation], ages: Ages, w: &Words, theme: &Theme) -> Line<'a> {
    let mut spans = Vec::new();
    for o in observations {
        let strange = unusual(o, ages.clone());
        let gap = if spans.is_empty() { "" } else { ", " };
        spans.push(Span::raw(gap));
        let style = if strange { theme.warning } else { theme.text };
        spans.push(Span::styled(w.measured(o, strange), style));
    }
    Line::from(spans)
}

/// What kind of thing it is, and what.
fn what(i: &ItemRow, w: &Words) -> String {
    format!("{}: {}", w.text(said::done(&i.kind)), named(i, w))
}

/// What was found, given or planned at a visit, and what became of it.
pub(super) fn done<'a>(i: &ItemRow, w: &Words, theme: &Theme) -> Line<'a> {
    let what = what(i, w);
    match i.ended() {
        Some(how) => Line::styled(clean(&format!("{what} ({})", w.text(said::ended(how)))), theme.muted),
        // What wasn't done or taken, in FHIR's own word.
        None if i.over() && i.status != "completed" => {
            Line::styled(clean(&format!("{what} ({})", i.status)), theme.muted)
        }
        None => Line::from(clean(&what)),
    }
}

/// It by its own words; an appointment by its day.
pub(super) fn named(i: &ItemRow, w: &Words) -> String {
    i.planned().map_or_else(|| w.node(&i.text), |day| w.day(day))
}

/// The last value of every vital sign, and how it got there.
pub(super) fn courses(chart: &Chart, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text("chart-vitals"));
    let lines = column(chart, false, inner, w, theme);
    let lines = if rows(&lines, inner.width) > usize::from(inner.height) {
        column(chart, true, inner, w, theme)
    } else {
        lines
    };
    fitted((lines, None), w, theme, frame, inner);
}

/// What stands beside the visits. Where there is too little room, nothing stands for what was never measured, and what is
/// usual is left out: problems and medicines matter more.
fn column<'a>(chart: &Chart, tight: bool, inner: Rect, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let room = usize::from(inner.width).saturating_sub(LABEL + VALUE).clamp(1, POINTS);
    let measured = chart.measured();
    for which in Vital::ALL {
        let course: Vec<i64> = measured.iter().filter_map(|m| m.of(which)).take(room).collect();
        let label = pad(&w.text(vital(which)), LABEL);
        let Some((last, ages)) = last(chart, &measured, which) else {
            if !tight {
                lines.push(Line::styled(format!("{label}–"), theme.muted));
            }
            continue;
        };
        let points: Vec<i64> = course.into_iter().rev().collect();
        let strange = unusual(&last, ages);
        let style = if strange { theme.warning } else { theme.text };
        lines.push(Line::from(vec![
            Span::raw(label),
            Span::styled(pad(&w.value(&last, strange), VALUE), style),
            Span::styled(sparkline(&points), theme.accent),
        ]));
    }
    let remark = |v| remark(last(chart, &measured, v)?, w, theme);
    let strange: Vec<Line> = Vital::ALL.into_iter().filter_map(remark).collect();
    let growth = super::growth::warnings(chart, w, theme);
    let [problems, medicines, vaccines] = known(chart, w, theme);
    let unreadable = chart.unreadable.iter().map(|why| Line::styled(w.node(why), theme.danger)).collect();
    if !tight {
        let groups = [strange, growth, problems, medicines, vaccines, unreadable];
        for group in groups.into_iter().filter(|g| !g.is_empty()) {
            lines.extend((!lines.is_empty()).then(|| Line::from("")));
            lines.extend(group);
        }
        return lines;
    }
    lines.extend([growth, medicines, problems, unreadable].into_iter().flatten());
    let room = usize::from(inner.height).saturating_sub(rows(&lines, inner.width));
    // All vaccines are in the list of visits: here at least how many there are.
    let title = vaccines.len().min(1);
    // The values are marked already.
    let strange = if rows(&strange, inner.width) + title <= room { strange } else { Vec::new() };
    let left = room.saturating_sub(rows(&strange, inner.width));
    let fit = (title..=vaccines.len()).rev().find(|n| rows(&vaccines[..*n], inner.width) <= left);
    lines.extend(vaccines.into_iter().take(fit.unwrap_or(title)));
    lines.extend(strange);
    lines
}

/// The last value of a vital, with the ages that the patient may have had then.
fn last(chart: &Chart, measured: &[Measured<'_>], which: Vital) -> Option<(Observation, Ages)> {
    let (at, milli) = measured.iter().find_map(|m| Some((m.at, m.of(which)?)))?;
    Some((Observation { vital: which, milli }, chart.ages(at)))
}

/// The problems and the medicines that stand, and the last vaccines.
fn known<'a>(chart: &Chart, w: &Words, theme: &Theme) -> [Vec<Line<'a>>; 3] {
    const SHOWN: usize = 5;
    let group = |title, all: Vec<String>| {
        if all.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![Line::styled(w.text(title), theme.accent)];
        lines.extend(all.iter().take(SHOWN).map(|t| Line::styled(t.clone(), theme.text)));
        if all.len() > SHOWN {
            lines.push(Line::styled(w.text(say!("chart-more", n = all.len() - SHOWN)), theme.muted));
        }
        lines
    };
    let standing = |kinds| chart.standing(kinds).into_iter().map(|t| w.node(t)).collect::<Vec<_>>();
    let (problems, medicines) = (standing(PROBLEMS), standing(MEDICINES));
    let vaccines: Vec<String> = chart.vaccines().into_iter().map(|i| dated(i, w)).collect();
    [
        group(say!("chart-problems", n = problems.len()), problems),
        group(say!("chart-medicines", n = medicines.len()), medicines),
        group(say!("chart-vaccines", n = vaccines.len()), vaccines),
    ]
}

/// What is usual, and of whom, if the last value of a vital isn't.
fn remark<'a>((last, ages): (Observation, Ages), w: &Words, theme: &Theme) -> Option<Line<'a>> {
    let usual = w.text(usual(&reference::usual(last.vital, ages.clone())));
    let words = say!("chart-usual", vital = w.text(vital(last.vital)), usual = usual);
    unusual(&last, ages).then(|| Line::styled(format!("! {}", w.text(words)), theme.warning))
}
