//! Key slots, as in LUKS: one a person, each giving the same master key; what else a person has is in it too.
//!
//! A slot is an X25519 key pair. The private half is sealed under what the person types (`lock`); to the public half are
//! wrapped (HPKE) the store's master key, the person's signing key, and for an admin the organisation's root key. So the
//! master key can be changed without anybody's passphrase. The file holds no names: a slot is found by a salted hash of
//! the login name. What people are called lies in a label under the master key, which also vouches for the public key:
//! a slot that somebody put there from outside is never wrapped to.
//!
//! A new passphrase means a new key pair: whoever has an older copy of the file and the older passphrase gets the older
//! master key, and nothing once that was changed.

use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    Secret,
    code::{self, BadCode},
    keytree::{Exchange, unwrap, wrap},
    lock::{self, Lock},
    seal,
};
pub use super::{
    cost::Cost,
    file::{SlotError, replace_atomically, write_atomically},
    lock::LockKind,
};
use crate::core::{
    codec,
    id::{StaffId, hash32},
    keys::Sealed,
    time::Millis,
};

/// Format and version; the last digit is the version.
const MAGIC: [u8; 8] = *b"AIDSLOT0";
const MAX_FILE: usize = 1024 * 1024;
/// The most slots of one terminal.
const MAX_SLOTS: usize = 1_000;
/// The shortest passphrase that is taken, in characters.
pub const MIN_PASSPHRASE: usize = 8;

const PRIVATE: &[u8] = b"aidpost v0 slot private key";
const MASTER: &[u8] = b"aidpost v0 slot master key";
const KEYS: &[u8] = b"aidpost v0 slot staff key";
const ROOT: &[u8] = b"aidpost v0 slot root key";
const LABEL: &[u8] = b"aidpost v0 slot label";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Slot {
    tag: [u8; 16],
    lock: Lock,
    public: [u8; 32],
    private: Vec<u8>,
    master: Sealed,
    /// The master key that comes, while it is changed.
    next: Option<Sealed>,
    keys: Sealed,
    root: Option<Sealed>,
    label: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Content {
    magic: [u8; 8],
    store: [u8; 16],
    login_salt: [u8; 16],
    slots: Vec<Slot>,
}

/// What a slot says of itself to whoever has the master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The login name.
    pub login: String,
    /// Whose it is.
    pub staff: StaffId,
    /// The organisation's root key is in it.
    pub root: bool,
    /// When it was made.
    pub made: Millis,
}

/// One slot in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What opens it.
    pub kind: LockKind,
    /// What it says; none for one that this terminal didn't make.
    pub label: Option<Label>,
    /// What a guess costs.
    pub cost: Option<Cost>,
}

/// What a slot opened.
pub struct Opened {
    /// Seals the store.
    pub master: Secret,
    /// The person's signing key.
    pub staff: SigningKey,
    /// The organisation's root key, for an admin.
    pub root: Option<SigningKey>,
    /// The master key that comes, when a change was begun and not ended: the store is sealed under one of the two.
    pub next: Option<Secret>,
}

impl Opened {
    /// Fresh keys for a person at a store.
    pub fn new(master: Secret, staff: SigningKey, root: Option<SigningKey>) -> Self {
        Self { master, staff, root, next: None }
    }

    /// Whose slot it is.
    pub fn staff_id(&self) -> StaffId {
        StaffId::of_key(self.staff.verifying_key().as_bytes())
    }

    /// Both master keys, while one replaces the other.
    pub fn changing(&self) -> Option<Changing> {
        self.next.clone().map(|to| Changing { from: self.master.clone(), to })
    }

    fn label(&self, login: &str, made: Millis) -> Label {
        Label { login: normal(login), staff: self.staff_id(), root: self.root.is_some(), made }
    }
}

/// Two master keys, while one replaces the other.
pub struct Changing {
    /// What the store was sealed under.
    pub from: Secret,
    /// What it will be sealed under.
    pub to: Secret,
}

/// The slot file of a store.
pub struct Slots {
    path: PathBuf,
    content: Content,
}

/// Whether a slot can have this login name.
pub fn login_ok(login: &str) -> bool {
    !normal(login).is_empty() && login.len() <= 200 && !login.chars().any(char::is_control)
}

fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

impl Slots {
    /// A new, empty slot file for the store with this identifier; written with the first slot.
    pub fn create(path: &Path, store: [u8; 16], rng: &mut dyn CryptoRng) -> Self {
        let mut login_salt = [0u8; 16];
        rng.fill_bytes(&mut login_salt);
        let content = Content { magic: MAGIC, store, login_salt, slots: Vec::new() };
        Self { path: path.to_path_buf(), content }
    }

    /// Reads a slot file.
    ///
    /// # Errors
    /// Missing, unreadable, damaged, of a newer version or of another kind.
    pub fn read(path: &Path) -> Result<Self, SlotError> {
        Self::decoded(&super::file::read(path, MAX_FILE, &MAGIC)?, path)
    }

    fn decoded(bytes: &[u8], path: &Path) -> Result<Self, SlotError> {
        let damaged = || SlotError::Damaged(path.to_path_buf());
        let content: Content = codec::decode(bytes, MAX_FILE).map_err(|_| damaged())?;
        let sane = content.magic == MAGIC
            && content.slots.len() <= MAX_SLOTS
            && content.slots.iter().all(|s| s.lock.sane());
        if !sane {
            return Err(damaged());
        }
        Ok(Self { path: path.to_path_buf(), content })
    }

    /// The store's identifier, bound into every page.
    pub fn store(&self) -> [u8; 16] {
        self.content.store
    }

    fn write(&mut self, content: Content) -> Result<(), SlotError> {
        if content.slots.len() > MAX_SLOTS {
            return Err(SlotError::Full);
        }
        replace_atomically(&self.path, &codec::encode(&content))?;
        self.content = content;
        Ok(())
    }

    /// Adds a person and writes the file.
    ///
    /// # Errors
    /// Short passphrase, name taken, or the file can't be written; then nothing changed.
    pub fn add(
        &mut self,
        login: &str,
        passphrase: &str,
        opened: &Opened,
        (cost, now): (Cost, Millis),
        rng: &mut dyn CryptoRng,
    ) -> Result<(), SlotError> {
        let (tag, shown) = (self.tag(login), || login.chars().take(40).collect());
        if !login_ok(login) {
            return Err(SlotError::Login(shown()));
        }
        if self.content.slots.iter().any(|s| s.tag == tag) {
            return Err(SlotError::Taken(shown()));
        }
        self.put(login, passphrase, opened, (cost, now), rng)
    }

    /// Gives a person another passphrase and, it may be, other keys. A recovery code of theirs opens nothing any more.
    ///
    /// # Errors
    /// Short passphrase, or the file can't be written; then nothing changed.
    pub fn put(
        &mut self,
        login: &str,
        passphrase: &str,
        opened: &Opened,
        (cost, now): (Cost, Millis),
        rng: &mut dyn CryptoRng,
    ) -> Result<(), SlotError> {
        if passphrase.chars().count() < MIN_PASSPHRASE {
            return Err(SlotError::TooShort);
        }
        let lock = Lock::passphrase(cost, rng);
        let key = lock.key_of_passphrase(passphrase)?.ok_or(SlotError::Wrong)?;
        let slot = self.slot(login, lock, &key, opened, now, rng)?;
        let mut content = self.content.clone();
        content.slots.retain(|s| s.tag != slot.tag);
        content.slots.push(slot);
        self.write(content)
    }

    /// Makes a recovery code for a person, in place of an earlier one. It is nowhere else than in the answer.
    ///
    /// # Errors
    /// The person has no slot, or the file can't be written; then nothing changed.
    pub fn add_code(
        &mut self,
        login: &str,
        opened: &Opened,
        now: Millis,
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<String>, SlotError> {
        let tag = self.tag(login);
        if !self.content.slots.iter().any(|s| s.tag == tag) {
            return Err(SlotError::Unknown(login.chars().take(40).collect()));
        }
        let (code, text) = lock::new_code(rng);
        let lock = Lock::recovery(rng);
        let key = lock.key_of_code(&*code).ok_or(SlotError::Wrong)?;
        let slot = self.slot(login, lock, &key, opened, now, rng)?;
        let mut content = self.content.clone();
        content.slots.retain(|s| (s.tag, s.lock.kind()) != (tag, LockKind::Recovery));
        content.slots.push(slot);
        self.write(content)?;
        Ok(text)
    }

    fn slot(
        &self,
        login: &str,
        lock: Lock,
        key: &Secret,
        opened: &Opened,
        now: Millis,
        rng: &mut dyn CryptoRng,
    ) -> Result<Slot, SlotError> {
        let (tag, pair) = (self.tag(login), Exchange::random(rng));
        let aad = self.aad(&tag, &lock, &pair.public);
        let label = codec::encode(&opened.label(login, now));
        let broken = |_| SlotError::Damaged(self.path.clone());
        let (keys, root) = wrapped_keys(&pair.public, &aad, opened, rng).map_err(broken)?;
        Ok(Slot {
            private: seal::seal(key, &[PRIVATE, &aad].concat(), pair.secret().expose(), rng),
            master: wrap(&pair.public, MASTER, &aad, opened.master.expose(), rng).map_err(broken)?,
            next: None,
            keys,
            root,
            label: seal::seal(&label_key(&opened.master), &aad, &label, rng),
            public: pair.public,
            tag,
            lock,
        })
    }

    /// Opens a person's slot with their passphrase.
    ///
    /// # Errors
    /// [`SlotError::Wrong`] for an unknown name as for a wrong passphrase, after the same work.
    pub fn open(&self, login: &str, passphrase: &str) -> Result<Opened, SlotError> {
        let (slot, pair) = self.by_passphrase(login, passphrase)?;
        self.opened(slot, &pair)
    }

    fn by_passphrase(&self, login: &str, passphrase: &str) -> Result<(&Slot, Exchange), SlotError> {
        let tag = self.tag(login);
        let locked = |s: &&Slot| s.lock.kind() == LockKind::Passphrase;
        let Some(slot) = self.content.slots.iter().filter(locked).find(|s| s.tag == tag) else {
            let cost = self.content.slots.iter().find_map(|s| s.lock.cost()).unwrap_or(Cost::STANDARD);
            cost.key(passphrase.as_bytes(), &self.content.login_salt)?;
            return Err(SlotError::Wrong);
        };
        let key = slot.lock.key_of_passphrase(passphrase)?.ok_or(SlotError::Wrong)?;
        Ok((slot, self.pair(slot, &key)?))
    }

    /// Opens a person's slot with their recovery code.
    ///
    /// # Errors
    /// [`SlotError::Code`] names a slip; [`SlotError::WrongCode`] when it is another person's or was used.
    pub fn open_code(&self, login: &str, typed: &str) -> Result<Opened, SlotError> {
        let code = code::read(typed, lock::CODE)?;
        let tag = self.tag(login);
        let fits = |s: &&Slot| s.tag == tag && s.lock.kind() == LockKind::Recovery;
        let slot = self.content.slots.iter().find(fits).ok_or(SlotError::WrongCode)?;
        let key = slot.lock.key_of_code(&code).ok_or(SlotError::WrongCode)?;
        let pair = self.pair(slot, &key).map_err(|_| SlotError::WrongCode)?;
        self.opened(slot, &pair)
    }

    fn pair(&self, slot: &Slot, key: &Secret) -> Result<Exchange, SlotError> {
        let aad = self.aad(&slot.tag, &slot.lock, &slot.public);
        let plain =
            seal::open(key, &[PRIVATE, &aad].concat(), &slot.private).map_err(|_| SlotError::Wrong)?;
        let pair = Secret::from_slice(&plain).map(Exchange::from_secret);
        pair.filter(|p| p.public == slot.public).ok_or(SlotError::Wrong)
    }

    fn opened(&self, slot: &Slot, pair: &Exchange) -> Result<Opened, SlotError> {
        let aad = self.aad(&slot.tag, &slot.lock, &slot.public);
        let damaged = || SlotError::Damaged(self.path.clone());
        let master = unwrap(pair, MASTER, &aad, &slot.master).map_err(|_| damaged())?;
        let key = |info: &[u8], sealed: &Sealed| -> Result<SigningKey, SlotError> {
            let plain = unwrap(pair, info, &aad, sealed).map_err(|_| damaged())?;
            let seed = Secret::from_slice(&plain).ok_or_else(damaged)?;
            Ok(SigningKey::from_bytes(seed.expose()))
        };
        let next =
            slot.next.as_ref().map(|n| unwrap(pair, MASTER, &aad, n)).transpose().map_err(|_| damaged())?;
        Ok(Opened {
            master: Secret::from_slice(&master).ok_or_else(damaged)?,
            staff: key(KEYS, &slot.keys)?,
            root: slot.root.as_ref().map(|r| key(ROOT, r)).transpose()?,
            next: next.map(|n| Secret::from_slice(&n).ok_or_else(damaged)).transpose()?,
        })
    }

    /// How many slots there are.
    pub fn count(&self) -> usize {
        self.content.slots.len()
    }

    /// True while the master key is being changed.
    pub fn is_changing(&self) -> bool {
        self.content.slots.iter().any(|s| s.next.is_some())
    }

    fn label(&self, slot: &Slot, master: &Secret) -> Option<Label> {
        let aad = self.aad(&slot.tag, &slot.lock, &slot.public);
        let plain = seal::open(&label_key(master), &aad, &slot.label).ok()?;
        codec::decode(&plain, MAX_FILE).ok()
    }

    /// Every slot, by login name.
    pub fn list(&self, master: &Secret) -> Vec<Listed> {
        let row =
            |s: &Slot| Listed { kind: s.lock.kind(), label: self.label(s, master), cost: s.lock.cost() };
        let mut all: Vec<Listed> = self.content.slots.iter().map(row).collect();
        let name = |l: &Listed| l.label.as_ref().map(|l| l.login.clone());
        all.sort_by_key(|l| (name(l), l.kind as u8));
        all
    }

    /// What the slot of a login name says of itself.
    pub fn find(&self, login: &str, master: &Secret) -> Option<Label> {
        let tag = self.tag(login);
        self.content.slots.iter().filter(|s| s.tag == tag).find_map(|s| self.label(s, master))
    }

    /// The login name of a person at this terminal.
    pub fn login_of(&self, staff: StaffId, master: &Secret) -> Option<String> {
        let labels = self.content.slots.iter().filter_map(|s| self.label(s, master));
        labels.filter(|l| l.staff == staff).map(|l| l.login).next()
    }

    /// Removes a person's slots: passphrase and recovery code.
    ///
    /// # Errors
    /// Unknown, the last that somebody can open, the last with the organisation's root key; or the file can't be
    /// written. Then nothing changed.
    pub fn remove(&mut self, login: &str, master: &Secret) -> Result<(), SlotError> {
        let tag = self.tag(login);
        let mut content = self.content.clone();
        content.slots.retain(|s| s.tag != tag);
        if content.slots.len() == self.content.slots.len() {
            return Err(SlotError::Unknown(login.chars().take(40).collect()));
        }
        let opens = |s: &Slot| s.lock.kind() == LockKind::Passphrase && self.label(s, master).is_some();
        if !content.slots.iter().any(opens) {
            return Err(SlotError::Last);
        }
        let has_root = |slots: &[Slot]| slots.iter().any(|s| self.label(s, master).is_some_and(|l| l.root));
        if has_root(&self.content.slots) && !has_root(&content.slots) {
            return Err(SlotError::LastRoot);
        }
        self.write(content)
    }

    /// Puts other keys of a person (the organisation's root key, with the kit) behind the passphrase that they have.
    ///
    /// # Errors
    /// The person has no slot that this terminal made, or the file can't be written; then nothing changed.
    pub fn set_keys(
        &mut self,
        login: &str,
        opened: &Opened,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), SlotError> {
        let tag = self.tag(login);
        let unknown = || SlotError::Unknown(login.chars().take(40).collect());
        let mut content = self.content.clone();
        let mut found = false;
        for s in content.slots.iter_mut().filter(|s| s.tag == tag) {
            let made = self.label(s, &opened.master).ok_or_else(unknown)?.made;
            let aad = self.aad(&s.tag, &s.lock, &s.public);
            (s.keys, s.root) = wrapped_keys(&s.public, &aad, opened, rng).map_err(|_| unknown())?;
            let label = codec::encode(&opened.label(login, made));
            s.label = seal::seal(&label_key(&opened.master), &aad, &label, rng);
            found = true;
        }
        if !found {
            return Err(unknown());
        }
        self.write(content)
    }

    /// A login name's salted hash, which the file holds in its place.
    pub fn tag(&self, login: &str) -> [u8; 16] {
        let h = hash32("aidpost v0 login", &[&self.content.login_salt, normal(login).as_bytes()]);
        let mut out = [0u8; 16];
        out.copy_from_slice(&h[..16]);
        out
    }

    fn aad(&self, tag: &[u8; 16], lock: &Lock, public: &[u8; 32]) -> Vec<u8> {
        codec::encode(&(MAGIC, self.content.store, tag, lock, public))
    }
}

/// A person's keys, wrapped to their slot.
fn wrapped_keys(
    public: &[u8; 32],
    aad: &[u8],
    opened: &Opened,
    rng: &mut dyn CryptoRng,
) -> Result<(Sealed, Option<Sealed>), seal::Broken> {
    let keys = wrap(public, KEYS, aad, opened.staff.as_bytes(), rng)?;
    let root = opened.root.as_ref().map(|r| wrap(public, ROOT, aad, r.as_bytes(), rng)).transpose()?;
    Ok((keys, root))
}

fn label_key(master: &Secret) -> Secret {
    master.derive(b"aidpost v0", &[LABEL])
}

impl From<BadCode> for SlotError {
    fn from(e: BadCode) -> Self {
        SlotError::Code(e)
    }
}

#[path = "slots_change.rs"]
mod change;
#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
