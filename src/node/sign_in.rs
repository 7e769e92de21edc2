//! Signing in and out: what `core::auth` is told, what it answers, and the keys that follow.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::{
    Held, Node, Open,
    api::{Change, Fault, FaultKind, Passphrase, PersonHere, Pin, Who},
    attempts, clock,
    device::Device,
    locked, master_key,
    people::certified,
    settings::Settings,
    setup,
};
use crate::{
    core::{
        audit::{AuditEntry, Credential, CredentialChange, Outcome, SignIn},
        auth::{Door, Event, Session, Verdict},
        block::Kind,
        codec,
        id::StaffId,
    },
    store::{
        Beside, Store, tables,
        templates::{Templates, TemplatesError},
    },
    vault::{
        Secret,
        pin::{PinSlot, StaffKeys, take_back},
        slots::{Opened, SlotError, Slots},
    },
};

/// The claimed or recognised person and the outcome of an attempt, for the ledger.
fn entry(event: &Event, verdict: Verdict, proof: bool) -> Option<SignIn> {
    let claimed = match event {
        Event::PassphraseOk(_, who) | Event::PinOk(who) | Event::PinWrong(who) | Event::Recognised(who) => {
            Some(*who)
        }
        Event::PassphraseWrong(_) | Event::Face { .. } => None,
    };
    let (staff, outcome) = match verdict {
        // Nothing was tried.
        Verdict::Wait { .. } => return None,
        Verdict::Granted(who) => (Some(who), if proof { Outcome::Proved } else { Outcome::Granted }),
        Verdict::Wrong => (claimed, Outcome::Wrong),
        Verdict::NotRecognised { .. } => (None, Outcome::NotRecognised),
        Verdict::NotLive { .. } => (claimed, Outcome::NotLive),
        Verdict::PinNeeded(who) => (who.or(claimed), Outcome::NotEnough),
        Verdict::PassphraseNeeded => (claimed, Outcome::NotEnough),
    };
    Some(SignIn { staff, method: event.method(), outcome })
}

fn suspended() -> Fault {
    Fault::new(
        FaultKind::Locked,
        "your organisation has suspended this key of yours: ask an admin ('aidpost staff reset' gives you another)",
    )
}

/// The fault of an attempt that signed nobody in.
pub(super) fn refused(verdict: Verdict) -> Fault {
    match verdict {
        Verdict::Wait { left } => {
            let seconds = left.div_ceil(1000);
            Fault::new(
                FaultKind::Locked,
                format!("too many failed attempts: wait {seconds} seconds, then try again"),
            )
        }
        Verdict::PassphraseNeeded => Fault::new(FaultKind::Locked, "your passphrase is needed this time"),
        Verdict::PinNeeded(_) => Fault::new(FaultKind::Locked, "your PIN is needed this time"),
        _ => Fault::new(FaultKind::Locked, "wrong PIN: try again, or sign in with your passphrase"),
    }
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
        let slots = self.read_slots().await?;
        let door = Door::of_login(&slots.tag(&login));
        attempts::begin(&self.auth, &self.options.data, door)?;
        // Argon2id takes its time on purpose: not on an async thread.
        let slow = move || {
            let opened = slots.open(&login, &passphrase.0);
            (slots, opened)
        };
        let (slots, opened) = blocking(slow).await?;
        let opened = match opened {
            Ok(o) => o,
            Err(SlotError::Wrong) => {
                let verdict = self.attempt(Event::PassphraseWrong(door), false).await?;
                attempts::end(&self.auth, &self.options.data)?;
                return Err(match verdict {
                    Verdict::Wait { .. } => refused(verdict),
                    _ => SlotError::Wrong.into(),
                });
            }
            Err(e) => return Err(e.into()),
        };
        let staff = opened.staff_id();
        let keys = StaffKeys { staff: opened.staff.clone(), root: opened.root.clone() };
        let open = self.open_store(opened, slots).await?;
        let verdict = self.attempt(Event::PassphraseOk(door, staff), false).await?;
        attempts::end(&self.auth, &self.options.data)?;
        match verdict {
            Verdict::Granted(who) => {
                locked(&open.people).insert(staff, Held::Open(Box::new(keys)));
                self.announce(Change::Locked);
                Ok((open, who))
            }
            other => Err(refused(other)),
        }
    }

    /// The slot file as it is now.
    pub(super) async fn read_slots(&self) -> Result<Slots, Fault> {
        let data = self.options.data.clone();
        blocking(move || Slots::read(&data.join("slots")).map_err(|e| setup::no_store(&data, e))).await?
    }

    async fn open_store(self: &Arc<Self>, opened: Opened, mut slots: Slots) -> Result<Arc<Open>, Fault> {
        let mut guard = self.open.lock().await;
        if let Some(open) = &*guard {
            return Ok(open.clone());
        }
        let (data, faces) = (self.options.data.clone(), self.options.faces());
        let slow = move || -> Result<Open, Fault> {
            let (mut db, master) = master_key::open_terminal(&data, &mut slots, &opened)?;
            let mut device = Device::load(&db)?;
            setup::settle(&mut db, &mut device, &mut rand::rng())?;
            super::records::refresh_cards(&mut db, &device, true)?;
            let (templates, templates_problem) = templates(&faces, &master, slots.store())?;
            Ok(Open {
                templates: Mutex::new(templates),
                templates_problem,
                settings: Mutex::new(Settings::load(&db)?),
                links: Mutex::new(super::links::load(&db)?),
                demo: db.replica().governance().genesis().demo,
                store: Store::start(db)?,
                master: Mutex::new(master),
                slots: Mutex::new(slots),
                device: Mutex::new(device),
                people: Mutex::new(BTreeMap::new()),
                glass: Mutex::default(),
            })
        };
        let open = Arc::new(blocking(slow).await??);
        self.set_threshold(&open);
        tracing::info!("the store is open");
        self.lanes.set(locked(&open.links).limits());
        *guard = Some(open.clone());
        Ok(open)
    }

    /// Signs in with a PIN; for someone who is signed in already (`proof`), proves anew who they are.
    pub(super) async fn pin(&self, who: StaffId, pin: Pin, proof: bool) -> Result<Who, Fault> {
        let open = self.opened().await?;
        let now = clock::steady();
        if let Some(left) = locked(&self.auth).waiting(Door::Pin(who), now) {
            return Err(refused(Verdict::Wait { left }));
        }
        if !locked(&self.auth).pin_possible(who) {
            return Err(refused(Verdict::PassphraseNeeded));
        }
        let slot = open.store.call(move |db| db.get::<PinSlot>(tables::PINS, &who.0)).await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Locked,
                "you have not chosen a PIN at this terminal yet: sign in with your passphrase, and choose one",
            )
        })?;
        let key = blocking(move || slot.open(&pin.0, who)).await??;
        let Some(key) = key else {
            return Err(refused(self.attempt(Event::PinWrong(who), proof).await?));
        };
        let verdict = self.attempt(Event::PinOk(who), proof).await?;
        if verdict != Verdict::Granted(who) {
            return Err(refused(verdict));
        }
        let back = match locked(&open.people).get(&who) {
            Some(Held::Open(_)) => None,
            Some(Held::Away(sealed)) => {
                Some(take_back(&key, who, sealed).map_err(|_| refused(Verdict::PassphraseNeeded))?)
            }
            None => return Err(refused(Verdict::PassphraseNeeded)),
        };
        if let Some(keys) = back {
            locked(&open.people).insert(who, Held::Open(Box::new(keys)));
        }
        self.who(&open, who).await
    }

    /// Chooses a PIN.
    pub(super) async fn set_pin(&self, who: &Who, pin: Pin) -> Result<(), Fault> {
        let open = self.opened().await?;
        let staff = who.staff;
        let slot = blocking(move || PinSlot::new(&pin.0, staff, &mut rand::rng())).await??;
        open.store.call(move |db| db.put(tables::PINS, &staff.0, Some(&slot))).await?;
        self.credential(&open, staff, staff, Credential::PinSet).await
    }

    /// Puts an attempt to the machine, and on the ledger.
    pub(super) async fn attempt(&self, event: Event, proof: bool) -> Result<Verdict, Fault> {
        let verdict = locked(&self.auth).attempt(event, clock::steady());
        if verdict == Verdict::PassphraseNeeded
            && let Event::PinWrong(who) = event
            && let Ok(open) = self.opened().await
        {
            // Nothing but the passphrase gives these keys back any more.
            locked(&open.people).remove(&who);
        }
        let entry = entry(&event, verdict, proof);
        match (&entry, verdict) {
            // By code: who it was stands on the ledger alone.
            (Some(e), _) => tracing::info!(method = e.method.word(), outcome = ?e.outcome, "sign-in attempt"),
            (None, Verdict::Wait { left }) => {
                tracing::warn!(left, "sign-in attempt refused: too many failed")
            }
            (None, _) => {}
        }
        // While the store is sealed there is no ledger to write to; the first entry comes with the first passphrase.
        if let (Some(entry), Ok(open)) = (entry, self.opened().await) {
            self.record(&open, AuditEntry::SignIn(entry)).await?;
        }
        Ok(verdict)
    }

    /// What was done with somebody's face or PIN goes on the ledger.
    pub(super) async fn credential(
        &self,
        open: &Open,
        staff: StaffId,
        by: StaffId,
        what: Credential,
    ) -> Result<(), Fault> {
        self.record(open, AuditEntry::Credential(CredentialChange { staff, by, what })).await
    }

    async fn record(&self, open: &Open, entry: AuditEntry) -> Result<(), Fault> {
        let device = locked(&open.device).clone();
        let bytes = codec::encode(&vec![entry]);
        // A terminal that waits to be admitted has no log yet.
        let write = move |db: &mut crate::store::Db| match certified(db, &device) {
            Ok(c) => c
                .write(db, vec![(Kind::Audit, Box::new(move |_, _| Ok(bytes)))], &Beside::default())
                .map(|_| ()),
            Err(_) => Ok(()),
        };
        open.store.call(write).await?;
        self.announce(Change::Ledger);
        Ok(())
    }

    /// Name and role of someone certified here.
    pub(super) async fn who(&self, open: &Open, staff: StaffId) -> Result<Who, Fault> {
        let org = locked(&open.device).org_id();
        open.store
            .call(move |db| {
                let g = db.replica().governance();
                if g.staff_suspensions(staff, org).next().is_some() {
                    return Ok(Err(suspended()));
                }
                Ok(Ok(g.staff_of(staff, org).cloned()))
            })
            .await??
            .map(|s| Who { staff, name: s.request.name, role: s.request.role })
            .ok_or_else(|| {
                Fault::new(
                    FaultKind::Locked,
                    "your organisation has not certified you here yet: let this terminal meet the one that admitted it",
                )
            })
    }

    /// Who can sign in with a PIN or a face now.
    pub(super) async fn people_here(&self) -> Vec<PersonHere> {
        let Ok(open) = self.opened().await else { return Vec::new() };
        let held: Vec<StaffId> = locked(&open.people).keys().copied().collect();
        let found = open
            .store
            .call(move |db| {
                let g = db.replica().governance();
                let mut found = Vec::new();
                for who in held {
                    let pin = db.get::<PinSlot>(tables::PINS, &who.0)?.is_some();
                    found.extend(g.staff(who).map(|s| (who, s.request.name.clone(), pin)));
                }
                Ok(found)
            })
            .await;
        let now = clock::steady();
        let auth = locked(&self.auth);
        let row = |(staff, name, pin)| PersonHere { staff, name, pin, on_shift: auth.on_shift(staff, now) };
        let mut people: Vec<_> = found.unwrap_or_default().into_iter().map(row).collect();
        people.sort_by(|a, b| a.name.cmp(&b.name));
        people
    }

    /// Keys of those whose shift is over are put away behind their PIN, or dropped when they have none.
    pub(super) async fn end_shifts(&self) {
        let Ok(open) = self.opened().await else { return };
        let held: Vec<StaffId> = {
            let people = locked(&open.people);
            people.iter().filter(|(_, h)| h.open().is_some()).map(|(who, _)| *who).collect()
        };
        let over = locked(&self.auth).over(held.into_iter(), clock::steady());
        for who in over {
            let slot = open.store.call(move |db| db.get::<PinSlot>(tables::PINS, &who.0)).await;
            let mut people = locked(&open.people);
            let Some(Held::Open(keys)) = people.remove(&who) else { continue };
            let away = slot.ok().flatten().and_then(|s| s.put_away(who, &keys, &mut rand::rng()).ok());
            match away {
                Some(sealed) => drop(people.insert(who, Held::Away(sealed))),
                None => locked(&self.auth).forget(who),
            }
        }
    }

    /// A session is still good: the person is on shift and has not been idle.
    pub(super) fn live(&self, s: &Session) -> Result<(), Fault> {
        let now = clock::steady();
        if s.idle(now) || !locked(&self.auth).on_shift(s.staff, now) {
            return Err(Fault::new(FaultKind::Locked, "locked: sign in again; what you typed is kept"));
        }
        Ok(())
    }
}

/// Damaged templates don't keep the terminal shut: there are just no faces to compare with.
fn templates(
    path: &std::path::Path,
    master: &Secret,
    store: [u8; 16],
) -> Result<(Templates, Option<String>), Fault> {
    match Templates::open(path, master, store) {
        Ok(t) => Ok((t, None)),
        Err(e @ TemplatesError::Damaged(_)) => {
            Ok((Templates::empty(path, master, store), Some(e.to_string())))
        }
        Err(e) => Err(e.into()),
    }
}

/// Runs what computes or waits off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::new(FaultKind::Failed, "that could not be finished: try again"))
}
