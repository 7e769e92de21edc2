//! Deciding between versions of a record that were written apart.

use crate::{
    core::id::PatientId,
    node::api::{ConflictRow, Fault, FaultKind, Saved},
};

use super::{
    super::{
        conflict::{ConflictPage, Decision},
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    chart, moved, open_chart, proof, set_page, settle,
};

fn page(model: &mut Model) -> Option<(PatientId, &mut ConflictPage)> {
    match model.page()? {
        Page::Conflict(chart, p) => Some((chart.id, p)),
        _ => None,
    }
}

/// Opens the screen: the versions are read, which is recorded.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let conflicts = model.chart().and_then(|c| c.chart.ready()).map_or(0, |c| c.conflicts.len());
    if conflicts == 0 {
        model.say(Tone::Info, "notice-no-conflict");
        return Vec::new();
    }
    let Some(c) = chart::take(model) else { return Vec::new() };
    let call = Call::Conflicts(c.id);
    let effects = vec![model.ask(call)];
    set_page(model, Page::Conflict(c, Box::default()), effects)
}

pub(super) fn loaded(
    model: &mut Model,
    id: PatientId,
    result: Result<Vec<ConflictRow>, Fault>,
) -> Vec<Effect> {
    let Some((_, p)) = page(model).filter(|(of, _)| *of == id) else { return Vec::new() };
    let fault = settle(&mut p.rows, result);
    p.decision = p.rows.ready().and_then(|r| r.first()).map(Decision::new);
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some((id, p)) = page(model) else { return Vec::new() };
    match (action, &mut p.decision) {
        (Action::Back, _) => {
            return match chart::take(model) {
                Some(c) => set_page(model, Page::Chart(c), Vec::new()),
                None => Vec::new(),
            };
        }
        (Action::ChooseBack, Some(d)) => d.take(0),
        (Action::Choose, Some(d)) => d.take(d.right),
        (Action::NextVersion, Some(d)) => d.turn(),
        (Action::Save, Some(d)) => {
            let row = p.rows.ready().and_then(|r| r.first());
            let outcome = row.and_then(|r| Some((r.record, d.outcome(r)?)));
            if let Some((record, (keep, take))) = outcome {
                p.sending = true;
                return vec![model.ask(Call::Resolve(id, record, keep, take))];
            }
        }
        (moving, Some(d)) => d.selected = moved(d.selected, d.fields.len(), moving),
        _ => {}
    }
    Vec::new()
}

pub(super) fn resolved(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some(Page::Conflict(c, p)) = model.page() else { return Vec::new() };
    if c.id != id {
        return Vec::new();
    }
    p.sending = false;
    match result {
        Ok(saved) => {
            let (name, more) = (c.name.clone(), p.rows.ready().map_or(0, Vec::len) > 1);
            let block = saved.block.short();
            let words = match more {
                true => say!("notice-decided-more", seq = saved.seq, block = block),
                false => say!("notice-decided", seq = saved.seq, block = block),
            };
            model.say(Tone::Good, words);
            open_chart(model, id, &name)
        }
        // The policy wants more than a face for this: the PIN first, then the same again.
        Err(fault) if fault.kind == FaultKind::Proof => {
            proof::first(model, Action::Save);
            Vec::new()
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
