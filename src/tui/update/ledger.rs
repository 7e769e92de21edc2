//! The ledger as held here.

use crate::{
    core::block::Kind,
    node::api::{Checking, Fault, LedgerView, Saved, VerifyReport},
};

use super::{
    super::{
        admin_calls::AdminCall,
        desk_calls::DeskCall,
        files::Untaken,
        keymap::Action,
        model::{Check, Load, Model, Page, Tone},
        msg::{Call, Effect, Long},
        proving::Proving,
        words::{Saying, say},
    },
    form, go, joining, moved, proof, settle,
};

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(l) = model.ledger() else { return Vec::new() };
    match action {
        Action::Back if matches!(l.check, Check::Running(_)) => {
            l.check = Check::None;
            model.say(Tone::Info, "notice-check-stopped");
            vec![Effect::GiveUp(Long::Verify)]
        }
        Action::Back => go(model, Page::Patients),
        Action::Reload => vec![model.ask(Call::Ledger)],
        Action::Adopt => adopt(model),
        Action::Prove => {
            let selected = l.view.ready().and_then(|v| v.blocks.get(l.selected)).map(|b| b.id);
            l.prove = selected.map(Proving::new);
            Vec::new()
        }
        Action::Verify if matches!(l.check, Check::Running(_) | Check::Found(_)) => Vec::new(),
        Action::Verify => {
            l.check = Check::Running(None);
            vec![model.ask(Call::Verify), model.ask(Call::Desk(DeskCall::Checking))]
        }
        moving => {
            l.selected = moved(l.selected, l.view.ready().map_or(0, |v| v.blocks.len()), moving);
            Vec::new()
        }
    }
}

/// Asks for the proof, and for its file.
pub(super) fn send_proof(model: &mut Model) -> Vec<Effect> {
    let Some(p) = model.ledger().and_then(|l| l.prove.as_ref()) else { return Vec::new() };
    let Some(path) = p.form.typed_if_any(0) else { return form::wrong(model, (0, "prove-no-file".into())) };
    let call = AdminCall::Prove(p.block, path);
    form::sending(model, true);
    vec![model.ask(Call::Admin(call))]
}

pub(super) fn proved(model: &mut Model, result: Result<String, Untaken>) -> Vec<Effect> {
    match result {
        Ok(path) => {
            if let Some(l) = model.ledger() {
                l.prove = None;
            }
            model.say(Tone::Good, say!("notice-proved", path = path));
            Vec::new()
        }
        Err(why) => joining::failed(model, why),
    }
}

/// Countersigns the selected block, if it is one of this organisation's in quarantine.
fn adopt(model: &mut Model) -> Vec<Effect> {
    let selected = model.ledger().and_then(|l| {
        let v = l.view.ready()?;
        let id = v.blocks.get(l.selected)?.id;
        Some((id, v.doubts.quarantine.iter().find(|d| d.id == id).map(|d| d.ours)))
    });
    match selected {
        Some((id, Some(true))) => {
            if proof::first(model, Action::Adopt) {
                return Vec::new();
            }
            return vec![model.ask(Call::Adopt(id))];
        }
        Some((_, Some(false))) => model.say(Tone::Warning, "notice-adopt-other-org"),
        _ => model.say(Tone::Warning, "notice-adopt-select"),
    }
    Vec::new()
}

pub(super) fn adopted(model: &mut Model, result: Result<Saved, Fault>) -> Vec<Effect> {
    match result {
        Ok(_) => {
            model.say(Tone::Good, "notice-adopted");
            vec![model.ask(Call::Ledger)]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn loaded(model: &mut Model, result: Result<LedgerView, Fault>) -> Vec<Effect> {
    if let Some(Page::Chart(c)) = model.page() {
        // The reload was for news about the chart: the own recorded read is none.
        c.stale |= result
            .is_ok_and(|v| v.blocks.iter().any(|b| b.kind == Kind::Records && !c.known.contains(&b.id)));
        return Vec::new();
    }
    let Some(l) = model.ledger() else { return Vec::new() };
    let keep = l.view.ready().and_then(|v| v.blocks.get(l.selected)).map(|b| b.id);
    let first = l.selected == 0;
    let fault = settle(&mut l.view, result);
    if let Load::Ready(v) = &l.view {
        let at = v.blocks.iter().position(|b| Some(b.id) == keep).filter(|_| !first);
        l.selected = at.unwrap_or(0);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

/// How far a check is: of this screen, or one that was begun before somebody went elsewhere.
pub(super) fn checking(model: &mut Model, at: Option<Checking>) -> Vec<Effect> {
    let Some(l) = model.ledger() else { return Vec::new() };
    match (&mut l.check, at) {
        (Check::Running(far), at) => *far = at.or(*far),
        (check @ (Check::None | Check::Found(_)), Some(at)) => *check = Check::Found(at),
        (check @ Check::Found(_), None) => {
            *check = Check::None;
            return Vec::new();
        }
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Desk(DeskCall::Checking))]
}

pub(super) fn verified(model: &mut Model, result: Result<VerifyReport, Fault>) -> Vec<Effect> {
    let (tone, words) = match &result {
        Ok(r) if r.damage.is_empty() => {
            (Tone::Good, say!("notice-verified", pages = r.pages, blocks = r.blocks))
        }
        Ok(r) => (Tone::Danger, say!("notice-damage", n = r.damage.len())),
        Err(f) => (Tone::Danger, Saying::Node(f.message.clone())),
    };
    if let Some(l) = model.ledger() {
        l.check = result.map_or(Check::None, Check::Done);
    }
    model.say(tone, words);
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        node::api::Checking,
        tui::{
            admin_calls::{AdminAnswer, AdminCall},
            desk_calls::{DeskAnswer, DeskCall},
            files::{Untaken, Unwritten},
            fixtures::{Driver, calls, ledger},
            model::{Check, Page},
            msg::{Answer, Call, Effect, Long},
        },
    };

    fn on_ledger() -> Driver {
        let mut d = Driver::inside();
        d.press(KeyCode::F(4));
        d.answer(Answer::Ledger(Ok(ledger())));
        d
    }

    #[test]
    fn a_block_is_proved_into_a_new_file() {
        let mut d = on_ledger();
        d.press(KeyCode::Down);
        let block = ledger().blocks[1].id;
        d.keys("p");
        assert!(calls(&d.ctrl('s')).is_empty() && d.notice().contains("proof"), "where to isn't said");
        d.keys("/media/stick/proof");
        let call = AdminCall::Prove(block, "/media/stick/proof".into());
        assert_eq!(calls(&d.ctrl('s')), [&Call::Admin(call)]);
        let there = Untaken::File(Unwritten::Exists("/media/stick/proof".into()));
        d.answer(Answer::Admin(AdminAnswer::Prove(Err(there))));
        assert!(d.model.form().is_some(), "another name can be typed");
        d.answer(Answer::Admin(AdminAnswer::Prove(Ok("/media/stick/proof".into()))));
        assert!(d.model.form().is_none() && d.notice().contains("/media/stick/proof"));
    }

    fn check(d: &mut Driver) -> &Check {
        match d.model.page() {
            Some(Page::Ledger(l)) => &l.check,
            other => panic!("{other:?}"),
        }
    }

    fn told(d: &mut Driver, far: Option<Checking>) -> Vec<Effect> {
        d.answer(Answer::Desk(DeskAnswer::Checking(far)))
    }

    const FAR: Checking = Checking { done: 420, left: 9_000 };

    #[test]
    fn a_check_says_how_far_it_is_and_esc_gives_it_up() {
        let mut d = on_ledger();
        let asks = Call::Desk(DeskCall::Checking);
        assert_eq!(calls(&d.keys("v")), [&Call::Verify, &asks]);
        assert!(d.keys("v").is_empty(), "one at a time");
        assert_eq!(calls(&told(&mut d, Some(FAR))), [&asks], "it is asked again");
        assert!(matches!(check(&mut d), Check::Running(Some(c)) if *c == FAR));
        // Between pages and blocks the node may say nothing for a moment.
        told(&mut d, None);
        assert!(matches!(check(&mut d), Check::Running(Some(_))));
        assert_eq!(d.press(KeyCode::Esc), [Effect::GiveUp(Long::Verify)]);
        assert!(matches!(check(&mut d), Check::None));
        assert!(told(&mut d, None).is_empty());
        assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Patients(String::new())]);
    }

    #[test]
    fn a_check_that_runs_already_is_shown_and_left_alone() {
        let mut d = on_ledger();
        told(&mut d, Some(FAR));
        assert!(matches!(check(&mut d), Check::Found(_)));
        assert!(d.keys("v").is_empty());
        told(&mut d, None);
        assert!(matches!(check(&mut d), Check::None));
        told(&mut d, Some(FAR));
        assert!(d.press(KeyCode::Esc).iter().all(|e| !matches!(e, Effect::GiveUp(_))));
    }
}
