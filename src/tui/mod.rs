//! The workstation's screens, as one client of the node.
//!
//! A key becomes a `msg::Msg`; `keymap` gives it its meaning; `update`, a pure function, changes the `model` and
//! returns effects as data; `effects` executes them with the node's client and reports back as messages; `view` draws.
//!
//! - `model`, `forms`, `input`: what the screens know. Signed out, nothing of any patient but the code of a new card (`cards`).
//! - `leaving`: what stands in the way of leaving a screen.
//! - `attachments`, `photograph`: files kept with a record, and papers before the camera that become one.
//! - `keymap`, `menu`: one table of keys, from which footer, help and menu are made.
//! - `registering`: who somebody is and who decides for them.
//! - `finding`: codes of a visit, found by a few letters.
//! - `form`: choices, marks and texts in rows, for whatever is filled in; `subject`: the patient a screen was opened for.
//! - `update`: one file a screen. Never says saved before the node did.
//! - `view`, `widgets`, `large`, `sheet`, `theme`: one file a screen; what can be clicked; colours by meaning.
//! - `painting`: the camera's picture in pixels.
//! - `words`: what people read, in their language.
//! - `effects`, `rights_calls`, `admin_calls`, `desk_calls`, `attachment_calls`, `files`, `line`, `terminal`, `signals`,
//!   `panicking`: the only parts that touch the world.

mod admin_calls;
mod attachment_calls;
mod attachments;
mod auditing;
mod cards;
mod conflict;
mod correcting;
mod desk_calls;
mod effects;
mod ending;
mod erasing;
mod files;
mod finding;
#[cfg(test)]
pub(crate) mod fixtures;
mod form;
mod forms;
mod governing;
mod growth;
mod health;
mod input;
mod inviting;
mod joining;
mod keymap;
mod keyslots;
mod large;
mod leaving;
mod limiting;
mod line;
mod linking;
mod listed;
mod meeting;
mod menu;
mod model;
mod msg;
mod painting;
mod panicking;
mod paper_calls;
mod papers;
mod patient_forms;
mod photograph;
mod plot;
mod proposing;
mod proving;
mod record_calls;
mod registering;
mod requests;
mod retention;
mod rights_calls;
mod sharing;
mod sheet;
mod signals;
mod striking;
mod subject;
mod terminal;
pub mod theme;
mod turn;
mod twice;
mod update;
mod view;
mod vitals;
mod widgets;
mod words;
mod work;

use std::{
    env, io,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use jiff::tz::TimeZone;
use tokio::{
    sync::mpsc::{UnboundedSender, unbounded_channel},
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

use crate::{core::time::Millis, node::api::ClinicClient};

use self::{
    effects::Runner,
    line::Line,
    model::Model,
    msg::{Effect, Msg},
    painting::Painting,
    signals::Signals,
    terminal::Screen,
    words::Words,
};

pub use self::{
    painting::{Graphics, UnknownGraphics},
    theme::{BadTheme, Depth, Theme},
    words::{Language, UnknownLanguage},
};

/// How often time is told to the model: drafts, idling, what counts down.
const TICK: Duration = Duration::from_millis(250);

/// How the workstation looks.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// dark, light, high-contrast, colour-blind, mono or the path of a theme file. Without it: dark, or mono when `NO_COLOR`
    /// is set or the terminal has no colour.
    pub theme: Option<String>,
    /// The data folder of a node that runs apart from the screens: they find it again after it was started anew.
    pub apart: Option<PathBuf>,
    /// en, fr, es or sw. Without it: that of the locale, or English.
    pub language: Option<String>,
    /// auto, blocks, sixel or kitty: how the camera's picture is drawn. Without it: auto, by what the environment says.
    pub graphics: Option<String>,
}

/// Why the workstation could not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The theme can't be used.
    #[error(transparent)]
    Theme(#[from] BadTheme),
    /// There are no words in that language.
    #[error(transparent)]
    Language(#[from] UnknownLanguage),
    /// There are no such graphics.
    #[error(transparent)]
    Graphics(#[from] UnknownGraphics),
    /// The terminal refuses.
    #[error("the terminal cannot be used: {0}: run Aidpost in an interactive terminal")]
    Terminal(#[from] io::Error),
}

/// Shows the workstation until the person leaves it. The terminal is given back in every case.
///
/// # Errors
/// A theme, language or graphics that can't be used, or a terminal that can't be drawn on.
pub async fn run(client: ClinicClient, options: Options) -> Result<(), Error> {
    let set = |name| env::var_os(name).filter(|v| !v.is_empty());
    let text = |name| set(name).map(|v| v.to_string_lossy().into_owned()).unwrap_or_default();
    let depth = Depth::of(&text("COLORTERM"), &text("TERM"));
    let theme = Theme::choose(options.theme.as_deref(), set("NO_COLOR").is_some(), depth)?;
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map(text);
    let language =
        Language::choose(options.language.as_deref(), locale.each_ref().map(|l| Some(l.as_str())))?;
    let cell = terminal::cell();
    let graphics = Graphics::choose(options.graphics.as_deref(), text, cell.is_some())?;
    let (sender, mut messages) = unbounded_channel();
    let mut signals = Signals::listen(&sender)?;
    let runner = Runner::new(Line::new(client, options.apart), sender.clone());
    let mut screen = Screen::open(sender.clone(), graphics)?;
    let mut painter = Painter { busy: false, answers: sender };
    let zone = TimeZone::system();
    let words = Words::new(language, zone.clone());
    let mut model = Model::new(zone, now());
    model.painting = Painting::new(graphics, cell);
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut next = Some(Msg::Start);
    let mut gone = None;
    'running: loop {
        // All that has come is taken in before anything is drawn.
        while let Some(msg) = next.take() {
            match &msg {
                Msg::Resize => model.painting.resized(terminal::cell()),
                Msg::Painted { .. } => painter.busy = false,
                _ => {}
            }
            for effect in update::update(&mut model, now(), &words, msg) {
                match effect {
                    Effect::Call { session, call } => runner.start(session, call),
                    Effect::Suspend => {
                        runner.settle().await;
                        screen.rest(&words.text("frame-suspended"));
                        next = Some(signals.stop().await);
                    }
                    Effect::TakeAgain => {
                        model.painting.forget();
                        gone = screen.take_again().err();
                    }
                    Effect::GiveUp(long) => runner.give_up(long),
                    Effect::Quit => break 'running,
                }
            }
            next = next.or_else(|| messages.try_recv().ok());
        }
        if model.dirty && gone.is_none() {
            gone = terminal::draw(&mut screen.terminal, &mut model, &words, &theme).err();
            painter.follow(&model);
        }
        // What was typed is kept also where there is no terminal any more.
        if gone.is_some() {
            next = Some(Msg::Quit);
            continue;
        }
        next = tokio::select! {
            msg = messages.recv() => msg,
            msg = signals.continued() => Some(msg),
            _ = ticks.tick() => Some(Msg::Tick),
        };
    }
    drop(screen);
    runner.finish().await;
    gone.map_or(Ok(()), |e| Err(e.into()))
}

/// Encodes pictures beside the screens, one at a time.
struct Painter {
    busy: bool,
    answers: UnboundedSender<Msg>,
}

impl Painter {
    /// Begins with the picture that the last drawing lacked.
    fn follow(&mut self, model: &Model) {
        let lacking = model.drawn.picture().filter(|w| !self.busy && model.painting.lacks(w));
        let Some(wanted) = lacking.cloned() else { return };
        self.busy = true;
        let (brush, session, answers) = (model.painting.brush(), model.session, self.answers.clone());
        tokio::spawn(async move {
            // A mistake in the encoder costs its pictures alone.
            let painted = spawn_blocking(move || brush.paint(wanted)).await.ok().flatten();
            // Nobody listens any more once the workstation was left.
            let _ = answers.send(Msg::Painted { session, painted: painted.map(Box::new) });
        });
    }
}

fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}
