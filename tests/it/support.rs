//! The binary, with a data folder of its own.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

pub(crate) const BIN: &str = env!("CARGO_BIN_EXE_aidpost");
pub(crate) const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

/// A folder that is gone when the test ends.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// A command line, without a terminal, over the data folder `site`.
    pub(crate) fn command(&self, site: &str, args: &[&str]) -> Command {
        let mut c = Command::new(BIN);
        c.args(["--data", &self.text(site)]).args(args).env("AIDPOST_MODELS", MODELS).stdin(Stdio::null());
        c.current_dir(self.dir.path());
        c
    }

    pub(crate) fn run(&self, site: &str, args: &[&str]) -> Said {
        said(self.command(site, args).output().unwrap())
    }

    /// The same as [`Place::command`], as `login` with the passphrase that [`Place::passphrase`] writes.
    pub(crate) fn command_as(&self, site: &str, login: &str, args: &[&str]) -> Command {
        let file = self.passphrase(login);
        self.command(
            site,
            &[&["--login", login, "--passphrase-file", &file, "--listen", "127.0.0.1:0"], args].concat(),
        )
    }

    pub(crate) fn run_as(&self, site: &str, login: &str, args: &[&str]) -> Said {
        said(self.command_as(site, login, args).output().unwrap())
    }

    /// A passphrase file for a login.
    pub(crate) fn passphrase(&self, login: &str) -> String {
        let path = self.path(&format!("{login}.pass"));
        fs::write(&path, format!("the passphrase of {login}\n")).unwrap();
        path.display().to_string()
    }

    /// A further person, added by the admin "amina".
    pub(crate) fn staff(&self, site: &str, login: &str, role: &str) {
        let file = self.passphrase(login);
        let add = ["staff", "add", login, "--name", login, "--role", role, "--new-passphrase-file", &file];
        let s = self.run_as(site, "amina", &add);
        assert_eq!(s.code, 0, "{}", s.err);
    }

    /// A founded consortium with the admin "amina".
    pub(crate) fn found(&self, site: &str) {
        let s = self.run_as(site, "amina", &["init", "--consortium", "Valley", "--org", "Aruna Clinic"]);
        assert_eq!(s.code, 0, "{}", s.err);
    }
}

pub(crate) fn said(o: Output) -> Said {
    Said {
        code: o.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&o.stdout).into_owned(),
        err: String::from_utf8_lossy(&o.stderr).into_owned(),
    }
}

/// Words with which a remedy begins: something to do.
const REMEDIES: [&str; 54] = [
    "add", "admit", "ask", "begin", "call", "check", "choose", "close", "compare", "copy", "correct",
    "decide", "divide", "free", "get", "give", "hold", "install", "keep", "leave", "let", "lock", "look",
    "make", "meet", "move", "name", "open", "plug", "put", "read", "register", "restart", "restore", "run",
    "save", "say", "search", "see", "set", "shorten", "sign", "start", "stay", "stop", "take", "train",
    "try", "type", "unplug", "update", "use", "wait", "write",
];

/// Whether an error says what to do: a command to run, or a clause that begins with something to do. What the system says
/// of a file, or a parser of a text, has neither.
pub(crate) fn has_remedy(line: &str) -> bool {
    let told = line.trim_start_matches("aidpost: ");
    let to_do = |clause: &str| {
        let words =
            clause.split_whitespace().skip_while(|w| ["or", "and", "then", "now", "first"].contains(w));
        words.take(1).any(|w| REMEDIES.contains(&w.to_lowercase().as_str()))
    };
    told.contains("'aidpost ")
        || told.split([':', ';', ',', '?', '.', '(', ')']).skip(1).any(|c| to_do(c.trim()))
        || [" or ", " and ", " then "].iter().any(|w| told.split(w).skip(1).any(to_do))
}

impl Said {
    /// It failed with this code, in one line that holds these words.
    pub(crate) fn failed(&self, code: i32, words: &str) {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        assert!(self.err.contains(words), "'{words}' is not in: {}", self.err);
        let lines: Vec<_> = self.err.lines().filter(|l| l.starts_with("aidpost: ")).collect();
        assert_eq!(lines.len(), 1, "one line, not: {}", self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }
}
