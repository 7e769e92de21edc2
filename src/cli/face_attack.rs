//! `aidpost face attack-bench`: attacks on the liveness check, and heads that must pass it.

use super::Global;
use super::progress::Progress;
use crate::face::Engine;
use crate::face::attack::bench::run;
use crate::face::attack::material::{Material, MaterialError};
use crate::face::attack::report::Report;
use crate::face::attack::separation::{Separation, separation};
use crate::node::api::{Fault, FaultKind};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;

/// Most threads: each holds both networks.
const MAX_THREADS: usize = 8;
/// Most portraits prepared.
const MAX_PORTRAITS: usize = 80;

/// Measure the liveness check: pictures, screens, replays and swapped faces that it must refuse, heads that it must accept.
///
/// Every frame is rendered or recorded pixels and goes through detector, embedder and check. Fails when a flat picture, a
/// replay of another challenge, a swapped face or a second face passes, or when more than 5% of the heads are refused.
/// Error rates as in ISO/IEC 30107-3.
///
/// Example: aidpost face attack-bench --faces portraits --turns recordings --attacks 1000
#[derive(Args)]
pub(crate) struct AttackBench {
    /// Folder with portraits, as Name/Name_0001.jpg or a picture each; the demo's two people otherwise
    #[arg(long, value_name = "DIR")]
    faces: Option<PathBuf>,
    /// Folder with animated GIFs of people who turn their heads to both sides
    #[arg(long, value_name = "DIR")]
    turns: Option<PathBuf>,
    /// Number of attacks; a fifth as many replays of the same challenge, and of heads, are added
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..=1_000_000))]
    attacks: u32,
    /// What the attempts are drawn from: the same number gives the same attempts
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    seed: u64,
}

/// What `--json` prints; rates are 0..1, intervals 95%.
#[derive(Serialize)]
struct Measured {
    portraits: usize,
    people: usize,
    /// Recordings without a turn to both sides.
    left_out: Vec<String>,
    separation: Separation,
    report: Report,
}

impl AttackBench {
    pub(crate) fn run(self, g: &Global) -> Result<(), Fault> {
        let models = Engine::find_models()?;
        let mut engine = Engine::load(&models)?;
        let attacks = self.attacks as usize;
        let most = (attacks / 3).clamp(4, MAX_PORTRAITS);
        let progress = Progress::new("portraits", most);
        let material =
            Material::load(&mut engine, self.faces.as_deref(), self.turns.as_deref(), most, |n| {
                progress.set(n, "")
            })?;
        progress.finish();
        let separation = separation(&material, &mut engine);
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(MAX_THREADS);
        let mut engines = vec![engine];
        while engines.len() < threads {
            engines.push(Engine::load(&models)?);
        }
        let progress = Progress::new("attempts", attacks);
        let report =
            run(&material, engines, attacks, self.seed, |done, of| progress.set(done * attacks / of, ""));
        progress.finish();
        let portraits = material.people.iter().map(Vec::len).sum();
        let Material { people, left_out, .. } = material;
        let measured = Measured { portraits, people: people.len(), left_out, separation, report };
        g.print(&measured, words);
        let broken = measured.report.broken();
        if broken.is_empty() { Ok(()) } else { Err(Fault::new(FaultKind::Failed, broken.join("; "))) }
    }
}

fn words(m: &Measured) -> String {
    let mut out = format!("{}\n{}", m.separation.words(), m.report.words());
    out += &format!(", {} portraits of {} people", m.portraits, m.people);
    if !m.left_out.is_empty() {
        out += &format!("\nleft out, no turn to both sides of one head: {}", m.left_out.join(", "));
    }
    out
}

impl From<MaterialError> for Fault {
    fn from(e: MaterialError) -> Self {
        let kind = match &e {
            MaterialError::Unreadable { source, .. } => FaultKind::of_read(source),
            MaterialError::TooFew(_) => FaultKind::Refused,
        };
        Fault::new(kind, e)
    }
}
