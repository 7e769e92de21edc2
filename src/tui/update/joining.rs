//! Inviting, and signing what a newcomer asks for.

use crate::{core::id::OrgId, node::api::Fault};

use super::{
    super::{
        admin_calls::{AdminCall, Invited},
        files::Untaken,
        governing::GovernDialog,
        joining::{Asked, Join, Joining},
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    form, proof, sharing,
};

/// What is open over the screen of terminals.
fn dialog(model: &mut Model) -> Option<&mut GovernDialog> {
    match model.page()? {
        Page::Govern(g) => Some(&mut g.dialog),
        _ => None,
    }
}

/// Does what the form is for; what is signed needs the PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(GovernDialog::Join(join)) = dialog(model) else { return Vec::new() };
    let call = match join.asked() {
        Ok(Asked::Invite(path)) => AdminCall::Invite(path),
        Ok(Asked::Read(path)) => AdminCall::ReadRequest(path),
        Ok(Asked::Admit(_) | Asked::Certify(..)) if proof::first(model, Action::Save) => return Vec::new(),
        Ok(Asked::Admit(line)) => AdminCall::Admit(line),
        Ok(Asked::Certify(line, path)) => AdminCall::Certify(line, path),
        Err(wrong) => return form::wrong(model, wrong),
    };
    form::sending(model, true);
    vec![model.ask(Call::Admin(call))]
}

/// Says why not, and leaves the form as it is.
pub(super) fn failed(model: &mut Model, why: Untaken) -> Vec<Effect> {
    form::sending(model, false);
    match why {
        Untaken::File(why) => sharing::unwritten(model, why),
        Untaken::Node(fault) => model.fail(&fault),
    }
    Vec::new()
}

/// It went well: the form goes, and the lists are asked for anew.
pub(super) fn done(model: &mut Model) -> Vec<Effect> {
    if let Some(d) = dialog(model) {
        *d = GovernDialog::None;
    }
    vec![model.ask(Call::Admin(AdminCall::Overview))]
}

pub(super) fn invited(model: &mut Model, result: Result<Invited, Untaken>) -> Vec<Effect> {
    match result {
        Ok(Invited { path, fingerprint }) => {
            model.say(Tone::Good, say!("notice-invited", path = path, code = fingerprint));
            done(model)
        }
        Err(why) => failed(model, why),
    }
}

pub(super) fn read(model: &mut Model, result: Result<Box<Joining>, Untaken>) -> Vec<Effect> {
    match result {
        Ok(joining) => {
            if let Some(d @ GovernDialog::Join(_)) = dialog(model) {
                *d = GovernDialog::Join(Box::new(Join::sign(joining)));
            }
            Vec::new()
        }
        Err(why) => failed(model, why),
    }
}

pub(super) fn admitted(model: &mut Model, result: Result<OrgId, Fault>) -> Vec<Effect> {
    match result {
        Ok(_) => {
            model.say(Tone::Good, "notice-admitted");
            done(model)
        }
        Err(fault) => failed(model, Untaken::Node(fault)),
    }
}

pub(super) fn certified(model: &mut Model, result: Result<String, Untaken>) -> Vec<Effect> {
    match result {
        Ok(path) => {
            model.say(Tone::Good, say!("notice-certified", path = path));
            done(model)
        }
        Err(why) => failed(model, why),
    }
}
