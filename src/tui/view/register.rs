//! The form that registers a patient, and who may be here already.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::node::api::DuplicateRow;

use super::{
    super::{
        input::Input,
        registering::{PatientField, RegisterForm},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, panel, words},
        words::{Words, gender, relation, say},
    },
    WIDE, window,
};

/// Lines of the fields, with a gap below each.
pub(super) const FIELDS: u16 = 2 * PatientField::ALL.len() as u16;
/// Columns of their labels.
pub(super) const LABEL: u16 = 22;

pub(super) fn draw(f: &RegisterForm, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [area, beside] = if area.width >= WIDE && !f.likely.is_empty() {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(72)]).areas(area)
    } else {
        [area, Rect::default()]
    };
    let inner = panel(frame, theme, area, &w.text("register-title"));
    // Where there are few lines, what stands below takes what the gaps between the fields have.
    let below = if beside.is_empty() && !f.likely.is_empty() { 10 } else { 4 };
    let tight = inner.height < FIELDS + below;
    let (gap, height) = if tight { (1, FIELDS / 2) } else { (2, FIELDS) };
    let [_, rows, note] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(height), Constraint::Min(0)])
            .areas(inner);
    fields(f, |i| gap * i, w, theme, frame, rows);
    let guardian = f.focus.of_guardian();
    if f.likely.is_empty() || guardian {
        let told = if guardian { "register-guardian-why" } else { "register-search-first" };
        words(frame, note, vec![Line::from(""), Line::styled(w.text(told), theme.muted)]);
    }
    if f.likely.is_empty() || (guardian && beside.is_empty()) {
        return;
    }
    if beside.is_empty() {
        let [_, title, list] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0)]).areas(note);
        frame.render_widget(Line::styled(heading(f, w), theme.warning), title);
        likely(f, w, theme, frame, list);
    } else {
        let inner = panel(frame, theme, beside, &w.text(say!("likely-title", n = f.likely.len())));
        let [title, list] = Layout::vertical([Constraint::Length(2), Constraint::Min(0)]).areas(inner);
        frame.render_widget(Line::styled(w.text("likely-keys"), theme.warning), title);
        likely(f, w, theme, frame, list);
    }
}

/// The fields, each at its line.
pub(super) fn fields(
    f: &RegisterForm,
    line: impl Fn(u16) -> u16,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    rows: Rect,
) {
    for (i, (which, label)) in PatientField::ALL.into_iter().enumerate() {
        let y = rows.y + line(i as u16);
        let row = Rect { y, height: 1, ..rows }.intersection(rows);
        let [name, value] = Layout::horizontal([Constraint::Length(LABEL), Constraint::Min(0)]).areas(row);
        let focused = f.focus == which && !f.sending;
        frame.target(row, Target::Field(i));
        frame.render_widget(
            Line::styled(w.text(label), if focused { theme.accent } else { theme.text }),
            name,
        );
        let text = |frame: &mut Sheet, input: &Input, width: u16, words: Option<&'static str>| {
            let [typed, hint] =
                Layout::horizontal([Constraint::Length(width), Constraint::Min(0)]).areas(value);
            field(frame, theme, typed, input, focused);
            if let Some(key) = words {
                frame.render_widget(Line::styled(format!("  {}", w.text(key)), theme.muted), hint);
            }
        };
        let choice = |frame: &mut Sheet, words: String| {
            let style = if focused { theme.focus } else { theme.text };
            frame.render_widget(Line::styled(format!("‹ {words} ›"), style), value);
        };
        match which {
            PatientField::Name => text(frame, &f.name, 40, Some("register-needed")),
            PatientField::BirthYear => text(frame, &f.birth_year, 6, Some("register-year-hint")),
            PatientField::Village => text(frame, &f.village, 40, None),
            PatientField::Phone => text(frame, &f.phone, 24, None),
            PatientField::Guardian => text(frame, &f.guardian, 40, Some("register-guardian-hint")),
            PatientField::GuardianPhone => text(frame, &f.guardian_phone, 24, None),
            PatientField::Relation => choice(frame, w.text(relation(f.relation))),
            PatientField::Estimated => {
                choice(frame, w.text(if f.estimated { "register-yes" } else { "register-no" }))
            }
            PatientField::Gender => choice(frame, w.text(gender(f.gender))),
        }
    }
}

fn heading(f: &RegisterForm, w: &Words) -> String {
    match f.likely.len() {
        1 => w.text("likely-one"),
        n => w.text(say!("likely-several", n = n)),
    }
}

/// Two lines each: who, and why.
fn likely(f: &RegisterForm, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let (first, rows) = window(&f.likely, f.marked, area.height / 2);
    for (i, r) in rows.iter().enumerate() {
        let marked = first + i == f.marked;
        let y = area.y + 2 * i as u16;
        let line = |dy: u16| Rect { y: y + dy, height: 1, ..area }.intersection(area);
        let style = if marked { theme.selection } else { theme.text };
        frame.target(line(0), Target::Row(first + i));
        frame.target(line(1), Target::Row(first + i));
        frame.render_widget(Line::styled(who(r, marked, w), style), line(0));
        frame.render_widget(Line::styled(format!("   {}", w.nodes(&r.reasons)), theme.muted), line(1));
    }
}

fn who(r: &DuplicateRow, marked: bool, w: &Words) -> String {
    let born = r.birth_year.map_or_else(
        || w.text("likely-year-not-known"),
        |y| w.text(say!("likely-born", year = y.to_string())),
    );
    let village = if r.village.is_empty() { String::new() } else { format!(", {}", r.village) };
    let away = if r.archived { format!(", {}", w.text("likely-archived")) } else { String::new() };
    clean(&format!("{}{}, {born}{village}{away}", if marked { " ▸ " } else { "   " }, r.name))
}
