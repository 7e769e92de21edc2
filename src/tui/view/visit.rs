//! The visit form.

use jiff::civil::Date;
use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
};

use crate::core::record::{BadRecord, Vital, unusual};

use super::{
    super::{
        correcting::VisitFix,
        forms::{VisitField, VisitForm, VisitState},
        model::{ChartPage, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, panel, placeholder, popup, text_area, words},
        words::{Words, say, vital},
    },
    WIDE, chart, finding,
};

/// Columns of the labels.
const LABEL: u16 = 15;
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
    form(c, f, (today, None), w, theme, frame, inner);
    if let Load::Ready(chart) = &c.chart
        && !right.is_empty()
    {
        let [last, vitals] = Layout::vertical([Constraint::Min(0), Constraint::Length(20)]).areas(right);
        match chart.visits.first() {
            Some(v) => chart::visit(v, w, theme, frame, last),
            None => {
                let inner = panel(frame, theme, last, &w.text("visit-last"));
                placeholder(frame, theme.muted, inner, &w.text("visit-first"));
            }
        }
        chart::courses(chart, w, theme, frame, vitals);
    }
    if f.state == VisitState::Discarding {
        let inner = popup(frame, theme, area, &w.text("visit-discard-title"), (60, 5));
        let lines = vec![
            Line::from(w.text("visit-discard-what")),
            Line::from(""),
            Line::from(format!("y {}     n {}", w.text("visit-discard-yes"), w.text("visit-discard-no"))),
        ];
        words(frame, inner, lines);
    }
}

/// The fields; where a visit is corrected, with what stood before.
pub(super) fn form(
    c: &ChartPage,
    f: &VisitForm,
    (today, fix): (Option<Date>, Option<&VisitFix>),
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
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
    let [who, _, reason, below, vitals, _, found, listed, next, above, note] = Layout::vertical([
        Constraint::Length(1),
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
    if let Load::Ready(chart) = &c.chart {
        frame.render_widget(Line::styled(chart::who(&chart.patient, w), theme.muted), who);
    }
    frame.target(reason, Target::Field(0));
    frame.target(note, Target::Field(f.fields().len() - 1));
    let [name, value] = split(reason);
    frame.render_widget(Line::styled(w.text("visit-reason"), label(VisitField::Reason)), name);
    field(frame, theme, value, &f.reason, on(VisitField::Reason));
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
        let remarks = remarks(f, i, on(which), w, theme);
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
        frame.render_widget(line, remark);
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
    frame.render_widget(finding::next(c, f, today, w, theme), remark);
    if f.finding() {
        // From the field down: what is being looked for matters more than what stands below.
        let under = Rect { y: found.y + 1, height: area.bottom().saturating_sub(found.y + 1), ..area };
        finding::offers(&f.found, w, theme, frame, under);
    }
}

/// What there is to say of a value. While it is being typed it is no good or bad value yet.
fn remarks(f: &VisitForm, i: usize, typing: bool, w: &Words, theme: &Theme) -> Line<'static> {
    let info = Vital::ALL[i].info();
    let usual = w.text(say!("visit-usual", low = w.milli(info.usual.0), high = w.milli(info.usual.1)));
    match f.vital(i) {
        Some(Ok(o)) if unusual(&o) && f.asked.contains(&o) => {
            Line::styled(format!("! {}", w.text(say!("visit-unusual-asked", usual = usual))), theme.warning)
        }
        _ if typing => Line::styled(usual, theme.muted),
        Some(Ok(o)) if unusual(&o) => {
            Line::styled(format!("! {}", w.text(say!("visit-unusual", usual = usual))), theme.warning)
        }
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
