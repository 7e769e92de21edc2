//! 100,000 patients, found as one types.

use std::path::Path;
use std::time::Instant;

use aidpost::core::governance::{Genesis, OrgCert, OrgKind};
use aidpost::core::id::{OrgId, PatientId};
use aidpost::core::record::Gender;
use aidpost::store::{Db, tables::Card};
use aidpost::vault::Secret;
use ed25519_dalek::SigningKey;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::report::Report;

const PATIENTS: usize = 100_000;
const SEARCHES: usize = 400;
const MAX_P99: f64 = 10.0;
/// A registration must not be felt.
const MAX_NEAR: f64 = 50.0;
/// As many as are compared at a registration.
const COMPARED: usize = 100;
/// As many as the patient list asks for.
const FOUND: usize = 1_000;

const BEGINNINGS: [&str; 24] = [
    "Ai", "Ama", "Be", "Chi", "Da", "De", "Fa", "Gu", "Ha", "I", "Jo", "Ka", "Ki", "La", "Ma", "Mwa", "Na",
    "Ní", "O", "Pra", "Ra", "Sa", "Té", "Wan",
];
const MIDDLES: [&str; 20] = [
    "", "li", "ra", "na", "ssa", "mi", "to", "ko", "vi", "ndu", "bha", "re", "shi", "la", "tu", "gé", "ya",
    "ro", "di", "nga",
];
const ENDS: [&str; 16] =
    ["", "a", "tou", "ka", "ni", "vi", "ro", "ñez", "la", "ma", "wa", "ne", "ri", "so", "ti", "bé"];

fn word(rng: &mut StdRng) -> String {
    let mut part = |parts: &[&str]| parts[rng.random_range(0..parts.len())].to_string();
    part(&BEGINNINGS) + &part(&MIDDLES) + &part(&ENDS)
}

fn card(rng: &mut StdRng) -> Card {
    let names: Vec<String> = (0..rng.random_range(2..4)).map(|_| word(rng)).collect();
    let village = word(&mut StdRng::seed_from_u64(rng.random_range(0..400)));
    Card {
        name: names.join(" "),
        birth_year: Some(rng.random_range(1930..2026)),
        gender: Gender::Unknown,
        village,
        phone: format!("+{} {}", rng.random_range(200..999), rng.random_range(10_000_000u64..999_999_999)),
        custodian: OrgId([1; 16]),
        last_visit: Some(rng.random_range(0..1_000_000)),
        archived: false,
    }
}

/// What people type on the way to one patient: every prefix of parts of what they know, now and then with a slip.
fn typed(c: &Card, rng: &mut StdRng) -> Vec<String> {
    let mut parts: Vec<&str> = c.name.split(' ').collect();
    parts.reverse();
    let year = c.birth_year.map_or_else(String::new, |y| y.to_string());
    let mut whole = match rng.random_range(0..6) {
        0 => c.phone.clone(),
        1 => format!("{} {}", parts[0], c.village),
        2 => format!("{} {year}", parts[0]),
        _ => parts.join(" "),
    };
    if rng.random_bool(0.2) {
        let at = rng.random_range(1..4.min(whole.chars().count()));
        whole = whole.chars().enumerate().map(|(i, x)| if i == at { 'x' } else { x }).collect();
    }
    let ends: Vec<usize> = whole.char_indices().map(|(i, x)| i + x.len_utf8()).collect();
    ends.into_iter().map(|e| whole[..e].to_string()).collect()
}

pub(crate) fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0.0) * 1024.0 / 1e6
}

/// Measures searching in a real store.
pub(crate) fn measure(dir: &Path, report: &mut Report) {
    let root = SigningKey::from_bytes(&[1; 32]);
    let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &root);
    let witness = *root.verifying_key().as_bytes();
    let genesis = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
    let path = dir.join("patients");
    let (key, id) = (Secret::new([3; 32]), [4; 16]);
    let mut rng = StdRng::seed_from_u64(5);
    let cards: Vec<(PatientId, Card)> =
        (0..PATIENTS).map(|_| (PatientId::random(&mut rng), card(&mut rng))).collect();
    let mut db = Db::create(&path, key.clone(), id, &genesis, &[], &[]).expect("a new store");
    for some in cards.chunks(5_000) {
        db.put_cards(some).expect("room");
    }
    drop(db);
    let mut db = Db::open(&path, key, id).expect("the store opens");
    let before = resident();
    let start = Instant::now();
    assert_eq!(db.find_patients("", FOUND).expect("readable").len(), FOUND);
    report.plain("first search after opening", start.elapsed().as_secs_f64() * 1e3, "ms");
    report.plain("memory of the search", resident() - before, "MB");
    let mut times = Vec::new();
    for _ in 0..SEARCHES {
        let (_, wanted) = &cards[rng.random_range(0..PATIENTS)];
        for query in typed(wanted, &mut rng) {
            let start = Instant::now();
            std::hint::black_box(db.find_patients(&query, FOUND).expect("readable"));
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    times.sort_by(f64::total_cmp);
    report.plain("search as one types, median", times[times.len() / 2], "ms");
    report.limited("search as one types, p99", times[times.len() * 99 / 100], MAX_P99, "ms");
    // Who may be the same person, as it is asked before each registration: another card with a slip and another year.
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..SEARCHES {
        let (id, c) = &cards[rng.random_range(0..PATIENTS)];
        let name = c.name.chars().enumerate().map(|(i, x)| if i == 1 { 'e' } else { x }).collect();
        let typed = Card { name, birth_year: c.birth_year.map(|y| y + 1), ..c.clone() };
        let start = Instant::now();
        let near = db.patients_near(&typed, COMPARED).expect("readable");
        times.push(start.elapsed().as_secs_f64() * 1e3);
        found += usize::from(near.contains(id));
    }
    times.sort_by(f64::total_cmp);
    report.plain("candidates for a duplicate, median", times[times.len() / 2], "ms");
    report.limited("candidates for a duplicate, p99", times[times.len() * 99 / 100], MAX_NEAR, "ms");
    report.plain("the same person is among them", 100.0 * found as f64 / SEARCHES as f64, "%");
}
