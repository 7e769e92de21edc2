//! Patients' cards: issued, revoked, read, and what they sign.
//!
//! `secrets` has what cards are sealed with besides their PIN, `issuing` makes and revokes them, `opening` reads one with its
//! PIN and lets it sign, `turn` lets its owner read. What a card is worth is `core::card`'s to say.

mod issuing;
mod opening;
mod secrets;
mod turn;

pub(super) use self::opening::Unlocked;
use super::{
    api::{CardRow, Fault, FaultKind},
    device::Device,
    people::certified,
    records::{carded, own_key_ids, patient_key},
};
use crate::{
    core::{
        card::{CardKeys, CardState, Cards, Issued},
        consent::Act,
        id::{OrgId, PatientId},
        keys::{PatientKeyId, Wrap},
    },
    store::{Beside, Db, StoreError, wrap_blocks},
    vault::card_wraps::wrap_to_card,
};

fn cards_of(db: &Db, patient: PatientId) -> Cards {
    Cards::of(db.replica().consents(patient), db.replica())
}

/// A card as `org` sees it.
fn row(db: &Db, cards: &Cards, c: &Issued, org: OrgId) -> CardRow {
    let g = db.replica().governance();
    CardRow {
        card: c.id,
        serial: c.id.short(),
        state: cards.state(c.id, org).unwrap_or(CardState::Unrecognised),
        issued: c.at.millis,
        by: g.staff_name(c.by),
        opens: cards.recognising(c.id).map(|o| g.org_name(o)).collect(),
    }
}

fn refused(e: impl ToString) -> StoreError {
    StoreError::Refused(e.to_string())
}

fn revoked() -> Fault {
    Fault::new(
        FaultKind::Locked,
        "this card was reported lost or copied and opens nothing any more: keep it, and let the patient's clinic issue a new one",
    )
}

/// Wraps of this organisation's own keys of a patient to a card, as far as they are missing.
fn missing_wraps(
    db: &Db,
    device: &Device,
    patient: PatientId,
    card: &CardKeys,
) -> Result<Vec<Wrap>, StoreError> {
    let there: Vec<PatientKeyId> = carded(db, patient, card.id())?.into_iter().map(|(id, _)| id).collect();
    let ids = own_key_ids(db, device, patient)?;
    let missing: Vec<&PatientKeyId> = ids.iter().filter(|id| !there.contains(id)).collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let (org_keys, consortium) = (device.org_keys(db)?, db.replica().governance().consortium());
    let mut out = Vec::new();
    for id in missing {
        let Some(key) = patient_key(db, id, device.org_id(), &org_keys)? else { continue };
        out.push(wrap_to_card(consortium, *id, &key, card, &mut rand::rng()).map_err(refused)?);
    }
    Ok(out)
}

/// After blocks came in: what cards are sealed with goes to members that lack it, and keys that other terminals of this
/// organisation minted go to the cards that it recognises.
pub(super) fn wrap_for_cards(db: &mut Db, device: &Device) -> Result<(), StoreError> {
    let Ok(author) = certified(db, device) else { return Ok(()) };
    let mut all = secrets::for_members(db, device)?;
    let replica = db.replica();
    let with_card = |p: &PatientId| replica.consents(*p).iter().any(|e| matches!(e.act, Act::CardIssue(_)));
    let patients: Vec<PatientId> = replica.consenting().filter(with_card).collect();
    for patient in patients {
        if let Some(card) = cards_of(db, patient).in_force(device.org_id()) {
            all.extend(missing_wraps(db, device, patient, &card.keys)?);
        }
    }
    let blocks = wrap_blocks(all);
    if !blocks.is_empty() {
        author.write(db, blocks, &Beside::default())?;
    }
    Ok(())
}
