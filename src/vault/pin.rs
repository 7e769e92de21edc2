//! PINs: one a person and terminal, kept as what it opens, never as itself.
//!
//! A PIN opens an X25519 key (Argon2id, then XChaCha20-Poly1305). To the public half of that key the node can seal a
//! person's signing key when their shift ends, without knowing the PIN: from then on only the PIN gives it back. The slot
//! lies in the sealed store; whoever has the store's master key can try all PINs, nobody else can try any.

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Secret,
    cost::Cost,
    keytree::{Exchange, unwrap, wrap},
    seal::{self, Broken},
};
use crate::core::{
    auth::{MAX_DIGITS, MIN_DIGITS},
    id::StaffId,
    keys::Sealed,
};

const LOCK: &[u8] = b"aidpost v0 pin slot";
const KEY: &[u8] = b"aidpost v0 staff key behind pin";

/// Why a PIN isn't taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPin {
    /// Letters, or too few or too many digits.
    #[error("a PIN has {MIN_DIGITS} to {MAX_DIGITS} digits: choose another one")]
    Digits,
    /// Among the first that anybody tries.
    #[error("that PIN is easy to guess: don't use runs like 123456 or repeated digits")]
    Guessable,
    /// Known to everybody who knows the patient.
    #[error("a PIN with the year of birth is easy to guess: choose another one")]
    Year,
    /// Argon2 could not get its memory.
    #[error("not enough memory to check the PIN: close other programs and try again")]
    Memory,
}

/// Says whether a PIN can be taken.
///
/// # Errors
/// [`BadPin::Digits`], [`BadPin::Guessable`].
pub fn check(pin: &str) -> Result<(), BadPin> {
    let d = pin.as_bytes();
    if !(MIN_DIGITS..=MAX_DIGITS).contains(&d.len()) || !d.iter().all(u8::is_ascii_digit) {
        return Err(BadPin::Digits);
    }
    let steps = |by: u8| d.windows(2).all(|w| (w[1].wrapping_sub(w[0]).wrapping_add(10)) % 10 == by);
    let repeats = |n: usize| d.iter().zip(&d[n..]).all(|(a, b)| a == b);
    let easy = steps(0) || steps(1) || steps(9) || repeats(2) || repeats(3);
    if easy { Err(BadPin::Guessable) } else { Ok(()) }
}

/// What is kept of one person's PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinSlot {
    cost: Cost,
    salt: [u8; 16],
    public: [u8; 32],
    secret: Vec<u8>,
}

/// Argon2id takes a few tens of milliseconds with this: guesses are counted by `core::auth`, and a user switch is to be quick.
pub const COST: Cost = Cost::LEAST;

impl PinSlot {
    /// A slot for a new PIN.
    ///
    /// # Errors
    /// A PIN that [`check`] refuses; no memory.
    pub fn new(pin: &str, who: StaffId, rng: &mut dyn CryptoRng) -> Result<Self, BadPin> {
        check(pin)?;
        let mut salt = [0u8; 16];
        rng.fill_bytes(&mut salt);
        let key = Exchange::random(rng);
        let lock = lock(pin, &salt, COST)?;
        let secret = seal::seal(&lock, &aad(who), key.secret().expose(), rng);
        Ok(Self { cost: COST, salt, public: key.public, secret })
    }

    /// The key that this PIN opens; none when it is the wrong one.
    ///
    /// # Errors
    /// No memory.
    pub fn open(&self, pin: &str, who: StaffId) -> Result<Option<Exchange>, BadPin> {
        let lock = lock(pin, &self.salt, self.cost)?;
        let plain = seal::open(&lock, &aad(who), &self.secret).ok();
        Ok(plain.and_then(|p| Secret::from_slice(&p)).map(Exchange::from_secret))
    }

    /// Puts a person's signing keys away so that only their PIN gives them back.
    ///
    /// # Errors
    /// When the slot's key is unusable.
    pub fn put_away(
        &self,
        who: StaffId,
        keys: &StaffKeys,
        rng: &mut dyn CryptoRng,
    ) -> Result<Sealed, Broken> {
        let root = keys.root.as_ref().map_or(&[][..], |r| r.as_bytes());
        let plain = Zeroizing::new([keys.staff.as_bytes(), root].concat());
        wrap(&self.public, KEY, &who.0, &plain, rng)
    }
}

/// Gives back what [`PinSlot::put_away`] sealed.
///
/// # Errors
/// [`Broken`] when it was sealed for another PIN or person.
pub fn take_back(key: &Exchange, who: StaffId, sealed: &Sealed) -> Result<StaffKeys, Broken> {
    let plain = unwrap(key, KEY, &who.0, sealed)?;
    let (staff, root) = plain.split_first_chunk::<32>().ok_or(Broken)?;
    let root = match root {
        [] => None,
        r => Some(SigningKey::from_bytes(r.try_into().map_err(|_| Broken)?)),
    };
    Ok(StaffKeys { staff: SigningKey::from_bytes(staff), root })
}

/// A person's signing key, and the organisation's root key for an admin.
#[derive(Clone)]
pub struct StaffKeys {
    /// Signs what the person writes.
    pub staff: SigningKey,
    /// The organisation's root key.
    pub root: Option<SigningKey>,
}

fn aad(who: StaffId) -> Vec<u8> {
    [LOCK, &who.0].concat()
}

fn lock(pin: &str, salt: &[u8; 16], cost: Cost) -> Result<Secret, BadPin> {
    cost.key(pin.as_bytes(), salt).map_err(|_| BadPin::Memory)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const WHO: StaffId = StaffId([1; 16]);
    const OTHER: StaffId = StaffId([2; 16]);

    #[test]
    fn pins_that_anybody_would_try_are_refused() {
        for bad in ["", "12345", "1234567890123", "12345a", "１２３４５６"] {
            assert_eq!(check(bad), Err(BadPin::Digits), "{bad}");
        }
        for easy in ["000000", "123456", "654321", "890123", "210987", "121212", "123123", "909090"] {
            assert_eq!(check(easy), Err(BadPin::Guessable), "{easy}");
        }
        for fine in ["274913", "100200", "112233", "482916053711"] {
            assert_eq!(check(fine), Ok(()), "{fine}");
        }
    }

    #[test]
    fn only_the_pin_of_that_person_gives_their_keys_back() {
        let mut rng = StdRng::seed_from_u64(1);
        let slot = PinSlot::new("274913", WHO, &mut rng).unwrap();
        assert!(slot.open("274914", WHO).unwrap().is_none());
        assert!(slot.open("274913", OTHER).unwrap().is_none());
        let key = slot.open("274913", WHO).unwrap().unwrap();
        for root in [None, Some(SigningKey::from_bytes(&[9; 32]))] {
            let keys = StaffKeys { staff: SigningKey::from_bytes(&[7; 32]), root };
            let sealed = slot.put_away(WHO, &keys, &mut rng).unwrap();
            let back = take_back(&key, WHO, &sealed).unwrap();
            assert_eq!(back.staff.as_bytes(), keys.staff.as_bytes());
            assert_eq!(back.root.map(|r| *r.as_bytes()), keys.root.map(|r| *r.as_bytes()));
            assert!(take_back(&key, OTHER, &sealed).is_err());
            assert!(take_back(&Exchange::random(&mut rng), WHO, &sealed).is_err());
        }
    }

    #[test]
    fn a_new_slot_with_the_same_pin_opens_nothing_of_the_old_one() {
        let mut rng = StdRng::seed_from_u64(2);
        let keys = StaffKeys { staff: SigningKey::from_bytes(&[7; 32]), root: None };
        let old = PinSlot::new("274913", WHO, &mut rng).unwrap();
        let sealed = old.put_away(WHO, &keys, &mut rng).unwrap();
        let new = PinSlot::new("274913", WHO, &mut rng).unwrap();
        let key = new.open("274913", WHO).unwrap().unwrap();
        assert!(take_back(&key, WHO, &sealed).is_err());
    }
}
