//! The emergency summary, and breaking the glass: recorded durably before anything is opened.

use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;

use super::{
    Node,
    api::{Change, EmergencyChart, Fault, FaultKind, Saved, SummaryDraft, SummaryRow, Who},
    asked,
    checking::decide_by,
    clock, denied,
    device::Device,
    locked,
    people::certified,
    records::{custodians, entries, keys_in_use, may_read, patient_key, saved, visits},
    rights::{access, audit_block, rights_block, said, sealed_for},
};
use crate::{
    core::{
        audit::Access,
        block::{Kind, MAX_PAYLOAD},
        codec,
        consent::{Act, Effective, EmergencySummary},
        governance::Role,
        id::{BlockId, EpochId, OrgId, PatientId},
        keys::{MAX_WRAPS, PatientKeyId, SealedRecords, Wrap},
        policy::{Action, Decision, Purpose},
        record::Compartment,
        rights::{BreakGlass, Deed, GLASS, MAX_WORDS, Reason},
        sign::Authored,
        summary::{self, Summary},
        time::Millis,
    },
    store::{Beside, Content, Db, StoreError, tables, wrap_block, wrap_blocks},
    vault::{
        Secret,
        keytree::{self, Contents, open_records, seal_records, wrap_patient_key},
    },
};

/// Name in [`tables::META`] of what summaries were last wrapped to.
const WRAPPED: &[u8] = b"summaries-wrapped";
/// That is: each organisation's key, and how often somebody opted in again.
type Wrapped = (Vec<(OrgId, EpochId)>, u64);

/// The parts that an emergency opens, as far as their keys are there.
fn all_parts() -> Vec<Compartment> {
    Compartment::ALL.iter().map(|(c, _)| *c).chain([Compartment::Emergency]).collect()
}

fn opted_out(db: &Db, patient: PatientId) -> bool {
    let replica = db.replica();
    Effective::of(replica.consents(patient), replica).summary() == EmergencySummary::OptedOut
}

/// The organisations that a summary of this patient is for.
fn readers(db: &Db, patient: PatientId, own: OrgId) -> Vec<OrgId> {
    let members = db.replica().governance().orgs().map(|o| o.id());
    let shared = !opted_out(db, patient);
    members.filter(|o| *o == own || shared).collect()
}

/// Wraps of one key for these organisations. One that has no usable key yet gets its wrap when it has.
fn wraps_for(db: &Db, id: PatientKeyId, key: &Secret, orgs: &[OrgId]) -> Result<Vec<Wrap>, StoreError> {
    let consortium = db.replica().governance().consortium();
    let keys = orgs.iter().filter_map(|o| Some((*o, db.replica().org_key(*o)?.public)));
    keys.take(MAX_WRAPS)
        .map(|(org, to)| {
            wrap_patient_key(consortium, id, key, org, &to, &mut rand::rng())
                .map_err(|e| StoreError::Refused(e.to_string()))
        })
        .collect()
}

/// Each organisation's latest summary that opens here.
pub(super) fn summaries(
    db: &Db,
    device: &Device,
    patient: PatientId,
) -> Result<(Vec<SummaryRow>, Vec<String>), StoreError> {
    let g = db.replica().governance();
    let org_keys = device.org_keys(db)?;
    let (mut rows, mut bad): (Vec<(OrgId, SummaryRow)>, Vec<String>) = (Vec::new(), Vec::new());
    for (log, seq) in db.about(patient, Kind::Summary)? {
        let Some(org) = g.device(log.device).map(|d| d.org) else { continue };
        let b = match db.block(log, seq) {
            Ok(Some(b)) => b,
            Ok(None) => continue,
            Err(StoreError::Damaged(what)) => {
                bad.push(format!("a summary is damaged: {what}"));
                continue;
            }
            Err(e) => return Err(e),
        };
        let Ok(sealed) = codec::decode::<SealedRecords>(b.content(), MAX_PAYLOAD) else { continue };
        let Some(key) = patient_key(db, &sealed.key, device.org_id(), &org_keys)? else { continue };
        let scope: [&[u8]; 2] = [&g.consortium().0, &patient.0];
        let read = open_records(g.consortium(), &key, Contents::Summary, &sealed, MAX_PAYLOAD)
            .ok()
            .and_then(|plain| codec::decode::<Authored>(&plain, MAX_PAYLOAD).ok())
            .filter(|a| {
                g.staff_of(a.author, org).is_some_and(|s| a.verify(&s.request.key, summary::DOMAIN, &scope))
            })
            .and_then(|a| Some((a.author, a.read::<Summary>(summary::MAX_BYTES).ok()?)))
            .filter(|(_, s)| s.patient == patient && s.check().is_ok());
        let Some((author, s)) = read else {
            bad.push(format!("the summary in block {seq} of log {log} is not one that its writer signed"));
            continue;
        };
        let row = SummaryRow {
            org: g.org_name(org),
            author: g.staff_name(author),
            at: b.signed.header.time.millis,
            summary: SummaryDraft {
                allergies: s.allergies,
                medicines: s.medicines,
                problems: s.problems,
                blood_group: s.blood_group,
            },
        };
        match rows.iter_mut().find(|(o, _)| *o == org) {
            Some((_, old)) if old.at > row.at => {}
            Some((_, old)) => *old = row,
            None => rows.push((org, row)),
        }
    }
    rows.sort_by_key(|(_, r)| std::cmp::Reverse(r.at));
    Ok((rows.into_iter().map(|(_, r)| r).collect(), bad))
}

/// Wraps the own summaries to organisations that joined, or have another key, since this was last done.
pub(super) fn wrap_summaries(db: &mut Db, device: &Device) -> Result<(), StoreError> {
    let Ok(author) = certified(db, device) else { return Ok(()) };
    let own = device.org_id();
    let now: Wrapped = {
        let r = db.replica();
        let keys = r.governance().orgs().filter_map(|o| Some((o.id(), r.org_key(o.id())?.epoch()))).collect();
        let back_in = |p| r.consents(p).iter().filter(|e| e.act == Act::EmergencyOptIn).count() as u64;
        (keys, r.consenting().map(back_in).sum())
    };
    if db.get::<Wrapped>(tables::META, WRAPPED)?.as_ref() == Some(&now) {
        return Ok(());
    }
    let org_keys = device.org_keys(db)?;
    let mut all = Vec::new();
    for patient in db.patients()? {
        let ours = keys_in_use(db, patient, Kind::Summary)?.into_iter().filter(|(o, _)| *o == own);
        for (_, id) in ours {
            let Some(key) = patient_key(db, &id, own, &org_keys)? else { continue };
            let mut lacking = Vec::new();
            for o in readers(db, patient, own) {
                let prefix = tables::wrap_prefix(patient, o, Some((id.compartment, Some(id.epoch))));
                if db.scan::<crate::core::keys::Sealed>(tables::PATIENT_WRAPS, &prefix)?.is_empty() {
                    lacking.push(o);
                }
            }
            all.extend(wraps_for(db, id, &key, &lacking)?);
        }
    }
    let blocks = wrap_blocks(all);
    if !blocks.is_empty() {
        author.write(db, blocks, &Beside::default())?;
    }
    db.put(tables::META, WRAPPED, Some(&now))
}

/// Records that a record is about to be opened in an emergency, then opens it.
fn open_now(
    db: &mut Db,
    device: &Device,
    staff: &SigningKey,
    patient: PatientId,
    deed: Option<BreakGlass>,
    left: Millis,
) -> Result<EmergencyChart, StoreError> {
    let consortium = db.replica().governance().consortium();
    let all = custodians(db, patient)?;
    let read = Access {
        patient,
        purpose: Purpose::Emergency,
        compartments: all_parts(),
        custodians: all,
        grants: Vec::new(),
        allowed: true,
    };
    let mut contents = vec![audit_block(vec![access(staff, consortium, &read)])];
    contents.extend(deed.map(|d| rights_block(vec![said(staff, consortium, &Deed::BreakGlass(d))])));
    let heads = certified(db, device)?.write(db, contents, &Beside::default())?;
    let recorded: BlockId = heads.last().map(|(h, _)| h.id).ok_or(StoreError::Closed)?;
    let (summaries, mut unreadable) = summaries(db, device, patient)?;
    let (entries, bad) = entries(db, device, patient, |_, _| true)?;
    // That others keep more, without a key for it here, is no damage.
    unreadable.extend(bad.into_iter().filter(|b| !b.contains("no key for this organisation")));
    Ok(EmergencyChart {
        patient,
        summaries,
        visits: visits(db, Some(device), patient, &entries)?,
        left,
        recorded,
        unreadable,
    })
}

impl Node {
    /// Keeps a new emergency summary, wrapped to every organisation unless the patient opted out.
    pub(super) async fn write_summary(
        &self,
        who: &Who,
        patient: PatientId,
        draft: SummaryDraft,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let s = Summary {
            version: summary::VERSION,
            patient,
            allergies: draft.allergies,
            medicines: draft.medicines,
            problems: draft.problems,
            blood_group: draft.blood_group,
        };
        s.check().map_err(|e| Fault::new(FaultKind::Usage, e))?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let mut rng = rand::rng();
            let (author, org) = (certified(db, &device)?, device.org_id());
            if !custodians(db, patient)?.contains(&org) {
                return Err(StoreError::Refused(
                    "this organisation keeps no record of that patient: the one that does writes the summary".into(),
                ));
            }
            let consortium = db.replica().governance().consortium();
            // A key of its own for each: who is left out later can't open the next one.
            let key = Secret::random(&mut rng);
            let id =
                PatientKeyId { patient, compartment: Compartment::Emergency, epoch: keytree::patient_epoch(&key) };
            let keys = wraps_for(db, id, &key, &readers(db, patient, org))?;
            if !keys.iter().any(|w| matches!(w, Wrap::PatientKey { org: o, .. } if *o == org)) {
                return Err(StoreError::Refused(
                    "this organisation has no encryption key that only its own terminals hold: meet the others first"
                        .into(),
                ));
            }
            let entry = Authored::new(&staff, summary::DOMAIN, &[&consortium.0, &patient.0], &s);
            let sealed = seal_records(consortium, id, &key, Contents::Summary, &codec::encode(&entry), &mut rng);
            let content: (Kind, Content) = (Kind::Summary, Box::new(move |_, _| Ok(codec::encode(&sealed))));
            Ok(author.write(db, vec![wrap_block(keys), content], &Beside::default())?.pop())
        });
        let (head, bytes) =
            written.await?.ok_or_else(|| Fault::new(FaultKind::Failed, "nothing was written: try again"))?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// The summaries of a patient whose record may be read anyway; the read is recorded first.
    pub(super) async fn read_summary(&self, who: &Who, patient: PatientId) -> Result<Vec<SummaryRow>, Fault> {
        let open = self.opened().await?;
        let (device, staff, role) = (locked(&open.device).clone(), open.key(who.staff)?, who.role);
        let read = open.store.call(move |db| {
            let (org, now) = (device.org_id(), clock::now());
            let all = custodians(db, patient)?;
            let asked =
                all.iter().map(|c| (*c, may_read(db, patient, *c, org, role, Purpose::Treatment, now)));
            let (yes, no): (Vec<_>, Vec<_>) = asked.partition(|(_, s)| s.decision.allow);
            let allowed = !yes.is_empty();
            let consortium = db.replica().governance().consortium();
            let read = Access {
                patient,
                purpose: Purpose::Treatment,
                compartments: vec![Compartment::Emergency],
                custodians: if allowed { yes.iter().map(|(c, _)| *c).collect() } else { all },
                grants: yes.iter().flat_map(|(_, s)| s.grants.clone()).collect(),
                allowed,
            };
            let content = audit_block(vec![access(&staff, consortium, &read)]);
            certified(db, &device)?.write(db, vec![content], &Beside::default())?;
            if allowed {
                return Ok(Ok(summaries(db, &device, patient)?.0));
            }
            Ok(Err(no.first().map_or_else(|| unknown(patient), |(_, s)| denied(&s.decision))))
        });
        let rows = read.await?;
        self.announce(Change::Ledger);
        rows
    }

    /// Opens a record in an emergency: reason and step-up, recorded durably first, for half an hour.
    pub(super) async fn break_glass(
        &self,
        who: &Who,
        patient: PatientId,
        reason: Reason,
        note: String,
    ) -> Result<EmergencyChart, Fault> {
        let note = note.trim().to_owned();
        if note.chars().count() > MAX_WORDS || note.chars().any(|c| c.is_control() && c != '\n') {
            return Err(Fault::new(FaultKind::Usage, format!("the note has at most {MAX_WORDS} characters")));
        }
        if reason == Reason::Other && note.is_empty() {
            return Err(Fault::new(FaultKind::Usage, "say in a few words why: a reviewer will read it"));
        }
        let open = self.opened().await?;
        let (device, staff, role) = (locked(&open.device).clone(), open.key(who.staff)?, who.role);
        let done = open.store.call(move |db| {
            let org = device.org_id();
            let all = custodians(db, patient)?;
            if all.is_empty() && db.about(patient, Kind::Summary)?.is_empty() {
                return Ok(Err(unknown(patient)));
            }
            let decision = may_break(db, patient, role, all.contains(&org));
            let consortium = db.replica().governance().consortium();
            if !decision.allow {
                let refused = Access {
                    patient,
                    purpose: Purpose::Emergency,
                    compartments: all_parts(),
                    custodians: all,
                    grants: Vec::new(),
                    allowed: false,
                };
                let content = audit_block(vec![access(&staff, consortium, &refused)]);
                certified(db, &device)?.write(db, vec![content], &Beside::default())?;
                let why = match opted_out(db, patient) {
                    true => Fault::new(
                        FaultKind::Locked,
                        "not allowed: the patient does not want an emergency summary opened; treat by what you see, and ask whoever keeps the record",
                    ),
                    false => denied(&decision),
                };
                return Ok(Err(why));
            }
            let mut reviewers: BTreeSet<OrgId> = all.into_iter().collect();
            reviewers.insert(org);
            let reviewers: Vec<OrgId> = reviewers.into_iter().collect();
            let words = sealed_for(db, patient, &reviewers, &note, &mut rand::rng())?;
            let deed = BreakGlass { patient, reason, reviewers, words };
            open_now(db, &device, &staff, patient, Some(deed), GLASS).map(Ok)
        });
        let chart = done.await??;
        locked(&open.glass).insert((who.staff, patient), clock::steady().saturating_add(GLASS));
        self.announce(Change::Ledger);
        Ok(chart)
    }

    /// Opens it again within the half hour. Each time is recorded.
    pub(super) async fn emergency(&self, who: &Who, patient: PatientId) -> Result<EmergencyChart, Fault> {
        let open = self.opened().await?;
        let now = clock::steady();
        let until = {
            let mut glass = locked(&open.glass);
            glass.retain(|_, until| *until > now);
            glass.get(&(who.staff, patient)).copied()
        };
        let left = until.map(|u| u - now).ok_or_else(|| {
            Fault::new(FaultKind::Locked, "the half hour is over: open it anew, with a reason")
        })?;
        let (device, staff, role) = (locked(&open.device).clone(), open.key(who.staff)?, who.role);
        let chart = open.store.call(move |db| {
            // The patient may have opted out meanwhile, or the policy have changed.
            let own = custodians(db, patient)?.contains(&device.org_id());
            let decision = may_break(db, patient, role, own);
            match decision.allow {
                true => open_now(db, &device, &staff, patient, None, left).map(Ok),
                false => Ok(Err(denied(&decision))),
            }
        });
        let chart = chart.await?;
        self.announce(Change::Ledger);
        chart
    }
}

/// Whether the policy lets somebody who gave their PIN open this patient's record in an emergency.
fn may_break(db: &Db, patient: PatientId, role: Role, own: bool) -> Decision {
    let mut ask = asked(role, Action::BreakGlass, Purpose::Emergency, own, false);
    (ask.proven, ask.opted_out) = (true, opted_out(db, patient));
    decide_by(db.replica().governance(), &ask)
}

/// Nobody here has heard of this patient.
pub(super) fn unknown(patient: PatientId) -> Fault {
    Fault::new(
        FaultKind::Usage,
        format!(
            "no patient {} here: check the identifier, or meet the terminal that has the record",
            patient.short()
        ),
    )
}

/// Whether somebody of this role of the organisation may judge emergencies, by the policy in force.
pub(super) fn may_review(db: &Db, role: Role) -> Decision {
    let mut ask = asked(role, Action::Review, Purpose::Treatment, true, false);
    ask.proven = true;
    decide_by(db.replica().governance(), &ask)
}
