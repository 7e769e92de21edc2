//! A program in a pseudo-terminal, its screen read back.

use std::{
    fs,
    io::{Read, Write},
    mem,
    num::NonZeroU16,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{BIN, MODELS, Place};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// How often a slow line brings something, in a second.
const BITES: usize = 10;

fn size(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

fn of(rows: u16, cols: u16) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// What came of the program.
struct Seen {
    screen: vt100::Parser,
    bytes: usize,
}

pub(crate) struct Terminal {
    keys: Box<dyn Write + Send>,
    seen: Arc<Mutex<Seen>>,
    master: Arc<Mutex<Box<dyn MasterPty + Send>>>,
    /// Bytes a second that the line carries; 0: as many as come.
    pace: Arc<AtomicUsize>,
    child: Box<dyn Child + Send + Sync>,
    /// Keys pressed that are no text, since they were counted last.
    pressed: usize,
}

impl Terminal {
    /// The workstation, in a terminal whose locale is this.
    pub(crate) fn start(p: &Place, args: &[&str], locale: &str) -> Self {
        Self::run(p, BIN, args, locale)
    }

    /// Another program.
    pub(crate) fn run(p: &Place, program: &str, args: &[&str], locale: &str) -> Self {
        let pair = native_pty_system().openpty(of(ROWS, COLUMNS)).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.env("AIDPOST_MODELS", MODELS);
        command.env("TERM", "xterm-256color");
        command.env("PS1", "$ ");
        command.env_remove("ENV");
        command.env_remove("AIDPOST_LANG");
        command.env("LC_ALL", locale);
        command.cwd(p.dir.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        let seen = Arc::new(Mutex::new(Seen { screen, bytes: 0 }));
        let mut output = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let (into, pace) = (seen.clone(), Arc::new(AtomicUsize::new(0)));
        let fast = pace.clone();
        thread::spawn(move || {
            let mut buf = [0u8; 8192];
            loop {
                let bite = match fast.load(Ordering::Relaxed) {
                    0 => buf.len(),
                    rate => rate / BITES,
                };
                let Ok(n @ 1..) = output.read(&mut buf[..bite]) else { return };
                let mut s = into.lock().unwrap();
                s.bytes += n;
                s.screen.process(&buf[..n]);
                drop(s);
                if bite < buf.len() {
                    thread::sleep(Duration::from_millis(1_000) / BITES as u32);
                }
            }
        });
        Self { keys, seen, master: Arc::new(Mutex::new(pair.master)), pace, child, pressed: 0 }
    }

    pub(crate) fn look<T>(&self, f: impl FnOnce(&vt100::Screen) -> T) -> T {
        f(self.seen.lock().unwrap().screen.screen())
    }

    pub(crate) fn text(&self) -> String {
        self.look(vt100::Screen::contents)
    }

    /// How many bytes came.
    pub(crate) fn bytes(&self) -> usize {
        self.seen.lock().unwrap().bytes
    }

    fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < Duration::from_secs(90), "{what}:\n{}", self.text());
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn wait(&self, words: &str) {
        self.until(&format!("'{words}' did not come"), |t| t.text().contains(words));
    }

    pub(crate) fn gone(&self, words: &str) {
        self.until(&format!("'{words}' stays"), |t| !t.text().contains(words));
    }

    /// Waits until nothing has come for so long.
    pub(crate) fn quiet(&self, long: Duration) {
        let start = Instant::now();
        let mut last = (self.bytes(), start);
        while last.1.elapsed() < long {
            assert!(start.elapsed() < Duration::from_secs(90), "it is never quiet:\n{}", self.text());
            thread::sleep(Duration::from_millis(20));
            let now = self.bytes();
            if now != last.0 {
                last = (now, Instant::now());
            }
        }
    }

    /// Waits for its end: the exit code.
    pub(crate) fn ended(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it did not end:\n{}", self.text());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The number of the program.
    pub(crate) fn id(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        self.seen.lock().unwrap().screen.screen_mut().set_size(size(rows), size(columns));
        self.master.lock().unwrap().resize(of(rows, columns)).unwrap();
    }

    /// The line carries so many bytes a second from now on; 0: as many as come.
    pub(crate) fn slow(&self, bytes: usize) {
        self.pace.store(bytes, Ordering::Relaxed);
    }

    /// Clicks where these words stand.
    pub(crate) fn click(&mut self, words: &str) {
        let text = self.text();
        let (row, line) = text.lines().enumerate().find(|(_, l)| l.contains(words)).unwrap();
        let column = line.split(words).next().unwrap().chars().count();
        self.press(&format!("\x1b[<0;{};{}M", column + 1, row + 1));
    }

    /// One key that is no text.
    pub(crate) fn key(&mut self, key: &str) {
        self.pressed += 1;
        self.press(key);
    }

    /// How many of them a task took, against the table in ARCHITECTURE.md.
    pub(crate) fn done(&mut self, task: &str) {
        let page = include_str!("../../ARCHITECTURE.md");
        let row = page.lines().find(|l| l.starts_with(&format!("| {task} |"))).expect(task);
        let listed = row.split('|').nth(2).and_then(|n| n.trim().parse::<usize>().ok()).expect(row);
        assert_eq!(mem::take(&mut self.pressed), listed, "{task}");
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        // Keys of a person: one after the other.
        thread::sleep(Duration::from_millis(60));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal to the process of this number.
pub(crate) fn signal(id: u32, what: Signal) {
    kill_process(Pid::from_raw(i32::try_from(id).unwrap()).unwrap(), what).unwrap();
}

/// The number of the process that this one started.
pub(crate) fn child_of(id: u32) -> u32 {
    let start = Instant::now();
    loop {
        let all = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        if let Some(child) = all.split_whitespace().next() {
            return child.parse().unwrap();
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{id} started nothing");
        thread::sleep(Duration::from_millis(20));
    }
}
