//! Corrections and versions, as pictures.

use crossterm::event::KeyCode;

use crate::{
    core::{
        guardian::{Guardian, Relation},
        id::{RecordId, VersionId},
    },
    node::api::GuardianRow,
};

use super::{
    super::{
        fixtures::{ABEBA, Driver, coded, consent, history, opened, struck},
        msg::Answer,
        record_calls::RecordAnswer,
    },
    tests::{draw, fits_any_window, shot, text},
};

#[test]
fn correcting_who_somebody_is() {
    let mut d = Driver::chart();
    d.keys("i");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("Nothing is changed yet"), "{shown}");
    d.keys(" Wolde");
    for _ in 0..4 {
        d.press(KeyCode::Tab);
    }
    for _ in 0.."Upper Kibuye".len() {
        d.press(KeyCode::Backspace);
    }
    d.keys("Rusenge");
    shot("correct_who", &d);
    d.press(KeyCode::Esc);
    let asked = text(&draw(&d, "dark", (80, 24)));
    assert!(asked.contains("Leave without saving?") && asked.contains("thrown away"), "{asked}");
    d.keys("n");
    fits_any_window(&d);
}

/// A chart of somebody for whom her grandmother decides.
fn guarded() -> Driver {
    let mut d = Driver::chart();
    let mut o = opened();
    let guardian =
        Guardian { name: "Sita Rao".into(), relation: Relation::Grandparent, phone: "080-555-0142".into() };
    o.chart.guardian =
        Some(GuardianRow { guardian, record: None, versions: vec![VersionId([8; 16])], decides: true });
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d
}

#[test]
fn who_decides_stands_in_the_chart_and_in_the_forms() {
    let mut d = guarded();
    shot("guardian_chart", &d);
    d.keys("c");
    d.answer(Answer::Consent(ABEBA, Ok(consent())));
    d.keys("g");
    shot("guardian_consent", &d);
    let mut d = guarded();
    d.keys("i");
    for _ in 0..6 {
        d.press(KeyCode::Tab);
    }
    d.keys(" Devi");
    d.press(KeyCode::Tab);
    d.keys(" ");
    shot("guardian_correct", &d);
    fits_any_window(&d);
    // Every field is changed: in few lines each still says what it was.
    for back in [20, 20, 1, 1, 30, 30] {
        d.press(KeyCode::BackTab);
        (0..back).for_each(|_| drop(d.press(KeyCode::Backspace)));
        d.keys(" 1");
    }
    fits_any_window(&d);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("was 1991") && shown.contains("7 fields change."), "{shown}");
    assert!(shown.contains("080-555-0142"), "every field is there: {shown}");
}

#[test]
fn a_guardian_is_asked_for() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Amara");
    d.press(KeyCode::Tab);
    d.keys("2019");
    d.ctrl('s');
    shot("register_guardian", &d);
    fits_any_window(&d);
}

#[test]
fn correcting_a_visit() {
    let mut d = Driver::chart();
    d.keys("e");
    d.keys(", chills");
    d.press(KeyCode::Tab);
    for _ in 0..4 {
        d.press(KeyCode::Backspace);
    }
    d.keys("38.4");
    for _ in 0..8 {
        d.press(KeyCode::Tab);
    }
    d.keys(" Came back on Friday.");
    d.press(KeyCode::BackTab);
    d.press(KeyCode::BackTab);
    d.keys("58");
    shot("correct_visit", &d);
    fits_any_window(&d);
}

#[test]
fn the_versions_that_there_were() {
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart.edited = true;
    o.chart.visits[0].edited = true;
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    let shown = text(&draw(&d, "dark", (160, 48)));
    assert!(shown.contains("corrected since; what stood before is kept"), "{shown}");
    assert!(shown.contains("· corrected"), "{shown}");
    d.keys("h");
    let mut long = history();
    for d in &mut long.versions[2].differences {
        if d.field == "note" {
            d.second = "Fever for two days.\nNo test was left: to come back tomorrow.".into();
        }
    }
    let of = Some(RecordId([0x41; 16]));
    d.answer(Answer::Record(RecordAnswer::History(ABEBA, of, Ok(long))));
    shot("history", &d);
    d.press(KeyCode::Down);
    shot("history_long", &d);
    fits_any_window(&d);
}

#[test]
fn saying_that_something_is_over() {
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart = coded();
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    let shown = text(&draw(&d, "dark", (160, 48)));
    for over in ["Iron (stopped)", "Anaemia (resolved)", "Peanut (written by mistake)"] {
        assert!(shown.contains(over), "{over}: {shown}");
    }
    assert!(!shown.contains("BCG ("), "a vaccine that was given stands: {shown}");
    shot("chart_coded", &d);
    d.keys("o");
    shot("ending_what", &d);
    d.press(KeyCode::Down);
    d.press(KeyCode::Enter);
    shot("ending_how", &d);
    fits_any_window(&d);
    d.press(KeyCode::Enter);
    shot("ending_sure", &d);
    fits_any_window(&d);
}

#[test]
fn a_visit_that_was_struck_out() {
    let mut d = Driver::chart();
    d.keys("x");
    d.keys("it was her sister");
    shot("strike", &d);
    fits_any_window(&d);
    d.press(KeyCode::Esc);
    d.keys("y");
    let mut o = opened();
    o.chart = struck();
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    for size in [(80, 24), (160, 48)] {
        let shown = text(&draw(&d, "dark", size));
        assert!(shown.contains("Visits (2)") && !shown.contains("39.4"), "nothing of it counts: {shown}");
    }
    d.press(KeyCode::Down);
    d.press(KeyCode::Down);
    shot("chart_struck", &d);
    fits_any_window(&d);
    d.keys("x");
    shot("strike_again", &d);
    fits_any_window(&d);
}
