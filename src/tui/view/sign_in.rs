//! Sign-in: the camera's picture, or login name and passphrase.

use ratatui::{
    Frame,
    layout::{Constraint, Flex, Layout, Position, Rect},
    text::Line,
    widgets::Block,
};

use super::super::{
    model::{Face, FaceState, Model, PassphraseForm, SignIn, Unlocking, Way},
    theme::Theme,
    widgets::{clean, field, panel, picture, placeholder, words},
};

pub(super) fn draw(model: &Model, screen: &SignIn, theme: &Theme, frame: &mut Frame, area: Rect) {
    match &screen.way {
        Way::Starting { .. } => {
            let inner = panel(frame, theme, area, "Sign in");
            placeholder(frame, theme.muted, inner, "asking the node …");
        }
        Way::Face(f) => face(model, f, theme, frame, area),
        Way::Passphrase(f) => passphrase(model, f, theme, frame, area),
    }
}

fn face(model: &Model, f: &Face, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(34)]).areas(area);
    let camera = model.status.as_ref().and_then(|s| s.camera.as_deref()).unwrap_or("camera");
    let inner = panel(frame, theme, left, camera);
    let drawn = f.picture.as_ref().is_some_and(|p| picture(frame.buffer_mut(), theme, inner, p));
    if !drawn {
        let seen = match &f.picture {
            None if f.state == FaceState::Resting => "",
            None => "waiting for the camera …",
            Some(p) if p.face.is_some() => "The camera sees a face. (No picture on this terminal.)",
            Some(_) => "The camera sees no face. (No picture on this terminal.)",
        };
        placeholder(frame, theme.muted, inner, seen);
    }
    let inner = panel(frame, theme, right, "Sign in by face");
    let mut lines = vec![Line::from("")];
    match &f.state {
        FaceState::Looking { hint } => {
            lines.push(Line::styled("Look into the camera.", theme.accent));
            if let Some(h) = hint {
                lines.push(Line::from(""));
                lines.push(Line::styled(clean(h), theme.warning));
            }
        }
        FaceState::Resting => {
            lines.push(Line::styled("Locked.", theme.accent));
            lines.push(Line::from(""));
            lines.push(Line::from("Press Enter to sign in by face, or Tab for your passphrase."));
        }
        FaceState::NotRecognised { left } => {
            let tries = if *left == 1 { "1 try".to_owned() } else { format!("{left} tries") };
            lines.push(Line::styled(format!("Not recognised, {tries} left."), theme.danger));
            lines.push(Line::from(""));
            lines.push(Line::from("Press Enter to look again, or Tab for your passphrase."));
        }
        FaceState::Wait { until } => {
            let left = until.saturating_sub(model.now).div_ceil(1000);
            if left > 0 {
                lines.push(Line::styled(format!("Too many attempts: wait {left} s."), theme.danger));
            } else {
                lines.push(Line::styled("You can try again.", theme.accent));
            }
            lines.push(Line::from(""));
            lines.push(Line::from("Then press Enter to look again, or Tab for your passphrase."));
        }
        FaceState::Failed(fault) => {
            lines.push(Line::styled(clean(fault), theme.danger));
            lines.push(Line::from(""));
            lines.push(Line::from("Press Enter to look again, or Tab for your passphrase."));
        }
    }
    if matches!(f.state, FaceState::Looking { .. }) {
        lines.push(Line::from(""));
        lines.push(Line::styled("Tab: sign in with your passphrase instead.", theme.muted));
    }
    if let Some(o) = model.status.as_ref().and_then(|s| s.open.as_ref()) {
        lines.push(Line::from(""));
        lines.push(Line::styled(format!("Enrolled on this terminal: {}.", o.enrolled), theme.muted));
    }
    lines.push(Line::from(""));
    lines.push(Line::styled("Pictures are never stored. A held-up photograph may pass.", theme.muted));
    words(frame, inner, lines);
}

fn passphrase(model: &Model, f: &PassphraseForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [area] = Layout::horizontal([Constraint::Length(64)]).flex(Flex::Center).areas(area);
    let [area] = Layout::vertical([Constraint::Length(14)]).flex(Flex::Center).areas(area);
    let inner = panel(frame, theme, area, "Sign in by passphrase");
    let [_, intro, _, login, _, secret, _, note] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(2),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(inner);
    let status = model.status.as_ref();
    let why = match status {
        Some(s) if s.sealed => "This terminal is sealed since it was started. The first passphrase opens it.",
        Some(s) if s.face_possible && s.camera.is_some() => {
            "Type your passphrase. Tab behind it goes back to the camera."
        }
        _ => "Your face can sign you in after your passphrase was given once in this shift.",
    };
    words(frame, intro, vec![Line::styled(why, theme.text)]);
    let typing = f.state == Unlocking::Typing;
    let labelled = |area: Rect| Layout::horizontal([Constraint::Length(13), Constraint::Min(0)]).areas(area);
    let [label, input] = labelled(login);
    frame.render_widget(Line::from("Login name"), label);
    field(frame, theme, input, &f.login, typing && !f.on_passphrase);
    let [label, input] = labelled(secret);
    frame.render_widget(Line::from("Passphrase"), label);
    let focused = typing && f.on_passphrase;
    let style = if focused { theme.focus } else { theme.field };
    frame.render_widget(Block::new().style(style), input);
    let dots = f.passphrase.len().min(usize::from(input.width).saturating_sub(1));
    frame.render_widget(Line::styled("•".repeat(dots), style), input);
    if focused {
        frame.set_cursor_position(Position::new(input.x + dots as u16, input.y));
    }
    if status.is_some_and(|s| s.sealed) {
        let line = Line::styled("Until then nothing can be read and sync waits.", theme.muted);
        words(frame, note, vec![line]);
    }
}
