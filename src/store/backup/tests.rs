//! Tests of [`super`]: backups that are damaged, cut off, exchanged, incomplete.

use std::fs;

use ed25519_dalek::SigningKey;
use rand::{SeedableRng, rngs::StdRng};

use super::{
    read::{By, Chain, Checked, Sink},
    write::Writer,
    *,
};
use crate::{
    core::{
        block::{Kind, SignedHeader},
        id::{BlockId, PatientId},
        ledger::Replica,
    },
    store::db::IndexRow,
    testing::{Desk, consortium, golden, key},
    vault::{
        kit,
        slots::{Changing, Cost, Opened, Slots},
    },
};

const ORG_ROOT: u8 = 1;

#[derive(Default)]
struct Counted {
    blocks: usize,
    bare: Vec<BlockId>,
    rows: Vec<(String, usize)>,
}

impl Sink for Counted {
    fn blocks(&mut self, blocks: Vec<Block>) -> Result<(), BackupError> {
        self.blocks += blocks.len();
        Ok(())
    }

    fn bare(&mut self, header: &SignedHeader, _: &[IndexRow]) -> Result<(), BackupError> {
        self.bare.push(header.header.id());
        Ok(())
    }

    fn rows(&mut self, table: &str, rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), BackupError> {
        self.rows.push((table.into(), rows.len()));
        Ok(())
    }
}

struct Place {
    dir: tempfile::TempDir,
    rng: StdRng,
    slots: Slots,
    master: Secret,
    desk: Desk,
    blocks: Vec<Block>,
    earlier: Vec<(BackupId, [u8; 32])>,
}

impl Place {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut rng = StdRng::seed_from_u64(5);
        let mut slots = Slots::create(&dir.path().join("slots"), [4; 16], &mut rng);
        let master = Secret::new([1; 32]);
        let opened = Opened::new(master.clone(), key(9), Some(key(ORG_ROOT)));
        slots.add("nila", "river stone 7", &opened, (Cost::LEAST, 1), &mut rng).unwrap();
        let [mut desk, other, _] = consortium();
        let mut blocks = vec![desk.first(), other.first()];
        for n in 0..5 {
            blocks
                .push(desk.write(Kind::Audit, codec::encode(&Vec::<crate::core::audit::AuditEntry>::new())));
            blocks.push(desk.colleague(n));
        }
        Self { dir, rng, slots, master, desk, blocks, earlier: Vec::new() }
    }

    /// Writes the blocks from `from` to `to` as one backup.
    fn write(&mut self, name: &str, from: usize, to: usize) -> PathBuf {
        self.write_with(name, from, to, |_, _| None)
    }

    /// The same, where some could not be read.
    fn write_with(
        &mut self,
        name: &str,
        from: usize,
        to: usize,
        gap: impl Fn(usize, &Block) -> Option<Gap>,
    ) -> PathBuf {
        let (mut replica, path) = (self.replica(), self.dir.path().join(name));
        for b in &self.blocks[..to] {
            replica.accept(b).unwrap();
        }
        let (content, org) = (Secret::random(&mut self.rng), self.desk.org);
        let change = Changing { from: self.master.clone(), to: content.clone() };
        let consortium = replica.governance().consortium();
        let mut id = BackupId::default();
        rand::Rng::fill_bytes(&mut self.rng, &mut id);
        let root = kit::public(key(ORG_ROOT).verifying_key().as_bytes()).unwrap();
        let header = Header {
            consortium,
            org,
            id,
            previous: self.earlier.last().map(|(id, _)| *id),
            slots: self.slots.for_backup(&change, &mut self.rng).unwrap(),
            root: wrap_content(&root, (consortium, org, &id), &content, &mut self.rng).unwrap(),
        };
        let manifest = Manifest {
            version: 0,
            made: 7,
            genesis: replica.governance().genesis().clone(),
            acts: Vec::new(),
            org: self.desk.presence().introduction.org,
            device: self.desk.cert.id(),
            name: "front desk".into(),
            from: from as u64,
            to: to as u64,
            only_here: 1,
            frontier: replica.frontier(),
            org_keys: wrap_org_keys(&root, (consortium, org), &[], &mut self.rng).unwrap(),
            earlier: self.earlier.clone(),
        };
        self.earlier.push((id, *content.expose()));
        let mut w = Writer::begin(&path, content, &header, manifest, &mut self.rng).unwrap();
        let mut whole = Vec::new();
        for (n, b) in self.blocks.iter().enumerate().take(to).skip(from) {
            match gap(n, b) {
                None => whole.push(b.clone()),
                Some(g) => {
                    w.blocks(std::mem::take(&mut whole), &mut self.rng).unwrap();
                    w.gap(g, &mut self.rng).unwrap();
                }
            }
        }
        w.blocks(whole, &mut self.rng).unwrap();
        w.rows("drafts", vec![(vec![1], vec![2])], &mut self.rng).unwrap();
        w.end(&mut self.rng).unwrap();
        path
    }

    fn replica(&self) -> Replica {
        Replica::new(self.desk.replica.governance().genesis().clone(), &[]).unwrap()
    }
}

fn root() -> Exchange {
    kit::exchange(&key(ORG_ROOT))
}

fn check(paths: &[PathBuf]) -> Result<(Checked, Counted), BackupError> {
    let chain = Chain::open(paths, &By::Kit(&root()))?;
    let mut counted = Counted::default();
    let c = chain.check(&mut counted, &mut |_, _| {})?;
    Ok((c, counted))
}

#[test]
fn a_chain_is_put_in_order_and_opened_by_passphrase_or_kit() {
    let mut p = Place::new();
    let (a, b, c) = (p.write("a", 0, 4), p.write("b", 4, 9), p.write("c", 9, 12));
    for order in [[&a, &b, &c], [&c, &a, &b], [&b, &c, &a]] {
        let paths = order.map(Clone::clone);
        let (checked, counted) = check(&paths).unwrap();
        assert_eq!((checked.files, checked.blocks, counted.blocks), (3, 12, 12));
        assert_eq!(counted.rows, [("drafts".to_string(), 1)], "of the newest only");
    }
    let paths = [a.clone(), b.clone(), c.clone()];
    let chain = Chain::open(&paths, &By::Passphrase("nila", "river stone 7")).unwrap();
    let opened = chain.opened.as_ref().unwrap();
    assert!(opened.root.is_none() && opened.staff == key(9));
    assert_eq!(chain.check(&mut Counted::default(), &mut |_, _| {}).unwrap().blocks, 12);
    assert!(matches!(
        Chain::open(&paths, &By::Passphrase("nila", "wrong stone")),
        Err(BackupError::Slots(SlotError::Wrong))
    ));
    let other = kit::exchange(&SigningKey::from_bytes(&[77; 32]));
    assert!(matches!(Chain::open(&paths, &By::Kit(&other)), Err(BackupError::WrongKit(_))));
    assert!(matches!(check(&[a.clone(), c.clone()]), Err(BackupError::Missing(_))));
    assert!(matches!(check(std::slice::from_ref(&b)), Err(BackupError::Missing(_))));
    assert!(matches!(check(&[a.clone(), a.clone()]), Err(BackupError::NotAChain(_))));
    let mut another = Place::new();
    another.rng = StdRng::seed_from_u64(6);
    let d = another.write("d", 0, 3);
    assert!(matches!(check(&[a, d]), Err(BackupError::NotAChain(_))), "two whole ones");
}

#[test]
fn damaged_cut_off_foreign_and_newer_files_are_told_apart() {
    let mut p = Place::new();
    let path = p.write("a", 0, 12);
    let good = fs::read(&path).unwrap();
    assert!(check(std::slice::from_ref(&path)).is_ok());
    let with = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        check(std::slice::from_ref(&path)).map(|_| ())
    };
    for at in (8..good.len()).step_by(61) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        let e = with(&bad).expect_err(&format!("flipped at {at}"));
        let told = matches!(
            e,
            BackupError::Damaged { .. }
                | BackupError::CutOff(_)
                | BackupError::WrongKit(_)
                | BackupError::Missing(_)
        );
        assert!(told, "flipped at {at}: {e}");
    }
    for cut in (0..good.len()).step_by(53) {
        let e = with(&good[..cut]).expect_err(&format!("cut at {cut}"));
        assert!(matches!(e, BackupError::CutOff(_) | BackupError::NotABackup(_)), "cut at {cut}: {e}");
    }
    let longer = [&good[..], b"more"].concat();
    assert!(matches!(with(&longer), Err(BackupError::Damaged { .. })));
    assert!(matches!(with(b"dear colleague"), Err(BackupError::NotABackup(_))));
    let mut newer = good.clone();
    newer[7] = b'1';
    assert!(matches!(with(&newer), Err(BackupError::Newer(_))));
    assert!(matches!(check(&[p.dir.path().join("none")]), Err(BackupError::Unread(..))));
}

fn content_gap(b: &Block) -> Gap {
    let rows = vec![("by-patient".to_string(), [&[7; 16][..], &[3; 30]].concat(), vec![])];
    Gap::Content { header: Box::new(b.signed.clone()), rows }
}

#[test]
fn what_could_not_be_read_is_named_and_everything_else_is_there() {
    let mut p = Place::new();
    // An entry of the terminal's own, in the middle; an increment goes on from there.
    let a = p.write_with("a", 0, 8, |n, b| (n == 4).then(|| content_gap(b)));
    let b = p.write("b", 8, 12);
    let (checked, counted) = check(&[a, b]).unwrap();
    assert_eq!(
        (checked.blocks, counted.blocks, checked.missing.contents, checked.missing.blocks),
        (11, 11, 1, 0)
    );
    assert_eq!(counted.bare, [p.blocks[4].signed.header.id()]);
    assert_eq!(checked.missing.patients, [PatientId([7; 16])].into());
    assert_eq!(checked.missing.words(), "the content of 1 entries");

    // Lost with its header: what follows it in its log goes too, other logs stay.
    let mut p = Place::new();
    let lost = |n: usize, b: &Block| {
        let h = &b.signed.header;
        (n == 4).then_some(Gap::Block { log: h.log, seq: h.seq })
    };
    let a = p.write_with("a", 0, 8, lost);
    let b = p.write("b", 8, 12);
    let (checked, counted) = check(&[a, b]).unwrap();
    assert_eq!(
        (checked.blocks, counted.blocks, checked.missing.blocks),
        (8, 8, 4),
        "4, 6, 8 and 10 are of one log"
    );
}

#[test]
fn a_header_that_nobody_signed_is_no_gap() {
    for bend in [
        |b: &mut Block| b.signed.header.payload_commit[0] ^= 1,
        |b: &mut Block| b.signed.header.seq += 1,
        |b: &mut Block| b.signed.header.kind = Kind::Records,
    ] {
        let mut p = Place::new();
        let a = p.write_with("a", 0, 8, |n, b| {
            let mut b = b.clone();
            bend(&mut b);
            (n == 4).then(|| content_gap(&b))
        });
        assert!(matches!(check(&[a]), Err(BackupError::Damaged { .. })));
    }
}

#[test]
fn a_writer_that_is_dropped_leaves_what_was_there() {
    let mut p = Place::new();
    let path = p.write("a", 0, 12);
    let before = fs::read(&path).unwrap();
    let found = read::Found::at(&path).unwrap();
    let chain = Chain::open(std::slice::from_ref(&path), &By::Kit(&root())).unwrap();
    let w = Writer::begin(&path, Secret::new([1; 32]), &found.header, chain.manifest.clone(), &mut p.rng);
    drop(w.unwrap());
    assert_eq!(fs::read(&path).unwrap(), before);
    let left = fs::read_dir(p.dir.path()).unwrap().count();
    assert_eq!(left, 2, "the backup and the slots");
}

#[test]
fn golden_backup_bytes() {
    let mut p = Place::new();
    let path = p.write("a", 0, 3);
    let bytes = fs::read(path).unwrap();
    golden("backup_v0.hex", &hex::encode(bytes));
}
