//! The parts of the visit form about what was found and given, and when to come back.

use jiff::civil::Date;
use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Block, Clear},
};

use crate::core::codes::{Finding, Kind};

use super::{
    super::{
        finding::{Findings, Offer},
        forms::{VisitField, VisitForm, VisitState},
        model::{ChartPage, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, wrap},
        words::{Words, bad_next, finding, say},
    },
    window,
};

/// Columns of what a line is, and of its code.
const KIND: u16 = 12;
const CODE: u16 = 9;

/// What is picked, in as many rows as it takes; where nothing is and the cursor is there, what can be typed.
pub(super) fn picked<'a>(f: &VisitForm, w: &Words, theme: &Theme, columns: u16) -> Vec<Line<'a>> {
    let here = f.focus == VisitField::Found && f.state == VisitState::Editing;
    let all: Vec<String> = f.found.picked.iter().map(|p| one(p, w)).collect();
    let (text, style) = match (all.is_empty(), here) {
        (true, false) => return Vec::new(),
        (true, true) => (w.text("visit-found-what"), theme.muted),
        (false, _) => (all.join(" · "), theme.text),
    };
    let rows = wrap(&text, usize::from(columns).max(1));
    rows.into_iter().map(|(from, to)| Line::styled(text[from..to].to_owned(), style)).collect()
}

fn one(f: &Finding, w: &Words) -> String {
    let code = f.code.as_ref().map_or_else(String::new, |c| format!(" ({c})"));
    clean(&format!("{}: {}{code}", w.text(finding(f.kind)), f.text))
}

/// Rows; the last ones where there isn't room for all.
pub(super) fn list(frame: &mut Sheet, mut rows: Vec<Line>, area: Rect) {
    rows.drain(..rows.len().saturating_sub(usize::from(area.height)));
    for (line, y) in rows.into_iter().zip(area.y..) {
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

/// What fits what is typed.
pub(super) fn offers(f: &Findings, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    frame.cover(area);
    frame.render_widget(Clear, area);
    frame.render_widget(Block::new().style(theme.text), area);
    let (first, rows) = window(f.offers(), f.selected, area.height);
    for (i, offer) in rows.iter().enumerate() {
        let row = Rect { y: area.y + i as u16, height: 1, ..area };
        let (kind, code, title, style) = match offer {
            Offer::Listed(e) => (e.kind, e.code.unwrap_or(""), e.title.clone(), theme.text),
            Offer::Words(kind) => {
                let words = w.text(say!("finding-words", typed = f.query.text().trim()));
                (*kind, "", words, theme.muted)
            }
        };
        let style = if first + i == f.selected { theme.selection } else { style };
        let [a, b, c] =
            Layout::horizontal([Constraint::Length(KIND), Constraint::Length(CODE), Constraint::Min(0)])
                .areas(row);
        frame.target(row, Target::Row(first + i));
        frame.render_widget(Block::new().style(style), row);
        // What somebody does not bear must not be taken for what they are given.
        let label = if kind == Kind::Allergy && first + i != f.selected { theme.danger } else { style };
        frame.render_widget(Line::styled(w.text(finding(kind)), label), a);
        frame.render_widget(Line::styled(code, style), b);
        frame.render_widget(Line::styled(clean(&title), style), c);
    }
}

/// The day that is meant, or why it is none; before anything is typed, the day on which the patient is expected already.
pub(super) fn next<'a>(
    c: &ChartPage,
    f: &VisitForm,
    today: Option<Date>,
    w: &Words,
    theme: &Theme,
) -> Line<'a> {
    match f.next_day(today) {
        Some(Ok(day)) => Line::styled(format!(" {}", w.date(day)), theme.text),
        Some(Err(bad)) if f.focus != VisitField::Next => {
            Line::styled(format!(" {}", w.text(bad_next(&bad))), theme.danger)
        }
        Some(Err(_)) => Line::styled(format!(" {}", w.text("visit-next-how")), theme.muted),
        None if f.focus == VisitField::Next => {
            Line::styled(format!(" {}", w.text("visit-next-how")), theme.muted)
        }
        None => match expected(c, today, w) {
            Some(day) => {
                Line::styled(format!(" {}", w.text(say!("visit-next-expected", day = day))), theme.muted)
            }
            None => Line::from(""),
        },
    }
}

/// The first day that is yet to come for which the chart has an appointment.
fn expected(c: &ChartPage, today: Option<Date>, w: &Words) -> Option<String> {
    let Load::Ready(chart) = &c.chart else { return None };
    let days = chart.items.iter().filter_map(|i| w.date_of(i.expected()?)).filter(|day| Some(*day) >= today);
    days.min().map(|day| w.date(day))
}
