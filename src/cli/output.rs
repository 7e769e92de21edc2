//! What is written to standard output and standard error. The standard macros end the program with a panic when whoever
//! read has gone (`aidpost patient list | head -1`); here that is no failure, and a full disk is one with its exit code.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write},
    sync::OnceLock,
};

use super::words::clean;
use crate::node::api::{Fault, FaultKind};

/// The most characters of an error: more is cut in the middle.
const MAX_LINE: usize = 1_000;

/// The first failure of standard output.
static FAILED: OnceLock<std::io::Error> = OnceLock::new();

/// A line, or several, on standard output, without anything in it that a terminal would obey: names of files and people may
/// hold it.
pub(crate) fn out(line: Arguments<'_>) {
    raw(&shown(&line.to_string()));
}

/// The same with the colours that it has on purpose.
pub(crate) fn raw(line: &str) {
    let mut to = std::io::stdout().lock();
    if let Err(e) = to.write_all(line.as_bytes()).and_then(|()| to.write_all(b"\n"))
        && e.kind() != ErrorKind::BrokenPipe
    {
        let _ = FAILED.set(e);
    }
}

/// A line, or the beginning of one, on standard error. Nobody can be told when that fails.
pub(crate) fn err(text: Arguments<'_>, end: &str) {
    let mut to = std::io::stderr().lock();
    let text = shown(&text.to_string());
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.write_all(end.as_bytes()));
}

/// Control characters become spaces, but for ends of lines and tabs.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { ' ' } else { c }).collect()
}

/// Whether everything that was shown was also written.
pub(crate) fn written() -> Result<(), Fault> {
    let flushed = std::io::stdout().lock().flush().err().filter(|e| e.kind() != ErrorKind::BrokenPipe);
    match FAILED.get().or(flushed.as_ref()) {
        None => Ok(()),
        Some(e) => Err(Fault::new(
            FaultKind::of_io(e),
            format!("what was to be shown could not be written ({e}): make room, or write it elsewhere"),
        )),
    }
}

/// An error as one line that a terminal shows and does not obey, whatever was in it.
pub(crate) fn one_line(text: &str) -> String {
    let line = clean(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let n = line.chars().count();
    if n <= MAX_LINE {
        return line;
    }
    let end: String = line.chars().skip(n - MAX_LINE / 2).collect();
    format!("{} … {end}", line.chars().take(MAX_LINE / 2).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_was_typed_an_error_is_one_short_line() {
        assert_eq!(shown("a\n\tb\u{1b}[2J\u{9b}c\r"), "a\n\tb [2J c ");
        assert_eq!(one_line("a\nb\u{1b}[2J  c\r"), "a b [2J c");
        let long = one_line(&format!("{}: choose another", "x".repeat(1 << 20)));
        assert!(long.chars().count() < MAX_LINE + 10 && long.ends_with(": choose another"), "{long}");
    }
}
