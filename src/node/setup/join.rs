//! A terminal that wants to join: what it asks for, and what it writes.

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use super::{Newcomer, check_name, new_key, new_org};
use crate::{
    core::{
        governance::{OrgKind, Role, StaffRequest},
        ledger::Replica,
    },
    node::{
        api::{Fault, FaultKind},
        device::{Device, Private},
        text::{Invite, JoinRequest},
    },
    store::StoreError,
};

/// A terminal that wants to join: its keys are made, and nothing is written yet.
pub struct Joining {
    device: Device,
    staff: SigningKey,
    root: Option<SigningKey>,
    request: JoinRequest,
}

impl Joining {
    /// The first terminal of a new organisation.
    ///
    /// # Errors
    /// A name isn't acceptable, or the folder is taken.
    pub fn org(
        new: &Newcomer<'_>,
        keys: Private,
        (org, kind): (&str, OrgKind),
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Fault> {
        check_name("the organisation's name", org)?;
        new.check()?;
        let (root, staff, device) = new_org(new, keys, (org, kind), rng);
        let request = JoinRequest {
            org: Some(device.org.clone()),
            device: device.request(new.device),
            staff: StaffRequest::new(device.org_id(), new.name, Role::Admin, &staff),
        };
        Ok(Self { device, staff, root: Some(root), request })
    }

    /// A further terminal of the organisation that invited.
    ///
    /// # Errors
    /// A name isn't acceptable, the folder is taken, or the invitation names an organisation that is no member.
    pub fn terminal(
        new: &Newcomer<'_>,
        keys: Private,
        (invite, role): (&Invite, Role),
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, Fault> {
        new.check()?;
        let replica = Replica::new(invite.genesis.clone(), &invite.acts).map_err(StoreError::from)?;
        if replica.governance().org(invite.org.id()) != Some(&invite.org) {
            return Err(Fault::new(
                FaultKind::Refused,
                "the organisation of this invitation is no member of its consortium: ask for another invitation",
            ));
        }
        let staff = new_key(rng);
        let device = Device::new(invite.org.clone(), keys);
        let request = JoinRequest {
            org: None,
            device: device.request(new.device),
            staff: StaffRequest::new(device.org_id(), new.name, role, &staff),
        };
        Ok(Self { device, staff, root: None, request })
    }

    /// What its organisation, or the consortium, has to agree to.
    pub fn request(&self) -> &JoinRequest {
        &self.request
    }

    /// Writes database and key slots.
    ///
    /// # Errors
    /// The folder is taken or can't be written, the passphrase isn't acceptable; then nothing is left behind.
    pub fn write(self, new: &Newcomer<'_>, invite: &Invite, rng: &mut dyn CryptoRng) -> Result<(), Fault> {
        new.make_folder()?;
        new.write(&invite.genesis, Some(invite), &self.device, (self.staff, self.root), rng)?;
        Ok(())
    }
}

/// Prepares a new organisation's first terminal: its request goes to an organisation of the consortium.
///
/// # Errors
/// As [`super::found`].
pub fn join_org(
    new: &Newcomer<'_>,
    invite: &Invite,
    org: &str,
    kind: OrgKind,
    rng: &mut dyn CryptoRng,
) -> Result<JoinRequest, Fault> {
    let joining = Joining::org(new, Private::random(rng), (org, kind), rng)?;
    let request = joining.request.clone();
    joining.write(new, invite, rng)?;
    Ok(request)
}

/// Prepares a further terminal of the organisation that invited: its request goes to that organisation's admin.
///
/// # Errors
/// As [`super::found`].
pub fn join_terminal(
    new: &Newcomer<'_>,
    invite: &Invite,
    role: Role,
    rng: &mut dyn CryptoRng,
) -> Result<JoinRequest, Fault> {
    let joining = Joining::terminal(new, Private::random(rng), (invite, role), rng)?;
    let request = joining.request.clone();
    joining.write(new, invite, rng)?;
    Ok(request)
}
