//! For unit tests: golden files, and a small consortium with its keys.

use std::{fs, path::PathBuf};

use ed25519_dalek::SigningKey;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::core::{
    block::{Block, Draft, Kind, Links, Payload},
    codec,
    governance::{
        Approval, DeviceCert, DeviceRequest, Genesis, Governance, OrgCert, OrgKind, Proposal, Role,
        StaffCert, StaffRequest, Statement,
    },
    id::{LogId, OrgId, StaffId},
    ledger::{Accepted, Replica},
    time::Hlc,
};

/// Compares with `tests/golden/NAME`; `AIDPOST_BLESS=1` writes it anew, for a format that is meant to change.
pub(crate) fn golden(name: &str, actual: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden")).join(name);
    if std::env::var_os("AIDPOST_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("{actual}\n")).unwrap();
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(actual, want.trim(), "a format changed: {}", path.display());
}

/// `n` values in -1..1 that depend only on `seed`.
pub(crate) fn noise(n: usize, seed: u64) -> Vec<f32> {
    let mut rng = StdRng::seed_from_u64(seed);
    (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// A key from one byte.
pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

/// One terminal of an organisation, with its nurse, and what it holds.
#[derive(Clone)]
pub(crate) struct Desk {
    /// What it holds.
    pub(crate) replica: Replica,
    /// Its ledger key.
    pub(crate) ledger: SigningKey,
    /// Its log.
    pub(crate) log: LogId,
    /// Its organisation.
    pub(crate) org: OrgId,
    /// Its nurse's key.
    pub(crate) nurse: SigningKey,
    /// Its certificate.
    pub(crate) cert: DeviceCert,
    org_cert: OrgCert,
    clock: u64,
    first: Option<Block>,
}

impl Desk {
    /// Appends a block of its own.
    pub(crate) fn write(&mut self, kind: Kind, bytes: Vec<u8>) -> Block {
        let b = self.unchecked(kind, bytes);
        assert!(matches!(self.replica.accept(&b), Ok(Accepted::New(_))));
        b
    }

    /// The block that it would append, not offered to its own replica.
    pub(crate) fn unchecked(&mut self, kind: Kind, bytes: Vec<u8>) -> Block {
        self.clock = self.replica.latest().millis.max(self.clock) + 1;
        Draft {
            links: self.replica.links(self.log),
            time: Hlc { millis: self.clock, count: 0 },
            kind,
            payload: Payload { salt: [self.clock as u8; 32], bytes },
        }
        .seal(&self.ledger)
    }

    /// Sets its wall clock, in milliseconds.
    pub(crate) fn set_clock(&mut self, millis: u64) {
        self.clock = millis;
    }

    /// Its first block, with its certificates.
    pub(crate) fn first(&self) -> Block {
        self.first.clone().unwrap()
    }

    /// The first block of yet another terminal of its organisation (A's: root key 1).
    pub(crate) fn colleague(&self, n: u32) -> Block {
        let mut seed = [7u8; 32];
        seed[..4].copy_from_slice(&n.to_le_bytes());
        let ledger = SigningKey::from_bytes(&seed);
        let request = DeviceRequest::new(self.org, &format!("tablet {n}"), &ledger, &key(200), [n as u8; 32]);
        let cert = DeviceCert::new(request, 0, &key(1));
        let log = LogId { device: cert.id(), incarnation: 0 };
        Draft {
            links: Links::first(self.replica.governance().consortium(), log),
            time: Hlc { millis: 2_000, count: n },
            kind: Kind::Governance,
            payload: Payload { salt: [0; 32], bytes: codec::encode(&vec![Statement::Device(cert)]) },
        }
        .seal(&ledger)
    }

    /// The certificate of its nurse.
    pub(crate) fn nurse_id(&self) -> StaffId {
        StaffId::of_key(self.nurse.verifying_key().as_bytes())
    }

    /// What it says of itself when it meets another.
    pub(crate) fn presence(&self) -> crate::core::wire::Presence {
        let (device, org) = (self.cert.clone(), self.org_cert.clone());
        crate::core::wire::Presence {
            version: 0,
            consortium: self.replica.governance().consortium(),
            introduction: crate::core::wire::Introduction { device, org },
            frontier: self.replica.frontier(),
            waits: self.replica.gaps(),
        }
    }
}

/// Clinic A with two terminals and hospital B with one: [A1, A2, B]. Each has written its first block.
pub(crate) fn consortium() -> [Desk; 3] {
    consortium_with_keys([[10; 32], [20; 32], [30; 32]])
}

/// The same with these encryption keys.
pub(crate) fn consortium_with_keys(encryption: [[u8; 32]; 3]) -> [Desk; 3] {
    let a = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    let witness = *key(10).verifying_key().as_bytes();
    let founder = a.clone();
    let genesis = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
    let empty = Replica::new(genesis.clone(), &[]).unwrap();
    let era = Governance::found(genesis).unwrap().era().id;
    let admit = Proposal::Admit { org: b.clone(), witness: *key(30).verifying_key().as_bytes() };
    let yes = Statement::Approve(Approval::new(era, admit.id(), &key(1)));
    let admit = [Statement::Propose(admit), yes];
    let [e1, e2, e3] = encryption;
    [(10, 1, &a, e1), (20, 1, &a, e2), (30, 2, &b, e3)].map(|(n, root, org, encryption)| {
        let (ledger, endpoint, nurse) = (key(n), key(n + 1), key(n + 2));
        let request = DeviceRequest::new(org.id(), &format!("desk {n}"), &ledger, &endpoint, encryption);
        let cert = DeviceCert::new(request, 0, &key(root));
        let staff = StaffCert::new(StaffRequest::new(org.id(), "Nurse", Role::Nurse, &nurse), &key(root));
        let mut d = Desk {
            replica: empty.clone(),
            log: LogId { device: cert.id(), incarnation: 0 },
            org: org.id(),
            ledger,
            nurse,
            cert: cert.clone(),
            org_cert: org.clone(),
            clock: 1_000,
            first: None,
        };
        let first = [&admit[..], &[Statement::Device(cert), Statement::Staff(staff)]].concat();
        d.first = Some(d.write(Kind::Governance, codec::encode(&first)));
        d
    })
}
