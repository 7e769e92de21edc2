//! FHIR in.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{
    Global,
    join::close,
    open::{answer, within},
    progress::Progress,
};
use crate::node::api::{ClinicClient, Fault, FaultKind, ImportCounts, Imported, KindCount};

/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 8;
/// The most files of one import.
const MAX_FILES: usize = 1_000_000;

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

/// What came of an import.
#[derive(Serialize, Default)]
struct Report {
    /// Files that were taken.
    files: usize,
    /// By kind.
    kinds: Vec<KindCount>,
    /// New patients.
    patients: u32,
    /// Written by Aidpost itself.
    own: u32,
    /// About somebody whom they only describe.
    apart: u32,
    /// Blocks written.
    blocks: u32,
    /// Bytes of the files.
    bytes: u64,
    /// Bytes stored.
    stored: u64,
    /// Files that were not taken, each with its reason.
    refused: Vec<String>,
}

impl Import {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let mut files = Vec::new();
        for p in &self.paths {
            let whole = std::path::absolute(p).unwrap_or_else(|_| p.clone());
            list(&whole, 0, &mut files)?;
        }
        if files.is_empty() {
            return Err(Fault::new(
                FaultKind::Usage,
                "no .json, .ndjson or .jsonl file there: name another folder or file",
            ));
        }
        files.sort();
        let (reached, _) = g.signed_in().await?;
        let report = take(&reached.client, &files, &self.source).await;
        close(reached.node).await;
        let report = report?;
        g.print(&report, words);
        match report.refused.len() {
            0 => Ok(()),
            // Said as the error itself.
            1 if files.len() == 1 => Err(Fault::new(FaultKind::Usage, &report.refused[0])),
            n => {
                if !g.json {
                    report.refused.iter().for_each(|r| eprintln!("aidpost: {r}"));
                }
                Err(Fault::new(
                    FaultKind::Usage,
                    format!(
                        "{n} of {} files were not taken; the others are safe, and can be sent again",
                        files.len()
                    ),
                ))
            }
        }
    }
}

fn list(path: &Path, depth: usize, out: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let bad =
        |e: std::io::Error| Fault::new(FaultKind::Usage, format!("{}: {e}: check the name", path.display()));
    if !std::fs::metadata(path).map_err(bad)?.is_dir() {
        // A file that was named is taken whatever it is called.
        out.push(path.to_path_buf());
        return Ok(());
    }
    for e in std::fs::read_dir(path).map_err(bad)? {
        let e = e.map_err(bad)?;
        let (name, kind) = (e.path(), e.file_type().map_err(bad)?);
        if kind.is_dir() && depth < MAX_DEPTH {
            list(&name, depth + 1, out)?;
        } else if kind.is_file()
            && name.extension().is_some_and(|x| x == "json" || x == "ndjson" || x == "jsonl")
        {
            out.push(name);
        }
        if out.len() > MAX_FILES {
            return Err(Fault::new(
                FaultKind::Usage,
                format!("more than {MAX_FILES} files: import them in parts"),
            ));
        }
    }
    Ok(())
}

/// Takes the files one after the other; those that refer to patients of a later one again after it.
async fn take(c: &ClinicClient, files: &[PathBuf], source: &str) -> Result<Report, Fault> {
    let progress = Progress::new("importing", files.len());
    let mut report = Report::default();
    let mut kinds: BTreeMap<String, KindCount> = BTreeMap::new();
    let mut left: Vec<&PathBuf> = files.iter().collect();
    loop {
        let mut waiting: Vec<(&PathBuf, String)> = Vec::new();
        for path in &left {
            let name = path.display().to_string();
            match answer(c.import_file(within(3_600), name.clone(), source.to_string()).await) {
                Ok(Imported::Done(counts)) => add(&mut report, &mut kinds, counts),
                Ok(Imported::Waiting { place, reference }) => waiting.push((
                    path,
                    format!(
                        "{name}: {place} is about {reference}, who is neither here nor in these files: import the \
                         patient too"
                    ),
                )),
                Err(f) if f.kind == FaultKind::Usage => report.refused.push(f.message),
                Err(f) => return Err(f),
            }
            let read: u32 = kinds.values().map(|k| k.read).sum();
            progress.set(report.files + report.refused.len(), &format!("files, {read} resources"));
        }
        if waiting.is_empty() || waiting.len() == left.len() {
            report.refused.extend(waiting.into_iter().map(|(_, why)| why));
            break;
        }
        left = waiting.into_iter().map(|(p, _)| p).collect();
    }
    progress.finish();
    report.kinds = kinds.into_values().collect();
    Ok(report)
}

fn add(report: &mut Report, kinds: &mut BTreeMap<String, KindCount>, c: ImportCounts) {
    report.files += 1;
    report.patients += c.patients;
    report.own += c.own;
    report.apart += c.apart;
    report.blocks += c.blocks;
    report.bytes += c.bytes;
    report.stored += c.stored;
    for k in c.kinds {
        let sum = kinds
            .entry(k.kind.clone())
            .or_insert_with(|| KindCount { kind: k.kind.clone(), ..KindCount::default() });
        sum.read += k.read;
        sum.new += k.new;
        sum.changed += k.changed;
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
