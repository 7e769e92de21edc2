//! The people of this terminal, and the dialogs that change how they sign in.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table, TableState},
};

use crate::node::api::{FaceStatus, StaffRow};

use super::{
    super::{
        model::{Load, Model, NewPin, Over, PeopleDialog, PeoplePage},
        theme::Theme,
        widgets::{clean, panel, popup, words},
    },
    absent,
    sign_in::{asked, dots, mirror},
};

pub(super) fn draw(p: &PeoplePage, faces: Option<&FaceStatus>, theme: &Theme, frame: &mut Frame, area: Rect) {
    if let PeopleDialog::Enrol { name, picture, prompt, hint, .. } = &p.dialog {
        let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(34)]).areas(area);
        let inner = panel(frame, theme, left, "As in a mirror");
        mirror(picture.as_ref(), false, theme, frame, inner);
        let inner = panel(frame, theme, right, &format!("Enrolling {}", clean(name)));
        let mut lines = vec![Line::from("")];
        lines.extend(prompt.iter().flat_map(|p| asked(p, theme)));
        lines.extend(hint.iter().flat_map(|h| [Line::from(""), Line::styled(clean(h), theme.warning)]));
        lines
            .extend([Line::from(""), Line::styled("Only numbers made from the face are kept,", theme.muted)]);
        lines.push(Line::styled("sealed, at this terminal alone.", theme.muted));
        return words(frame, inner, lines);
    }
    let [list, below] = Layout::vertical([Constraint::Min(5), Constraint::Length(5)]).areas(area);
    match &p.rows {
        Load::Ready(rows) => people(rows, p.selected, theme, frame, list),
        other => {
            let inner = panel(frame, theme, list, "People");
            absent(other, theme, frame, inner);
        }
    }
    let inner = panel(frame, theme, below, "Faces at this terminal");
    if let Some(f) = faces {
        let bound = f.bound.as_deref().map_or_else(|| "any camera".into(), clean);
        let kind = if f.infrared { ", infrared required" } else { "" };
        let odds = format!(
            "{} enrolled; a face must score {:.3}; a stranger passes {:.1} times in 100 000",
            f.enrolled,
            f.threshold,
            f.fmr_attempt * 100_000.0
        );
        let mut lines = vec![Line::from(odds), Line::from(format!("camera: {bound}{kind}"))];
        if f.raised {
            let raised =
                "two people here look alike, so the score was raised: a PIN may be needed more often";
            lines.push(Line::styled(raised, theme.warning));
        }
        lines.extend(f.problem.iter().map(|w| Line::styled(clean(w), theme.danger)));
        words(frame, inner, lines);
    }
    if let PeopleDialog::Forget { name, .. } = &p.dialog {
        let inner = popup(frame, theme, area, "Delete a face", (60, 7));
        let lines = vec![
            Line::from(format!("Delete the face of {}?", clean(name))),
            Line::styled("It is destroyed and cannot be brought back.", theme.muted),
            Line::styled("They still sign in by PIN and passphrase.", theme.muted),
        ];
        words(frame, inner, lines);
    }
}

fn people(rows: &[StaffRow], selected: usize, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = panel(frame, theme, area, &format!("People ({})", rows.len()));
    let cells = |r: &StaffRow| {
        let face = if r.face { "enrolled" } else { "–" };
        let pin = if r.pin { "chosen" } else { "–" };
        Row::new([clean(&r.name), r.role.word().into(), face.into(), pin.into()])
    };
    let columns =
        [Constraint::Fill(2), Constraint::Length(12), Constraint::Length(10), Constraint::Length(8)];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(["Name", "Role", "Face", "PIN"]).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, inner, &mut state);
}

/// What lies over every page.
pub(super) fn over(model: &Model, over: &Over, theme: &Theme, frame: &mut Frame, area: Rect) {
    match over {
        Over::None => {}
        Over::Proof { pin, sent, .. } => {
            let inner = popup(frame, theme, area, "Your PIN", (52, 8));
            let [above, row] = Layout::vertical([Constraint::Length(3), Constraint::Length(1)]).areas(inner);
            let why = "This changes what others may do or see, so it needs more than a face.";
            words(frame, above, vec![Line::styled(why, theme.text)]);
            labelled("PIN", pin.len(), !sent, theme, frame, row);
        }
        Over::NewPin(f) => new_pin(model, f, theme, frame, area),
        Over::Refresh => {
            let inner = popup(frame, theme, area, "Your face", (60, 8));
            let lines = vec![
                Line::from("You were recognised, but only just."),
                Line::from(
                    "May this terminal keep a fresh template of your face, from the sign-in just now?",
                ),
                Line::styled("y keeps it, n leaves everything as it is.", theme.muted),
            ];
            words(frame, inner, lines);
        }
    }
}

fn new_pin(model: &Model, f: &NewPin, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = popup(frame, theme, area, "Choose a PIN", (60, 12));
    let [above, one, _, two, _, below] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(inner);
    let why = "Six digits or more. It signs you in at this terminal when a face can't, and is asked before consents and changes.";
    words(frame, above, vec![Line::styled(why, theme.text)]);
    labelled("New PIN", f.first.len(), !f.on_second && !f.sent, theme, frame, one);
    labelled("Once more", f.second.len(), f.on_second && !f.sent, theme, frame, two);
    let hint =
        if model.own_pin() { "Esc keeps the old one." } else { "Esc: not now; it is asked again next time." };
    words(frame, below, vec![Line::styled(hint, theme.muted)]);
}

fn labelled(label: &'static str, length: usize, focused: bool, theme: &Theme, frame: &mut Frame, row: Rect) {
    let [name, input] = Layout::horizontal([Constraint::Length(12), Constraint::Length(20)]).areas(row);
    frame.render_widget(Line::from(label), name);
    dots(frame, theme, input, length, focused);
}
