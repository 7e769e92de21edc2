//! Who read a patient's record, by the entries on the ledger.

use crate::{
    core::{
        audit::{Access, AuditEntry},
        block::{Kind, MAX_PAYLOAD},
        card::Cards,
        codec,
        id::{BlockId, DeviceId, PatientId, StaffId},
        time::Millis,
    },
    store::{Db, StoreError},
};

/// One access entry with where it stands.
pub(in crate::node) struct Accessed {
    pub(in crate::node) access: Access,
    /// The records left as a file.
    pub(in crate::node) exported: bool,
    pub(in crate::node) author: StaffId,
    /// By the clock of the terminal that read.
    pub(in crate::node) at: Millis,
    pub(in crate::node) device: DeviceId,
    pub(in crate::node) block: BlockId,
    /// Among the entries of its block.
    pub(in crate::node) place: usize,
}

/// Every access to a patient's record that is known here, refused ones too.
pub(in crate::node) fn read_by(db: &Db, patient: PatientId) -> Result<Vec<Accessed>, StoreError> {
    let mut out = Vec::new();
    for (log, seq) in db.about(patient, Kind::Audit)? {
        let Some(b) = db.block(log, seq)? else { continue };
        let entries: Vec<AuditEntry> = codec::decode(b.content(), MAX_PAYLOAD).unwrap_or_default();
        for (place, e) in entries.iter().enumerate() {
            let Some(a) = e.access() else { continue };
            let Ok(access) = a.read::<Access>(MAX_PAYLOAD) else { continue };
            if access.patient != patient {
                continue;
            }
            out.push(Accessed {
                access,
                exported: matches!(e, AuditEntry::Export(_)),
                author: a.author,
                at: b.signed.header.time.millis,
                device: log.device,
                block: db.block_id(log, seq)?,
                place,
            });
        }
    }
    Ok(out)
}

/// One reading by the patient, with where it stands.
pub(in crate::node) struct OwnRead {
    pub(in crate::node) at: Millis,
    pub(in crate::node) device: DeviceId,
    pub(in crate::node) block: BlockId,
    /// Among the entries of its block.
    pub(in crate::node) place: usize,
}

/// When the patient read themselves, newest first: only what a card of theirs said that somebody issued.
pub(in crate::node) fn own_readings(db: &Db, patient: PatientId) -> Result<Vec<OwnRead>, StoreError> {
    let cards = Cards::of(db.replica().consents(patient), db.replica());
    let mut out: Vec<OwnRead> = Vec::new();
    for (log, seq) in db.about(patient, Kind::Audit)? {
        let Some(b) = db.block(log, seq)? else { continue };
        let entries: Vec<AuditEntry> = codec::decode(b.content(), MAX_PAYLOAD).unwrap_or_default();
        for (place, e) in entries.iter().enumerate() {
            let AuditEntry::Own(o) = e else { continue };
            let (at, device) = (o.reading.at, log.device);
            let issued = cards.all().iter().any(|c| c.keys.signing == o.card);
            // A terminal that writes the same again tells nothing new.
            let told = out.iter().any(|r| (r.at, r.device) == (at, device));
            if o.reading.patient == patient && issued && !told {
                out.push(OwnRead { at, device, block: db.block_id(log, seq)?, place });
            }
        }
    }
    out.sort_by_key(|r| std::cmp::Reverse(r.at));
    Ok(out)
}
