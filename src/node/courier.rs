//! Bundles on a stick. The files are read and written beside the store's thread, which takes a few blocks at a time: whoever
//! registers a patient meanwhile waits for no stick.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::runtime::Handle;

use super::{
    Node,
    api::{Carried, Change, Fault, FaultKind, Working},
    clock, locked,
    meeting::{Owed, Told},
    reach::{self, Use},
    sign_in::blocking,
    waiting::{Waits, waits},
};
use crate::{
    core::id::DeviceId,
    mesh::courier::{self, CourierError, Parcel, Part, Steps},
    store::{Db, Store, StoreError},
    vault::keytree::Exchange,
};

/// The store from a thread that may wait.
struct Turns(Store, Handle);

impl Steps for Turns {
    fn with<T: Send + 'static>(
        &mut self,
        f: impl FnOnce(&mut Db) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.1.block_on(self.0.call(f))
    }
}

impl Node {
    pub(super) async fn courier_out(self: &Arc<Self>, folder: String) -> Result<Carried, Fault> {
        reach::check(Path::new(&folder).join("file"), Use::Write).await?;
        let open = self.opened().await?;
        let hello = open.presence().await?;
        let key = locked(&open.device).ledger();
        let (folder, node) = (PathBuf::from(folder), Arc::clone(self));
        let mut db = Turns(open.store.clone(), Handle::current());
        let (_here, waits) = waits();
        let out = blocking(move || {
            let tell = |done, total| {
                node.work(Some(Working { what: "writing".into(), done, total }));
                waits.still()
            };
            let _told = Told(&node);
            let parcel = Parcel { hello, key: &key, most: None };
            courier::write(&mut db, parcel, &folder, clock::now(), &mut rand::rng(), &tell)
        });
        let out = out.await??;
        tracing::info!(blocks = out.blocks, bytes = out.bytes, "wrote a bundle to carry");
        Ok(carried(out))
    }

    pub(super) async fn courier_in(self: &Arc<Self>, folder: String) -> Result<Vec<Carried>, Fault> {
        reach::check(&folder, Use::Read).await?;
        let open = self.opened().await?;
        let (me, key) = {
            let device = locked(&open.device);
            (device.id(), device.encryption())
        };
        let (folder, node) = (PathBuf::from(folder), Arc::clone(self));
        let mut db = Turns(open.store.clone(), Handle::current());
        let (_here, waits) = waits();
        let owed = Owed::from(&open);
        let read = blocking(move || {
            let _told = Told(&node);
            let tell = |done, total| node.work(Some(Working { what: "reading".into(), done, total }));
            Reading { db: &mut db, me, key: &key, tell: &tell, waits: &waits }.folder(&folder)
        });
        let read = read.await??;
        let whole = read.iter().filter(|c| c.problem.is_none()).count();
        tracing::info!(
            bundles = read.len(),
            whole,
            new = read.iter().map(|c| c.count).sum::<u64>(),
            "read carried bundles"
        );
        owed.pay().await?;
        self.announce(Change::Ledger);
        self.announce(Change::Mesh);
        if read.is_empty() {
            return Err(Fault::new(
                FaultKind::Refused,
                "no bundle for this terminal is in that folder: check the stick, or let the others write a new one",
            ));
        }
        Ok(read)
    }
}

/// The bundles of a folder as they are read.
struct Reading<'a, S> {
    db: &'a mut S,
    me: DeviceId,
    key: &'a Exchange,
    /// Bytes that are done, of how many.
    tell: &'a dyn Fn(u64, u64),
    waits: &'a Waits,
}

impl<S: Steps> Reading<'_, S> {
    /// Bundles that came with a set whose other parts lie before them are read again once those have come.
    fn folder(&mut self, folder: &Path) -> Result<Vec<Carried>, CourierError> {
        let paths = courier::list(folder)?;
        let size = |p: &PathBuf| fs::metadata(p).map_or(0, |m| m.len());
        let total = paths.iter().map(size).sum::<u64>().max(1);
        let before = AtomicU64::new(0);
        let mut read: Vec<(courier::Carried, Option<String>)> = Vec::new();
        for path in paths {
            let done = before.load(Ordering::Relaxed);
            match self.one(&path, &|n| (self.tell)((done + n).min(total), total)) {
                Ok(Some(c)) => read.push((c, None)),
                // Our own bundles lie on the same stick, and those for others.
                Ok(None) => {}
                Err(CourierError::Store(e)) => return Err(e.into()),
                Err(e) => read.push((nothing(&path), Some(e.to_string()))),
            }
            before.store(done + size(&path), Ordering::Relaxed);
        }
        loop {
            let mut more = 0;
            for (c, _) in read.iter_mut().filter(|(c, _)| c.lacking > 0) {
                let path = c.path.clone();
                let again = read_one(self.db, (&path, self.me, self.key), self.waits, &|_| {});
                if let Ok(Some(a)) = again {
                    more += a.count;
                    c.count += a.count;
                    c.lacking = a.lacking;
                }
            }
            if more == 0 {
                break;
            }
        }
        let sets = self.missing(&read)?;
        Ok(read.into_iter().map(|(c, problem)| told(c, problem, &sets)).collect())
    }

    fn one(&mut self, path: &Path, tell: &dyn Fn(u64)) -> Result<Option<courier::Carried>, CourierError> {
        read_one(self.db, (path, self.me, self.key), self.waits, tell)
    }

    /// Of each set that was met, the parts that are still to come.
    fn missing(&mut self, read: &[(courier::Carried, Option<String>)]) -> Result<Sets, StoreError> {
        let parts: BTreeMap<[u8; 16], Part> =
            read.iter().filter_map(|(c, _)| c.part).map(|p| (p.set, p)).collect();
        self.db.with(move |db| {
            parts.into_iter().map(|(set, part)| Ok((set, courier::missing(db, part)?))).collect()
        })
    }
}

type Sets = BTreeMap<[u8; 16], Vec<u32>>;

/// None: it isn't for this terminal.
fn read_one(
    db: &mut impl Steps,
    (path, me, key): (&Path, DeviceId, &Exchange),
    waits: &Waits,
    tell: &dyn Fn(u64),
) -> Result<Option<courier::Carried>, CourierError> {
    // What was read stays: each bundle counts by itself.
    waits.still()?;
    let told = |n| {
        tell(n);
        waits.still()
    };
    match courier::read(db, path, me, key, clock::now(), &told) {
        Ok(c) => Ok(Some(c)),
        Err(CourierError::NotForUs(_)) => Ok(None),
        Err(e) => Err(e),
    }
}

fn nothing(path: &Path) -> courier::Carried {
    courier::Carried { path: path.into(), whole: true, ..courier::Carried::default() }
}

/// A bundle that was read, and what is still to come.
fn told(c: courier::Carried, problem: Option<String>, sets: &Sets) -> Carried {
    let part = c.part;
    let missing = part.and_then(|p| sets.get(&p.set)).cloned().unwrap_or_default();
    let lacking = c.lacking;
    let mut out = carried(c);
    out.problem = problem.or(out.problem);
    out.waits = part.and_then(|p| wait(p, lacking, &missing));
    out
}

/// Numbers in words: `1, 2 and 5`.
fn numbers(all: &[u32]) -> String {
    let words: Vec<String> = all.iter().map(ToString::to_string).collect();
    match &words[..] {
        [] => String::new(),
        [one] => format!("part {one}"),
        [first @ .., last] => format!("parts {} and {last}", first.join(", ")),
    }
}

/// What is to be brought for one part of several.
fn wait(part: Part, lacking: u64, missing: &[u32]) -> Option<String> {
    let others: Vec<u32> = missing.iter().copied().filter(|n| *n != part.number).collect();
    let before: Vec<u32> = others.iter().copied().filter(|n| *n < part.number).collect();
    if lacking > 0 {
        let what = match before.is_empty() {
            true => {
                "blocks that its sender thought are here: let it meet this terminal, or write a new bundle"
                    .into()
            }
            false => format!("what is in {}: read that, then this one again", numbers(&before)),
        };
        return Some(format!("{lacking} of its blocks were not taken, they refer to {what}"));
    }
    (!others.is_empty()).then(|| format!("{} of {} not read here yet", numbers(&others), part.of))
}

fn carried(c: courier::Carried) -> Carried {
    Carried {
        path: c.path.display().to_string(),
        blocks: c.blocks,
        count: c.count,
        bytes: c.bytes,
        problem: (!c.whole)
            .then(|| "the bundle is cut off: what came before counts; ask for a new one".into()),
        part: c.part.map(|p| (p.number, p.of)),
        before: c.before,
        waits: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_come_is_named() {
        let part = |number| Part { set: [1; 16], number, of: 5 };
        assert_eq!(wait(part(2), 0, &[]), None);
        assert_eq!(wait(part(2), 0, &[3, 5]).as_deref(), Some("parts 3 and 5 of 5 not read here yet"));
        let lacks = wait(part(4), 12, &[1, 3, 4, 5]).unwrap();
        assert!(
            lacks.starts_with("12 of its blocks") && lacks.contains("parts 1 and 3: read that"),
            "{lacks}"
        );
        assert!(wait(part(1), 1, &[1]).unwrap().contains("its sender thought are here"));
    }
}
