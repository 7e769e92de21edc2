//! A font for every letter: the one that is shipped, else one that is installed on this machine.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use krilla::text::Font;
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};

/// Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian, Lao and more, as published, packed by `zstd --ultra -22`. Its
/// licence: fonts/LICENCE.txt.
const SHIPPED: &[u8] = include_bytes!("../../fonts/DejaVuSans.ttf.zst");
/// Bytes of it, at most, when it is unpacked.
const SHIPPED_SIZE: usize = 1024 * 1024;
/// Where systems keep fonts.
const FOLDERS: [&str; 3] = ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texmf/fonts/opentype"];
/// The deepest folder, the most files and the largest file that are looked at.
const MAX_DEPTH: usize = 6;
const MAX_FILES: usize = 5_000;
const MAX_SIZE: u64 = 64 * 1024 * 1024;

/// Letters that no font here has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no font on this machine has the letters {0}: install one that does (Debian: fonts-noto-core, fonts-noto-cjk), then \
     print again"
)]
pub struct NoFont(pub String);

pub(super) struct Face {
    pub(super) font: Font,
    bytes: Vec<u8>,
}

impl Face {
    fn new(bytes: Vec<u8>) -> Option<Self> {
        FontRef::from_index(&bytes, 0).ok()?;
        let font = Font::new(bytes.clone().into(), 0)?;
        Some(Self { font, bytes })
    }

    fn parsed(&self) -> Option<FontRef<'_>> {
        FontRef::from_index(&self.bytes, 0).ok()
    }

    fn has(&self, c: char) -> bool {
        self.parsed().is_some_and(|f| f.charmap().map(c).is_some_and(|g| g.to_u32() != 0))
    }

    /// How wide a letter is by itself at a size.
    fn width(&self, c: char, size: f32) -> f32 {
        let width = || {
            let f = self.parsed()?;
            f.glyph_metrics(Size::new(size), LocationRef::default()).advance_width(f.charmap().map(c)?)
        };
        width().unwrap_or(0.0)
    }
}

/// The fonts that are in use, and those that may be.
pub struct Fonts {
    pub(super) faces: Vec<Face>,
    /// Files that were not opened yet.
    installed: Vec<PathBuf>,
}

impl Default for Fonts {
    fn default() -> Self {
        let mut files = Vec::new();
        for f in FOLDERS {
            list(Path::new(f), 0, &mut files);
        }
        Self::with(files)
    }
}

impl Fonts {
    /// The shipped font and these files.
    pub(super) fn with(mut installed: Vec<PathBuf>) -> Self {
        // Upright and plain ones first; of those, Noto's, which are made to stand beside each other.
        installed.sort_by_key(|p| {
            let name = p.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
            let odd = ["bold", "italic", "oblique", "mono", "condensed", "light", "thin", "black"];
            (odd.iter().any(|o| name.contains(o)), !name.starts_with("notosans"), name)
        });
        let shipped = zstd::bulk::decompress(SHIPPED, SHIPPED_SIZE).ok().and_then(Face::new);
        Self { faces: shipped.into_iter().collect(), installed }
    }

    /// The number of a font that has this letter.
    pub(super) fn of(&mut self, c: char) -> Option<usize> {
        if let Some(i) = self.faces.iter().position(|f| f.has(c)) {
            return Some(i);
        }
        for i in 0..self.installed.len() {
            let path = &self.installed[i];
            let small = fs::metadata(path).is_ok_and(|m| m.len() <= MAX_SIZE);
            let Some(face) = fs::read(path).ok().filter(|_| small).and_then(Face::new) else { continue };
            if face.has(c) {
                self.installed.remove(i);
                self.faces.push(face);
                return Some(self.faces.len() - 1);
            }
        }
        None
    }

    /// How wide a letter is.
    pub(super) fn width(&self, font: usize, c: char, size: f32) -> f32 {
        self.faces.get(font).map_or(0.0, |f| f.width(c, size))
    }

    /// Whether every letter can be printed.
    ///
    /// # Errors
    /// Those that can't.
    pub(super) fn check<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Result<(), NoFont> {
        let letters: BTreeSet<char> = texts.flat_map(str::chars).filter(|c| !unseen(*c)).collect();
        let missing: Vec<String> =
            letters.into_iter().filter(|c| self.of(*c).is_none()).take(20).map(String::from).collect();
        if missing.is_empty() { Ok(()) } else { Err(NoFont(missing.join(" "))) }
    }
}

/// Takes no room and needs no glyph: line ends, and what only says how letters join.
pub(super) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}')
}

fn list(folder: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    for e in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, kind) = (e.path(), e.file_type());
        if kind.is_ok_and(|k| k.is_dir()) && depth < MAX_DEPTH {
            list(&path, depth + 1, out);
        } else if path.extension().is_some_and(|x| x == "ttf" || x == "otf") && out.len() < MAX_FILES {
            out.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_font_has_these_and_what_is_missing_is_named() {
        let mut f = Fonts::with(Vec::new());
        let names = ["Nila Rao", "Ní Ñez", "Νίκος", "Иван", "محمد", "שרה", "Արմեն", "გიორგი", "ລາວ", "Đặng"];
        assert_eq!(f.check(names.into_iter()), Ok(()));
        let missing = f.check(["देवी 王"].into_iter()).unwrap_err();
        for letter in ["द", "व", "ी", "王"] {
            assert!(missing.0.contains(letter), "{missing}");
        }
        assert!(missing.to_string().contains("fonts-noto-core"));
        let w = f.width(0, 'm', 10.0);
        assert!((8.0..12.0).contains(&w), "{w}");
    }
}
