//! A card that is read: its PIN, what it opens, and what it signs.

use std::{collections::BTreeMap, sync::Arc};

use ed25519_dalek::SigningKey;

use super::{cards_of, missing_wraps, refused, revoked, row, secrets};
use crate::{
    core::{
        audit::Access,
        auth::{Door, Event, Verdict},
        block::Kind,
        card::{CardKeys, CardState, Issued},
        consent::{self, Act, By, CardSignature, Entry, Grant, Wish},
        id::{ConsortiumId, OrgId, PatientId},
        keys::PatientKeyId,
        policy::{Action, Purpose},
        record::Compartment,
        sign::Authored,
    },
    node::{
        Node, Open,
        api::{Arrow, CardGranted, CardLook, CardRead, Change, Code, Fault, FaultKind, GrantAsk, Pin, Who},
        attempts, clock,
        consenting::decided_by,
        device::Device,
        eye::preview,
        locked,
        people::certified,
        records::{carded, custodians, may_read, own_keys, refresh_cards},
        rights::{access, audit_block},
        sharing::{asked_grant, check_ask},
        sign_in::{blocking, refused as not_let_in},
    },
    qr,
    store::{
        Beside, Content, Db, StoreError,
        tables::{self, Card},
        wrap_blocks,
    },
    vault::{
        Secret,
        card::{CardRoot, SealedRoot, serial},
        card_wraps::open_with_card,
        keytree::wrap_patient_key,
    },
};

/// What is known of a card before its PIN is typed.
struct Found {
    /// Cards with this serial number: it is short, and somebody could make another one with it.
    candidates: Vec<CardKeys>,
    consortium: ConsortiumId,
    secrets: Vec<Secret>,
}

/// A card whose PIN was right.
#[derive(Clone)]
pub(in crate::node) struct Unlocked {
    pub(super) root: CardRoot,
    pub(super) keys: CardKeys,
}

fn find(db: &Db, device: &Device, card: &SealedRoot) -> Result<Result<Found, Fault>, StoreError> {
    let consortium = db.replica().governance().consortium();
    let no = |kind, words: &str| Ok(Err(Fault::new(kind, words)));
    if !card.is_of(consortium) {
        return no(
            FaultKind::Refused,
            "this card is of another consortium: its record is kept elsewhere, and nothing of it opens here",
        );
    }
    let cards = cards_of(db, card.patient);
    let all: Vec<&Issued> = cards.all().iter().filter(|c| serial(c.id) == card.serial).collect();
    if all.is_empty() {
        return no(
            FaultKind::Unreachable,
            "this card is not known here yet: meet a terminal of the clinic that issued it ('aidpost sync'), then try again",
        );
    }
    if all.iter().all(|c| cards.is_revoked(c.id)) {
        return Ok(Err(revoked()));
    }
    let counts = |c: &&&Issued| cards.recognising(c.id).next().is_some();
    let candidates: Vec<CardKeys> = all.iter().filter(counts).map(|c| c.keys).collect();
    if candidates.is_empty() {
        return no(
            FaultKind::Locked,
            "this card no longer counts: a newer one was issued, or whoever issued it is not believed",
        );
    }
    let secrets: Vec<Secret> = secrets::known(db, device)?.into_iter().map(|(_, s)| s).collect();
    if secrets.is_empty() {
        return no(
            FaultKind::Unreachable,
            "this terminal has not been told yet what cards are sealed with: meet another organisation's terminal ('aidpost sync')",
        );
    }
    Ok(Ok(Found { candidates, consortium, secrets }))
}

/// Patient keys that a card opens, of these parts.
pub(super) fn opened(
    db: &Db,
    card: &Unlocked,
    wanted: impl Fn(Compartment) -> bool,
) -> Result<BTreeMap<PatientKeyId, Secret>, StoreError> {
    let (patient, id) = (card.root.patient(), card.keys.id());
    let consortium = db.replica().governance().consortium();
    let with = card.root.encryption();
    let mut out = BTreeMap::new();
    for (key, sealed) in carded(db, patient, id)? {
        if wanted(key.compartment) && !out.contains_key(&key) {
            // A wrap that doesn't open is somebody's nonsense.
            out.extend(open_with_card(consortium, key, id, &with, &sealed).ok().map(|k| (key, k)));
        }
    }
    Ok(out)
}

/// A consent block that the card signs beside the member of staff.
pub(super) fn signed_block(
    staff: &SigningKey,
    consortium: ConsortiumId,
    root: &CardRoot,
    wish: &Wish,
) -> (Kind, Content) {
    let patient = root.patient();
    let act = Authored::new(staff, consent::DOMAIN, &[&consortium.0, &patient.0], wish);
    let card = Some(CardSignature::new(consortium, patient, &act, &root.signing()));
    let entry = Entry { patient, act, card };
    let make = move |log, seq| consent::change(&entry, log, seq).map_err(refused);
    (Kind::Consent, Box::new(make))
}

/// Writes what the card signs: that this organisation has seen it, where it keeps records of the patient too, and the
/// grant, with the keys that it opens.
fn write(
    db: &mut Db,
    device: &Device,
    staff: &SigningKey,
    card: &Unlocked,
    grant: Option<Grant>,
    by: &By,
) -> Result<Result<(), Fault>, StoreError> {
    let (patient, own, id) = (card.root.patient(), device.org_id(), card.keys.id());
    let author = certified(db, device)?;
    let cards = cards_of(db, patient);
    // It may have been reported while the PIN was typed.
    if cards.is_revoked(id) {
        return Ok(Err(revoked()));
    }
    let consortium = db.replica().governance().consortium();
    let say = |act| signed_block(staff, consortium, &card.root, &Wish { act, by: by.clone() });
    let keeps = custodians(db, patient)?.contains(&own);
    let (mut contents, mut keys) = (Vec::new(), Vec::new());
    if keeps && cards.state(id, own) == Some(CardState::Unrecognised) {
        contents.push(say(Act::CardAccept));
        keys.extend(missing_wraps(db, device, patient, &card.keys)?);
    }
    if let Some(grant) = grant {
        let org = grant.to.org();
        let Some(to) = db.replica().org_key(org).map(|k| k.public) else {
            return Ok(Err(Fault::new(
                FaultKind::Unreachable,
                "that organisation has no key on the ledger here yet: meet one of its terminals first",
            )));
        };
        let wanted = |c| grant.compartments.contains(&c);
        let mut all = opened(db, card, wanted)?;
        if keeps && org != own {
            all.extend(own_keys(db, device, patient)?.into_iter().filter(|(id, _)| wanted(id.compartment)));
        }
        if all.is_empty() {
            return Ok(Err(Fault::new(
                FaultKind::Conflict,
                "the card opens none of these parts of the record here: 'aidpost card read' says which it opens",
            )));
        }
        contents.push(say(Act::Grant(grant)));
        for (id, key) in &all {
            let wrap = wrap_patient_key(consortium, *id, key, org, &to, &mut rand::rng());
            keys.push(wrap.map_err(refused)?);
        }
    }
    if contents.is_empty() {
        // This organisation keeps the record itself, and knows the card.
        return Ok(Ok(()));
    }
    contents.extend(wrap_blocks(keys));
    author.write(db, contents, &Beside::default())?;
    refresh_cards(db, device, false)?;
    Ok(Ok(()))
}

/// The name of a patient, where this person may see it.
fn name(db: &Db, who: &Who, org: OrgId, patient: PatientId) -> Result<Option<String>, StoreError> {
    let listed = db.get::<Card>(tables::CARDS, &patient.0)?;
    let may = |c: &Card| {
        let asked = (org, who.role, Purpose::Treatment, clock::now());
        may_read(db, patient, c.custodian, asked.0, asked.1, asked.2, asked.3).decision.allow
    };
    Ok(listed.filter(may).map(|c| c.name))
}

impl Node {
    /// Opens a card with its PIN. Wrong ones are counted in the data folder before they are tried, and a refusal is put on
    /// the ledger.
    pub(super) async fn unlock_card(
        &self,
        open: &Arc<Open>,
        who: &Who,
        code: &Code,
        pin: Pin,
    ) -> Result<Unlocked, Fault> {
        let card = SealedRoot::read(&code.0)?;
        let device = locked(&open.device).clone();
        let (asked, of) = (card.clone(), device.clone());
        let found = open.store.call(move |db| find(db, &of, &asked)).await??;
        let door = Door::of_serial(card.serial);
        attempts::begin(&self.auth, &self.options.data, door)?;
        let Found { candidates, consortium, secrets } = found;
        let patient = card.patient;
        // Argon2id takes its time on purpose: neither on an async thread nor on the store's.
        let root = blocking(move || {
            let locked = card.lock(&pin.0)?;
            Ok::<_, crate::vault::pin::BadPin>(secrets.iter().find_map(|s| locked.open(consortium, s)))
        })
        .await??;
        if let Some(root) = root.filter(|r| candidates.contains(&r.keys())) {
            locked(&self.auth).forgive(door);
            attempts::end(&self.auth, &self.options.data)?;
            return Ok(Unlocked { keys: root.keys(), root });
        }
        let verdict = locked(&self.auth).attempt(Event::PassphraseWrong(door), clock::steady());
        attempts::end(&self.auth, &self.options.data)?;
        let staff = open.key(who.staff)?;
        let tell = move |db: &mut Db| {
            let cards = cards_of(db, patient);
            let custodians = candidates.iter().flat_map(|c| cards.recognising(c.id())).collect();
            let (purpose, compartments) = (Purpose::Treatment, vec![Compartment::General]);
            let no =
                Access { patient, purpose, compartments, custodians, grants: Vec::new(), allowed: false };
            let content = audit_block(vec![access(&staff, consortium, &no)]);
            certified(db, &device)?.write(db, vec![content], &Beside::default()).map(|_| ())
        };
        open.store.call(tell).await?;
        self.announce(Change::Ledger);
        Err(match verdict {
            Verdict::Wait { .. } => not_let_in(verdict),
            _ => Fault::new(
                FaultKind::Locked,
                "wrong PIN: let the patient type it again; after five wrong ones this terminal waits longer each time",
            ),
        })
    }

    /// Reads a card and says what it is.
    pub(in crate::node) async fn read_card(
        &self,
        who: &Who,
        code: Code,
        pin: Pin,
    ) -> Result<CardRead, Fault> {
        self.require(who.role, Action::Consent).await?;
        let open = self.opened().await?;
        let card = self.unlock_card(&open, who, &code, pin).await?;
        let (org, who) = (locked(&open.device).org_id(), who.clone());
        let read = open.store.call(move |db| {
            let patient = card.root.patient();
            let cards = cards_of(db, patient);
            let Some(issued) = cards.card(card.keys.id()) else { return Ok(Err(revoked())) };
            let mut parts: Vec<Compartment> =
                opened(db, &card, |_| true)?.into_keys().map(|id| id.compartment).collect();
            parts.dedup();
            let name = name(db, &who, org, patient)?;
            Ok(Ok(CardRead { patient, name, card: row(db, &cards, issued, org), parts }))
        });
        read.await?
    }

    /// The patient allows something with their card. Without an organisation: this one reads.
    pub(in crate::node) async fn grant_by_card(
        &self,
        who: &Who,
        patient: Option<PatientId>,
        mut ask: GrantAsk,
        (code, pin): (Code, Pin),
    ) -> Result<CardGranted, Fault> {
        self.require(who.role, Action::Consent).await?;
        check_ask(&ask)?;
        if ask.parent.is_some() {
            return Err(Fault::new(
                FaultKind::Usage,
                "what the patient's card signs stands by itself: leave out the grant that it would be under",
            ));
        }
        let by = decided_by(ask.guardian.take())?;
        let open = self.opened().await?;
        let card = self.unlock_card(&open, who, &code, pin).await?;
        let whose = card.root.patient();
        if patient.is_some_and(|p| p != whose) {
            return Err(Fault::new(
                FaultKind::Refused,
                format!("this is the card of another patient ({}): check whose card it is", whose.short()),
            ));
        }
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let grant = asked_grant(ask);
        let granted = open
            .store
            .call(move |db| {
                let others = |o: OrgId| o != device.org_id();
                let opens_others = cards_of(db, whose).recognising(card.keys.id()).any(others);
                // To oneself, of what one keeps oneself, there is nothing to grant.
                let grant = Some(grant).filter(|g| opens_others || others(g.to.org()));
                let named = grant.as_ref().map(|g| g.id);
                Ok(write(db, &device, &staff, &card, grant, &by)?.map(|()| named))
            })
            .await??;
        self.announce(Change::Ledger);
        Ok(CardGranted { patient: whose, grant: granted })
    }

    /// One look for a card through the camera.
    pub(in crate::node) async fn look_for_card(&self) -> Result<CardLook, Fault> {
        let open = self.opened().await?;
        let seen = self.through_eye(&open, Arrow::Ahead, |_, frame| {
            let code = qr::texts(frame).into_iter().find(|t| t.starts_with("AIDCARD"));
            CardLook { preview: preview(frame, None), code: code.map(Code) }
        });
        seen.await
    }
}
