//! The terminal: taken over at the start, given back however the workstation ends.

use std::{
    io::{self, Stdout, stdout},
    panic,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossterm::{
    cursor::Show,
    event::{
        self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEventKind, MouseButton, MouseEventKind,
    },
    execute,
    style::Print,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Terminal, backend::CrosstermBackend};
use tokio::sync::mpsc::UnboundedSender;

use super::msg::Msg;
use crate::face::quiet::is_caught;

/// How often the reading thread looks whether it should end.
const LOOK_UP: Duration = Duration::from_millis(100);

/// Clicks and the wheel are reported, in the form without a limit of columns; moves aren't, which would be many bytes on a
/// slow line.
const MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &str = "\x1b[?1006l\x1b[?1000l";

/// The terminal while the workstation has it.
pub(crate) struct Screen {
    pub(crate) terminal: Terminal<CrosstermBackend<Stdout>>,
    stop: Arc<AtomicBool>,
    reader: thread::JoinHandle<()>,
}

impl Screen {
    /// Takes the terminal over; keys go to `keys`.
    pub(crate) fn open(keys: UnboundedSender<Msg>) -> io::Result<Self> {
        restore_on_panic();
        enable_raw_mode()?;
        let opened = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Print(MOUSE))
            .and_then(|()| Terminal::new(CrosstermBackend::new(stdout())));
        let terminal = match opened {
            Ok(t) => t,
            Err(e) => {
                give_back();
                return Err(e);
            }
        };
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let reader = thread::spawn(move || read(&keys, &seen));
        Ok(Self { terminal, stop, reader })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Nothing may read keys that are meant for what comes after. But where the terminal went away, reading never
        // comes back, and leaving mustn't wait for it.
        let last = Instant::now() + 3 * LOOK_UP;
        while !self.reader.is_finished() && Instant::now() < last {
            thread::sleep(LOOK_UP / 10);
        }
        give_back();
    }
}

fn give_back() {
    let _ = disable_raw_mode();
    let _ = execute!(stdout(), Print(NO_MOUSE), DisableBracketedPaste, LeaveAlternateScreen, Show);
}

/// A panic's words are for the ordinary screen.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_caught() {
                return;
            }
            give_back();
            before(info);
        }));
    });
}

fn read(keys: &UnboundedSender<Msg>, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let next = match event::poll(LOOK_UP) {
            Ok(true) => event::read(),
            Ok(false) => continue,
            Err(e) => Err(e),
        };
        let msg = match next {
            Ok(Event::Key(k)) if k.kind != KeyEventKind::Release => Msg::Key(k),
            Ok(Event::Paste(text)) => Msg::Paste(text),
            Ok(Event::Mouse(m)) => match m.kind {
                MouseEventKind::Down(MouseButton::Left)
                | MouseEventKind::ScrollUp
                | MouseEventKind::ScrollDown => Msg::Mouse(m),
                _ => continue,
            },
            Ok(Event::Resize(..)) => Msg::Resize,
            Ok(_) => continue,
            Err(_) => Msg::Quit,
        };
        let gone = matches!(msg, Msg::Quit);
        if keys.send(msg).is_err() || gone {
            return;
        }
    }
}
