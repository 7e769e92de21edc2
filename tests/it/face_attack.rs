//! The attack bench as people run it, small.

use crate::face_golden::data;
use crate::support::Place;

#[test]
fn a_small_bench_refuses_attacks_and_accepts_heads() {
    let p = Place::new();
    let mut args: Vec<String> =
        ["face", "attack-bench", "--attacks", "20", "--seed", "3", "--json"].map(str::to_owned).to_vec();
    // Without recordings the rendered heads stand alone.
    let turns = data().map(|folder| folder.join("headturn"));
    if let Some(folder) = &turns {
        args.extend(["--turns".to_owned(), folder.display().to_string()]);
    }
    let said = p.run("unused", &args.iter().map(String::as_str).collect::<Vec<_>>());
    let found: serde_json::Value =
        serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {}", said.err));
    let report = &found["report"];
    let species = report["refused"].as_array().unwrap();
    assert_eq!(species.len(), 8);
    for one in species {
        assert_eq!((one["presented"].as_u64(), one["accepted"].as_u64()), (Some(2), Some(0)), "{one}");
        assert!(one["interval"][1].as_f64().unwrap() > 0.5, "two trials tell little: {one}");
    }
    assert_eq!(report["shaped"].as_array().unwrap().len(), 2);
    assert!(report["challenges"].as_u64().unwrap() >= 64);
    let heads = &report["bona_fide"][0];
    assert_eq!(heads["presented"], 4);
    assert!(heads["accepted"].as_u64().unwrap() >= 3, "{heads}");
    // Four heads: one refused is more than 5%, and the exit code says so.
    assert_eq!(said.code == 0, heads["accepted"] == 4, "{}", said.err);
    if turns.is_some() {
        let recorded = &report["bona_fide"][1];
        assert!(
            recorded["presented"].as_u64().unwrap() > 0 && recorded["accepted"] == recorded["presented"],
            "{recorded}"
        );
        // Whether the limits would be chosen the same without a clip takes more portraits than the repository's two.
        assert!(found["separation"]["folds"].as_array().unwrap().iter().all(|f| f["passes"] == true));
    }
}

#[test]
fn folders_that_hold_nothing_are_named() {
    let p = Place::new();
    let missing = p.text("missing");
    p.run("unused", &["face", "attack-bench", "--faces", &missing]).failed(11, "check the folder");
    std::fs::create_dir(p.path("empty")).unwrap();
    let empty = p.text("empty");
    p.run("unused", &["face", "attack-bench", "--faces", &empty]).failed(10, "fewer than two people");
    p.run("unused", &["face", "attack-bench", "--attacks", "10", "--turns", &missing])
        .failed(11, "check the folder");
    assert_eq!(p.run("unused", &["face", "attack-bench", "--attacks", "0"]).code, 2);
}
