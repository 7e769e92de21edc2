//! Folders of pictures, one folder a person: `Name/Name_0001.jpg` as in LFW, or `s1/1.pgm` as in ORL.

use super::EvalError;
use crate::face::picture::ENDINGS;
use std::path::{Path, PathBuf};

/// Most pictures of one evaluation; their embeddings are held in memory, 0.5 kB each.
pub const MAX_PICTURES: usize = 200_000;

/// Who is in which pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The folder's name.
    pub name: String,
    /// Files, numbers in their names in order of value.
    pub pictures: Vec<PathBuf>,
}

/// The people of a folder, in the natural order of their names; everybody has a picture.
///
/// Files beside the people's folders, and files that aren't pictures by their ending, are ignored.
///
/// # Errors
/// When a folder can't be read, there are no pictures, or too many.
pub fn people(folder: &Path) -> Result<Vec<Person>, EvalError> {
    let mut people = Vec::new();
    let mut total = 0;
    for path in entries(folder)? {
        if !path.is_dir() {
            continue;
        }
        let mut pictures = entries(&path)?;
        pictures.retain(|p| is_picture(p));
        total += pictures.len();
        if total > MAX_PICTURES {
            return Err(EvalError::TooMany {
                path: folder.to_owned(),
                limit: MAX_PICTURES,
                what: "pictures",
            });
        }
        if !pictures.is_empty() {
            people.push(Person { name: file_name(&path), pictures });
        }
    }
    if people.is_empty() {
        return Err(EvalError::NoPictures(folder.to_owned()));
    }
    Ok(people)
}

/// Entries of a folder in the natural order of their names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, EvalError> {
    let unreadable = |source| EvalError::Unreadable { path: folder.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        if paths.len() == MAX_PICTURES {
            return Err(EvalError::TooMany { path: folder.to_owned(), limit: MAX_PICTURES, what: "entries" });
        }
        paths.push(entry.map_err(unreadable)?.path());
    }
    paths.sort_by_cached_key(|path| natural(&file_name(path)));
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    path.is_file() && ending.is_some_and(|e| ENDINGS.contains(&e.as_str()))
}

/// A name cut into text and numbers, so that 2 comes before 10; the name itself decides between equals.
fn natural(name: &str) -> (Vec<(String, u64)>, String) {
    let mut parts = vec![(String::new(), 0u64)];
    let mut in_number = false;
    for c in name.chars() {
        match (c.to_digit(10), parts.last_mut()) {
            (Some(digit), Some((_, number))) => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
                in_number = true;
            }
            (None, Some((text, _))) if !in_number => text.push(c),
            _ => {
                parts.push((c.to_string(), 0));
                in_number = false;
            }
        }
    }
    (parts, name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn people_and_pictures_in_natural_order() {
        let folder = tempfile::tempdir().unwrap();
        for person in ["s10", "s2", "empty"] {
            fs::create_dir(folder.path().join(person)).unwrap();
        }
        for file in ["s10/2.pgm", "s10/10.pgm", "s10/1.PGM", "s10/notes.txt", "s2/s2_0001.jpg", "README"] {
            fs::write(folder.path().join(file), b"").unwrap();
        }
        let people = people(folder.path()).unwrap();
        let names: Vec<_> = people.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["s2", "s10"]);
        let files: Vec<_> = people[1].pictures.iter().map(|p| file_name(p)).collect();
        assert_eq!(files, ["1.PGM", "2.pgm", "10.pgm"]);
    }

    #[test]
    fn nothing_to_measure_is_said_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let said = people(folder.path()).unwrap_err().to_string();
        assert!(said.contains("Name/Name_0001.jpg"), "{said}");
        let said = people(&folder.path().join("nowhere")).unwrap_err().to_string();
        assert!(said.contains("nowhere"), "{said}");
    }
}
