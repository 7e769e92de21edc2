//! Text into lines, and lines into runs of one font and one direction.

use super::fonts::{Fonts, unseen};

/// A piece of a line that is drawn at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) font: usize,
    pub(super) text: String,
    /// Points.
    pub(super) width: f32,
}

/// Letters of scripts that are written from the right.
fn from_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// Belongs to whatever stands around it.
fn neutral(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Runs of a text without line ends. Letters that no font has were refused before.
pub(super) fn runs(fonts: &mut Fonts, text: &str, size: f32) -> Vec<Run> {
    let mut out: Vec<(Run, bool)> = Vec::new();
    for c in text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()) {
        let font = if unseen(c) { None } else { fonts.of(c) };
        let width = font.map_or(0.0, |f| fonts.width(f, c, size));
        match out.last_mut() {
            Some((run, right))
                if font.is_none_or(|f| f == run.font) && (neutral(c) || from_right(c) == *right) =>
            {
                run.text.push(c);
                run.width += width;
            }
            _ => {
                let run = Run { font: font.unwrap_or(0), text: c.into(), width };
                out.push((run, from_right(c)));
            }
        }
    }
    out.into_iter().map(|(r, _)| r).collect()
}

/// Points that a text takes on one line.
pub(super) fn width(fonts: &mut Fonts, text: &str, size: f32) -> f32 {
    runs(fonts, text, size).iter().map(|r| r.width).sum()
}

/// A text as lines of at most so many points. A word that is longer than a line is broken.
pub(super) fn lines(fonts: &mut Fonts, text: &str, size: f32, most: f32) -> Vec<String> {
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
            if width(fonts, &longer, size) <= most {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                out.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if width(fonts, &line, size) > most && line.chars().count() > 1 {
                    line.pop();
                    out.push(std::mem::replace(&mut line, c.into()));
                }
            }
        }
        out.push(line);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_nothing_is_too_wide() {
        let mut f = Fonts::with(Vec::new());
        let text = "one two three four\n\nfive ".to_string() + &"x".repeat(60);
        let all = lines(&mut f, &text, 10.0, 80.0);
        assert!(all.iter().all(|l| width(&mut f, l, 10.0) <= 80.0), "{all:?}");
        assert_eq!(all[..2], ["one two three", "four"]);
        assert_eq!(all[2], "", "an empty line stays");
        let there = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(there(&all.concat()), there(&text));
    }

    #[test]
    fn a_run_has_one_direction() {
        let mut f = Fonts::with(Vec::new());
        let all = runs(&mut f, "Mohammed (محمد علي) b", 10.0);
        let texts: Vec<&str> = all.iter().map(|r| r.text.as_str()).collect();
        assert_eq!(texts, ["Mohammed (", "محمد علي) ", "b"]);
        assert!(runs(&mut f, "a\u{7}\u{200d}b", 10.0).iter().all(|r| !r.text.contains('\u{7}')));
    }
}
