//! Who may be registered twice, and saying whether they are.

use crate::{
    core::id::PatientId,
    node::api::{Chart, Fault, FaultKind, Saved},
};

use super::{
    super::{
        keymap::Action,
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        record_calls::RecordCall,
        twice::{Beside, Pair, TwicePage, Verdict},
        words::{Saying, say},
    },
    form, go, moved, proof, settle, subject,
};

fn page(model: &mut Model) -> Option<&mut TwicePage> {
    match model.page()? {
        Page::Twice(p) => Some(p),
        _ => None,
    }
}

/// Opens the list: of who may be the patient of the chart, elsewhere of all.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let subject = match model.page() {
        Some(Page::Chart(_)) => subject::take(model),
        Some(Page::Twice(_)) => return Vec::new(),
        _ => None,
    };
    let one = subject.as_ref().map(|s| s.id);
    let mut effects = go(model, Page::Twice(Box::new(TwicePage::new(subject))));
    effects.extend(match one {
        Some(id) => begin(model, vec![id]),
        None => vec![model.ask(Call::Record(RecordCall::Everybody))],
    });
    effects
}

/// Begins to compare these with everybody.
fn begin(model: &mut Model, all: Vec<PatientId>) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    (p.of, p.left) = (all.len(), all.into());
    step(model)
}

/// Compares the next few; leaving the screen ends it.
fn step(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let (next, once) = (p.next(), p.subject.is_none());
    if next.is_empty() {
        p.add(Vec::new());
        return Vec::new();
    }
    vec![model.ask(Call::Record(RecordCall::Alike(next, once)))]
}

pub(super) fn everybody(model: &mut Model, result: Result<Vec<PatientId>, Fault>) -> Vec<Effect> {
    // The list may be one patient's by now, or be compared already.
    if page(model).is_none_or(|p| p.subject.is_some() || p.of > 0 || !p.pairs.is_loading()) {
        return Vec::new();
    }
    match result {
        Ok(all) => begin(model, all),
        Err(fault) => {
            if let Some(p) = page(model) {
                p.pairs = Load::Failed(fault.message.clone());
                model.fail(&fault);
            }
            Vec::new()
        }
    }
}

pub(super) fn found(model: &mut Model, of: &[PatientId], result: Result<Vec<Pair>, Fault>) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    if p.next() != of {
        return Vec::new();
    }
    match result {
        Ok(pairs) => {
            p.left.drain(..of.len());
            p.add(pairs);
            step(model)
        }
        Err(fault) => {
            // What was found is shown, and that it isn't all.
            p.left.clear();
            p.add(Vec::new());
            let words = say!("notice-twice-stopped", why = Saying::Node(fault.message));
            model.say(Tone::Danger, words);
            Vec::new()
        }
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match action {
        Action::Back => return subject::back(model),
        Action::Accept => return compare(model),
        Action::NotSame => ask(p, Verdict::NotSame),
        moving => p.selected = moved(p.selected, p.pairs.ready().map_or(0, Vec::len), moving),
    }
    Vec::new()
}

fn ask(p: &mut TwicePage, verdict: Verdict) {
    p.verdict = verdict;
    p.form = p.say_form(verdict);
}

/// Reads what isn't here yet of both records.
fn compare(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let Some(pair) = p.pair().cloned() else { return Vec::new() };
    let open = p.subject.as_ref().and_then(|s| s.chart.as_ref()).and_then(|c| c.chart.ready());
    let first = match open.filter(|c| c.id == pair.first.id) {
        Some(chart) => Load::Ready(Box::new(chart.clone())),
        None => Load::Loading,
    };
    let mut wanted = vec![pair.second.id];
    wanted.extend(first.is_loading().then_some(pair.first.id));
    p.beside = Some(Box::new(Beside { pair, first, second: Load::Loading }));
    wanted.into_iter().map(|id| model.ask(Call::Record(RecordCall::Side(id)))).collect()
}

pub(super) fn read(model: &mut Model, id: PatientId, result: Result<Box<Chart>, Fault>) -> Vec<Effect> {
    let Some(b) = page(model).and_then(|p| p.beside.as_mut()) else { return Vec::new() };
    let fault = b.side(id).and_then(|side| settle(side, result));
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn act_beside(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match action {
        Action::Back => p.beside = None,
        Action::SamePerson => ask(p, Verdict::Same),
        Action::NotSame => ask(p, Verdict::NotSame),
        _ => {}
    }
    Vec::new()
}

/// Writes what the form says into both records.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let (Some(pair), Some(f)) = (p.pair(), &p.form) else { return Vec::new() };
    let (first, second, reason) = (pair.first.id, pair.second.id, f.typed(0).to_owned());
    let call = RecordCall::Join(first, second, p.verdict == Verdict::Same, reason);
    form::sending(model, true);
    vec![model.ask(Call::Record(call))]
}

pub(super) fn joined(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    let Some(p) = page(model) else { return Vec::new() };
    match result {
        Ok(saved) => {
            let block = saved.block.short();
            let words = match p.verdict {
                Verdict::Same => say!("notice-linked", seq = saved.seq, block = block),
                Verdict::NotSame => say!("notice-not-linked", seq = saved.seq, block = block),
            };
            p.said();
            model.say(Tone::Good, words);
        }
        // The policy wants more than a face for this: the PIN first, then the same again.
        Err(fault) if fault.kind == FaultKind::Proof => drop(proof::first(model, Action::Save)),
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}
