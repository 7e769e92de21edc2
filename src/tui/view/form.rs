//! A form over the screen that opened it.

use ratatui::{layout::Rect, text::Line};

use super::{
    super::{
        form::{Field, Form, Value},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, popup, width, words, wrap},
        words::Words,
    },
    sign_in::dots,
};

/// Columns of the form, its frame included.
const WIDTH: u16 = 74;
/// Columns of the labels.
const LABEL: u16 = 20;
/// Of a line with two marks, the columns of each.
const MARK: u16 = 25;

/// The line and the column of each field: marks that belong together stand two in a line.
fn places(fields: &[Field]) -> Vec<(u16, u16)> {
    let mut out: Vec<(u16, u16)> = Vec::new();
    let mut next = 0;
    for f in fields {
        let beside = match (&f.value, f.label, out.last()) {
            (Value::Mark { .. }, None, Some((line, 0))) => Some((*line, MARK)),
            _ => None,
        };
        out.push(beside.unwrap_or((next, 0)));
        next = out.last().map_or(0, |(line, _)| line + 1);
    }
    out
}

pub(super) fn draw(f: &Form, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let wide = WIDTH.min(area.width);
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let mut above = Vec::new();
    let told = [(&f.what, theme.text)].into_iter();
    let details = f.details.iter().map(|s| (s, theme.accent));
    for (saying, style) in told.chain(details).chain(f.warning.as_ref().map(|s| (s, theme.warning))) {
        let text = w.text(saying.clone());
        if !text.is_empty() {
            above.extend(
                wrap(&text, room).into_iter().map(|(a, b)| Line::styled(text[a..b].to_owned(), style)),
            );
        }
    }
    let places = places(&f.fields);
    let lines = places.last().map_or(0, |(line, _)| line + 1);
    let head = above.len() as u16 + 1;
    let height = (head + lines + 2).min(area.height);
    let inner = popup(frame, theme, area, &w.text(f.title.clone()), (wide, height));
    // Where the window is too low for all of it, the field that has the cursor is visible.
    let at = places.get(f.focus).map_or(0, |(line, _)| head + line);
    let hidden = (at + 1).saturating_sub(inner.height);
    let first = above.len().min(usize::from(hidden));
    words(frame, inner, above.split_off(first));
    for (i, (one, (line, column))) in f.fields.iter().zip(places).enumerate() {
        let Some(y) = (head + line).checked_sub(hidden).filter(|y| *y < inner.height) else { continue };
        let row = Rect { y: inner.y + y, height: 1, ..inner };
        let name = Rect { width: LABEL.min(row.width), ..row };
        let x = (name.right() + column).min(row.right());
        let value = Rect { x, width: row.right() - x, ..row };
        frame.target(if column == 0 { row } else { value }, Target::Field(i));
        let focused = f.focus == i && !f.sending;
        if let Some(label) = one.label {
            let style = if focused { theme.accent } else { theme.text };
            frame.render_widget(Line::styled(w.text(label), style), name);
        }
        draw_value(one, focused, w, theme, frame, value);
    }
}

fn draw_value(one: &Field, focused: bool, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let style = if focused { theme.focus } else { theme.text };
    match &one.value {
        Value::Choice { of, at } => {
            let text = of.get(*at).map_or_else(String::new, |s| w.text(s.clone()));
            frame.render_widget(Line::styled(format!("‹ {} ›", clean(&text)), style), area);
        }
        Value::Mark { words, on } => {
            let mark = if *on { 'x' } else { ' ' };
            frame.render_widget(Line::styled(format!("[{mark}] {}", w.text(words.clone())), style), area);
        }
        Value::Secret(secret) => dots(frame, theme, area, secret.len(), focused),
        Value::Text(input) => {
            let hint = one.hint.filter(|_| input.is_empty()).map(|key| w.text(key));
            field(frame, theme, area, input, focused);
            if let Some(hint) = hint.filter(|h| width(h) < usize::from(area.width)) {
                let style = if focused { theme.focus } else { theme.field };
                // Behind the cursor.
                let behind = Rect { x: area.x + 1, width: area.width - 1, ..area };
                frame.render_widget(Line::styled(hint, style.patch(theme.muted)), behind);
            }
        }
    }
}
