//! What is printed on a patient's card: the patient's root key, sealed under a PIN and a secret of the consortium.
//!
//! ```text
//! "AIDCARD0" ‖ base 45 of: consortium (4) ‖ patient (16) ‖ serial (4) ‖ check (4) ‖ sealed root (32 + 16)
//! ```
//! 122 characters, which is just what a QR code of version 5 holds at error correction M: 37 by 37 modules. `check` is a hash
//! of everything else, so that a slip of the pen isn't taken for a wrong PIN. The key of the seal is
//! HKDF(salt: consortium's secret, Argon2id(PIN)): who has only the paper has nothing to guess at, who also has an open
//! store has the PIN to guess. It is used once (another card has another root, serial and salt), so the nonce is all
//! zeros and not printed. Argon2id's cost belongs to the version, because every terminal must open it alike.

use ed25519_dalek::SigningKey;
use zeroize::{Zeroize, Zeroizing};

use super::{
    Secret, base45,
    cost::Cost,
    keytree::Exchange,
    pin::{self, BadPin},
    seal::{OVERHEAD, Sealer},
};
use crate::core::{
    card::CardKeys,
    id::{CardId, ConsortiumId, PatientId, hash32},
};

/// Length of a card's text in characters.
pub const TEXT: usize = 122;
/// The fixed beginning, without the version.
const MAGIC: &str = "AIDCARD";
const VERSION: char = '0';
/// Bytes of a sealed root: the nonce is left out.
const SEALED: usize = OVERHEAD - NONCE + 32;
const NONCE: usize = 24;
/// Bytes before the seal: consortium, patient, serial, check.
const OPEN: usize = 4 + 16 + 4 + 4;
/// RFC 9106's second recommendation; about a tenth of a second on a desktop machine, half a second on a small board.
const COST: Cost = Cost::STANDARD;

const SIGNING: &[u8] = b"aidpost v0 card signing key";
const ENCRYPTION: &[u8] = b"aidpost v0 card encryption key";
const LOCK: &[u8] = b"aidpost v0 card lock";

/// Why a text is no card that this version reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCard {
    /// Something else.
    #[error("this code is not an Aidpost card: show the square code on the patient's card")]
    NotACard,
    /// Of a later version.
    #[error("this card needs a newer Aidpost: update this terminal")]
    Newer,
    /// Characters are missing or changed.
    #[error(
        "the code of the card is damaged: read it again, or let the clinic that issued it make a new one"
    )]
    Damaged,
}

/// A patient's root key. It exists while a card is made or open; only the card keeps it.
#[derive(Clone, Debug)]
pub struct CardRoot {
    consortium: ConsortiumId,
    patient: PatientId,
    root: Secret,
}

impl CardRoot {
    /// A fresh one.
    pub fn random(consortium: ConsortiumId, patient: PatientId, rng: &mut dyn rand::CryptoRng) -> Self {
        Self { consortium, patient, root: Secret::random(rng) }
    }

    fn derived(&self, what: &[u8]) -> Secret {
        self.root.derive(&self.consortium.0, &[what, &self.patient.0])
    }

    /// Signs what the patient decides.
    pub fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(self.derived(SIGNING).expose())
    }

    /// Opens what is wrapped to the card.
    pub fn encryption(&self) -> Exchange {
        Exchange::from_secret(self.derived(ENCRYPTION))
    }

    /// The public halves.
    pub fn keys(&self) -> CardKeys {
        CardKeys { signing: *self.signing().verifying_key().as_bytes(), encryption: self.encryption().public }
    }

    /// Whose it is.
    pub fn patient(&self) -> PatientId {
        self.patient
    }

    /// The text of the card.
    ///
    /// # Errors
    /// No memory for Argon2id. Whether the PIN is fit to be chosen is [`check_pin`]'s question.
    pub fn seal(&self, pin: &str, secret: &Secret) -> Result<CardText, BadPin> {
        let serial = serial(self.keys().id());
        let mut card = SealedRoot {
            consortium: short(self.consortium),
            patient: self.patient,
            serial,
            sealed: [0; SEALED],
        };
        let key = card.lock(pin)?.key(secret);
        let mut out = [0u8; NONCE + SEALED];
        Sealer::new(&key).seal_into(&[0; NONCE], &card.public(), self.root.expose(), &mut out);
        card.sealed.copy_from_slice(&out[NONCE..]);
        Ok(card.write())
    }
}

/// The text of a card: wiped when dropped, never printed by mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct CardText(String);

impl CardText {
    /// For the paper.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for CardText {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for CardText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CardText(…)")
    }
}

/// The serial number of a card: the beginning of its name.
pub fn serial(id: CardId) -> [u8; 4] {
    [id.0[0], id.0[1], id.0[2], id.0[3]]
}

fn short(c: ConsortiumId) -> [u8; 4] {
    [c.0[0], c.0[1], c.0[2], c.0[3]]
}

/// A card as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRoot {
    consortium: [u8; 4],
    /// Whose it says it is.
    pub patient: PatientId,
    /// The beginning of the card's name.
    pub serial: [u8; 4],
    sealed: [u8; SEALED],
}

/// A card with the PIN that was typed: what Argon2id made of it, to be tried with each secret.
pub struct Locked<'a> {
    card: &'a SealedRoot,
    typed: Secret,
}

impl SealedRoot {
    /// Reads a card's text.
    ///
    /// # Errors
    /// [`BadCard`].
    pub fn read(text: &str) -> Result<Self, BadCard> {
        let text = text.trim_end_matches(['\r', '\n']);
        let rest = text.strip_prefix(MAGIC).ok_or(BadCard::NotACard)?;
        let mut rest = rest.chars();
        match rest.next() {
            Some(VERSION) => {}
            Some(v) if v.is_ascii_digit() => return Err(BadCard::Newer),
            _ => return Err(BadCard::NotACard),
        }
        let bytes = base45::read(rest.as_str()).map(Zeroizing::new).ok_or(BadCard::Damaged)?;
        let (open, sealed) = bytes.split_first_chunk::<OPEN>().ok_or(BadCard::Damaged)?;
        let mut card = Self {
            consortium: [0; 4],
            patient: PatientId([0; 16]),
            serial: [0; 4],
            sealed: sealed.try_into().map_err(|_| BadCard::Damaged)?,
        };
        card.consortium.copy_from_slice(&open[..4]);
        card.patient.0.copy_from_slice(&open[4..20]);
        card.serial.copy_from_slice(&open[20..24]);
        if open[24..] == card.check() { Ok(card) } else { Err(BadCard::Damaged) }
    }

    fn write(&self) -> CardText {
        let bytes = Zeroizing::new([&self.public()[..], &self.check(), &self.sealed].concat());
        CardText(format!("{MAGIC}{VERSION}{}", base45::write(&bytes)))
    }

    fn public(&self) -> [u8; OPEN - 4] {
        let mut out = [0u8; OPEN - 4];
        out[..4].copy_from_slice(&self.consortium);
        out[4..20].copy_from_slice(&self.patient.0);
        out[20..].copy_from_slice(&self.serial);
        out
    }

    fn check(&self) -> [u8; 4] {
        let h = hash32("aidpost v0 card check", &[&self.public(), &self.sealed]);
        [h[0], h[1], h[2], h[3]]
    }

    /// True when it says that it is a card of this consortium.
    pub fn is_of(&self, consortium: ConsortiumId) -> bool {
        self.consortium == short(consortium)
    }

    /// Puts a PIN through Argon2id: slow on purpose.
    ///
    /// # Errors
    /// No memory.
    pub fn lock(&self, pin: &str) -> Result<Locked<'_>, BadPin> {
        let mut salt = [0u8; 16];
        salt.copy_from_slice(&hash32("aidpost v0 card salt", &[&self.public()])[..16]);
        let typed = COST.key(pin.as_bytes(), &salt).map_err(|_| BadPin::Memory)?;
        Ok(Locked { card: self, typed })
    }
}

impl Locked<'_> {
    fn key(&self, secret: &Secret) -> Secret {
        self.typed.derive(secret.expose(), &[LOCK])
    }

    /// The root, when this is the PIN and this secret the one that the card was sealed with.
    pub fn open(&self, consortium: ConsortiumId, secret: &Secret) -> Option<CardRoot> {
        let sealed = [&[0; NONCE][..], &self.card.sealed].concat();
        let mut plain = Zeroizing::new([0u8; 32]);
        Sealer::new(&self.key(secret)).open_into(&self.card.public(), &sealed, &mut *plain).ok()?;
        let root = CardRoot { consortium, patient: self.card.patient, root: Secret::new(*plain) };
        // What opens and isn't the key that the serial number names was made to confuse.
        (serial(root.keys().id()) == self.card.serial).then_some(root)
    }
}

/// Says whether a patient may choose this PIN: as for staff, and it doesn't hold the year of birth.
///
/// # Errors
/// [`BadPin::Digits`], [`BadPin::Guessable`], [`BadPin::Year`].
pub fn check_pin(typed: &str, birth_year: Option<u16>) -> Result<(), BadPin> {
    pin::check(typed)?;
    let d = typed.as_bytes();
    // A year twice, also one that isn't known here.
    if d.len() >= 8 && d.iter().zip(&d[4..]).all(|(a, b)| a == b) {
        return Err(BadPin::Guessable);
    }
    match birth_year {
        Some(y) if typed.contains(&format!("{y:04}")) => Err(BadPin::Year),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "card_tests.rs"]
mod tests;
