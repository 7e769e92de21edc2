//! Changes of consent other than a plain grant: narrowing, ending one grant or all, the emergency summary.

use super::{
    Node,
    api::{Change, ConsentChange, Fault, FaultKind, Saved, Who},
    clock,
    device::Device,
    locked,
    people::certified,
    records::{keys_in_use, own_keys, patient_key, saved},
    sharing::{MAX_DAYS, consent_block},
};
use crate::{
    core::{
        block::Kind,
        consent::{Act, By, Effective, Grant, MAX_RELATION, Scope, Standing, Wish},
        id::{GrantId, PatientId},
        keys::PatientKeyId,
        policy::Action,
        record::Compartment,
        time::{DAY, Millis},
    },
    store::{Beside, Db, StoreError},
    vault::Secret,
};

/// Who decides: the patient, or the guardian that was named.
///
/// # Errors
/// A guardian that can't be shown.
pub(super) fn decided_by(guardian: Option<String>) -> Result<By, Fault> {
    let by = guardian.map_or(By::Patient, |g| By::Guardian(g.trim().to_owned()));
    let wish = Wish { act: Act::EmergencyOptIn, by: by.clone() };
    if wish.valid() {
        return Ok(by);
    }
    Err(Fault::new(
        FaultKind::Usage,
        format!("say who decides for the patient in 1 to {MAX_RELATION} characters, e.g. \"mother\""),
    ))
}

/// A grant in force here, by its name.
pub(super) fn in_force(db: &Db, patient: PatientId, grant: GrantId, now: Millis) -> Option<Standing> {
    let replica = db.replica();
    let all = Effective::of(replica.consents(patient), replica).standings(replica.moment(now));
    all.into_iter().find(|s| s.grant.id == grant && s.ended.is_none())
}

fn no_such() -> Fault {
    Fault::new(FaultKind::Usage, "no such grant is in force: 'aidpost consent show PATIENT' lists them")
}

/// The grant that is left when another is narrowed; an error in words when nothing is, or when it would allow more.
fn narrowed(
    old: &Grant,
    compartments: Option<Vec<Compartment>>,
    days: Option<u32>,
    now: Millis,
) -> Result<Grant, &'static str> {
    let mut new = Grant { id: GrantId::random(&mut rand::rng()), ..old.clone() };
    if let Some(c) = compartments {
        if c.is_empty() || !c.iter().all(|c| old.compartments.contains(c)) {
            return Err(
                "narrowing keeps some of the parts that are granted, and adds none: grant anew instead",
            );
        }
        new.compartments = c;
    }
    if let Some(d) = days {
        let until = now + u64::from(d) * DAY;
        if d == 0 || d > MAX_DAYS || old.until.is_some_and(|u| until > u) {
            return Err("narrowing ends no later than what is granted: grant anew instead");
        }
        new.until = Some(until);
    }
    if new.compartments == old.compartments && new.until == old.until {
        return Err("say what is left: some parts, or fewer days");
    }
    Ok(new)
}

impl Node {
    /// Records one change. What only takes away needs no wraps; a narrowed grant's keys are wrapped already.
    pub(super) async fn change_consent(
        &self,
        who: &Who,
        patient: PatientId,
        change: ConsentChange,
        guardian: Option<String>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Consent).await?;
        let by = decided_by(guardian)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let (author, now) = (certified(db, &device)?, clock::now());
            let acts = match change {
                ConsentChange::StopAll => vec![Act::RevokeAll(Scope::Everyone)],
                ConsentChange::OptOut => vec![Act::EmergencyOptOut],
                ConsentChange::OptIn => vec![Act::EmergencyOptIn],
                ConsentChange::Revoke(id) => match in_force(db, patient, id, now) {
                    Some(_) => vec![Act::Revoke(id)],
                    None => return Ok(Err(no_such())),
                },
                ConsentChange::Narrow { grant, compartments, days } => {
                    let Some(old) = in_force(db, patient, grant, now) else { return Ok(Err(no_such())) };
                    if !ours(&old, &device) {
                        return Ok(Err(Fault::new(
                            FaultKind::Conflict,
                            "only the organisation that recorded a grant can narrow it: revoke it, or ask there",
                        )));
                    }
                    match narrowed(&old.grant, compartments, days, now) {
                        // The new one first: at no moment is less allowed than the patient wants.
                        Ok(new) => vec![Act::Grant(new), Act::Revoke(grant)],
                        Err(words) => return Ok(Err(Fault::new(FaultKind::Usage, words))),
                    }
                }
            };
            let consortium = db.replica().governance().consortium();
            let block = |act| consent_block(&staff, consortium, patient, &Wish { act, by: by.clone() });
            let heads = author.write(db, acts.into_iter().map(block).collect(), &Beside::default())?;
            Ok(heads.last().copied().ok_or_else(|| Fault::new(FaultKind::Failed, "nothing was written")))
        });
        let (head, bytes) = written.await??;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }
}

/// Recorded here: a narrowed grant opens what the old one did only when the same organisation records it.
fn ours(s: &Standing, device: &Device) -> bool {
    s.recorder == device.org_id() && !s.by_card
}

/// The keys that a grant of this organisation opens: its own, or (delegated) what the parent opens and was wrapped to it.
pub(super) fn keys_for(
    db: &Db,
    device: &Device,
    patient: PatientId,
    grant: &Grant,
) -> Result<Vec<(PatientKeyId, Secret)>, StoreError> {
    let wanted = |c: &Compartment| grant.compartments.contains(c);
    let Some(parent) = grant.parent else {
        return Ok(own_keys(db, device, patient)?
            .into_iter()
            .filter(|(k, _)| wanted(&k.compartment))
            .collect());
    };
    let custodians = in_force(db, patient, parent, clock::now()).map_or_else(Vec::new, |s| s.custodians);
    let org_keys = device.org_keys(db)?;
    let mut out = Vec::new();
    for (org, id) in keys_in_use(db, patient, Kind::Records)? {
        if custodians.contains(&org) && wanted(&id.compartment) {
            let key = patient_key(db, &id, device.org_id(), &org_keys)?;
            out.extend(key.map(|k| (id, k)));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{consent::Grantee, id::OrgId, policy::Purpose};

    #[test]
    fn narrowing_only_takes_away() {
        let old = Grant {
            id: GrantId([1; 16]),
            to: Grantee::Org(OrgId([2; 16])),
            purpose: Purpose::Treatment,
            compartments: vec![Compartment::General, Compartment::Hiv],
            from: 0,
            until: Some(40 * DAY),
            parent: None,
            delegable: false,
        };
        let new = narrowed(&old, Some(vec![Compartment::General]), Some(30), 0).unwrap();
        assert_eq!((new.compartments.as_slice(), new.until), (&[Compartment::General][..], Some(30 * DAY)));
        assert_ne!(new.id, old.id);
        assert!(narrowed(&old, Some(vec![Compartment::Genetic]), None, 0).is_err());
        assert!(narrowed(&old, Some(Vec::new()), None, 0).is_err());
        assert!(narrowed(&old, None, Some(41), 0).is_err());
        assert!(narrowed(&old, None, None, 0).is_err());
    }

    #[test]
    fn a_guardian_is_named() {
        assert_eq!(decided_by(None), Ok(By::Patient));
        assert_eq!(decided_by(Some(" mother ".into())), Ok(By::Guardian("mother".into())));
        assert!(decided_by(Some("  ".into())).is_err());
    }
}
