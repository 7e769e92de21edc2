//! What people read: messages in their language, numbers and days as their place writes them.
//!
//! A message has a name and arguments; the files in `locales/` hold its words. Views are given the words as they are
//! given the theme, so what the model holds is the same in every language.
//!
//! - [`Saying`]: a message with its arguments, as data.
//! - `language`: which languages there are, and which one is wanted.
//! - `places`: how numbers, days and times are written.
//! - `codes`: the messages for what comes in fixed sets: roles, purposes, vital signs.
//! - `usual`: what is usual of a vital sign.
//! - `doctor`: what the node says of the terminal, and of what somebody may not do.

mod codes;
mod doctor;
mod findings;
mod language;
mod places;
mod saying;
mod usual;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use jiff::tz::TimeZone;

use crate::fhir::medicines::UNNAMED;

use super::widgets::clean;

pub use self::language::{Language, UnknownLanguage};
pub(crate) use self::{
    codes::{
        bad_record, dimension, doubt, erasure_reason, field_name, gender, heading, kind, org_kind, part,
        purpose, reason, relation, role, verdict, vital,
    },
    findings::{bad_next, bad_visit, done, ended, ends, finding},
    saying::{Arg, Saying, say},
    usual::usual,
};

/// Stands for a number in the shape of a sentence.
const NUMBER: &str = "#";
/// Before the reasons of a refusal.
const NOT_ALLOWED: &str = "not allowed: ";

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
    /// Those with numbers in them, by their English words with a sign for each number.
    numbered: HashMap<String, fn([String; 3]) -> Saying>,
}

impl Words {
    /// The words of this language; times are those of `zone`.
    pub(crate) fn new(language: Language, zone: TimeZone) -> Self {
        let (own, english) = (bundle(language), bundle(Language::English));
        let (node, numbered) = (HashMap::new(), HashMap::new());
        let mut words = Self { language, zone, own, english, node, numbered };
        if language != Language::English {
            let fixed = codes::NODE.iter().chain(doctor::FIXED);
            words.node = fixed.map(|key| (words.english(*key), words.text(*key))).collect();
            let signs = || [(); 3].map(|()| NUMBER.to_owned());
            let numbered = codes::NUMBERED.iter().chain(doctor::NUMBERED);
            words.numbered = numbered.map(|say| (words.english(say(signs())), *say)).collect();
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
        match self.known(text) {
            Some(translated) => clean(&translated),
            None => clean(text),
        }
    }

    /// The same, if it is a sentence of the node's that has words here.
    fn known(&self, text: &str) -> Option<String> {
        if let Some(said) = doctor::plain(text, self) {
            return Some(said);
        }
        if let Some(reference) = text.strip_prefix(UNNAMED) {
            return Some(self.text(say!("node-unnamed", reference = reference)));
        }
        if let Some(reasons) = text.strip_prefix(NOT_ALLOWED) {
            let why = reasons.split("; ").map(|r| self.node(r)).collect::<Vec<_>>().join("; ");
            return Some(self.text(say!("node-not-allowed", why = why)));
        }
        if self.language == Language::English {
            return None;
        }
        if let Some(found) = self.node.get(text) {
            return Some(found.clone());
        }
        let numbers: Vec<&str> =
            text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).collect();
        let [a, b, c] = [0, 1, 2].map(|i| numbers.get(i).copied().unwrap_or_default().to_owned());
        let pieces = text.split(|c: char| c.is_ascii_digit());
        let mut shape = String::new();
        for (i, piece) in pieces.enumerate() {
            // Two digits have nothing between them.
            if i > 0 && !shape.ends_with(NUMBER) {
                shape.push_str(NUMBER);
            }
            shape.push_str(piece);
        }
        self.numbered.get(&shape).map(|say| self.text(say([a, b, c])))
    }

    /// Several things the node said, in a row.
    pub(crate) fn nodes(&self, texts: &[String]) -> String {
        texts.iter().map(|t| self.node(t)).collect::<Vec<_>>().join(", ")
    }

    fn english(&self, saying: impl Into<Saying>) -> String {
        match saying.into() {
            Saying::Message { key, args } => self.message(&[&self.english], key, &args),
            Saying::Node(text) => text,
        }
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
