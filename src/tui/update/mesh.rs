//! The mesh: who is there, what is only here, meeting them, and couriers.

use crate::{
    core::{id::DeviceId, time::Millis},
    node::api::{Carried, Fault, MeshView, Met},
};

use super::{
    super::{
        admin_calls::AdminCall,
        input::Input,
        keymap::Action,
        linking::Links,
        meeting::{Work, ticket_form},
        model::{Load, Model, Page, Room, Tone},
        msg::{Call, Effect, Long},
        words::{Saying, say},
    },
    form, go, moved, proof, settle,
};

/// Milliseconds between two questions how much is left.
const ASK_EVERY: Millis = 1_000;

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.now;
    let Some(m) = model.mesh() else { return Vec::new() };
    let busy = matches!(m.work, Work::Busy(_));
    if matches!(m.work, Work::Ticket) {
        m.work = Work::None;
        if matches!(action, Action::Back | Action::Ticket) {
            return Vec::new();
        }
    }
    match action {
        Action::Back if matches!(&m.work, Work::Busy(b) if b.stops()) => {
            m.work = Work::None;
            model.say(Tone::Info, "notice-mesh-stopped");
            vec![Effect::GiveUp(Long::Mesh), model.ask(Call::Mesh)]
        }
        Action::Back => go(model, Page::Patients),
        Action::Reload => vec![model.ask(Call::Mesh)],
        Action::Sync | Action::Link | Action::CourierOut | Action::CourierIn if busy => {
            model.say(Tone::Warning, "notice-busy");
            Vec::new()
        }
        Action::Sync => {
            m.begin("busy-meeting", now);
            vec![model.ask(Call::Sync)]
        }
        Action::Link => {
            let Some(up) = m.view.ready().map(|v| v.addresses.is_empty()) else { return Vec::new() };
            m.begin(if up { "busy-link-up" } else { "busy-link-down" }, now);
            vec![model.ask(Call::Link(up))]
        }
        Action::Links | Action::Reach if busy => Vec::new(),
        Action::Reach => {
            m.work = Work::Reach(Box::new(ticket_form()));
            Vec::new()
        }
        Action::Links => links(model),
        Action::Ticket if busy => Vec::new(),
        Action::Ticket => {
            if m.view.ready().is_some_and(|v| !v.ticket.is_empty()) {
                m.work = Work::Ticket;
            } else {
                model.say(Tone::Warning, "notice-no-ticket");
            }
            Vec::new()
        }
        Action::CourierOut | Action::CourierIn => {
            let path = Input::line(500).with(&m.folder);
            m.work = Work::Folder { out: action == Action::CourierOut, path };
            Vec::new()
        }
        moving => {
            m.selected = moved(m.selected, m.view.ready().map_or(0, |v| v.peers.len()), moving);
            Vec::new()
        }
    }
}

/// While others are met, it is asked from time to time how much is left to send.
pub(super) fn tick(model: &mut Model) -> Option<Effect> {
    let now = model.now;
    match model.mesh().map(|m| &mut m.work) {
        Some(Work::Busy(b)) if now.saturating_sub(b.asked) >= ASK_EVERY => b.asked = now,
        _ => return None,
    }
    Some(model.ask(Call::Mesh))
}

/// Shows how links are used, to be changed.
fn links(model: &mut Model) -> Vec<Effect> {
    let (Some(open), Room::Inside(i)) =
        (model.status.as_ref().and_then(|s| s.open.as_ref()), &mut model.room)
    else {
        return Vec::new();
    };
    if let Page::Mesh(m) = &mut i.page
        && let Load::Ready(v) = &m.view
    {
        m.work = Work::Links(Box::new(Links::new(v, &open.org, i.who.role)));
    }
    Vec::new()
}

/// Remembers where the ticket leads, and meets who is there.
fn reach(model: &mut Model) -> Vec<Effect> {
    let ticket = model.form().and_then(|f| f.typed_if_any(0));
    let Some(ticket) = ticket else { return form::wrong(model, (0, "reach-no-ticket".into())) };
    form::sending(model, true);
    vec![model.ask(Call::Admin(AdminCall::Reach(ticket)))]
}

pub(super) fn reached(model: &mut Model, result: Result<DeviceId, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    let now = model.now;
    let Some(m) = model.mesh().filter(|m| matches!(m.work, Work::Reach(_))) else { return Vec::new() };
    match result {
        Ok(_) => {
            m.begin("busy-meeting", now);
            vec![model.ask(Call::Sync)]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// Sends what the form says: a ticket, or how links are used, after the PIN.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(m) = model.mesh() else { return Vec::new() };
    if matches!(m.work, Work::Reach(_)) {
        return reach(model);
    }
    let Work::Links(links) = &m.work else { return Vec::new() };
    match links.policy() {
        Ok(_) if proof::first(model, Action::Save) => Vec::new(),
        Ok(policy) => {
            form::sending(model, true);
            vec![model.ask(Call::Admin(AdminCall::SetLinks(policy)))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn links_set(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(()) => done(model, Tone::Good, "notice-links-set"),
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn act_folder(model: &mut Model, action: Action) -> Vec<Effect> {
    let now = model.now;
    let Some(m) = model.mesh() else { return Vec::new() };
    let Work::Folder { out, path } = &mut m.work else { return Vec::new() };
    match action {
        Action::Back => m.work = Work::None,
        Action::Edit(edit) => {
            path.edit(edit);
        }
        Action::Accept if path.text().trim().is_empty() => {
            model.say(Tone::Warning, "notice-folder");
        }
        Action::Accept => {
            let folder = path.text().trim().to_owned();
            let (call, words) = if *out {
                (Call::CourierOut(folder.clone()), "busy-courier-out")
            } else {
                (Call::CourierIn(folder.clone()), "busy-courier-in")
            };
            m.begin(words, now);
            m.folder = folder;
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
fn done(model: &mut Model, tone: Tone, words: impl Into<Saying>) -> Vec<Effect> {
    model.say(tone, words);
    match model.mesh() {
        Some(m) => m.work = Work::None,
        None => return Vec::new(),
    }
    vec![model.ask(Call::Mesh)]
}

pub(super) fn synced(model: &mut Model, result: Result<Vec<Met>, Fault>) -> Vec<Effect> {
    match result {
        Ok(met) if met.is_empty() => done(model, Tone::Warning, "notice-nobody-met"),
        Ok(met) => {
            let (sent, received): (u64, u64) =
                met.iter().fold((0, 0), |(s, r), m| (s + m.sent, r + m.received));
            let ok = met.iter().filter(|m| m.problem.is_none()).count();
            let terminals = say!("notice-terminals", n = ok);
            let (tone, words) = match met.len() - ok {
                0 => {
                    (Tone::Good, say!("notice-met", terminals = terminals, sent = sent, received = received))
                }
                n => {
                    let missed = say!("notice-terminals", n = n);
                    let words = say!(
                        "notice-met-some",
                        terminals = terminals,
                        sent = sent,
                        received = received,
                        missed = missed,
                    );
                    (Tone::Warning, words)
                }
            };
            if let Some(m) = model.mesh() {
                m.met = met;
            }
            done(model, tone, words)
        }
        Err(f) => done(model, Tone::Danger, Saying::Node(f.message)),
    }
}

pub(super) fn linked(model: &mut Model, up: bool, result: Result<(), Fault>) -> Vec<Effect> {
    match result {
        Ok(()) if up => done(model, Tone::Good, "notice-link-up"),
        Ok(()) => done(model, Tone::Warning, "notice-link-down"),
        Err(f) => done(model, Tone::Danger, Saying::Node(f.message)),
    }
}

pub(super) fn carried_out(model: &mut Model, result: Result<Carried, Fault>) -> Vec<Effect> {
    match result {
        Ok(c) => {
            let words = say!(
                "notice-carried-out",
                path = c.path,
                blocks = c.blocks,
                terminals = say!("notice-terminals", n = c.count),
                bytes = c.bytes,
            );
            done(model, Tone::Good, words)
        }
        Err(f) => done(model, Tone::Danger, Saying::Node(f.message)),
    }
}

pub(super) fn carried_in(model: &mut Model, result: Result<Vec<Carried>, Fault>) -> Vec<Effect> {
    match result {
        Ok(all) if all.is_empty() => done(model, Tone::Warning, "notice-no-bundle"),
        Ok(all) => {
            let new: u64 = all.iter().map(|c| c.count).sum();
            let bundles = say!("notice-bundles", n = all.len());
            let words = say!("notice-carried-in", bundles = bundles, new = new);
            done(model, Tone::Good, words)
        }
        Err(f) => done(model, Tone::Danger, Saying::Node(f.message)),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        core::id::DeviceId,
        node::api::{Fault, FaultKind},
        tui::{
            admin_calls::{AdminAnswer, AdminCall},
            fixtures::{Driver, calls, mesh},
            msg::{Answer, Call, Effect, Long},
            words::say,
        },
    };

    #[test]
    fn a_meeting_and_a_bundle_can_be_given_up() {
        let mut d = Driver::inside();
        d.press(KeyCode::F(5));
        d.answer(Answer::Mesh(Ok(mesh())));
        d.keys("s");
        let given_up = d.press(KeyCode::Esc);
        assert_eq!(given_up[0], Effect::GiveUp(Long::Mesh));
        assert_eq!(calls(&given_up), [&Call::Mesh], "what was met so far is shown");
        assert_eq!(d.model.notice.as_ref().unwrap().text, say!("notice-mesh-stopped"));
        d.keys("o");
        d.keys("/media/stick");
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::CourierOut("/media/stick".into())]);
        assert!(d.press(KeyCode::Esc).contains(&Effect::GiveUp(Long::Mesh)));
        // A link that comes up isn't waited for that long: nothing to give up.
        d.keys("l");
        assert!(d.press(KeyCode::Esc).iter().all(|e| !matches!(e, Effect::GiveUp(_))));
    }

    #[test]
    fn a_terminal_is_met_by_its_ticket() {
        let mut d = Driver::inside();
        d.press(KeyCode::F(5));
        d.answer(Answer::Mesh(Ok(mesh())));
        d.keys("k");
        assert!(calls(&d.ctrl('s')).is_empty(), "no ticket is typed");
        d.keys("aidpost-ticket");
        let call = Call::Admin(AdminCall::Reach("aidpost-ticket".into()));
        assert_eq!(calls(&d.ctrl('s')), [&call]);
        let no = Fault::new(FaultKind::Refused, "that is not a ticket");
        d.answer(Answer::Admin(AdminAnswer::Reach(Err(no))));
        assert!(d.model.form().is_some_and(|f| f.typed(0) == "aidpost-ticket"), "what was typed stays");
        d.ctrl('s');
        let met = d.answer(Answer::Admin(AdminAnswer::Reach(Ok(DeviceId([7; 16])))));
        assert_eq!(calls(&met), [&Call::Sync]);
        assert!(d.press(KeyCode::Esc).contains(&Effect::GiveUp(Long::Mesh)));
    }

    #[test]
    fn a_meeting_asks_how_much_is_left_until_it_is_over() {
        let mut d = Driver::inside();
        d.press(KeyCode::F(5));
        d.answer(Answer::Mesh(Ok(mesh())));
        assert!(calls(&d.wait(5_000)).is_empty(), "nothing is under way");
        d.keys("s");
        assert!(calls(&d.wait(300)).is_empty());
        assert_eq!(calls(&d.wait(900)), [&Call::Mesh]);
        assert!(calls(&d.wait(300)).is_empty(), "once a second");
        let mut less = mesh();
        less.peers[0].bytes_left = 12_000;
        d.answer(Answer::Mesh(Ok(less)));
        let m = d.model.mesh().unwrap();
        assert_eq!(m.left(), 12_000, "only of those who can be met");
        d.answer(Answer::Sync(Ok(Vec::new())));
        assert!(calls(&d.wait(5_000)).is_empty());
    }
}
