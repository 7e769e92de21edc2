//! The archive: an organisation's schedule, what is due under it, holds. `core::retention` decides; here it is read from the
//! records, written to the ledger, and told.

mod plan;
mod state;

pub(super) use state::{changed, is_archived, of_chart};

use super::{
    Node,
    api::{
        Change, Fault, FaultKind, HoldRow, PatientRow, RetentionChange, RetentionView, Saved, ScheduleRow,
        Who,
    },
    device::Device,
    locked,
    people::certified,
    records::{MOST_FOUND, custodians, refresh_cards, saved},
    rights::{opened_words, rights_block, said, sealed_for},
};
use crate::{
    core::{
        id::PatientId,
        policy::Action,
        retention::{SHIPPED, Schedule},
        rights::{Deed, MAX_WORDS, Retention},
    },
    store::{Beside, Db, StoreError},
};

impl From<crate::core::retention::BadSchedule> for Fault {
    fn from(e: crate::core::retention::BadSchedule) -> Self {
        Fault::new(FaultKind::Refused, e.to_string())
    }
}

fn usage(words: &str) -> Fault {
    Fault::new(FaultKind::Usage, words)
}

/// Why a person holds or releases somebody.
fn reason(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(usage("say in a few words why, with --reason"));
    }
    if text.chars().count() > MAX_WORDS || text.chars().any(char::is_control) {
        return Err(Fault::new(
            FaultKind::Usage,
            format!("the reason has at most {MAX_WORDS} characters, in one line"),
        ));
    }
    Ok(text.to_owned())
}

fn view(db: &mut Db, device: &Device) -> Result<RetentionView, StoreError> {
    let archived = db.find_archived("", usize::MAX)?.len() as u64;
    let (replica, org) = (db.replica(), device.org_id());
    let g = replica.governance();
    let by = |author: Option<_>| author.map_or_else(String::new, |a| g.staff_name(a));
    let schedules = replica
        .schedules(org)
        .into_iter()
        .map(|(n, text)| ScheduleRow {
            block: n.block,
            at: n.time.millis,
            by: by(n.author),
            text: text.to_owned(),
            problem: Schedule::parse(text).err().map(|e| e.to_string()),
        })
        .collect();
    let mut holds = Vec::new();
    for (n, patient) in replica.holds(org) {
        let reason = match &n.deed {
            Deed::Retention(Retention::Hold { words, .. }) => opened_words(db, device, patient, words)?,
            _ => None,
        };
        holds.push(HoldRow { patient, at: n.time.millis, by: by(n.author), reason });
    }
    Ok(RetentionView { schedules, shipped: SHIPPED.into(), holds, archived })
}

/// What to write for a decision; none: it is about somebody of whom this organisation keeps nothing.
fn deed(db: &Db, device: &Device, change: RetentionChange) -> Result<Result<Retention, Fault>, StoreError> {
    let org = device.org_id();
    let patient = match &change {
        RetentionChange::Adopt(_) => None,
        RetentionChange::Hold { patient, .. }
        | RetentionChange::Release { patient, .. }
        | RetentionChange::Restore(patient) => Some(*patient),
    };
    if let Some(p) = patient
        && !custodians(db, p)?.contains(&org)
    {
        return Ok(Err(usage("this organisation keeps no record of that patient: check the identifier")));
    }
    let words = |p, text: &str| {
        let sealed = sealed_for(db, p, &[org], text, &mut rand::rng())?;
        // A reason that nobody could read any more is none.
        match sealed.is_empty() {
            true => Err(StoreError::Refused(
                "the organisation has no key to seal the reason to: let a certified terminal of it be opened first".into(),
            )),
            false => Ok(sealed),
        }
    };
    Ok(Ok(match change {
        RetentionChange::Adopt(text) => Retention::Adopt(text),
        RetentionChange::Hold { patient, reason } => {
            Retention::Hold { patient, words: words(patient, &reason)? }
        }
        RetentionChange::Release { patient, reason } => {
            let holds = db.replica().shelf(org, patient).holds;
            if holds.is_empty() {
                return Ok(Err(usage(
                    "nothing holds that patient: 'aidpost archive holds' lists who is held",
                )));
            }
            Retention::Release { patient, holds, words: words(patient, &reason)? }
        }
        RetentionChange::Restore(patient) => {
            if db.replica().shelf(org, patient).is_empty() {
                return Ok(Err(usage("nothing of that patient is archived: check the identifier")));
            }
            Retention::Restore(patient)
        }
    }))
}

impl Node {
    /// What is settled.
    pub(super) async fn retention(&self) -> Result<RetentionView, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        Ok(open.store.call(move |db| view(db, &device)).await?)
    }

    /// Settles something (admin, after their PIN; whoever registers patients takes one out of the archive).
    pub(super) async fn retain(&self, who: &Who, change: RetentionChange) -> Result<Saved, Fault> {
        let change = match change {
            RetentionChange::Restore(p) => {
                self.require(who.role, Action::Register).await?;
                RetentionChange::Restore(p)
            }
            other => {
                self.require_proven(who.role, Action::Administer).await?;
                match other {
                    RetentionChange::Adopt(text) => {
                        Schedule::parse(&text)?;
                        // What is signed has one kind of line end.
                        RetentionChange::Adopt(text.replace("\r\n", "\n"))
                    }
                    RetentionChange::Hold { patient, reason: r } => {
                        RetentionChange::Hold { patient, reason: reason(&r)? }
                    }
                    RetentionChange::Release { patient, reason: r } => {
                        RetentionChange::Release { patient, reason: reason(&r)? }
                    }
                    restore => restore,
                }
            }
        };
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let deed = match deed(db, &device, change)? {
                Ok(d) => Deed::Retention(d),
                Err(f) => return Ok(Err(f)),
            };
            let consortium = db.replica().governance().consortium();
            let content = rights_block(vec![said(&staff, consortium, &deed)]);
            let heads = certified(db, &device)?.write(db, vec![content], &Beside::default())?;
            refresh_cards(db, &device, false)?;
            heads.last().copied().ok_or(StoreError::Closed).map(Ok)
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }

    /// Patients in the archive, found as others are.
    pub(super) async fn archived_patients(&self, who: &Who, query: &str) -> Result<Vec<PatientRow>, Fault> {
        let open = self.opened().await?;
        let query: String = query.chars().take(200).collect();
        let found = open.store.call(move |db| db.find_archived(&query, MOST_FOUND));
        self.rows(who, found.await?).await
    }
}

/// True when a hold of this organisation forbids to destroy a patient's records.
pub(super) fn is_held(db: &Db, device: &Device, patient: PatientId) -> bool {
    !db.replica().shelf(device.org_id(), patient).holds.is_empty()
}
