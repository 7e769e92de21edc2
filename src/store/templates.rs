//! Face templates, in a sealed file of their own beside the database.
//!
//! The database copies pages on write and keeps what was deleted, sealed under a key that lives on. A face that was
//! deleted must be gone: here every change writes the whole file anew under a fresh salt, and the file before is
//! overwritten in place before its name goes. (A drive that remaps blocks may keep a sealed copy; so may a copy of the disk.)
//! Templates are in no backup and never leave the terminal: who works at two terminals is enrolled at both.
//!
//! ```text
//! magic "AIDFACE0" (8) ‖ salt (32) ‖ XChaCha20-Poly1305 under HKDF(master, salt), AAD = magic ‖ store id,
//!   of canonical bytes: [(staff (16), [Template])]
//! ```

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    core::{codec, id::StaffId, time::Millis},
    face::{
        Embedding, Gallery,
        threshold::{SiteThreshold, Thresholds},
    },
    vault::{
        Secret, seal,
        slots::{SlotError, replace_atomically},
    },
};

const MAGIC: [u8; 8] = *b"AIDFACE0";
const SALT: usize = 32;
/// The most templates of one person.
pub const MOST: usize = 8;
const MAX_FILE: u64 = 8 * 1024 * 1024;
const MAX_PEOPLE: usize = 1_000;

/// Why templates can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum TemplatesError {
    /// Not a file of this store, or damaged.
    #[error("the face templates in {0} are damaged: remove that file and enrol the faces again")]
    Damaged(PathBuf),
    /// The system.
    #[error("{path}: {source}: check the folder's permissions and free space")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file can't be written.
    #[error(transparent)]
    Write(#[from] SlotError),
    /// Too many.
    #[error("more than {MAX_PEOPLE} people can't be enrolled at one terminal: remove some first")]
    TooMany,
}

/// One template of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// When it was taken.
    pub taken: Millis,
    /// Taken later, with the person's consent; such a template is replaced by the next one, those of the enrolment never.
    pub refreshed: bool,
    /// What is compared.
    pub embedding: Embedding,
}

/// All templates of a terminal.
#[derive(Debug)]
pub struct Templates {
    path: PathBuf,
    master: Secret,
    store: [u8; 16],
    people: BTreeMap<StaffId, Vec<Template>>,
    gallery: Arc<Gallery>,
    site: SiteThreshold,
}

impl Templates {
    /// Reads the file; none there means that nobody is enrolled.
    ///
    /// # Errors
    /// [`TemplatesError::Damaged`] when it can't be opened with this key, [`TemplatesError::Io`] when it can't be read.
    pub fn open(path: &Path, master: &Secret, store: [u8; 16]) -> Result<Self, TemplatesError> {
        let mut templates = Self::empty(path, master, store);
        let mut bytes = Vec::new();
        match File::open(path).and_then(|f| f.take(MAX_FILE + 1).read_to_end(&mut bytes)) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(templates),
            Err(source) => return Err(TemplatesError::Io { path: path.into(), source }),
        }
        let people = read(&bytes, master, &store).ok_or_else(|| TemplatesError::Damaged(path.into()))?;
        templates.hold(people.into_iter().collect());
        Ok(templates)
    }

    /// Nobody enrolled; nothing is written yet.
    pub fn empty(path: &Path, master: &Secret, store: [u8; 16]) -> Self {
        let site = Thresholds::shipped().for_site(0, None);
        let (people, gallery) = (BTreeMap::new(), Arc::default());
        Self { path: path.into(), master: master.clone(), store, people, gallery, site }
    }

    fn hold(&mut self, people: BTreeMap<StaffId, Vec<Template>>) {
        let all = people.iter();
        let gallery: Gallery =
            all.map(|(who, t)| (who.0, t.iter().map(|t| t.embedding.clone()).collect())).collect();
        self.site = Thresholds::shipped().for_site(gallery.len(), gallery.highest_between_people());
        (self.people, self.gallery) = (people, Arc::new(gallery));
    }

    /// A person's templates.
    pub fn of(&self, who: StaffId) -> &[Template] {
        self.people.get(&who).map_or(&[], Vec::as_slice)
    }

    /// Who is enrolled.
    pub fn people(&self) -> impl Iterator<Item = StaffId> + '_ {
        self.people.keys().copied()
    }

    /// For comparing.
    pub fn gallery(&self) -> Arc<Gallery> {
        Arc::clone(&self.gallery)
    }

    /// The score that a face must reach here, from the shipped table and the people enrolled.
    pub fn site(&self) -> SiteThreshold {
        self.site
    }

    /// Seals the file under another master key; durable when this returns.
    ///
    /// # Errors
    /// The file can't be written; then nothing changed.
    pub fn set_master(&mut self, master: &Secret, rng: &mut dyn CryptoRng) -> Result<(), TemplatesError> {
        let before = std::mem::replace(&mut self.master, master.clone());
        if self.people.is_empty() && !self.path.exists() {
            return Ok(());
        }
        let written = self.write(&self.people, rng);
        if written.is_err() {
            self.master = before;
        }
        written
    }

    /// Sets a person's templates, or destroys them; durable when this returns.
    ///
    /// # Errors
    /// The file can't be written; then nothing changed.
    pub fn set(
        &mut self,
        who: StaffId,
        templates: Vec<Template>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), TemplatesError> {
        let mut people = self.people.clone();
        people.remove(&who);
        if !templates.is_empty() {
            people.insert(who, templates.into_iter().take(MOST).collect());
        }
        if people.len() > MAX_PEOPLE {
            return Err(TemplatesError::TooMany);
        }
        self.write(&people, rng)?;
        self.hold(people);
        Ok(())
    }

    fn write(
        &self,
        people: &BTreeMap<StaffId, Vec<Template>>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), TemplatesError> {
        let list: Vec<_> = people.iter().collect();
        let plain = Zeroizing::new(codec::encode(&list));
        let mut salt = [0u8; SALT];
        rng.fill_bytes(&mut salt);
        let sealed = seal::seal(&key(&self.master, &salt), &aad(&self.store), &plain, rng);
        replace_atomically(&self.path, &[&MAGIC[..], &salt, &sealed].concat())?;
        Ok(())
    }
}

fn key(master: &Secret, salt: &[u8]) -> Secret {
    master.derive(salt, &[b"aidpost v0 face templates"])
}

fn aad(store: &[u8; 16]) -> Vec<u8> {
    [&MAGIC[..], store].concat()
}

fn read(bytes: &[u8], master: &Secret, store: &[u8; 16]) -> Option<Vec<(StaffId, Vec<Template>)>> {
    let rest = bytes.strip_prefix(&MAGIC)?;
    let (salt, sealed) = rest.split_at_checked(SALT)?;
    let plain = seal::open(&key(master, salt), &aad(store), sealed).ok()?;
    codec::decode(&plain, MAX_FILE as usize).ok()
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const A: StaffId = StaffId([1; 16]);
    const B: StaffId = StaffId([2; 16]);
    const STORE: [u8; 16] = [4; 16];

    fn template(first: f32) -> Template {
        let mut values = [0.25; 128];
        values[0] = first;
        Template { taken: 5, refreshed: false, embedding: Embedding::new(values).unwrap() }
    }

    fn master() -> Secret {
        Secret::new([7; 32])
    }

    #[test]
    fn what_was_set_is_there_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faces");
        let mut rng = StdRng::seed_from_u64(1);
        let mut t = Templates::open(&path, &master(), STORE).unwrap();
        assert_eq!(t.people().count(), 0);
        t.set(A, vec![template(1.0), template(2.0)], &mut rng).unwrap();
        t.set(B, vec![template(3.0); MOST + 3], &mut rng).unwrap();
        let again = Templates::open(&path, &master(), STORE).unwrap();
        assert_eq!(again.of(A), [template(1.0), template(2.0)]);
        assert_eq!(again.of(B).len(), MOST);
        assert_eq!(again.gallery().len(), 2);
    }

    /// The old file is held open by a link: its bytes are the ones that would stay on the disk.
    #[test]
    fn deleted_means_gone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faces");
        let mut rng = StdRng::seed_from_u64(2);
        let mut t = Templates::open(&path, &master(), STORE).unwrap();
        t.set(A, vec![template(1.0)], &mut rng).unwrap();
        let kept = dir.path().join("what the disk keeps");
        std::fs::hard_link(&path, &kept).unwrap();
        assert!(read(&std::fs::read(&kept).unwrap(), &master(), &STORE).is_some());
        t.set(A, Vec::new(), &mut rng).unwrap();
        let old = std::fs::read(&kept).unwrap();
        assert!(!old.is_empty() && old.iter().all(|b| *b == 0));
        let people = read(&std::fs::read(&path).unwrap(), &master(), &STORE).unwrap();
        assert!(people.is_empty());
    }

    #[test]
    fn another_master_key_opens_them_and_the_old_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faces");
        let mut rng = StdRng::seed_from_u64(4);
        let mut t = Templates::open(&path, &master(), STORE).unwrap();
        t.set_master(&Secret::new([8; 32]), &mut rng).unwrap();
        assert!(!path.exists(), "nobody is enrolled: no file");
        t.set(A, vec![template(1.0)], &mut rng).unwrap();
        t.set_master(&Secret::new([9; 32]), &mut rng).unwrap();
        assert!(matches!(
            Templates::open(&path, &Secret::new([8; 32]), STORE),
            Err(TemplatesError::Damaged(_))
        ));
        assert_eq!(Templates::open(&path, &Secret::new([9; 32]), STORE).unwrap().of(A).len(), 1);
    }

    #[test]
    fn damaged_foreign_and_unwritable_files() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("faces");
        let mut rng = StdRng::seed_from_u64(3);
        let mut t = Templates::open(&path, &master(), STORE).unwrap();
        t.set(A, vec![template(1.0)], &mut rng).unwrap();
        let good = std::fs::read(&path).unwrap();
        let open = |master: &Secret, store| Templates::open(&path, master, store);
        assert!(matches!(open(&Secret::new([8; 32]), STORE), Err(TemplatesError::Damaged(_))));
        assert!(matches!(open(&master(), [5; 16]), Err(TemplatesError::Damaged(_))));
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            assert!(matches!(open(&master(), STORE), Err(TemplatesError::Damaged(_))), "flipped at {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(matches!(open(&master(), STORE), Err(TemplatesError::Damaged(_))), "cut at {at}");
        }
        let mut nowhere = Templates::open(&dir.path().join("none/faces"), &master(), STORE).unwrap();
        assert!(nowhere.set(A, vec![template(1.0)], &mut rng).is_err());
        assert_eq!(nowhere.of(A), []);
    }
}
