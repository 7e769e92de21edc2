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

/// What is picked, in at most so many rows: what has no room is counted. Where nothing is and the cursor is there, what can be typed.
pub(super) fn picked<'a>(
    f: &VisitForm,
    w: &Words,
    theme: &Theme,
    (columns, most): (u16, u16),
) -> Vec<Line<'a>> {
    let here = f.focus == VisitField::Found && f.state == VisitState::Editing;
    let all: Vec<String> = f.found.picked.iter().map(|p| one(p, w)).collect();
    let (columns, most) = (usize::from(columns).max(1), usize::from(most).max(1));
    let rows = |text: &str, style| -> Vec<Line<'a>> {
        wrap(text, columns).into_iter().map(|(a, b)| Line::styled(text[a..b].to_owned(), style)).collect()
    };
    if f.focus != VisitField::Found && f.found.looking() {
        let typed = f.found.query.text().trim();
        let mut lines = rows(&w.text(say!("bad-unpicked", typed = typed)), theme.danger);
        lines.truncate(most);
        return lines;
    }
    match (all.is_empty(), here) {
        (true, false) => return Vec::new(),
        (true, true) => return rows(&w.text("visit-found-what"), theme.muted),
        (false, _) => {}
    }
    let whole = rows(&all.join(" · "), theme.text);
    if whole.len() <= most || all.len() == 1 {
        return whole;
    }
    // The last ones: they were picked just now.
    let shown = |hidden: usize| {
        let mut lines = vec![Line::styled(w.text(say!("visit-found-more", n = hidden)), theme.warning)];
        lines.extend(rows(&all[hidden..].join(" · "), theme.text));
        lines
    };
    let fits = (1..all.len()).map(shown).find(|lines| lines.len() <= most);
    let mut lines = fits.unwrap_or_else(|| shown(all.len() - 1));
    lines.truncate(most);
    lines
}

fn one(f: &Finding, w: &Words) -> String {
    let code = f.code.as_ref().map_or_else(String::new, |c| format!(" ({c})"));
    clean(&format!("{}: {}{code}", w.text(finding(f.kind)), f.text))
}

/// Rows, as many as there is room for.
pub(super) fn list(frame: &mut Sheet, rows: Vec<Line>, area: Rect) {
    let rows = rows.into_iter().take(usize::from(area.height));
    for (line, y) in rows.zip(area.y..) {
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
