//! Who can open this terminal: passphrases and recovery codes, and the organisation's recovery kit.

use crate::node::api::{Code, OrgKit, Passphrase, SlotRow};

use super::{
    form::{Form, Wrong},
    model::Load,
    words::say,
};

/// The screen.
#[derive(Debug)]
pub(crate) struct KeysPage {
    pub(crate) rows: Load<Vec<SlotRow>>,
    pub(crate) selected: usize,
    pub(crate) dialog: KeysDialog,
}

/// What is open over it.
#[derive(Debug)]
pub(crate) enum KeysDialog {
    None,
    /// One's own passphrase is changed.
    Own(Box<Form>),
    /// Whoever has this login name gets another passphrase.
    Reset(String, Box<Form>),
    /// Take this one's way in away?
    Remove(String),
    /// Make another recovery code?
    Sure,
    /// What is shown once, until it is on paper.
    Shown(Shown),
    /// The node is writing.
    Writing,
}

/// A code for paper.
#[derive(Debug)]
pub(crate) enum Shown {
    /// One's own recovery code.
    Recovery(Code),
    /// The organisation's kit.
    Kit(Box<OrgKit>),
}

impl Default for KeysPage {
    fn default() -> Self {
        Self { rows: Load::Loading, selected: 0, dialog: KeysDialog::None }
    }
}

impl KeysPage {
    pub(crate) fn listed(&self) -> &[SlotRow] {
        self.rows.ready().map_or(&[], Vec::as_slice)
    }

    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.dialog {
            KeysDialog::Own(f) | KeysDialog::Reset(_, f) => Some(f),
            _ => None,
        }
    }

    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.dialog {
            KeysDialog::Own(f) | KeysDialog::Reset(_, f) => Some(f),
            _ => None,
        }
    }

    /// What is shown once.
    pub(crate) fn shown(&self) -> Option<&Shown> {
        match &self.dialog {
            KeysDialog::Shown(s) => Some(s),
            _ => None,
        }
    }
}

/// The form with which one changes one's own passphrase.
pub(crate) fn own_form() -> Form {
    let form = Form::new("slots-own-title", "slots-own-what").secret("slots-old");
    form.secret("slots-new").secret("staff-again")
}

/// The form of another passphrase for somebody who forgot theirs.
pub(crate) fn reset_form(login: &str) -> Form {
    let form = Form::new(say!("slots-reset-title", name = login), "slots-reset-what");
    form.secret("slots-new").secret("staff-again")
}

/// The new passphrase, typed twice from this field on. The error names the field to go to; what was typed is gone.
pub(crate) fn twice(form: &mut Form, first: usize) -> Result<Passphrase, Wrong> {
    let (one, two) = (Passphrase(form.take_secret(first)), Passphrase(form.take_secret(first + 1)));
    if one.0.is_empty() {
        return Err((first, "slots-no-new".into()));
    }
    if one != two { Err((first, "staff-differs".into())) } else { Ok(one) }
}
