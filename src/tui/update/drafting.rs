//! Forms about who somebody is, and corrections: kept as drafts while they aren't signed, found again, thrown away.

use crate::{
    core::time::Millis,
    node::api::{Fault, FormDraft, FormOf},
};

use super::{
    super::{
        correcting::Correcting,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        words::{Saying, say},
    },
    likely,
};

/// A form that is open: which, what of it would be kept, and when something was typed that isn't.
struct Open<'a> {
    of: FormOf,
    draft: Option<FormDraft>,
    unkept: &'a mut Option<Millis>,
}

/// The form that is open, unless it is on its way to the node: what is signed needs no draft.
fn open(model: &mut Model) -> Option<Open<'_>> {
    match model.page()? {
        Page::Register(f) if !f.sending => {
            let draft = f.typed.then(|| f.draft(|_| true));
            Some(Open { of: FormOf::Registration, draft, unkept: &mut f.unkept })
        }
        Page::Correct(c, what) if !what.sending() => {
            let draft = what.draft();
            let (of, unkept) = match what {
                Correcting::Who(f) => (FormOf::Who(c.id), &mut f.form.unkept),
                Correcting::Visit(f) => (FormOf::Visit(f.patient(), f.before.record), &mut f.form.unkept),
            };
            Some(Open { of, draft, unkept })
        }
        _ => None,
    }
}

/// Something was typed.
pub(super) fn typed(model: &mut Model) {
    let now = model.now;
    if let Some(o) = open(model) {
        *o.unkept = Some(now);
    }
}

/// When something was typed that isn't kept.
pub(super) fn since(model: &mut Model) -> Option<Millis> {
    open(model).and_then(|o| *o.unkept)
}

/// Keeps what isn't.
pub(super) fn keep(model: &mut Model) -> Vec<Effect> {
    let Some(Open { of, draft, unkept }) = open(model) else { return Vec::new() };
    match unkept.take() {
        Some(_) => vec![model.ask(Call::KeepForm(of, draft))],
        None => Vec::new(),
    }
}

/// Throws away what was typed.
pub(super) fn drop(model: &mut Model) -> Vec<Effect> {
    let Some(Open { of, draft, unkept }) = open(model) else { return Vec::new() };
    let held = unkept.take().is_some() || draft.is_some();
    if let Some(Page::Register(f)) = model.page() {
        f.typed = false;
    }
    if held { vec![model.ask(Call::KeepForm(of, None))] } else { Vec::new() }
}

/// Asks for what was typed before into the form that was opened just now.
pub(super) fn look(model: &mut Model) -> Vec<Effect> {
    match open(model) {
        Some(Open { of, .. }) => vec![model.ask(Call::FormDraft(of))],
        None => Vec::new(),
    }
}

/// What was typed before. What is typed meanwhile counts more.
pub(super) fn found(model: &mut Model, of: FormOf, result: Result<Option<FormDraft>, Fault>) -> Vec<Effect> {
    let fresh = open(model).is_some_and(|o| o.of == of && o.draft.is_none() && o.unkept.is_none());
    if !fresh {
        return Vec::new();
    }
    let draft = match result {
        Ok(Some(draft)) => draft,
        Ok(None) => return Vec::new(),
        Err(f) => {
            model.say(Tone::Warning, say!("notice-draft-not-read", why = Saying::Node(f.message)));
            return Vec::new();
        }
    };
    match model.page() {
        Some(Page::Register(f)) => f.fill(&draft),
        Some(Page::Correct(_, what)) => what.fill(&draft),
        _ => {}
    }
    likely::typed(model);
    // Of a correction that somebody else made meanwhile nothing is left to do.
    if open(model).is_some_and(|o| o.draft.is_some()) {
        model.say(Tone::Info, "notice-typed-again");
    }
    Vec::new()
}
