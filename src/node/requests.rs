//! Requests: asking those who keep a patient's records, and answering them by policy and consent alone.

use std::collections::BTreeSet;

use super::{
    Node,
    api::{AnswerRow, Change, Fault, FaultKind, RequestAsk, RequestRow, Saved, Who},
    asked,
    checking::decide_by,
    clock,
    device::Device,
    locked,
    people::certified,
    records::{custodians, own_keys, saved},
    rights::{rights_block, said},
};
use crate::{
    core::{
        consent::{Effective, Order},
        id::{BlockId, OrgId, PatientId},
        policy::Decision,
        record::Compartment,
        rights::{Answer, Deed, Entry, MAX_BECAUSE, Noted, OPEN_FOR, Request},
        time::Millis,
    },
    store::{Beside, Db, StoreError, wrap_blocks},
    vault::keytree::wrap_patient_key,
};

/// The most requests that are answered at once; the rest at the next meeting.
const MOST_ANSWERS: usize = 64;

fn lapsed(at: Millis, now: Millis) -> bool {
    now > at.saturating_add(OPEN_FOR)
}

/// What policy and consent say to a request, and the parts that it opens.
fn judge(db: &Db, r: &Request, asker: OrgId, own: OrgId, now: Millis) -> (Decision, Vec<Compartment>) {
    let replica = db.replica();
    let Some(action) = Request::action(r.purpose) else {
        let because = format!("no key is released for {}", r.purpose.word());
        return (Decision { allow: false, reasons: vec![because] }, Vec::new());
    };
    let effective = Effective::of(replica.consents(r.patient), replica);
    let moment = replica.moment(now);
    let (mut parts, mut because) = (Vec::new(), Vec::new());
    let mut no = None;
    for c in &r.compartments {
        let grants = effective.allowing(own, (asker, r.role), r.purpose, *c, moment);
        let d = decide_by(replica.governance(), &asked(r.role, action, r.purpose, false, !grants.is_empty()));
        if d.allow {
            parts.push(*c);
            because.extend(d.reasons);
        } else {
            no = Some(d);
        }
    }
    because.sort();
    because.dedup();
    match (parts.is_empty(), no) {
        (true, Some(no)) => (no, parts),
        (none, _) => (Decision { allow: !none, reasons: because }, parts),
    }
}

/// Answers what other organisations asked of this one, and releases keys where policy and consent say so. An answer is
/// given once; a no becomes a yes when the patient has consented since.
pub(super) fn answer_requests(db: &mut Db, device: &Device) -> Result<u32, StoreError> {
    let Ok(author) = certified(db, device) else { return Ok(0) };
    let (own, now) = (device.org_id(), clock::now());
    let mut open: Vec<(BlockId, OrgId, Request, bool)> = Vec::new();
    for r in db.replica().requests() {
        let Some(asker) = db.replica().org_of(r.noted.log) else { continue };
        let mine: Vec<bool> = r.answers.iter().filter(|(o, ..)| *o == own).map(|(.., a)| a.allow).collect();
        // From a terminal that isn't believed nothing is asked: keys would go to whoever holds it.
        let believed = r.noted.author.is_some_and(|a| {
            // Nor for another role than the one that whoever asks was certified for.
            let role = db.replica().signer(r.noted).map(|s| s.request.role);
            role == Some(r.request.role) && db.replica().trusted(r.noted.block, a)
        });
        let member = db.replica().governance().org(asker).is_some();
        if asker != own && member && believed && !mine.contains(&true) && !lapsed(r.noted.time.millis, now) {
            open.push((r.noted.block, asker, r.request.clone(), !mine.is_empty()));
        }
    }
    let (mut keys, mut entries) = (Vec::new(), Vec::new());
    for (block, asker, request, refused) in open.into_iter().take(MOST_ANSWERS) {
        if !custodians(db, request.patient)?.contains(&own) {
            continue;
        }
        let (decision, parts) = judge(db, &request, asker, own, now);
        let to = db.replica().org_key(asker).map(|k| (k.public, k.epoch()));
        // Nothing new to say, or nobody to wrap to yet.
        if !decision.allow && refused || decision.allow && to.is_none() {
            continue;
        }
        let mut released = 0;
        if let (true, Some((public, _))) = (decision.allow, to) {
            let consortium = db.replica().governance().consortium();
            for (id, key) in own_keys(db, device, request.patient)? {
                if parts.contains(&id.compartment) {
                    let w = wrap_patient_key(consortium, id, &key, asker, &public, &mut rand::rng());
                    keys.push(w.map_err(|e| StoreError::Refused(e.to_string()))?);
                    released += 1;
                }
            }
        }
        let because: String =
            decision.reasons.join("; ").chars().filter(|c| !c.is_control()).take(MAX_BECAUSE).collect();
        let patient = request.patient;
        let allow = decision.allow;
        entries.push(Entry::Did(Deed::Answer(Answer {
            request: block,
            patient,
            allow,
            because,
            keys: released,
        })));
    }
    if entries.is_empty() {
        return Ok(0);
    }
    let answered = entries.len() as u32;
    let mut contents = wrap_blocks(keys);
    contents.push(rights_block(entries));
    author.write(db, contents, &Beside::default())?;
    Ok(answered)
}

impl Node {
    /// Asks every organisation that keeps records of a patient. It travels with the ledger.
    pub(super) async fn request(
        &self,
        who: &Who,
        patient: PatientId,
        ask: RequestAsk,
    ) -> Result<Saved, Fault> {
        if Request::action(ask.purpose).is_none() {
            return Err(Fault::new(
                FaultKind::Usage,
                "ask for treatment, payment or research: counts need no key, and in an emergency break the glass",
            ));
        }
        let parts: BTreeSet<Compartment> = ask.compartments.into_iter().collect();
        if parts.is_empty() || parts.contains(&Compartment::Emergency) {
            return Err(Fault::new(FaultKind::Usage, "say which parts of the record you ask for"));
        }
        let request = Request {
            patient,
            role: who.role,
            purpose: ask.purpose,
            compartments: parts.into_iter().collect(),
        };
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let consortium = db.replica().governance().consortium();
            let content = rights_block(vec![said(&staff, consortium, &Deed::Request(request))]);
            Ok(certified(db, &device)?.write(db, vec![content], &Beside::default())?.pop())
        });
        let (head, bytes) =
            written.await?.ok_or_else(|| Fault::new(FaultKind::Failed, "nothing was written: try again"))?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Requests that this organisation made, or that concern patients whose records it keeps; newest first.
    pub(super) async fn requests(&self) -> Result<Vec<RequestRow>, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        let rows = open.store.call(move |db| {
            let (own, now) = (device.org_id(), clock::now());
            let g = db.replica().governance();
            let mut rows = Vec::new();
            for r in db.replica().requests() {
                let org = db.replica().org_of(r.noted.log);
                if org != Some(own) && !custodians(db, r.request.patient)?.contains(&own) {
                    continue;
                }
                let answer = |(o, n, a): &(OrgId, &Noted, &Answer)| AnswerRow {
                    org: g.org_name(*o),
                    allow: a.allow,
                    because: a.because.clone(),
                    at: n.time.millis,
                };
                rows.push(RequestRow {
                    block: r.noted.block,
                    patient: r.request.patient,
                    at: r.noted.time.millis,
                    staff: r.noted.author.map_or_else(String::new, |a| g.staff_name(a)),
                    org: org.map_or_else(String::new, |o| g.org_name(o)),
                    own: org == Some(own),
                    role: r.request.role,
                    purpose: r.request.purpose,
                    compartments: r.request.compartments.clone(),
                    lapsed: lapsed(r.noted.time.millis, now),
                    answers: r.answers.iter().map(answer).collect(),
                });
            }
            Ok(rows)
        });
        Ok(rows.await?)
    }
}
