//! The master key is changed: the store, the face templates and the key slots are sealed under a fresh one.
//!
//! Slots first give both keys, then the store changes, then the templates, then the slots give the new key alone. Whatever
//! is interrupted is ended, or given up, by the next opening: the store's header page tells which of the two is in use.

use std::{path::Path, sync::Arc};

use super::{
    Node,
    api::{Fault, FaultKind, Who, Working},
    locked,
    setup::{open_db, page_key},
    sign_in::blocking,
};
use crate::{
    core::{audit::Credential, policy::Action},
    store::{
        Db, StoreError,
        disk::{Disk, FileAt},
        pages::opens_with,
        templates::{Templates, TemplatesError},
    },
    vault::{
        Secret,
        slots::{Changing, Opened, Slots},
    },
};

/// Opens the database; a change of the master key that was interrupted is ended or given up first. With it, the key that
/// is in use now.
///
/// # Errors
/// Busy, missing, damaged; the slots can't be written.
pub(super) fn open_terminal(data: &Path, slots: &mut Slots, opened: &Opened) -> Result<(Db, Secret), Fault> {
    let Some(change) = opened.changing() else {
        return Ok((open_db(data, &opened.master, slots)?, opened.master.clone()));
    };
    let disk = FileAt(data.join("store"));
    if !opens_with(&disk, &page_key(&change.to), slots.store())? {
        // Opened first: nobody else is at it.
        let db = open_db(data, &change.from, slots)?;
        disk.remove_beside()?;
        slots.give_up_change()?;
        return Ok((db, change.from));
    }
    let db = open_db(data, &change.to, slots)?;
    move_templates(&data.join("faces"), &change, slots.store())?;
    slots.end_change(&change, &mut rand::rng())?;
    Ok((db, change.to))
}

/// The master key that is in use, when nothing is to be changed.
pub(crate) fn in_use(data: &Path, slots: &Slots, opened: &Opened) -> Secret {
    let disk = FileAt(data.join("store"));
    let changed = |c: &Changing| matches!(opens_with(&disk, &page_key(&c.to), slots.store()), Ok(true));
    opened.changing().filter(changed).map_or_else(|| opened.master.clone(), |c| c.to)
}

/// Templates that still lie under the key before.
fn move_templates(path: &Path, change: &Changing, store: [u8; 16]) -> Result<(), TemplatesError> {
    match Templates::open(path, &change.to, store) {
        // Damaged ones stay as they are: there are just no faces to compare with.
        Err(TemplatesError::Damaged(_)) => match Templates::open(path, &change.from, store) {
            Ok(mut t) => t.set_master(&change.to, &mut rand::rng()),
            Err(TemplatesError::Damaged(_)) => Ok(()),
            Err(e) => Err(e),
        },
        other => other.map(|_| ()),
    }
}

impl Node {
    /// Seals everything of this terminal under a fresh master key. Others wait meanwhile.
    pub(super) async fn change_master_key(self: &Arc<Self>, admin: &Who) -> Result<(), Fault> {
        self.require(admin.role, Action::Administer).await?;
        self.reseal().await?;
        let open = self.opened().await?;
        self.credential(&open, admin.staff, admin.staff, Credential::MasterKeyChanged).await
    }

    /// The same without asking who: what was deleted before is beyond reach afterwards.
    pub(super) async fn reseal(self: &Arc<Self>) -> Result<(), Fault> {
        let open = self.opened().await?;
        // One at a time: whoever comes second changes the key again.
        let _turn = self.resealing.lock().await;
        let change = Changing { from: open.master(), to: Secret::random(&mut rand::rng()) };
        locked(&open.slots).begin_change(&change, &mut rand::rng())?;
        let (key, node) = (page_key(&change.to), self.clone());
        self.work(Some(Working { what: "sealing anew".into(), done: 0, total: 1 }));
        let done = open.store.call(move |db| {
            db.reseal(key, &mut |done, total| {
                node.work(Some(Working { what: "sealing anew".into(), done, total }));
            })
        });
        let done = done.await;
        self.work(None);
        if let Err(e) = done {
            return Err(self.after_failure(&open, &change, e).await);
        }
        let (also, from_to) = (open.clone(), change);
        let rest = move || -> Result<(), Fault> {
            locked(&also.templates).set_master(&from_to.to, &mut rand::rng())?;
            *locked(&also.master) = from_to.to.clone();
            Ok(locked(&also.slots).end_change(&from_to, &mut rand::rng())?)
        };
        blocking(rest).await?
    }

    /// The store goes on under the old key, or its last step is in doubt: then it is opened anew at the next sign-in.
    async fn after_failure(&self, open: &super::Open, change: &Changing, e: StoreError) -> Fault {
        let disk = FileAt(self.options.store());
        let id = locked(&open.slots).store();
        match opens_with(&disk, &page_key(&change.to), id) {
            Ok(false) => {
                // What can't be written now is given up by the next opening.
                let _ = locked(&open.slots).give_up_change();
                e.into()
            }
            _ => {
                *self.open.lock().await = None;
                Fault::new(
                    FaultKind::Failed,
                    format!(
                        "{e}: the change of the master key is ended when somebody signs in with their passphrase"
                    ),
                )
            }
        }
    }
}
