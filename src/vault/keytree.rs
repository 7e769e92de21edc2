//! device → OrgKey\[epoch] → PatientKey\[patient, compartment, epoch] → record key.
//!
//! HPKE for the first two hops; record keys are derived, never wrapped one by one, so that sharing a patient costs the
//! same whatever the number of records. Rotation is absent in this version: a patient key stays once minted, and what
//! ends a share is policy on honest terminals.

use hpke::{
    Deserializable, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305, kdf::HkdfSha256,
    kem::X25519HkdfSha256, single_shot_open, single_shot_seal_with_rng,
};
use rand::CryptoRng;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use super::{
    Secret, pack,
    seal::{self, Broken},
};
use crate::core::{
    codec,
    id::{ConsortiumId, DeviceId, EpochId, OrgId},
    keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
};

type Kem = X25519HkdfSha256;
const ORG_KEY: &[u8] = b"aidpost v0 wrap org key";
const PATIENT_KEY: &[u8] = b"aidpost v0 wrap patient key";
const RECORD: &[u8] = b"aidpost v0 record key";

/// An X25519 private key and its public half.
#[derive(Clone)]
pub struct Exchange {
    secret: Secret,
    /// The public half.
    pub public: [u8; 32],
}

impl Exchange {
    /// Fresh.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        Self::from_secret(Secret::random(rng))
    }

    /// From a kept private key.
    pub fn from_secret(secret: Secret) -> Self {
        let public = PublicKey::from(&StaticSecret::from(*secret.expose())).to_bytes();
        Self { secret, public }
    }

    /// The private half, to keep or to wrap.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl std::fmt::Debug for Exchange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exchange({}…)", hex::encode(&self.public[..4]))
    }
}

/// HPKE base mode to `public`. `info` says what for; `aad` for whom.
///
/// # Errors
/// When `public` is not a usable X25519 key.
pub fn wrap(
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plain: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Sealed, Broken> {
    let pk = <Kem as hpke::Kem>::PublicKey::from_bytes(public).map_err(|_| Broken)?;
    let mut rng = rng;
    let (enc, ct) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &pk,
        info,
        plain,
        aad,
        &mut rng,
    )
    .map_err(|_| Broken)?;
    Ok(Sealed { enc: enc.to_bytes().into(), ct })
}

/// Opens what [`wrap`] made for this key.
///
/// # Errors
/// [`Broken`].
pub fn unwrap(key: &Exchange, info: &[u8], aad: &[u8], s: &Sealed) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let sk = <Kem as hpke::Kem>::PrivateKey::from_bytes(key.secret.expose()).map_err(|_| Broken)?;
    let enc = <Kem as hpke::Kem>::EncappedKey::from_bytes(&s.enc).map_err(|_| Broken)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(&OpModeR::Base, &sk, &enc, info, &s.ct, aad)
        .map(Zeroizing::new)
        .map_err(|_| Broken)
}

fn org_aad(consortium: ConsortiumId, org: OrgId, epoch: EpochId, device: DeviceId) -> Vec<u8> {
    codec::encode(&(consortium, org, epoch, device))
}

/// Wraps an organisation's private key to one of its terminals.
///
/// # Errors
/// When the terminal's key is unusable.
pub fn wrap_org_key(
    consortium: ConsortiumId,
    org: OrgId,
    key: &Exchange,
    device: DeviceId,
    to: &[u8; 32],
    rng: &mut dyn CryptoRng,
) -> Result<Wrap, Broken> {
    let epoch = EpochId::of_key(&key.public);
    let aad = org_aad(consortium, org, epoch, device);
    let sealed = wrap(to, ORG_KEY, &aad, key.secret.expose(), rng)?;
    Ok(Wrap::OrgKey { org, epoch, device, sealed })
}

/// Opens an organisation key that was wrapped to this terminal.
///
/// # Errors
/// [`Broken`] also when the key inside isn't the one that the epoch names.
pub fn open_org_key(
    consortium: ConsortiumId,
    org: OrgId,
    epoch: EpochId,
    device: DeviceId,
    with: &Exchange,
    sealed: &Sealed,
) -> Result<Exchange, Broken> {
    let plain = unwrap(with, ORG_KEY, &org_aad(consortium, org, epoch, device), sealed)?;
    let key = Exchange::from_secret(Secret::from_slice(&plain).ok_or(Broken)?);
    if EpochId::of_key(&key.public) == epoch { Ok(key) } else { Err(Broken) }
}

/// A patient key's name: its hash.
pub fn patient_epoch(key: &Secret) -> EpochId {
    EpochId::of_key(key.expose())
}

/// Wraps a patient key to an organisation.
///
/// # Errors
/// When the organisation's key is unusable.
pub fn wrap_patient_key(
    consortium: ConsortiumId,
    id: PatientKeyId,
    key: &Secret,
    org: OrgId,
    to: &[u8; 32],
    rng: &mut dyn CryptoRng,
) -> Result<Wrap, Broken> {
    let aad = codec::encode(&(consortium, id, org));
    let sealed = wrap(to, PATIENT_KEY, &aad, key.expose(), rng)?;
    Ok(Wrap::PatientKey { key: id, org, org_epoch: EpochId::of_key(to), sealed })
}

/// Opens a patient key that was wrapped to an organisation.
///
/// # Errors
/// [`Broken`] also when the key inside isn't the one that the epoch names.
pub fn open_patient_key(
    consortium: ConsortiumId,
    id: PatientKeyId,
    org: OrgId,
    with: &Exchange,
    sealed: &Sealed,
) -> Result<Secret, Broken> {
    let plain = unwrap(with, PATIENT_KEY, &codec::encode(&(consortium, id, org)), sealed)?;
    let key = Secret::from_slice(&plain).ok_or(Broken)?;
    if patient_epoch(&key) == id.epoch { Ok(key) } else { Err(Broken) }
}

/// What is sealed under a patient key: one never passes for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Entries of a record.
    Records,
    /// A piece of a file.
    Chunk,
    /// What everyone can open in an emergency.
    Summary,
}

fn record_aad(consortium: ConsortiumId, id: &PatientKeyId, what: Contents) -> Vec<u8> {
    let domain = match what {
        Contents::Records => "aidpost v0 records",
        Contents::Chunk => "aidpost v0 chunk",
        Contents::Summary => "aidpost v0 summary",
    };
    codec::encode(&(domain, consortium, id))
}

/// Compresses what belongs together, pads it to a size class and seals it under a key of its own.
pub fn seal_records(
    consortium: ConsortiumId,
    id: PatientKeyId,
    key: &Secret,
    what: Contents,
    plain: &[u8],
    rng: &mut dyn CryptoRng,
) -> SealedRecords {
    let mut salt = [0u8; 32];
    rng.fill_bytes(&mut salt);
    let record_key = key.derive(&salt, &[RECORD, &codec::encode(&id)]);
    let padded = seal::pad(&pack::pack(plain));
    let sealed = seal::seal(&record_key, &record_aad(consortium, &id, what), &padded, rng);
    SealedRecords { key: id, salt, sealed }
}

/// Opens what [`seal_records`] sealed, of at most `max` bytes.
///
/// # Errors
/// [`Broken`].
pub fn open_records(
    consortium: ConsortiumId,
    key: &Secret,
    what: Contents,
    s: &SealedRecords,
    max: usize,
) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let record_key = key.derive(&s.salt, &[RECORD, &codec::encode(&s.key)]);
    let padded = seal::open(&record_key, &record_aad(consortium, &s.key, what), &s.sealed)?;
    pack::unpack(seal::unpad(&padded)?, max)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::core::{id::PatientId, record::Compartment};

    const C: ConsortiumId = ConsortiumId([1; 32]);

    #[test]
    fn from_the_terminal_down_to_the_record() {
        let mut rng = StdRng::seed_from_u64(3);
        let (device, org_key) = (Exchange::random(&mut rng), Exchange::random(&mut rng));
        let (org, dev) = (OrgId([2; 16]), DeviceId([3; 16]));
        let Ok(Wrap::OrgKey { epoch, sealed, .. }) =
            wrap_org_key(C, org, &org_key, dev, &device.public, &mut rng)
        else {
            panic!("an org key wrap")
        };
        let opened = open_org_key(C, org, epoch, dev, &device, &sealed).unwrap();
        assert_eq!(opened.public, org_key.public);
        assert!(open_org_key(C, org, epoch, DeviceId([4; 16]), &device, &sealed).is_err());

        let key = Secret::random(&mut rng);
        let id = PatientKeyId {
            patient: PatientId([5; 16]),
            compartment: Compartment::General,
            epoch: patient_epoch(&key),
        };
        let Ok(Wrap::PatientKey { sealed, .. }) =
            wrap_patient_key(C, id, &key, org, &opened.public, &mut rng)
        else {
            panic!("a patient key wrap")
        };
        let patient_key = open_patient_key(C, id, org, &opened, &sealed).unwrap();
        let hiv = PatientKeyId { compartment: Compartment::Hiv, ..id };
        assert!(open_patient_key(C, hiv, org, &opened, &sealed).is_err(), "another compartment");

        let what = Contents::Records;
        let records = seal_records(C, id, &key, what, b"cough", &mut rng);
        assert_eq!(open_records(C, &patient_key, what, &records, 5).unwrap().as_slice(), b"cough");
        assert!(open_records(C, &patient_key, what, &records, 4).is_err(), "more than is taken");
        assert!(open_records(C, &patient_key, Contents::Chunk, &records, 5).is_err(), "as something else");
        let moved = SealedRecords { key: hiv, ..records };
        assert!(open_records(C, &patient_key, what, &moved, 5).is_err(), "moved to another compartment");
    }
}
