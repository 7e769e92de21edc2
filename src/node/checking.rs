//! What policy and consent say, without doing anything: the dry run.

use super::{
    Node,
    api::{CheckAnswer, CheckAsk, Fault, Who},
    clock, locked, require,
};
use crate::{
    core::{
        consent::{Effective, EmergencySummary},
        governance::Governance,
        id::PatientId,
        policy::{Action, Ask, BadPolicy, Decision, Policies},
    },
    store::StoreError,
};

/// Asks the policy that the consortium has decided on.
pub(super) fn decide_by(g: &Governance, ask: &Ask) -> Decision {
    if g.era().policy.is_none() {
        return Policies::default_set().decide(ask);
    }
    match Policies::new(g.policy()) {
        Ok(p) => p.decide(ask),
        // It was validated before it could be proposed; what can't be read any more allows nothing.
        Err(BadPolicy::Parse(e) | BadPolicy::Schema(e)) => Decision { allow: false, reasons: vec![e] },
    }
}

impl Node {
    /// Would this be allowed now, and why? Nothing is opened or recorded.
    pub(super) async fn consent_check(
        &self,
        who: &Who,
        patient: PatientId,
        ask: CheckAsk,
    ) -> Result<CheckAnswer, Fault> {
        require(who.role, Action::Consent)?;
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
