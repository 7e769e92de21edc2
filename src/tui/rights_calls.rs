//! What screens about a patient's rights ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{id::PatientId, time::Millis},
    node::api::{ClinicClient, Fault, RequestAsk, Saved},
};

use super::{effects::flat, requests::Asked};

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RightsCall {
    /// What organisations asked each other for.
    Requests,
    /// Asks for a patient's record.
    Request(PatientId, RequestAsk),
}

/// What a [`RightsCall`] gave.
#[derive(Debug)]
pub(crate) enum RightsAnswer {
    Requests(Result<Asked, Fault>),
    Request(Result<Saved, Fault>),
}

impl RightsCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        !matches!(self, RightsCall::Requests)
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        30_000
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> RightsAnswer {
        match self {
            RightsCall::Requests => RightsAnswer::Requests(requests(client, ctx).await),
            RightsCall::Request(id, ask) => RightsAnswer::Request(flat(client.request(ctx, id, ask)).await),
        }
    }
}

impl RightsAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            RightsAnswer::Requests(r) => r.as_ref().err(),
            RightsAnswer::Request(r) => r.as_ref().err(),
        }
    }
}

/// The requests, with names as far as whoever asks may see them.
async fn requests(client: &ClinicClient, ctx: Context) -> Result<Asked, Fault> {
    let rows = flat(client.requests(ctx)).await?;
    let listed = flat(client.patients(ctx, String::new())).await.unwrap_or_default();
    let asked = |id: &PatientId| rows.iter().any(|r| r.patient == *id);
    let names = listed.into_iter().filter(|p| asked(&p.id)).map(|p| (p.id, p.name)).collect();
    Ok(Asked { rows, names })
}
