//! The bytes that a terminal gets of the camera's picture.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use crossterm::event::KeyCode;
use jiff::tz::TimeZone;
use ratatui::{Terminal, TerminalOptions, Viewport, backend::CrosstermBackend, layout::Rect};

use super::super::{
    fixtures::{Driver, look, status},
    msg::{Answer, Msg},
    painting::{FORGET, Graphics, Painting},
    terminal,
    theme::{Depth, Theme},
    words::{Language, Words},
};

const KITTY: &str = "\x1b_G";
const SIXEL: &str = "\x1bP";

/// Takes what a terminal would.
#[derive(Clone, Default)]
struct Line(Arc<Mutex<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Drawn {
    d: Driver,
    line: Line,
    terminal: Terminal<CrosstermBackend<Line>>,
    theme: Theme,
}

impl Drawn {
    /// A camera looks, at a terminal that draws so.
    fn on(graphics: Graphics, theme: &str) -> Self {
        let mut d = Driver::start(status(false, true));
        d.answer(Answer::Look(Ok(look())));
        d.model.painting = Painting::new(graphics, Some((10, 20)));
        let line = Line::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, 80, 24));
        let backend = CrosstermBackend::new(line.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport }).unwrap();
        Self { d, line, terminal, theme: Theme::choose(Some(theme), false, Depth::Exact).unwrap() }
    }

    /// What drawing it once writes.
    fn bytes(&mut self) -> String {
        let words = Words::new(Language::English, TimeZone::UTC);
        terminal::draw(&mut self.terminal, &mut self.d.model, &words, &self.theme).unwrap();
        String::from_utf8(std::mem::take(&mut *self.line.0.lock().unwrap())).unwrap()
    }

    /// Encodes what the last drawing lacked, if anything.
    fn encode(&mut self) -> bool {
        let m = &self.d.model;
        let Some(wanted) = m.drawn.picture().filter(|w| m.painting.lacks(w)).cloned() else { return false };
        let painted = m.painting.brush().paint(wanted).map(Box::new);
        self.d.send(Msg::Painted { session: self.d.model.session, painted });
        true
    }
}

#[test]
fn each_terminal_gets_the_picture_as_it_takes_it() {
    for (graphics, own, other) in [(Graphics::Kitty, KITTY, SIXEL), (Graphics::Sixel, SIXEL, KITTY)] {
        let mut t = Drawn::on(graphics, "dark");
        let first = t.bytes();
        assert!(!first.contains(own) && !first.contains('▀'), "{graphics:?}: it is not there yet");
        assert!(t.encode());
        let second = t.bytes();
        assert!(second.contains(own) && !second.contains(other) && !second.contains('▀'), "{graphics:?}");
        assert!(!t.encode(), "{graphics:?}: once for each look");
        assert!(!t.bytes().contains(own), "{graphics:?}: nor is it sent again");
    }
    let mut t = Drawn::on(Graphics::Blocks, "dark");
    let bytes = t.bytes();
    assert!(bytes.contains('▀') && !bytes.contains(KITTY) && !bytes.contains(SIXEL));
    assert!(!t.encode());
}

#[test]
fn without_colours_there_is_no_picture() {
    let mut t = Drawn::on(Graphics::Kitty, "mono");
    assert!(!t.bytes().contains('▀') && !t.encode());
}

#[test]
fn leaving_takes_the_picture_away_and_what_lies_over_it_is_not_drawn_over() {
    for graphics in [Graphics::Kitty, Graphics::Sixel] {
        let mut t = Drawn::on(graphics, "dark");
        t.bytes();
        t.encode();
        t.bytes();
        t.d.model.help = Some(0);
        let help = t.bytes();
        assert!(!help.contains(KITTY) && !help.contains(SIXEL), "{graphics:?}: help lies over it");
        t.d.model.help = None;
        t.bytes();
        t.d.press(KeyCode::Tab);
        let left = t.bytes();
        let (_, after) = left.split_once(FORGET).unwrap();
        assert!(after.contains("\x1b[2J") && after.contains("Sign in"), "{graphics:?}: drawn anew");
        assert!(t.d.model.drawn.picture().is_none() && !t.encode());
        assert!(!t.bytes().contains(FORGET), "{graphics:?}: once");
    }
}

#[test]
fn another_persons_picture_is_shown_to_nobody() {
    let mut t = Drawn::on(Graphics::Kitty, "dark");
    t.bytes();
    let wanted = t.d.model.drawn.picture().unwrap().clone();
    let painted = t.d.model.painting.brush().paint(wanted).map(Box::new);
    t.d.send(Msg::Painted { session: t.d.model.session + 1, painted });
    assert!(!t.bytes().contains(KITTY) && t.encode());
}
