//! What this machine can do, in about a minute: the figures that whoever buys one asks, each beside its limit of the same run.

mod raw;
mod terminal;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use serde::Serialize;

use self::terminal::Terminal;
use super::{Global, progress::Progress};
use crate::node::api::{Fault, FaultKind};

/// How long a figure that is counted per second is measured.
const SPAN: Duration = Duration::from_secs(6);
/// Turns of ours and the limit.
const TURNS: u32 = 6;
/// Patients of the search.
const PATIENTS: usize = 5_000;
/// Steps, for the bar.
const STEPS: usize = 6;

/// Bench.
#[derive(Args)]
pub(crate) struct Bench {
    /// Folder on the disk to measure; what is made there goes again
    #[arg(long, value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// One figure.
#[derive(Serialize)]
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
    /// What this machine does with nothing around it, in the same unit.
    limit: Option<Limit>,
}

#[derive(Serialize)]
struct Limit {
    what: &'static str,
    value: f64,
}

fn alone(what: &'static str, value: f64, unit: &'static str) -> Figure {
    Figure { what, value, unit, limit: None }
}

fn beside(what: &'static str, value: f64, unit: &'static str, limit: (&'static str, f64)) -> Figure {
    Figure { what, value, unit, limit: Some(Limit { what: limit.0, value: limit.1 }) }
}

/// A folder that is gone at the end, whatever happened.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &Path) -> Result<Self, Fault> {
        let dir = folder.join(format!("aidpost-bench-{}", std::process::id()));
        std::fs::create_dir(&dir).map_err(|e| {
            let words = format!("{}: {e}: choose another folder with --folder", dir.display());
            Fault::new(FaultKind::of_io(&e), words)
        })?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Bench {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let scratch = Scratch::new(&self.folder)?;
        let bar = Progress::new("measuring", STEPS);
        let figures = measure(&scratch.0, &bar).await;
        bar.finish();
        g.print(&figures?, |all| words(all));
        Ok(())
    }
}

async fn measure(dir: &Path, bar: &Progress) -> Result<Vec<Figure>, Fault> {
    let mut out = Vec::new();
    bar.set(0, "signing in");
    let first = Terminal::found(&dir.join("first")).await?;
    let (passphrase, pin) = first.sign_ins().await?;
    out.push(alone("sign-in by passphrase", passphrase * 1e3, "ms"));
    out.push(alone("sign-in by PIN", pin * 1e3, "ms"));
    if let Some(seconds) = terminal::face()? {
        out.push(alone("a face found and compared, one frame", seconds * 1e3, "ms"));
    }
    bar.set(1, "writing visits");
    let patient = first.register().await?;
    let mut redb = raw::Redb::create(&dir.join("redb"))?;
    let (mut ours, mut plain) = ((0, 0.0), (0, 0.0));
    let add = |sum: &mut (u32, f64), (n, seconds): (u32, f64)| *sum = (sum.0 + n, sum.1 + seconds);
    // In turns: what else the disk does meanwhile meets both.
    for _ in 0..TURNS {
        add(&mut ours, first.visits(patient, SPAN / TURNS).await?);
        add(&mut plain, redb.commits(SPAN / TURNS)?);
    }
    let rate = |(n, seconds): (u32, f64)| f64::from(n) / seconds;
    let limit = ("durable commits of plain redb", rate(plain));
    out.push(beside("visits written, signed, sealed and durable", rate(ours), "/s", limit));
    bar.set(2, "importing and searching");
    let (taken, search) = first.town(&dir.join("town.ndjson"), PATIENTS).await?;
    out.push(alone("resources taken in from a file", taken, "/s"));
    out.push(alone("search among 5,000 patients", search * 1e3, "ms"));
    bar.set(3, "meeting");
    let met = first.meeting(&dir.join("second")).await?;
    bar.set(4, "raw iroh");
    let stream = raw::stream(met.bytes.max(8 << 20)).await?;
    let limit = ("a stream of plain iroh", stream / 1e6);
    out.push(beside(
        "meeting, durable at the other terminal",
        met.bytes as f64 / met.seconds / 1e6,
        "MB/s",
        limit,
    ));
    out.push(alone("the same, blocks", met.blocks as f64 / met.seconds, "/s"));
    bar.set(5, "verifying");
    let blocks = first.verified().await?;
    let limit = ("signatures checked by plain ed25519, all cores", raw::signatures(SPAN / 4));
    out.push(beside("blocks checked anew, pages and all", blocks, "/s", limit));
    first.end().await;
    Ok(out)
}

fn words(all: &[Figure]) -> String {
    let line = |f: &Figure| {
        let value = number(f.value);
        let left = format!("{:<44} {value:>10} {:<5}", f.what, f.unit);
        match &f.limit {
            None => left.trim_end().to_string(),
            Some(l) => {
                format!("{left} {:>4.0}% of {}: {}", f.value / l.value * 100.0, l.what, number(l.value))
            }
        }
    };
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Three figures that matter.
fn number(x: f64) -> String {
    match x {
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x => format!("{x:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_stands_beside_its_limit() {
        let text = words(&[alone("search", 1.234, "ms"), beside("visits", 250.0, "/s", ("commits", 500.0))]);
        assert!(text.contains("1.23 ms\n") && text.contains("250 /s      50% of commits: 500"), "{text}");
    }

    #[test]
    fn nothing_is_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        let scratch = Scratch::new(dir.path()).unwrap();
        std::fs::write(scratch.0.join("x"), "x").unwrap();
        drop(scratch);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(Scratch::new(&dir.path().join("none")).is_err());
    }
}
