//! FHIR in.

use std::path::PathBuf;

use clap::Args;

use super::{Global, join::close, sheet::drive};
use crate::{
    jobs::{FhirIn, Job, Report, files},
    node::api::{Fault, FaultKind, KindCount},
};

/// Import.
#[derive(Args)]
pub(crate) struct Import {
    /// Files, or folders with .json, .ndjson and .jsonl files
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    /// The sender, where several use the same identifiers for different people
    #[arg(long, default_value = "", value_name = "NAME")]
    source: String,
}

impl Import {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let files = files(&self.paths)?;
        let of = files.len();
        let (reached, _) = g.signed_in().await?;
        let mut job = Job::FhirIn(FhirIn::new(files, &self.source));
        let driven = drive(&mut job, &reached.client).await;
        close(reached.node).await;
        driven?;
        let Job::FhirIn(done) = job else { return Ok(()) };
        let report = done.report();
        g.print(&report, words);
        match report.refused.len() {
            0 => Ok(()),
            // Said as the error itself.
            1 if of == 1 => Err(Fault::new(FaultKind::Refused, &report.refused[0])),
            n => {
                if !g.json {
                    report.refused.iter().for_each(|r| eprintln!("aidpost: {r}"));
                }
                Err(Fault::new(
                    FaultKind::Refused,
                    format!("{n} of {of} files were not taken; the others are safe, and can be sent again"),
                ))
            }
        }
    }
}

fn words(r: &Report) -> String {
    let mut out = vec![format!("{:<32}{:>9}{:>9}{:>9}", "", "read", "new", "changed")];
    let line = |name: &str, a: u32, b: u32, c: u32| format!("{name:<32}{a:>9}{b:>9}{c:>9}");
    out.extend(r.kinds.iter().map(|k| line(&k.kind, k.read, k.new, k.changed)));
    let sum = |f: fn(&KindCount) -> u32| r.kinds.iter().map(f).sum::<u32>();
    out.push(line("all", sum(|k| k.read), sum(|k| k.new), sum(|k| k.changed)));
    out.push(format!(
        "{} files, {} new patients, {} blocks, {} bytes stored of {}.",
        r.files, r.patients, r.blocks, r.stored, r.bytes
    ));
    if r.own > 0 {
        out.push(format!("{} were written by Aidpost itself, or say who a patient is who was registered here: left as they are.", r.own));
    }
    if r.apart > 0 {
        out.push(format!("{} are about somebody whom they only describe: kept in nobody's record, 'aidpost export --directory' writes them out.", r.apart));
    }
    out.join("\n")
}
