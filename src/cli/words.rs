//! Words of the command line that several commands read, and days as people write them.

use std::{
    fs::{File, OpenOptions},
    io::{IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::{
    core::{record::Compartment, time::Millis},
    node::api::{Fault, FaultKind},
};

/// What a word means, or the choices there are.
pub(crate) fn word<T>(
    what: &str,
    given: &str,
    choices: &[&'static str],
    found: Option<T>,
) -> Result<T, Fault> {
    let given: String = given.chars().take(40).collect();
    found.ok_or_else(|| {
        Fault::new(
            FaultKind::Usage,
            format!("'{given}' is not a {what}: choose one of {}", choices.join(", ")),
        )
    })
}

/// Parts of a record, from their words.
pub(crate) fn parts(given: &[String]) -> Result<Vec<Compartment>, Fault> {
    let choices: Vec<&str> = Compartment::ALL.iter().map(|(_, w)| *w).collect();
    given.iter().map(|w| word("part of the record", w, &choices, Compartment::from_word(w))).collect()
}

/// Midnight (UTC) at the beginning of a day like 2026-03-01.
pub(crate) fn day(given: &str) -> Result<Millis, Fault> {
    let bad = || {
        let given: String = given.chars().take(40).collect();
        Fault::new(FaultKind::Usage, format!("'{given}' is not a day: write it like 2026-03-01"))
    };
    let date: Date = given.parse().map_err(|_| bad())?;
    let at = date.to_zoned(TimeZone::UTC).map_err(|_| bad())?.timestamp().as_millisecond();
    Millis::try_from(at).map_err(|_| bad())
}

/// A time as people write it: day, hour and minute, UTC.
pub(crate) fn time(at: impl TryInto<i64>) -> String {
    let t = at.try_into().ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    t.map_or_else(|| "?".into(), |t| t.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d %H:%M").to_string())
}

/// The day of a time.
pub(crate) fn date(at: impl TryInto<i64>) -> String {
    time(at).chars().take(10).collect()
}

/// Asks before what can't be taken back.
pub(crate) fn sure(question: &str, yes: bool) -> Result<(), Fault> {
    if yes {
        return Ok(());
    }
    let no =
        || Fault::new(FaultKind::Usage, "nothing was done: type 'yes' when asked, or give --yes in a script");
    if !std::io::stdin().is_terminal() {
        return Err(no());
    }
    eprint!("{question} Type yes: ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|e| Fault::new(FaultKind::Failed, e))?;
    if line.trim() == "yes" { Ok(()) } else { Err(no()) }
}

/// No file of this name is there yet.
pub(crate) fn new_file(path: &Path) -> Result<(), Fault> {
    if path.exists() {
        return Err(Fault::new(
            FaultKind::Usage,
            format!("{} exists already: choose another name", path.display()),
        ));
    }
    Ok(())
}

/// A new file that its owner alone can read: its place is known to be writable before there is anything to write. Until it is
/// finished it has another name; given up, it leaves nothing.
pub(crate) struct NewFile<'a> {
    path: &'a Path,
    part: PathBuf,
    file: File,
}

impl<'a> NewFile<'a> {
    pub(crate) fn at(path: &'a Path) -> Result<Self, Fault> {
        new_file(path)?;
        let part = path.with_added_extension("part");
        let open = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part);
        let file = open.map_err(|e| Self::unwritten(path, &e))?;
        Ok(Self { path, part, file })
    }

    pub(crate) fn finish(mut self, bytes: &[u8]) -> Result<(), Fault> {
        let done = self.file.write_all(bytes).and_then(|()| self.file.sync_all());
        done.and_then(|()| std::fs::rename(&self.part, self.path)).map_err(|e| Self::unwritten(self.path, &e))
    }

    fn unwritten(path: &Path, e: &std::io::Error) -> Fault {
        Fault::unwritten(path, e, "choose another file")
    }
}

impl Drop for NewFile<'_> {
    fn drop(&mut self) {
        // Finished, it has its own name; else what is left is in nobody's way.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// Writes a new file, whole or not at all, that its owner alone can read.
pub(crate) fn save(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    NewFile::at(path)?.finish(bytes)
}

/// What came from another terminal, without anything that a terminal would obey.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_there_and_back() {
        assert_eq!(day("1970-01-02").unwrap(), 86_400_000);
        assert_eq!(date(day("2026-03-02").unwrap()), "2026-03-02");
        for bad in ["", "2026-13-01", "yesterday", "1960-01-01"] {
            assert!(day(bad).is_err(), "{bad}");
        }
        assert_eq!(clean("a\u{1b}[2J"), "a [2J");
        assert!(parts(&["hiv".into(), "x".into()]).unwrap_err().message.contains("general, "));
    }
}
