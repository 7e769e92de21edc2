//! The form that registers a patient.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::super::{
    forms::{PatientField, RegisterForm},
    input::Input,
    theme::Theme,
    widgets::{field, panel, words},
};

pub(super) fn draw(f: &RegisterForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, "Register a patient");
    let [_, rows, note] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(12), Constraint::Min(0)]).areas(inner);
    for (i, (which, label)) in PatientField::ALL.into_iter().enumerate() {
        let y = rows.y + 2 * i as u16;
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
    let lines = vec![
        Line::from(""),
        Line::styled("Search first: somebody may have registered this person already.", theme.muted),
    ];
    words(frame, note, lines);
}
