//! The people of this terminal, and the dialogs that change how they sign in.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{FaceStatus, StaffRow};

use super::{
    super::{
        leaving::Loss,
        model::{Load, Model, NewPin, Over, PeopleDialog, PeoplePage},
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, popup, words},
        words::{Words, role, say},
    },
    absent,
    sign_in::{asked, dots, mirror},
};

pub(super) fn draw(
    p: &PeoplePage,
    faces: Option<&FaceStatus>,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    if let PeopleDialog::Enrol { name, picture, prompt, hint, .. } = &p.dialog {
        let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(34)]).areas(area);
        let inner = panel(frame, theme, left, &w.text("people-mirror"));
        mirror(picture.as_ref(), false, w, theme, frame, inner);
        let inner = panel(frame, theme, right, &w.text(say!("people-enrolling", name = name)));
        let mut lines = vec![Line::from("")];
        lines.extend(prompt.iter().flat_map(|p| asked(p, w, theme)));
        lines.extend(hint.iter().flat_map(|h| [Line::from(""), Line::styled(w.node(h), theme.warning)]));
        lines.extend([Line::from(""), Line::styled(w.text("people-only-numbers"), theme.muted)]);
        return words(frame, inner, lines);
    }
    let [list, below] = Layout::vertical([Constraint::Min(5), Constraint::Length(5)]).areas(area);
    match &p.rows {
        Load::Ready(rows) => people(rows, p.selected, w, theme, frame, list),
        other => {
            let inner = panel(frame, theme, list, &w.text("people-title"));
            absent(other, w, theme, frame, inner);
        }
    }
    let inner = panel(frame, theme, below, &w.text("people-faces"));
    if let Some(f) = faces {
        let bound = f.bound.as_deref().map_or_else(|| w.text("people-any-camera"), clean);
        let camera = match f.infrared {
            true => say!("people-camera-infrared", camera = bound),
            false => say!("people-camera", camera = bound),
        };
        let odds = say!(
            "people-odds",
            n = u64::from(f.enrolled),
            score = w.decimals(&format!("{:.3}", f.threshold)),
            times = w.decimals(&format!("{:.1}", f.fmr_attempt * 100_000.0)),
            tries = 100_000_u64,
        );
        let mut lines = vec![Line::from(w.text(odds)), Line::from(w.text(camera))];
        if f.raised {
            lines.push(Line::styled(w.text("people-raised"), theme.warning));
        }
        lines.extend(f.problem.iter().map(|p| Line::styled(w.node(p), theme.danger)));
        words(frame, inner, lines);
    }
    if let PeopleDialog::Suspend { name, .. } = &p.dialog {
        let inner = popup(frame, theme, area, &w.text("suspend-title"), (66, 8));
        let lines = vec![Line::from(w.text(say!("suspend-what", name = name)))];
        ask(frame, theme, inner, lines, (w.text("suspend-yes"), w.text("key-not-now")));
    }
    if let PeopleDialog::Forget { name, .. } = &p.dialog {
        let inner = popup(frame, theme, area, &w.text("people-forget-title"), (60, 7));
        let lines = vec![
            Line::from(w.text(say!("people-forget-what", name = name))),
            Line::styled(w.text("people-forget-gone"), theme.muted),
            Line::styled(w.text("people-forget-still"), theme.muted),
        ];
        words(frame, inner, lines);
    }
}

fn people(rows: &[StaffRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("people-count", n = rows.len())));
    let cells = |r: &StaffRow| {
        let face = if r.face { w.text("people-enrolled") } else { "–".into() };
        let pin = if r.pin { w.text("people-chosen") } else { "–".into() };
        let (standing, style) = match r.suspended {
            true => ("people-suspended", theme.muted),
            false => (role(r.role), theme.text),
        };
        Row::new([clean(&r.name), w.text(standing), face, pin]).style(style)
    };
    let columns =
        [Constraint::Fill(2), Constraint::Length(13), Constraint::Length(12), Constraint::Length(10)];
    let head = ["people-name", "people-role", "people-face", "people-pin"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, selected, rows.len());
}

/// What lies over every page.
pub(super) fn over(model: &Model, over: &Over, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match over {
        Over::None => {}
        Over::Proof { pin, sent, .. } => {
            let inner = popup(frame, theme, area, &w.text("proof-title"), (52, 8));
            let [above, row] = Layout::vertical([Constraint::Length(3), Constraint::Length(1)]).areas(inner);
            words(frame, above, vec![Line::styled(w.text("proof-why"), theme.text)]);
            labelled(w.text("proof-pin"), pin.len(), !sent, theme, frame, row);
        }
        Over::NewPin(f) => new_pin(model, f, w, theme, frame, area),
        Over::Refresh => {
            let inner = popup(frame, theme, area, &w.text("refresh-title"), (60, 8));
            let lines = vec![
                Line::from(w.text("refresh-barely")),
                Line::from(w.text("refresh-ask")),
                Line::styled(w.text("refresh-keys"), theme.muted),
            ];
            words(frame, inner, lines);
        }
        Over::Leave(_) => {
            let [title, what, yes, no] = match model.loses() {
                Some(Loss::Card) => {
                    ["card-leave-title", "card-leave-what", "card-leave-yes", "card-leave-no"]
                }
                Some(Loss::Picture) => [
                    "correct-leave-title",
                    "photograph-leave-what",
                    "correct-leave-yes",
                    "photograph-leave-no",
                ],
                Some(Loss::Registration) => {
                    ["correct-leave-title", "register-leave-what", "correct-leave-yes", "register-leave-no"]
                }
                Some(Loss::Typed) => {
                    ["correct-leave-title", "form-leave-what", "correct-leave-yes", "register-leave-no"]
                }
                _ => ["correct-leave-title", "correct-leave-what", "correct-leave-yes", "correct-leave-no"],
            }
            .map(|key| w.text(key));
            let inner = popup(frame, theme, area, &title, (60, 7));
            ask(frame, theme, inner, vec![Line::from(what)], (yes, no));
        }
    }
}

fn new_pin(model: &Model, f: &NewPin, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = popup(frame, theme, area, &w.text("new-pin-title"), (60, 12));
    let [above, one, _, two, _, below] = Layout::vertical([
        Constraint::Length(3),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(inner);
    words(frame, above, vec![Line::styled(w.text("new-pin-why"), theme.text)]);
    labelled(w.text("new-pin-new"), f.first.len(), !f.on_second && !f.sent, theme, frame, one);
    labelled(w.text("new-pin-again"), f.second.len(), f.on_second && !f.sent, theme, frame, two);
    let hint = if model.own_pin() { "new-pin-keep" } else { "new-pin-later" };
    words(frame, below, vec![Line::styled(w.text(hint), theme.muted)]);
}

fn labelled(label: String, length: usize, focused: bool, theme: &Theme, frame: &mut Sheet, row: Rect) {
    let [name, input] = Layout::horizontal([Constraint::Length(16), Constraint::Length(20)]).areas(row);
    frame.render_widget(Line::from(label), name);
    dots(frame, theme, input, length, focused);
}
