//! Colours by meaning, read from TOML.

use std::{io::Read, path::PathBuf};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// The largest theme file.
const MAX_THEME: u64 = 64 * 1024;

/// Why a theme can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadTheme {
    /// Neither built in nor a readable file.
    #[error("theme '{0}': {1}: give dark, light, mono or the path of a theme file")]
    Unreadable(PathBuf, std::io::Error),
    /// Not a theme.
    #[error("the theme does not parse: {0}")]
    Parse(String),
    /// A colour that isn't one of the sixteen.
    #[error("the theme names a colour '{0}': use one of {names}", names = names())]
    Colour(String),
}

/// How everything looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub(crate) text: Style,
    pub(crate) muted: Style,
    pub(crate) accent: Style,
    pub(crate) good: Style,
    pub(crate) warning: Style,
    pub(crate) danger: Style,
    pub(crate) selection: Style,
    pub(crate) border: Style,
    pub(crate) title: Style,
    pub(crate) field: Style,
    pub(crate) focus: Style,
    pub(crate) key: Style,
    pub(crate) demo: Style,
    pub(crate) pictures: Pictures,
}

/// What the terminal can show of the camera's picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pictures {
    None,
    /// In the 256 colours of most terminals.
    Indexed,
    Exact,
}

/// The sixteen colours and the terminal's own.
const COLOURS: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("darkgray", Color::DarkGray),
    ("lightred", Color::LightRed),
    ("lightgreen", Color::LightGreen),
    ("lightyellow", Color::LightYellow),
    ("lightblue", Color::LightBlue),
    ("lightmagenta", Color::LightMagenta),
    ("lightcyan", Color::LightCyan),
    ("white", Color::White),
];

fn names() -> String {
    COLOURS.map(|(n, _)| n).join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    text: Ink,
    muted: Ink,
    accent: Ink,
    good: Ink,
    warning: Ink,
    danger: Ink,
    selection: Ink,
    border: Ink,
    title: Ink,
    field: Ink,
    focus: Ink,
    key: Ink,
    demo: Ink,
    pictures: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Ink {
    fg: Option<String>,
    bg: Option<String>,
    bold: bool,
    reversed: bool,
    underlined: bool,
}

impl Ink {
    fn style(&self) -> Result<Style, BadTheme> {
        let colour = |name: &Option<String>| match name {
            None => Ok(None),
            Some(n) => match COLOURS.iter().find(|(c, _)| c == n) {
                Some((_, c)) => Ok(Some(*c)),
                None => Err(BadTheme::Colour(n.chars().take(40).collect())),
            },
        };
        let mut style = Style::new();
        (style.fg, style.bg) = (colour(&self.fg)?, colour(&self.bg)?);
        let flags = [
            (self.bold, Modifier::BOLD),
            (self.reversed, Modifier::REVERSED),
            (self.underlined, Modifier::UNDERLINED),
        ];
        Ok(flags.into_iter().filter(|(on, _)| *on).fold(style, |s, (_, m)| s.add_modifier(m)))
    }
}

impl Theme {
    /// Reads a theme's text.
    ///
    /// # Errors
    /// What doesn't parse, or a colour that isn't one of the sixteen.
    pub fn parse(toml: &str) -> Result<Self, BadTheme> {
        let f: File = toml::from_str(toml).map_err(|e| BadTheme::Parse(e.to_string()))?;
        Ok(Self {
            text: f.text.style()?,
            muted: f.muted.style()?,
            accent: f.accent.style()?,
            good: f.good.style()?,
            warning: f.warning.style()?,
            danger: f.danger.style()?,
            selection: f.selection.style()?,
            border: f.border.style()?,
            title: f.title.style()?,
            field: f.field.style()?,
            focus: f.focus.style()?,
            key: f.key.style()?,
            demo: f.demo.style()?,
            pictures: if f.pictures { Pictures::Exact } else { Pictures::None },
        })
    }

    /// The theme of this name or in this file; without one, dark, or mono when `NO_COLOR` is set.
    ///
    /// # Errors
    /// A file that can't be read or isn't a theme.
    pub fn choose(wanted: Option<&str>, no_color: bool) -> Result<Self, BadTheme> {
        match wanted.unwrap_or(if no_color { "mono" } else { "dark" }) {
            "dark" => Self::parse(include_str!("../../themes/dark.toml")),
            "light" => Self::parse(include_str!("../../themes/light.toml")),
            "mono" => Self::parse(include_str!("../../themes/mono.toml")),
            path => {
                let mut text = String::new();
                // A device has no end; what is cut off is no theme.
                std::fs::File::open(path)
                    .and_then(|f| f.take(MAX_THEME).read_to_string(&mut text))
                    .map_err(|e| BadTheme::Unreadable(path.into(), e))?;
                Self::parse(&text)
            }
        }
    }

    /// The same theme with pictures as this terminal can show them.
    pub(crate) fn on_terminal(mut self, colorterm: &str, term: &str) -> Self {
        let exact = colorterm.contains("truecolor") || colorterm.contains("24bit");
        if self.pictures != Pictures::None && !exact {
            self.pictures = if term.contains("256") { Pictures::Indexed } else { Pictures::None };
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_themes_parse_and_mono_has_no_colour() {
        let dark = Theme::choose(Some("dark"), false).unwrap();
        let light = Theme::choose(Some("light"), false).unwrap();
        let mono = Theme::choose(None, true).unwrap();
        assert_ne!(dark, light);
        for s in [mono.text, mono.danger, mono.selection, mono.title, mono.focus, mono.demo] {
            assert_eq!((s.fg, s.bg), (None, None));
        }
        assert_eq!(mono.pictures, Pictures::None);
    }

    #[test]
    fn a_file_is_read_and_its_mistakes_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.toml");
        let dark = include_str!("../../themes/dark.toml");
        std::fs::write(&path, dark.replace("\"lightcyan\"", "\"pink\"")).unwrap();
        let e = Theme::choose(path.to_str(), false).unwrap_err().to_string();
        assert!(e.contains("'pink'") && e.contains("lightmagenta"), "{e}");
        let e = Theme::parse(&dark.replace("muted", "mutd")).unwrap_err().to_string();
        assert!(e.contains("mutd"), "{e}");
        assert!(Theme::choose(Some("/nowhere/at/all"), false).is_err());
    }

    #[test]
    fn pictures_follow_the_terminal() {
        let dark = Theme::choose(None, false).unwrap();
        assert_eq!(dark.clone().on_terminal("truecolor", "xterm").pictures, Pictures::Exact);
        assert_eq!(dark.clone().on_terminal("", "screen-256color").pictures, Pictures::Indexed);
        assert_eq!(dark.on_terminal("", "vt220").pictures, Pictures::None);
    }
}
