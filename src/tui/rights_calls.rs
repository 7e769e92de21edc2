//! What screens about a patient's rights ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{id::PatientId, rights::ErasureReason, time::Millis},
    node::api::{
        ClaimView, ClinicClient, ConsentChange, CountsTable, ErasureRow, Fault, Layout, RequestAsk, Saved,
        ShareAsk, SummaryDraft, SummaryRow,
    },
};

use super::{
    effects::flat,
    files::{NewFile, Untaken, Unwritten},
    requests::Asked,
    sharing::Extracted,
};

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RightsCall {
    /// What organisations asked each other for.
    Requests,
    /// Asks for a patient's record.
    Request(PatientId, RequestAsk),
    /// A de-identified extract, written to a new file.
    Extract(ShareAsk, String),
    Counts(ShareAsk, Layout),
    Claim(PatientId, ShareAsk),
    /// A new file at this path, with this text.
    WriteFile(String, String),
    /// Takes back what a patient allowed; who decides, if not the patient.
    Change(PatientId, ConsentChange, Option<String>),
    /// The emergency summary as it is; reading it is recorded.
    ReadSummary(PatientId),
    WriteSummary(PatientId, SummaryDraft),
    /// Ends every card of a patient; who decides, if not the patient.
    RevokeCards(PatientId, Option<String>),
    Erasures,
    /// Orders that a patient's keys be destroyed, on whose word and under which file number.
    Erase(PatientId, ErasureReason, String),
    /// Seals this terminal anew.
    CarryOut,
}

/// What a [`RightsCall`] gave.
#[derive(Debug)]
pub(crate) enum RightsAnswer {
    Requests(Result<Asked, Fault>),
    Request(Result<Saved, Fault>),
    Extract(Result<Extracted, Untaken>),
    Counts(Result<CountsTable, Fault>),
    Claim(Result<ClaimView, Fault>),
    WriteFile(Result<String, Unwritten>),
    Change(PatientId, Result<Saved, Fault>),
    Summary(PatientId, Result<Vec<SummaryRow>, Fault>),
    Kept(PatientId, Result<Saved, Fault>),
    Erasures(Result<Vec<ErasureRow>, Fault>),
    Erase(Result<Saved, Fault>),
    CarryOut(Result<u64, Fault>),
}

impl RightsCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        // What takes long waits for nothing, and nothing waits for it.
        !matches!(
            self,
            RightsCall::Requests | RightsCall::Erasures | RightsCall::Extract(..) | RightsCall::Counts(..)
        )
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        match self {
            // Every patient's record is opened for these.
            RightsCall::Extract(..) | RightsCall::Counts(..) => 3_600_000,
            // The whole store is copied.
            RightsCall::CarryOut => 3_600_000,
            _ => 30_000,
        }
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> RightsAnswer {
        match self {
            RightsCall::Requests => RightsAnswer::Requests(requests(client, ctx).await),
            RightsCall::Request(id, ask) => RightsAnswer::Request(flat(client.request(ctx, id, ask)).await),
            RightsCall::Extract(ask, path) => RightsAnswer::Extract(extract(client, ctx, ask, &path).await),
            RightsCall::Counts(ask, layout) => {
                RightsAnswer::Counts(flat(client.counts(ctx, ask, layout)).await)
            }
            RightsCall::Claim(id, ask) => RightsAnswer::Claim(flat(client.claim(ctx, id, ask)).await),
            RightsCall::Change(id, change, guardian) => {
                RightsAnswer::Change(id, flat(client.change_consent(ctx, id, change, guardian)).await)
            }
            RightsCall::ReadSummary(id) => {
                RightsAnswer::Summary(id, flat(client.read_summary(ctx, id)).await)
            }
            RightsCall::WriteSummary(id, draft) => {
                RightsAnswer::Kept(id, flat(client.write_summary(ctx, id, draft)).await)
            }
            RightsCall::RevokeCards(id, guardian) => {
                RightsAnswer::Kept(id, flat(client.revoke_card(ctx, id, guardian)).await)
            }
            RightsCall::Erasures => RightsAnswer::Erasures(flat(client.erasures(ctx)).await),
            RightsCall::Erase(id, reason, reference) => {
                RightsAnswer::Erase(flat(client.erase(ctx, id, reason, reference)).await)
            }
            RightsCall::CarryOut => RightsAnswer::CarryOut(flat(client.carry_out_erasures(ctx)).await),
            RightsCall::WriteFile(path, text) => {
                RightsAnswer::WriteFile(match NewFile::create(&path).await {
                    Ok(file) => file.fill(&text).await,
                    Err(why) => Err(why),
                })
            }
        }
    }
}

impl RightsAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            RightsAnswer::Requests(r) => r.as_ref().err(),
            RightsAnswer::Request(r) | RightsAnswer::Change(_, r) | RightsAnswer::Erase(r) => {
                r.as_ref().err()
            }
            RightsAnswer::Summary(_, r) => r.as_ref().err(),
            RightsAnswer::Kept(_, r) => r.as_ref().err(),
            RightsAnswer::Erasures(r) => r.as_ref().err(),
            RightsAnswer::CarryOut(r) => r.as_ref().err(),
            RightsAnswer::Extract(r) => r.as_ref().err().and_then(Untaken::fault),
            RightsAnswer::WriteFile(_) => None,
            RightsAnswer::Counts(r) => r.as_ref().err(),
            RightsAnswer::Claim(r) => r.as_ref().err(),
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

/// The file is made before the decision is recorded: what is handed out is handed out once.
async fn extract(
    client: &ClinicClient,
    ctx: Context,
    ask: ShareAsk,
    path: &str,
) -> Result<Extracted, Untaken> {
    let file = NewFile::create(path).await.map_err(Untaken::File)?;
    match flat(client.extract(ctx, ask)).await {
        Ok(made) => {
            let path = file.fill(&made.csv).await.map_err(Untaken::File)?;
            let (patients, rows, recorded, because) = (made.patients, made.rows, made.recorded, made.because);
            Ok(Extracted { path, patients, rows, recorded, because })
        }
        Err(fault) => Err(Untaken::Node(fault)),
    }
}
