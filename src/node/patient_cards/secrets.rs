//! The consortium's secret that cards are sealed with besides their PIN: without it a copied card is nothing to guess at.
//!
//! The first terminal that issues a card draws one and wraps it to every member, as patient keys are wrapped; members that
//! join later get it from whoever meets them. When a terminal that holds it is suspended, or a member that has it
//! expelled, the next card is sealed with a new one. Cards name none: a terminal tries all that it has, after one Argon2id.

use rand::CryptoRng;

use crate::{
    core::{
        id::{EpochId, OrgId},
        keys::{Sealed, Wrap},
    },
    node::device::Device,
    store::{Db, StoreError, tables},
    vault::{
        Secret,
        card_wraps::{open_card_secret, wrap_card_secret},
    },
};

use super::refused;

/// Every such secret that opens here, by name.
pub(super) fn known(db: &Db, device: &Device) -> Result<Vec<(EpochId, Secret)>, StoreError> {
    let (org, consortium) = (device.org_id(), db.replica().governance().consortium());
    let rows = db.scan::<Sealed>(tables::CARD_SECRETS, &org.0)?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let org_keys = device.org_keys(db)?;
    let mut out: Vec<(EpochId, Secret)> = Vec::new();
    for (k, sealed) in &rows {
        let Some(name) = k.get(16..32).and_then(|n| n.try_into().ok()).map(EpochId) else { continue };
        if out.iter().all(|(n, _)| *n != name) {
            let secret =
                org_keys.iter().find_map(|k| open_card_secret(consortium, name, org, k, sealed).ok());
            out.extend(secret.map(|s| (name, s)));
        }
    }
    Ok(out)
}

/// The one for a new card, with the wraps of one that had to be drawn.
pub(super) fn for_new_card(
    db: &Db,
    device: &Device,
    rng: &mut dyn CryptoRng,
) -> Result<(Secret, Vec<Wrap>), StoreError> {
    let replica = db.replica();
    if let Some((_, secret)) = known(db, device)?.into_iter().find(|(n, _)| replica.card_secret_is_sound(*n))
    {
        return Ok((secret, Vec::new()));
    }
    if replica.org_key(device.org_id()).is_none() {
        return Err(StoreError::Refused(
            "this organisation has no encryption key that only its own terminals hold: meet the others first"
                .into(),
        ));
    }
    let secret = Secret::random(rng);
    let members: Vec<OrgId> = replica.governance().orgs().map(|o| o.id()).collect();
    let wraps = wrapped(db, &secret, &members, rng)?;
    Ok((secret, wraps))
}

/// Wraps to these organisations. One that has no usable key yet gets its wrap when it has.
fn wrapped(
    db: &Db,
    secret: &Secret,
    orgs: &[OrgId],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<Wrap>, StoreError> {
    let consortium = db.replica().governance().consortium();
    let keys = orgs.iter().filter_map(|o| Some((*o, db.replica().org_key(*o)?.public)));
    keys.map(|(org, to)| wrap_card_secret(consortium, secret, (org, &to), rng).map_err(refused)).collect()
}

/// Wraps of the secrets that open here to members that lack them.
pub(super) fn for_members(db: &Db, device: &Device) -> Result<Vec<Wrap>, StoreError> {
    let replica = db.replica();
    let lacking = |name: EpochId| -> Vec<OrgId> {
        let have = replica.card_secret_holders(name);
        let members = replica.governance().orgs().map(|o| o.id());
        members.filter(|o| !have.contains(o) && replica.org_key(*o).is_some()).collect()
    };
    if replica.card_secrets().all(|name| lacking(name).is_empty()) {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    for (name, secret) in known(db, device)? {
        out.extend(wrapped(db, &secret, &lacking(name), &mut rand::rng())?);
    }
    Ok(out)
}
