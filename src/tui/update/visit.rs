//! Writing a visit. Nothing is said to be saved before the node says that it is durable.

use crate::{
    core::{
        id::PatientId,
        record::Observation,
        reference::{self, Ages},
    },
    node::api::{Fault, FaultKind, Saved},
};

use super::{
    super::{
        forms::{Ready, VisitField, VisitForm, VisitState},
        keymap::Action,
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::{Arg, Saying, bad_visit, say, usual, vital},
    },
    chart, finding, put_down, set_page,
};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.now;
    let Some(f) = model.visit() else { return Vec::new() };
    if let Some(said) = finding::act(f, action) {
        f.unkept = Some(now);
        if let Some((tone, words)) = said {
            model.say(tone, words);
        }
        return Vec::new();
    }
    match action {
        Action::Save => return save(model),
        Action::Back => {
            let effects = put_down(model);
            return match chart::take(model) {
                Some(c) => set_page(model, Page::Chart(c), effects),
                None => effects,
            };
        }
        Action::Newline if f.focus == VisitField::Note => {
            f.note.insert("\n");
            f.unkept = Some(now);
        }
        Action::NextField | Action::Newline => f.step(true),
        Action::PrevField => f.step(false),
        Action::Discard if f.draft().is_some() => f.state = VisitState::Discarding,
        Action::Discard => model.say(Tone::Info, "notice-nothing-typed"),
        Action::Edit(edit) if f.field().edit(edit) => f.unkept = Some(now),
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let now = model.now;
    if let Some(f) = model.visit() {
        if f.focus == VisitField::Found {
            f.found.insert(text);
        } else if f.field().insert(text) {
            f.unkept = Some(now);
        }
    }
    Vec::new()
}

fn save(model: &mut Model) -> Vec<Effect> {
    let (now, year, today) = (model.now, model.this_year(), model.today());
    let Some(Page::Visit(chart, f)) = model.page() else { return Vec::new() };
    let ages = chart.ages(i64::try_from(now).unwrap_or(i64::MAX));
    match f.check(now, &ages, year, today) {
        Err((field, bad)) => {
            f.focus = field;
            model.say(Tone::Danger, bad_visit(&bad));
            Vec::new()
        }
        Ok(Ready::Ask(strange)) => {
            let words = question(f, strange, &ages);
            model.say(Tone::Warning, words);
            Vec::new()
        }
        Ok(Ready::Write(draft)) => {
            f.state = VisitState::Saving;
            let call = Call::WriteVisit(chart.id, draft);
            vec![model.ask(call)]
        }
    }
}

/// Asks about unusual values, once each, and goes to the first of them. What is usual stands beside each field; for a single
/// value there is room for it here too.
pub(super) fn question(f: &mut VisitForm, strange: Vec<Observation>, ages: &Ages) -> Saying {
    if let Some(i) = (0..f.vitals.len())
        .find(|i| f.vital(*i).is_some_and(|o| o.is_ok_and(|o| Some(&o) == strange.first())))
    {
        f.focus = VisitField::Vital(i);
    }
    let one = |o: &Observation| {
        let label = Saying::from(vital(o.vital));
        say!("notice-measured", vital = label, value = Arg::Milli(o.milli), unit = o.vital.info().shown)
    };
    let words = match &strange[..] {
        [o] => {
            let usual = usual(&reference::usual(o.vital, ages.clone()));
            say!("notice-unusual-one", value = one(o), usual = usual)
        }
        all => say!("notice-unusual", values = all.iter().map(one).collect::<Vec<_>>()),
    };
    f.asked.extend(strange);
    words
}

/// Answers "discard this draft?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(Page::Visit(c, f)) = model.page() else { return Vec::new() };
    f.state = VisitState::Editing;
    if action != Action::Yes {
        return Vec::new();
    }
    **f = VisitForm::new(None);
    c.draft = None;
    let call = Call::KeepDraft(c.id, None);
    model.say(Tone::Info, "notice-discarded");
    vec![model.ask(call)]
}

pub(super) fn saved(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some(Page::Visit(c, f)) = model.page() else { return Vec::new() };
    if c.id != id || !f.saving() {
        return Vec::new();
    }
    let saved = match result {
        Ok(saved) => saved,
        Err(fault) => {
            f.state = VisitState::Editing;
            if fault.kind == FaultKind::Unreachable {
                // An answer that got lost says nothing about the visit.
                model.say(Tone::Danger, say!("notice-perhaps-saved", why = Saying::Node(fault.message)));
            } else {
                model.fail(&fault);
            }
            return Vec::new();
        }
    };
    c.draft = None;
    // The chart is shown with the new visit in it: what was read before is no longer the whole.
    (c.chart, c.selected) = (Load::Loading, 0);
    let block = saved.block.short();
    let words = say!("notice-visit-saved", seq = saved.seq, block = block, bytes = saved.bytes);
    model.say(Tone::Good, words);
    let effects = vec![model.ask(Call::KeepDraft(id, None)), model.ask(Call::Chart(id))];
    match chart::take(model) {
        Some(c) => set_page(model, Page::Chart(c), effects),
        None => effects,
    }
}
