//! Who is here already and may be the person that is being registered: asked as one types, and nothing waits for it.

use crate::{
    core::record::Patient,
    node::api::{DuplicateRow, Fault},
};

use super::{
    super::{
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        registering::RegisterForm,
        words::{Saying, say},
    },
    drafting, moved, open_chart, set_page,
};

/// How long after the last key the node is asked.
const ASK_AFTER: u64 = 400;
/// Letters of a name below which everybody would fit.
const LETTERS: usize = 3;

fn form(model: &mut Model) -> Option<&mut RegisterForm> {
    match model.page()? {
        Page::Register(f) => Some(f),
        _ => None,
    }
}

/// Something was typed.
pub(super) fn typed(model: &mut Model) {
    let now = model.now;
    if let Some(f) = form(model) {
        f.typed_at = Some(now);
    }
}

/// Time passed: asks once typing has paused. One question at a time.
pub(super) fn tick(model: &mut Model) -> Vec<Effect> {
    let now = model.now;
    let Some(f) = form(model) else { return Vec::new() };
    let paused = f.typed_at.is_some_and(|at| now.saturating_sub(at) >= ASK_AFTER);
    if !paused || f.asked.is_some() || f.sending {
        return Vec::new();
    }
    f.typed_at = None;
    let who = f.so_far();
    if who.name.chars().filter(|c| c.is_alphanumeric()).count() < LETTERS {
        let had = !f.likely.is_empty();
        f.likely.clear();
        model.dirty |= had;
        return Vec::new();
    }
    f.asked = Some(who.clone());
    vec![model.ask(Call::Likely(who))]
}

/// Who that is. An answer to what was typed before is still better than none: the next one comes after the pause.
pub(super) fn listed(
    model: &mut Model,
    of: &Patient,
    result: Result<Vec<DuplicateRow>, Fault>,
) -> Vec<Effect> {
    let Some(f) = form(model) else { return Vec::new() };
    if f.asked.as_ref() != Some(of) {
        return Vec::new();
    }
    f.asked = None;
    match result {
        Ok(rows) => {
            let keep = f.likely.get(f.marked).map(|r| r.id);
            f.marked = rows.iter().position(|r| Some(r.id) == keep).unwrap_or(0);
            f.likely = rows;
        }
        Err(fault) => {
            f.likely.clear();
            let words = say!("notice-likely-failed", why = Saying::Node(fault.message));
            model.say(Tone::Warning, words);
        }
    }
    Vec::new()
}

/// Marks another of them.
pub(super) fn mark(model: &mut Model, action: Action) {
    if let Some(f) = form(model) {
        let step = if action == Action::PageDown { Action::Down } else { Action::Up };
        f.marked = moved(f.marked, f.likely.len(), step);
    }
}

/// Opens the marked one instead. What was typed is kept for when it was somebody else after all.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(f) = form(model) else { return Vec::new() };
    let Some(row) = f.likely.get(f.marked) else {
        model.say(Tone::Info, "notice-nobody-likely");
        return Vec::new();
    };
    let (id, name) = (row.id, row.name.clone());
    let mut effects = drafting::keep(model);
    if let Some(i) = model.inside()
        && let Page::Register(f) = std::mem::replace(&mut i.page, Page::Patients)
    {
        i.patients.unfinished = Some(f);
    }
    model.say(Tone::Info, "notice-typed-kept");
    effects.extend(open_chart(model, id, &name));
    effects
}

/// The form that was left for somebody's chart.
pub(super) fn resume(model: &mut Model) -> Option<Vec<Effect>> {
    let form = model.inside()?.patients.unfinished.take()?;
    model.say(Tone::Info, "notice-typed-again");
    Some(set_page(model, Page::Register(form), Vec::new()))
}
