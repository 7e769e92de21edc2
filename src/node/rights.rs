//! Writing entries about rights: signed by a person, or by the terminal.

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::device::Device;
use crate::{
    core::{
        audit::{self, Access, AuditEntry},
        block::Kind,
        codec,
        id::{ConsortiumId, OrgId, PatientId},
        rights::{self, Deed, Entry, MAX_READERS, SealedWords},
        sign::Authored,
    },
    store::{Content, Db, StoreError},
    vault::words::{open_words, seal_words},
};

/// A person's deed.
pub(super) fn said(staff: &SigningKey, consortium: ConsortiumId, deed: &Deed) -> Entry {
    Entry::Said(Authored::new(staff, rights::DOMAIN, &[&consortium.0, &[]], deed))
}

/// A block of such entries.
pub(super) fn rights_block(entries: Vec<Entry>) -> (Kind, Content) {
    (Kind::Rights, Box::new(move |_, _| Ok(codec::encode(&entries))))
}

/// A signed access entry.
pub(super) fn access(staff: &SigningKey, consortium: ConsortiumId, access: &Access) -> AuditEntry {
    AuditEntry::Access(Authored::new(staff, audit::DOMAIN, &[&consortium.0, &[]], access))
}

/// A block of audit entries.
pub(super) fn audit_block(entries: Vec<AuditEntry>) -> (Kind, Content) {
    (Kind::Audit, Box::new(move |_, _| Ok(codec::encode(&entries))))
}

/// Seals what a person typed to these organisations; one without a usable key can't be told.
pub(super) fn sealed_for(
    db: &Db,
    patient: PatientId,
    orgs: &[OrgId],
    text: &str,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<SealedWords>, StoreError> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let consortium = db.replica().governance().consortium();
    let keys = orgs.iter().filter_map(|o| Some((*o, db.replica().org_key(*o)?.public)));
    keys.take(MAX_READERS)
        .map(|(org, key)| {
            seal_words(consortium, patient, (org, &key), text, rng)
                .map_err(|e| StoreError::Refused(e.to_string()))
        })
        .collect()
}

/// What was typed, where it is for this organisation.
pub(super) fn opened_words(
    db: &Db,
    device: &Device,
    patient: PatientId,
    words: &[SealedWords],
) -> Result<Option<String>, StoreError> {
    let (consortium, org) = (db.replica().governance().consortium(), device.org_id());
    if words.iter().all(|w| w.org != org) {
        return Ok(None);
    }
    let keys = device.org_keys(db)?;
    let open = |w: &SealedWords| keys.iter().find_map(|k| open_words(consortium, patient, k, w).ok());
    Ok(words.iter().filter(|w| w.org == org).find_map(open))
}
