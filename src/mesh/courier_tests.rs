use rand::{SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    core::{
        audit::AuditEntry,
        block::Kind,
        gaps::Holding,
        governance::{Statement, Suspended, Suspension},
    },
    testing::{Desk, consortium_with_keys, key},
};

struct World {
    dir: tempfile::TempDir,
    desks: [Desk; 3],
    keys: [Exchange; 3],
}

fn world() -> World {
    let mut rng = StdRng::seed_from_u64(5);
    let keys = [0; 3].map(|_| Exchange::random(&mut rng));
    let desks = consortium_with_keys([keys[0].public, keys[1].public, keys[2].public]);
    World { dir: tempfile::tempdir().unwrap(), desks, keys }
}

impl World {
    /// A store for desk `i` that holds the first blocks of the desks in `knows`.
    fn db(&self, i: usize, knows: &[usize]) -> Db {
        let genesis = self.desks[i].replica.governance().genesis().clone();
        let path = self.dir.path().join(format!("db{i}"));
        let mut db = Db::create(&path, Secret::new([1; 32]), [0; 16], &genesis, &[], &[]).unwrap();
        let blocks: Vec<_> = knows.iter().map(|k| self.desks[*k].first()).collect();
        db.accept(&blocks).unwrap();
        db
    }

    fn write(&self, i: usize, db: &Db) -> Carried {
        let d = &self.desks[i];
        let mut hello = d.presence();
        (hello.frontier, hello.waits) = (db.replica().frontier(), db.replica().gaps());
        write(db, hello, &d.ledger, self.dir.path(), 7_000, &mut StdRng::seed_from_u64(9), &|_, _| Ok(()))
            .unwrap()
    }

    fn read(&self, i: usize, db: &mut Db, path: &Path) -> Result<Carried, CourierError> {
        read(db, path, self.desks[i].log.device, &self.keys[i], 8_000)
    }
}

#[test]
fn what_is_given_up_leaves_no_bundle() {
    let w = world();
    let (a, d) = (w.db(0, &[0, 2]), &w.desks[0]);
    let folder = w.dir.path().join("stick");
    fs::create_dir(&folder).unwrap();
    for after in 0..2 {
        let tell = |done, _| match done < after {
            true => Ok(()),
            false => Err(StoreError::Refused("nobody waits".into())),
        };
        let rng = &mut StdRng::seed_from_u64(9);
        let given_up = write(&a, d.presence(), &d.ledger, &folder, 7_000, rng, &tell);
        assert!(matches!(given_up, Err(CourierError::Store(_))));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}

#[test]
fn there_and_back_with_the_receipt() {
    let mut w = world();
    let (mut a, mut b) = (w.db(0, &[0, 2]), w.db(2, &[2]));
    let visit = w.desks[0].write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    a.accept(&[visit]).unwrap();
    let out = w.write(0, &a);
    assert_eq!((out.blocks, out.count), (3, 1));
    let bytes = fs::read(&out.path).unwrap();
    crate::testing::golden("bundle_v0.hex", &hex::encode(&bytes));
    assert!(!bytes.windows(6).any(|x| x == b"Aruna " || x == b"desk 1"));
    let c = w.read(2, &mut b, &out.path).unwrap();
    assert_eq!((c.count, c.whole), (2, true));
    assert_eq!(b.replica().frontier(), a.replica().frontier());
    // A stale stick read again does no harm.
    assert_eq!(w.read(2, &mut b, &out.path).unwrap().count, 0);
    // What comes back tells A that B holds all of it.
    let back = w.write(2, &b);
    w.read(0, &mut a, &back.path).unwrap();
    let endpoint = w.desks[2].presence().introduction.device.request.keys.endpoint;
    let peer: Peer = a.get(tables::PEERS, &endpoint).unwrap().unwrap();
    assert_eq!(peer.holds, a.replica().frontier());
}

#[test]
fn cut_anywhere_a_stick_does_no_harm() {
    let w = world();
    let a = w.db(0, &[0, 2]);
    let out = w.write(0, &a);
    let good = fs::read(&out.path).unwrap();
    let mut b = w.db(2, &[2]);
    let path = w.dir.path().join("cut.aidpost");
    for len in (0..good.len()).step_by(7) {
        fs::write(&path, &good[..len]).unwrap();
        match w.read(2, &mut b, &path) {
            Ok(c) => assert!(!c.whole),
            Err(e) => assert!(matches!(e, CourierError::NotABundle(_)), "{e}"),
        }
    }
    assert_eq!(b.verify().unwrap().damage, Vec::<String>::new());
}

#[test]
fn a_stick_that_is_damaged_in_the_middle_changes_nothing() {
    let w = world();
    let a = w.db(0, &[0, 2]);
    let out = w.write(0, &a);
    let good = fs::read(&out.path).unwrap();
    let mut b = w.db(2, &[2]);
    let before = b.replica().frontier();
    let endpoint = w.desks[0].presence().introduction.device.request.keys.endpoint;
    let path = w.dir.path().join("damaged.aidpost");
    // In the last frame, which says that this is all, and in the one before.
    for from_end in [3, 30, 60, 120] {
        let mut bad = good.clone();
        let at = bad.len() - from_end;
        bad[at] ^= 0x40;
        fs::write(&path, &bad).unwrap();
        let said = w.read(2, &mut b, &path);
        assert!(matches!(said, Err(CourierError::Damaged(_))), "{from_end} before the end: {said:?}");
        assert_eq!(b.replica().frontier(), before);
        assert!(b.get::<Peer>(tables::PEERS, &endpoint).unwrap().is_none(), "no receipt either");
    }
    fs::write(&path, &good).unwrap();
    assert!(w.read(2, &mut b, &path).unwrap().whole);
}

#[test]
fn nothing_is_sealed_to_a_suspended_terminal() {
    let mut w = world();
    let mut a = w.db(0, &[0, 1, 2]);
    assert_eq!(w.write(0, &a).count, 2);
    let lost = w.desks[1].log.device;
    let c = a.replica().governance().consortium();
    let said = Suspension::new(c, Suspended::Device(lost), Vec::new(), &key(1));
    let block = w.desks[0].write(Kind::Governance, codec::encode(&vec![Statement::Suspend(said)]));
    a.accept(&[block]).unwrap();
    let out = w.write(0, &a);
    assert_eq!(out.count, 1);
    let mut a2 = w.db(1, &[1]);
    assert!(matches!(w.read(1, &mut a2, &out.path), Err(CourierError::NotForUs(_))));
    // And what it isn't known to hold makes nobody's bundle larger.
    let endpoint = w.desks[2].presence().introduction.device.request.keys.endpoint;
    let all = Holding { heads: a.replica().frontier(), ..Holding::default() };
    a.peer_holds(&endpoint, &all, 1).unwrap();
    assert_eq!(w.write(0, &a).blocks, 0);
}

#[test]
fn changed_foreign_and_unaddressed_sticks_are_refused_by_name() {
    let w = world();
    let a = w.db(0, &[0, 2]);
    let out = w.write(0, &a);
    let good = fs::read(&out.path).unwrap();
    let path = w.dir.path().join("bad.aidpost");
    let mut b = w.db(2, &[2]);
    let before = b.replica().frontier();
    for at in [0, 9, 40, 90, 200] {
        let mut bad = good.clone();
        bad[at] ^= 0x40;
        fs::write(&path, &bad).unwrap();
        assert!(w.read(2, &mut b, &path).is_err(), "byte {at}");
    }
    assert_eq!(b.replica().frontier(), before);
    // The second terminal of A isn't certified in what A holds here, so nothing was sealed to it.
    let mut a2 = w.db(1, &[1]);
    assert!(matches!(w.read(1, &mut a2, &out.path), Err(CourierError::NotForUs(_))));
    let alone = w.desks[1].presence();
    let mut rng = StdRng::seed_from_u64(9);
    let nobody = write(&a2, alone, &w.desks[1].ledger, w.dir.path(), 7_000, &mut rng, &|_, _| Ok(()));
    assert!(matches!(nobody, Err(CourierError::Nobody)));
    fs::write(&path, b"a letter").unwrap();
    assert!(matches!(w.read(2, &mut b, &path), Err(CourierError::NotABundle(_))));
    assert!(matches!(list(&w.dir.path().join("nowhere")), Err(CourierError::Io(..))));
}
