//! The menu: what is typed, and the actions that fit it.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Block,
};

use super::{
    super::{
        menu::Menu,
        model::Model,
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{field, pad, popup, words},
        words::Words,
    },
    window,
};

/// Columns of the keys.
const KEYS: usize = 12;
/// The most actions shown at once.
const SHOWN: u16 = 14;

pub(super) fn draw(model: &Model, menu: &Menu, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let fitting = menu.fitting(model, w);
    let inner = popup(frame, theme, area, &w.text("menu-title"), (60, SHOWN + 4));
    let [query, _, list] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(1), Constraint::Min(0)]).areas(inner);
    field(frame, theme, query, &menu.query, true);
    if fitting.is_empty() {
        return words(frame, list, vec![Line::styled(w.text("menu-none"), theme.warning)]);
    }
    let (first, shown) = window(&fitting, menu.selected, list.height);
    for (i, binding) in shown.iter().enumerate() {
        let row = Rect { y: list.y + i as u16, height: 1, ..list }.intersection(list);
        let on = first + i == menu.selected;
        let (plain, key) = if on { (theme.selection, theme.selection) } else { (theme.text, theme.key) };
        frame.target(row, Target::Row(first + i));
        frame.render_widget(Block::new().style(plain), row);
        let keys = Span::styled(pad(&binding.key(), KEYS), key);
        frame.render_widget(Line::from(vec![keys, Span::styled(w.text(binding.words), plain)]), row);
    }
}
