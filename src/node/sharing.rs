//! What a patient allows: recorded as consent, and keys wrapped accordingly in the same transaction.

use super::{
    Node,
    api::{AccessRow, Change, ConsentView, Fault, FaultKind, GrantAsk, GrantRow, Saved, Who},
    audits::openings,
    clock,
    consenting::{decided_by, in_force, keys_for},
    device::Device,
    locked,
    people::certified,
    records::{custodians, own_readings, read_by, saved},
};
use crate::{
    core::{
        block::Kind,
        consent::{self, Act, Effective, Entry, Grant, Grantee, Scope, Wish, standing},
        governance::Role,
        id::{ConsortiumId, GrantId, OrgId, PatientId},
        policy::Action,
        sign::Authored,
        time::DAY,
    },
    store::{Beside, Content, Db, StoreError, wrap_block},
    vault::keytree::wrap_patient_key,
};

/// The longest time that a grant may be given for at once, in days.
pub(super) const MAX_DAYS: u32 = 3_660;

/// Checks what is asked to be shared, before anything is done for it.
pub(super) fn check_ask(ask: &GrantAsk) -> Result<(), Fault> {
    match ask.compartments.is_empty() || ask.days.is_some_and(|d| d == 0 || d > MAX_DAYS) {
        true => Err(Fault::new(
            FaultKind::Usage,
            format!("choose what is shared, and a time of 1 to {MAX_DAYS} days"),
        )),
        false => Ok(()),
    }
}

/// The grant that is asked for, from now on.
pub(super) fn asked_grant(ask: GrantAsk) -> Grant {
    let now = clock::now();
    Grant {
        id: GrantId::random(&mut rand::rng()),
        to: ask.role.map_or(Grantee::Org(ask.org), |r| Grantee::Role(ask.org, r)),
        purpose: ask.purpose,
        compartments: ask.compartments,
        from: now,
        until: ask.days.map(|d| now + u64::from(d) * DAY),
        parent: ask.parent,
        delegable: ask.delegable,
    }
}

/// A consent block: the change is bound to its place in the log.
pub(super) fn consent_block(
    staff: &ed25519_dalek::SigningKey,
    consortium: ConsortiumId,
    patient: PatientId,
    wish: &Wish,
) -> (Kind, Content) {
    let scope: [&[u8]; 2] = [&consortium.0, &patient.0];
    let entry = Entry { patient, act: Authored::new(staff, consent::DOMAIN, &scope, wish), card: None };
    let make =
        move |log, seq| consent::change(&entry, log, seq).map_err(|e| StoreError::Refused(e.to_string()));
    (Kind::Consent, Box::new(make))
}

/// A patient's consent and who read, as somebody in this role sees it.
pub(super) fn view(
    db: &Db,
    device: &Device,
    role: Role,
    patient: PatientId,
) -> Result<ConsentView, StoreError> {
    let replica = db.replica();
    let g = replica.governance();
    let mut accesses: Vec<AccessRow> = read_by(db, patient)?
        .into_iter()
        .map(|a| AccessRow {
            at: a.at,
            staff: g.staff_name(a.author),
            org: g.staff(a.author).map_or_else(String::new, |s| g.org_name(s.org)),
            purpose: a.access.purpose,
            allowed: a.access.allowed,
            grants: a.access.grants,
            compartments: a.access.compartments,
            exported: a.exported,
        })
        .collect();
    accesses.sort_by_key(|a| std::cmp::Reverse(a.at));
    let consents = replica.consents(patient);
    let grants = standing(consents, replica, replica.moment(clock::now()))
        .into_iter()
        .map(|s| GrantRow { org: g.org_name(s.grant.to.org()), standing: s })
        .collect();
    let others = g.orgs().filter(|o| o.id() != device.org_id()).map(|o| (o.id(), o.name.clone())).collect();
    // The merged document is what travels; every entry of a valid block is one of its changes.
    let mut doc = consent::merge(patient, consents.iter().map(|r| r.change.as_slice()))
        .map_err(|e| StoreError::Damaged(format!("the consent document does not merge ({e})")))?;
    let changes = consent::heads(&mut doc).len() as u32;
    let emergency = Effective::of(consents, replica).summary();
    let emergencies = openings(db, device, role, Some(patient))?;
    let own_readings = own_readings(db, patient)?.into_iter().map(|r| r.at).collect();
    Ok(ConsentView { patient, grants, accesses, others, changes, emergency, emergencies, own_readings })
}

/// Whether this organisation may pass on what it was granted, and this is no more than that.
fn passed_on(
    db: &Db,
    device: &Device,
    patient: PatientId,
    parent: GrantId,
    child: &Grant,
) -> Result<(), StoreError> {
    let refuse = |m: &str| Err(StoreError::Refused(m.into()));
    let Some(p) = in_force(db, patient, parent, clock::now()) else {
        return refuse("no such grant is in force: 'aidpost consent show PATIENT' lists them");
    };
    if p.grant.to.org() != device.org_id() {
        return refuse("only the organisation that a grant is for can pass it on");
    }
    if !p.grant.delegable {
        return refuse("the patient did not allow that to be passed on: ask for a grant of its own");
    }
    if !consent::narrows(&p.grant, child) {
        return refuse("what is passed on has the same purpose, no other parts, and ends no later");
    }
    Ok(())
}

impl Node {
    pub(super) async fn consent(&self, who: &Who, patient: PatientId) -> Result<ConsentView, Fault> {
        self.require(who.role, Action::Consent).await?;
        let open = self.opened().await?;
        let (device, role) = (locked(&open.device).clone(), who.role);
        Ok(open.store.call(move |db| view(db, &device, role, patient)).await?)
    }

    pub(super) async fn grant(
        &self,
        who: &Who,
        patient: PatientId,
        mut ask: GrantAsk,
    ) -> Result<GrantId, Fault> {
        self.require(who.role, Action::Consent).await?;
        check_ask(&ask)?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let by = decided_by(ask.guardian.take())?;
        let (org, grant) = (ask.org, asked_grant(ask));
        let id = grant.id;
        let done = open.store.call(move |db| {
            let author = certified(db, &device)?;
            match grant.parent {
                Some(parent) => passed_on(db, &device, patient, parent, &grant)?,
                None if !custodians(db, patient)?.contains(&device.org_id()) => {
                    return Err(StoreError::Refused(
                        "this organisation keeps no record of that patient: the one that does can share it"
                            .into(),
                    ));
                }
                None => {}
            }
            let g = db.replica().governance();
            let Some(to) = db.replica().org_key(org).cloned() else { return Ok(false) };
            let consortium = g.consortium();
            let mut rng = rand::rng();
            let mut keys = Vec::new();
            for (key_id, key) in keys_for(db, &device, patient, &grant)? {
                let w = wrap_patient_key(consortium, key_id, &key, org, &to.public, &mut rng)
                    .map_err(|e| StoreError::Refused(e.to_string()))?;
                keys.push(w);
            }
            let contents = vec![
                consent_block(&staff, consortium, patient, &Wish { act: Act::Grant(grant), by }),
                wrap_block(keys),
            ];
            author.write(db, contents, &Beside::default())?;
            Ok(true)
        });
        if !done.await? {
            return Err(Fault::new(
                FaultKind::Unreachable,
                "that organisation has no key on the ledger here yet: meet one of its terminals first",
            ));
        }
        self.announce(Change::Ledger);
        Ok(id)
    }

    pub(super) async fn stop_sharing(
        &self,
        who: &Who,
        patient: PatientId,
        org: OrgId,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Consent).await?;
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let written = open.store.call(move |db| {
            let author = certified(db, &device)?;
            let consortium = db.replica().governance().consortium();
            let wish = Wish::of_patient(Act::RevokeAll(Scope::Grantee(org)));
            let content = consent_block(&staff, consortium, patient, &wish);
            let heads = author.write(db, vec![content], &Beside::default())?;
            heads.first().copied().ok_or(StoreError::Closed)
        });
        let (head, bytes) = written.await?;
        self.announce(Change::Ledger);
        Ok(saved(&head, bytes))
    }
}
