//! Founding and joining question by question, in pseudo-terminals, with the real program on both sides.

use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::{
    commands::Running,
    support::{BIN, MODELS, Place},
};

/// A command in a terminal of its own.
struct Talk {
    keys: Box<dyn Write + Send>,
    said: Arc<Mutex<String>>,
    /// What was said up to here was waited for.
    seen: usize,
    child: Box<dyn Child + Send + Sync>,
}

impl Talk {
    fn start(p: &Place, site: &str, args: &[&str]) -> Self {
        let pty = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(pty).unwrap();
        let mut command = CommandBuilder::new(BIN);
        command.args(["--data", &p.text(site), "--listen", "127.0.0.1:0"]);
        command.args(args);
        command.env("AIDPOST_MODELS", MODELS);
        command.env("TERM", "xterm-256color");
        command.cwd(p.dir.path());
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let hears = said.clone();
        std::thread::spawn(move || {
            let _master = pair.master;
            let mut buf = [0u8; 8192];
            while let Ok(n @ 1..) = output.read(&mut buf) {
                hears.lock().unwrap().push_str(&String::from_utf8_lossy(&buf[..n]));
            }
        });
        Self { keys, said, seen: 0, child }
    }

    /// Waits for words after those that were waited for before; what stands between.
    fn wait(&mut self, words: &str) -> String {
        let start = Instant::now();
        loop {
            let said = self.said.lock().unwrap().clone();
            let rest = &said[self.seen..];
            if let Some(at) = rest.find(words) {
                self.seen += at + words.len();
                return rest[..at].to_string();
            }
            assert!(
                start.elapsed() < Duration::from_secs(90),
                "'{words}' did not come after:\n{rest}\n---\n{said}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn answer(&mut self, question: &str, answer: &str) {
        self.wait(question);
        self.press(&format!("{answer}\n"));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The code that it shows.
    fn code(&mut self) -> String {
        self.wait("Code");
        self.wait("\r\n").trim().to_string()
    }

    fn ends(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < Duration::from_secs(90), "it goes on: {}", self.said.lock().unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CTRL_C: &str = "\x03";

/// A clinic, founded question by question.
fn found(p: &Place) {
    let mut t = Talk::start(p, "a", &["init"]);
    t.answer("Name of the consortium:", "Valley Health");
    t.answer("Name of your organisation:", "Aruna Clinic");
    t.answer("[clinic]:", "castle");
    t.wait("choose one of clinic, hospital");
    t.answer("[clinic]:", "");
    t.answer("[front desk]:", "");
    t.answer("[Admin]:", "Amina Yusuf");
    t.answer("Login name, for the sign-in [amina]:", "");
    t.answer("Passphrase:", "short");
    t.answer("again:", "short");
    t.wait("too short");
    t.answer("Passphrase:", "the passphrase of amina");
    t.answer("again:", "the passphrase of amin");
    t.wait("the two differ");
    t.answer("Passphrase:", "the passphrase of amina");
    t.answer("again:", "the passphrase of amina");
    let summary = t.wait("Found it?");
    for line in ["Valley Health", "Aruna Clinic (clinic)", "Amina Yusuf, login amina"] {
        assert!(summary.contains(line), "{summary}");
    }
    assert!(!p.path("a").exists(), "nothing is there before the yes");
    t.answer("yes or no:", "yes");
    t.wait("Founded \"Valley Health\"");
    assert_eq!(t.ends(), 0);
}

#[test]
fn stopping_before_the_yes_leaves_nothing_behind() {
    let p = Place::new();
    let mut t = Talk::start(&p, "a", &["init"]);
    t.answer("Name of the consortium:", "Valley Health");
    t.wait("Name of your organisation:");
    t.press(CTRL_C);
    assert_ne!(t.ends(), 0);
    let file = p.passphrase("amina");
    let given = ["init", "--consortium", "Valley", "--kind", "clinic", "--device", "desk", "--name", "Amina"];
    let mut t =
        Talk::start(&p, "a", &[&given[..], &["--login", "amina", "--passphrase-file", &file]].concat());
    t.answer("Name of your organisation:", "Aruna");
    t.answer("Found it?", "no");
    t.wait("nothing was changed");
    assert_eq!(t.ends(), 1);
    assert!(!p.path("a").exists());
    // Off a terminal, what is missing is named.
    p.run_as("a", "amina", &["init", "--org", "Aruna"])
        .failed(2, "not provided: --consortium <CONSORTIUM>: 'aidpost init --help'");
    p.run_as("a", "amina", &["join"]).failed(2, "not provided: <FILE>: 'aidpost join --help'");
    p.run_as("a", "amina", &["invite"]).failed(2, "in a script ('aidpost org invite')");
    assert!(!p.path("a").exists());
}

#[test]
fn a_second_terminal_joins_by_ticket_and_code() {
    let p = Place::new();
    found(&p);
    let (amina, omar) = (p.passphrase("amina"), p.passphrase("omar"));
    let mut a = Talk::start(&p, "a", &["invite", "--login", "amina", "--passphrase-file", &amina]);
    a.wait("aidpost-join-0:");
    let ticket = format!("aidpost-join-0:{}", a.wait("\r\n"));
    a.wait("Waiting");

    let asks = ["join", "--login", "omar", "--passphrase-file", &omar];
    let mut b = Talk::start(&p, "b", &asks);
    b.answer("name of a file:", "nowhere.txt");
    b.wait("copy the whole ticket");
    b.answer("name of a file:", &ticket);
    b.answer("[terminal]:", "tablet");
    b.wait("choose one of terminal, organisation");
    b.answer("[terminal]:", "");
    b.answer("[nurse]:", "");
    b.answer("[front desk]:", "tablet");
    b.answer("colleagues know it:", "Omar Haddad");
    let summary = b.wait("Is that right?");
    assert!(summary.contains("tablet") && summary.contains("Omar Haddad (nurse), login omar"), "{summary}");
    b.answer("yes or no:", "yes");
    b.wait("by the terminal \"front desk\" of \"Aruna Clinic\"");
    // The first time somebody is not sure.
    let (x, y) = (a.code(), b.code());
    assert_eq!(x, y);
    b.answer("yes or no:", "no");
    b.wait("somebody may be between");
    assert_eq!(b.ends(), 1);
    assert!(!p.path("b").exists());
    a.answer("yes or no:", "yes");
    a.wait("not there any more");

    let named = ["--role", "nurse", "--device", "tablet", "--name", "Omar Haddad", "--ticket", &ticket];
    let mut b = Talk::start(&p, "b", &[&asks[..], &named].concat());
    b.answer("Is that right?", "yes");
    let (x, y) = (a.code(), b.code());
    assert_eq!(x, y);
    assert!(!p.path("b").join("store").exists(), "nothing is there before the yes");
    a.answer("yes or no:", "yes");
    a.wait("Now the person at the other terminal");
    b.answer("yes or no:", "yes");
    a.wait("is certified");
    b.wait("Joined");
    assert_eq!(b.ends(), 0);
    a.wait("It has met this terminal");
    assert_eq!(a.ends(), 0);
    let s = p.run_as("b", "omar", &["verify", "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run("b", &["status"]);
    assert_eq!(s.code, 0, "{}", s.err);
}

#[test]
fn a_new_organisation_joins_at_a_node_that_runs() {
    let p = Place::new();
    p.found("a");
    let _node = Running::start(&p, "a");
    let (amina, bela) = (p.passphrase("amina"), p.passphrase("bela"));
    let invite = ["invite", "--qr", "--login", "amina", "--passphrase-file", &amina];
    let mut a = Talk::start(&p, "a", &invite);
    a.wait("aidpost-join-0:");
    let ticket = format!("aidpost-join-0:{}", a.wait("\r\n"));
    assert!(a.wait("Waiting").contains('▀'), "the ticket is drawn too");
    let join =
        ["join", "--login", "bela", "--passphrase-file", &bela, "--ticket", &ticket, "--device", "ward"];
    let join =
        [&join[..], &["--org", "Bela Hospital", "--kind", "hospital", "--name", "Bela Mwangi"]].concat();

    // Ctrl-C after the yes here, before the admin's: nothing is left, and nobody was let in.
    let mut b = Talk::start(&p, "b", &join);
    b.answer("Is that right?", "yes");
    assert_eq!(a.code(), b.code());
    b.answer("yes or no:", "yes");
    b.wait("Now the admin");
    let start = Instant::now();
    while !p.path("b").join("slots").exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "its keys are kept before the admin says yes");
        std::thread::sleep(Duration::from_millis(20));
    }
    b.press(CTRL_C);
    b.wait("nothing was changed");
    assert_eq!(b.ends(), 1);
    assert!(!p.path("b").exists());
    a.answer("yes or no:", "yes");
    a.wait("nobody was let in");

    let mut b = Talk::start(&p, "b", &join);
    b.answer("Is that right?", "yes");
    a.wait("the new organisation \"Bela Hospital\" (Hospital)");
    assert_eq!(a.code(), b.code());
    b.answer("yes or no:", "yes");
    a.answer("yes or no:", "yes");
    a.wait("Admitted");
    assert_eq!(a.ends(), 0);
    b.wait("Joined");
    assert_eq!(b.ends(), 0);

    // Ctrl-C shuts the door again.
    let mut a = Talk::start(&p, "a", &invite);
    a.wait("aidpost-join-0:");
    let ticket = format!("aidpost-join-0:{}", a.wait("\r\n"));
    a.wait("Waiting");
    a.press(CTRL_C);
    a.wait("nobody was let in");
    assert_eq!(a.ends(), 1);
    let asks =
        ["join", "--login", "omar", "--passphrase-file", &bela, "--ticket", &ticket, "--role", "nurse"];
    let mut c = Talk::start(&p, "c", &[&asks[..], &["--name", "Omar", "--device", "tablet"]].concat());
    c.answer("Is that right?", "yes");
    c.wait("does not let terminals join");
    c.wait("Ticket:");
    c.press(CTRL_C);
    assert_ne!(c.ends(), 0);
    assert!(!p.path("c").exists());
}
