//! Key slots: changing one's passphrase, codes for paper, taking a way in away.

use crate::node::api::{Fault, SlotRow};

use super::{
    super::{
        desk_calls::DeskCall,
        keymap::Action,
        keyslots::{KeysDialog, KeysPage, Shown, own_form, reset_form, twice},
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    form, go, moved, proof, settle,
};

fn page(model: &mut Model) -> Option<&mut KeysPage> {
    match model.page()? {
        Page::Keys(k) => Some(k),
        _ => None,
    }
}

fn open(model: &mut Model, dialog: KeysDialog) {
    if let Some(k) = page(model) {
        k.dialog = dialog;
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(k) = page(model) else { return Vec::new() };
    if k.shown().is_some() {
        // Gone for ever: only whoever says that it is on paper closes it.
        if action == Action::Yes {
            k.dialog = KeysDialog::None;
            model.say(Tone::Good, "notice-code-kept");
        }
        return Vec::new();
    }
    let login = k.listed().get(k.selected).map(|r| r.login.clone());
    match action {
        Action::Back => return go(model, Page::Patients),
        Action::Reload => return vec![model.ask(Call::Desk(DeskCall::Slots))],
        Action::Passphrase => k.dialog = KeysDialog::Own(Box::new(own_form())),
        Action::RecoveryCode => k.dialog = KeysDialog::Sure,
        Action::OrgKit => {
            if proof::first(model, action) {
                return Vec::new();
            }
            open(model, KeysDialog::Writing);
            return vec![model.ask(Call::Desk(DeskCall::Kit))];
        }
        Action::ResetPassphrase | Action::RemoveSlot => match login {
            Some(Some(login)) if action == Action::RemoveSlot => k.dialog = KeysDialog::Remove(login),
            Some(Some(login)) => {
                let form = reset_form(&login);
                k.dialog = KeysDialog::Reset(login, Box::new(form));
            }
            Some(None) => model.say(Tone::Warning, "notice-slot-foreign"),
            None => {}
        },
        moving => k.selected = moved(k.selected, k.listed().len(), moving),
    }
    Vec::new()
}

/// Sets the passphrase that was typed. One's own asks for the old one; another's for one's PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(k) = page(model) else { return Vec::new() };
    if matches!(k.dialog, KeysDialog::Reset(..)) && proof::first(model, Action::Save) {
        return Vec::new();
    }
    let Some(k) = page(model) else { return Vec::new() };
    let call = match &mut k.dialog {
        KeysDialog::Own(f) => twice(f, 1).map(|new| {
            let old = crate::node::api::Passphrase(f.take_secret(0));
            DeskCall::Passphrase(old, new)
        }),
        KeysDialog::Reset(login, f) => twice(f, 0).map(|new| DeskCall::Reset(login.clone(), new)),
        _ => return Vec::new(),
    };
    match call {
        Ok(call) => {
            form::sending(model, true);
            vec![model.ask(Call::Desk(call))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

/// Answers "take their way in away?" and "make another recovery code?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(k) = page(model) else { return Vec::new() };
    let call = match &k.dialog {
        KeysDialog::Remove(login) => DeskCall::RemoveSlot(login.clone()),
        KeysDialog::Sure => DeskCall::RecoveryCode,
        _ => return Vec::new(),
    };
    if action != Action::Yes {
        k.dialog = KeysDialog::None;
        return Vec::new();
    }
    if proof::first(model, Action::Yes) {
        return Vec::new();
    }
    open(model, KeysDialog::Writing);
    vec![model.ask(Call::Desk(call))]
}

pub(super) fn listed(model: &mut Model, result: Result<Vec<SlotRow>, Fault>) -> Vec<Effect> {
    let Some(k) = page(model) else { return Vec::new() };
    let fault = settle(&mut k.rows, result);
    if let Load::Ready(rows) = &k.rows {
        k.selected = moved(k.selected, rows.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// A passphrase was set or a slot removed, or not: what was typed into a form is typed again then.
pub(super) fn changed(model: &mut Model, result: Result<(), Fault>, words: &'static str) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(()) => {
            open(model, KeysDialog::None);
            model.say(Tone::Good, words);
        }
        Err(fault) => {
            if let Some(f) = model.form() {
                f.focus = 0;
            } else {
                open(model, KeysDialog::None);
            }
            model.fail(&fault);
        }
    }
    vec![model.ask(Call::Desk(DeskCall::Slots))]
}

/// A code for paper was made, or not. It is shown where it was asked for and nowhere else.
pub(super) fn made(model: &mut Model, result: Result<Shown, Fault>) -> Vec<Effect> {
    match result {
        Ok(shown) if page(model).is_some() => open(model, KeysDialog::Shown(shown)),
        Ok(_) => model.say(Tone::Warning, say!("notice-code-unseen")),
        Err(fault) => {
            open(model, KeysDialog::None);
            model.fail(&fault);
        }
    }
    vec![model.ask(Call::Desk(DeskCall::Slots))]
}
