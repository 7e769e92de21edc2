//! A disk in memory that loses, at a crash, what was not synced: any part of it, also in the middle of a write.

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aidpost::store::{
    StoreError,
    disk::{Disk, Medium},
};
use rand::{RngExt, rngs::StdRng};

#[derive(Clone)]
enum Write {
    Bytes(u64, Vec<u8>),
    Length(u64),
}

#[derive(Default)]
struct State {
    /// What a crash leaves for certain.
    durable: Vec<u8>,
    /// What reads see.
    seen: Vec<u8>,
    /// Written since the last sync.
    pending: Vec<Write>,
    /// Counts crashes: a medium of an earlier life is dead.
    life: u64,
    /// The disk is full after this many more writes.
    room: Option<u32>,
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

    /// The power goes: of what was not synced, any writes survive, and one may be torn. True when something was lost.
    pub(crate) fn crash(&self, rng: &mut StdRng) -> bool {
        let mut s = self.state();
        let pending = std::mem::take(&mut s.pending);
        let lost = !pending.is_empty();
        for w in &pending {
            match w {
                w if rng.random_bool(0.5) => apply(&mut s.durable, w),
                Write::Bytes(at, data) if rng.random_bool(0.3) => {
                    let torn = rng.random_range(0..=data.len());
                    apply(&mut s.durable, &Write::Bytes(*at, data[..torn].to_vec()));
                }
                _ => {}
            }
        }
        s.seen = s.durable.clone();
        s.life += 1;
        s.room = None;
        lost
    }

    /// A copy of what is durable: a disk image.
    pub(crate) fn image(&self) -> Vec<u8> {
        self.state().durable.clone()
    }

    /// Puts an image in place of everything.
    pub(crate) fn put_image(&self, image: &[u8]) {
        let mut s = self.state();
        s.durable = image.to_vec();
        s.seen = image.to_vec();
        s.pending.clear();
        s.life += 1;
    }

    /// After so many writes there is no room; `None`: there is room again.
    pub(crate) fn set_room(&self, room: Option<u32>) {
        self.state().room = room;
    }
}

struct Life {
    disk: FaultyDisk,
    life: u64,
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
        apply(&mut s.seen, &w);
        s.pending.push(w);
        Ok(())
    }
}

impl Medium for Life {
    fn read_exact_at(&self, out: &mut [u8], offset: u64) -> io::Result<()> {
        let s = self.alive()?;
        let at = offset as usize;
        let from = s.seen.get(at..at + out.len()).ok_or(ErrorKind::UnexpectedEof)?;
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
        let pending = std::mem::take(&mut s.pending);
        for w in &pending {
            apply(&mut s.durable, w);
        }
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
        let life = self.state().life;
        Ok(Box::new(Life { disk: self.clone(), life }))
    }

    fn path(&self) -> &Path {
        &self.name
    }
}
