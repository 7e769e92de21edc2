//! A text field's content and cursor. What is typed or pasted never holds control characters.

use std::fmt;

use unicode_segmentation::UnicodeSegmentation;
use zeroize::{Zeroize, Zeroizing};

/// How a key changes a text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
}

/// One text field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Input {
    text: String,
    /// A byte position on a character boundary of `text`.
    cursor: usize,
    limit: usize,
    lines: bool,
}

impl Input {
    /// An empty field of one line for at most `limit` characters.
    pub(crate) fn line(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// An empty field that may hold line breaks.
    pub(crate) fn lines(limit: usize) -> Self {
        Self { limit, lines: true, ..Self::default() }
    }

    /// The same field holding this text, the cursor behind it.
    pub(crate) fn with(mut self, text: &str) -> Self {
        self.clear();
        self.insert(text);
        self
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn cursor(&self) -> usize {
        self.cursor
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.cursor = 0;
    }

    /// Puts in what fits and can be shown; true when something changed.
    pub(crate) fn insert(&mut self, typed: &str) -> bool {
        let mut room = self.limit.saturating_sub(self.text.chars().count());
        let mut changed = false;
        for c in typed.chars() {
            let c = if c == '\r' { '\n' } else { c };
            let fits = if c == '\n' { self.lines } else { !c.is_control() };
            if room > 0 && fits {
                self.text.insert(self.cursor, c);
                self.cursor += c.len_utf8();
                room -= 1;
                changed = true;
            }
        }
        changed
    }

    /// Moves the cursor or deletes, by what people take for one character; true when the text changed.
    pub(crate) fn edit(&mut self, edit: Edit) -> bool {
        let before = self.text[..self.cursor].graphemes(true).next_back().map_or(0, str::len);
        let after = self.text[self.cursor..].graphemes(true).next().map_or(0, str::len);
        match edit {
            Edit::Left => self.cursor -= before,
            Edit::Right => self.cursor += after,
            Edit::Home => self.cursor = 0,
            Edit::End => self.cursor = self.text.len(),
            Edit::Backspace if before > 0 => {
                self.cursor -= before;
                self.text.drain(self.cursor..self.cursor + before);
                return true;
            }
            Edit::Delete if after > 0 => {
                self.text.drain(self.cursor..self.cursor + after);
                return true;
            }
            Edit::Backspace | Edit::Delete => {}
        }
        false
    }
}

/// The most characters of a passphrase that can be typed.
const SECRET: usize = 200;

/// A passphrase being typed: never printed, wiped when it goes. Only its end can be edited.
pub(crate) struct Secret(Zeroizing<String>);

impl Default for Secret {
    fn default() -> Self {
        // Room for all of it at once, so that growing leaves no copies behind.
        Self(Zeroizing::new(String::with_capacity(SECRET * 4)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    pub(crate) fn len(&self) -> usize {
        self.0.chars().count()
    }

    pub(crate) fn insert(&mut self, typed: &str) {
        for c in typed.chars().filter(|c| !c.is_control()) {
            if self.len() < SECRET {
                self.0.push(c);
            }
        }
    }

    pub(crate) fn backspace(&mut self) {
        self.0.pop();
    }

    /// Hands the passphrase over and begins anew.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(self).0.as_str().to_owned()
    }

    pub(crate) fn clear(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_happen_at_the_cursor_in_any_script() {
        let mut i = Input::line(20).with("Ngô Thị");
        assert!(i.edit(Edit::Backspace));
        i.edit(Edit::Home);
        i.insert("é");
        assert_eq!((i.text(), i.cursor()), ("éNgô Th", 2));
        assert!(i.edit(Edit::Delete));
        assert_eq!(i.text(), "égô Th");
        i.edit(Edit::End);
        assert!(!i.edit(Edit::Delete));
    }

    #[test]
    fn marks_are_deleted_with_the_letter_that_bears_them() {
        let mut i = Input::line(20).with("ae\u{301}👨‍👩‍👧");
        assert!(i.edit(Edit::Backspace));
        assert_eq!(i.text(), "ae\u{301}");
        i.edit(Edit::Left);
        assert_eq!(i.cursor(), 1);
        assert!(i.edit(Edit::Delete));
        assert_eq!(i.text(), "a");
    }

    #[test]
    fn control_characters_and_what_is_too_long_stay_out() {
        let mut i = Input::line(5);
        i.insert("a\u{1b}[31m\nb\tcdef");
        assert_eq!(i.text(), "a[31m");
        let mut note = Input::lines(9);
        note.insert("one\r\u{7}two");
        assert_eq!(note.text(), "one\ntwo");
    }

    #[test]
    fn a_secret_is_handed_over_once_and_never_printed() {
        let mut s = Secret::default();
        s.insert("correct horse");
        s.backspace();
        assert_eq!(format!("{s:?}"), "Secret(…)");
        assert_eq!(s.take(), "correct hors");
        assert_eq!(s.len(), 0);
    }
}
