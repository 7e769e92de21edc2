//! Corrections and versions, as pictures.

use crossterm::event::KeyCode;

use crate::core::id::RecordId;

use super::{
    super::{
        fixtures::{ABEBA, Driver, history, opened},
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
