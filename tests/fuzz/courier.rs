//! A bundle on a stick, changed on the way.

use std::fs;

use aidpost::{
    core::{
        block::{Block, Draft, Kind, Payload},
        codec,
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Statement},
        id::LogId,
        ledger::Replica,
        time::Hlc,
        wire::{self, Introduction, Presence},
    },
    mesh::courier,
    store::Db,
    vault::{Secret, keytree::Exchange},
};
use rand::{SeedableRng, rngs::StdRng};

use super::{fuzz_on, key};

/// The first block of a terminal.
fn first(ledger: &Replica, cert: &DeviceCert, n: u8) -> Block {
    Draft {
        links: ledger.links(LogId { device: cert.id(), incarnation: 0 }),
        time: Hlc { millis: 1_000, count: 0 },
        kind: Kind::Governance,
        payload: Payload { salt: [0; 32], bytes: codec::encode(&vec![Statement::Device(cert.clone())]) },
    }
    .seal(&key(n))
}

#[test]
fn bundle() {
    let dir = tempfile::tempdir().unwrap();
    let mut rng = StdRng::seed_from_u64(30);
    let org = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
    let keys = [Exchange::random(&mut rng), Exchange::random(&mut rng)];
    let certs = [2, 4].map(|n| {
        let to = keys[usize::from(n / 2 - 1)].public;
        DeviceCert::new(DeviceRequest::new(org.id(), "desk", &key(n), &key(n + 1), to), 0, &key(1))
    });
    let founder = org.clone();
    let witness = *key(2).verifying_key().as_bytes();
    let genesis = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
    let empty = Replica::new(genesis.clone(), &[]).unwrap();
    let blocks = [first(&empty, &certs[0], 2), first(&empty, &certs[1], 4)];
    let store = |name: &str, blocks: &[Block]| {
        let mut db =
            Db::create(&dir.path().join(name), Secret::new([1; 32]), [0; 16], &genesis, &[], &[]).unwrap();
        assert!(db.accept(blocks).unwrap().iter().all(Result::is_ok));
        db
    };
    let mut from = store("from", &blocks);
    let hello = Presence {
        version: wire::VERSION,
        consortium: genesis.id(),
        introduction: Introduction { device: certs[0].clone(), org },
        frontier: from.replica().frontier(),
        waits: from.replica().gaps(),
    };
    let parcel = courier::Parcel { hello, key: &key(2), most: None };
    let out = courier::write(&mut from, parcel, dir.path(), 7_000, &mut rng, &|_, _| Ok(())).unwrap();
    let good = fs::read(&out.path).unwrap();
    let path = dir.path().join("changed");
    let read = |to: &mut Db, b: &[u8]| {
        fs::write(&path, b).unwrap();
        let before = to.replica().frontier();
        let done = courier::read(to, &path, certs[1].id(), &keys[1], 8_000, &|_| Ok(()));
        // One that is refused has changed nothing.
        assert!(done.is_ok() || to.replica().frontier() == before);
        done.is_ok()
    };
    assert!(read(&mut store("good", &blocks[1..]), &good), "as it was written it is taken");
    let mut to = store("to", &blocks[1..]);
    fuzz_on(&[good], "bundle", 31, |b| {
        read(&mut to, b);
    });
}
