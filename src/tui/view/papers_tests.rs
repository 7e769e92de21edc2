//! Papers, lists and files, as pictures.

use crossterm::event::KeyCode;

use crate::{
    jobs::{FhirIn, Job, Report},
    node::api::KindCount,
    sheet::table::Refused,
};

use super::{
    super::{
        fixtures::Driver,
        model::Page,
        msg::Answer,
        paper_calls::PaperAnswer,
        papers::{KINDS, Kind, Outcome},
    },
    tests::{fits_any_window, shot},
};

/// The screen with this selected.
fn on(kind: Kind) -> Driver {
    let mut d = Driver::chart();
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("p");
    for _ in 0..KINDS.iter().position(|k| *k == kind).unwrap() {
        d.press(KeyCode::Down);
    }
    d
}

fn done(d: &mut Driver, outcome: Outcome) {
    let Some(Page::Papers(p)) = d.model.page() else { panic!("not that screen") };
    p.path = "/media/stick/register.csv".into();
    p.done(outcome);
}

#[test]
fn what_can_be_printed_and_written() {
    let mut d = on(Kind::Visit);
    shot("papers", &d);
    fits_any_window(&d);
    d.press(KeyCode::Down);
    d.press(KeyCode::Enter);
    d.keys("Bela Hospital, medical ward");
    shot("papers_referral", &d);
    fits_any_window(&d);
}

#[test]
fn work_under_way() {
    let mut d = on(Kind::FhirIn);
    d.press(KeyCode::Enter);
    d.keys("/media/stick/in");
    d.ctrl('s');
    let job = Box::new(Job::FhirIn(FhirIn::new(vec!["a.json".into(), "b.json".into()], "")));
    d.answer(Answer::Papers(PaperAnswer::Begun(Ok(job))));
    shot("papers_running", &d);
    fits_any_window(&d);
}

#[test]
fn what_came_of_it() {
    let mut d = on(Kind::FhirIn);
    let kind = |kind: &str, read, new, changed| KindCount { kind: kind.into(), read, new, changed };
    let report = Report {
        files: 6,
        kinds: vec![kind("Encounter", 31, 30, 1), kind("Observation", 214, 214, 0), kind("Patient", 5, 2, 0)],
        patients: 2,
        own: 3,
        apart: 1,
        blocks: 9,
        bytes: 412_000,
        stored: 33_000,
        refused: vec![
            "/media/stick/in/b.json: entry 4: 'Patiant' is no type of FHIR R4: check the file".into(),
            "/media/stick/in/d.json: entry 1 is about Patient/77, who is neither here nor in these files: import \
             the patient too"
                .into(),
        ],
    };
    done(&mut d, Outcome::Took(report));
    shot("papers_took", &d);
    fits_any_window(&d);
    let mut d = on(Kind::PatientsIn);
    let bad =
        (2..40).map(|line| Refused { line, why: "gender 'f': write female, male, other or unknown".into() });
    done(&mut d, Outcome::Refused(bad.collect()));
    d.press(KeyCode::PageDown);
    shot("papers_refused", &d);
    fits_any_window(&d);
}
