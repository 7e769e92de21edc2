//! This terminal: its key slots, how long records are kept, its health, as reviewed pictures.

use crossterm::event::KeyCode;

use crate::{
    node::api::{Code, Working},
    tui::{
        desk_calls::DeskAnswer,
        fixtures::{kit, on_health, on_retention, on_slots, plan},
        msg::Answer,
    },
};

use super::tests::shot;

#[test]
fn who_can_open_this_terminal() {
    let mut d = on_slots();
    shot("slots", &d);
    d.press(KeyCode::Down);
    d.press(KeyCode::Down);
    d.keys("x");
    shot("slots_remove", &d);
    d.keys("n");
    d.keys("p");
    shot("slots_passphrase", &d);
    d.press(KeyCode::Esc);
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("c");
    d.answer(Answer::Desk(DeskAnswer::RecoveryCode(Ok(Code("ABCDE-FGHIJ-KLMNO-PQRST-UVWXY".into())))));
    shot("slots_code", &d);
    d.keys("y");
    d.keys("k");
    d.answer(Answer::Desk(DeskAnswer::Kit(Ok(Box::new(kit())))));
    shot("slots_kit", &d);
}

#[test]
fn how_long_records_are_kept() {
    let mut d = on_retention();
    d.keys("l");
    let far = Working { what: "looking".into(), done: 300, total: 804 };
    d.answer(Answer::Desk(DeskAnswer::Working(Some(far))));
    shot("retention_looking", &d);
    d.answer(Answer::Desk(DeskAnswer::Plan(Ok(Box::new(plan())))));
    shot("retention", &d);
    d.keys("h");
    shot("retention_hold", &d);
    d.press(KeyCode::Esc);
    d.keys("s");
    d.ctrl('s');
    shot("retention_adopt", &d);
}

#[test]
fn health_of_this_terminal() {
    let mut d = on_health();
    shot("health", &d);
    d.keys("b");
    shot("health_backup", &d);
}
