//! Questions one after the other on a terminal: each with what is taken for Enter, each answer checked as it is given.

use std::io::{BufRead, IsTerminal, Read};

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Global;
use crate::{
    node::api::{Fault, FaultKind, Passphrase},
    vault::slots::{MIN_PASSPHRASE, login_ok},
};

/// The longest answer that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// What holds of every such row of questions.
pub(crate) const MANNER: &str = "Enter takes what is in brackets. Nothing is written before you have seen all of\nit and said yes; Ctrl-C ends it.\n";

/// Somebody sits here who can be asked.
pub(crate) fn possible() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Whoever answers: the terminal, or lines of a test.
pub(crate) struct Questions<R>(R);

impl Questions<std::io::StdinLock<'static>> {
    /// Of whoever sits here.
    pub(crate) fn here() -> Self {
        Self(std::io::stdin().lock())
    }
}

impl<R: BufRead> Questions<R> {
    fn line(&mut self) -> Result<String, Fault> {
        let mut line = String::new();
        let read = (&mut self.0).take(MOST).read_line(&mut line);
        if read.map_err(|e| Fault::new(FaultKind::Failed, e))? == 0 {
            return Err(Fault::new(FaultKind::Usage, "nothing was done: the questions were not answered"));
        }
        Ok(line.trim().to_string())
    }

    /// Asks until the answer is one; Enter takes the default, where there is one.
    pub(crate) fn ask<T>(
        &mut self,
        what: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        loop {
            match default {
                Some(d) => eprint!("{what} [{d}]: "),
                None => eprint!("{what}: "),
            }
            let line = self.line()?;
            let given = match (line.is_empty(), default) {
                (true, Some(d)) => d,
                (true, None) => continue,
                (false, _) => &line,
            };
            match read(given) {
                Ok(t) => return Ok(t),
                Err(f) => eprintln!("  {}", super::output::one_line(&f.message)),
            }
        }
    }

    /// A question that only a whole yes or no answers.
    pub(crate) fn yes(&mut self, question: &str) -> Result<bool, Fault> {
        loop {
            eprint!("{question} Type yes or no: ");
            match self.line()?.to_lowercase().as_str() {
                "yes" => return Ok(true),
                "no" => return Ok(false),
                _ => {}
            }
        }
    }
}

/// A name that stands as it was typed, when it passes a check.
pub(crate) fn named(what: &'static str) -> impl Fn(&str) -> Result<String, Fault> {
    move |given| crate::node::setup::check_name(what, given).map(|()| given.to_string())
}

/// The login name: as given with --login, or asked for.
pub(crate) fn login<R: BufRead>(q: &mut Questions<R>, g: &Global, name: &str) -> Result<String, Fault> {
    if let Some(l) = &g.login {
        return Ok(l.clone());
    }
    // What somebody called Amina Yusuf would type.
    let first: String = name
        .split_whitespace()
        .next()
        .unwrap_or("")
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    q.ask("Login name, for the sign-in", (!first.is_empty()).then_some(&first), |given| {
        match login_ok(given) {
            true => Ok(given.to_string()),
            false => Err(Fault::new(FaultKind::Usage, "that can't be a login name: choose another")),
        }
    })
}

/// The new passphrase: from the file, or asked for until it is long enough and was typed twice the same.
pub(crate) fn passphrase(g: &Global) -> Result<Passphrase, Fault> {
    if g.passphrase_file.is_some() {
        return g.passphrase(true);
    }
    eprintln!("Now your passphrase, of at least {MIN_PASSPHRASE} characters; it is not shown as you type.");
    loop {
        match g.passphrase(true) {
            Ok(p) if p.0.chars().count() >= MIN_PASSPHRASE => return Ok(p),
            Ok(_) => eprintln!("  too short: use at least {MIN_PASSPHRASE} characters"),
            Err(f) if f.kind == FaultKind::Usage => eprintln!("  the two differ: type it again"),
            Err(f) => return Err(f),
        }
    }
}

/// A question that somebody may take long to answer, while what runs goes on. Ctrl-C is an answer too: none.
pub(crate) async fn decide(question: &'static str) -> Result<Option<bool>, Fault> {
    let mut stop = interrupted()?;
    let asked = tokio::task::spawn_blocking(move || Questions::here().yes(question));
    tokio::select! {
        answer = asked => answer.map_err(|e| Fault::new(FaultKind::Failed, e))?.map(Some),
        _ = stop.recv() => Ok(None),
    }
}

/// From now on Ctrl-C ends nothing by itself: whoever holds this decides what is left behind.
pub(crate) fn interrupted() -> Result<Signal, Fault> {
    signal(SignalKind::interrupt()).map_err(|e| Fault::new(FaultKind::Failed, e))
}

/// Somebody pressed Ctrl-C.
pub(crate) fn stopped() -> Fault {
    Fault::new(FaultKind::Conflict, "stopped: nothing was changed")
}

/// Does what can't be stopped in the middle; true when Ctrl-C was pressed meanwhile.
///
/// # Errors
/// As what is done.
pub(crate) fn whole<T>(done: impl FnOnce() -> Result<T, Fault>) -> Result<(T, bool), Fault> {
    let mut stop = interrupted()?;
    let t = tokio::task::block_in_place(done)?;
    let pressed = futures::FutureExt::now_or_never(stop.recv()).is_some();
    Ok((t, pressed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(lines: &str) -> Questions<&[u8]> {
        Questions(lines.as_bytes())
    }

    #[test]
    fn answers_are_checked_and_enter_takes_what_is_in_brackets() {
        let mut q = answers("\n\u{7}\nAruna Clinic\n\nmaybe\nYES\nno\n");
        let name = named("the organisation's name");
        assert_eq!(q.ask("Organisation", None, &name).unwrap(), "Aruna Clinic");
        assert_eq!(q.ask("Terminal", Some("front desk"), &name).unwrap(), "front desk");
        assert!(q.yes("Found it?").unwrap() && !q.yes("Again?").unwrap());
        assert!(q.yes("And now?").unwrap_err().message.contains("nothing was done"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_done_is_done_whole() {
        assert!(matches!(whole(|| Ok(7)), Ok((7, false))));
        assert!(whole(|| Err::<(), _>(stopped())).is_err());
    }
}
