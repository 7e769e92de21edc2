//! The data folder: what is in it, who may read it, the key slots.

use std::{
    fs,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{
    node::{
        api::{Check, Verdict},
        serving,
    },
    vault::slots::{SlotError, Slots},
};

/// Entries that are looked at: more are none of ours.
const MOST: usize = 1_000;
/// Of a folder: whoever has these may list it, change it, or is anybody. The group may pass through to the socket.
const FOLDER: u32 = 0o067;
/// Of a file: anybody but its user.
const FILE: u32 = 0o077;
/// Of the socket: anybody but its user and its group.
const SOCKET: u32 = 0o007;

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
                "bring it back from a copy of the folder, or 'aidpost restore BACKUP --data FOLDER' makes another",
            );
        }
    }
    if there("store.new") {
        let found = format!("{}: a change of the master key did not end", data.join("store.new").display());
        return Check::not(
            Verdict::Attention,
            "folder",
            found,
            "'aidpost doctor --login NAME': opening the store ends it or gives it up",
        );
    }
    let half = data.with_extension("restoring");
    if half.exists() {
        let found = format!("{}: a restore did not end", half.display());
        return Check::not(
            Verdict::Attention,
            "folder",
            found,
            format!("'rm -r {}', and 'aidpost restore' again if it was wanted", half.display()),
        );
    }
    Check::good("folder", data.display().to_string())
}

/// Nobody else may read it. Members of the group may use the socket of a service, and nothing beside it.
pub(super) fn permissions(data: &Path) -> Check {
    let unseen = || {
        let remedy = format!(
            "'sudo -u USER aidpost --data {} doctor' as the user of the node, which the package calls 'aidpost'",
            data.display()
        );
        Check::not(Verdict::Unknown, "permissions", "the folder can't be seen", remedy)
    };
    let Ok(folder) = fs::metadata(data) else { return unseen() };
    let mode = folder.permissions().mode();
    if mode & FOLDER != 0 {
        let found = format!("others may look into {} (mode {:03o})", data.display(), mode & 0o777);
        // Members who use the socket of a service still must reach it.
        let shared =
            fs::symlink_metadata(serving::socket(data)).is_ok_and(|m| m.permissions().mode() & 0o060 != 0);
        let what = if shared { "g-rw,o-rwx" } else { "go-rwx" };
        let remedy = format!("chmod {what} {}", data.display());
        return Check::not(Verdict::Attention, "permissions", found, remedy);
    }
    let Ok(entries) = fs::read_dir(data) else { return unseen() };
    let mut paths: Vec<PathBuf> = entries.take(MOST).flatten().map(|e| e.path()).collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| entry(path, data, &folder))
        // What is worse is said.
        .max_by_key(|c| c.verdict)
        .unwrap_or_else(|| Check::good("permissions", "nobody else may read the folder"))
}

/// What is wrong with one entry of the folder.
fn entry(path: &Path, data: &Path, folder: &fs::Metadata) -> Option<Check> {
    // One that has gone meanwhile is nobody's.
    let m = fs::symlink_metadata(path).ok()?;
    let not =
        |verdict, found: String, remedy: String| Some(Check::not(verdict, "permissions", found, remedy));
    if m.file_type().is_symlink() {
        let found = format!("{} is a link to elsewhere", path.display());
        let (at, real) = (path.display(), "$(readlink -f");
        let remedy = format!("mv -f \"{real} {at})\" {at} brings the file itself into the folder");
        return not(Verdict::Attention, found, remedy);
    }
    if m.uid() != folder.uid() {
        let found = format!("{} belongs to another user than its folder", path.display());
        let remedy = format!("chown --reference={} {}", data.display(), path.display());
        return not(Verdict::Bad, found, remedy);
    }
    // A folder that nobody else may enter keeps whatever is in it.
    if folder.permissions().mode() & FILE == 0 {
        return None;
    }
    let (mode, socket) = (m.permissions().mode() & 0o777, m.file_type().is_socket());
    let (open, what) = if socket { (SOCKET, "o-rwx") } else { (FILE, "go-rwx") };
    if mode & open == 0 {
        return None;
    }
    let found = format!("others may use {} (mode {mode:03o})", path.display());
    not(Verdict::Attention, found, format!("chmod {what} {}", path.display()))
}

/// The key slots, as far as they can be read without a passphrase.
pub(super) fn slots(data: &Path) -> Check {
    match Slots::read(&data.join("slots")) {
        Ok(s) if s.is_changing() => Check::not(
            Verdict::Attention,
            "slots",
            "a change of the master key did not end",
            "'aidpost doctor --login NAME': opening the store ends it or gives it up",
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
            "'aidpost --version' says which this is: use the one that wrote it, or name the right folder with --data",
        ),
        Err(e) => Check::not(
            Verdict::Bad,
            "slots",
            e.to_string(),
            "bring the file back from a copy of the folder, or 'aidpost restore BACKUP --data FOLDER' makes another terminal",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::is_typed, *};

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_folder_is_judged_by_what_is_in_it_and_who_may_look() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        assert!(folder(&data).found.contains("holds no store"));
        assert_eq!(permissions(&data).verdict, Verdict::Unknown);
        assert!([folder(&data), permissions(&data), slots(&data)].iter().all(is_typed));
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

    #[test]
    fn the_group_of_a_service_may_pass_through_to_the_socket_and_read_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir(&data).unwrap();
        fs::write(data.join("store"), "x").unwrap();
        set(&data.join("store"), 0o600);
        let _socket = std::os::unix::net::UnixListener::bind(serving::socket(&data)).unwrap();
        set(&serving::socket(&data), 0o660);
        set(&data, 0o710);
        assert_eq!(permissions(&data).verdict, Verdict::Good, "as the package makes it");
        for mode in [0o711, 0o730, 0o750, 0o755] {
            set(&data, mode);
            let c = permissions(&data);
            assert!(c.remedy.unwrap().starts_with("chmod g-rw,o-rwx"), "{mode:o}: members still reach it");
        }
        set(&data, 0o710);
        // A file is reached by its name, also where nobody may list the folder.
        for mode in [0o640, 0o604, 0o660] {
            set(&data.join("store"), mode);
            let c = permissions(&data);
            assert!(c.verdict == Verdict::Attention && c.found.contains("store (mode"), "{mode:o} {c:?}");
        }
        set(&data, 0o700);
        assert_eq!(permissions(&data).verdict, Verdict::Good, "nobody else gets as far as that");
        set(&data, 0o710);
        set(&data.join("store"), 0o600);
        set(&serving::socket(&data), 0o666);
        assert!(permissions(&data).remedy.unwrap().starts_with("chmod o-rwx"));
    }
}
