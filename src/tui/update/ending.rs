//! Saying that something is over: what, how, sure, and then it is signed.

use crate::{
    core::id::PatientId,
    node::api::{Fault, FaultKind, Saved},
};

use super::{
    super::{
        ending::{EndingPage, Step, stands},
        keymap::Action,
        model::{ChartPage, Model, Page, Tone},
        msg::{Call, Effect},
        record_calls::RecordCall,
        words::{Saying, ended as word, say},
    },
    chart, moved, open_chart, proof, set_page,
};

fn page(model: &mut Model) -> Option<(&mut ChartPage, &mut EndingPage)> {
    match model.page()? {
        Page::Ending(c, p) => Some((c, p)),
        _ => None,
    }
}

/// Opens the list of what stands.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(chart) = model.chart().and_then(|c| c.chart.ready()) else { return Vec::new() };
    let all = stands(chart);
    if all.is_empty() {
        model.say(Tone::Info, "notice-nothing-stands");
        return Vec::new();
    }
    match chart::take(model) {
        Some(c) => set_page(model, Page::Ending(c, Box::new(EndingPage::new(all))), Vec::new()),
        None => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some((_, p)) = page(model) else { return Vec::new() };
    match (p.step, action) {
        (Step::How(_), Action::Back) => p.step = Step::What,
        (_, Action::Back) => {
            // News that came in meanwhile was for no page.
            let effects = vec![model.ask(Call::Ledger)];
            return match chart::take(model) {
                Some(c) => set_page(model, Page::Chart(c), effects),
                None => Vec::new(),
            };
        }
        (Step::What, Action::Accept) => p.step = Step::How(0),
        (Step::How(at), Action::Accept) => {
            if let Some(how) = p.picked().and_then(|s| s.ends().get(at)) {
                p.step = Step::Sure(*how);
            }
        }
        (_, moving) => {
            let (at, n) = p.cursor();
            *at = moved(*at, n, moving);
        }
    }
    Vec::new()
}

/// Answers "is it over?".
pub(super) fn confirm(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some((_, p)) = page(model) else { return Vec::new() };
    let (Step::Sure(how), Some(s)) = (p.step, p.picked()) else { return Vec::new() };
    if action != Action::Yes {
        let at = s.ends().iter().position(|e| *e == how);
        p.step = Step::How(at.unwrap_or(0));
        return Vec::new();
    }
    let call = RecordCall::End(s.item.patient, s.item.record, how);
    p.step = Step::Sending(how);
    vec![model.ask(Call::Record(call))]
}

pub(super) fn ended(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some((c, p)) = page(model) else { return Vec::new() };
    let (Step::Sending(how), Some(s)) = (p.step, p.picked()) else { return Vec::new() };
    if s.item.patient != id {
        return Vec::new();
    }
    p.step = Step::Sure(how);
    match result {
        Ok(saved) => {
            let (id, name, selected) = (c.id, c.name.clone(), c.selected);
            let (how, block) = (Saying::from(word(how)), saved.block.short());
            let words = say!("notice-ended", how = how, seq = saved.seq, block = block);
            model.say(Tone::Good, words);
            let effects = open_chart(model, id, &name);
            if let Some(c) = model.chart() {
                c.selected = selected;
            }
            return effects;
        }
        // The policy wants more than a face for this: the PIN first, then the same again.
        Err(fault) if fault.kind == FaultKind::Proof => drop(proof::first(model, Action::Yes)),
        Err(fault) if fault.kind == FaultKind::Unreachable => {
            let words = say!("notice-perhaps-corrected", why = Saying::Node(fault.message));
            model.say(Tone::Danger, words);
        }
        Err(fault) => {
            p.step = Step::What;
            // What was read is perhaps no longer what stands: the chart says so once one is back.
            c.stale |= fault.kind == FaultKind::Conflict;
            model.fail(&fault);
        }
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        core::codes::Ending,
        tui::{
            fixtures::{ABEBA, Driver, calls, coded, saved},
            keymap::Place,
            model::Page,
            msg::{Answer, Call, Opened},
            record_calls::{RecordAnswer, RecordCall},
        },
    };

    use super::*;

    fn with(chart: crate::node::api::Chart) -> Driver {
        let mut d = Driver::chart();
        d.answer(Answer::Chart(ABEBA, Ok(Opened { chart, draft: None, known: Vec::new() })));
        d
    }

    fn answer(d: &mut Driver, result: Result<Saved, Fault>) -> Vec<Effect> {
        d.answer(Answer::Record(RecordAnswer::Ended(ABEBA, result)))
    }

    #[test]
    fn a_medicine_is_stopped_after_it_was_asked_for_and_the_chart_is_read_again() {
        let mut d = with(coded());
        let medicine = coded().visits[0].done.iter().find(|i| i.kind == "MedicationRequest").unwrap().record;
        assert!(d.keys("o").is_empty());
        d.press(KeyCode::Down);
        d.press(KeyCode::Enter);
        assert_eq!(Place::of(&d.model), Place::Ending);
        d.press(KeyCode::Enter);
        assert_eq!(Place::of(&d.model), Place::Confirm);
        assert!(d.keys("n").is_empty(), "not yet");
        d.press(KeyCode::Enter);
        let call = RecordCall::End(ABEBA, medicine, Ending::Stopped);
        assert_eq!(calls(&d.keys("y")), [&Call::Record(call)]);
        assert!(d.keys("y").is_empty() && d.press(KeyCode::Esc).is_empty(), "it is on its way");
        assert_eq!(calls(&answer(&mut d, Ok(saved()))), [&Call::Chart(ABEBA)]);
        assert!(d.notice().starts_with("stopped: block 32"), "{}", d.notice());
    }

    #[test]
    fn another_end_is_picked_and_a_refusal_is_one_line() {
        let mut d = with(coded());
        d.keys("o");
        d.press(KeyCode::Enter);
        d.press(KeyCode::Down);
        d.press(KeyCode::Down);
        d.press(KeyCode::Enter);
        let effects = d.keys("y");
        assert!(matches!(calls(&effects)[..], [Call::Record(RecordCall::End(ABEBA, _, Ending::Mistaken))]));
        let words = "registrars don't write visits: ask a nurse";
        assert!(
            answer(&mut d, Err(Fault::new(FaultKind::Locked, words)))
                .iter()
                .all(|e| { matches!(e, Effect::Call { call: Call::Status, .. }) })
        );
        assert_eq!(d.notice(), words);
        assert!(matches!(d.model.page(), Some(Page::Ending(_, p)) if p.step == Step::What));
        d.press(KeyCode::Esc);
        assert!(matches!(d.model.page(), Some(Page::Chart(c)) if !c.stale), "and not read again");
    }

    #[test]
    fn where_nothing_stands_and_elsewhere_it_says_so() {
        let mut d = Driver::chart();
        assert!(d.keys("o").is_empty());
        assert!(d.notice().contains("nothing that was coded here stands"), "{}", d.notice());
        let mut theirs = coded();
        theirs.own = false;
        let mut d = with(theirs);
        d.keys("o");
        assert!(matches!(d.model.page(), Some(Page::Chart(_))), "no key for it there");
    }
}
