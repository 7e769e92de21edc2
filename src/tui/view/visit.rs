//! The visit form.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::core::record::{BadRecord, Vital, show_milli, unusual};

use super::{
    super::{
        forms::{VisitField, VisitForm, VisitState},
        model::{ChartPage, Load},
        theme::Theme,
        widgets::{field, panel, placeholder, popup, text_area, words},
    },
    WIDE, chart,
};

pub(super) fn draw(
    c: &ChartPage,
    f: &VisitForm,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let [left, right] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(66)]).areas(area)
    } else {
        [area, Rect::default()]
    };
    let draft = if f.restored { " (draft restored)" } else { "" };
    let inner = panel(frame, theme, left, &format!("New visit: {}{draft}", c.name));
    form(c, f, theme, frame, inner);
    if let Load::Ready(chart) = &c.chart
        && !right.is_empty()
    {
        let [last, vitals] = Layout::vertical([Constraint::Min(0), Constraint::Length(20)]).areas(right);
        match chart.visits.first() {
            Some(v) => chart::visit(v, zone, theme, frame, last),
            None => {
                let inner = panel(frame, theme, last, "Last visit");
                placeholder(frame, theme.muted, inner, "this is the first visit");
            }
        }
        chart::courses(chart, theme, frame, vitals);
    }
    if f.state == VisitState::Discarding {
        let inner = popup(frame, theme, area, "Discard this draft?", (50, 5));
        let lines = vec![
            Line::from("What is typed here is thrown away for good."),
            Line::from(""),
            Line::from("y discard     n keep"),
        ];
        words(frame, inner, lines);
    }
}

fn form(c: &ChartPage, f: &VisitForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let editing = f.state == VisitState::Editing;
    let on = |which| editing && f.focus == which;
    let label = |which| if on(which) { theme.accent } else { theme.text };
    let [who, _, reason, _, vitals, _, note] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(Vital::ALL.len() as u16),
        Constraint::Length(1),
        Constraint::Min(1),
    ])
    .areas(area);
    if let Load::Ready(chart) = &c.chart {
        frame.render_widget(Line::styled(chart::who(&chart.patient), theme.muted), who);
    }
    let split = |row: Rect| Layout::horizontal([Constraint::Length(14), Constraint::Min(0)]).areas(row);
    let [name, value] = split(reason);
    frame.render_widget(Line::styled("Reason", label(VisitField::Reason)), name);
    field(frame, theme, value, &f.reason, on(VisitField::Reason));
    for (i, vital) in Vital::ALL.into_iter().enumerate() {
        let row = Rect { y: vitals.y + i as u16, height: 1, ..vitals }.intersection(vitals);
        let which = VisitField::Vital(i);
        let [name, rest] = split(row);
        let [value, unit, remark] =
            Layout::horizontal([Constraint::Length(9), Constraint::Length(7), Constraint::Min(0)])
                .areas(rest);
        let info = vital.info();
        frame.render_widget(Line::styled(info.label, label(which)), name);
        field(frame, theme, value, &f.vitals[i], on(which));
        frame.render_widget(Line::from(format!(" {}", info.shown)), unit);
        frame.render_widget(remarks(f, i, on(which), theme), remark);
    }
    let [name, value] = split(note);
    frame.render_widget(Line::styled("Note", label(VisitField::Note)), name);
    text_area(frame, theme, value, &f.note, on(VisitField::Note));
}

/// What there is to say of a value. While it is being typed it is no good or bad value yet.
fn remarks(f: &VisitForm, i: usize, typing: bool, theme: &Theme) -> Line<'static> {
    let info = Vital::ALL[i].info();
    let usual = format!("usual {} to {}", show_milli(info.usual.0), show_milli(info.usual.1));
    match f.vital(i) {
        Some(Ok(o)) if unusual(&o) && f.asked.contains(&o) => {
            Line::styled(format!("! unusual ({usual}): right?"), theme.warning)
        }
        _ if typing => Line::styled(usual, theme.muted),
        Some(Ok(o)) if unusual(&o) => Line::styled(format!("! unusual ({usual})"), theme.warning),
        Some(Err(BadRecord::Impossible { low, high, .. })) => {
            Line::styled(format!("not possible ({low} to {high})"), theme.danger)
        }
        Some(Err(_)) => Line::styled("not a number: write it like 37.5", theme.danger),
        _ => Line::from(""),
    }
}
