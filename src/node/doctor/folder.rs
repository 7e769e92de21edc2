//! The data folder: what is in it, who may read it, the key slots.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use crate::{
    node::api::{Check, Verdict},
    vault::slots::{SlotError, Slots},
};

/// Files that hold something to keep from others.
const OURS: [&str; 6] = ["slots", "store", "faces", "attempts", "node.sock", "log"];

/// Whether there is a store, and nothing half done beside it.
pub(super) fn folder(data: &Path) -> Check {
    let there = |name: &str| data.join(name).exists();
    if !there("slots") && !there("store") {
        let remedy = "run 'aidpost init' or 'aidpost join' first, or name the folder with --data";
        return Check::not(Verdict::Bad, "folder", format!("{} holds no store", data.display()), remedy);
    }
    for lost in ["slots", "store"] {
        if !there(lost) {
            let found = format!("{} is not there", data.join(lost).display());
            return Check::not(
                Verdict::Bad,
                "folder",
                found,
                "bring it back, or 'aidpost restore' into another folder",
            );
        }
    }
    if there("store.new") {
        let found = format!("{}: a change of the master key did not end", data.join("store.new").display());
        return Check::not(
            Verdict::Attention,
            "folder",
            found,
            "sign in: the next opening ends it or gives it up",
        );
    }
    let half = data.with_extension("restoring");
    if half.exists() {
        let found = format!("{}: a restore did not end", half.display());
        return Check::not(
            Verdict::Attention,
            "folder",
            found,
            "remove that folder, and restore again if it was wanted",
        );
    }
    Check::good("folder", data.display().to_string())
}

/// Nobody else may read it.
pub(super) fn permissions(data: &Path) -> Check {
    let remedy = |what: &Path| format!("chmod go-rwx {}", what.display());
    let mut whole = None;
    if let Ok(m) = fs::metadata(data) {
        // A folder nobody else may enter keeps whatever is in it.
        if m.permissions().mode() & 0o077 == 0 {
            whole = Some(m);
        } else {
            let found = format!("others may look into {} (mode {:03o})", data.display(), m.mode() & 0o777);
            return Check::not(Verdict::Attention, "permissions", found, remedy(data));
        }
    }
    let Some(folder) = whole else {
        return Check::not(
            Verdict::Unknown,
            "permissions",
            "the folder can't be seen",
            "run as the user of the node",
        );
    };
    for name in OURS {
        let path = data.join(name);
        let Ok(m) = fs::symlink_metadata(&path) else { continue };
        if m.file_type().is_symlink() {
            let found = format!("{} is a link to elsewhere", path.display());
            return Check::not(
                Verdict::Attention,
                "permissions",
                found,
                "move the file itself into the folder",
            );
        }
        if m.uid() != folder.uid() {
            let found = format!("{} belongs to another user than its folder", path.display());
            let remedy = format!("chown --reference={} {}", data.display(), path.display());
            return Check::not(Verdict::Bad, "permissions", found, remedy);
        }
    }
    Check::good("permissions", "nobody else may read the folder")
}

/// The key slots, as far as they can be read without a passphrase.
pub(super) fn slots(data: &Path) -> Check {
    match Slots::read(&data.join("slots")) {
        Ok(s) if s.is_changing() => Check::not(
            Verdict::Attention,
            "slots",
            "a change of the master key did not end",
            "sign in: the next opening ends it or gives it up",
        ),
        Ok(s) => match s.count() {
            1 => Check::not(
                Verdict::Attention,
                "slots",
                "one slot opens this terminal: a forgotten passphrase would shut it",
                "'aidpost slots code' prints a recovery code; 'aidpost staff add' adds a person",
            ),
            n => Check::good("slots", format!("{n} slots open this terminal")),
        },
        Err(e @ (SlotError::Newer(_) | SlotError::Foreign(_))) => Check::not(
            Verdict::Bad,
            "slots",
            e.to_string(),
            "use the Aidpost that wrote it, or the right folder",
        ),
        Err(e) => Check::not(
            Verdict::Bad,
            "slots",
            e.to_string(),
            "bring the file back from a copy of the folder, or 'aidpost restore' a backup elsewhere",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_is_judged_by_what_is_in_it_and_who_may_look() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        assert!(folder(&data).found.contains("holds no store"));
        assert_eq!(permissions(&data).verdict, Verdict::Unknown);
        fs::create_dir(&data).unwrap();
        set(&data, 0o755);
        assert!(permissions(&data).remedy.unwrap().starts_with("chmod go-rwx"));
        set(&data, 0o700);
        assert_eq!(permissions(&data).verdict, Verdict::Good);
        fs::write(data.join("slots"), "x").unwrap();
        assert!(folder(&data).found.contains("store is not there"));
        assert_eq!(slots(&data).verdict, Verdict::Bad);
        fs::write(data.join("store"), "x").unwrap();
        assert_eq!(folder(&data).verdict, Verdict::Good);
        fs::write(data.join("store.new"), "x").unwrap();
        assert_eq!(folder(&data).verdict, Verdict::Attention);
        std::os::unix::fs::symlink("/etc/passwd", data.join("faces")).unwrap();
        assert!(permissions(&data).found.contains("a link to elsewhere"));
    }
}
