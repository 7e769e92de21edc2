//! Founding a consortium, joining one, and what each needs in a new data folder.

mod join;

pub use self::join::{Joining, join_org, join_terminal};

use std::{fs, net::SocketAddr, os::unix::fs::DirBuilderExt, path::Path};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::{
    api::{Fault, FaultKind, Passphrase},
    clock,
    device::{Device, Private},
    text::{self, Certificate, Invite},
};
use crate::{
    core::{
        block::Kind,
        codec,
        governance::{
            DeviceCert, Genesis, MAX_NAME, OrgCert, OrgKeyCert, OrgKind, Role, StaffCert, StaffRequest,
            Statement, name_ok,
        },
        id::{OrgId, hash32},
        keys::Wrap,
        ledger::Replica,
    },
    mesh::ticket::Ticket,
    store::{
        Beside, Content, Db, StoreError,
        tables::{self, Peer},
    },
    vault::{
        Secret,
        keytree::{Exchange, wrap_org_key},
        slots::{Cost, Opened, SlotError, Slots},
    },
};

/// The first person and terminal of a new data folder.
pub struct Newcomer<'a> {
    /// The folder; made if missing.
    pub data: &'a Path,
    /// The terminal's name.
    pub device: &'a str,
    /// The person's login.
    pub login: &'a str,
    /// The person's name as colleagues know it.
    pub name: &'a str,
    /// Their passphrase.
    pub passphrase: &'a Passphrase,
    /// The cost of a guess at it.
    pub cost: Cost,
}

/// A missing slot file is a missing store.
pub(crate) fn no_store(data: &Path, e: SlotError) -> Fault {
    match e {
        SlotError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            StoreError::Missing(data.into()).into()
        }
        other => other.into(),
    }
}

/// The key of the sealed file, below the master key.
pub(crate) fn page_key(master: &Secret) -> Secret {
    master.derive(b"aidpost v0", &[b"page key"])
}

/// Opens the database with a master key from a slot.
///
/// # Errors
/// Busy, missing, damaged.
pub fn open_db(data: &Path, master: &Secret, slots: &Slots) -> Result<Db, StoreError> {
    Db::open(&data.join("store"), page_key(master), slots.store())
}

/// Checks the pages of a database that no longer opens.
///
/// # Errors
/// It can't be read at all.
pub fn check_pages(
    data: &Path,
    master: &Secret,
    slots: &Slots,
) -> Result<crate::store::verify::Checked, StoreError> {
    crate::store::verify::pages_of(&data.join("store"), &page_key(master), slots.store())
}

/// The folder holds no terminal yet.
///
/// # Errors
/// It does.
pub fn free(data: &Path) -> Result<(), Fault> {
    match data.join("slots").exists() || data.join("store").exists() {
        true => Err(StoreError::Exists(data.into()).into()),
        false => Ok(()),
    }
}

impl Newcomer<'_> {
    fn check(&self) -> Result<(), Fault> {
        check_name("the terminal's name", self.device)?;
        check_name("your name", self.name)?;
        free(self.data)
    }

    fn make_folder(&self) -> Result<(), Fault> {
        self.check()?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(self.data)
            .map_err(|e| StoreError::Io { path: self.data.into(), source: e }.into())
    }

    /// Writes database and key slots; a failure leaves neither behind.
    fn write(
        &self,
        genesis: &Genesis,
        invite: Option<&Invite>,
        device: &Device,
        (staff, root): (SigningKey, Option<SigningKey>),
        rng: &mut dyn CryptoRng,
    ) -> Result<Db, Fault> {
        let mut id = [0u8; 16];
        rng.fill_bytes(&mut id);
        let opened = Opened::new(Secret::random(rng), staff, root);
        let store = self.data.join("store");
        let acts = invite.map_or(&[][..], |i| &i.acts);
        let make = |rng: &mut dyn CryptoRng| -> Result<Db, Fault> {
            let mut slots = Slots::create(&self.data.join("slots"), id, rng);
            let mut db =
                Db::create(&store, page_key(&opened.master), id, genesis, acts, &[device.to_meta()])?;
            // Whoever invited can be dialled without typing a ticket.
            if let Some(t) = invite.and_then(|i| i.ticket.parse::<Ticket>().ok()) {
                db.put(tables::PEERS, &t.endpoint, Some(&Peer { addresses: t.places(), ..Peer::default() }))?;
            }
            slots.add(self.login, &self.passphrase.0, &opened, (self.cost, clock::now()), rng)?;
            Ok(db)
        };
        let made = make(rng);
        if made.is_err() {
            self.undo();
        }
        made
    }

    /// Leaves nothing half made behind: what a founding or a joining wrote that came to nothing.
    pub fn undo(&self) {
        for f in ["store", "slots"] {
            let _ = fs::remove_file(self.data.join(f));
        }
    }
}

/// A name that can go into a certificate.
///
/// # Errors
/// Empty, too long or unprintable.
pub(crate) fn check_name(what: &str, name: &str) -> Result<(), Fault> {
    if name_ok(name) {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Usage,
        format!("{what} must be 1 to {MAX_NAME} characters that can be shown: choose another"),
    ))
}

fn new_key(rng: &mut dyn CryptoRng) -> SigningKey {
    SigningKey::from_bytes(Secret::random(rng).expose())
}

/// Root key, certificate and first encryption key of a new organisation, with what its first block will say.
fn new_org(
    new: &Newcomer<'_>,
    keys: Private,
    (name, kind): (&str, OrgKind),
    rng: &mut dyn CryptoRng,
) -> (SigningKey, SigningKey, Device) {
    let root = new_key(rng);
    let (staff, device) = first_terminal(new, keys, (OrgCert::new(name, kind, &root), &root), rng);
    (root, staff, device)
}

/// A terminal and an admin that the organisation's root key certifies, and an encryption key for it.
fn first_terminal(
    new: &Newcomer<'_>,
    keys: Private,
    (org, root): (OrgCert, &SigningKey),
    rng: &mut dyn CryptoRng,
) -> (SigningKey, Device) {
    let staff = new_key(rng);
    let person = StaffRequest::new(org.id(), new.name, Role::Admin, &staff);
    let org_key = Exchange::random(rng);
    let mut device = Device::new(org, keys);
    let cert = DeviceCert::new(device.request(new.device), 0, root);
    device.pending = vec![
        Statement::Device(cert.clone()),
        Statement::Staff(StaffCert::new(person, root)),
        Statement::OrgKey(OrgKeyCert::new(org_key.public, root)),
    ];
    device.cert = Some(cert);
    device.set_org_key(&org_key);
    (staff, device)
}

/// Founds a consortium with its first organisation, terminal and admin.
///
/// # Errors
/// The folder is taken or can't be written, a name or the passphrase isn't acceptable; then nothing is left behind.
pub fn found(
    new: &Newcomer<'_>,
    consortium: &str,
    org: &str,
    kind: OrgKind,
    demo: bool,
    rng: &mut dyn CryptoRng,
) -> Result<(), Fault> {
    check_name("the consortium's name", consortium)?;
    check_name("the organisation's name", org)?;
    new.make_folder()?;
    let (root, staff, mut device) = new_org(new, Private::random(rng), (org, kind), rng);
    let mut nonce = [0u8; 32];
    rng.fill_bytes(&mut nonce);
    let founder = device.org.clone();
    let witness = *device.ledger().verifying_key().as_bytes();
    let genesis = Genesis { version: 0, name: consortium.into(), demo, nonce, founder, witness };
    let mut db = new.write(&genesis, None, &device, (staff, Some(root)), rng)?;
    if let Err(e) = settle(&mut db, &mut device, rng) {
        drop(db);
        new.undo();
        return Err(e.into());
    }
    Ok(())
}

/// A new terminal for an organisation that is a member already and has lost all of its own: its root key, from the recovery
/// kit, certifies terminal and admin. Nobody has to admit it again.
///
/// # Errors
/// The kit is no member's, or as [`found`].
pub fn rejoin(
    new: &Newcomer<'_>,
    invite: &Invite,
    root: SigningKey,
    rng: &mut dyn CryptoRng,
) -> Result<OrgCert, Fault> {
    let id = OrgId::of_key(root.verifying_key().as_bytes());
    let replica = Replica::new(invite.genesis.clone(), &invite.acts).map_err(StoreError::from)?;
    let org = replica.governance().org(id).cloned().ok_or_else(|| {
        Fault::new(
            FaultKind::Usage,
            "this kit is of no member of the consortium that invited: check the paper",
        )
    })?;
    new.make_folder()?;
    let (staff, mut device) = first_terminal(new, Private::random(rng), (org.clone(), &root), rng);
    let mut db = new.write(&invite.genesis, Some(invite), &device, (staff, Some(root)), rng)?;
    if let Err(e) = settle(&mut db, &mut device, rng) {
        drop(db);
        new.undo();
        return Err(e.into());
    }
    Ok(org)
}

/// Gives a terminal the certificate that its organisation's admin made.
///
/// # Errors
/// The certificate is another terminal's, or the store doesn't open.
pub fn take_certificate(
    data: &Path,
    login: &str,
    passphrase: &Passphrase,
    certificate: &Certificate,
) -> Result<(), Fault> {
    let (mut slots, opened) = super::open_slots(data, login, &passphrase.0)?;
    let (mut db, _) = super::master_key::open_terminal(data, &mut slots, &opened)?;
    let mut device = Device::load(&db)?;
    let cert = &certificate.device;
    if cert.id() != device.id() || cert.org != device.org_id() || !cert.valid() {
        return Err(Fault::new(
            FaultKind::Refused,
            "the certificate is another terminal's: ask the admin for the one made from this terminal's request",
        ));
    }
    device.cert = Some(certificate.device.clone());
    Ok(device.save(&mut db)?)
}

/// Writes a new organisation's first blocks once its admission is on the ledger here. False: nothing to do (yet).
///
/// # Errors
/// The store failed.
pub fn settle(db: &mut Db, device: &mut Device, rng: &mut dyn CryptoRng) -> Result<bool, StoreError> {
    if device.pending.is_empty() || db.replica().governance().org(device.org_id()).is_none() {
        return Ok(false);
    }
    let statements = codec::encode(&device.pending);
    let mut contents: Vec<(Kind, Content)> = vec![(Kind::Governance, Box::new(move |_, _| Ok(statements)))];
    if let Some(key) = device.org_key() {
        let consortium = db.replica().governance().consortium();
        let to = device.encryption().public;
        let wrap = wrap_org_key(consortium, device.org_id(), &key, device.id(), &to, rng)
            .map_err(|e| StoreError::Refused(e.to_string()))?;
        let bytes = codec::encode(&Vec::<Wrap>::from([wrap]));
        contents.push((Kind::Keys, Box::new(move |_, _| Ok(bytes))));
    }
    db.author(&device.author(), clock::now(), rng, contents, &Beside::default())?;
    device.settled();
    device.save(db)?;
    Ok(true)
}

/// An invitation to this consortium.
pub(super) fn invitation(db: &Db, device: &Device, ticket: String) -> String {
    let g = db.replica().governance();
    text::write(&Invite { genesis: g.genesis().clone(), acts: g.acts(), org: device.org.clone(), ticket })
}

/// The port of a data folder, always the same: 47500 to 48499.
pub fn default_listen(data: &Path) -> SocketAddr {
    // Two data folders on one machine (a demonstration, a test) get two ports.
    let h = hash32("aidpost v0 port", &[data.as_os_str().as_encoded_bytes()]);
    let port = 47_500 + u16::from_le_bytes([h[0], h[1]]) % 1_000;
    SocketAddr::from(([0, 0, 0, 0], port))
}
