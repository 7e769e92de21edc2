//! Terminals that are lost, and what the consortium is to decide.

use crate::node::api::{Fault, LostView};

use super::{
    super::{
        admin_calls::{AdminAnswer, AdminCall, Overview},
        governing::{GovernDialog, GovernPage},
        joining::Join,
        keymap::Action,
        model::{Load, Model, Page, Room, Tone},
        msg::{Call, Effect},
        words::say,
    },
    go, inviting, joining, ledger, mesh, moved, people, proof, proposing, settle,
};

fn page(model: &mut Model) -> Option<&mut GovernPage> {
    match model.page()? {
        Page::Govern(g) => Some(g),
        _ => None,
    }
}

fn own_org(model: &Model) -> String {
    model.status.as_ref().and_then(|s| s.open.as_ref()).map_or_else(String::new, |o| o.org.clone())
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let org = own_org(model);
    let Some(g) = page(model) else { return Vec::new() };
    match action {
        Action::Back if matches!(g.dialog, GovernDialog::Lost(_)) => g.dialog = GovernDialog::None,
        _ if matches!(g.dialog, GovernDialog::Lost(_)) => {}
        Action::Back => return go(model, Page::Patients),
        Action::Reload => return vec![model.ask(Call::Admin(AdminCall::Overview))],
        Action::NextField => g.deciding = !g.deciding,
        Action::Lose => {
            let found = g.own(&org).get(g.terminal).map(|t| (t.device, t.name.clone()));
            match found.filter(|_| !g.deciding) {
                Some((id, name)) => g.dialog = GovernDialog::Lose(id, name),
                None => model.say(Tone::Warning, "notice-select-terminal"),
            }
        }
        Action::Approve => {
            let found = g.proposals().get(g.proposal).map(|p| (p.id, p.words.clone()));
            match found {
                Some((id, words)) => (g.deciding, g.dialog) = (true, GovernDialog::Approve(id, words)),
                None => model.say(Tone::Info, "govern-nothing-to-decide"),
            }
        }
        Action::EndRound => g.dialog = GovernDialog::Void,
        Action::Invite => g.dialog = GovernDialog::Join(Box::new(Join::invite())),
        Action::Propose => return proposing::open(model),
        Action::OpenDoor => return inviting::open(model),
        Action::Newcomer => g.dialog = GovernDialog::Join(Box::new(Join::request())),
        moving if g.deciding => g.proposal = moved(g.proposal, g.proposals().len(), moving),
        moving => g.terminal = moved(g.terminal, g.own(&org).len(), moving),
    }
    Vec::new()
}

/// Answers what was asked.
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(g) = page(model) else { return Vec::new() };
    let call = match &g.dialog {
        GovernDialog::Lose(id, _) => AdminCall::Lose(*id),
        GovernDialog::Approve(id, _) => AdminCall::Approve(*id),
        GovernDialog::Void => AdminCall::Void,
        GovernDialog::None
        | GovernDialog::Lost(_)
        | GovernDialog::Join(_)
        | GovernDialog::Propose(_)
        | GovernDialog::Writing => return Vec::new(),
    };
    if action != Action::Yes {
        g.dialog = GovernDialog::None;
        return Vec::new();
    }
    if proof::first(model, Action::Yes) {
        return Vec::new();
    }
    if let Some(g) = page(model) {
        g.dialog = GovernDialog::Writing;
    }
    vec![model.ask(Call::Admin(call))]
}

pub(super) fn answered(model: &mut Model, answer: AdminAnswer) -> Vec<Effect> {
    match answer {
        AdminAnswer::Overview(r) => listed(model, r),
        AdminAnswer::Lose(r) => lost(model, r),
        AdminAnswer::Approve(r) => decided(model, r, "notice-approved"),
        AdminAnswer::Void(r) => decided(model, r, "notice-voided"),
        AdminAnswer::Invite(r) => joining::invited(model, r),
        AdminAnswer::ReadRequest(r) => joining::read(model, r),
        AdminAnswer::Admit(r) => joining::admitted(model, r),
        AdminAnswer::Certify(r) => joining::certified(model, r),
        AdminAnswer::ReadPolicy(r) => proposing::read(model, r),
        AdminAnswer::Propose(r) => proposing::proposed(model, r),
        AdminAnswer::SetLinks(r) => mesh::links_set(model, r),
        AdminAnswer::Reach(r) => mesh::reached(model, r),
        AdminAnswer::Prove(r) => ledger::proved(model, r),
        AdminAnswer::AddStaff(name, r) => people::added(model, &name, r),
        AdminAnswer::SuspendStaff(r) => people::suspended(model, r),
    }
}

fn listed(model: &mut Model, result: Result<Overview, Fault>) -> Vec<Effect> {
    let org = own_org(model);
    let Some(g) = page(model) else { return Vec::new() };
    let fault = settle(&mut g.view, result);
    if let Load::Ready(_) = &g.view {
        g.terminal = moved(g.terminal, g.own(&org).len(), Action::Reload);
        g.proposal = moved(g.proposal, g.proposals().len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

fn lost(model: &mut Model, result: Result<LostView, Fault>) -> Vec<Effect> {
    let Some(g) = page(model) else { return Vec::new() };
    match result {
        Ok(view) => {
            let words = say!("notice-lost", name = &view.name);
            g.dialog = GovernDialog::Lost(view);
            model.say(Tone::Good, words);
        }
        Err(fault) => {
            g.dialog = GovernDialog::None;
            model.fail(&fault);
        }
    }
    vec![model.ask(Call::Admin(AdminCall::Overview))]
}

fn decided(model: &mut Model, result: Result<(), Fault>, words: &'static str) -> Vec<Effect> {
    if let Some(g) = page(model) {
        g.dialog = GovernDialog::None;
    }
    match result {
        Ok(()) => model.say(Tone::Good, words),
        Err(fault) => model.fail(&fault),
    }
    vec![model.ask(Call::Admin(AdminCall::Overview))]
}

/// Opens the screen.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    match &model.room {
        Room::Inside(_) => go(model, Page::Govern(Box::default())),
        Room::SignIn(_) | Room::Turn(_) => Vec::new(),
    }
}
