//! The menu: an action is found by a word and done as if its key had been pressed.

use crossterm::event::KeyEvent;

use super::{
    super::{
        keymap::{self, Action, Place},
        model::Model,
        msg::Effect,
        words::Words,
    },
    act as dispatch, moved,
};

pub(super) fn press(model: &mut Model, words: &Words, key: &KeyEvent) -> Vec<Effect> {
    match (keymap::action(Place::Menu, key), keymap::typed(key)) {
        (Some(action), _) => act(model, words, action),
        (None, Some(c)) => {
            type_text(model, c.encode_utf8(&mut [0; 4]));
            Vec::new()
        }
        (None, None) => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, words: &Words, action: Action) -> Vec<Effect> {
    let Some(menu) = &model.menu else { return Vec::new() };
    let fitting = menu.fitting(model, words);
    match action {
        Action::Accept => match fitting.get(menu.selected) {
            Some(binding) => run(model, binding.action),
            None => Vec::new(),
        },
        Action::Back | Action::Menu => {
            model.menu = None;
            Vec::new()
        }
        Action::Edit(edit) => {
            if let Some(menu) = &mut model.menu
                && menu.query.edit(edit)
            {
                menu.selected = 0;
            }
            Vec::new()
        }
        Action::Up | Action::Down => {
            if let Some(menu) = &mut model.menu {
                menu.selected = moved(menu.selected, fitting.len(), action);
            }
            Vec::new()
        }
        elsewhere => run(model, elsewhere),
    }
}

/// Closes the menu and does this in its place.
fn run(model: &mut Model, action: Action) -> Vec<Effect> {
    model.menu = None;
    model.notice = None;
    let place = Place::of(model);
    dispatch(model, place, action)
}

pub(super) fn type_text(model: &mut Model, text: &str) {
    if let Some(menu) = &mut model.menu
        && menu.query.insert(text)
    {
        menu.selected = 0;
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::tui::{
        fixtures::{Driver, calls},
        keymap::Action,
        model::{Load, Page, Room},
        msg::Call,
        words::{Language, Words},
    };

    #[test]
    fn an_action_is_found_by_its_words_and_done() {
        let mut d = Driver::chart();
        d.press(KeyCode::F(10));
        assert!(d.model.menu.is_some());
        d.keys("cons");
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Consent(crate::tui::fixtures::ABEBA)]);
        assert!(d.model.menu.is_none());
        assert!(matches!(d.model.page(), Some(Page::Consent(..))));
    }

    #[test]
    fn what_has_no_meaning_for_this_chart_is_not_offered() {
        let mut d = Driver::chart();
        d.press(KeyCode::F(10));
        let words = Words::new(Language::English, jiff::tz::TimeZone::UTC);
        let offered = |d: &Driver| -> Vec<Action> {
            d.model.menu.as_ref().unwrap().fitting(&d.model, &words).iter().map(|b| b.action).collect()
        };
        assert!(!offered(&d).iter().any(|a| matches!(a, Action::Unarchive | Action::Decide)));
        if let Some(Page::Chart(c)) = d.model.page()
            && let Load::Ready(chart) = &mut c.chart
        {
            chart.shelved.since = Some(0);
        }
        assert!(offered(&d).contains(&Action::Unarchive));
    }

    #[test]
    fn letters_are_typed_in_the_menu_and_do_nothing_below_it() {
        let mut d = Driver::chart();
        d.ctrl('p');
        assert!(d.keys("n").is_empty());
        assert!(matches!(d.model.page(), Some(Page::Chart(_))), "n writes a visit only outside");
        d.keys("othing of that name");
        assert!(d.press(KeyCode::Enter).is_empty(), "nothing fits");
        d.press(KeyCode::Esc);
        assert!(d.model.menu.is_none());
        d.keys("n");
        assert!(matches!(d.model.page(), Some(Page::Visit(..))));
    }

    #[test]
    fn it_is_searched_in_the_language_of_the_screen_without_accents() {
        let mut d = Driver::inside();
        d.words = Words::new(Language::French, jiff::tz::TimeZone::UTC);
        d.press(KeyCode::F(10));
        d.keys("reseau");
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Mesh]);
    }

    #[test]
    fn up_and_down_choose_and_locking_closes_it() {
        let mut d = Driver::inside();
        d.press(KeyCode::F(10));
        d.press(KeyCode::Down);
        d.press(KeyCode::Down);
        d.press(KeyCode::Up);
        assert_eq!(d.model.menu.as_ref().unwrap().selected, 1);
        d.wait(crate::core::auth::IDLE);
        assert!(d.model.menu.is_none() && matches!(d.model.room, Room::SignIn(_)));
    }
}
