//! What people read: messages in their language, numbers and days as their place writes them.
//!
//! A message has a name and arguments; the files in `locales/` hold its words. Views are given the words as they are
//! given the theme, so what the model holds is the same in every language.
//!
//! - [`Saying`]: a message with its arguments, as data.
//! - `language`: which languages there are, and which one is wanted.
//! - `places`: how numbers, days and times are written.
//! - `codes`: the messages for what comes in fixed sets: roles, purposes, vital signs.

mod codes;
mod language;
mod places;
mod saying;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use jiff::tz::TimeZone;

use super::widgets::clean;

pub use self::language::{Language, UnknownLanguage};
pub(crate) use self::{
    codes::{bad_record, doubt, field_name, gender, kind, part, purpose, reason, role, verdict, vital},
    saying::{Arg, Saying, say},
};

type Bundle = FluentBundle<FluentResource>;

/// The words of one language, and the customs of the place.
pub(crate) struct Words {
    language: Language,
    /// Times are shown in this zone.
    zone: TimeZone,
    own: Bundle,
    /// Stands in for what is missing.
    english: Bundle,
    /// The node's fixed sentences, by their English words.
    node: HashMap<String, String>,
}

impl Words {
    /// The words of this language; times are those of `zone`.
    pub(crate) fn new(language: Language, zone: TimeZone) -> Self {
        let (own, english) = (bundle(language), bundle(Language::English));
        let mut words = Self { language, zone, own, english, node: HashMap::new() };
        if language != Language::English {
            words.node = codes::NODE.iter().map(|key| (words.english(key), words.text(*key))).collect();
        }
        words
    }

    /// A message in words. What others wrote in it can neither move the cursor nor turn the direction of reading.
    pub(crate) fn text(&self, saying: impl Into<Saying>) -> String {
        match saying.into() {
            Saying::Message { key, args } => self.message(&[&self.own, &self.english], key, &args),
            Saying::Node(text) => self.node(&text),
        }
    }

    /// What the node said: its fixed sentences in this language, anything else as it came.
    pub(crate) fn node(&self, text: &str) -> String {
        clean(self.node.get(text).map_or(text, String::as_str))
    }

    /// Several things the node said, in a row.
    pub(crate) fn nodes(&self, texts: &[String]) -> String {
        texts.iter().map(|t| self.node(t)).collect::<Vec<_>>().join(", ")
    }

    fn english(&self, key: &'static str) -> String {
        self.message(&[&self.english], key, &[])
    }

    fn message(&self, bundles: &[&Bundle], key: &'static str, args: &[(&'static str, Arg)]) -> String {
        let found = bundles.iter().find_map(|b| Some((*b, b.get_message(key)?.value()?)));
        let Some((bundle, pattern)) = found else {
            // The tests compare every name in the code with the files.
            debug_assert!(false, "no message '{key}'");
            return key.to_owned();
        };
        let mut given = FluentArgs::new();
        for (name, arg) in args {
            given.set(*name, arg.value(self));
        }
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&given), &mut errors).into_owned();
        debug_assert!(errors.is_empty(), "message '{key}': {errors:?}");
        text
    }
}

fn bundle(language: Language) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![language.tag()]);
    // The marks that isolate arguments of the other direction are shown as boxes by many terminals.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(places::formatter(language)));
    for text in language.files() {
        // What doesn't parse is left out here, and fails a test.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(r, _)| r);
        bundle.add_resource_overriding(resource);
    }
    bundle
}
