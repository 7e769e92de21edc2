//! Papers, lists and files, from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{
        auth::IDLE,
        id::{PatientId, RecordId},
    },
    jobs::{FhirIn, Job, PatientsIn},
    node::api::{ExportForm, Fault, FaultKind, LinkedRow},
    sheet::table::Refused,
    tui::{
        files::{Untaken, Unwritten},
        fixtures::{ABEBA, Driver, calls, opened, struck, who},
        model::{Over, Page},
        msg::{Answer, Call, Effect, Opened},
        paper_calls::{PaperAnswer, PaperCall, Unbegun},
        papers::{Begin, KINDS, Kind, Outcome, Paper, Stage, To},
    },
};

fn answer(d: &mut Driver, a: PaperAnswer) -> Vec<Effect> {
    d.answer(Answer::Papers(a))
}

fn stage(d: &mut Driver) -> &Stage {
    match d.model.page() {
        Some(Page::Papers(p)) => &p.stage,
        _ => panic!("not that screen"),
    }
}

/// The form of this kind, opened from the chart, by somebody who has just given a PIN.
fn form(kind: Kind) -> Driver {
    let mut d = Driver::chart();
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("p");
    for _ in 0..KINDS.iter().position(|k| *k == kind).unwrap() {
        d.press(KeyCode::Down);
    }
    d.press(KeyCode::Enter);
    d
}

#[test]
fn a_visit_that_is_struck_out_is_no_paper() {
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(Opened { chart: struck(), ..opened() })));
    d.press(KeyCode::PageDown);
    for _ in 0..9 {
        d.press(KeyCode::Down);
    }
    d.keys("p");
    d.press(KeyCode::Enter);
    assert!(d.notice().contains("struck out"), "{}", d.notice());
    assert!(d.model.form().is_none());
}

#[test]
fn the_selected_visit_goes_to_a_new_file_and_what_is_wrong_leaves_the_form() {
    let mut d = form(Kind::Visit);
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().starts_with("say where to write it"), "{}", d.notice());
    d.keys("/stick/v.pdf");
    let paper = Paper::Visit(ABEBA, Some(RecordId([0x41; 16])));
    let to = To::File("/stick/v.pdf".into());
    let call = Call::Papers(PaperCall::Print(paper, to.clone(), who()));
    assert_eq!(calls(&d.ctrl('s')), [&call]);
    assert!(d.press(KeyCode::Esc).is_empty(), "it is on its way");
    answer(&mut d, PaperAnswer::Printed(Err(Untaken::File(Unwritten::Exists("/stick/v.pdf".into())))));
    assert!(d.notice().contains("is there already and stays as it is"), "{}", d.notice());
    assert_eq!(calls(&d.ctrl('s')), [&call], "what was typed stays");
    answer(&mut d, PaperAnswer::Printed(Ok((to, 18_000))));
    assert!(matches!(stage(&mut d), Stage::Done(Outcome::Printed(..))));
    d.press(KeyCode::Esc);
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Chart(_))), "the chart is not read again");
}

#[test]
fn a_pin_is_asked_before_anything_leaves_and_not_for_a_card() {
    let mut d = form(Kind::Summary);
    d.keys("/stick");
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty());
    assert!(matches!(d.model.inside().unwrap().over, Over::None), "there is no PIN to ask for");
    assert!(!d.notice().is_empty());
    d.model.inside().unwrap().proof = Some(d.now);
    let call = PaperCall::Export(ABEBA, ExportForm::Summary, "/stick".into());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Papers(call)]);

    let mut d = form(Kind::Card);
    d.model.inside().unwrap().proof = None;
    d.keys("card.png");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Char(' '));
    let print = PaperCall::Print(Paper::Card("card.png".into()), To::Printer(String::new()), who());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Papers(print)]);
}

fn import() -> Box<Job> {
    Box::new(Job::FhirIn(FhirIn::new(vec!["a.json".into(), "b.json".into()], "")))
}

#[test]
fn long_work_goes_on_piece_by_piece_and_stops_between_two() {
    let mut d = form(Kind::FhirIn);
    d.keys("/stick/in");
    let begin = Begin::FhirIn("/stick/in".into(), String::new());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Papers(PaperCall::Begin(begin.clone()))]);
    let effects = answer(&mut d, PaperAnswer::Begun(Ok(import())));
    assert_eq!(calls(&effects), [&Call::Papers(PaperCall::Step(import()))]);
    let effects = answer(&mut d, PaperAnswer::Stepped(import(), Ok(false)));
    assert_eq!(calls(&effects), [&Call::Papers(PaperCall::Step(import()))]);
    assert!(d.keys("x").is_empty() && d.press(KeyCode::F(3)).is_empty(), "it is not left by mistake");
    d.press(KeyCode::Esc);
    assert!(answer(&mut d, PaperAnswer::Stepped(import(), Ok(false))).is_empty());
    assert!(matches!(stage(&mut d), Stage::Done(Outcome::Stopped(_))));
    assert!(answer(&mut d, PaperAnswer::Stepped(import(), Ok(false))).is_empty(), "a late answer");

    // What can't begin gives the form back.
    let mut d = form(Kind::FhirIn);
    d.keys("/stick/in");
    d.ctrl('s');
    let fault = Fault::new(FaultKind::Usage, "/stick/in: no such file: check the name");
    answer(&mut d, PaperAnswer::Begun(Err(Unbegun::Node(fault))));
    assert!(d.notice().contains("check the name"));
    assert_eq!(calls(&d.ctrl('s')), [&Call::Papers(PaperCall::Begin(begin))]);
}

#[test]
fn what_the_node_refuses_in_the_middle_can_go_on() {
    let mut d = form(Kind::FhirIn);
    d.keys("/stick/in");
    d.ctrl('s');
    answer(&mut d, PaperAnswer::Begun(Ok(import())));
    let fault = Fault::new(FaultKind::Proof, "give your PIN first");
    answer(&mut d, PaperAnswer::Stepped(import(), Err(fault)));
    assert!(matches!(stage(&mut d), Stage::Paused(_)));
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Papers(PaperCall::Step(import()))]);
    let gone = Fault::new(FaultKind::Unreachable, "the node does not answer");
    answer(&mut d, PaperAnswer::Stepped(import(), Err(gone)));
    d.press(KeyCode::Esc);
    assert!(matches!(stage(&mut d), Stage::Done(Outcome::Stopped(_))));
}

#[test]
fn lines_that_stand_in_the_way_are_named() {
    let mut d = form(Kind::PatientsIn);
    d.keys("/stick/p.csv");
    assert_eq!(
        calls(&d.ctrl('s')),
        [&Call::Papers(PaperCall::Begin(Begin::PatientsIn("/stick/p.csv".into(), false)))]
    );
    let bad = vec![Refused { line: 3, why: "gender 'f'".into() }];
    answer(&mut d, PaperAnswer::Begun(Err(Unbegun::Lines(bad))));
    assert!(matches!(stage(&mut d), Stage::Done(Outcome::Refused(bad)) if bad.len() == 1));
    d.press(KeyCode::Esc);
    d.press(KeyCode::Enter);
    d.keys("/stick/p.csv");
    d.ctrl('s');
    let now = jiff::Timestamp::from_second(1_772_440_200).unwrap();
    let none = PatientsIn::read("name\n", now, false).unwrap();
    answer(&mut d, PaperAnswer::Begun(Ok(Box::new(Job::PatientsIn(none.clone())))));
    answer(&mut d, PaperAnswer::Stepped(Box::new(Job::PatientsIn(none)), Ok(true)));
    assert!(matches!(stage(&mut d), Stage::Done(Outcome::Lines { read: 0, new: 0 })));
}

#[test]
fn long_work_is_not_locked_away_and_what_it_asks_for_can_be_given() {
    let mut d = form(Kind::FhirIn);
    d.keys("/stick/in");
    d.ctrl('s');
    answer(&mut d, PaperAnswer::Begun(Ok(import())));
    for _ in 0..3 {
        assert!(d.wait(IDLE).is_empty(), "it goes on by itself");
    }
    let fault = Fault::new(FaultKind::Proof, "give your PIN first");
    answer(&mut d, PaperAnswer::Stepped(import(), Err(fault)));
    assert!(d.wait(IDLE - 1).is_empty() && matches!(stage(&mut d), Stage::Paused(_)));
    assert!(!d.wait(1).is_empty() && d.model.inside().is_none(), "nobody came");
    let mut d = form(Kind::FhirIn);
    d.keys("/stick/in");
    d.ctrl('s');
    assert!(calls(&d.ctrl('l')).contains(&&Call::Lock));
}

#[test]
fn a_visit_in_a_linked_record_is_printed_as_what_it_is() {
    let other = PatientId([9; 16]);
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart.linked = vec![LinkedRow { id: other, name: "Abeba T.".into() }];
    o.chart.visits[0].patient = other;
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("p");
    d.press(KeyCode::Enter);
    let title = d.model.form().unwrap().title.clone();
    let title = d.words.text(title);
    assert!(title.starts_with("Visit of 2") && title.ends_with(": Abeba T."), "{title}");
    d.press(KeyCode::Tab);
    d.keys("/stick/v.pdf");
    let paper = Paper::Visit(other, Some(RecordId([0x41; 16])));
    let call = PaperCall::Print(paper, To::File("/stick/v.pdf".into()), who());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Papers(call.clone())]);
    assert!(!Call::Papers(call).in_order(), "nobody waits for a printer");
}
