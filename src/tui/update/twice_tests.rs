//! Who may be registered twice, from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::id::PatientId,
    node::api::{Fault, FaultKind, LinkedRow},
    tui::{
        fixtures::{ABEBA, Driver, calls, chart, opened, pairs, saved},
        model::Page,
        msg::{Answer, Call, Effect},
        record_calls::{RecordAnswer, RecordCall},
        twice::{AT_ONCE, Pair},
    },
};

fn answer(d: &mut Driver, a: RecordAnswer) -> Vec<Effect> {
    d.answer(Answer::Record(a))
}

fn alike(effects: &[Effect]) -> Vec<PatientId> {
    match calls(effects)[..] {
        [Call::Record(RecordCall::Alike(of, _))] => of.clone(),
        _ => panic!("{effects:?}"),
    }
}

fn shown(d: &mut Driver) -> Vec<Pair> {
    match d.model.page() {
        Some(Page::Twice(t)) => t.pairs.ready().cloned().unwrap_or_default(),
        _ => panic!("not that screen"),
    }
}

#[test]
fn everybody_is_compared_a_few_at_a_time_and_leaving_ends_it() {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.ctrl('b')), [&Call::Record(RecordCall::Everybody)]);
    let all: Vec<PatientId> = (0..50).map(|n| PatientId([n; 16])).collect();
    let effects = answer(&mut d, RecordAnswer::Everybody(Ok(all.clone())));
    let first = alike(&effects);
    assert_eq!(first, all[..AT_ONCE]);
    let late = answer(&mut d, RecordAnswer::Alike(all[5..9].to_vec(), Ok(pairs())));
    assert!(late.is_empty() && shown(&mut d).is_empty(), "an answer to another question");
    let effects = answer(&mut d, RecordAnswer::Alike(first, Ok(pairs())));
    assert_eq!(shown(&mut d).len(), 2);
    let second = alike(&effects);
    d.press(KeyCode::Esc);
    assert!(answer(&mut d, RecordAnswer::Alike(second, Ok(Vec::new()))).is_empty(), "nothing more is asked");

    d.ctrl('b');
    answer(&mut d, RecordAnswer::Everybody(Ok(all.clone())));
    let failed = Fault::new(FaultKind::Unreachable, "the node took too long");
    answer(&mut d, RecordAnswer::Alike(all[..AT_ONCE].to_vec(), Err(failed)));
    assert!(d.notice().starts_with("not everybody was compared"), "{}", d.notice());
}

#[test]
fn two_records_are_compared_then_linked_with_a_reason() {
    let mut d = Driver::chart();
    assert_eq!(alike(&d.keys("s")), [ABEBA]);
    let mut found = pairs();
    found.remove(0);
    let other = found[0].second.id;
    answer(&mut d, RecordAnswer::Alike(vec![ABEBA], Ok(found)));
    assert!(d.keys("l").is_empty(), "nothing is linked before it was compared");
    let effects = d.press(KeyCode::Enter);
    assert_eq!(calls(&effects), [&Call::Record(RecordCall::Side(other))], "the open chart is not read again");
    let mut second = chart();
    second.id = other;
    answer(&mut d, RecordAnswer::Side(other, Ok(Box::new(second))));
    d.keys("l");
    d.keys("both cards");
    let join = RecordCall::Join(ABEBA, other, true, "both cards".into());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Record(join)]);
    answer(&mut d, RecordAnswer::Join(Ok(saved())));
    assert!(d.notice().starts_with("linked: block 32"), "{}", d.notice());
    // And taken back again.
    d.keys("u");
    let back = RecordCall::Join(ABEBA, other, false, String::new());
    assert_eq!(calls(&d.ctrl('s')), [&Call::Record(back)]);
    answer(&mut d, RecordAnswer::Join(Err(Fault::new(FaultKind::Failed, "the disk is full"))));
    assert_eq!((d.notice().as_str(), shown(&mut d).len()), ("the disk is full", 1));
    d.ctrl('s');
    answer(&mut d, RecordAnswer::Join(Ok(saved())));
    assert!(shown(&mut d).is_empty());
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Chart(c)) if c.stale), "the chart is old now");
}

#[test]
fn who_is_linked_already_stands_first() {
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart.linked = vec![LinkedRow { id: PatientId([7; 16]), name: "Abeba T.".into() }];
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d.keys("s");
    answer(&mut d, RecordAnswer::Alike(vec![ABEBA], Ok(pairs().split_off(1))));
    let all = shown(&mut d);
    assert_eq!((all[0].second.name.as_str(), all.len()), ("Abeba T.", 2));
}

#[test]
fn everybody_does_not_land_on_the_page_of_one() {
    let mut d = Driver::inside();
    d.ctrl('b');
    d.press(KeyCode::Esc);
    d.press(KeyCode::Enter);
    d.answer(Answer::Chart(ABEBA, Ok(opened())));
    let one = alike(&d.keys("s"));
    assert_eq!(one, [ABEBA]);
    let all: Vec<PatientId> = (0..50).map(|n| PatientId([n; 16])).collect();
    assert!(answer(&mut d, RecordAnswer::Everybody(Ok(all))).is_empty());
    assert!(answer(&mut d, RecordAnswer::Everybody(Err(Fault::new(FaultKind::Failed, "no")))).is_empty());
    answer(&mut d, RecordAnswer::Alike(one, Ok(pairs())));
    assert_eq!(shown(&mut d).len(), 2);
}
