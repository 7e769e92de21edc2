//! What organisations ask each other for: the list, and the form that asks.

use std::collections::BTreeMap;

use crate::{
    core::{id::PatientId, policy::Purpose, record::Compartment},
    node::api::{RequestAsk, RequestRow},
};

use super::{
    form::{Form, Wrong, all_parts},
    model::Load,
    subject::Subject,
    words::{purpose, say},
};

/// What keys are released for: counts need none, and in an emergency nobody asks.
const PURPOSES: [Purpose; 3] = [Purpose::Treatment, Purpose::Payment, Purpose::Research];

/// Requests, with the names of those patients that are known here.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) rows: Vec<RequestRow>,
    pub(crate) names: BTreeMap<PatientId, String>,
}

impl Asked {
    /// The patient's name, or the beginning of their identifier.
    pub(crate) fn name(&self, id: PatientId) -> String {
        self.names.get(&id).cloned().unwrap_or_else(|| id.short())
    }
}

/// The list of requests.
#[derive(Debug)]
pub(crate) struct RequestsPage {
    /// Whom it is asked about; none: whose identifier is typed.
    pub(crate) subject: Option<Subject>,
    pub(crate) asked: Load<Asked>,
    pub(crate) selected: usize,
    pub(crate) form: Option<Form>,
}

impl RequestsPage {
    /// The list, opened for this patient.
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        Self { subject, asked: Load::Loading, selected: 0, form: None }
    }

    pub(crate) fn rows(&self) -> &[RequestRow] {
        self.asked.ready().map_or(&[], |a| &a.rows)
    }

    /// The form that asks for a record.
    pub(crate) fn ask_form(&self) -> Form {
        let title = match &self.subject {
            Some(s) => say!("requests-ask-about", name = &s.name),
            None => "requests-ask-title".into(),
        };
        let form = Form::new(title, "requests-ask-what");
        let form = if self.subject.is_some() { form } else { form.patient_field() };
        form.choice("grant-purpose", PURPOSES.map(|p| purpose(p).into()).to_vec())
            .parts(&all_parts(), |c| c == Compartment::General)
    }

    /// What the form asks for, and of whom. The error names the field to go to.
    pub(crate) fn ask(&self, form: &Form) -> Result<(PatientId, RequestAsk), Wrong> {
        let (patient, at) = match &self.subject {
            Some(s) => (s.id, 0),
            None => (form.patient(0)?, 1),
        };
        let compartments = form.marked(at + 1, &all_parts())?;
        Ok((patient, RequestAsk { purpose: PURPOSES[form.chosen(at) % PURPOSES.len()], compartments }))
    }
}
