//! Asking other organisations for a patient's record, and what they answered.

use crate::node::api::{Fault, Saved};

use super::{
    super::{
        keymap::Action,
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        requests::{Asked, RequestsPage},
        rights_calls::RightsCall,
        words::say,
    },
    form, go, moved, open_chart, settle, subject,
};

fn page(model: &mut Model) -> Option<&mut RequestsPage> {
    match model.page()? {
        Page::Requests(r) => Some(r),
        _ => None,
    }
}

/// Opens the list, for the patient who is on the screen.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if page(model).is_some() {
        return Vec::new();
    }
    let subject = subject::take(model);
    go(model, Page::Requests(Box::new(RequestsPage::new(subject))))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    match action {
        Action::Back => return subject::back(model),
        Action::Reload => return vec![model.ask(Call::Rights(RightsCall::Requests))],
        Action::Ask => r.form = Some(r.ask_form()),
        Action::Accept => {
            let row = r.rows().get(r.selected).map(|row| row.patient);
            let open = row.zip(r.asked.ready()).map(|(id, asked)| (id, asked.name(id)));
            if let Some((id, name)) = open {
                return open_chart(model, id, &name);
            }
        }
        moving => r.selected = moved(r.selected, r.rows().len(), moving),
    }
    Vec::new()
}

/// Asks for what the form says.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some((r, f)) = page(model).and_then(|r| Some((&*r, r.form.as_ref()?))) else { return Vec::new() };
    match r.ask(f) {
        Ok((patient, ask)) => {
            form::sending(model, true);
            vec![model.ask(Call::Rights(RightsCall::Request(patient, ask)))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn sent(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(saved) => {
            if let Some(r) = page(model) {
                (r.form, r.selected) = (None, 0);
            }
            model.say(Tone::Good, say!("notice-asked", seq = saved.seq));
            vec![model.ask(Call::Rights(RightsCall::Requests))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn listed(model: &mut Model, result: Result<Asked, Fault>) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    let selected = r.rows().get(r.selected).map(|row| row.block);
    let fault = settle(&mut r.asked, result);
    if let Load::Ready(asked) = &r.asked {
        // Who reads on is not moved away by what comes in.
        let same = selected.and_then(|block| asked.rows.iter().position(|row| row.block == block));
        r.selected = same.unwrap_or_else(|| moved(r.selected, asked.rows.len(), Action::Reload));
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}
