//! Whether somebody sits at the terminal itself. Nobody from afar signs in by face: the camera shows who sits there, not
//! who types.
//!
//! Judged by the process that calls (`SO_PEERCRED` over the socket), never by its environment: its controlling terminal,
//! its ancestors and its login session as systemd-logind knows it. What can't be told counts as afar.

use std::{fs, path::Path};

/// Where a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// At this machine's own console, or in a window of its own seat.
    Here,
    /// Over a network, through a program that others may attach to, or unknown.
    Afar,
}

/// Programs whose children may be driven from afar.
const REMOTE: [&str; 18] = [
    "sshd",
    "sshd-session",
    "dropbear",
    "mosh-server",
    "telnetd",
    "in.telnetd",
    "rlogind",
    "in.rlogind",
    "xrdp",
    "xrdp-sesman",
    "ttyd",
    "gotty",
    "Xvnc",
    "tmux",
    "screen",
    "zellij",
    "dtach",
    "abduco",
];
/// Ancestors looked at; no real chain is longer.
const GENERATIONS: usize = 64;
/// Linux, Documentation/admin-guide/devices.txt: major 4 is the consoles, from minor 64 on serial lines.
const CONSOLES: (u32, std::ops::Range<u32>) = (4, 1..64);

/// What was read of a process.
#[derive(Debug, Default)]
struct Facts {
    /// Controlling terminal: major, minor.
    terminal: Option<Number>,
    /// Names of the process and its ancestors.
    line: Vec<String>,
    /// Its login session is of a seat of this machine.
    seated: bool,
}

impl Origin {
    /// Judges a process.
    pub fn of(pid: u32) -> Self {
        judge(&facts(Path::new("/"), pid))
    }

    /// Judges this process.
    pub fn of_this() -> Self {
        Self::of(std::process::id())
    }
}

fn judge(f: &Facts) -> Origin {
    // "tmux: server" and the like: the first word is the program.
    let program = |name: &str| name.split([' ', ':']).next().unwrap_or_default().to_owned();
    if f.line.iter().any(|name| REMOTE.contains(&program(name).as_str())) {
        return Origin::Afar;
    }
    match f.terminal {
        Some((major, minor)) if major == CONSOLES.0 && CONSOLES.1.contains(&minor) => Origin::Here,
        Some(_) if f.seated => Origin::Here,
        _ => Origin::Afar,
    }
}

/// `root` is `/`, but for tests.
fn facts(root: &Path, pid: u32) -> Facts {
    let mut facts = Facts { seated: seated(root, pid), ..Facts::default() };
    let mut at = pid;
    for generation in 0..GENERATIONS {
        let Some((name, parent, terminal)) = stat(root, at) else { break };
        if generation == 0 {
            facts.terminal = terminal;
        }
        facts.line.push(name);
        if parent == 0 {
            return facts;
        }
        at = parent;
    }
    // A line that doesn't lead to the first process hides something.
    facts.line.push(REMOTE[0].into());
    facts
}

/// A device's number: major, minor.
type Number = (u32, u32);

/// Name, parent and controlling terminal (proc(5), /proc/pid/stat).
fn stat(root: &Path, pid: u32) -> Option<(String, u32, Option<Number>)> {
    let text = fs::read_to_string(root.join(format!("proc/{pid}/stat"))).ok()?;
    // The name stands in brackets and may hold brackets and spaces itself.
    let (head, tail) = text.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let mut fields = tail.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let tty = fields.nth(2)?.parse::<i64>().ok()? as u32;
    let terminal = (tty != 0).then_some(((tty >> 8) & 0xfff, (tty & 0xff) | ((tty >> 12) & 0xfff00)));
    Some((name, parent, terminal))
}

/// The process lies in the scope of a login session that logind says is local and has a seat.
fn seated(root: &Path, pid: u32) -> bool {
    let session = || {
        let groups = fs::read_to_string(root.join(format!("proc/{pid}/cgroup"))).ok()?;
        let scope =
            groups.lines().find_map(|l| l.split('/').find_map(|part| part.strip_prefix("session-")))?;
        let id = scope.strip_suffix(".scope")?.to_owned();
        if !id.chars().all(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        fs::read_to_string(root.join("run/systemd/sessions").join(id)).ok()
    };
    let Some(text) = session() else { return false };
    let value = |name: &str| text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix('='));
    value("REMOTE") == Some("0") && value("SEAT").is_some_and(|s| !s.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A root folder with these processes: pid, name, parent, tty.
    fn system(processes: &[(u32, &str, u32, u32)], session: Option<(&str, &str)>) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (pid, name, parent, tty) in processes {
            let p = dir.path().join(format!("proc/{pid}"));
            fs::create_dir_all(&p).unwrap();
            fs::write(p.join("stat"), format!("{pid} ({name}) S {parent} 1 1 {tty} 1 0 0")).unwrap();
            if let Some((id, _)) = session {
                fs::write(p.join("cgroup"), format!("0::/user.slice/user-1000.slice/session-{id}.scope\n"))
                    .unwrap();
            }
        }
        if let Some((id, text)) = session {
            let p = dir.path().join("run/systemd/sessions");
            fs::create_dir_all(&p).unwrap();
            fs::write(p.join(id), text).unwrap();
        }
        dir
    }

    fn judged(processes: &[(u32, &str, u32, u32)], session: Option<(&str, &str)>) -> Origin {
        let dir = system(processes, session);
        judge(&facts(dir.path(), processes[0].0))
    }

    /// tty2, ttyS0 and pts/3 as the kernel numbers them.
    const TTY2: u32 = 4 << 8 | 2;
    const SERIAL: u32 = 4 << 8 | 64;
    const PTS: u32 = 136 << 8 | 3;
    const LOCAL: &str = "UID=1000\nREMOTE=0\nTYPE=wayland\nSEAT=seat0\n";

    #[test]
    fn a_console_is_here() {
        assert_eq!(
            judged(&[(9, "aidpost", 5, TTY2), (5, "bash", 1, TTY2), (1, "init", 0, 0)], None),
            Origin::Here
        );
    }

    #[test]
    fn a_window_of_the_seat_is_here() {
        let line = [(9, "aidpost", 5, PTS), (5, "foot (x) y", 1, 0), (1, "systemd", 0, 0)];
        assert_eq!(judged(&line, Some(("3", LOCAL))), Origin::Here);
        assert_eq!(judged(&line, None), Origin::Afar, "without logind a window could be anything");
    }

    #[test]
    fn networks_and_what_others_may_attach_to_are_afar() {
        for program in ["sshd", "sshd-session", "mosh-server", "tmux: server", "screen", "in.telnetd"] {
            let line = [(9, "aidpost", 5, PTS), (5, program, 1, 0), (1, "systemd", 0, 0)];
            assert_eq!(judged(&line, Some(("3", LOCAL))), Origin::Afar, "{program}");
            let line = [(9, "aidpost", 5, TTY2), (5, program, 1, 0), (1, "systemd", 0, 0)];
            assert_eq!(judged(&line, None), Origin::Afar, "{program}");
        }
        let line = [(9, "aidpost", 1, PTS), (1, "systemd", 0, 0)];
        for session in ["REMOTE=1\nSEAT=seat0\n", "REMOTE=0\n", "REMOTE=0\nSEAT=\n", ""] {
            assert_eq!(judged(&line, Some(("3", session))), Origin::Afar, "{session:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_afar() {
        assert_eq!(judged(&[(9, "aidpost", 1, SERIAL), (1, "init", 0, 0)], None), Origin::Afar);
        assert_eq!(judged(&[(9, "aidpost", 1, 0), (1, "init", 0, 0)], Some(("3", LOCAL))), Origin::Afar);
        assert_eq!(judged(&[(9, "aidpost", 5, TTY2)], None), Origin::Afar, "an unknown parent");
        assert_eq!(judged(&[(9, "aidpost", 9, TTY2)], None), Origin::Afar, "a line without an end");
        assert_eq!(judge(&facts(Path::new("/nowhere"), 1)), Origin::Afar);
        assert_eq!(Origin::of(u32::MAX), Origin::Afar);
    }

    #[test]
    fn this_very_test_has_readable_facts() {
        let f = facts(Path::new("/"), std::process::id());
        assert!(!f.line.is_empty(), "{f:?}");
    }
}
