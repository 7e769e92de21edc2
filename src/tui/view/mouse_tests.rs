//! What a click on a drawn screen does.

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::{Terminal, backend::TestBackend};

use crate::core::id::PatientId;

use super::{
    super::{
        fixtures::{ABEBA, Driver, calls, staffed},
        forms::{GrantField, VisitField, VisitState},
        model::{Dialog, Page, Room, Way},
        msg::{Answer, Call, Effect, Msg},
        sheet::Targets,
        theme::{Depth, Theme},
        widgets::width,
    },
    tests::{draw, text},
    view,
};

fn mouse(d: &mut Driver, kind: MouseEventKind, column: u16, row: u16) -> Vec<Effect> {
    let theme = Theme::choose(Some("mono"), false, Depth::Exact).unwrap();
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let mut drawn = Targets::default();
    terminal.draw(|frame| drawn = view(&d.model, &d.words, &theme, frame)).unwrap();
    d.model.drawn = drawn;
    d.send(Msg::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }))
}

/// Clicks where these words stand, the last time.
pub(super) fn click(d: &mut Driver, words: &str) -> Vec<Effect> {
    let shown = text(&draw(d, "mono", (80, 24)));
    let (row, line) = shown.lines().enumerate().filter(|(_, l)| l.contains(words)).last().unwrap();
    let column = width(line.split(words).next().unwrap());
    mouse(d, MouseEventKind::Down(MouseButton::Left), column as u16, row as u16)
}

#[test]
fn a_click_selects_a_row_and_a_second_one_opens_it() {
    let mut d = Driver::inside();
    assert!(click(&mut d, "Nyota").is_empty());
    assert_eq!(d.model.inside().unwrap().patients.selected, 2);
    assert_eq!(calls(&click(&mut d, "Nyota")), [&Call::Chart(PatientId([3; 16]))]);
    let mut d = Driver::chart();
    click(&mut d, "2025-11-02");
    assert_eq!(d.model.chart().unwrap().selected, 2);
    let mut d = Driver::start(staffed(false));
    d.keys("27");
    click(&mut d, "Bela");
    let Room::SignIn(s) = &d.model.room else { panic!() };
    let Way::Pin(f) = &s.way else { panic!() };
    assert_eq!((f.selected, f.pin.len()), (1, 0), "a PIN begun for one name is not tried at another");
}

#[test]
fn a_click_in_a_form_goes_to_a_field_and_a_second_one_marks_it() {
    let mut d = crate::tui::fixtures::requests();
    d.keys("n");
    click(&mut d, "[ ] hiv");
    assert!(text(&draw(&d, "mono", (80, 24))).contains("[ ] hiv"));
    click(&mut d, "[ ] hiv");
    assert!(text(&draw(&d, "mono", (80, 24))).contains("[x] hiv"));
    click(&mut d, "Ctrl-S do it");
    assert!(d.model.writing());
}

#[test]
fn a_click_goes_to_a_field_and_changes_a_choice() {
    let mut d = Driver::visit();
    click(&mut d, "Weight");
    d.keys("61");
    assert_eq!(d.model.visit().unwrap().vitals[6].text(), "61");
    let mut d = Driver::consent();
    d.keys("g");
    click(&mut d, "hiv");
    let Some(Dialog::Grant(f)) = d.model.consent().map(|c| &c.dialog) else { panic!() };
    assert_eq!((f.parts[3], f.focus), (true, GrantField::Part(3)));
    // What lies under a dialog, or beside it, can't be clicked.
    assert!(click(&mut d, "allows reading").is_empty());
    assert!(mouse(&mut d, MouseEventKind::Down(MouseButton::Left), 2, 4).is_empty());
    assert_eq!(d.model.consent().map(|c| c.selected), Some(0));
}

#[test]
fn a_click_on_a_key_is_the_key() {
    let mut d = Driver::chart();
    assert_eq!(calls(&click(&mut d, "consent")), [&Call::Consent(ABEBA)]);
    let mut d = Driver::inside();
    click(&mut d, "F1 help");
    assert_eq!(d.model.help, Some(0));
    assert!(click(&mut d, "Everywhere").is_empty());
    click(&mut d, "Esc close");
    assert_eq!(d.model.help, None);
    click(&mut d, "F10 menu");
    click(&mut d, "F6");
    assert!(matches!(d.model.page(), Some(Page::People(_))), "a click in the menu does it");
}

#[test]
fn the_wheel_moves_in_lists_and_does_nothing_in_forms() {
    let mut d = Driver::inside();
    mouse(&mut d, MouseEventKind::ScrollDown, 5, 5);
    mouse(&mut d, MouseEventKind::ScrollDown, 5, 5);
    mouse(&mut d, MouseEventKind::ScrollUp, 5, 5);
    assert_eq!(d.model.inside().unwrap().patients.selected, 1);
    d.press(KeyCode::F(1));
    mouse(&mut d, MouseEventKind::ScrollDown, 5, 5);
    assert_eq!(d.model.help, Some(1));
    let mut d = Driver::visit();
    mouse(&mut d, MouseEventKind::ScrollDown, 5, 5);
    assert_eq!(d.model.visit().unwrap().focus, VisitField::Reason);
    assert!(mouse(&mut d, MouseEventKind::Down(MouseButton::Left), 0, 0).is_empty(), "nothing is there");
}

#[test]
fn what_a_question_offers_is_clicked_where_it_stands() {
    let mut d = Driver::visit();
    d.keys("fever");
    d.ctrl('u');
    click(&mut d, "n keep");
    assert!(matches!(d.model.page(), Some(Page::Visit(_, f)) if f.state == VisitState::Editing));
    let mut d = Driver::consent();
    d.keys("s");
    let org = crate::tui::fixtures::HOSPITAL;
    assert_eq!(calls(&click(&mut d, "y stop sharing")), [&Call::StopSharing(ABEBA, org)]);
}

#[test]
fn a_second_click_shows_what_can_be_done_where_nothing_opens() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(7));
    d.answer(Answer::Reviews(Ok(crate::tui::fixtures::reviews())));
    click(&mut d, "2026-02-18");
    assert!(d.model.menu.is_none());
    click(&mut d, "2026-02-18");
    assert!(d.model.menu.is_some(), "as F10 does");
}
