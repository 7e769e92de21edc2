//! The mesh: who is there, what is only here, meeting them, and couriers.

use crate::node::api::{Carried, Fault, MeshView, Met};

use super::{
    super::{
        input::Input,
        keymap::Action,
        model::{Load, Model, Page, Tone, Work},
        msg::{Call, Effect},
    },
    go, moved, settle,
};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(m) = model.mesh() else { return Vec::new() };
    let busy = matches!(m.work, Work::Busy(_));
    if matches!(m.work, Work::Ticket) {
        m.work = Work::None;
        if matches!(action, Action::Back | Action::Ticket) {
            return Vec::new();
        }
    }
    match action {
        Action::Back => go(model, Page::Patients),
        Action::Reload => vec![model.ask(Call::Mesh)],
        Action::Sync | Action::Link | Action::CourierOut | Action::CourierIn if busy => {
            model.say(Tone::Warning, "still busy: wait a moment");
            Vec::new()
        }
        Action::Sync => {
            m.work = Work::Busy("meeting the other terminals …");
            vec![model.ask(Call::Sync)]
        }
        Action::Link => {
            let Some(up) = m.view.ready().map(|v| v.addresses.is_empty()) else { return Vec::new() };
            m.work = Work::Busy(if up { "taking the link up …" } else { "taking the link down …" });
            vec![model.ask(Call::Link(up))]
        }
        Action::Ticket if busy => Vec::new(),
        Action::Ticket => {
            if m.view.ready().is_some_and(|v| !v.ticket.is_empty()) {
                m.work = Work::Ticket;
            } else {
                model.say(Tone::Warning, "there is no ticket while the link is down: l takes it up");
            }
            Vec::new()
        }
        Action::CourierOut | Action::CourierIn => {
            m.work = Work::Folder { out: action == Action::CourierOut, path: Input::line(500) };
            Vec::new()
        }
        moving => {
            m.selected = moved(m.selected, m.view.ready().map_or(0, |v| v.peers.len()), moving);
            Vec::new()
        }
    }
}

pub(super) fn act_folder(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(m) = model.mesh() else { return Vec::new() };
    let Work::Folder { out, path } = &mut m.work else { return Vec::new() };
    match action {
        Action::Back => m.work = Work::None,
        Action::Edit(edit) => {
            path.edit(edit);
        }
        Action::Accept if path.text().trim().is_empty() => {
            model.say(Tone::Warning, "type the folder of the stick, such as /media/stick");
        }
        Action::Accept => {
            let folder = path.text().trim().to_owned();
            let (call, words) = if *out {
                (Call::CourierOut(folder), "writing the bundle …")
            } else {
                (Call::CourierIn(folder), "reading bundles …")
            };
            m.work = Work::Busy(words);
            return vec![model.ask(call)];
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(m) = model.mesh()
        && let Work::Folder { path, .. } = &mut m.work
    {
        path.insert(text);
    }
    Vec::new()
}

pub(super) fn loaded(model: &mut Model, result: Result<MeshView, Fault>) -> Vec<Effect> {
    let Some(m) = model.mesh() else { return Vec::new() };
    let fault = settle(&mut m.view, result);
    if let Load::Ready(v) = &m.view {
        m.selected = moved(m.selected, v.peers.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// Work is done: says how it went, wherever the person is now, and shows the mesh anew if it is on the screen.
fn done(model: &mut Model, tone: Tone, words: String) -> Vec<Effect> {
    model.say(tone, words);
    match model.mesh() {
        Some(m) => m.work = Work::None,
        None => return Vec::new(),
    }
    vec![model.ask(Call::Mesh)]
}

pub(super) fn synced(model: &mut Model, result: Result<Vec<Met>, Fault>) -> Vec<Effect> {
    match result {
        Ok(met) if met.is_empty() => done(
            model,
            Tone::Warning,
            "no terminal could be met: none has a known address, or none is reachable".into(),
        ),
        Ok(met) => {
            let (sent, received): (u64, u64) =
                met.iter().fold((0, 0), |(s, r), m| (s + m.sent, r + m.received));
            let ok = met.iter().filter(|m| m.problem.is_none()).count();
            let mut words =
                format!("met {}: sent {sent} blocks, received {received} new", count(ok, "terminal"));
            let tone = match met.len() - ok {
                0 => Tone::Good,
                n => {
                    words.push_str(&format!("; {} not reached", count(n, "terminal")));
                    Tone::Warning
                }
            };
            if let Some(m) = model.mesh() {
                m.met = met;
            }
            done(model, tone, words)
        }
        Err(f) => done(model, Tone::Danger, f.message),
    }
}

pub(super) fn linked(model: &mut Model, up: bool, result: Result<(), Fault>) -> Vec<Effect> {
    match result {
        Ok(()) if up => done(model, Tone::Good, "the link is up: other terminals can be met".into()),
        Ok(()) => done(model, Tone::Warning, "the link is down: nothing is sent or received".into()),
        Err(f) => done(model, Tone::Danger, f.message),
    }
}

pub(super) fn carried_out(model: &mut Model, result: Result<Carried, Fault>) -> Vec<Effect> {
    match result {
        Ok(c) => {
            let words = format!(
                "wrote {}: {} blocks for {}, {} bytes",
                c.path,
                c.blocks,
                count(usize::try_from(c.count).unwrap_or(usize::MAX), "terminal"),
                c.bytes
            );
            done(model, Tone::Good, words)
        }
        Err(f) => done(model, Tone::Danger, f.message),
    }
}

pub(super) fn carried_in(model: &mut Model, result: Result<Vec<Carried>, Fault>) -> Vec<Effect> {
    match result {
        Ok(all) if all.is_empty() => {
            done(model, Tone::Warning, "no bundle for this terminal in that folder".into())
        }
        Ok(all) => {
            let new: u64 = all.iter().map(|c| c.count).sum();
            let words = format!("read {}: {new} new blocks", count(all.len(), "bundle"));
            done(model, Tone::Good, words)
        }
        Err(f) => done(model, Tone::Danger, f.message),
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}
