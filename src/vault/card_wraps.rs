//! Patient keys wrapped to the patient's card, and the secrets that cards are sealed with, wrapped to organisations: HPKE
//! as in `keytree`.

use rand::CryptoRng;

use super::{
    Secret,
    keytree::{Exchange, patient_epoch, unwrap, wrap},
    seal::Broken,
};
use crate::core::{
    card::CardKeys,
    codec,
    id::{CardId, ConsortiumId, EpochId, OrgId},
    keys::{PatientKeyId, Sealed, Wrap},
};

const CARD_KEY: &[u8] = b"aidpost v0 wrap patient key to card";
const CARD_SECRET: &[u8] = b"aidpost v0 wrap card secret";

/// Wraps a patient key to the patient's card.
///
/// # Errors
/// When the card's key is unusable.
pub fn wrap_to_card(
    consortium: ConsortiumId,
    id: PatientKeyId,
    key: &Secret,
    card: &CardKeys,
    rng: &mut dyn CryptoRng,
) -> Result<Wrap, Broken> {
    let aad = codec::encode(&(consortium, id, card.id()));
    let sealed = wrap(&card.encryption, CARD_KEY, &aad, key.expose(), rng)?;
    Ok(Wrap::CardKey { key: id, card: card.id(), sealed })
}

/// Opens a patient key with the card that it was wrapped to.
///
/// # Errors
/// [`Broken`] also when the key inside isn't the one that the epoch names.
pub fn open_with_card(
    consortium: ConsortiumId,
    id: PatientKeyId,
    card: CardId,
    with: &Exchange,
    sealed: &Sealed,
) -> Result<Secret, Broken> {
    let plain = unwrap(with, CARD_KEY, &codec::encode(&(consortium, id, card)), sealed)?;
    let key = Secret::from_slice(&plain).ok_or(Broken)?;
    if patient_epoch(&key) == id.epoch { Ok(key) } else { Err(Broken) }
}

/// The name of a secret that cards are sealed with.
pub fn secret_name(secret: &Secret) -> EpochId {
    EpochId::of_key(secret.derive(b"aidpost v0 card secret", &[b"name"]).expose())
}

/// Wraps such a secret to an organisation.
///
/// # Errors
/// When the organisation's key is unusable.
pub fn wrap_card_secret(
    consortium: ConsortiumId,
    secret: &Secret,
    (org, to): (OrgId, &[u8; 32]),
    rng: &mut dyn CryptoRng,
) -> Result<Wrap, Broken> {
    let name = secret_name(secret);
    let aad = codec::encode(&(consortium, name, org));
    let sealed = wrap(to, CARD_SECRET, &aad, secret.expose(), rng)?;
    Ok(Wrap::CardSecret { secret: name, org, org_epoch: EpochId::of_key(to), sealed })
}

/// Opens a secret that was wrapped to this organisation.
///
/// # Errors
/// [`Broken`] also when the secret inside isn't the one that was named.
pub fn open_card_secret(
    consortium: ConsortiumId,
    name: EpochId,
    org: OrgId,
    with: &Exchange,
    sealed: &Sealed,
) -> Result<Secret, Broken> {
    let plain = unwrap(with, CARD_SECRET, &codec::encode(&(consortium, name, org)), sealed)?;
    let secret = Secret::from_slice(&plain).ok_or(Broken)?;
    if secret_name(&secret) == name { Ok(secret) } else { Err(Broken) }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{
        core::{id::PatientId, record::Compartment},
        vault::card::CardRoot,
    };

    const C: ConsortiumId = ConsortiumId([1; 32]);

    #[test]
    fn only_that_card_opens_only_that_key() {
        let mut rng = StdRng::seed_from_u64(4);
        let patient = PatientId([5; 16]);
        let (card, other) = (CardRoot::random(C, patient, &mut rng), CardRoot::random(C, patient, &mut rng));
        let key = Secret::random(&mut rng);
        let id = PatientKeyId { patient, compartment: Compartment::General, epoch: patient_epoch(&key) };
        let Ok(Wrap::CardKey { card: name, sealed, .. }) = wrap_to_card(C, id, &key, &card.keys(), &mut rng)
        else {
            panic!("a card wrap")
        };
        assert_eq!(name, card.keys().id());
        let opened = open_with_card(C, id, name, &card.encryption(), &sealed).unwrap();
        assert_eq!(opened.expose(), key.expose());
        assert!(open_with_card(C, id, name, &other.encryption(), &sealed).is_err());
        assert!(open_with_card(C, id, other.keys().id(), &card.encryption(), &sealed).is_err());
        let hiv = PatientKeyId { compartment: Compartment::Hiv, ..id };
        assert!(open_with_card(C, hiv, name, &card.encryption(), &sealed).is_err());
    }

    #[test]
    fn a_secret_reaches_the_organisation_that_it_is_for() {
        let mut rng = StdRng::seed_from_u64(5);
        let (org, key, secret) = (OrgId([3; 16]), Exchange::random(&mut rng), Secret::random(&mut rng));
        let Ok(Wrap::CardSecret { secret: name, sealed, .. }) =
            wrap_card_secret(C, &secret, (org, &key.public), &mut rng)
        else {
            panic!("a secret's wrap")
        };
        assert_eq!(open_card_secret(C, name, org, &key, &sealed).unwrap().expose(), secret.expose());
        assert!(open_card_secret(C, name, OrgId([4; 16]), &key, &sealed).is_err());
        assert!(open_card_secret(C, EpochId([0; 16]), org, &key, &sealed).is_err());
        assert!(open_card_secret(C, name, org, &Exchange::random(&mut rng), &sealed).is_err());
    }
}
