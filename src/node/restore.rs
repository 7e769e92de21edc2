//! A terminal from its backups, in an empty place. Everything is checked first; then a new terminal is made of it, with
//! keys of its own: two terminals with one key would fork their log.
//!
//! Opened with somebody's passphrase, the new terminal is vouched for by that person (`Claim`): what it writes is kept and
//! marked, and gives no permission until the organisation certifies it. Opened with the organisation's recovery kit, the
//! organisation certifies it at once, and its encryption keys are wrapped to it.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use ed25519_dalek::SigningKey;
use rand::CryptoRng;
use serde::Serialize;

use super::{
    api::{Code, Fault, FaultKind, Passphrase},
    clock,
    device::{Device, Private},
    setup::{check_name, page_key},
    text::{self, JoinRequest},
};
use crate::{
    core::{
        block::{Block, Kind, SignedHeader},
        cert::Claim,
        codec,
        governance::{DeviceCert, Role, StaffCert, StaffRequest, Statement},
        ledger::Accepted,
        time::Millis,
    },
    store::{
        Beside, Content, Db, StoreError,
        backup::{
            BackupError, Missing, org_keys_by_root,
            read::{By, Chain, Checked, Sink},
            write::BESIDE,
        },
        db::IndexRow,
        tables,
    },
    vault::{
        Secret,
        keytree::wrap_org_key,
        kit,
        slots::{Changing, Cost, Opened},
    },
};

/// Key of a value in the store's settings: the organisation's encryption keys as a backup held them for the kit.
pub(super) const ORG_KEYS_FOR_KIT: &[u8] = b"org-keys-for-kit";

/// What opens the backups.
pub enum Key<'a> {
    /// Somebody who could sign in at the terminal.
    Person {
        /// Their login name.
        login: &'a str,
        /// Their passphrase.
        passphrase: &'a Passphrase,
    },
    /// The organisation's recovery kit; makes a new admin.
    Kit {
        /// As it was typed.
        code: &'a Code,
        /// The new admin's login name.
        login: &'a str,
        /// Their name as colleagues know it.
        name: &'a str,
        /// Their passphrase; none for a drill.
        passphrase: Option<&'a Passphrase>,
    },
}

/// What was found, and what comes next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// Backup files checked.
    pub files: u64,
    /// Blocks checked.
    pub blocks: u64,
    /// The terminal that made them.
    pub terminal: String,
    /// Its identifier.
    pub device: crate::core::id::DeviceId,
    /// Its organisation.
    pub org: String,
    /// When the newest was made.
    pub made: Millis,
    /// Blocks that no other terminal was known to hold then.
    pub only_here: u64,
    /// What could not be read when the backups were made: it is not in them.
    pub missing: Missing,
    /// A request for the organisation's admin; none after a drill, nor with the kit.
    #[serde(skip)]
    pub request: Option<String>,
}

/// Only looks.
struct Drill;

impl Sink for Drill {
    fn blocks(&mut self, _: Vec<Block>) -> Result<(), BackupError> {
        Ok(())
    }

    fn bare(&mut self, _: &SignedHeader, _: &[IndexRow]) -> Result<(), BackupError> {
        Ok(())
    }

    fn rows(&mut self, _: &str, _: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), BackupError> {
        Ok(())
    }
}

impl Sink for Db {
    fn blocks(&mut self, blocks: Vec<Block>) -> Result<(), BackupError> {
        let taken = self.accept(&blocks)?;
        match taken.iter().all(|r| matches!(r, Ok(Accepted::New(_)))) {
            true => Ok(()),
            // They passed a moment ago.
            false => Err(StoreError::Damaged("the backup changed while it was read".into()).into()),
        }
    }

    fn bare(&mut self, header: &SignedHeader, rows: &[IndexRow]) -> Result<(), BackupError> {
        Ok(self.keep_bare(header, rows)?)
    }

    fn rows(&mut self, table: &str, rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), BackupError> {
        match BESIDE.iter().find(|(name, _)| *name == table) {
            Some((_, t)) => Ok(self.put_raw(*t, &rows)?),
            None => Ok(()),
        }
    }
}

/// Told blocks of blocks.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

fn root_of(key: &Key<'_>) -> Result<Option<SigningKey>, Fault> {
    match key {
        Key::Person { .. } => Ok(None),
        Key::Kit { code, .. } => Ok(Some(kit::read(&code.0)?)),
    }
}

fn checked(
    files: &[PathBuf],
    key: &Key<'_>,
    root: Option<&SigningKey>,
    progress: Progress<'_>,
) -> Result<(Chain, Restored), Fault> {
    let by_root = root.map(kit::exchange);
    let by = match (key, &by_root) {
        (Key::Person { login, passphrase }, _) => By::Passphrase(login, &passphrase.0),
        (_, Some(root)) => By::Kit(root),
        (Key::Kit { .. }, None) => return Err(Fault::new(FaultKind::Usage, "give the kit's code")),
    };
    let chain = Chain::open(files, &by)?;
    let Checked { files, blocks, missing } = chain.check(&mut Drill, progress)?;
    let m = &chain.manifest;
    let found = Restored {
        files,
        blocks,
        terminal: m.name.clone(),
        device: m.device,
        org: m.org.name.clone(),
        made: m.made,
        only_here: m.only_here,
        missing,
        request: None,
    };
    Ok((chain, found))
}

/// Checks everything and changes nothing.
///
/// # Errors
/// Damaged, cut off, foreign, or not opened by this.
pub fn drill(files: &[PathBuf], key: &Key<'_>, progress: Progress<'_>) -> Result<Restored, Fault> {
    let root = root_of(key)?;
    Ok(checked(files, key, root.as_ref(), progress)?.1)
}

/// Makes a terminal of backups in a folder that holds none.
///
/// # Errors
/// As [`drill`], or the folder holds a store or can't be written; then nothing was changed.
pub fn restore(
    data: &Path,
    name: &str,
    files: &[PathBuf],
    key: &Key<'_>,
    progress: Progress<'_>,
) -> Result<Restored, Fault> {
    check_name("the terminal's name", name)?;
    if fs::read_dir(data).is_ok_and(|mut d| d.next().is_some()) {
        return Err(StoreError::Exists(data.into()).into());
    }
    let root = root_of(key)?;
    let (chain, mut found) = checked(files, key, root.as_ref(), progress)?;
    let place = data.with_extension("restoring");
    let io = |e: io::Error| Fault::from(StoreError::io(&place, e));
    remove(&place).map_err(io)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&place).map_err(io)?;
    let made = make(&place, name, chain, key, root, &mut rand::rng());
    let done = made.and_then(|request| {
        let in_place = || -> io::Result<()> {
            if data.exists() {
                fs::remove_dir(data)?;
            }
            fs::rename(&place, data)?;
            match data.parent().filter(|d| !d.as_os_str().is_empty()) {
                Some(dir) => fs::File::open(dir)?.sync_all(),
                None => Ok(()),
            }
        };
        in_place().map_err(io)?;
        Ok(request)
    });
    if done.is_err() {
        // Nothing half made is left behind.
        let _ = remove(&place);
    }
    found.request = done?;
    Ok(found)
}

/// Removes what an interrupted restore left: its own files only.
fn remove(place: &Path) -> io::Result<()> {
    if !place.exists() {
        return Ok(());
    }
    for f in ["store", "slots", "slots.new"] {
        match fs::remove_file(place.join(f)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    fs::remove_dir(place)
}

/// The files of the new terminal. A request for its organisation, unless the kit certified it.
fn make(
    place: &Path,
    name: &str,
    chain: Chain,
    key: &Key<'_>,
    root: Option<SigningKey>,
    rng: &mut dyn CryptoRng,
) -> Result<Option<String>, Fault> {
    let m = &chain.manifest;
    let (org, consortium) = (m.org.clone(), m.genesis.id());
    let mut device = Device::new(org.clone(), Private::random(rng));
    let request = device.request(name);
    let master = Secret::random(rng);
    let id = chain.slots.store();
    let page = page_key(&master);
    let mut db = Db::create(&place.join("store"), page, id, &m.genesis, &m.acts, &[device.to_meta()])?;
    chain.check(&mut db, &mut |_, _| {})?;
    db.put(tables::META, ORG_KEYS_FOR_KIT, Some(&m.org_keys))?;

    let from = chain.key().cloned().ok_or(StoreError::Closed)?;
    let change = Changing { from, to: master.clone() };
    let (mut slots, slot_file) = (chain.slots, place.join("slots"));
    slots.restore(&slot_file, &change, rng)?;

    let mut said = Vec::new();
    let (mut keys, mut line) = (Vec::new(), None);
    match (key, root, chain.opened) {
        (Key::Kit { login, name, passphrase, .. }, Some(root), _) => {
            check_name("your name", name)?;
            let passphrase = passphrase.ok_or_else(|| Fault::new(FaultKind::Usage, "choose a passphrase"))?;
            let staff = SigningKey::from_bytes(Secret::random(rng).expose());
            let cert = DeviceCert::new(request, 0, &root);
            let person = StaffRequest::new(org.id(), name, Role::Admin, &staff);
            said.extend([Statement::Device(cert.clone()), Statement::Staff(StaffCert::new(person, &root))]);
            let damaged = || StoreError::Damaged("the organisation's keys in the backup do not open".into());
            let open = org_keys_by_root((consortium, org.id()), &m.org_keys, &kit::exchange(&root));
            for k in open.ok_or_else(damaged)? {
                let to = device.encryption().public;
                let wrap = wrap_org_key(consortium, org.id(), &k, device.id(), &to, rng);
                keys.push(wrap.map_err(|e| StoreError::Refused(e.to_string()))?);
            }
            device.cert = Some(cert);
            let opened = Opened::new(master, staff, Some(root));
            slots.put(login, &passphrase.0, &opened, (Cost::of_this_machine(), clock::now()), rng)?;
        }
        (_, _, Some(opened)) => {
            let g = db.replica().governance();
            let who = g.staff_of(opened.staff_id(), org.id()).ok_or_else(|| {
                Fault::new(
                    FaultKind::Locked,
                    "that person is not certified in this backup: let a colleague restore it",
                )
            })?;
            let person = StaffRequest::new(org.id(), &who.request.name, who.request.role, &opened.staff);
            said.push(Statement::Claim(Claim::new(org.id(), request.clone(), &opened.staff)));
            line = Some(text::write(&JoinRequest { org: None, device: request, staff: person }));
        }
        _ => return Err(Fault::new(FaultKind::Usage, "give a passphrase or the kit")),
    }
    let said = codec::encode(&said);
    let mut contents: Vec<(Kind, Content)> = vec![(Kind::Governance, Box::new(move |_, _| Ok(said)))];
    if !keys.is_empty() {
        contents.push((Kind::Keys, Box::new(move |_, _| Ok(codec::encode(&keys)))));
    }
    db.author(&device.author(), clock::now(), rng, contents, &Beside::default())?;
    device.save(&mut db)?;
    Ok(line)
}
