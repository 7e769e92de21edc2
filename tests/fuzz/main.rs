//! Bytes from strangers: every decoder gets changed versions of good ones, and must refuse or take them without a panic,
//! without growing, and without taking long.
//!
//! cargo-fuzz needs a nightly compiler; this is a small mutation fuzzer that runs on the one we use. The corpus is the
//! golden files, and `tests/fuzz/corpus` for what people write. `scripts/fuzz --seconds N` runs each target for N seconds.

// A test stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

mod camera;
mod courier;
mod typed;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        block::{self, Block, Draft, Kind, MAX_HEADER, MAX_PAYLOAD, Payload, SignedHeader},
        codec, consent,
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Statement, check},
        id::{ConsortiumId, DeviceId, LogId},
        json::Json,
        ledger::Replica,
        proof::Proof,
        record::{self, Body},
        rights::{Deed, Entry},
        summary::Summary,
        time::Hlc,
        wire,
    },
    face::Frame,
    fhir,
    node::joining,
    qr,
    store::backup::{
        BackupError,
        read::{By, Chain, Sink},
    },
    vault::{Secret, card::SealedRoot, kit, pack, slots::Slots},
};
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

/// No input may take longer than this, in a build for release on a busy machine.
const LONGEST: Duration = Duration::from_secs(2);

fn corpus() -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut out = Vec::new();
    for e in fs::read_dir(dir).unwrap() {
        let path = e.unwrap().path();
        if path.extension().is_some_and(|x| x == "hex") {
            out.extend(fs::read_to_string(path).unwrap().lines().map(|l| hex::decode(l).unwrap()));
        }
    }
    out.sort();
    assert!(out.len() >= 8, "the corpus is there");
    out
}

/// A changed version of one or two of the corpus.
fn mutate(rng: &mut StdRng, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut b = corpus[rng.random_range(0..corpus.len())].clone();
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=b.len());
        match rng.random_range(0..9) {
            0 if at < b.len() => b[at] ^= 1 << rng.random_range(0..8),
            1 if at < b.len() => b[at] = rng.random(),
            // Lengths are varints: large ones are where trouble is.
            2 if at < b.len() => b[at] = 0xff,
            3 => b.truncate(at),
            4 => b.insert(at, [0, 0x7f, 0x80, 0xff][rng.random_range(0..4usize)]),
            5 if at < b.len() => {
                b.remove(at);
            }
            6 => {
                let other = &corpus[rng.random_range(0..corpus.len())];
                let from = rng.random_range(0..=other.len());
                b.truncate(at);
                b.extend_from_slice(&other[from..]);
            }
            7 => {
                let n = rng.random_range(1..9);
                let many: Vec<u8> = std::iter::repeat_with(|| 0xff).take(n).collect();
                b.splice(at..at, many);
            }
            _ => {
                let mut some = [0u8; 8];
                rng.fill_bytes(&mut some);
                b.extend_from_slice(&some);
            }
        }
    }
    b
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// A member's terminal, whose properly signed nonsense must do no harm either.
struct Insider {
    ledger: Replica,
    log: LogId,
}

impl Insider {
    fn new() -> Self {
        let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
        let org = founder.id();
        let witness = *key(2).verifying_key().as_bytes();
        let genesis =
            Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
        let cert = DeviceCert::new(DeviceRequest::new(org, "desk", &key(2), &key(3), [1; 32]), 0, &key(1));
        let mut i = Self {
            ledger: Replica::new(genesis, &[]).unwrap(),
            log: LogId { device: cert.id(), incarnation: 0 },
        };
        let first = i.block(Kind::Governance, codec::encode(&vec![Statement::Device(cert)]));
        i.ledger.accept(&first).unwrap();
        i
    }

    fn block(&self, kind: Kind, bytes: Vec<u8>) -> Block {
        Draft {
            links: self.ledger.links(self.log),
            time: Hlc { millis: self.ledger.latest().millis + 1, count: 0 },
            kind,
            payload: Payload { salt: [0; 32], bytes },
        }
        .seal(&key(2))
    }
}

/// Runs one target on changed inputs until the time is up.
fn fuzz(name: &str, seed: u64, target: impl FnMut(&[u8])) {
    fuzz_on(&corpus(), name, seed, target);
}

/// The same on inputs of one's own.
fn fuzz_on(corpus: &[Vec<u8>], name: &str, seed: u64, mut target: impl FnMut(&[u8])) {
    let seconds = std::env::var("AIDPOST_FUZZ_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let seed = std::env::var("AIDPOST_FUZZ_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(seed);
    let mut rng = StdRng::seed_from_u64(seed);
    let begin = Instant::now();
    let mut n = 0u64;
    // On a busy machine a slow target takes longer rather than try less.
    while begin.elapsed() < Duration::from_secs(seconds) || n <= 100 {
        let input = mutate(&mut rng, corpus);
        let one = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| target(&input))).is_err() {
            panic!("{name} panicked on {}", hex::encode(&input));
        }
        assert!(one.elapsed() < LONGEST, "{name} took {:?} for {}", one.elapsed(), hex::encode(&input));
        n += 1;
    }
    println!("{name}: {n} inputs in {seconds} s");
    assert!(n > 100);
}

#[test]
fn header() {
    fuzz("header", 1, |b| {
        if let Ok(s) = codec::decode::<SignedHeader>(b, MAX_HEADER) {
            assert!(!s.signed_by(&[7; 32]));
            assert_eq!(codec::encode(&s), b, "one form only");
        }
        if let Ok(x) = codec::decode::<Block>(b, MAX_HEADER + MAX_PAYLOAD) {
            let _ = block::validate(&x, ConsortiumId([1; 32]), &[7; 32]);
        }
    });
}

#[test]
fn payload() {
    let insider = Insider::new();
    let kinds = [
        Kind::Governance,
        Kind::Records,
        Kind::Consent,
        Kind::Keys,
        Kind::Audit,
        Kind::Cosignature,
        Kind::Summary,
        Kind::Rights,
        Kind::Attachment,
    ];
    let mut n = 0;
    fuzz("payload", 2, |b| {
        n += 1;
        let mut b = b.to_vec();
        b.truncate(MAX_PAYLOAD);
        let block = insider.block(kinds[n % kinds.len()], b);
        let _ = insider.ledger.clone().accept(&block);
    });
}

#[test]
fn certificate() {
    fuzz("certificate", 3, |b| {
        if let Ok(all) = codec::decode::<Vec<Statement>>(b, MAX_PAYLOAD) {
            for s in &all {
                let _ = check(s, ConsortiumId([1; 32]));
            }
        }
        if let Ok(s) = codec::decode::<Statement>(b, MAX_PAYLOAD) {
            let _ = check(&s, ConsortiumId([1; 32]));
        }
        let _ = codec::decode::<Genesis>(b, MAX_PAYLOAD).map(|g| g.id());
    });
}

#[test]
fn proof() {
    let good = corpus().into_iter().filter_map(|b| Proof::from_bytes(&b).ok()).count();
    assert!(good > 0, "the corpus has a proof");
    fuzz("proof", 4, |b| {
        if let Ok(p) = Proof::from_bytes(b) {
            assert!(p.verify(ConsortiumId([1; 32])).is_err());
        }
    });
}

#[test]
fn consent_chunk() {
    let log = LogId { device: DeviceId([1; 16]), incarnation: 0 };
    fuzz("consent chunk", 5, |b| {
        let _ = consent::parse(b, log, 5);
        let _ = consent::entry_of(b);
    });
}

#[test]
fn rights_entry() {
    let good = corpus().into_iter().filter(|b| codec::decode::<Vec<Deed>>(b, MAX_PAYLOAD).is_ok()).count();
    assert!(good > 0, "the corpus has deeds");
    fuzz("rights entry", 7, |b| {
        if let Ok(all) = codec::decode::<Vec<Deed>>(b, MAX_PAYLOAD) {
            for d in all {
                let _ = Entry::Did(d).deed();
            }
        }
        if let Ok(all) = codec::decode::<Vec<Entry>>(b, MAX_PAYLOAD) {
            assert_eq!(codec::encode(&all), b, "one form only");
        }
        if let Ok(s) = codec::decode::<Summary>(b, MAX_PAYLOAD) {
            let _ = s.check();
        }
    });
}

#[test]
fn wire_message() {
    fuzz("wire message", 6, |b| {
        if let Ok(m) = wire::decode(b) {
            assert_eq!(wire::encode(&m), b, "one form only");
        }
    });
}

#[test]
fn joining_message() {
    fuzz("joining message", 8, |b| {
        // Whatever it is, it is taken or refused.
        let _ = joining::check(b);
        let _ = String::from_utf8_lossy(b).parse::<joining::JoinTicket>();
    });
}

#[test]
fn fhir_file() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/fhir_out_v0.ndjson");
    let lines = fs::read_to_string(golden).unwrap();
    let all: Vec<&str> = lines.lines().collect();
    let bundle = format!(
        "{{\"resourceType\":\"Bundle\",\"entry\":[{}]}}",
        all.iter()
            .map(|l| format!("{{\"fullUrl\":\"urn:uuid:1\",\"resource\":{l}}}"))
            .collect::<Vec<_>>()
            .join(",")
    );
    let corpus: Vec<Vec<u8>> =
        all.iter().map(|l| l.as_bytes().to_vec()).chain([lines.clone().into(), bundle.into()]).collect();
    assert!(corpus.len() > 5);
    fuzz_on(&corpus, "fhir file", 7, |b| {
        let text = String::from_utf8_lossy(b);
        for lines in [false, true] {
            for i in fhir::bundle::parse(&text, lines).unwrap_or_default() {
                let canonical = i.json.canonical();
                assert_eq!(Json::parse(&canonical).unwrap(), i.json, "one form, which is read back");
                let _ = fhir::view::line(&i.kind, &i.json);
                let _ = fhir::view::vitals(&i.json);
                let who = fhir::view::demographics(&i.json);
                assert_eq!(record::validate(&Body::Patient(who), u16::MAX), Ok(()));
                let mut references = Vec::new();
                fhir::reference::all(&i.json, &mut references);
                for r in &references {
                    let _ = fhir::reference::relative(r);
                }
            }
        }
    });
}

#[test]
fn packed_records() {
    fuzz("packed records", 8, |b| {
        if let Ok(plain) = pack::unpack(b, MAX_PAYLOAD) {
            assert!(plain.len() <= MAX_PAYLOAD);
        }
        // A header that is believed, before whatever follows.
        let mut framed = pack::pack(&[7; 100])[..13].to_vec();
        framed.extend_from_slice(b);
        let _ = pack::unpack(&framed, MAX_PAYLOAD);
    });
}

#[test]
fn slot_file() {
    let path = Path::new("slots");
    let good = corpus().into_iter().filter(|b| Slots::from_backup(b, path).is_ok()).count();
    assert!(good > 0, "the corpus has a slot file");
    fuzz("slot file", 9, |b| {
        if let Ok(s) = Slots::from_backup(b, path) {
            let _ = (s.list(&Secret::new([1; 32])), s.open_code("nila", "7"));
        }
    });
}

#[test]
fn backup() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("backup");
    let root = kit::exchange(&key(1));
    let open = |b: &[u8]| {
        fs::write(&path, b).unwrap();
        Chain::open(std::slice::from_ref(&path), &By::Kit(&root))
    };
    let good = corpus().into_iter().filter(|b| open(b).is_ok()).count();
    assert!(good > 0, "the corpus has a backup");
    fuzz("backup", 10, |b| {
        if let Ok(chain) = open(b) {
            let _ = chain.check(&mut Nowhere, &mut |_, _| {});
        }
    });
}

#[test]
fn card() {
    let text = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/card_v0.txt")).unwrap();
    assert!(SealedRoot::read(&String::from_utf8_lossy(&text)).is_ok());
    fuzz_on(&[text], "card", 11, |b| {
        let read = String::from_utf8_lossy(b);
        if let Ok(card) = SealedRoot::read(&read) {
            assert!(!card.is_of(ConsortiumId([0xee; 32])));
        }
    });
}

#[test]
fn picture_of_a_code() {
    let picture = qr::Code::new("AIDCARD0 7W1 $A%69 VD92EX0UJCLQE7W581").unwrap().png(&[]);
    let drawn = Frame::from_file_bytes(&picture).unwrap();
    // As a PGM file, so that most changes are of pixels, a quarter as large.
    let (w, h) = (drawn.width() / 2, drawn.height() / 2);
    let mut file = format!("P5\n{w} {h}\n255\n").into_bytes();
    file.extend((0..w * h).map(|i| drawn.pixel(i % w * 2, i / w * 2)[0]));
    assert_eq!(qr::texts(&Frame::from_file_bytes(&file).unwrap()).len(), 1);
    fuzz_on(&[file], "picture", 12, |b| {
        if let Ok(frame) = Frame::from_file_bytes(b) {
            let _ = qr::texts(&frame);
        }
    });
}

/// Takes what was checked.
struct Nowhere;

impl Sink for Nowhere {
    fn bare(
        &mut self,
        _: &aidpost::core::block::SignedHeader,
        _: &[aidpost::store::db::IndexRow],
    ) -> Result<(), BackupError> {
        Ok(())
    }

    fn blocks(&mut self, _: Vec<Block>) -> Result<(), BackupError> {
        Ok(())
    }

    fn rows(&mut self, _: &str, _: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), BackupError> {
        Ok(())
    }
}
