//! What screens that change, compare and hand out records ask of the node, and what it answers.

use tarpc::context::Context;

use crate::{
    core::{
        id::{PatientId, RecordId, VersionId},
        record::Patient,
        time::Millis,
    },
    node::api::{ClinicClient, ConflictRow, Fault, Saved, VisitDraft},
};

use super::effects::flat;

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RecordCall {
    /// Who the patient is, in place of these versions.
    EditPatient(PatientId, Vec<VersionId>, Patient),
    /// A visit, in place of these versions.
    EditVisit(PatientId, RecordId, Vec<VersionId>, VisitDraft),
    /// Every version of a record, or of who the patient is.
    History(PatientId, Option<RecordId>),
}

/// What a [`RecordCall`] gave.
#[derive(Debug)]
pub(crate) enum RecordAnswer {
    /// The correction of something in this patient's record.
    Edited(PatientId, Result<Saved, Fault>),
    History(PatientId, Option<RecordId>, Result<ConflictRow, Fault>),
}

impl RecordCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        !matches!(self, RecordCall::History(..))
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        30_000
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> RecordAnswer {
        match self {
            RecordCall::EditPatient(id, replaces, new) => {
                RecordAnswer::Edited(id, flat(client.edit_patient(ctx, id, replaces, new)).await)
            }
            RecordCall::EditVisit(id, record, replaces, draft) => {
                RecordAnswer::Edited(id, flat(client.edit_visit(ctx, id, record, replaces, draft)).await)
            }
            RecordCall::History(id, of) => {
                RecordAnswer::History(id, of, flat(client.history(ctx, id, of)).await)
            }
        }
    }
}

impl RecordAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            RecordAnswer::Edited(_, r) => r.as_ref().err(),
            RecordAnswer::History(_, _, r) => r.as_ref().err(),
        }
    }
}
