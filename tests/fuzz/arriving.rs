//! Bytes that come from a network, a stick, a camera or another program.

use std::fs;

use aidpost::{
    core::{
        block::Kind,
        codec,
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, OrgKind, Statement},
        id::{ConsortiumId, LogId},
        wire::{self, Introduction, Presence},
    },
    face::{Frame, PixelFormat},
    mesh::{beacon, courier},
    node::api::ClinicRequest,
    store::{Author, Beside, Content, Db},
    vault::{Secret, keytree::Exchange},
};
use rand::{SeedableRng, rngs::StdRng};

use crate::{corpus, fuzz, fuzz_on, key};

const NOW: u64 = 1_790_000_000_000;

#[test]
fn beacon_datagram() {
    let tag = beacon::tag(ConsortiumId([1; 32]));
    assert!(corpus().iter().any(|b| beacon::decode(b, &tag).is_some()), "the corpus has a beacon");
    fuzz("beacon", 18, |b| {
        if let Some((_, port)) = beacon::decode(b, &tag) {
            assert_ne!(port, 0);
        }
    });
}

#[test]
fn camera_buffer() {
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/faces/stranger.jpg");
    let rows: Vec<u8> = (0..48 * 32 * 3).map(|i| (i % 251) as u8).collect();
    let all = [fs::read(picture).unwrap(), rows];
    assert!(Frame::decode(PixelFormat::Mjpg, 0, 0, 0, &all[0]).is_ok());
    let mut n = 0usize;
    fuzz_on(&all, "camera buffer", 19, |b| {
        n += 1;
        let (w, h) = (1 + n as u32 % 49, 1 + n as u32 % 33);
        for format in PixelFormat::ALL {
            if let Ok(f) = Frame::decode(format, w, h, n % 160, b)
                && format != PixelFormat::Mjpg
            {
                assert_eq!((f.width(), f.height()), (w, h));
            }
        }
    });
}

/// What a program beside this one may write to the node's socket.
#[test]
fn request_on_the_socket() {
    let all: Vec<Vec<u8>> = [
        r#"{"Status":{}}"#,
        r#"{"Unlock":{"login":"nila","passphrase":"river stone and reed"}}"#,
        r#"{"Search":{"words":"meera","limit":20}}"#,
        r#"{"Register":{"patient":{"name":"Meera","birth_year":1984,"birth_estimated":true,"gender":"Female","village":"","phone":""}}}"#,
        r#"{"Events":{"since":18446744073709551615}}"#,
    ]
    .iter()
    .map(|s| s.as_bytes().to_vec())
    .collect();
    fuzz_on(&all, "request on the socket", 20, |b| {
        let _ = serde_json::from_slice::<ClinicRequest>(b);
    });
}

/// A terminal with a store of its own.
struct Terminal {
    db: Db,
    author: Author,
    exchange: Exchange,
    hello: Presence,
}

fn terminal(folder: &std::path::Path, n: u8, genesis: &Genesis, certs: &[DeviceCert; 2]) -> Terminal {
    let ledger = key(10 + n);
    let device = certs[n as usize].clone();
    let author = Author { log: LogId { device: device.id(), incarnation: 0 }, key: ledger };
    let path = folder.join(format!("store-{n}"));
    let mut db = Db::create(&path, Secret::new([n; 32]), [n; 16], genesis, &[], &[]).unwrap();
    let statements = codec::encode(&certs.iter().cloned().map(Statement::Device).collect::<Vec<_>>());
    let content: Content = Box::new(move |_, _| Ok(statements));
    let mut rng = StdRng::seed_from_u64(n.into());
    db.author(&author, NOW, &mut rng, vec![(Kind::Governance, content)], &Beside::default()).unwrap();
    let hello = Presence {
        version: wire::VERSION,
        consortium: db.replica().governance().consortium(),
        introduction: Introduction { device, org: genesis.founder.clone() },
        frontier: db.frontier().unwrap(),
        waits: db.replica().gaps(),
    };
    Terminal { db, author, exchange: exchange(n), hello }
}

fn exchange(n: u8) -> Exchange {
    Exchange::from_secret(Secret::new([40 + n; 32]))
}

#[test]
fn bundle_on_a_stick() {
    let dir = tempfile::tempdir().unwrap();
    let root = key(1);
    let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &root);
    let witness = *key(10).verifying_key().as_bytes();
    let genesis = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
    let certs = [0, 1].map(|n| {
        let (ledger, endpoint) = (key(10 + n), key(20 + n));
        let name = format!("desk {n}");
        let request = DeviceRequest::new(genesis.founder.id(), &name, &ledger, &endpoint, exchange(n).public);
        DeviceCert::new(request, 0, &root)
    });
    let a = terminal(dir.path(), 0, &genesis, &certs);
    let mut b = terminal(dir.path(), 1, &genesis, &certs);
    let (stick, mut rng) = (dir.path().join("stick"), StdRng::seed_from_u64(21));
    fs::create_dir(&stick).unwrap();
    let wrote = courier::write(&a.db, a.hello, &a.author.key, &stick, NOW, &mut rng, &|_, _| {}).unwrap();
    let bytes = fs::read(&wrote.path).unwrap();
    let me = b.hello.introduction.device.id();
    let path = dir.path().join("changed");
    let before = b.db.replica().len();
    fuzz_on(std::slice::from_ref(&bytes), "bundle on a stick", 21, |changed| {
        fs::write(&path, changed).unwrap();
        let before = b.db.replica().len();
        if courier::read(&mut b.db, &path, me, &b.exchange, NOW).is_err() {
            assert_eq!(b.db.replica().len(), before, "what is refused changes nothing");
        }
    });
    assert!(courier::read(&mut b.db, &wrote.path, me, &b.exchange, NOW).is_ok());
    assert_eq!(b.db.replica().len(), before + wrote.blocks);
}
