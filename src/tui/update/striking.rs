//! Striking a visit out that was written by mistake, and letting it stand again.

use crate::{
    core::id::PatientId,
    node::api::{Fault, FaultKind, Saved},
};

use super::{
    super::{
        keymap::Action,
        listed::{Listed, listed},
        model::{ChartPage, Model, Page, Tone},
        msg::{Call, Effect},
        record_calls::RecordCall,
        striking::Striking,
        words::{Saying, say},
    },
    correcting, form, open_chart, proof,
};

fn page(model: &mut Model) -> Option<&mut ChartPage> {
    match model.page()? {
        Page::Chart(c) => Some(c),
        _ => None,
    }
}

/// Asks why the selected visit is struck out, or whether it is to stand again.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    let Some(c) = page(model) else { return Vec::new() };
    let Some(chart) = c.chart.ready() else { return Vec::new() };
    let asked = match listed(chart).get(c.selected) {
        None => Err("notice-no-visit".into()),
        Some(line) => match line.visit() {
            None => Err("notice-names-no-visit".into()),
            Some(v) => match correcting::kept_from(chart, v) {
                Some(why) => Err(why),
                None => Ok(Striking::new(v, matches!(line, Listed::Struck(_)))),
            },
        },
    };
    match asked {
        Ok(s) => c.striking = Some(Box::new(s)),
        Err(why) => model.say(Tone::Info, why),
    }
    Vec::new()
}

/// Signs it.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(s) = page(model).and_then(|c| c.striking.as_ref()) else { return Vec::new() };
    let call = match s.because() {
        Ok(because) => RecordCall::Strike(s.patient, s.record, s.replaces.clone(), because),
        Err(wrong) => return form::wrong(model, wrong),
    };
    form::sending(model, true);
    vec![model.ask(Call::Record(call))]
}

pub(super) fn struck(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some(c) = page(model) else { return Vec::new() };
    let Some(s) = c.striking.as_mut().filter(|s| s.patient == id && s.form.sending) else {
        return Vec::new();
    };
    s.form.sending = false;
    match result {
        Ok(saved) => {
            let (block, seq) = (saved.block.short(), saved.seq);
            let words = match s.again {
                false => say!("notice-struck", seq = seq, block = block),
                true => say!("notice-stands-again", seq = seq, block = block),
            };
            let (id, name) = (c.id, c.name.clone());
            model.say(Tone::Good, words);
            return open_chart(model, id, &name);
        }
        // The policy wants more than a face for this: the PIN first, then the same again.
        Err(fault) if fault.kind == FaultKind::Proof => drop(proof::first(model, Action::Save)),
        Err(fault) if fault.kind == FaultKind::Unreachable => {
            let words = say!("notice-perhaps-corrected", why = Saying::Node(fault.message));
            model.say(Tone::Danger, words);
        }
        Err(fault) => {
            // What was read is perhaps no longer what stands: the chart says so once the form is closed.
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
        core::id::{RecordId, VersionId},
        node::api::Chart,
        tui::{
            fixtures::{ABEBA, Driver, calls, chart, saved, struck as struck_chart},
            keymap::Place,
            msg::{Answer, Opened},
            record_calls::RecordAnswer,
        },
    };

    use super::*;

    fn with(chart: Chart) -> Driver {
        let mut d = Driver::chart();
        d.answer(Answer::Chart(ABEBA, Ok(Opened { chart, draft: None, known: Vec::new() })));
        d
    }

    fn answer(d: &mut Driver, result: Result<Saved, Fault>) -> Vec<Effect> {
        d.answer(Answer::Record(RecordAnswer::Struck(ABEBA, result)))
    }

    #[test]
    fn a_visit_is_struck_out_for_a_reason_as_it_was_seen() {
        let mut c = chart();
        c.visits[0].versions = vec![VersionId([8; 16])];
        let mut d = with(c);
        assert!(d.keys("x").is_empty());
        assert_eq!(Place::of(&d.model), Place::Form);
        assert!(d.ctrl('s').is_empty(), "no reason");
        assert!(d.notice().starts_with("say why"), "{}", d.notice());
        d.keys(" another patient ");
        let call = RecordCall::Strike(
            ABEBA,
            RecordId([0x41; 16]),
            vec![VersionId([8; 16])],
            Some("another patient".into()),
        );
        assert_eq!(calls(&d.ctrl('s')), [&Call::Record(call.clone())]);
        assert!(d.ctrl('s').is_empty() && d.press(KeyCode::Esc).is_empty(), "it is on its way");
        let changed =
            Fault::new(FaultKind::Conflict, "somebody has changed this meanwhile: look at it again");
        answer(&mut d, Err(changed));
        assert!(d.notice().contains("look at it again"), "{}", d.notice());
        assert_eq!(calls(&d.ctrl('s')), [&Call::Record(call)], "what was typed stays");
        assert_eq!(calls(&answer(&mut d, Ok(saved()))), [&Call::Chart(ABEBA)]);
        assert!(d.notice().starts_with("struck out: block 32"), "{}", d.notice());
    }

    #[test]
    fn what_is_struck_out_stands_again_without_a_reason_and_is_not_corrected() {
        let mut d = with(struck_chart());
        for _ in 0..5 {
            d.press(KeyCode::Down);
        }
        assert!(d.keys("e").is_empty());
        assert!(d.notice().contains("struck out: x lets it stand again"), "{}", d.notice());
        let effects = d.keys("h");
        let history = RecordCall::History(ABEBA, Some(RecordId([0x41; 16])));
        assert_eq!(calls(&effects), [&Call::Record(history)], "its versions are read");
        d.press(KeyCode::Esc);
        d.keys("x");
        let call = RecordCall::Strike(ABEBA, RecordId([0x41; 16]), Vec::new(), None);
        assert_eq!(calls(&d.ctrl('s')), [&Call::Record(call)]);
        answer(&mut d, Ok(saved()));
        assert!(d.notice().starts_with("it stands again: block 32"), "{}", d.notice());
    }

    #[test]
    fn what_is_not_ours_or_undecided_is_not_struck_out() {
        let say = |change: fn(&mut crate::node::api::VisitRow)| {
            let mut c = chart();
            change(&mut c.visits[0]);
            let mut d = with(c);
            assert!(d.keys("x").is_empty());
            assert_eq!(Place::of(&d.model), Place::Chart);
            d.notice()
        };
        assert!(say(|v| v.org = "Lake Hospital".into()).starts_with("Lake Hospital wrote that visit"));
        assert!(say(|v| v.written = false).contains("came from elsewhere"));
        assert!(say(|v| v.versions = vec![VersionId([1; 16]), VersionId([2; 16])]).contains("decide first"));
        let mut none = chart();
        none.visits.clear();
        let mut d = with(none);
        d.keys("x");
        assert!(d.notice().contains("no visit yet"), "{}", d.notice());
    }
}
