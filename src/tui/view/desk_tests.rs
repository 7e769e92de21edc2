//! This terminal: its key slots, how long records are kept, its health, as reviewed pictures.

use crossterm::event::KeyCode;

use crate::{
    node::api::{BackedUp, Code, Working},
    store::backup::Missing,
    tui::{
        desk_calls::DeskAnswer,
        fixtures::{kit, on_health, on_retention, on_slots, plan},
        msg::Answer,
    },
};

use super::tests::{draw, shot, text};

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
    shot("slots_sure", &d);
    d.keys("y");
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
    let small = |d: &_| text(&draw(d, "dark", (80, 24)));
    assert!(small(&d).contains("more lines: PgDn"), "{}", small(&d));
    for _ in 0..9 {
        d.press(KeyCode::PageDown);
    }
    assert!(!small(&d).contains("more lines") && small(&d).contains("12 records"), "{}", small(&d));
    for _ in 0..9 {
        d.press(KeyCode::PageUp);
    }
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
    d.press(KeyCode::Esc);
    d.keys("s");
    shot("health_seal", &d);
    d.press(KeyCode::Esc);
    let made = BackedUp {
        path: "/media/stick/aidpost-2026-03-02-083000.backup".into(),
        bytes: 41_000,
        blocks: 58,
        from: 0,
        to: 58,
        kit_printed: false,
        missing: Missing { contents: 2, ..Missing::default() },
    };
    d.answer(Answer::Desk(DeskAnswer::Backup(Ok(Box::new(made)))));
    let small = text(&draw(&d, "dark", (80, 24)));
    for what in ["could not be read", "keep the older", "/media/stick/aidpost", "None was made"] {
        assert!(small.contains(what), "{what}: {small}");
    }
}
