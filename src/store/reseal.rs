//! The whole store under another key: every live row is copied into a fresh file beside, which then takes the place of the
//! old one at once.
//!
//! Only live rows are copied: what redb's freed pages still hold (a wrapped key that was deleted, say) stays behind, sealed
//! under a key that is destroyed with the change. Until the file changes places nothing of the old one is touched; a crash
//! before leaves a file beside that nobody reads, a crash after leaves the new one.

use redb::{Database, ReadableDatabase, ReadableTable, ReadableTableMetadata, TableDefinition, TableHandle};

use super::{
    db::Db,
    error::StoreError,
    open::{begin, builder},
    pages::SealedFile,
};
use crate::vault::Secret;

/// Bytes that are copied in one transaction.
const BATCH: usize = 8 * 1024 * 1024;

/// Told how many rows of how many are done.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

impl Db {
    /// Seals the store under another page key. Until this returns, the old one opens it; afterwards the new one.
    ///
    /// # Errors
    /// The disk is full, or a page is damaged: the store goes on under the old key. Should the last step fail, either key
    /// may be the one: [`super::pages::opens_with`] tells.
    pub fn reseal(&mut self, key: Secret, progress: Progress<'_>) -> Result<(), StoreError> {
        let disk = self.disk();
        let copied = self.copy_under(&key, progress);
        let new = match copied {
            Ok(db) => db,
            Err(e) => {
                // What is left beside is in nobody's way.
                let _ = disk.remove_beside();
                return Err(e);
            }
        };
        disk.replace()?;
        self.take_over(new, key);
        Ok(())
    }

    fn copy_under(&self, key: &Secret, progress: Progress<'_>) -> Result<Database, StoreError> {
        let (disk, id) = (self.disk(), self.id());
        let file = SealedFile::create_on(disk.create_beside()?, disk.path(), key.clone(), id)?;
        let new = builder().create_with_backend(file)?;
        let from = self.database()?.begin_read()?;
        let names: Vec<String> = from.list_tables()?.map(|t| t.name().to_string()).collect();
        let mut total = 0;
        for name in &names {
            total += from.open_table(rows_of(name))?.len()?;
        }
        let mut done = 0;
        for name in &names {
            let rows = from.open_table(rows_of(name))?;
            let mut rows = rows.iter()?;
            let mut more = true;
            while more {
                let tx = begin(&new)?;
                {
                    let mut to = tx.open_table(rows_of(name))?;
                    let mut size = 0;
                    while size < BATCH {
                        let Some(row) = rows.next() else {
                            more = false;
                            break;
                        };
                        let (k, v) = row?;
                        to.insert(k.value(), v.value())?;
                        size += k.value().len() + v.value().len();
                        done += 1;
                    }
                }
                tx.commit()?;
                progress(done, total);
            }
        }
        match counted(&new, &names)? {
            n if n == total => Ok(new),
            n => Err(StoreError::Database(format!("{n} of {total} rows were copied"))),
        }
    }
}

fn counted(db: &Database, names: &[String]) -> Result<u64, StoreError> {
    let tx = db.begin_read()?;
    names.iter().try_fold(0, |n, name| Ok(n + tx.open_table(rows_of(name))?.len()?))
}

fn rows_of(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}
