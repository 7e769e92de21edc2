//! The schema of the tables: a number in the store, and the steps from each number to the next.
//!
//! Steps are numbered by their place in the list, and the list only ever grows at its end. A store with a higher number is of
//! a newer version and isn't touched.

use std::path::Path;

use redb::{Database, ReadableDatabase, WriteTransaction};

use super::{
    error::StoreError,
    open::{begin, value},
    tables,
};
use crate::core::codec;

/// Key of the number among the single values.
pub(super) const NAME: &[u8] = b"schema";

/// What brings a store from one number to the next.
pub(super) struct Step {
    /// What it does, for the error when it can't.
    pub(super) name: &'static str,
    /// Runs inside the transaction that also writes the next number.
    pub(super) run: fn(&WriteTransaction) -> Result<(), StoreError>,
}

/// All steps there ever were.
pub(super) const STEPS: &[Step] = &[
    Step { name: "a table of who is expected", run: expected },
    Step { name: "a table of whom blocks concern", run: touched },
];

/// Empty: nothing written under schema 0 says when somebody is to come, but what came in; and that is found as soon as
/// anything of that patient is written or comes in.
fn expected(tx: &WriteTransaction) -> Result<(), StoreError> {
    tx.open_table(tables::EXPECTED)?;
    Ok(())
}

/// Empty: under schema 1 this was kept in memory until a meeting had ended, and what a cut left behind was forgotten.
fn touched(tx: &WriteTransaction) -> Result<(), StoreError> {
    tx.open_table(tables::TOUCHED)?;
    Ok(())
}

/// The number of a store that this version writes; `tests/golden/schema-N` holds terminals of each.
pub fn number() -> u32 {
    newest(STEPS)
}

/// The number of a new store.
pub(super) fn newest(steps: &[Step]) -> u32 {
    steps.len() as u32
}

/// Runs the steps that a store still lacks, each in a transaction of its own: after a crash the rest follows.
///
/// # Errors
/// [`StoreError::Newer`]; or a step failed: the store is as it was before that step.
pub(super) fn bring_up(db: &Database, steps: &[Step], path: &Path) -> Result<(), StoreError> {
    let found: Option<u32> = {
        let meta = db.begin_read()?.open_table(tables::META)?;
        meta.get(NAME)?.map(|v| value(tables::META, v.value())).transpose()?
    };
    let found = found.unwrap_or(0);
    if found > newest(steps) {
        return Err(StoreError::Newer(path.into()));
    }
    for (n, step) in steps.iter().enumerate().skip(found as usize) {
        let tx = begin(db)?;
        (step.run)(&tx).map_err(|e| StoreError::Database(format!("step {}, {}: {e}", n + 1, step.name)))?;
        let next = codec::encode(&(n as u32 + 1));
        tx.open_table(tables::META)?.insert(NAME, next.as_slice())?;
        tx.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use redb::{ReadableTable, backends::InMemoryBackend};

    use super::*;

    fn rename(tx: &WriteTransaction) -> Result<(), StoreError> {
        let mut t = tx.open_table(tables::CARDS)?;
        let old: Vec<u8> = t.remove(&b"old"[..])?.map(|v| v.value().to_vec()).unwrap_or_default();
        t.insert(&b"new"[..], old.as_slice())?;
        Ok(())
    }

    fn twice(tx: &WriteTransaction) -> Result<(), StoreError> {
        let mut t = tx.open_table(tables::CARDS)?;
        let v: Vec<u8> = t.get(&b"new"[..])?.map(|v| v.value().to_vec()).unwrap_or_default();
        t.insert(&b"new"[..], [&v[..], &v].concat().as_slice())?;
        Ok(())
    }

    fn fails(tx: &WriteTransaction) -> Result<(), StoreError> {
        twice(tx)?;
        Err(StoreError::Refused("no room".into()))
    }

    const ONE: Step = Step { name: "another name", run: rename };
    const TWO: Step = Step { name: "twice", run: twice };
    const BAD: Step = Step { name: "never", run: fails };

    fn store() -> Database {
        let db = Database::builder().create_with_backend(InMemoryBackend::new()).unwrap();
        let tx = begin(&db).unwrap();
        tables::ALL.iter().for_each(|t| drop(tx.open_table(*t).unwrap()));
        tx.open_table(tables::CARDS).unwrap().insert(&b"old"[..], &b"x"[..]).unwrap();
        tx.commit().unwrap();
        db
    }

    fn held(db: &Database) -> (Option<u32>, Option<Vec<u8>>) {
        let tx = db.begin_read().unwrap();
        let schema = tx.open_table(tables::META).unwrap().get(NAME).unwrap();
        let schema = schema.map(|v| codec::decode(v.value(), 9).unwrap());
        let new = tx.open_table(tables::CARDS).unwrap().get(&b"new"[..]).unwrap();
        (schema, new.map(|v| v.value().to_vec()))
    }

    #[test]
    fn each_step_runs_once_in_order_and_a_failed_one_changes_nothing() {
        let (db, path) = (store(), Path::new("store"));
        bring_up(&db, &[], path).unwrap();
        assert_eq!(held(&db), (None, None));
        bring_up(&db, &[ONE], path).unwrap();
        bring_up(&db, &[ONE], path).unwrap();
        assert_eq!(held(&db), (Some(1), Some(b"x".to_vec())));
        let e = bring_up(&db, &[ONE, TWO, BAD], path).unwrap_err();
        assert!(e.to_string().contains("step 3, never: no room"), "{e}");
        assert_eq!(held(&db), (Some(2), Some(b"xx".to_vec())), "the second is done, the third is not");
        bring_up(&db, &[ONE, TWO, TWO], path).unwrap();
        assert_eq!(held(&db), (Some(3), Some(b"xxxx".to_vec())));
        assert!(matches!(bring_up(&db, &[ONE, TWO], path), Err(StoreError::Newer(_))));
    }
}
