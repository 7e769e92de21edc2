//! Two stores: one on the disk with faults, and its twin on a good one, which says what the first must hold.

use std::{collections::BTreeMap, sync::Arc};

use aidpost::{
    core::block::Block,
    store::{Author, Db, StoreError},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    Counts, FAULTS,
    rows::{Rows, difference, rows},
    writes::{Write, block_bytes, first_log, perform},
};
use crate::{
    disk::{Fault, FaultyDisk},
    peer::{Face, STORE_ID, page_key},
    world::{BEGIN, World},
};

/// What the store may hold, and the twin's disk when it did.
struct Moment {
    rows: Rows,
    image: Vec<u8>,
}

pub(crate) struct Rig {
    pub(crate) rng: StdRng,
    pub(crate) counts: Counts,
    pub(crate) schedule: Vec<String>,
    disk: FaultyDisk,
    db: Db,
    twin_disk: FaultyDisk,
    twin: Db,
    author: Author,
    /// Writes what is received here.
    other: Face,
    received: Vec<Block>,
    /// What the store may hold after a crash: the last moment, and those before it that a lying drive may fall back to.
    moments: Vec<Moment>,
}

fn open(disk: &FaultyDisk) -> Result<Db, StoreError> {
    Db::open_on(Arc::new(disk.clone()), page_key(), STORE_ID)
}

impl Rig {
    pub(crate) fn new(seed: u64) -> Self {
        // A small world lends its founding documents, a terminal and a colleague.
        let mut world = World::new(2 * seed + 1);
        let ledger = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
        let id = world.identity(0, ledger.clone());
        let colleague = world.identity(0, ed25519_dalek::SigningKey::from_bytes(&[8; 32]));
        let mut other = world.face(colleague);
        let certified = aidpost::core::governance::Statement::Device(id.cert.clone());
        let theirs = aidpost::core::governance::Statement::Device(other.id.cert.clone());
        let first = |s| aidpost::core::codec::encode(&vec![s]);
        let kind = aidpost::core::block::Kind::Governance;
        let mut rng = StdRng::seed_from_u64(seed);
        let received: Vec<Block> = other.write(BEGIN, &mut rng, kind, first(theirs)).into_iter().collect();
        let author = Author { log: first_log(&id), key: ledger };
        let make = |name: &str| {
            let disk = FaultyDisk::new(name);
            let new: Arc<FaultyDisk> = Arc::new(disk.clone());
            let mut db = Db::create_on(new, page_key(), STORE_ID, &world.genesis, &world.acts, &[])
                .expect("a new store");
            let mut rng = StdRng::seed_from_u64(seed);
            let said = vec![crate::world::statements(std::slice::from_ref(&certified))];
            db.author(&author, BEGIN, &mut rng, said, &Default::default()).expect("a first block");
            (disk, db)
        };
        let ((disk, db), (twin_disk, twin)) = (make("store"), make("twin"));
        let mut rig = Self {
            rng,
            counts: BTreeMap::new(),
            schedule: vec![format!("seed {seed}")],
            disk,
            db,
            twin_disk,
            twin,
            author,
            other,
            received,
            moments: Vec::new(),
        };
        rig.remember();
        rig
    }

    /// The store with its disk and page key, without its twin.
    pub(crate) fn into_store(self) -> (FaultyDisk, Db, aidpost::vault::Secret) {
        (self.disk, self.db, page_key())
    }

    fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn note(&mut self, what: String) {
        self.schedule.push(what);
    }

    /// The twin's state is what is acknowledged now.
    fn remember(&mut self) {
        if !self.disk.lied() {
            self.moments.clear();
        }
        let rows = rows(&self.twin).expect("the twin reads");
        self.moments.push(Moment { rows, image: self.twin_disk.image() });
    }

    fn some_write(&mut self) -> Write {
        match self.rng.random_range(0..11) {
            0..=3 => Write::Author,
            4..=6 => {
                for _ in 0..self.rng.random_range(1..8) {
                    let (kind, bytes) = block_bytes(&mut self.rng);
                    let made = self.other.write(BEGIN, &mut self.rng, kind, bytes);
                    self.received.extend(made);
                }
                // All of them each time: what is known is skipped, and what a crash took is brought again.
                Write::Accept(self.received.clone())
            }
            7 => Write::Draft,
            8 => Write::Cards,
            9 => Write::Renew,
            _ => Write::Peer(self.twin.replica().frontier()),
        }
    }

    /// Writes to both. The store's answer; when it said yes, the twin's state is acknowledged.
    fn write(&mut self, why: &str) -> Result<bool, String> {
        let (write, seed) = (self.some_write(), self.rng.random());
        perform(&mut self.twin, &write, seed, &self.author).map_err(|e| format!("the twin: {e}"))?;
        let done = perform(&mut self.db, &write, seed, &self.author);
        let said = done.as_ref().map_or_else(ToString::to_string, |()| "saved".into());
        self.note(format!("{} ({why}): {said}", write.name()));
        if done.is_ok() {
            self.remember();
        }
        Ok(done.is_ok())
    }

    /// A write on a disk that is well.
    pub(crate) fn write_well(&mut self) -> Result<(), String> {
        match self.write("all is well")? {
            true => Ok(()),
            false => Err("a write failed without a fault".into()),
        }
    }

    /// A write during which something goes wrong.
    pub(crate) fn write_under(&mut self, fault: Fault) -> Result<(), String> {
        let most = if self.rng.random_bool(0.5) { 12 } else { 80 };
        let at = self.rng.random_range(0..most);
        self.disk.set_fault(Some((at, fault)), &mut self.rng);
        let acknowledged = self.write(&format!("{fault:?} at call {at}"))?;
        self.disk.set_fault(None, &mut self.rng);
        if !acknowledged {
            self.count(if fault == Fault::PowerCut { FAULTS[0] } else { FAULTS[3] });
        }
        if fault == Fault::PowerCut || self.rng.random_bool(0.3) {
            self.crash_and_open(!acknowledged)?;
        } else if !acknowledged {
            // As the store's own thread does.
            self.db.reopen().map_err(|e| format!("does not open after an error: {e}"))?;
            self.compare(true)?;
            if self.rng.random_bool(0.5) {
                // What is shown now must also be there when the power goes.
                self.write_well()?;
                self.crash_and_open(false)?;
            }
        }
        Ok(())
    }

    /// A write that finds no room, and goes well once there is some.
    pub(crate) fn write_when_full(&mut self) -> Result<(), String> {
        let room = self.rng.random_range(0..20);
        self.disk.set_room(Some(room));
        let acknowledged = self.write(&format!("full after {room} writes"))?;
        if !acknowledged {
            self.count("disk full");
        }
        let latched = !acknowledged && self.db.reopen().is_err();
        self.disk.set_room(None);
        if latched {
            self.db.reopen().map_err(|e| format!("does not open when there is room again: {e}"))?;
        }
        self.compare(!acknowledged)
    }

    /// The power goes while nothing is written.
    pub(crate) fn power_cut_between(&mut self) -> Result<(), String> {
        self.count("power cut between two writes");
        self.crash_and_open(false)
    }

    /// A drive acknowledges syncs for a while and doesn't do them. Then the power goes, or it does them after all.
    pub(crate) fn lies(&mut self) -> Result<(), String> {
        self.disk.set_lying(true);
        self.count("syncs that were not done");
        for _ in 0..self.rng.random_range(1..4) {
            self.write("the drive lies")?;
        }
        if self.rng.random_bool(0.3) {
            self.disk.set_lying(false);
            self.write_well()?;
        }
        self.crash_and_open(false)
    }

    /// A read goes wrong while the store is opened. It may refuse then, but not the next time.
    pub(crate) fn open_under(&mut self, fault: Fault) -> Result<(), String> {
        let at = self.rng.random_range(0..12);
        self.disk.crash(&mut self.rng);
        self.disk.set_fault(Some((at, fault)), &mut self.rng);
        let first = open(&self.disk);
        self.disk.set_fault(None, &mut self.rng);
        let said = first.as_ref().map_or_else(ToString::to_string, |_| "opens".into());
        self.note(format!("opening, {fault:?} at read {at}: {said}"));
        match first {
            Ok(db) => self.db = db,
            Err(StoreError::NotAStore(p)) if fault == Fault::ReadError => {
                return Err(format!("a read error passes for another file: {}", p.display()));
            }
            Err(_) => {
                self.count(if fault == Fault::ShortRead { "short read" } else { "read failed" });
                self.db = open(&self.disk).map_err(|e| format!("does not open: {e}"))?;
            }
        }
        self.compare(false)
    }

    /// The power goes, maybe again while the store opens.
    fn crash_and_open(&mut self, in_flight: bool) -> Result<(), String> {
        let (before, lied) = (self.moments.len(), self.disk.lied());
        let lost = self.disk.crash(&mut self.rng);
        self.note(format!("power cut; something was lost: {lost}"));
        if self.rng.random_bool(0.3) {
            let at = self.rng.random_range(0..6);
            self.disk.set_fault(Some((at, Fault::PowerCut)), &mut self.rng);
            let cut = open(&self.disk).is_err();
            self.note(format!("power cut at write {at} while opening: {cut}"));
            if cut {
                self.count("power cut while opening");
            }
            self.disk.crash(&mut self.rng);
        }
        self.db = open(&self.disk).map_err(|e| format!("does not open: {e}"))?;
        self.compare(in_flight)?;
        if lied && before > 1 && self.moments[0].rows.len() > 1 {
            self.count("acknowledged writes lost by a drive that lied");
        }
        Ok(())
    }

    /// The store holds what was acknowledged, or (with `in_flight`) also all of the one write that was not; the twin
    /// follows. A drive that lied may have fallen back to any moment since it began.
    fn compare(&mut self, in_flight: bool) -> Result<(), String> {
        let held = rows(&self.db).map_err(|e| format!("does not read: {e}"))?;
        if in_flight {
            let rows = rows(&self.twin).map_err(|e| format!("the twin: {e}"))?;
            self.moments.push(Moment { rows, image: self.twin_disk.image() });
        }
        let Some(i) = self.moments.iter().rposition(|m| m.rows == held) else {
            let wanted = self.moments.iter().map(|m| difference(&held, &m.rows)).collect::<Vec<_>>();
            return Err(format!("holds what never was: {}", wanted.join("; or ")));
        };
        let moment = self.moments.swap_remove(i);
        self.twin_disk.put_image(&moment.image);
        self.twin = open(&self.twin_disk).map_err(|e| format!("the twin: {e}"))?;
        self.moments = vec![moment];
        if self.db.replica().frontier() != self.twin.replica().frontier() {
            return Err("its ledger is not the one that its rows tell of".into());
        }
        Ok(())
    }

    /// Every page and every block, as a stranger would check them.
    pub(crate) fn verifies(&mut self) -> Result<(), String> {
        let found = self.db.verify().map_err(|e| e.to_string())?;
        // A header page that a crash tore stays until the next commit writes over it.
        let torn = |d: &String| d.starts_with("page 0 ");
        match found.damage.iter().find(|d| !torn(d)) {
            Some(d) => Err(format!("verify: {d}")),
            None => Ok(()),
        }
    }
}
