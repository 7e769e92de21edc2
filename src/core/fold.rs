//! Text as it is compared when somebody searches.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Lower case without accents: what is typed finds what is meant.
pub fn folded(s: &str) -> String {
    s.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
