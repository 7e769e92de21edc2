//! Taking back what a patient allowed.

use crate::{
    core::id::PatientId,
    node::api::{Fault, Saved},
};

use super::{
    super::{
        keymap::Action,
        limiting::Limit,
        model::{Dialog, Model, Page, Tone},
        msg::{Call, Effect},
        rights_calls::RightsCall,
        words::say,
    },
    form, proof,
};

/// Opens the form for this action.
pub(super) fn open(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let Some(view) = c.view.ready() else { return Vec::new() };
    let row = view.grants.get(c.selected).filter(|r| r.standing.ended.is_none());
    let name = &chart.name;
    let limit = match (action, row) {
        (Action::Narrow, Some(row)) => Limit::narrow(row, name),
        (Action::EndGrant, Some(row)) => Limit::revoke(row, name),
        (Action::StopAll, _) if view.grants.iter().any(|r| r.standing.ended.is_none()) => {
            Limit::stop_all(name)
        }
        (Action::Summary, _) => Limit::summary(view.emergency, name),
        _ => {
            model.say(Tone::Warning, "notice-select-grant");
            return Vec::new();
        }
    };
    c.dialog = Dialog::Limit(Box::new(limit));
    Vec::new()
}

pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let Dialog::Limit(limit) = &c.dialog else { return Vec::new() };
    let (id, gives) = (chart.id, limit.gives());
    match limit.change() {
        // What only takes away asks for no PIN.
        Ok(_) if gives && proof::first(model, Action::Save) => Vec::new(),
        Ok((change, guardian)) => {
            form::sending(model, true);
            vec![model.ask(Call::Rights(RightsCall::Change(id, change, guardian)))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn changed(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(saved) => {
            if let Some(c) = model.consent() {
                c.dialog = Dialog::None;
            }
            let words = say!("notice-consent-changed", seq = saved.seq, block = saved.block.short());
            model.say(Tone::Good, words);
            vec![model.ask(Call::Consent(id))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
