//! Files kept with a record, as pictures.

use crossterm::event::KeyCode;

use super::{
    super::{
        attachment_calls::AttachmentAnswer,
        fixtures::{ABEBA, Driver, on_attachments, opened, paper_look},
        msg::Answer,
    },
    tests::{draw, fits_any_window, shot, text},
};

#[test]
fn what_is_kept() {
    let mut d = on_attachments(true);
    shot("attachments", &d);
    fits_any_window(&d);
    d.press(KeyCode::Down);
    d.keys("w");
    shot("attachments_asking", &d);
    fits_any_window(&d);
}

#[test]
fn writing_one_out_and_adding_one() {
    let mut d = on_attachments(true);
    d.press(KeyCode::Down);
    d.press(KeyCode::Enter);
    shot("attachments_save", &d);
    fits_any_window(&d);
    d.press(KeyCode::Esc);
    d.keys("a/media/stick/letter.pdf");
    shot("attachments_add", &d);
    fits_any_window(&d);
}

#[test]
fn nothing_is_kept_yet() {
    let mut d = Driver::chart();
    d.keys("f");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("No file is kept here yet: a keeps one"), "{shown}");
    d.press(KeyCode::Esc);
    let mut o = opened();
    o.chart.own = false;
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d.keys("f");
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("No file is kept with this record") && !shown.contains("a keeps"), "{shown}");
}

#[test]
fn a_chart_says_that_there_are_files() {
    let mut d = on_attachments(true);
    d.press(KeyCode::Esc);
    let shown = text(&draw(&d, "dark", (80, 24)));
    assert!(shown.contains("3 files are kept: f"), "{shown}");
}

#[test]
fn a_paper_before_the_camera() {
    let seen = |d: &mut Driver, problem: Option<&str>, taken: Option<u64>| {
        d.answer(Answer::Attachments(AttachmentAnswer::Looked(ABEBA, Ok(paper_look(problem, taken)))));
    };
    let mut d = on_attachments(true);
    d.keys("p");
    let waits = text(&draw(&d, "dark", (80, 24)));
    assert!(waits.contains("The camera is starting"), "{waits}");
    seen(&mut d, Some("hold the paper still, a little further away"), None);
    shot("paper_blurred", &d);
    fits_any_window(&d);
    seen(&mut d, None, None);
    shot("paper_look", &d);
    let plain = text(&draw(&d, "mono", (80, 24)));
    assert!(plain.contains("no pictures") && plain.contains("It can be read"), "{plain}");
    d.press(KeyCode::Enter);
    seen(&mut d, None, None);
    seen(&mut d, None, Some(483_112));
    shot("paper_taken", &d);
    fits_any_window(&d);
    d.press(KeyCode::Enter);
    shot("paper_name", &d);
    fits_any_window(&d);
}
