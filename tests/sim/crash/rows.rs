//! Everything that a store holds, for comparing.

use std::collections::BTreeMap;

use aidpost::{
    core::{block::Payload, codec, governance::Genesis, keys::Sealed},
    store::{
        Db, StoreError,
        tables::{self, Card, Peer, Stored, Table},
    },
};
use serde::{Serialize, de::DeserializeOwned};

/// Table and key → hash of the value.
pub(crate) type Rows = BTreeMap<(&'static str, Vec<u8>), [u8; 32]>;

fn add<T: Serialize + DeserializeOwned>(
    db: &Db,
    name: &'static str,
    table: Table,
    out: &mut Rows,
) -> Result<(), StoreError> {
    for (k, v) in db.scan::<T>(table, &[])? {
        out.insert((name, k), *blake3::hash(&codec::encode(&v)).as_bytes());
    }
    Ok(())
}

/// Every row of every table that the crash test writes; each block's content is checked against what was signed.
pub(crate) fn rows(db: &Db) -> Result<Rows, StoreError> {
    let mut out = Rows::new();
    let genesis: Option<Genesis> = db.get(tables::META, b"genesis")?;
    out.insert(("meta", b"genesis".to_vec()), *blake3::hash(&codec::encode(&genesis)).as_bytes());
    add::<Stored>(db, "blocks", tables::BLOCKS, &mut out)?;
    add::<Option<Payload>>(db, "payloads", tables::PAYLOADS, &mut out)?;
    add::<()>(db, "by patient", tables::BY_PATIENT, &mut out)?;
    add::<Sealed>(db, "patient wraps", tables::PATIENT_WRAPS, &mut out)?;
    add::<Sealed>(db, "org wraps", tables::ORG_WRAPS, &mut out)?;
    add::<Card>(db, "cards", tables::CARDS, &mut out)?;
    add::<Vec<u8>>(db, "drafts", tables::DRAFTS, &mut out)?;
    add::<Peer>(db, "peers", tables::PEERS, &mut out)?;
    add::<()>(db, "touched", tables::TOUCHED, &mut out)?;
    for (_, at) in db.replica().tree().ids() {
        db.block_at(at)?;
    }
    Ok(out)
}

/// Where two stores differ, in a few words.
pub(crate) fn difference(held: &Rows, wanted: &Rows) -> String {
    let mut parts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for (k, v) in wanted {
        match held.get(k) {
            None => *parts.entry((k.0, "missing")).or_default() += 1,
            Some(h) if h != v => *parts.entry((k.0, "different")).or_default() += 1,
            Some(_) => {}
        }
    }
    for k in held.keys().filter(|k| !wanted.contains_key(*k)) {
        *parts.entry((k.0, "too many")).or_default() += 1;
    }
    let words: Vec<String> = parts.iter().map(|((table, how), n)| format!("{table}: {n} {how}")).collect();
    if words.is_empty() { "nothing".into() } else { words.join(", ") }
}
