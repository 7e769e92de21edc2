//! Growth charts, as pictures.

use crossterm::event::KeyCode;

use super::{
    super::fixtures::on_growth,
    mouse_tests::click,
    tests::{draw, shot, text},
};

#[test]
fn a_child_on_the_curves() {
    let mut d = on_growth();
    shot("growth_weight_for_stature", &d);
    d.press(KeyCode::Right);
    shot("growth_weight_for_age", &d);
    d.press(KeyCode::Right);
    d.press(KeyCode::Down);
    shot("growth_stature_for_age", &d);
}

#[test]
fn the_chart_warns_of_what_is_not_normal() {
    let mut d = on_growth();
    d.press(KeyCode::Esc);
    shot("growth_in_the_chart", &d);
}

#[test]
fn any_window_can_be_drawn_and_indicators_can_be_clicked() {
    let mut d = on_growth();
    for size in [(1, 1), (10, 3), (37, 9), (44, 12), (200, 60)] {
        draw(&d, "dark", size);
    }
    click(&mut d, "Weight for age");
    let shown = text(&draw(&d, "mono", (80, 24)));
    assert!(shown.contains("18 months"), "{shown}");
}
