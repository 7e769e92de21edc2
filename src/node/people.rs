//! The people of this terminal: who they are, and adding one.

use super::{
    Held, Node, Open,
    api::{Change, Fault, FaultKind, Passphrase, StaffRow, Who},
    clock,
    device::Device,
    locked, setup,
};
use crate::{
    core::{
        block::Kind,
        codec,
        governance::{Role, StaffCert, StaffRequest, Statement},
        id::StaffId,
        policy::Action,
    },
    store::{Beside, Content, Db, StoreError, tables},
    vault::{
        Secret,
        pin::PinSlot,
        slots::{Cost, Opened},
    },
};

impl Node {
    pub(super) async fn add_staff(
        &self,
        admin: &Who,
        login: String,
        name: String,
        role: Role,
        passphrase: Passphrase,
    ) -> Result<StaffId, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let root = open.root(admin.staff)?;
        let staff = ed25519_dalek::SigningKey::from_bytes(Secret::random(&mut rand::rng()).expose());
        setup::check_name("name", &name)?;
        let org = locked(&open.device).org_id();
        let cert = StaffCert::new(StaffRequest::new(org, &name, role, &staff), &root);
        let id = cert.id();
        let opened = Opened::new(open.master(), staff, None);
        let also = open.clone();
        // The slot first: a certificate without a slot would name someone who can never sign in.
        let slot = move || {
            let made = (Cost::of_this_machine(), clock::now());
            locked(&also.slots).add(&login, &passphrase.0, &opened, made, &mut rand::rng())
        };
        tokio::task::spawn_blocking(slot)
            .await
            .map_err(|_| Fault::new(FaultKind::Failed, "the key slot could not be written: try again"))??;
        open.append(vec![statements(vec![Statement::Staff(cert)])]).await?;
        self.announce(Change::Ledger);
        Ok(id)
    }

    pub(super) async fn staff(&self) -> Result<Vec<StaffRow>, Fault> {
        let open = self.opened().await?;
        let org = locked(&open.device).org_id();
        let enrolled: Vec<StaffId> = locked(&open.templates).people().collect();
        let rows = open.store.call(move |db| {
            let face = |s: StaffId| enrolled.contains(&s);
            let pins = db.scan::<PinSlot>(tables::PINS, &[])?;
            let pin = |s: StaffId| pins.iter().any(|(k, _)| k[..] == s.0);
            let g = db.replica().governance();
            let ours = g.all_staff().filter(|s| s.org == org);
            Ok(ours
                .map(|s| StaffRow {
                    staff: s.id(),
                    name: s.request.name.clone(),
                    role: s.request.role,
                    face: face(s.id()),
                    pin: pin(s.id()),
                    suspended: g.staff_suspensions(s.id(), org).next().is_some(),
                })
                .collect())
        });
        Ok(rows.await?)
    }
}

/// A governance block.
pub(super) fn statements(s: Vec<Statement>) -> (Kind, Content) {
    (Kind::Governance, Box::new(move |_, _| Ok(codec::encode(&s))))
}

impl Open {
    /// The signing key of someone on shift.
    pub(super) fn key(&self, who: StaffId) -> Result<ed25519_dalek::SigningKey, Fault> {
        let over = || Fault::new(FaultKind::Locked, "your shift is over: sign in with your PIN");
        locked(&self.people).get(&who).and_then(Held::open).map(|k| k.staff.clone()).ok_or_else(over)
    }

    /// The organisation's root key, for an admin on shift.
    pub(super) fn root(&self, who: StaffId) -> Result<ed25519_dalek::SigningKey, Fault> {
        let people = locked(&self.people);
        people.get(&who).and_then(Held::open).and_then(|k| k.root.clone()).ok_or_else(|| {
            Fault::new(
                FaultKind::Locked,
                "the organisation's root key is not in your key slot: sign in as the admin who founded it",
            )
        })
    }

    /// Writes blocks of this terminal.
    pub(super) async fn append(
        &self,
        contents: Vec<(Kind, Content)>,
    ) -> Result<Vec<(crate::core::block::Head, u32)>, Fault> {
        let device = locked(&self.device).clone();
        Ok(self.store.call(move |db| certified(db, &device)?.write(db, contents, &Beside::default())).await?)
    }
}

/// This terminal as an author, when its certificate is on the ledger here.
pub(super) struct Certified(crate::store::Author);

pub(super) fn certified(db: &Db, device: &Device) -> Result<Certified, StoreError> {
    if db.replica().governance().writer(device.id()).is_none() {
        return Err(StoreError::Refused(
            "this terminal is not part of the consortium yet: let it meet the one that invited it".into(),
        ));
    }
    // After a fork of its own a terminal goes on in a new life.
    Ok(Certified(crate::store::Author { log: db.replica().log_of(device.id()), ..device.author() }))
}

impl Certified {
    /// Its log and key.
    pub(super) fn author(&self) -> &crate::store::Author {
        &self.0
    }

    pub(super) fn write(
        &self,
        db: &mut Db,
        contents: Vec<(Kind, Content)>,
        beside: &Beside,
    ) -> Result<Vec<(crate::core::block::Head, u32)>, StoreError> {
        db.author(&self.0, clock::now(), &mut rand::rng(), contents, beside)
    }
}
