//! A patient's card: the camera that looks for one, the PIN, and the new card's code on the whole screen.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::{node::api::CardIssued, qr::Code};

use super::{
    super::{
        cards::CardPage,
        keymap::Action,
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{code as draw_code, panel, picture, placeholder, words, wrap},
        words::{Words, say},
    },
    sign_in::dots,
};

/// Columns for the words beside a code.
const BESIDE: u16 = 22;

pub(super) fn draw(page: &CardPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match page {
        CardPage::Look { picture: seen, looking, typed } => {
            let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
            let inner = panel(frame, theme, left, &w.text("card-camera"));
            let shown = seen.as_ref().is_some_and(|p| picture(frame, theme, inner, p));
            if !shown {
                let words = if *looking { "card-looking" } else { "card-not-looking" };
                placeholder(frame, theme.muted, inner, &w.text(words));
            }
            let inner = panel(frame, theme, right, &w.text("card-read-title"));
            let mut lines = vec![
                Line::styled(w.text("card-hold"), theme.accent),
                Line::from(""),
                Line::from(w.text("card-scanner")),
            ];
            if typed.len() > 0 {
                lines.extend([Line::from(""), Line::from(w.text(say!("card-typed", n = typed.len())))]);
            }
            if !looking {
                lines.extend([Line::from(""), Line::styled(w.text("card-look-again"), theme.accent)]);
            }
            lines.extend([Line::from(""), Line::styled(w.text("turn-instead"), theme.muted)]);
            words(frame, inner, lines);
        }
        CardPage::Pin { pin, sent, .. } => {
            let inner = panel(frame, theme, area, &w.text("card-pin-title"));
            let [_, intro, _, input, _] = fields(inner);
            words(frame, intro, vec![Line::from(w.text("card-pin-why"))]);
            secret(frame, theme, input, w.text("card-pin"), pin.len(), !sent);
        }
        CardPage::Choose { chart, reissue, pins } => {
            let inner = panel(frame, theme, area, &w.text(say!("card-choose-title", name = &chart.name)));
            let [_, intro, _, first, second] = fields(inner);
            let mut lines = vec![Line::from(w.text("card-choose-why"))];
            if *reissue {
                lines.push(Line::styled(w.text("card-reissue"), theme.warning));
            }
            words(frame, intro, lines);
            let typing = !pins.sent;
            secret(frame, theme, first, w.text("card-pin"), pins.first.len(), typing && !pins.on_second);
            if pins.on_second {
                secret(frame, theme, second, w.text("card-once-more"), pins.second.len(), typing);
            }
        }
        CardPage::Made { .. } => too_small(w, theme, frame, area),
    }
}

fn fields(inner: Rect) -> [Rect; 5] {
    Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(3),
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(inner)
}

fn secret(frame: &mut Sheet, theme: &Theme, area: Rect, label: String, length: usize, focused: bool) {
    let [name, input, _] =
        Layout::horizontal([Constraint::Length(16), Constraint::Length(14), Constraint::Min(0)]).areas(area);
    frame.render_widget(Line::from(label), name);
    dots(frame, theme, input, length, focused);
}

/// The code of a new card on the whole screen, the words beside it; false when the window is too small for it.
pub(super) fn made(card: &CardIssued, w: &Words, theme: &Theme, frame: &mut Sheet) -> bool {
    let all = frame.area();
    let Ok(code) = Code::new(&card.code.0) else { return false };
    let (wide, _) = code.cells();
    if all.width < wide + BESIDE || draw_code(frame, theme, all, &code).is_none() {
        return false;
    }
    let beside = Rect { x: all.x + wide + 1, width: all.width - wide - 1, ..all };
    let mut text = vec![
        Line::styled(w.text("card-name"), theme.accent),
        Line::from(w.text(say!("card-patient", id = card.patient.short()))),
        Line::from(w.text(say!("card-serial", id = card.serial.to_string()))),
        Line::from(""),
        Line::styled(w.text("card-copy"), theme.warning),
        Line::from(""),
    ];
    if card.ended > 0 {
        let ended = say!("card-ended", n = card.ended);
        text.extend([Line::styled(w.text(ended), theme.warning), Line::from("")]);
    }
    text.push(Line::from(w.text("card-lost")));
    let keys = [("p", "key-card-print", Action::Print), ("y", "key-card-done", Action::Yes)];
    let keys = keys.map(|(key, words, action)| (format!("{key}  {}", w.text(words)), action));
    let room = usize::from(beside.width).max(1);
    let rows = keys.each_ref().map(|(text, _)| Constraint::Length(wrap(text, room).len() as u16));
    let [above, print, done] = Layout::vertical([Constraint::Min(0), rows[0], rows[1]]).areas(beside);
    words(frame, above, text);
    for (at, (text, action)) in [print, done].into_iter().zip(keys) {
        frame.target(at, Target::Key(action));
        words(frame, at, vec![Line::styled(text, theme.key)]);
    }
    true
}

/// What stands in for a code that the window has no room for.
fn too_small(w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    placeholder(frame, theme.warning, area, &w.text("card-too-small"));
}
