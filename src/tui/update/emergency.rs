//! Opening a record in an emergency, and reviewing what others opened.

use crate::{
    core::{
        id::PatientId,
        rights::{Reason, Verdict},
    },
    node::api::{EmergencyChart, EmergencyRow, Fault, ReviewAsk, Saved},
};

use super::{
    super::{
        forms::{GlassForm, ReviewForm},
        keymap::Action,
        model::{EmergencyPage, Load, Model, Page, Tone},
        msg::{Call, Effect},
    },
    go, moved, proof, set_page, settle,
};

/// Opens the form over a chart that may not be read.
pub(super) fn ask(model: &mut Model) -> Vec<Effect> {
    if let Some(c) = model.chart() {
        c.glass = Some(GlassForm::default());
    }
    Vec::new()
}

pub(super) fn act_glass(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(c) = model.chart() else { return Vec::new() };
    let id = c.id;
    let Some(f) = &mut c.glass else { return Vec::new() };
    match action {
        Action::Back => c.glass = None,
        Action::NextField | Action::PrevField => f.on_note = !f.on_note,
        Action::Choose if f.on_note => {
            f.note.insert(" ");
        }
        Action::Choose => f.choose(true),
        Action::ChooseBack if !f.on_note => f.choose(false),
        Action::Edit(edit) if f.on_note => {
            f.note.edit(edit);
        }
        Action::Save if f.reason() == Reason::Other && f.note.text().trim().is_empty() => {
            f.on_note = true;
            model.say(Tone::Warning, "notice-say-why");
        }
        Action::Save => {
            if proof::first(model, Action::Save) {
                return Vec::new();
            }
            let Some(f) = model.chart().and_then(|c| c.glass.as_mut()) else { return Vec::new() };
            f.sending = true;
            let call = Call::BreakGlass(id, f.reason(), f.note.text().to_owned());
            return vec![model.ask(call)];
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_glass(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(f) = model.chart().and_then(|c| c.glass.as_mut()).filter(|f| f.on_note) {
        f.note.insert(text);
    }
    Vec::new()
}

/// The record was opened, or not.
pub(super) fn opened(model: &mut Model, id: PatientId, result: Result<EmergencyChart, Fault>) -> Vec<Effect> {
    match (result, model.page()) {
        (Ok(chart), Some(page)) => {
            let name = match page {
                Page::Chart(c) if c.id == id => c.name.clone(),
                Page::Emergency(e) if e.chart.patient == id => e.name.clone(),
                _ => return Vec::new(),
            };
            let until = model.now + chart.left;
            let page =
                Page::Emergency(Box::new(EmergencyPage { name, chart, until, selected: 0, turned: 0 }));
            model.say(Tone::Warning, "notice-glass-recorded");
            set_page(model, page, Vec::new())
        }
        (Err(fault), page) => {
            if let Some(Page::Chart(c)) = page
                && let Some(f) = &mut c.glass
            {
                f.sending = false;
            }
            model.fail(&fault);
            Vec::new()
        }
        (Ok(_), None) => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Emergency(e)) = model.page() else { return Vec::new() };
    match action {
        Action::Back => return go(model, Page::Patients),
        Action::Reload => {
            let call = Call::Emergency(e.chart.patient);
            return vec![model.ask(call)];
        }
        Action::ReadOn => e.turned += 1,
        moving => {
            e.turned = 0;
            e.selected = moved(e.selected, e.chart.visits.len(), moving);
        }
    }
    Vec::new()
}

pub(super) fn act_reviews(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = match &model.room {
        super::super::model::Room::Inside(i) => i.who.name.clone(),
        super::super::model::Room::SignIn(_) | super::super::model::Room::Turn(_) => {
            return Vec::new();
        }
    };
    let Some(Page::Reviews(r)) = model.page() else { return Vec::new() };
    match action {
        Action::Back => return go(model, Page::Patients),
        Action::Reload => return vec![model.ask(Call::Reviews)],
        Action::Justified | Action::Unjustified => {
            let verdict = if action == Action::Justified { Verdict::Justified } else { Verdict::Unjustified };
            let row = r.rows.ready().and_then(|rows| rows.get(r.selected));
            match row.map(|row| (row.block, row.ours, row.staff == own)) {
                Some((_, _, true)) => {
                    model.say(Tone::Warning, "notice-review-own");
                }
                Some((of, true, _)) => r.form = Some(ReviewForm::new(of, verdict)),
                Some((_, false, _)) => model.say(Tone::Warning, "notice-review-other-org"),
                None => {}
            }
        }
        moving => r.selected = moved(r.selected, r.rows.ready().map_or(0, Vec::len), moving),
    }
    Vec::new()
}

pub(super) fn act_review(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Reviews(r)) = model.page() else { return Vec::new() };
    let Some(f) = &mut r.form else { return Vec::new() };
    match action {
        Action::Back => r.form = None,
        Action::NextField | Action::PrevField => f.on_told = !f.on_told,
        Action::Choose if f.on_told => f.told = !f.told,
        Action::Choose => {
            f.note.insert(" ");
        }
        Action::Edit(edit) if !f.on_told => {
            f.note.edit(edit);
        }
        Action::Save => {
            if proof::first(model, Action::Save) {
                return Vec::new();
            }
            let Some(Page::Reviews(r)) = model.page() else { return Vec::new() };
            let Some(f) = &mut r.form else { return Vec::new() };
            f.sending = true;
            let ask = ReviewAsk { verdict: f.verdict, told: f.told, note: f.note.text().to_owned() };
            let call = Call::Review(f.of, ask);
            return vec![model.ask(call)];
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_review(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(Page::Reviews(r)) = model.page()
        && let Some(f) = r.form.as_mut().filter(|f| !f.on_told)
    {
        f.note.insert(text);
    }
    Vec::new()
}

pub(super) fn listed(model: &mut Model, result: Result<Vec<EmergencyRow>, Fault>) -> Vec<Effect> {
    let Some(Page::Reviews(r)) = model.page() else { return Vec::new() };
    let fault = settle(&mut r.rows, result);
    if let Load::Ready(rows) = &r.rows {
        r.selected = moved(r.selected, rows.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn reviewed(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some(Page::Reviews(r)) = model.page() else { return Vec::new() };
    match result {
        Ok(_) => {
            r.form = None;
            model.say(Tone::Good, "notice-reviewed");
            vec![model.ask(Call::Reviews), model.ask(Call::Status)]
        }
        Err(fault) => {
            if let Some(f) = &mut r.form {
                f.sending = false;
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}
