//! What a store of 100,000 patients and 2,000,000 records takes of memory once it is open.
//!
//! Every patient is registered by two blocks (key, demographics), as at the desk; records come by visits, as many to a
//! visit as the FHIR samples have (13), sealed as the node seals them. `AIDPOST_BENCH_PATIENTS` sets how many.

use std::{path::Path, process::Command, time::Instant};

use aidpost::core::{
    block::Kind,
    codec,
    governance::{
        DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKeyCert, OrgKind, Role, StaffCert, StaffRequest,
        Statement,
    },
    id::{LogId, PatientId, RecordId},
    json::Json,
    keys::{PatientKeyId, Wrap},
    record::{self, Body, Compartment, Record},
    resource::{Resource, Text},
    sign::Authored,
};
use aidpost::demo::generator::Generator;
use aidpost::store::{Author, Beside, Content, Db, tables::Card};
use aidpost::vault::{
    Secret,
    keytree::{Contents, Exchange, patient_epoch, seal_records, wrap_patient_key},
};
use ed25519_dalek::SigningKey;
use rand::{SeedableRng, rngs::StdRng};

use crate::report::Report;

const PATIENTS: usize = 100_000;
const RECORDS: usize = 20;
const VISIT: usize = 13;
const MAX_RESIDENT: f64 = 200.0;
const NOW: u64 = 1_790_000_000_000;
const KEY: [u8; 32] = [3; 32];
const ID: [u8; 16] = [4; 16];

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// Visits to draw from: what a real clinic's would be is generated once, and sealed anew for each patient.
fn pool() -> Vec<Vec<Body>> {
    let mut g = Generator::new(11, NOW);
    let all: Vec<Body> = (0..60)
        .flat_map(|_| g.resources(8))
        .map(|j| {
            let text = |k: &str| j.text_at(&[k]).unwrap_or("").to_string();
            Body::Resource(Resource {
                kind: text("resourceType"),
                source: String::new(),
                id: text("id"),
                full_url: Some(format!("urn:uuid:{}", text("id"))),
                imported: true,
                json: Text::Inline(Json::canonical(&j)),
            })
        })
        .collect();
    all.chunks(VISIT).map(<[Body]>::to_vec).collect()
}

/// Fills a store; how many blocks and records it has, and the bytes of their payloads.
fn fill(path: &Path, patients: usize) -> (u64, u64, u64) {
    let mut rng = StdRng::seed_from_u64(6);
    let (root, ledger, staff) = (key(1), key(2), key(4));
    let org = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &root);
    let witness = *root.verifying_key().as_bytes();
    let genesis = Genesis {
        version: 0,
        name: "Valley".into(),
        demo: true,
        nonce: [0; 32],
        founder: org.clone(),
        witness,
    };
    let consortium = genesis.id();
    let exchange = Exchange::random(&mut rng);
    let request = DeviceRequest::new(org.id(), "desk", &ledger, &key(3), exchange.public);
    let cert = DeviceCert::new(request, 0, &root);
    let log = LogId { device: cert.id(), incarnation: 0 };
    let person = StaffCert::new(StaffRequest::new(org.id(), "Nila", Role::Nurse, &staff), &root);
    let mut db = Db::create(path, Secret::new(KEY), ID, &genesis, &[], &[]).expect("a new store");
    let author = Author { log, key: ledger };
    let org_key = OrgKeyCert::new(exchange.public, &root);
    let first = vec![Statement::Device(cert), Statement::Staff(person), Statement::OrgKey(org_key)];
    let content: (Kind, Content) = (Kind::Governance, Box::new(move |_, _| Ok(codec::encode(&first))));
    db.author(&author, NOW, &mut rng, vec![content], &Beside::default()).expect("the first block");
    let visits = pool();
    let mut g = Generator::new(12, NOW);
    let (mut blocks, mut records, mut bytes) = (0u64, 0u64, 0u64);
    let (mut contents, mut beside): (Vec<(Kind, Content)>, Beside) = (Vec::new(), Beside::default());
    for n in 0..patients {
        let id = PatientId::random(&mut rng);
        let secret = Secret::random(&mut rng);
        let key_id =
            PatientKeyId { patient: id, compartment: Compartment::General, epoch: patient_epoch(&secret) };
        let wrap: Wrap = wrap_patient_key(consortium, key_id, &secret, org.id(), &exchange.public, &mut rng)
            .expect("a key");
        contents.push((Kind::Keys, Box::new(move |_, _| Ok(codec::encode(&vec![wrap])))));
        let who = g.patient();
        let card = Card {
            name: who.name.clone(),
            birth_year: who.birth_year,
            gender: who.gender,
            village: who.village.clone(),
            phone: who.phone.clone(),
            custodian: org.id(),
            last_visit: Some(NOW),
            archived: false,
        };
        beside.cards.push((id, card));
        let mut left = RECORDS - 1;
        let mut turn = 0;
        let mut batches = vec![vec![Body::Patient(who)]];
        while left > 0 {
            let mut some = visits[(n * 7 + turn) % visits.len()].clone();
            some.truncate(left);
            left -= some.len();
            turn += 1;
            batches.push(some);
        }
        for batch in batches {
            records += batch.len() as u64;
            let all: Vec<Record> =
                batch.into_iter().map(|b| Record::first(RecordId::random(&mut rng), id, b)).collect();
            let scope: [&[u8]; 2] = [&consortium.0, &id.0];
            let entries = codec::encode(&Authored::new(&staff, record::DOMAIN, &scope, &all));
            let sealed = seal_records(consortium, key_id, &secret, Contents::Records, &entries, &mut rng);
            contents.push((Kind::Records, Box::new(move |_, _| Ok(codec::encode(&sealed)))));
        }
        if contents.len() >= 1_000 || n + 1 == patients {
            let (some, with) = (std::mem::take(&mut contents), std::mem::take(&mut beside));
            let heads = db.author(&author, NOW, &mut rng, some, &with).expect("room");
            blocks += heads.len() as u64;
            bytes += heads.iter().map(|(_, n)| u64::from(*n)).sum::<u64>();
        }
    }
    (blocks, records, bytes)
}

/// The process that is measured: it opens the store, searches, looks patients up, and says what it takes.
pub(crate) fn resident(path: &Path) -> ! {
    let start = Instant::now();
    let mut db = Db::open(path, Secret::new(KEY), ID).expect("the store opens");
    let open = start.elapsed().as_secs_f64();
    let opened = crate::patients::resident();
    let found = db.find_patients("", 1_000).expect("readable");
    for p in &found {
        for (log, seq) in db.about(*p, Kind::Records).expect("readable") {
            db.block(log, seq).expect("readable").expect("held");
        }
    }
    println!("{open} {opened} {}", crate::patients::resident());
    std::process::exit(0)
}

/// Measures it in a process of its own.
pub(crate) fn measure(dir: &Path, report: &mut Report) {
    let patients =
        std::env::var("AIDPOST_BENCH_PATIENTS").ok().and_then(|s| s.parse().ok()).unwrap_or(PATIENTS);
    let path = dir.join("memory");
    let start = Instant::now();
    let (blocks, records, bytes) = fill(&path, patients);
    report.plain("patients", patients as f64, "");
    report.plain("records", records as f64, "");
    report.plain("blocks", blocks as f64, "");
    report.plain("their payloads", bytes as f64 / 1e6, "MB");
    report.plain("records sealed, signed and stored", records as f64 / start.elapsed().as_secs_f64(), "/s");
    let me = std::env::current_exe().expect("this program");
    let out = Command::new(me).arg("--resident").arg(&path).output().expect("a process");
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    let figures: Vec<f64> = said.split_whitespace().filter_map(|s| s.parse().ok()).collect();
    let [open, opened, used] = figures[..] else { panic!("{said}{}", String::from_utf8_lossy(&out.stderr)) };
    report.plain("opening it", open, "s");
    report.plain("memory once open", opened, "MB");
    report.limited("memory after a search and 1,000 records", used, MAX_RESIDENT, "MB");
}
