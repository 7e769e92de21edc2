//! Patient keys: those that open here, those that are written under, and new ones.

use std::collections::{BTreeMap, BTreeSet};

use rand::CryptoRng;

use crate::{
    core::{
        block::{Kind, MAX_PAYLOAD},
        card::Cards,
        codec,
        consent::standing,
        id::{CardId, OrgId, PatientId},
        keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
        record::Compartment,
        time::Millis,
    },
    node::device::Device,
    store::{Content, Db, StoreError, tables, wrap_blocks},
    vault::{
        Secret,
        card_wraps::wrap_to_card,
        keytree::{self, Exchange, open_patient_key, wrap_patient_key},
    },
};

/// The patient keys that this organisation can open: wrapped to it, by its own terminals or another organisation's.
pub(in crate::node) fn patient_key(
    db: &Db,
    id: &PatientKeyId,
    org: OrgId,
    org_keys: &[Exchange],
) -> Result<Option<Secret>, StoreError> {
    let consortium = db.replica().governance().consortium();
    let prefix = tables::wrap_prefix(id.patient, org, Some((id.compartment, Some(id.epoch))));
    let wraps = db.scan::<Sealed>(tables::PATIENT_WRAPS, &prefix)?;
    Ok(wraps
        .iter()
        .flat_map(|(_, s)| org_keys.iter().map(move |k| (s, k)))
        .find_map(|(s, k)| open_patient_key(consortium, *id, org, k, s).ok()))
}

/// The keys that one reader opens: the organisation's own once, and each patient key once for all blocks under it.
pub(super) struct Keyring {
    org: OrgId,
    org_keys: Vec<Exchange>,
    opened: BTreeMap<PatientKeyId, Option<Secret>>,
}

impl Keyring {
    pub(super) fn new(db: &Db, device: &Device) -> Result<Self, StoreError> {
        Ok(Self { org: device.org_id(), org_keys: device.org_keys(db)?, opened: BTreeMap::new() })
    }

    /// Those that a patient's card opens, and no others.
    pub(super) fn of_card(org: OrgId, keys: BTreeMap<PatientKeyId, Secret>) -> Self {
        Self { org, org_keys: Vec::new(), opened: keys.into_iter().map(|(id, k)| (id, Some(k))).collect() }
    }

    pub(super) fn key(&mut self, db: &Db, id: &PatientKeyId) -> Result<Option<&Secret>, StoreError> {
        if !self.opened.contains_key(id) {
            let key = patient_key(db, id, self.org, &self.org_keys)?;
            self.opened.insert(*id, key);
        }
        Ok(self.opened.get(id).and_then(Option::as_ref))
    }

    /// Wipes the patient keys: of many patients, those of one are held at a time.
    pub(super) fn forget(&mut self) {
        self.opened.clear();
    }
}

/// Under which key each block of records of a patient is sealed, with who wrote it.
pub(in crate::node) fn keys_in_use(
    db: &Db,
    patient: PatientId,
    kind: Kind,
) -> Result<Vec<(OrgId, PatientKeyId)>, StoreError> {
    let mut out = Vec::new();
    for (log, seq) in db.about(patient, kind)? {
        let Some(org) = db.replica().governance().device(log.device).map(|d| d.org) else { continue };
        // What is damaged is named where it is read.
        let Ok(Some(b)) = db.block(log, seq) else { continue };
        if let Ok(s) = codec::decode::<SealedRecords>(b.content(), MAX_PAYLOAD) {
            out.push((org, s.key));
        }
    }
    out.sort();
    out.dedup();
    Ok(out)
}

/// The patient keys that this organisation's own terminals minted. Only those are written under: a key that another
/// organisation chose would open to whoever that one likes.
pub(in crate::node) fn own_keys(
    db: &Db,
    device: &Device,
    patient: PatientId,
) -> Result<Vec<(PatientKeyId, Secret)>, StoreError> {
    let org_keys = device.org_keys(db)?;
    let mut out = Vec::new();
    for id in own_key_ids(db, device, patient)? {
        let key = patient_key(db, &id, device.org_id(), &org_keys)?;
        out.extend(key.map(|k| (id, k)));
    }
    Ok(out)
}

/// Their names, without opening any.
pub(in crate::node) fn own_key_ids(
    db: &Db,
    device: &Device,
    patient: PatientId,
) -> Result<BTreeSet<PatientKeyId>, StoreError> {
    let org = device.org_id();
    let ours = |k: &[u8]| {
        let log = k.get(49..).and_then(tables::from_place).map(|(log, _)| log);
        log.and_then(|l| db.replica().governance().device(l.device)).is_some_and(|d| d.org == org)
    };
    let rows = db.scan::<Sealed>(tables::PATIENT_WRAPS, &tables::wrap_prefix(patient, org, None))?;
    let own = rows.iter().filter(|(k, _)| ours(k));
    Ok(own.filter_map(|(k, _)| tables::wrapped_key(patient, k)).collect())
}

/// The keys of a patient that were wrapped to a card of theirs.
pub(in crate::node) fn carded(
    db: &Db,
    patient: PatientId,
    card: CardId,
) -> Result<Vec<(PatientKeyId, Sealed)>, StoreError> {
    let rows = db.scan::<Sealed>(tables::PATIENT_WRAPS, &tables::card_prefix(patient, card))?;
    Ok(rows.into_iter().filter_map(|(k, s)| Some((tables::wrapped_key(patient, &k)?, s))).collect())
}

/// Keys that a lost or replaced card opens: nothing more is written under them.
fn retired(db: &Db, patient: PatientId, org: OrgId) -> Result<BTreeSet<PatientKeyId>, StoreError> {
    let cards = Cards::of(db.replica().consents(patient), db.replica());
    let mut out = BTreeSet::new();
    for c in cards.retired(org) {
        out.extend(carded(db, patient, c.id)?.into_iter().map(|(id, _)| id));
    }
    Ok(out)
}

/// The keys that one writer uses in one transaction: those that are there, and those that it mints, with their wraps.
pub(super) struct Keys<'a> {
    device: &'a Device,
    now: Millis,
    known: BTreeMap<(PatientId, Compartment), (PatientKeyId, Secret)>,
    wraps: Vec<Wrap>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(device: &'a Device, now: Millis) -> Self {
        Self { device, now, known: BTreeMap::new(), wraps: Vec::new() }
    }

    /// The key to write a part of a record under. `fresh`: the patient is new, so there is none yet.
    pub(super) fn of(
        &mut self,
        db: &Db,
        patient: PatientId,
        compartment: Compartment,
        fresh: bool,
        rng: &mut dyn CryptoRng,
    ) -> Result<(PatientKeyId, Secret), StoreError> {
        if !fresh && !self.known.contains_key(&(patient, compartment)) {
            let retired = retired(db, patient, self.device.org_id())?;
            for (id, key) in
                own_keys(db, self.device, patient)?.into_iter().filter(|(id, _)| !retired.contains(id))
            {
                self.known.entry((patient, id.compartment)).or_insert((id, key));
            }
        }
        if let Some((id, key)) = self.known.get(&(patient, compartment)) {
            return Ok((*id, key.clone()));
        }
        let (id, key) = self.mint(db, patient, compartment, fresh, rng)?;
        self.known.insert((patient, compartment), (id, key.clone()));
        Ok((id, key))
    }

    /// A fresh key, wrapped to the own organisation, to those that consent lets read this part already, and to the
    /// patient's card.
    fn mint(
        &mut self,
        db: &Db,
        patient: PatientId,
        compartment: Compartment,
        fresh: bool,
        rng: &mut dyn CryptoRng,
    ) -> Result<(PatientKeyId, Secret), StoreError> {
        let replica = db.replica();
        let own = self.device.org_id();
        if replica.org_key(own).is_none() {
            return Err(StoreError::Refused(
                "this organisation has no encryption key that only its own terminals hold: meet the others first, or let an admin mint one with 'aidpost device suspend'".into(),
            ));
        }
        let mut to = BTreeSet::from([own]);
        if !fresh {
            let all = standing(replica.consents(patient), replica, replica.moment(self.now));
            let lets = all
                .iter()
                .filter(|s| s.ended.is_none() && s.opens(own) && s.grant.compartments.contains(&compartment));
            to.extend(lets.map(|s| s.grant.to.org()));
        }
        let key = Secret::random(rng);
        let id = PatientKeyId { patient, compartment, epoch: keytree::patient_epoch(&key) };
        let consortium = replica.governance().consortium();
        for org in to {
            // An organisation whose key hasn't come here yet can't be wrapped to.
            let Some(public) = replica.org_key(org).map(|k| k.public) else { continue };
            let wrap = wrap_patient_key(consortium, id, &key, org, &public, rng)
                .map_err(|e| StoreError::Refused(e.to_string()))?;
            self.wraps.push(wrap);
        }
        let cards = (!fresh).then(|| Cards::of(replica.consents(patient), replica));
        if let Some(card) = cards.as_ref().and_then(|c| c.in_force(own)) {
            let wrap = wrap_to_card(consortium, id, &key, &card.keys, rng)
                .map_err(|e| StoreError::Refused(e.to_string()))?;
            self.wraps.push(wrap);
        }
        Ok((id, key))
    }

    /// The blocks that wrap what was minted: they go before what is sealed under it.
    pub(super) fn blocks(self) -> Vec<(Kind, Content)> {
        wrap_blocks(self.wraps)
    }
}
