//! Rules of the source tree that the compiler doesn't know.

use std::{fs, path::Path};

fn sources(dir: &Path, out: &mut Vec<(String, String)>) {
    for e in fs::read_dir(dir).unwrap() {
        let path = e.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Every source file: of the library, and of the networks' crate.
fn everything() -> Vec<(String, String)> {
    let mut out = room("");
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("nn/src"), &mut out);
    out
}

fn room(name: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name), &mut out);
    assert!(out.len() > 3, "{name} has files");
    out
}

/// Code without its tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]").next().unwrap_or("");
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// What in `text` a pure room may not name.
fn impurities(text: &str) -> Vec<&'static str> {
    const FORBIDDEN: [&str; 24] = [
        "std::fs",
        "std::io",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "SystemTime",
        "Instant",
        "rand::rng",
        "thread_rng",
        "SysRng",
        "OsRng",
        "tokio",
        "redb",
        "iroh",
        "ratatui",
        "crossterm",
        "dfdx",
        "crate::store",
        "crate::vault",
        "crate::mesh",
        "crate::node",
        "crate::face",
        "println!",
    ];
    let code = code(text);
    FORBIDDEN.into_iter().filter(|f| code.contains(f)).collect()
}

#[test]
fn core_is_pure() {
    for (path, text) in room("core").iter().filter(|(p, _)| !p.ends_with("_tests.rs")) {
        assert_eq!(impurities(text), Vec::<&str>::new(), "{path}");
    }
    assert_eq!(impurities("let t = std::time::SystemTime::now();"), ["SystemTime"], "the test can fail");
}

#[test]
fn updates_and_views_of_the_screens_are_pure() {
    let pure = |p: &str| (p.contains("/update/") || p.contains("/view/")) && !p.ends_with("tests.rs");
    let files = room("tui");
    let files: Vec<_> = files.iter().filter(|(p, _)| pure(p)).collect();
    assert!(files.len() > 8);
    for (path, text) in files {
        let found: Vec<_> = impurities(text)
            .into_iter()
            // What it draws with, and the service's types that it shows.
            .filter(|f| !["ratatui", "crossterm", "crate::node"].contains(f))
            .collect();
        assert_eq!(found, Vec::<&str>::new(), "{path}");
    }
}

#[test]
fn nothing_unfinished_and_nothing_unsafe() {
    for (path, text) in everything() {
        for bad in ["todo!(", "unimplemented!(", "unsafe {", "allow(dead_code", "#[ignore"] {
            assert!(!text.contains(bad), "{path}: {bad}");
        }
    }
}

#[test]
fn files_stay_about_one_thing() {
    for (path, text) in everything() {
        let lines = text.lines().count();
        assert!(lines <= 800, "{path} has {lines} lines");
    }
}
