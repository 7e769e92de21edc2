//! Striking a visit out that was written by mistake, and letting it stand again.

use crate::{
    core::{
        id::{PatientId, RecordId, VersionId},
        record::MAX_BECAUSE,
    },
    node::api::VisitRow,
};

use super::{
    form::{Form, Wrong},
    words::{Arg, say},
};

/// What is asked before it is signed.
#[derive(Debug)]
pub(crate) struct Striking {
    pub(crate) form: Form,
    pub(crate) patient: PatientId,
    pub(crate) record: RecordId,
    /// The versions that were seen.
    pub(crate) replaces: Vec<VersionId>,
    /// It is to stand again.
    pub(crate) again: bool,
}

impl Striking {
    /// The form for this visit, which is to stand `again`.
    pub(crate) fn new(v: &VisitRow, again: bool) -> Self {
        let form = match again {
            false => Form::new("strike-title", "strike-what").text("strike-why", MAX_BECAUSE, "strike-hint"),
            true => Form::new("strike-again-title", "strike-again-what"),
        };
        let form = form.about(vec![say!(
            "strike-visit",
            time = Arg::Time(v.at),
            reason = &v.reason,
            author = &v.author
        )]);
        Self { form, patient: v.patient, record: v.record, replaces: v.versions.clone(), again }
    }

    /// Why it is struck out; none: it stands again.
    pub(crate) fn because(&self) -> Result<Option<String>, Wrong> {
        match self.form.fields.first().map(|_| self.form.typed(0).trim()) {
            None => Ok(None),
            Some("") => Err((0, "notice-strike-why".into())),
            Some(why) => Ok(Some(why.to_owned())),
        }
    }
}
