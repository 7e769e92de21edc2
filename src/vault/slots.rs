//! Key slots, as in LUKS: one a person, each sealing the same master key under that person's passphrase (Argon2id).
//!
//! The file holds no names: a slot is found by a salted hash of the login name. Beside the master key a slot seals the
//! person's own signing key, and for an admin the organisation's root key.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use argon2::{Algorithm, Argon2, Params, Version};
use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Secret, seal};
use crate::core::{codec, id::hash32};

const MAGIC: [u8; 8] = *b"AIDSLOT0";
const MAX_FILE: usize = 256 * 1024;
/// The shortest passphrase that is taken, in characters.
pub const MIN_PASSPHRASE: usize = 8;

/// The cost of one guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Cost {
    /// RFC 9106's second recommendation: 64 MiB, three passes.
    pub const STANDARD: Cost = Cost { memory: 64 * 1024, passes: 3 };
    /// The least that is ever used: 19 MiB, two passes.
    pub const LEAST: Cost = Cost { memory: 19 * 1024, passes: 2 };
    const MOST: Cost = Cost { memory: 1024 * 1024, passes: 16 };

    fn sane(&self) -> bool {
        (Self::LEAST.memory..=Self::MOST.memory).contains(&self.memory)
            && (Self::LEAST.passes..=Self::MOST.passes).contains(&self.passes)
    }
}

#[derive(Clone, Serialize, Deserialize)]
struct Slot {
    tag: [u8; 16],
    cost: Cost,
    salt: [u8; 16],
    master: Vec<u8>,
    staff: Vec<u8>,
    root: Option<Vec<u8>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Content {
    magic: [u8; 8],
    store: [u8; 16],
    login_salt: [u8; 16],
    slots: Vec<Slot>,
}

/// What a passphrase opened.
pub struct Opened {
    /// Seals the store.
    pub master: Secret,
    /// The person's signing key.
    pub staff: SigningKey,
    /// The organisation's root key, for an admin.
    pub root: Option<SigningKey>,
}

/// Why a slot file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// Name or passphrase; nothing says which.
    #[error("wrong name or passphrase: try again, or ask an admin")]
    Wrong,
    /// Short passphrase.
    #[error("the passphrase is too short: use at least {MIN_PASSPHRASE} characters")]
    TooShort,
    /// The name has a slot already.
    #[error("'{0}' has a key slot already: choose another login name")]
    Taken(String),
    /// Not a slot file, or damaged.
    #[error("{0} is not a key slot file of this version, or it is damaged: restore it from a backup")]
    Damaged(PathBuf),
    /// The system.
    #[error("{path}: {source}: check the folder's permissions and free space")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Argon2 could not get its memory.
    #[error("not enough memory to check the passphrase: close other programs and try again")]
    Memory,
}

/// The slot file of a store.
pub struct Slots {
    path: PathBuf,
    content: Content,
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
    /// Missing, unreadable, damaged or of another kind.
    pub fn read(path: &Path) -> Result<Self, SlotError> {
        let io = |source| SlotError::Io { path: path.to_path_buf(), source };
        let len = fs::metadata(path).map_err(io)?.len();
        let damaged = || SlotError::Damaged(path.to_path_buf());
        if len > MAX_FILE as u64 {
            return Err(damaged());
        }
        let bytes = fs::read(path).map_err(io)?;
        let content: Content = codec::decode(&bytes, MAX_FILE).map_err(|_| damaged())?;
        if content.magic != MAGIC || content.slots.iter().any(|s| !s.cost.sane()) {
            return Err(damaged());
        }
        Ok(Self { path: path.to_path_buf(), content })
    }

    /// The store's identifier, bound into every page.
    pub fn store(&self) -> [u8; 16] {
        self.content.store
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
        cost: Cost,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), SlotError> {
        if passphrase.chars().count() < MIN_PASSPHRASE {
            return Err(SlotError::TooShort);
        }
        let tag = self.tag(login);
        if self.content.slots.iter().any(|s| s.tag == tag) {
            return Err(SlotError::Taken(login.chars().take(40).collect()));
        }
        let mut salt = [0u8; 16];
        rng.fill_bytes(&mut salt);
        let kek = self.kek(passphrase, &salt, cost)?;
        let mut sealed = |what: &[u8], plain: &[u8]| {
            seal::seal(&kek.derive(&salt, &[what]), &self.aad(&tag, what), plain, rng)
        };
        let slot = Slot {
            tag,
            cost,
            salt,
            master: sealed(b"master", opened.master.expose()),
            staff: sealed(b"staff", opened.staff.as_bytes()),
            root: opened.root.as_ref().map(|r| sealed(b"root", r.as_bytes())),
        };
        let mut content = self.content.clone();
        content.slots.push(slot);
        write_atomically(&self.path, &codec::encode(&content))?;
        self.content = content;
        Ok(())
    }

    /// Opens a person's slot.
    ///
    /// # Errors
    /// [`SlotError::Wrong`] for an unknown name as for a wrong passphrase, after the same work.
    pub fn open(&self, login: &str, passphrase: &str) -> Result<Opened, SlotError> {
        let tag = self.tag(login);
        let Some(slot) = self.content.slots.iter().find(|s| s.tag == tag) else {
            let cost = self.content.slots.first().map_or(Cost::STANDARD, |s| s.cost);
            self.kek(passphrase, &self.content.login_salt, cost)?;
            return Err(SlotError::Wrong);
        };
        let kek = self.kek(passphrase, &slot.salt, slot.cost)?;
        let open = |what: &[u8], sealed: &[u8]| -> Result<Secret, SlotError> {
            let plain = seal::open(&kek.derive(&slot.salt, &[what]), &self.aad(&tag, what), sealed)
                .map_err(|_| SlotError::Wrong)?;
            Secret::from_slice(&plain).ok_or(SlotError::Wrong)
        };
        let key = |s: Secret| SigningKey::from_bytes(s.expose());
        Ok(Opened {
            master: open(b"master", &slot.master)?,
            staff: key(open(b"staff", &slot.staff)?),
            root: slot.root.as_deref().map(|r| open(b"root", r).map(key)).transpose()?,
        })
    }

    /// A login name's salted hash, which the file holds in its place.
    pub fn tag(&self, login: &str) -> [u8; 16] {
        let name = login.trim().to_lowercase();
        let h = hash32("aidpost v0 login", &[&self.content.login_salt, name.as_bytes()]);
        let mut out = [0u8; 16];
        out.copy_from_slice(&h[..16]);
        out
    }

    fn aad(&self, tag: &[u8; 16], what: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &self.content.store, tag, what].concat()
    }

    fn kek(&self, passphrase: &str, salt: &[u8; 16], cost: Cost) -> Result<Secret, SlotError> {
        let params = Params::new(cost.memory, cost.passes, 1, Some(32)).map_err(|_| SlotError::Memory)?;
        let mut out = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, &mut *out)
            .map_err(|_| SlotError::Memory)?;
        Ok(Secret::new(*out))
    }
}

/// Writes a small file so that after a crash either the old or the new one is there, readable by its owner only.
///
/// # Errors
/// What the system said, with the path.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), SlotError> {
    let io = |source| SlotError::Io { path: path.to_path_buf(), source };
    let tmp = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut f = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&tmp)?;
        f.write_all(bytes)?;
        f.sync_all()?;
        fs::rename(&tmp, path)?;
        match path.parent() {
            Some(dir) => File::open(dir)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(io)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn opened(rng: &mut StdRng, root: bool) -> Opened {
        Opened {
            master: Secret::new([1; 32]),
            staff: SigningKey::from_bytes(Secret::random(rng).expose()),
            root: root.then(|| SigningKey::from_bytes(&[9; 32])),
        }
    }

    #[test]
    fn each_person_opens_the_same_store_with_their_own_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("slots");
        let mut rng = StdRng::seed_from_u64(1);
        let mut slots = Slots::create(&path, [4; 16], &mut rng);
        let (admin, nurse) = (opened(&mut rng, true), opened(&mut rng, false));
        slots.add("amina", "mango tree 12", &admin, Cost::LEAST, &mut rng).unwrap();
        slots.add("nila", "river stone 7", &nurse, Cost::LEAST, &mut rng).unwrap();
        let read = Slots::read(&path).unwrap();
        let o = read.open("Amina ", "mango tree 12").unwrap();
        assert_eq!(o.master.expose(), &[1; 32]);
        assert_eq!(o.staff.as_bytes(), admin.staff.as_bytes());
        assert!(o.root.is_some());
        assert!(read.open("nila", "river stone 7").unwrap().root.is_none());
        assert!(matches!(read.open("nila", "mango tree 12"), Err(SlotError::Wrong)));
        assert!(matches!(read.open("nobody", "mango tree 12"), Err(SlotError::Wrong)));
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(5).any(|w| w == b"amina"));
    }

    #[test]
    fn short_taken_and_unwritable_change_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("slots");
        let mut rng = StdRng::seed_from_u64(1);
        let mut slots = Slots::create(&path, [4; 16], &mut rng);
        let o = opened(&mut rng, false);
        assert!(matches!(slots.add("n", "short", &o, Cost::LEAST, &mut rng), Err(SlotError::TooShort)));
        slots.add("n", "long enough", &o, Cost::LEAST, &mut rng).unwrap();
        assert!(matches!(slots.add("N", "long enough", &o, Cost::LEAST, &mut rng), Err(SlotError::Taken(_))));
        let mut nowhere = Slots::create(&dir.path().join("none/slots"), [4; 16], &mut rng);
        assert!(matches!(
            nowhere.add("n", "long enough", &o, Cost::LEAST, &mut rng),
            Err(SlotError::Io { .. })
        ));
    }

    #[test]
    fn damaged_files_are_named_and_never_panic() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("slots");
        let mut rng = StdRng::seed_from_u64(1);
        let mut slots = Slots::create(&path, [4; 16], &mut rng);
        let o = opened(&mut rng, false);
        slots.add("n", "long enough", &o, Cost::LEAST, &mut rng).unwrap();
        let good = fs::read(&path).unwrap();
        for i in 0..good.len() {
            fs::write(&path, &good[..i]).unwrap();
            assert!(Slots::read(&path).is_err(), "cut at {i}");
        }
        let mut bad = good.clone();
        let last = bad.len() - 10;
        bad[last] ^= 1;
        fs::write(&path, &bad).unwrap();
        let read = Slots::read(&path).unwrap();
        assert!(matches!(read.open("n", "long enough"), Err(SlotError::Wrong)));
    }
}
