//! The terminal: taken over at the start, given back for a while and taken again, given back however the workstation ends.

use std::{
    io::{self, Stdout, Write, stdout},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossterm::{
    cursor::{MoveTo, Show},
    event::{
        self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyEventKind, MouseButton, MouseEventKind,
    },
    execute,
    style::{Print, ResetColor},
    terminal::{
        Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
        window_size,
    },
};
use ratatui::{Terminal, backend::CrosstermBackend};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    model::Model,
    msg::Msg,
    painting::{FORGET, Graphics, cell_of},
    panicking,
    sheet::Targets,
    theme::Theme,
    view,
    words::Words,
};

/// How often the reading thread looks whether it should end.
const LOOK_UP: Duration = Duration::from_millis(100);

/// Clicks and the wheel are reported, in the form without a limit of columns; moves aren't, which would be many bytes on a
/// slow line.
const MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &str = "\x1b[?1006l\x1b[?1000l";

/// The workstation has the terminal. Given back twice, it would clear what whoever has it now wrote there.
static HELD: AtomicBool = AtomicBool::new(false);

/// The terminal keeps the picture that was drawn last until it is told to forget it.
static KEEPS_PICTURES: AtomicBool = AtomicBool::new(false);

/// The terminal while the workstation has it.
pub(crate) struct Screen {
    pub(crate) terminal: Terminal<CrosstermBackend<Stdout>>,
    keys: UnboundedSender<Msg>,
    /// None while the terminal is given back.
    reader: Option<Reader>,
}

impl Screen {
    /// Takes the terminal over; keys go to `keys`.
    pub(crate) fn open(keys: UnboundedSender<Msg>, graphics: Graphics) -> io::Result<Self> {
        KEEPS_PICTURES.store(graphics == Graphics::Kitty, Ordering::SeqCst);
        panicking::watch(keys.clone());
        match take() {
            Ok(terminal) => Ok(Self { terminal, reader: Some(Reader::start(keys.clone())), keys }),
            Err(e) => {
                panicking::unwatch();
                give_back();
                Err(e)
            }
        }
    }

    /// Gives the terminal back for a while, with a line for whoever sees it then.
    pub(crate) fn rest(&mut self, words: &str) {
        self.reader = None;
        give_back();
        let _ = execute!(stdout(), Print(words), Print("\r\n"));
    }

    /// Takes the terminal again, however it was left; all is drawn anew.
    ///
    /// # Errors
    /// The terminal refuses.
    pub(crate) fn take_again(&mut self) -> io::Result<()> {
        // Whoever had the terminal meanwhile may have changed its mode behind crossterm's back.
        let _ = disable_raw_mode();
        self.terminal = take()?;
        if self.reader.is_none() {
            self.reader = Some(Reader::start(self.keys.clone()));
        }
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.reader = None;
        panicking::unwatch();
        give_back();
    }
}

fn take() -> io::Result<Terminal<CrosstermBackend<Stdout>>> {
    HELD.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, Clear(ClearType::All), EnableBracketedPaste, Print(MOUSE))?;
    Terminal::new(CrosstermBackend::new(stdout()))
}

/// Where there is no second screen to leave, as on the Linux console, what was read of a patient must not stay either.
pub(super) fn give_back() {
    if !HELD.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = disable_raw_mode();
    if KEEPS_PICTURES.load(Ordering::SeqCst) {
        let _ = execute!(stdout(), Print(FORGET));
    }
    let _ = execute!(
        stdout(),
        ResetColor,
        Print(NO_MOUSE),
        DisableBracketedPaste,
        Clear(ClearType::All),
        MoveTo(0, 0),
        LeaveAlternateScreen,
        Show
    );
}

/// Width and height of a cell in pixels, where the terminal says it.
pub(super) fn cell() -> Option<(u16, u16)> {
    let s = window_size().ok()?;
    cell_of(s.columns, s.rows, s.width, s.height)
}

/// Draws the model, and takes a picture away that is wanted no more: letters written over it don't do that everywhere.
///
/// # Errors
/// The terminal can't be written to.
pub(super) fn draw<W: Write>(
    terminal: &mut Terminal<CrosstermBackend<W>>,
    model: &mut Model,
    words: &Words,
    theme: &Theme,
) -> io::Result<()> {
    let mut drawn = Targets::default();
    terminal.draw(|frame| drawn = view::view(model, words, theme, frame))?;
    if model.painting.showing(drawn.picture().is_some()) {
        execute!(terminal.backend_mut(), Print(FORGET), Clear(ClearType::All))?;
        // Nothing is there any more. ratatui's own clearing would ask the terminal where its cursor is, and take keys.
        terminal.swap_buffers();
        terminal.draw(|frame| drawn = view::view(model, words, theme, frame))?;
    }
    (model.drawn, model.dirty) = (drawn, false);
    Ok(())
}

/// The thread that reads keys.
struct Reader {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Reader {
    fn start(keys: UnboundedSender<Msg>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = stop.clone();
        let thread = thread::spawn(move || {
            // Without it no key comes any more: the workstation ends, drafts kept.
            if catch_unwind(AssertUnwindSafe(|| read(&keys, &seen))).is_err() {
                let _ = keys.send(Msg::Quit);
            }
        });
        Self { stop, thread }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Nothing may read keys that are meant for what comes after. But where the terminal went away, reading never
        // comes back, and leaving mustn't wait for it.
        let last = Instant::now() + 3 * LOOK_UP;
        while !self.thread.is_finished() && Instant::now() < last {
            thread::sleep(LOOK_UP / 10);
        }
    }
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
