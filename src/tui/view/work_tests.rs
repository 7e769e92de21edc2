//! What is to be done, as pictures.

use super::{
    super::{
        fixtures::{Driver, work},
        model::Room,
        msg::Answer,
    },
    tests::{draw, shot, text},
};

#[test]
fn what_waits_and_nothing() {
    let mut d = Driver::inside();
    if let Room::Inside(i) = &mut d.model.room {
        i.who.role = crate::core::governance::Role::Clinician;
    }
    d.ctrl('w');
    d.answer(Answer::Work(Ok(Box::new(work()))));
    shot("work", &d);
    d.answer(Answer::Work(Ok(Box::default())));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("Nothing waits for you"), "{shown}");
}
