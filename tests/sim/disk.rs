//! A disk in memory that loses, at a crash, what was not synced: any part of it, also in the middle of a write. It fails
//! where it is told to, and it may lie about having synced.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aidpost::store::{
    StoreError,
    disk::{Disk, Medium},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};

/// What a drive writes whole.
const SECTOR: usize = 512;

#[derive(Clone)]
enum Write {
    Bytes(u64, Vec<u8>),
    Length(u64),
}

/// What goes wrong at a chosen call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The power goes at this write or sync; what it was writing is torn like everything unsynced.
    PowerCut,
    /// This write or sync fails. After a failed sync the system shows what it may have given up.
    Error,
    /// This read brings only a part.
    ShortRead,
    /// This read fails.
    ReadError,
}

/// One file of the disk.
#[derive(Default)]
struct Contents {
    /// What a crash leaves for certain.
    durable: Vec<u8>,
    /// What reads see.
    seen: Vec<u8>,
    /// Written since the last sync.
    pending: Vec<Write>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<u64, Contents>,
    /// Which of them is the store.
    main: u64,
    /// Which of them lies beside it.
    beside: Option<u64>,
    left_at_replacing: Option<u32>,
    /// Counts crashes: a medium of an earlier life is dead.
    life: u64,
    /// The disk is full after this many more writes.
    room: Option<u32>,
    /// After so many more calls that it can befall.
    fault: Option<(u32, Fault)>,
    /// Syncs are acknowledged and not done.
    lying: bool,
    /// What is pending was said to be synced.
    lied: bool,
    /// Chooses what a failed sync gives up.
    salt: u64,
}

impl State {
    fn file(&mut self, n: u64) -> &mut Contents {
        self.files.entry(n).or_default()
    }

    fn store(&mut self) -> &mut Contents {
        self.file(self.main)
    }

    /// Counts a call; the fault, when its turn has come.
    fn befalls(&mut self, reading: bool) -> Option<Fault> {
        let (left, fault) = self.fault.as_mut()?;
        if reading != matches!(fault, Fault::ShortRead | Fault::ReadError) {
            return None;
        }
        if *left > 0 {
            *left -= 1;
            return None;
        }
        self.fault.take().map(|(_, f)| f)
    }
}

/// Some sectors of a write.
fn torn(at: u64, data: &[u8], rng: &mut StdRng, durable: &mut Vec<u8>) {
    for (i, sector) in data.chunks(SECTOR).enumerate() {
        if rng.random_bool(0.5) {
            apply(durable, &Write::Bytes(at + (i * SECTOR) as u64, sector.to_vec()));
        }
    }
}

fn apply(bytes: &mut Vec<u8>, w: &Write) {
    match w {
        Write::Length(n) => bytes.resize(*n as usize, 0),
        Write::Bytes(at, data) => {
            let end = *at as usize + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at as usize..end].copy_from_slice(data);
        }
    }
}

/// The disk of one node.
#[derive(Clone)]
pub(crate) struct FaultyDisk {
    state: Arc<Mutex<State>>,
    name: PathBuf,
}

impl FaultyDisk {
    pub(crate) fn new(name: &str) -> Self {
        Self { state: Arc::default(), name: name.into() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The power goes: of what was not synced, any writes survive, and some are torn. A drive that lied loses the end of
    /// what it was given. True when something was lost.
    pub(crate) fn crash(&self, rng: &mut StdRng) -> bool {
        let mut s = self.state();
        let (lied, mut lost) = (s.lied, false);
        for f in s.files.values_mut() {
            let pending = std::mem::take(&mut f.pending);
            lost |= !pending.is_empty();
            let kept = if lied { rng.random_range(0..=pending.len()) } else { 0 };
            for w in &pending[..kept] {
                apply(&mut f.durable, w);
            }
            let unsure = if lied { &pending[kept..pending.len().min(kept + 1)] } else { &pending[..] };
            for w in unsure {
                match w {
                    w if !lied && rng.random_bool(0.5) => apply(&mut f.durable, w),
                    Write::Bytes(at, data) if rng.random_bool(0.6) => torn(*at, data, rng, &mut f.durable),
                    _ => {}
                }
            }
            f.seen = f.durable.clone();
        }
        s.life += 1;
        (s.room, s.fault, s.lying, s.lied) = (None, None, false, false);
        lost
    }

    /// A copy of what is durable: a disk image.
    pub(crate) fn image(&self) -> Vec<u8> {
        self.state().store().durable.clone()
    }

    /// Puts an image in place of everything.
    pub(crate) fn put_image(&self, image: &[u8]) {
        let mut s = self.state();
        *s.store() = Contents { durable: image.to_vec(), seen: image.to_vec(), pending: Vec::new() };
        s.life += 1;
    }

    /// After so many calls that it can befall, this goes wrong, once.
    pub(crate) fn set_fault(&self, fault: Option<(u32, Fault)>, rng: &mut StdRng) {
        let mut s = self.state();
        (s.fault, s.salt) = (fault, rng.random());
    }

    /// How many calls were left before the fault when a medium last took the store's place.
    pub(crate) fn left_at_replacing(&self) -> Option<u32> {
        self.state().left_at_replacing
    }

    /// From now on syncs are acknowledged and not done; or they are done again.
    pub(crate) fn set_lying(&self, lying: bool) {
        self.state().lying = lying;
    }

    /// Whether something is said to be durable that isn't.
    pub(crate) fn lied(&self) -> bool {
        self.state().lied
    }

    /// After so many writes there is no room; `None`: there is room again.
    pub(crate) fn set_room(&self, room: Option<u32>) {
        self.state().room = room;
    }
}

struct Life {
    disk: FaultyDisk,
    life: u64,
    file: u64,
}

impl Life {
    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let s = self.disk.state();
        if s.life == self.life { Ok(s) } else { Err(ErrorKind::BrokenPipe.into()) }
    }

    fn write(&self, w: Write) -> io::Result<()> {
        let mut s = self.alive()?;
        match &mut s.room {
            Some(0) => return Err(ErrorKind::StorageFull.into()),
            Some(n) => *n -= 1,
            None => {}
        }
        let fault = s.befalls(false);
        if fault == Some(Fault::Error) {
            return Err(ErrorKind::Other.into());
        }
        let f = s.file(self.file);
        apply(&mut f.seen, &w);
        f.pending.push(w);
        if fault == Some(Fault::PowerCut) {
            s.life += 1;
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

impl Medium for Life {
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let mut s = self.alive()?;
        let fault = s.befalls(true);
        if fault == Some(Fault::ReadError) {
            return Err(ErrorKind::Other.into());
        }
        let at = offset as usize;
        if fault == Some(Fault::ShortRead) {
            let part = s.file(self.file).seen.get(at..at + out.len() / 2).unwrap_or_default();
            out[..part.len()].copy_from_slice(part);
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let from = s.file(self.file).seen.get(at..at + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(from);
        Ok(())
    }

    fn write_all_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.write(Write::Bytes(offset, data.to_vec()))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.write(Write::Length(len))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut s = self.alive()?;
        match s.befalls(false) {
            Some(Fault::PowerCut) => {
                s.life += 1;
                return Err(ErrorKind::BrokenPipe.into());
            }
            Some(_) => {
                let mut given_up = StdRng::seed_from_u64(s.salt);
                s.file(self.file).pending.retain(|_| given_up.random_bool(0.5));
                return Err(ErrorKind::Other.into());
            }
            None if s.lying => {
                s.lied = true;
                return Ok(());
            }
            None => {}
        }
        let f = s.file(self.file);
        for w in std::mem::take(&mut f.pending) {
            apply(&mut f.durable, &w);
        }
        s.lied = false;
        Ok(())
    }

    fn unlock(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Disk for FaultyDisk {
    fn create(&self) -> Result<Box<dyn Medium>, StoreError> {
        self.open()
    }

    fn open(&self) -> Result<Box<dyn Medium>, StoreError> {
        let (life, file) = {
            let s = self.state();
            (s.life, s.main)
        };
        Ok(Box::new(Life { disk: self.clone(), life, file }))
    }

    fn look(&self) -> Result<Box<dyn Medium>, StoreError> {
        self.open()
    }

    fn create_beside(&self) -> Result<Box<dyn Medium>, StoreError> {
        let mut s = self.state();
        let file = s.files.keys().next_back().map_or(1, |n| n + 1).max(s.main + 1);
        s.files.insert(file, Contents::default());
        s.beside = Some(file);
        let life = s.life;
        drop(s);
        Ok(Box::new(Life { disk: self.clone(), life, file }))
    }

    fn replace(&self) -> Result<(), StoreError> {
        let mut s = self.state();
        s.left_at_replacing = s.fault.map(|(left, _)| left);
        let fault = s.befalls(false);
        let beside = s.beside.expect("something lies beside");
        let mut salt = StdRng::seed_from_u64(s.salt);
        // What a power cut leaves of a change of names is either of the two.
        if fault.is_none() || fault == Some(Fault::PowerCut) && salt.random_bool(0.5) {
            (s.main, s.beside) = (beside, None);
        }
        match fault {
            None => Ok(()),
            Some(Fault::PowerCut) => {
                s.life += 1;
                Err(StoreError::io(&self.name, ErrorKind::BrokenPipe.into()))
            }
            Some(_) => Err(StoreError::io(&self.name, ErrorKind::Other.into())),
        }
    }

    fn remove_beside(&self) -> Result<(), StoreError> {
        let mut s = self.state();
        if let Some(n) = s.beside.take() {
            s.files.remove(&n);
        }
        Ok(())
    }

    fn path(&self) -> &Path {
        &self.name
    }
}
