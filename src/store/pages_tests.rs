use std::fs;

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};

use super::*;

const T: TableDefinition<u64, &[u8]> = TableDefinition::new("t");
const ID: [u8; 16] = [6; 16];

fn key() -> Secret {
    Secret::new([8; 32])
}

fn open(path: &Path) -> Database {
    let f = SealedFile::open(path, key(), ID).unwrap();
    Database::builder().create_with_backend(f).unwrap()
}

fn filled(path: &Path, n: u64) {
    let f = SealedFile::create(path, key(), ID).unwrap();
    let db = Database::builder().create_with_backend(f).unwrap();
    for round in 0..n {
        let mut tx = db.begin_write().unwrap();
        tx.set_quick_repair(true);
        {
            let mut t = tx.open_table(T).unwrap();
            for i in 0..20 {
                t.insert(round * 20 + i, format!("Nila Devi {round} {i}").repeat(20).as_bytes()).unwrap();
            }
        }
        tx.commit().unwrap();
    }
}

#[test]
fn what_was_written_is_there_again_and_nothing_is_readable() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    filled(&path, 10);
    let db = open(&path);
    let tx = db.begin_read().unwrap();
    let t = tx.open_table(T).unwrap();
    assert_eq!(t.iter().unwrap().count(), 200);
    assert_eq!(t.get(7).unwrap().unwrap().value(), "Nila Devi 0 7".repeat(20).as_bytes());
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.windows(4).any(|w| w == b"Nila" || w == b"redb"));
    assert_eq!(scan(&FileAt(path.clone()), &key(), ID).unwrap().1, []);
}

#[test]
fn a_second_process_a_wrong_key_and_a_wrong_file_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    filled(&path, 1);
    {
        let _held = open(&path);
        assert!(matches!(SealedFile::open(&path, key(), ID), Err(StoreError::Busy(_))));
    }
    assert!(matches!(SealedFile::open(&path, Secret::new([1; 32]), ID), Err(StoreError::Damaged(_))));
    assert!(matches!(SealedFile::open(&path, key(), [7; 16]), Err(StoreError::NotAStore(_))));
    fs::write(&path, b"something else").unwrap();
    assert!(matches!(SealedFile::open(&path, key(), ID), Err(StoreError::NotAStore(_))));
}

#[test]
fn a_flipped_byte_is_named_and_never_returned() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    filled(&path, 10);
    let good = fs::read(&path).unwrap();
    let slots = (good.len() as u64 - FIRST_PAGE) / SLOT as u64;
    let mut hit = 0;
    for page in 1..=slots {
        let at = slot_offset(page) as usize + 100;
        if good[at - 100..at - 60].iter().all(|b| *b == 0) {
            continue;
        }
        hit += 1;
        let mut bad = good.clone();
        bad[at] ^= 4;
        fs::write(&path, &bad).unwrap();
        let (_, found) = scan(&FileAt(path.clone()), &key(), ID).unwrap();
        assert_eq!(found, [DamagedPage { page, offset: slot_offset(page) }]);
        // Whatever can still be read is right.
        let f = SealedFile::open(&path, key(), ID).unwrap();
        let Ok(db) = Database::builder().create_with_backend(f) else { continue };
        let Ok(tx) = db.begin_read() else { continue };
        let Ok(t) = tx.open_table(T) else { continue };
        for i in 0..200u64 {
            if let Ok(v) = t.get(i) {
                let want = format!("Nila Devi {} {}", i / 20, i % 20).repeat(20);
                assert_eq!(v.unwrap().value(), want.as_bytes());
            }
        }
    }
    assert!(hit > 10, "{hit} pages in use");
}

#[test]
fn a_torn_header_page_falls_back_to_the_last_synced_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    filled(&path, 3);
    let good = fs::read(&path).unwrap();
    let both = (0..2).map(|s| {
        let mut bad = good.clone();
        let at = (HEADS + s * HEAD_SLOT) as usize + 200;
        bad[at..at + 300].fill(0);
        fs::write(&path, &bad).unwrap();
        let f = SealedFile::open(&path, key(), ID).unwrap();
        assert!(Database::builder().create_with_backend(f).is_ok(), "slot {s}");
        scan(&FileAt(path.clone()), &key(), ID).unwrap().1.len()
    });
    // Opening wrote a new generation over the torn one; the scan is clean again or names just the torn one.
    assert!(both.max().unwrap() <= 1);
}

#[test]
fn pages_swapped_or_cut_off_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    filled(&path, 5);
    let good = fs::read(&path).unwrap();
    let (a, b) = (slot_offset(1) as usize, slot_offset(2) as usize);
    let mut swapped = good.clone();
    swapped[a..a + SLOT].copy_from_slice(&good[b..b + SLOT]);
    swapped[b..b + SLOT].copy_from_slice(&good[a..a + SLOT]);
    fs::write(&path, &swapped).unwrap();
    assert_eq!(scan(&FileAt(path.clone()), &key(), ID).unwrap().1.len(), 2);
    fs::write(&path, &good[..good.len() - SLOT]).unwrap();
    assert_eq!(scan(&FileAt(path.clone()), &key(), ID).unwrap().1.len(), 1);
}

#[test]
fn golden_page() {
    let plain: [u8; PAGE] = std::array::from_fn(|i| (i % 251) as u8);
    let mut slot = [0; SLOT];
    Pages::new(&key()).seal(&[3; 24], Bound { id: &ID, page: 9 }, &plain, &mut slot);
    crate::testing::golden("page_slot_v0.hash", &blake3::hash(&slot).to_string());
}
