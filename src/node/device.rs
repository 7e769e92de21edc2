//! A terminal's own keys, as kept in the sealed store, and what it still has to say in its first block.

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    core::{
        governance::{DeviceCert, DeviceRequest, OrgCert, Statement},
        id::{DeviceId, LogId, OrgId},
    },
    store::{Author, Db, StoreError, tables},
    vault::{
        Secret,
        keytree::{Exchange, open_org_key},
    },
};

const NAME: &[u8] = b"device";

/// The private halves. This is the one form in which they are written, and only into the sealed store.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Private {
    ledger: [u8; 32],
    endpoint: [u8; 32],
    encryption: [u8; 32],
}

impl Private {
    /// Fresh ones.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut private = Self { ledger: [0; 32], endpoint: [0; 32], encryption: [0; 32] };
        for k in [&mut private.ledger, &mut private.endpoint, &mut private.encryption] {
            rng.fill_bytes(k);
        }
        private
    }

    /// The key that a terminal calls with, also before it has an organisation.
    pub fn endpoint(&self) -> SigningKey {
        SigningKey::from_bytes(&self.endpoint)
    }
}

/// What a terminal keeps of itself.
#[derive(Clone, Serialize, Deserialize)]
pub struct Device {
    private: Private,
    /// Its organisation.
    pub org: OrgCert,
    /// Its certificate; none until its organisation has given it.
    pub cert: Option<DeviceCert>,
    /// Statements for its first block, when its organisation is admitted.
    pub pending: Vec<Statement>,
    /// The organisation's first encryption key, until it is wrapped on the ledger.
    pending_org_key: Option<Pending>,
}

#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Pending([u8; 32]);

impl Device {
    /// A terminal of this organisation, with these keys.
    pub fn new(org: OrgCert, private: Private) -> Self {
        Self { private, org, cert: None, pending: Vec::new(), pending_org_key: None }
    }

    /// The request that its organisation certifies.
    pub fn request(&self, name: &str) -> DeviceRequest {
        DeviceRequest::new(self.org_id(), name, &self.ledger(), &self.endpoint(), self.encryption().public)
    }

    /// The ledger key.
    pub fn ledger(&self) -> SigningKey {
        SigningKey::from_bytes(&self.private.ledger)
    }

    /// The endpoint key.
    pub fn endpoint(&self) -> SigningKey {
        self.private.endpoint()
    }

    /// The encryption key.
    pub fn encryption(&self) -> Exchange {
        Exchange::from_secret(Secret::new(self.private.encryption))
    }

    /// Its identifier.
    pub fn id(&self) -> DeviceId {
        DeviceId::of_key(self.ledger().verifying_key().as_bytes())
    }

    /// Its organisation's identifier.
    pub fn org_id(&self) -> OrgId {
        self.org.id()
    }

    /// The log that it writes.
    pub fn author(&self) -> Author {
        let incarnation = self.cert.as_ref().map_or(0, |c| c.incarnation);
        Author { log: LogId { device: self.id(), incarnation }, key: self.ledger() }
    }

    /// Keeps the organisation's first encryption key until [`Device::settled`].
    pub fn set_org_key(&mut self, key: &Exchange) {
        self.pending_org_key = Some(Pending(*key.secret().expose()));
    }

    /// The organisation's first encryption key, when it still waits to be wrapped.
    pub fn org_key(&self) -> Option<Exchange> {
        self.pending_org_key.as_ref().map(|p| Exchange::from_secret(Secret::new(p.0)))
    }

    /// The first block is durable: nothing is pending any more.
    pub fn settled(&mut self) {
        self.pending.clear();
        self.pending_org_key = None;
    }

    /// Reads it from the store.
    ///
    /// # Errors
    /// A damaged store.
    pub fn load(db: &Db) -> Result<Self, StoreError> {
        db.get(tables::META, NAME)?.ok_or_else(|| {
            StoreError::Damaged("the terminal's own keys are missing from the database".into())
        })
    }

    /// Writes it into the sealed store.
    ///
    /// # Errors
    /// The store can't be written.
    pub fn save(&self, db: &mut Db) -> Result<(), StoreError> {
        db.put(tables::META, NAME, Some(self))
    }

    /// For the first transaction of a new store.
    pub fn to_meta(&self) -> (&'static str, Vec<u8>) {
        ("device", crate::core::codec::encode(self))
    }

    /// The organisation's private keys that were wrapped to this terminal.
    ///
    /// # Errors
    /// A damaged store.
    pub fn org_keys(&self, db: &Db) -> Result<Vec<Exchange>, StoreError> {
        let (org, me, mine) = (self.org_id(), self.id(), self.encryption());
        let consortium = db.replica().governance().consortium();
        let rows = db.scan(tables::ORG_WRAPS, &[&org.0[..], &me.0].concat())?;
        // A wrap that doesn't open is somebody else's nonsense; those that do are ours.
        Ok(rows
            .iter()
            .filter_map(|(k, sealed)| {
                let epoch = k.get(32..48)?.try_into().ok().map(crate::core::id::EpochId)?;
                open_org_key(consortium, org, epoch, me, &mine, sealed).ok()
            })
            .collect())
    }
}
