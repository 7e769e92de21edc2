//! A paper before the camera, and the picture that was taken of it.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use crate::node::api::PaperLook;

use super::super::{
    photograph::{Looking, Paper},
    sheet::Sheet,
    theme::Theme,
    widgets::{panel, picture, placeholder, words},
    words::{Words, say},
};

pub(super) fn draw(paper: &Paper, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [left, right] = Layout::horizontal([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let (title, seen, waits) = match paper {
        Paper::Looking(l) if l.stopped => ("photograph-before", None, "photograph-stopped"),
        Paper::Looking(l) => ("photograph-before", l.seen.as_ref(), "photograph-waiting"),
        Paper::Taken(look, _) => ("photograph-taken", Some(look), "photograph-waiting"),
    };
    let inner = panel(frame, theme, left, &w.text(title));
    match seen {
        None => placeholder(frame, theme.muted, inner, &w.text(waits)),
        Some(look) if !picture(frame, theme, inner, &look.preview) => {
            placeholder(frame, theme.muted, inner, &w.text("photograph-not-shown"));
        }
        Some(_) => {}
    }
    let inner = panel(frame, theme, right, &w.text("photograph-title"));
    let lines = match paper {
        Paper::Looking(l) => looking(l, w, theme),
        Paper::Taken(look, _) => taken(look, w, theme),
    };
    words(frame, inner, lines);
}

fn looking<'a>(l: &Looking, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = vec![Line::from(w.text("photograph-how")), Line::from("")];
    if let Some(look) = l.seen.as_ref().filter(|_| !l.stopped) {
        lines.push(match &look.problem {
            Some(problem) => Line::styled(w.node(problem), theme.warning),
            None => Line::styled(w.text("photograph-good"), theme.good),
        });
        lines.push(Line::from(""));
        lines.push(Line::styled(pixels(look, w), theme.muted));
    }
    lines
}

fn taken<'a>(look: &PaperLook, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let size = w.bytes(look.taken.unwrap_or(0));
    vec![
        Line::from(w.text("photograph-look")),
        Line::from(""),
        Line::styled(format!("{}, {size}", pixels(look, w)), theme.muted),
        Line::from(""),
        Line::styled(w.text("photograph-nowhere"), theme.muted),
    ]
}

fn pixels(look: &PaperLook, w: &Words) -> String {
    w.text(say!("photograph-pixels", width = look.width.to_string(), height = look.height.to_string()))
}
