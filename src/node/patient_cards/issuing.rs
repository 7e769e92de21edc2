//! Making cards and ending them.

use ed25519_dalek::SigningKey;

use super::{cards_of, missing_wraps, row, secrets};
use crate::{
    core::{
        card::{Cards, Issued},
        consent::{Act, By, Effective, Wish},
        id::{CardId, OrgId, PatientId},
        keys::Wrap,
        policy::Action,
    },
    node::{
        Node,
        api::{CardIssued, CardRow, Change, Code, Fault, FaultKind, Pin, Saved, Who},
        clock,
        consenting::decided_by,
        device::Device,
        locked,
        people::certified,
        records::{custodians, saved},
        sharing::consent_block,
        sign_in::blocking,
    },
    store::{
        Beside, Db, StoreError,
        tables::{self, Card},
        wrap_blocks,
    },
    vault::{
        Secret,
        card::{CardRoot, check_pin, serial},
    },
};

/// What has to be known before the PIN is put through Argon2id.
struct Prepared {
    birth_year: Option<u16>,
    secret: Secret,
    /// Of a secret that was drawn for this card.
    wraps: Vec<Wrap>,
    root: CardRoot,
}

/// Whether a card may be issued; an error in words when not.
fn may_issue(
    db: &Db,
    org: OrgId,
    patient: PatientId,
    reissue: bool,
) -> Result<Result<(), Fault>, StoreError> {
    if !custodians(db, patient)?.contains(&org) {
        return Ok(Err(Fault::new(
            FaultKind::Conflict,
            "this organisation keeps no record of that patient: the one that does issues the card",
        )));
    }
    let cards = cards_of(db, patient);
    let Some(c) = usable(&cards).next().filter(|_| !reissue) else { return Ok(Ok(())) };
    let whose: Vec<String> = cards.recognising(c.id).map(|o| db.replica().governance().org_name(o)).collect();
    Ok(Err(Fault::new(
        FaultKind::Conflict,
        format!(
            "the patient has a card already (serial {}, {}): use that one, or, when it is lost, replace it (K on the consent screen, or 'aidpost card reissue')",
            c.id.short(),
            whose.join(", ")
        ),
    )))
}

/// Cards that still open something for somebody.
fn usable(cards: &Cards) -> impl Iterator<Item = &Issued> {
    cards.all().iter().filter(|c| !cards.is_revoked(c.id) && cards.recognising(c.id).next().is_some())
}

fn prepare(
    db: &Db,
    device: &Device,
    patient: PatientId,
    reissue: bool,
) -> Result<Result<Prepared, Fault>, StoreError> {
    certified(db, device)?;
    if let Err(f) = may_issue(db, device.org_id(), patient, reissue)? {
        return Ok(Err(f));
    }
    let mut rng = rand::rng();
    let (secret, wraps) = secrets::for_new_card(db, device, &mut rng)?;
    let cards = cards_of(db, patient);
    let consortium = db.replica().governance().consortium();
    // A serial number is short: another card of this patient may have it by chance.
    let root = loop {
        let root = CardRoot::random(consortium, patient, &mut rng);
        let number = serial(root.keys().id());
        if cards.all().iter().all(|c| serial(c.id) != number) {
            break root;
        }
    };
    let birth_year = db.get::<Card>(tables::CARDS, &patient.0)?.and_then(|c| c.birth_year);
    Ok(Ok(Prepared { birth_year, secret, wraps, root }))
}

/// Consents in force that some card signed.
fn by_card(db: &Db, patient: PatientId) -> u32 {
    let replica = db.replica();
    let all = Effective::of(replica.consents(patient), replica).standings(replica.moment(clock::now()));
    all.iter().filter(|s| s.by_card && s.ended.is_none()).count() as u32
}

/// Revokes what is left of earlier cards, issues the new one and wraps the own keys to it: all in one transaction.
fn write(
    db: &mut Db,
    device: &Device,
    staff: &SigningKey,
    (root, secret_wraps): (&CardRoot, Vec<Wrap>),
    by: &By,
    reissue: bool,
) -> Result<Result<(CardId, u32, u32), Fault>, StoreError> {
    let (patient, keys) = (root.patient(), root.keys());
    // Another terminal may have issued one since it was asked.
    if let Err(f) = may_issue(db, device.org_id(), patient, reissue)? {
        return Ok(Err(f));
    }
    let author = certified(db, device)?;
    let consortium = db.replica().governance().consortium();
    let said = |act| consent_block(staff, consortium, patient, &Wish { act, by: by.clone() });
    let lost = unrevoked(&cards_of(db, patient));
    let before = by_card(db, patient);
    let mut contents: Vec<_> = lost.iter().map(|id| said(Act::CardRevoke(*id))).collect();
    contents.push(said(Act::CardIssue(keys)));
    let mut all = secret_wraps;
    all.extend(missing_wraps(db, device, patient, &keys)?);
    contents.extend(wrap_blocks(all));
    author.write(db, contents, &Beside::default())?;
    Ok(Ok((keys.id(), lost.len() as u32, before.saturating_sub(by_card(db, patient)))))
}

fn unrevoked(cards: &Cards) -> Vec<CardId> {
    cards.all().iter().map(|c| c.id).filter(|id| !cards.is_revoked(*id)).collect()
}

impl Node {
    /// Issues a card to a patient whose record is kept here; `reissue` ends every earlier one with it.
    pub(in crate::node) async fn issue_card(
        &self,
        who: &Who,
        patient: PatientId,
        pin: Pin,
        guardian: Option<String>,
        reissue: bool,
    ) -> Result<CardIssued, Fault> {
        self.require(who.role, Action::Consent).await?;
        let by = decided_by(guardian)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let asked = device.clone();
        let p = open.store.call(move |db| prepare(db, &asked, patient, reissue)).await??;
        check_pin(&pin.0, p.birth_year)?;
        // Argon2id takes its time on purpose: neither on an async thread nor on the store's.
        let (root, text) =
            blocking(move || p.root.seal(&pin.0, &p.secret).map(|text| (p.root, text))).await??;
        let secret_wraps = p.wraps;
        let written =
            open.store.call(move |db| write(db, &device, &staff, (&root, secret_wraps), &by, reissue));
        let (card, revoked, ended) = written.await??;
        self.announce(Change::Ledger);
        let code = Code(text.expose().to_owned());
        Ok(CardIssued { patient, card, serial: card.short(), code, revoked, ended })
    }

    /// Ends every card of a patient, for ever; the patient may report that anywhere.
    pub(in crate::node) async fn revoke_card(
        &self,
        who: &Who,
        patient: PatientId,
        guardian: Option<String>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Consent).await?;
        let by = decided_by(guardian)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let author = certified(db, &device)?;
            let consortium = db.replica().governance().consortium();
            let said = |id| {
                let wish = Wish { act: Act::CardRevoke(id), by: by.clone() };
                consent_block(&staff, consortium, patient, &wish)
            };
            let contents: Vec<_> = unrevoked(&cards_of(db, patient)).into_iter().map(said).collect();
            if contents.is_empty() {
                return Ok(None);
            }
            Ok(author.write(db, contents, &Beside::default())?.pop())
        });
        let (head, bytes) = written.await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Conflict,
                "the patient has no card that could be revoked: 'aidpost card show' lists them",
            )
        })?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Every card of a patient.
    pub(in crate::node) async fn cards(&self, who: &Who, patient: PatientId) -> Result<Vec<CardRow>, Fault> {
        self.require(who.role, Action::Consent).await?;
        let open = self.opened().await?;
        let org = locked(&open.device).org_id();
        let rows = open.store.call(move |db| {
            let cards = cards_of(db, patient);
            let mut rows: Vec<CardRow> = cards.all().iter().map(|c| row(db, &cards, c, org)).collect();
            rows.sort_by_key(|r| std::cmp::Reverse((r.issued, r.card)));
            Ok(rows)
        });
        Ok(rows.await?)
    }
}
