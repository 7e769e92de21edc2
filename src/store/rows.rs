//! Rows as they are: moved to another key, copied to and from a backup.

use redb::{ReadableDatabase, ReadableTable};

use super::{db::Db, error::StoreError, open::begin, tables::Table};

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

impl Db {
    /// Moves every value of a table whose key begins with `from` to the key that begins with `to` (of the same length).
    ///
    /// # Errors
    /// As [`Db::put`].
    pub fn rename_prefix(&mut self, table: Table, from: &[u8; 16], to: &[u8; 16]) -> Result<(), StoreError> {
        let tx = begin(self.database()?)?;
        {
            let mut t = tx.open_table(table)?;
            let mut rows = Vec::new();
            for row in t.range(&from[..]..)? {
                let (k, v) = row?;
                match k.value().strip_prefix(&from[..]) {
                    Some(rest) => {
                        rows.push((k.value().to_vec(), [&to[..], rest].concat(), v.value().to_vec()))
                    }
                    None => break,
                }
            }
            for (old, new, value) in rows {
                t.remove(old.as_slice())?;
                t.insert(new.as_slice(), value.as_slice())?;
            }
        }
        Ok(tx.commit()?)
    }

    /// Every row of a table, as it is.
    ///
    /// # Errors
    /// A damaged page.
    pub fn raw_rows(&self, table: Table) -> Result<Vec<Row>, StoreError> {
        let tx = self.database()?.begin_read()?;
        let rows = tx.open_table(table)?;
        let mut out = Vec::new();
        for row in rows.iter()? {
            let (k, v) = row?;
            out.push((k.value().to_vec(), v.value().to_vec()));
        }
        Ok(out)
    }

    /// Writes rows as [`Db::raw_rows`] gave them.
    ///
    /// # Errors
    /// As [`Db::put`].
    pub fn put_raw(&mut self, table: Table, rows: &[Row]) -> Result<(), StoreError> {
        let tx = begin(self.database()?)?;
        {
            let mut t = tx.open_table(table)?;
            for (k, v) in rows {
                t.insert(k.as_slice(), v.as_slice())?;
            }
        }
        Ok(tx.commit()?)
    }
}
