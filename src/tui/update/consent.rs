//! What a patient allows: granting and ending it.

use crate::{
    core::id::{GrantId, PatientId},
    node::api::{ConsentView, Fault, Saved},
};

use super::{
    super::{
        forms::{GrantField, GrantForm},
        keymap::Action,
        model::{Dialog, Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::{Words, relation, say},
    },
    card, chart, limiting, moved, patient_forms, proof, set_page, settle,
};

/// So many of those who read are gone back or forth.
const READERS: usize = 4;

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let id = chart.id;
    match action {
        Action::Back => {
            return match chart::take(model) {
                Some(chart) => set_page(model, Page::Chart(chart), Vec::new()),
                None => Vec::new(),
            };
        }
        Action::Reload => return vec![model.ask(Call::Consent(id))],
        Action::Grant => match c.view.ready().and_then(|v| GrantForm::new(v.others.clone())) {
            Some(form) => c.dialog = Dialog::Grant(form),
            None => model.say(Tone::Warning, "notice-no-other-org"),
        },
        Action::Narrow | Action::EndGrant | Action::StopAll | Action::Summary => {
            return limiting::open(model, action);
        }
        Action::WriteSummary | Action::RevokeCards | Action::PassOn => {
            return patient_forms::open(model, action);
        }
        Action::NewCard | Action::ReplaceCard => return card::new(model, action),
        Action::StopSharing => {
            let row = c.view.ready().and_then(|v| v.grants.get(c.selected));
            match row {
                Some(row) if row.standing.ended.is_none() => {
                    c.dialog = Dialog::Stop { org: row.standing.grant.to.org(), name: row.org.clone() };
                }
                _ => model.say(Tone::Warning, "notice-select-grant"),
            }
        }
        Action::PageDown => {
            let last = c.view.ready().map_or(0, |v| v.accesses.len().saturating_sub(1));
            c.readers = (c.readers + READERS).min(last / READERS * READERS);
        }
        Action::PageUp => c.readers = c.readers.saturating_sub(READERS),
        moving => c.selected = moved(c.selected, c.view.ready().map_or(0, |v| v.grants.len()), moving),
    }
    Vec::new()
}

pub(super) fn act_grant(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let id = chart.id;
    let Dialog::Grant(f) = &mut c.dialog else { return Vec::new() };
    match action {
        Action::Back => c.dialog = Dialog::None,
        Action::NextField => f.step(true),
        Action::PrevField => f.step(false),
        Action::Choose if f.focus == GrantField::Guardian => {
            f.typed |= f.guardian.insert(" ");
        }
        Action::Choose => f.choose(true),
        Action::ChooseBack => f.choose(false),
        Action::Edit(edit) => {
            f.typed |= f.text().is_some_and(|input| input.edit(edit));
        }
        Action::Save => match f.ask() {
            Ok(ask) => {
                if proof::first(model, Action::Save) {
                    return Vec::new();
                }
                if let Some(c) = model.consent()
                    && let Dialog::Grant(f) = &mut c.dialog
                {
                    f.sending = true;
                }
                return vec![model.ask(Call::Grant(id, ask))];
            }
            Err((field, words)) => {
                f.focus = field;
                model.say(Tone::Danger, words);
            }
        },
        _ => {}
    }
    Vec::new()
}

/// Proposes who decides by the record, once for each form that asks for it: what they are, in these words. Not their name: what
/// a consent says is read by every member.
pub(super) fn propose(model: &mut Model, words: &Words) {
    let Some(Page::Consent(chart, c)) = model.page() else { return };
    let input = match &mut c.dialog {
        Dialog::Grant(f) => Some(&mut f.guardian),
        Dialog::Limit(l) => l.guardian(),
        Dialog::Patient(p) => p.guardian(),
        Dialog::None | Dialog::Stop { .. } | Dialog::Writing => None,
    };
    let Some(input) = input else {
        c.proposed = false;
        return;
    };
    if std::mem::replace(&mut c.proposed, true) || !input.is_empty() {
        return;
    }
    if let Some(row) = chart.decides() {
        input.insert(&words.text(relation(row.relation)));
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(c) = model.consent()
        && let Dialog::Grant(f) = &mut c.dialog
    {
        f.typed |= f.text().is_some_and(|input| input.insert(text));
    }
    Vec::new()
}

/// Answers "stop sharing?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    let Dialog::Stop { org, .. } = c.dialog else { return Vec::new() };
    if action != Action::Yes {
        c.dialog = Dialog::None;
        return Vec::new();
    }
    c.dialog = Dialog::Writing;
    let call = Call::StopSharing(chart.id, org);
    vec![model.ask(call)]
}

pub(super) fn loaded(model: &mut Model, id: PatientId, result: Result<ConsentView, Fault>) -> Vec<Effect> {
    let Some(Page::Consent(chart, c)) = model.page() else { return Vec::new() };
    if chart.id != id {
        return Vec::new();
    }
    let fault = settle(&mut c.view, result);
    if let Load::Ready(v) = &mut c.view {
        // What is in force is what somebody may want to end: it stands first.
        v.grants.sort_by_key(|g| g.standing.ended.is_some());
        c.selected = moved(c.selected, v.grants.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn granted(model: &mut Model, id: PatientId, result: Result<GrantId, Fault>) -> Vec<Effect> {
    let Some(c) = model.consent() else { return Vec::new() };
    let Dialog::Grant(f) = &mut c.dialog else { return Vec::new() };
    f.sending = false;
    match result {
        Ok(_) => {
            let words = say!("notice-granted", org = &f.orgs[f.org].1);
            c.dialog = Dialog::None;
            model.say(Tone::Good, words);
            vec![model.ask(Call::Consent(id))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn stopped(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    if let Some(c) = model.consent() {
        c.dialog = Dialog::None;
    }
    match result {
        Ok(saved) => {
            let words = say!("notice-stopped", seq = saved.seq, block = saved.block.short());
            model.say(Tone::Good, words);
            vec![model.ask(Call::Consent(id))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
