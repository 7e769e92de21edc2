//! Who may be the same person, and saying so: a link that another version takes back. Nothing is moved.

use std::collections::BTreeSet;

use super::{
    Writing,
    cards::{card, refresh_cards},
    keys::Keys,
    opening::{current, entries},
    saved,
};
use crate::{
    core::{
        duplicates::{Known, LIKELY, compare},
        id::{PatientId, RecordId},
        policy::{Action, Purpose},
        record::{self, Body, Compartment, Patient, Record},
        resource::Link,
    },
    node::{
        Node,
        api::{Change, DuplicateRow, Fault, FaultKind, Saved, Who},
        clock,
        device::Device,
        locked,
        people::certified,
    },
    store::{
        Beside, Db, StoreError,
        search::folded,
        tables::{self, Card},
    },
};

/// Of so many who are most alike, those are proposed whose score is high enough.
const COMPARED: usize = 100;
/// The most that are proposed.
const MOST: usize = 10;

impl Node {
    /// Who is here already and may be this person. `of`: who it is, if they are registered.
    pub(in crate::node) async fn duplicates(
        &self,
        who: &Who,
        of: Option<PatientId>,
        patient: Option<Patient>,
    ) -> Result<Vec<DuplicateRow>, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        let (org, role) = (device.org_id(), who.role);
        let rows = open.store.call(move |db| {
            let asked = match (of, patient) {
                (Some(id), _) => db.get::<Card>(tables::CARDS, &id.0)?,
                (None, Some(p)) => Some(card(&p, org, None)),
                (None, None) => None,
            };
            let Some(asked) = asked else { return Ok(None) };
            let decided = match of {
                Some(id) => decided(db, &device, id)?,
                None => BTreeSet::new(),
            };
            let mine = known(&asked);
            let mut out = Vec::new();
            for id in db.patients_near(&asked, COMPARED)? {
                if of == Some(id) || decided.contains(&id) {
                    continue;
                }
                let Some(c) = db.get::<Card>(tables::CARDS, &id.0)? else { continue };
                let (score, why) = compare(&mine, &known(&c));
                if score < LIKELY {
                    continue;
                }
                let seen = super::may_read(db, id, c.custodian, org, role, Purpose::Treatment, clock::now());
                if seen.decision.allow {
                    let reasons = why.into_iter().map(|r| r.words().to_string()).collect();
                    let (name, birth_year, village, archived) = (c.name, c.birth_year, c.village, c.archived);
                    out.push(DuplicateRow { id, name, birth_year, village, score, reasons, archived });
                }
            }
            out.sort_by_key(|r| (std::cmp::Reverse(r.score), r.id));
            out.truncate(MOST);
            Ok(Some(out))
        });
        rows.await?
            .ok_or_else(|| Fault::new(FaultKind::Usage, "no such patient here: search by name or village"))
    }

    /// Says that two patients are one person, or that they are not.
    pub(in crate::node) async fn link_patients(
        &self,
        who: &Who,
        pair: (PatientId, PatientId),
        same: bool,
        reason: String,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        if pair.0 == pair.1 {
            return Err(Fault::new(FaultKind::Usage, "that is one and the same record: name two"));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let author = certified(db, &device)?;
            let consortium = db.replica().governance().consortium();
            let mut rng = rand::rng();
            let mut keys = Keys::new(&device, clock::now());
            let mut contents = Vec::new();
            // In both records: whoever opens one finds the other.
            for (patient, other) in [pair, (pair.1, pair.0)] {
                if db.get::<Card>(tables::CARDS, &patient.0)?.is_none_or(|c| c.custodian != device.org_id()) {
                    return Ok(Err(Fault::new(
                        FaultKind::Locked,
                        "records are linked only where this organisation keeps both: ask the other one",
                    )));
                }
                let body = Body::Link(Link { other, same, reason: reason.clone() });
                if let Err(e) = record::validate(&body, u16::MAX) {
                    return Ok(Err(e.into()));
                }
                let (all, _) = entries(db, &device, patient, |o, _| o == device.org_id())?;
                let before = current(&all).into_iter().find(|(_, h)| {
                    h.standing.iter().any(|e| matches!(&e.record.body, Body::Link(l) if l.other == other))
                });
                let mut record = Record::first(RecordId::random(&mut rng), patient, body);
                if let Some(((_, id), h)) = before {
                    record.id = id;
                    record.replaces = h.standing.iter().map(|e| e.version).collect();
                }
                let (id, key) = keys.of(db, patient, Compartment::General, false, &mut rng)?;
                let writing = Writing { consortium, patient, staff: &staff };
                contents.extend(writing.records(id, &key, vec![record], &mut rng)?);
            }
            let contents = keys.blocks().into_iter().chain(contents).collect();
            let heads = author.write(db, contents, &Beside::default())?;
            refresh_cards(db, &device, false)?;
            heads.last().copied().ok_or(StoreError::Closed).map(Ok)
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }
}

/// Those of whom somebody has said already whether they are the same person.
fn decided(db: &Db, device: &Device, patient: PatientId) -> Result<BTreeSet<PatientId>, StoreError> {
    let (all, _) = entries(db, device, patient, |o, _| o == device.org_id())?;
    let links = all.iter().filter_map(|e| match &e.record.body {
        Body::Link(l) => Some(l.other),
        _ => None,
    });
    Ok(links.collect())
}

fn known(c: &Card) -> Known {
    let name = folded(&c.name);
    Known {
        name: name
            .split(|c: char| !c.is_alphanumeric())
            .filter(|w| !w.is_empty())
            .map(str::to_string)
            .collect(),
        birth_year: c.birth_year,
        gender: c.gender,
        village: folded(&c.village).trim().to_string(),
        phone: c.phone.chars().filter(char::is_ascii_digit).collect(),
    }
}
