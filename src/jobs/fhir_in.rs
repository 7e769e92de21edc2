//! FHIR files, one after the other; those that refer to patients of a later one again after it.

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{At, Phase, answer, within};
use crate::node::api::{ClinicClient, Fault, FaultKind, ImportCounts, Imported, KindCount};

/// The deepest folder that is looked into.
const MAX_DEPTH: usize = 8;
/// The most files of one import.
const MAX_FILES: usize = 1_000_000;

/// What came of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// Files that were taken.
    pub(crate) files: usize,
    /// By kind.
    pub(crate) kinds: Vec<KindCount>,
    /// New patients.
    pub(crate) patients: u32,
    /// Written by Aidpost itself.
    pub(crate) own: u32,
    /// About somebody whom they only describe.
    pub(crate) apart: u32,
    /// Blocks written.
    pub(crate) blocks: u32,
    /// Bytes of the files.
    pub(crate) bytes: u64,
    /// Bytes stored.
    pub(crate) stored: u64,
    /// Files that were not taken, each with its reason.
    pub(crate) refused: Vec<String>,
}

/// The files of these paths, those of folders too, in the order of their names.
///
/// # Errors
/// One isn't there, there is none, or there are too many.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut out = Vec::new();
    for p in paths {
        let whole = std::path::absolute(p).unwrap_or_else(|_| p.clone());
        list(&whole, 0, &mut out)?;
    }
    if out.is_empty() {
        return Err(Fault::new(
            FaultKind::Missing,
            "no .json, .ndjson or .jsonl file there: name another folder or file",
        ));
    }
    out.sort();
    Ok(out)
}

fn list(path: &Path, depth: usize, out: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let bad = |e: std::io::Error| Fault::unread(path, &e, "check the name");
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
                FaultKind::Refused,
                format!("more than {MAX_FILES} files: import them in parts"),
            ));
        }
    }
    Ok(())
}

/// An import. Each file is taken whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FhirIn {
    source: String,
    of: usize,
    left: VecDeque<PathBuf>,
    /// Files of this round, when it began.
    round: usize,
    /// Those that refer to somebody who isn't here, each with what to say of it.
    waiting: Vec<(PathBuf, String)>,
    kinds: BTreeMap<String, KindCount>,
    report: Report,
}

impl FhirIn {
    /// Of these files, from this sender.
    pub(crate) fn new(files: Vec<PathBuf>, source: &str) -> Self {
        let (waiting, kinds, report) = Default::default();
        let n = files.len();
        Self { source: source.into(), of: n, left: files.into(), round: n, waiting, kinds, report }
    }

    pub(super) async fn step(&mut self, c: &ClinicClient) -> Result<bool, Fault> {
        if let Some(path) = self.left.front().cloned() {
            let name = path.display().to_string();
            match answer(c.import_file(within(3_600), name.clone(), self.source.clone()).await) {
                Ok(Imported::Done(counts)) => self.add(counts),
                Ok(Imported::Waiting { place, reference }) => {
                    let why = format!(
                        "{name}: {place} is about {reference}, who is neither here nor in these files: import the \
                         patient too"
                    );
                    self.waiting.push((path, why));
                }
                Err(f) if matches!(f.kind, FaultKind::Refused | FaultKind::Missing) => {
                    self.report.refused.push(f.message);
                }
                Err(f) => return Err(f),
            }
            self.left.pop_front();
        }
        if !self.left.is_empty() {
            return Ok(false);
        }
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() || waiting.len() == self.round {
            self.report.refused.extend(waiting.into_iter().map(|(_, why)| why));
            return Ok(true);
        }
        self.round = waiting.len();
        self.left = waiting.into_iter().map(|(path, _)| path).collect();
        Ok(false)
    }

    fn add(&mut self, c: ImportCounts) {
        let report = &mut self.report;
        report.files += 1;
        report.patients += c.patients;
        report.own += c.own;
        report.apart += c.apart;
        report.blocks += c.blocks;
        report.bytes += c.bytes;
        report.stored += c.stored;
        for k in c.kinds {
            let new = || KindCount { kind: k.kind.clone(), ..KindCount::default() };
            let sum = self.kinds.entry(k.kind.clone()).or_insert_with(new);
            sum.read += k.read;
            sum.new += k.new;
            sum.changed += k.changed;
        }
    }

    pub(super) fn at(&self) -> At {
        let done = self.report.files + self.report.refused.len();
        At { phase: Phase::Importing, done, of: self.of }
    }

    /// What came of it so far.
    pub(crate) fn report(&self) -> Report {
        Report { kinds: self.kinds.values().cloned().collect(), ..self.report.clone() }
    }
}
