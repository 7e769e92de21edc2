//! What screens that change, compare and hand out records ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{
        codes::Ending,
        id::{PatientId, RecordId, VersionId},
        policy::Purpose,
        time::Millis,
    },
    node::api::{Chart, ClinicClient, ConflictRow, Correction, Fault, Saved, VisitDraft},
};

use super::{
    effects::flat,
    twice::{Entry, Pair},
};

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RecordCall {
    /// Who the patient is, and who decides for them.
    Correct(PatientId, Box<Correction>),
    /// A visit, in place of these versions.
    EditVisit(PatientId, RecordId, Vec<VersionId>, VisitDraft),
    /// Something that was coded at a visit is over.
    End(PatientId, RecordId, Ending),
    /// A visit is struck out, for a reason, or stands again; in place of these versions.
    Strike(PatientId, RecordId, Vec<VersionId>, Option<String>),
    /// Every version of a record, or of who the patient is.
    History(PatientId, Option<RecordId>),
    /// Every patient of the own organisation.
    Everybody,
    /// Who is like these; each pair once, where everybody is compared.
    Alike(Vec<PatientId>, bool),
    /// One of two records that are compared. Reading it is recorded.
    Side(PatientId),
    /// Says that two records are one person's, or that they are not, and why.
    Join(PatientId, PatientId, bool, String),
}

/// What a [`RecordCall`] gave.
#[derive(Debug)]
pub(crate) enum RecordAnswer {
    /// The correction of something in this patient's record.
    Edited(PatientId, Result<Saved, Fault>),
    Ended(PatientId, Result<Saved, Fault>),
    Struck(PatientId, Result<Saved, Fault>),
    History(PatientId, Option<RecordId>, Result<ConflictRow, Fault>),
    Everybody(Result<Vec<PatientId>, Fault>),
    Alike(Vec<PatientId>, Result<Vec<Pair>, Fault>),
    Side(PatientId, Result<Box<Chart>, Fault>),
    Join(Result<Saved, Fault>),
}

impl RecordCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        matches!(
            self,
            RecordCall::Correct(..)
                | RecordCall::EditVisit(..)
                | RecordCall::End(..)
                | RecordCall::Strike(..)
                | RecordCall::Join(..)
        )
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        30_000
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> RecordAnswer {
        match self {
            RecordCall::Correct(id, correction) => {
                RecordAnswer::Edited(id, flat(client.correct(ctx, id, *correction)).await)
            }
            RecordCall::EditVisit(id, record, replaces, draft) => {
                RecordAnswer::Edited(id, flat(client.edit_visit(ctx, id, record, replaces, draft)).await)
            }
            RecordCall::End(id, record, how) => {
                RecordAnswer::Ended(id, flat(client.end(ctx, id, record, how)).await)
            }
            RecordCall::Strike(id, record, replaces, because) => {
                let made = flat(client.strike(ctx, id, record, replaces, because)).await;
                RecordAnswer::Struck(id, made)
            }
            RecordCall::History(id, of) => {
                RecordAnswer::History(id, of, flat(client.history(ctx, id, of)).await)
            }
            RecordCall::Everybody => RecordAnswer::Everybody(flat(client.own_patients(ctx)).await),
            RecordCall::Alike(of, once) => {
                let found = alike(client, ctx, &of, once).await;
                RecordAnswer::Alike(of, found)
            }
            RecordCall::Side(id) => {
                let chart = flat(client.chart(ctx, id, Purpose::Treatment)).await;
                RecordAnswer::Side(id, chart.map(Box::new))
            }
            RecordCall::Join(first, second, same, reason) => {
                RecordAnswer::Join(flat(client.link_patients(ctx, first, second, same, reason)).await)
            }
        }
    }
}

impl RecordAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            RecordAnswer::Edited(_, r) | RecordAnswer::Ended(_, r) | RecordAnswer::Struck(_, r) => {
                r.as_ref().err()
            }
            RecordAnswer::History(_, _, r) => r.as_ref().err(),
            RecordAnswer::Everybody(r) => r.as_ref().err(),
            RecordAnswer::Alike(_, r) => r.as_ref().err(),
            RecordAnswer::Side(_, r) => r.as_ref().err(),
            RecordAnswer::Join(r) => r.as_ref().err(),
        }
    }
}

/// Who is like each of these. Of a pair both of whom are asked about, one is enough.
async fn alike(
    client: &ClinicClient,
    ctx: Context,
    of: &[PatientId],
    once: bool,
) -> Result<Vec<Pair>, Fault> {
    let mut out = Vec::new();
    for id in of {
        let mut rows = flat(client.duplicates(ctx, *id)).await?;
        rows.retain(|d| !once || *id < d.id);
        if rows.is_empty() {
            continue;
        }
        let listed = flat(client.patients(ctx, id.to_string())).await?;
        let first = listed.into_iter().find(|r| r.id == *id).map(Entry::from);
        let first = first.unwrap_or_else(|| Entry::named(*id, &id.short()));
        out.extend(rows.into_iter().map(|d| Pair::alike(first.clone(), d)));
    }
    Ok(out)
}
