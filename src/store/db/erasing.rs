//! Destroying keys: wraps leave the tables, and the payloads that brought them leave their blocks.
//!
//! redb keeps what was deleted in pages that it gave up. A receipt is therefore only owed until the store is sealed anew.

use std::collections::BTreeSet;

use rand::CryptoRng;
use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Author, Beside, Db};
use crate::{
    core::{
        block::{Kind, MAX_PAYLOAD, Payload},
        branches::Place,
        codec,
        id::{BlockId, OrgId, PatientId},
        keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
        policy::Policies,
        rights::{Deed, Noted, Progress, Use, reached},
        time::Millis,
    },
    store::{
        StoreError,
        open::begin,
        tables::{self, Table},
        wrap_blocks,
    },
};

const DESTROYED: &[u8] = b"destroyed";
const RECEIPTS: &[u8] = b"receipts";

/// What is to be destroyed, and by whom.
struct Destroying<'a> {
    /// The block with the order.
    order: BlockId,
    /// Whose keys.
    patient: PatientId,
    /// Which.
    keys: BTreeSet<PatientKeyId>,
    /// These, and what other orders destroy.
    going: &'a BTreeSet<PatientKeyId>,
    /// This terminal's organisation, and its log.
    org: OrgId,
    /// See [`Author`].
    author: &'a Author,
    /// The order is this organisation's own: what it keeps about the patient beside the ledger goes too.
    own: bool,
}

/// What was destroyed here by one order, and no receipt was given for yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedReceipt {
    /// The block with the order.
    pub order: BlockId,
    /// Whose keys.
    pub patient: PatientId,
    /// Wraps that were deleted.
    pub wraps: u32,
    /// Blocks whose payload was deleted.
    pub blocks: BTreeSet<BlockId>,
}

/// A block with wraps: those that go, and those that must stay.
struct Mixed {
    at: Place,
    id: BlockId,
    going: u32,
    staying: Vec<Wrap>,
    all: Vec<Wrap>,
}

impl Db {
    /// Receipts that are owed.
    ///
    /// # Errors
    /// A damaged page.
    pub fn owed_receipts(&self) -> Result<Vec<OwedReceipt>, StoreError> {
        Ok(self.get(tables::META, RECEIPTS)?.unwrap_or_default())
    }

    /// Of these, by this policy, the ones of whose orders nothing is left here.
    ///
    /// # Errors
    /// A damaged page.
    pub fn receipts_due(&self, policies: &Policies) -> Result<Vec<OwedReceipt>, StoreError> {
        let mut owed = self.owed_receipts()?;
        if owed.is_empty() {
            return Ok(owed);
        }
        for p in self.replica.erasures(policies) {
            if !self.left_by(&p)?.is_empty() || self.cannot_tell(&p)? {
                owed.retain(|o| o.order != p.order);
            }
        }
        Ok(owed)
    }

    /// Which of the keys here an order reaches can't be told while blocks of who ordered it wait for their payload: it says
    /// under which key it was sealed.
    fn cannot_tell(&self, p: &Progress) -> Result<bool, StoreError> {
        let g = self.replica.governance();
        let theirs = |at: &Place| g.writer(at.log.device).is_some_and(|(org, _)| org == p.by);
        let mut waits = self.replica.waiting_places();
        Ok(!self.scan::<Sealed>(tables::PATIENT_WRAPS, &p.what.patient.0)?.is_empty()
            && waits.any(|at| theirs(&at) && self.replica.doubt(at).is_none()))
    }

    /// The row that says so, to be written with receipts that were given.
    pub fn owed_row(owed: &[OwedReceipt]) -> (Table, Vec<u8>, Vec<u8>) {
        (tables::META, RECEIPTS.to_vec(), codec::encode(&owed))
    }

    /// Under which key each block of a patient is sealed. What is damaged is named where it is read.
    fn uses(&self, patient: PatientId) -> Result<Vec<Use>, StoreError> {
        let mut out = Vec::new();
        for kind in [Kind::Records, Kind::Summary, Kind::Attachment] {
            for at in self.all_about(patient, kind)? {
                let Some((by, _)) = self.replica.governance().writer(at.log.device) else { continue };
                let b = match self.block_at(at) {
                    Ok(Some(b)) => b,
                    Ok(None) | Err(StoreError::Damaged(_)) => continue,
                    Err(e) => return Err(e),
                };
                if let Ok(s) = codec::decode::<SealedRecords>(b.content(), MAX_PAYLOAD) {
                    out.push(Use { by, key: s.key, block: b.signed.header.id() });
                }
            }
        }
        Ok(out)
    }

    /// The keys that an order still has to destroy here.
    ///
    /// # Errors
    /// A damaged page.
    pub fn left_by(&self, p: &Progress) -> Result<BTreeSet<PatientKeyId>, StoreError> {
        let patient = p.what.patient;
        let wraps = self.scan::<Sealed>(tables::PATIENT_WRAPS, &patient.0)?;
        if wraps.is_empty() {
            return Ok(BTreeSet::new());
        }
        let mut keys = reached(p.order, p.by, &self.uses(patient)?, &self.replica);
        let held: BTreeSet<PatientKeyId> =
            wraps.iter().filter_map(|(k, _)| tables::wrapped_key(patient, k)).collect();
        keys.retain(|id| held.contains(id));
        Ok(keys)
    }

    /// Deletes the wraps that orders, by this policy, reach and that are here.
    ///
    /// # Errors
    /// The store failed; what was deleted before stays deleted.
    pub fn carry_out(
        &mut self,
        policies: &Policies,
        (org, author): (OrgId, &Author),
        now: Millis,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StoreError> {
        let me = author.log.device;
        let mut orders = Vec::new();
        for p in self.replica.erasures(policies) {
            orders.push((self.left_by(&p)?, p));
        }
        // What another order destroys anyway needs no other place.
        let going: BTreeSet<PatientKeyId> = orders.iter().flat_map(|(keys, _)| keys).copied().collect();
        for (keys, p) in orders {
            if keys.is_empty() {
                let owed = self.owed_receipts()?.iter().any(|o| o.order == p.order);
                // Also one that nobody believes, because this terminal's log is in quarantine: it says no more a second time.
                let given = |n: &Noted| {
                    n.log.device == me && matches!(&n.deed, Deed::Erased(e) if e.order == p.order)
                };
                if owed || self.replica.rights().all().any(given) {
                    continue;
                }
            }
            let (order, patient, own) = (p.order, p.what.patient, p.by == org);
            self.destroy(&Destroying { order, patient, keys, going: &going, org, author, own }, now, rng)?;
        }
        Ok(())
    }

    /// Deletes the wraps of these keys wherever they lie, in one durable transaction. Where a block holds others' keys
    /// too, those are repeated in a new block first, by a terminal of the organisation that wrote it.
    ///
    /// # Errors
    /// The store failed: nothing was deleted.
    fn destroy(
        &mut self,
        what: &Destroying<'_>,
        now: Millis,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), StoreError> {
        let mut going = Vec::new();
        let places = self.places_of(what)?;
        for at in &places {
            match self.mixed(*at, what.going) {
                Ok(m) => going.extend(m),
                // What else is in it can't be told, so it stays until that is known.
                Err(StoreError::Damaged(_)) => {}
                Err(e) => return Err(e),
            }
        }
        let (mut repeats, mut gone): (Vec<Wrap>, Vec<Mixed>) = (Vec::new(), Vec::new());
        for m in going {
            let mut alone = Vec::new();
            for w in &m.staying {
                if !self.is_elsewhere(w, &places)? {
                    alone.push(w.clone());
                }
            }
            let ours = self.replica.governance().device(m.at.log.device).is_some_and(|d| d.org == what.org);
            // Otherwise it waits for those whose block it is.
            if alone.is_empty() || ours {
                repeats.extend(alone);
                gone.push(m);
            }
        }
        let wraps: u32 = gone.iter().map(|m| m.going).sum();
        let mut owed = self.owed_receipts()?;
        match owed.iter_mut().find(|o| o.order == what.order) {
            Some(_) if gone.is_empty() => return Ok(()),
            Some(o) => {
                o.wraps += wraps;
                o.blocks.extend(gone.iter().map(|m| m.id));
            }
            None => owed.push(OwedReceipt {
                order: what.order,
                patient: what.patient,
                wraps,
                blocks: gone.iter().map(|m| m.id).collect(),
            }),
        }
        let mut destroyed: BTreeSet<BlockId> = self.replica.destroyed_here().collect();
        destroyed.extend(gone.iter().map(|m| m.id));
        let beside = Beside {
            rows: vec![
                Self::owed_row(&owed),
                (tables::META, DESTROYED.to_vec(), codec::encode(&destroyed.iter().collect::<Vec<_>>())),
            ],
            ..Beside::default()
        };
        let tx = begin(self.db()?)?;
        let done = self
            .author_in(&tx, what.author, now, rng, wrap_blocks(repeats), &beside)
            .and_then(|_| delete(&tx, what, &gone))
            .and_then(|()| super::touched::add(&tx, &BTreeSet::from([what.patient])));
        self.store_or_reload(done)?;
        let done = tx.commit().map_err(StoreError::from);
        self.store_or_reload(done)?;
        self.replica.destroyed(gone.iter().map(|m| m.id));
        // Names that nobody may find any more.
        (self.search, self.calendar) = (None, None);
        Ok(())
    }

    /// Where wraps of these keys lie.
    fn places_of(&self, what: &Destroying<'_>) -> Result<BTreeSet<Place>, StoreError> {
        let rows = self.scan::<Sealed>(tables::PATIENT_WRAPS, &what.patient.0)?;
        let at = |k: &[u8]| {
            tables::wrapped_key(what.patient, k).filter(|id| what.keys.contains(id))?;
            tables::from_key(k.get(49..)?)
        };
        Ok(rows.iter().filter_map(|(k, _)| at(k)).collect())
    }

    fn mixed(&self, at: Place, keys: &BTreeSet<PatientKeyId>) -> Result<Option<Mixed>, StoreError> {
        let Some(b) = self.block_at(at)?.filter(|b| b.payload.is_some()) else { return Ok(None) };
        let all: Vec<Wrap> = codec::decode(b.content(), MAX_PAYLOAD)
            .map_err(|_| StoreError::Damaged(format!("the wraps of block {} of log {}", at.seq, at.log)))?;
        let goes = |w: &Wrap| w.patient_key().is_some_and(|k| keys.contains(k));
        let staying: Vec<Wrap> = all.iter().filter(|w| !goes(w)).cloned().collect();
        let going = (all.len() - staying.len()) as u32;
        Ok(Some(Mixed { at, id: b.signed.header.id(), going, staying, all }))
    }

    /// The very wrap also lies in a block that stays.
    fn is_elsewhere(&self, w: &Wrap, going: &BTreeSet<Place>) -> Result<bool, StoreError> {
        let (table, prefix, sealed) = tables::wrap_row(w);
        let rows = self.scan::<Sealed>(table, &prefix)?;
        let stays = |k: &[u8]| tables::from_key(&k[prefix.len()..]).is_some_and(|p| !going.contains(&p));
        Ok(rows.iter().any(|(k, s)| s == sealed && stays(k)))
    }
}

fn delete(tx: &WriteTransaction, what: &Destroying<'_>, gone: &[Mixed]) -> Result<(), StoreError> {
    let none = codec::encode(&None::<Payload>);
    for m in gone {
        let at = tables::key(m.at);
        tx.open_table(tables::PAYLOADS)?.insert(at.as_slice(), none.as_slice())?;
        for w in &m.all {
            let (table, prefix, _) = tables::wrap_row(w);
            tx.open_table(table)?.remove([prefix, at.clone()].concat().as_slice())?;
        }
    }
    if !what.own {
        return Ok(());
    }
    let p = what.patient;
    for table in [tables::CARDS, tables::CONFLICTS, tables::EXPECTED] {
        tx.open_table(table)?.remove(&p.0[..])?;
    }
    remove_where(tx, tables::RESOURCES, |k, _| k.starts_with(&p.0))?;
    remove_where(tx, tables::DRAFTS, |k, _| k.get(16..32) == Some(&p.0[..]))?;
    remove_where(tx, tables::PATIENT_IDS, |_, v| v == codec::encode(&p))
}

fn remove_where(
    tx: &WriteTransaction,
    table: Table,
    goes: impl Fn(&[u8], &[u8]) -> bool,
) -> Result<(), StoreError> {
    let mut t = tx.open_table(table)?;
    let mut keys = Vec::new();
    for row in t.iter()? {
        let (k, v) = row?;
        if goes(k.value(), v.value()) {
            keys.push(k.value().to_vec());
        }
    }
    for k in keys {
        t.remove(k.as_slice())?;
    }
    Ok(())
}
