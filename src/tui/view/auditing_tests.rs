//! Who read what, as pictures.

use crossterm::event::KeyCode;

use crate::node::api::{AuditMark, AuditPart};

use super::{
    super::{
        fixtures::{audit, log, on_audit},
        model::Page,
        msg::Answer,
    },
    tests::{draw, fits_any_window, shot, text},
};

#[test]
fn who_read_and_one_reading_whole() {
    let mut d = on_audit();
    d.press(KeyCode::Down);
    shot("audit", &d);
    fits_any_window(&d);
    d.press(KeyCode::Enter);
    shot("audit_entry", &d);
    fits_any_window(&d);
}

#[test]
fn it_says_how_far_it_looked_and_draws_only_what_is_seen() {
    let mut d = on_audit();
    d.keys("o");
    let Some(Page::Audit(p)) = d.model.page() else { panic!("not that screen") };
    let asked = p.asked.clone().unwrap();
    let rows: Vec<_> = (0..20_000).flat_map(|_| audit().rows).collect();
    let next = Some(AuditMark(vec![(log(), 9)]));
    d.answer(Answer::Audit(asked, Ok(AuditPart { rows, next, looked: 400_000 })));
    let Some(Page::Audit(p)) = d.model.page() else { panic!("not that screen") };
    p.selected = 90_001;
    let began = std::time::Instant::now();
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(began.elapsed().as_millis() < 1_000, "{:?}", began.elapsed());
    assert!(shown.contains("so far"), "{shown}");
}
