use rand::{SeedableRng, rngs::StdRng};

use super::{peers::merged, *};
use crate::{
    core::{
        audit::AuditEntry,
        gaps::Holding,
        governance::Statement,
        id::{ConsortiumId, EpochId},
        keys::{PatientKeyId, SealedRecords},
    },
    store::tables::Peer,
    testing::{Desk, consortium},
};

const ID: [u8; 16] = [2; 16];

fn key() -> Secret {
    Secret::new([3; 32])
}

/// A store that holds what the desk holds.
fn stored(dir: &Path, d: &Desk) -> Db {
    let genesis = d.replica.governance().genesis().clone();
    let mut db =
        Db::create(&dir.join("store"), key(), ID, &genesis, &[], &[("device", b"keys".to_vec())]).unwrap();
    db.accept(&[d.first()]).unwrap();
    db
}

fn author(d: &Desk) -> Author {
    Author { log: d.log, key: d.ledger.clone() }
}

fn audit() -> (Kind, Content) {
    (Kind::Audit, Box::new(|_, _| Ok(codec::encode(&Vec::<AuditEntry>::new()))))
}

#[test]
fn what_was_acknowledged_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let mut rng = StdRng::seed_from_u64(1);
    let frontier = {
        let mut db = stored(dir.path(), &a);
        for _ in 0..10 {
            db.author(&author(&a), 6_000, &mut rng, vec![audit(), audit()], &Beside::default()).unwrap();
        }
        db.replica().frontier()
    };
    let mut db = Db::open(&dir.path().join("store"), key(), ID).unwrap();
    assert_eq!(db.replica().frontier(), frontier);
    assert_eq!(db.replica().len(), 21);
    let v = db.verify().unwrap();
    assert_eq!((v.blocks, v.damage), (21, vec![]));
    assert_eq!(db.newest(3).unwrap().len(), 3);
}

#[test]
fn a_failed_content_writes_nothing_of_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let mut db = stored(dir.path(), &a);
    let before = db.replica().frontier();
    let bad: (Kind, Content) = (Kind::Audit, Box::new(|_, _| Ok(vec![0xff; 10])));
    let r =
        db.author(&author(&a), 6_000, &mut StdRng::seed_from_u64(1), vec![audit(), bad], &Beside::default());
    assert!(r.is_err());
    assert_eq!(db.replica().frontier(), before);
    drop(db);
    assert_eq!(Db::open(&dir.path().join("store"), key(), ID).unwrap().replica().frontier(), before);
}

#[test]
fn a_refused_block_does_not_hold_up_the_others_and_a_fork_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, _, b] = consortium();
    let mut thief = a.clone();
    let bytes = codec::encode(&Vec::<AuditEntry>::new());
    let good = a.write(Kind::Audit, bytes.clone());
    let forged = thief.write(
        Kind::Audit,
        codec::encode(&vec![AuditEntry::SignIn(crate::core::audit::SignIn {
            staff: None,
            method: crate::core::audit::Method::Face,
            outcome: crate::core::audit::Outcome::Wrong,
        })]),
    );
    {
        let mut db = stored(dir.path(), &a);
        let mut alien = good.clone();
        alien.signed.header.consortium = ConsortiumId([0; 32]);
        let r = db.accept(&[alien, good, forged, b.first()]).unwrap();
        assert!(matches!(r[0], Err(Invalid::Consortium(_))));
        assert!(matches!(r[1], Ok(Accepted::New(_))));
        assert!(matches!(r[2], Ok(Accepted::New(_))), "both sides of a fork are kept");
        assert!(matches!(r[3], Ok(Accepted::New(_))));
    }
    let mut db = Db::open(&dir.path().join("store"), key(), ID).unwrap();
    assert_eq!(db.replica().forks().count(), 1);
    assert_eq!(db.replica().len(), 4);
    let v = db.verify().unwrap();
    assert_eq!((v.blocks, v.damage), (4, vec![]));
}

#[test]
fn an_old_receipt_takes_nothing_back() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, ..] = consortium();
    let mut db = stored(dir.path(), &a);
    let old = a.replica.frontier();
    let next = a.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    db.accept(&[next]).unwrap();
    let new = db.replica().frontier();
    assert_eq!(merged(&new, &old, db.replica()), new);
    assert_eq!(merged(&old, &new, db.replica()), new);
    assert_eq!(merged(&old, &[], db.replica()), old);
}

#[test]
fn a_receipt_counts_only_for_blocks_that_are_held_here_too() {
    let dir = tempfile::tempdir().unwrap();
    let [a, _, b] = consortium();
    let mut db = stored(dir.path(), &a);
    let endpoint = b.presence().introduction.device.request.keys.endpoint;
    let real = db.replica().frontier();
    let other_branch = Dep { hash: BlockId([9; 32]), ..real[0] };
    let unheard = Dep { seq: u64::MAX, ..real[0] };
    let holding = |heads: &[Dep]| Holding { heads: heads.to_vec(), ..Holding::default() };
    db.peer_holds(&endpoint, &holding(&[other_branch, unheard]), 1).unwrap();
    let holds = |db: &Db| db.get::<Peer>(tables::PEERS, &endpoint).unwrap().unwrap().holds;
    assert_eq!(holds(&db), []);
    db.peer_holds(&endpoint, &holding(&real), 2).unwrap();
    assert_eq!(holds(&db), real);
}

#[test]
fn what_a_terminal_that_was_set_back_no_longer_holds_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, _, b] = consortium();
    let mut db = stored(dir.path(), &a);
    let endpoint = b.presence().introduction.device.request.keys.endpoint;
    let old = db.replica().frontier();
    let next = a.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    db.accept(&[next]).unwrap();
    let new = db.replica().frontier();
    let holding = |heads: &[Dep]| Holding { heads: heads.to_vec(), ..Holding::default() };
    let holds = |db: &Db| db.get::<Peer>(tables::PEERS, &endpoint).unwrap().unwrap().holds;
    db.peer_says(&endpoint, &holding(&new), 1).unwrap();
    assert_eq!(holds(&db), new);
    // A stick that was written before says nothing about now.
    db.peer_holds(&endpoint, &holding(&old), 2).unwrap();
    assert_eq!(holds(&db), new);
    // It is ahead of this node: it holds what it held.
    let ahead = Dep { seq: new[0].seq + 3, hash: BlockId([9; 32]), ..new[0] };
    db.peer_says(&endpoint, &holding(&[ahead]), 3).unwrap();
    assert_eq!(holds(&db), new);
    db.peer_says(&endpoint, &holding(&old), 4).unwrap();
    assert_eq!(holds(&db), old);
    db.peer_says(&endpoint, &holding(&[]), 5).unwrap();
    assert_eq!(holds(&db), []);
}

#[test]
fn a_block_from_the_far_future_does_not_take_the_clock_along() {
    let dir = tempfile::tempdir().unwrap();
    let [a, _, mut b] = consortium();
    b.set_clock(u64::MAX - 10);
    let mut rng = StdRng::seed_from_u64(1);
    let poison = b.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    let path = dir.path().join("store");
    {
        let mut db = stored(dir.path(), &a);
        let r = db.accept(&[b.first(), poison]).unwrap();
        assert!(r.iter().all(|x| matches!(x, Ok(Accepted::New(_)))));
        db.author(&author(&a), 6_000, &mut rng, vec![audit()], &Beside::default()).unwrap();
    }
    let mut db = Db::open(&path, key(), ID).unwrap();
    let heads = db.author(&author(&a), 7_000, &mut rng, vec![audit()], &Beside::default()).unwrap();
    assert_eq!(heads[0].0.time.millis, 7_000);
    assert_eq!(db.verify().unwrap().damage, Vec::<String>::new());
}

#[test]
fn many_changed_heads_are_named_by_several_blocks() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let mut db = stored(dir.path(), &a);
    let mut blocks = Vec::new();
    for n in 0..250u32 {
        blocks.push(a.colleague(n));
    }
    let r = db.accept(&blocks).unwrap();
    assert!(r.iter().all(|x| matches!(x, Ok(Accepted::New(_)))), "{:?}", r.iter().find(|x| x.is_err()));
    let mut rng = StdRng::seed_from_u64(1);
    let heads = db.author(&author(&a), 9_000, &mut rng, vec![audit()], &Beside::default()).unwrap();
    assert!(heads.len() > 1, "{} blocks", heads.len());
    assert!(db.replica().deps_for(a.log).is_empty());
}

#[test]
fn who_is_new_says_so_before_naming_many_heads() {
    let dir = tempfile::tempdir().unwrap();
    let [a, a2, _] = consortium();
    let mut db = stored(dir.path(), &a);
    let blocks: Vec<_> = (0..250u32).map(|n| a.colleague(n)).collect();
    db.accept(&blocks).unwrap();
    // A terminal whose own certificate comes in its first block.
    let (cert, new) = (a2.cert.clone(), author(&a2));
    let said: Content = Box::new(move |_, _| Ok(codec::encode(&vec![Statement::Device(cert.clone())])));
    let mut rng = StdRng::seed_from_u64(1);
    let heads = db.author(&new, 9_000, &mut rng, vec![(Kind::Governance, said)], &Beside::default()).unwrap();
    assert!(heads.len() > 1, "{} blocks", heads.len());
    assert!(db.replica().deps_for(new.log).is_empty());
}

#[tokio::test]
async fn a_job_that_panics_takes_the_store_from_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let store = crate::store::Store::start(stored(dir.path(), &a)).unwrap();
    let r = store.call(|_| -> Result<(), StoreError> { panic!("a defect") }).await;
    assert!(matches!(r, Err(StoreError::Database(_))));
    assert_eq!(store.call(|db| Ok(db.replica().len())).await.unwrap(), 1);
}

#[test]
fn a_store_of_a_newer_version_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let mut db = stored(dir.path(), &a);
    db.put(tables::META, schema::NAME, Some(&(schema::newest(schema::STEPS) + 1))).unwrap();
    drop(db);
    let path = dir.path().join("store");
    let e = Db::open(&path, key(), ID).err().unwrap();
    assert!(matches!(e, StoreError::Newer(_)), "{e}");
    assert!(e.to_string().contains("update this one"));
}

#[test]
fn a_full_and_a_read_only_disk_are_told_apart() {
    use std::io::{Error, ErrorKind};
    let of = |k: ErrorKind| StoreError::io(Path::new("store"), Error::from(k));
    assert!(matches!(of(ErrorKind::StorageFull), StoreError::Full));
    assert!(matches!(of(ErrorKind::QuotaExceeded), StoreError::Full));
    assert!(matches!(of(ErrorKind::ReadOnlyFilesystem), StoreError::ReadOnly(_)));
    // Also through redb.
    let full = redb::Error::Io(Error::from(ErrorKind::StorageFull));
    assert!(matches!(StoreError::from(full), StoreError::Full));
    let read_only = redb::Error::Io(Error::from(ErrorKind::ReadOnlyFilesystem));
    assert!(matches!(StoreError::from(read_only), StoreError::ReadOnly(_)));
}

fn listed(d: &Desk) -> Card {
    Card {
        name: "Meera".into(),
        birth_year: None,
        gender: crate::core::record::Gender::Female,
        village: String::new(),
        phone: String::new(),
        custodian: d.org,
        last_visit: None,
        archived: false,
    }
}

#[test]
fn what_came_before_a_visit_is_still_to_be_read_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let [a, ..] = consortium();
    let mut db = stored(dir.path(), &a);
    let (met, other) = (PatientId([1; 16]), PatientId([2; 16]));
    let mut rng = StdRng::seed_from_u64(1);
    let again = Beside { again: vec![met], ..Beside::default() };
    db.author(&author(&a), 6_000, &mut rng, vec![audit()], &again).unwrap();
    let beside = Beside { cards: vec![(met, listed(&a)), (other, listed(&a))], ..Beside::default() };
    db.author(&author(&a), 6_000, &mut rng, vec![audit(), about(other)], &beside).unwrap();
    assert_eq!(db.touched().unwrap(), BTreeSet::from([met]));
}

fn about(patient: PatientId) -> (Kind, Content) {
    let compartment = crate::core::record::Compartment::General;
    let key = PatientKeyId { patient, compartment, epoch: EpochId([5; 16]) };
    let sealed = SealedRecords { key, salt: [4; 32], sealed: vec![6; 40] };
    (Kind::Records, Box::new(move |_, _| Ok(codec::encode(&sealed))))
}

#[test]
fn whom_blocks_concern_outlives_the_process_until_it_was_read() {
    let dir = tempfile::tempdir().unwrap();
    let [mut a, ..] = consortium();
    let path = dir.path().join("store");
    let (first, second) = (PatientId([1; 16]), PatientId([2; 16]));
    let block = |a: &mut Desk, p| a.write(Kind::Records, about(p).1(a.log, 0).unwrap());
    let met = [block(&mut a, first), block(&mut a, second)];
    {
        let mut db = stored(dir.path(), &a);
        assert!(db.accept(&met).unwrap().iter().all(Result::is_ok));
    }
    let mut db = Db::open(&path, key(), ID).unwrap();
    assert_eq!(db.touched().unwrap(), BTreeSet::from([first, second]));
    let patients = BTreeSet::from([first]);
    let renewed = Renewed { patients, cards: vec![(first, listed(&a))], ..Renewed::default() };
    db.renew(&renewed).unwrap();
    drop(db);
    let mut db = Db::open(&path, key(), ID).unwrap();
    assert_eq!(db.touched().unwrap(), BTreeSet::from([second]));
    assert_eq!(db.find_patients("meera", 9).unwrap(), [first]);
    // What nobody knew before comes once; what is known already concerns nobody anew.
    db.renew(&Renewed { patients: BTreeSet::from([second]), ..Renewed::default() }).unwrap();
    db.accept(&met).unwrap();
    assert_eq!(db.touched().unwrap(), BTreeSet::new());
}
