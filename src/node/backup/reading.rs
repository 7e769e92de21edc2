//! Reading for a backup what may be damaged: what can't be read is left out by name, and everything else goes along.

use crate::{
    core::{block::Block, branches::Place, id::LogId},
    node::api::Fault,
    store::{
        Db, Store, StoreError, Table,
        backup::Gap,
        rows::Row,
        tables::{self, Stored},
    },
};

/// Rows that are read in one go.
const BATCH: usize = 512;

type Read<T> = fn(&Db, &[u8]) -> Result<T, StoreError>;

/// What is at these keys; none where it is damaged. After damage they are read one by one: it latches the database, which
/// is then opened anew.
async fn each<T: Send + 'static>(
    store: &Store,
    keys: &[Vec<u8>],
    read: Read<T>,
) -> Result<Vec<Option<T>>, Fault> {
    let some = keys.to_vec();
    let all = move |db: &mut Db| some.iter().map(|k| read(db, k).map(Some)).collect::<Result<Vec<_>, _>>();
    match store.call(all).await {
        Err(StoreError::Damaged(_)) => {}
        other => return Ok(other?),
    }
    let mut out = Vec::with_capacity(keys.len());
    for key in keys {
        let k = key.clone();
        out.push(unless_damaged(store.call(move |db| read(db, &k)).await)?);
    }
    Ok(out)
}

fn missing() -> StoreError {
    StoreError::Damaged("a block is missing".into())
}

fn place(key: &[u8]) -> Result<Place, StoreError> {
    tables::from_key(key).ok_or_else(missing)
}

fn block(db: &Db, key: &[u8]) -> Result<Block, StoreError> {
    db.block_at(place(key)?)?.ok_or_else(missing)
}

fn stored(db: &Db, key: &[u8]) -> Result<Stored, StoreError> {
    db.get(tables::BLOCKS, key)?.ok_or_else(missing)
}

/// The blocks that a backup is of.
pub(super) struct Listed {
    /// Their keys, in the order of arrival.
    pub(super) keys: Vec<Vec<u8>>,
    /// Those that can't be read at all.
    pub(super) lost: Vec<(LogId, u64)>,
}

/// The blocks that arrived from number `from` up to `to`.
pub(super) async fn listed(store: &Store, from: u64, to: u64) -> Result<Listed, Fault> {
    match store.call(move |db| db.arrived(from, to)).await {
        Err(StoreError::Damaged(_)) => {}
        Ok(keys) if keys.len() as u64 == to - from => return Ok(Listed { keys, lost: Vec::new() }),
        // A row that is gone without a trace: what is left is found as after damage.
        Ok(_) => {}
        Err(e) => return Err(e.into()),
    }
    // Where every block lies is known without the table; what a damaged page of it held is told by what is left over.
    let all = store
        .call(|db| Ok(db.replica().tree().ids().map(|(_, p)| tables::key(p)).collect::<Vec<_>>()))
        .await?;
    let (mut known, mut lost) = (Vec::<(u64, Vec<u8>)>::new(), Vec::<Vec<u8>>::new());
    for some in all.chunks(BATCH) {
        for (key, read) in some.iter().zip(each(store, some, stored).await?) {
            match read {
                Some(s) if (from..to).contains(&s.arrival) => known.push((s.arrival, key.clone())),
                Some(_) => {}
                None => lost.push(key.clone()),
            }
        }
    }
    known.sort_unstable();
    // Those before `from` are in the backups before this one; the latest of a log came last.
    lost.sort_unstable();
    let expected = usize::try_from((to - from).saturating_sub(known.len() as u64)).unwrap_or(usize::MAX);
    let lost = lost.iter().rev().take(expected).filter_map(|k| tables::from_key(k)).map(|p| (p.log, p.seq));
    Ok(Listed { keys: known.into_iter().map(|(_, k)| k).collect(), lost: lost.collect() })
}

/// What lies at these keys: blocks, or what is left of them.
pub(super) async fn blocks(store: &Store, keys: &[Vec<u8>]) -> Result<Vec<Result<Block, Gap>>, Fault> {
    let mut out = Vec::with_capacity(keys.len());
    for (key, read) in keys.iter().zip(each(store, keys, block).await?) {
        out.push(match read {
            Some(b) => Ok(b),
            None => Err(gap(store, key).await?),
        });
    }
    Ok(out)
}

async fn gap(store: &Store, key: &[u8]) -> Result<Gap, Fault> {
    let one = [key.to_vec()];
    let header = each(store, &one, stored).await?.pop().flatten();
    let at = place(key)?;
    let Some(s) = header else { return Ok(Gap::Block { log: at.log, seq: at.seq }) };
    let rows = each(store, &one, Db::index_rows).await?.pop().flatten().unwrap_or_default();
    Ok(Gap::Content { header: Box::new(s.signed), rows })
}

/// An answer; none when damage is in the way.
pub(super) fn unless_damaged<T>(read: Result<T, StoreError>) -> Result<Option<T>, Fault> {
    match read {
        Ok(t) => Ok(Some(t)),
        Err(StoreError::Damaged(_)) => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The rows of a table; none when they can't be read.
pub(super) async fn rows(store: &Store, table: Table) -> Result<Option<Vec<Row>>, Fault> {
    unless_damaged(store.call(move |db| db.raw_rows(table)).await)
}
