//! Writing an accepted block with everything that finds it again, inside the caller's transaction.

use redb::WriteTransaction;

use super::{
    error::StoreError,
    tables::{self, Stored},
};
use crate::core::{
    audit::{self, AuditEntry},
    block::{Block, Kind, MAX_PAYLOAD},
    branches::Place,
    codec, consent,
    id::{BlockId, ChunkId, PatientId},
    keys::{SealedRecords, Wrap},
    rights,
};

/// Writes an accepted block with its indexes; the patients that it speaks of.
pub(super) fn insert(
    tx: &WriteTransaction,
    (id, at, arrival): (BlockId, Place, u64),
    b: &Block,
) -> Result<Vec<PatientId>, StoreError> {
    let key = tables::key(at);
    let stored = Stored { id, arrival, signed: b.signed.clone() };
    tx.open_table(tables::BLOCKS)?.insert(&key[..], codec::encode(&stored).as_slice())?;
    if b.payload.is_none() && b.signed.header.kind.may_wait() {
        tx.open_table(tables::WAITING)?.insert(&key[..], codec::encode(&()).as_slice())?;
    }
    index(tx, &key, b)
}

/// Writes the payload of a block that came without it before; the patients that it speaks of.
pub(super) fn fill(tx: &WriteTransaction, at: Place, b: &Block) -> Result<Vec<PatientId>, StoreError> {
    let key = tables::key(at);
    tx.open_table(tables::WAITING)?.remove(&key[..])?;
    index(tx, &key, b)
}

/// Writes the payload of a block, with what finds it again; the patients that it speaks of.
fn index(tx: &WriteTransaction, key: &[u8], b: &Block) -> Result<Vec<PatientId>, StoreError> {
    let h = &b.signed.header;
    tx.open_table(tables::PAYLOADS)?.insert(key, codec::encode(&b.payload).as_slice())?;
    if b.payload.is_none() {
        return Ok(Vec::new());
    }
    let bytes = b.content();
    let malformed =
        |_| StoreError::Damaged(format!("block {} of log {} changed while it was stored", h.seq, h.log));
    let mut patients: Vec<PatientId> = Vec::new();
    match h.kind {
        Kind::Records | Kind::Summary | Kind::Attachment => {
            // Anything else is kept as it was signed, and found by nobody.
            let sealed = SealedRecords::of(h.kind, bytes);
            if sealed.is_some() && h.kind == Kind::Attachment {
                tx.open_table(tables::CHUNKS)?.insert(&ChunkId::of(bytes).0[..], key)?;
            }
            patients.extend(sealed.map(|r| r.key.patient));
        }
        Kind::Consent => patients.extend(consent::parse(bytes, h.log, h.seq).map(|e| e.patient)),
        Kind::Audit => {
            let entries: Vec<AuditEntry> = codec::decode(bytes, MAX_PAYLOAD).map_err(malformed)?;
            for e in &entries {
                if let Some(a) = e.access() {
                    patients.extend(a.read::<audit::Access>(MAX_PAYLOAD).map(|a| a.patient));
                }
                if let AuditEntry::Own(o) = e {
                    patients.push(o.reading.patient);
                }
            }
        }
        Kind::Keys => {
            let wraps: Vec<Wrap> = codec::decode(bytes, MAX_PAYLOAD).map_err(malformed)?;
            insert_wraps(tx, key, &wraps)?;
            patients.extend(wraps.iter().filter_map(|w| match w {
                Wrap::PatientKey { key, .. } | Wrap::CardKey { key, .. } => Some(key.patient),
                Wrap::OrgKey { .. } | Wrap::CardSecret { .. } => None,
            }));
        }
        Kind::Rights => {
            let entries: Vec<rights::Entry> = codec::decode(bytes, MAX_PAYLOAD).map_err(malformed)?;
            patients.extend(entries.iter().filter_map(rights::Entry::deed).flat_map(|d| d.patients()));
        }
        Kind::Governance | Kind::Cosignature => {}
    }
    patients.sort();
    patients.dedup();
    if h.kind == Kind::Keys {
        return Ok(patients);
    }
    let mut index = tx.open_table(tables::BY_PATIENT)?;
    for p in &patients {
        let mut k = p.0.to_vec();
        k.push(h.kind as u8);
        k.extend_from_slice(key);
        index.insert(k.as_slice(), codec::encode(&()).as_slice())?;
    }
    Ok(patients)
}

fn insert_wraps(tx: &WriteTransaction, place: &[u8], wraps: &[Wrap]) -> Result<(), StoreError> {
    for w in wraps {
        let (table, mut key, sealed) = tables::wrap_row(w);
        key.extend_from_slice(place);
        tx.open_table(table)?.insert(key.as_slice(), codec::encode(sealed).as_slice())?;
    }
    Ok(())
}
