//! What came from elsewhere and names no visit, and what is usual at an age, as pictures.

use crossterm::event::KeyCode;

use super::{
    super::{
        fixtures::{ABEBA, Driver, calls, elsewhere, reading},
        msg::{Answer, Opened},
    },
    tests::{draw, draw_in, shot, text},
};
use crate::{core::record::Vital, node::api::Chart, tui::words::Language};

fn with(chart: Chart) -> Driver {
    let mut d = Driver::chart();
    d.answer(Answer::Chart(ABEBA, Ok(Opened { chart, draft: None, known: Vec::new() })));
    d
}

#[test]
fn what_names_no_visit_and_the_vaccines_have_a_place_in_the_list() {
    let mut d = with(elsewhere());
    d.press(KeyCode::Down);
    shot("chart_apart", &d);
    let shown = text(&draw(&d, "dark", (80, 24)));
    for what in ["Procedure: Suture of wound", "Heart rate 96 /min", "Report: Blood count", "names no visit"]
    {
        assert!(shown.contains(what), "{what}: {shown}");
    }
    assert!(shown.contains("name not known: Medication/17"), "{shown}");
    let french = text(&draw_in(Language::French, &d, "dark", (160, 48)));
    assert!(french.contains("nom inconnu : Medication/17"), "{french}");
    d.press(KeyCode::PageDown);
    shot("chart_vaccines", &d);
    let shown = text(&draw(&d, "dark", (160, 48)));
    let all = ["measles", "yellow fever", "DTwP", "OPV", "rotavirus", "hepatitis B", "BCG"];
    // In the middle, after the few in the column beside.
    let place = |v: &&str| shown.find(v).unwrap_or_else(|| panic!("{v}: {shown}"));
    assert!(all.iter().map(place).is_sorted(), "newest first: {shown}");
    // What has no room in a small window comes with the next key.
    d.keys(" ");
    assert!(text(&draw(&d, "dark", (80, 24))).contains("BCG"));
}

#[test]
fn what_is_no_visit_is_neither_corrected_nor_struck_out() {
    let mut d = with(elsewhere());
    for down in [1, 99] {
        for _ in 0..down {
            d.press(KeyCode::Down);
        }
        for key in ["e", "x", "h"] {
            assert!(calls(&d.keys(key)).is_empty());
            assert!(d.notice().starts_with("this is no visit"), "{key}: {}", d.notice());
        }
    }
}

#[test]
fn a_patient_reads_vaccines_and_what_names_no_visit_in_their_turn() {
    let mut d = reading();
    d.press(KeyCode::Down);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("Procedure: Suture of wound") && shown.contains("Heart rate: 96 /min"), "{shown}");
    d.press(KeyCode::Right);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("yellow fever"), "{shown}");
    for _ in 0..6 {
        d.press(KeyCode::Down);
    }
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("BCG") && !shown.contains("yellow fever"), "{shown}");
}

/// A healthy baby of the year, at the visit that is shown.
fn baby() -> Chart {
    let mut c = elsewhere();
    c.items.clear();
    c.patient.birth_year = Some(2026);
    c.visits.truncate(1);
    c.visits[0].observations.retain(|o| o.vital == Vital::HeartRate);
    c.visits[0].observations[0].milli = 140_000;
    c
}

#[test]
fn what_is_usual_is_that_of_the_age_at_the_visit() {
    let mut d = with(baby());
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("140 /min") && !shown.contains('!'), "{shown}");
    d.keys("n");
    d.keys("vaccination");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    assert!(text(&draw(&d, "dark", (80, 24))).contains("usual 85 to 205, under 1 year"));
    d.keys("70");
    d.ctrl('s');
    assert!(d.notice().contains("Heart rate 70 /min (usual 85 to 205, under 1 year)"), "{}", d.notice());
    shot("visit_infant", &d);
    // Of somebody whose age nobody knows an adult's range counts, and that is said.
    let mut c = baby();
    c.patient.birth_year = None;
    let d = with(c);
    let shown = text(&draw(&d, "dark", (160, 48)));
    assert!(shown.contains("! Heart rate: usual 50 to 110, adult"), "{shown}");
}

#[test]
fn the_form_of_a_visit_shows_what_was_measured_last_also_elsewhere() {
    let mut chart = elsewhere();
    chart.visits.iter_mut().for_each(|v| v.observations.clear());
    let mut d = with(chart);
    d.keys("n");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.lines().any(|l| l.contains("Heart rate") && l.contains("96")), "{shown}");
}
