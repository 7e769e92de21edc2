//! Ordering that a patient's keys be destroyed, and sealing this terminal anew for it.

use crate::node::api::{ErasureRow, Fault, Saved, Working};

use super::{
    super::{
        desk_calls::DeskCall,
        erasing::{ErasuresPage, Sealing},
        keymap::Action,
        model::{Load, Model, Page, Room, Tone},
        msg::{Call, Effect},
        rights_calls::RightsCall,
        words::say,
    },
    form, go, moved, proof, settle, subject,
};

fn page(model: &mut Model) -> Option<&mut ErasuresPage> {
    match model.page()? {
        Page::Erasures(e) => Some(e),
        _ => None,
    }
}

/// Opens the list, for the patient who is on the screen.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if page(model).is_some() {
        return Vec::new();
    }
    let subject = subject::take(model);
    go(model, Page::Erasures(Box::new(ErasuresPage::new(subject))))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = match &model.room {
        Room::Inside(i) => i.who.role,
        Room::SignIn(_) | Room::Turn(_) => return Vec::new(),
    };
    let Some(e) = page(model) else { return Vec::new() };
    match action {
        Action::Back => return subject::back(model),
        Action::Reload => return vec![model.ask(Call::Rights(RightsCall::Erasures))],
        Action::OrderErasure => e.form = Some(e.order_form(own)),
        Action::SealAnew => e.sealing = Sealing::Asked,
        moving => e.selected = moved(e.selected, e.listed().len(), moving),
    }
    Vec::new()
}

/// Answers "seal this terminal anew now?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(e) = page(model) else { return Vec::new() };
    if action != Action::Yes {
        e.sealing = Sealing::No;
        return Vec::new();
    }
    if proof::first(model, Action::Yes) {
        return Vec::new();
    }
    if let Some(e) = page(model) {
        (e.sealing, e.far) = (Sealing::Running, None);
    }
    vec![model.ask(Call::Rights(RightsCall::CarryOut)), model.ask(Call::Desk(DeskCall::Working))]
}

/// How far sealing anew is.
pub(super) fn working(model: &mut Model, at: Option<Working>) -> Vec<Effect> {
    match page(model) {
        Some(e) if e.sealing == Sealing::Running => e.far = at,
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Desk(DeskCall::Working))]
}

/// Orders what the form says, after the PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some((e, f)) = page(model).and_then(|e| Some((&*e, e.form.as_ref()?))) else { return Vec::new() };
    match e.order(f) {
        Ok(_) if proof::first(model, Action::Save) => Vec::new(),
        Ok((patient, reason, reference)) => {
            form::sending(model, true);
            vec![model.ask(Call::Rights(RightsCall::Erase(patient, reason, reference)))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn ordered(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(saved) => {
            if let Some(e) = page(model) {
                // What was read of this patient is not kept on the screen either.
                (e.form, e.subject, e.selected) = (None, None, 0);
            }
            model.say(Tone::Good, say!("notice-erasure-ordered", seq = saved.seq));
            vec![model.ask(Call::Rights(RightsCall::Erasures))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn carried_out(model: &mut Model, result: Result<u64, Fault>) -> Vec<Effect> {
    if let Some(e) = page(model) {
        e.sealing = Sealing::No;
    }
    match result {
        Ok(0) => model.say(Tone::Info, "notice-no-receipt-owed"),
        Ok(n) => model.say(Tone::Good, say!("notice-sealed-anew", n = n)),
        Err(fault) => model.fail(&fault),
    }
    vec![model.ask(Call::Rights(RightsCall::Erasures))]
}

pub(super) fn listed(model: &mut Model, result: Result<Vec<ErasureRow>, Fault>) -> Vec<Effect> {
    let Some(e) = page(model) else { return Vec::new() };
    let selected = e.listed().get(e.selected).map(|row| row.order);
    let fault = settle(&mut e.rows, result);
    if let Load::Ready(rows) = &e.rows {
        let same = selected.and_then(|order| rows.iter().position(|row| row.order == order));
        e.selected = same.unwrap_or_else(|| moved(e.selected, rows.len(), Action::Reload));
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}
