//! Signing in and out, and the people of this terminal.

use std::{collections::BTreeMap, sync::Arc, sync::Mutex};

use super::{
    Held, Node, Open,
    api::{Change, Fault, FaultKind, Look, Passphrase, StaffRow, Who},
    clock,
    device::Device,
    locked, require, setup,
};
use crate::{
    core::{
        audit::{AuditEntry, SignIn},
        auth::{Event, Session, Verdict},
        block::Kind,
        codec,
        governance::{Role, StaffCert, StaffRequest, Statement},
        id::StaffId,
        policy::Action,
    },
    face::{Embedding, Gallery},
    store::{Beside, Content, Db, Store, StoreError, tables},
    vault::{
        Secret,
        slots::{Cost, Opened, SlotError, Slots},
    },
};

/// Usable frames that an enrolment keeps as templates.
const TEMPLATES: usize = 5;
/// Frames looked at before an enrolment gives up.
const ATTEMPTS: usize = 60;

/// One block with one audit entry of the device itself.
pub(super) fn sign_in_entry(staff: Option<StaffId>, event: &Event, granted: bool) -> (Kind, Content) {
    let entry = AuditEntry::SignIn(SignIn { staff, method: event.method(), granted });
    (Kind::Audit, Box::new(move |_, _| Ok(codec::encode(&vec![entry]))))
}

/// Embeddings of everyone enrolled here.
fn gallery(db: &Db) -> Result<Gallery, StoreError> {
    let mut g = Gallery::default();
    for (k, templates) in db.scan::<Vec<Embedding>>(tables::FACES, &[])? {
        if let Ok(who) = k.try_into() {
            g.insert(who, templates);
        }
    }
    Ok(g)
}

impl Node {
    /// Opens the store if need be, and the person's key; signs them in.
    pub(super) async fn unlock(
        self: &Arc<Self>,
        login: String,
        passphrase: Passphrase,
    ) -> Result<Who, Fault> {
        let (open, staff) = self.unseal(login, passphrase).await?;
        self.who(&open, staff).await
    }

    /// The same for someone whose organisation isn't admitted here yet: the store opens, so that it can meet others.
    pub(super) async fn unseal(
        self: &Arc<Self>,
        login: String,
        passphrase: Passphrase,
    ) -> Result<(Arc<Open>, StaffId), Fault> {
        if let Some(until) = locked(&self.auth).waiting(clock::now()) {
            return Err(wait(until));
        }
        let data = self.options.data.clone();
        // Argon2id takes its time on purpose: not on an async thread.
        let slow = move || -> Result<(Slots, Result<Opened, SlotError>), Fault> {
            let slots = Slots::read(&data.join("slots")).map_err(|e| setup::no_store(&data, e))?;
            let opened = slots.open(&login, &passphrase.0);
            Ok((slots, opened))
        };
        let (slots, opened) = tokio::task::spawn_blocking(slow)
            .await
            .map_err(|_| Fault::new(FaultKind::Failed, "the passphrase could not be checked: try again"))??;
        let opened = match opened {
            Ok(o) => o,
            Err(SlotError::Wrong) => {
                self.attempt(Event::PassphraseWrong).await?;
                return Err(SlotError::Wrong.into());
            }
            Err(e) => return Err(e.into()),
        };
        let staff = StaffId::of_key(opened.staff.verifying_key().as_bytes());
        let open = self.open_store(&opened.master, slots).await?;
        match self.attempt(Event::PassphraseOk(staff)).await? {
            Verdict::Granted(who) => {
                locked(&open.people).insert(staff, Held { key: opened.staff, root: opened.root });
                Ok((open, who))
            }
            Verdict::Wait { until } => Err(wait(until)),
            _ => Err(SlotError::Wrong.into()),
        }
    }

    async fn open_store(self: &Arc<Self>, master: &Secret, slots: Slots) -> Result<Arc<Open>, Fault> {
        let mut guard = self.open.lock().await;
        if let Some(open) = &*guard {
            return Ok(open.clone());
        }
        let (data, master) = (self.options.data.clone(), master.clone());
        let slow = move || -> Result<Open, Fault> {
            let mut db = setup::open_db(&data, &master, &slots)?;
            let mut device = Device::load(&db)?;
            setup::settle(&mut db, &mut device, &mut rand::rng())?;
            super::records::refresh_cards(&mut db, &device, true)?;
            Ok(Open {
                gallery: Mutex::new(gallery(&db)?),
                demo: db.replica().governance().genesis().demo,
                store: Store::start(db)?,
                master,
                slots: Mutex::new(slots),
                device: Mutex::new(device),
                people: Mutex::new(BTreeMap::new()),
            })
        };
        let open = tokio::task::spawn_blocking(slow)
            .await
            .map_err(|_| Fault::new(FaultKind::Failed, "the store could not be opened: try again"))??;
        let open = Arc::new(open);
        *guard = Some(open.clone());
        Ok(open)
    }

    /// Puts an attempt to the machine, and on the ledger.
    async fn attempt(&self, event: Event) -> Result<Verdict, Fault> {
        let verdict = locked(&self.auth).attempt(event, clock::now());
        // While the store is sealed there is no ledger to write to; the first entry comes with the first passphrase.
        if let Ok(open) = self.opened().await {
            let (staff, granted) = match (verdict, event) {
                (Verdict::Granted(who), _) => (Some(who), true),
                (_, Event::Face { .. }) | (_, Event::PassphraseWrong) => (None, false),
                (_, Event::PassphraseOk(who)) => (Some(who), false),
            };
            if !matches!(verdict, Verdict::Wait { .. }) {
                let device = locked(&open.device).clone();
                let entry = vec![sign_in_entry(staff, &event, granted)];
                // A terminal that waits to be admitted has no log yet.
                open.store
                    .call(move |db| match certified(db, &device) {
                        Ok(c) => c.write(db, entry, &Beside::default()).map(|_| ()),
                        Err(_) => Ok(()),
                    })
                    .await?;
                self.announce(Change::Ledger);
            }
        }
        Ok(verdict)
    }

    /// One look through the camera; a usable face is an attempt.
    pub(super) async fn look(&self) -> Result<(Look, Option<StaffId>), Fault> {
        let open = self.opened().await?;
        let now = clock::now();
        if let Some(until) = locked(&self.auth).waiting(now) {
            return Err(wait(until));
        }
        let glance = self.glance(open.demo).await?;
        let mut look = Look { preview: glance.preview, hint: glance.advice, verdict: None, who: None };
        let Some(face) = glance.embedding else { return Ok((look, None)) };
        let best = locked(&open.gallery).best(&face);
        let event = Event::Face {
            best: best.as_ref().map(|m| StaffId(m.who)),
            score: best.as_ref().map_or(0.0, |m| m.score),
        };
        let verdict = self.attempt(event).await?;
        look.verdict = Some(verdict);
        let Verdict::Granted(who) = verdict else { return Ok((look, None)) };
        self.close_eye().await;
        look.who = Some(self.who(&open, who).await?);
        Ok((look, Some(who)))
    }

    /// Name and role of someone certified here.
    pub(super) async fn who(&self, open: &Open, staff: StaffId) -> Result<Who, Fault> {
        let org = locked(&open.device).org_id();
        open.store
            .call(move |db| Ok(db.replica().governance().staff(staff).filter(|s| s.org == org).cloned()))
            .await?
            .map(|s| Who { staff, name: s.request.name, role: s.request.role })
            .ok_or_else(|| {
                Fault::new(
                    FaultKind::Locked,
                    "your organisation has not certified you here yet: let this terminal meet the one that admitted it",
                )
            })
    }

    /// Keys of those whose shift is over are dropped.
    pub(super) async fn end_shifts(&self) {
        let over = locked(&self.auth).expired(clock::now());
        if let Ok(open) = self.opened().await {
            locked(&open.people).retain(|who, _| !over.contains(who));
        }
    }

    /// A session is still good: the person is on shift and has not been idle.
    pub(super) fn live(&self, s: &Session) -> Result<(), Fault> {
        let now = clock::now();
        if s.idle(now) || !locked(&self.auth).on_shift(s.staff, now) {
            return Err(Fault::new(FaultKind::Locked, "locked: sign in again; what you typed is kept"));
        }
        Ok(())
    }

    pub(super) async fn add_staff(
        &self,
        admin: &Who,
        login: String,
        name: String,
        role: Role,
        passphrase: Passphrase,
    ) -> Result<StaffId, Fault> {
        require(admin.role, Action::Administer)?;
        let open = self.opened().await?;
        let root = open.root(admin.staff)?;
        let staff = ed25519_dalek::SigningKey::from_bytes(Secret::random(&mut rand::rng()).expose());
        setup::check_name("name", &name)?;
        let org = locked(&open.device).org_id();
        let cert = StaffCert::new(StaffRequest::new(org, &name, role, &staff), &root);
        let id = cert.id();
        let opened = Opened { master: open.master.clone(), staff, root: None };
        let also = open.clone();
        // The slot first: a certificate without a slot would name someone who can never sign in.
        let slot =
            move || locked(&also.slots).add(&login, &passphrase.0, &opened, Cost::STANDARD, &mut rand::rng());
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
        let rows = open.store.call(move |db| {
            let enrolled = db.scan::<Vec<Embedding>>(tables::FACES, &[])?;
            let face = |s: StaffId| enrolled.iter().any(|(k, _)| k[..] == s.0);
            let g = db.replica().governance();
            let ours = g.all_staff().filter(|s| s.org == org);
            Ok(ours
                .map(|s| StaffRow {
                    staff: s.id(),
                    name: s.request.name.clone(),
                    role: s.request.role,
                    face: face(s.id()),
                })
                .collect())
        });
        Ok(rows.await?)
    }

    /// Keeps templates of the next usable frames. They must show one and the same face.
    pub(super) async fn enrol(&self, admin: &Who, staff: StaffId) -> Result<u32, Fault> {
        require(admin.role, Action::Administer)?;
        let open = self.opened().await?;
        self.who(&open, staff).await?;
        let mut kept: Vec<Embedding> = Vec::new();
        let mut advice = None;
        for _ in 0..ATTEMPTS {
            let g = self.glance(open.demo).await?;
            match g.embedding {
                Some(e) if kept.first().is_none_or(|f| f.cosine(&e) >= crate::core::auth::FACE_THRESHOLD) => {
                    kept.push(e);
                }
                Some(_) => advice = Some("one person at a time in front of the camera".into()),
                None => advice = g.advice,
            }
            if kept.len() == TEMPLATES {
                break;
            }
        }
        self.close_eye().await;
        if kept.len() < TEMPLATES {
            let why = advice.unwrap_or_else(|| "look at the camera".into());
            return Err(Fault::new(
                FaultKind::Failed,
                format!("the face could not be enrolled: {why}, and try again"),
            ));
        }
        let other = locked(&open.gallery).best(&kept[0]);
        if let Some(m) = other.filter(|m| m.who != staff.0 && m.score >= crate::core::auth::FACE_THRESHOLD) {
            let name =
                self.who(&open, StaffId(m.who)).await.map_or_else(|_| "someone else".into(), |w| w.name);
            return Err(Fault::new(FaultKind::Usage, format!("this face is already enrolled as {name}")));
        }
        let templates = kept.clone();
        open.store.call(move |db| db.put(tables::FACES, &staff.0, Some(&templates))).await?;
        locked(&open.gallery).insert(staff.0, kept);
        Ok(TEMPLATES as u32)
    }
}

/// A governance block.
pub(super) fn statements(s: Vec<Statement>) -> (Kind, Content) {
    (Kind::Governance, Box::new(move |_, _| Ok(codec::encode(&s))))
}

fn wait(until: u64) -> Fault {
    let seconds = until.saturating_sub(clock::now()).div_ceil(1000);
    Fault::new(FaultKind::Locked, format!("too many failed attempts: wait {seconds} seconds, then try again"))
}

impl Open {
    /// The signing key of someone on shift.
    pub(super) fn key(&self, who: StaffId) -> Result<ed25519_dalek::SigningKey, Fault> {
        locked(&self.people)
            .get(&who)
            .map(|h| h.key.clone())
            .ok_or_else(|| Fault::new(FaultKind::Locked, "your shift is over: sign in with your passphrase"))
    }

    /// The organisation's root key, for an admin on shift.
    pub(super) fn root(&self, who: StaffId) -> Result<ed25519_dalek::SigningKey, Fault> {
        locked(&self.people).get(&who).and_then(|h| h.root.clone()).ok_or_else(|| {
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
    if db.replica().governance().device(device.id()).is_none() {
        return Err(StoreError::Refused(
            "this terminal is not part of the consortium yet: let it meet the one that invited it".into(),
        ));
    }
    Ok(Certified(device.author()))
}

impl Certified {
    pub(super) fn write(
        &self,
        db: &mut Db,
        contents: Vec<(Kind, Content)>,
        beside: &Beside,
    ) -> Result<Vec<(crate::core::block::Head, u32)>, StoreError> {
        db.author(&self.0, clock::now(), &mut rand::rng(), contents, beside)
    }
}
