//! Orders to destroy a patient's keys.

use crate::{
    core::{
        governance::Role,
        id::PatientId,
        rights::{ErasureReason, MAX_REFERENCE},
    },
    node::api::{ErasureRow, Working},
};

use super::{
    form::{Form, Wrong},
    model::Load,
    subject::Subject,
    words::{Saying, erasure_reason, role, say},
};

/// How much of an identifier is typed again.
const AGAIN: usize = 8;

/// The list of orders.
#[derive(Debug)]
pub(crate) struct ErasuresPage {
    /// Whose keys; none: whose identifier is typed.
    pub(crate) subject: Option<Subject>,
    pub(crate) rows: Load<Vec<ErasureRow>>,
    pub(crate) selected: usize,
    pub(crate) form: Option<Form>,
    pub(crate) sealing: Sealing,
    /// How far sealing anew is, once that is known.
    pub(crate) far: Option<Working>,
}

/// Where sealing this terminal anew stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealing {
    No,
    /// Whether it is wanted is asked.
    Asked,
    Running,
}

/// An order as it was filled in.
pub(crate) type Order = (PatientId, ErasureReason, String);

impl ErasuresPage {
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        Self { subject, rows: Load::Loading, selected: 0, form: None, sealing: Sealing::No, far: None }
    }

    pub(crate) fn listed(&self) -> &[ErasureRow] {
        self.rows.ready().map_or(&[], Vec::as_slice)
    }

    /// The form of an order, as somebody of this role sees it.
    pub(crate) fn order_form(&self, own: Role) -> Form {
        let form = match &self.subject {
            Some(s) => {
                Form::new(say!("erase-title-of", name = &s.name), say!("erase-what-of", sign = s.id.short()))
            }
            None => Form::new("erase-title", "erase-what").patient_field(),
        };
        let not_yours = (own != Role::Admin).then(|| say!("erase-not-yours", role = Saying::from(role(own))));
        form.warn(not_yours)
            .choice("erase-word", ErasureReason::ALL.map(|(r, _)| erasure_reason(r).into()).to_vec())
            .text("erase-reference", MAX_REFERENCE, "erase-reference-hint")
            .text("erase-again", AGAIN, "erase-again-hint")
    }

    /// What the form orders. The error names the field to go to.
    pub(crate) fn order(&self, form: &Form) -> Result<Order, Wrong> {
        let (patient, at) = match &self.subject {
            Some(s) => (s.id, 0),
            None => (form.patient(0)?, 1),
        };
        let reason = ErasureReason::ALL[form.chosen(at) % ErasureReason::ALL.len()].0;
        let reference = form.typed(at + 1).to_owned();
        if reason == ErasureReason::Court && reference.is_empty() {
            return Err((at + 1, "erase-no-reference".into()));
        }
        if !form.typed(at + 2).eq_ignore_ascii_case(&patient.short()) {
            return Err((at + 2, say!("erase-not-again", sign = patient.short())));
        }
        Ok((patient, reason, reference))
    }
}
