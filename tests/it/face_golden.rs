//! Both networks against reference outputs, where the data lie beside the checkout.

use aidpost::face::align::{TEMPLATE, aligned};
use aidpost::face::{Detection, Embedding, Engine, Frame, Quality, QualityProblem};
use std::path::{Path, PathBuf};

/// The folder with face pictures, or `None` after saying that the test is skipped.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/faces"));
    if folder.is_dir() {
        return Some(folder.to_owned());
    }
    println!("skipped: no face pictures at {}", folder.display());
    None
}

pub(crate) fn engine() -> Engine {
    Engine::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models")).unwrap()
}

pub(crate) fn picture(path: &Path) -> Frame {
    Frame::from_file_bytes(&std::fs::read(path).unwrap()).unwrap()
}

#[derive(serde::Deserialize)]
struct Golden {
    template_112: [[f32; 2]; 5],
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    image: String,
    score: f32,
    box_xywh: [f32; 4],
    landmarks_xy: [[f32; 2]; 5],
    aligned: String,
    embedding: Vec<f32>,
}

impl Case {
    fn embedding(&self) -> Embedding {
        Embedding::new(self.embedding.clone().try_into().unwrap()).unwrap()
    }

    /// Some pictures show bystanders: the face nearest to the reference box, whose frame is `scale` times as large.
    fn face(&self, found: &[Detection], scale: f32) -> Detection {
        let distance = |d: &Detection| {
            let sides = d.bbox.iter().zip(&self.box_xywh);
            sides.map(|(a, b)| (a / scale - b).abs()).sum::<f32>()
        };
        *found.iter().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap()
    }
}

fn golden() -> Option<(PathBuf, Golden)> {
    let folder = data()?;
    let text = std::fs::read_to_string(folder.join("golden/golden.json")).unwrap();
    Some((folder, serde_json::from_str(&text).unwrap()))
}

#[test]
fn the_template_is_the_reference_one() {
    if let Some((_, golden)) = golden() {
        assert_eq!(golden.template_112, TEMPLATE);
    }
}

#[test]
fn embeddings_of_aligned_crops_agree() {
    let Some((folder, golden)) = golden() else {
        return;
    };
    let mut engine = engine();
    for case in &golden.cases {
        let crop = picture(&folder.join("golden").join(&case.aligned));
        let cosine = engine.embed_aligned(&crop).cosine(&case.embedding());
        println!("{}: {cosine:.6}", case.aligned);
        assert!(cosine >= 0.9999, "{}: {cosine}", case.aligned);
    }
}

#[test]
fn boxes_and_landmarks_agree() {
    let Some((folder, golden)) = golden() else {
        return;
    };
    let mut engine = engine();
    let mut furthest = 0.0f32;
    for case in &golden.cases {
        let found = engine.detect(&picture(&folder.join(&case.image)));
        let face = case.face(&found, 1.0);
        assert!((face.score - case.score).abs() < 0.01, "{}: {}", case.image, face.score);
        let expected = case.landmarks_xy.iter().flatten().chain(&case.box_xywh);
        for (found, expected) in face.landmarks.iter().flatten().chain(&face.bbox).zip(expected) {
            furthest = furthest.max((found - expected).abs());
        }
    }
    println!("landmarks and boxes: {furthest:.4} px at most");
    assert!(furthest < 1.0, "{furthest}");
}

#[test]
fn detection_alignment_and_embedding_together_agree() {
    let Some((folder, golden)) = golden() else {
        return;
    };
    let mut engine = engine();
    for case in &golden.cases {
        let frame = picture(&folder.join(&case.image));
        let face = case.face(&engine.detect(&frame), 1.0);
        let cosine = engine.embed(&frame, &face).cosine(&case.embedding());
        let crop = aligned(&frame, &face.landmarks);
        let reference = picture(&folder.join("golden").join(&case.aligned));
        let differences = crop.rgb().iter().zip(reference.rgb()).map(|(a, b)| f64::from(a.abs_diff(*b)));
        let mean = differences.sum::<f64>() / crop.rgb().len() as f64;
        println!("{}: cosine {cosine:.5}, crop differs by {mean:.3} of 255", case.image);
        assert!(cosine >= 0.99, "{}: {cosine}", case.image);
    }
}

/// A frame three times as large is made smaller for detection: box, landmarks and embedding come back in its own pixels.
///
/// The detector itself moves landmarks by several percent of the face when a picture is scaled by any factor, so this
/// guards the coordinates, not the last pixel.
#[test]
fn a_large_frame_gives_the_same_face() {
    let Some((folder, golden)) = golden() else {
        return;
    };
    let mut engine = engine();
    let (mut furthest, mut least) = (0.0f32, 1.0f32);
    for case in &golden.cases {
        let small = picture(&folder.join(&case.image));
        let large = Frame::from_fn(3 * small.width(), 3 * small.height(), |x, y| small.pixel(x / 3, y / 3));
        let face = case.face(&engine.detect(&large), 3.0);
        let scaled = face.landmarks.iter().flatten().map(|v| (v - 1.0) / 3.0);
        for (found, expected) in scaled.zip(case.landmarks_xy.iter().flatten()) {
            furthest = furthest.max((found - expected).abs() / case.box_xywh[2]);
        }
        least = least.min(engine.embed(&large, &face).cosine(&case.embedding()));
    }
    println!("landmarks move by {furthest:.3} face widths at most, least cosine {least:.3}");
    assert!(furthest < 0.1 && least > 0.8, "{furthest} {least}");
}

/// The same photographs darkened, overexposed, moved while exposed, out of focus, or from afar.
#[test]
fn spoiled_photographs_are_refused() {
    let Some((folder, golden)) = golden() else {
        return;
    };
    let mut engine = engine();
    let mut refused = |name: &str, problem: QualityProblem, spoil: &dyn Fn(&Frame) -> Frame| {
        let (mut refused, mut named) = (0, 0);
        for case in &golden.cases {
            let frame = spoil(&picture(&folder.join(&case.image)));
            let found = engine.detect(&frame);
            let face = (!found.is_empty()).then(|| case.face(&found, 1.0));
            let quality = face.map(|f| Quality::measure(&frame, &f, &aligned(&frame, &f.landmarks)));
            // Where no face is found at all, there is none to compare.
            refused += usize::from(quality.is_none_or(|q| q.problem().is_some()));
            named += usize::from(quality.is_none_or(|q| q.problem() == Some(problem)));
        }
        println!("{name}: {refused} of {} refused, {named} for that", golden.cases.len());
        assert!(refused >= 11 && named >= 8, "{name}: {refused}, {named}");
    };
    let scaled = |by: f32| {
        move |f: &Frame| {
            Frame::from_fn(f.width(), f.height(), |x, y| f.pixel(x, y).map(|v| (f32::from(v) * by) as u8))
        }
    };
    refused("dark", QualityProblem::BadLight, &scaled(0.2));
    refused("bright", QualityProblem::TooBright, &scaled(4.0));
    refused("moved", QualityProblem::Blurred, &|f| mean(f, 12, 1));
    refused("unfocused", QualityProblem::Blurred, &|f| mean(f, 7, 7));
    refused("far", QualityProblem::TooFar, &|f| {
        Frame::from_fn(f.width() / 2, f.height() / 2, |x, y| f.pixel(2 * x, 2 * y))
    });
}

/// Every pixel the mean of `width` x `height` neighbours.
fn mean(frame: &Frame, width: u32, height: u32) -> Frame {
    Frame::from_fn(frame.width(), frame.height(), |x, y| {
        let mut sum = [0; 3];
        for (i, j) in (0..width * height).map(|k| (k % width, k / width)) {
            let pixel = frame.pixel((x + i).min(frame.width() - 1), (y + j).min(frame.height() - 1));
            sum.iter_mut().zip(pixel).for_each(|(s, p)| *s += u32::from(p));
        }
        sum.map(|s| (s / (width * height)) as u8)
    })
}
