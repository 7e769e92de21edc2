//! Whom blocks have spoken of since what is worked out from records was: written with the blocks, and taken away with what
//! was renewed. Whatever comes between, nobody's entry stays as it was.

use std::collections::BTreeSet;

use redb::{ReadableDatabase, ReadableTable, WriteTransaction};

use super::{Db, expected};
use crate::{
    core::{codec, expected::Expected, id::PatientId},
    store::{
        StoreError,
        open::begin,
        tables::{self, Card, Table},
    },
};

/// What was worked out anew from records, to be written at once.
#[derive(Default)]
pub struct Renewed {
    /// Whose records were read.
    pub patients: BTreeSet<PatientId>,
    /// New state of the patient list.
    pub cards: Vec<(PatientId, Card)>,
    /// When patients are expected, the earliest day first; none: no more.
    pub expected: Vec<(PatientId, Vec<Expected>)>,
    /// Whether some record of these was edited at two places at once.
    pub conflicts: Vec<(PatientId, bool)>,
    /// Rows of other tables: table, key, canonical bytes of the value.
    pub rows: Vec<(Table, Vec<u8>, Vec<u8>)>,
}

/// Adds patients; who is in it already costs no write.
pub(super) fn add(tx: &WriteTransaction, patients: &BTreeSet<PatientId>) -> Result<(), StoreError> {
    if patients.is_empty() {
        return Ok(());
    }
    let mut t = tx.open_table(tables::TOUCHED)?;
    for p in patients {
        let known = t.get(&p.0[..])?.is_some();
        if !known {
            t.insert(&p.0[..], codec::encode(&()).as_slice())?;
        }
    }
    Ok(())
}

/// Those of these patients that are in it.
pub(super) fn among(
    tx: &WriteTransaction,
    patients: impl Iterator<Item = PatientId>,
) -> Result<BTreeSet<PatientId>, StoreError> {
    let t = tx.open_table(tables::TOUCHED)?;
    let mut out = BTreeSet::new();
    for p in patients {
        if t.get(&p.0[..])?.is_some() {
            out.insert(p);
        }
    }
    Ok(out)
}

impl Db {
    /// Patients whose entry in the list may be old: blocks have spoken of them since they were last renewed.
    ///
    /// # Errors
    /// A damaged page.
    pub fn touched(&self) -> Result<BTreeSet<PatientId>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let mut out = BTreeSet::new();
        for row in tx.open_table(tables::TOUCHED)?.iter()? {
            out.extend(row?.0.value().try_into().ok().map(PatientId));
        }
        Ok(out)
    }

    /// Writes what was worked out anew, durably and in one transaction with the note that it was.
    ///
    /// # Errors
    /// As [`Db::put`]: nothing was written, and whoever was touched still is.
    pub fn renew(&mut self, r: &Renewed) -> Result<(), StoreError> {
        let touched = self.touched()?;
        let mut done = r.patients.intersection(&touched).peekable();
        let nothing =
            r.cards.is_empty() && r.expected.is_empty() && r.conflicts.is_empty() && r.rows.is_empty();
        if nothing && done.peek().is_none() {
            return Ok(());
        }
        let tx = begin(self.db()?)?;
        {
            let mut t = tx.open_table(tables::TOUCHED)?;
            for p in done {
                t.remove(&p.0[..])?;
            }
            let mut cards = tx.open_table(tables::CARDS)?;
            for (p, c) in &r.cards {
                cards.insert(&p.0[..], codec::encode(c).as_slice())?;
            }
            let mut conflicts = tx.open_table(tables::CONFLICTS)?;
            for (p, there) in &r.conflicts {
                match there {
                    true => conflicts.insert(&p.0[..], codec::encode(&()).as_slice())?,
                    false => conflicts.remove(&p.0[..])?,
                };
            }
        }
        expected::insert(&tx, &r.expected)?;
        for (table, key, value) in &r.rows {
            tx.open_table(*table)?.insert(key.as_slice(), value.as_slice())?;
        }
        tx.commit()?;
        self.tell_search(&r.cards);
        self.tell_calendar(&r.expected);
        Ok(())
    }
}
