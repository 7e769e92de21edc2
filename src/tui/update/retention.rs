//! How long records are kept: adopting a schedule, looking what is due, archiving it, holds.

use crate::{
    core::retention::Schedule,
    node::api::{ArchiveDone, ArchivePlan, Fault, RetentionChange, RetentionView, Saved, Working},
};

use super::{
    super::{
        desk_calls::{DeskCall, NewSchedule},
        files::Untaken,
        keymap::Action,
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        retention::{Due, Keep, KeepDialog, RetentionPage},
        words::say,
    },
    form, go, joining, moved, proof, settle, subject,
};

/// Lines by which PgUp and PgDn move what is due.
const STEP: usize = 3;

fn page(model: &mut Model) -> Option<&mut RetentionPage> {
    match model.page()? {
        Page::Retention(r) => Some(r),
        _ => None,
    }
}

fn desk(model: &Model, call: DeskCall) -> Vec<Effect> {
    vec![model.ask(Call::Desk(call))]
}

/// Opens the screen, for the patient who is on it.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if page(model).is_some() {
        return Vec::new();
    }
    let subject = subject::take(model);
    go(model, Page::Retention(Box::new(RetentionPage::new(subject))))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    match action {
        Action::Back => return subject::back(model),
        Action::Reload => return desk(model, DeskCall::Retention),
        Action::LookDue | Action::ArchiveDue if r.looking() => model.say(Tone::Warning, "notice-busy"),
        Action::LookDue => return begin(model, false),
        Action::ArchiveDue => match &r.due {
            Due::Known(p) if p.adopted && !p.archive.is_empty() => r.dialog = KeepDialog::Archive,
            Due::Known(p) if !p.adopted => model.say(Tone::Warning, "keep-not-adopted"),
            Due::Known(_) => model.say(Tone::Info, "keep-nothing-due"),
            _ => model.say(Tone::Warning, "keep-look-first"),
        },
        Action::AdoptSchedule => r.dialog = RetentionPage::file_form(),
        Action::Hold => r.dialog = r.hold_form(),
        Action::Release => match r.holds().get(r.selected).map(|h| h.patient) {
            Some(patient) => r.dialog = RetentionPage::release_form(patient),
            None => model.say(Tone::Warning, "keep-nobody-held"),
        },
        Action::PageUp => r.row = r.row.saturating_sub(STEP),
        Action::PageDown => r.row = (r.row + STEP).min(r.most()),
        moving => r.selected = moved(r.selected, r.holds().len(), moving),
    }
    Vec::new()
}

/// Begins to look through all records, and to say how far that is.
fn begin(model: &mut Model, archive: bool) -> Vec<Effect> {
    if let Some(r) = page(model) {
        r.due = Due::Looking(archive, None);
    }
    let mut effects = desk(model, DeskCall::Due(archive));
    effects.extend(desk(model, DeskCall::Working));
    effects
}

/// Answers "archive what is due?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    if action != Action::Yes {
        r.dialog = KeepDialog::None;
        return Vec::new();
    }
    if proof::first(model, Action::Yes) {
        return Vec::new();
    }
    if let Some(r) = page(model) {
        r.dialog = KeepDialog::None;
    }
    begin(model, true)
}

/// Does what the form says; what changes something needs the PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let call = match page(model).and_then(|r| r.asked()) {
        None => return Vec::new(),
        Some(Err(wrong)) => return form::wrong(model, wrong),
        Some(Ok(Keep::Read(path))) => DeskCall::ReadSchedule(path),
        Some(Ok(Keep::Shipped)) => return shipped(model),
        Some(Ok(_)) if proof::first(model, Action::Save) => return Vec::new(),
        Some(Ok(Keep::Adopt(text))) => DeskCall::Retain(RetentionChange::Adopt(text)),
        Some(Ok(Keep::Hold(patient, reason))) => DeskCall::Retain(RetentionChange::Hold { patient, reason }),
        Some(Ok(Keep::Release(patient, reason))) => {
            DeskCall::Retain(RetentionChange::Release { patient, reason })
        }
    };
    form::sending(model, true);
    desk(model, call)
}

/// Asks whether the schedule that comes with Aidpost is adopted.
fn shipped(model: &mut Model) -> Vec<Effect> {
    if let Some(r) = page(model)
        && let Load::Ready(v) = &r.view
        && let Ok(schedule) = Schedule::parse(&v.shipped)
    {
        let new = NewSchedule { path: "Aidpost".into(), name: schedule.name, text: v.shipped.clone() };
        r.dialog = RetentionPage::adopt_form(new);
    }
    Vec::new()
}

pub(super) fn listed(model: &mut Model, result: Result<RetentionView, Fault>) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    let fault = settle(&mut r.view, result);
    if let Load::Ready(v) = &r.view {
        r.selected = moved(r.selected, v.holds.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// A schedule was read, or what is wrong with it.
pub(super) fn read(model: &mut Model, result: Result<NewSchedule, Untaken>) -> Vec<Effect> {
    match result {
        Ok(new) => {
            if let Some(r) = page(model)
                && matches!(r.dialog, KeepDialog::File(_))
            {
                r.dialog = RetentionPage::adopt_form(new);
            }
            Vec::new()
        }
        Err(why) => joining::failed(model, why),
    }
}

pub(super) fn retained(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(saved) => {
            if let Some(r) = page(model) {
                // What was due under another schedule, or for somebody who is held now, may be no longer.
                (r.dialog, r.due) = (KeepDialog::None, Due::Unknown);
            }
            model.say(Tone::Good, say!("notice-kept", seq = saved.seq, block = saved.block.short()));
        }
        Err(fault) => model.fail(&fault),
    }
    desk(model, DeskCall::Retention)
}

/// How far long work is, on the screen that waits for it.
pub(super) fn working(model: &mut Model, at: Option<Working>) -> Vec<Effect> {
    let Some(r) = page(model) else { return Vec::new() };
    match (&mut r.due, at) {
        (Due::Looking(_, far), at) => *far = at,
        (due @ (Due::Unknown | Due::Found(_)), Some(at)) => *due = Due::Found(at),
        (due @ Due::Found(_), None) => {
            *due = Due::Unknown;
            return desk(model, DeskCall::Retention);
        }
        _ => return Vec::new(),
    }
    desk(model, DeskCall::Working)
}

pub(super) fn planned(model: &mut Model, result: Result<Box<ArchivePlan>, Fault>) -> Vec<Effect> {
    let due = match result {
        Ok(plan) => Due::Known(plan),
        Err(fault) => {
            model.fail(&fault);
            Due::Unknown
        }
    };
    if let Some(r) = page(model) {
        (r.due, r.row) = (due, 0);
    }
    Vec::new()
}

/// It is said how archiving went, wherever the person is now.
pub(super) fn archived(model: &mut Model, result: Result<Box<ArchiveDone>, Fault>) -> Vec<Effect> {
    if let Some(r) = page(model) {
        r.due = Due::Unknown;
    }
    match result {
        Ok(done) => {
            let words =
                say!("notice-archived", n = done.marked, gone = done.plan.patients, changed = done.changed);
            model.say(Tone::Good, words);
        }
        Err(fault) => model.fail(&fault),
    }
    if page(model).is_some() { desk(model, DeskCall::Retention) } else { Vec::new() }
}
