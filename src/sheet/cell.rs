//! Text that a spreadsheet would run as a formula gets an apostrophe in front, and loses it again when it comes back.

use std::borrow::Cow;

/// A character that begins a formula, or lets one begin (OWASP, CSV injection).
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '＝' | '＋' | '－' | '＠')
}

fn would_run(s: &str) -> bool {
    s.trim_start_matches('\'').starts_with(begins_formula)
}

/// As it is written.
pub fn safe(s: &str) -> Cow<'_, str> {
    if would_run(s) { Cow::Owned(format!("'{s}")) } else { Cow::Borrowed(s) }
}

/// As it was meant.
pub fn plain(s: &str) -> &str {
    s.strip_prefix('\'').filter(|_| would_run(s)).unwrap_or(s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_stay_text() {
        for bad in ["=1+1", "+977 98", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1"] {
            assert!(safe(bad).starts_with('\''), "{bad}");
        }
        for good in ["Nila", "O'Brien", "'s-Hertogenbosch", "38.5", ""] {
            assert_eq!(safe(good), good);
        }
    }

    proptest::proptest! {
        #[test]
        fn comes_back_as_it_was(s in "['=+@a\t-]{0,6}") {
            let written = safe(&s).into_owned();
            proptest::prop_assert_eq!(plain(&written), &s);
        }
    }
}
