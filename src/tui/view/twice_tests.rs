//! Who may be registered twice, as pictures.

use crossterm::event::KeyCode;

use crate::core::{id::PatientId, record::Gender};

use super::{
    super::{
        fixtures::{ABEBA, Driver, chart, pairs},
        msg::Answer,
        record_calls::RecordAnswer,
    },
    tests::{draw, fits_any_window, shot, text},
};

#[test]
fn everybody_compared_with_everybody() {
    let mut d = Driver::inside();
    d.ctrl('b');
    let all: Vec<PatientId> = (0..50).map(|n| PatientId([n; 16])).collect();
    d.answer(Answer::Record(RecordAnswer::Everybody(Ok(all.clone()))));
    d.answer(Answer::Record(RecordAnswer::Alike(all[..20].to_vec(), Ok(pairs()))));
    shot("twice", &d);
    fits_any_window(&d);
    d.answer(Answer::Record(RecordAnswer::Alike(all[20..40].to_vec(), Ok(Vec::new()))));
    d.answer(Answer::Record(RecordAnswer::Alike(all[40..].to_vec(), Ok(Vec::new()))));
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("(2); 50 patients compared"), "{shown}");
}

#[test]
fn two_records_side_by_side() {
    let mut d = Driver::chart();
    d.keys("s");
    let found = pairs().split_off(1);
    let other = found[0].second.id;
    d.answer(Answer::Record(RecordAnswer::Alike(vec![ABEBA], Ok(found))));
    d.press(KeyCode::Enter);
    let mut second = chart();
    second.id = other;
    second.patient.name = "Abebe Tesfay".into();
    (second.patient.birth_estimated, second.patient.gender) = (false, Gender::Unknown);
    second.patient.phone = String::new();
    second.visits.truncate(1);
    second.visits[0].patient = other;
    d.answer(Answer::Record(RecordAnswer::Side(other, Ok(Box::new(second)))));
    shot("twice_beside", &d);
    fits_any_window(&d);
    d.keys("l");
    shot("twice_link", &d);
    fits_any_window(&d);
}
