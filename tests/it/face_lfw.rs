//! Verification over pictures of ten people, ten each, where the data lie beside the checkout.

use crate::face_golden::{data, engine, picture};
use aidpost::face::align::aligned;
use aidpost::face::quality::Quality;
use aidpost::face::{Embedding, Gallery};
use std::path::{Path, PathBuf};

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    entries
}

/// (person, embedding) of every picture, by the face nearest to its middle.
fn faces(folder: &Path) -> Vec<(usize, Embedding)> {
    let mut engine = engine();
    let mut faces = Vec::new();
    let mut refused = 0;
    for (person, folder) in sorted(&folder.join("lfw100")).iter().enumerate() {
        for path in sorted(folder) {
            let frame = picture(&path);
            let middle = |b: &[f32; 4]| (b[0] + b[2] / 2.0 - 125.0).hypot(b[1] + b[3] / 2.0 - 125.0);
            let found = engine.detect(&frame);
            let face = found.iter().min_by(|a, b| middle(&a.bbox).total_cmp(&middle(&b.bbox))).unwrap();
            let quality = Quality::measure(&frame, face, &aligned(&frame, &face.landmarks));
            if let Some(problem) = quality.problem() {
                refused += 1;
                println!("{}: {problem} {quality:?}", path.display());
            }
            faces.push((person, engine.embed(&frame, face)));
        }
    }
    println!("{refused} of {} pictures refused for their quality", faces.len());
    assert!(refused * 10 <= faces.len());
    faces
}

/// The rate at which false matches and false non-matches are equally frequent, and the threshold there.
fn equal_error_rate(mut same: Vec<f32>, mut different: Vec<f32>) -> (f64, f32) {
    same.sort_by(f32::total_cmp);
    different.sort_by(f32::total_cmp);
    let rates = |threshold: &f32| {
        let missed = same.partition_point(|s| s < threshold) as f64 / same.len() as f64;
        let passed = different.partition_point(|s| s < threshold);
        (missed, (different.len() - passed) as f64 / different.len() as f64)
    };
    let candidates = same.iter().chain(&different);
    let worse = candidates.map(|t| (rates(t).0.max(rates(t).1), *t));
    worse.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

#[test]
fn people_are_told_apart() {
    let Some(folder) = data() else { return };
    let faces = faces(&folder);
    assert_eq!(faces.len(), 100);
    let (mut same, mut different) = (Vec::new(), Vec::new());
    for (i, (who, one)) in faces.iter().enumerate() {
        for (other_who, other) in &faces[..i] {
            let scores = if who == other_who { &mut same } else { &mut different };
            scores.push(one.cosine(other));
        }
    }
    let highest = different.iter().copied().fold(f32::MIN, f32::max);
    for threshold in [0.364, 0.420, 0.472] {
        let accepted = same.iter().filter(|s| **s >= threshold).count();
        let false_matches = different.iter().filter(|s| **s >= threshold).count();
        println!(
            "at {threshold}: {accepted} of {} same, {false_matches} of {} different",
            same.len(),
            different.len()
        );
    }
    let people: Vec<_> = faces.iter().map(|(who, _)| [*who as u8; 16]).collect();
    let gallery: Gallery = (0..10u8)
        .map(|who| {
            let own = faces.iter().zip(&people).filter(|(_, p)| **p == [who; 16]);
            ([who; 16], own.map(|((_, e), _)| e.clone()).collect())
        })
        .collect();
    assert_eq!(gallery.highest_between_people(), Some(highest));
    let (rate, threshold) = equal_error_rate(same, different);
    println!("EER {:.3}% at {threshold:.3}; highest score between two people {highest:.3}", 100.0 * rate);
    assert!(rate < 0.005, "EER {rate}");
}
