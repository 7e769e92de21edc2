//! A patient's reading of their own record: said by their card, durable before anything is displayed.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::{
    codec,
    id::{ConsortiumId, DeviceId, OrgId, PatientId},
    record::Compartment,
    sign::{self, PublicKey, Signature},
    time::Millis,
};

/// Signature domain of what a card says of a reading.
const DOMAIN: &str = "aidpost v0 own reading";
/// The most organisations whose records one reading opens.
pub const MAX_CUSTODIANS: usize = 256;

/// What was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Whose record, and who read.
    pub patient: PatientId,
    /// At which terminal: what a card said at one counts at no other.
    pub device: DeviceId,
    /// By that terminal's clock.
    pub at: Millis,
    /// Which parts the card opens.
    pub compartments: Vec<Compartment>,
    /// Whose records they are.
    pub custodians: Vec<OrgId>,
}

/// A reading that a card signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnReading {
    /// What was opened.
    pub reading: Reading,
    /// The card's Ed25519 key. Whether it is a card of the patient's is for whoever shows this to say.
    pub card: PublicKey,
    signature: Signature,
}

impl OwnReading {
    /// Signed by the card.
    pub fn new(consortium: ConsortiumId, reading: Reading, card: &SigningKey) -> Self {
        let signature = sign::sign(card, DOMAIN, &[&consortium.0, &codec::encode(&reading)]);
        Self { reading, card: *card.verifying_key().as_bytes(), signature }
    }

    /// Within its limits, signed by the card that it names, and written by the terminal at which it was said.
    pub fn valid(&self, consortium: ConsortiumId, writer: DeviceId) -> bool {
        let r = &self.reading;
        r.device == writer
            && r.custodians.len() <= MAX_CUSTODIANS
            && r.compartments.len() <= Compartment::ALL.len()
            && sign::verify(&self.card, DOMAIN, &[&consortium.0, &codec::encode(r)], &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::audit::AuditEntry, testing::key};

    fn reading() -> Reading {
        Reading {
            patient: PatientId([7; 16]),
            device: DeviceId([5; 16]),
            at: 1_772_440_200_000,
            compartments: vec![Compartment::General],
            custodians: vec![OrgId([1; 16])],
        }
    }

    #[test]
    fn golden_bytes_of_a_reading() {
        let c = ConsortiumId([9; 32]);
        let entry = AuditEntry::Own(OwnReading::new(c, reading(), &key(3)));
        crate::testing::golden("own_reading_v0.hex", &hex::encode(codec::encode(&entry)));
    }

    #[test]
    fn it_is_bound_to_card_terminal_consortium_and_content() {
        let (c, here) = (ConsortiumId([9; 32]), DeviceId([5; 16]));
        let good = OwnReading::new(c, reading(), &key(3));
        assert!(good.valid(c, here));
        assert!(!good.valid(c, DeviceId([6; 16])), "repeated by another terminal");
        assert!(!good.valid(ConsortiumId([8; 32]), here));
        let mut other = good.clone();
        other.reading.at += 1;
        assert!(!other.valid(c, here));
        let mut other = good.clone();
        other.card = *key(4).verifying_key().as_bytes();
        assert!(!other.valid(c, here));
        let many = Reading { custodians: vec![OrgId([1; 16]); MAX_CUSTODIANS + 1], ..reading() };
        assert!(!OwnReading::new(c, many, &key(3)).valid(c, here));
    }
}
