//! The store is sealed under another key on a disk with faults: afterwards one of the two keys opens it, never both and never
//! none, and every row is there.

use std::sync::Arc;

use aidpost::{
    store::{Db, StoreError, disk::Disk, pages::opens_with},
    vault::Secret,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    rig::Rig,
    rows::{difference, rows},
};
use crate::{
    disk::{Fault, FaultyDisk},
    peer::STORE_ID,
    setting,
};

fn open(disk: &FaultyDisk, key: &Secret) -> Result<Db, StoreError> {
    Db::open_on(Arc::new(disk.clone()), key.clone(), STORE_ID)
}

/// A store with some rows, its disk and its key; the same for the same seed.
fn some_store(seed: u64) -> Result<(FaultyDisk, Db, Secret), String> {
    let mut rig = Rig::new(seed);
    for _ in 0..seed % 5 + 1 {
        rig.write_well()?;
    }
    Ok(rig.into_store())
}

/// How many writes and syncs come before the step that puts the new file in its place.
fn calls(seed: u64) -> Result<u32, String> {
    const FAR: u32 = 1_000_000;
    let (disk, mut db, _) = some_store(seed)?;
    disk.set_fault(Some((FAR, Fault::PowerCut)), &mut StdRng::seed_from_u64(seed));
    db.reseal(Secret::new([8; 32]), &mut |_, _| {}).map_err(|e| e.to_string())?;
    Ok(FAR - disk.left_at_replacing().ok_or("nothing was put in its place")?)
}

/// One seed: whether the fault came before the end, and whether the new key was the one.
fn run(seed: u64) -> Result<(bool, bool), String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (disk, mut db, old) = some_store(seed)?;
    let wanted = rows(&db).map_err(|e| e.to_string())?;
    let new = Secret::random(&mut rng);
    let fault = match rng.random_range(0..4) {
        0 => Some(Fault::Error),
        1 => None,
        _ => Some(Fault::PowerCut),
    };
    // Some faults come after the end, some at the very last step.
    let at = match rng.random_range(0..3) {
        0 => calls(seed)?,
        1 => rng.random_range(0..12),
        _ => rng.random_range(0..140),
    };
    disk.set_fault(fault.map(|f| (at, f)), &mut rng);
    if rng.random_bool(0.1) {
        disk.set_room(Some(rng.random_range(0..30)));
    }
    let mut told = (0, 0);
    let done = db.reseal(new.clone(), &mut |done, of| told = (done, of));
    disk.set_fault(None, &mut rng);
    disk.set_room(None);
    if done.is_ok() && told.0 != told.1 {
        return Err(format!("ended at {} of {} rows", told.0, told.1));
    }
    if fault == Some(Fault::PowerCut) || rng.random_bool(0.5) {
        drop(db);
        disk.crash(&mut rng);
    } else {
        if done.is_ok() {
            // What was acknowledged goes on in the same process.
            let held = rows(&db).map_err(|e| format!("does not read on: {e}"))?;
            if held != wanted {
                return Err(difference(&held, &wanted));
            }
        }
        drop(db);
    }
    let under = |k: &Secret| opens_with(&disk, k, STORE_ID).map_err(|e| e.to_string());
    let (by_old, by_new) = (under(&old)?, under(&new)?);
    if by_old == by_new {
        return Err(format!("old key: {by_old}, new key: {by_new}"));
    }
    if done.is_ok() && !by_new {
        return Err("acknowledged, and the old key opens it".into());
    }
    let db = open(&disk, if by_new { &new } else { &old }).map_err(|e| format!("does not open: {e}"))?;
    let held = rows(&db).map_err(|e| format!("does not read: {e}"))?;
    if held != wanted {
        return Err(difference(&held, &wanted));
    }
    disk.remove_beside().map_err(|e| e.to_string())?;
    Ok((done.is_err(), by_new))
}

#[test]
fn another_key_survives_every_seed() {
    let from = setting("AIDPOST_CRASH_FROM").unwrap_or(0);
    let seeds = setting("AIDPOST_CRASH_SEEDS").unwrap_or(300);
    let (mut failed, mut changed, mut cut_and_changed) = (0, 0, 0);
    for seed in from..from + seeds {
        let (stopped, new) = run(seed).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        failed += u64::from(stopped);
        changed += u64::from(new);
        cut_and_changed += u64::from(stopped && new);
    }
    println!(
        "{seeds} changes of the key: {failed} stopped by a fault, {changed} under the new key, {cut_and_changed} both"
    );
    assert!(seeds < 100 || failed > 0 && changed > 0 && cut_and_changed > 0);
}

/// A key that was deleted is in no page of the new file, and in pages of the old one.
#[test]
fn what_was_deleted_is_not_copied() {
    let (disk, mut db, old) = Rig::new(1).into_store();
    let planted = b"a wrapped key that was deleted and must be gone".to_vec();
    db.put(aidpost::store::tables::DRAFTS, &[7; 32], Some(&planted)).unwrap();
    db.put::<Vec<u8>>(aidpost::store::tables::DRAFTS, &[7; 32], None).unwrap();
    assert!(
        plain_pages(&disk, &old).windows(planted.len()).any(|w| w == planted),
        "redb keeps what was freed"
    );
    let new = Secret::new([8; 32]);
    db.reseal(new.clone(), &mut |_, _| {}).unwrap();
    drop(db);
    assert!(!plain_pages(&disk, &new).windows(planted.len()).any(|w| w == planted));
}

/// Every page of the file that opens, one after the other.
fn plain_pages(disk: &FaultyDisk, key: &Secret) -> Vec<u8> {
    use aidpost::store::pages::SealedFile;
    let file = SealedFile::open_on(disk.open().unwrap(), disk.path(), key.clone(), STORE_ID).unwrap();
    let len = redb::StorageBackend::len(&file).unwrap();
    let mut out = Vec::new();
    let mut page = [0u8; 4096];
    for n in 0..len / 4096 {
        if redb::StorageBackend::read(&file, n * 4096, &mut page).is_ok() {
            out.extend_from_slice(&page);
        }
    }
    out
}
