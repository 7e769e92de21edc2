use rand::{SeedableRng, rngs::StdRng};

use super::*;
use crate::{
    core::{
        audit::{AuditEntry, Method, Outcome, SignIn},
        block::Kind,
        gaps::Holding,
        governance::{Statement, Suspended, Suspension},
    },
    store::tables::{self, Peer},
    testing::{Desk, consortium_with_keys, key},
    vault::{Secret, keytree::Exchange},
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

    fn write(&self, i: usize, db: &mut Db) -> Carried {
        self.part(i, db, self.dir.path(), None, &|_, _| Ok(())).unwrap()
    }

    /// In parts of so many bytes.
    fn part(
        &self,
        i: usize,
        db: &mut Db,
        folder: &Path,
        most: Option<u64>,
        tell: &dyn Fn(u64, u64) -> Result<(), StoreError>,
    ) -> Result<Carried, CourierError> {
        let d = &self.desks[i];
        let mut hello = d.presence();
        (hello.frontier, hello.waits) = (db.replica().frontier(), db.replica().gaps());
        let parcel = Parcel { hello, key: &d.ledger, most };
        write(db, parcel, folder, 7_000, &mut StdRng::seed_from_u64(9), tell)
    }

    fn read(&self, i: usize, db: &mut Db, path: &Path) -> Result<Carried, CourierError> {
        read(db, path, self.desks[i].log.device, &self.keys[i], 8_000, &|_| Ok(()))
    }

    fn folder(&self, name: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    }

    /// A store of desk 0 with so many large blocks of its own.
    fn large(&mut self, blocks: usize) -> Db {
        let mut db = self.db(0, &[0, 2]);
        let entry = SignIn { staff: None, method: Method::Face, outcome: Outcome::Granted };
        let fill = codec::encode(&vec![AuditEntry::SignIn(entry); 2_000]);
        let all: Vec<_> = (0..blocks).map(|_| self.desks[0].write(Kind::Audit, fill.clone())).collect();
        assert!(db.accept(&all).unwrap().iter().all(Result::is_ok));
        db
    }
}

#[test]
fn what_is_given_up_leaves_no_bundle() {
    let w = world();
    let mut a = w.db(0, &[0, 2]);
    let folder = w.folder("stick");
    for after in 0..2 {
        let tell = |done, _| match done < after {
            true => Ok(()),
            false => Err(StoreError::Refused("nobody waits".into())),
        };
        let given_up = w.part(0, &mut a, &folder, None, &tell);
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
    let out = w.write(0, &mut a);
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
    let back = w.write(2, &mut b);
    w.read(0, &mut a, &back.path).unwrap();
    let endpoint = w.desks[2].presence().introduction.device.request.keys.endpoint;
    let peer: Peer = a.get(tables::PEERS, &endpoint).unwrap().unwrap();
    assert_eq!(peer.holds, a.replica().frontier());
}

#[test]
fn cut_anywhere_a_stick_does_no_harm() {
    let w = world();
    let mut a = w.db(0, &[0, 2]);
    let out = w.write(0, &mut a);
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
    let mut a = w.db(0, &[0, 2]);
    let out = w.write(0, &mut a);
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
    assert_eq!(w.write(0, &mut a).count, 2);
    let lost = w.desks[1].log.device;
    let c = a.replica().governance().consortium();
    let said = Suspension::new(c, Suspended::Device(lost), Vec::new(), &key(1));
    let block = w.desks[0].write(Kind::Governance, codec::encode(&vec![Statement::Suspend(said)]));
    a.accept(&[block]).unwrap();
    let out = w.write(0, &mut a);
    assert_eq!(out.count, 1);
    let mut a2 = w.db(1, &[1]);
    assert!(matches!(w.read(1, &mut a2, &out.path), Err(CourierError::NotForUs(_))));
    // And what it isn't known to hold makes nobody's bundle larger.
    let endpoint = w.desks[2].presence().introduction.device.request.keys.endpoint;
    let all = Holding { heads: a.replica().frontier(), ..Holding::default() };
    a.peer_holds(&endpoint, &all, 1).unwrap();
    assert_eq!(w.write(0, &mut a).blocks, 0);
}

#[test]
fn changed_foreign_and_unaddressed_sticks_are_refused_by_name() {
    let w = world();
    let mut a = w.db(0, &[0, 2]);
    let out = w.write(0, &mut a);
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
    let nobody = w.part(1, &mut a2, w.dir.path(), None, &|_, _| Ok(()));
    assert!(matches!(nobody, Err(CourierError::Nobody)));
    fs::write(&path, b"a letter").unwrap();
    assert!(matches!(w.read(2, &mut b, &path), Err(CourierError::NotABundle(_))));
    assert!(matches!(list(&w.dir.path().join("nowhere")), Err(CourierError::Io(..))));
}

/// The parts that lie in a folder, in their order.
fn parts(folder: &Path) -> Vec<PathBuf> {
    let all = list(folder).unwrap();
    assert_eq!(fs::read_dir(folder).unwrap().count(), all.len(), "and nothing half written");
    all
}

#[test]
fn what_is_too_large_for_one_file_goes_in_parts_that_are_read_in_any_order() {
    let mut w = world();
    let mut a = w.large(12);
    let folder = w.folder("stick");
    let told = std::cell::RefCell::new(Vec::new());
    let tell = |done, total| {
        told.borrow_mut().push((done, total));
        Ok(())
    };
    let out = w.part(0, &mut a, &folder, Some(40_000), &tell).unwrap();
    let files = parts(&folder);
    let of = files.len() as u32;
    assert!(of >= 3 && out.part.unwrap().of == of && out.part.unwrap().number == of, "{out:?}");
    assert_eq!((out.blocks, out.before), (14, 0));
    assert_eq!(out.bytes, files.iter().map(|f| fs::metadata(f).unwrap().len()).sum::<u64>());
    assert!(files.iter().all(|f| fs::metadata(f).unwrap().len() < 60_000));
    let told = told.into_inner();
    assert!(told.windows(2).all(|t| t[0].0 <= t[1].0 && t[0].1 == t[1].1), "{told:?}");
    assert_eq!(told.last().map(|t| t.0), told.last().map(|t| t.1));

    // The last first: what it refers to isn't here, which is said, and nothing of it is taken.
    let mut b = w.db(2, &[2]);
    let last = w.read(2, &mut b, files.last().unwrap()).unwrap();
    assert_eq!((last.count, last.lacking), (0, last.blocks));
    let part = last.part.unwrap();
    assert_eq!(missing(&b, part).unwrap(), (1..=of).collect::<Vec<_>>());
    // Each by itself, from another folder; one that was read before does no harm.
    let other = w.folder("other stick");
    for (n, f) in (1..).zip(&files) {
        let there = other.join(f.file_name().unwrap());
        fs::rename(f, &there).unwrap();
        let c = w.read(2, &mut b, &there).unwrap();
        assert!(c.whole && c.lacking == 0 && c.part.unwrap().number == n, "{c:?}");
        assert_eq!(missing(&b, part).unwrap(), (n + 1..=of).collect::<Vec<_>>());
    }
    assert_eq!(w.read(2, &mut b, &other.join(files[0].file_name().unwrap())).unwrap().count, 0);
    assert_eq!(b.replica().frontier(), a.replica().frontier());
}

#[test]
fn what_was_ended_goes_on_and_keeps_the_parts_that_are_whole() {
    let mut w = world();
    let mut a = w.large(12);
    let folder = w.folder("stick");
    let written = |folder: &Path| fs::read_dir(folder).unwrap().count();
    // Ends while the third is written.
    let tell = |_, _| match list(&folder).unwrap().len() {
        0 | 1 => Ok(()),
        _ => Err(StoreError::Refused("nobody waits".into())),
    };
    assert!(w.part(0, &mut a, &folder, Some(40_000), &tell).is_err());
    assert_eq!((parts(&folder).len(), written(&folder)), (2, 2));
    let before: Vec<Vec<u8>> = parts(&folder).iter().map(|p| fs::read(p).unwrap()).collect();
    // The second is damaged meanwhile, and is written again.
    let mut bad = before[1].clone();
    bad[900] ^= 1;
    fs::write(&parts(&folder)[1], bad).unwrap();
    let out = w.part(0, &mut a, &folder, Some(40_000), &|_, _| Ok(())).unwrap();
    assert_eq!(out.before, 1);
    let all = parts(&folder);
    assert_eq!(out.part.unwrap().of as usize, all.len());
    assert_eq!(fs::read(&all[0]).unwrap(), before[0]);
    let mut b = w.db(2, &[2]);
    for f in &all {
        assert_eq!(w.read(2, &mut b, f).unwrap().lacking, 0);
    }
    assert_eq!(b.replica().frontier(), a.replica().frontier());
    // That set is done: the next is a new one, with everything.
    let next = w.folder("next");
    assert_eq!(w.part(0, &mut a, &next, None, &|_, _| Ok(())).unwrap().blocks, 14);
}

#[test]
fn what_did_not_fit_goes_on_another_stick() {
    let mut w = world();
    let mut a = w.large(12);
    let (first, second) = (w.folder("first"), w.folder("second"));
    let tell = |_, _| match list(&first).unwrap().len() {
        0 | 1 => Ok(()),
        _ => Err(StoreError::Refused("the stick is gone".into())),
    };
    assert!(w.part(0, &mut a, &first, Some(40_000), &tell).is_err());
    let out = w.part(0, &mut a, &second, Some(40_000), &|_, _| Ok(())).unwrap();
    assert_eq!((out.before, parts(&first).len()), (2, 2));
    let mut b = w.db(2, &[2]);
    // From the second stick nothing can be taken before the first one came.
    let lacking = |b: &mut Db, folder: &Path| -> u64 {
        parts(folder).iter().map(|f| w.read(2, b, f).unwrap().lacking).sum()
    };
    assert!(lacking(&mut b, &second) > 0);
    assert_eq!(lacking(&mut b, &first), 0);
    assert_eq!(lacking(&mut b, &second), 0);
    assert_eq!(b.replica().frontier(), a.replica().frontier());
    let of = out.part.unwrap();
    assert_eq!(missing(&b, of).unwrap(), Vec::<u32>::new());
}

#[test]
fn a_parts_number_is_a_frame_that_no_message_begins_like() {
    let part = Part { set: [7; 16], number: 2, of: 3 };
    crate::testing::golden("bundle_part_v0.hex", &hex::encode(part.encode()));
    assert_eq!(Part::decode(&part.encode()), Some(part));
    assert!(crate::core::wire::decode(&part.encode()).is_err());
    for (number, of) in [(0, 3), (4, 3), (1, 0), (4_097, 5_000)] {
        assert_eq!(Part::decode(&Part { set: [7; 16], number, of }.encode()), None);
    }
}
