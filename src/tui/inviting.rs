//! Letting one terminal join over the network: the ticket, then a code that two people compare.

use crate::node::api::{InvitationStage, InvitationView, Joiner, Welcomed};

use super::{
    form::{Form, Wrong},
    sharing::MAX_PATH,
};

/// The screen.
#[derive(Debug)]
pub(crate) struct InvitePage {
    pub(crate) door: Door,
    /// The code that whoever sits here said is the same.
    pub(crate) agreed: Option<String>,
    /// The code that was on the screen when they said so and the PIN was asked first.
    pub(crate) asked: Option<String>,
    /// The node lets in whom that code is of.
    pub(crate) welcoming: bool,
    /// Where a certificate is written that the other terminal didn't get.
    pub(crate) form: Option<Form>,
    /// Leaving without that file was tried once.
    pub(crate) offered: bool,
    /// That file is written.
    pub(crate) written: bool,
}

/// How far an invitation is.
#[derive(Debug)]
pub(crate) enum Door {
    Opening,
    Open(Box<InvitationView>),
    /// Nobody can come in by it any more, and nobody did. Why the last attempt came to nothing, if there was one.
    Shut(Option<String>),
    /// That terminal is in; true: with a new organisation.
    In(Box<Welcomed>, bool),
}

impl Default for InvitePage {
    fn default() -> Self {
        Self {
            door: Door::Opening,
            agreed: None,
            asked: None,
            welcoming: false,
            form: None,
            offered: false,
            written: false,
        }
    }
}

impl InvitePage {
    /// Who is there and waits for a yes.
    pub(crate) fn joiner(&self) -> Option<&Joiner> {
        match &self.door {
            Door::Open(v) => match &v.stage {
                InvitationStage::Comparing(j) => Some(j),
                InvitationStage::Waiting | InvitationStage::Over => None,
            },
            _ => None,
        }
    }

    /// The question is put: whether the other screen shows that code.
    pub(crate) fn asks(&self) -> bool {
        self.joiner().is_some_and(|j| self.agreed.as_ref() != Some(&j.code))
    }

    /// Both people have said yes to the same code.
    pub(crate) fn both(&self) -> Option<String> {
        let j = self.joiner().filter(|j| j.agreed && self.agreed.as_ref() == Some(&j.code))?;
        Some(j.code.clone())
    }

    /// The certificate that has to be carried, and the terminal to which.
    pub(crate) fn undelivered(&self) -> Option<(&str, &str)> {
        match &self.door {
            Door::In(w, _) if !w.delivered && !self.written => Some((&w.name, w.certificate.as_deref()?)),
            _ => None,
        }
    }
}

/// Asks where the certificate is written.
pub(crate) fn certificate_form() -> Form {
    let form = Form::new("invite-certificate-title", "invite-certificate-what");
    form.text("join-certificate", MAX_PATH, "join-certificate-hint")
}

/// The path. The error names the field to go to.
pub(crate) fn path(form: &Form) -> Result<String, Wrong> {
    form.typed_if_any(0).ok_or_else(|| (0, "join-no-file".into()))
}
