//! Words for one organisation: what a person typed that must not be readable on the ledger.

use rand::CryptoRng;

use super::{
    keytree::{Exchange, unwrap, wrap},
    seal::{self, Broken},
};
use crate::core::{
    codec,
    id::{ConsortiumId, EpochId, OrgId, PatientId},
    rights::SealedWords,
};

const WORDS: &[u8] = b"aidpost v0 words";

fn aad(consortium: ConsortiumId, patient: PatientId, org: OrgId) -> Vec<u8> {
    codec::encode(&(consortium, patient, org))
}

/// Seals words about a patient to an organisation's encryption key; their exact length doesn't show.
///
/// # Errors
/// When the key is unusable.
pub fn seal_words(
    consortium: ConsortiumId,
    patient: PatientId,
    (org, to): (OrgId, &[u8; 32]),
    text: &str,
    rng: &mut dyn CryptoRng,
) -> Result<SealedWords, Broken> {
    let padded = seal::pad(text.as_bytes());
    let sealed = wrap(to, WORDS, &aad(consortium, patient, org), &padded, rng)?;
    Ok(SealedWords { org, epoch: EpochId::of_key(to), sealed })
}

/// Opens words that were sealed to this organisation.
///
/// # Errors
/// [`Broken`], also when they are no text.
pub fn open_words(
    consortium: ConsortiumId,
    patient: PatientId,
    with: &Exchange,
    words: &SealedWords,
) -> Result<String, Broken> {
    let padded = unwrap(with, WORDS, &aad(consortium, patient, words.org), &words.sealed)?;
    String::from_utf8(seal::unpad(&padded)?.to_vec()).map_err(|_| Broken)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn only_the_organisation_reads_them_and_only_about_this_patient() {
        let mut rng = StdRng::seed_from_u64(5);
        let (key, other) = (Exchange::random(&mut rng), Exchange::random(&mut rng));
        let (c, p, org) = (ConsortiumId([1; 32]), PatientId([2; 16]), OrgId([3; 16]));
        let w = seal_words(c, p, (org, &key.public), "found beside the road", &mut rng).unwrap();
        assert_eq!(open_words(c, p, &key, &w).unwrap(), "found beside the road");
        assert!(open_words(c, p, &other, &w).is_err());
        assert!(open_words(c, PatientId([9; 16]), &key, &w).is_err());
        let short = seal_words(c, p, (org, &key.public), "x", &mut rng).unwrap();
        assert_eq!(short.sealed.ct.len(), w.sealed.ct.len());
    }
}
