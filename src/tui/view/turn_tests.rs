//! A patient's turn, as pictures.

use crossterm::event::KeyCode;

use super::{
    super::{
        fixtures::{Driver, handed_over, preview, reading},
        model::Room,
        msg::Answer,
        turn::Turn,
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
fn however_long_a_name_is_nothing_is_cut_off() {
    let names = [
        "Nyirahabimana Uwimana Mukamurenzi-Niyonsenga ".repeat(2),
        "咳嗽咳嗽".repeat(14),
        "अब्दुलरहमान ".repeat(9),
    ];
    for name in names {
        let mut d = reading();
        let Room::Turn(t) = &mut d.model.room else { panic!("the turn") };
        let Turn::Record(page) = &mut t.step else { panic!("the record") };
        page.record.chart.patient.name = name.trim().to_owned();
        page.record.consent.grants.iter_mut().for_each(|g| g.org = name.trim().to_owned());
        let flat = |d: &Driver| {
            let cells = draw(d, "mono", (80, 24)).content;
            cells.iter().map(|c| c.symbol()).collect::<String>().replace([' ', '│'], "")
        };
        let shown = flat(&d);
        assert!(shown.contains(&name.replace(' ', "")), "{shown}");
        assert!(shown.contains("page1of4"), "{shown}");
        d.press(KeyCode::Right);
        d.press(KeyCode::Right);
        d.keys("s");
        let shown = flat(&d);
        assert!(shown.contains("nno"), "both answers are there: {shown}");
        assert!(shown.contains(&name.replace(' ', "")), "{shown}");
        if name.starts_with('N') {
            shot("turn_long_name_stop", &d);
            d.keys("n");
            shot("turn_long_name", &d);
        }
    }
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
