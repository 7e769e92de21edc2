//! Invitations, and signing what a newcomer asks for: files that people carry between terminals.

use crate::node::text::JoinRequest;

use super::{
    form::{Form, Wrong},
    sharing::MAX_PATH,
    words::{Saying, org_kind, role, say},
};

/// A newcomer's request as it was read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joining {
    /// As the node takes it.
    pub(crate) line: String,
    pub(crate) request: JoinRequest,
}

/// A step on the way.
#[derive(Debug)]
pub(crate) enum Join {
    /// Where to write an invitation.
    Invite(Form),
    /// Where the request is.
    Request(Form),
    /// Whether it is signed, and for a terminal where to write its certificate.
    Sign(Box<Joining>, Form),
}

/// What the form is sent for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Invite(String),
    Read(String),
    /// An organisation's request.
    Admit(String),
    /// A terminal's request, and the file for its certificate.
    Certify(String, String),
}

impl Join {
    pub(crate) fn invite() -> Self {
        let form = Form::new("join-invite-title", "join-invite-what");
        Self::Invite(form.text("share-file", MAX_PATH, "join-invite-hint"))
    }

    pub(crate) fn request() -> Self {
        let form = Form::new("join-request-title", "join-request-what");
        Self::Request(form.text("join-file", MAX_PATH, "join-request-hint"))
    }

    /// Asks whether what was read is signed.
    pub(crate) fn sign(read: Box<Joining>) -> Self {
        let r = &read.request;
        let (device, person, print) = (&r.device.name, &r.staff.name, r.fingerprint());
        let of = Saying::from(role(r.staff.role));
        let form = match &r.org {
            Some(o) => Form::new(
                say!("join-admit-title", org = &o.name),
                say!(
                    "join-admit-what",
                    org = &o.name,
                    kind = Saying::from(org_kind(o.kind)),
                    device = device,
                    person = person,
                    role = of,
                    print = print,
                ),
            ),
            None => Form::new(
                say!("join-certify-title", device = device),
                say!("join-certify-what", device = device, person = person, role = of, print = print),
            )
            .text("join-certificate", MAX_PATH, "join-certificate-hint"),
        };
        Self::Sign(read, form)
    }

    pub(crate) fn form(&self) -> &Form {
        match self {
            Join::Invite(f) | Join::Request(f) | Join::Sign(_, f) => f,
        }
    }

    pub(crate) fn form_mut(&mut self) -> &mut Form {
        match self {
            Join::Invite(f) | Join::Request(f) | Join::Sign(_, f) => f,
        }
    }

    /// What the form is sent for. The error names the field to go to.
    pub(crate) fn asked(&self) -> Result<Asked, Wrong> {
        let path = || self.form().typed_if_any(0).ok_or_else(|| (0, "join-no-file".into()));
        match self {
            Join::Invite(_) => path().map(Asked::Invite),
            Join::Request(_) => path().map(Asked::Read),
            Join::Sign(j, _) if j.request.org.is_some() => Ok(Asked::Admit(j.line.clone())),
            Join::Sign(j, _) => Ok(Asked::Certify(j.line.clone(), path()?)),
        }
    }
}
