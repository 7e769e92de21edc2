//! Key slots of the people of this terminal: passphrases changed, forgotten and replaced, recovery codes, the
//! organisation's kit.

use std::sync::Arc;

use ed25519_dalek::SigningKey;

use super::{
    Held, Node, Open,
    api::{Change, Code, Fault, FaultKind, OrgKit, Passphrase, SlotRow, Who},
    attempts, clock, governing, locked,
    people::{certified, statements},
    records::refresh_cards,
    restore::ORG_KEYS_FOR_KIT,
    sign_in::blocking,
};
use crate::{
    core::{
        audit::Credential,
        auth::{Door, Event, Verdict},
        governance::{DeviceCert, Role, StaffCert, StaffRequest, Statement, Suspended, Suspension},
        id::{OrgId, StaffId},
        keys::Sealed,
        policy::Action,
    },
    store::{Beside, StoreError, backup::org_keys_by_root, tables, wrap_block},
    vault::{
        Secret,
        keytree::wrap_org_key,
        kit,
        pin::StaffKeys,
        slots::{Cost, Opened, SlotError, Slots},
    },
};

/// Key of a value in the store's settings: when the organisation's kit was printed here.
pub(super) const KIT_PRINTED: &[u8] = b"kit-printed";

impl Open {
    /// What goes into a person's slot.
    fn keys_of(&self, who: StaffId) -> Result<Opened, Fault> {
        let people = locked(&self.people);
        let keys = people
            .get(&who)
            .and_then(Held::open)
            .ok_or_else(|| Fault::new(FaultKind::Locked, "your shift is over: sign in with your PIN"))?;
        Ok(Opened::new(self.master(), keys.staff.clone(), keys.root.clone()))
    }

    fn login_of(&self, who: StaffId) -> Result<String, Fault> {
        let none =
            || Fault::new(FaultKind::Failed, "your key slot is not on this terminal any more: ask an admin");
        locked(&self.slots).login_of(who, &self.master()).ok_or_else(none)
    }
}

/// Changes the slots off the async threads: Argon2id takes its time on purpose.
async fn change<T: Send + 'static>(
    open: &Arc<Open>,
    f: impl FnOnce(&mut Slots) -> Result<T, SlotError> + Send + 'static,
) -> Result<T, Fault> {
    let open = open.clone();
    Ok(blocking(move || f(&mut locked(&open.slots))).await??)
}

impl Node {
    /// Who can open this terminal, and how.
    pub(super) async fn slots(&self) -> Result<Vec<SlotRow>, Fault> {
        let open = self.opened().await?;
        let listed = locked(&open.slots).list(&open.master());
        let rows = open.store.call(move |db| {
            let g = db.replica().governance();
            let row = |l: crate::vault::slots::Listed| {
                let (label, kind, cost) = (l.label, l.kind, l.cost);
                SlotRow {
                    kind,
                    name: label.as_ref().and_then(|l| g.staff(l.staff)).map(|s| s.request.name.clone()),
                    staff: label.as_ref().map(|l| l.staff),
                    root: label.as_ref().is_some_and(|l| l.root),
                    made: label.as_ref().map(|l| l.made),
                    login: label.map(|l| l.login),
                    cost: cost.map(|c| (c.memory, c.passes)),
                }
            };
            Ok(listed.into_iter().map(row).collect())
        });
        Ok(rows.await?)
    }

    /// Another passphrase for oneself; the old one is asked, whatever the session.
    pub(super) async fn change_passphrase(
        &self,
        who: &Who,
        old: Passphrase,
        new: Passphrase,
    ) -> Result<(), Fault> {
        let open = self.opened().await?;
        let login = open.login_of(who.staff)?;
        let door = Door::of_login(&locked(&open.slots).tag(&login));
        attempts::begin(&self.auth, &self.options.data, door)?;
        let (also, name) = (open.clone(), login.clone());
        let tried = blocking(move || locked(&also.slots).open(&name, &old.0)).await?;
        let event = match &tried {
            Ok(o) if o.staff_id() == who.staff => Event::PassphraseOk(door, who.staff),
            _ => Event::PassphraseWrong(door),
        };
        let verdict = self.attempt(event, true).await?;
        attempts::end(&self.auth, &self.options.data)?;
        if !matches!(verdict, Verdict::Granted(_)) {
            return Err(Fault::new(
                FaultKind::Locked,
                "that is not your passphrase of now: nothing was changed",
            ));
        }
        let opened = tried?;
        let put = move |s: &mut Slots| {
            s.put(&login, &new.0, &opened, (Cost::of_this_machine(), clock::now()), &mut rand::rng())
        };
        change(&open, put).await?;
        self.credential(&open, who.staff, who.staff, Credential::PassphraseChanged).await
    }

    /// A recovery code for oneself; an earlier one opens nothing any more. It is kept nowhere.
    pub(super) async fn new_recovery_code(&self, who: &Who) -> Result<Code, Fault> {
        let open = self.opened().await?;
        let (login, opened) = (open.login_of(who.staff)?, open.keys_of(who.staff)?);
        let add = move |s: &mut Slots| s.add_code(&login, &opened, clock::now(), &mut rand::rng());
        let code = change(&open, add).await?;
        self.credential(&open, who.staff, who.staff, Credential::RecoveryCodeMade).await?;
        Ok(Code(code.to_string()))
    }

    /// Someone who forgot their passphrase chooses another with their recovery code, and is signed in. The code is used up.
    pub(super) async fn recover(
        self: &Arc<Self>,
        login: String,
        code: Code,
        new: Passphrase,
    ) -> Result<Who, Fault> {
        let mut slots = self.read_slots().await?;
        let door = Door::of_login(&slots.tag(&login));
        attempts::begin(&self.auth, &self.options.data, door)?;
        let tried = slots.open_code(&login, &code.0);
        if matches!(tried, Err(SlotError::WrongCode)) {
            self.attempt(Event::PassphraseWrong(door), false).await?;
        }
        // A slip of the pen is no guess.
        attempts::end(&self.auth, &self.options.data)?;
        let opened = tried?;
        if opened.next.is_some() {
            return Err(Fault::new(
                FaultKind::Conflict,
                "a change of the master key was interrupted: let somebody sign in with their passphrase first",
            ));
        }
        let (name, passphrase) = (login.clone(), new.clone());
        let put = move || {
            let cost = (Cost::of_this_machine(), clock::now());
            slots.put(&name, &passphrase.0, &opened, cost, &mut rand::rng()).map(|()| slots)
        };
        let slots = blocking(put).await??;
        if let Ok(open) = self.opened().await {
            *locked(&open.slots) = slots;
        }
        let who = self.unlock(login, new).await?;
        let open = self.opened().await?;
        self.credential(&open, who.staff, who.staff, Credential::RecoveryCodeUsed).await?;
        Ok(who)
    }

    /// An admin takes a person's way in away: their slots at this terminal, and what the node holds of them.
    pub(super) async fn remove_slot(&self, admin: &Who, login: String) -> Result<(), Fault> {
        self.require(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let master = open.master();
        let staff = locked(&open.slots).find(&login, &master).map(|l| l.staff);
        if staff == Some(admin.staff) {
            return Err(Fault::new(FaultKind::Usage, "that is your own slot: let another admin remove it"));
        }
        change(&open, move |s| s.remove(&login, &master)).await?;
        if let Some(staff) = staff {
            self.forget(&open, staff).await?;
            self.credential(&open, staff, admin.staff, Credential::SlotRemoved).await?;
        }
        Ok(())
    }

    /// Somebody can't sign in here any more: keys in memory, PIN.
    async fn forget(&self, open: &Open, staff: StaffId) -> Result<(), Fault> {
        locked(&open.people).remove(&staff);
        locked(&self.auth).forget(staff);
        open.store.call(move |db| db.put::<()>(tables::PINS, &staff.0, None)).await?;
        Ok(())
    }

    /// A forgotten passphrase: an admin certifies a fresh key for the person and suspends the one before, in one block, and
    /// gives them a new passphrase. Their drafts go with them; PIN and face are chosen anew.
    pub(super) async fn reset_staff(
        &self,
        admin: &Who,
        login: String,
        new: Passphrase,
    ) -> Result<StaffId, Fault> {
        self.require(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let root = open.root(admin.staff)?;
        let label = locked(&open.slots)
            .find(&login, &open.master())
            .ok_or_else(|| Fault::from(SlotError::Unknown(login.chars().take(40).collect())))?;
        if label.staff == admin.staff {
            return Err(Fault::new(
                FaultKind::Usage,
                "that is you: 'aidpost slots passphrase' changes your own passphrase",
            ));
        }
        if new.0.chars().count() < crate::vault::slots::MIN_PASSPHRASE {
            return Err(SlotError::TooShort.into());
        }
        let old = label.staff;
        let staff = SigningKey::from_bytes(Secret::random(&mut rand::rng()).expose());
        let said = replaced(&open, old, None, &staff, &root).await?;
        let opened = Opened::new(open.master(), staff, label.root.then_some(root));
        // On the ledger first: done again after a crash, it only certifies another key.
        open.append(vec![statements(said)]).await?;
        let new_id = opened.staff_id();
        let put = move |s: &mut Slots| {
            s.put(&login, &new.0, &opened, (Cost::of_this_machine(), clock::now()), &mut rand::rng())
        };
        change(&open, put).await?;
        open.store.call(move |db| db.rename_prefix(tables::DRAFTS, &old.0, &new_id.0)).await?;
        self.forget(&open, old).await?;
        self.forget_templates(&open, old).await?;
        self.credential(&open, new_id, admin.staff, Credential::StaffReset).await?;
        self.announce(Change::Ledger);
        Ok(new_id)
    }

    /// The organisation's root key, to be printed.
    pub(super) async fn org_kit(&self, admin: &Who) -> Result<OrgKit, Fault> {
        self.require(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let (root, org) = (open.root(admin.staff)?, locked(&open.device).org.clone());
        let (name, fingerprint) = open
            .store
            .call(|db| {
                db.put(tables::META, KIT_PRINTED, Some(&clock::now()))?;
                let g = db.replica().governance();
                Ok((g.genesis().name.clone(), g.consortium()))
            })
            .await?;
        self.credential(&open, admin.staff, admin.staff, Credential::KitPrinted).await?;
        Ok(OrgKit {
            id: org.id(),
            org: org.name,
            consortium: name,
            fingerprint,
            code: Code(kit::write(&root).to_string()),
        })
    }

    /// The root key of a typed kit, when it is this organisation's.
    pub(super) fn root_of(code: &Code, org: OrgId) -> Result<SigningKey, Fault> {
        let root = kit::read(&code.0)?;
        match OrgId::of_key(root.verifying_key().as_bytes()) == org {
            true => Ok(root),
            false => Err(Fault::new(
                FaultKind::Usage,
                format!("this kit is another organisation's: look for the one of {}", org.short()),
            )),
        }
    }

    /// Puts the organisation's root key, from the kit, behind the passphrase of whoever is signed in. Somebody who is no
    /// admin becomes one, with a fresh key; the one before is suspended. Who they are now.
    pub(super) async fn use_org_kit(&self, who: &Who, code: &Code) -> Result<StaffId, Fault> {
        let open = self.opened().await?;
        let org = locked(&open.device).org_id();
        let root = Self::root_of(code, org)?;
        let (login, mut opened) = (open.login_of(who.staff)?, open.keys_of(who.staff)?);
        opened.root = Some(root.clone());
        let root_copy = root.clone();
        if who.role != Role::Admin {
            opened.staff = SigningKey::from_bytes(Secret::random(&mut rand::rng()).expose());
            let said = replaced(&open, who.staff, Role::Admin, &opened.staff, &root).await?;
            open.append(vec![statements(said)]).await?;
        }
        let id = opened.staff_id();
        let keys = StaffKeys { staff: opened.staff.clone(), root: Some(root) };
        change(&open, move |s| s.set_keys(&login, &opened, &mut rand::rng())).await?;
        if id == who.staff {
            locked(&open.people).insert(id, Held::Open(Box::new(keys)));
        } else {
            let old = who.staff;
            open.store.call(move |db| db.rename_prefix(tables::DRAFTS, &old.0, &id.0)).await?;
            self.forget(&open, old).await?;
            self.forget_templates(&open, old).await?;
        }
        self.certify_self(&open, &root_copy).await?;
        self.credential(&open, id, who.staff, Credential::KitUsed).await?;
        self.announce(Change::Ledger);
        Ok(id)
    }

    /// A restored terminal that its organisation has not certified yet: the root key does it, and opens the organisation's
    /// encryption keys that the backup held for it.
    async fn certify_self(&self, open: &Arc<Open>, root: &SigningKey) -> Result<(), Fault> {
        let (mut device, key) = (locked(&open.device).clone(), root.clone());
        let device = open.store.call(move |db| {
            let (me, org) = (device.id(), device.org_id());
            let g = db.replica().governance();
            let consortium = g.consortium();
            let Some(claim) = g.claim(me).cloned() else { return Ok(device) };
            let cert = DeviceCert::new(claim.request, 0, &key);
            let sealed: Option<Sealed> = db.get(tables::META, ORG_KEYS_FOR_KIT)?;
            let opened = sealed.and_then(|s| org_keys_by_root((consortium, org), &s, &kit::exchange(&key)));
            let to = device.encryption().public;
            let keys = opened
                .unwrap_or_default()
                .iter()
                .map(|k| wrap_org_key(consortium, org, k, me, &to, &mut rand::rng()))
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| StoreError::Refused(e.to_string()))?;
            let said = vec![statements(vec![Statement::Device(cert.clone())]), wrap_block(keys)];
            certified(db, &device)?.write(db, said, &Beside::default())?;
            device.cert = Some(cert);
            device.save(db)?;
            refresh_cards(db, &device, true)?;
            Ok(device)
        });
        *locked(&open.device) = device.await?;
        Ok(())
    }
}

/// A fresh certificate for a person of the own organisation, and the suspension of the key that they had: what they wrote
/// until now, as far as it is held here, stays believed.
async fn replaced(
    open: &Open,
    old: StaffId,
    role: impl Into<Option<Role>>,
    key: &SigningKey,
    root: &SigningKey,
) -> Result<Vec<Statement>, Fault> {
    let (org, role) = (locked(&open.device).org_id(), role.into());
    let (key, root) = (key.clone(), root.clone());
    let made = open.store.call(move |db| {
        let g = db.replica().governance();
        let Some(before) = g.staff_of(old, org) else { return Ok(None) };
        let role = role.unwrap_or(before.request.role);
        let request = StaffRequest::new(org, &before.request.name, role, &key);
        let upto = governing::ends(db.replica(), |d| g.device(d).is_some_and(|d| d.org == org));
        let suspension = Suspension::new(g.consortium(), Suspended::Staff(old), upto, &root);
        Ok(Some(vec![Statement::Staff(StaffCert::new(request, &root)), Statement::Suspend(suspension)]))
    });
    made.await?.ok_or_else(|| {
        Fault::new(
            FaultKind::Usage,
            "this organisation has not certified that person: 'aidpost staff add' does",
        )
    })
}
