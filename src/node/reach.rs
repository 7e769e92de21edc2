//! Whether the node reaches a path that somebody names: it reads and writes files itself, as its own user, and a service
//! manager may show it other folders than the person who asks sees.

use std::{
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Access, access};

use super::{
    api::{Fault, FaultKind},
    sign_in::blocking,
};

/// What the node is to do at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

/// Why the node can't do it, while whoever asks perhaps could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shut {
    /// Home folders are hidden from it.
    Hidden,
    /// It has a folder of its own of that name, which nobody else sees.
    Private,
    /// Its service may write in other folders only.
    ReadOnly,
    /// The folder or file is another user's.
    Denied,
}

/// Refuses a path that the node doesn't reach, before anything is opened or put on the ledger.
pub(super) async fn check(path: impl Into<PathBuf>, to: Use) -> Result<(), Fault> {
    let path = path.into();
    blocking(move || {
        // Without it (no /proc) what the system answers has to do.
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        match by_mount(&mounts, &path, to).or_else(|| by_rights(&path, to)) {
            None => Ok(()),
            Some(shut) => Err(fault(&path, to, shut)),
        }
    })
    .await?
}

/// By what lies over a path in the node's own view (proc_pid_mountinfo(5)).
fn by_mount(mounts: &str, path: &Path, to: Use) -> Option<Shut> {
    let mut over: Option<(PathBuf, &str)> = None;
    for line in mounts.lines() {
        let Some(at) = line.split(' ').nth(4).map(unescaped) else { continue };
        // Of several at one place the last one is seen.
        if path.starts_with(&at) && over.as_ref().is_none_or(|(o, _)| at.starts_with(o)) {
            over = Some((at, line));
        }
    }
    let (_, line) = over?;
    let (own, disk) = line.split_once(" - ")?;
    let has = |options: Option<&str>| options.is_some_and(|o| o.split(',').any(|o| o == "ro"));
    let root = own.split(' ').nth(3)?;
    if root.contains("/systemd/inaccessible/") {
        return Some(Shut::Hidden);
    }
    if root.contains("/systemd-private-") {
        return Some(Shut::Private);
    }
    // A disk that is read-only for everybody is another matter, and says so itself.
    let own_alone = has(own.split(' ').nth(5)) && !has(disk.split(' ').nth(2));
    (to == Use::Write && own_alone).then_some(Shut::ReadOnly)
}

/// By whose it is. What isn't there is for others to say.
fn by_rights(path: &Path, to: Use) -> Option<Shut> {
    let denied = |e: io::Error| e.kind() == io::ErrorKind::PermissionDenied;
    let exists = |p: &&Path| fs::symlink_metadata(p).map_or_else(denied, |_| true);
    // Asked rather than opened: a pipe would be used up.
    let may = match to {
        Use::Read => access(path, Access::READ_OK),
        Use::Write => access(path.ancestors().skip(1).find(exists)?, Access::WRITE_OK | Access::EXEC_OK),
    };
    may.is_err_and(|e| denied(e.into())).then_some(Shut::Denied)
}

/// Spaces and the like are written as three octal digits.
fn unescaped(word: &str) -> PathBuf {
    let bytes = word.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&b) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 4).and_then(|d| std::str::from_utf8(d).ok());
        match code.and_then(|c| u8::from_str_radix(c, 8).ok()).filter(|_| b == b'\\') {
            Some(real) => {
                out.push(real);
                at += 4;
            }
            None => {
                out.push(b);
                at += 1;
            }
        }
    }
    PathBuf::from(OsStr::from_bytes(&out))
}

fn fault(path: &Path, to: Use, shut: Shut) -> Fault {
    let why = match shut {
        Shut::Hidden => "sees no home folders",
        Shut::Private => "has a temporary folder of its own there, which you don't see",
        Shut::ReadOnly => "may not write there",
        Shut::Denied if to == Use::Read => "may not read it as its own user",
        Shut::Denied => "may not write there as its own user",
    };
    let (kind, remedy) = match to {
        Use::Read => (
            FaultKind::Usage,
            "put the file on a stick, or in a folder like /srv, where the user of the node may read it",
        ),
        Use::Write => (
            FaultKind::ReadOnly,
            "name a place below /media, /mnt or /var/backups/aidpost, or see README, 'The package', to allow another",
        ),
    };
    Fault::new(kind, format!("{}: the node, which opens files itself, {why}: {remedy}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As systemd 252 shows it to a unit with ProtectSystem=strict, ProtectHome, PrivateTmp and ReadWritePaths.
    const SERVICE: &str = "\
290 289 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw
300 290 8:1 /var/lib/aidpost /var/lib/aidpost rw,relatime shared:1 - ext4 /dev/sda1 rw
301 290 8:1 /var/backups/aidpost /var/backups/aidpost rw,relatime shared:1 - ext4 /dev/sda1 rw
302 290 8:1 /media /media rw,relatime shared:1 - ext4 /dev/sda1 rw
303 302 8:17 / /media/my\\040stick ro,nosuid shared:9 - vfat /dev/sdb1 ro
304 290 0:24 /systemd/inaccessible/dir /home ro,nosuid shared:2 - tmpfs tmpfs rw,size=10%
305 290 8:1 /tmp/systemd-private-7c-aidpost.service-Xy/tmp /tmp rw,relatime shared:1 - ext4 /dev/sda1 rw
306 290 8:1 / / ro,relatime shared:1 - ext4 /dev/sda1 rw
";

    #[test]
    fn what_a_service_is_kept_from_is_told_from_its_mounts() {
        use Use::*;
        for (path, to, expected) in [
            ("/var/backups/aidpost/a.backup", Write, None),
            ("/var/backups/other", Write, Some(Shut::ReadOnly)),
            ("/var/backups/other", Read, None),
            ("/media/stick/out", Write, None),
            // The stick itself is read-only: that is said by whoever writes.
            ("/media/my stick/out", Write, None),
            ("/home/sam/letter.pdf", Read, Some(Shut::Hidden)),
            ("/home/sam/out", Write, Some(Shut::Hidden)),
            ("/tmp/letter.pdf", Read, Some(Shut::Private)),
            ("/tmp/out", Write, Some(Shut::Private)),
            ("/srv/letter.pdf", Read, None),
            ("/srv/out", Write, Some(Shut::ReadOnly)),
        ] {
            assert_eq!(by_mount(SERVICE, Path::new(path), to), expected, "{path} {to:?}");
        }
        for odd in ["", "\n", "1 2 3", "1 2 3 / / ro", "290 289 8:1 / \\04 ro - ext4 x rw"] {
            assert_eq!(by_mount(odd, Path::new("/srv/out"), Write), None, "{odd}");
        }
    }

    #[test]
    fn each_reason_has_its_remedy_and_the_exit_code_of_its_kind() {
        let path = Path::new("/home/sam/out");
        let f = fault(path, Use::Write, Shut::Hidden);
        assert!(f.kind == FaultKind::ReadOnly && f.message.contains("/var/backups/aidpost"), "{f}");
        let f = fault(path, Use::Read, Shut::Denied);
        assert!(f.kind == FaultKind::Usage && f.message.contains("/srv"), "{f}");
    }

    #[tokio::test]
    async fn an_ordinary_folder_is_reached_and_what_is_not_there_is_for_others_to_say() {
        let dir = tempfile::tempdir().unwrap();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        if by_mount(&mounts, dir.path(), Use::Write).is_none() {
            assert_eq!(check(dir.path().join("new/folder"), Use::Write).await, Ok(()));
            assert_eq!(check(dir.path().join("nowhere"), Use::Read).await, Ok(()));
        }
    }
}
