//! Requests, shares, changes of consent, erasures: from key to effect and from answer to screen.

use crossterm::event::KeyCode;
use jiff::tz::TimeZone;

use crate::{
    core::{
        governance::Role,
        id::{GrantId, PatientId},
        policy::Purpose,
        record::Compartment,
        rights::ErasureReason,
        share::counts::Dimension,
        time::DAY,
    },
    node::api::{ConsentChange, Layout, RequestAsk, ShareAsk, Working},
    tui::{
        desk_calls::{DeskAnswer, DeskCall},
        files::{Untaken, Unwritten},
        fixtures::{
            ABEBA, Driver, asked_rows, calls, claim, consent, counts, erasing, erasures, extracted, no,
            opened, refused_chart, refused_id, requests, saved, sharing,
        },
        model::{Dialog, Page},
        msg::{Answer, Call, Effect, Long},
        rights_calls::{RightsAnswer, RightsCall},
        sharing::Taken,
    },
};

fn answer(d: &mut Driver, answer: RightsAnswer) -> Vec<Effect> {
    d.answer(Answer::Rights(answer))
}

/// The one call about rights among effects.
fn right(effects: &[Effect]) -> &RightsCall {
    match calls(effects)[..] {
        // What takes long is asked about at once.
        [Call::Rights(call)] | [Call::Rights(call), Call::Desk(DeskCall::Working)] => call,
        ref other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_is_asked_for_from_the_list_and_the_answer_opens_it() {
    let mut d = requests();
    d.keys("n");
    let ask = RequestAsk { purpose: Purpose::Treatment, compartments: vec![Compartment::General] };
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Request(PatientId([2; 16]), ask));
    assert!(d.model.writing() && d.ctrl('s').is_empty(), "once");
    answer(&mut d, RightsAnswer::Request(Err(no("the disk is full: make room"))));
    assert_eq!(d.notice(), "the disk is full: make room");
    assert!(d.model.form().is_some(), "what was filled in stays");
    d.ctrl('s');
    let effects = answer(&mut d, RightsAnswer::Request(Ok(saved())));
    assert_eq!(right(&effects), &RightsCall::Requests);
    assert!(d.notice().contains("asked: block 32") && d.model.form().is_none());
    // The second in the list is one that somebody opened to this organisation.
    answer(&mut d, RightsAnswer::Requests(Ok(asked_rows())));
    d.press(KeyCode::Down);
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Chart(PatientId([2; 16]))]);
}

#[test]
fn from_a_chart_that_may_not_be_read_its_patient_is_asked_about_and_esc_goes_back_without_a_read() {
    let mut d = refused_chart();
    assert_eq!(right(&d.keys("q")), &RightsCall::Requests);
    answer(&mut d, RightsAnswer::Requests(Ok(asked_rows())));
    d.keys("n");
    d.keys(" ");
    d.press(KeyCode::Tab);
    d.keys(" ");
    assert!(d.ctrl('s').is_empty(), "no part is asked for");
    assert_eq!(d.notice(), "mark at least one part of the record with Space");
    d.keys(" ");
    assert!(matches!(right(&d.ctrl('s')), RightsCall::Request(id, ask)
        if *id == refused_id() && ask.purpose == Purpose::Payment));
    answer(&mut d, RightsAnswer::Request(Ok(saved())));
    assert!(d.press(KeyCode::Esc).is_empty(), "a chart that wasn't open has no news");
    assert!(matches!(d.model.page(), Some(Page::Chart(c)) if c.id == refused_id()));
    let mut d = Driver::chart();
    d.keys("q");
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Ledger], "what came meanwhile is news");
    assert!(d.model.chart().unwrap().chart.ready().is_some());
    // A chart that is still being read comes in behind the list.
    let mut d = Driver::inside();
    d.press(KeyCode::Enter);
    d.keys("q");
    d.answer(Answer::Chart(ABEBA, Ok(opened())));
    d.press(KeyCode::Esc);
    assert!(d.model.chart().unwrap().chart.ready().is_some());
}

#[test]
fn whoever_is_not_listed_is_asked_about_by_identifier() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    d.ctrl('r');
    answer(&mut d, RightsAnswer::Requests(Ok(asked_rows())));
    d.keys("n");
    d.keys("somebody");
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().starts_with("'somebody' is not a patient's identifier"));
    for _ in 0..8 {
        d.press(KeyCode::Backspace);
    }
    d.keys(&ABEBA.to_string());
    assert!(matches!(right(&d.ctrl('s')), RightsCall::Request(id, _) if *id == ABEBA));
}

#[test]
fn a_reload_keeps_the_line_that_is_read() {
    let mut d = requests();
    d.press(KeyCode::Down);
    let mut grown = asked_rows();
    let mut new = grown.rows[0].clone();
    new.block.0[0] ^= 1;
    grown.rows.insert(0, new);
    answer(&mut d, RightsAnswer::Requests(Ok(grown)));
    assert!(matches!(d.model.page(), Some(Page::Requests(r)) if r.selected == 2));
}

#[test]
fn counts_are_taken_after_the_pin_and_written_as_they_were_handed_out() {
    let mut d = sharing(Role::Bureau, 1);
    d.press(KeyCode::Enter);
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    let ask = ShareAsk { compartments: vec![Compartment::General], from: None, until: None };
    let layout = Layout { rows: Dimension::Age, columns: Dimension::Gender };
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Counts(ask, layout));
    answer(&mut d, RightsAnswer::Counts(Ok(counts())));
    d.keys("w");
    assert!(d.ctrl('s').is_empty() && d.notice().contains("path of a new file"));
    d.keys("/tmp/a b.csv");
    assert_eq!(right(&d.ctrl('s')), &RightsCall::WriteFile("/tmp/a b.csv".into(), counts().table.csv()));
    answer(&mut d, RightsAnswer::WriteFile(Err(Unwritten::Exists("/tmp/a b.csv".into()))));
    assert_eq!(d.notice(), "/tmp/a b.csv is there already and stays as it is: choose another name");
    assert!(d.model.form().is_some());
    d.ctrl('s');
    answer(&mut d, RightsAnswer::WriteFile(Ok("/tmp/a b.csv".into())));
    assert!(d.model.form().is_none() && d.notice().contains("/tmp/a b.csv"));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Share(s)) if matches!(s.taken, Taken::Nothing)));
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Patients(String::new())]);
}

#[test]
fn what_is_being_taken_shows_how_far_and_esc_stops_it_with_what_was_typed() {
    let mut d = sharing(Role::Bureau, 1);
    d.press(KeyCode::Enter);
    d.model.inside().unwrap().proof = Some(d.now);
    d.ctrl('s');
    let Some(Page::Share(s)) = d.model.page() else { panic!("not that screen") };
    assert!(matches!(s.taken, Taken::Running(..)));
    assert!(!d.model.writing() && d.model.working(), "nothing is blocked, and nobody is locked out");
    let far = Working { what: "taking out".into(), done: 3, total: 9 };
    let again = d.answer(Answer::Desk(DeskAnswer::Working(Some(far.clone()))));
    assert_eq!(calls(&again), [&Call::Desk(DeskCall::Working)]);
    let Some(Page::Share(s)) = d.model.page() else { panic!("not that screen") };
    assert!(matches!(&s.taken, Taken::Running(_, Some(at)) if *at == far));
    assert_eq!(d.press(KeyCode::Esc), [Effect::GiveUp(Long::Taking)]);
    assert!(d.model.form().is_some(), "what was typed stays");
    assert!(d.answer(Answer::Desk(DeskAnswer::Working(None))).is_empty());
    d.ctrl('s');
    assert!(d.ctrl('l').contains(&Effect::GiveUp(Long::Taking)), "nobody waits for it any more");
}

#[test]
fn sealing_anew_shows_how_far_it_is() {
    let mut d = erasing();
    d.keys("c");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(right(&d.keys("y")), &RightsCall::CarryOut);
    let far = Working { what: "sealing anew".into(), done: 3, total: 9 };
    let again = d.answer(Answer::Desk(DeskAnswer::Working(Some(far.clone()))));
    assert_eq!(calls(&again), [&Call::Desk(DeskCall::Working)]);
    assert!(matches!(d.model.page(), Some(Page::Erasures(e)) if e.far.as_ref() == Some(&far)));
    answer(&mut d, RightsAnswer::CarryOut(Ok(1)));
    assert!(d.answer(Answer::Desk(DeskAnswer::Working(None))).is_empty());
}

#[test]
fn rows_and_columns_are_two_things() {
    let mut d = sharing(Role::Bureau, 1);
    d.press(KeyCode::Enter);
    d.press(KeyCode::Left);
    assert!(d.ctrl('s').is_empty());
    assert_eq!(d.notice(), "rows and columns: choose two different things");
}

#[test]
fn an_extract_names_its_file_and_a_refusal_keeps_the_form() {
    let mut d = sharing(Role::Researcher, 0);
    d.press(KeyCode::Enter);
    assert!(d.ctrl('s').is_empty() && d.notice().contains("path of a new file"));
    d.keys("/media/x.csv");
    d.press(KeyCode::BackTab);
    d.keys("2026-03-01");
    let until = 1_772_323_200_000 + DAY;
    match right(&d.ctrl('s')) {
        RightsCall::Extract(ask, path) => {
            assert_eq!((ask.from, ask.until, path.as_str()), (None, Some(until), "/media/x.csv"));
        }
        other => panic!("{other:?}"),
    }
    answer(
        &mut d,
        RightsAnswer::Extract(Err(Untaken::Node(no("not allowed: a nurse may not do this for research")))),
    );
    assert!(d.notice().starts_with("not allowed") && d.model.form().is_some());
    let full = Unwritten::Failed { path: "/media/x.csv".into(), why: "no space".into() };
    d.ctrl('s');
    answer(&mut d, RightsAnswer::Extract(Err(Untaken::File(full))));
    assert_eq!(d.notice(), "/media/x.csv: not possible (no space): choose another file");
    d.ctrl('s');
    answer(&mut d, RightsAnswer::Extract(Ok(extracted())));
    assert!(d.notice().contains("/media/stick/march.csv"));
}

#[test]
fn a_claim_is_that_of_the_chart_and_has_a_period() {
    let mut d = Driver::chart();
    d.model.zone = TimeZone::UTC;
    d.ctrl('e');
    d.press(KeyCode::Down);
    d.press(KeyCode::Down);
    d.press(KeyCode::Enter);
    assert!(d.ctrl('s').is_empty());
    assert_eq!(d.notice(), "a claim has a period: type its first day and its last");
    d.keys("2026-02-01");
    d.press(KeyCode::Tab);
    d.keys("28/02/2026");
    assert!(matches!(right(&d.ctrl('s')), RightsCall::Claim(id, ask)
        if *id == ABEBA && ask.until.unwrap() - ask.from.unwrap() == 28 * DAY));
    answer(&mut d, RightsAnswer::Claim(Ok(claim())));
    d.press(KeyCode::Down);
    assert!(matches!(d.model.page(), Some(Page::Share(s)) if s.row == 1));
    d.keys("w");
    assert!(d.model.form().is_none(), "a claim is looked at, not carried away");
    d.press(KeyCode::Esc);
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Chart(_))));
}

#[test]
fn consent_is_narrowed_and_ended_as_shown() {
    let mut d = Driver::consent();
    d.keys("n");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("nothing is less yet"));
    d.press(KeyCode::Tab);
    d.keys("soon");
    assert!(d.ctrl('s').is_empty() && d.notice().contains("'soon' is not a number of days"));
    for _ in 0..4 {
        d.press(KeyCode::Backspace);
    }
    d.keys("7");
    d.press(KeyCode::Tab);
    d.keys("mother");
    let grant = GrantId([1; 16]);
    let less = ConsentChange::Narrow { grant, compartments: None, days: Some(7) };
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Change(ABEBA, less, Some("mother".into())));
    answer(
        &mut d,
        RightsAnswer::Change(ABEBA, Err(no("only the organisation that recorded a grant can narrow it"))),
    );
    assert!(matches!(d.model.consent().unwrap().dialog, Dialog::Limit(_)));
    d.ctrl('s');
    let effects = answer(&mut d, RightsAnswer::Change(ABEBA, Ok(saved())));
    assert_eq!(calls(&effects), [&Call::Consent(ABEBA)]);
    // What only takes away asks for no PIN.
    d.model.inside().unwrap().proof = None;
    d.keys("e");
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Change(ABEBA, ConsentChange::Revoke(grant), None));
    answer(&mut d, RightsAnswer::Change(ABEBA, Ok(saved())));
    d.keys("S");
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Change(ABEBA, ConsentChange::StopAll, None));
    answer(&mut d, RightsAnswer::Change(ABEBA, Ok(saved())));
    d.keys("o");
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Change(ABEBA, ConsentChange::OptOut, None));
    answer(&mut d, RightsAnswer::Change(ABEBA, Ok(saved())));
    // What ended can't be ended.
    d.press(KeyCode::Down);
    d.keys("e");
    assert!(d.model.form().is_none() && d.notice().starts_with("select what is in force"));
    // What gives again asks for one.
    let mut out = consent();
    out.emergency = crate::core::consent::EmergencySummary::OptedOut;
    d.answer(Answer::Consent(ABEBA, Ok(out)));
    d.keys("o");
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(right(&d.ctrl('s')), &RightsCall::Change(ABEBA, ConsentChange::OptIn, None));
}

#[test]
fn keys_are_destroyed_only_when_the_identifier_is_typed_again() {
    let mut d = erasing();
    d.keys("o");
    d.press(KeyCode::Right);
    assert!(d.ctrl('s').is_empty() && d.notice().contains("file number"), "a court's order has one");
    d.keys("2026/114");
    d.press(KeyCode::Tab);
    d.keys("abababa");
    assert!(d.ctrl('s').is_empty());
    assert_eq!(d.notice(), "nothing was ordered: to be sure, type abababab");
    d.keys("B");
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    let want = RightsCall::Erase(ABEBA, ErasureReason::Court, "2026/114".into());
    assert_eq!(right(&d.ctrl('s')), &want);
    let effects = answer(&mut d, RightsAnswer::Erase(Ok(saved())));
    assert_eq!(right(&effects), &RightsCall::Erasures);
    assert!(d.notice().starts_with("ordered: block 32"));
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Patients(String::new())], "that chart is gone");
}

#[test]
fn this_terminal_is_sealed_anew_when_it_is_said_so() {
    let mut d = erasing();
    d.keys("cn");
    assert!(!d.model.writing());
    assert_eq!(right(&d.keys("cy")), &RightsCall::CarryOut);
    assert!(d.model.writing() && d.press(KeyCode::Esc).is_empty(), "it can't be left half done");
    let effects = answer(&mut d, RightsAnswer::CarryOut(Ok(1)));
    assert_eq!(right(&effects), &RightsCall::Erasures);
    assert_eq!(d.notice(), "sealed anew; receipts signed: 1");
    answer(&mut d, RightsAnswer::Erasures(Ok(erasures())));
}
