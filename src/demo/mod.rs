//! The whole job as a story, on real parts: two organisations, three terminals, one patient.
//!
//! Nothing here is simulated but the people and the camera's frames. The first step that doesn't go as told ends the
//! story with its name.

mod camera;
mod generated_codes;
mod generated_fhir;
pub mod generator;
mod sites;
mod steps;
mod tamper;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use serde::Serialize;

use self::sites::Sites;
pub use self::sites::{ADMIN, Account, NURSE, NURSE_PIN};
use crate::{
    node::{
        Node,
        api::{Fault, FaultKind},
    },
    vault::slots::Cost,
};

/// Marks a folder as the demonstration's, so that a new story never removes anything else.
const MARKER: &str = "aidpost-demonstration";

/// What one step did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// 1 to 8.
    pub step: u8,
    /// What it is about.
    pub title: &'static str,
    /// What happened, with its figures.
    pub lines: Vec<String>,
    /// How long it took.
    pub millis: u64,
}

/// The terminal of the first organisation, as the story left it.
pub struct Left {
    /// The node, open, its link up, nobody signed in.
    pub node: std::sync::Arc<Node>,
    /// Folder with its camera frames.
    pub frames: PathBuf,
}

/// Empties (or makes) the demonstration's folder.
fn fresh(folder: &Path) -> Result<(), Fault> {
    let bad = |e: std::io::Error| {
        let what = format!("{}: {e}: choose another folder with --folder", folder.display());
        Fault::new(FaultKind::Failed, what)
    };
    let is_empty = fs::read_dir(folder).map_or(true, |mut d| d.next().is_none());
    if !is_empty {
        if !folder.join(MARKER).is_file() {
            return Err(Fault::new(
                FaultKind::Usage,
                format!(
                    "{} holds something else than a demonstration: choose another folder with --folder",
                    folder.display()
                ),
            ));
        }
        fs::remove_dir_all(folder).map_err(bad)?;
    }
    fs::create_dir_all(folder).map_err(bad)?;
    fs::write(folder.join(MARKER), "A demonstration of Aidpost: removed and made anew each time.\n")
        .map_err(bad)
}

/// Plays the story in `folder`, telling each step as it ends.
///
/// # Errors
/// Names the step that failed.
pub async fn play(folder: &Path, cost: Cost, mut tell: impl FnMut(&Told)) -> Result<Left, Fault> {
    fresh(folder)?;
    let mut sites: Option<Sites> = None;
    for step in 1..=8u8 {
        let start = Instant::now();
        let (title, told) = one(step, folder, cost, &mut sites).await;
        let lines = told.map_err(|f| Fault::new(f.kind, format!("step {step} ({title}) failed: {f}")))?;
        tell(&Told { step, title, lines, millis: start.elapsed().as_millis() as u64 });
    }
    match sites {
        Some(s) => s.leave().await,
        None => Err(Fault::new(FaultKind::Failed, "the story did not begin")),
    }
}

async fn one(
    step: u8,
    folder: &Path,
    cost: Cost,
    sites: &mut Option<Sites>,
) -> (&'static str, Result<Vec<String>, Fault>) {
    if step == 1 {
        let told = match Sites::found(folder, cost).await {
            Ok((s, lines)) => {
                *sites = Some(s);
                Ok(lines)
            }
            Err(f) => Err(f),
        };
        return ("two organisations, three terminals, their staff, a nurse's face", told);
    }
    let Some(s) = sites.as_mut() else {
        return ("", Err(Fault::new(FaultKind::Failed, "nothing was founded")));
    };
    match step {
        2 => ("sign in: passphrase, lock, face; a second person is refused", steps::sign_in(s).await),
        3 => ("register a patient and write a visit", steps::first_visit(s).await),
        4 => ("the link is cut and both sides go on", steps::apart(s).await),
        5 => {
            ("they meet again; what was granted is read, and the read is recorded", steps::together(s).await)
        }
        6 => ("sharing is stopped while another terminal grants: revocation wins", steps::revoke(s).await),
        7 => ("a flipped byte is found and named", steps::damage(s).await),
        _ => ("a third visit travels on a stick", steps::stick(s).await),
    }
}
