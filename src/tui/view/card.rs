//! A patient's card: the camera that looks for one, the PIN, and the new card's code on the whole screen.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::{node::api::CardIssued, qr::Code};

use super::{
    super::{
        cards::CardPage,
        theme::Theme,
        widgets::{clean, code as draw_code, panel, picture, placeholder, words},
    },
    sign_in::dots,
};

/// Columns for the words beside a code.
const BESIDE: u16 = 22;

pub(super) fn draw(page: &CardPage, theme: &Theme, frame: &mut Frame, area: Rect) {
    match page {
        CardPage::Look { picture: seen, looking, typed } => {
            let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
            let inner = panel(frame, theme, left, "Camera");
            let shown = seen.as_ref().is_some_and(|p| picture(frame.buffer_mut(), theme, inner, p));
            if !shown {
                let words = if *looking { "looking for a card …" } else { "the camera does not look" };
                placeholder(frame, theme.muted, inner, words);
            }
            let inner = panel(frame, theme, right, "Read a patient's card");
            let mut lines = vec![
                Line::styled("Hold the square code before the camera, flat and still.", theme.accent),
                Line::from(""),
                Line::from("A scanner that types works too: scan, then Enter."),
            ];
            if typed.len() > 0 {
                lines.extend([Line::from(""), Line::from(format!("{} characters typed", typed.len()))]);
            }
            if !looking {
                lines.extend([Line::from(""), Line::styled("Press Enter to look again.", theme.accent)]);
            }
            words(frame, inner, lines);
        }
        CardPage::Pin { pin, sent, .. } => {
            let inner = panel(frame, theme, area, "The patient's PIN");
            let [_, intro, _, input, _] = fields(inner);
            let why = "The card is read. Turn the keyboard to the patient: only they know the PIN.";
            words(frame, intro, vec![Line::from(why)]);
            secret(frame, theme, input, "PIN", pin.len(), !sent);
        }
        CardPage::Choose { chart, reissue, pins } => {
            let inner = panel(frame, theme, area, &format!("A card for {}", clean(&chart.name)));
            let [_, intro, _, first, second] = fields(inner);
            let mut lines =
                vec![Line::from("The patient chooses a PIN of 6 to 12 digits, and types it twice.")];
            if *reissue {
                let gone = "The card they had, and what it signed, ends for ever.";
                lines.push(Line::styled(gone, theme.warning));
            }
            words(frame, intro, lines);
            let typing = !pins.sent;
            secret(frame, theme, first, "PIN", pins.first.len(), typing && !pins.on_second);
            if pins.on_second {
                secret(frame, theme, second, "Once more", pins.second.len(), typing);
            }
        }
        CardPage::Made { .. } => too_small(theme, frame, area),
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

fn secret(frame: &mut Frame, theme: &Theme, area: Rect, label: &'static str, length: usize, focused: bool) {
    let [name, input, _] =
        Layout::horizontal([Constraint::Length(11), Constraint::Length(14), Constraint::Min(0)]).areas(area);
    frame.render_widget(Line::from(label), name);
    dots(frame, theme, input, length, focused);
}

/// The code of a new card on the whole screen, the words beside it; false when the window is too small for it.
pub(super) fn made(card: &CardIssued, theme: &Theme, frame: &mut Frame) -> bool {
    let all = frame.area();
    let Ok(code) = Code::new(&card.code.0) else { return false };
    let (wide, _) = code.cells();
    if all.width < wide + BESIDE || draw_code(frame, theme, all, &code).is_none() {
        return false;
    }
    let beside = Rect { x: all.x + wide + 1, width: all.width - wide - 1, ..all };
    let mut text = vec![
        Line::styled("Aidpost card", theme.accent),
        Line::from(format!("patient {}", card.patient.short())),
        Line::from(format!("serial {}", card.serial)),
        Line::from(""),
        Line::styled(
            "Photograph it with the patient's phone, or copy it to paper, now: it is kept nowhere.",
            theme.warning,
        ),
        Line::from(""),
    ];
    if card.ended > 0 {
        let ended =
            format!("{} consents of the old card have ended: let the patient sign them anew.", card.ended);
        text.extend([Line::styled(ended, theme.warning), Line::from("")]);
    }
    text.push(Line::from("A lost card is replaced with K on the consent screen."));
    text.push(Line::from(""));
    text.push(Line::styled("y  it is on paper: done", theme.key));
    words(frame, beside, text);
    true
}

/// What stands in for a code that the window has no room for.
fn too_small(theme: &Theme, frame: &mut Frame, area: Rect) {
    let say =
        "The card is made. Make the window larger (at least 67 by 23) to see its code; it is kept nowhere.";
    placeholder(frame, theme.warning, area, say);
}
