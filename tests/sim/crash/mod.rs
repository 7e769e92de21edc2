//! The real store on a disk with faults. After each of them: it opens, every acknowledged write is there, no other one is
//! half there, and the rest goes on.
//!
//! `scripts/crash-test --seeds N [--seed S]` runs it. A seed decides everything; one that fails prints its schedule.

mod flips;
mod reseal;
mod rig;
mod rows;
mod writes;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use rand::RngExt;
use rig::Rig;

use super::{disk::Fault, setting};

/// Every fault, by the name that it is counted under.
const FAULTS: [&str; 9] = [
    "power cut at a write or sync",
    "power cut between two writes",
    "power cut while opening",
    "write or sync failed",
    "disk full",
    "short read",
    "read failed",
    "syncs that were not done",
    "acknowledged writes lost by a drive that lied",
];

type Counts = BTreeMap<&'static str, u64>;

/// Runs one seed to its end. On failure: what failed, and the schedule.
fn run(seed: u64) -> Result<Counts, (String, Vec<String>)> {
    let mut rig = Rig::new(seed);
    match story(&mut rig) {
        Ok(()) => Ok(rig.counts),
        Err(e) => Err((e, rig.schedule)),
    }
}

fn story(rig: &mut Rig) -> Result<(), String> {
    let rounds = rig.rng.random_range(6..12);
    for _ in 0..rounds {
        for _ in 0..rig.rng.random_range(0..4) {
            rig.write_well()?;
        }
        match rig.rng.random_range(0..9) {
            0..=2 => rig.write_under(Fault::PowerCut)?,
            3 => rig.write_under(Fault::Error)?,
            4 => rig.write_when_full()?,
            5 => rig.power_cut_between()?,
            6 => rig.lies()?,
            7 => rig.open_under(Fault::ShortRead)?,
            _ => rig.open_under(Fault::ReadError)?,
        }
    }
    rig.power_cut_between()?;
    rig.verifies()
}

/// `AIDPOST_CRASH_SEEDS` seeds from `AIDPOST_CRASH_FROM` on, on all cores; or the one of `AIDPOST_CRASH_SEED`.
#[test]
fn the_store_survives_every_seed() {
    if let Some(seed) = setting("AIDPOST_CRASH_SEED") {
        match run(seed) {
            Ok(counts) => println!("seed {seed} holds: {counts:?}"),
            Err((e, schedule)) => panic!("seed {seed}: {e}\n{}", schedule.join("\n")),
        }
        return;
    }
    let from = setting("AIDPOST_CRASH_FROM").unwrap_or(0);
    let seeds = setting("AIDPOST_CRASH_SEEDS").unwrap_or(300);
    let next = AtomicU64::new(from);
    let (total, failed) = (Mutex::new(Counts::new()), Mutex::new(None));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= from + seeds {
                return;
            }
            match run(seed) {
                Ok(counts) => {
                    let mut total = total.lock().unwrap();
                    counts.into_iter().for_each(|(what, n)| *total.entry(what).or_default() += n);
                }
                Err(f) => {
                    next.store(from + seeds, Ordering::Relaxed);
                    *failed.lock().unwrap() = Some((seed, f));
                }
            }
        }
    };
    std::thread::scope(|scope| (0..cores).for_each(|_| drop(scope.spawn(work))));
    if let Some((seed, (e, schedule))) = failed.into_inner().unwrap() {
        panic!("seed {seed}: {e}\n{}\nagain: scripts/crash-test --seed {seed}", schedule.join("\n"));
    }
    let total = total.into_inner().unwrap();
    println!("{seeds} seeds from {from}");
    for (what, n) in &total {
        println!("{n:>9}  {what}");
    }
    if seeds >= 100 {
        for what in FAULTS {
            assert!(total.get(what).is_some_and(|n| *n > 0), "'{what}' never happened");
        }
    }
}
