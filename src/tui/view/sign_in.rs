//! Sign-in: the camera's picture, a name and its PIN, or login name and passphrase.

use ratatui::{
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
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, panel, picture, placeholder, words},
        words::{Saying, Words, say},
    },
    window,
};

/// Columns of the labels before a field.
const LABEL: u16 = 21;

pub(super) fn draw(model: &Model, screen: &SignIn, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match &screen.way {
        Way::Starting { .. } => {
            let inner = panel(frame, theme, area, &w.text("sign-in-title"));
            placeholder(frame, theme.muted, inner, &w.text("sign-in-asking"));
        }
        Way::Face(f) => face(model, f, w, theme, frame, area),
        Way::Pin(f) => pin(model, f, w, theme, frame, area),
        Way::Passphrase(f) => passphrase(model, f, w, theme, frame, area),
    }
}

fn face(model: &Model, f: &Face, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(34)]).areas(area);
    let camera = model.status.as_ref().and_then(|s| s.camera.clone());
    let inner = panel(frame, theme, left, &camera.unwrap_or_else(|| w.text("sign-in-camera")));
    let resting = f.state == FaceState::Resting;
    mirror(f.picture.as_ref(), resting, w, theme, frame, inner);
    let inner = panel(frame, theme, right, &w.text("sign-in-by-face"));
    let mut lines = vec![Line::from("")];
    lines.extend(match &f.state {
        FaceState::Moving(p) => asked(p, w, theme),
        state => standing(state, model.now, w, theme),
    });
    lines.push(Line::from(""));
    if f.state.running() {
        lines.push(Line::styled(w.text("sign-in-instead"), theme.muted));
        lines.push(Line::from(""));
    }
    lines.extend(model.status.iter().filter_map(|s| s.faces.as_ref()).flat_map(|s| odds(s, w, theme)));
    lines.push(Line::styled(w.text("sign-in-never-stored"), theme.muted));
    words(frame, inner, lines);
}

/// What the camera sees, or words where the terminal shows no pictures.
pub(super) fn mirror(
    p: Option<&Preview>,
    resting: bool,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    if p.is_some_and(|p| picture(frame, theme, area, p)) {
        return;
    }
    let seen = match p {
        None if resting => return,
        None => "mirror-waiting",
        Some(p) if p.face.is_some() => "mirror-face",
        Some(_) => "mirror-no-face",
    };
    placeholder(frame, theme.muted, area, &w.text(seen));
}

/// What the person is asked to do: an arrow that can be seen from a step away, words, and how far they are.
pub(super) fn asked<'a>(p: &Prompt, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
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
    lines.push(Line::styled(format!("{}.", capital(&w.node(&p.words))), theme.accent));
    let dots: Vec<&str> = (0..p.of).map(|n| if n < p.done { "●" } else { "○" }).collect();
    lines.push(Line::styled(dots.join(" "), theme.good));
    lines
}

/// With a capital letter at the beginning.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn standing<'a>(state: &FaceState, now: Millis, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let tries = |left: u32| say!("tries-left", n = left);
    let stopped = |words: Saying, then: &'static str| {
        vec![Line::styled(w.text(words), theme.danger), Line::from(""), Line::from(w.text(then))]
    };
    match state {
        FaceState::Looking { hint } => {
            let mut lines = vec![Line::styled(w.text("face-look"), theme.accent)];
            if let Some(h) = hint {
                lines.extend([Line::from(""), Line::styled(w.node(h), theme.warning)]);
            }
            lines
        }
        FaceState::Moving(_) => Vec::new(),
        FaceState::Resting => vec![
            Line::styled(w.text("face-locked"), theme.accent),
            Line::from(""),
            Line::from(w.text("face-begin")),
        ],
        FaceState::NotRecognised { left } => {
            stopped(say!("face-not-recognised", left = tries(*left)), "face-again")
        }
        FaceState::NotLive { left, because } => {
            stopped(say!("face-not-live", why = w.node(because), left = tries(*left)), "face-again")
        }
        FaceState::Wait { until } => match until.saturating_sub(now).div_ceil(1000) {
            0 => {
                let can = Line::styled(w.text("face-can-try"), theme.accent);
                vec![can, Line::from(""), Line::from(w.text("face-again"))]
            }
            left => stopped(say!("face-wait", seconds = left), "face-then"),
        },
        FaceState::Failed(fault) => stopped(Saying::Node(fault.clone()), "face-again"),
    }
}

/// How often a stranger would be taken for somebody enrolled.
fn odds<'a>(s: &FaceStatus, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let one_in = |rate: f64| {
        let n = (1.0 / rate.max(1e-12)).round() as u64;
        // Two digits are all that the figure is worth.
        let scale = 10u64.pow(n.max(1).ilog10().saturating_sub(1));
        n / scale * scale
    };
    let mut lines = vec![Line::styled(w.text(say!("odds-enrolled", n = s.enrolled)), theme.muted)];
    if s.enrolled > 0 {
        lines.push(Line::styled(w.text(say!("odds-attempt", n = one_in(s.fmr_attempt))), theme.muted));
        lines.push(Line::styled(w.text(say!("odds-comparison", n = one_in(s.fmr))), theme.muted));
    }
    if s.infrared {
        lines.push(Line::styled(w.text("odds-infrared"), theme.muted));
    }
    if let Some(problem) = &s.problem {
        lines.push(Line::styled(w.node(problem), theme.danger));
    }
    lines
}

/// A name from the list, and a PIN.
fn pin(model: &Model, f: &PinForm, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let people = model.status.as_ref().map_or(&[][..], |s| &s.people);
    let fitting = f.fitting(people);
    let rows = u16::try_from(fitting.len()).unwrap_or(u16::MAX).clamp(1, 12);
    let [area] = Layout::horizontal([Constraint::Length(64)]).flex(Flex::Center).areas(area);
    let height = (rows + 8).min(area.height);
    let [area] = Layout::vertical([Constraint::Length(height)]).flex(Flex::Center).areas(area);
    let inner = panel(frame, theme, area, &w.text("sign-in-by-pin"));
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
    words(frame, intro, vec![Line::styled(w.text("pin-how"), theme.text)]);
    let labelled =
        |area: Rect| Layout::horizontal([Constraint::Length(LABEL), Constraint::Min(0)]).areas(area);
    let [label, input] = labelled(name);
    frame.render_widget(Line::from(w.text("pin-name")), label);
    field(frame, theme, input, &f.name, typing && f.pin.len() == 0);
    let [_, list] = labelled(list);
    if fitting.is_empty() {
        frame.render_widget(Line::styled(w.text("pin-nobody"), theme.warning), list);
    }
    let (first, shown) = window(&fitting, f.selected, list.height);
    for (i, person) in shown.iter().enumerate() {
        let at = Rect { y: list.y + i as u16, height: 1, ..list };
        let style = if first + i == f.selected { theme.selection } else { theme.text };
        let shift = if person.on_shift { String::new() } else { format!("  ({})", w.text("pin-new-shift")) };
        frame.target(at, Target::Row(first + i));
        frame.render_widget(Block::new().style(style), at);
        frame.render_widget(Line::styled(format!(" {}{shift}", clean(&person.name)), style), at);
    }
    let [label, input] = labelled(secret);
    frame.render_widget(Line::from(w.text("pin-pin")), label);
    dots(frame, theme, input, f.pin.len(), typing && f.pin.len() > 0);
}

/// A field of which only the length is shown.
pub(super) fn dots(frame: &mut Sheet, theme: &Theme, area: Rect, length: usize, focused: bool) {
    let style = if focused { theme.focus } else { theme.field };
    frame.render_widget(Block::new().style(style), area);
    let shown = length.min(usize::from(area.width).saturating_sub(1));
    frame.render_widget(Line::styled("•".repeat(shown), style), area);
    if focused {
        frame.set_cursor_position(Position::new(area.x + shown as u16, area.y));
    }
}

fn passphrase(model: &Model, f: &PassphraseForm, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [area] = Layout::horizontal([Constraint::Length(64)]).flex(Flex::Center).areas(area);
    let [area] = Layout::vertical([Constraint::Length(14)]).flex(Flex::Center).areas(area);
    let inner = panel(frame, theme, area, &w.text("sign-in-by-passphrase"));
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
        Some(s) if s.sealed => "passphrase-sealed",
        Some(s) if s.face_possible && s.camera.is_some() => "passphrase-camera",
        _ => "passphrase-once",
    };
    words(frame, intro, vec![Line::styled(w.text(why), theme.text)]);
    let typing = f.state == Unlocking::Typing;
    let labelled =
        |area: Rect| Layout::horizontal([Constraint::Length(LABEL), Constraint::Min(0)]).areas(area);
    frame.target(login, Target::Field(0));
    frame.target(secret, Target::Field(1));
    let [label, input] = labelled(login);
    frame.render_widget(Line::from(w.text("passphrase-login")), label);
    field(frame, theme, input, &f.login, typing && !f.on_passphrase);
    let [label, input] = labelled(secret);
    frame.render_widget(Line::from(w.text("passphrase-passphrase")), label);
    dots(frame, theme, input, f.passphrase.len(), typing && f.on_passphrase);
    if status.is_some_and(|s| s.sealed) {
        let line = Line::styled(w.text("passphrase-until"), theme.muted);
        words(frame, note, vec![line]);
    }
}
