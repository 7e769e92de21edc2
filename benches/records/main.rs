//! How small records become before they are sealed: `cargo bench --bench records [-- FOLDER WITH FHIR BUNDLES]`.
//!
//! `-- --train FILE` trains the dictionary anew (`scripts/train-dictionary`). It is trained on the seeded generator's
//! records alone; measured on others of the generator, and on files that had no part in it.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use aidpost::{
    core::{codec, id::PatientId, id::RecordId, json::Json, record::Body, record::Record},
    demo::generator::Generator,
    fhir::bundle,
    vault::{pack, seal},
};

/// Any day: it is part of the seed.
const NOW: u64 = 1_790_000_000_000;
const DICTIONARY: usize = 64 * 1024;
/// Of the whole, compressed: what a resource by itself, and a patient's together, may come to.
const MAX_EACH: f64 = 0.30;
const MAX_TOGETHER: f64 = 0.15;

/// What one seed writes: FHIR resources as others send them, and visits as they are written here.
fn samples(seed: u64, patients: usize) -> (Vec<Vec<String>>, Vec<Vec<u8>>) {
    let mut g = Generator::new(seed, NOW);
    let mut resources = Vec::new();
    let mut visits = Vec::new();
    for _ in 0..patients {
        resources.push(g.resources(6).iter().map(Json::canonical).collect());
        let x = g.generated(4);
        let bodies = std::iter::once(Body::Patient(x.patient)).chain(x.visits);
        visits.extend(
            bodies.map(|b| codec::encode(&vec![Record::first(RecordId([0; 16]), PatientId([0; 16]), b)])),
        );
    }
    (resources, visits)
}

fn train(to: &str) -> ExitCode {
    let (resources, visits) = samples(1, 600);
    let all: Vec<Vec<u8>> = resources.into_iter().flatten().map(String::into_bytes).chain(visits).collect();
    let dictionary = zstd::dict::from_samples(&all, DICTIONARY).expect("the trainer takes these samples");
    fs::write(to, &dictionary).expect("the file can be written");
    println!(
        "{to}: {} bytes from {} records, name {}",
        dictionary.len(),
        all.len(),
        hex::encode(pack::dictionary_name(&dictionary))
    );
    ExitCode::SUCCESS
}

struct Sum {
    plain: usize,
    packed: usize,
    padded: usize,
}

fn sum<'a>(all: impl Iterator<Item = &'a [u8]>) -> Sum {
    all.fold(Sum { plain: 0, packed: 0, padded: 0 }, |s, b| {
        let packed = pack::pack(b);
        assert_eq!(pack::unpack(&packed, b.len()).expect("it was packed here").as_slice(), b);
        Sum {
            plain: s.plain + b.len(),
            packed: s.packed + packed.len(),
            padded: s.padded + seal::pad(&packed).len(),
        }
    })
}

fn show(name: &str, s: &Sum, most: f64) -> bool {
    let (ratio, padded) = (s.packed as f64 / s.plain as f64, s.padded as f64 / s.plain as f64);
    let verdict = if ratio <= most { "" } else { "  EXCEEDED" };
    println!("{name:<52}{:>10} B {ratio:>7.3}  padded {padded:.3}  limit {most}{verdict}", s.plain);
    ratio <= most
}

fn measure(name: &str, patients: &[Vec<String>]) -> bool {
    let each = sum(patients.iter().flatten().map(String::as_bytes));
    let together: Vec<String> = patients.iter().map(|p| p.join("\n")).collect();
    let parts: Vec<&[u8]> = together.iter().flat_map(|t| t.as_bytes().chunks(160 * 1024)).collect();
    let one = show(&format!("{name}, each resource alone"), &each, MAX_EACH);
    let all = show(&format!("{name}, a patient's together"), &sum(parts.into_iter()), MAX_TOGETHER);
    one && all
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [flag, to] = &args[..]
        && flag == "--train"
    {
        return train(to);
    }
    let start = Instant::now();
    let (resources, visits) = samples(2, 200);
    let mut good = measure("generated, held out", &resources);
    // No limit: a visit as it is written here has some 150 bytes, under the smallest size class. Nothing is gained or lost.
    let short = sum(visits.iter().map(Vec::as_slice));
    let mean = |n: usize| n as f64 / visits.len() as f64;
    println!(
        "visits written here: {:.0} B each, {:.0} packed, {:.0} padded",
        mean(short.plain),
        mean(short.packed),
        mean(short.padded)
    );
    println!("packed and unpacked in {:.1} s", start.elapsed().as_secs_f64());
    let folder = args.first().map_or_else(|| PathBuf::from("../shared/data/fhir"), PathBuf::from);
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: {} is not there", folder.display());
        return ExitCode::from(u8::from(!good));
    };
    let mut patients = Vec::new();
    let mut paths: Vec<PathBuf> =
        files.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "json")).collect();
    paths.sort();
    for p in paths {
        let text = fs::read_to_string(&p).expect("readable");
        let all = bundle::parse(&text, false).expect("a bundle");
        patients.push(all.iter().map(|i| i.json.canonical()).collect());
    }
    good &= measure("FHIR files that had no part in it", &patients);
    ExitCode::from(u8::from(!good))
}
