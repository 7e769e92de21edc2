//! What the bench runs on: portraits by person, and recorded head turns.

use super::clip::Clip;
use super::portrait::Portrait;
use crate::face::{Engine, Frame, portrait};
use std::path::{Path, PathBuf};

/// Most entries read of a folder.
const MAX_ENTRIES: usize = 20_000;
/// Largest file, in bytes.
const MAX_FILE: u64 = 64 << 20;
/// Most clips.
const MAX_CLIPS: usize = 100;
/// Most portraits of one person.
const MAX_EACH: usize = 8;

/// Why there is nothing to run on. Each message names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// A folder or file can't be read.
    #[error("cannot read {}: {source}; check the folder", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Too few portraits.
    #[error("{} shows fewer than two people looking ahead: give a folder with pictures as Name/Name_0001.jpg", .0.display())]
    TooFew(PathBuf),
}

/// What to run on.
pub struct Material {
    /// Portraits by person, at least one each, of at least two people.
    pub people: Vec<Vec<Portrait>>,
    /// Recorded head turns with their names.
    pub clips: Vec<(String, Clip)>,
    /// Names of the recordings that show no turn to both sides of one head.
    pub left_out: Vec<String>,
}

impl Material {
    /// Reads at most `most` portraits from `faces` (a folder for each person, or a picture each; the demo's two people if
    /// none is given) and the animated GIFs of `turns`. `progress` hears the number of portraits found so far.
    ///
    /// # Errors
    /// When a folder can't be read, or fewer than two people are found.
    pub fn load(
        engine: &mut Engine,
        faces: Option<&Path>,
        turns: Option<&Path>,
        most: usize,
        progress: impl Fn(usize),
    ) -> Result<Self, MaterialError> {
        let people = match faces {
            Some(folder) => portraits(engine, folder, most, progress)?,
            None => {
                let own = [portrait::nurse(), portrait::stranger()];
                own.iter().filter_map(|frame| Portrait::find(engine, frame).map(|p| vec![p])).collect()
            }
        };
        if people.len() < 2 {
            return Err(MaterialError::TooFew(faces.unwrap_or(Path::new("the demo")).to_owned()));
        }
        let (mut clips, mut left_out) = (Vec::new(), Vec::new());
        let files = turns.map(entries).transpose()?.unwrap_or_default();
        for path in files.into_iter().filter(|p| extension(p) == "gif").take(MAX_CLIPS) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let clip = Clip::frames(&read(&path)?).and_then(|frames| Clip::new(engine, frames));
            match clip.filter(|clip| clip.moves().len() > 1) {
                Some(clip) => clips.push((name, clip)),
                None => left_out.push(name),
            }
        }
        Ok(Self { people, clips, left_out })
    }
}

/// Portraits by person, one of each before the second of any.
fn portraits(
    engine: &mut Engine,
    folder: &Path,
    most: usize,
    progress: impl Fn(usize),
) -> Result<Vec<Vec<Portrait>>, MaterialError> {
    let picture = |path: &PathBuf| ["jpg", "jpeg", "png"].contains(&extension(path).as_str());
    let mut pictures: Vec<std::vec::IntoIter<PathBuf>> = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            let own: Vec<PathBuf> = entries(&path)?.into_iter().filter(picture).collect();
            pictures.push(own.into_iter());
        } else if picture(&path) {
            pictures.push(vec![path].into_iter());
        }
    }
    let mut people: Vec<Vec<Portrait>> = pictures.iter().map(|_| Vec::new()).collect();
    let mut found = 0;
    for _ in 0..MAX_EACH {
        for (person, rest) in people.iter_mut().zip(&mut pictures) {
            while found < most {
                let Some(path) = rest.next() else { break };
                let frame = Frame::from_file_bytes(&read(&path)?).ok();
                if let Some(portrait) = frame.and_then(|f| Portrait::find(engine, &f)) {
                    person.push(portrait);
                    found += 1;
                    progress(found);
                    break;
                }
            }
        }
    }
    people.retain(|p| !p.is_empty());
    Ok(people)
}

/// The entries of a folder in the order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, MaterialError> {
    let unreadable = |source| MaterialError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)?.take(MAX_ENTRIES) {
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>, MaterialError> {
    use std::io::Read;
    let unreadable = |source| MaterialError::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .map_err(unreadable)?
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase()
}
