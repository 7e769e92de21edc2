//! A patient's turn, as pictures.

use crossterm::event::KeyCode;

use super::{
    super::{
        fixtures::{handed_over, preview, reading},
        msg::Answer,
    },
    tests::{draw, shot, text},
};
use crate::node::api::{CardLook, Code};

#[test]
fn card_and_pin() {
    let mut d = handed_over();
    let look = CardLook { preview: preview(), code: None };
    d.answer(Answer::LookForCard(Ok(look.clone())));
    shot("turn_look", &d);
    d.answer(Answer::LookForCard(Ok(CardLook { code: Some(Code("AIDCARD0".into())), ..look })));
    d.keys("2749");
    shot("turn_pin", &d);
    assert!(!text(&draw(&d, "mono", (80, 24))).contains("2749"));
}

#[test]
fn the_pages_of_ones_own_record() {
    let mut d = reading();
    shot("turn_record", &d);
    d.press(KeyCode::Right);
    shot("turn_vaccines", &d);
    d.press(KeyCode::Right);
    shot("turn_sharing", &d);
    d.keys("s");
    shot("turn_stop", &d);
    d.keys("n");
    d.press(KeyCode::Right);
    shot("turn_readers", &d);
}

#[test]
fn any_window_can_be_drawn_and_staff_are_not_named_in_the_title() {
    let mut d = reading();
    for _ in 0..4 {
        for size in [(1, 1), (10, 3), (30, 9), (200, 60)] {
            draw(&d, "dark", size);
        }
        let shown = text(&draw(&d, "dark", (80, 24)));
        assert!(!shown.lines().next().unwrap().contains("Amina"), "{shown}");
        d.press(KeyCode::Right);
    }
}
