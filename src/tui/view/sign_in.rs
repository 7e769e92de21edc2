//! Sign-in: the camera's picture, a name and its PIN, or login name and passphrase.

use ratatui::{
    Frame,
    layout::{Constraint, Flex, Layout, Position, Rect},
    text::Line,
    widgets::Block,
};

use crate::{
    core::time::Millis,
    node::api::{Arrow, FaceStatus, Preview, Prompt},
};

use super::{
    super::{
        model::{Face, FaceState, Model, PassphraseForm, PinForm, SignIn, Unlocking, Way},
        theme::Theme,
        widgets::{clean, field, panel, picture, placeholder, words},
    },
    window,
};

pub(super) fn draw(model: &Model, screen: &SignIn, theme: &Theme, frame: &mut Frame, area: Rect) {
    match &screen.way {
        Way::Starting { .. } => {
            let inner = panel(frame, theme, area, "Sign in");
            placeholder(frame, theme.muted, inner, "asking the node …");
        }
        Way::Face(f) => face(model, f, theme, frame, area),
        Way::Pin(f) => pin(model, f, theme, frame, area),
        Way::Passphrase(f) => passphrase(model, f, theme, frame, area),
    }
}

fn face(model: &Model, f: &Face, theme: &Theme, frame: &mut Frame, area: Rect) {
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(34)]).areas(area);
    let camera = model.status.as_ref().and_then(|s| s.camera.as_deref()).unwrap_or("camera");
    let inner = panel(frame, theme, left, camera);
    let resting = f.state == FaceState::Resting;
    mirror(f.picture.as_ref(), resting, theme, frame, inner);
    let inner = panel(frame, theme, right, "Sign in by face");
    let mut lines = vec![Line::from("")];
    lines.extend(match &f.state {
        FaceState::Moving(p) => asked(p, theme),
        state => standing(state, model.now, theme),
    });
    lines.push(Line::from(""));
    if f.state.running() {
        lines.push(Line::styled("Tab: PIN or passphrase instead.", theme.muted));
        lines.push(Line::from(""));
    }
    lines.extend(model.status.iter().filter_map(|s| s.faces.as_ref()).flat_map(|s| odds(s, theme)));
    lines.push(Line::styled("Pictures are never stored.", theme.muted));
    words(frame, inner, lines);
}

/// What the camera sees, or words where the terminal shows no pictures.
pub(super) fn mirror(p: Option<&Preview>, resting: bool, theme: &Theme, frame: &mut Frame, area: Rect) {
    if p.is_some_and(|p| picture(frame.buffer_mut(), theme, area, p)) {
        return;
    }
    let seen = match p {
        None if resting => "",
        None => "waiting for the camera …",
        Some(p) if p.face.is_some() => "The camera sees a face. (No picture on this terminal.)",
        Some(_) => "The camera sees no face. (No picture on this terminal.)",
    };
    placeholder(frame, theme.muted, area, seen);
}

/// What the person is asked to do: an arrow that can be seen from a step away, words, and how far they are.
pub(super) fn asked<'a>(p: &Prompt, theme: &Theme) -> Vec<Line<'a>> {
    const LEFT: [&str; 5] = ["   ▄█", " ▄███▄▄▄▄▄▄▄", "████████████", " ▀███▀▀▀▀▀▀▀", "   ▀█"];
    const RIGHT: [&str; 5] =
        ["         █▄", "  ▄▄▄▄▄▄▄███▄", "  ████████████", "  ▀▀▀▀▀▀▀███▀", "         █▀"];
    const UP: [&str; 5] = ["     ▄█▄", "   ▄█████▄", "  ▀▀▀███▀▀▀", "     ███", "     ███"];
    const DOWN: [&str; 5] = ["     ███", "     ███", "  ▄▄▄███▄▄▄", "   ▀█████▀", "     ▀█▀"];
    const AHEAD: [&str; 5] = ["    ▄▄▄▄▄", "  ▄█▀   ▀█▄", "  ██  █  ██", "  ▀█▄   ▄█▀", "    ▀▀▀▀▀"];
    let shape = match p.arrow {
        Arrow::Left => LEFT,
        Arrow::Right => RIGHT,
        Arrow::Up => UP,
        Arrow::Down => DOWN,
        Arrow::Ahead => AHEAD,
    };
    let mut lines: Vec<Line> =
        shape.iter().map(|row| Line::styled(format!("     {row}"), theme.accent)).collect();
    lines.push(Line::from(""));
    let mut words = clean(&p.words);
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    lines.push(Line::styled(format!("{words}."), theme.accent));
    let dots: Vec<&str> = (0..p.of).map(|n| if n < p.done { "●" } else { "○" }).collect();
    lines.push(Line::styled(dots.join(" "), theme.good));
    lines
}

fn standing<'a>(state: &FaceState, now: Millis, theme: &Theme) -> Vec<Line<'a>> {
    let again = "Press Enter to look again, or Tab for your PIN.";
    let tries = |left: u32| if left == 1 { "1 try left".to_owned() } else { format!("{left} tries left") };
    let stopped = |words: String, then: &'static str| {
        vec![Line::styled(words, theme.danger), Line::from(""), Line::from(then)]
    };
    match state {
        FaceState::Looking { hint } => {
            let mut lines = vec![Line::styled("Look into the camera.", theme.accent)];
            if let Some(h) = hint {
                lines.extend([Line::from(""), Line::styled(clean(h), theme.warning)]);
            }
            lines
        }
        FaceState::Moving(_) => Vec::new(),
        FaceState::Resting => vec![
            Line::styled("Locked.", theme.accent),
            Line::from(""),
            Line::from("Press Enter to sign in by face, or Tab for your PIN."),
        ],
        FaceState::NotRecognised { left } => stopped(format!("Not recognised, {}.", tries(*left)), again),
        FaceState::NotLive { left, because } => {
            stopped(format!("{} ({})", clean(because), tries(*left)), again)
        }
        FaceState::Wait { until } => match until.saturating_sub(now).div_ceil(1000) {
            0 => vec![Line::styled("You can try again.", theme.accent), Line::from(""), Line::from(again)],
            left => stopped(format!("Too many attempts: wait {left} s."), "Then press Enter to look again."),
        },
        FaceState::Failed(fault) => stopped(clean(fault), again),
    }
}

/// How often a stranger would be taken for somebody enrolled.
fn odds<'a>(s: &FaceStatus, theme: &Theme) -> Vec<Line<'a>> {
    let one_in = |rate: f64| {
        let n = (1.0 / rate.max(1e-12)).round() as u64;
        // Two digits are all that the figure is worth.
        let scale = 10u64.pow(n.max(1).ilog10().saturating_sub(1));
        grouped(n / scale * scale)
    };
    let mut lines = vec![Line::styled(format!("Enrolled here: {}.", s.enrolled), theme.muted)];
    if s.enrolled > 0 {
        let odds = format!("A stranger's face passes once in {} tries.", one_in(s.fmr_attempt));
        lines.push(Line::styled(odds, theme.muted));
        lines.push(Line::styled(format!("(1 in {} a comparison)", one_in(s.fmr)), theme.muted));
    }
    if s.infrared {
        lines.push(Line::styled("Infrared camera required.", theme.muted));
    }
    if let Some(problem) = &s.problem {
        lines.push(Line::styled(clean(problem), theme.danger));
    }
    lines
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

/// A name from the list, and a PIN.
fn pin(model: &Model, f: &PinForm, theme: &Theme, frame: &mut Frame, area: Rect) {
    let people = model.status.as_ref().map_or(&[][..], |s| &s.people);
    let fitting = f.fitting(people);
    let rows = u16::try_from(fitting.len()).unwrap_or(u16::MAX).clamp(1, 12);
    let [area] = Layout::horizontal([Constraint::Length(64)]).flex(Flex::Center).areas(area);
    let height = (rows + 8).min(area.height);
    let [area] = Layout::vertical([Constraint::Length(height)]).flex(Flex::Center).areas(area);
    let inner = panel(frame, theme, area, "Sign in by PIN");
    let [_, intro, _, name, list, _, secret] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Min(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(inner);
    let typing = f.state == Unlocking::Typing;
    let why = "Letters find your name, digits are your PIN.";
    words(frame, intro, vec![Line::styled(why, theme.text)]);
    let labelled = |area: Rect| Layout::horizontal([Constraint::Length(13), Constraint::Min(0)]).areas(area);
    let [label, input] = labelled(name);
    frame.render_widget(Line::from("Name"), label);
    field(frame, theme, input, &f.name, typing && f.pin.len() == 0);
    let [_, list] = labelled(list);
    if fitting.is_empty() {
        frame.render_widget(Line::styled("nobody of that name", theme.warning), list);
    }
    let (first, shown) = window(&fitting, f.selected, list.height);
    for (i, person) in shown.iter().enumerate() {
        let at = Rect { y: list.y + i as u16, height: 1, ..list };
        let style = if first + i == f.selected { theme.selection } else { theme.text };
        let shift = if person.on_shift { "" } else { "  (new shift)" };
        frame.render_widget(Block::new().style(style), at);
        frame.render_widget(Line::styled(format!(" {}{shift}", clean(&person.name)), style), at);
    }
    let [label, input] = labelled(secret);
    frame.render_widget(Line::from("PIN"), label);
    dots(frame, theme, input, f.pin.len(), typing && f.pin.len() > 0);
}

/// A field of which only the length is shown.
pub(super) fn dots(frame: &mut Frame, theme: &Theme, area: Rect, length: usize, focused: bool) {
    let style = if focused { theme.focus } else { theme.field };
    frame.render_widget(Block::new().style(style), area);
    let shown = length.min(usize::from(area.width).saturating_sub(1));
    frame.render_widget(Line::styled("•".repeat(shown), style), area);
    if focused {
        frame.set_cursor_position(Position::new(area.x + shown as u16, area.y));
    }
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
        _ => "Your PIN or face can sign you in once your passphrase was given.",
    };
    words(frame, intro, vec![Line::styled(why, theme.text)]);
    let typing = f.state == Unlocking::Typing;
    let labelled = |area: Rect| Layout::horizontal([Constraint::Length(13), Constraint::Min(0)]).areas(area);
    let [label, input] = labelled(login);
    frame.render_widget(Line::from("Login name"), label);
    field(frame, theme, input, &f.login, typing && !f.on_passphrase);
    let [label, input] = labelled(secret);
    frame.render_widget(Line::from("Passphrase"), label);
    dots(frame, theme, input, f.passphrase.len(), typing && f.on_passphrase);
    if status.is_some_and(|s| s.sealed) {
        let line = Line::styled("Until then nothing can be read and sync waits.", theme.muted);
        words(frame, note, vec![line]);
    }
}
