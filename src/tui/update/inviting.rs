//! Letting one terminal join over the network.

use crate::node::api::{Fault, FaultKind, InvitationStage, InvitationView, Welcomed};

use super::{
    super::{
        desk_calls::DeskCall,
        files::Unwritten,
        inviting::{Door, InvitePage, certificate_form, path},
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    form, go, governing, proof, sharing,
};

fn page(model: &mut Model) -> Option<&mut InvitePage> {
    match model.page()? {
        Page::Invite(p) => Some(p),
        _ => None,
    }
}

fn desk(model: &Model, call: DeskCall) -> Vec<Effect> {
    vec![model.ask(Call::Desk(call))]
}

/// Opens the door, after the PIN.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if proof::first(model, Action::OpenDoor) {
        return Vec::new();
    }
    go(model, Page::Invite(Box::default()))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match action {
        // Only the other terminal can use it, and it is nowhere else.
        Action::Back if p.undelivered().is_some() && !p.offered => {
            (p.form, p.offered) = (Some(certificate_form()), true);
            Vec::new()
        }
        Action::Back => governing::open(model),
        Action::Yes => yes(model),
        Action::Decline => match p.joiner().map(|j| j.code.clone()) {
            Some(code) => {
                p.agreed = None;
                desk(model, DeskCall::TurnAway(code))
            }
            None => Vec::new(),
        },
        Action::WriteFile if p.undelivered().is_some() => {
            p.form = Some(certificate_form());
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The codes are the same, says whoever sits here. The PIN is asked now, and not while the other one waits. It was said of
/// the code that was there then, and is said of no other.
fn yes(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let asked = p.asked.take();
    let Some(code) = p.joiner().map(|j| j.code.clone()).filter(|_| !p.welcoming) else { return Vec::new() };
    let waits = proof::first(model, Action::Yes);
    let Some(p) = page(model) else { return Vec::new() };
    if waits {
        p.asked = Some(code);
        return Vec::new();
    }
    if asked.is_some_and(|asked| asked != code) {
        model.say(Tone::Warning, "invite-another");
        return Vec::new();
    }
    p.agreed = Some(code);
    welcome(model)
}

/// Lets in whoever both said yes to.
fn welcome(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match p.both().filter(|_| !p.welcoming) {
        Some(code) => {
            p.welcoming = true;
            desk(model, DeskCall::Welcome(code))
        }
        None => Vec::new(),
    }
}

/// How the invitation stands; it is asked again until it is over.
pub(super) fn stands(model: &mut Model, result: Result<Option<InvitationView>, Fault>) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    if matches!(p.door, Door::In(..) | Door::Shut(_)) {
        return Vec::new();
    }
    match result {
        Ok(Some(view)) if view.stage != InvitationStage::Over => {
            p.door = Door::Open(Box::new(view));
            // Another one is there, or nobody any more: that yes was not for them.
            if p.joiner().is_none_or(|j| Some(&j.code) != p.agreed.as_ref()) && !p.welcoming {
                p.agreed = None;
            }
            let mut effects = welcome(model);
            effects.extend(desk(model, DeskCall::Invitation));
            effects
        }
        // Who was let in is said by the answer to that.
        Ok(_) if p.welcoming => Vec::new(),
        Ok(view) => {
            p.door = Door::Shut(view.and_then(|v| v.last));
            Vec::new()
        }
        Err(fault) => {
            p.door = Door::Shut(Some(fault.message.clone()));
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn welcomed(model: &mut Model, result: Result<Welcomed, Fault>) -> Vec<Effect> {
    // The node signed them out meanwhile: that terminal is in all the same.
    let Some(p) = page(model) else {
        match result {
            Ok(w) if w.delivered => model.say(Tone::Good, say!("notice-welcomed", name = &w.name)),
            Ok(w) => model.say(Tone::Warning, say!("notice-certificate-lost", name = &w.name)),
            Err(fault) => model.fail(&fault),
        }
        return Vec::new();
    };
    p.welcoming = false;
    let org = p.joiner().is_some_and(|j| j.org.is_some());
    match result {
        Ok(w) => {
            let words = say!("notice-welcomed", name = &w.name);
            p.door = Door::In(Box::new(w), org);
            model.say(Tone::Good, words);
            Vec::new()
        }
        // It took longer than a PIN counts: it is asked again with the next yes.
        Err(fault) => {
            p.agreed = None;
            if fault.kind == FaultKind::Proof {
                model.say(Tone::Warning, "invite-pin-again");
            } else {
                model.fail(&fault);
            }
            desk(model, DeskCall::Invitation)
        }
    }
}

/// The attempt is turned away, or the door shut: what came of it shows by itself.
pub(super) fn done(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    if let Err(fault) = result
        && page(model).is_some()
    {
        model.fail(&fault);
    }
    Vec::new()
}

/// Writes the certificate to a new file.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let (Some(f), Some((_, line))) = (&p.form, p.undelivered()) else { return Vec::new() };
    match path(f) {
        Ok(path) => {
            let call = DeskCall::WriteCertificate(path, line.to_owned());
            form::sending(model, true);
            desk(model, call)
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn written(model: &mut Model, result: Result<String, Unwritten>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(path) => {
            if let Some(p) = page(model) {
                (p.form, p.written) = (None, true);
            }
            model.say(Tone::Good, say!("notice-certified", path = path));
        }
        Err(why) => sharing::unwritten(model, why),
    }
    Vec::new()
}
