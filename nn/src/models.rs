//! The model files: which ones, and where they are found.

use std::path::PathBuf;

/// The folder that a package installs the models in.
const INSTALLED: &str = "/usr/share/aidpost/models";

/// One model file that this version was built for.
#[derive(Clone, Copy, Debug)]
pub struct ModelFile {
    /// File name inside the models folder.
    pub name: &'static str,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: &'static str,
    /// Size of the file in bytes; not a byte more is read.
    pub size: u64,
}

/// Why a model can't be used. Each message is one line that names the remedy.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// No folder holds both models.
    #[error("face models not found: run scripts/convert-models or reinstall the package; looked in {}", list(.0))]
    NotFound(Vec<PathBuf>),
    /// The file can't be opened or read.
    #[error("cannot read the face model {}: {source}; run scripts/convert-models or reinstall the package", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not the one that this version was built for.
    #[error("the face model {} is damaged or of another version: run scripts/convert-models or reinstall the package", .0.display())]
    Corrupt(PathBuf),
    /// A tensor that the network needs is missing or of another shape.
    #[error("the face model {} lacks the tensor {tensor}: run scripts/convert-models or reinstall the package", .path.display())]
    Tensor {
        /// The file.
        path: PathBuf,
        /// The tensor's name.
        tensor: String,
    },
}

fn list(folders: &[PathBuf]) -> String {
    let names: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
    names.join(", ")
}

/// The folder that holds all of `files`: `$AIDPOST_MODELS` if set, else the first of `models` beside the executable or
/// in a folder above it, and `/usr/share/aidpost/models`.
///
/// # Errors
/// [`WeightsError::NotFound`] with every folder looked in.
pub fn find_models(files: &[ModelFile]) -> Result<PathBuf, WeightsError> {
    first_with(files, candidates(std::env::var_os("AIDPOST_MODELS"), std::env::current_exe().ok()))
}

fn candidates(chosen: Option<std::ffi::OsString>, executable: Option<PathBuf>) -> Vec<PathBuf> {
    if let Some(folder) = chosen.filter(|f| !f.is_empty()) {
        // Whoever names a folder means that one: falling back would hide a mistyped path.
        return vec![PathBuf::from(folder)];
    }
    let above = executable.iter().flat_map(|e| e.ancestors().skip(1));
    let mut folders: Vec<_> = above.map(|folder| folder.join("models")).collect();
    folders.push(PathBuf::from(INSTALLED));
    folders
}

fn first_with(files: &[ModelFile], folders: Vec<PathBuf>) -> Result<PathBuf, WeightsError> {
    let complete = |folder: &&PathBuf| files.iter().all(|f| folder.join(f.name).is_file());
    match folders.iter().find(complete) {
        Some(folder) => Ok(folder.clone()),
        None => Err(WeightsError::NotFound(folders)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: ModelFile = ModelFile { name: "small.safetensors", sha256: "", size: 0 };

    #[test]
    fn a_named_folder_is_the_only_candidate() {
        let found = candidates(Some("/srv/models".into()), Some("/opt/aidpost/bin/aidpost".into()));
        assert_eq!(found, [PathBuf::from("/srv/models")]);
    }

    #[test]
    fn folders_above_the_executable_come_before_the_installed_one() {
        let found = candidates(None, Some("/co/target/release/aidpost".into()));
        let expected = ["/co/target/release/models", "/co/target/models", "/co/models", "/models", INSTALLED];
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn not_found_names_the_folders_and_the_remedy() {
        let error = first_with(&[FILE], vec!["/nowhere/models".into()]).unwrap_err().to_string();
        assert!(error.contains("scripts/convert-models") && error.contains("/nowhere/models"), "{error}");
        assert!(!error.contains('\n'));
    }
}
