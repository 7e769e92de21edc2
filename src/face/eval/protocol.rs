//! The pairs file of Labeled Faces in the Wild (Huang et al., 2007).
//!
//! First line: number of folds and pairs of each kind a fold (only the latter: one fold). Then, fold by fold, lines
//! `Name i j` of matched pairs and as many lines `Name1 i Name2 j` of mismatched ones. Fields are parted by tabs, or by
//! spaces where a line has no tab; picture `i` of `Name` is `Name/Name_000i.jpg`.

use super::EvalError;
use crate::face::picture::ENDINGS;
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest pairs file, in bytes (LFW's has 150 kB).
const MAX_FILE: u64 = 64 << 20;
/// Most pairs.
const MAX_PAIRS: usize = 1_000_000;

/// One picture as a pairs file names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Named {
    /// The person, who is also the folder.
    pub person: String,
    /// From 1.
    pub number: u32,
}

/// One line of a pairs file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The two pictures.
    pub pictures: [Named; 2],
    /// Which fold, from 0.
    pub fold: usize,
    /// Whether the line is one of a matched pair.
    pub same: bool,
}

/// A pairs file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Number of folds; at least 1.
    pub folds: usize,
    /// All pairs, fold by fold.
    pub pairs: Vec<Pair>,
}

/// A protocol with its pictures found.
#[derive(Clone, Debug)]
pub struct Located {
    /// Files, each once.
    pub pictures: Vec<PathBuf>,
    /// The person of each picture, counted from 0.
    pub owners: Vec<usize>,
    /// The pictures of each pair, as indices.
    pub pairs: Vec<[usize; 2]>,
}

impl Protocol {
    /// Reads a pairs file.
    ///
    /// # Errors
    /// When it can't be read or breaks the format.
    pub fn read(path: &Path) -> Result<Self, EvalError> {
        let unreadable = |source| EvalError::Unreadable { path: path.to_owned(), source };
        let mut text = Vec::new();
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() as u64 > MAX_FILE {
            return Err(bad(1, format!("belongs to a file of more than {} MiB", MAX_FILE >> 20)));
        }
        Self::parse(&String::from_utf8_lossy(&text))
    }

    /// Parses the text of a pairs file.
    ///
    /// # Errors
    /// [`EvalError::Protocol`] with the line.
    pub fn parse(text: &str) -> Result<Self, EvalError> {
        let mut lines = text.lines().enumerate().map(|(i, l)| (i + 1, l.trim()));
        let (_, head) = lines.next().unwrap_or((1, ""));
        let counts: Option<Vec<usize>> = head.split_whitespace().map(|n| n.parse().ok()).collect();
        let (folds, each) = match counts.as_deref() {
            Some([folds, each]) => (*folds, *each),
            Some([each]) => (1, *each),
            _ => return Err(bad(1, "must be the number of folds and of pairs, such as '10 300'".to_owned())),
        };
        let expected = folds.saturating_mul(each).saturating_mul(2);
        if folds == 0 || each == 0 || expected > MAX_PAIRS {
            return Err(bad(1, format!("asks for {expected} pairs: 1 to {MAX_PAIRS} can be measured")));
        }
        let mut pairs = Vec::with_capacity(expected);
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            if pairs.len() == expected {
                return Err(bad(number, format!("is one more than the {expected} that the first announces")));
            }
            let (fold, same) = (pairs.len() / (2 * each), pairs.len() % (2 * each) < each);
            pairs.push(Pair { pictures: pair(line, same).map_err(|p| bad(number, p))?, fold, same });
        }
        if pairs.len() < expected {
            return Err(bad(1, format!("announces {expected} pairs, but {} follow", pairs.len())));
        }
        Ok(Self { folds, pairs })
    }

    /// Finds the pictures in the folder `images`.
    ///
    /// # Errors
    /// [`EvalError::Missing`] when one isn't there.
    pub fn locate(&self, images: &Path) -> Result<Located, EvalError> {
        let mut found = Located { pictures: Vec::new(), owners: Vec::new(), pairs: Vec::new() };
        let (mut known, mut people) = (HashMap::new(), HashMap::new());
        let mut missing: Vec<String> = Vec::new();
        for pair in &self.pairs {
            found.pairs.push(pair.pictures.each_ref().map(|named| {
                *known.entry(named.clone()).or_insert_with(|| {
                    let path = file_of(images, named).unwrap_or_else(|| {
                        missing.push(candidate(images, named, "jpg").display().to_string());
                        PathBuf::new()
                    });
                    let next = people.len();
                    found.owners.push(*people.entry(named.person.clone()).or_insert(next));
                    found.pictures.push(path);
                    found.pictures.len() - 1
                })
            }));
        }
        match missing.first() {
            Some(first) => Err(EvalError::Missing { count: missing.len(), first: first.clone() }),
            None => Ok(found),
        }
    }
}

fn bad(line: usize, problem: String) -> EvalError {
    EvalError::Protocol { line, problem }
}

fn pair(line: &str, same: bool) -> Result<[Named; 2], String> {
    let fields: Vec<&str> = if line.contains('\t') {
        line.split('\t').map(str::trim).filter(|f| !f.is_empty()).collect()
    } else {
        line.split_whitespace().collect()
    };
    let named = |person: &str, number: &str| {
        let outside = person.contains(['/', '\\']) || person == ".." || person == ".";
        let number = number.parse().ok().filter(|n| *n > 0 && !outside);
        number.map(|number| Named { person: person.to_owned(), number })
    };
    let found = match (&fields[..], same) {
        ([who, i, j], true) => named(who, i).zip(named(who, j)),
        ([one, i, other, j], false) if one != other => named(one, i).zip(named(other, j)),
        _ => None,
    };
    let wanted = if same {
        "a matched pair, such as 'Name 1 2'"
    } else {
        "a mismatched pair, such as 'Name1 1 Name2 1'"
    };
    found.map(|(a, b)| [a, b]).ok_or_else(|| format!("must be {wanted}"))
}

fn candidate(images: &Path, named: &Named, ending: &str) -> PathBuf {
    let Named { person, number } = named;
    images.join(person).join(format!("{person}_{number:04}.{ending}"))
}

/// `Name/Name_0001.jpg`, or `Name/1.pgm`, with any ending of a picture.
fn file_of(images: &Path, named: &Named) -> Option<PathBuf> {
    let plain = |ending: &str| images.join(&named.person).join(format!("{}.{ending}", named.number));
    let names = ENDINGS.iter().flat_map(|ending| [candidate(images, named, ending), plain(ending)]);
    names.into_iter().find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_of_matched_and_mismatched_pairs() {
        let text = "2\t1\nAnn Lee\t1\t2\nAnn Lee\t1\tBo\t3\nBo\t1\t2\nBo\t2\tAnn Lee\t4\n\n";
        let protocol = Protocol::parse(text).unwrap();
        assert_eq!(protocol.folds, 2);
        let kinds: Vec<_> = protocol.pairs.iter().map(|p| (p.fold, p.same)).collect();
        assert_eq!(kinds, [(0, true), (0, false), (1, true), (1, false)]);
        assert_eq!(protocol.pairs[3].pictures[1], Named { person: "Ann Lee".to_owned(), number: 4 });
        assert_eq!(
            Protocol::parse("1\nA 1 2\nA 1 B 3").unwrap(),
            Protocol::parse("1 1\nA 1 2\nA 1 B 3").unwrap()
        );
    }

    #[test]
    fn every_breach_names_its_line() {
        for (text, line, words) in [
            ("", 1, "number of folds"),
            ("ten 300", 1, "number of folds"),
            ("1 0", 1, "0 pairs"),
            ("99999999999 99999999999", 1, "can be measured"),
            ("1 1\nA 1 2", 1, "but 1 follow"),
            ("1 1\nA 1 2\nA 1 B 1\nA 1 B 2", 4, "one more"),
            ("1 1\nA 1 B 1\nA 1 2", 2, "matched pair"),
            ("1 1\nA 1 2\nA 1 A 2", 3, "mismatched pair"),
            ("1 1\nA 1 0", 2, "matched pair"),
            ("1 1\n../A 1 2", 2, "matched pair"),
            ("1 1\nA one 2", 2, "matched pair"),
        ] {
            let error = Protocol::parse(text).unwrap_err();
            assert!(matches!(error, EvalError::Protocol { line: l, .. } if l == line), "{text:?}: {error}");
            assert!(error.to_string().contains(words), "{text:?}: {error}");
        }
    }

    #[test]
    fn pictures_are_found_once_each_and_missing_ones_named() {
        let folder = tempfile::tempdir().unwrap();
        for (person, files) in [("A", ["A_0001.jpg", "2.pgm"]), ("B", ["B_0001.png", "B_0002.jpeg"])] {
            std::fs::create_dir(folder.path().join(person)).unwrap();
            files.map(|f| std::fs::write(folder.path().join(person).join(f), b"").unwrap());
        }
        let located = Protocol::parse("1 1\nA 1 2\nA 2 B 1").unwrap().locate(folder.path()).unwrap();
        assert_eq!(located.pairs, [[0, 1], [1, 2]]);
        assert_eq!(located.owners, [0, 0, 1]);
        assert!(located.pictures[1].ends_with("A/2.pgm"));
        let error = Protocol::parse("1 1\nA 1 3\nA 2 B 9").unwrap().locate(folder.path()).unwrap_err();
        let said = error.to_string();
        assert!(said.contains("2 pictures") && said.contains("A_0003.jpg"), "{said}");
    }
}
