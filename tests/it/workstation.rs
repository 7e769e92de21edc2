//! The workstation in a pseudo-terminal, from sign-in to a saved visit.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::{
    commands::Running,
    support::{BIN, MODELS, Place},
};

const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

fn size(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

pub(crate) struct Terminal {
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    child: Box<dyn Child + Send + Sync>,
    /// Keys pressed that are no text, since they were counted last.
    pressed: usize,
}

impl Terminal {
    /// In a terminal whose locale is this.
    pub(crate) fn start(p: &Place, args: &[&str], locale: &str) -> Self {
        let pty = PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(pty).unwrap();
        let mut command = CommandBuilder::new(BIN);
        command.args(args);
        command.env("AIDPOST_MODELS", MODELS);
        command.env("TERM", "xterm-256color");
        command.env_remove("AIDPOST_LANG");
        command.env("LC_ALL", locale);
        command.cwd(p.dir.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size(ROWS), size(COLUMNS), 0)));
        let mut output = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let seen = screen.clone();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buf = [0u8; 8192];
            while let Ok(n @ 1..) = output.read(&mut buf) {
                seen.lock().unwrap().process(&buf[..n]);
            }
        });
        Self { keys, screen, child, pressed: 0 }
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    pub(crate) fn wait(&self, words: &str) {
        let start = Instant::now();
        while !self.text().contains(words) {
            assert!(start.elapsed() < Duration::from_secs(90), "'{words}' did not come:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn gone(&self, words: &str) {
        let start = Instant::now();
        while self.text().contains(words) {
            assert!(start.elapsed() < Duration::from_secs(90), "'{words}' stays:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks where these words stand.
    fn click(&mut self, words: &str) {
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
        assert_eq!(std::mem::take(&mut self.pressed), listed, "{task}");
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        // Keys of a person: one after the other.
        std::thread::sleep(Duration::from_millis(60));
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) const CTRL_L: &str = "\x0c";
const CTRL_Q: &str = "\x11";
const CTRL_R: &str = "\x12";
pub(crate) const CTRL_S: &str = "\x13";

#[test]
fn from_sign_in_to_a_saved_visit() {
    let p = Place::new();
    let folder = p.text("demo");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "C");
    t.wait("Press Enter.");
    t.press("\r");

    // The recorded camera shows the nurse: the face signs her in.
    t.wait("signed in as Nila Rao");
    t.wait("Meera Devi");
    t.press("meera");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Visits (3)");
    t.wait("36.7 °C");

    t.press("n");
    t.wait("New visit: Meera Devi");
    t.press("headache");
    t.press("\t");
    t.press("39.4");
    t.press(CTRL_S);
    t.wait("unusual: Temperature 39.4 °C");
    t.press(CTRL_S);
    t.wait("visit saved: block");
    t.wait("Visits (4)");

    t.press("c");
    t.wait("Bela Hospital");
    t.press("\x1bOS");
    t.wait("Trust");
    t.wait("front desk");
    t.press("\x1b[15~");
    t.wait("This terminal");
    t.wait("ward terminal");

    // Locked, then in again: her name is found as she types, digits are the PIN.
    t.press(CTRL_L);
    t.wait("signed out");
    t.press("\t");
    t.wait("Sign in by PIN");
    t.press("rao");
    t.press("274913\r");
    t.wait("signed in as Nila Rao");

    // Her PIN was given a moment ago: choosing another one asks for it no more.
    t.press("\x1b[17~");
    t.wait("People (");
    t.press("p");
    t.wait("Choose a PIN");
    t.press("\x1b");

    // Nor does paper: the note of a visit, into a new file.
    t.press("\x1bOR");
    t.wait("Search");
    t.press("meera");
    t.wait("Patients (1)");
    t.press("\r");
    t.wait("Visits (4)");
    t.press("p");
    t.wait("Papers, lists and files: Meera Devi");
    t.press("\r");
    t.wait("File or printer");
    t.press("\t");
    t.press(&p.text("visit.pdf"));
    t.press(CTRL_S);
    t.wait("a PDF file of");
    assert!(std::fs::read(p.path("visit.pdf")).unwrap().starts_with(b"%PDF-"));

    // And once more with the passphrase.
    t.press(CTRL_L);
    t.wait("signed out");
    t.press("\t");
    t.wait("Sign in by PIN");
    t.press("\t");
    t.wait("Sign in by passphrase");
    t.press("nila");
    t.press("\t");
    t.press("river stone and reed");
    t.press("\r");
    t.wait("signed in as Nila Rao");
    t.press(CTRL_Q);
    let start = Instant::now();
    while t.child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it did not end:\n{}", t.text());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(t.child.wait().unwrap().success());
}

#[test]
fn the_screens_go_on_when_the_node_is_started_anew() {
    let p = Place::new();
    p.found("a");
    let node = Running::start(&p, "a");
    let mut t = Terminal::start(&p, &["--data", &p.text("a")], "C.UTF-8");
    t.wait("Sign in by passphrase");
    let sign_in = |t: &mut Terminal| {
        t.press("amina");
        t.press("\t");
        t.press("the passphrase of amina\r");
    };
    sign_in(&mut t);
    t.wait("Choose a PIN");
    t.press("\x1b");
    t.wait("Patients (0)");
    drop(node);
    t.wait("this screen goes on when it is started again");
    let _node = Running::start(&p, "a");
    t.wait("signed out by the node: sign in again");
    sign_in(&mut t);
    t.wait("Patients (0)");
}

#[test]
fn in_the_language_of_the_locale_with_menu_and_mouse() {
    let p = Place::new();
    let folder = p.text("demo");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "fr_CD.UTF-8");
    t.wait("Press Enter.");
    t.press("\r");
    t.wait("session ouverte : Nila Rao");
    t.wait("Chercher");

    // F10 is the menu: a word without its accent, then Enter.
    t.press("\x1b[21~");
    t.wait("Menu : ce qu'on peut faire ici");
    t.press("reseau");
    t.press("\r");
    t.wait("Ce poste");

    // A key at the bottom, then a patient, twice.
    t.click("F3 patients");
    t.wait("Meera Devi");
    t.click("Meera Devi");
    t.click("Meera Devi");
    t.wait("Consultations (3)");
    t.wait("36,7 °C");
    t.press("n");
    t.wait("Nouvelle consultation : Meera Devi");
    t.press("fièvre");
    t.press("\t");
    t.press("39,4");
    t.press(CTRL_S);
    t.wait("inhabituel : Température 39,4 °C");
    t.press(CTRL_S);
    t.wait("consultation enregistrée : bloc");
    t.press(CTRL_Q);
    let start = Instant::now();
    while t.child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it did not end:\n{}", t.text());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The help on the screen names each of these keys; the table says how many each task takes beside what is typed.
#[test]
fn each_task_takes_the_keys_that_are_listed() {
    const F2: &str = "\x1bOQ";
    const F5: &str = "\x1b[15~";
    const F10: &str = "\x1b[21~";
    let p = Place::new();
    let folder = p.text("demo");
    let stick = p.text("");
    let mut t = Terminal::start(&p, &["demo", "--folder", &folder], "C");
    t.wait("Press Enter.");
    t.press("\r");
    t.wait("signed in as Nila Rao");
    t.done("Sign in by face");

    t.wait("Meera Devi");
    t.press("Amara");
    t.key(F2);
    t.wait("Register a patient");
    t.key("\t");
    t.press("1987");
    t.key(CTRL_S);
    t.wait("registered Amara");
    t.wait("Meera Devi");
    t.done("Register a patient who was searched for first");

    t.press("meera");
    t.gone("Amara");
    t.wait("Patients (1)");
    t.key("\r");
    t.wait("Visits (3)");
    t.done("Find a patient and open the chart");

    t.key("v");
    t.wait("Reference range");
    t.done("See vital signs over time");
    t.press("\x1b");
    t.wait("Visits (3)");

    t.key("n");
    t.wait("New visit: Meera Devi");
    t.press("headache");
    t.key("\t");
    t.press("39.4");
    t.key(CTRL_S);
    t.wait("unusual: Temperature 39.4 °C");
    t.key(CTRL_S);
    t.wait("visit saved: block");
    t.done("Write a visit with a value that is questioned");

    t.wait("Visits (4)");
    t.key("e");
    t.wait("Correct the visit of");
    t.press(" since noon");
    t.key(CTRL_S);
    t.wait("corrected: block");
    t.done("Correct a visit");
    t.wait("corrected since");
    t.key("h");
    t.wait("headache → headache since noon");
    t.done("See what a visit said before");
    t.press("\x1b");
    t.wait("Visits (4)");

    t.key("c");
    t.wait("Who read");
    t.done("See what a patient allows, and who read");

    t.key(CTRL_R);
    t.wait("Nobody asked for anything");
    t.key("n");
    t.wait("Ask for the record of Meera Devi");
    t.key(CTRL_S);
    t.wait("asked: block");
    t.done("Ask other organisations for the record of who is on the screen");

    t.key(F5);
    t.wait("This terminal");
    t.key("o");
    t.wait("Courier out: write a bundle");
    t.press(&stick);
    t.key("\r");
    t.wait("wrote ");
    t.done("Write a bundle for a courier");

    t.key(F10);
    t.wait("Menu: what can be done here");
    t.press("patients");
    t.key("\r");
    t.wait("type part of a name");
    t.done("Do something whose key one doesn't know");

    t.key(CTRL_L);
    t.wait("signed out");
    t.done("Lock");
    t.key("\t");
    t.wait("Sign in by PIN");
    t.press("rao");
    t.press("274913");
    t.key("\r");
    t.wait("signed in as Nila Rao");
    t.done("Sign in by PIN");

    t.key("\x17");
    t.wait("To do (");
    t.done("See what is to be done");
    t.key("\x14");
    t.wait("Y O U R   C A R D");
    t.done("Hand the terminal to a patient");
    t.press("\x1b");
    t.wait("the patient is done: sign in");
}
