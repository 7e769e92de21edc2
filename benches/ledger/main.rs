//! How fast the ledger is, beside what it stands on in the same run: `cargo bench --bench ledger`.
//!
//! `AIDPOST_BENCH_BLOCKS` sets the size of the store that is opened (200,000).

// A benchmark stops where something it needs isn't there.
#![allow(clippy::unwrap_used)]

use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        audit::AuditEntry,
        block::{Block, Draft, Kind, Payload},
        codec,
        consent::{self, Act, Effective, Entry, Grant, Grantee, Wish},
        governance::{
            DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Role, StaffCert, StaffRequest, Statement,
        },
        id::{GrantId, LogId, OrgId, PatientId},
        ledger::{Accepted, Replica},
        policy::{Action, Ask, Policies, Purpose},
        record::Compartment,
        sign::Authored,
        time::Hlc,
        trust::Moment,
    },
    store::{Db, checks},
    vault::Secret,
};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn public(n: u8) -> [u8; 32] {
    *key(n).verifying_key().as_bytes()
}

/// One terminal that writes.
struct Desk {
    genesis: Genesis,
    ledger: Replica,
    log: LogId,
    clock: u64,
    blocks: Vec<Block>,
}

impl Desk {
    fn new() -> Self {
        let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
        let org = founder.id();
        let genesis = Genesis {
            version: 0,
            name: "Valley".into(),
            demo: true,
            nonce: [0; 32],
            founder,
            witness: public(2),
        };
        let cert = DeviceCert::new(DeviceRequest::new(org, "desk", &key(2), &key(3), [1; 32]), 0, &key(1));
        let staff = StaffCert::new(StaffRequest::new(org, "Nurse", Role::Nurse, &key(4)), &key(1));
        let ledger = Replica::new(genesis.clone(), &[]).unwrap();
        let log = LogId { device: cert.id(), incarnation: 0 };
        let mut d = Self { genesis, ledger, log, clock: 1, blocks: Vec::new() };
        d.write(Kind::Governance, codec::encode(&vec![Statement::Device(cert), Statement::Staff(staff)]));
        d
    }

    fn draft(&mut self, kind: Kind, bytes: Vec<u8>) -> Draft {
        self.clock += 1;
        Draft {
            links: self.ledger.links(self.log),
            time: Hlc { millis: self.clock, count: 0 },
            kind,
            payload: Payload { salt: [7; 32], bytes },
        }
    }

    fn write(&mut self, kind: Kind, bytes: Vec<u8>) {
        let b = self.draft(kind, bytes).seal(&key(2));
        assert!(matches!(self.ledger.accept(&b), Ok(Accepted::New(_))));
        self.blocks.push(b);
    }
}

/// Times `f` often enough to be believed: the best of five rounds.
fn best(mut f: impl FnMut()) -> Duration {
    (0..5)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed()
        })
        .min()
        .unwrap()
}

fn row(what: &str, got: f64, unit: &str, peer: Option<f64>, target: &str, held: bool) -> bool {
    let share = peer.map_or(String::new(), |p| format!(" ({:.1}% of {p:.0})", got / p * 100.0));
    println!(
        "{what:<46} {got:>12.0} {unit}{share}; target {target}: {}",
        if held { "held" } else { "MISSED" }
    );
    held
}

/// On all cores: each takes a share.
fn on_all_cores<T: Sync>(all: &[T], f: impl Fn(&T) + Sync) {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|s| {
        for part in all.chunks(all.len().div_ceil(cores)) {
            let f = &f;
            s.spawn(move || part.iter().for_each(f));
        }
    });
}

fn verifying() -> bool {
    const N: usize = 8_000;
    let mut d = Desk::new();
    for _ in 0..N {
        d.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    }
    let blocks: Vec<Option<&Block>> = d.blocks.iter().map(Some).collect();
    let verify = || {
        let mut fresh = Replica::new(d.genesis.clone(), &[]).unwrap();
        checks::on_all_cores(d.ledger.governance(), &blocks, |_, v| {
            fresh.accept_validated(&v.unwrap()).unwrap();
        });
        assert_eq!(fresh.len(), N as u64 + 1);
    };
    // Messages as long as what a block signs.
    let long = codec::encode(&d.blocks[9].signed.header.summary()).len() + 16;
    let signed: Vec<_> = (0..=N)
        .map(|i| {
            let m = vec![i as u8; long];
            let s = key(2).sign(&m);
            (m, s)
        })
        .collect();
    let raw_key = VerifyingKey::from_bytes(&public(2)).unwrap();
    let raw = best(|| on_all_cores(&signed, |(m, s)| raw_key.verify_strict(m, s).unwrap()));
    let ours = best(verify);
    let rate = |t: Duration| N as f64 / t.as_secs_f64();
    let held = rate(ours) >= 0.9 * rate(raw);
    row("verifying a log, all cores", rate(ours), "blocks/s", Some(rate(raw)), "≥ 90% of verify_strict", held)
}

fn appending() -> bool {
    const N: usize = 4_000;
    let mut d = Desk::new();
    d.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    let bytes = vec![5u8; 600];
    let k = key(2);
    let message = codec::encode(&d.blocks[1].signed.header.summary());
    let raw = best(|| {
        for _ in 0..N {
            black_box(k.sign(black_box(&message)));
        }
    });
    let ours = best(|| {
        for _ in 0..N {
            let b = d.draft(Kind::Records, bytes.clone()).seal(&k);
            black_box(codec::encode(&b));
        }
    });
    let rate = |t: Duration| N as f64 / t.as_secs_f64();
    let held = rate(ours) >= 0.8 * rate(raw);
    row("appending (hash, sign, encode)", rate(ours), "blocks/s", Some(rate(raw)), "≥ 80% of sign", held)
}

fn deciding() -> bool {
    const ENTRIES: u32 = 1_000;
    const N: usize = 40_000;
    let mut d = Desk::new();
    let patient = PatientId([1; 16]);
    let scope: [&[u8]; 2] = [&d.ledger.governance().consortium().0.clone(), &patient.0];
    let orgs: Vec<OrgId> = (0..50u8).map(|i| OrgId([i; 16])).collect();
    for i in 0..ENTRIES {
        let mut id = [0u8; 16];
        id[..4].copy_from_slice(&i.to_le_bytes());
        let act = match i % 10 {
            9 => Act::Revoke(GrantId({
                let mut r = [0u8; 16];
                r[..4].copy_from_slice(&(i - 5).to_le_bytes());
                r
            })),
            _ => Act::Grant(Grant {
                id: GrantId(id),
                to: Grantee::Org(orgs[i as usize % 50]),
                purpose: Purpose::ALL[i as usize % 5].0,
                compartments: vec![Compartment::General],
                from: u64::from(i),
                until: Some(1_000_000 + u64::from(i)),
                parent: None,
                delegable: false,
            }),
        };
        let act = Authored::new(&key(4), consent::DOMAIN, &scope, &Wish::of_patient(act));
        let seq = d.ledger.head(d.log).map_or(0, |h| h.seq + 1);
        let bytes = consent::change(&Entry { patient, act, card: None }, d.log, seq).unwrap();
        d.write(Kind::Consent, bytes);
    }
    let me = d.ledger.governance().genesis().founder.id();
    let load = Instant::now();
    let effective = Effective::of(d.ledger.consents(patient), &d.ledger);
    let load = load.elapsed();
    let set = Policies::default_set();
    let mut allowed = 0;
    let took = best(|| {
        allowed = 0;
        for i in 0..N {
            // Organisation, role, purpose, time: no request like another.
            let role = Role::ALL[i / 7 % 9].0;
            let purpose = Purpose::ALL[i / 9 % 5].0;
            let at = Moment::exact(500 + (i / 45) as u64);
            let grants = effective.allowing(me, (orgs[i % 50], role), purpose, Compartment::General, at);
            let ask = Ask {
                role,
                action: Action::Read,
                purpose,
                own: false,
                granted: !grants.is_empty(),
                proven: i % 2 == 0,
                opted_out: false,
            };
            allowed += usize::from(set.decide(&ask).allow);
        }
    });
    assert!(allowed > 0 && allowed < N);
    let rate = N as f64 / took.as_secs_f64();
    let held = row(
        "consent and policy, one core, 1,000 entries",
        rate,
        "decisions/s",
        None,
        "≥ 20,000/s",
        rate >= 20_000.0,
    );
    println!(
        "  the 1,000 entries are worked out in {:.1} ms, once for each change",
        load.as_secs_f64() * 1e3
    );
    held
}

fn opening() -> bool {
    let n: usize = std::env::var("AIDPOST_BENCH_BLOCKS").ok().and_then(|v| v.parse().ok()).unwrap_or(200_000);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store");
    let mut d = Desk::new();
    let secret = || Secret::new([3; 32]);
    let mut db = Db::create(&path, secret(), [1; 16], &d.genesis, &[], &[]).unwrap();
    db.accept(&std::mem::take(&mut d.blocks)).unwrap();
    let made = Instant::now();
    while (db.replica().len() as usize) < n {
        for _ in 0..5_000 {
            d.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
        }
        db.accept(&std::mem::take(&mut d.blocks)).unwrap();
    }
    let made = made.elapsed();
    drop(db);
    let mut opened = 0;
    let took = best(|| opened = Db::open(&path, secret(), [1; 16]).unwrap().replica().len());
    let ms = took.as_secs_f64() * 1e3;
    let held =
        row(&format!("opening a store of {opened} blocks"), ms, "ms", None, "≤ 2,000 ms", ms <= 2_000.0);
    println!("  it was written in {:.1} s", made.as_secs_f64());
    let mut db = Db::open(&path, secret(), [1; 16]).unwrap();
    let t = Instant::now();
    let v = db.verify().unwrap();
    assert!(v.damage.is_empty());
    println!("  'verify' checks all of it anew in {:.1} s", t.elapsed().as_secs_f64());
    held
}

fn main() -> ExitCode {
    println!("{} cores", std::thread::available_parallelism().map_or(1, usize::from));
    let held = [verifying(), appending(), deciding(), opening()];
    ExitCode::from(u8::from(held.contains(&false)))
}
