//! The log: what an operator is told of what happens, by room and level. Never anything about a person.
//!
//! Rules for whoever adds an event: numbers, codes, addresses and identifiers of terminals and organisations; no name, no
//! identifier of a patient or of staff, nothing that somebody typed, no message that might repeat it
//! (`tests/it/secrets.rs` looks for planted ones at trace level). Other crates' events are never written.

mod file;

use std::{
    fmt::{self, Write as _},
    io::Write as _,
    path::Path,
    sync::Mutex,
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
};
use tracing_subscriber::{Layer, filter::Targets, layer::Context, prelude::*};

use self::file::Rotated;
use super::words::clean;
use crate::node::{
    api::{Fault, FaultKind},
    clock,
};

/// Rooms that say something.
const ROOMS: [&str; 8] = ["cli", "face", "mesh", "node", "nn", "store", "tui", "vault"];
/// Where the levels are set.
const VARIABLE: &str = "AIDPOST_LOG";

/// Files of the log in a data folder, the newest first.
pub(crate) fn files(data: &Path) -> Vec<std::path::PathBuf> {
    file::names(data).into_iter().filter(|p| p.is_file()).collect()
}

/// Begins to write: into the data folder, when there is one, and for a service also to standard error.
///
/// # Errors
/// The levels make no sense.
pub(crate) fn begin(data: Option<&Path>, service: bool) -> Result<(), Fault> {
    let given = std::env::var(VARIABLE).unwrap_or_default();
    let filter = filter(&given)?;
    let log = Log {
        file: data.filter(|d| d.is_dir()).map(|d| Mutex::new(Rotated::new(d))),
        service,
        journal: std::env::var_os("JOURNAL_STREAM").is_some(),
    };
    // A second one in the same process (a test) leaves the first.
    let _ = tracing_subscriber::registry().with(log.with_filter(filter)).try_init();
    std::panic::set_hook(mistakes(service, std::panic::take_hook()));
    Ok(())
}

/// Told of a panic.
type Hook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync>;

/// Writes where the program found a mistake of its own, not what: the message may repeat anything. Whoever sits before the
/// screen is told by `default` what it was; a service's standard error is kept in the journal.
fn mistakes(service: bool, default: Hook) -> Hook {
    Box::new(move |p| {
        let at = p.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(at, "the program found a mistake of its own");
        if !service {
            default(p);
        }
    })
}

/// `info`, `mesh=debug`, or several of these with commas between them. Info where nothing is said.
fn filter(given: &str) -> Result<Targets, Fault> {
    let bad = |what: &str| {
        let what: String = clean(what).chars().take(40).collect();
        Fault::new(
            FaultKind::Usage,
            format!(
                "{VARIABLE}: '{what}' is neither a level (error, warn, info, debug, trace, off) nor ROOM=LEVEL with a room of {}",
                ROOMS.join(", ")
            ),
        )
    };
    let level =
        |word: &str| word.parse::<LevelFilter>().ok().filter(|_| !word.chars().all(|c| c.is_ascii_digit()));
    let mut targets = Targets::new().with_target("aidpost", LevelFilter::INFO);
    for part in given.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        targets = match part.split_once('=') {
            None => targets.with_target("aidpost", level(part).ok_or_else(|| bad(part))?),
            Some((room, word)) if ROOMS.contains(&room) => {
                targets.with_target(format!("aidpost::{room}"), level(word).ok_or_else(|| bad(part))?)
            }
            Some(_) => return Err(bad(part)),
        };
    }
    Ok(targets)
}

/// Where events go.
struct Log {
    file: Option<Mutex<Rotated>>,
    service: bool,
    /// The journal adds the time, and takes the level from the beginning of the line.
    journal: bool,
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut words = Words::default();
        event.record(&mut words);
        let (level, target) = (*event.metadata().level(), event.metadata().target());
        let room = target.split("::").nth(1).unwrap_or(target);
        let now = clock::now();
        let said = clean(&format!("{room}: {}{}", words.message, words.fields));
        let line = format!("{}T{}Z {level:<5} {said}\n", clock::date(now), clock::second_of_day(now));
        if let Some(file) = &self.file {
            file.lock().unwrap_or_else(std::sync::PoisonError::into_inner).line(&line);
        }
        if self.service {
            let priority = match level {
                Level::ERROR => 3,
                Level::WARN => 4,
                Level::INFO => 6,
                _ => 7,
            };
            let line = if self.journal { format!("<{priority}>{said}\n") } else { line };
            // Nobody can be told that nobody can be told.
            let _ = std::io::stderr().lock().write_all(line.as_bytes());
        }
    }
}

/// The message of an event, and its fields as ` name=value`.
#[derive(Default)]
struct Words {
    message: String,
    fields: String,
}

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A String takes whatever is written.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = match field.name() {
            "message" => write!(self.message, "{value}"),
            name => write!(self.fields, " {name}={value}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mistake_says_is_not_for_the_journal() {
        use std::sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        };
        let told = |service: bool| {
            let seen = Arc::new(AtomicBool::new(false));
            let by_default = seen.clone();
            let default = move |p: &std::panic::PanicHookInfo<'_>| {
                // Others may panic meanwhile, in tests of theirs.
                if p.payload_as_str() == Some("Meera Devi") {
                    by_default.store(true, Ordering::SeqCst);
                }
            };
            let before = std::panic::take_hook();
            std::panic::set_hook(mistakes(service, Box::new(default)));
            let caught = std::panic::catch_unwind(|| panic!("Meera Devi"));
            std::panic::set_hook(before);
            assert!(caught.is_err());
            seen.load(Ordering::SeqCst)
        };
        assert!(told(false), "whoever runs a command is told");
        assert!(!told(true), "a service's words are kept");
    }

    #[test]
    fn levels_by_room() {
        let t = filter("warn, mesh=debug").unwrap();
        assert!(t.would_enable("aidpost::mesh::session", &Level::DEBUG));
        assert!(!t.would_enable("aidpost::node::sync", &Level::INFO));
        assert!(t.would_enable("aidpost::node::sync", &Level::WARN));
        assert!(!t.would_enable("iroh::magicsock", &Level::ERROR), "others' events are never written");
        assert!(filter("").unwrap().would_enable("aidpost::node", &Level::INFO));
        assert!(!filter("off").unwrap().would_enable("aidpost::node", &Level::ERROR));
        for bad in ["loud", "mesh=loud", "iroh=trace", "=", "core=debug", "5", "mesh=debug=info"] {
            let e = filter(bad).unwrap_err();
            assert!(e.kind == FaultKind::Usage && e.message.contains("AIDPOST_LOG"), "{bad}: {e}");
        }
    }
}
