//! Backups on a schedule: a folder with whole backups and those that continue them, and which of them are still kept.
//!
//! Names are `aidpost-2026-11-30-023000.backup`, so that their order is that of time. Which continues which stands in
//! the files themselves. What isn't a backup of this organisation is left alone.

use std::path::{Path, PathBuf};

use super::{
    api::{Fault, FaultKind, Since},
    clock,
};
use crate::{
    core::{id::OrgId, time::Millis},
    store::backup::{BackupId, read::Found},
};

/// A whole backup is made again after so long: a chain is only as good as each of its files.
const WHOLE: Millis = 7 * 86_400_000 - 3_600_000;
/// Backups looked at in one folder.
const MOST: usize = 10_000;

/// A backup in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    path: PathBuf,
    org: OrgId,
    id: BackupId,
    previous: Option<BackupId>,
}

/// The backups of a folder, the oldest first.
pub struct Folder {
    dir: PathBuf,
    all: Vec<Kept>,
}

fn name(at: Millis) -> String {
    format!("aidpost-{}-{}.backup", clock::date(at), clock::second_of_day(at).replace(':', ""))
}

/// A time in a form that is compared like the names.
fn is_ours(path: &Path) -> bool {
    path.file_name()
        .and_then(|n| n.to_str())
        .and_then(|n| n.strip_prefix("aidpost-")?.strip_suffix(".backup"))
        .is_some_and(|at| at.len() == 17 && at.bytes().all(|b| b.is_ascii_digit() || b == b'-'))
}

impl Folder {
    /// Looks into a folder.
    ///
    /// # Errors
    /// It can't be read.
    pub fn read(dir: &Path) -> Result<Self, Fault> {
        let bad = |e: std::io::Error| {
            let words = format!("{}: {e}: make the folder, or name another with --into", dir.display());
            Fault::new(FaultKind::of_io(&e), words)
        };
        let mut paths = Vec::new();
        for e in std::fs::read_dir(dir).map_err(bad)?.take(MOST) {
            let path = e.map_err(bad)?.path();
            if is_ours(&path) {
                paths.push(path);
            }
        }
        paths.sort();
        let all = paths
            .into_iter()
            .filter_map(|path| {
                // One that can't be read is nothing to continue, and not ours to remove.
                let h = Found::at(&path).ok()?.header;
                Some(Kept { path, org: h.org, id: h.id, previous: h.previous })
            })
            .collect();
        Ok(Self { dir: dir.into(), all })
    }

    /// Where the next one goes, and what it continues: nothing when the newest whole one is a week old, or there is none.
    pub fn next(&self, now: Millis) -> (PathBuf, Since) {
        let path = self.dir.join(name(now));
        let fresh = self.dir.join(name(now.saturating_sub(WHOLE)));
        let since = match (self.all.iter().rfind(|k| k.previous.is_none()), self.all.last()) {
            (Some(whole), Some(last)) if whole.path > fresh => Since::File(last.path.clone()),
            _ => Since::Beginning,
        };
        (path, since)
    }

    /// Removes what the newest `keep` whole backups make superfluous; how many files. `made` is the one just written.
    ///
    /// # Errors
    /// One can't be removed.
    pub fn prune(dir: &Path, made: &Path, keep: usize) -> Result<usize, Fault> {
        let all = Self::read(dir)?.all;
        let Some(org) = all.iter().find(|k| k.path == made).map(|k| k.org) else { return Ok(0) };
        let ours: Vec<Kept> = all.into_iter().filter(|k| k.org == org).collect();
        let gone = superfluous(&ours, keep);
        for path in &gone {
            std::fs::remove_file(path).map_err(|e| {
                let words = format!("the backup is written, but the old {} stays: {e}", path.display());
                Fault::new(FaultKind::of_io(&e), words)
            })?;
        }
        Ok(gone.len())
    }
}

/// What no longer belongs to one of the newest `keep` chains. A backup whose beginning isn't here belongs to none that is
/// known, and stays.
fn superfluous(all: &[Kept], keep: usize) -> Vec<PathBuf> {
    let root = |k: &Kept| {
        let mut at = k;
        // A chain is never longer than what is here.
        for _ in 0..all.len() {
            let Some(previous) = at.previous else { return Some(at.id) };
            at = all.iter().find(|k| k.id == previous)?;
        }
        None
    };
    let whole: Vec<BackupId> = all.iter().filter(|k| k.previous.is_none()).map(|k| k.id).collect();
    let old = &whole[..whole.len().saturating_sub(keep.max(1))];
    all.iter().filter(|k| root(k).is_some_and(|r| old.contains(&r))).map(|k| k.path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(n: u8, previous: Option<u8>) -> Kept {
        let id = |n: u8| BackupId::from([n; 16]);
        Kept { path: format!("{n:02}").into(), org: OrgId([1; 16]), id: id(n), previous: previous.map(id) }
    }

    #[test]
    fn old_chains_go_whole_and_the_newest_stays() {
        let all = [
            kept(1, None),
            kept(2, Some(1)),
            kept(3, None),
            kept(4, Some(3)),
            kept(5, Some(4)),
            kept(6, Some(99)),
        ];
        let names =
            |keep| superfluous(&all, keep).iter().map(|p| p.display().to_string()).collect::<Vec<_>>();
        assert_eq!(names(1), ["01", "02"]);
        assert_eq!(names(0), ["01", "02"], "the last one is never removed");
        assert!(names(2).is_empty());
        // What names itself, or one another, as its beginning.
        assert!(
            superfluous(&[kept(1, Some(1)), kept(2, Some(3)), kept(3, Some(2)), kept(4, None)], 1).is_empty()
        );
    }

    #[test]
    fn a_whole_one_each_week_and_what_is_new_between() {
        let day = 86_400_000;
        let monday = 1_800_000_000_000;
        let folder = |all: Vec<Kept>| Folder { dir: "/b".into(), all };
        let at =
            |t: Millis, n: u8, previous| Kept { path: Path::new("/b").join(name(t)), ..kept(n, previous) };
        assert!(
            is_ours(&Path::new("/b").join(name(monday))) && !is_ours(Path::new("/b/aidpost-letter.backup"))
        );
        assert_eq!(folder(Vec::new()).next(monday).1, Since::Beginning);
        let week = vec![at(monday, 1, None), at(monday + day, 2, Some(1))];
        let (path, since) = folder(week.clone()).next(monday + 2 * day);
        assert_eq!(since, Since::File(week[1].path.clone()));
        assert!(path > week[1].path);
        assert_eq!(folder(week).next(monday + 7 * day).1, Since::Beginning);
    }
}
