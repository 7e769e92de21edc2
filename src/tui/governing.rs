//! The own organisation's terminals, what the consortium is to decide, and the form of a new person.

use crate::{
    core::{
        governance::Role,
        id::{DeviceId, ProposalId},
    },
    node::api::{LostView, Passphrase, PeerRow, ProposalRow},
};

use super::{
    admin_calls::{NewStaff, Overview},
    form::{Form, Wrong},
    joining::Join,
    model::Load,
    proposing::Propose,
    words::{Saying, role, say},
};

/// The most characters of a login name, and of a person's.
const NAME: usize = 80;

/// The screen.
#[derive(Debug)]
pub(crate) struct GovernPage {
    pub(crate) view: Load<Overview>,
    /// The cursor is among what is to be decided.
    pub(crate) deciding: bool,
    /// The line among terminals, and among what is to be decided.
    pub(crate) terminal: usize,
    pub(crate) proposal: usize,
    pub(crate) dialog: GovernDialog,
}

/// What is open over it.
#[derive(Debug)]
pub(crate) enum GovernDialog {
    None,
    /// Suspend this terminal?
    Lose(DeviceId, String),
    /// What it alone may hold.
    Lost(LostView),
    /// Say yes to this?
    Approve(ProposalId, String),
    /// End the round?
    Void,
    /// An invitation, or a newcomer's request.
    Join(Box<Join>),
    /// Something is proposed.
    Propose(Box<Propose>),
    /// The node is writing.
    Writing,
}

impl Default for GovernPage {
    fn default() -> Self {
        let view = Load::Loading;
        Self { view, deciding: false, terminal: 0, proposal: 0, dialog: GovernDialog::None }
    }
}

impl GovernPage {
    /// Terminals of the organisation of this name, but the one that this is.
    pub(crate) fn own<'a>(&'a self, org: &str) -> Vec<&'a PeerRow> {
        let all = self.view.ready().map_or(&[][..], |v| &v.terminals);
        all.iter().filter(|t| t.org == org).collect()
    }

    pub(crate) fn proposals(&self) -> &[ProposalRow] {
        self.view.ready().map_or(&[], |v| &v.proposals)
    }

    /// A question that is answered yes or no.
    pub(crate) fn asks(&self) -> bool {
        matches!(self.dialog, GovernDialog::Lose(..) | GovernDialog::Approve(..) | GovernDialog::Void)
    }
}

/// Who isn't an admin reads who is meant.
pub(crate) fn not_admin(own: Role) -> Option<Saying> {
    (own != Role::Admin).then(|| say!("govern-not-yours", role = Saying::from(role(own))))
}

/// The form of a person who is to sign in here.
pub(crate) fn staff_form(own: Role) -> Form {
    Form::new("staff-title", "staff-what")
        .warn(not_admin(own))
        .text("staff-login", NAME, "staff-login-hint")
        .text("people-name", NAME, "staff-name-hint")
        // Most are nurses.
        .choice("people-role", Role::ALL.map(|(r, _)| role(r).into()).to_vec())
        .with(Role::ALL.iter().position(|(r, _)| *r == Role::Nurse).unwrap_or(0))
        .secret("staff-passphrase")
        .secret("staff-again")
}

/// The person whom the form describes. The passphrases leave the form with this. The error names the field to go to.
pub(crate) fn new_staff(form: &mut Form) -> Result<NewStaff, Wrong> {
    for (field, words) in [(0, "staff-no-login"), (1, "staff-no-name")] {
        if form.typed(field).is_empty() {
            return Err((field, words.into()));
        }
    }
    let (login, name) = (form.typed(0).to_owned(), form.typed(1).to_owned());
    let role = Role::ALL[form.chosen(2) % Role::ALL.len()].0;
    let (first, second) = (Passphrase(form.take_secret(3)), Passphrase(form.take_secret(4)));
    if first != second {
        return Err((3, "staff-differs".into()));
    }
    Ok(NewStaff { login, name, role, passphrase: first })
}
