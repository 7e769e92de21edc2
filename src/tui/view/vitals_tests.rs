//! The chart of vital signs, as pictures.

use crossterm::event::KeyCode;

use crate::core::record::Vital;

use super::{
    super::fixtures::{long_course, on_vitals, opened},
    mouse_tests::click,
    tests::{draw, shot, text},
};

#[test]
fn pressures_of_two_years() {
    let mut d = on_vitals(long_course());
    d.keys("4");
    shot("vitals_pressure", &d);
    d.press(KeyCode::Down);
    d.press(KeyCode::Down);
    d.keys("++");
    shot("vitals_closer", &d);
}

#[test]
fn few_values_and_none() {
    let mut d = on_vitals(opened());
    shot("vitals_few", &d);
    d.keys("7");
    shot("vitals_never", &d);
    d.keys("6");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("none is known"), "{shown}");
}

#[test]
fn a_childs_range_changes_with_age() {
    let mut c = long_course();
    c.chart.patient.birth_year = Some(2024);
    let mut d = on_vitals(c);
    d.keys("2");
    shot("vitals_child", &d);
}

#[test]
fn any_window_and_any_value_can_be_drawn() {
    let mut c = long_course();
    c.chart.visits[0].at = i64::MAX;
    c.chart.visits[1].at = i64::MIN;
    c.chart.visits[2].observations[0].milli = i64::from(i32::MAX);
    let mut d = on_vitals(c);
    for keys in ["1", "4", "4++", "4+++++"] {
        d.keys(keys);
        for size in [(1, 1), (10, 3), (37, 9), (44, 12), (200, 60)] {
            draw(&d, "dark", size);
        }
    }
}

#[test]
fn values_outside_are_seen_without_colours_and_names_can_be_clicked() {
    let mut d = on_vitals(long_course());
    d.keys("4");
    let shown = text(&draw(&d, "mono", (80, 24)));
    assert!(shown.contains('▲') && shown.contains('○'), "{shown}");
    click(&mut d, "6 Weight");
    assert!(text(&draw(&d, "dark", (80, 24))).contains("Weight, kg: 12 values"));
}

#[test]
fn a_number_is_rounded_rather_than_cut() {
    let mut c = long_course();
    for o in c.chart.visits.iter_mut().flat_map(|v| &mut v.observations) {
        match o.vital {
            Vital::Systolic => o.milli = 117_013,
            Vital::Diastolic => o.milli = 83_673,
            _ => {}
        }
    }
    let d = on_vitals(c);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("≈117/84 mmHg") && !shown.contains("83.67 "), "{shown}");
}
