//! What the disk does: each case one clear line with its own exit code, and nothing is lost by it.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use crate::support::{BIN, MODELS, Place, said};

/// The command line over site "a" as "amina", behind a wrapper such as a shell that sets a limit.
fn wrapped(p: &Place, wrapper: &[&str], args: &[&str]) -> crate::support::Said {
    let pass = p.passphrase("amina");
    let mut c = Command::new(wrapper[0]);
    c.args(&wrapper[1..]).arg(BIN).args(["--data", &p.text("a"), "--login", "amina"]);
    c.args(["--passphrase-file", &pass, "--listen", "127.0.0.1:0"]).args(args);
    said(c.env("AIDPOST_MODELS", MODELS).current_dir(p.dir.path()).output().unwrap())
}

/// A disk that takes no more than so many blocks of 512 bytes of one file. (The signal would end the program; on a full disk
/// there is none.)
fn limited(blocks: u32) -> Vec<String> {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    ["sh", "-c", &script, "sh"].map(String::from).to_vec()
}

#[test]
fn a_full_disk_loses_nothing() {
    let p = Place::new();
    p.found("a");
    let store = fs::read(p.path("a").join("store")).unwrap();
    let slots = fs::read(p.path("a").join("slots")).unwrap();
    let new = p.passphrase("nila");
    let add = ["staff", "add", "nila", "--name", "Nila", "--new-passphrase-file", &new];
    for blocks in [24, 40] {
        let limit = limited(blocks);
        let limit: Vec<&str> = limit.iter().map(String::as_str).collect();
        wrapped(&p, &limit, &add).failed(7, "the disk is full");
    }
    // With room again all of it is there, and goes on.
    assert!(fs::read(p.path("a").join("store")).unwrap().len() >= store.len());
    assert_eq!(p.run_as("a", "amina", &["verify"]).code, 0);
    if fs::read(p.path("a").join("slots")).unwrap() == slots {
        assert_eq!(p.run_as("a", "amina", &add).code, 0);
    }
    // A full disk when the folder is made: nothing half made is left behind.
    let limit = limited(1);
    let limit: Vec<&str> = limit.iter().map(String::as_str).collect();
    let mut c = Command::new(limit[0]);
    c.args(&limit[1..]).arg(BIN).args(["--data", &p.text("new"), "--login", "x", "--passphrase-file", &new]);
    let s = said(c.args(["init", "--consortium", "V", "--org", "A"]).output().unwrap());
    s.failed(7, "the disk is full");
    assert!(!p.path("new").join("store").exists() && !p.path("new").join("slots").exists());
}

#[test]
fn a_folder_that_can_t_be_written() {
    let p = Place::new();
    p.found("a");
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(p.dir.path(), 0o755);
    for f in ["slots", "store", "attempts"] {
        if p.path("a").join(f).exists() {
            mode(&p.path("a").join(f), 0o444);
        }
    }
    mode(&p.path("a"), 0o555);
    p.passphrase("amina");
    mode(&p.path("amina.pass"), 0o644);
    // Root may write anywhere: then somebody else asks.
    let root = rustix_is_root();
    let wrapper: &[&str] = if root { &["setpriv", "--reuid=65534", "--clear-groups"] } else { &["env"] };
    wrapped(&p, wrapper, &["staff", "list"]).failed(8, "can't be written");
    mode(&p.path("a"), 0o700);
    ["slots", "store"].iter().for_each(|f| mode(&p.path("a").join(f), 0o600));
    assert_eq!(p.run_as("a", "amina", &["staff", "list"]).code, 0);
}

fn rustix_is_root() -> bool {
    String::from_utf8_lossy(&Command::new("id").arg("-u").output().unwrap().stdout).trim() == "0"
}

#[test]
fn files_of_a_newer_version_and_of_something_else() {
    let p = Place::new();
    p.found("a");
    for name in ["store", "slots"] {
        let path = p.path("a").join(name);
        let good = fs::read(&path).unwrap();
        let mut newer = good.clone();
        assert!(newer[..7].is_ascii() && newer[7] == b'0');
        newer[7] = b'1';
        fs::write(&path, &newer).unwrap();
        p.run_as("a", "amina", &["staff", "list"]).failed(9, "newer Aidpost: update this one");
        p.run_as("a", "amina", &["verify"]).failed(9, "newer Aidpost");
        fs::write(&path, b"dear colleague, this is a letter and no database at all").unwrap();
        p.run_as("a", "amina", &["staff", "list"]).failed(10, "check the data folder");
        fs::write(&path, b"").unwrap();
        p.run_as("a", "amina", &["staff", "list"]).failed(10, "check the data folder");
        // Another terminal's file.
        if name == "store" {
            p.found("b");
            fs::copy(p.path("b").join("store"), &path).unwrap();
            p.run_as("a", "amina", &["staff", "list"])
                .failed(10, "is not the database that these key slots belong to");
        }
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(p.run_as("a", "amina", &["verify"]).code, 0);
}
