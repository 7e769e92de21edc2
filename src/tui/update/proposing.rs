//! Proposing something that the consortium is to decide.

use crate::{core::id::ProposalId, node::api::Fault};

use super::{
    super::{
        admin_calls::AdminCall,
        files::Untaken,
        governing::{GovernDialog, GovernPage},
        joining::Join,
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        proposing::{Here, NewPolicy, Next, Propose, Step},
        words::say,
    },
    form, joining, proof,
};

/// The screen and who we are, once both are known.
fn parts(model: &mut Model) -> Option<(&mut GovernPage, Here)> {
    let open = model.status.as_ref()?.open.as_ref()?;
    let own = Here {
        org: open.org_id,
        org_name: open.org.clone(),
        device: open.device_id,
        device_name: open.device.clone(),
    };
    match model.page()? {
        Page::Govern(g) => Some((g, own)),
        _ => None,
    }
}

/// Asks what is to be proposed, once it is known who belongs.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if let Some((g, _)) = parts(model)
        && let Some(v) = g.view.ready()
    {
        g.dialog = GovernDialog::Propose(Box::new(Propose::kind(&v.consortium)));
    }
    Vec::new()
}

/// One step further; what is signed needs the PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some((g, own)) = parts(model) else { return Vec::new() };
    let (Some(v), GovernDialog::Propose(p)) = (g.view.ready(), &g.dialog) else { return Vec::new() };
    let call = match p.next() {
        Ok(Next::Kind(kind)) => {
            match Propose::about(kind, v, &own) {
                Step::Propose(next) => g.dialog = GovernDialog::Propose(Box::new(next)),
                Step::Admit => g.dialog = GovernDialog::Join(Box::new(Join::request())),
                Step::Nobody(why) => model.say(Tone::Warning, why),
            }
            return Vec::new();
        }
        Ok(Next::Ask(what)) => {
            let sure = p.sure(what, &v.consortium, &own);
            g.dialog = GovernDialog::Propose(Box::new(sure));
            return Vec::new();
        }
        Ok(Next::Read(path)) => AdminCall::ReadPolicy(path),
        Ok(Next::Send(_)) if proof::first(model, Action::Save) => return Vec::new(),
        Ok(Next::Send(what)) => AdminCall::Propose(what),
        Err(wrong) => return form::wrong(model, wrong),
    };
    form::sending(model, true);
    vec![model.ask(Call::Admin(call))]
}

/// A policy was read, or what is wrong with it.
pub(super) fn read(model: &mut Model, result: Result<NewPolicy, Untaken>) -> Vec<Effect> {
    match result {
        Ok(new) if new.added + new.gone == 0 => {
            form::sending(model, false);
            model.say(Tone::Warning, "propose-policy-same");
        }
        Ok(new) => {
            if let Some((g, _)) = parts(model)
                && let (Some(v), GovernDialog::Propose(_)) = (g.view.ready(), &g.dialog)
            {
                g.dialog = GovernDialog::Propose(Box::new(Propose::policy(new, &v.consortium)));
            }
        }
        Err(why) => return joining::failed(model, why),
    }
    Vec::new()
}

pub(super) fn proposed(model: &mut Model, result: Result<ProposalId, Fault>) -> Vec<Effect> {
    match result {
        Ok(id) => {
            model.say(Tone::Good, say!("notice-proposed", proposal = id.short()));
            if let Some((g, _)) = parts(model) {
                g.deciding = true;
            }
            joining::done(model)
        }
        Err(fault) => joining::failed(model, Untaken::Node(fault)),
    }
}
