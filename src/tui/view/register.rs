//! The form that registers a patient, and who may be here already.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::node::api::DuplicateRow;

use super::{
    super::{
        forms::{PatientField, RegisterForm},
        input::Input,
        theme::Theme,
        widgets::{clean, field, panel, words},
    },
    WIDE, window,
};

/// Lines of the fields.
const FIELDS: u16 = 12;

pub(super) fn draw(f: &RegisterForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [area, beside] = if area.width >= WIDE && !f.likely.is_empty() {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(72)]).areas(area)
    } else {
        [area, Rect::default()]
    };
    let inner = panel(frame, theme, area, "Register a patient");
    // Where there are few lines, those who may be here already take what the gaps between the fields have.
    let tight = beside.is_empty() && !f.likely.is_empty() && inner.height < FIELDS + 10;
    let (gap, height) = if tight { (1, FIELDS / 2) } else { (2, FIELDS) };
    let [_, rows, note] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(height), Constraint::Min(0)])
            .areas(inner);
    for (i, (which, label)) in PatientField::ALL.into_iter().enumerate() {
        let y = rows.y + gap * i as u16;
        let row = Rect { y, height: 1, ..rows }.intersection(rows);
        let [name, value] = Layout::horizontal([Constraint::Length(17), Constraint::Min(0)]).areas(row);
        let focused = f.focus == which && !f.sending;
        frame.render_widget(Line::styled(label, if focused { theme.accent } else { theme.text }), name);
        let text = |frame: &mut Frame, input: &Input, width: u16, words: &'static str| {
            let [typed, hint] =
                Layout::horizontal([Constraint::Length(width), Constraint::Min(0)]).areas(value);
            field(frame, theme, typed, input, focused);
            frame.render_widget(Line::styled(words, theme.muted), hint);
        };
        let choice = |frame: &mut Frame, words: &str| {
            let style = if focused { theme.focus } else { theme.text };
            frame.render_widget(Line::styled(format!("‹ {words} ›"), style), value);
        };
        match which {
            PatientField::Name => text(frame, &f.name, 40, "  needed"),
            PatientField::BirthYear => text(frame, &f.birth_year, 6, "  such as 1987; empty if not known"),
            PatientField::Village => text(frame, &f.village, 40, ""),
            PatientField::Phone => text(frame, &f.phone, 24, ""),
            PatientField::Estimated => choice(frame, if f.estimated { "yes" } else { "no" }),
            PatientField::Gender => choice(frame, f.gender.word()),
        }
    }
    if f.likely.is_empty() {
        let lines = vec![
            Line::from(""),
            Line::styled("Search first: somebody may have registered this person already.", theme.muted),
        ];
        return words(frame, note, lines);
    }
    if beside.is_empty() {
        let [_, title, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0)]).areas(note);
        frame.render_widget(Line::styled(heading(f), theme.warning), title);
        likely(f, theme, frame, list);
    } else {
        let inner = panel(frame, theme, beside, &format!("Perhaps here already ({})", f.likely.len()));
        let [title, list] = Layout::vertical([Constraint::Length(2), Constraint::Min(0)]).areas(inner);
        frame.render_widget(
            Line::styled("Ctrl-O opens the marked one instead, PgDn marks the next.", theme.warning),
            title,
        );
        likely(f, theme, frame, list);
    }
}

fn heading(f: &RegisterForm) -> String {
    match f.likely.len() {
        1 => "Perhaps here already: Ctrl-O opens this record instead.".into(),
        n => format!("Perhaps here already ({n}): Ctrl-O opens the marked one, PgDn marks the next."),
    }
}

/// Two lines each: who, and why.
fn likely(f: &RegisterForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let (first, rows) = window(&f.likely, f.marked, area.height / 2);
    for (i, r) in rows.iter().enumerate() {
        let marked = first + i == f.marked;
        let y = area.y + 2 * i as u16;
        let line = |dy: u16| Rect { y: y + dy, height: 1, ..area }.intersection(area);
        let style = if marked { theme.selection } else { theme.text };
        frame.render_widget(Line::styled(who(r, marked), style), line(0));
        frame.render_widget(Line::styled(format!("   {}", r.reasons.join(", ")), theme.muted), line(1));
    }
}

fn who(r: &DuplicateRow, marked: bool) -> String {
    let born = r.birth_year.map_or_else(|| "year not known".into(), |y| format!("born {y}"));
    let village = if r.village.is_empty() { String::new() } else { format!(", {}", r.village) };
    let away = if r.archived { ", in the archive" } else { "" };
    clean(&format!("{}{}, {born}{village}{away}", if marked { " ▸ " } else { "   " }, r.name))
}
