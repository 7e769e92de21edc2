//! How this terminal is, and making a backup of it.

use std::cmp::Reverse;

use crate::node::api::{BackedUp, Check, Fault, Working};

use super::{
    super::{
        desk_calls::DeskCall,
        health::{BackingUp, HealthPage, backup_form, folder, seal_form},
        keymap::Action,
        model::{Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    form, go, moved, settle,
};

fn page(model: &mut Model) -> Option<&mut HealthPage> {
    match model.page()? {
        Page::Health(h) => Some(h),
        _ => None,
    }
}

fn desk(model: &Model, call: DeskCall) -> Effect {
    model.ask(Call::Desk(call))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(h) = page(model) else { return Vec::new() };
    match action {
        Action::Back => return go(model, Page::Patients),
        Action::Reload => return vec![desk(model, DeskCall::Health)],
        Action::Backup if matches!(h.backup, BackingUp::Running(_) | BackingUp::Found(_)) => {
            model.say(Tone::Warning, "notice-busy");
        }
        Action::Seal if matches!(h.backup, BackingUp::Running(_) | BackingUp::Found(_)) => {
            model.say(Tone::Warning, "notice-busy");
        }
        Action::Seal => h.backup = BackingUp::Sealing(Box::new(seal_form())),
        Action::Backup => h.backup = BackingUp::Asked(Box::new(backup_form(&h.folder))),
        moving => h.selected = moved(h.selected, h.listed().len(), moving),
    }
    Vec::new()
}

/// Seals, or begins the backup, and to say how far it is. One can go elsewhere meanwhile.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(h) = page(model) else { return Vec::new() };
    if matches!(h.backup, BackingUp::Sealing(_)) {
        form::sending(model, true);
        return vec![desk(model, DeskCall::Seal)];
    }
    let BackingUp::Asked(f) = &h.backup else { return Vec::new() };
    match folder(f) {
        Ok(path) => {
            h.backup = BackingUp::Running(None);
            h.folder.clone_from(&path);
            vec![desk(model, DeskCall::Backup(path)), desk(model, DeskCall::Working)]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn examined(model: &mut Model, result: Result<Vec<Check>, Fault>) -> Vec<Effect> {
    let Some(h) = page(model) else { return Vec::new() };
    let sorted = result.map(|mut all| {
        all.sort_by_key(|c| Reverse(c.verdict));
        all
    });
    let fault = settle(&mut h.checks, sorted);
    if let Load::Ready(all) = &h.checks {
        h.selected = moved(h.selected, all.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// How far the backup is, or what was under way already.
pub(super) fn working(model: &mut Model, at: Option<Working>) -> Vec<Effect> {
    let Some(h) = page(model) else { return Vec::new() };
    match (&mut h.backup, at) {
        (BackingUp::Running(far), at) => *far = at,
        (state @ (BackingUp::No | BackingUp::Found(_)), Some(at)) => *state = BackingUp::Found(at),
        (state @ BackingUp::Found(_), None) => {
            *state = BackingUp::No;
            return vec![model.ask(Call::Status), desk(model, DeskCall::Health)];
        }
        _ => return Vec::new(),
    }
    vec![desk(model, DeskCall::Working)]
}

/// The program that holds the keys ends now and begins anew: what is left to do is to sign in.
pub(super) fn sealing(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    if let Err(fault) = result {
        form::sending(model, false);
        model.fail(&fault);
    }
    Vec::new()
}

/// It is said how the backup went, wherever the person is now.
pub(super) fn backed_up(model: &mut Model, result: Result<Box<BackedUp>, Fault>) -> Vec<Effect> {
    let state = match result {
        Ok(made) => {
            if made.missing.is_empty() {
                model.say(Tone::Good, say!("notice-backed-up", path = &made.path, bytes = made.bytes));
            } else {
                model.say(Tone::Danger, say!("notice-backup-lacks", path = &made.path));
            }
            BackingUp::Made(made)
        }
        Err(fault) => {
            model.fail(&fault);
            BackingUp::No
        }
    };
    match page(model) {
        // Where the next one is being asked for, what is typed stays.
        Some(h) if matches!(h.backup, BackingUp::Asked(_)) => {}
        Some(h) => h.backup = state,
        None => return vec![model.ask(Call::Status)],
    }
    vec![model.ask(Call::Status), desk(model, DeskCall::Health)]
}
