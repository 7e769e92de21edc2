//! Networks and checkpoints as safetensors files. The names of the classes, and how far a training is, are in the
//! file's metadata. Files are replaced as a whole, and readable for their owner only: weights tell of the faces that
//! they were made from.

use super::training::Progress;
use super::{Classifier, MAX_CLASSES, PaperError};
use crate::nn::paper::{AdamState, LAYERS, NAMES, Paper, Values, shapes};
use safetensors::tensor::{Dtype, SafeTensors, TensorView, serialize};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

/// Longest file read, in bytes: three times the weights of the largest network, and metadata.
const MAX_FILE: u64 = 64 << 20;
/// Keys of the metadata.
const CLASSES: &str = "classes";
const PROGRESS: &str = "progress";

/// Writes a trained network.
///
/// # Errors
/// When the file can't be written.
pub fn write_network(path: &Path, classifier: &Classifier) -> Result<(), PaperError> {
    let names = serde_json::Value::from(classifier.classes.clone()).to_string();
    write(path, &[("", &classifier.net.values())], HashMap::from([(CLASSES.to_owned(), names)]))
}

/// Reads a trained network.
///
/// # Errors
/// When it can't be read, or is none.
pub fn read_network(path: &Path) -> Result<Classifier, PaperError> {
    let (bytes, metadata) = read(path)?;
    let damaged = || PaperError::Damaged(path.to_owned());
    let names: Vec<String> =
        metadata.get(CLASSES).and_then(|n| serde_json::from_str(n).ok()).ok_or_else(damaged)?;
    let tensors = SafeTensors::deserialize(&bytes).map_err(|_| damaged())?;
    let net = values(&tensors, "").and_then(Paper::from_values);
    net.and_then(|net| Classifier::new(net, names)).ok_or_else(damaged)
}

/// Writes a training that can be resumed.
///
/// # Errors
/// When the file can't be written.
pub fn write_checkpoint(
    path: &Path,
    (net, state, progress): &(Paper, AdamState, Progress),
) -> Result<(), PaperError> {
    let mut metadata = HashMap::from([("step".to_owned(), state.step.to_string())]);
    // A struct of numbers and text always has a JSON form.
    metadata.insert(PROGRESS.to_owned(), serde_json::to_string(progress).unwrap_or_default());
    let [first, second] = &state.moments;
    write(path, &[("", &net.values()), ("first.", first), ("second.", second)], metadata)
}

/// Reads a training to be resumed.
///
/// # Errors
/// When it can't be read, or is none.
pub fn read_checkpoint(path: &Path) -> Result<(Paper, AdamState, Progress), PaperError> {
    let (bytes, metadata) = read(path)?;
    let parsed = || {
        let tensors = SafeTensors::deserialize(&bytes).ok()?;
        let progress: Progress = serde_json::from_str(metadata.get(PROGRESS)?).ok()?;
        let step = metadata.get("step")?.parse().ok().filter(|s| (0..i32::MAX / 2).contains(s))?;
        let net = Paper::from_values(values(&tensors, "")?)?;
        let moments = [values(&tensors, "first.")?, values(&tensors, "second.")?];
        let fits = |v: &Values| v[LAYERS - 1].1.len() == net.classes();
        moments.iter().all(fits).then_some((net, AdamState { step, moments }, progress))
    };
    parsed().ok_or_else(|| PaperError::Damaged(path.to_owned()))
}

fn write(path: &Path, sets: &[(&str, &Values)], metadata: HashMap<String, String>) -> Result<(), PaperError> {
    let failed = |source| PaperError::File { path: path.to_owned(), source };
    let mut tensors: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
    let bytes = |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect();
    for (prefix, values) in sets {
        for ((name, (weight, bias)), shape) in
            NAMES.iter().zip(*values).zip(shapes(values[LAYERS - 1].1.len()))
        {
            tensors.push((format!("{prefix}{name}.weight"), vec![shape.0, shape.1], bytes(weight)));
            tensors.push((format!("{prefix}{name}.bias"), vec![shape.0], bytes(bias)));
        }
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        // The values are those of a network, which has these shapes.
        (name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("as many values as the shape says"))
    });
    let file = serialize(views, Some(metadata)).map_err(|e| failed(std::io::Error::other(e)))?;
    let next = path.with_added_extension("new");
    private(&next)
        .and_then(|mut f| f.write_all(&file).and_then(|()| f.sync_all()))
        .and_then(|()| std::fs::rename(&next, path))
        .map_err(failed)
}

/// A new file that only its owner reads.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn read(path: &Path) -> Result<(Vec<u8>, HashMap<String, String>), PaperError> {
    let failed = |source| PaperError::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    File::open(path).map_err(failed)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    let damaged = || PaperError::Damaged(path.to_owned());
    if bytes.len() as u64 > MAX_FILE {
        return Err(damaged());
    }
    let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|_| damaged())?;
    let metadata = header.metadata().clone().ok_or_else(damaged)?;
    Ok((bytes, metadata))
}

/// The layers whose tensors' names begin with `prefix`; `None` when one is missing, of another shape, or not finite.
fn values(tensors: &SafeTensors<'_>, prefix: &str) -> Option<Values> {
    let floats = |name: &str, shape: &[usize]| {
        let view = tensors.tensor(&format!("{prefix}{name}")).ok()?;
        if view.dtype() != Dtype::F32 || view.shape() != shape {
            return None;
        }
        let values: Vec<f32> = view.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        values.iter().all(|v| v.is_finite()).then_some(values)
    };
    let classes = *tensors.tensor(&format!("{prefix}{}.bias", NAMES[LAYERS - 1])).ok()?.shape().first()?;
    if classes > MAX_CLASSES {
        return None;
    }
    let mut all: Values = Default::default();
    for ((name, shape), (weight, bias)) in NAMES.iter().zip(shapes(classes)).zip(&mut all) {
        *weight = floats(&format!("{name}.weight"), &[shape.0, shape.1])?;
        *bias = floats(&format!("{name}.bias"), &[shape.0])?;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::paper::sample::tests::drawn;
    use crate::face::paper::training::tests::people;
    use crate::face::paper::training::{Settings, Training};

    #[test]
    fn a_network_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net");
        let training = Training::new(people(3, 3), Settings { epochs: 1, seed: 1 }).unwrap();
        let written = training.classifier().unwrap();
        write_network(&path, &written).unwrap();
        let read = read_network(&path).unwrap();
        assert_eq!(read.classes(), ["p0", "p1", "p2"]);
        assert_eq!(read.classify(&drawn(1)).unwrap(), written.classify(&drawn(1)).unwrap());
        assert!(matches!(read_checkpoint(&path), Err(PaperError::Damaged(_))));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&path).unwrap()) & 0o777, 0o600);
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        let mut training = Training::new(people(3, 3), Settings { epochs: 2, seed: 1 }).unwrap();
        training.epoch().unwrap();
        let (net, state, progress) = training.checkpoint().unwrap();
        write_checkpoint(&path, &(net.clone(), state.clone(), progress.clone())).unwrap();
        let (read_net, read_state, read_progress) = read_checkpoint(&path).unwrap();
        assert_eq!((read_net.values(), read_state.moments), (net.values(), state.moments));
        assert_eq!((read_state.step, read_progress), (state.step, progress));
    }

    #[test]
    fn whatever_the_bytes_there_is_no_panic() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("net");
        assert!(matches!(read_network(&path), Err(PaperError::File { .. })));
        let training = Training::new(people(2, 3), Settings { epochs: 1, seed: 1 }).unwrap();
        write_network(&path, &training.classifier().unwrap()).unwrap();
        let good = std::fs::read(&path).unwrap();
        for length in [0, 7, 8, 100, good.len() / 2, good.len() - 1] {
            std::fs::write(&path, &good[..length]).unwrap();
            assert!(matches!(read_network(&path), Err(PaperError::Damaged(_))), "{length}");
        }
        for at in (0..600).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 0x15;
            std::fs::write(&path, &bad).unwrap();
            let _ = read_network(&path);
            let _ = read_checkpoint(&path);
        }
    }
}
