//! The camera's picture in pixels, where the terminal draws them: kitty's graphics or sixels.
//!
//! Nothing is asked of the terminal: its answer would come among the keys. What it can do is told by its environment, or by
//! whoever starts Aidpost. A view says where it wants which picture; that is encoded beside the screens, and drawn once it is
//! there.

use std::fmt;

use image::{DynamicImage, Rgb, RgbImage, imageops};
use ratatui::{
    buffer::Buffer,
    layout::{Rect, Size},
    widgets::Widget,
};
use ratatui_image::{
    FilterType, Image,
    protocol::{Protocol, kitty::Kitty, sixel::Sixel},
};

use crate::node::api::Preview;

/// The most pixels of a side: what is larger would take longer to encode than the camera to look.
const MAX_SIDE: (u32, u32) = (640, 480);
/// Width and height of a cell in pixels where the terminal doesn't say: those of the VT340, which drew the first sixels.
const USUAL_CELL: (u16, u16) = (10, 20);
/// The largest cell that is believed.
const MAX_CELL: u16 = 200;
/// Rows of pixels that one row of sixels has.
const SIXEL: u32 = 6;
/// The name of the picture at the terminal. One name: each picture replaces the one before.
const NAME: u32 = 0x00a1_d905;
/// Takes the picture and its data from a terminal with kitty's graphics; others pass over it.
pub(crate) const FORGET: &str = "\x1b_Ga=d,d=I,i=10606853,q=2\x1b\\";

/// How pictures are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Graphics {
    /// With characters, two pixels in each.
    #[default]
    Blocks,
    /// DEC's sixels.
    Sixel,
    /// kitty's graphics, placed with characters.
    Kitty,
}

/// No such graphics.
#[derive(Debug, thiserror::Error)]
#[error("graphics '{0}' are not known: give auto, blocks, sixel or kitty")]
pub struct UnknownGraphics(String);

impl Graphics {
    /// What is wanted, or what the environment says that the terminal draws. `cell`: it said how large its cells are.
    ///
    /// # Errors
    /// None of the four words.
    pub fn choose(
        wanted: Option<&str>,
        variable: impl Fn(&'static str) -> String,
        cell: bool,
    ) -> Result<Self, UnknownGraphics> {
        match wanted.unwrap_or("auto") {
            "blocks" => Ok(Self::Blocks),
            "sixel" => Ok(Self::Sixel),
            "kitty" => Ok(Self::Kitty),
            "auto" if cell => Ok(Self::of(variable)),
            "auto" => Ok(Self::Blocks),
            other => Err(UnknownGraphics(other.chars().take(40).collect())),
        }
    }

    fn of(variable: impl Fn(&'static str) -> String) -> Self {
        let (term, program) = (variable("TERM"), variable("TERM_PROGRAM"));
        let set = |name| !variable(name).is_empty();
        // What draws between may not pass it on, and what is far away may be at the end of a slow line.
        let between = set("TMUX")
            || set("STY")
            || ["tmux", "screen"].iter().any(|t| term.starts_with(t) || program == *t);
        if between || set("SSH_CONNECTION") || set("SSH_TTY") {
            return Self::Blocks;
        }
        if term == "xterm-kitty" || term == "xterm-ghostty" || program == "ghostty" || set("KITTY_WINDOW_ID")
        {
            return Self::Kitty;
        }
        // KDE's terminal draws sixels since 22.04.
        let konsole = variable("KONSOLE_VERSION").parse::<u32>().is_ok_and(|v| v >= 220_400);
        let known = ["foot", "mlterm", "contour", "yaft"].iter().any(|t| term.starts_with(t));
        if known || konsole || matches!(program.as_str(), "WezTerm" | "iTerm.app" | "contour") {
            return Self::Sixel;
        }
        Self::Blocks
    }
}

/// A picture that a view wants drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Where; a picture fills it.
    pub(crate) at: Rect,
    pub(crate) of: Preview,
}

/// A picture as the terminal takes it.
pub(crate) struct Painted {
    of: Preview,
    size: Size,
    /// Of the cells for which it was made.
    cell: (u16, u16),
    protocol: Protocol,
}

impl fmt::Debug for Painted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Painted({:?} in {}x{})", self.of, self.size.width, self.size.height)
    }
}

/// How pictures are drawn here, and the last one.
#[derive(Debug)]
pub(crate) struct Painting {
    graphics: Graphics,
    /// Width and height of a cell in pixels.
    cell: (u16, u16),
    painted: Option<Painted>,
    /// The terminal shows one.
    shown: bool,
}

impl Default for Painting {
    fn default() -> Self {
        Self::new(Graphics::Blocks, None)
    }
}

impl Painting {
    /// With these graphics, in cells of so many pixels.
    pub(crate) fn new(graphics: Graphics, cell: Option<(u16, u16)>) -> Self {
        let cell = cell.unwrap_or(USUAL_CELL);
        Self { graphics, cell, painted: None, shown: false }
    }

    /// The window or its letters have another size.
    pub(crate) fn resized(&mut self, cell: Option<(u16, u16)>) {
        self.cell = cell.unwrap_or(self.cell);
        self.painted = None;
    }

    /// Nothing of a picture is kept.
    pub(crate) fn forget(&mut self) {
        self.painted = None;
    }

    /// A picture is on the screen now, or none. True: one was, and has to be taken away.
    pub(crate) fn showing(&mut self, shown: bool) -> bool {
        if !shown {
            self.painted = None;
        }
        std::mem::replace(&mut self.shown, shown) && !shown
    }

    /// What came of encoding a picture. None: it can't be, and characters do instead.
    pub(crate) fn take(&mut self, painted: Option<Painted>) {
        if painted.is_none() {
            self.graphics = Graphics::Blocks;
        }
        self.painted = painted;
    }

    /// The part of an area that this picture fills in its proportions. None: it is drawn with characters.
    pub(crate) fn room(&self, area: Rect, of: &Preview) -> Option<Rect> {
        if self.graphics == Graphics::Blocks || area.is_empty() || of.width == 0 || of.height == 0 {
            return None;
        }
        let (cw, ch) = (u32::from(self.cell.0), u32::from(self.cell.1));
        let (pw, ph) = (u32::from(of.width), u32::from(of.height));
        let (most_w, most_h) =
            ((u32::from(area.width) * cw).min(MAX_SIDE.0), (u32::from(area.height) * ch).min(MAX_SIDE.1));
        let (w, h) =
            if most_w * ph <= most_h * pw { (most_w, most_w * ph / pw) } else { (most_h * pw / ph, most_h) };
        let cells = |pixels: u32, cell: u32, most: u16| (pixels / cell).clamp(1, u32::from(most)) as u16;
        let (width, height) = (cells(w, cw, area.width), cells(h, ch, area.height));
        Some(Rect { x: area.x + (area.width - width) / 2, width, height, ..area })
    }

    /// Whether this picture isn't the one that was encoded last.
    pub(crate) fn lacks(&self, wanted: &Wanted) -> bool {
        let is = |p: &Painted| p.of == wanted.of && p.size == wanted.at.as_size() && p.cell == self.cell;
        self.graphics != Graphics::Blocks && !self.painted.as_ref().is_some_and(is)
    }

    /// Draws the last picture: of a camera, one look late at most. Nothing, while there is none of this size.
    pub(crate) fn draw(&self, wanted: &Wanted, buffer: &mut Buffer) {
        if let Some(p) = self.painted.as_ref().filter(|p| p.size == wanted.at.as_size()) {
            Image::new(&p.protocol).render(wanted.at, buffer);
        }
    }

    /// What is needed to encode a picture elsewhere.
    pub(crate) fn brush(&self) -> Brush {
        Brush { graphics: self.graphics, cell: self.cell }
    }
}

/// Encodes pictures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brush {
    graphics: Graphics,
    cell: (u16, u16),
}

impl Brush {
    /// The picture as the terminal takes it, with a frame round the face. None: it can't be encoded.
    pub(crate) fn paint(self, wanted: Wanted) -> Option<Painted> {
        let Wanted { at, of } = wanted;
        let size = at.as_size();
        let image = RgbImage::from_raw(u32::from(of.width), u32::from(of.height), of.rgb.clone())?;
        let (w, h) =
            (u32::from(size.width) * u32::from(self.cell.0), u32::from(size.height) * u32::from(self.cell.1));
        // Half a row of sixels would reach into the line below.
        let h = if self.graphics == Graphics::Sixel { (h / SIXEL * SIXEL).max(SIXEL) } else { h };
        let mut image = imageops::resize(&image, w, h, FilterType::Triangle);
        frame(&mut image, &of);
        let image = DynamicImage::ImageRgb8(image);
        let protocol = match self.graphics {
            Graphics::Blocks => return None,
            Graphics::Sixel => Protocol::Sixel(Sixel::new(image, size, false).ok()?),
            Graphics::Kitty => Protocol::Kitty(Kitty::new(image, size, NAME, false, true).ok()?),
        };
        Some(Painted { of, size, cell: self.cell, protocol })
    }
}

/// Draws a frame round the face: white within black, which is seen on everything.
fn frame(image: &mut RgbImage, of: &Preview) {
    let Some([x, y, w, h]) = of.face.map(|f| f.map(u32::from)) else { return };
    let (iw, ih) = image.dimensions();
    let (pw, ph) = (u32::from(of.width), u32::from(of.height));
    let (left, right) = (x * iw / pw, (x + w) * iw / pw);
    let (top, bottom) = (y * ih / ph, (y + h) * ih / ph);
    for (step, colour) in [(0, Rgb([0; 3])), (1, Rgb([255; 3])), (2, Rgb([255; 3])), (3, Rgb([0; 3]))] {
        let (left, top) = (left + step, top + step);
        let (right, bottom) = (right.saturating_sub(step), bottom.saturating_sub(step));
        let mut dot = |x: u32, y: u32| {
            if let Some(p) = image.get_pixel_mut_checked(x, y) {
                *p = colour;
            }
        };
        (left..=right).for_each(|x| [top, bottom].into_iter().for_each(|y| dot(x, y)));
        (top..=bottom).for_each(|y| [left, right].into_iter().for_each(|x| dot(x, y)));
    }
}

/// A cell's pixels, from those of the whole window. None: the terminal doesn't say.
pub(crate) fn cell_of(columns: u16, rows: u16, width: u16, height: u16) -> Option<(u16, u16)> {
    let cell = (width.checked_div(columns)?, height.checked_div(rows)?);
    let known = |v: u16| (2..=MAX_CELL).contains(&v);
    (known(cell.0) && known(cell.1)).then_some(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preview(face: Option<[u16; 4]>) -> Preview {
        let rgb = (0..64 * 48).flat_map(|i| [(i % 64) as u8 * 4, (i / 64) as u8 * 5, 90]).collect();
        Preview { width: 64, height: 48, rgb, face }
    }

    fn chosen(wanted: Option<&str>, environment: &[(&str, &str)]) -> Graphics {
        let of = |name: &'static str| {
            environment.iter().find(|(n, _)| *n == name).map_or_else(String::new, |(_, v)| (*v).to_owned())
        };
        Graphics::choose(wanted, of, true).unwrap()
    }

    #[test]
    fn the_terminal_is_known_by_its_environment() {
        let auto = |environment: &[(&str, &str)]| chosen(None, environment);
        assert_eq!(auto(&[("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")]), Graphics::Kitty);
        assert_eq!(auto(&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "ghostty")]), Graphics::Kitty);
        assert_eq!(auto(&[("TERM", "foot")]), Graphics::Sixel);
        assert_eq!(auto(&[("TERM_PROGRAM", "WezTerm")]), Graphics::Sixel);
        assert_eq!(auto(&[("KONSOLE_VERSION", "230805")]), Graphics::Sixel);
        assert_eq!(auto(&[("KONSOLE_VERSION", "211200")]), Graphics::Blocks);
        assert_eq!(auto(&[("TERM", "xterm-256color")]), Graphics::Blocks);
        assert_eq!(auto(&[]), Graphics::Blocks);
    }

    #[test]
    fn what_lies_between_and_what_is_far_away_get_characters_unless_asked_otherwise() {
        for between in
            [("TMUX", "/tmp/x"), ("STY", "7.pts"), ("TERM_PROGRAM", "tmux"), ("SSH_TTY", "/dev/pts/1")]
        {
            let environment = [between, ("TERM", "xterm-kitty"), ("KITTY_WINDOW_ID", "1")];
            assert_eq!(chosen(Some("auto"), &environment), Graphics::Blocks, "{between:?}");
            assert_eq!(chosen(Some("kitty"), &environment), Graphics::Kitty);
        }
        assert_eq!(chosen(Some("blocks"), &[("TERM", "foot")]), Graphics::Blocks);
        let foot = |name: &str| if name == "TERM" { "foot".to_owned() } else { String::new() };
        assert_eq!(Graphics::choose(None, foot, false).unwrap(), Graphics::Blocks, "cells of no known size");
        let e = Graphics::choose(Some("vga"), foot, true).unwrap_err().to_string();
        assert!(e.contains("'vga'") && e.contains("sixel"), "{e}");
    }

    #[test]
    fn a_picture_keeps_its_proportions_and_stays_in_its_room() {
        let p = Painting::new(Graphics::Sixel, Some((10, 20)));
        let area = Rect::new(3, 2, 44, 17);
        let at = p.room(area, &preview(None)).unwrap();
        assert_eq!((at.width, at.height), (44, 16), "440 by 330 pixels");
        let wide = p.room(Rect::new(0, 0, 300, 10), &preview(None)).unwrap();
        assert_eq!((wide.width, wide.height, wide.x), (26, 10, 137), "266 by 200, in the middle");
        let large = p.room(Rect::new(0, 0, 300, 100), &preview(None)).unwrap();
        assert_eq!((large.width, large.height), (64, 24), "no more than is quickly encoded");
        assert_eq!(p.room(Rect::new(0, 0, 1, 1), &preview(None)).map(|r| r.as_size()), Some(Size::new(1, 1)));
        assert_eq!(p.room(Rect::new(0, 0, 0, 9), &preview(None)), None);
        assert_eq!(Painting::default().room(area, &preview(None)), None, "characters");
    }

    #[test]
    fn the_last_picture_is_drawn_and_another_one_is_lacking() {
        let mut p = Painting::new(Graphics::Kitty, None);
        let area = Rect::new(0, 0, 20, 10);
        let wanted = |of: Preview| Wanted { at: p.room(area, &of).unwrap(), of };
        let (first, second) = (wanted(preview(None)), wanted(preview(Some([20, 10, 20, 24]))));
        assert!(p.lacks(&first));
        let painted = p.brush().paint(first.clone());
        p.take(painted);
        assert!(!p.lacks(&first) && p.lacks(&second));
        let mut buffer = Buffer::empty(area);
        p.draw(&second, &mut buffer);
        assert!(buffer.cell(first.at.as_position()).unwrap().symbol().contains("\x1b_G"), "one look late");
        p.resized(Some((8, 16)));
        assert!(p.lacks(&first));
        let damaged = Wanted { of: Preview { rgb: vec![0; 9], ..preview(None) }, ..first };
        let painted = p.brush().paint(damaged);
        p.take(painted);
        assert_eq!(p.graphics, Graphics::Blocks, "characters do instead");
    }

    #[test]
    fn a_face_has_a_frame_and_one_beyond_the_edge_does_no_harm() {
        let mut image = RgbImage::from_pixel(640, 480, Rgb([90; 3]));
        frame(&mut image, &preview(Some([20, 10, 20, 24])));
        assert_eq!(image.get_pixel(201, 150), &Rgb([255; 3]));
        assert_eq!(image.get_pixel(300, 200), &Rgb([90; 3]), "the face itself");
        frame(&mut image, &preview(Some([60, 40, u16::MAX, u16::MAX])));
    }

    #[test]
    fn cells_are_what_the_window_says_or_not_known() {
        assert_eq!(cell_of(80, 24, 800, 480), Some((10, 20)));
        assert_eq!(cell_of(80, 24, 0, 0), None);
        assert_eq!(cell_of(0, 0, 800, 480), None);
        assert_eq!(cell_of(1, 1, 60_000, 60_000), None);
    }

    #[test]
    fn the_picture_that_is_taken_away_is_the_one_that_was_drawn() {
        assert!(FORGET.contains(&format!("i={NAME},")));
    }
}
