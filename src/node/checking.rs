//! What policy and consent say, without doing anything: the dry run.

use std::sync::{Arc, Mutex, OnceLock};

use super::{
    Node,
    api::{CheckAnswer, CheckAsk, Fault, Who},
    asked, clock, denied, locked,
};
use crate::{
    core::{
        consent::{Effective, EmergencySummary},
        governance::{Governance, Role},
        id::{PatientId, ProposalId},
        policy::{self, Action, Ask, BadPolicy, Decision, Policies, Purpose},
    },
    store::StoreError,
};

/// The policy that was asked last: parsing one takes a thousand times as long as deciding by it.
static LAST: Mutex<Option<(ProposalId, Arc<Policies>)>> = Mutex::new(None);

/// The policy that the consortium has decided on.
///
/// # Errors
/// It was validated before it could be proposed; one that can't be read any more allows nothing.
pub(super) fn policies(g: &Governance) -> Result<Arc<Policies>, BadPolicy> {
    static DEFAULT: OnceLock<Arc<Policies>> = OnceLock::new();
    let Some(id) = g.era().policy else {
        if let Some(p) = DEFAULT.get() {
            return Ok(p.clone());
        }
        let made = Arc::new(Policies::new(policy::DEFAULT)?);
        return Ok(DEFAULT.get_or_init(|| made).clone());
    };
    if let Some((_, p)) = locked(&LAST).as_ref().filter(|(of, _)| *of == id) {
        return Ok(p.clone());
    }
    let made = Arc::new(Policies::new(g.policy())?);
    *locked(&LAST) = Some((id, made.clone()));
    Ok(made)
}

/// Asks the policy that the consortium has decided on.
pub(super) fn decide_by(g: &Governance, ask: &Ask) -> Decision {
    match policies(g) {
        Ok(p) => p.decide(ask),
        Err(e) => Decision { allow: false, reasons: vec![e.to_string()] },
    }
}

impl Node {
    /// Asks the policy in force about something of one's own organisation; a no becomes a fault with the reasons.
    pub(super) async fn require(&self, role: Role, action: Action) -> Result<(), Fault> {
        self.require_with(role, action, false).await
    }

    /// The same after a PIN or passphrase was given within five minutes.
    pub(super) async fn require_proven(&self, role: Role, action: Action) -> Result<(), Fault> {
        self.require_with(role, action, true).await
    }

    async fn require_with(&self, role: Role, action: Action, proven: bool) -> Result<(), Fault> {
        let ask = Ask { proven, ..asked(role, action, Purpose::Treatment, true, false) };
        let open = self.opened().await?;
        let d = open.store.call(move |db| Ok(decide_by(db.replica().governance(), &ask))).await?;
        if d.allow { Ok(()) } else { Err(denied(&d)) }
    }

    /// Would this be allowed now, and why? Nothing is opened or recorded.
    pub(super) async fn consent_check(
        &self,
        who: &Who,
        patient: PatientId,
        ask: CheckAsk,
    ) -> Result<CheckAnswer, Fault> {
        self.require(who.role, Action::Consent).await?;
        let open = self.opened().await?;
        let me = locked(&open.device).org_id();
        let answer = open.store.call(move |db| {
            let replica = db.replica();
            let effective = Effective::of(replica.consents(patient), replica);
            let moment = replica.moment(clock::now());
            let (org, custodian) = (ask.org.unwrap_or(me), ask.custodian.unwrap_or(me));
            let reader = (org, ask.role);
            let grants = effective.allowing(custodian, reader, ask.purpose, ask.compartment, moment);
            let decision = decide_by(
                replica.governance(),
                &Ask {
                    role: ask.role,
                    action: ask.action,
                    purpose: ask.purpose,
                    own: custodian == org,
                    granted: !grants.is_empty(),
                    proven: true,
                    opted_out: effective.summary() == EmergencySummary::OptedOut,
                },
            );
            Ok::<_, StoreError>(CheckAnswer { allow: decision.allow, reasons: decision.reasons, grants })
        });
        Ok(answer.await?)
    }
}
