//! Paper as a PDF file, A4.

use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    text::TextDirection,
};

use super::{
    Block, Paper,
    fonts::{Fonts, NoFont},
    lines::{lines, runs},
};
use crate::qr;

/// A4 in points.
const PAGE: (f32, f32) = (595.28, 841.89);
/// Points around what is printed.
const MARGIN: f32 = 56.0;
/// Where what a field says begins.
const TAB: f32 = 110.0;
/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
/// From one line to the next, in sizes.
const LEADING: f32 = 1.4;
/// Points for a signature with what stands under it.
const SIGN: f32 = 58.0;
/// Points for what is answered by hand.
const ANSWER: f32 = 36.0;
/// The most pages of one paper.
const MAX_PAGES: usize = 50;

/// Why a paper can't be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unprintable {
    /// Letters without a font.
    #[error(transparent)]
    NoFont(#[from] NoFont),
    /// More than anybody reads.
    #[error("that is more than {MAX_PAGES} pages: print it in parts")]
    TooLong,
    /// The code is no QR code.
    #[error("the code is too long to be printed")]
    Code,
    /// The writer refused.
    #[error("the PDF could not be made ({0}): report this, with the paper that was asked for")]
    Writer(String),
}

/// Something at its place on a page, from the top.
enum Drawn {
    Text(f32, f32, f32, String),
    Box(f32, f32, f32, f32),
}

/// What is drawn, page by page.
struct Pages {
    all: Vec<Vec<Drawn>>,
    /// Where the next line begins, from the top.
    y: f32,
}

impl Pages {
    /// What comes next takes so many points and is not parted.
    fn keep(&mut self, height: f32) {
        if self.y + height > PAGE.1 - MARGIN && self.y > MARGIN {
            self.all.push(Vec::new());
            self.y = MARGIN;
        }
    }

    /// Room for so many points; on the next page where this one has none left.
    fn room(&mut self, height: f32) -> f32 {
        self.keep(height);
        let at = self.y;
        self.y += height;
        at
    }

    fn put(&mut self, d: Drawn) {
        if let Some(page) = self.all.last_mut() {
            page.push(d);
        }
    }

    fn text(&mut self, fonts: &mut Fonts, x: f32, size: f32, text: &str) {
        for line in lines(fonts, text, size, PAGE.0 - MARGIN - x) {
            let top = self.room(size * LEADING);
            self.put(Drawn::Text(x, top + size, size, line));
        }
    }

    fn gap(&mut self, points: f32) {
        self.y += points;
    }
}

fn texts(b: &Block) -> Vec<&str> {
    match b {
        Block::Title(t) | Block::Heading(t) | Block::Text(t) | Block::Small(t) => vec![t],
        Block::Field(name, t) => vec![name, t],
        Block::Sign(t) => vec![t],
        Block::Answer(heading, sign) => vec![heading, sign],
        Block::Rule | Block::Code(..) => Vec::new(),
    }
}

/// The file.
///
/// # Errors
/// [`Unprintable`].
pub fn pdf(paper: &Paper, fonts: &mut Fonts) -> Result<Vec<u8>, Unprintable> {
    fonts.check(paper.blocks.iter().flat_map(texts).chain([paper.title.as_str()]))?;
    let mut pages = set(paper, fonts)?;
    if pages.len() > MAX_PAGES {
        return Err(Unprintable::TooLong);
    }
    number(&mut pages, &paper.title);
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(paper.title.clone()).creator("Aidpost".into()));
    for drawn in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(Unprintable::TooLong)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        surface.set_fill(Some(Fill {
            paint: rgb::Color::black().into(),
            opacity: NormalizedF32::ONE,
            rule: FillRule::NonZero,
        }));
        for d in drawn {
            draw(&mut surface, fonts, d);
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|e| Unprintable::Writer(format!("{e:?}")))
}

fn draw(surface: &mut Surface<'_>, fonts: &mut Fonts, d: Drawn) {
    match d {
        Drawn::Text(mut x, y, size, text) => {
            for run in runs(fonts, &text, size) {
                let font = fonts.faces[run.font].font.clone();
                surface.draw_text(Point::from_xy(x, y), font, size, &run.text, false, TextDirection::Auto);
                x += run.width;
            }
        }
        Drawn::Box(x, y, w, h) => {
            let mut path = PathBuilder::new();
            let Some(r) = Rect::from_xywh(x, y, w, h) else { return };
            path.push_rect(r);
            if let Some(p) = path.finish() {
                surface.draw_path(&p);
            }
        }
    }
}

/// Lays the blocks out.
fn set(paper: &Paper, fonts: &mut Fonts) -> Result<Vec<Vec<Drawn>>, Unprintable> {
    let mut p = Pages { all: vec![Vec::new()], y: MARGIN };
    for b in &paper.blocks {
        match b {
            Block::Title(t) => {
                p.text(fonts, MARGIN, 20.0, t);
                p.gap(8.0);
            }
            Block::Heading(t) => {
                // Never alone at the bottom of a page.
                p.keep(8.0 + 12.5 * LEADING + 2.0 * 10.5 * LEADING);
                p.gap(8.0);
                p.text(fonts, MARGIN, 12.5, t);
            }
            Block::Field(name, t) => field(&mut p, fonts, name, t),
            Block::Text(t) => p.text(fonts, MARGIN, 10.5, t),
            Block::Small(t) => p.text(fonts, MARGIN, 8.5, t),
            Block::Rule => {
                let top = p.room(14.0);
                p.put(Drawn::Box(MARGIN, top + 7.0, PAGE.0 - 2.0 * MARGIN, 0.6));
            }
            Block::Sign(t) => sign(&mut p, t),
            Block::Answer(heading, t) => {
                p.keep(8.0 + 12.5 * LEADING + ANSWER + SIGN);
                p.gap(8.0);
                p.text(fonts, MARGIN, 12.5, heading);
                p.gap(ANSWER);
                sign(&mut p, t);
            }
            Block::Code(text, mm) => code(&mut p, text, f32::from(*mm) * MM)?,
        }
    }
    Ok(p.all)
}

/// What a field says, with its name beside its first line and, where it goes on over pages, beside the first of each: what
/// stands without a name would be read as more of the field above.
fn field(p: &mut Pages, fonts: &mut Fonts, name: &str, text: &str) {
    const SIZE: f32 = 10.5;
    let mut named: Option<usize> = None;
    for line in lines(fonts, text, SIZE, PAGE.0 - MARGIN - MARGIN - TAB) {
        let top = p.room(SIZE * LEADING);
        let page = p.all.len();
        if named != Some(page) {
            let words = if named.is_some() { format!("{name} …") } else { name.to_string() };
            p.put(Drawn::Text(MARGIN, top + SIZE, SIZE, words));
            named = Some(page);
        }
        p.put(Drawn::Text(MARGIN + TAB, top + SIZE, SIZE, line));
    }
}

/// Room for a signature.
fn sign(p: &mut Pages, words: &str) {
    let top = p.room(SIGN);
    p.put(Drawn::Box(MARGIN, top + 40.0, 220.0, 0.6));
    p.put(Drawn::Text(MARGIN, top + 51.0, 8.5, words.into()));
}

/// Where there are several pages, each says what it is of: they part in a file or on the way.
fn number(pages: &mut [Vec<Drawn>], title: &str) {
    let of = pages.len();
    for (i, page) in pages.iter_mut().enumerate().filter(|_| of > 1) {
        let words = format!("{title}  ·  page {} of {of}", i + 1);
        page.push(Drawn::Text(MARGIN, PAGE.1 - MARGIN / 2.0, 8.5, words));
    }
}

/// A QR code with the light border that its standard asks for.
fn code(p: &mut Pages, text: &str, side: f32) -> Result<(), Unprintable> {
    let code = qr::Code::new(text).map_err(|_| Unprintable::Code)?;
    let module = side / code.side() as f32;
    let quiet = module * qr::draw::QUIET as f32;
    let top = p.room(side + 2.0 * quiet) + quiet;
    for (x, y) in code.dark_modules() {
        // A hair wider than a module: no light lines between them.
        let size = module * 1.02;
        p.put(Drawn::Box(MARGIN + quiet + x as f32 * module, top + y as f32 * module, size, size));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paper(blocks: Vec<Block>) -> Paper {
        Paper { title: "t".into(), blocks }
    }

    #[test]
    fn long_papers_go_on_over_pages_and_end_somewhere() {
        let mut f = Fonts::with(Vec::new());
        let long = |n: usize| paper(vec![Block::Title("T".into()), Block::Text("word ".repeat(n))]);
        assert_eq!(set(&long(10), &mut f).unwrap().len(), 1);
        let pages = set(&long(5_000), &mut f).unwrap();
        assert!((5..20).contains(&pages.len()), "{}", pages.len());
        for d in pages.iter().flatten() {
            if let Drawn::Text(x, y, _, _) = d {
                assert!(*x >= MARGIN && (MARGIN..=PAGE.1 - MARGIN).contains(y), "inside the margins");
            }
        }
        let endless = paper(vec![Block::Text("\n".repeat(4_000))]);
        assert_eq!(pdf(&endless, &mut f), Err(Unprintable::TooLong));
    }

    #[test]
    fn headings_and_answers_stay_with_what_follows_and_pages_are_numbered() {
        let mut f = Fonts::with(Vec::new());
        for n in 0..120 {
            let lines = Block::Text("\n".repeat(n));
            let blocks = vec![lines, Block::Heading("H".into()), Block::Text("a\nb".into())];
            let pages = set(&paper([blocks, vec![Block::Answer("A", "s")]].concat()), &mut f).unwrap();
            let on = |what: &str| {
                let here = |d: &Drawn| matches!(d, Drawn::Text(_, _, _, t) if t == what);
                pages.iter().position(|p| p.iter().any(here))
            };
            assert_eq!((on("H"), on("A")), (on("b"), on("s")), "{n} lines above");
        }
        let mut pages = vec![Vec::new(), Vec::new()];
        number(&mut pages, "Visit: Nila");
        assert!(matches!(&pages[1][0], Drawn::Text(_, _, _, t) if t == "Visit: Nila  ·  page 2 of 2"));
        number(&mut pages[..1], "Card");
        assert_eq!(pages[0].len(), 1, "a single page needs none");
    }

    #[test]
    fn a_field_over_pages_is_named_on_each() {
        let mut f = Fonts::with(Vec::new());
        let all = |n: usize| (0..n).map(|i| format!("{i}")).collect::<Vec<_>>().join("\n");
        for above in 0..120 {
            let blocks = vec![
                Block::Text("\n".repeat(above)),
                Block::Field("Allergies", all(3)),
                Block::Field("Medicines", all(60)),
            ];
            let pages = set(&paper(blocks), &mut f).unwrap();
            let texts = |page: &[Drawn]| -> Vec<(f32, f32, String)> {
                let text = |d: &Drawn| match d {
                    Drawn::Text(x, y, _, t) => Some((*x, *y, t.clone())),
                    Drawn::Box(..) => None,
                };
                page.iter().filter_map(text).collect()
            };
            let mut begun = false;
            for page in &pages {
                let page = texts(page);
                let medicines = page.iter().skip_while(|(.., t)| !t.starts_with("Medicines"));
                let medicines: Vec<_> = medicines.collect();
                let [(_, name, word), (_, first, line), ..] = medicines[..] else {
                    let rest = page.iter().any(|(x, _, t)| *x > MARGIN && t == "59");
                    assert!(!rest, "{above}: lines without a name");
                    continue;
                };
                assert_eq!(name, first, "{above}: beside its first line");
                let (expected, nth) =
                    if begun { ("Medicines …", line != "0") } else { ("Medicines", line == "0") };
                assert!(word == expected && nth, "{above}: {word} {line}");
                begun = true;
            }
            assert!(begun);
        }
    }

    #[test]
    fn a_file_that_readers_take() {
        let mut f = Fonts::with(Vec::new());
        let blocks = vec![
            Block::Field("Patient", "محمد Иван Ní".into()),
            Block::Rule,
            Block::Sign("x"),
            Block::Code("AIDCARD0".into(), 38),
        ];
        let bytes = pdf(&paper(blocks), &mut f).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.") && bytes.trim_ascii_end().ends_with(b"%%EOF"));
        let e = pdf(&paper(vec![Block::Text("देवी".into())]), &mut f).unwrap_err();
        assert!(e.to_string().contains("no font"), "{e}");
    }
}
