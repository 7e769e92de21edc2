//! The binary in a pseudo-terminal, with the time of every byte that it writes.

use std::{
    fs,
    io::{Read, Write},
    num::NonZeroU16,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// After so long without a byte a key's work is done.
const QUIET: Duration = Duration::from_millis(80);

fn size(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a screen has lines and columns")
}

/// What has been written, and when.
struct Seen {
    screen: vt100::Parser,
    bytes: usize,
    last: Instant,
    /// When the first byte came after the last key.
    first: Option<Instant>,
}

/// What a key caused.
pub(crate) struct Answer {
    /// To the first byte.
    pub(crate) first: Duration,
    /// To the last byte.
    pub(crate) last: Duration,
    /// How many bytes.
    pub(crate) bytes: usize,
}

pub(crate) struct Terminal {
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    child: Box<dyn Child + Send + Sync>,
}

impl Terminal {
    pub(crate) fn start(data: &Path) -> Self {
        let pty = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(pty).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_aidpost"));
        command.args(["--data", &data.display().to_string(), "--camera", "none", "--listen", "127.0.0.1:0"]);
        command.env("AIDPOST_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/models"));
        command.env("TERM", "xterm-256color");
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        drop(pair.slave);
        let screen = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let seen = Arc::new(Mutex::new(Seen { screen, bytes: 0, last: Instant::now(), first: None }));
        let mut output = pair.master.try_clone_reader().expect("its output");
        let keys = pair.master.take_writer().expect("its input");
        let into = seen.clone();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buf = [0u8; 65_536];
            while let Ok(n @ 1..) = output.read(&mut buf) {
                let now = Instant::now();
                let mut s = into.lock().expect("nobody panics with it");
                s.bytes += n;
                s.last = now;
                s.first.get_or_insert(now);
                s.screen.process(&buf[..n]);
            }
        });
        Self { keys, seen, child }
    }

    fn look<T>(&self, f: impl FnOnce(&Seen) -> T) -> T {
        f(&self.seen.lock().expect("nobody panics with it"))
    }

    /// Waits for these words.
    pub(crate) fn wait(&self, words: &str) {
        let begun = Instant::now();
        while !self.look(|s| s.screen.screen().contents().contains(words)) {
            let screen = || self.look(|s| s.screen.screen().contents());
            assert!(begun.elapsed() < Duration::from_secs(120), "'{words}' did not come:\n{}", screen());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Waits until nothing more is written.
    pub(crate) fn settle(&self) {
        let begun = Instant::now();
        while self.look(|s| s.last.elapsed() < 4 * QUIET) {
            assert!(begun.elapsed() < Duration::from_secs(60), "the screen is never quiet");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn send(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal is there");
        self.keys.flush().expect("the terminal is there");
    }

    /// Types without measuring.
    pub(crate) fn type_in(&mut self, keys: &str) {
        self.send(keys);
        std::thread::sleep(Duration::from_millis(30));
    }

    /// Presses one key and waits for all that it causes.
    pub(crate) fn press(&mut self, key: &str) -> Answer {
        let before = {
            let mut s = self.seen.lock().expect("nobody panics with it");
            s.first = None;
            s.bytes
        };
        let pressed = Instant::now();
        self.send(key);
        loop {
            std::thread::sleep(Duration::from_millis(2));
            let (first, last, bytes) = self.look(|s| (s.first, s.last, s.bytes));
            let since = |t: Instant| t.saturating_duration_since(pressed);
            let quiet = first.map_or(pressed.elapsed(), |_| last.elapsed());
            if quiet >= QUIET {
                let (first, last) = (first.map_or(Duration::ZERO, since), since(last));
                return Answer { first, last, bytes: bytes - before };
            }
        }
    }

    /// Bytes written since the start.
    pub(crate) fn written(&self) -> usize {
        self.look(|s| s.bytes)
    }

    /// Time that its threads have had a core.
    pub(crate) fn cpu(&self) -> Duration {
        let id = self.child.process_id().expect("it runs");
        let tasks = fs::read_dir(format!("/proc/{id}/task")).expect("it runs");
        let spent = tasks.flatten().filter_map(|t| fs::read_to_string(t.path().join("schedstat")).ok());
        // The first number: nanoseconds on a core.
        Duration::from_nanos(spent.filter_map(|s| s.split(' ').next()?.parse::<u64>().ok()).sum())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
