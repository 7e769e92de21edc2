//! The face of every picture, embedded once: one engine on each processor core.

use crate::face::detect::Detection;
use crate::face::embed::Embedding;
use crate::face::engine::{Engine, FaceError};
use crate::face::frame::Frame;
use crate::face::picture::{central_face, read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most engines at once: each holds its own weights, some 60 MB.
const MAX_THREADS: usize = 16;

/// Why a picture has no embedding (ISO/IEC 19795-1: failure to acquire).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It can't be read or decoded; in words.
    Unreadable(String),
    /// No face was found in it.
    NoFace,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => f.write_str(why),
            Self::NoFace => f.write_str("no face found"),
        }
    }
}

/// What each picture gave.
pub type Faces = Vec<Result<Embedding, Failure>>;

/// Threads that work is spread over: one a core, at most 16.
pub(super) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get).min(MAX_THREADS)
}

/// Finds and embeds the central face of every picture, with the networks of the folder `models`. `done` is called with
/// the number of pictures done so far, from several threads.
///
/// # Errors
/// When the networks can't be loaded. A picture that fails is a result, not an error.
pub fn extract(
    models: &Path,
    pictures: &[PathBuf],
    done: &(dyn Fn(usize) + Sync),
) -> Result<Faces, FaceError> {
    each_face(models, pictures, done, &|engine, picture, face| engine.embed(picture, face))
}

/// Finds the central face of every picture and takes from it what `take` does; otherwise as [`extract`].
///
/// # Errors
/// As [`extract`].
pub fn each_face<T: Send>(
    models: &Path,
    pictures: &[PathBuf],
    done: &(dyn Fn(usize) + Sync),
    take: &(dyn Fn(&mut Engine, &Frame, &Detection) -> T + Sync),
) -> Result<Vec<Result<T, Failure>>, FaceError> {
    let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let of_picture = |engine: &mut Engine, path: &Path| {
        let picture = read(path).map_err(|e| Failure::Unreadable(e.to_string()))?;
        let face = central_face(engine, &picture).ok_or(Failure::NoFace)?;
        Ok(take(engine, &picture, &face))
    };
    type Found<T> = Vec<(usize, Result<T, Failure>)>;
    let work = || -> Result<Found<T>, FaceError> {
        let mut engine = Engine::load(models)?;
        let mut results = Vec::new();
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = pictures.get(i) else { return Ok(results) };
            results.push((i, of_picture(&mut engine, path)));
            done(finished.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let parts: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads().min(pictures.len())).map(|_| scope.spawn(work)).collect();
        let joined =
            running.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.collect()
    });
    let mut results = Vec::with_capacity(pictures.len());
    for part in parts {
        results.extend(part?);
    }
    results.sort_by_key(|(i, _)| *i);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_has_its_own_result_in_its_own_place() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir().unwrap();
        let broken = folder.path().join("broken.jpg");
        std::fs::write(&broken, b"no picture").unwrap();
        let nurse = root.join("demo/faces/nurse.jpg");
        let pictures = [
            nurse.clone(),
            broken,
            folder.path().join("gone.jpg"),
            root.join("demo/faces/stranger.jpg"),
            nurse,
        ];
        let last = AtomicUsize::new(0);
        let count = |n| {
            last.fetch_max(n, Ordering::Relaxed);
        };
        let faces = extract(&root.join("models"), &pictures, &count).unwrap();
        assert_eq!(last.load(Ordering::Relaxed), 5);
        assert!(
            matches!(faces[1], Err(Failure::Unreadable(_)))
                && matches!(faces[2], Err(Failure::Unreadable(_)))
        );
        let cosine = |a: usize, b: usize| faces[a].as_ref().unwrap().cosine(faces[b].as_ref().unwrap());
        assert!(cosine(0, 4) > 0.999 && cosine(0, 3) < 0.3);
        assert!(extract(folder.path(), &pictures, &count).is_err());
    }
}
