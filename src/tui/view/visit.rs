//! The visit form.

use jiff::{civil::Date, tz::TimeZone};
use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::core::{
    record::{BadRecord, Vital},
    reference::{self, Ages, unusual},
};

use super::{
    super::{
        correcting::VisitFix,
        forms::{VisitField, VisitForm, VisitState},
        model::{ChartPage, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{ask, clean, field, panel, placeholder, popup, text_area, width},
        words::{Words, say, usual, vital},
    },
    WIDE, chart, finding,
};

/// Columns of the labels.
const LABEL: u16 = 15;
/// Rows that allergies may take of the form.
const ALLERGY_ROWS: usize = 3;
/// Up to so many rows, nothing stands empty.
const SMALL: u16 = 22;

pub(super) fn draw(
    c: &ChartPage,
    f: &VisitForm,
    today: Option<Date>,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let [left, right] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(66)]).areas(area)
    } else {
        [area, Rect::default()]
    };
    let title = match f.restored {
        true => say!("visit-title-restored", name = &c.name),
        false => say!("visit-title", name = &c.name),
    };
    let inner = panel(frame, theme, left, &w.text(title));
    let with = With { today, fix: None, last: right.is_empty() };
    form(c, f, &with, w, theme, frame, inner);
    if let Load::Ready(chart) = &c.chart
        && !right.is_empty()
    {
        let [last, vitals] = Layout::vertical([Constraint::Min(0), Constraint::Length(20)]).areas(right);
        match chart.visits.first() {
            Some(v) => chart::visit(v, chart.ages(v.at), w, theme, frame, last),
            None => {
                let inner = panel(frame, theme, last, &w.text("visit-last"));
                placeholder(frame, theme.muted, inner, &w.text("visit-first"));
            }
        }
        chart::courses(chart, w, theme, frame, vitals);
    }
    if f.state == VisitState::Discarding {
        let inner = popup(frame, theme, area, &w.text("visit-discard-title"), (60, 5));
        let lines = vec![Line::from(w.text("visit-discard-what"))];
        ask(frame, theme, inner, lines, (w.text("visit-discard-yes"), w.text("visit-discard-no")));
    }
}

/// What the form is drawn with, besides what is typed.
pub(super) struct With<'a> {
    pub(super) today: Option<Date>,
    /// A visit is corrected: what it said.
    pub(super) fix: Option<&'a VisitFix>,
    /// What was measured last stands in the rows: no other column shows it.
    pub(super) last: bool,
}

/// The fields; where a visit is corrected, with what stood before.
pub(super) fn form(
    c: &ChartPage,
    f: &VisitForm,
    with: &With,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let fix = with.fix;
    let editing = f.state == VisitState::Editing;
    let on = |which| editing && f.focus == which;
    let label = |which| if on(which) { theme.accent } else { theme.text };
    let split = |row: Rect| Layout::horizontal([Constraint::Length(LABEL), Constraint::Min(0)]).areas(row);
    let [_, room]: [Rect; 2] = split(area);
    // On a small screen the note needs the room more.
    let gap = Constraint::Length(u16::from(!f.anew || area.height > SMALL));
    let most = if area.height > SMALL { 8 } else { 2 };
    let picked = finding::picked(f, w, theme, (room.width, most));
    let asked = |rows| if f.anew { rows } else { Constraint::Length(0) };
    let chart = c.chart.ready();
    // Whoever gives a medicine must not have to remember them.
    let allergies = chart.and_then(|chart| chart::allergies(chart, w, theme));
    let rows = chart::rows(allergies.as_slice(), area.width).min(ALLERGY_ROWS);
    let head = Constraint::Length(1 + rows as u16);
    let [head, _, reason, below, vitals, _, found, listed, next, above, note] = Layout::vertical([
        head,
        gap,
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(Vital::ALL.len() as u16),
        asked(gap),
        asked(Constraint::Length(1)),
        asked(Constraint::Length((picked.len() as u16).min(most))),
        asked(Constraint::Length(1)),
        gap,
        Constraint::Min(1),
    ])
    .areas(area);
    let who = chart.map(|chart| Line::styled(chart::who(&chart.patient, w), theme.muted));
    let [who_at, below_who] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(head);
    finding::list(frame, who.into_iter().collect(), who_at);
    chart::fitted((allergies.into_iter().collect(), None), w, theme, frame, below_who);
    frame.target(reason, Target::Field(0));
    frame.target(note, Target::Field(f.fields().len() - 1));
    let [name, value] = split(reason);
    frame.render_widget(Line::styled(w.text("visit-reason"), label(VisitField::Reason)), name);
    field(frame, theme, value, &f.reason, on(VisitField::Reason));
    let ages = ages(c, with.today, fix);
    for (i, measured) in Vital::ALL.into_iter().enumerate() {
        let row = Rect { y: vitals.y + i as u16, height: 1, ..vitals }.intersection(vitals);
        let which = VisitField::Vital(i);
        frame.target(row, Target::Field(i + 1));
        let [name, rest] = split(row);
        let [value, unit, remark] =
            Layout::horizontal([Constraint::Length(9), Constraint::Length(7), Constraint::Min(0)])
                .areas(rest);
        frame.render_widget(Line::styled(w.text(vital(measured)), label(which)), name);
        field(frame, theme, value, &f.vitals[i], on(which));
        frame.render_widget(Line::from(format!(" {}", measured.info().shown)), unit);
        let remarks = remarks((f, i), on(which), ages.clone(), w, theme);
        let line = match fix.and_then(|fix| fix.value_was(i)) {
            Some(was) => {
                let was = was.map_or_else(
                    || w.text("correct-was-empty"),
                    |o| w.text(say!("correct-was", what = w.milli(o.milli))),
                );
                let mut spans = vec![Span::styled(format!("{was}  "), theme.warning)];
                spans.extend(remarks.spans.into_iter().map(|s| s.patch_style(remarks.style)));
                Line::from(spans)
            }
            None => remarks,
        };
        let used = line.width();
        frame.render_widget(line, remark);
        // What is said of the value comes first; what it was before stands at the right, if it has room.
        let was = last(c, measured, w).filter(|_| with.last);
        if let Some(was) = was.filter(|was| used + width(was) < usize::from(remark.width)) {
            let [_, at] = Layout::horizontal([Constraint::Min(0), Constraint::Length(width(&was) as u16)])
                .areas(remark);
            frame.render_widget(Line::styled(was, theme.muted), at);
        }
    }
    let changed = |words: String| Line::styled(clean(&words), theme.warning);
    if let Some(was) = fix.and_then(VisitFix::reason_was) {
        frame.render_widget(changed(w.text(was)), split(below)[1]);
    }
    if fix.is_some_and(VisitFix::note_changed) {
        frame.render_widget(changed(w.text("correct-note-changed")), split(above)[1]);
    }
    let [name, value] = split(note);
    frame.render_widget(Line::styled(w.text("visit-note"), label(VisitField::Note)), name);
    text_area(frame, theme, value, &f.note, on(VisitField::Note));
    if !f.anew {
        return;
    }
    frame.target(found, Target::Field(Vital::ALL.len() + 1));
    frame.target(next, Target::Field(Vital::ALL.len() + 2));
    let [name, value] = split(found);
    frame.render_widget(Line::styled(w.text("visit-found"), label(VisitField::Found)), name);
    field(frame, theme, value, &f.found.query, on(VisitField::Found));
    let [_, value] = split(listed);
    finding::list(frame, picked, value);
    let [name, rest] = split(next);
    let [value, remark] = Layout::horizontal([Constraint::Length(12), Constraint::Min(0)]).areas(rest);
    frame.render_widget(Line::styled(w.text("visit-next"), label(VisitField::Next)), name);
    field(frame, theme, value, &f.next, on(VisitField::Next));
    frame.render_widget(finding::next(c, f, with.today, w, theme), remark);
    if f.finding() {
        // From the field down: what is being looked for matters more than what stands below.
        let under = Rect { y: found.y + 1, height: area.bottom().saturating_sub(found.y + 1), ..area };
        finding::offers(&f.found, w, theme, frame, under);
    }
}

/// How old the patient is at the visit: at that which is corrected, or today.
fn ages(c: &ChartPage, today: Option<Date>, fix: Option<&VisitFix>) -> Ages {
    let at = match fix {
        Some(fix) => fix.before.at,
        None => today?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond(),
    };
    c.ages(at)
}

/// What there is to say of a value: what is usual at these ages. While it is being typed it is no good or bad value yet.
fn remarks((f, i): (&VisitForm, usize), typing: bool, ages: Ages, w: &Words, theme: &Theme) -> Line<'static> {
    let usual = w.text(usual(&reference::usual(Vital::ALL[i], ages.clone())));
    let unusual = |o| unusual(o, ages.clone());
    match f.vital(i) {
        Some(Ok(o)) if unusual(&o) && f.asked.contains(&o) => {
            Line::styled(format!("! {}", w.text(say!("visit-unusual-asked", usual = usual))), theme.warning)
        }
        _ if typing => Line::styled(usual, theme.muted),
        Some(Ok(o)) if unusual(&o) => Line::styled(format!("! {usual}"), theme.warning),
        Some(Err(BadRecord::Impossible { low, high, .. })) => {
            let words = say!("visit-impossible", low = w.decimals(&low), high = w.decimals(&high));
            Line::styled(w.text(words), theme.danger)
        }
        Some(Err(_)) => {
            Line::styled(w.text(say!("visit-not-a-number", example = w.milli(37_500))), theme.danger)
        }
        _ => Line::from(""),
    }
}

/// What was measured last, here or elsewhere, and when: where no other column shows it.
fn last(c: &ChartPage, which: Vital, w: &Words) -> Option<String> {
    let measured = c.chart.ready()?.measured();
    let (milli, at) = measured.iter().find_map(|m| Some((m.of(which)?, m.at)))?;
    Some(w.text(say!("visit-last-value", value = w.milli(milli), day = w.day(at))))
}
