//! The people of this terminal: adding and suspending them, enrolling and deleting faces, choosing one's PIN.

use crate::{
    core::id::StaffId,
    node::api::{EnrolLook, Fault, StaffRow},
};

use super::{
    super::{
        admin_calls::AdminCall,
        governing::{new_staff, staff_form},
        keymap::Action,
        model::{Load, Model, Page, PeopleDialog, Room, Tone},
        msg::{Call, Effect},
        words::{Saying, say},
    },
    form, go, moved, proof, settle,
};

fn current(model: &mut Model) -> Option<(StaffId, String, bool)> {
    let p = model.people()?;
    p.rows.ready()?.get(p.selected).map(|r| (r.staff, r.name.clone(), r.face))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Back => return go(model, Page::Patients),
        Action::Reload => return vec![model.ask(Call::People)],
        Action::Enrol => return enrol(model),
        Action::AddStaff => {
            if let Room::Inside(i) = &model.room {
                let form = staff_form(i.who.role);
                open(model, PeopleDialog::Add(Box::new(form)));
            }
        }
        Action::SuspendStaff => {
            let me = match &model.room {
                Room::Inside(i) => Some(i.who.staff),
                Room::SignIn(_) | Room::Turn(_) => None,
            };
            match current(model) {
                // Whoever did that could not even take it back by adding themselves.
                Some((staff, ..)) if Some(staff) == me => model.say(Tone::Warning, "notice-not-oneself"),
                Some((staff, name, _)) => open(model, PeopleDialog::Suspend { staff, name }),
                None => {}
            }
        }
        Action::Forget => match current(model) {
            Some((staff, name, true)) => open(model, PeopleDialog::Forget { staff, name }),
            Some((_, name, false)) => model.say(Tone::Info, say!("notice-no-face", name = name)),
            None => {}
        },
        Action::ChangePin => {
            if !proof::first(model, Action::ChangePin) {
                proof::choose_pin(model);
            }
        }
        moving => {
            if let Some(p) = model.people() {
                p.selected = moved(p.selected, p.rows.ready().map_or(0, Vec::len), moving);
            }
        }
    }
    Vec::new()
}

fn open(model: &mut Model, dialog: PeopleDialog) {
    if let Some(p) = model.people() {
        p.dialog = dialog;
    }
}

fn enrol(model: &mut Model) -> Vec<Effect> {
    let Some((staff, name, _)) = current(model) else { return Vec::new() };
    if proof::first(model, Action::Enrol) {
        return Vec::new();
    }
    open(model, PeopleDialog::Enrol { staff, name, picture: None, prompt: None, hint: None });
    vec![model.ask(Call::Enrol(staff, true))]
}

pub(super) fn act_enrol(model: &mut Model, action: Action) -> Vec<Effect> {
    if action == Action::Back {
        open(model, PeopleDialog::None);
        model.say(Tone::Info, "notice-enrol-stopped");
    }
    Vec::new()
}

/// Adds the person whom the form describes, after the PIN of whoever adds them.
pub(super) fn add(model: &mut Model) -> Vec<Effect> {
    if proof::first(model, Action::Save) {
        return Vec::new();
    }
    let Some(f) = model.form() else { return Vec::new() };
    match new_staff(f) {
        Ok(new) => {
            f.sending = true;
            vec![model.ask(Call::Admin(AdminCall::AddStaff(new)))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn added(model: &mut Model, name: &str, result: Result<StaffId, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(_) => {
            open(model, PeopleDialog::None);
            model.say(Tone::Good, say!("notice-staff-added", name = name));
            vec![model.ask(Call::People), model.ask(Call::Status)]
        }
        Err(fault) => {
            // The passphrases have left the form: they are typed again.
            if let Some(f) = model.form() {
                f.focus = 3;
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn suspended(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    open(model, PeopleDialog::None);
    match result {
        Ok(()) => model.say(Tone::Good, "notice-staff-suspended"),
        Err(fault) => model.fail(&fault),
    }
    vec![model.ask(Call::People)]
}

/// Answers "delete this face?" and "suspend this person?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = model.people() else { return Vec::new() };
    let call = match p.dialog {
        PeopleDialog::Forget { staff, .. } => Call::ForgetFace(staff),
        PeopleDialog::Suspend { staff, .. } => Call::Admin(AdminCall::SuspendStaff(staff)),
        _ => return Vec::new(),
    };
    if action != Action::Yes {
        p.dialog = PeopleDialog::None;
        return Vec::new();
    }
    if proof::first(model, Action::Yes) {
        return Vec::new();
    }
    open(model, PeopleDialog::Writing);
    vec![model.ask(call)]
}

pub(super) fn listed(model: &mut Model, result: Result<Vec<StaffRow>, Fault>) -> Vec<Effect> {
    let Some(p) = model.people() else { return Vec::new() };
    let fault = settle(&mut p.rows, result);
    if let Load::Ready(rows) = &p.rows {
        p.selected = moved(p.selected, rows.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// One frame of an enrolment came back; another is asked for until it is over.
pub(super) fn enrolling(model: &mut Model, who: StaffId, result: Result<EnrolLook, Fault>) -> Vec<Effect> {
    let Some(p) = model.people() else { return Vec::new() };
    let PeopleDialog::Enrol { staff, name, picture, prompt, hint } = &mut p.dialog else { return Vec::new() };
    if *staff != who {
        return Vec::new();
    }
    let name = name.clone();
    match result {
        Ok(look) => match look.enrolled {
            None => {
                (*picture, *prompt, *hint) = (Some(look.preview), Some(look.prompt), look.hint);
                vec![model.ask(Call::Enrol(who, false))]
            }
            Some(e) => {
                p.dialog = PeopleDialog::None;
                match e.warning {
                    Some(w) => model.say(Tone::Warning, Saying::Node(w)),
                    None => model.say(Tone::Good, say!("notice-enrolled", name = name, n = e.templates)),
                }
                vec![model.ask(Call::People), model.ask(Call::Status)]
            }
        },
        Err(fault) => {
            p.dialog = PeopleDialog::None;
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn forgotten(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    open(model, PeopleDialog::None);
    match result {
        Ok(()) => model.say(Tone::Good, "notice-forgotten"),
        Err(fault) => model.fail(&fault),
    }
    vec![model.ask(Call::People), model.ask(Call::Status)]
}
