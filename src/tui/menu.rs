//! The menu: everything that can be done where the keyboard is, found by a word of it.

use crate::core::fold::folded;

use super::{
    input::Input,
    keymap::{Binding, Place, entries},
    model::Model,
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
        entries(Place::under_menu(model)).into_iter().filter(fits).collect()
    }
}
