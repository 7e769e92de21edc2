//! Blocks of which only the header is held: their content could not be read where a backup was made. They keep their place
//! in the chain, so that what follows them stays; whatever wants their content is told that it is damaged.

use redb::{ReadableDatabase, ReadableTable};

use super::Db;
use crate::{
    core::block::SignedHeader,
    store::{
        StoreError, Table,
        open::begin,
        tables::{self, Stored},
    },
};

/// What finds a block's content again: tables whose keys end with the block's own key.
const INDEXES: [(&str, Table); 3] = [
    ("by-patient", tables::BY_PATIENT),
    ("patient-wraps", tables::PATIENT_WRAPS),
    ("org-wraps", tables::ORG_WRAPS),
];

/// A row of an index: table, key, value.
pub type IndexRow = (String, Vec<u8>, Vec<u8>);

impl Db {
    /// What the indexes say of a block, by its key in the table of blocks.
    ///
    /// # Errors
    /// A damaged page.
    pub fn index_rows(&self, key: &[u8]) -> Result<Vec<IndexRow>, StoreError> {
        let tx = self.database()?.begin_read()?;
        let mut out = Vec::new();
        for (name, table) in INDEXES {
            let rows = tx.open_table(table)?;
            for row in rows.iter()? {
                let (k, v) = row?;
                if k.value().ends_with(key) {
                    out.push((name.to_string(), k.value().to_vec(), v.value().to_vec()));
                }
            }
        }
        Ok(out)
    }

    /// Keeps a header whose content is lost, with what the indexes said of it. The caller has checked its signature and
    /// what it refers to.
    ///
    /// # Errors
    /// It doesn't follow what is held, or the store failed: nothing was written.
    pub fn keep_bare(&mut self, signed: &SignedHeader, rows: &[IndexRow]) -> Result<(), StoreError> {
        let id = signed.header.id();
        let tx = begin(self.database()?)?;
        self.replica.reload(signed, id, None).map_err(|e| {
            StoreError::Damaged(format!("block {} of log {}: {e}", signed.header.seq, signed.header.log))
        })?;
        let (id, at, arrival) = self.newest_place(id)?;
        let write = || -> Result<(), StoreError> {
            let key = tables::key(at);
            let stored = Stored { id, arrival, signed: signed.clone() };
            tx.open_table(tables::BLOCKS)?
                .insert(&key[..], crate::core::codec::encode(&stored).as_slice())?;
            for (name, k, v) in rows.iter().filter(|(_, k, _)| k.ends_with(&key)) {
                if let Some((_, table)) = INDEXES.iter().find(|(n, _)| n == name) {
                    tx.open_table(*table)?.insert(k.as_slice(), v.as_slice())?;
                }
            }
            Ok(())
        };
        let done = write().and_then(|()| Ok(tx.commit()?));
        self.store_or_reload(done)
    }
}
