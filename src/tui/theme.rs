//! Colours by meaning, read from TOML, as many of them as the terminal has.

use std::{io::Read, path::PathBuf};

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

/// The largest theme file.
const MAX_THEME: u64 = 64 * 1024;

/// Why a theme can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadTheme {
    /// Neither built in nor a readable file.
    #[error("theme '{0}': {1}: give {names} or the path of a theme file", names = built_in())]
    Unreadable(PathBuf, std::io::Error),
    /// Not a theme.
    #[error("the theme does not parse: {0}: correct the file, or give {names}", names = built_in())]
    Parse(String),
    /// Neither #rrggbb nor one of the sixteen.
    #[error("the theme names a colour '{0}': use #rrggbb or one of {names}", names = names())]
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

/// The built-in themes.
const THEMES: [(&str, &str); 5] = [
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("colour-blind", include_str!("../../themes/colour-blind.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

fn names() -> String {
    COLOURS.map(|(n, _)| n).join(", ")
}

fn built_in() -> String {
    THEMES.map(|(n, _)| n).join(", ")
}

/// The colours that a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// None.
    Mono,
    /// The sixteen.
    Sixteen,
    /// Those and 240 fixed ones.
    Indexed,
    /// Any.
    Exact,
}

impl Depth {
    /// What the values of `COLORTERM` and `TERM` say.
    pub fn of(colorterm: &str, term: &str) -> Self {
        if colorterm.contains("truecolor") || colorterm.contains("24bit") || term.contains("direct") {
            Self::Exact
        } else if term.contains("256") {
            Self::Indexed
        } else if term.starts_with("vt") || term == "dumb" {
            Self::Mono
        } else {
            Self::Sixteen
        }
    }
}

/// The nearest of the 6×6×6 fixed colours, or of the 24 grays for what has no colour.
pub(crate) fn indexed(r: u8, g: u8, b: u8) -> Color {
    // The colours' levels are 0, 95, 135 … 255, the grays' 8, 18 … 238.
    let level = |v: u8| match v {
        0..48 => 0,
        48..115 => 1,
        _ => (v - 35) / 40,
    };
    let (lr, lg, lb) = (level(r), level(g), level(b));
    let shown = |l: u8| if l == 0 { 0 } else { 55 + 40 * l };
    let gray = ((u16::from(r) + u16::from(g) + u16::from(b)) / 3).saturating_sub(3) / 10;
    let gray = gray.min(23) as u8;
    let away = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    let from = |[x, y, z]: [u8; 3]| away(x, r) + away(y, g) + away(z, b);
    if from([8 + 10 * gray; 3]) < from([lr, lg, lb].map(shown)) {
        return Color::Indexed(232 + gray);
    }
    Color::Indexed(16 + 36 * lr + 6 * lg + lb)
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
    /// What stands in where there are sixteen colours.
    fg16: Option<String>,
    bg16: Option<String>,
    bold: bool,
    reversed: bool,
    underlined: bool,
}

impl Ink {
    fn style(&self, depth: Depth) -> Result<Style, BadTheme> {
        let colour = |name: &Option<String>| name.as_deref().map(|n| self::colour(n, depth)).transpose();
        let (fg, bg) = (colour(&self.fg)?, colour(&self.bg)?);
        let (fg16, bg16) = (colour(&self.fg16)?, colour(&self.bg16)?);
        let mut style = Style::new();
        (style.fg, style.bg) = match depth {
            Depth::Mono => (None, None),
            Depth::Sixteen => (fg16.or(fg), bg16.or(bg)),
            Depth::Indexed | Depth::Exact => (fg, bg),
        };
        let flags = [
            (self.bold, Modifier::BOLD),
            (self.reversed, Modifier::REVERSED),
            (self.underlined, Modifier::UNDERLINED),
        ];
        Ok(flags.into_iter().filter(|(on, _)| *on).fold(style, |s, (_, m)| s.add_modifier(m)))
    }
}

fn colour(name: &str, depth: Depth) -> Result<Color, BadTheme> {
    if let Some((_, c)) = COLOURS.iter().find(|(c, _)| *c == name) {
        return Ok(*c);
    }
    let bad = || BadTheme::Colour(name.chars().take(40).collect());
    let hex = name.strip_prefix('#').filter(|h| h.len() == 6 && h.bytes().all(|b| b.is_ascii_hexdigit()));
    let rgb = u32::from_str_radix(hex.ok_or_else(bad)?, 16).map_err(|_| bad())?;
    let [_, r, g, b] = rgb.to_be_bytes();
    Ok(match depth {
        Depth::Exact => Color::Rgb(r, g, b),
        // Of a file that names no sixteenth beside it.
        _ => indexed(r, g, b),
    })
}

impl Theme {
    /// Reads a theme's text, for a terminal with so many colours.
    ///
    /// # Errors
    /// What doesn't parse, or a colour that is none.
    pub fn parse(toml: &str, depth: Depth) -> Result<Self, BadTheme> {
        let f: File = toml::from_str(toml).map_err(|e| BadTheme::Parse(e.to_string()))?;
        Ok(Self {
            text: f.text.style(depth)?,
            muted: f.muted.style(depth)?,
            accent: f.accent.style(depth)?,
            good: f.good.style(depth)?,
            warning: f.warning.style(depth)?,
            danger: f.danger.style(depth)?,
            selection: f.selection.style(depth)?,
            border: f.border.style(depth)?,
            title: f.title.style(depth)?,
            field: f.field.style(depth)?,
            focus: f.focus.style(depth)?,
            key: f.key.style(depth)?,
            demo: f.demo.style(depth)?,
            pictures: match depth {
                Depth::Exact if f.pictures => Pictures::Exact,
                Depth::Indexed if f.pictures => Pictures::Indexed,
                _ => Pictures::None,
            },
        })
    }

    /// The theme of this name or in this file; without one, dark, or mono when `NO_COLOR` is set or there is no colour.
    ///
    /// # Errors
    /// A file that can't be read or isn't a theme.
    pub fn choose(wanted: Option<&str>, no_color: bool, depth: Depth) -> Result<Self, BadTheme> {
        let usual = if no_color || depth == Depth::Mono { "mono" } else { "dark" };
        let name = wanted.unwrap_or(usual);
        if let Some((_, text)) = THEMES.iter().find(|(n, _)| *n == name) {
            return Self::parse(text, depth);
        }
        let mut text = String::new();
        // A device has no end; what is cut off is no theme.
        std::fs::File::open(name)
            .and_then(|f| f.take(MAX_THEME).read_to_string(&mut text))
            .map_err(|e| BadTheme::Unreadable(name.into(), e))?;
        Self::parse(&text, depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(name: &str, depth: Depth) -> Theme {
        Theme::choose(Some(name), false, depth).unwrap()
    }

    /// Every style in which text is written, with its name. Frames are no text.
    fn texts(t: &Theme) -> [(&'static str, Style); 12] {
        [
            ("text", t.text),
            ("muted", t.muted),
            ("accent", t.accent),
            ("good", t.good),
            ("warning", t.warning),
            ("danger", t.danger),
            ("selection", t.selection),
            ("title", t.title),
            ("field", t.field),
            ("focus", t.focus),
            ("key", t.key),
            ("demo", t.demo),
        ]
    }

    /// The colour as everybody's terminal shows it: exact ones and the fixed ones from 16 on.
    fn rgb(c: Color) -> [u8; 3] {
        match c {
            Color::Rgb(r, g, b) => [r, g, b],
            Color::Indexed(n @ 232..) => [8 + 10 * (n - 232); 3],
            Color::Indexed(n @ 16..) => {
                let level = |l: u8| if l == 0 { 0 } else { 55 + 40 * l };
                [(n - 16) / 36, (n - 16) / 6 % 6, (n - 16) % 6].map(level)
            }
            other => panic!("{other:?} looks as each terminal likes"),
        }
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(c: Color) -> f64 {
        let linear = |v: u8| {
            let v = f64::from(v) / 255.0;
            if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = rgb(c).map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn contrast(a: Color, b: Color) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground() {
        for name in ["dark", "light", "high-contrast", "colour-blind"] {
            for depth in [Depth::Exact, Depth::Indexed] {
                let t = built(name, depth);
                let (fg, bg) = (t.text.fg.unwrap(), t.text.bg.unwrap());
                for (role, s) in texts(&t) {
                    let c = contrast(s.fg.unwrap_or(fg), s.bg.unwrap_or(bg));
                    // 7 is what WCAG calls enhanced.
                    let least = if name == "high-contrast" { 7.0 } else { 4.5 };
                    assert!(c >= least, "{name} {depth:?} {role}: {c:.2}");
                }
                let frame = contrast(t.border.fg.unwrap(), bg);
                assert!(frame >= 3.0, "{name} {depth:?} border: {frame:.2}");
            }
        }
    }

    #[test]
    fn what_matters_never_differs_by_colour_alone_in_mono() {
        let t = built("mono", Depth::Exact);
        for (role, s) in texts(&t) {
            assert_eq!((s.fg, s.bg), (None, None), "{role}");
        }
        let shapes = [t.text, t.good, t.warning, t.danger, t.selection, t.focus];
        for (i, a) in shapes.iter().enumerate() {
            assert!(shapes[i + 1..].iter().all(|b| a != b), "{a:?}");
        }
        assert_eq!(t.pictures, Pictures::None);
        // So it is for those who don't tell some colours apart.
        let t = built("colour-blind", Depth::Exact);
        let shapes =
            [t.text, t.good, t.warning, t.danger].map(|s| (s.add_modifier, luminance(s.fg.unwrap())));
        assert!(shapes[2].0 != shapes[0].0 && shapes[3].0 != shapes[0].0 && shapes[2].0 != shapes[3].0);
    }

    #[test]
    fn with_sixteen_colours_only_those_are_used_and_text_differs_from_its_ground() {
        let sixteen = |c: Option<Color>| c.is_none_or(|c| COLOURS.iter().any(|(_, known)| *known == c));
        for (name, _) in THEMES {
            let t = built(name, Depth::Sixteen);
            for (role, s) in texts(&t).into_iter().chain([("border", t.border)]) {
                assert!(sixteen(s.fg) && sixteen(s.bg), "{name} {role}: {s:?}");
                let ground = s.bg.or(t.text.bg);
                assert!(ground.is_none() || s.fg.or(t.text.fg) != ground, "{name} {role}");
            }
            for (role, s) in texts(&built(name, Depth::Mono)) {
                assert_eq!((s.fg, s.bg), (None, None), "{name} {role}");
            }
        }
    }

    #[test]
    fn a_file_is_read_and_its_mistakes_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.toml");
        let dark = include_str!("../../themes/dark.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Theme::choose(path.to_str(), false, Depth::Exact)
        };
        assert_eq!(read(dark).unwrap(), built("dark", Depth::Exact));
        for colour in ["pink", "#12345", "#12345g", "#+12345"] {
            let e = read(&dark.replace("#6cc7e6", colour)).unwrap_err().to_string();
            assert!(e.contains(&format!("'{colour}'")) && e.contains("lightmagenta"), "{e}");
        }
        let e = read(&dark.replace("muted", "mutd")).unwrap_err().to_string();
        assert!(e.contains("mutd"), "{e}");
        let e = Theme::choose(Some("/nowhere/at/all"), false, Depth::Exact).unwrap_err().to_string();
        assert!(e.contains("high-contrast"), "{e}");
    }

    #[test]
    fn colours_and_pictures_follow_the_terminal() {
        assert_eq!(Depth::of("truecolor", "xterm"), Depth::Exact);
        assert_eq!(Depth::of("", "screen-256color"), Depth::Indexed);
        assert_eq!(Depth::of("", "linux"), Depth::Sixteen);
        assert_eq!(Depth::of("", "vt220"), Depth::Mono);
        let pictures = |depth| Theme::choose(None, false, depth).unwrap().pictures;
        assert_eq!(pictures(Depth::Exact), Pictures::Exact);
        assert_eq!(pictures(Depth::Indexed), Pictures::Indexed);
        assert_eq!(pictures(Depth::Sixteen), Pictures::None);
        let mono = built("mono", Depth::Exact);
        assert_eq!(Theme::choose(None, true, Depth::Exact).unwrap(), mono);
        assert_eq!(Theme::choose(None, false, Depth::Mono).unwrap(), mono);
    }
}
