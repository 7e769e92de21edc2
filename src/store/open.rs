//! Opening the database and reading the ledger from it, with the settings that every transaction has.

use std::panic::{AssertUnwindSafe, catch_unwind};

use redb::{Database, ReadableDatabase, ReadableTable, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    disk::Disk,
    error::StoreError,
    pages::SealedFile,
    tables::{self, Stored, Table},
};
use crate::{
    core::{block::Payload, branches::Place, codec, governance::Statement, id::BlockId, ledger::Replica},
    vault::Secret,
};

/// Memory for redb's page cache.
const CACHE: usize = 64 * 1024 * 1024;
const VALUE_CAP: usize = 4 * 1024 * 1024;

pub(super) fn builder() -> redb::Builder {
    let mut b = Database::builder();
    b.set_cache_size(CACHE);
    b
}

/// A transaction whose commit is two-phase and needs no scan after a crash.
pub(super) fn begin(db: &Database) -> Result<WriteTransaction, StoreError> {
    let mut tx = db.begin_write()?;
    tx.set_quick_repair(true);
    Ok(tx)
}

pub(super) fn value<T: Serialize + DeserializeOwned>(table: Table, bytes: &[u8]) -> Result<T, StoreError> {
    codec::decode(bytes, VALUE_CAP).map_err(|e| {
        StoreError::Damaged(format!("a value of table {} is damaged ({e})", redb::TableHandle::name(&table)))
    })
}

pub(super) fn open_database(disk: &dyn Disk, key: &Secret, id: [u8; 16]) -> Result<Database, StoreError> {
    let file = SealedFile::open_on(disk.open()?, disk.path(), key.clone(), id)?;
    Ok(of_one_time(|| builder().create_with_backend(file))??)
}

/// redb doesn't expect pages with a good seal that are from another time, and panics on some.
pub(super) fn of_one_time<T>(f: impl FnOnce() -> T) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(f))
        .map_err(|_| StoreError::Damaged("the pages of the database are not all of one time".into()))
}

pub(super) fn read_replica(db: &Database) -> Result<Replica, StoreError> {
    let tx = db.begin_read()?;
    let meta = tx.open_table(tables::META)?;
    let genesis = meta.get(&b"genesis"[..])?;
    let genesis = genesis
        .ok_or_else(|| StoreError::Damaged("the founding document is missing from the database".into()))?;
    let acts: Option<Vec<Statement>> =
        meta.get(&b"acts"[..])?.map(|a| value(tables::META, a.value())).transpose()?;
    let mut replica = Replica::new(value(tables::META, genesis.value())?, &acts.unwrap_or_default())?;
    if let Some(d) = meta.get(&b"destroyed"[..])? {
        replica.destroyed(value::<Vec<BlockId>>(tables::META, d.value())?);
    }
    let payloads = tx.open_table(tables::PAYLOADS)?;
    // Only where each block lies: all headers at once would be most of the program's memory.
    let blocks = tx.open_table(tables::BLOCKS)?;
    let mut all: Vec<(u64, Place)> = Vec::new();
    for row in blocks.iter()? {
        let (k, v) = row?;
        let damaged = || StoreError::Damaged("a value of table blocks-v0 is damaged".into());
        let at = tables::from_key(k.value()).ok_or_else(damaged)?;
        all.push((tables::arrival(v.value()).ok_or_else(damaged)?, at));
    }
    all.sort_unstable();
    for (_, at) in &all {
        let key = tables::key(*at);
        let Some(s) = blocks.get(key.as_slice())? else { continue };
        let s: Stored = value(tables::BLOCKS, s.value())?;
        let h = &s.signed.header;
        let payload: Option<Payload> = match Replica::speaks(h.kind) {
            true => {
                let row = payloads.get(key.as_slice())?;
                row.map(|p| value(tables::PAYLOADS, p.value())).transpose()?.flatten()
            }
            false => None,
        };
        replica
            .reload(&s.signed, s.id, payload.as_ref())
            .map_err(|e| StoreError::Damaged(format!("block {} of log {}: {e}", h.seq, h.log)))?;
    }
    let mut waiting = Vec::new();
    for row in tx.open_table(tables::WAITING)?.iter()? {
        waiting.extend(tables::from_key(row?.0.value()));
    }
    replica.wait_for(waiting);
    Ok(replica)
}
