//! A patient's chart.

use crate::{
    core::id::PatientId,
    node::api::{Fault, Saved},
};

use super::{
    super::{
        forms::VisitForm,
        keymap::Action,
        listed::listed,
        model::{ChartPage, ConsentPage, Load, Model, Page, Tone},
        msg::{Call, Effect, Opened},
        words::say,
    },
    go, moved, open_chart, set_page, settle,
};

/// Takes the chart out of its page, which the caller replaces at once.
pub(super) fn take(model: &mut Model) -> Option<Box<ChartPage>> {
    let page = model.page()?;
    match std::mem::replace(page, Page::Patients) {
        Page::Chart(c)
        | Page::Visit(c, _)
        | Page::Consent(c, _)
        | Page::Conflict(c, _)
        | Page::Correct(c, _)
        | Page::History(c, _)
        | Page::Ending(c, _)
        | Page::Vitals(c, _)
        | Page::Growth(c, _)
        | Page::Attachments(c, _) => Some(c),
        other => {
            *page = other;
            None
        }
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(c) = model.chart() else { return Vec::new() };
    match action {
        Action::Back => go(model, Page::Patients),
        Action::Reload => {
            let (id, name) = (c.id, c.name.clone());
            open_chart(model, id, &name)
        }
        Action::NewVisit => {
            let form = VisitForm::new(c.draft.as_ref());
            if form.restored {
                let words = say!("notice-draft-restored", name = &c.name);
                model.say(Tone::Info, words);
            }
            match take(model) {
                Some(c) => set_page(model, Page::Visit(c, Box::new(form)), Vec::new()),
                None => Vec::new(),
            }
        }
        Action::Decide => super::conflict::open(model),
        Action::CorrectWho => super::correcting::open_who(model),
        Action::CorrectVisit => super::correcting::open_visit(model),
        Action::Strike => super::striking::open(model),
        Action::EndItem => super::ending::open(model),
        Action::History => super::correcting::history(model, false),
        Action::WhoHistory => super::correcting::history(model, true),
        Action::Vitals => super::vitals::open(model),
        Action::Growth => super::growth::open(model),
        Action::Attachments => super::attachments::open(model),
        Action::Unarchive => match c.chart.ready() {
            Some(chart) if chart.shelved.since.is_some() => {
                let call = Call::Unarchive(c.id);
                vec![model.ask(call)]
            }
            _ => Vec::new(),
        },
        Action::BreakGlass => super::emergency::ask(model),
        Action::OpenConsent => match take(model) {
            Some(c) => go(model, Page::Consent(c, Box::<ConsentPage>::default())),
            None => Vec::new(),
        },
        Action::ReadOn => {
            c.turned += 1;
            Vec::new()
        }
        moving => {
            c.turned = 0;
            c.selected = moved(c.selected, c.chart.ready().map_or(0, |chart| listed(chart).len()), moving);
            Vec::new()
        }
    }
}

pub(super) fn unarchived(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some(c) = model.chart().filter(|c| c.id == id) else { return Vec::new() };
    match result {
        Ok(saved) => {
            if let Load::Ready(chart) = &mut c.chart {
                chart.shelved.since = None;
            }
            let words = say!("notice-unarchived", name = &c.name, seq = saved.seq);
            model.say(Tone::Good, words);
        }
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}

pub(super) fn opened(model: &mut Model, id: PatientId, result: Result<Opened, Fault>) -> Vec<Effect> {
    let Some(c) = model.chart().filter(|c| c.id == id) else { return Vec::new() };
    let result = result.map(|o| {
        (c.draft, c.known, c.stale) = (o.draft, o.known, false);
        o.chart
    });
    let fault = settle(&mut c.chart, result);
    if let Load::Ready(chart) = &c.chart {
        c.name.clone_from(&chart.patient.name);
        c.selected = moved(c.selected, listed(chart).len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}
