//! The emergency summary, cards that are lost, and passing on what this organisation was allowed.

use crate::{
    core::id::PatientId,
    node::api::{Fault, Saved, SummaryRow},
};

use super::{
    super::{
        forms::GrantForm,
        keymap::Action,
        model::{Dialog, Model, Page, Tone},
        msg::{Call, Effect},
        patient_forms::PatientForm,
        rights_calls::RightsCall,
    },
    form,
};

/// Opens what this action is for.
pub(super) fn open(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = model.status.as_ref().and_then(|s| s.open.as_ref()).map(|o| o.org_id);
    let now = model.now;
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let id = chart.id;
    match action {
        // What is known is read first, and reading it is recorded.
        Action::WriteSummary => {
            c.dialog = Dialog::Writing;
            return vec![model.ask(Call::Rights(RightsCall::ReadSummary(id)))];
        }
        Action::RevokeCards => c.dialog = Dialog::Patient(Box::new(PatientForm::revoke_cards(&chart.name))),
        _ => {
            let view = c.view.ready();
            let row = view.and_then(|v| v.grants.get(c.selected)).filter(|r| r.standing.ended.is_none());
            let ours = row.filter(|r| r.standing.grant.delegable && Some(r.standing.grant.to.org()) == own);
            let others = view.map_or_else(Vec::new, |v| v.others.clone());
            match ours.map(|r| GrantForm::under(others, &r.standing.grant, now)) {
                Some(Some(form)) => c.dialog = Dialog::Grant(form),
                Some(None) => model.say(Tone::Warning, "notice-no-other-org"),
                None => model.say(Tone::Warning, "notice-not-ours-to-pass-on"),
            }
        }
    }
    Vec::new()
}

pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let Dialog::Patient(p) = &c.dialog else { return Vec::new() };
    let call = p.call(chart.id);
    form::sending(model, true);
    vec![model.ask(Call::Rights(call))]
}

/// What is kept already: the form begins with it.
pub(super) fn read(model: &mut Model, id: PatientId, result: Result<Vec<SummaryRow>, Fault>) -> Vec<Effect> {
    let own = model.status.as_ref().and_then(|s| s.open.as_ref()).map_or_else(String::new, |o| o.org.clone());
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    if chart.id != id {
        return Vec::new();
    }
    match result {
        Ok(rows) => {
            let form = PatientForm::summary(&chart.name, &rows, &own, chart.chart.ready());
            c.dialog = Dialog::Patient(Box::new(form));
        }
        Err(fault) => {
            c.dialog = Dialog::None;
            model.fail(&fault);
        }
    }
    Vec::new()
}

pub(super) fn kept(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(saved) => {
            let Some(c) = model.consent() else { return Vec::new() };
            let Dialog::Patient(p) = std::mem::replace(&mut c.dialog, Dialog::None) else {
                return Vec::new();
            };
            model.say(Tone::Good, p.done(&saved));
            vec![model.ask(Call::Consent(id))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
