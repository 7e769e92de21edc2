//! `aidpost face eval` and `aidpost face train` as people run them: on folders made of the two portraits that the
//! repository holds, and on face databases where they lie beside the checkout.

use crate::face_golden::data;
use crate::support::Place;
use aidpost::face::portrait::{moved_portrait, nurse, stranger};
use aidpost::face::threshold::Thresholds;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Six pictures each of two people.
fn album(folder: &Path) {
    for (name, portrait, seed) in [("Ann_Lee", nurse(), 1), ("Bo", stranger(), 2)] {
        fs::create_dir_all(folder.join(name)).unwrap();
        for (i, frame) in moved_portrait(&portrait, 6, seed).iter().enumerate() {
            let picture =
                image::RgbImage::from_raw(frame.width(), frame.height(), frame.rgb().to_vec()).unwrap();
            picture.save(folder.join(name).join(format!("{name}_{:04}.png", i + 1))).unwrap();
        }
    }
}

const PAIRS: &str = "2\t2\n\
    Ann_Lee\t1\t2\nBo\t1\t2\nAnn_Lee\t1\tBo\t1\nAnn_Lee\t2\tBo\t3\n\
    Ann_Lee\t3\t4\nBo\t3\t4\nAnn_Lee\t5\tBo\t1\nBo\t2\tAnn_Lee\t6\n";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn near(value: &Value, expected: f64) {
    let found = value.as_f64().unwrap_or_else(|| panic!("no number: {value}"));
    assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
}

#[test]
fn pairs_every_pair_and_search_of_a_folder() {
    let p = Place::new();
    album(&p.path("faces"));
    fs::write(p.path("pairs.txt"), PAIRS).unwrap();
    let (pairs, faces, table) = (p.text("pairs.txt"), p.text("faces"), p.text("table.toml"));
    let measure = ["face", "eval", "--pairs", &pairs, "--images", &faces, "--all-pairs", "--identify"];
    let s = p.run("unused", &[&measure[..], &["--gallery", "2", "--table", &table, "--json"]].concat());
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    assert_eq!((&r["pictures"], r["failures"].as_array().map(Vec::len)), (&Value::from(12), Some(0)));
    assert_eq!(
        (&r["pairs"]["same_pairs"], &r["pairs"]["different_pairs"]),
        (&Value::from(4), &Value::from(4))
    );
    near(&r["pairs"]["accuracy"]["mean"], 1.0);
    near(&r["pairs"]["eer"]["far"], 0.0);
    let all = &r["all_pairs"];
    assert_eq!((&all["same_pairs"], &all["different_pairs"]), (&Value::from(30), &Value::from(36)));
    near(&all["shipped"]["tar"], 1.0);
    near(&all["shipped"]["far"], 0.0);
    // 36 pairs of two people say nothing about 1 in 100, and no figure is made up.
    assert_eq!(
        (&all["tar_at_far"][0]["measured"], &all["tar_at_far"][0]["pairs_needed"]),
        (&Value::Null, &Value::from(300))
    );
    near(&r["identify"]["rank1"], 1.0);
    assert_eq!((&r["identify"]["enrolled"], &r["identify"]["mated"]), (&Value::from(2), &Value::from(8)));
    let table = Thresholds::parse(&fs::read_to_string(&table).unwrap()).unwrap();
    assert_eq!((table.levels().len(), table.source.pairs), (1, 66));

    let s = p.run("unused", &measure);
    assert_eq!(s.code, 0, "{}", s.err);
    for words in [
        "12 pictures",
        "accuracy",
        "± 0.00 over 2 folds",
        "too few pairs of two people: 300 needed",
        "rank 1",
        "TAR against FAR",
    ] {
        assert!(s.out.contains(words), "'{words}' is not in: {}", s.out);
    }
    assert!(s.out.lines().all(|l| l.chars().count() <= 80), "{}", s.out);
    assert!(s.err.contains("embedding: 12 of 12"), "{}", s.err);
}

#[test]
fn pictures_without_a_face_count_against() {
    let p = Place::new();
    album(&p.path("faces"));
    fs::write(p.path("pairs.txt"), PAIRS).unwrap();
    image::RgbImage::new(200, 200).save(p.path("faces").join("Ann_Lee/Ann_Lee_0001.png")).unwrap();
    fs::write(p.path("faces").join("Bo/Bo_0004.png"), b"no picture").unwrap();
    let (pairs, faces) = (p.text("pairs.txt"), p.text("faces"));
    let s = p.run("unused", &["face", "eval", "--pairs", &pairs, "--images", &faces, "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    let kinds: Vec<_> =
        r["failures"].as_array().unwrap().iter().map(|f| f["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["no_face", "unreadable"]);
    // Fold 1 loses a matched and a mismatched pair, fold 2 a matched one.
    near(&r["pairs"]["accuracy"]["folds"][0], 0.5);
    near(&r["pairs"]["accuracy"]["folds"][1], 0.75);
    assert_eq!(r["pairs"]["same_pairs_without_face"], Value::from(2));
    near(&r["pairs"]["shipped"]["tar"], 0.5);
}

#[test]
fn what_cannot_be_measured_is_said_in_one_line() {
    let p = Place::new();
    album(&p.path("faces"));
    let (pairs, faces) = (p.text("pairs.txt"), p.text("faces"));
    let eval = |args: &[&str]| p.run("unused", &[&["face", "eval"], args].concat());
    eval(&[]).failed(2, "nothing to measure");
    eval(&["--all-pairs"]).failed(2, "--images");
    eval(&["--pairs", &pairs, "--images", &faces]).failed(11, "pairs.txt");
    fs::write(p.path("pairs.txt"), "1 1\nBo 1 9\nBo 1 Ann_Lee 1\n").unwrap();
    eval(&["--pairs", &pairs, "--images", &faces]).failed(11, "Bo_0009.jpg");
    fs::write(p.path("pairs.txt"), "1 1\nBo one two\n").unwrap();
    eval(&["--pairs", &pairs, "--images", &faces]).failed(10, "line 2");
    eval(&["--all-pairs", &p.text("nowhere")]).failed(11, "nowhere");
    fs::create_dir(p.path("empty")).unwrap();
    eval(&["--identify", &p.text("empty")]).failed(10, "Name/Name_0001.jpg");
    eval(&["--identify", &faces, "--gallery", "6"]).failed(10, "--gallery");
    eval(&["--identify", &faces, "--table", &pairs]).failed(2, "--table needs pairs");
}

#[test]
fn a_network_is_trained_measured_and_the_same_for_the_same_seed() {
    let p = Place::new();
    album(&p.path("faces"));
    let faces = p.text("faces");
    let train = |out: &str, more: &[&str]| {
        let out = p.text(out);
        let args = ["face", "train", &faces, "--epochs", "8", "--per-person", "4", "--out", &out];
        p.run("unused", &[&args[..], more].concat())
    };
    let s = train("a", &["--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    assert_eq!((&r["trained_on"], &r["tested_on"]), (&Value::from(8), &Value::from(4)));
    near(&r["network"]["rate"], 1.0);
    near(&r["embedder"]["rate"], 1.0);
    assert!(!p.path("a.checkpoint").exists(), "the checkpoint is gone when it isn't needed");

    let s = train("b", &[]);
    assert_eq!(s.code, 0, "{}", s.err);
    for words in ["8 pictures to train on", "this network", "embedder", "loss:", "100.00%"] {
        assert!(s.out.contains(words), "'{words}' is not in: {}", s.out);
    }
    assert!(s.out.lines().all(|l| l.chars().count() <= 80 || l.contains("Network: ")), "{}", s.out);
    let bytes = |name: &str| fs::read(p.path(name)).unwrap();
    assert!(bytes("a") == bytes("b"), "same seed, same weights");
    let network = aidpost::face::paper::file::read_network(&p.path("a")).unwrap();
    assert_eq!(network.classes(), ["Ann_Lee", "Bo"]);

    train("c", &["--resume"]).failed(11, "c.checkpoint");
    fs::write(p.path("d.checkpoint"), b"no checkpoint").unwrap();
    train("d", &["--resume"]).failed(4, "d.checkpoint");
    fs::remove_dir_all(p.path("faces").join("Bo")).unwrap();
    train("e", &[]).failed(10, "2 to 10000 people");
}

/// A training that is killed between two epochs goes on from its checkpoint, and not with other pictures.
#[test]
fn an_interrupted_training_goes_on() {
    let p = Place::new();
    album(&p.path("faces"));
    let (faces, out) = (p.text("faces"), p.text("net"));
    let args = ["face", "train", &faces, "--epochs", "60", "--out", &out];
    let mut child = p.command("unused", &args).stderr(std::process::Stdio::null()).spawn().unwrap();
    let start = std::time::Instant::now();
    while !p.path("net.checkpoint").exists() {
        assert!(start.elapsed().as_secs() < 60, "no checkpoint after a minute");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!p.path("net").exists(), "not done when it was killed");
    p.run("unused", &[&args[..], &["--resume", "--seed", "9"]].concat())
        .failed(10, "other pictures or options");
    let s = p.run("unused", &[&args[..], &["--resume", "--json"]].concat());
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    let epochs = |key: &str| r[key].as_u64().unwrap();
    assert_eq!(r["history"].as_array().unwrap().len() as u64, epochs("searched") + epochs("epochs"));
}

/// Ten folds of ten matched and ten mismatched pairs over ten people with ten pictures each.
fn pairs_of(folder: &Path) -> String {
    let sorted = |folder: &Path| {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    // Name_0012.jpg is picture 12 of Name.
    let number = |file: &String| file[file.len() - 8..file.len() - 4].parse::<u32>().unwrap();
    let people: Vec<(String, Vec<u32>)> = sorted(folder)
        .into_iter()
        .map(|name| (name.clone(), sorted(&folder.join(name)).iter().map(number).collect()))
        .collect();
    let mut text = "10\t10\n".to_owned();
    for fold in 0..10 {
        for (name, pictures) in &people {
            text += &format!("{name}\t{}\t{}\n", pictures[fold], pictures[(fold + 1) % 10]);
        }
        for (i, (name, pictures)) in people.iter().enumerate() {
            let (other, others) = &people[(i + 1 + fold % 9) % people.len()];
            text += &format!("{name}\t{}\t{other}\t{}\n", pictures[fold], others[(fold + 2) % 10]);
        }
    }
    text
}

#[test]
fn lfw100_without_an_error() {
    let Some(data) = data() else { return };
    let p = Place::new();
    let folder = data.join("lfw100");
    fs::write(p.path("pairs.txt"), pairs_of(&folder)).unwrap();
    let (pairs, images) = (p.text("pairs.txt"), folder.display().to_string());
    let s =
        p.run("unused", &["face", "eval", "--pairs", &pairs, "--images", &images, "--all-pairs", "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    println!("lfw100: {}", r["all_pairs"]["shipped"]);
    near(&r["pairs"]["accuracy"]["mean"], 1.0);
    assert_eq!(
        (&r["pairs"]["same_pairs"], &r["all_pairs"]["different_pairs"]),
        (&Value::from(100), &Value::from(4_500))
    );
    for over in ["pairs", "all_pairs"] {
        near(&r[over]["eer"]["far"], 0.0);
    }
}

#[test]
fn orl_equal_error_rate_and_rank_1() {
    let Some(data) = data() else { return };
    let p = Place::new();
    let folder = data.join("orl").display().to_string();
    let s = p.run(
        "unused",
        &["face", "eval", "--all-pairs", &folder, "--identify", &folder, "--gallery", "5", "--json"],
    );
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    println!("ORL: EER {}, rank 1 {}", r["all_pairs"]["eer"]["far"], r["identify"]["rank1"]);
    assert_eq!(r["failures"], Value::Array(Vec::new()));
    assert!(r["all_pairs"]["eer"]["far"].as_f64().unwrap() <= 0.002);
    assert!(r["identify"]["rank1"].as_f64().unwrap() >= 0.995);
}

/// With fewer epochs than the command's own number, to keep the test short.
#[test]
fn the_papers_network_on_orl() {
    let Some(data) = data() else { return };
    let p = Place::new();
    let folder = data.join("orl").display().to_string();
    let s = p.run("unused", &["face", "train", &folder, "--epochs", "40", "--out", &p.text("net"), "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let r = json(&s.out);
    println!("ORL: network {}, embedder {}, {} s", r["network"]["rate"], r["embedder"]["rate"], r["seconds"]);
    assert_eq!((&r["trained_on"], &r["tested_on"]), (&Value::from(200), &Value::from(200)));
    assert!(r["network"]["rate"].as_f64().unwrap() >= 0.95);
}
