//! A patient's turn at the terminal: their own record with their own card, and nothing else.

use super::{
    cards_of,
    opening::{Unlocked, opened, signed_block},
    revoked,
};
use crate::{
    core::{
        audit::AuditEntry,
        consent::{Act, Scope, Wish},
        governance::Role,
        id::OrgId,
        own::{MAX_CUSTODIANS, OwnReading, Reading},
        policy::Action,
        record::Compartment,
    },
    node::{
        Node,
        api::{Change, Code, ConsentView, Fault, FaultKind, OwnRecord, Pin, Who},
        clock,
        device::Device,
        locked,
        people::certified,
        records::{carded, custodians, own_chart},
        rights::audit_block,
        sharing::view,
    },
    store::{Beside, Db, StoreError},
};

/// A patient reviews nothing: what was typed for reviewers stays closed.
const AS: Role = Role::Registrar;

/// Makes the reading durable, and only then opens.
fn read(db: &mut Db, device: &Device, card: &Unlocked) -> Result<Result<OwnRecord, Fault>, StoreError> {
    let patient = card.root.patient();
    // It may have been reported while the PIN was typed.
    if cards_of(db, patient).is_revoked(card.keys.id()) {
        return Ok(Err(revoked()));
    }
    let author = certified(db, device)?;
    let wrapped = carded(db, patient, card.keys.id())?;
    let mut compartments: Vec<Compartment> = wrapped.iter().map(|(k, _)| k.compartment).collect();
    compartments.sort();
    compartments.dedup();
    let mut custodians = custodians(db, patient)?;
    custodians.truncate(MAX_CUSTODIANS);
    let reading = Reading { patient, device: device.id(), at: clock::now(), compartments, custodians };
    let consortium = db.replica().governance().consortium();
    let entry = AuditEntry::Own(OwnReading::new(consortium, reading, &card.root.signing()));
    let written = author.write(db, vec![audit_block(vec![entry])], &Beside::default())?;
    let recorded = written.first().map(|(h, _)| h.id).ok_or(StoreError::Closed)?;
    let keys = opened(db, card, |_| true)?;
    let chart = match own_chart(db, device, patient, keys, recorded)? {
        Ok(chart) => chart,
        Err(fault) => return Ok(Err(fault)),
    };
    Ok(Ok(OwnRecord { chart, consent: view(db, device, AS, patient)? }))
}

impl Node {
    /// Whether this person may hand the terminal to a patient: they witness what the card signs.
    pub(in crate::node) async fn may_hand_over(&self, who: &Who) -> Result<(), Fault> {
        self.require(who.role, Action::Consent).await
    }

    /// Opens a card and the record that it is of. `who` handed the terminal over.
    pub(in crate::node) async fn own_record(
        &self,
        who: &Who,
        code: Code,
        pin: Pin,
    ) -> Result<(OwnRecord, Unlocked), Fault> {
        let open = self.opened().await?;
        let card = self.unlock_card(&open, who, &code, pin).await?;
        let (device, with) = (locked(&open.device).clone(), card.clone());
        let record = open.store.call(move |db| read(db, &device, &with)).await??;
        self.announce(Change::Ledger);
        Ok((record, card))
    }

    /// The card ends everything granted to an organisation; `who` witnesses it.
    pub(in crate::node) async fn own_stop_sharing(
        &self,
        who: &Who,
        card: Unlocked,
        org: OrgId,
    ) -> Result<ConsentView, Fault> {
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let view = open.store.call(move |db| {
            let author = certified(db, &device)?;
            let patient = card.root.patient();
            let g = db.replica().governance();
            if g.org(org).is_none() {
                return Ok(Err(Fault::new(
                    FaultKind::Usage,
                    "no such organisation: choose one that may read",
                )));
            }
            let wish = Wish::of_patient(Act::RevokeAll(Scope::Grantee(org)));
            let content = signed_block(&staff, g.consortium(), &card.root, &wish);
            author.write(db, vec![content], &Beside::default())?;
            Ok(Ok(view(db, &device, AS, patient)?))
        });
        let view = view.await??;
        self.announce(Change::Ledger);
        Ok(view)
    }
}
