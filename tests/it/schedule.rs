//! Backups on a schedule: a whole one each week, what is new in between, and old chains that go.

use std::fs;

use crate::support::Place;

#[test]
fn a_folder_of_backups_keeps_itself_small_and_restorable() {
    let p = Place::new();
    p.found("a");
    let into = ["backup", "--into", "backups", "--keep", "1"];
    p.run_as("a", "amina", &into).failed(11, "make the folder");
    fs::create_dir(p.path("backups")).unwrap();
    fs::write(p.path("backups").join("aidpost-letter.backup"), "dear colleague").unwrap();
    let names = || {
        let all = fs::read_dir(p.path("backups")).unwrap().map(|e| e.unwrap().path());
        let mut all: Vec<_> = all.filter(|f| !f.ends_with("aidpost-letter.backup")).collect();
        all.sort();
        all
    };
    let backup = |from: bool| {
        let s = p.run_as("a", "amina", &[&into[..], &["--json"]].concat());
        assert_eq!(s.code, 0, "{}", s.err);
        let made: serde_json::Value = serde_json::from_str(&s.out).unwrap();
        assert_eq!(made["from"].as_u64().unwrap() > 0, from, "{made}");
        // Names are by the second.
        std::thread::sleep(std::time::Duration::from_millis(1_100));
    };
    backup(false);
    backup(true);
    assert_eq!(names().len(), 2);
    // A month passes.
    for (old, day) in names().iter().zip(["01", "02"]) {
        fs::rename(old, p.path("backups").join(format!("aidpost-2020-01-{day}-000000.backup"))).unwrap();
    }
    backup(false);
    assert_eq!(names().len(), 1, "the old chain is gone: {:?}", names());
    assert!(p.path("backups").join("aidpost-letter.backup").exists(), "what isn't ours is left alone");
    // Somebody makes another one by hand: a new chain begins by itself.
    assert_eq!(p.run_as("a", "amina", &["backup", "by-hand.backup"]).code, 0);
    backup(false);
    backup(true);
    let all: Vec<String> = names().iter().map(|f| f.display().to_string()).collect();
    assert_eq!(all.len(), 2, "one whole chain: {all:?}");
    let drill: Vec<&str> = ["restore", "--drill"].into_iter().chain(all.iter().map(String::as_str)).collect();
    let s = p.run_as("new", "amina", &drill);
    assert!(s.code == 0 && s.out.contains("2 files"), "{}{}", s.out, s.err);
}
