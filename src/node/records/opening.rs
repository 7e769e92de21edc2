//! Opening stored records: keys, seals, signatures, limits. What doesn't open is named, never guessed.

use crate::{
    core::{
        block::{Kind, MAX_PAYLOAD},
        codec,
        consent::Order,
        id::{BlockId, LogId, OrgId, PatientId, RecordId, StaffId, VersionId},
        keys::SealedRecords,
        record::{self, Compartment, Record},
        sign::{Authored, Signature},
        time::Hlc,
        versions::{History, Versioned, histories},
    },
    node::device::Device,
    store::{Db, StoreError},
    vault::keytree::{Contents, open_records},
};

use super::keys::Keyring;

/// What an entry's bytes may have beside its records: author and signature.
const AROUND: usize = 256;

/// One version of a record that was opened and whose writer was checked.
pub(in crate::node) struct Entry {
    pub(in crate::node) log: LogId,
    pub(in crate::node) seq: u64,
    pub(in crate::node) block: BlockId,
    pub(in crate::node) time: Hlc,
    pub(in crate::node) org: OrgId,
    pub(in crate::node) author: StaffId,
    /// Over all entries of the block.
    pub(in crate::node) signature: Signature,
    pub(in crate::node) believed: bool,
    pub(in crate::node) compartment: Compartment,
    pub(in crate::node) version: VersionId,
    pub(in crate::node) record: Record,
}

impl Versioned for Entry {
    fn version(&self) -> VersionId {
        self.version
    }
    fn record(&self) -> &Record {
        &self.record
    }
    fn org(&self) -> OrgId {
        self.org
    }
    fn believed(&self) -> bool {
        self.believed
    }
    fn time(&self) -> Hlc {
        self.time
    }
}

/// Opens one block of records. The inner error says why it can't be opened.
fn open_block(
    db: &Db,
    log: LogId,
    seq: u64,
    keys: &mut Keyring,
) -> Result<Result<Vec<Entry>, String>, StoreError> {
    let Some(b) = db.block(log, seq)? else { return Ok(Err("is missing".into())) };
    let replica = db.replica();
    let g = replica.governance();
    let Some(writer) = g.device(log.device).map(|d| d.org) else {
        return Ok(Err("comes from an unknown terminal".into()));
    };
    let Ok(sealed) = codec::decode::<SealedRecords>(b.content(), MAX_PAYLOAD) else {
        return Ok(Err("is malformed".into()));
    };
    let Some(key) = keys.key(db, &sealed.key)? else {
        return Ok(Err("is sealed: no key for this organisation".into()));
    };
    let most = record::MAX_ENTRIES + AROUND;
    let Ok(plain) = open_records(g.consortium(), key, Contents::Records, &sealed, most) else {
        return Ok(Err("does not open with its key".into()));
    };
    let Ok(a) = codec::decode::<Authored>(&plain, most) else {
        return Ok(Err("is malformed inside".into()));
    };
    let scope: [&[u8]; 2] = [&g.consortium().0, &sealed.key.patient.0];
    let signed =
        g.staff_of(a.author, writer).is_some_and(|s| a.verify(&s.request.key, record::DOMAIN, &scope));
    if !signed {
        return Ok(Err("holds an entry that its writer did not sign".into()));
    }
    let Ok(records) = a.read::<Vec<Record>>(record::MAX_ENTRIES) else {
        return Ok(Err("holds an entry that needs a newer Aidpost".into()));
    };
    let block = db.block_id(log, seq)?;
    let believed = replica.trusted(block, a.author);
    let time = b.signed.header.time;
    let mut out = Vec::with_capacity(records.len());
    for record in records {
        if record.patient != sealed.key.patient {
            return Ok(Err("holds an entry about somebody else".into()));
        }
        // The limits of what is typed hold for what is received; any year, because clocks differ.
        if let Err(e) = record::validate(&record.body, u16::MAX) {
            return Ok(Err(format!("holds an entry that cannot be right ({e})")));
        }
        if record.version != record::VERSION || record.replaces.len() > record::MAX_REPLACED {
            return Ok(Err("holds an entry that needs a newer Aidpost".into()));
        }
        out.push(Entry {
            log,
            seq,
            block,
            time,
            org: writer,
            author: a.author,
            signature: a.signature(),
            believed,
            compartment: sealed.key.compartment,
            version: record.version_id(a.author),
            record,
        });
    }
    Ok(Ok(out))
}

/// Everything of a patient that this organisation's keys open and `allowed` lets through, and what could not be opened.
pub(in crate::node) fn entries(
    db: &Db,
    device: &Device,
    patient: PatientId,
    allowed: impl Fn(OrgId, Compartment) -> bool,
) -> Result<(Vec<Entry>, Vec<String>), StoreError> {
    entries_by(db, &mut Keyring::new(db, device)?, patient, allowed)
}

/// The same of one patient after another, for whom the organisation's own keys are opened once.
pub(super) fn entries_by(
    db: &Db,
    keys: &mut Keyring,
    patient: PatientId,
    allowed: impl Fn(OrgId, Compartment) -> bool,
) -> Result<(Vec<Entry>, Vec<String>), StoreError> {
    keys.forget();
    entries_with(db, keys, patient, allowed)
}

/// The same with the keys that are in it.
pub(super) fn entries_with(
    db: &Db,
    keys: &mut Keyring,
    patient: PatientId,
    allowed: impl Fn(OrgId, Compartment) -> bool,
) -> Result<(Vec<Entry>, Vec<String>), StoreError> {
    let (mut out, mut bad) = (Vec::new(), Vec::new());
    for (log, seq) in db.about(patient, Kind::Records)? {
        let Some(writer) = db.replica().governance().device(log.device).map(|d| d.org) else { continue };
        let name = |why: &str| format!("block {seq} of log {log} {why}");
        let sealed = match db.block(log, seq) {
            Ok(Some(b)) => codec::decode::<SealedRecords>(b.content(), MAX_PAYLOAD).ok(),
            Ok(None) => None,
            Err(StoreError::Damaged(what)) => {
                bad.push(name(&format!("is damaged: {what}")));
                continue;
            }
            Err(e) => return Err(e),
        };
        // Of what may not be opened not even the existence is told.
        if !sealed.is_some_and(|s| allowed(writer, s.key.compartment)) {
            continue;
        }
        match open_block(db, log, seq, keys) {
            Ok(Ok(e)) => out.extend(e),
            Ok(Err(why)) => bad.push(name(&why)),
            Err(StoreError::Damaged(what)) => bad.push(name(&format!("is damaged: {what}"))),
            Err(e) => return Err(e),
        }
    }
    Ok((out, bad))
}

/// The standing versions of a patient's records, each with its history.
pub(in crate::node) fn current(entries: &[Entry]) -> Vec<((OrgId, RecordId), History<'_, Entry>)> {
    histories(entries).into_iter().collect()
}

/// The organisations that wrote records of a patient.
pub(in crate::node) fn custodians(db: &Db, patient: PatientId) -> Result<Vec<OrgId>, StoreError> {
    let g = db.replica().governance();
    let mut out: Vec<OrgId> = db
        .about(patient, Kind::Records)?
        .iter()
        .filter_map(|(log, _)| g.device(log.device).map(|d| d.org))
        .collect();
    out.sort();
    out.dedup();
    Ok(out)
}
