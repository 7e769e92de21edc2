//! The menu: everything that can be done where the keyboard is, found by a word of it.

use crate::core::fold::folded;

use super::{
    input::Input,
    keymap::{Action, Binding, Place, entries},
    model::{Model, Page, Room},
    words::Words,
};

/// The menu while it is open.
#[derive(Debug)]
pub(crate) struct Menu {
    pub(crate) query: Input,
    pub(crate) selected: usize,
}

impl Default for Menu {
    fn default() -> Self {
        Self { query: Input::line(40), selected: 0 }
    }
}

impl Menu {
    /// The actions whose words, or key, hold every word that is typed.
    pub(crate) fn fitting(&self, model: &Model, words: &Words) -> Vec<&'static Binding> {
        let query = folded(self.query.text());
        let fits = |b: &&Binding| {
            let said = folded(&format!("{} {}", b.key(), words.text(b.words)));
            query.split_whitespace().all(|word| said.contains(word))
        };
        entries(Place::under_menu(model))
            .into_iter()
            .filter(|b| applies(model, b.action))
            .filter(fits)
            .collect()
    }
}

/// What has no meaning for the chart on the screen is left out: it would only say so.
fn applies(model: &Model, action: Action) -> bool {
    let Room::Inside(i) = &model.room else { return true };
    let Page::Chart(c) = &i.page else { return true };
    let Some(chart) = c.chart.ready() else { return true };
    match action {
        Action::Unarchive => chart.shelved.since.is_some(),
        Action::Decide => !chart.conflicts.is_empty(),
        _ => true,
    }
}
