//! Slots under another master key: while it is changed, in a backup, in a restored terminal. Nobody's passphrase is needed.

use std::path::Path;

use rand::CryptoRng;

use super::{Changing, Content, MASTER, SlotError, Slots, label_key};
use crate::{
    core::codec,
    vault::{keytree::wrap, seal},
};

impl Slots {
    /// Begins a change of the master key: from now on every slot gives both. A slot that this terminal didn't make keeps
    /// the old one only, and is gone when the change ends.
    ///
    /// # Errors
    /// The file can't be written; then nothing changed.
    pub fn begin_change(&mut self, c: &Changing, rng: &mut dyn CryptoRng) -> Result<(), SlotError> {
        let mut content = self.content.clone();
        for s in &mut content.slots {
            if self.label(s, &c.from).is_some() {
                let aad = self.aad(&s.tag, &s.lock, &s.public);
                let next = wrap(&s.public, MASTER, &aad, c.to.expose(), rng);
                s.next = Some(next.map_err(|_| SlotError::Damaged(self.path.clone()))?);
            }
        }
        self.write(content)
    }

    /// Ends a change: the store is sealed under the new key, and no slot gives the old one any more.
    ///
    /// # Errors
    /// The file can't be written; then nothing changed.
    pub fn end_change(&mut self, c: &Changing, rng: &mut dyn CryptoRng) -> Result<(), SlotError> {
        let mut content = self.content.clone();
        content.slots.retain(|s| s.next.is_some());
        for s in &mut content.slots {
            let label = self.label(s, &c.from).ok_or_else(|| SlotError::Damaged(self.path.clone()))?;
            let aad = self.aad(&s.tag, &s.lock, &s.public);
            s.label = seal::seal(&label_key(&c.to), &aad, &codec::encode(&label), rng);
            s.master = s.next.take().ok_or_else(|| SlotError::Damaged(self.path.clone()))?;
        }
        self.write(content)
    }

    /// Gives a change up: the store is still sealed under the old key.
    ///
    /// # Errors
    /// The file can't be written; then nothing changed.
    pub fn give_up_change(&mut self) -> Result<(), SlotError> {
        let mut content = self.content.clone();
        content.slots.iter_mut().for_each(|s| s.next = None);
        self.write(content)
    }

    /// The slots that this terminal made, giving another master key; with or without the organisation's root key.
    fn rewrapped(&self, c: &Changing, root: bool, rng: &mut dyn CryptoRng) -> Result<Content, SlotError> {
        let mut content = self.content.clone();
        content.slots.retain(|s| self.label(s, &c.from).is_some());
        for s in &mut content.slots {
            let Some(mut label) = self.label(s, &c.from) else { continue };
            let aad = self.aad(&s.tag, &s.lock, &s.public);
            if !root {
                (s.root, label.root) = (None, false);
            }
            s.next = None;
            s.label = seal::seal(&label_key(&c.to), &aad, &codec::encode(&label), rng);
            let master = wrap(&s.public, MASTER, &aad, c.to.expose(), rng);
            s.master = master.map_err(|_| SlotError::Damaged(self.path.clone()))?;
        }
        Ok(content)
    }

    /// The bytes of a slot file for a backup: the same people with the same passphrases, who open `c.to` with them, and no
    /// root key.
    ///
    /// # Errors
    /// A slot's key is unusable.
    pub fn for_backup(&self, c: &Changing, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, SlotError> {
        Ok(codec::encode(&self.rewrapped(c, false, rng)?))
    }

    /// The slots in a backup; `path` is what they are called in errors, and where they are written.
    ///
    /// # Errors
    /// Damaged.
    pub fn from_backup(bytes: &[u8], path: &Path) -> Result<Self, SlotError> {
        Self::decoded(bytes, path)
    }

    /// Writes the slots of a backup as those of a new store.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn restore(&mut self, path: &Path, c: &Changing, rng: &mut dyn CryptoRng) -> Result<(), SlotError> {
        let content = self.rewrapped(c, true, rng)?;
        self.path = path.into();
        self.write(content)
    }
}
