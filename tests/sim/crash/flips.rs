//! Damage by the bit: in a file that was closed, nothing that is changed is ever returned as data, and every page that is
//! hit is named. What other pages hold goes on.

use std::{
    collections::BTreeSet,
    io,
    panic::catch_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use aidpost::store::{
    StoreError,
    disk::{Disk, Medium},
    pages::{DamagedPage, SealedFile, scan},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use redb::{Database, ReadableDatabase, TableDefinition};

use crate::{
    disk::FaultyDisk,
    peer::{STORE_ID, page_key},
};

const T: TableDefinition<u64, &[u8]> = TableDefinition::new("values");
const VALUES: u64 = 200;
const FLIPS: u64 = 10_000;
/// Bytes of a sealed page, and where page 1 begins: as ARCHITECTURE.md says.
const SLOT: usize = 4096 + 40;
const PAGES: usize = 4096 + 2 * 8192;

fn value(i: u64) -> Vec<u8> {
    let mut v = vec![0u8; 2_600];
    rand::Rng::fill_bytes(&mut StdRng::seed_from_u64(i), &mut v);
    v
}

fn open(disk: &FaultyDisk) -> Result<Database, StoreError> {
    let file = SealedFile::open_on(disk.open()?, disk.path(), page_key(), STORE_ID)?;
    Ok(Database::builder().create_with_backend(file)?)
}

/// Notes where it is read.
struct Noted {
    medium: Box<dyn Medium>,
    read: Arc<Mutex<BTreeSet<usize>>>,
}

impl Medium for Noted {
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        self.read.lock().unwrap().extend((offset as usize..offset as usize + out.len()).step_by(SLOT));
        self.medium.read_exact_at(out, offset)
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.medium.write_all_at(data, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.medium.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.medium.sync_data()
    }

    fn unlock(&self) -> io::Result<()> {
        self.medium.unlock()
    }
}

/// Where the pages begin that are read when a closed file is opened and every value read.
fn in_use(image: &[u8]) -> Vec<usize> {
    let disk = FaultyDisk::new("noted");
    disk.put_image(image);
    let read: Arc<Mutex<BTreeSet<usize>>> = Arc::default();
    let medium = Box::new(Noted { medium: disk.open().unwrap(), read: read.clone() });
    let file = SealedFile::open_on(medium, disk.path(), page_key(), STORE_ID).unwrap();
    let db = Database::builder().create_with_backend(file).unwrap();
    (0..VALUES).for_each(|i| assert!(get(&db, i).unwrap() == Some(value(i))));
    let read = read.lock().unwrap().clone();
    read.into_iter().filter(|at| *at >= PAGES && (at - PAGES).is_multiple_of(SLOT)).collect()
}

fn get(db: &Database, i: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let tx = db.begin_read()?;
    let t = tx.open_table(T)?;
    Ok(t.get(i)?.map(|v| v.value().to_vec()))
}

/// A file of `VALUES` values, closed; and the same file as it was before the last of its transactions.
fn closed() -> (Vec<u8>, Vec<u8>) {
    let disk = FaultyDisk::new("closed");
    let file = SealedFile::create_on(disk.create().unwrap(), disk.path(), page_key(), STORE_ID).unwrap();
    let mut db = Some(Database::builder().create_with_backend(file).unwrap());
    let mut before = Vec::new();
    for part in 0..2 {
        let mut tx = db.as_ref().unwrap().begin_write().unwrap();
        tx.set_quick_repair(true);
        {
            let mut t = tx.open_table(T).unwrap();
            for i in (0..VALUES).filter(|i| i % 2 == part) {
                t.insert(i, value(i).as_slice()).unwrap();
            }
        }
        tx.commit().unwrap();
        drop(db.take());
        if part == 0 {
            before = disk.image();
            db = Some(open(&disk).unwrap());
        }
    }
    (before, disk.image())
}

/// Reads every value of a changed file: how many could be read, all of them right. What can't be read names `page`.
fn reads(disk: &FaultyDisk, page: Option<u64>) -> u64 {
    let named = |e: &StoreError| {
        let wanted = page.map(|p| format!("page {p} "));
        assert!(
            wanted.as_ref().is_some_and(|w| e.to_string().contains(w)),
            "page {page:?} was hit, and the error says: {e}"
        );
    };
    let mut db = match open(disk) {
        Ok(db) => db,
        Err(e) => {
            named(&e);
            return 0;
        }
    };
    let (mut good, mut failed) = (0, 0);
    for i in 0..VALUES {
        match get(&db, i) {
            Ok(v) => {
                assert!(v == Some(value(i)), "value {i} is wrong");
                good += 1;
            }
            Err(e) => {
                named(&e);
                failed += 1;
                // A page above the leaves: the others below it fail alike.
                if failed > 20 {
                    return good;
                }
                drop(db);
                db = open(disk).unwrap();
            }
        }
    }
    good
}

#[test]
fn no_flipped_bit_is_returned_as_data() {
    let (_, image) = closed();
    let clean = FaultyDisk::new("clean");
    clean.put_image(&image);
    assert_eq!(scan(&clean, &page_key(), STORE_ID).unwrap().1, []);
    assert_eq!(reads(&clean, None), VALUES);
    let slots = in_use(&image);
    let (next, needed, whole) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let disk = FaultyDisk::new("flipped");
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= FLIPS {
                return;
            }
            let mut rng = StdRng::seed_from_u64(n);
            // Most in pages that are in use; the others anywhere behind the plain header.
            let wanted = n % 20 != 0;
            let at = match wanted {
                true => slots[rng.random_range(0..slots.len())] + rng.random_range(0..SLOT),
                false => rng.random_range(4096..image.len()),
            };
            let mut bad = image.clone();
            bad[at] ^= 1 << rng.random_range(0..8);
            disk.put_image(&bad);
            let (_, found) = scan(&disk, &page_key(), STORE_ID).unwrap();
            let page = if at < PAGES { 0 } else { ((at - PAGES) / SLOT) as u64 + 1 };
            let names: Vec<u64> = found.iter().map(|DamagedPage { page, .. }| *page).collect();
            // A page that was never written may lie beyond what the file counts as its own.
            assert!(
                names == [page] || !wanted && names.is_empty(),
                "bit at {at}: page {page}, named {names:?}"
            );
            let good = reads(&disk, Some(page));
            needed.fetch_add(u64::from(good < VALUES), Ordering::Relaxed);
            whole.fetch_add(good, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    let (needed, read) = (needed.into_inner(), whole.into_inner());
    let share = 100.0 * read as f64 / (FLIPS * VALUES) as f64;
    println!(
        "{FLIPS} flips, {} in pages in use: wrong data 0; {needed} in pages that a value needs; {share:.1}% of all values read",
        FLIPS - FLIPS.div_ceil(20)
    );
    assert!(needed >= 9_000, "only {needed} flips hit a page that a value needs");
    assert!(share > 90.0, "only {share:.1}% of the values could be read: the rest must go on");
}

#[test]
fn pages_swapped_cut_off_or_replayed() {
    let (before, image) = closed();
    let disk = FaultyDisk::new("moved");
    let slot = |p: usize| PAGES + (p - 1) * SLOT..PAGES + p * SLOT;
    let mut rng = StdRng::seed_from_u64(1);
    let last = (image.len() - PAGES) / SLOT;
    let used: Vec<usize> = (1..=last).filter(|p| image[slot(*p)].iter().any(|b| *b != 0)).collect();
    for _ in 0..50 {
        let (a, b) = (used[rng.random_range(0..used.len())], used[rng.random_range(0..used.len())]);
        if a == b {
            continue;
        }
        let mut bad = image.clone();
        bad[slot(a)].copy_from_slice(&image[slot(b)]);
        disk.put_image(&bad);
        let named: Vec<u64> = scan(&disk, &page_key(), STORE_ID).unwrap().1.iter().map(|d| d.page).collect();
        assert_eq!(named, [a as u64], "a page in another's place");
        reads(&disk, Some(a as u64));
    }
    disk.put_image(&image[..slot(*used.last().unwrap()).start + 100]);
    assert!(!scan(&disk, &page_key(), STORE_ID).unwrap().1.is_empty(), "a file cut short");
    let mut replayed = 0;
    for p in used.iter().filter(|p| slot(**p).end <= before.len()) {
        let (old, new) = (&before[slot(*p)], &image[slot(*p)]);
        if old == new || old.iter().all(|b| *b == 0) {
            continue;
        }
        let mut bad = image.clone();
        bad[slot(*p)].copy_from_slice(old);
        disk.put_image(&bad);
        // The seal opens. The database's own checksums, which `verify` asks, tell; a page in no use changes nothing.
        let whole = catch_unwind(|| open(&disk).is_ok_and(|mut db| matches!(db.check_integrity(), Ok(true))));
        let told = !matches!(whole, Ok(true));
        let right = || {
            let db = open(&disk).unwrap();
            (0..VALUES).all(|i| get(&db, i).unwrap() == Some(value(i)))
        };
        assert!(told || right(), "page {p} replayed and not told");
        replayed += u32::from(told);
    }
    assert!(replayed > 0, "no replayed page was in use");
    println!("{replayed} replayed pages told");
}
