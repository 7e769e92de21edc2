//! What the screens of admins ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{
        governance::Role,
        id::{DeviceId, ProposalId, StaffId},
    },
    node::api::{ClinicClient, Fault, LostView, Passphrase, PeerRow, ProposalRow},
};

use super::effects::flat;

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AdminCall {
    /// Terminals, and what is to be decided.
    Overview,
    /// Suspends a terminal that was lost.
    Lose(DeviceId),
    Approve(ProposalId),
    /// Ends a round whose votes have split.
    Void,
    AddStaff(NewStaff),
    SuspendStaff(StaffId),
}

/// A person who is to sign in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewStaff {
    pub(crate) login: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) passphrase: Passphrase,
}

/// Terminals that are certified, and what the consortium is to decide.
#[derive(Debug)]
pub(crate) struct Overview {
    pub(crate) terminals: Vec<PeerRow>,
    pub(crate) proposals: Vec<ProposalRow>,
}

/// What an [`AdminCall`] gave.
#[derive(Debug)]
pub(crate) enum AdminAnswer {
    Overview(Result<Overview, Fault>),
    Lose(Result<LostView, Fault>),
    Approve(Result<(), Fault>),
    Void(Result<(), Fault>),
    AddStaff(String, Result<StaffId, Fault>),
    SuspendStaff(Result<(), Fault>),
}

impl AdminCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        !matches!(self, AdminCall::Overview)
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> AdminAnswer {
        match self {
            AdminCall::Overview => AdminAnswer::Overview(overview(client, ctx).await),
            AdminCall::Lose(id) => AdminAnswer::Lose(flat(client.lose_device(ctx, id.to_string())).await),
            AdminCall::Approve(id) => AdminAnswer::Approve(flat(client.approve(ctx, id)).await),
            AdminCall::Void => AdminAnswer::Void(flat(client.void(ctx)).await),
            AdminCall::AddStaff(new) => {
                let name = new.name.clone();
                let added = flat(client.add_staff(ctx, new.login, new.name, new.role, new.passphrase)).await;
                AdminAnswer::AddStaff(name, added)
            }
            AdminCall::SuspendStaff(id) => {
                AdminAnswer::SuspendStaff(flat(client.suspend_staff(ctx, id)).await)
            }
        }
    }
}

impl AdminAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            AdminAnswer::Overview(r) => r.as_ref().err(),
            AdminAnswer::Lose(r) => r.as_ref().err(),
            AdminAnswer::Approve(r) | AdminAnswer::Void(r) | AdminAnswer::SuspendStaff(r) => r.as_ref().err(),
            AdminAnswer::AddStaff(_, r) => r.as_ref().err(),
        }
    }
}

async fn overview(client: &ClinicClient, ctx: Context) -> Result<Overview, Fault> {
    let terminals = flat(client.mesh(ctx)).await?.peers;
    Ok(Overview { terminals, proposals: flat(client.proposals(ctx)).await? })
}
