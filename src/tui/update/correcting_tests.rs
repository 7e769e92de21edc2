//! Correcting, from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::id::{RecordId, VersionId},
    node::api::{Correction, Fault, FaultKind, FormDraft, FormOf},
    tui::{
        fixtures::{ABEBA, Driver, calls, chart, history, opened, saved},
        keymap::Place,
        model::{Over, Page},
        msg::{Answer, Call},
        record_calls::{RecordAnswer, RecordCall},
    },
};

fn corrected(result: Result<crate::node::api::Saved, Fault>) -> Answer {
    Answer::Record(RecordAnswer::Edited(ABEBA, result))
}

/// A chart whose record and first visit have a version that stands.
fn standing() -> Driver {
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart.versions = vec![VersionId([7; 16])];
    o.chart.visits[0].versions = vec![VersionId([8; 16])];
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d
}

#[test]
fn who_the_patient_is_is_corrected_in_place_of_what_was_seen() {
    let mut d = standing();
    assert_eq!(calls(&d.keys("i")), [&Call::FormDraft(FormOf::Who(ABEBA))]);
    assert!(d.ctrl('s').is_empty());
    assert_eq!(d.notice(), "nothing is changed: change a field, or leave with Esc");
    d.keys(" Wolde");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    d.press(KeyCode::Char(' '));
    let mut new = chart().patient;
    (new.name, new.birth_estimated) = ("Abeba Tesfaye Wolde".into(), false);
    let correction = Correction { who: Some((vec![VersionId([7; 16])], new)), guardian: None };
    let call = RecordCall::Correct(ABEBA, Box::new(correction));
    assert_eq!(calls(&d.ctrl('s')), [&Call::Record(call.clone())]);
    assert!(d.keys("x").is_empty() && d.press(KeyCode::Esc).is_empty(), "it is on its way");
    let refused = Fault::new(
        FaultKind::Conflict,
        "somebody has changed this meanwhile: look at it again, then change it",
    );
    d.answer(corrected(Err(refused)));
    assert!(d.notice().contains("look at it again"), "{}", d.notice());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Record(call)], "what was typed stays");
    let effects = d.answer(corrected(Ok(saved())));
    assert_eq!(calls(&effects), [&Call::Chart(ABEBA)]);
    assert!(d.notice().starts_with("corrected: block 32"), "{}", d.notice());
}

#[test]
fn after_a_refusal_the_chart_says_that_it_is_old() {
    let mut d = standing();
    d.keys("i");
    d.keys("x");
    d.ctrl('s');
    d.answer(corrected(Err(Fault::new(FaultKind::Conflict, "somebody has changed this meanwhile"))));
    d.press(KeyCode::Esc);
    d.keys("y");
    assert!(matches!(d.model.page(), Some(Page::Chart(c)) if c.stale));
}

#[test]
fn a_visit_is_corrected_with_its_own_versions_and_its_draft_is_its_own() {
    let mut d = standing();
    d.keys("e");
    d.press(KeyCode::Tab);
    for _ in 0..4 {
        d.press(KeyCode::Backspace);
    }
    d.keys("41.2");
    let of = FormOf::Visit(ABEBA, RecordId([0x41; 16]));
    let mut fields = vec![None; 10];
    fields[1] = Some("41.2".into());
    let draft = FormDraft { fields };
    assert_eq!(calls(&d.wait(5_000)), [&Call::KeepForm(of, Some(draft))], "no draft of a new visit");
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().contains("unusual: Temperature 41.2"), "{}", d.notice());
    let effects = d.ctrl('s');
    let [Call::Record(RecordCall::EditVisit(id, record, versions, draft))] = calls(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((*id, *record, &versions[..]), (ABEBA, RecordId([0x41; 16]), &[VersionId([8; 16])][..]));
    assert_eq!((draft.vitals[0].as_str(), draft.reason.as_str()), ("41.2", "fever"));
    d.answer(corrected(Err(Fault::new(FaultKind::Unreachable, "the node took too long"))));
    assert!(d.notice().contains("not known whether the correction was saved"), "{}", d.notice());
    d.model.inside().unwrap().proof = None;
    d.ctrl('s');
    d.answer(corrected(Err(Fault::new(FaultKind::Proof, "give your PIN first"))));
    // Nobody has a PIN here: what helps is said.
    assert!(matches!(d.model.inside().unwrap().over, Over::None) && !d.notice().is_empty());
}

#[test]
fn what_cannot_be_corrected_says_so_before_anything_is_typed() {
    let say = |change: fn(&mut crate::node::api::VisitRow)| {
        let mut d = Driver::chart();
        let mut o = opened();
        change(&mut o.chart.visits[0]);
        d.answer(Answer::Chart(ABEBA, Ok(o)));
        assert!(d.keys("e").is_empty());
        assert!(matches!(d.model.page(), Some(Page::Chart(_))));
        d.notice()
    };
    assert!(say(|v| v.org = "Lake Hospital".into()).starts_with("Lake Hospital wrote that visit"));
    assert!(say(|v| v.written = false).contains("came from elsewhere"));
    assert!(say(|v| v.versions = vec![VersionId([1; 16]), VersionId([2; 16])]).contains("decide first"));
}

#[test]
fn the_versions_of_a_visit_or_a_patient_are_read_once_and_shown() {
    let mut d = Driver::chart();
    let of = RecordId([0x41; 16]);
    assert_eq!(calls(&d.keys("h")), [&Call::Record(RecordCall::History(ABEBA, Some(of)))]);
    d.answer(Answer::Record(RecordAnswer::History(ABEBA, None, Ok(history()))));
    assert!(matches!(d.model.page(), Some(Page::History(_, p)) if p.row.is_loading()), "not that one");
    d.answer(Answer::Record(RecordAnswer::History(ABEBA, Some(of), Ok(history()))));
    for _ in 0..5 {
        d.press(KeyCode::Down);
    }
    assert!(matches!(d.model.page(), Some(Page::History(_, p)) if p.selected == 2));
    assert!(d.press(KeyCode::Esc).is_empty(), "the chart is not read again");
    assert_eq!(calls(&d.keys("H")), [&Call::Record(RecordCall::History(ABEBA, None))]);
}

#[test]
fn a_correction_is_not_lost_without_a_word() {
    let mut d = standing();
    d.keys("i");
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Chart(_))), "nothing was changed");
    d.keys("i");
    d.keys(" Wolde");
    assert!(d.press(KeyCode::Esc).is_empty());
    assert_eq!(Place::of(&d.model), Place::Confirm);
    assert!(d.keys("n").is_empty());
    assert!(matches!(d.model.page(), Some(Page::Correct(_, f)) if f.changes() == 1));
    let of = FormOf::Who(ABEBA);
    let effects = d.press(KeyCode::F(5));
    assert!(
        matches!(calls(&effects)[..], [Call::KeepForm(o, Some(_)), Call::Mesh] if *o == of),
        "{effects:?}"
    );
    assert!(d.notice().contains("is kept"), "{}", d.notice());

    let mut d = standing();
    d.keys("i");
    d.keys("x");
    let effects = d.ctrl('l');
    assert!(matches!(calls(&effects)[..], [Call::KeepForm(..), Call::Lock, Call::Status]), "{effects:?}");
    assert!(d.notice().contains("kept as a draft"), "{}", d.notice());

    let mut d = standing();
    d.keys("i");
    d.keys("x");
    d.press(KeyCode::Esc);
    assert_eq!(calls(&d.keys("y")), [&Call::KeepForm(of, None)], "thrown away");
    assert!(matches!(d.model.page(), Some(Page::Chart(_))));
}

#[test]
fn the_patient_is_taken_along_from_every_part_of_the_chart() {
    for key in ["i", "h", "v", "g"] {
        let mut d = standing();
        d.keys(key);
        d.ctrl('f');
        match d.model.page() {
            Some(Page::Papers(p)) => assert_eq!(p.subject.as_ref().map(|s| s.id), Some(ABEBA), "{key}"),
            other => panic!("{key}: {other:?}"),
        }
        d.press(KeyCode::Esc);
        assert!(matches!(d.model.page(), Some(Page::Chart(_))), "{key}");
    }
}
