//! `aidpost face eval`: how well faces are told apart, measured on folders of pictures.

use super::Global;
use super::face_eval_words as words;
use super::progress::Progress;
use crate::face::Engine;
use crate::face::eval::extraction::{Faces, Failure, extract};
use crate::face::eval::folder::{Person, people};
use crate::face::eval::identification::{Identification, identify};
use crate::face::eval::protocol::{Located, Protocol};
use crate::face::eval::report::Verification;
use crate::face::eval::scores::Scores;
use crate::face::eval::verification::{Compared, accuracy};
use crate::face::threshold::Thresholds;
use crate::node::api::{Fault, FaultKind};
use clap::Args;
use serde::Serialize;
use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// False positive identification rates that are reported.
const FPIRS: [f64; 3] = [1e-1, 1e-2, 1e-3];

/// Measure how well faces are told apart, on folders of pictures: a folder for each person.
///
/// The central face of each picture is found, aligned and embedded as at sign-in, but no picture is refused for its
/// quality. A picture without a face counts as an error.
///
/// Example: aidpost face eval --pairs pairs.txt --images lfw
#[derive(Args)]
pub(crate) struct Eval {
    /// LFW pairs file: accuracy over its folds, and error rates over its pairs
    #[arg(long, value_name = "FILE", requires = "images")]
    pairs: Option<PathBuf>,
    /// Folder with the pictures, as Name/Name_0001.jpg (or .png, .pgm; or s1/1.pgm)
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// Error rates over every pair of the folder (that of --images unless one is given)
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    all_pairs: Option<Option<PathBuf>>,
    /// Search the folder for its people: rank 1, and open-set rates
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    identify: Option<Option<PathBuf>>,
    /// Pictures enrolled of each person, the first ones, with --identify
    #[arg(long, value_name = "N", default_value_t = 1)]
    gallery: usize,
    /// Write the FAR-to-score table measured on these pictures, in the form of models/thresholds.toml
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

/// What `--json` prints; rates are 0..1, intervals 95%.
#[derive(Serialize)]
pub(super) struct Report {
    /// Different pictures looked at.
    pub(super) pictures: usize,
    /// Pictures without an embedding, by file name, and why.
    pub(super) failures: Vec<Failed>,
    /// Over the pairs file.
    pub(super) pairs: Option<Verification>,
    /// Over every pair of the folder.
    pub(super) all_pairs: Option<Verification>,
    /// Searching the folder.
    pub(super) identify: Option<Identification>,
}

/// A picture without an embedding.
#[derive(Serialize)]
pub(super) struct Failed {
    /// The file.
    pub(super) picture: String,
    /// `unreadable` or `no_face`.
    pub(super) kind: &'static str,
    /// In words.
    pub(super) why: String,
}

impl Eval {
    pub(crate) fn run(self, g: &Global) -> Result<(), Fault> {
        let usage = |text: &str| Fault::new(FaultKind::Usage, text);
        let folder = |choice: &Option<Option<PathBuf>>| match choice {
            None => Ok(None),
            Some(own) => own
                .clone()
                .or_else(|| self.images.clone())
                .map(Some)
                .ok_or_else(|| usage("which pictures? Name their folder with --images")),
        };
        let (all_pairs, identify_in) = (folder(&self.all_pairs)?, folder(&self.identify)?);
        if self.pairs.is_none() && all_pairs.is_none() && identify_in.is_none() {
            return Err(usage(
                "nothing to measure: give --pairs FILE --images DIR, --all-pairs DIR or --identify DIR",
            ));
        }
        if self.table.is_some() && self.pairs.is_none() && all_pairs.is_none() {
            return Err(usage("--table needs pairs: give --all-pairs or --pairs"));
        }
        let mut album = Album::default();
        let located = match (&self.pairs, &self.images) {
            (Some(file), Some(images)) => {
                let protocol = Protocol::read(file)?;
                let located = protocol.locate(images)?;
                album.add(&located.pictures);
                Some((protocol, located))
            }
            _ => None,
        };
        let list = |album: &mut Album, folder: Option<PathBuf>| -> Result<Option<Crowd>, Fault> {
            let Some(folder) = folder else { return Ok(None) };
            let crowd = Crowd::of(people(&folder)?);
            album.add(&crowd.pictures);
            Ok(Some(crowd))
        };
        let all_pairs = list(&mut album, all_pairs)?;
        let searched = list(&mut album, identify_in)?;
        album.embed(&Engine::find_models()?)?;

        let report = Report {
            pictures: album.pictures.len(),
            failures: album.failures(),
            pairs: located
                .as_ref()
                .map(|(protocol, located)| over_pairs(protocol, located, &album))
                .transpose()?,
            all_pairs: all_pairs.as_ref().map(|crowd| over_all(crowd, &album)).transpose()?,
            identify: searched.as_ref().map(|crowd| search(crowd, &album, self.gallery)).transpose()?,
        };
        if let Some(file) = &self.table {
            write_table(file, &report, self.images.as_deref())?;
        }
        g.print(&report, words::words);
        Ok(())
    }
}

/// Every picture of the run, embedded once.
#[derive(Default)]
struct Album {
    pictures: Vec<PathBuf>,
    index: HashMap<PathBuf, usize>,
    faces: Faces,
}

impl Album {
    fn add(&mut self, pictures: &[PathBuf]) {
        for path in pictures {
            if !self.index.contains_key(path) {
                self.index.insert(path.clone(), self.pictures.len());
                self.pictures.push(path.clone());
            }
        }
    }

    fn embed(&mut self, models: &Path) -> Result<(), Fault> {
        let progress = Progress::new("embedding", self.pictures.len());
        self.faces = extract(models, &self.pictures, &|done| progress.set(done, ""))?;
        progress.finish();
        Ok(())
    }

    fn faces(&self, pictures: &[PathBuf]) -> Faces {
        pictures.iter().map(|path| self.faces[self.index[path]].clone()).collect()
    }

    fn failures(&self) -> Vec<Failed> {
        let failed = self.pictures.iter().zip(&self.faces).filter_map(|(path, face)| {
            let failure = face.as_ref().err()?;
            let kind = if *failure == Failure::NoFace { "no_face" } else { "unreadable" };
            Some(Failed { picture: path.display().to_string(), kind, why: failure.to_string() })
        });
        failed.collect()
    }
}

/// The pictures of a folder, one person after the other.
struct Crowd {
    pictures: Vec<PathBuf>,
    people: Vec<Range<usize>>,
}

impl Crowd {
    fn of(people: Vec<Person>) -> Self {
        let mut crowd = Self { pictures: Vec::new(), people: Vec::new() };
        for person in people {
            let first = crowd.pictures.len();
            crowd.pictures.extend(person.pictures);
            crowd.people.push(first..crowd.pictures.len());
        }
        crowd
    }
}

fn over_pairs(protocol: &Protocol, located: &Located, album: &Album) -> Result<Verification, Fault> {
    let faces = album.faces(&located.pictures);
    let compared: Vec<Compared> = located
        .pairs
        .iter()
        .zip(&protocol.pairs)
        .map(|(&[a, b], pair)| {
            let score =
                faces[a].as_ref().ok().zip(faces[b].as_ref().ok()).map(|(one, other)| one.cosine(other));
            Compared { score, same: pair.same, fold: pair.fold }
        })
        .collect();
    let scores = Scores::of_pairs(&faces, &located.owners, &located.pairs);
    Ok(Verification::of(&scores, Some(accuracy(&compared, protocol.folds)))?)
}

fn over_all(crowd: &Crowd, album: &Album) -> Result<Verification, Fault> {
    let progress = Progress::new("comparing", crowd.people.len());
    let scores =
        Scores::of_all_pairs(&album.faces(&crowd.pictures), &crowd.people, &|done| progress.set(done, ""));
    progress.finish();
    Ok(Verification::of(&scores, None)?)
}

fn search(crowd: &Crowd, album: &Album, templates: usize) -> Result<Identification, Fault> {
    let shipped = Thresholds::shipped().for_site(1, None).score;
    Ok(identify(&album.faces(&crowd.pictures), &crowd.people, templates, &[shipped], &FPIRS)?)
}

fn write_table(file: &Path, report: &Report, images: Option<&Path>) -> Result<(), Fault> {
    let Some(measured) = report.all_pairs.as_ref().or(report.pairs.as_ref()) else { return Ok(()) };
    let name = images.and_then(Path::file_name).map_or_else(|| "a folder".into(), |n| n.to_string_lossy());
    let table = measured.thresholds(format!("the pictures of '{name}'"), report.pictures as u64)?;
    std::fs::write(file, table.to_toml())
        .map_err(|e| Fault::unwritten(file, &e, "choose another file with --table"))
}
