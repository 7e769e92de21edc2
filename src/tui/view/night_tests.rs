//! What nobody may overlook at night, in the smallest window.

use crossterm::event::KeyCode;
use jiff::tz::TimeZone;

use super::{
    super::{
        fixtures::{ABEBA, Driver, consent, emergency, governing, opened},
        msg::{Answer, Opened},
        rights_calls::RightsAnswer,
        words::{Language, Words},
    },
    tests::{draw, draw_in, shot, text},
};
use crate::{
    core::{governance::Role, id::RecordId, record::Vital},
    node::api::{AccessRow, ItemRow},
};

fn item(kind: &str, what: &str) -> ItemRow {
    let (kind, text, status) = (kind.into(), what.into(), "active".into());
    let (record, patient) = (RecordId([1; 16]), ABEBA);
    ItemRow { kind, text, at: None, status, record, patient, apart: false, observations: Vec::new() }
}

/// Somebody with an allergy, problems and medicines, whose every value is out of the usual.
fn much() -> Opened {
    let mut o = opened();
    for v in &mut o.chart.visits {
        for obs in &mut v.observations {
            if obs.vital == Vital::HeartRate {
                obs.milli = 180_000;
            }
        }
    }
    o.chart.items = vec![
        item("AllergyIntolerance", "penicillin"),
        item("Condition", "Hypertension"),
        item("Condition", "Asthma"),
        item("MedicationRequest", "Amlodipine 5 mg"),
        item("MedicationRequest", "Salbutamol inhaler"),
    ];
    o
}

#[test]
fn medicines_and_problems_are_seen_beside_any_values() {
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(much())));
    shot("chart_tight", &d);
    let shown = text(&draw(&d, "dark", (80, 24)));
    for what in ["Hypertension", "Asthma", "Amlodipine 5 mg", "Salbutamol inhaler"] {
        assert!(shown.contains(what), "{what}: {shown}");
    }
    assert!(shown.matches("more rows").count() <= 1, "of the visit alone: {shown}");
}

#[test]
fn what_has_no_room_is_counted() {
    let mut o = much();
    o.chart.visits[0].note = "a long note\n".repeat(40);
    o.chart.items.extend((0..5).map(|i| item("Condition", &format!("Problem {i}"))));
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert_eq!(shown.matches("more rows").count(), 2, "{shown}");
    for size in [(1, 1), (10, 3), (40, 10)] {
        draw(&d, "dark", size);
    }
}

#[test]
fn a_long_visit_is_read_part_by_part() {
    let mut o = much();
    o.chart.visits[0].note = (1..=30).map(|n| format!("line {n}.\n")).collect();
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    let seen = |d: &Driver, n: usize| text(&draw(d, "dark", (80, 24))).contains(&format!("line {n}."));
    assert!(seen(&d, 1) && !seen(&d, 30));
    let mut turns = 0;
    let mut all: Vec<bool> = (1..=30).map(|n| seen(&d, n)).collect();
    while !seen(&d, 30) {
        d.keys(" ");
        turns += 1;
        all.iter_mut().enumerate().for_each(|(i, a)| *a |= seen(&d, i + 1));
        assert!(turns < 12);
    }
    assert!(all.iter().all(|a| *a), "nothing is skipped: {all:?}");
    while !seen(&d, 1) {
        d.keys(" ");
        turns += 1;
        assert!(turns < 12, "the beginning comes again");
    }
    d.keys(" ");
    assert!(!seen(&d, 1));
    d.press(KeyCode::Down);
    d.press(KeyCode::Up);
    assert!(seen(&d, 1), "another visit begins at its beginning");
}

#[test]
fn allergies_that_have_no_room_in_the_form_of_a_visit_are_counted() {
    let mut o = much();
    o.chart.items.extend((0..20).map(|i| item("AllergyIntolerance", &format!("substance number {i}"))));
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d.keys("n");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("substance number 3") && shown.contains("more rows"), "{shown}");
}

#[test]
fn a_long_text_shows_its_beginning_where_nobody_types() {
    let mut d = Driver::consent();
    d.keys("w");
    let mut row = emergency().summaries.remove(0);
    row.org = "Kibuye Health Post".into();
    row.summary.problems = vec!["Hypertension since the last pregnancy".into(), "Asthma of childhood".into()];
    d.answer(Answer::Rights(RightsAnswer::Summary(ABEBA, Ok(vec![row]))));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains(" Hypertension since") && shown.contains('…'), "{shown}");
}

#[test]
fn those_who_read_long_ago_can_be_seen() {
    let mut d = Driver::consent();
    let mut view = consent();
    view.accesses =
        (0..30).map(|i| AccessRow { staff: format!("Reader {i}"), ..view.accesses[0].clone() }).collect();
    d.answer(Answer::Consent(ABEBA, Ok(view)));
    let shown = |d: &Driver| text(&draw(d, "dark", (80, 24)));
    assert!(shown(&d).contains("Who read (30), from number 1;") && !shown(&d).contains("Reader 29"));
    d.press(KeyCode::PageDown);
    assert!(shown(&d).contains("from number 5;") && shown(&d).contains("Reader 4 "), "{}", shown(&d));
    for _ in 0..9 {
        d.press(KeyCode::PageDown);
    }
    assert!(shown(&d).contains("Reader 29"), "{}", shown(&d));
    for _ in 0..9 {
        d.press(KeyCode::PageUp);
    }
    assert!(shown(&d).contains("Reader 0 "));
}

#[test]
fn whoever_gives_a_medicine_sees_the_allergies() {
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(much())));
    d.keys("n");
    shot("visit_allergies", &d);
    for size in [(80, 24), (160, 48)] {
        let shown = text(&draw(&d, "dark", size));
        assert!(shown.contains("Allergies: penicillin"), "{shown}");
    }
}

#[test]
fn what_was_typed_and_not_picked_is_not_forgotten() {
    let mut d = Driver::visit();
    for _ in 0..9 {
        d.press(KeyCode::Tab);
    }
    d.keys("malar");
    d.press(KeyCode::Enter);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("Backspace takes it back"), "{shown}");
    d.press(KeyCode::BackTab);
    d.press(KeyCode::Tab);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("Backspace takes the last one back"), "{shown}");
    d.keys("zz");
    d.press(KeyCode::Tab);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("'zz' is not on the visit yet"), "{shown}");
}

#[test]
fn the_help_begins_with_the_keys_of_the_screen() {
    let mut d = Driver::chart();
    d.press(KeyCode::F(1));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("new visit"), "{shown}");
}

#[test]
fn who_may_decide_is_said_to_the_end_in_every_language() {
    let d = governing(Role::Nurse);
    for language in Language::ALL {
        let words = Words::new(language, TimeZone::UTC);
        let role = words.text(super::super::words::role(Role::Nurse));
        let told = words.text(super::super::governing::not_admin(Role::Nurse).unwrap());
        assert!(told.contains(&role));
        let shown = text(&draw_in(language, &d, "dark", (80, 24)));
        let last = told.rsplit(' ').next().unwrap();
        assert!(shown.lines().take(4).any(|l| l.contains(last)), "{last}: {shown}");
    }
}
