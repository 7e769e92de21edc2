//! Corrections and versions, as pictures.

use crossterm::event::KeyCode;

use crate::core::id::RecordId;

use super::{
    super::{
        fixtures::{ABEBA, Driver, coded, history, opened, struck},
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
