//! The review queue: what was opened in emergencies, and what others found.

use super::{
    Node,
    api::{Change, EmergencyRow, Fault, FaultKind, ReviewAsk, ReviewRow, Saved, Who},
    clock, denied,
    device::Device,
    emergency::may_review,
    locked,
    people::certified,
    records::{may_read, saved},
    rights::{opened_words, rights_block, said, sealed_for},
};
use crate::{
    core::{
        governance::Role,
        id::{BlockId, PatientId},
        policy::Purpose,
        rights::{Deed, Emergency, MAX_WORDS, Review, reviews},
    },
    store::{Beside, Db, StoreError, tables, tables::Card},
};

fn row(db: &Db, device: &Device, role: Role, e: &Emergency<'_>) -> Result<EmergencyRow, StoreError> {
    let g = db.replica().governance();
    let (org, now, patient) = (device.org_id(), clock::now(), e.glass.patient);
    let words = |w| if reviews(role) { opened_words(db, device, patient, w) } else { Ok(None) };
    let card = db.get::<Card>(tables::CARDS, &patient.0)?;
    let name = card.filter(|c| {
        may_read(db, patient, c.custodian, org, role, Purpose::Treatment, now).decision.allow
            || (c.custodian == org && reviews(role))
    });
    let staff = |n: &crate::core::rights::Noted| {
        let who = n.author.and_then(|a| g.staff(a));
        (
            who.map_or_else(|| "?".into(), |s| s.request.name.clone()),
            who.map_or_else(String::new, |s| g.org_name(s.org)),
        )
    };
    let mut found = Vec::new();
    for (n, r) in &e.reviews {
        let (staff, org) = staff(n);
        found.push(ReviewRow { verdict: r.verdict, staff, org, at: n.time.millis, note: words(&r.words)? });
    }
    let (by, of) = staff(e.noted);
    Ok(EmergencyRow {
        block: e.noted.block,
        patient,
        name: name.map(|c| c.name),
        at: e.noted.time.millis,
        staff: by,
        org: of,
        reason: e.glass.reason,
        note: words(&e.glass.words)?,
        ours: e.glass.reviewers.contains(&org),
        overdue: e.is_overdue(now),
        told: e.reviews.iter().any(|(_, r)| r.told),
        reviews: found,
    })
}

/// Openings of one patient's record, or (without one) all that this organisation should know of.
pub(super) fn openings(
    db: &Db,
    device: &Device,
    role: Role,
    patient: Option<PatientId>,
) -> Result<Vec<EmergencyRow>, StoreError> {
    let org = device.org_id();
    db.replica()
        .emergencies()
        .iter()
        .filter(|e| patient.map_or_else(|| e.glass.reviewers.contains(&org), |p| e.glass.patient == p))
        .map(|e| row(db, device, role, e))
        .collect()
}

/// How many openings wait for a review that this organisation may give.
pub(super) fn reviews_due(db: &Db, device: &Device) -> u64 {
    let org = device.org_id();
    let due = |e: &&Emergency<'_>| e.is_due() && e.glass.reviewers.contains(&org);
    db.replica().emergencies().iter().filter(due).count() as u64
}

impl Node {
    /// Openings in emergencies that concern this organisation, newest first.
    pub(super) async fn emergencies(&self, who: &Who) -> Result<Vec<EmergencyRow>, Fault> {
        let open = self.opened().await?;
        let (device, role) = (locked(&open.device).clone(), who.role);
        Ok(open.store.call(move |db| openings(db, &device, role, None)).await?)
    }

    /// Judges one. Never one's own.
    pub(super) async fn review(&self, who: &Who, of: BlockId, ask: ReviewAsk) -> Result<Saved, Fault> {
        let note = ask.note.trim().to_owned();
        if note.chars().count() > MAX_WORDS || note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Fault::new(FaultKind::Usage, format!("the note has at most {MAX_WORDS} characters")));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let (me, role) = (who.staff, who.role);
        let done = open.store.call(move |db| {
            let decision = may_review(db, role);
            if !decision.allow || !reviews(role) {
                return Ok(Err(denied(&decision)));
            }
            let found = db
                .replica()
                .emergencies()
                .iter()
                .find(|e| e.noted.block == of)
                .map(|e| (e.noted.author, e.glass.clone()));
            let refuse = |m: &str| Ok(Err(Fault::new(FaultKind::Usage, m)));
            let Some((author, glass)) = found else {
                return refuse("no such opening: 'aidpost audit reviews' lists them");
            };
            if author == Some(me) {
                return Ok(Err(Fault::new(
                    FaultKind::Conflict,
                    "you opened it yourself: somebody else must review it",
                )));
            }
            if !glass.reviewers.contains(&device.org_id()) {
                return refuse("this organisation keeps no record of that patient: another one reviews it");
            }
            let words = sealed_for(db, glass.patient, &glass.reviewers, &note, &mut rand::rng())?;
            let deed = Review { of, patient: glass.patient, verdict: ask.verdict, told: ask.told, words };
            let consortium = db.replica().governance().consortium();
            let content = rights_block(vec![said(&staff, consortium, &Deed::Review(deed))]);
            let heads = certified(db, &device)?.write(db, vec![content], &Beside::default())?;
            Ok(heads.last().copied().ok_or_else(|| Fault::new(FaultKind::Failed, "nothing was written")))
        });
        let (head, bytes) = done.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }
}
