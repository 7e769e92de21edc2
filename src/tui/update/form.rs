//! Filling in a form, whichever screen opened it.

use super::{
    super::{
        form::Wrong,
        governing::GovernDialog,
        health::BackingUp,
        keymap::Action,
        keyslots::KeysDialog,
        meeting::Work,
        model::{Dialog, Model, Page, PeopleDialog, Tone},
        msg::Effect,
        retention::KeepDialog,
    },
    attachments, card, erasing, health, inviting, joining, keyslots, ledger, limiting, mesh, papers,
    patient_forms, people, proposing, requests, retention, sharing, striking, twice,
};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Save => return save(model),
        Action::Back => leave(model),
        _ => {
            let Some(f) = model.form() else { return Vec::new() };
            match action {
                Action::NextField => f.step(true),
                Action::PrevField => f.step(false),
                Action::Choose if !f.choose(true) => f.insert(" "),
                Action::Edit(edit) => f.edit(edit),
                _ => {}
            }
        }
    }
    Vec::new()
}

fn save(model: &mut Model) -> Vec<Effect> {
    match model.page() {
        Some(Page::Chart(_)) => striking::send(model),
        Some(Page::Requests(_)) => requests::send(model),
        Some(Page::Share(_)) => sharing::send(model),
        Some(Page::Twice(_)) => twice::send(model),
        Some(Page::Papers(_)) => papers::send(model),
        Some(Page::Card(_)) => card::send(model),
        Some(Page::Attachments(..)) => attachments::send(model),
        Some(Page::Erasures(_)) => erasing::send(model),
        Some(Page::Consent(_, c)) => match c.dialog {
            Dialog::Patient(_) => patient_forms::send(model),
            _ => limiting::send(model),
        },
        Some(Page::People(_)) => people::add(model),
        Some(Page::Keys(_)) => keyslots::send(model),
        Some(Page::Retention(_)) => retention::send(model),
        Some(Page::Health(_)) => health::send(model),
        Some(Page::Invite(_)) => inviting::send(model),
        Some(Page::Govern(g)) => match g.dialog {
            GovernDialog::Propose(_) => proposing::send(model),
            _ => joining::send(model),
        },
        Some(Page::Mesh(_)) => mesh::send(model),
        Some(Page::Ledger(_)) => ledger::send_proof(model),
        _ => Vec::new(),
    }
}

/// Closes the form; what was typed is gone.
fn leave(model: &mut Model) {
    match model.page() {
        Some(Page::Chart(c)) => c.striking = None,
        Some(Page::Requests(r)) => r.form = None,
        Some(Page::Share(s)) => s.form = None,
        Some(Page::Twice(t)) => t.form = None,
        Some(Page::Papers(p)) => p.form = None,
        Some(Page::Card(c)) => c.ask_paper(None),
        Some(Page::Attachments(_, p)) => p.leave_form(),
        Some(Page::Erasures(e)) => e.form = None,
        Some(Page::Consent(_, c)) => c.dialog = Dialog::None,
        Some(Page::Govern(g)) => g.dialog = GovernDialog::None,
        Some(Page::Mesh(m)) => m.work = Work::None,
        Some(Page::Ledger(l)) => l.prove = None,
        Some(Page::Keys(k)) => k.dialog = KeysDialog::None,
        Some(Page::Retention(r)) => r.dialog = KeepDialog::None,
        Some(Page::Health(h)) => h.backup = BackingUp::No,
        Some(Page::Invite(p)) => p.form = None,
        Some(Page::People(p)) => p.dialog = PeopleDialog::None,
        _ => {}
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(f) = model.form() {
        f.insert(text);
    }
    Vec::new()
}

/// Goes to the field that is wrong and says why.
pub(super) fn wrong(model: &mut Model, (field, words): Wrong) -> Vec<Effect> {
    if let Some(f) = model.form() {
        f.focus = field;
    }
    model.say(Tone::Danger, words);
    Vec::new()
}

/// The node is at work on the form, or no longer.
pub(super) fn sending(model: &mut Model, sending: bool) {
    if let Some(f) = model.form() {
        f.sending = sending;
    }
}
